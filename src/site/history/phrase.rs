//! Changes in words: `created`, `tier 1 → 2, depends on + Core Kafka Library`.

use crate::catalog::EntityId;
use crate::history::timeline::{Change, Fate, Part, PartSort};
use crate::model::Kind;
use crate::model::blueprint::Blueprint;
use crate::site::Site;
use crate::site::markup::Markup;

/// The most parts of a change that are told.
const MOST: usize = 4;

/// Writes what happened to a document, without naming it; nothing of a change of something that is not told in words.
pub(in crate::site) fn told(site: &Site<'_>, change: &Change, out: &mut Markup) {
    match &change.fate {
        Fate::Created => out.raw("Created"),
        Fate::Removed => out.raw("Removed"),
        Fate::Moved(from) => out.raw("Moved from <code>").text(from).raw("</code>"),
        Fate::Renamed(was) => out.raw("Was called <code>").text(was).raw("</code>"),
        Fate::Changed => out,
    };
    if !change.parts.is_empty() {
        if change.fate != Fate::Changed {
            out.raw("; ");
        }
        parts(site, change, out);
    }
}

/// Writes which parts changed, from what to what.
fn parts(site: &Site<'_>, change: &Change, out: &mut Markup) {
    let blueprint = change.blueprint.as_deref().and_then(|name| site.catalog().find_blueprint(name));
    let blueprint = blueprint.map(|id| site.catalog().blueprint(id));
    for (at, part) in change.parts.iter().take(MOST).enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        self::part(site, blueprint, part, out);
    }
    let more = change.parts.len().saturating_sub(MOST) + change.more;
    if more > 0 {
        out.raw(" and ").number(more).raw(" more");
    }
}

fn part(site: &Site<'_>, blueprint: Option<&Blueprint>, part: &Part, out: &mut Markup) {
    let label = match part.sort {
        PartSort::Meta => capital(&part.name),
        PartSort::Property => {
            blueprint.and_then(|blueprint| blueprint.property(&part.name)).map(|property| property.label())
        }
        PartSort::Relation => blueprint
            .and_then(|blueprint| blueprint.relation(&part.name))
            .map(|(_, relation)| relation.label()),
        PartSort::Key => None,
    };
    match label {
        Some(label) => out.text(label),
        None => out.raw("<code>").text(&part.name).raw("</code>"),
    };
    let value = |text: &str, out: &mut Markup| {
        out.text(target(site, blueprint, part, text).unwrap_or(text));
    };
    match (part.removed.as_slice(), part.added.as_slice()) {
        ([], []) => {}
        ([old], [new]) => {
            out.raw(" ");
            value(old, out);
            out.raw(" → ");
            value(new, out);
        }
        (removed, added) => {
            let signed =
                added.iter().map(|text| (" + ", text)).chain(removed.iter().map(|text| (" − ", text)));
            for (sign, text) in signed {
                out.raw(sign);
                value(text, out);
            }
        }
    }
    if part.more > 0 {
        out.raw(" …");
    }
}

/// Returns what people call the entity that a relation names.
fn target<'a>(site: &'a Site<'_>, blueprint: Option<&Blueprint>, part: &Part, name: &str) -> Option<&'a str> {
    let catalog = site.catalog();
    if part.sort == PartSort::Meta {
        let team = site.team.filter(|_| part.name == "team")?;
        return Some(site.face(catalog.find_entity(team, name)?).label());
    }
    if part.sort != PartSort::Relation {
        return None;
    }
    let (_, relation) = blueprint?.relation(&part.name)?;
    let targets = relation.targets.iter().filter_map(|target| catalog.find_blueprint(&target.value));
    let entity: Option<EntityId> = targets.into_iter().find_map(|target| catalog.find_entity(target, name));
    Some(site.face(entity?).label())
}

fn capital(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "Title",
        "icon" => "Icon",
        "team" => "Owner",
        _ => return None,
    })
}

/// Writes a document: a link where it has a page, and what kind it is.
pub(in crate::site) fn thing(
    site: &Site<'_>,
    change: &Change,
    entity: Option<EntityId>,
    root: &'static str,
    out: &mut Markup,
) {
    let title = change.title.as_deref().unwrap_or(&change.identifier);
    let page = match entity {
        Some(entity) => Some(site.face(entity).path().to_string()),
        None => page(site, change),
    };
    let label = entity.map_or(title, |entity| site.face(entity).label());
    match page {
        Some(page) => out.raw("<a href=\"").raw(root).text(&page).raw("\"><b>").text(label).raw("</b></a>"),
        None => out.raw("<b>").text(label).raw("</b>"),
    };
}

/// Returns the page of a definition.
fn page(site: &Site<'_>, change: &Change) -> Option<String> {
    match change.kind? {
        Kind::Blueprint => {
            let blueprint = site.catalog().find_blueprint(&change.identifier)?;
            site.outline(blueprint).page.clone()
        }
        Kind::Scorecard => {
            let named = |board: &&crate::site::board::Board<'_>| {
                let of = &site.catalog().blueprint(board.card.blueprint).identifier.value;
                board.card.identifier == change.identifier
                    && change.blueprint.as_ref().is_none_or(|name| name == of)
            };
            site.boards.iter().find(named).map(crate::site::board::Board::path)
        }
        Kind::Action => site.offers.path(&change.identifier),
        Kind::Initiative => {
            let mut initiatives = site.catalog().initiatives().iter();
            let is_there = initiatives.any(|known| known.value.identifier.value == change.identifier);
            is_there.then(|| crate::site::address::initiative(&change.identifier))
        }
        _ => None,
    }
}

/// Returns what a document is, in a word: the title of an entity's blueprint, else its kind.
pub(in crate::site) fn sort<'a>(site: &'a Site<'_>, change: &'a Change) -> &'a str {
    match (change.kind, change.blueprint.as_deref()) {
        _ if change.is_data => "data of an integration",
        (Some(Kind::Entity), Some(name)) => {
            let blueprint = site.catalog().find_blueprint(name);
            blueprint.map_or(name, |blueprint| site.catalog().blueprint(blueprint).label())
        }
        (Some(kind), _) => kind.name(),
        (None, _) => "configuration",
    }
}
