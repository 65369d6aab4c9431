//! What integrations say of entities: kept beside what is written, so that both keep their places.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{BlueprintId, Catalog, Definition, EntityId, EntityRef, Place};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::entity::Entity;
use crate::model::instant::{Age, Instant};
use crate::model::integration::Integration;
use crate::model::phrase::clip;
use crate::yaml::Node;

/// Where a value comes from that an integration says.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a> {
    /// The integration.
    pub integration: &'a Definition<Integration>,
    /// The time of which the value is.
    pub as_of: Option<Instant>,
    /// The age after which it is stale.
    pub max_age: Option<Age>,
    /// The value, with its place in the file it was read from.
    pub node: Node<'a>,
}

/// What one item says of an entity.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub(super) document: u32,
    pub(super) entity: Entity,
    pub(super) origin: u32,
    pub(super) as_of: Option<Instant>,
}

/// The mapping that made something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The number of its integration.
    pub(super) integration: u32,
    pub(super) max_age: Option<Age>,
    /// The mapping.
    pub(super) mapping: Place,
}

/// All that integrations say.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) origins: Vec<Origin>,
    /// By entity, then in the order in which they count.
    parts: Vec<Part>,
    /// Where the parts of each entity start, and where the last end.
    offsets: Vec<u32>,
    /// The properties that are said of the entities of each blueprint.
    properties: FxHashMap<BlueprintId, FxHashSet<String>>,
    /// The number of the first document that is made.
    pub(super) first: u32,
}

impl Facts {
    /// Takes over what is said, each with its entity, of `count` entities.
    pub(super) fn fill(&mut self, mut said: Vec<(EntityId, Part)>, count: usize) {
        if said.is_empty() {
            return;
        }
        said.sort_by_key(|(id, part)| (*id, part.document, part.entity.node));
        self.offsets = vec![0; count + 1];
        for (id, _) in &said {
            self.offsets[id.index() + 1] += 1;
        }
        for at in 0..count {
            self.offsets[at + 1] += self.offsets[at];
        }
        self.parts = said.into_iter().map(|(_, part)| part).collect();
    }

    /// Returns each part with its entity, to be filled in again with others.
    pub(super) fn take(&mut self) -> Vec<(EntityId, Part)> {
        let parts = std::mem::take(&mut self.parts);
        let offsets = std::mem::take(&mut self.offsets);
        let ids = offsets.windows(2).enumerate();
        let ids = ids.flat_map(|(at, ends)| (ends[0]..ends[1]).map(move |_| EntityId::new(at)));
        ids.zip(parts).collect()
    }

    /// Returns what is said of an entity.
    pub(super) fn of(&self, id: EntityId) -> &[Part] {
        if self.parts.is_empty() {
            return &[];
        }
        &self.parts[self.offsets[id.index()] as usize..self.offsets[id.index() + 1] as usize]
    }

    /// Returns whether the document with this number is made.
    pub(super) fn made(&self, document: u32) -> bool {
        !self.parts.is_empty() && document >= self.first
    }

    /// Returns where `node` of a part comes from.
    pub(super) fn fact<'a>(&self, catalog: &'a Catalog, part: &Part, node: Node<'a>) -> Fact<'a> {
        let origin = &self.origins[part.origin as usize];
        let integration = &catalog.integrations[origin.integration as usize];
        Fact { integration, as_of: part.as_of, max_age: origin.max_age, node }
    }
}

impl Catalog {
    /// Returns whether an integration says the property of some entity of the blueprint, so that where it says none
    /// the fact is missing.
    pub fn is_fact(&self, blueprint: BlueprintId, property: &str) -> bool {
        self.facts.properties.get(&blueprint).is_some_and(|names| names.contains(property))
    }

    /// Notes which properties integrations say of which blueprints.
    pub(super) fn note_properties(&mut self) {
        let mut properties: FxHashMap<BlueprintId, FxHashSet<String>> = FxHashMap::default();
        for (at, ends) in self.facts.offsets.windows(2).enumerate() {
            let names = properties.entry(self.records[at].blueprint).or_default();
            for part in &self.facts.parts[ends[0] as usize..ends[1] as usize] {
                let document = &self.documents[part.document as usize];
                let said = part.entity.properties.into_iter().flat_map(|id| document.node(id).entries());
                for name in said.filter_map(|(key, _)| key.as_str()) {
                    if !names.contains(name) {
                        names.insert(name.to_string());
                    }
                }
            }
        }
        self.facts.properties = properties;
    }

