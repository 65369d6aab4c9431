//! What react and sweep share: runs that nobody asked for are planned, performed, recorded and shown alike.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{guard, handover, job, outline, record, word};
use crate::cli::open::Opened;
use crate::cli::{Failure, Global, Outcome, open, terminal};
use crate::portal::Portal;
use crate::printable;
use crate::printable::plural;
use crate::procedure::Task;
use crate::runtime::ledger::Ledger;
use crate::runtime::plan::Plan;
use crate::runtime::provider::Provider;
use crate::runtime::record::{Recorder, Recording};
use crate::runtime::round::{self, Round};
use crate::runtime::run::{Run, Status};
use crate::runtime::{Job, Log, Outside, Rehearsal, Secrets, World};

/// Options of both.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Only show what starts, what does not, and why
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) plan: bool,
    /// How to show it; in json, the log goes to stderr
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Choice,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// For people
    Text,
    /// portal.round/v1
    Json,
}

/// Where the runs take place.
pub(super) struct Site<'a> {
    pub(super) global: &'a Global,
    pub(super) options: &'a Options,
    pub(super) job: Job,
    pub(super) opened: &'a Opened,
    pub(super) portal: &'a Portal,
    /// The catalog root on disk.
    pub(super) root: PathBuf,
    /// The commit of the catalog.
    pub(super) commit: String,
}

impl<'a> Site<'a> {
    /// Returns the site of this job.
    ///
    /// # Errors
    /// When the job runs on another branch than the default one: whoever can push a branch could do anything there.
    pub(super) fn new(
        global: &'a Global,
        options: &'a Options,
        opened: &'a Opened,
        root: &Path,
    ) -> Result<Self, Failure> {
        let (job, portal) = (job(), &opened.portal);
        let branch = &portal.catalog.config().ci.branch;
        if job.target.is_some() && job.branch != *branch {
            let here = if job.branch.is_empty() { "no branch".into() } else { format!("`{}`", job.branch) };
            let message =
                format!("automations start on `{branch}` only (`ci.branch`), and this job is on {here}");
            return Err(Failure::Other(message));
        }
        let (root, commit) = (root.to_path_buf(), String::new());
        Ok(Self { global, options, job, opened, portal, root, commit })
    }

    /// Returns the provider of the repository.
    pub(super) fn provider<'w>(&'w self, outside: &'w dyn Outside) -> Provider<'w> {
        let target = guard::target(self.opened, &self.job);
        Provider { target, job: &self.job, outside, directory: self.root.clone() }
    }

    /// Returns the runs that are on record: in the checkout, on branches that are not merged, and on the default branch as
    /// it is now.
    pub(super) fn ledger(&self) -> Ledger {
        Ledger::read(&self.root).beyond(&self.root, &self.portal.catalog.config().ci.branch)
    }

    /// Fetches what other jobs have left: the records that are not merged, the default branch, and `branch`.
    ///
    /// # Errors
    /// When the remote does not answer: what is on record would be done again.
    pub(super) fn fetch(&self, branch: Option<&str>) -> Result<(), Failure> {
        let world = World::new(&self.job, |_| ());
        let provider = self.provider(&world);
        if !provider.has_remote() {
            return Ok(());
        }
        let main = &self.portal.catalog.config().ci.branch;
        let fetched = provider.fetch_runs().and_then(|()| provider.fetch_branch(main));
        let fetched = fetched.and_then(|()| branch.map_or(Ok(()), |branch| provider.fetch_perhaps(branch)));
        let Err(why) = fetched else { return Ok(()) };
        let message = format!("the records of runs cannot be fetched: {why}");
        // A plan does nothing twice: it may be of what is here.
        if self.options.plan { self.say("warning", &message) } else { Err(Failure::Other(message)) }
    }

    /// Shows the plan, and does nothing else.
    pub(super) fn show(&self, plan: &Plan<'_>, range: Option<(&str, &str)>) -> Result<(), Failure> {
        if self.options.format == Choice::Json {
            return write_json(&outline::json(plan, range, None));
        }
        let mut stdout = io::stdout().lock();
        let width = stdout.is_terminal().then(|| terminal::width(&stdout));
        for line in outline::text(plan, width) {
            writeln!(stdout, "{line}")?;
        }
        Ok(())
    }

