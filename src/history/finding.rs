//! Findings that a change caused: those that the base does not have, wherever they are, for a removed entity leaves its
//! mark in files that were not touched.

use std::cell::Cell;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::entity::teams;
use super::{Breakage, Name, Place};
use crate::catalog::{EntityId, EntityRef};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::portal::Portal;
use crate::source::{SourceId, Sources, Span};

/// Rules about what entities refer to, and what they must have.
const BREAKS: &[Rule] = &[
    Rule::DanglingRelation,
    Rule::MissingRelation,
    Rule::WrongTarget,
    Rule::InverseMismatch,
    Rule::MissingProperty,
];

/// Returns the findings of `found` that `base` does not have, and how many it has. Findings are the same by rule, file
/// and message, each as often as it is there, so that lines may move.
pub fn newer(base: &Portal, found: Vec<Diagnostic>, sources: &Sources) -> (Vec<Diagnostic>, usize) {
    let mut known: FxHashMap<(&str, Rule, &str), Cell<usize>> = FxHashMap::default();
    for finding in base.diagnostics.as_slice() {
        let path = base.sources.get(finding.source()).path();
        let count = known.entry((path, finding.rule, &finding.message)).or_default();
        *count.get_mut() += 1;
    }
    let is_new = |finding: &Diagnostic| {
        let path = sources.get(finding.source()).path();
        match known.get(&(path, finding.rule, finding.message.as_str())) {
            Some(left) if left.get() > 0 => {
                left.set(left.get() - 1);
                false
            }
            _ => true,
        }
    };
    let before = found.len();
    let mut new = found;
    new.retain(is_new);
    let hidden = before - new.len();
    (new, hidden)
}

/// Returns the references that `head` breaks, and how many of its other findings are new.
pub(super) fn compare(base: &Portal, head: &Portal) -> (Vec<Breakage>, Vec<(Rule, usize)>) {
    let (new, _) = newer(base, head.diagnostics.as_slice().to_vec(), &head.sources);
    let is_breakage =
        |finding: &Diagnostic| finding.severity == Severity::Error && BREAKS.contains(&finding.rule);
    let (broken, others): (Vec<Diagnostic>, Vec<Diagnostic>) = new.into_iter().partition(is_breakage);
    let mut counts: BTreeMap<Rule, usize> = BTreeMap::new();
    for finding in &others {
        *counts.entry(finding.rule).or_default() += 1;
    }
    let entities = if broken.is_empty() { FxHashMap::default() } else { by_source(head) };
    let broken = broken.into_iter().map(|finding| breakage(head, &entities, finding)).collect();
    (broken, counts.into_iter().collect())
}

/// Returns the entities of each file.
fn by_source(portal: &Portal) -> FxHashMap<SourceId, Vec<EntityId>> {
    let mut entities: FxHashMap<SourceId, Vec<EntityId>> = FxHashMap::default();
    for entity in portal.catalog.entities() {
        entities.entry(entity.source()).or_default().push(entity.id());
    }
    entities
}

fn breakage(head: &Portal, entities: &FxHashMap<SourceId, Vec<EntityId>>, finding: Diagnostic) -> Breakage {
    let span = finding.primary.span;
    let inside =
        |outer: Span| outer.source == span.source && outer.start <= span.start && span.end <= outer.end;
    let mut there = entities.get(&span.source).into_iter().flatten().map(|&id| head.catalog.entity(id));
    let holder = there.find(|entity| inside(entity.node().span()));
    let relation = holder.and_then(|entity| relation_at(entity, &finding, &inside));
    let definition = |(entity, name): (EntityRef<'_>, &String)| {
        entity.blueprint().relation(name).is_some_and(|(_, relation)| relation.required)
    };
    Breakage {
        required: finding.rule == Rule::MissingRelation
            || holder.zip(relation.as_ref()).is_some_and(definition),
        rule: finding.rule,
        place: Place::of(&head.sources, span),
        message: finding.message,
        label: finding.primary.text,
        help: finding.help,
        holder: holder.map(Name::of),
        teams: holder.map(|entity| teams(head, entity)).unwrap_or_default(),
        relation,
    }
}

/// Returns the relation that a finding about an entity is about.
fn relation_at(
    entity: EntityRef<'_>,
    finding: &Diagnostic,
    inside: &impl Fn(Span) -> bool,
) -> Option<String> {
    let mut stated = entity.relations();
    let at = stated.find(|(key, value)| inside(key.span()) || inside(value.span()));
    let named = || {
        let relations = entity.blueprint().relations.iter().map(|relation| &relation.identifier.value);
        relations.filter(|name| finding.message.contains(&format!("`{name}`"))).max_by_key(|name| name.len())
    };
    let at = at.and_then(|(key, _)| key.as_str()).map(String::from);
    at.or_else(|| (finding.rule == Rule::MissingRelation).then(named).flatten().cloned())
}
