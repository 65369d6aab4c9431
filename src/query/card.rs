//! One entity, for a person: what it is, what it has, what it points at and what points at it.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::cell::text;
use crate::catalog::{EntityId, EntityRef};
use crate::known::Column;
use crate::portal::Portal;
use crate::printable::{cut, shown};

/// A heading and what is below it: names and values.
type Section = (&'static str, Vec<(String, String)>);

/// Writes all there is to say about an entity.
pub(super) fn write(portal: &Portal, id: EntityId, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let entity = portal.catalog.entity(id);
    let title = entity.title().map(|title| format!("  {}", shown(title))).unwrap_or_default();
    writeln!(out, "{}{title}", style.bold(&shown(entity.identifier())))?;
    let source = portal.sources.get(entity.source());
    let line = source.line_at(entity.span().start);
    writeln!(out, "{} in {}:{line}", shown(&entity.blueprint().identifier.value), shown(source.path()))?;
    let sections = [
        ("owners", owner_facts(portal, entity)),
        ("properties", properties(entity)),
        ("computed", computed(portal, entity)),
        ("levels", levels(portal, entity)),
        ("relations", relations(portal, entity)),
        ("incoming", incoming(portal, entity)),
    ];
    let width = sections.iter().flat_map(|(_, facts)| facts).map(|(name, _)| name.width()).max().unwrap_or(0);
    let mut filled = sections.iter().filter(|(_, facts)| !facts.is_empty());
    filled.try_for_each(|section| write_section(section, width, style, out))
}

fn write_section(
    (heading, facts): &Section,
    width: usize,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "\n{}", style.bold(heading))?;
    for (name, value) in facts {
        let gap = " ".repeat(width - name.width().min(width));
        let line = format!("  {name}{gap}  {value}");
        let line = style.limit().map_or_else(|| line.clone(), |limit| cut(&line, limit));
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn owner_facts(portal: &Portal, entity: EntityRef<'_>) -> Vec<(String, String)> {
    let owners = portal.known().owners(entity);
    if owners.is_empty() { Vec::new() } else { vec![("team".into(), shown(&owners.join(", ")))] }
}

/// Returns the stored properties in the order in which they are written, then those that integrations add.
fn properties(entity: EntityRef<'_>) -> Vec<(String, String)> {
    let stored = entity.properties().filter(|(_, value)| !value.is_null());
    stored.map(|(name, value)| (shown(name), brief(&text(&value.to_json())))).collect()
}

/// Returns the computed values, each with how it is computed.
fn computed(portal: &Portal, entity: EntityRef<'_>) -> Vec<(String, String)> {
    let columns = portal.computed.columns(entity.blueprint_id()).iter();
    let value = |column: &Column| {
        let value = portal.computed.value(entity, &column.identifier).filter(|value| !value.is_null())?;
        Some((shown(&column.identifier), format!("{}  ({})", brief(&text(value)), column.sort.name())))
    };
    columns.filter_map(value).collect()
}

/// Returns the level in each scorecard.
fn levels(portal: &Portal, entity: EntityRef<'_>) -> Vec<(String, String)> {
    let standings = portal.scores.of(entity.id());
    standings.map(|standing| (shown(&standing.card.identifier), shown(&standing.reached().title))).collect()
}

/// Returns a text on one line: of several, the first, and how many there are.
fn brief(text: &str) -> String {
    match text.trim_end().lines().count() {
        0 | 1 => shown(text.trim_end()),
        lines => format!("{} … ({lines} lines)", shown(text.lines().next().unwrap_or_default())),
    }
}

fn relations(portal: &Portal, entity: EntityRef<'_>) -> Vec<(String, String)> {
    let edges = portal.graph.outgoing(entity.id()).iter();
    grouped(edges.map(|edge| {
        let name = edge.definition(&portal.catalog).identifier.value.clone();
        (name, portal.catalog.entity(edge.to).identifier())
    }))
}

fn incoming(portal: &Portal, entity: EntityRef<'_>) -> Vec<(String, String)> {
    let edges = portal.graph.incoming(entity.id());
    let mut named: Vec<(String, &str)> = edges
        .map(|edge| {
            let from = portal.catalog.entity(edge.from);
            let relation = &edge.definition(&portal.catalog).identifier.value;
            (format!("{}.{relation}", from.blueprint().identifier.value), from.identifier())
        })
        .collect();
    // Stable: within a relation, entities stay in order.
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    grouped(named.into_iter())
}

/// Returns each name once, with all that came with it.
fn grouped<'a>(pairs: impl Iterator<Item = (String, &'a str)>) -> Vec<(String, String)> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (name, value) in pairs {
        match groups.last_mut() {
            Some((last, values)) if *last == name => values.push(value),
            _ => groups.push((name, vec![value])),
        }
    }
    groups.into_iter().map(|(name, values)| (shown(&name), shown(&values.join(", ")))).collect()
}
