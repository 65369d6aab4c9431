//! The files that a script loads: what columns there are, and the rows in chunks.
//!
//! Each file is a script that hands over one value, for a page that is opened from a disk may not read JSON. Chunks stand
//! for themselves: a change of an entity changes one. In a chunk, a column is the list of its different cells and, for
//! each row, which of them it has: `0` when every row has its own, an empty list when all have the first.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::{Table, cell, csv, head};
use crate::catalog::EntityRef;
use crate::output::{Output, Rank};
use crate::site::face::Face;
use crate::site::fingerprint::Fingerprints;
use crate::site::icon::{Icon, Used};
use crate::site::{Error, Site, json};

/// The rows of a chunk.
pub(super) const CHUNK: usize = 4096;

/// Writes the data of all tables.
pub(in crate::site) fn write(
    site: &Site<'_>,
    tables: &[Arc<Table<'_>>],
    fingerprints: &Fingerprints,
    output: &Output,
) -> Result<(), Error> {
    let mut chunks = Vec::new();
    for table in tables {
        let count = site.catalog().entities_of(table.blueprint).len();
        if count > 0 {
            let name = format!("{}/head.js", table.folder(site));
            let mut bytes = Vec::new();
            script(&name, &mut bytes, |out| head::append(site, table, out));
            output.write(&name, Rank::Leaf, &bytes)?;
            chunks.extend((0..count.div_ceil(CHUNK)).map(|number| (table, number)));
            csv::write(site, table, fingerprints, output)?;
        }
    }
    chunks.into_par_iter().try_for_each_init(Vec::new, |buffer, (table, number)| {
        let name = format!("{}/{number}.js", table.folder(site));
        let entities = || site.catalog().entities_of(table.blueprint).skip(number * CHUNK).take(CHUNK);
        let from = fingerprints.list(entities().map(EntityRef::id), &format!("{name} {}", table.print()));
        if !output.keep(&name, Rank::Leaf, from, buffer)? {
            let entities: Vec<EntityRef<'_>> = entities().collect();
            script(&name, buffer, |out| chunk(site, table, &entities, out));
            output.write_made(&name, Rank::Leaf, buffer, from)?;
        }
        Ok(())
    })
}

/// Writes a script that hands over the value that `write` appends, under the name of the file.
fn script(name: &str, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.clear();
    out.extend_from_slice(b"portal.data(");
    json::string(out, name);
    out.push(b',');
    write(out);
    out.extend_from_slice(b");\n");
}

/// Appends rows: their names, then each column.
fn chunk(site: &Site<'_>, table: &Table<'_>, entities: &[EntityRef<'_>], out: &mut Vec<u8>) {
    let usual = site.outline(table.blueprint).icon;
    out.extend_from_slice(b"[[");
    for (at, entity) in entities.iter().enumerate() {
        out.extend_from_slice(if at > 0 { b"," } else { b"" });
        name(site, site.face(entity.id()), usual, out);
    }
    out.push(b']');
    // Row by row, for what is known of an entity lies together.
    let columns = table.columns.iter().map(|column| (column, column.folder(site), Cells::default()));
    let mut columns: Vec<_> = columns.collect();
    for entity in entities {
        for (column, folder, cells) in &mut columns {
            cells.add(&column.cell(site, *entity), *folder);
        }
    }
    for (.., cells) in columns {
        out.extend_from_slice(b",\n");
        cells.append(out);
    }
    out.push(b']');
}

/// Appends the name of an entity: that of its page, and where they differ its title, its icon, its identifier.
fn name(site: &Site<'_>, face: &Face<'_>, usual: Icon, out: &mut Vec<u8>) {
    let segment = face.path().rsplit('/').next().unwrap_or_default();
    let segment = segment.strip_suffix(".html").unwrap_or(segment);
    let (titled, drawn, named) = (face.label() != segment, face.icon != usual, face.identifier() != segment);
    if !titled && !drawn && !named {
        return json::string(out, segment);
    }
    out.push(b'[');
    json::string(out, segment);
    for (has, last, text) in [
        (titled, !drawn && !named, face.label()),
        (drawn, !named, Used::new(&site.icons).add(face.icon)),
        (named, true, face.identifier()),
    ] {
        out.push(b',');
        if has {
            cell::string(text, out);
        } else {
            out.push(b'0');
        }
        if last {
            break;
        }
    }
    out.push(b']');
}

/// A column of a chunk.
#[derive(Debug, Default)]
struct Cells {
    /// The different cells as they are written, where each is, and their numbers with the hashes of their texts.
    texts: Vec<u8>,
    places: Vec<Range<usize>>,
    known: HashTable<(u64, u32)>,
    /// Which of them each row has.
    codes: Vec<u32>,
}

impl Cells {
    /// Adds the cell of the next row.
    fn add(&mut self, of: &super::column::Cell<'_>, folder: Option<&str>) {
        let start = self.texts.len();
        if start > 0 {
            self.texts.push(b',');
        }
        let begin = self.texts.len();
        cell::append(of, folder, &mut self.texts);
        let text = &self.texts[begin..];
        let hash = xxh3_64(text);
        let same = |(_, code): &(u64, u32)| &self.texts[self.places[*code as usize].clone()] == text;
        let code = match self.known.entry(hash, same, |(hash, _)| *hash) {
            Entry::Occupied(entry) => {
                let code = entry.get().1;
                self.texts.truncate(start);
                code
            }
            Entry::Vacant(entry) => {
                let code = u32::try_from(self.places.len()).expect("a chunk has fewer rows");
                entry.insert((hash, code));
                self.places.push(begin..self.texts.len());
                code
            }
        };
        self.codes.push(code);
    }

    /// Appends the column.
    fn append(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"[[");
        out.extend_from_slice(&self.texts);
        out.extend_from_slice(b"],");
        match self.places.len() {
            1 => out.extend_from_slice(b"[]"),
            different if different == self.codes.len() => out.push(b'0'),
            _ => {
                let mut buffer = itoa::Buffer::new();
                for (at, code) in self.codes.into_iter().enumerate() {
                    out.push(if at > 0 { b',' } else { b'[' });
                    out.extend_from_slice(buffer.format(code).as_bytes());
                }
                out.push(b']');
            }
        }
        out.push(b']');
    }
}