    /// Performs what is planned, one run after the other, and records all at once; `after` is done at the end, when all is
    /// on record. Says how it went and returns the outcome: findings when something is wrong, or a run failed.
    pub(super) fn carry_out(
        &self,
        plan: &Plan<'_>,
        range: Option<(&str, &str)>,
        after: impl FnOnce(&Provider<'_>) -> Result<(), Failure>,
    ) -> Result<Outcome, Failure> {
        let rehearsal = self.options.dry_run;
        let secrets = self.secrets(plan);
        let now = self.portal.now;
        let log = match self.options.format {
            Choice::Text => Log::new(self.job.target, word(), now, secrets.clone(), io::stdout()),
            Choice::Json => Log::new(self.job.target, word(), now, secrets.clone(), io::stderr()),
        };
        let world = World::new(&self.job, |line| log.script_line(line));
        let rehearsed = Rehearsal::new(&world, secrets, |line| log.say(line));
        let outside: &dyn Outside = if rehearsal { &rehearsed } else { &world };
        let clock = || open::now(self.global).unwrap_or(now);
        let (portal, root, job, commit) = (self.portal, self.root.as_path(), &self.job, self.commit.as_str());
        let round = Round { portal, root, job, outside, log: &log, rehearsal, commit, clock: &clock };
        let runs: Vec<Run> = plan.starts.iter().map(|start| round.perform(start)).collect();
        let provider = self.provider(outside);
        let recording = self.record(&runs, &provider)?;
        record::say(&log, &recording, rehearsal);
        if provider.has_remote() {
            after(&provider)?;
        }
        if self.options.format == Choice::Json {
            write_json(&outline::json(plan, range, Some(&recording)))?;
        }
        if !rehearsal && !recording.runs.is_empty() {
            handover::summarise(&self.job, &outline::summary(plan, &recording))?;
        }
        self.conclude(plan, &recording)
    }

    /// Records runs as one commit.
    fn record(&self, runs: &[Run], provider: &Provider<'_>) -> Result<Recording, Failure> {
        if runs.is_empty() {
            return Ok(Recording::default());
        }
        let recorder = Recorder {
            root: &self.root,
            config_file: open::config_file(self.global),
            ci: &self.portal.catalog.config().ci,
            provider,
            now: self.portal.now,
            rehearsal: self.options.dry_run,
        };
        let names: Vec<&str> = runs.iter().map(|run| run.id.as_str()).collect();
        recorder.record_all(runs).map_err(|why| {
            Failure::Other(format!("what was done is not on record ({}): {why}", names.join(", ")))
        })
    }

    /// Says how it went, what is wrong and what people should know, and returns the outcome.
    pub(super) fn conclude(&self, plan: &Plan<'_>, recording: &Recording) -> Result<Outcome, Failure> {
        let runs = &recording.runs;
        let failed: Vec<&Run> = runs.iter().filter(|run| run.status != Status::Success).collect();
        let (faults, warnings) = (plan.faults.iter(), plan.warnings.iter());
        for (word, text) in faults.map(|text| ("error", text)).chain(warnings.map(|text| ("warning", text))) {
            self.say(word, text)?;
        }
        for run in &failed {
            self.say("error", &format!("{} failed: {}", run.id, run.reasons.join("; ")))?;
        }
        if self.global.quiet == 0 && !runs.is_empty() {
            let would = if self.options.dry_run { " would start" } else { "" };
            let failures =
                if failed.is_empty() { String::new() } else { format!(", {} failed", failed.len()) };
            writeln!(io::stderr(), "{}{would}{failures}", plural(runs.len(), "run", "runs"))?;
        }
        let fine = failed.is_empty() && plan.faults.is_empty() && recording.problems.is_empty();
        Ok(if fine { Outcome::Done } else { Outcome::Findings })
    }

    /// Says something on stderr; `word` is `error`, `warning` or `note`.
    pub(super) fn say(&self, word: &str, text: &str) -> Result<(), Failure> {
        let heard = if word == "error" { !self.global.is_silent() } else { self.global.quiet == 0 };
        if heard {
            writeln!(io::stderr(), "{word}: {}", printable::shown(text))?;
        }
        Ok(())
    }

    /// Returns all that must be hidden.
    fn secrets(&self, plan: &Plan<'_>) -> Secrets {
        let procedures = plan.starts.iter().map(|start| round::procedure(self.portal, start));
        let names: Vec<String> = procedures
            .flat_map(|procedure| procedure.all().flat_map(Task::secrets).collect::<Vec<_>>())
            .collect();
        Secrets::of(names.iter().map(String::as_str), &self.job)
    }
}

fn write_json(value: &serde_json::Value) -> Result<(), Failure> {
    let text = printable::json(value).map_err(|error| Failure::Other(error.to_string()))?;
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}
