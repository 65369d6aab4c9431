//! What conditions look at outside the catalog's documents, and what one file, or the history of one path, says.

use std::sync::Arc;

use globset::GlobMatcher;
use regex::Regex;
use serde_json::Value;

use super::evidence::shown_json;
use super::operator::Operator;
use super::place::join;
use super::test::Truth;
use crate::jq::{self, Filter, Input};
use crate::known::Known;
use crate::model::instant::{Age, Instant};
use crate::source::SourceId;
use crate::worktree::Content;
use crate::yaml;

/// How many files one entity's pattern is looked for in.
const MOST_FILES: usize = 100;

/// A folder that jq gives.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) filter: Arc<Filter>,
    pub(super) source: String,
}

/// A path, or a pattern of paths.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) glob: Option<GlobMatcher>,
}

/// A condition on files.
#[derive(Debug)]
pub(super) struct FileTest {
    pub(super) root: Option<Root>,
    pub(super) pattern: Pattern,
    pub(super) ask: FileAsk,
}

/// What is asked of files.
#[derive(Debug)]
pub(super) enum FileAsk {
    Exists,
    Absent,
    Matches(Regex),
    Lacks(Regex),
    Jq(Arc<Filter>, String),
}

/// A condition on the history of a path.
#[derive(Debug)]
pub(super) struct GitTest {
    pub(super) root: Option<Root>,
    pub(super) path: Option<String>,
    pub(super) operator: Operator,
    pub(super) age: Age,
}

/// What has been found for an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) truth: Truth,
    /// What was seen, in a few words.
    pub(super) seen: String,
    /// The file that decided.
    pub(super) file: Option<String>,
}

impl Answer {
    pub(super) fn new(truth: impl Into<Truth>, seen: impl Into<String>, file: Option<&str>) -> Self {
        Self { truth: truth.into(), seen: seen.into(), file: file.map(String::from) }
    }

    pub(super) fn unknown(seen: impl Into<String>) -> Self {
        Self::new(Truth::Unknown, seen, None)
    }
}

impl Pattern {
    /// Returns the files below `root` that are meant, in order.
    pub(super) fn find<'f>(&self, root: &str, listed: &'f [String]) -> Vec<&'f str> {
        let Some(glob) = &self.glob else {
            let path = join(root, &self.text);
            let found = listed.binary_search_by(|file| file.as_str().cmp(&path)).ok();
            return found.map(|at| listed[at].as_str()).into_iter().collect();
        };
        let prefix = if root.is_empty() { String::new() } else { format!("{root}/") };
        let start = listed.partition_point(|file| file.as_str() < prefix.as_str());
        let below = listed[start..].iter().take_while(|file| file.starts_with(&prefix));
        let meant = below.filter(|file| glob.is_match(&file[prefix.len()..]));
        meant.map(String::as_str).take(MOST_FILES).collect()
    }
}

impl FileTest {
    /// Returns whether all of several files are meant, not one of them.
    pub(super) fn needs_all(&self) -> bool {
        matches!(self.ask, FileAsk::Lacks(_))
    }

    /// Returns the answer when no file has to be read for it.
    pub(super) fn settled(&self, paths: &[&str]) -> Option<Answer> {
        let first = paths.first().copied();
        let missing = || format!("there is no `{}`", self.pattern.text);
        match (&self.ask, first) {
            (FileAsk::Exists, Some(path)) => Some(Answer::new(true, format!("`{path}` exists"), first)),
            (FileAsk::Absent, Some(path)) => Some(Answer::new(false, format!("`{path}` exists"), first)),
            (FileAsk::Absent | FileAsk::Lacks(_), None) => Some(Answer::new(true, missing(), None)),
            (_, None) => Some(Answer::new(false, missing(), None)),
            (FileAsk::Lacks(_), Some(_)) if paths.len() == MOST_FILES => {
                Some(Answer::unknown(format!("`{}` means too many files", self.pattern.text)))
            }
            _ => None,
        }
    }

    /// Returns what one file says.
    pub(super) fn look(&self, path: &str, content: &Content, known: Known<'_>) -> Answer {
        let Content::Text(text) = content else {
            return Answer::unknown(format!("`{path}` is no text, or larger than 1 MiB"));
        };
        let line = |regex: &Regex| {
            let start = regex.find(text)?.start();
            Some(1 + text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count())
        };
        match &self.ask {
            FileAsk::Exists | FileAsk::Absent => Answer::unknown("no file has to be read"),
            FileAsk::Matches(regex) => match line(regex) {
                Some(line) => Answer::new(true, format!("`{path}` has it in line {line}"), Some(path)),
                None => Answer::new(false, format!("`{path}` has no such text"), Some(path)),
            },
            FileAsk::Lacks(regex) => match line(regex) {
                Some(line) => Answer::new(false, format!("`{path}` has it in line {line}"), Some(path)),
                None => Answer::new(true, format!("`{path}` has no such text"), Some(path)),
            },
            FileAsk::Jq(filter, _) => {
                let mut found = Vec::new();
                let document = yaml::parse(SourceId::new(0), text, &mut found);
                let Some(root) = document.roots().next() else {
                    return Answer::unknown(format!("`{path}` is neither YAML nor JSON"));
                };
                let json = root.to_json();
                let given = || filter.first(&Input::from_json(&json), known.now.seconds());
                match jq::on_deep_stack(given).map(Option::unwrap_or_default) {
                    Ok(given) => {
                        let holds = !matches!(given, Value::Null | Value::Bool(false));
                        Answer::new(holds, format!("`{path}` gives {}", shown_json(&given)), Some(path))
                    }
                    Err(error) => Answer::new(Truth::Unknown, format!("`{path}`: {error}"), Some(path)),
                }
            }
        }
    }
}

impl GitTest {
    /// Returns what the last commit of a path, made at `at`, says.
    pub(super) fn look(&self, path: &str, at: Instant, now: Instant) -> Answer {
        let age = now.since(at);
        let holds = self.operator.accepts(age.cmp(&self.age));
        Answer::new(
            holds,
            format!("`{path}` was last changed {} ({} ago)", at.date(), age.shown()),
            Some(path),
        )
    }
}
