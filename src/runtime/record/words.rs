//! What a record says of itself to people: the message of its commit, and its pull request.
//!
//! Names come from a catalog or a request; each stays on its line, and none is markup or closes an issue.

use crate::printable::{markdown, plural, shown};
use crate::runtime::permission;
use crate::runtime::report::Effect;
use crate::runtime::request::EntityName;
use crate::runtime::run::{Run, Status};

/// The most characters of a name in a subject.
const LONGEST: usize = 60;

/// Returns the subject of the commit, and the title of the pull request.
pub(super) fn subject(runs: &[Run]) -> String {
    match runs {
        [run] => format!("Record {} ({})", clipped(name(run)), status(run.status)),
        runs => format!("Record {}", plural(runs.len(), "run", "runs")),
    }
}

/// Returns the message of the commit.
pub(super) fn message(runs: &[Run]) -> String {
    let mut text = format!("{}\n", subject(runs));
    for run in runs {
        text.push('\n');
        for (key, value) in facts(run) {
            text.push_str(&format!("{key}: {}\n", shown(&value)));
        }
    }
    text
}

/// Returns the text of the pull request.
pub(super) fn body(runs: &[Run]) -> String {
    let mut text = String::new();
    for run in runs {
        let rows: Vec<Vec<String>> = facts(run)
            .into_iter()
            .map(|(key, value)| vec![key.to_string(), markdown::cell(&value)])
            .collect();
        text.push_str(&format!("{}\n", markdown::table(&["Run", &markdown::name(&run.id)], &rows)));
        for reason in &run.reasons {
            text.push_str(&format!("- {}\n", markdown::cell(reason)));
        }
        text.push('\n');
    }
    text.push_str("The record of a run is written once. Merge it as it is; what it says happened.\n");
    text
}

/// Returns what is worth saying of a run.
fn facts(run: &Run) -> Vec<(&'static str, String)> {
    let mut facts =
        vec![("Run", run.id.clone()), ("Of", name(run).to_string()), ("Status", status(run.status).into())];
    facts.extend(run.actor.as_ref().map(|actor| ("Asked for by", permission::name(actor).replace('`', ""))));
    if !run.approved_by.is_empty() {
        facts.push(("Agreed to by", run.approved_by.join(", ")));
    }
    facts.extend(run.entity.as_ref().map(|entity| ("Entity", whole(entity))));
    for effect in &run.effects {
        facts.push(match effect {
            Effect::Upsert(upsert) => ("Changes", whole(&upsert.name)),
            Effect::Delete(name) => ("Deletes", whole(name)),
        });
    }
    facts.extend(run.expires_at.as_ref().map(|at| ("Expires", at.clone())));
    facts.extend(run.link.as_ref().map(|link| ("Link", link.clone())));
    facts
}

fn whole(name: &EntityName) -> String {
    format!("{}/{}", name.blueprint, name.identifier)
}

fn name(run: &Run) -> &str {
    run.action.as_deref().or(run.automation.as_deref()).unwrap_or(&run.id)
}

fn clipped(name: &str) -> String {
    let short: String = shown(name).chars().take(LONGEST).collect();
    short
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Success => "success",
        Status::Failure => "failure",
        Status::Refused => "refused",
        Status::Cancelled => "cancelled",
    }
}
