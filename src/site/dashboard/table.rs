//! Tables of entities: the columns that the widget asks for, grouped and sorted as it says, cut after some rows.

use rayon::prelude::*;

use super::ROOT;
use super::data::{Data, Scene};
use super::part::{self, Division};
use super::widget::{Pen, empty};
use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::known::Value;
use crate::model::page::{Reference, Table, Widget};
use crate::model::property::Type;
use crate::site::board::Board;
use crate::site::markup::Markup;
use crate::site::value::{self, Atom, Look};
use crate::site::{Site, computed, moment, neighbour, outline};

/// The most rows, and those on the page of an entity.
const ROWS: usize = 25;
const FEW_ROWS: usize = 10;

/// The most columns besides the name, and those that are chosen when the widget names none.
const MOST_COLUMNS: usize = 10;
const USUAL: usize = 5;

/// A column besides the name.
struct Column<'s> {
    label: String,
    what: What<'s>,
    number: bool,
}

enum What<'s> {
    Owner,
    Meta(String),
    Property(String),
    Computed(usize),
    Relation(usize),
    Level(&'s Board<'s>),
}

/// Writes a table of entities.
pub(super) fn write(
    scene: &Scene<'_, '_>,
    shown: &Table,
    data: &Data<'_>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    if data.entities.is_empty() {
        return empty(widget, "No entity is meant.", pen.out);
    }
    rows(scene, shown, data, pen);
}

fn rows(scene: &Scene<'_, '_>, shown: &Table, data: &Data<'_>, pen: &mut Pen<'_, '_, '_>) {
    let site = scene.site;
    let columns = columns(site, shown, data);
    let most = if scene.entity().is_some() { FEW_ROWS } else { ROWS };
    let mut entities = data.entities.clone();
    for (name, down) in shown.sort.iter().rev() {
        sort(site, data.blueprint, &name.value, *down, &mut entities);
    }
    let title = site.catalog().blueprint(data.blueprint).label();
    pen.out.raw("<table class=\"stack\"><thead><tr><th>").text(title);
    for (at, column) in columns.iter().enumerate() {
        pen.out.raw("<th").raw(class(column, at, pen.width)).raw(">").text(&column.label);
    }
    pen.out.raw("<tbody>\n");
    let by = shown.group.as_ref().map(|name| Reference::parse(&name.value));
    match by.and_then(|by| Division::of(site, data.blueprint, &by)) {
        Some(division) => grouped(site, &division, &columns, (&entities, most), data, pen),
        None => entities.iter().take(most).for_each(|&id| row(site, id, &columns, pen)),
    }
    pen.out.raw("</table>");
    if entities.len() > most {
        pen.out
            .raw("<p class=\"dim lead\">The first ")
            .number(most)
            .raw(" of ")
            .number(entities.len())
            .raw(".</p>");
    }
}

/// Writes the rows of each group below its heading.
fn grouped(
    site: &Site<'_>,
    division: &Division<'_>,
    columns: &[Column<'_>],
    (entities, most): (&[EntityId], usize),
    data: &Data<'_>,
    pen: &mut Pen<'_, '_, '_>,
) {
    let place: std::collections::BTreeMap<EntityId, usize> =
        entities.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut room = most;
    for mut part in division.parts(&data.entities) {
        if room == 0 {
            break;
        }
        part.entities.sort_by_key(|id| place.get(id));
        pen.out.raw("<tr class=\"grp\"><th colspan=\"").number(columns.len() + 1).raw("\">");
        let linked = division.begin_link(&part, data, pen.out);
        pen.out.text(&part.label).raw(if linked { "</a> <small>" } else { " <small>" });
        let listed = division.begin_list(&part, data, pen.out);
        pen.out.number(part.entities.len()).raw(if listed { "</a></small>\n" } else { "</small>\n" });
        part.entities.iter().take(room).for_each(|&id| row(site, id, columns, pen));
        room = room.saturating_sub(part.entities.len());
    }
}

fn row(site: &Site<'_>, id: EntityId, columns: &[Column<'_>], pen: &mut Pen<'_, '_, '_>) {
    let entity = site.catalog().entity(id);
    pen.out.raw("<tr><th>");
    neighbour::rich_link(site, id, ROOT, pen.icons, pen.out);
    for (at, column) in columns.iter().enumerate() {
        let atoms = atoms(site, entity, &column.what);
        pen.out.raw("<td").raw(class(column, at, pen.width));
        if column.number && !atoms.is_empty() {
            pen.out.raw(" data-l=\"").text(&column.label).raw("\"");
        }
        pen.out.raw(">");
        value::write(&atoms, ROOT, pen.out);
    }
    pen.out.raw("\n");
}