    /// Forgets what is said of an entity and says nothing new. Many items may name one entity; those that count are
    /// no more than it has keys, so that whoever reads it need not pass by the others.
    pub(super) fn forget_repetitions(&mut self) {
        let said = self.facts.take();
        let mut kept = Vec::with_capacity(said.len());
        for of_one in said.chunk_by(|(a, _), (b, _)| a == b) {
            let mut seen = FxHashSet::default();
            kept.extend(of_one.iter().enumerate().filter_map(|(number, said)| {
                let (document, entity) = (&self.documents[said.1.document as usize], said.1.entity);
                let news = keys(document.node(entity.node)).filter(|key| seen.insert(*key)).count();
                (number == 0 || news > 0).then_some(*said)
            }));
        }
        self.facts.fill(kept, self.records.len());
    }

    /// Returns a finding for each property that has more than one value: written and mapped, or mapped twice. Items
    /// of one mapping may repeat a value.
    pub(super) fn duplicate_facts(&self) -> Vec<Diagnostic> {
        let told = self.entities().filter(|entity| !entity.overlays().is_empty());
        told.flat_map(|entity| self.duplicates_of(entity)).collect()
    }

    fn duplicates_of(&self, entity: EntityRef<'_>) -> Vec<Diagnostic> {
        /// The first value of a property, who says it, and whether another has been reported.
        struct First<'a> {
            value: Node<'a>,
            origin: Option<u32>,
            reported: bool,
        }
        let mut firsts: BTreeMap<&str, First<'_>> = BTreeMap::new();
        let written = entity.properties_node().filter(|_| !entity.is_made()).map(|node| (None, node));
        let said = self.facts.of(entity.id()).iter().filter_map(|part| {
            let document = &self.documents[part.document as usize];
            Some((Some(part.origin), document.node(part.entity.properties?)))
        });
        let mut found = Vec::new();
        for (origin, properties) in written.into_iter().chain(said) {
            for (key, value) in properties.entries().filter(|(_, value)| !value.is_null()) {
                let Some(name) = key.as_str() else { continue };
                let Some(first) = firsts.get_mut(name) else {
                    firsts.insert(name, First { value, origin, reported: false });
                    continue;
                };
                let same = first.origin == origin && first.value.to_json() == value.to_json();
                if !same && !first.reported {
                    first.reported = true;
                    found.push(self.duplicate_fact(
                        entity,
                        name,
                        (first.origin, first.value),
                        (origin, value),
                    ));
                }
            }
        }
        found
    }

    fn duplicate_fact(
        &self,
        entity: EntityRef<'_>,
        name: &str,
        (first_origin, first): (Option<u32>, Node<'_>),
        (origin, value): (Option<u32>, Node<'_>),
    ) -> Diagnostic {
        let of = |origin: u32| {
            let mapping = self.node(self.facts.origins[origin as usize].mapping);
            mapping.get("properties").and_then(|properties| properties.entry(name)).map(|(key, _)| key.span())
        };
        let (label, help) = match first_origin {
            None => (
                "written here, and this counts",
                "remove the written value, or the property from the mapping",
            ),
            Some(_) => (
                "the first value, which counts",
                "let one mapping say it, or give the items identifiers of their own",
            ),
        };
        let message = format!("`{name}` of `{}` has a second value", clip(entity.identifier()));
        let mut finding = Diagnostic::new(Rule::DuplicateFact, value.span(), message);
        finding = finding.related(first.span(), label);
        if let Some(mapped) = origin.and_then(of) {
            finding = finding.related(mapped, "mapped here");
        }
        finding.help(help)
    }
}

/// Returns what an entity holds: its fields, and the names of its properties and relations.
fn keys(entity: Node<'_>) -> impl Iterator<Item = (u8, &str)> {
    fn named<'a>(kind: u8, node: Option<Node<'a>>) -> impl Iterator<Item = (u8, &'a str)> {
        let entries = node.into_iter().flat_map(Node::entries).filter(|(_, value)| !value.is_null());
        entries.filter_map(move |(key, _)| Some((kind, key.as_str()?)))
    }
    let nested = ["identifier", "blueprint", "properties", "relations"];
    let fields = named(0, Some(entity)).filter(move |(_, key)| !nested.contains(key));
    fields.chain(named(1, entity.get("properties"))).chain(named(2, entity.get("relations")))
}
