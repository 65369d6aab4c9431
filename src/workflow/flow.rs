//! Flows: what an action, or all automations, become as jobs, whatever the CI system.

use std::collections::BTreeSet;

use serde_json::Value;

use super::job::{Given, Job, Place, Power, When, Work};
use super::segment::{Segment, segments};
use super::settings::Settings;
use crate::catalog::{Catalog, Definition};
use crate::dialect::{self, Asking, Surroundings};
use crate::form::Form;
use crate::model::action::{Action, Mode};
use crate::model::ci::Record;
use crate::model::target::Target;
use crate::procedure::{Deed, Procedure, Task};

/// The most characters of a title in a file.
const LONGEST_TITLE: usize = 100;

/// What an action becomes.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) identifier: String,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) start: Start,
    pub(super) approval: Approval,
    pub(super) jobs: Vec<Job>,
}

/// What starts an action.
#[derive(Debug)]
pub(super) enum Start {
    /// A form.
    Form(Asking),
    /// A file that is merged into this folder of the repository.
    Merge(String),
}

/// When someone must agree to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Approval {
    Never,
    Always,
    /// When the guard says so.
    Decided,
}

impl Approval {
    fn of(action: &Action) -> Self {
        match (&action.approval.quorum, &action.approval.when, action.mode) {
            // Who merges the request agrees to it.
            (None, _, _) | (_, _, Mode::PullRequest) => Self::Never,
            (Some(_), None, _) => Self::Always,
            (Some(_), Some(_), _) => Self::Decided,
        }
    }
}

impl Flow {
    /// Returns what an action becomes on a CI system.
    pub(super) fn of(
        action: &Definition<Action>,
        procedure: &Procedure,
        around: &Surroundings<'_>,
        catalog: &Catalog,
        settings: &Settings,
    ) -> Self {
        let value = &action.value;
        let slug = dialect::slug(&value.identifier.value);
        let start = match value.mode {
            Mode::Dispatch => {
                let form = Form::of_action(catalog.node(action.place), value);
                Start::Form(around.ask(&form, value, settings.target))
            }
            Mode::PullRequest => Start::Merge(settings.path(&format!("requests/{slug}/"))),
        };
        let approval = Approval::of(value);
        let mut jobs = vec![guard(value, approval, settings)];
        jobs.extend(runs(value, procedure, approval));
        let record = record(&jobs, settings);
        jobs.push(record);
        Self {
            identifier: value.identifier.value.clone(),
            slug,
            title: shown(value.label(), &value.identifier.value),
            start,
            approval,
            jobs,
        }
    }

    /// Returns what the form asks; nothing when a merge starts the action.
    pub(super) fn asking(&self) -> Option<&Asking> {
        match &self.start {
            Start::Form(asking) => Some(asking),
            Start::Merge(_) => None,
        }
    }
}

/// Returns a title as people read it; `otherwise` when nothing of it can be read.
fn shown(title: &str, otherwise: &str) -> String {
    let shown = dialect::display(title, LONGEST_TITLE);
    if shown.is_empty() { otherwise.to_string() } else { shown }
}

/// The job that decides whether an action runs.
fn guard(action: &Action, approval: Approval, settings: &Settings) -> Job {
    let merged = action.mode == Mode::PullRequest;
    let mut powers = vec![Power::CHECK_OUT];
    let mut values = vec![];
    if merged {
        powers.push(Power::new("pull-requests", "read", "to see who asked, and who agreed"));
        values.extend([("BEFORE", Given::Before), ("AFTER", Given::After)]);
    } else {
        values.push(("PORTAL_ANSWERS", Given::Answers));
    }
    if approval != Approval::Never {
        powers.push(Power::new("actions", "read", "to see that the environment asks someone"));
    }
    values.push(("PORTAL_TOKEN", Given::Token));
    let command = match merged {
        true => "guard --pushed \"$BEFORE..$AFTER\"".to_string(),
        false => "guard".to_string(),
    };
    Job {
        id: "guard".into(),
        title: "Check the request".into(),
        work: Work::Portal { command, action: true },
        needs: Vec::new(),
        when: When::Success,
        place: Place::Nowhere,
        powers,
        values: named(values),
        hands_on: vec!["request", "approval", "refusal"],
        // Limits count runs whose record waits on a branch; a push is compared with what was before.
        history: merged || !action.limits.is_empty() || settings.target != Target::GitHub,
        short: true,
    }
}

