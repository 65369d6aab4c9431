//! What the jobs before came to, as a run.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::catalog::Definition;
use crate::form::Form;
use crate::model::action::Action;
use crate::portal::Portal;
use crate::printable::shown;
use crate::runtime::guard::Refusal;
use crate::runtime::job::Job;
use crate::runtime::report::{Outcome, Report};
use crate::runtime::request::{Actor, Request};
use crate::runtime::run::{Cause, Run, SCHEMA, Status};

/// What the CI system says of a job that is done.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct JobResult {
    /// `success`, `failure`, `cancelled` or `skipped`.
    #[serde(default)]
    pub result: String,
    /// What it handed on, as texts.
    #[serde(default)]
    pub outputs: Map<String, Value>,
}

impl JobResult {
    fn output(&self, name: &str) -> Option<&str> {
        self.outputs.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }
}

/// Returns what the parts of an action came to together, by the names of their jobs: the last report, which holds those
/// before, and the worst result.
pub fn joined(jobs: &Map<String, Value>) -> JobResult {
    let parts = jobs.iter().filter(|(name, _)| !matches!(name.as_str(), "guard" | "record"));
    let parts: Vec<JobResult> =
        parts.filter_map(|(_, value)| serde_json::from_value(value.clone()).ok()).collect();
    let said = |word: &str| parts.iter().any(|part| part.result == word);
    let worst = ["failure", "cancelled", "success"].into_iter().find(|word| said(word)).unwrap_or("skipped");
    let reports = |part: &JobResult| part.output("report").map(str::len);
    // Each part reports all that was done so far, and they need not come in order.
    let last = parts.iter().filter(|part| reports(part).is_some()).max_by_key(|part| count(part));
    let outputs = last.map(|part| part.outputs.clone()).unwrap_or_default();
    JobResult { result: worst.into(), outputs }
}

/// Returns of how many tasks a job reports.
pub(super) fn count(part: &JobResult) -> usize {
    let report = part.output("report").and_then(|text| serde_json::from_str::<Report>(text).ok());
    report.map_or(0, |report| report.tasks.len())
}

/// Returns the record of a request, of what the guard and the run came to.
pub fn run_of(portal: &Portal, action: &str, guard: &JobResult, run: &JobResult, job: &Job) -> Run {
    let blank = blank(portal, action, job);
    if let Some(text) = guard.output("request") {
        return match Request::parse(text).and_then(|request| same_action(request, action)) {
            Ok(request) => of_request(portal, request, run, blank),
            Err(why) => Run { reasons: vec![why], ..blank },
        };
    }
    if let Some(refusal) = guard.output("refusal") {
        return match serde_json::from_str::<Refusal>(refusal) {
            Ok(refusal) => of_refusal(refusal, blank),
            Err(error) => Run {
                reasons: vec![format!("the refusal cannot be read: {}", shown(&error.to_string()))],
                ..blank
            },
        };
    }
    match guard.result.as_str() {
        "cancelled" => Run { status: Status::Cancelled, reasons: vec!["it was cancelled".into()], ..blank },
        _ => Run { reasons: vec!["the guard could not decide: its log says why".into()], ..blank },
    }
}

/// Returns a record of which nothing is known but that the job was there.
fn blank(portal: &Portal, action: &str, job: &Job) -> Run {
    let now = portal.now.iso();
    Run {
        schema: SCHEMA.into(),
        id: job.run.clone(),
        cause: Cause::Request,
        action: Some(action.to_string()),
        automation: None,
        status: Status::Failure,
        reasons: Vec::new(),
        actor: Some(Actor { login: job.actor.clone(), ..Actor::default() }),
        entity: None,
        inputs: Map::new(),
        digest: None,
        at: now.clone(),
        ended_at: now,
        commit: job.commit.clone(),
        needed_approval: false,
        approved_by: Vec::new(),
        tasks: Vec::new(),
        effects: Vec::new(),
        expires_at: None,
        parent: None,
        depth: 0,
        link: job.link.clone(),
    }
}

