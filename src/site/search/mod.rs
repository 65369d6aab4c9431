//! Search: the index that scripts load, the page of results, and what tells other programs how to search here.
//!
//! Every entity of every blueprint can be found, and every page of the site's own. Up to [`MOST_FLAT`] things are one
//! file; above, it says where everything is, and rows and words have files of their own, of which a search loads a few.

mod index;
mod page;
mod thing;
mod words;

use std::cmp::Reverse;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::address::DATA;
use super::{Error, Site};
use crate::catalog::EntityId;
use crate::output::{Output, Rank};
use index::{BLOCK, Shard, Words};
use thing::Entry;

pub(super) use page::{PATH, most_used};
pub(super) use thing::Thing;

/// Up to how many things the index is one file.
const MOST_FLAT: usize = 20_000;

/// Up to how many bytes of rows it is.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How many files of rows are made at once, so that memory does not grow with what is known of each thing.
const AT_ONCE: usize = 64;

/// A thing that can be found, in the order of the index.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    /// How many others point at it, as a power of two. The site's own pages come before all entities, and what is written
    /// about them, such as a document, after all: an entity is what most people mean by its name.
    weight: Reverse<u32>,
    /// The number of its kind.
    kind: usize,
    source: Source,
}

/// Where a thing is known from; the catalog's order decides among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Own(usize),
    Entity(EntityId),
}

/// Sorts of things, each a tab: what people call it, and the folder of its pages when all are in one.
type Kind<'a> = (&'a str, &'a str);

/// Writes the index and the page of results. `more` are pages that only their writers know, such as documents, in an
/// order that is always the same.
pub(super) fn write(site: &Site<'_>, output: &Output, more: &[Thing]) -> Result<(), Error> {
    let mut things = thing::own(site);
    let own = things.len();
    things.extend_from_slice(more);
    let kinds = kinds(site, &things);
    let items = items(site, &things, own, &kinds);
    let (rows, words) = read(site, &things, &items);
    let whole = items.len() <= MOST_FLAT && rows.iter().map(String::len).sum::<usize>() <= MOST_BYTES;
    let words = words.shards(!whole);
    let mut start = json!({"count": items.len(), "kinds": kinds, "places": places(&items)});
    if whole {
        start["rows"] = Value::from(rows.join("\n"));
        start["words"] = Value::from(words.shards[0].words.as_str());
        start["numbers"] = Value::from(words.shards[0].numbers.as_str());
    } else {
        start["block"] = Value::from(BLOCK);
        start["shards"] = words.shards.iter().map(Shard::first).collect();
        data(output, "search/frequent", &json!({"words": words.frequent}))?;
        parts(output, &rows, &words.shards)?;
    }
    data(output, "search", &start)?;
    page::write(site, output)
}

/// Returns the sorts of things: the site's own pages, then the blueprints.
fn kinds<'a>(site: &'a Site<'_>, things: &[Thing]) -> Vec<Kind<'a>> {
    let mut kinds: Vec<Kind<'a>> = Vec::new();
    for thing in things {
        if !kinds.iter().any(|(kind, _)| *kind == thing.kind) {
            kinds.push((thing.kind, ""));
        }
    }
    kinds.extend(site.catalog().blueprints().map(|(id, blueprint)| {
        let folder = site.addresses.folder(id).unwrap_or_default();
        (blueprint.label(), folder)
    }));
    kinds
}

/// Returns everything that can be found: the first `own` of `things`, then entities, what most others point at first, then
/// the other things.
fn items(site: &Site<'_>, things: &[Thing], own: usize, kinds: &[Kind<'_>]) -> Vec<Item> {
    let kind_of = |thing: &Thing| kinds.iter().position(|(kind, _)| *kind == thing.kind).unwrap_or_default();
    let first = kinds.len() - site.catalog().blueprints().len();
    let own = things.iter().enumerate().map(|(at, thing)| Item {
        weight: Reverse(if at < own { u32::MAX } else { 0 }),
        kind: kind_of(thing),
        source: Source::Own(at),
    });
    let mut items: Vec<Item> = own.collect();
    items.par_extend(site.catalog().par_entities().map(|entity| Item {
        weight: Reverse(1 + usize::BITS - pointing(site, entity.id()).leading_zeros()),
        kind: first + entity.blueprint_id().index(),
        source: Source::Entity(entity.id()),
    }));
    items.par_sort_unstable();
    items
}

/// Returns how many entities point at one, or are owned by it.
fn pointing(site: &Site<'_>, entity: EntityId) -> usize {
    site.graph().incoming(entity).len() + site.owners.of(entity).len()
}

/// Returns which items are of which kind: for each run of one kind, the number of its first item and of the kind.
fn places(items: &[Item]) -> Vec<usize> {
    let mut places = Vec::new();
    for (number, item) in items.iter().enumerate() {
        if number == 0 || items[number - 1].kind != item.kind {
            places.extend([number, item.kind]);
        }
    }
    places
}

/// Returns the rows of all items, as the files of a large site have them, and their words.
fn read(site: &Site<'_>, things: &[Thing], items: &[Item]) -> (Vec<String>, Words) {
    let entry = |item: &Item| match item.source {
        Source::Own(at) => Entry::of_thing(&things[at]),
        Source::Entity(id) => Entry::of_entity(site, site.catalog().entity(id)),
    };
    let (mut rows, mut words) = (Vec::new(), Words::default());
    let mut number = 0;
    for some in items.chunks(BLOCK * AT_ONCE) {
        let mut entries: Vec<Entry> = some.par_iter().map(entry).collect();
        for block in entries.chunks_mut(BLOCK) {
            let shown: Vec<&str> = block.iter().map(|entry| entry.row.as_str()).collect();
            rows.push(shown.join("\n"));
            for entry in block {
                words.add(number, std::mem::take(&mut entry.words));
                number += 1;
            }
        }
    }
    (rows, words)
}

/// Writes the files that the index of a large site is made of.
fn parts(output: &Output, rows: &[String], shards: &[Shard]) -> Result<(), Error> {
    rows.par_iter().enumerate().try_for_each(|(number, rows)| {
        data(output, &format!("search/rows-{number}"), &json!({"rows": rows}))
    })?;
    shards.par_iter().enumerate().try_for_each(|(number, shard)| {
        let words = json!({"words": shard.words, "numbers": shard.numbers});
        data(output, &format!("search/words-{number}"), &words)
    })
}

/// Writes a file that scripts load: it hands its value over.
fn data(output: &Output, name: &str, value: &Value) -> Result<(), Error> {
    let path = format!("{DATA}/{name}.js");
    let script = format!("portal.data({},{value})\n", Value::from(path.as_str()));
    output.write(&path, Rank::List, script.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests;
