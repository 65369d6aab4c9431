//! What is wrong with a template, and where.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{Source, Sources, Span};

/// What is wrong with one text of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The bytes of the text that are wrong: an expression, a tag; empty when it is about all of it.
    pub range: Range<usize>,
    /// What is wrong: a lower-case sentence without a full stop, names in backticks.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// What is wrong with a file of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule that it breaks.
    pub rule: Rule,
    /// The file, below the folder of the skeleton.
    pub file: String,
    /// Its text: that of the file, or its name when the name is wrong.
    pub text: Arc<str>,
    /// What is wrong with it.
    pub mistake: Mistake,
}

impl Fault {
    /// Returns it as a finding, with the text that it is about added to `sources`; `folder` is where the skeleton is, as
    /// people see it.
    pub fn finding(&self, folder: &str, sources: &mut Sources) -> Diagnostic {
        let path = format!("{folder}/{}", self.file);
        let known = sources.find(&path).filter(|&id| sources.get(id).text() == &*self.text);
        let source = known.unwrap_or_else(|| sources.add(Source::new(path, Arc::clone(&self.text))));
        let Range { start, end } = self.mistake.range;
        let finding = Diagnostic::new(self.rule, Span::new(source, start, end), self.mistake.message.clone());
        finding.maybe_help(self.mistake.help.clone())
    }
}
