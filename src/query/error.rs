//! Mistakes in a question.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::diagnostic::did_you_mean;
use crate::jq::JqError;
use crate::printable::shown;

/// Why a question cannot be answered, with what to ask instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// What is wrong, without a full stop.
    pub message: String,
    /// The expression that is wrong, with a caret under the place.
    pub excerpt: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
}

impl QueryError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), excerpt: None, help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Suggests the `known` names nearest to `wrong`, else says `otherwise`.
    pub(super) fn near<'a>(
        self,
        wrong: &str,
        known: impl IntoIterator<Item = &'a str>,
        otherwise: String,
    ) -> Self {
        let help = did_you_mean(wrong, known).map(|help| shown(&help));
        self.help(help.unwrap_or(otherwise))
    }

    /// Returns the error that `source`, a condition, is not jq.
    pub(super) fn condition(source: &str, error: JqError) -> Self {
        let message = format!("the condition is not valid jq: {}", error.message);
        Self { message, excerpt: error.offset.map(|offset| excerpt(source, offset)), help: error.help }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        for line in self.excerpt.iter().flat_map(|excerpt| excerpt.lines()) {
            write!(out, "\n  {line}")?;
        }
        match &self.help {
            Some(help) => write!(out, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for QueryError {}

/// Returns the line of `source` that holds the byte `offset`, and a caret below it.
fn excerpt(source: &str, offset: usize) -> String {
    let offset = (0..=offset.min(source.len())).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0);
    let start = source[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = source[offset..].find('\n').map_or(source.len(), |at| offset + at);
    let before = shown(&source[start..offset]);
    format!("{before}{}\n{}^", shown(&source[offset..end]), " ".repeat(before.width()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_stands_under_the_place() {
        for (source, offset, expected) in [
            (".a == 'b'", 6, ".a == 'b'\n      ^"),
            (".a |\n.é == 'b'", 12, ".é == 'b'\n      ^"),
            ("日本 §", 7, "日本 §\n     ^"),
            (".a ==", 5, ".a ==\n     ^"),
            ("\t§", 1, "\\t§\n  ^"),
            ("", 9, "\n^"),
        ] {
            assert_eq!(excerpt(source, offset), expected, "{source}");
        }
    }
}