/// Returns how a column is set: numbers to the right, later columns only where there is room.
fn class(column: &Column<'_>, at: usize, width: usize) -> &'static str {
    let room = if width >= 10 { 1 } else { 0 };
    match (column.number, at) {
        (false, 0) => " class=\"hi\"",
        (number, 0 | 1) => {
            if number {
                " class=\"n\""
            } else {
                ""
            }
        }
        (number, at) if at <= 2 + room => {
            if number {
                " class=\"n p2\""
            } else {
                " class=\"p2\""
            }
        }
        (number, _) => {
            if number {
                " class=\"n p3\""
            } else {
                " class=\"p3\""
            }
        }
    }
}

/// Returns the columns that the widget names, else those that say most.
fn columns<'s>(site: &'s Site<'_>, shown: &Table, data: &Data<'_>) -> Vec<Column<'s>> {
    let names: Vec<String> = shown.shown.iter().map(|name| name.value.clone()).collect();
    let names = if names.is_empty() { usual(site, shown, data) } else { names };
    let mut columns = Vec::new();
    for name in names {
        if name != "$title" && !shown.hidden.contains(&name) {
            columns.extend(column(site, data.blueprint, &name));
        }
    }
    columns.truncate(MOST_COLUMNS);
    columns
}

/// Returns the names of columns for a widget that names none: the owner, then short properties that any entity has.
fn usual(site: &Site<'_>, shown: &Table, data: &Data<'_>) -> Vec<String> {
    let blueprint = site.catalog().blueprint(data.blueprint);
    let owned = data.entities.iter().any(|id| !site.graph().owners(*id).is_empty());
    let short =
        blueprint.properties.iter().filter(|property| match (property.kind, outline::format(property)) {
            (Some(Type::Number | Type::Boolean), _) => true,
            (Some(Type::String), format) => {
                !property.values.is_empty() || matches!(format, Some("date-time" | "user" | "team" | "email"))
            }
            _ => false,
        });
    let names =
        short.map(|property| property.identifier.value.clone()).filter(|name| !shown.hidden.contains(name));
    let has = |name: &String| {
        let any = |id: &EntityId| site.catalog().entity(*id).property(name).is_some();
        data.entities.iter().any(any)
    };
    let names = names.filter(has).take(USUAL);
    owned.then(|| "$team".to_string()).into_iter().chain(names).collect()
}

/// Returns the column of that name; `None` when there is nothing of it.
fn column<'s>(site: &'s Site<'_>, id: BlueprintId, name: &str) -> Option<Column<'s>> {
    let blueprint = site.catalog().blueprint(id);
    let name = match Reference::parse(name) {
        Reference::Property(name)
        | Reference::Named(name)
        | Reference::Meta(name)
        | Reference::Scorecard(name) => name,
        Reference::Relation(path) => path.into_iter().next()?,
        Reference::Rule(..) => return None,
    };
    let label = part::label(site, id, &name).to_string();
    if name == "$team" {
        return Some(Column { label, what: What::Owner, number: false });
    }
    if name.starts_with('$') {
        let known = blueprint.readable(&name);
        return known.then_some(Column { label, what: What::Meta(name), number: false });
    }
    if let Some(property) = blueprint.property(&name) {
        let number = property.kind == Some(Type::Number) && property.values.is_empty();
        return Some(Column { label, what: What::Property(name), number });
    }
    if let Some(at) = part::column(site, id, &name) {
        let number = site.computed[id.index()][at].is_number();
        return Some(Column { label, what: What::Computed(at), number });
    }
    if let Some((at, relation)) = blueprint.relation(&name) {
        return Some(Column { label: relation.label().to_string(), what: What::Relation(at), number: false });
    }
    let mut boards = site.boards_of(id).iter().map(|&number| &site.boards[number]);
    let board = boards.find(|board| board.card.identifier == name)?;
    Some(Column { label: board.card.title.clone(), what: What::Level(board), number: false })
}

