//! Graphs: the drawing of what an entity consists of, the data model, and the explorer with its data.
//!
//! Layered drawings are made here, at build time, and are part of the page. The explorer draws in the browser what
//! the reader asks for, from files that each hold the relations of a block of entities.

mod data;
mod explore;
mod layout;
mod model;
mod order;
mod parts;
mod pen;
mod rank;
mod route;
mod text;

use super::address::GRAPH;
use super::{Error, Site};
use crate::catalog::EntityRef;
use crate::output::{Output, Rank};
use crate::portal::Portal;

pub(super) use data::is_on_call;
pub(super) use model::around;
pub(super) use parts::Parts;

/// The pages of this part of the site are one folder below the root.
const ROOT: &str = "../";

/// The page of the data model.
pub(super) const MODEL: &str = "graph/index.html";

/// The page of the explorer.
const EXPLORER: &str = "graph/explore.html";

/// Whether a catalog has anything to show here.
pub(super) fn is_any(portal: &Portal) -> bool {
    portal.catalog.blueprints().any(|(_, blueprint)| !blueprint.system)
}

/// Returns what the explorer calls an entity: the path of its page without its extension.
fn place<'a>(site: &'a Site<'_>, entity: EntityRef<'_>) -> &'a str {
    let path = site.face(entity.id()).path();
    path.strip_suffix(".html").unwrap_or(path)
}

/// Writes the pages of the graph and the data of the explorer; returns the paths of the pages.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<Vec<String>, Error> {
    if !is_any(site.portal) {
        return Ok(Vec::new());
    }
    let model = model::Model::new(site);
    let mut page = Vec::new();
    site.theme.render("graph.html", model::page(site, &model), &mut page)?;
    output.write(MODEL, Rank::List, &page)?;
    output.write(&format!("{GRAPH}/model.mmd"), Rank::Leaf, text::mermaid(&model).as_bytes())?;
    output.write(&format!("{GRAPH}/model.dot"), Rank::Leaf, text::dot(&model).as_bytes())?;
    data::write(site, output)?;
    site.theme.render("graph-explore.html", explore::page(site), &mut page)?;
    output.write(EXPLORER, Rank::List, &page)?;
    Ok(vec![MODEL.to_string(), EXPLORER.to_string()])
}

/// Returns a number of things as a coordinate can be counted with.
fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
