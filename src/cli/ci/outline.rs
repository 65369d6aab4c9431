//! How the runs that start are shown, those that do not, and what became of them.

use serde_json::{Value, json};

use crate::printable::{aligned, markdown, plural, shown};
use crate::runtime::plan::{Passed, Plan, Start};
use crate::runtime::record::Recording;
use crate::runtime::run::{Run, Status};

/// Returns the plan as tables, a line each.
pub(super) fn text(plan: &Plan<'_>, width: Option<usize>) -> Vec<String> {
    let header = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect::<Vec<_>>();
    let mut lines = Vec::new();
    if !plan.starts.is_empty() {
        let row =
            |start: &Start<'_>| [start.of.name(), start.what, &start.subject, &start.run].map(shown).to_vec();
        let rows: Vec<Vec<String>> = plan.starts.iter().map(row).collect();
        lines.extend(aligned(&header(&["STARTS", "EVENT", "OF", "RUN"]), &rows, width));
    }
    if !plan.passed.is_empty() {
        let row = |passed: &Passed| {
            [&passed.name, passed.what, &others(passed), &passed.reason].map(shown).to_vec()
        };
        let rows: Vec<Vec<String>> = plan.passed.iter().map(row).collect();
        lines.extend((!lines.is_empty()).then(String::new));
        lines.extend(aligned(&header(&["DOES NOT START", "EVENT", "OF", "WHY"]), &rows, width));
    }
    lines
}

fn others(passed: &Passed) -> String {
    match passed.others {
        0 => passed.subject.clone(),
        others => format!("{} and {}", passed.subject, plural(others, "other", "others")),
    }
}

/// Returns the plan as programs read it; `recording` is what became of those that were
/// performed.
pub(super) fn json(plan: &Plan<'_>, range: Option<(&str, &str)>, recording: Option<&Recording>) -> Value {
    let starts: Vec<Value> = plan
        .starts
        .iter()
        .map(|start| {
            json!({
                "run": start.run, "name": start.of.name(), "cause": start.cause, "event": start.what,
                "subject": start.subject, "entity": start.entity, "parent": start.parent, "depth": start.depth,
            })
        })
        .collect();
    let passed: Vec<Value> = plan
        .passed
        .iter()
        .map(|passed| {
            json!({
                "name": passed.name, "event": passed.what, "subject": passed.subject, "others": passed.others,
                "reason": passed.reason,
            })
        })
        .collect();
    let runs = recording.map(|recording| {
        let run = |run: &Run| json!({"id": run.id, "status": run.status, "reasons": run.reasons});
        recording.runs.iter().map(run).collect::<Vec<_>>()
    });
    json!({
        "schema": "portal.round/v1",
        "base": range.map(|(base, _)| base),
        "commit": range.map(|(_, head)| head),
        "starts": starts,
        "passed": passed,
        "faults": plan.faults,
        "warnings": plan.warnings,
        "runs": runs,
        "problems": recording.map(|recording| &recording.problems),
    })
}

/// Returns what became of the runs of a plan, as Markdown for the summary of the job.
pub(super) fn summary(plan: &Plan<'_>, recording: &Recording) -> String {
    let row = |run: &Run| {
        let start = plan.starts.iter().find(|start| start.run == run.id);
        let about = start.into_iter().flat_map(|start| [start.what, &start.subject]);
        let about: Vec<String> = about.filter(|text| !text.is_empty()).map(markdown::name).collect();
        let result = if run.status == Status::Success { "done" } else { "**failed**" };
        vec![
            markdown::name(run.automation.as_ref().or(run.action.as_ref()).unwrap_or(&run.id)),
            about.join(" "),
            result.to_string(),
            markdown::cell(&run.reasons.join("; ")),
        ]
    };
    let rows: Vec<Vec<String>> = recording.runs.iter().map(row).collect();
    let table = markdown::table(&["Automation", "Event", "Result", ""], &rows);
    let wrong = plan.faults.iter().chain(&recording.problems);
    let wrong: String = wrong.map(|text| format!("- {}\n", markdown::inline(text))).collect();
    let gap = if wrong.is_empty() { "" } else { "\n" };
    format!("### Automations\n\n{table}{gap}{wrong}")
}
