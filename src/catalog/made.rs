//! From integrations and their data to entities of the catalog.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::data::Gathered;
use super::facts::{Origin, Part};
use super::search::{Finder, Search};
use super::{BlueprintId, Catalog, EntityId, Place, Record};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fact::{Batch, Data, Plan, make};
use crate::model::Spanned;
use crate::model::entity::{ENTITY, Entity};
use crate::model::instant::Age;
use crate::model::phrase::clip;
use crate::source::{Sources, Span};
use crate::yaml::{Composer, Kind, Node};

/// What integrations have made.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The entities that name themselves, in the order in which they count.
    pub(super) named: Vec<(Record, Part)>,
    /// Those that are to be looked for, with their blueprint.
    searched: Vec<(BlueprintId, Part)>,
    /// Where each mapping says what it looks for.
    identifiers: BTreeMap<u32, Span>,
}

impl Made {
    /// Returns whether nothing was made.
    pub(super) fn is_empty(&self) -> bool {
        self.named.is_empty() && self.searched.is_empty()
    }
}

impl Catalog {
    /// Makes entities of the data of integrations, as documents of this catalog.
    pub(super) fn make(
        &mut self,
        gathered: &Gathered,
        sources: &Sources,
        found: &mut Vec<Diagnostic>,
    ) -> Made {
        self.facts.first = number(self.documents.len());
        let mut made = Made::default();
        let mut ages: BTreeMap<usize, Option<Age>> = BTreeMap::new();
        for used in gathered.uses.iter() {
            let definition = &self.integrations[used.integration];
            let max_age = *ages
                .entry(used.integration)
                .or_insert_with(|| definition.value.max_age.as_ref().and_then(|age| max_age(age, found)));
            let resource = &definition.value.resources[used.resource];
            let (place, document) = (definition.place, &self.documents[definition.place.document as usize]);
            let Some(plan) = Plan::compile(&definition.value, resource, document, self.now, found) else {
                continue;
            };
            let data: Vec<&Data> = used.data.iter().map(|&number| &gathered.data[number]).collect();
            let batches = make(&plan, &data, sources, found);
            let first = number(self.facts.origins.len());
            for mapping in 0..plan.len() {
                made.identifiers.insert(first + mapping, plan.identifier_span(document, mapping));
                let mapping = Place { document: place.document, node: plan.mapping(mapping) };
                let integration = number(used.integration);
                self.facts.origins.push(Origin { integration, max_age, mapping });
            }
            batches.into_iter().for_each(|batch| self.take_batch(batch, first, &plan, &mut made, found));
        }
        made
    }

    /// Takes over the entities of a batch; `first` is the number of the first mapping of its plan.
    fn take_batch(
        &mut self,
        batch: Batch,
        first: u32,
        plan: &Plan,
        made: &mut Made,
        found: &mut Vec<Diagnostic>,
    ) {
        let document = number(self.documents.len());
        found.extend(batch.found);
        for entity in batch.made {
            let node = batch.document.node(entity.node);
            let Some(identifier) = node.get("identifier") else { continue };
            let name = node.get("blueprint").and_then(Node::as_str).unwrap_or_default();
            let Some(blueprint) = self.find_blueprint(name) else {
                let identifier = identifier.as_str().unwrap_or_default().to_string();
                self.unplaced.add(identifier, vec![name.to_string()]);
                let silent = self.is_lost(name) || self.config.is_external(name);
                found.extend(
                    (!silent).then(|| self.unknown_blueprint(name, plan.blueprint_span(entity.mapping))),
                );
                continue;
            };
            let as_of = entity.as_of;
            let decoded = Entity::named(node, identifier);
            let part = Part { document, entity: decoded, origin: first + entity.mapping, as_of };
            match identifier.kind() {
                Kind::String => made.named.push((Record { blueprint, document, entity: decoded }, part)),
                _ => made.searched.push((blueprint, part)),
            }
        }
        self.documents.push(batch.document);
    }

    /// Makes the entities that relations of made ones name and that do not exist, where their integration wants that.
    pub(super) fn make_missing(
        &mut self,
        written: &[Option<Record>],
        made: &mut Made,
        found: &mut Vec<Diagnostic>,
    ) {
        let creates = |part: &Part| {
            let origin = &self.facts.origins[part.origin as usize];
            self.integrations[origin.integration as usize].value.creates_missing
        };
        if !made.named.iter().any(|(_, part)| creates(part)) {
            return;
        }
        let name = |record: &Record| {
            (record.blueprint, record.entity.identifier(&self.documents[record.document as usize]))
        };
        let mut known: FxHashSet<(BlueprintId, &str)> =
            written.iter().flatten().chain(made.named.iter().map(|(record, _)| record)).map(name).collect();
        let mut stubs: Vec<(Span, u32, BlueprintId, String)> = Vec::new();
        for (record, part) in made.named.iter().filter(|(_, part)| creates(part)) {
            for (node, blueprint) in self.missing_targets(record, &known) {
                if let Some(name) = node.as_str().filter(|name| known.insert((blueprint, name))) {
                    stubs.push((node.span(), part.origin, blueprint, name.to_string()));
                }
            }
        }
        for same in stubs.chunk_by(|(a, ..), (b, ..)| a.source == b.source) {
            self.take_stubs(same, made, found);
        }
    }