/// The jobs that do what an action does: one, or one for each part when a reusable workflow is among it.
fn runs(action: &Action, procedure: &Procedure, approval: Approval) -> Vec<Job> {
    let parts = segments(&procedure.tasks);
    let whole = parts.len() == 1;
    let mut jobs: Vec<Job> = Vec::new();
    let mut number = 0;
    for (at, part) in parts.iter().enumerate() {
        match part {
            Segment::Run(range) => {
                number += 1;
                let last = range.end == procedure.tasks.len();
                // What follows is started with what this part says, so it reads the secrets of that, too.
                let own = procedure.tasks[range.start..(range.end + 1).min(procedure.tasks.len())].iter();
                let tasks: Vec<&Task> = own.chain(procedure.effects.iter().filter(|_| last)).collect();
                let place = place(action, approval, number == 1);
                let mut job = run(&tasks, place, agreed(action, approval).filter(|_| number == 1));
                if number > 1 {
                    continue_from(&mut job, &jobs, number);
                }
                if !whole {
                    job.work = Work::Portal {
                        command: format!("exec --from {} --to {}", range.start, range.end),
                        action: true,
                    };
                }
                if at + 1 < parts.len() {
                    job.hands_on.extend(["with", "start"]);
                }
                jobs.push(job);
            }
            Segment::Uses(at) => jobs.push(used(&procedure.tasks[*at], &jobs, number)),
        }
    }
    jobs
}

/// Returns the power to see who agreed: in an environment, or to the pull request that asked.
fn agreed(action: &Action, approval: Approval) -> Option<Power> {
    match (action.mode, approval, &action.approval.quorum) {
        (Mode::PullRequest, _, Some(_)) => Some(Power::new("pull-requests", "read", "to see who agreed")),
        (_, Approval::Always | Approval::Decided, _) => {
            Some(Power::new("actions", "read", "to see who agreed"))
        }
        _ => None,
    }
}

fn run(tasks: &[&Task], place: Place, agreed: Option<Power>) -> Job {
    let (mut powers, mut values) = (vec![Power::CHECK_OUT], Vec::new());
    values.push(("PORTAL_REQUEST".to_string(), Given::Handed("guard".into(), "request")));
    values.extend(reach(tasks, &mut powers));
    powers.extend(agreed);
    Job {
        id: "run".into(),
        title: "Run".into(),
        work: Work::Portal { command: "exec".into(), action: true },
        needs: vec!["guard".into()],
        when: When::Success,
        place,
        powers,
        values,
        hands_on: vec!["report"],
        history: false,
        short: false,
    }
}

/// Makes a job go on after a reusable workflow, the last one of `jobs`.
fn continue_from(job: &mut Job, jobs: &[Job], number: usize) {
    let used = jobs.last().map(|job| job.id.clone()).unwrap_or_default();
    let before = jobs.iter().rev().nth(1).map(|job| job.id.clone()).unwrap_or_default();
    job.id = format!("run_{number}");
    job.title = "Go on".into();
    job.needs = vec!["guard".into(), before.clone(), used.clone()];
    job.when = When::After(before.clone(), used.clone());
    job.values.push(("PORTAL_EARLIER".into(), Given::Handed(before, "report")));
    job.values.push(("PORTAL_USED".into(), Given::Outcome(used)));
}

/// The job that is a reusable workflow, after the last one of `jobs`.
fn used(task: &Task, jobs: &[Job], number: usize) -> Job {
    let before = jobs.last().map(|job| job.id.clone()).unwrap_or_default();
    let text = task.body.get("uses").and_then(Value::as_str).unwrap_or_default();
    let inputs = task.with.as_object().map(|with| with.keys().cloned().collect()).unwrap_or_default();
    Job {
        id: format!("used_{number}"),
        title: shown(&task.label(), "Use a workflow"),
        work: Work::Uses { workflow: text.to_string(), inputs, after: before.clone() },
        needs: vec![before.clone()],
        when: When::Told(before),
        place: Place::Nowhere,
        powers: vec![Power::CHECK_OUT],
        values: Vec::new(),
        hands_on: Vec::new(),
        history: false,
        short: false,
    }
}

