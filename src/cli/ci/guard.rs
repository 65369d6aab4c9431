//! `portal ci guard`: the job that decides whether an action starts.

use std::io;
use std::path::PathBuf;

use clap::Args;
use serde_json::Map;

use super::{handover, job, word};
use crate::cli::open::{Opened, Source, inside};
use crate::cli::{Failure, Global, Outcome};
use crate::dialect;
use crate::form::Form;
use crate::git;
use crate::model::target::Target;
use crate::runtime::guard::{self, Asked, Verdict};
use crate::runtime::ledger::Ledger;
use crate::runtime::provider::Provider;
use crate::runtime::request_file::{FOLDER, MOST, RequestFile};
use crate::runtime::{Job, Log, Secrets, World};
use crate::worktree::{Files, Worktree};

/// Decide whether an action starts
///
/// Reads the answers from PORTAL_ANSWERS, or the file of a request, and hands on what is let through as `request` and
/// `approval`, or else why it is refused as `refusal`.
#[derive(Debug, Args)]
pub(super) struct Guard {
    /// The action
    #[arg(value_name = "ACTION")]
    action: String,
    /// Read the request from FILE
    #[arg(long, value_name = "FILE", conflicts_with = "pushed")]
    request: Option<PathBuf>,
    /// Read the request from the file that was pushed between these two commits
    #[arg(long, value_name = "BEFORE..AFTER")]
    pushed: Option<String>,
    /// Say what would be decided, and hand nothing on; a request that is not merged yet is checked as far as it can be
    #[arg(long)]
    dry_run: bool,
}

impl Guard {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let opened = Source::default().open(global, None)?;
        let job = self.job(opened);
        let world = World::new(&job, |_| ());
        let log = Log::new(job.target, word(), opened.portal.now, Secrets::default(), io::stdout());
        let target = target(opened, &job);
        let provider = Provider { target, job: &job, outside: &world, directory: opened.root.clone() };
        if provider.has_remote()
            && let Err(why) = provider.fetch_runs()
        {
            log.say(&format!("warning: runs whose record is not merged are not counted: {why}"));
        }
        let ledger = Ledger::read(&opened.root);
        for warning in ledger.warnings() {
            log.say(&format!("warning: {warning}"));
        }
        let guard = guard::Guard {
            portal: &opened.portal,
            ledger: &ledger,
            job: &job,
            provider: job.target.is_some().then_some(&provider),
            checks_only: self.dry_run && self.request.is_some(),
        };
        let verdict = match self.asked(opened, &job, target)? {
            Ok(asked) => guard.judge(&self.action, &asked),
            Err(reasons) => guard.refuse(&self.action, &reasons),
        };
        self.hand_on(&job, &log, &verdict)
    }

    /// Returns the job; outside of CI, Git says who asks and at which commit.
    fn job(&self, opened: &Opened) -> Job {
        let mut job = job();
        if job.target.is_none() {
            if job.actor.is_empty() {
                job.actor = git::user_email(&opened.root).unwrap_or_default();
            }
            if job.commit.is_empty() {
                job.commit = git::commit(&opened.root, "HEAD").map(|commit| commit.id).unwrap_or_default();
            }
            if job.run.is_empty() {
                job.run = format!("local-{}", opened.portal.now.millis());
            }
        }
        job
    }

    /// Returns how it was asked for, or what is wrong with the file that asks.
    fn asked(
        &self,
        opened: &Opened,
        job: &Job,
        target: Target,
    ) -> Result<Result<Asked, Vec<String>>, Failure> {
        let path = match (&self.request, &self.pushed) {
            (Some(path), _) => inside(&opened.root, &opened.directory, path)?,
            (None, Some(range)) => match self.pushed(opened, range)? {
                Ok(path) => path,
                Err(reason) => return Ok(Err(vec![reason])),
            },
            (None, None) => return self.answers(opened, job, target),
        };
        let bytes = Worktree::new(&opened.root).reference(&path, MOST);
        let bytes = bytes.map_err(|why| Failure::Other(format!("the request `{path}` {why}")))?;
        let file = RequestFile::parse(bytes).map(Asked::File);
        Ok(file.map_err(|reasons| reasons.into_iter().map(|why| format!("{path}: {why}")).collect()))
    }

    /// Returns the answers that the CI system passed on.
    fn answers(
        &self,
        opened: &Opened,
        job: &Job,
        target: Target,
    ) -> Result<Result<Asked, Vec<String>>, Failure> {
        let catalog = &opened.portal.catalog;
        let mut actions = catalog.actions().iter();
        let Some(action) = actions.find(|action| action.value.identifier.value == self.action) else {
            return Ok(Ok(Asked::Answers(Map::new())));
        };
        let form = Form::of_action(catalog.node(action.place), &action.value);
        let asking = dialect::ask(&form, &action.value, catalog, target);
        Ok(dialect::answers_from(&asking, &job.variables).map(Asked::Answers).map_err(|reason| vec![reason]))
    }

    /// Returns the file of the one request that a push has brought, or why there is none.
    fn pushed(&self, opened: &Opened, range: &str) -> Result<Result<String, String>, Failure> {
        let usage = || Failure::Other(format!("--pushed {range} is no range: write BEFORE..AFTER"));
        let (before, after) = range.split_once("..").ok_or_else(usage)?;
        let folder = format!("{FOLDER}/{}", dialect::slug(&self.action));
        let brought = git::brought(&opened.root, before, after, &folder)?;
        Ok(match (brought.added.as_slice(), brought.changed.as_slice()) {
            ([path], []) => Ok(path.clone()),
            ([], _) => {
                Err("a request is a new file, and this push has brought none: write another one".into())
            }
            ([_], _) => Err("a request is written once: this push changes an earlier one, too".into()),
            (several, _) => Err(format!(
                "{} requests were merged at once, and each is a run of its own: merge one after the other",
                several.len()
            )),
        })
    }

    fn hand_on(&self, job: &Job, log: &Log, verdict: &Verdict) -> Result<Outcome, Failure> {
        let json = |text: serde_json::Result<String>| text.map_err(|error| Failure::Other(error.to_string()));
        let (outputs, outcome) = match verdict {
            Verdict::Through { request, waits, notes } => {
                notes.iter().for_each(|note| log.say(&format!("warning: {note}")));
                let then = if *waits { "once someone has agreed" } else { "now" };
                log.say(&format!("`{}` may run {then}: {}", request.action, request.digest));
                let approval = if *waits { "required" } else { "not-required" };
                let request = json(serde_json::to_string(request))?;
                (vec![("request", request), ("approval", approval.to_string())], Outcome::Done)
            }
            Verdict::Refused(refusal) => {
                refusal.reasons.iter().for_each(|reason| log.fail(&format!("refused: {reason}")));
                (vec![("refusal", json(serde_json::to_string(refusal))?)], Outcome::Findings)
            }
        };
        if !self.dry_run {
            handover::write(job, "guard", &outputs)?;
            handover::summarise(job, &guard::summary(verdict))?;
        }
        Ok(outcome)
    }
}

/// Returns the CI system: that of the job, else the first of the configuration.
pub(super) fn target(opened: &Opened, job: &Job) -> Target {
    let configured = || opened.portal.catalog.config().ci.targets.first().copied();
    job.target.or_else(configured).unwrap_or(Target::GitHub)
}
