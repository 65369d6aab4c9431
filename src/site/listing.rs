//! The pages of a blueprint: its entities as a table, and its definition on the first.
//!
//! A script shows every row with every column from the first page on. The pages after it are for readers without one:
//! longer, and shorter of columns; of more than [`MANY`] entities, the names alone.

use std::sync::Arc;

use minijinja::Value;

use super::fingerprint::Fingerprints;
use super::frame::Area;
use super::icon::Used;
use super::markup::Markup;
use super::paging::Paging;
use super::record::{list, maybe, none, record};
use super::table::{Column, Table};
use super::{Site, action, definition, graph, neighbour, value};
use crate::catalog::EntityRef;

/// The most rows of a page of other lists.
pub(super) const ROWS: usize = 500;

/// The rows of the first page.
const FIRST: usize = 100;

/// The columns of the pages after it.
const FEW: usize = 3;

/// With more entities than this, a list says less of each, and there is no file for spreadsheets: who needs all of so
/// many is a program, for which there is the API.
pub(super) const MANY: usize = 10_000;

/// Lists are one folder below the root.
const ROOT: &str = "../";

record! {
    /// What the template of a blueprint reads; `rows` and `facets` are markup, `data` is the folder of the rows that a
    /// script loads.
    Page {
        site, frame, title, summary, icons,
        name, identifier, icon, description, count,
        model, columns, rows, first, last, pages, previous, next, start, views, facets,
        definition, creating, json, csv, data,
    }
}

record! {
    /// The heading of a column.
    Heading { label, class }
}

record! {
    /// A view that a page of the catalog keeps; `left_out` is how many of its filters it cannot have here.
    ViewLink { text, href, left_out }
}

/// One page of a blueprint's list.
#[derive(Debug)]
pub(super) struct ListPage<'a> {
    pub(super) path: String,
    paging: Paging,
    /// The same for every page of the list.
    table: Arc<Table<'a>>,
}

/// Returns the pages of these tables.
pub(super) fn pages<'a>(site: &'a Site<'_>, tables: &[Arc<Table<'a>>]) -> Vec<ListPage<'a>> {
    let mut pages = Vec::new();
    for table in tables {
        let count = site.catalog().entities_of(table.blueprint).len();
        let paths = Paging::after(count, FIRST, ROWS)
            .filter_map(|paging| Some((paging, site.addresses.blueprint(table.blueprint, paging.number)?)));
        pages.extend(paths.map(|(paging, path)| ListPage { path, paging, table: Arc::clone(table) }));
    }
    pages
}

/// How much a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Full,
    Few,
    Names,
}

impl Detail {
    /// Returns the most columns besides the name.
    fn columns(self) -> usize {
        match self {
            Self::Full => usize::MAX,
            Self::Few => FEW,
            Self::Names => 0,
        }
    }
}

impl ListPage<'_> {
    /// Returns the number of its first row, from 0, and how many it has room for.
    fn range(&self) -> (usize, usize) {
        match self.paging.number {
            1 => (0, FIRST),
            number => (FIRST + (number - 2) * ROWS, ROWS),
        }
    }

    /// Returns the hash of all that the page shows.
    pub(super) fn fingerprint(&self, site: &Site<'_>, fingerprints: &Fingerprints) -> u64 {
        let table = &self.table;
        let entities = site.catalog().entities_of(table.blueprint);
        // How many have which value is said on the first page alone: a change of one would make all others anew.
        let facets = if self.paging.number == 1 { format!("{:?}", table.facets) } else { String::new() };
        // Its neighbours in the model say how many they are.
        let blueprints = site.catalog().blueprints();
        let counts: Vec<usize> = if self.paging.number == 1 {
            blueprints.map(|(id, _)| site.catalog().entities_of(id).len()).collect()
        } else {
            Vec::new()
        };
        let more = format!(
            "{} {} {} {} {} {} {:?} {facets} {counts:?}",
            table.blueprint.index(),
            self.paging.number,
            self.paging.last,
            entities.len(),
            site.offers.print(table.blueprint),
            table.print(),
            table.views,
        );
        let (start, rows) = self.range();
        let shown = entities.skip(start).take(rows);
        fingerprints.list(shown.map(EntityRef::id), &more)
    }
}

