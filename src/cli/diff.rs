//! `portal diff`: what changed between two revisions.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::open::Source;
use super::{Failure, Global, Outcome, open};
use crate::change::{self, Format, Report};
use crate::git;
use crate::history::Change;

/// What changed between two revisions: entities, relations, scores
///
/// Compares the work tree, or HEAD when it is named, with the merge base of BASE: what a pull request does to the
/// catalog. References that now dangle are named with who holds them, levels with the rule and the line that moved them.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Diff {
    /// The revision to compare with [default: the default branch]
    base: Option<String>,
    /// The revision to compare [default: the work tree]
    head: Option<String>,
    /// How to write what changed
    #[arg(long, value_name = "FORMAT", default_value = "text", env = "PORTAL_DIFF_FORMAT")]
    format: Choice,
    /// Write to FILE instead of stdout
    #[arg(short, long, value_name = "FILE", env = "PORTAL_OUTPUT")]
    output: Option<PathBuf>,
    /// End with 1 when something changed
    #[arg(long, env = "PORTAL_EXIT_CODE")]
    exit_code: bool,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// For people, short
    Text,
    /// portal.diff/v1, complete
    Json,
    /// A comment for a pull request
    Markdown,
}

const EXAMPLES: &str = "Examples:
  portal diff
  portal diff origin/main --format markdown -o comment.md
  portal diff v1.3.0 v1.4.0
  portal diff HEAD --exit-code

A catalog with errors is compared all the same; `portal validate` says what is wrong with it.";

impl Diff {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let source = Source { at: self.head.clone() };
        let opened = source.open(global, None)?;
        let base = match &self.base {
            Some(base) => base.clone(),
            None => git::default_branch(&opened.root)?,
        };
        let base = git::merge_base(&opened.root, &base, self.head.as_deref())?;
        let old = open::beside(global, opened, &base)?;
        let change = Change::between(&old, &opened.portal);
        let report = Report {
            change: &change,
            base,
            head: self.head.clone(),
            now: opened.portal.now,
            color: self.output.is_none() && global.color(&io::stdout()),
        };
        self.write(global, &report)?;
        Ok(if self.exit_code && !change.is_empty() { Outcome::Findings } else { Outcome::Done })
    }

    fn write(&self, global: &Global, report: &Report<'_>) -> Result<(), Failure> {
        let format = match self.format {
            Choice::Text => Format::Text,
            Choice::Json => Format::Json,
            Choice::Markdown => Format::Markdown,
        };
        let mut text = Vec::new();
        change::write(format, report, &mut text)?;
        match &self.output {
            Some(path) => fs::write(path, &text)
                .map_err(|error| Failure::Other(format!("cannot write `{}`: {error}", path.display())))?,
            None if global.is_silent() => {}
            None => io::stdout().lock().write_all(&text)?,
        }
        if (self.output.is_some() || format == Format::Json) && global.quiet == 0 {
            writeln!(io::stderr(), "{}", change::verdict(report.change))?;
        }
        Ok(())
    }
}
