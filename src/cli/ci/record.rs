//! `portal ci record`: the job that writes down what became of an action.

use std::io;

use clap::Args;
use serde_json::{Map, Value};

use super::exec::Approval;
use super::guard::target;
use super::{handover, job, word};
use crate::cli::open::{Source, config_file};
use crate::cli::{Failure, Global, Outcome};
use crate::printable::markdown;
use crate::runtime::provider::Provider;
use crate::runtime::record::{self, JobResult, Place, Recorder, Recording, run_of};
use crate::runtime::request::Request;
use crate::runtime::{Job, Log, Outside, Rehearsal, Secrets, World};

/// Record what became of an action
///
/// Reads what the guard and the run came to from PORTAL_GUARD, PORTAL_RUN and PORTAL_RUNS, or from the files in the
/// folder PORTAL_HANDOVER, and commits the record together with what changed in the catalog.
#[derive(Debug, Args)]
pub(super) struct Record {
    /// The action
    #[arg(value_name = "ACTION")]
    action: String,
    /// Do nothing unless someone must agree to the request, or unless nobody must: where a CI system has a job for each
    #[arg(long, value_name = "WHETHER")]
    approval: Option<Approval>,
    /// Say what would be committed, and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl Record {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let job = job();
        let opened = Source::default().open(global, None)?;
        let log = Log::new(job.target, word(), opened.portal.now, Secrets::default(), io::stdout());
        let (guard, run) = results(&job)?;
        if !self.is_for_this_job(&guard) {
            log.say("nothing to do: the other job, with or without an approval, makes this record");
            return Ok(Outcome::Done);
        }
        let run = run_of(&opened.portal, &self.action, &guard, &run, &job);
        let world = World::new(&job, |_| ());
        let rehearsal = Rehearsal::new(&world, Secrets::of([], &job), |line| log.say(line));
        let outside: &dyn Outside = if self.dry_run { &rehearsal } else { &world };
        let target = target(opened, &job);
        let provider = Provider { target, job: &job, outside, directory: opened.root.clone() };
        let recorder = Recorder {
            root: &opened.root,
            config_file: config_file(global),
            ci: &opened.portal.catalog.config().ci,
            provider: &provider,
            now: opened.portal.now,
            rehearsal: self.dry_run,
        };
        let recording = recorder.record_all(&[run]).map_err(Failure::Other)?;
        say(&log, &recording, self.dry_run);
        if !self.dry_run {
            handover::summarise(&job, &summary(&recording))?;
        }
        Ok(if recording.problems.is_empty() { Outcome::Done } else { Outcome::Findings })
    }

    /// Returns whether this job makes the record: what was refused is recorded where nobody has to agree.
    fn is_for_this_job(&self, guard: &JobResult) -> bool {
        let Some(approval) = self.approval else { return true };
        let request = guard.outputs.get("request").and_then(Value::as_str);
        match request.and_then(|text| Request::parse(text).ok()) {
            Some(request) => approval.is_of(&request),
            None => approval == Approval::NotRequired,
        }
    }
}

/// Returns what the guard and the run came to.
fn results(job: &Job) -> Result<(JobResult, JobResult), Failure> {
    let guard = handover::result(job, "PORTAL_GUARD", "guard")?;
    let run = match job.variable("PORTAL_RUNS") {
        Some(text) => {
            let jobs: Map<String, Value> = serde_json::from_str(text)
                .map_err(|error| Failure::Other(format!("PORTAL_RUNS cannot be read: {error}")))?;
            record::joined(&jobs)
        }
        None => handover::result(job, "PORTAL_RUN", "exec")?,
    };
    Ok((guard, run))
}

/// Says what was recorded, where, and what people should know.
pub(super) fn say(log: &Log, recording: &Recording, dry_run: bool) {
    for id in &recording.already {
        log.say(&format!("`{id}` is on record already"));
    }
    if dry_run && !recording.files.is_empty() {
        log.say("would commit:");
        log.say(&recording.message);
    }
    for (path, bytes) in &recording.files {
        let sign = if bytes.is_some() { "write" } else { "delete" };
        log.say(&format!("{sign} {path}"));
    }
    recording.notes.iter().for_each(|note| log.say(&format!("warning: {note}")));
    if let Some(place) = place(&recording.place) {
        log.say(&format!("recorded {place}"));
    }
    recording.problems.iter().for_each(|problem| log.fail(problem));
}

fn place(place: &Place) -> Option<String> {
    Some(match place {
        Place::Nowhere => return None,
        Place::Local(branch) => format!("on the branch {branch}, which is not pushed"),
        Place::Branch(branch) => format!("on the branch {branch}"),
        Place::PullRequest(branch, link) => format!("on the branch {branch}: {link}"),
        Place::Default(branch) => format!("on {branch}"),
    })
}

/// Returns what was recorded, for people.
fn summary(recording: &Recording) -> String {
    let mut text = String::new();
    for run in &recording.runs {
        text.push_str(&format!("### The record of {}\n\n", markdown::name(&run.id)));
    }
    text.extend(place(&recording.place).map(|place| format!("- recorded {}\n", markdown::cell(&place))));
    for said in recording.notes.iter().chain(&recording.problems) {
        text.push_str(&format!("- {}\n", markdown::cell(said)));
    }
    text
}
