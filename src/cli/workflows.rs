//! `portal workflows`: actions and automations as files of the CI system.

use std::io::{self, Write};
use std::path::Path;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::open::{Opened, Source};
use super::{Failure, Global, Outcome, interrupt, repository, terminal};
use crate::check;
use crate::diagnostic::{Diagnostics, Rule, Severity};
use crate::model::target::Target;
use crate::output::batch::{self, Change};
use crate::printable::{self, plural, shown};
use crate::workflow::Plan;
use crate::workflow::difference::difference;
use crate::workflow::state::{self, Comparison, State};

/// Write actions and automations as workflows of the CI system
///
/// Compiles the catalog's definitions into files for the CI systems of `ci.target`, writes those that are new or have
/// changed, and removes those whose definition is gone. A file that portal did not write is never touched.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Workflows {
    /// Only for this CI system, also when the configuration does not name it
    #[arg(long, value_name = "TARGET", env = "PORTAL_TARGET")]
    target: Option<Choice>,
    /// Write nothing; end with 1 when a file is stale, edited, missing or not needed any more
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change
    #[arg(long)]
    diff: bool,
    /// How to say what was done
    #[arg(long, value_name = "FORMAT", default_value = "text", env = "PORTAL_WORKFLOWS_FORMAT")]
    format: Format,
}

/// The CI systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
    /// Azure Pipelines: actions only
    Azure,
    /// Bitbucket Pipelines: actions only
    Bitbucket,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// portal.workflows/v1
    Json,
}

const EXAMPLES: &str = "Examples:
  portal workflows                     write the files for the CI system of portal.yaml
  portal workflows --check             in a pull request: fail when they are not up to date
  portal workflows --diff              what would change
  portal workflows --target gitlab     the files for another CI system

portal knows its own files by the line `# portal:digest` at their top.";

/// What is done with the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Check,
    Diff,
}

impl Workflows {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let opened = Source::default().open(global, None)?;
        if !opened.is_free_of_errors(global, "nothing was done")? {
            return Ok(Outcome::Findings);
        }
        let targets = self.targets(opened)?;
        let plan = Plan::of(&opened.portal.catalog, &opened.portal.sources, &targets);
        let root = repository::root(opened)?;
        // What was written for a system that is no longer named belongs nowhere.
        let looked_at = if self.target.is_some() { targets.as_slice() } else { Target::ALL };
        let compared = state::compare(&plan, &repository::present(&root, looked_at)?);
        let mode = match (self.check, self.diff) {
            (true, _) => Mode::Check,
            (false, true) => Mode::Diff,
            (false, false) => Mode::Write,
        };
        if mode == Mode::Write {
            write(&root, &compared)?;
        }
        self.say_findings(global, opened, &plan)?;
        self.say(global, &compared, mode)?;
        let failed = compared.iter().any(|file| match mode {
            Mode::Write => file.state == State::Foreign,
            Mode::Check => !file.state.is_fine(),
            Mode::Diff => false,
        });
        Ok(if failed { Outcome::Findings } else { Outcome::Done })
    }

    fn targets(&self, opened: &Opened) -> Result<Vec<Target>, Failure> {
        let chosen = self.target.map(|target| match target {
            Choice::Github => Target::GitHub,
            Choice::Gitlab => Target::GitLab,
            Choice::Azure => Target::Azure,
            Choice::Bitbucket => Target::Bitbucket,
        });
        let targets =
            chosen.map_or_else(|| opened.portal.catalog.config().ci.targets.clone(), |one| vec![one]);
        if targets.is_empty() {
            let help = "add `ci: {target: github}` to portal.yaml, or pass --target";
            return Err(Failure::Other(format!("no CI system is named: {help}")));
        }
        Ok(targets)
    }

    /// Says on stderr what cannot be written as it is meant.
    fn say_findings(&self, global: &Global, opened: &Opened, plan: &Plan) -> Result<(), Failure> {
        let least = if global.quiet > 0 { Severity::Error } else { Severity::Info };
        let mut found = Diagnostics::default();
        found.extend(plan.found.iter().cloned());
        check::suppress(&opened.portal.sources, &opened.portal.catalog, &mut found);
        // Comments that ignore other rules are not idle.
        found.retain(|finding| matches!(finding.rule, Rule::UnsupportedTarget | Rule::LossyTarget));
        let found: Vec<_> = found.into_iter().filter(|it| it.severity >= least).collect();
        if !found.is_empty() && !global.is_silent() {
            terminal::write_findings(&opened.portal.sources, &found, global, &mut io::stderr().lock())?;
        }
        Ok(())
    }

    fn say(&self, global: &Global, compared: &[Comparison], mode: Mode) -> Result<(), Failure> {
        if self.format == Format::Json {
            let text = printable::json(&report(compared, mode)).map_err(io::Error::other)?;
            io::stdout().lock().write_all(text.as_bytes())?;
        } else if !global.is_silent() {
            let mut stdout = io::stdout().lock();
            for file in compared.iter().filter(|file| file.state != State::Current) {
                stdout.write_all(line(file, mode).as_bytes())?;
            }
        }
        if global.quiet == 0 {
            writeln!(io::stderr(), "{}", summary(compared, mode))?;
        }
        Ok(())
    }
}