/// Returns what a page of a list shows.
pub(super) fn page<'a>(site: &'a Site<'_>, page: &ListPage<'a>) -> Value {
    let mut icons = Used::new(&site.icons);
    let (table, paging) = (&page.table, page.paging);
    let blueprint = site.catalog().blueprint(table.blueprint);
    let outline = site.outline(table.blueprint);
    let icon = Value::from(icons.add(outline.icon));
    let count = site.catalog().entities_of(table.blueprint).len();
    let (start, rows) = page.range();
    let href = |number| site.addresses.blueprint(table.blueprint, number).map(|path| format!("{ROOT}{path}"));
    let entities = site.catalog().entities_of(table.blueprint).skip(start).take(rows);
    let shown = entities.len();
    let mut rows = Markup::with_capacity(shown * 512);
    let detail = match (paging.number, count) {
        (1, _) => Detail::Full,
        (_, ..=MANY) => Detail::Few,
        _ => Detail::Names,
    };
    entities.for_each(|entity| row(site, entity, table, detail, &mut icons, &mut rows));
    let title = match paging.number {
        1 => blueprint.label().to_string(),
        number => format!("{}, page {number}", blueprint.label()),
    };
    let noun = if count == 1 { "entity" } else { "entities" };
    let folder = site.addresses.folder(table.blueprint).unwrap_or_default();
    let named = blueprint.label() != blueprint.identifier.value;
    let headings = table
        .shown()
        .take(detail.columns())
        .enumerate()
        .map(|(at, column)| Heading { label: Value::from(column.label()), class: maybe(class(column, at)) });
    // What the buttons of the script are drawn with.
    icons.add_drawn("down");
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, if site.team == Some(table.blueprint) { Area::Teams } else { Area::Catalog }),
        summary: Value::from(format!("{title}: {count} {noun}")),
        title: Value::from(title),
        name: Value::from(blueprint.label()),
        identifier: if named { Value::from(blueprint.identifier.value.as_str()) } else { none() },
        icon,
        description: maybe(blueprint.description.as_deref()),
        count: Value::from(count),
        model: if paging.number == 1 { graph::around(site, table.blueprint, &mut icons) } else { none() },
        columns: list(headings),
        first: Value::from(start + 1),
        last: Value::from(start + shown),
        rows: rows.finish(),
        pages: paging.links(href),
        previous: maybe(paging.previous().and_then(href)),
        next: maybe(paging.next().and_then(href)),
        start: if paging.number > 1 { maybe(href(1)) } else { none() },
        views: views(table, href(1).as_deref().unwrap_or_default()),
        facets: facets(table, paging),
        definition: if paging.number == 1 { definition::of(site, table.blueprint, ROOT) } else { none() },
        creating: action::creating(site, table.blueprint, &mut icons),
        json: Value::from(format!("{ROOT}api/v1/blueprints/{folder}.json")),
        csv: maybe(table.csv(site).map(|path| format!("{ROOT}{path}"))),
        data: Value::from(table.folder(site)),
        icons: icons.drawings(),
    }
    .into()
}

/// Returns links to the views of a table whose first page is at `start`.
fn views(table: &Table<'_>, start: &str) -> Value {
    list(table.views.iter().map(|view| ViewLink {
        text: Value::from(view.title.as_str()),
        href: Value::from(format!("{start}?{}", view.query)),
        left_out: Value::from(view.left_out),
    }))
}

/// Returns the facets on the first page, `true` on others, nothing when there are none.
fn facets(table: &Table<'_>, paging: Paging) -> Value {
    if table.facets.is_empty() {
        return none();
    }
    if paging.number > 1 {
        return Value::from(true);
    }
    let mut out = Markup::with_capacity(2048);
    table.facets.iter().for_each(|facet| facet.write(&mut out));
    out.finish()
}

/// Returns how a column is set: numbers to the right, later columns only where there is room.
fn class(column: &Column<'_>, at: usize) -> Option<&'static str> {
    match (at, column.is_number()) {
        (0, false) if column.is_tag() => Some("hi"),
        (0..=2, number) => number.then_some("n"),
        (3 | 4, number) => Some(if number { "n p2" } else { "p2" }),
        (_, number) => Some(if number { "n p3" } else { "p3" }),
    }
}

/// Writes the row of an entity.
fn row<'a>(
    site: &'a Site<'_>,
    entity: EntityRef<'a>,
    table: &Table<'a>,
    detail: Detail,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    out.raw("<tr><th>");
    match detail {
        Detail::Full => neighbour::rich_link(site, entity.id(), ROOT, icons, out),
        Detail::Few => neighbour::named_link(site, entity.id(), ROOT, out),
        Detail::Names => {
            site.face(entity.id()).link(ROOT, out);
        }
    }
    for (at, column) in table.shown().take(detail.columns()).enumerate() {
        let values = column.values(site, entity);
        out.raw("<td");
        if let Some(class) = class(column, at) {
            out.raw(" class=\"").raw(class).raw("\"");
        }
        if column.is_number() && !values.is_empty() {
            out.raw(" data-l=\"").text(column.label()).raw("\"");
        }
        out.raw(">");
        value::write(&values, ROOT, out);
    }
    out.raw("\n");
}