    /// Returns the names in the relations of an entity that nothing has, each with the blueprint it would be of.
    fn missing_targets<'a>(
        &'a self,
        record: &Record,
        known: &FxHashSet<(BlueprintId, &str)>,
    ) -> Vec<(Node<'a>, BlueprintId)> {
        let document = &self.documents[record.document as usize];
        let relations = record.entity.relations.map(|id| document.node(id));
        let mut missing = Vec::new();
        for (key, value) in relations.into_iter().flat_map(Node::entries) {
            let relation = self.blueprint(record.blueprint).relation(key.as_str().unwrap_or_default());
            let targets = relation.into_iter().flat_map(|(_, relation)| &relation.targets);
            let targets: Vec<BlueprintId> =
                targets.filter_map(|target| self.find_blueprint(&target.value)).collect();
            let first = targets.iter().find(|&&target| !self.is_people(target));
            let Some(&first) = first else { continue };
            for node in std::iter::once(value).chain(value.items()) {
                let name = node.as_str().filter(|name| !name.is_empty());
                let Some(name) = name.filter(|name| !self.is_lost(name) && !self.is_unplaced(name)) else {
                    continue;
                };
                if !targets.iter().any(|&target| known.contains(&(target, name))) {
                    missing.push((node, first));
                }
            }
        }
        missing
    }

    /// Returns whether the entities of a blueprint are users or teams, which are not made up.
    fn is_people(&self, blueprint: BlueprintId) -> bool {
        let name = self.blueprint(blueprint).identifier.value.as_str();
        [self.config.team(), self.config.user(), "_team", "_user"].contains(&name)
    }

    fn take_stubs(
        &mut self,
        stubs: &[(Span, u32, BlueprintId, String)],
        made: &mut Made,
        found: &mut Vec<Diagnostic>,
    ) {
        let number = number(self.documents.len());
        let source = stubs[0].0.source;
        let mut composer = Composer::new(source, source);
        let mut ids = Vec::with_capacity(stubs.len());
        for (span, _, _, name) in stubs {
            ids.push(composer.open(*span));
            composer.key("identifier", *span);
            composer.value(&name.as_str().into(), *span);
            composer.close();
        }
        let document = composer.finish();
        for (id, (_, origin, blueprint, _)) in ids.into_iter().zip(stubs) {
            let node = document.node(id);
            ENTITY.check(node, found);
            let Some(entity) = Entity::decode(node) else { continue };
            let part = Part { document: number, entity, origin: *origin, as_of: None };
            made.named.push((Record { blueprint: *blueprint, document: number, entity }, part));
        }
        self.documents.push(document);
    }

    /// Adds what is said of entities that had to be looked for; a search that does not find exactly one is reported,
    /// once a mapping.
    pub(super) fn find_made(&mut self, made: &Made, found: &mut Vec<Diagnostic>) {
        if made.searched.is_empty() {
            return;
        }
        let mut failed: BTreeMap<u32, (Span, usize, usize)> = BTreeMap::new();
        let mut said = Vec::new();
        let mut finder = Finder::new(self);
        for (blueprint, part) in &made.searched {
            let node = self.documents[part.document as usize].node(part.entity.identifier);
            let search = Search::decode(node);
            let hits = search.map(|search| finder.find(&search, *blueprint)).unwrap_or_default();
            match hits.as_slice() {
                [only] => said.push((*only, *part)),
                hits => failed.entry(part.origin).or_insert((node.span(), hits.len(), 0)).2 += 1,
            }
        }
        for (origin, (first, hits, count)) in failed {
            let at = made.identifiers.get(&origin).copied().unwrap_or(first);
            found.push(failed_search(at, first, hits, count));
        }
        let mut all: Vec<(EntityId, Part)> = self.facts.take();
        all.extend(said);
        self.facts.fill(all, self.records.len());
    }
}

fn failed_search(at: Span, first: Span, hits: usize, count: usize) -> Diagnostic {
    let others = match count {
        1 => String::new(),
        2 => ", nor is another".into(),
        count => format!(", nor are {} others", count - 1),
    };
    let hits = if hits == 0 { "no entity".into() } else { format!("{hits} entities") };
    let message = format!("the search finds {hits}, so this item is not mapped{others}");
    Diagnostic::new(Rule::FailedSearch, at, message)
        .related(first, "the first such item")
        .help("an identifier that is a search has to find exactly one entity of the blueprint")
}

/// Returns the age after which data is stale.
fn max_age(written: &Spanned<String>, found: &mut Vec<Diagnostic>) -> Option<Age> {
    let age = Age::parse(&written.value);
    if age.is_none() {
        let message = format!("`{}` is no length of time", clip(&written.value));
        found.push(
            Diagnostic::new(Rule::InvalidDuration, written.span, message)
                .help("write a whole number and a unit: 30m, 12h, 7d, 2w, 3mo or 1y"),
        );
    }
    age
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a catalog holds fewer than 2^32 documents")
}
