//! Why an evaluation stopped, before it is known where.

use std::ops::Range;

use super::Mistake;
use crate::diagnostic::Rule;

/// Why an evaluation stopped.
#[derive(Debug, Clone)]
pub(super) struct Wrong {
    /// The rule that is broken.
    pub(super) rule: Rule,
    /// Where; `None` until the expression is known.
    pub(super) range: Option<Range<usize>>,
    /// What is wrong.
    pub(super) message: String,
    /// What to do.
    pub(super) help: Option<String>,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { rule: Rule::TemplateFault, range: None, message: message.into(), help: None }
    }

    #[must_use]
    pub(super) fn rule(self, rule: Rule) -> Self {
        Self { rule, ..self }
    }

    #[must_use]
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    #[must_use]
    pub(super) fn maybe_help(self, help: Option<String>) -> Self {
        Self { help: help.or(self.help), ..self }
    }

    /// Says where, unless a smaller part was named already.
    #[must_use]
    pub(super) fn at(self, range: Range<usize>) -> Self {
        Self { range: self.range.or(Some(range)), ..self }
    }

    /// Returns it as a mistake in a text.
    pub(super) fn mistake(self) -> Mistake {
        Mistake { range: self.range.unwrap_or(0..0), message: self.message, help: self.help }
    }
}
