//! Reports: the findings of a run, written for people and for programs.
//!
//! Each format is a file of its own with one `write` function; [`write()`] here chooses. All read the same
//! [`Report`]. What a text may look like on a terminal is `printable`'s concern, lines and columns are
//! `place`'s. Which findings there are, and at which level, was decided before.

mod baseline;
mod concise;
mod fingerprint;
mod github;
mod gitlab;
pub mod json;
mod junit;
mod markdown;
mod place;
mod sarif;
mod snippet;
mod summary;
mod text;

#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::time::Duration;

use clap::ValueEnum;

use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::printable;
use crate::source::{SourceId, Sources};

pub use baseline::Baseline;
pub use markdown::step_summary;
pub use summary::{statistics, summary_line};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Findings with the lines they are in, for people.
    Text,
    /// One line for each finding.
    Concise,
    /// The `portal.diagnostics/v1` document.
    Json,
    /// SARIF 2.1.0, for GitHub code scanning and others.
    Sarif,
    /// GitHub workflow commands, which become annotations.
    Github,
    /// A GitLab code quality report.
    Gitlab,
    /// JUnit XML: one suite for each file with findings.
    Junit,
    /// A Markdown comment for a pull request.
    Markdown,
}

/// What was looked at, besides the findings.
#[derive(Debug, Default, Clone)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Entities in them.
    pub entities: usize,
    /// How long it took; left out of what programs read, so that equal input gives equal bytes.
    pub elapsed: Option<Duration>,
    /// Findings that a baseline or `--changed-since` left out.
    pub hidden: usize,
}

/// The findings of a run, with all that is needed to write them.
#[derive(Debug)]
pub struct Report<'a> {
    /// The texts that the findings are in.
    pub sources: &'a Sources,
    /// The findings, sorted.
    pub diagnostics: &'a [Diagnostic],
    /// What was looked at.
    pub summary: Summary,
    /// What to put before a path relative to the catalog root: empty, or `services/catalog/`. JSON alone
    /// does without it.
    pub prefix: String,
}

/// How a report for people looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to use colours.
    pub color: bool,
    /// Whether the terminal follows hyperlinks.
    pub links: bool,
    /// Columns of the terminal; longer source lines are clipped.
    pub width: usize,
    /// Whether `text` and `concise` show errors only, without the summary line.
    pub quiet: bool,
}

impl Report<'_> {
    /// Returns how many findings have this severity.
    fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Returns the path of a source with the prefix.
    fn path(&self, source: SourceId) -> String {
        format!("{}{}", self.prefix, self.sources.get(source).path())
    }

    /// Returns the findings with errors first, otherwise in their order.
    fn errors_first(&self) -> Vec<&Diagnostic> {
        let mut ordered: Vec<&Diagnostic> = self.diagnostics.iter().collect();
        ordered.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
        ordered
    }
}

/// Writes `report` as `format`; `style` matters to the formats for people only.
pub fn write(format: Format, report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Text => text::write(report, style, &mut out),
        Format::Concise => concise::write(report, style, &mut out),
        Format::Json => json::write(report, &mut out),
        Format::Sarif => sarif::write(report, &mut out),
        Format::Github => github::write(report, &mut out),
        Format::Gitlab => gitlab::write(report, &mut out),
        Format::Junit => junit::write(report, &mut out),
        Format::Markdown => markdown::write(report, &mut out),
    }?;
    out.flush()
}

/// Returns what a finding says, a line for each part: the message, the label, the help.
fn lines(diagnostic: &Diagnostic) -> Vec<String> {
    let label = Some(&diagnostic.primary.text).filter(|text| !text.is_empty());
    let mut lines = vec![printable::shown(&diagnostic.message)];
    lines.extend(label.map(|text| printable::shown(text)));
    lines.extend(diagnostic.help.as_ref().map(|text| format!("help: {}", printable::shown(text))));
    lines
}

/// Returns the address of a rule's documentation, or `None` while the package names no repository.
fn rule_url(repository: &str, rule: Rule) -> Option<String> {
    let repository = repository.trim_end_matches('/');
    (!repository.is_empty()).then(|| format!("{repository}/blob/main/docs/rules.md#{}", rule.name()))
}

/// The package's repository, as Cargo knows it.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
