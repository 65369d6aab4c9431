//! What programs are told.

use serde_json::{Value, json};

use super::deed::Planned;
use crate::diagnostic::Diagnostic;
use crate::provenance::Origin;
use crate::scaffold::{Newcomer, Part};
use crate::source::Sources;

/// Returns which template, and which state of it.
pub(super) fn origin(origin: &Origin) -> Value {
    json!({
        "template": origin.template, "tag": origin.tag, "commit": origin.commit,
        "committed": origin.is_committed, "digest": origin.digest,
    })
}

/// Returns a file of a plan.
pub(super) fn file(file: &Planned<'_>) -> Value {
    let part = match file.change.part {
        Part::Template => "template",
        Part::Repository => "repository",
        Part::Appended => "appended",
        Part::Entity => "entity",
        Part::Record => "record",
        Part::Workflow => "workflow",
    };
    json!({
        "path": file.path(), "root": file.root.display().to_string(), "bytes": file.change.bytes.len(),
        "executable": file.change.executable, "part": part, "deed": file.deed.name(),
        "conflict": file.conflict,
    })
}

/// Returns the entity of a plan, and what the catalog says about it.
pub(super) fn entity(entity: &Newcomer) -> Value {
    let verdict = &entity.verdict;
    let standings: Vec<Value> = verdict
        .standings
        .iter()
        .map(|it| {
            json!({
                "scorecard": it.scorecard, "title": it.title, "level": it.level, "passed": it.passed,
                "total": it.total, "failing": it.failing,
            })
        })
        .collect();
    let warnings: Vec<Value> =
        verdict.warnings.iter().map(|finding| warning(finding, &verdict.sources)).collect();
    json!({
        "blueprint": entity.blueprint, "identifier": entity.identifier, "file": entity.file,
        "standings": standings, "warnings": warnings,
    })
}

fn warning(finding: &Diagnostic, sources: &Sources) -> Value {
    let source = sources.get(finding.source());
    let place = source.position(finding.primary.span.start);
    json!({
        "rule": finding.rule.name(), "message": finding.message, "file": source.path(), "line": place.line,
        "help": finding.help,
    })
}
