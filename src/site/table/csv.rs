//! A table for spreadsheets: every column of every entity, whole, as identifiers and not as titles.

use csv::Writer;

use super::Table;
use super::column::Column;
use crate::catalog::EntityRef;
use crate::output::{Output, Rank};
use crate::site::fingerprint::Fingerprints;
use crate::site::{Error, Site};
use crate::yaml::{Kind, Node};

/// What stands between several values in a cell.
const BETWEEN: &str = "; ";

/// Writes the file of a table.
pub(super) fn write(
    site: &Site<'_>,
    table: &Table<'_>,
    fingerprints: &Fingerprints,
    output: &Output,
) -> Result<(), Error> {
    let Some(path) = table.csv(site) else { return Ok(()) };
    let entities = || site.catalog().entities_of(table.blueprint);
    let from = fingerprints.list(entities().map(EntityRef::id), &format!("{path} {}", table.print()));
    if !output.keep(&path, Rank::Leaf, from, &mut Vec::new())? {
        output.write_made(&path, Rank::Leaf, &text(site, table, entities()), from)?;
    }
    Ok(())
}

fn text<'a>(site: &Site<'_>, table: &Table<'_>, entities: impl Iterator<Item = EntityRef<'a>>) -> Vec<u8> {
    const FINE: &str = "memory takes every record, and all have one length";
    let mut writer = Writer::from_writer(Vec::new());
    let names = ["$identifier", "$title"].into_iter().chain(table.names.iter().map(String::as_str));
    writer.write_record(names.map(guarded)).expect(FINE);
    for entity in entities {
        for text in [entity.identifier(), entity.label()] {
            writer.write_field(guarded(text)).expect(FINE);
        }
        for column in &table.columns {
            writer.write_field(guarded(&plain(site, column, entity))).expect(FINE);
        }
        writer.write_record(None::<&[u8]>).expect(FINE);
    }
    writer.into_inner().expect("memory takes everything")
}

/// Returns what an entity has in a column as text.
fn plain(site: &Site<'_>, column: &Column<'_>, entity: EntityRef<'_>) -> String {
    let named = |ids: &mut dyn Iterator<Item = crate::catalog::EntityId>| {
        ids.map(|id| site.face(id).identifier()).collect::<Vec<_>>().join(BETWEEN)
    };
    match column {
        Column::Property(_) => column.stored(entity).map(stored).unwrap_or_default(),
        Column::Owner(_) => named(&mut site.graph().owners(entity.id()).iter().copied()),
        Column::Relation(number, _) => {
            let edges = site.graph().outgoing(entity.id()).iter();
            named(&mut edges.filter(|edge| edge.relation as usize == *number).map(|edge| edge.to))
        }
        Column::Computed(number, ..) => {
            site.portal.computed.value_at(entity, *number).map(computed).unwrap_or_default()
        }
        Column::Level(board) => {
            let standing = board.card.standing(entity.id());
            standing.map(|standing| board.level(standing.level).to_string()).unwrap_or_default()
        }
    }
}

/// Returns a stored value: lists of plain values side by side, anything deeper as JSON.
fn stored(node: Node<'_>) -> String {
    let listed = || node.items().map(scalar).collect::<Option<Vec<_>>>().map(|items| items.join(BETWEEN));
    let text = if node.kind() == Kind::List { listed() } else { scalar(node).map(str::to_string) };
    text.unwrap_or_else(|| node.to_json().to_string())
}

fn scalar(node: Node<'_>) -> Option<&str> {
    match node.kind() {
        Kind::Null => Some(""),
        Kind::Map | Kind::List => None,
        _ => node.text(),
    }
}

/// Returns the same of a computed value.
fn computed(json: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    let scalar = |json: &Json| match json {
        Json::Null => Some(String::new()),
        Json::String(text) => Some(text.clone()),
        Json::Array(_) | Json::Object(_) => None,
        other => Some(other.to_string()),
    };
    let listed = |items: &Vec<Json>| items.iter().map(scalar).collect::<Option<Vec<_>>>();
    let text = match json {
        Json::Array(items) => listed(items).map(|items| items.join(BETWEEN)),
        json => scalar(json),
    };
    text.unwrap_or_else(|| json.to_string())
}

/// Returns a text that a spreadsheet does not take for a formula: one that begins as a formula does, and is no number,
/// gets an apostrophe before it, as OWASP advises.
pub(super) fn guarded(text: &str) -> String {
    let suspect = text
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let number = || text.parse::<f64>().is_ok_and(f64::is_finite);
    if suspect && !number() { format!("'{text}") } else { text.to_string() }
}
