//! `portal scaffold test`: templates against their tests.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use clap::Args;
use serde_json::{Value, json};

use super::outline::between;
use super::workshop::Workshop;
use super::{Format, refusal};
use crate::cli::{Failure, Global, Outcome, interrupt};
use crate::model::scaffold::TESTS;
use crate::output::batch::{self, Change};
use crate::printable::{self, plural, shown};
use crate::scaffold::Template;
use crate::scaffold::case::{self, CaseFault};
use crate::workflow::difference::difference;

/// Hold templates against their tests
///
/// A test is a folder `tests/NAME` of a template: `answers.yaml`, and in `expected/` every file that they become. Nothing
/// is written but with --update.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Test {
    /// A template [default: all of the catalog]
    template: Option<String>,
    /// A test of it [default: all]
    case: Option<String>,
    /// Write what is made to `expected/`, after showing what differs
    #[arg(long)]
    update: bool,
    /// How to write what came out
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "Examples:
  portal scaffold test                             all tests of all templates
  portal scaffold test http-service minimal        one
  portal scaffold test http-service --update       take what is made for what is expected; read it before it is committed

Exit codes: 0 all hold, 1 one does not, 2 there are none or they could not be run.";

/// The tests of a template, run.
struct Run {
    template: String,
    /// The folder of the template on disk, when it is there.
    folder: Option<PathBuf>,
    outcomes: Vec<case::Outcome>,
}

impl Test {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let workshop = Workshop::open(global)?;
        let listed = workshop.list()?;
        let names: Vec<String> = match &self.template {
            Some(name) => vec![name.clone()],
            None => listed.iter().map(|it| it.identifier.clone()).collect(),
        };
        let mut runs: Vec<Run> = Vec::new();
        let mut without: Vec<String> = Vec::new();
        let mut is_wrong = false;
        for name in names {
            let Some(template) = workshop.template(&name)? else {
                is_wrong = true;
                continue;
            };
            match case::run(&workshop.library(), &template, self.case.as_deref()) {
                Ok(outcomes) => {
                    let folder = folder(&workshop, &name)?;
                    runs.push(Run { template: template.identifier, folder, outcomes });
                }
                Err(reason) if self.template.is_some() => return Err(Failure::Other(shown(&reason))),
                Err(_) if has_tests(&template) => is_wrong = true,
                Err(_) => without.push(template.identifier),
            }
        }
        if runs.is_empty() && !is_wrong {
            return Err(Failure::Other(
                "there are no tests: put answers.yaml and expected/ into scaffolds/TEMPLATE/tests/NAME/"
                    .into(),
            ));
        }
        self.say(&runs, &without, global)?;
        let left = if self.update { self.accept(&runs, global)? } else { failing(&runs) };
        Ok(if left > 0 || is_wrong { Outcome::Findings } else { Outcome::Done })
    }

    fn say(&self, runs: &[Run], without: &[String], global: &Global) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        if self.format == Format::Json {
            let tests: Vec<Value> =
                runs.iter().flat_map(|run| run.outcomes.iter().map(|it| said(run, it))).collect();
            let said = json!({
                "schema": "portal.scaffold-test/v1", "tests": tests, "untested": without,
                "failed": failing(runs),
            });
            write!(out, "{}", printable::json(&said).map_err(io::Error::from)?)?;
            return Ok(());
        }
        for run in runs {
            for outcome in &run.outcomes {
                let name = shown(&format!("{}/{}", run.template, outcome.name));
                if outcome.faults.is_empty() {
                    writeln!(out, "ok      {name}")?;
                    continue;
                }
                writeln!(out, "failed  {name}")?;
                for fault in &outcome.faults {
                    write!(out, "{}", told(fault))?;
                }
            }
        }
        if global.quiet > 0 {
            return Ok(());
        }
        let mut stderr = io::stderr().lock();
        let count = runs.iter().map(|run| run.outcomes.len()).sum();
        writeln!(stderr, "{}: {} failed", plural(count, "test", "tests"), failing(runs))?;
        for template in without {
            writeln!(stderr, "{} has no tests", shown(template))?;
        }
        Ok(())
    }

    /// Writes what is made to where it is expected; returns how many tests still fail.
    fn accept(&self, runs: &[Run], global: &Global) -> Result<usize, Failure> {
        let mut left = 0;
        for run in runs {
            let wrong = run.outcomes.iter().filter(|outcome| !outcome.faults.is_empty());
            for outcome in wrong {
                let refused = |fault: &CaseFault| matches!(fault, CaseFault::Refused(_));
                if outcome.faults.iter().any(refused) {
                    left += 1;
                    continue;
                }
                let Some(folder) = &run.folder else {
                    let name = shown(&run.template);
                    return Err(Failure::Other(format!(
                        "`{name}` is not on this disk, so --update cannot write"
                    )));
                };
                write_expected(folder, outcome)?;
                if global.quiet == 0 {
                    let place = format!("{}/{TESTS}/{}/expected", run.template, outcome.name);
                    writeln!(io::stderr(), "wrote {}; read it before you commit it", shown(&place))?;
                }
            }
        }
        Ok(left)
    }
}

