//! Pages of the catalog: dashboards, made of widgets.
//!
//! A widget is answered from the entities of its blueprint that its search chooses, in one pass over them; what it
//! shows is bounded, however many there are.

mod course;
mod data;
mod heat;
mod list;
mod number;
mod page;
mod part;
mod plain;
mod sheet;
mod split;
mod standard;
mod table;
mod widget;

use std::sync::Arc;

use rayon::prelude::*;

use super::address;
use super::table::Table;
use super::{Error, Site};
use crate::catalog::{Catalog, Definition};
use crate::jq;
use crate::model::page::Page;
use crate::output::{Output, Rank};

pub(super) use list::{is_any, path, rows};
pub(super) use sheet::{Sheets, Shown as ShownSheets};

/// Pages are one folder below the root.
const ROOT: &str = "../";

/// A page of the catalog that the site shows.
struct Shown<'a> {
    definition: &'a Definition<Page>,
    path: String,
}

/// Returns the pages that the site shows, in path order.
fn shown(catalog: &Catalog) -> Vec<Shown<'_>> {
    let pages: Vec<&Definition<Page>> =
        catalog.pages().iter().filter(|definition| definition.value.is_shown()).collect();
    let names = address::pages(pages.iter().map(|definition| definition.value.identifier.value.as_str()));
    pages
        .into_iter()
        .zip(names)
        .map(|(definition, name)| Shown { definition, path: address::page(&name) })
        .collect()
}

/// Returns the title and the path of the page called `identifier`, if the site shows it.
pub(super) fn find(catalog: &Catalog, identifier: &str) -> Option<(String, String)> {
    let mut pages = shown(catalog).into_iter();
    let page = pages.find(|shown| shown.definition.value.identifier.value == identifier)?;
    Some((page.definition.value.label().to_string(), page.path))
}

/// Returns the titles and the paths of all pages that the site shows.
pub(super) fn all(catalog: &Catalog) -> Vec<(String, String)> {
    let titled = |shown: Shown<'_>| (shown.definition.value.label().to_string(), shown.path);
    shown(catalog).into_iter().map(titled).collect()
}

/// Writes the pages, few and cheap: each time anew, and compared. Returns their paths.
pub(super) fn write<'s>(
    site: &'s Site<'_>,
    tables: &'s [Arc<Table<'s>>],
    output: &Output,
) -> Result<Vec<String>, Error> {
    let pages = shown(site.catalog());
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    // Searches ask expressions.
    jq::on_deep_stack(|| {
        pages.par_iter().try_for_each_init(Vec::new, |buffer, shown| {
            site.theme.render("dashboard.html", page::page(site, tables, shown), buffer)?;
            output.write(&shown.path, Rank::List, buffer)?;
            Ok::<_, Error>(())
        })
    })?;
    let mut buffer = Vec::new();
    site.theme.render("dashboards.html", list::page(site, &pages), &mut buffer)?;
    output.write(&path(), Rank::List, &buffer)?;
    Ok(pages.into_iter().map(|shown| shown.path).chain([path()]).collect())
}

#[cfg(test)]
mod tests;
