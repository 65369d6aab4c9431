//! Self-service: what can be asked for, how each action is asked for, what happens then, and how it went.
//!
//! [`Offers`] is what pages ask about actions. The page of an action ([`page`]) is made of parts that have files of
//! their own: the line of what happens ([`flow`]), the form ([`ask`]), the ways to start ([`start`]), the rules
//! ([`rules`]), and the runs ([`recorded`]).

pub(super) mod api;
mod ask;
mod automation;
mod control;
mod flow;
mod grant;
mod help;
mod lifetime;
mod list;
mod offer;
mod origin;
pub(super) mod page;
mod recorded;
mod rules;
mod start;
mod suggestion;
mod wording;

use rayon::prelude::*;

use super::markup::Markup;
use super::{Error, Site};
use crate::jq;
use crate::output::{Output, Rank};
use crate::portal::Portal;

pub(super) use list::{about, creating, first, item, path};
pub(super) use offer::{Offer, Offers};
pub use recorded::{Run, State};
pub(super) use recorded::{newest, sorted};

/// Actions are one folder below the root.
const ROOT: &str = "../";

/// Whether a catalog has anything to show here.
pub(super) fn is_any(portal: &Portal) -> bool {
    let catalog = &portal.catalog;
    catalog.actions().iter().any(|definition| definition.value.published)
        || catalog.automations().iter().any(|definition| definition.value.published)
}

/// Writes the pages of actions, few and made of results alone: each time anew, and compared. Returns their paths.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<Vec<String>, Error> {
    if !is_any(site.portal) {
        return Ok(Vec::new());
    }
    // Suggestions and conditions ask expressions.
    jq::on_deep_stack(|| {
        site.offers.all.par_iter().try_for_each_init(Vec::new, |buffer, offer| {
            site.theme.render("action.html", page::page(site, offer), buffer)?;
            output.write(&offer.path(), Rank::List, buffer)?;
            Ok::<_, Error>(())
        })
    })?;
    let mut buffer = Vec::new();
    site.theme.render("actions.html", list::page(site), &mut buffer)?;
    output.write(&path(), Rank::List, &buffer)?;
    let mut paths: Vec<String> = site.offers.all.iter().map(Offer::path).collect();
    paths.push(path());
    api::write(site, output)?;
    Ok(paths)
}

/// Writes the title of a blueprint, linked to its page, or its name when there is no such blueprint.
fn blueprint(site: &Site<'_>, name: &str, out: &mut Markup) {
    let Some(id) = site.catalog().find_blueprint(name) else {
        out.text(name);
        return;
    };
    let label = site.catalog().blueprint(id).label();
    match &site.outline(id).page {
        Some(page) => out.raw("<a href=\"").raw(ROOT).text(page).raw("\">").text(label).raw("</a>"),
        None => out.text(label),
    };
}

#[cfg(test)]
mod tests;