/// Brings all files to what they should be, but for those that are somebody else's; or none, when one cannot be.
fn write(root: &Path, compared: &[Comparison]) -> Result<(), Failure> {
    let changes = compared.iter().filter_map(|file| {
        let bytes = match (file.state, &file.expected) {
            (State::Missing | State::Stale | State::Edited, Some(text)) => Some(text.as_bytes()),
            (State::Orphaned, _) => None,
            _ => return None,
        };
        Some(Change { path: &file.path, bytes, executable: false })
    });
    let changes: Vec<Change<'_>> = changes.collect();
    // What is written stays.
    drop(batch::write(root, &changes, interrupt::flag())?);
    Ok(())
}

/// Returns what is said about a file.
fn line(file: &Comparison, mode: Mode) -> String {
    let path = shown(&file.path);
    let what = match (mode, file.state) {
        (Mode::Write, State::Missing | State::Stale) => return format!("wrote {path}\n"),
        (Mode::Write, State::Edited) => return format!("wrote {path}, which was changed by hand\n"),
        (Mode::Write, State::Orphaned) => return format!("removed {path}\n"),
        (_, state) => state.phrase(),
    };
    let mut said = format!("{path} {what}\n");
    // To check, it is enough to know that a file is missing or should be; what changed in one is worth seeing.
    let differs = matches!(file.state, State::Stale | State::Edited);
    let comes_or_goes = matches!(file.state, State::Missing | State::Orphaned);
    if (mode != Mode::Write && differs) || (mode == Mode::Diff && comes_or_goes) {
        said.push_str(&difference(&file.path, file.present.as_deref(), file.expected.as_deref()));
    }
    if let (State::Foreign, Some(help)) = (file.state, file.help()) {
        let help: Vec<String> = help.lines().map(|line| format!("  {line}").trim_end().to_string()).collect();
        said.push_str(&format!("{}\n", help.join("\n")));
    }
    said
}

/// Returns the last line.
fn summary(compared: &[Comparison], mode: Mode) -> String {
    let count = |wanted: &[State]| compared.iter().filter(|file| wanted.contains(&file.state)).count();
    let all = plural(compared.len(), "file", "files");
    let foreign = count(&[State::Foreign]);
    let wrong = compared.iter().filter(|file| !file.state.is_fine()).count();
    match mode {
        Mode::Write => {
            let written = count(&[State::Missing, State::Stale, State::Edited]);
            let removed = count(&[State::Orphaned]);
            let left = if foreign > 0 { format!(", {foreign} left alone") } else { String::new() };
            format!(
                "{all}: {written} written, {removed} removed, {} unchanged{left}",
                count(&[State::Current, State::Kept])
            )
        }
        _ if wrong == 0 => format!("{all}: all up to date"),
        _ if wrong == foreign => format!("{all}: {wrong} not written by portal, and in the way"),
        _ => format!("{all}: {wrong} not up to date; `portal workflows` brings them up to date"),
    }
}

/// Returns the report for programs.
fn report(compared: &[Comparison], mode: Mode) -> serde_json::Value {
    let file = |file: &Comparison| {
        let done =
            mode == Mode::Write && !matches!(file.state, State::Current | State::Kept | State::Foreign);
        json!({"path": file.path, "state": file.state.name(), "written": done, "help": file.help()})
    };
    json!({"schema": "portal.workflows/v1", "files": compared.iter().map(file).collect::<Vec<_>>()})
}
