//! Why a site could not be made, as a page shows it.

use serde_json::{Value, json};

/// The most findings that a page is told of; the terminal has them all.
const MOST: usize = 25;

/// Why a site could not be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// What is the matter, in one sentence.
    pub message: String,
    /// What exactly is wrong, in the order of places.
    pub findings: Vec<Finding>,
}

/// A mistake, and where it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding {
    /// The rule that was broken, when it is one of the catalog's.
    pub rule: Option<&'static str>,
    /// What is wrong.
    pub message: String,
    /// What is at the place.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// The file, relative to the catalog root.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1, when it is known.
    pub column: Option<usize>,
    /// The text of the line.
    pub text: Option<String>,
}

impl Failure {
    /// Returns a failure that has nothing more to say than a sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), findings: Vec::new() }
    }

    /// Returns the failure for a page: `more` counts the findings that are left out.
    pub(super) fn json(&self) -> Value {
        let findings: Vec<Value> = self.findings.iter().take(MOST).map(Finding::json).collect();
        json!({
            "message": self.message,
            "findings": findings,
            "more": self.findings.len().saturating_sub(MOST),
        })
    }
}

impl Finding {
    fn json(&self) -> Value {
        json!({
            "rule": self.rule,
            "message": self.message,
            "label": self.label,
            "help": self.help,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "text": self.text,
        })
    }
}
