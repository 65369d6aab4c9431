//! The pages of a blueprint: its entities as a table, in pages of [`ROWS`], and its definition on the first.

use std::sync::Arc;

use minijinja::Value;

use super::fingerprint::Fingerprints;
use super::frame::Area;
use super::icon::Used;
use super::markup::Markup;
use super::record::{list, maybe, none, record};
use super::value::{self, Atom};
use super::{Site, definition, neighbour, outline};
use crate::catalog::{BlueprintId, EntityRef};
use crate::model::property::{Property, Type};

/// The most rows of a page.
pub(super) const ROWS: usize = 500;

/// The most columns besides the name.
const MOST_COLUMNS: usize = 7;

/// The most columns of relations.
const MOST_RELATIONS: usize = 2;

/// The longest text that is worth a column.
const LONGEST_CELL: usize = 40;

/// Lists are one folder below the root.
const ROOT: &str = "../";

record! {
    /// What the template of a blueprint reads; `rows` is markup.
    Page {
        site, frame, title, summary, icons,
        name, identifier, icon, description, count,
        columns, rows, first, last, pages, previous, next,
        definition, json,
    }
}

record! {
    /// The heading of a column.
    Heading { label, class }
}

record! {
    /// A page of the same list.
    PageLink { number, href, current }
}

/// One page of a blueprint's list.
#[derive(Debug)]
pub(super) struct ListPage<'a> {
    pub(super) path: String,
    blueprint: BlueprintId,
    number: usize,
    last: usize,
    /// The same for every page of the list, and found by looking at all its entities: so only once.
    columns: Arc<[Column<'a>]>,
}

/// What a column shows.
#[derive(Debug)]
enum Column<'a> {
    Property(&'a Property),
    Relation(usize, &'a str),
    Owner(&'a str),
}

/// Returns the pages of all lists.
pub(super) fn pages<'a>(site: &Site<'a>) -> Vec<ListPage<'a>> {
    let mut pages = Vec::new();
    for (blueprint, _) in site.catalog().blueprints() {
        let last = site.catalog().entities_of(blueprint).len().div_ceil(ROWS).max(1);
        let columns: Arc<[Column<'a>]> = columns(site, blueprint).into();
        let paths =
            (1..=last).filter_map(|number| Some((number, site.addresses.blueprint(blueprint, number)?)));
        let page = |(number, path)| ListPage { path, blueprint, number, last, columns: Arc::clone(&columns) };
        pages.extend(paths.map(page));
    }
    pages
}

impl ListPage<'_> {
    /// Returns the hash of all that the page shows.
    pub(super) fn fingerprint(&self, site: &Site<'_>, fingerprints: &Fingerprints) -> u64 {
        let entities = site.catalog().entities_of(self.blueprint);
        let columns: Vec<_> = self.columns.iter().map(Column::name).collect();
        let more = format!(
            "{} {} {} {} {columns:?}",
            self.blueprint.index(),
            self.number,
            self.last,
            entities.len()
        );
        let shown = entities.skip((self.number - 1) * ROWS).take(ROWS);
        fingerprints.list(shown.map(EntityRef::id), &more)
    }
}

/// Returns what a page of a list shows.
pub(super) fn page(site: &Site<'_>, page: &ListPage<'_>) -> Value {
    let mut icons = Used::new(&site.icons);
    let blueprint = site.catalog().blueprint(page.blueprint);
    let outline = site.outline(page.blueprint);
    let icon = Value::from(icons.add(outline.icon));
    let count = site.catalog().entities_of(page.blueprint).len();
    let columns = &page.columns;
    let start = (page.number - 1) * ROWS;
    let entities = site.catalog().entities_of(page.blueprint).skip(start).take(ROWS);
    let shown = entities.len();
    let mut rows = Markup::with_capacity(shown * 512);
    entities.for_each(|entity| row(site, entity, columns, &mut icons, &mut rows));
    let title = match page.number {
        1 => blueprint.label().to_string(),
        number => format!("{}, page {number}", blueprint.label()),
    };
    let noun = if count == 1 { "entity" } else { "entities" };
    let folder = site.addresses.folder(page.blueprint).unwrap_or_default();
    let named = blueprint.label() != blueprint.identifier.value;
    let headings = columns
        .iter()
        .enumerate()
        .map(|(at, column)| Heading { label: Value::from(column.label()), class: maybe(class(column, at)) });
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, if site.team == Some(page.blueprint) { Area::Teams } else { Area::Catalog }),
        summary: Value::from(format!("{title}: {count} {noun}")),
        title: Value::from(title),
        name: Value::from(blueprint.label()),
        identifier: if named { Value::from(blueprint.identifier.value.as_str()) } else { none() },
        icon,
        description: maybe(blueprint.description.as_deref()),
        count: Value::from(count),
        columns: list(headings),
        first: Value::from(start + 1),
        last: Value::from(start + shown),
        rows: rows.finish(),
        pages: page_links(site, page),
        previous: maybe(neighbour_page(site, page, page.number.wrapping_sub(1))),
        next: maybe(neighbour_page(site, page, page.number + 1)),
        definition: if page.number == 1 { definition::of(site, page.blueprint, ROOT) } else { none() },
        json: Value::from(format!("{ROOT}api/v1/blueprints/{folder}.json")),
        icons: icons.drawings(),
    }
    .into()
}

/// Returns the link to a page of the same list, if there is one.
fn neighbour_page(site: &Site<'_>, page: &ListPage<'_>, number: usize) -> Option<String> {
    if !(1..=page.last).contains(&number) {
        return None;
    }
    site.addresses.blueprint(page.blueprint, number).map(|path| format!("{ROOT}{path}"))
}

