//! Findings: what is wrong in a catalog, where, why, and what to do.
//!
//! A mistake in a catalog is a value, a [`Diagnostic`], pushed to [`Diagnostics`] while the run goes on.
//! How findings look is left to `report`; which [`Rule`]s exist, with their explanations, is `rule`.

mod level;
mod rule;
mod suggestion;

pub use level::Levels;
pub use rule::{Content, ExampleFile, Explanation, Rule};
pub use suggestion::{closest, did_you_mean};

use crate::source::{SourceId, Span};

/// How serious a finding is; only errors fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, nothing to fix now.
    Info,
    /// Likely a mistake, or a form that will go.
    Warning,
    /// Wrong: the catalog cannot be trusted here.
    Error,
}

impl Severity {
    /// Returns the word shown to users: `error`, `warning` or `info`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there, in a few words; may be empty.
    pub text: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that was broken.
    pub rule: Rule,
    /// The rule's severity, or what the configuration made of it.
    pub severity: Severity,
    /// One lower-case sentence without a full stop, names in backticks.
    pub message: String,
    /// The smallest thing that is wrong.
    pub primary: Label,
    /// Other places that explain it, such as where the name is declared.
    pub related: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Returns a finding of `rule` at `span` with the rule's own severity.
    pub fn new(rule: Rule, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            related: Vec::new(),
            help: None,
        }
    }

    /// Says what is at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place with what is there.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to do, when there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }

    /// Returns the source the finding is in.
    pub fn source(&self) -> SourceId {
        self.primary.span.source
    }
}

/// The findings of a run.
#[derive(Debug, Default, Clone)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds all findings of a part of the run.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.found.extend(others);
    }

    /// Returns the findings so far, in the order in which they were found or, once sorted, of their places.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.found
    }

    /// Keeps the findings for which `keep` holds.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.found.retain(keep);
    }

    /// Gives each finding the severity that `level` says; `None` drops it.
    pub fn level(&mut self, mut level: impl FnMut(&Diagnostic) -> Option<Severity>) {
        self.found.retain_mut(|diagnostic| {
            level(diagnostic).is_some_and(|severity| {
                diagnostic.severity = severity;
                true
            })
        });
    }

    /// Puts the findings in the order of their places (sources are in path order), then of rule and message,
    /// and drops exact repetitions, so that a report does not depend on which thread found what first.
    pub fn sort(&mut self) {
        self.found
            .sort_by(|a, b| (a.primary.span, a.rule, &a.message).cmp(&(b.primary.span, b.rule, &b.message)));
        self.found.dedup();
    }

    /// Returns how many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Returns whether a finding is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}