fn place(action: &Action, approval: Approval, first: bool) -> Place {
    let environment = || dialect::approval_environment(&action.identifier.value);
    match approval {
        // Whoever agreed to the first part agreed to all: the later ones wait for it.
        Approval::Always if first => Place::Approval(environment()),
        Approval::Decided if first => Place::Decided(environment()),
        _ => Place::Run,
    }
}

/// The job that writes down what became of a request.
fn record(jobs: &[Job], settings: &Settings) -> Job {
    let mut values =
        vec![("PORTAL_GUARD", Given::Outcome("guard".into())), ("PORTAL_RUN", Given::Outcome("run".into()))];
    if jobs.len() > 2 {
        values.push(("PORTAL_RUNS", Given::Outcomes));
    }
    values.push(("PORTAL_TOKEN", Given::Token));
    Job {
        id: "record".into(),
        title: "Record the run".into(),
        work: Work::Portal { command: "record".into(), action: true },
        needs: jobs.iter().map(|job| job.id.clone()).collect(),
        when: When::Always,
        place: Place::Nowhere,
        powers: record_powers(settings),
        values: named(values),
        hands_on: Vec::new(),
        history: false,
        short: true,
    }
}

fn record_powers(settings: &Settings) -> Vec<Power> {
    let mut powers = vec![Power::new("contents", "write", "to push the record")];
    if settings.record == Record::PullRequest {
        powers.push(Power::new("pull-requests", "write", "to open its pull request"));
    }
    powers
}

/// The job that does what automations do: when something changed (`react`), or is due (`sweep`).
pub(super) fn automatic(react: bool, tasks: &[&Task], settings: &Settings) -> Job {
    let mut powers = record_powers(settings);
    let mut values = Vec::new();
    if react {
        values.extend(named(vec![("BEFORE", Given::Before), ("AFTER", Given::After)]));
    }
    values.extend(reach(tasks, &mut powers));
    Job {
        id: if react { "react".into() } else { "sweep".into() },
        title: if react { "React to what changed".into() } else { "Do what is due".into() },
        work: Work::Portal {
            command: match react {
                true => "react --before \"$BEFORE\" --after \"$AFTER\"".into(),
                false => "sweep".into(),
            },
            action: false,
        },
        needs: Vec::new(),
        when: When::Success,
        place: Place::Run,
        powers,
        values,
        hands_on: Vec::new(),
        history: true,
        short: false,
    }
}

/// Returns what tasks are given, pushing what they may do.
fn reach(tasks: &[&Task], powers: &mut Vec<Power>) -> Vec<(String, Given)> {
    powers.push(Power::new("id-token", "write", "to sign in to clouds without a stored secret"));
    let mut wide = false;
    let mut secrets = BTreeSet::new();
    for task in tasks {
        secrets.extend(task.secrets());
        let names =
            |key: &str| task.body.get(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        match task.deed {
            Deed::Dispatch => {
                powers.push(Power::new("actions", "write", "to start other workflows"));
                wide |= names("repository");
            }
            Deed::PullRequest => {
                powers.push(Power::new("contents", "write", "to push a branch"));
                powers.push(Power::new("pull-requests", "write", "to open a pull request"));
            }
            Deed::Notify if names("issue") => {
                powers.push(Power::new("issues", "write", "to open an issue"));
                wide = true;
            }
            _ => {}
        }
    }
    let token = if wide { Given::WideToken } else { Given::Token };
    let mut values = vec![("PORTAL_TOKEN".to_string(), token)];
    let variable = |name: &str| format!("PORTAL_SECRET_{}", plain(name));
    values.extend(secrets.iter().map(|name| (variable(name), Given::Secret(secret_name(name)))));
    values.dedup_by(|a, b| a.0 == b.0);
    values
}

/// Returns the name under which a CI system holds a secret: letters, digits and `_`, and no digit first.
fn secret_name(name: &str) -> String {
    let name = plain(name);
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// Returns a name of the characters that every CI system takes.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn named(values: Vec<(&str, Given)>) -> Vec<(String, Given)> {
    values.into_iter().map(|(name, given)| (name.to_string(), given)).collect()
}