/// Brings the folder `expected/` of a test to what was made.
fn write_expected(folder: &std::path::Path, outcome: &case::Outcome) -> Result<(), Failure> {
    let below = format!("{TESTS}/{}/expected", outcome.name);
    let gone = outcome.faults.iter().filter_map(|fault| match fault {
        CaseFault::Missing(path) => Some((format!("{below}/{path}"), None, false)),
        _ => None,
    });
    let made = outcome
        .made
        .iter()
        .map(|(path, bytes, executable)| (format!("{below}/{path}"), Some(bytes.as_slice()), *executable));
    let changes: Vec<(String, Option<&[u8]>, bool)> = made.chain(gone).collect();
    let changes: Vec<Change<'_>> = changes
        .iter()
        .map(|(path, bytes, executable)| Change { path, bytes: *bytes, executable: *executable })
        .collect();
    let stop = interrupt::flag();
    let written = batch::write(folder, &changes, stop);
    match written {
        Ok(_) => Ok(()),
        Err(_) if stop.load(Ordering::Relaxed) => Err(Failure::Interrupted),
        Err(error) => Err(Failure::Other(error.to_string())),
    }
}

/// Returns the folder of a template on disk.
fn folder(workshop: &Workshop<'_>, name: &str) -> Result<Option<PathBuf>, Failure> {
    let listed = workshop.list()?.into_iter().find(|it| it.identifier == name);
    let folder = match listed {
        Some(listed) => workshop.root().join(listed.folder),
        None => workshop.directory.join(name.replacen("//", "/", 1)),
    };
    Ok(folder.is_dir().then_some(folder))
}

fn has_tests(template: &Template) -> bool {
    !template.tree.below(TESTS).files.is_empty()
}

fn failing(runs: &[Run]) -> usize {
    runs.iter().flat_map(|run| &run.outcomes).filter(|outcome| !outcome.faults.is_empty()).count()
}

/// Returns what is wrong, for people.
fn told(fault: &CaseFault) -> String {
    match fault {
        CaseFault::Refused(reason) => {
            refusal::lines(reason).iter().map(|line| format!("  {line}\n")).collect()
        }
        CaseFault::Missing(path) => format!("  expected/{} is not made\n", shown(path)),
        CaseFault::Unexpected(path) => format!("  {} is made, and not in expected/\n", shown(path)),
        CaseFault::Different(path, expected, made) => between(path, Some(expected), Some(made), difference),
        CaseFault::Mode(path, should) => {
            let is = if *should { "cannot be run, and should" } else { "can be run, and should not" };
            format!("  {} {is}\n", shown(path))
        }
    }
}

fn said(run: &Run, outcome: &case::Outcome) -> Value {
    let fault = |fault: &CaseFault| match fault {
        CaseFault::Refused(reason) => json!({"fault": "refused", "reasons": refusal::lines(reason)}),
        CaseFault::Missing(path) => json!({"fault": "missing", "path": path}),
        CaseFault::Unexpected(path) => json!({"fault": "unexpected", "path": path}),
        CaseFault::Different(path, expected, made) => json!({
            "fault": "different", "path": path, "diff": between(path, Some(expected), Some(made), difference),
        }),
        CaseFault::Mode(path, should) => json!({"fault": "mode", "path": path, "executable": should}),
    };
    json!({
        "template": run.template, "test": outcome.name, "passed": outcome.faults.is_empty(),
        "faults": outcome.faults.iter().map(fault).collect::<Vec<_>>(),
    })
}
