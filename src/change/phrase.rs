//! What changed, in sentences. Names are in backticks; nothing is made harmless yet.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::history::{
    Breakage, Cause, Change, DefinitionChange, EvidenceChange, Fate, Level, RuleChange, Sort, StandingChange,
    ValueChange,
};
use crate::known::Outcome;
use crate::model::phrase::clip;
use crate::printable::plural;

/// Returns what is to be known first: `1 reference dangles, 2 levels fall, 1 rises`.
pub fn verdict(change: &Change) -> String {
    if change.is_empty() {
        return "nothing changed".into();
    }
    let dangling = change.breakages.iter().filter(|breakage| breakage.dangles()).count();
    let falls = change.standings.iter().filter(|standing| standing.falls()).count();
    let rises = change.standings.iter().filter(|standing| standing.rises()).count();
    let mut parts = Vec::new();
    if dangling > 0 {
        parts.push(plural(dangling, "reference dangles", "references dangle"));
    }
    for (rule, count) in broken_rules(change) {
        parts.push(format!("{count} × {rule}"));
    }
    if falls > 0 {
        parts.push(plural(falls, "level falls", "levels fall"));
    }
    if rises > 0 {
        let noun = |one, many| plural(rises, one, many);
        parts.push(if falls > 0 { noun("rises", "rise") } else { noun("level rises", "levels rise") });
    }
    if parts.is_empty() { "nothing breaks, no level changes".into() } else { parts.join(", ") }
}

/// Returns how often each rule about references, dangling ones aside, is newly broken.
fn broken_rules(change: &Change) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for breakage in change.breakages.iter().filter(|breakage| !breakage.dangles()) {
        *counts.entry(breakage.rule.name()).or_default() += 1;
    }
    counts
}

/// Returns how many entities and relations changed: `1 entity added, 2 changed; 3 relations removed`.
pub(super) fn counts(change: &Change) -> String {
    let entities = fates(change.entities.iter().map(|entity| entity.fate), "entity", "entities");
    let relations = fates(change.relations.iter().map(|relation| relation.fate), "relation", "relations");
    let parts: Vec<String> = [entities, relations].into_iter().flatten().collect();
    if parts.is_empty() { "no entity changed".into() } else { parts.join("; ") }
}

/// Returns how many of something were added, removed and changed.
fn fates(fates: impl Iterator<Item = Fate>, one: &str, many: &str) -> Option<String> {
    let mut counts: BTreeMap<Fate, usize> = BTreeMap::new();
    fates.for_each(|fate| *counts.entry(fate).or_default() += 1);
    let part = |(at, (fate, count)): (usize, (&Fate, &usize))| match at {
        0 => format!("{} {}", plural(*count, one, many), fate.name()),
        _ => format!("{count} {}", fate.name()),
    };
    let parts: Vec<String> = counts.iter().enumerate().map(part).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Returns what is broken.
pub(super) fn breakage(breakage: &Breakage) -> String {
    let required = match (breakage.required, breakage.dangles()) {
        (true, true) => "required relation: ",
        _ => "",
    };
    let label = if breakage.label.is_empty() { String::new() } else { format!(": {}", breakage.label) };
    format!("{required}{}{label}", breakage.message)
}

/// Returns the levels before and after: `Silver → Bronze`; one that stays is named once.
pub(super) fn levels(standing: &StandingChange) -> String {
    let title =
        |level: &Option<Level>| level.as_ref().map_or("not judged".into(), |level| clip(&level.title));
    match (title(&standing.before), title(&standing.after)) {
        (before, after) if before == after => after,
        (before, after) => format!("{before} → {after}"),
    }
}

/// Returns the outcomes of a rule before and after: `passed → failed`.
pub(super) fn outcomes(rule: &RuleChange) -> String {
    match (rule.before, rule.after) {
        (Some(before), Some(after)) if before == after => after.name().into(),
        (None, Some(after)) => after.name().into(),
        (before, after) => format!("{} → {}", word(before), word(after)),
    }
}

fn word(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("not asked", Outcome::name)
}

/// Returns why a rule comes out differently, after a comma; of facts, the evidence says it.
pub(super) fn cause(rule: &RuleChange) -> String {
    match rule.cause {
        Cause::Facts if !rule.evidence.is_empty() => String::new(),
        cause => format!(", {}", cause.words()),
    }
}

/// Returns what a condition saw before and sees now: `` `runbook` is not empty: https://… → nothing ``.
pub(super) fn evidence(evidence: &EvidenceChange) -> String {
    let after = evidence.after.as_deref().unwrap_or("nothing");
    match &evidence.before {
        Some(before) if before != after => format!("{}: {before} → {after}", evidence.asked),
        _ => format!("{}: {after}", evidence.asked),
    }
}

/// Returns a value that changed, with what it was: `` `tier`: 1 → 2 ``.
pub(super) fn value(value: &ValueChange) -> String {
    let mark = if value.sort == Sort::Computed { " (computed)" } else { "" };
    let name = clip(&value.name);
    format!("`{name}`{mark}: {} → {}", shown(&value.before), shown(&value.after))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::String(text) if text.is_empty() => "an empty text".into(),
        Value::String(text) => clip(text),
        Value::Array(items) if items.is_empty() => "an empty list".into(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            clip(&items.join(", "))
        }
        other => clip(&other.to_string()),
    }
}

/// Returns a blueprint or scorecard that changed, with its rules that did.
pub(super) fn definition(definition: &DefinitionChange) -> String {
    let of = definition.blueprint.as_deref().filter(|of| !of.is_empty());
    let of = of.map(|of| format!(" of `{}`", clip(of))).unwrap_or_default();
    let rules: Vec<String> =
        definition.rules.iter().map(|(rule, fate)| format!("`{}` {}", clip(rule), fate.name())).collect();
    let rules = if rules.is_empty() { String::new() } else { format!(": rules {}", rules.join(", ")) };
    format!("`{}`{of} {}{rules}", clip(&definition.identifier), definition.fate.name())
}

/// Returns what comes under the name of the same owners, in the order of the names; what has no owner comes last.
pub(super) fn by_team<T>(
    items: impl Iterator<Item = T>,
    teams: impl Fn(&T) -> &[String],
) -> Vec<(String, Vec<T>)> {
    let mut groups: BTreeMap<(bool, String), Vec<T>> = BTreeMap::new();
    for item in items {
        let names = teams(&item);
        let key = if names.is_empty() { (true, "no team".into()) } else { (false, names.join(", ")) };
        groups.entry(key).or_default().push(item);
    }
    groups.into_iter().map(|((_, name), items)| (name, items)).collect()
}