/// Returns what an entity has in a column.
fn atoms<'s>(site: &'s Site<'_>, entity: EntityRef<'s>, what: &'s What<'_>) -> Vec<Atom<'s>> {
    let linked = |id| Atom::Entity(site.face(id));
    match what {
        What::Owner => site.graph().owners(entity.id()).iter().map(|&team| linked(team)).collect(),
        What::Meta(name) => {
            let value = site.portal.known().value(entity, name);
            let text = value.as_str().map(|text| match moment::read(text).filter(|_| name.ends_with("At")) {
                Some(moment) => Atom::Time(moment),
                None => value::scalar_of(&Look::default(), text.into()),
            });
            text.into_iter().collect()
        }
        What::Property(name) => {
            let property = entity.blueprint().property(name);
            let node = entity.property(name);
            let atoms = property.zip(node).and_then(|(property, node)| value::atoms(site, property, node));
            atoms.unwrap_or_default()
        }
        What::Computed(number) => {
            let face = &site.computed[entity.blueprint_id().index()][*number];
            let value = site.portal.computed.value_at(entity, *number);
            value.and_then(|value| computed::atoms(site, &face.look, value)).unwrap_or_default()
        }
        What::Relation(number) => {
            let edges = site.graph().outgoing(entity.id()).iter();
            edges.filter(|edge| edge.relation as usize == *number).map(|edge| linked(edge.to)).collect()
        }
        What::Level(board) => {
            let standing = board.card.standing(entity.id());
            standing.map(|standing| Atom::Level(board, standing.level)).into_iter().collect()
        }
    }
}

/// Sorts entities by something; those without it come last either way, equal ones keep their order.
fn sort(site: &Site<'_>, id: BlueprintId, name: &str, down: bool, entities: &mut Vec<EntityId>) {
    let known = site.portal.known();
    let board = site
        .boards_of(id)
        .iter()
        .map(|&number| &site.boards[number])
        .find(|board| board.card.identifier == name);
    let key = |&id: &EntityId| {
        let value = match (board, name) {
            (Some(board), _) => {
                #[expect(clippy::cast_precision_loss, reason = "there are few levels")]
                return (board.card.standing(id).map(|standing| standing.level as f64), String::new(), id);
            }
            (None, "$title") => Value::Text(site.face(id).label()),
            (None, name) => known.value(known.catalog.entity(id), name),
        };
        let text = || value.as_str().map(str::to_lowercase).unwrap_or_else(|| value.to_json().to_string());
        match value.as_f64() {
            Some(number) => (Some(number), String::new(), id),
            None if value.is_empty() => (None, String::new(), id),
            None => (Some(f64::MAX), text(), id),
        }
    };
    let mut keyed: Vec<(Option<f64>, String, EntityId)> = entities.par_iter().map(key).collect();
    keyed.sort_by(|a, b| match (a.0, b.0) {
        (Some(one), Some(other)) => {
            let order = one.total_cmp(&other).then_with(|| a.1.cmp(&b.1));
            if down { order.reverse() } else { order }
        }
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    *entities = keyed.into_iter().map(|(_, _, id)| id).collect();
}

/// Writes a table of entities with usual columns.
pub(super) fn plain(scene: &Scene<'_, '_>, data: &Data<'_>, pen: &mut Pen<'_, '_, '_>) {
    rows(scene, &Table::default(), data, pen);
}

/// Writes what an entity has, a line for each property.
pub(super) fn facts(site: &Site<'_>, id: EntityId, hidden: &[String], out: &mut Markup) {
    let entity = site.catalog().entity(id);
    let blueprint = entity.blueprint();
    out.raw("<dl class=\"facts\">");
    let names = blueprint.properties.iter().map(|property| property.identifier.value.as_str());
    let computed =
        site.portal.computed.columns(entity.blueprint_id()).iter().map(|column| column.identifier.as_str());
    let relations = blueprint.relations.iter().map(|relation| relation.identifier.value.as_str());
    let boards = site
        .boards_of(entity.blueprint_id())
        .iter()
        .map(|&number| site.boards[number].card.identifier.as_str());
    for name in ["$team"].into_iter().chain(names).chain(computed).chain(relations).chain(boards) {
        let Some(column) =
            column(site, entity.blueprint_id(), name).filter(|_| !hidden.iter().any(|own| own == name))
        else {
            continue;
        };
        let atoms = atoms(site, entity, &column.what);
        if !atoms.is_empty() {
            out.raw("<dt>").text(&column.label).raw("<dd>");
            value::write(&atoms, ROOT, out);
            out.raw("\n");
        }
    }
    out.raw("</dl>");
}
