//! Whether the files in a repository are the ones that belong there.

use std::collections::{BTreeMap, BTreeSet};

use super::header::{Authorship, authorship};
use super::plan::{File, Plan};
use super::{gitlab, text};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::target::Target;
use crate::source::Span;

/// A file that belongs, or belonged, in the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Its path from the root of the repository.
    pub path: String,
    /// How it is.
    pub state: State,
    /// What it holds; absent when it is not there.
    pub present: Option<String>,
    /// What belongs in it; absent when it does not belong there.
    pub expected: Option<String>,
    /// The action that it is made from.
    pub span: Option<Span>,
}

/// How a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it belongs.
    Current,
    /// Not there.
    Missing,
    /// As portal wrote it, when the definitions or settings were others.
    Stale,
    /// Changed by hand.
    Edited,
    /// Not needed any more.
    Orphaned,
    /// Somebody else's.
    Foreign,
    /// Somebody else's, and does what ours would.
    Kept,
}

impl State {
    /// Returns its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Edited => "edited",
            Self::Orphaned => "orphaned",
            Self::Foreign => "foreign",
            Self::Kept => "kept",
        }
    }

    /// Returns what it is, as the rest of a sentence about the file.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Current => "is up to date",
            Self::Missing => "is missing",
            Self::Stale => "is stale: the definitions or settings have changed",
            Self::Edited => "was changed by hand",
            Self::Orphaned => "is not needed any more",
            Self::Foreign => "was not written by portal, and is left alone",
            Self::Kept => "was not written by portal, and includes what is",
        }
    }

    /// Returns whether nothing has to be done.
    pub fn is_fine(self) -> bool {
        matches!(self, Self::Current | Self::Kept)
    }
}

/// Where files of ours are: a folder of the repository, and what their names begin with.
pub fn places(target: Target) -> &'static [(&'static str, &'static str)] {
    match target {
        Target::GitHub => &[(".github/workflows", "portal-")],
        Target::GitLab => &[(".gitlab/portal", ""), ("", gitlab::MAIN)],
        Target::Azure => &[(".azure", "portal-")],
        Target::Bitbucket => &[("", "bitbucket-pipelines.yml")],
    }
}

/// Returns how each file of a plan, and each file of ours that is in none, is; by path. `present` holds the files at
/// the [`places`] of the CI systems in question.
pub fn compare(plan: &Plan, present: &BTreeMap<String, String>) -> Vec<Comparison> {
    let planned: BTreeSet<&str> = plan.files.iter().map(|file| file.path.as_str()).collect();
    let orphans = present
        .iter()
        .filter(|(path, text)| !planned.contains(path.as_str()) && authorship(text) != Authorship::Foreign)
        .map(|(path, text)| Comparison {
            path: path.clone(),
            state: State::Orphaned,
            present: Some(text.clone()),
            expected: None,
            span: None,
        });
    let known = plan.files.iter().map(|file| {
        let there = present.get(&file.path);
        Comparison {
            path: file.path.clone(),
            state: state(file, there.map(String::as_str)),
            present: there.cloned(),
            expected: Some(file.text.clone()),
            span: file.span,
        }
    });
    let mut all: Vec<Comparison> = known.chain(orphans).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

fn state(file: &File, present: Option<&str>) -> State {
    let Some(present) = present else { return State::Missing };
    // Git may check files out with line ends of its own.
    if present == file.text || present.replace("\r\n", "\n") == file.text {
        return State::Current;
    }
    match authorship(present) {
        Authorship::Untouched => State::Stale,
        Authorship::Edited => State::Edited,
        Authorship::Foreign if file.path == gitlab::MAIN && includes(present, &file.text) => State::Kept,
        Authorship::Foreign => State::Foreign,
    }
}

/// Returns whether a file that somebody wrote includes each file that ours would include.
fn includes(present: &str, ours: &str) -> bool {
    let mut locals =
        ours.lines().filter_map(|line| line.trim_start().trim_start_matches("- ").strip_prefix("local: "));
    locals.all(|local| present.contains(local.trim_matches('"')))
}

impl Comparison {
    /// Returns what to do about it; `None` when there is nothing to do.
    pub fn help(&self) -> Option<String> {
        Some(match self.state {
            State::Current | State::Kept => return None,
            State::Foreign if self.path == gitlab::MAIN => format!(
                "add to it what ours would hold:\n{}",
                self.expected.as_deref().map(text::without_comments).unwrap_or_default().trim_end()
            ),
            State::Foreign => "rename or remove it, then run `portal workflows`".into(),
            State::Edited => {
                "run `portal workflows`, which discards the changes; make them to the definition instead"
                    .into()
            }
            State::Missing | State::Stale | State::Orphaned => "run `portal workflows`".into(),
        })
    }

    /// Returns the finding that the file is not as it belongs; `otherwise` is where one about no action is reported.
    pub fn finding(&self, otherwise: Span) -> Option<Diagnostic> {
        let help = self.help()?;
        let message = format!("`{}` {}", crate::printable::shown(&self.path), self.state.phrase());
        Some(Diagnostic::new(Rule::StaleWorkflow, self.span.unwrap_or(otherwise), message).help(help))
    }
}
