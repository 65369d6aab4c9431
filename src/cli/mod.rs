//! The command line: arguments in, one library call, a report out, an exit code.
//!
//! One file per command. What a program reads goes to stdout, what a person is told goes to stderr.

mod answers;
mod build;
mod ci;
mod completions;
mod diff;
mod explain;
mod filter;
mod init;
mod interrupt;
mod memory;
mod open;
mod progress;
mod prompt;
mod query;
mod recorded;
mod repository;
mod run;
mod scaffold;
mod schema;
mod score;
#[cfg(feature = "serve")]
mod serve;
mod templates;
mod terminal;
mod validate;
mod workflows;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::jq;
use crate::portal::Error;

/// A Git-native internal developer portal
#[derive(Debug, Parser)]
#[command(name = "portal", version, max_term_width = 100, propagate_version = true, after_help = EXIT_CODES)]
#[command(after_long_help = EXAMPLES, arg_required_else_help = true, infer_subcommands = false)]
pub struct Portal {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 nothing at error level, 1 findings, 2 could not run, 101 a bug in portal, 130 interrupted.
portal needs no network, sends no telemetry and never asks for updates.";

const EXAMPLES: &str = "Examples:
  portal init                                      start a catalog here
  portal validate                                  check the catalog around the current folder
  portal validate --format sarif -o portal.sarif   a report for code scanning
  portal query Component --where '.properties.tier == 1'
  portal query CartService --downstream            who is affected when it fails
  portal score --fail-under Silver                 hold entities to a level
  portal diff                                      what a change does to the catalog
  portal run dev_environment                       start a self-service action
  portal scaffold new http-service                 start a service from a template
  portal serve --open                              look at the site while you write
  portal build --output site                       publish the catalog as a static site
  portal workflows                                 write actions as workflows of the CI system
  portal explain dangling-relation                 why a rule exists and how to satisfy it

Exit codes: 0 nothing at error level, 1 findings, 2 could not run, 101 a bug in portal, 130 interrupted.
portal needs no network, sends no telemetry and never asks for updates.";

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', global = true, value_name = "DIR", env = "PORTAL_DIR")]
    directory: Option<PathBuf>,
    /// Use this configuration file; its folder is the catalog root [default: portal.yaml, here or above]
    #[arg(long, global = true, value_name = "FILE", env = "PORTAL_CONFIG")]
    config: Option<PathBuf>,
    /// The instant of the run, ISO 8601: what `now`, presets and ages are measured from [default: the clock]
    #[arg(long, global = true, value_name = "INSTANT", env = "PORTAL_NOW")]
    now: Option<String>,
    /// Whether to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", env = "PORTAL_COLOR")]
    color: ColorChoice,
    /// Say less: once for errors only, twice for nothing but the exit code
    #[arg(short, long, global = true, action = clap::ArgAction::Count, env = "PORTAL_QUIET")]
    quiet: u8,
    /// Say more: what was read, from where, and how long it took
    #[arg(short, long, global = true, action = clap::ArgAction::Count, env = "PORTAL_VERBOSE")]
    verbose: u8,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a catalog: settings, blueprints, entities, a scorecard, an action, CI files
    Init(init::Init),
    /// Check every document, schema and relation
    Validate(validate::Validate),
    /// Render the static site
    Build(build::Build),
    /// Preview the site: it reloads while you write
    #[cfg(feature = "serve")]
    Serve(serve::Serve),
    /// Ask the catalog: entities, columns, relations, graphs
    Query(query::Query),
    /// Scorecard results; gates a pipeline
    Score(score::Score),
    /// What changed between two revisions: entities, relations, scores
    Diff(diff::Diff),
    /// Start a self-service action
    Run(run::Run),
    /// Start a service from a template: files, CI, docs and its entity
    Scaffold(scaffold::Scaffold),
    /// Write actions and automations as workflows of the CI system
    Workflows(workflows::Workflows),
    /// The templates of the site: copy one out, bring it up to date
    Templates(templates::Templates),
    /// JSON Schemas for editors and for our own outputs
    Schema(schema::Schema),
    /// Explain a rule of portal, or of the catalog's scorecards
    Explain(explain::Explain),
    /// Shell completions
    Completions(completions::Completions),
    /// What generated workflows call
    #[command(hide = true)]
    Ci(ci::Ci),
}

