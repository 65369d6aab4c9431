//! `portal validate`: every document, schema and relation.

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::open::{self, Opened, Source};
use super::{Failure, Global, Outcome, filter, repository};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::report::{self, Baseline, Format, Report, Summary};

/// Check every document, schema and relation
///
/// Reads the whole catalog and reports every mistake with its line, its cause and what to do: all of them in one
/// run, in path order.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Validate {
    /// Report only findings in these files or folders; `-` reads one file from stdin
    paths: Vec<PathBuf>,
    /// Where the text on stdin belongs
    #[arg(long, value_name = "PATH")]
    stdin_path: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    output: Output,
}

/// Which findings are reported.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
struct Selection {
    /// Report only these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',', env = "PORTAL_SELECT")]
    select: Vec<String>,
    /// Leave these rules out
    #[arg(long, value_name = "RULES", value_delimiter = ',', env = "PORTAL_IGNORE")]
    ignore: Vec<String>,
    /// Report only what this file does not hold
    #[arg(long, value_name = "FILE", env = "PORTAL_BASELINE")]
    baseline: Option<PathBuf>,
    /// Write today's findings to the baseline, and report none
    #[arg(long, requires = "baseline")]
    update_baseline: bool,
    /// Report only what a change since the merge base with REV caused
    #[arg(long, value_name = "REV", env = "PORTAL_CHANGED_SINCE")]
    changed_since: Option<String>,
}

/// How they are reported.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct Output {
    /// The format of the report; `auto` is github in a GitHub job, text elsewhere
    #[arg(long, value_name = "FORMAT", default_value = "auto", env = "PORTAL_FORMAT")]
    format: Choice,
    /// Write the report to FILE instead of stdout
    #[arg(short, long, value_name = "FILE", env = "PORTAL_OUTPUT")]
    output: Option<PathBuf>,
    /// Count findings by rule instead of listing them
    #[arg(long, env = "PORTAL_STATISTICS")]
    statistics: bool,
    /// End with 0 even when there are errors
    #[arg(long, env = "PORTAL_EXIT_ZERO")]
    exit_zero: bool,
    /// End with 1 on warnings too
    #[arg(long, env = "PORTAL_ERROR_ON_WARNING")]
    error_on_warning: bool,
}

/// The formats of a report, and the choice left to portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// github under GITHUB_ACTIONS, else text
    Auto,
    /// Findings with the lines they are in
    Text,
    /// One line for each finding
    Concise,
    /// portal.diagnostics/v1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitHub annotations
    Github,
    /// GitLab code quality
    Gitlab,
    /// JUnit XML
    Junit,
    /// A comment for a pull request
    Markdown,
}

const EXAMPLES: &str = "Examples:
  portal validate
  portal validate entities/Component --format concise
  portal validate --changed-since origin/main --format markdown -o comment.md
  portal validate --at v1.4.0
  portal validate --baseline portal-baseline.json --update-baseline
  portal validate - --stdin-path entities/Component/cart.yaml < cart.yaml";

