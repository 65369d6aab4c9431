//! What changed, for programs: `portal.diff/v1`, complete.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Report;
use crate::history::{
    Breakage, Change, DefinitionChange, EntityChange, EvidenceChange, Level, Name, Place, RuleChange,
    StandingChange,
};
use crate::printable;

/// The name and version of the format.
const SCHEMA: &str = "portal.diff/v1";

/// Writes the document.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(printable::json(&document(report))?.as_bytes())
}

fn document(report: &Report<'_>) -> Value {
    let change = report.change;
    let relation = |link: &crate::history::RelationChange| json!({"fate": link.fate.name(), "from": name(&link.from), "relation": link.relation, "to": name(&link.to)});
    json!({
        "schema": SCHEMA,
        "now": report.now.iso(),
        "base": report.base,
        "head": report.head,
        "summary": summary(change),
        "entities": change.entities.iter().map(entity).collect::<Vec<_>>(),
        "relations": change.relations.iter().map(relation).collect::<Vec<_>>(),
        "breakages": change.breakages.iter().map(breakage).collect::<Vec<_>>(),
        "findings": change.findings.iter()
            .map(|(rule, count)| json!({"rule": rule.name(), "count": count})).collect::<Vec<_>>(),
        "blueprints": change.blueprints.iter().map(definition).collect::<Vec<_>>(),
        "scorecards": change.scorecards.iter().map(definition).collect::<Vec<_>>(),
        "standings": change.standings.iter().map(standing).collect::<Vec<_>>(),
    })
}

fn summary(change: &Change) -> Value {
    let fate = |word: &str| change.entities.iter().filter(|entity| entity.fate.name() == word).count();
    json!({
        "added": fate("added"),
        "removed": fate("removed"),
        "changed": fate("changed"),
        "dangling": change.breakages.iter().filter(|breakage| breakage.dangles()).count(),
        "broken": change.breakages.len(),
        "falls": change.standings.iter().filter(|standing| standing.falls()).count(),
        "rises": change.standings.iter().filter(|standing| standing.rises()).count(),
    })
}

fn name(name: &Name) -> Value {
    json!({"blueprint": name.blueprint, "identifier": name.identifier})
}

/// Returns an object with the fields of `value` and where it is.
fn placed(mut value: Value, place: Option<&Place>) -> Value {
    value["file"] = place.map(|place| place.file.as_str()).into();
    value["line"] = place.map(|place| place.line).into();
    value["column"] = place.map(|place| place.column).into();
    value
}

fn entity(entity: &EntityChange) -> Value {
    let values: Vec<Value> = entity
        .values
        .iter()
        .map(|value| {
            json!({"sort": value.sort.name(), "name": value.name, "before": value.before, "after": value.after})
        })
        .collect();
    let value = json!({
        "fate": entity.fate.name(),
        "blueprint": entity.name.blueprint,
        "identifier": entity.name.identifier,
        "title": entity.title,
        "teams": entity.teams,
        "values": values,
    });
    placed(value, Some(&entity.place))
}

fn breakage(breakage: &Breakage) -> Value {
    let value = json!({
        "rule": breakage.rule.name(),
        "message": breakage.message,
        "label": breakage.label,
        "help": breakage.help,
        "holder": breakage.holder.as_ref().map(name),
        "teams": breakage.teams,
        "relation": breakage.relation,
        "required": breakage.required,
    });
    placed(value, Some(&breakage.place))
}

fn definition(definition: &DefinitionChange) -> Value {
    let rules: Vec<Value> =
        definition.rules.iter().map(|(rule, fate)| json!({"rule": rule, "fate": fate.name()})).collect();
    let mut value = json!({"fate": definition.fate.name(), "identifier": definition.identifier});
    if let Some(blueprint) = &definition.blueprint {
        value["blueprint"] = blueprint.as_str().into();
        value["rules"] = rules.into();
    }
    value
}

fn standing(standing: &StandingChange) -> Value {
    let level = |level: &Option<Level>| {
        level.as_ref().map(|level| json!({"title": level.title, "number": level.number}))
    };
    let direction = match (standing.falls(), standing.rises()) {
        (true, _) => "falls",
        (_, true) => "rises",
        _ => "same",
    };
    json!({
        "scorecard": standing.scorecard,
        "blueprint": standing.name.blueprint,
        "identifier": standing.name.identifier,
        "teams": standing.teams,
        "direction": direction,
        "before": level(&standing.before),
        "after": level(&standing.after),
        "rules": standing.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

fn rule(rule: &RuleChange) -> Value {
    json!({
        "rule": rule.rule,
        "before": rule.before.map(crate::known::Outcome::name),
        "after": rule.after.map(crate::known::Outcome::name),
        "cause": rule.cause.name(),
        "evidence": rule.evidence.iter().map(evidence).collect::<Vec<_>>(),
    })
}

fn evidence(evidence: &EvidenceChange) -> Value {
    let value = json!({"asked": evidence.asked, "before": evidence.before, "after": evidence.after});
    placed(value, evidence.place.as_ref())
}
