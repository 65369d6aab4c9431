//! The pages of a blueprint: its entities as a table, in pages of [`ROWS`], and its definition on the first.

use std::sync::Arc;

use minijinja::Value;

use super::board::Board;
use super::fingerprint::Fingerprints;
use super::frame::Area;
use super::icon::Used;
use super::markup::Markup;
use super::paging::Paging;
use super::record::{list, maybe, none, record};
use super::value::{self, Atom};
use super::{Site, action, computed, definition, neighbour, outline};
use crate::catalog::{BlueprintId, EntityRef};
use crate::model::property::{Property, Type};

/// The most rows of a page.
pub(super) const ROWS: usize = 500;

/// The most columns besides the name.
const MOST_COLUMNS: usize = 7;

/// The most columns of relations.
const MOST_RELATIONS: usize = 2;

/// The most columns of scorecards.
const MOST_LEVELS: usize = 3;

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
        definition, creating, json,
    }
}

record! {
    /// The heading of a column.
    Heading { label, class }
}

/// One page of a blueprint's list.
#[derive(Debug)]
pub(super) struct ListPage<'a> {
    pub(super) path: String,
    blueprint: BlueprintId,
    paging: Paging,
    /// The same for every page of the list, and found by looking at all its entities: so only once.
    columns: Arc<[Column<'a>]>,
}

/// What a column shows.
#[derive(Debug)]
enum Column<'a> {
    Property(&'a Property),
    Relation(usize, &'a str),
    Owner(&'a str),
    /// A computed property, by the number of its column.
    Computed(usize, computed::Face<'a>),
    /// The level in a scorecard.
    Level(&'a Board<'a>),
}

/// Returns the pages of all lists.
pub(super) fn pages<'a>(site: &'a Site<'_>) -> Vec<ListPage<'a>> {
    let mut pages = Vec::new();
    for (blueprint, _) in site.catalog().blueprints() {
        let count = site.catalog().entities_of(blueprint).len();
        let columns: Arc<[Column<'a>]> = columns(site, blueprint).into();
        let paths = Paging::all(count, ROWS)
            .filter_map(|paging| Some((paging, site.addresses.blueprint(blueprint, paging.number)?)));
        let page = |(paging, path)| ListPage { path, blueprint, paging, columns: Arc::clone(&columns) };
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
            "{} {} {} {} {} {columns:?}",
            self.blueprint.index(),
            self.paging.number,
            self.paging.last,
            entities.len(),
            site.offers.print(self.blueprint),
        );
        let shown = entities.skip((self.paging.number - 1) * ROWS).take(ROWS);
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
    let paging = page.paging;
    let start = (paging.number - 1) * ROWS;
    let href = |number| site.addresses.blueprint(page.blueprint, number).map(|path| format!("{ROOT}{path}"));
    let entities = site.catalog().entities_of(page.blueprint).skip(start).take(ROWS);
    let shown = entities.len();
    let mut rows = Markup::with_capacity(shown * 512);
    entities.for_each(|entity| row(site, entity, columns, &mut icons, &mut rows));
    let title = match paging.number {
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
        pages: paging.links(href),
        previous: maybe(paging.previous().and_then(href)),
        next: maybe(paging.next().and_then(href)),
        definition: if paging.number == 1 { definition::of(site, page.blueprint, ROOT) } else { none() },
        creating: action::creating(site, page.blueprint, &mut icons),
        json: Value::from(format!("{ROOT}api/v1/blueprints/{folder}.json")),
        icons: icons.drawings(),
    }
    .into()
}

impl Column<'_> {
    fn label(&self) -> &str {
        match self {
            Self::Property(property) => property.label(),
            Self::Relation(_, label) | Self::Owner(label) => label,
            Self::Computed(_, face) => face.label,
            Self::Level(board) => &board.card.title,
        }
    }

    /// Returns what tells a column from the others of its blueprint, and what it shows that its entities do not say.
    fn name(&self) -> (&str, String) {
        match self {
            Self::Property(property) => (&property.identifier.value, String::new()),
            Self::Relation(number, _) => ("relation", number.to_string()),
            Self::Owner(label) => ("owner", (*label).to_string()),
            Self::Computed(number, face) => ("computed", format!("{number} {face:?}")),
            Self::Level(board) => ("level", format!("{} {:?}", board.card.title, board.levels())),
        }
    }

    fn is_number(&self) -> bool {
        match self {
            Self::Property(property) => property.kind == Some(Type::Number) && property.values.is_empty(),
            Self::Computed(_, face) => face.is_number(),
            Self::Relation(..) | Self::Owner(_) | Self::Level(_) => false,
        }
    }
}

/// Returns how a column is set: numbers to the right, later columns only where there is room.
fn class(column: &Column<'_>, at: usize) -> Option<&'static str> {
    let tag = || match column {
        Column::Property(property) => outline::is_tag(property),
        Column::Computed(_, face) => !face.look.colors.is_empty(),
        _ => false,
    };
    match (at, column.is_number()) {
        (0, false) if tag() => Some("hi"),
        (0..=2, number) => number.then_some("n"),
        (3 | 4, number) => Some(if number { "n p2" } else { "p2" }),
        (_, number) => Some(if number { "n p3" } else { "p3" }),
    }
}

/// Returns the columns that say most about the entities of a blueprint.
fn columns<'a>(site: &'a Site<'_>, id: BlueprintId) -> Vec<Column<'a>> {
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
    let levels: Vec<&Board<'_>> =
        site.boards_of(id).iter().map(|&number| &site.boards[number]).take(MOST_LEVELS).collect();
    let room = MOST_COLUMNS - relations.len() - usize::from(owned) - levels.len();
    let worth = |property: &Property| is_worth_a_column(site, id, property);
    let properties =
        ranked.into_iter().map(|(_, property)| property).filter(|property| worth(property)).take(room);
    let mut columns: Vec<Column<'a>> = properties.map(Column::Property).collect();
    let left = room - columns.len();
    columns.extend(computed_columns(site, id).take(left));
    // The owner stands beside what kind of thing it is, and how good it is beside them.
    let at = columns.len().min(1);
    let owner = owned.then_some(Column::Owner("Owner"));
    columns.splice(at..at, owner.into_iter().chain(levels.into_iter().map(Column::Level)).chain(relations));
    columns
}

/// Returns the computed properties that are worth a column: those with colours first, then numbers, then other short
/// ones.
fn computed_columns<'a>(site: &'a Site<'_>, id: BlueprintId) -> impl Iterator<Item = Column<'a>> {
    let rank = |face: &computed::Face<'_>| match (face.look.colors.is_empty(), face.is_number()) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 2,
    };
    let faces = site.computed[id.index()].iter().copied().enumerate();
    let mut ranked: Vec<(usize, computed::Face<'a>)> =
        faces.filter(|(number, _)| computed::is_short(site, id, *number, LONGEST_CELL)).collect();
    ranked.sort_by_key(|(_, face)| rank(face));
    ranked.into_iter().map(|(number, face)| Column::Computed(number, face))
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
fn values<'a>(site: &'a Site<'_>, entity: EntityRef<'a>, column: &'a Column<'_>) -> Vec<Atom<'a>> {
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
        Column::Computed(number, face) => {
            let value = site.portal.computed.value_at(entity, *number);
            value.and_then(|value| computed::atoms(site, &face.look, value)).unwrap_or_default()
        }
        Column::Level(board) => {
            let standing = board.card.standing(entity.id());
            standing.map(|standing| Atom::Level(board, standing.level)).into_iter().collect()
        }
    }
}