/// Returns links to the pages of a list: the first, the last and those around this one.
fn page_links(site: &Site<'_>, page: &ListPage<'_>) -> Value {
    if page.last == 1 {
        return none();
    }
    let near = |number: &usize| *number == 1 || *number == page.last || number.abs_diff(page.number) <= 3;
    list((1..=page.last).filter(near).map(|number| PageLink {
        number: Value::from(number),
        href: maybe(neighbour_page(site, page, number)),
        current: Value::from(number == page.number),
    }))
}

impl Column<'_> {
    fn label(&self) -> &str {
        match self {
            Self::Property(property) => property.label(),
            Self::Relation(_, label) | Self::Owner(label) => label,
        }
    }

    /// Returns what tells a column from the others of its blueprint.
    fn name(&self) -> (&str, usize) {
        match self {
            Self::Property(property) => (&property.identifier.value, 0),
            Self::Relation(number, _) => ("", *number + 1),
            Self::Owner(label) => (label, usize::MAX),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Property(property) if property.kind == Some(Type::Number) && property.values.is_empty())
    }
}

/// Returns how a column is set: numbers to the right, later columns only where there is room.
fn class(column: &Column<'_>, at: usize) -> Option<&'static str> {
    let tag = || matches!(column, Column::Property(property) if outline::is_tag(property));
    match (at, column.is_number()) {
        (0, false) if tag() => Some("hi"),
        (0..=2, number) => number.then_some("n"),
        (3 | 4, number) => Some(if number { "n p2" } else { "p2" }),
        (_, number) => Some(if number { "n p3" } else { "p3" }),
    }
}

/// Returns the columns that say most about the entities of a blueprint.
fn columns<'a>(site: &Site<'a>, id: BlueprintId) -> Vec<Column<'a>> {
    let catalog = site.catalog();
    let blueprint = catalog.blueprint(id);
    let owned = catalog.entities_of(id).any(|entity| !site.graph().owners(entity.id()).is_empty());
    let single = blueprint.relations.iter().enumerate().filter(|(_, relation)| !relation.many);
    let stated = |number: usize| {
        let mut entities = catalog.entities_of(id);
        entities.any(|entity| {
            site.graph().outgoing(entity.id()).iter().any(|edge| edge.relation as usize == number)
        })
    };
    let relations: Vec<Column<'a>> = single
        .filter(|(number, _)| stated(*number))
        .take(MOST_RELATIONS)
        .map(|(number, relation)| Column::Relation(number, relation.label()))
        .collect();
    let mut ranked: Vec<(u8, &Property)> =
        blueprint.properties.iter().filter_map(|property| Some((rank(property)?, property))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let room = MOST_COLUMNS - relations.len() - usize::from(owned);
    let worth = |property: &Property| is_worth_a_column(site, id, property);
    let properties =
        ranked.into_iter().map(|(_, property)| property).filter(|property| worth(property)).take(room);
    let mut columns: Vec<Column<'a>> = properties.map(Column::Property).collect();
    // The owner stands beside what kind of thing it is.
    let at = columns.len().min(1);
    columns.splice(at..at, owned.then_some(Column::Owner("Owner")).into_iter().chain(relations));
    columns
}

/// Returns how much a property says about an entity at a glance, the most first; `None` for what needs room.
fn rank(property: &Property) -> Option<u8> {
    if outline::is_description(property) {
        return None;
    }
    match (property.kind?, outline::format(property)) {
        (Type::String, None) if !property.values.is_empty() => Some(0),
        (Type::Number, _) if !property.values.is_empty() => Some(0),
        (Type::String, None | Some("user" | "team" | "ipv4" | "ipv6" | "email")) => Some(1),
        (Type::Number, _) => Some(2),
        (Type::Boolean, _) => Some(3),
        (Type::String, Some("date-time" | "timer")) => Some(4),
        _ => None,
    }
}

/// Returns whether any entity has the property, and none needs more room than a cell.
fn is_worth_a_column(site: &Site<'_>, id: BlueprintId, property: &Property) -> bool {
    let values =
        || site.catalog().entities_of(id).filter_map(|entity| entity.property(&property.identifier.value));
    let fits = || values().all(|value| value.text().is_some_and(|text| text.len() <= LONGEST_CELL));
    values().next().is_some() && fits()
}

/// Writes the row of an entity.
fn row(
    site: &Site<'_>,
    entity: EntityRef<'_>,
    columns: &[Column<'_>],
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    out.raw("<tr><th>");
    neighbour::rich_link(site, entity.id(), ROOT, icons, out);
    for (at, column) in columns.iter().enumerate() {
        let values = values(site, entity, column);
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

/// Returns what an entity has in a column.
fn values<'a>(site: &'a Site<'_>, entity: EntityRef<'a>, column: &Column<'_>) -> Vec<Atom<'a>> {
    let linked = |id| Atom::Entity(site.face(id));
    match column {
        Column::Property(property) => {
            let node = entity.property(&property.identifier.value);
            node.and_then(|node| value::atoms(site, property, node)).unwrap_or_default()
        }
        Column::Relation(number, _) => {
            let edges = site.graph().outgoing(entity.id()).iter();
            edges.filter(|edge| edge.relation as usize == *number).map(|edge| linked(edge.to)).collect()
        }
        Column::Owner(_) => site.graph().owners(entity.id()).iter().map(|&team| linked(team)).collect(),
    }
}
