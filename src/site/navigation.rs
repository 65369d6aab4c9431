//! What the bar of every page leads to: the parts of the site, as the configuration wants them, and its own links.

use super::address::{self, Addresses};
use super::frame::{Area, Place};
use super::{dashboard, link};
use crate::catalog::Definition;
use crate::model::Spanned;
use crate::model::site::{Link, Target};
use crate::portal::Portal;

/// Returns the places that the bar names, from left to right; `places` are the parts that this site has.
pub(super) fn arrange(portal: &Portal, addresses: &Addresses, places: Vec<Place>) -> Vec<Place> {
    let settings = &portal.catalog.config().site;
    let has_catalog = settings.shows("catalog");
    let mut places: Vec<Place> = places
        .into_iter()
        // The catalog is a part of the home page: without it, there is nothing to lead to.
        .filter(|place| place.area != Some(Area::Catalog) || has_catalog || !place.path.contains('#'))
        .collect();
    if let Some(areas) = &settings.areas {
        let at = |place: &Place| {
            let name = place.area.and_then(Area::name)?;
            areas.iter().position(|area| area == name)
        };
        places.retain(|place| at(place).is_some());
        places.sort_by_key(|place| at(place));
    }
    places.extend(settings.links.iter().filter_map(|link| place(portal, addresses, link)));
    places
}

/// Returns the place that a link leads to; nothing when there is none, which has been reported.
fn place(portal: &Portal, addresses: &Addresses, link: &Link) -> Option<Place> {
    let catalog = &portal.catalog;
    let (label, path, is_outside) = match &link.target {
        Target::Blueprint(name) => {
            let id = catalog.find_blueprint(&name.value)?;
            (catalog.blueprint(id).label().to_string(), addresses.blueprint(id, 1)?, false)
        }
        Target::Scorecard(name) => {
            let at = position(catalog.scorecards(), |it| &it.identifier, name)?;
            let file = address::scorecards(catalog).into_iter().nth(at)?;
            let judged = portal.scores.cards.iter().any(|card| card.scorecard == at);
            let label = catalog.scorecards()[at].value.label().to_string();
            judged.then(|| (label, address::scorecard(&file, 1), false))?
        }
        Target::Action(name) => {
            let published: Vec<_> = catalog.actions().iter().filter(|it| it.value.published).collect();
            let at = published.iter().position(|it| it.value.identifier.value == name.value)?;
            let names = address::actions(published.iter().map(|it| it.value.identifier.value.as_str()));
            (published[at].value.label().to_string(), address::action(names.get(at)?), false)
        }
        Target::Page(name) => {
            let (label, path) = dashboard::find(catalog, &name.value)?;
            (label, path, false)
        }
        Target::Url(url) => {
            let outside = link::outside(&url.value)?;
            (outside.text, outside.href, true)
        }
    };
    Some(Place { area: None, text: link.title.clone().unwrap_or(label), path, is_outside })
}

/// Returns the position of the definition called `name`.
fn position<T>(
    definitions: &[Definition<T>],
    identifier: impl Fn(&T) -> &Spanned<String>,
    name: &Spanned<String>,
) -> Option<usize> {
    definitions.iter().position(|definition| identifier(&definition.value).value == name.value)
}
