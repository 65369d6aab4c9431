//! What is wrong in a description.

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{Source, SourceId, Sources, Span};

use super::load::{Loaded, Origin};

/// The most that is said about one description.
pub(super) const MOST: usize = 20;

/// Something that is wrong in one of the texts of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The number of the text, among those that were loaded.
    pub text: usize,
    /// Where in it; the source is the catalog's only when the description is written in an entity as a value.
    pub span: Span,
    /// One lower-case sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// Returns a problem of the bytes `start..end` of a text.
    pub(super) fn at(text: usize, start: usize, end: usize, message: impl Into<String>) -> Self {
        let span = Span::new(SourceId::new(0), start, end);
        Self { text, span, message: message.into(), help: None }
    }

    /// Says what to do.
    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Loaded<'_> {
    /// Returns the path of the file and the line that a problem is in: for people.
    pub fn place(&self, problem: &Problem, sources: &Sources) -> (String, usize) {
        match self.origin(problem.text) {
            Origin::File(path) => {
                let text = self.text(problem.text);
                let before = text.as_bytes().get(..problem.span.start as usize).unwrap_or_default();
                (path.to_string(), 1 + before.iter().filter(|&&byte| byte == b'\n').count())
            }
            Origin::Value(span) => {
                let span = if self.is_tree() { problem.span } else { span };
                let source = sources.get(span.source);
                (source.path().to_string(), source.line_at(span.start))
            }
        }
    }
}

/// Returns what is wrong in a description as findings; the texts that these are about are added to `sources`.
pub fn findings(loaded: &Loaded<'_>, problems: &[Problem], sources: &mut Sources) -> Vec<Diagnostic> {
    let finding = |problem: &Problem, span: Span, message: String| {
        Diagnostic::new(Rule::InterfaceDescription, span, message).maybe_help(problem.help.clone())
    };
    let mut found = Vec::new();
    for problem in problems {
        match loaded.origin(problem.text) {
            Origin::File(path) => {
                let source = sources
                    .find(path)
                    .unwrap_or_else(|| sources.add(Source::new(path, loaded.text(problem.text))));
                found.push(finding(problem, Span { source, ..problem.span }, problem.message.clone()));
            }
            Origin::Value(_) if loaded.is_tree() => {
                found.push(finding(problem, problem.span, problem.message.clone()));
            }
            Origin::Value(span) => {
                // The text of a value may be folded or escaped: its lines are counted, not those of the file.
                let text = loaded.text(problem.text);
                let before = text.as_bytes().get(..problem.span.start as usize).unwrap_or_default();
                let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
                let message = format!("{}, in line {line} of this value", problem.message);
                found.push(finding(problem, span, message));
            }
        }
    }
    found
}