/// How a command ended, when it could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing at error level.
    Done,
    /// The catalog has errors.
    Findings,
}

/// Why a command could not run.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The catalog could not be opened.
    Open(Error),
    /// Something else, with what to do.
    Other(String),
    /// The person does not want to go on.
    Interrupted,
    /// Nobody reads what is written: not worth a word.
    BrokenPipe,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Open(error)
    }
}

impl From<crate::git::GitError> for Failure {
    fn from(error: crate::git::GitError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<crate::output::Error> for Failure {
    fn from(error: crate::output::Error) -> Self {
        match error {
            crate::output::Error::Stopped => Self::Interrupted,
            error => Self::Other(error.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::Other(format!("cannot write: {error}")),
        }
    }
}

/// Runs the command that `arguments` ask for and returns its exit code: 0 done, 1 findings, 2 could not run.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    report_bugs();
    let portal = match Portal::try_parse_from(arguments) {
        Ok(portal) => portal,
        Err(error) => {
            // Help and version go to stdout with 0, mistakes to stderr with 2; clap knows which.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let global = &portal.global;
    jq::deepen_threads();
    // On a thread of the pool, so that small catalogs are read without waking another.
    match jq::on_deep_stack(|| portal.command.run(global)) {
        Ok(Outcome::Done) | Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Failure::Interrupted) => ExitCode::from(130),
        Err(failure) => {
            explain_failure(&failure, global);
            ExitCode::from(2)
        }
    }
}

impl Command {
    fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        match self {
            Self::Init(command) => command.run(global),
            Self::Validate(command) => command.run(global),
            Self::Build(command) => command.run(global),
            #[cfg(feature = "serve")]
            Self::Serve(command) => command.run(global),
            Self::Query(command) => command.run(global),
            Self::Score(command) => command.run(global),
            Self::Diff(command) => command.run(global),
            Self::Run(command) => command.run(global),
            Self::Scaffold(command) => command.run(global),
            Self::Workflows(command) => command.run(global),
            Self::Templates(command) => command.run(global),
            Self::Schema(command) => command.run(global),
            Self::Explain(command) => command.run(global),
            Self::Completions(command) => command.run(),
            Self::Ci(command) => command.run(global),
        }
    }
}

/// Returns the command line's definition, for completions and documentation.
pub fn command() -> clap::Command {
    Portal::command()
}

/// Says on stderr why nothing was done.
fn explain_failure(failure: &Failure, global: &Global) {
    let mut stderr = io::stderr().lock();
    let said = match failure {
        Failure::Open(Error::Config { sources, diagnostics }) => {
            terminal::write_findings(sources, diagnostics.as_slice(), global, &mut stderr)
                .and_then(|()| writeln!(stderr, "error: {}", Error::config_message()))
        }
        Failure::Open(error) => writeln!(stderr, "error: {error}"),
        Failure::Other(message) => writeln!(stderr, "error: {message}"),
        Failure::Interrupted | Failure::BrokenPipe => Ok(()),
    };
    // There is nowhere left to say that stderr cannot be written.
    let _ = said;
}

/// Makes a panic, which is always a bug of ours, ask for a report; Rust then exits with 101.
fn report_bugs() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        let _ = writeln!(
            io::stderr(),
            "\nThis is a bug in portal {}. Please report it with the lines above: {}/issues",
            env!("CARGO_PKG_VERSION"),
            env!("CARGO_PKG_REPOSITORY"),
        );
    }));
}
