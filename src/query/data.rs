//! Answers for programs: JSON, YAML, and values separated by a character.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::Answer;
use super::cell::text;
use super::document::with_incoming;
use super::walk::Row;
use crate::portal::Portal;
use crate::printable;

/// Writes one JSON document.
pub(super) fn json(answer: &Answer, portal: &Portal, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(printable::json(&value(answer, portal))?.as_bytes())
}

/// Writes one JSON object a line.
pub(super) fn ndjson(answer: &Answer, portal: &Portal, out: &mut dyn Write) -> io::Result<()> {
    for row in &answer.rows {
        serde_json::to_writer(&mut *out, &object(answer, portal, row))?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes one YAML document.
pub(super) fn yaml(answer: &Answer, portal: &Portal, out: &mut dyn Write) -> io::Result<()> {
    serde_yaml::to_writer(out, &value(answer, portal)).map_err(io::Error::other)
}

/// Writes a header and a line for each entity, separated by `delimiter`.
pub(super) fn separated(
    answer: &Answer,
    portal: &Portal,
    delimiter: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(answer.columns.iter().map(|column| &column.name))?;
    for row in &answer.rows {
        writer.write_record(answer.columns.iter().map(|column| text(&column.value(portal, row))))?;
    }
    writer.flush()
}

/// Returns the whole answer: a list of objects, or one entity.
fn value(answer: &Answer, portal: &Portal) -> Value {
    match answer.rows.as_slice() {
        [row] if answer.single => object(answer, portal, row),
        rows => rows.iter().map(|row| object(answer, portal, row)).collect(),
    }
}

/// Returns the columns of an entity by name; all of it, when it was asked for by itself.
fn object(answer: &Answer, portal: &Portal, row: &Row) -> Value {
    if answer.single {
        return with_incoming(portal, portal.catalog.entity(row.entity));
    }
    let columns = answer.columns.iter().map(|column| (column.name.clone(), column.value(portal, row)));
    Value::Object(columns.collect::<Map<_, _>>())
}
