//! What the explorer reads: the relations of all entities, in files of [`BLOCK`] entities each.
//!
//! Entities are numbered by the path of their page, so that the index, which names the first of each file, leads from
//! an address to the file that has it. A file names, for each entity, its path, its title, what it points at, what points
//! at it, who owns it, and whom to call.

use rayon::prelude::*;

use crate::catalog::{EntityId, EntityRef};
use crate::graph::Edge;
use crate::output::{Output, Rank};
use crate::site::address::DATA;
use crate::site::json;
use crate::site::{Error, Site, link};

/// How many entities share a file.
const BLOCK: usize = 128;

/// The most relations of an entity, each way, that its file has: the number of the others is said.
const MOST_EDGES: usize = 500;

/// The index of the files.
pub(super) const INDEX: &str = "data/graph/index.js";

/// The order of all entities in the files.
struct Order {
    /// By number, the entity.
    entities: Vec<EntityId>,
    /// By entity, its number.
    numbers: Vec<u32>,
    /// By blueprint, the number of its first relation among all.
    relations: Vec<usize>,
}

impl Order {
    fn new(site: &Site<'_>) -> Self {
        let mut entities: Vec<EntityId> = site.catalog().entity_ids().collect();
        entities.par_sort_by_key(|&id| super::place(site, site.catalog().entity(id)));
        let mut numbers = vec![0; entities.len()];
        for (number, id) in entities.iter().enumerate() {
            numbers[id.index()] = u32::try_from(number).expect("fewer than 2^32 entities");
        }
        let mut first = 0;
        let relations = site.catalog().blueprints().map(|(_, blueprint)| {
            first += blueprint.relations.len();
            first - blueprint.relations.len()
        });
        Self { entities, numbers, relations: relations.collect() }
    }

    fn number(&self, id: EntityId) -> u32 {
        self.numbers[id.index()]
    }

    /// Returns the number of an edge's relation among all.
    fn relation(&self, site: &Site<'_>, edge: &Edge) -> usize {
        self.relations[site.catalog().entity(edge.from).blueprint_id().index()] + edge.relation as usize
    }
}

/// Writes the index and the files.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<(), Error> {
    let order = Order::new(site);
    output.write(INDEX, Rank::List, &index(site, &order))?;
    let blocks: Vec<(usize, &[EntityId])> = order.entities.chunks(BLOCK).enumerate().collect();
    blocks.par_iter().try_for_each_init(Vec::new, |out, (number, entities)| {
        let path = format!("{DATA}/graph/{number}.js");
        out.clear();
        begin(&path, out);
        out.push(b'[');
        for (at, &id) in entities.iter().enumerate() {
            out.extend_from_slice(if at > 0 { b",\n" } else { b"\n" });
            entity(site, &order, site.catalog().entity(id), out);
        }
        out.extend_from_slice(b"]);\n");
        output.write(&path, Rank::Leaf, out)?;
        Ok(())
    })
}

/// Appends the call that hands a value to the script that asked for it.
fn begin(path: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"portal.data(");
    json::string(out, path);
    out.push(b',');
}

/// Returns the index: blueprints, relations, and the first entity of each file.
fn index(site: &Site<'_>, order: &Order) -> Vec<u8> {
    let catalog = site.catalog();
    let mut out = Vec::new();
    begin(INDEX, &mut out);
    out.extend_from_slice(b"{\"block\":");
    number(&mut out, BLOCK);
    json::key(&mut out, "count");
    number(&mut out, order.entities.len());
    json::key(&mut out, "blueprints");
    json::strings(&mut out, catalog.blueprints().map(|(_, blueprint)| blueprint.label()));
    json::key(&mut out, "relations");
    let relations = catalog.blueprints().flat_map(|(_, blueprint)| blueprint.relations.iter());
    json::strings(&mut out, relations.map(|relation| relation.label()));
    json::key(&mut out, "firsts");
    let firsts = order.entities.iter().step_by(BLOCK);
    json::strings(&mut out, firsts.map(|&id| super::place(site, catalog.entity(id))));
    out.extend_from_slice(b"});\n");
    out
}

/// Appends an entity: path, title, blueprint, relations of its own, relations that point at it, how many of both there
/// are besides, owners, whom to call.
fn entity(site: &Site<'_>, order: &Order, entity: EntityRef<'_>, out: &mut Vec<u8>) {
    let graph = site.graph();
    let (own, users) = (graph.outgoing(entity.id()), graph.incoming(entity.id()));
    let more = [own.len(), users.len()].map(|count| count.saturating_sub(MOST_EDGES));
    out.push(b'[');
    json::string(out, super::place(site, entity));
    out.push(b',');
    json::string(out, entity.label());
    out.push(b',');
    number(out, entity.blueprint_id().index());
    let own =
        own.iter().take(MOST_EDGES).map(|edge| [order.relation(site, edge), order.number(edge.to) as usize]);
    numbers(out, own.flatten());
    let users =
        users.take(MOST_EDGES).map(|edge| [order.relation(site, edge), order.number(edge.from) as usize]);
    numbers(out, users.flatten());
    numbers(out, more.into_iter());
    numbers(out, graph.owners(entity.id()).iter().map(|&team| order.number(team) as usize));
    on_call(site, order, entity, out);
    out.push(b']');
}

/// Appends whom to call: the numbers of entities that a relation called so leads to, else a property called so, as a
/// text and, when it may be linked, an address.
fn on_call(site: &Site<'_>, order: &Order, entity: EntityRef<'_>, out: &mut Vec<u8>) {
    let blueprint = entity.blueprint();
    let relation = blueprint.relations.iter().position(|relation| is_on_call(&relation.identifier.value));
    let edges = site.graph().outgoing(entity.id()).iter();
    let called: Vec<usize> = edges
        .filter(|edge| relation == Some(edge.relation as usize))
        .map(|edge| order.number(edge.to) as usize)
        .collect();
    if !called.is_empty() {
        return numbers(out, called.into_iter());
    }
    let stored = blueprint.properties.iter().map(|property| &property.identifier.value);
    let mut texts = stored.filter(|name| is_on_call(name)).filter_map(|name| entity.property(name)?.text());
    match texts.next().map(|text| (text, link::outside(text).or_else(|| link::mail(text)))) {
        Some((_, Some(outside))) => {
            out.push(b',');
            json::strings(out, [outside.text.as_str(), outside.href.as_str()].into_iter());
        }
        Some((text, None)) => {
            out.push(b',');
            json::strings(out, std::iter::once(text));
        }
        None => {}
    }
}

/// Returns whether a name says who is on call, however it is written.
pub(in crate::site) fn is_on_call(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase());
    letters.eq("oncall".chars())
}

fn number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a list of numbers, after a comma.
fn numbers(out: &mut Vec<u8>, numbers: impl Iterator<Item = usize>) {
    out.extend_from_slice(b",[");
    for (at, of) in numbers.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        number(out, of);
    }
    out.push(b']');
}
