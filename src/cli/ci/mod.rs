//! `portal ci`: what generated workflows call. Hidden, because no person needs it; every command has a rehearsal.

mod exec;
mod guard;
mod handover;
mod outline;
mod react;
mod record;
mod round;
mod sweep;

use std::collections::BTreeMap;
use std::env;

use clap::{Args, Subcommand};

use super::{Failure, Global, Outcome};
use crate::runtime::Job;

/// What generated workflows call
///
/// Each command is a job of a workflow that `portal workflows` writes. It reads who started it, on what, from the
/// variables of the CI system.
#[derive(Debug, Args)]
pub(super) struct Ci {
    #[command(subcommand)]
    command: CiCommand,
}

#[derive(Debug, Subcommand)]
enum CiCommand {
    /// Decide whether an action starts
    Guard(guard::Guard),
    /// Perform an action that the guard let through
    Exec(exec::Exec),
    /// Record what became of an action
    Record(record::Record),
    /// Start the automations that wait for what changed between two commits
    React(react::React),
    /// Do what is due: schedules, timers, ends, overdue initiatives
    Sweep(sweep::Sweep),
}

impl Ci {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        match &self.command {
            CiCommand::Guard(command) => command.run(global),
            CiCommand::Exec(command) => command.run(global),
            CiCommand::Record(command) => command.run(global),
            CiCommand::React(command) => command.run(global),
            CiCommand::Sweep(command) => command.run(global),
        }
    }
}

/// Returns the job that this process runs in.
fn job() -> Job {
    // A variable that is no text is none that portal or a CI system has set.
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Job::of(variables.collect::<BTreeMap<_, _>>())
}

/// Returns a word that nobody can guess: from the keys of hash tables, for which the system gives random numbers.
fn word() -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("portal-{:016x}{:016x}", RandomState::new().hash_one(1), RandomState::new().hash_one(2))
}