fn same_action(request: Request, action: &str) -> Result<Request, String> {
    if request.action == action {
        return Ok(request);
    }
    Err(format!("the request is for `{}`, not for `{}`", shown(&request.action), shown(action)))
}

fn of_refusal(refusal: Refusal, blank: Run) -> Run {
    Run {
        id: named(blank.id, refusal.run),
        status: Status::Refused,
        reasons: refusal.reasons,
        actor: Some(refusal.actor),
        entity: refusal.entity,
        inputs: refusal.inputs,
        at: refusal.at,
        commit: refusal.commit,
        depth: refusal.depth,
        parent: refusal.parent,
        ..blank
    }
}

fn of_request(portal: &Portal, request: Request, run: &JobResult, blank: Run) -> Run {
    let report = run.output("report").map(serde_json::from_str::<Report>);
    let (report, unreadable) = match report {
        Some(Ok(report)) => (Some(report), None),
        Some(Err(error)) => (None, Some(format!("the report cannot be read: {}", shown(&error.to_string())))),
        None => (None, None),
    };
    let (status, mut reasons) = status(&request, &run.result, report.as_ref());
    reasons.extend(unreadable);
    let report = report.unwrap_or_default();
    // What a run made before it failed expires, too.
    let lives = status == Status::Success || !report.effects.is_empty();
    Run {
        id: named(blank.id, request.run),
        status,
        reasons,
        inputs: without_secrets(portal, &request.action, request.inputs),
        actor: Some(request.actor),
        entity: request.entity,
        digest: Some(request.digest),
        at: request.at,
        commit: request.commit,
        needed_approval: request.needs_approval,
        approved_by: report.approved_by,
        tasks: report.tasks,
        effects: report.effects,
        expires_at: request.expires_at.filter(|_| lives),
        parent: request.parent,
        depth: request.depth,
        ..blank
    }
}

/// Returns the name of a run: that of the job, for a job that is run again is a run of its own; outside of CI that of the
/// request.
fn named(job: String, request: String) -> String {
    if job.is_empty() { request } else { job }
}

/// Returns how a run ended, and why.
fn status(request: &Request, result: &str, report: Option<&Report>) -> (Status, Vec<String>) {
    let because = |status, why: &str| (status, vec![why.to_string()]);
    let Some(report) = report else {
        return match result {
            "cancelled" => because(Status::Cancelled, "it was cancelled"),
            "failure" | "skipped" if request.needs_approval => because(
                Status::Cancelled,
                "nobody agreed to it, or the job that waited for it could not start",
            ),
            "skipped" => because(Status::Cancelled, "it was not started"),
            "success" => because(Status::Failure, "the job did not say what it did"),
            _ => because(Status::Failure, "the job ended before it could say what it did: its log says why"),
        };
    };
    let failed = report.tasks.iter().filter(|task| task.result == Outcome::Failed);
    let reasons: Vec<String> = failed
        .map(|task| match &task.message {
            Some(message) => format!("{}: {message}", task.label),
            None => format!("{} failed", task.label),
        })
        .collect();
    let nothing_done = report.tasks.iter().all(|task| task.result != Outcome::Done);
    if !reasons.is_empty() {
        let unapproved = request.needs_approval && report.approved_by.is_empty() && nothing_done;
        return (if unapproved { Status::Cancelled } else { Status::Failure }, reasons);
    }
    match result {
        "success" => (Status::Success, Vec::new()),
        "cancelled" => because(Status::Cancelled, "it was cancelled"),
        _ => because(Status::Failure, "the job failed after its tasks: its log says why"),
    }
}

/// Returns inputs without those that are secrets.
fn without_secrets(portal: &Portal, action: &str, mut inputs: Map<String, Value>) -> Map<String, Value> {
    let mut actions = portal.catalog.actions().iter();
    let found: Option<&Definition<Action>> = actions.find(|found| found.value.identifier.value == action);
    if let Some(found) = found {
        let form = Form::of_action(portal.catalog.node(found.place), &found.value);
        inputs.retain(|name, _| form.field(name).is_none_or(|field| !field.secret));
    }
    inputs
}
