//! Tables of a blueprint's entities: which columns there are, which of them a page shows, and what a script loads to
//! sort, filter and group all rows.
//!
//! A page shows the most telling columns of some rows and needs no script. The data has every column of every row, in
//! chunks, so that a script can do the rest without asking anybody.

mod cell;
mod choice;
mod column;
mod csv;
mod data;
mod facet;
mod head;
mod list;
mod view;

use std::sync::Arc;

use rayon::prelude::*;

use super::Site;
use super::address::DATA;
use super::listing::MANY;
use crate::catalog::BlueprintId;
pub(super) use column::Column;
pub(super) use data::write;
use facet::Facet;
pub(super) use list::List;
use view::View;

/// Tables are on pages one folder below the root.
const ROOT: &str = "../";

/// The table of a blueprint: found by looking at all its entities, and therefore only once.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) blueprint: BlueprintId,
    /// Every column besides the name, in the order of the blueprint.
    pub(super) columns: Vec<Column<'a>>,
    /// What columns are called in addresses, by number.
    pub(super) names: Vec<String>,
    /// The numbers of the columns that say most, in the order in which they stand.
    pub(super) shown: Vec<usize>,
    pub(super) facets: Vec<Facet>,
    /// The tables that pages of the catalog keep.
    pub(super) views: Vec<View>,
}

/// Returns the tables of all blueprints that have a page.
pub(super) fn tables<'a>(site: &'a Site<'_>) -> Vec<Arc<Table<'a>>> {
    let blueprints = site.catalog().blueprints().map(|(id, _)| id);
    let blueprints: Vec<_> = blueprints.filter(|id| site.addresses.folder(*id).is_some()).collect();
    blueprints.into_par_iter().map(|id| Table::new(site, id).into()).collect()
}

impl<'a> Table<'a> {
    fn new(site: &'a Site<'_>, blueprint: BlueprintId) -> Self {
        let columns = column::all(site, blueprint);
        let names = column::names(site, blueprint, &columns);
        let shown = choice::shown(site, blueprint, &columns);
        let facets = facet::facets(site, blueprint, &columns);
        let views = view::views(site, blueprint, &columns, &names);
        Self { blueprint, columns, names, shown, facets, views }
    }

    /// Returns the columns that a page shows, in the order in which they stand.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Column<'a>> {
        self.shown.iter().map(|&number| &self.columns[number])
    }

    /// Returns what tells the columns from those of another model: names, and all that decides how values look.
    pub(super) fn print(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(Column::print).collect();
        format!("{columns:?} {:?} {:?}", self.names, self.shown)
    }

    /// Returns the folder of its data.
    pub(super) fn folder(&self, site: &Site<'_>) -> String {
        format!("{DATA}/table/{}", site.addresses.folder(self.blueprint).unwrap_or_default())
    }

    /// Returns the path of the file for spreadsheets, unless there is too much for one.
    pub(super) fn csv(&self, site: &Site<'_>) -> Option<String> {
        let count = site.catalog().entities_of(self.blueprint).len();
        (count <= MANY).then(|| format!("{}/entities.csv", self.folder(site)))
    }
}

#[cfg(test)]
mod tests;