impl Validate {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let (select, ignore) =
            (filter::rules(&self.selection.select)?, filter::rules(&self.selection.ignore)?);
        let opened = self.source.open(global, self.overlay()?)?;
        let mut found = self.found(opened)?;
        self.keep_paths(opened, &mut found)?;
        filter::by_rule(&mut found, &select, &ignore, &opened.portal.sources);
        let mut hidden = 0;
        if let Some(revision) = &self.selection.changed_since {
            (found, hidden) = filter::by_change(found, opened, revision, self.source.at.as_deref())?;
        }
        if let Some(path) = &self.selection.baseline {
            if self.selection.update_baseline {
                return self.write_baseline(opened, &found, path);
            }
            let (kept, known) = filter::baseline(path)?.filter(found, &opened.portal.sources);
            (found, hidden) = (kept, hidden + known);
        }
        self.report(global, opened, &found, hidden)?;
        Ok(self.outcome(&found))
    }

    /// Returns what is wrong with the catalog and with what was generated from it, in the order of places.
    fn found(&self, opened: &Opened) -> Result<Vec<Diagnostic>, Failure> {
        let mut found = Diagnostics::default();
        found.extend(opened.portal.diagnostics.as_slice().to_vec());
        found.extend(repository::findings(opened, self.source.at.as_deref())?);
        found.sort();
        Ok(found.into_iter().collect())
    }

    /// Returns the file on stdin: its path and its bytes.
    fn overlay(&self) -> Result<Option<(PathBuf, Vec<u8>)>, Failure> {
        let stdin = self.paths.iter().any(|path| path.as_os_str() == "-");
        match (&self.stdin_path, stdin) {
            (None, false) => Ok(None),
            (Some(_), false) => {
                Err(Failure::Other("--stdin-path needs `-`: portal validate - --stdin-path PATH".into()))
            }
            (None, true) => Err(Failure::Other("`-` needs --stdin-path, which says what the text is".into())),
            (Some(path), true) => {
                let mut bytes = Vec::new();
                io::stdin().lock().read_to_end(&mut bytes)?;
                Ok(Some((path.clone(), bytes)))
            }
        }
    }

    /// Keeps the findings in the files and folders named on the command line; from stdin, those of that file.
    fn keep_paths(&self, opened: &Opened, found: &mut Vec<Diagnostic>) -> Result<(), Failure> {
        let named = self.paths.iter().filter(|path| path.as_os_str() != "-").chain(&self.stdin_path);
        let mut kept = Vec::new();
        for path in named {
            let relative = open::inside(&opened.root, &opened.directory, path)?;
            let read = |prefix: &str| {
                opened.portal.sources.iter().any(|(_, source)| is_below(source.path(), prefix))
            };
            if !relative.is_empty() && !read(&relative) {
                let said = format!(
                    "`{}` is not among the {} files of the catalog",
                    path.display(),
                    opened.portal.files
                );
                return Err(Failure::Other(said));
            }
            kept.push(relative);
        }
        if !kept.is_empty() {
            let path = |finding: &Diagnostic| opened.portal.sources.get(finding.source()).path();
            found.retain(|finding| kept.iter().any(|prefix| is_below(path(finding), prefix)));
        }
        Ok(())
    }

    fn write_baseline(
        &self,
        opened: &Opened,
        found: &[Diagnostic],
        path: &PathBuf,
    ) -> Result<Outcome, Failure> {
        let report = report(opened, found, 0);
        fs::write(path, Baseline::of(&report).to_json())
            .map_err(|error| Failure::Other(format!("cannot write `{}`: {error}", path.display())))?;
        writeln!(io::stderr(), "wrote {} findings to {}", found.len(), path.display())?;
        Ok(Outcome::Done)
    }

    /// Writes the report, and for programs' formats the last line to stderr.
    fn report(
        &self,
        global: &Global,
        opened: &Opened,
        found: &[Diagnostic],
        hidden: usize,
    ) -> Result<(), Failure> {
        let report = report(opened, found, hidden);
        let format = self.format();
        let style = global.style(&io::stdout());
        let mut text = Vec::new();
        if self.output.statistics {
            report::statistics(&report, &mut text)?;
        } else {
            report::write(format, &report, &style, &mut text)?;
        }
        match &self.output.output {
            Some(path) => fs::write(path, &text)
                .map_err(|error| Failure::Other(format!("cannot write `{}`: {error}", path.display())))?,
            None if global.is_silent() => {}
            None => io::stdout().lock().write_all(&text)?,
        }
        let said = format == Format::Text && self.output.output.is_none() && !self.output.statistics;
        if !said && global.quiet == 0 {
            writeln!(io::stderr(), "{}", report::summary_line(&report))?;
        }
        if format == Format::Github {
            write_step_summary(&report)?;
        }
        Ok(())
    }

    fn format(&self) -> Format {
        match self.output.format {
            Choice::Auto if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") => {
                Format::Github
            }
            Choice::Auto | Choice::Text => Format::Text,
            Choice::Concise => Format::Concise,
            Choice::Json => Format::Json,
            Choice::Sarif => Format::Sarif,
            Choice::Github => Format::Github,
            Choice::Gitlab => Format::Gitlab,
            Choice::Junit => Format::Junit,
            Choice::Markdown => Format::Markdown,
        }
    }

    fn outcome(&self, found: &[Diagnostic]) -> Outcome {
        let bar = if self.output.error_on_warning { Severity::Warning } else { Severity::Error };
        let failed = !self.output.exit_zero && found.iter().any(|finding| finding.severity >= bar);
        if failed { Outcome::Findings } else { Outcome::Done }
    }
}

/// Returns whether `path` is `prefix` or below the folder `prefix`.
fn is_below(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix.trim_end_matches('/'));
    prefix.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn report<'a>(opened: &'a Opened, found: &'a [Diagnostic], hidden: usize) -> Report<'a> {
    let summary = Summary {
        files: opened.portal.files,
        entities: opened.portal.catalog.entity_count(),
        elapsed: Some(opened.elapsed),
        hidden,
    };
    Report { sources: &opened.portal.sources, diagnostics: found, summary, prefix: opened.prefix.clone() }
}

/// Adds the whole list to the job's summary, where GitHub says to write it: annotations are capped.
fn write_step_summary(report: &Report<'_>) -> Result<(), Failure> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let mut file = fs::OpenOptions::new().append(true).create(true).open(&path)?;
    Ok(file.write_all(report::step_summary(report).as_bytes())?)
}
