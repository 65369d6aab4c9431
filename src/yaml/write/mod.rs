//! Values as a person would write them: block YAML, plain texts where nobody can misread them, quotes elsewhere.
//!
//! What is written reads the same in YAML 1.1 and 1.2, so `no`, `1.10` and `2026-11-21` are quoted when they are texts.
//! [`document`] writes a fresh document; `edit` writes values into texts that are there already, in their style.

mod comment;
mod flow;
mod scalar;

use serde_json::{Map, Value};

use super::comment::{Comments, NONE};
use super::edit::Step;
pub use comment::one_line;

/// A text that has no place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text with a NUL character cannot be written to a file")]
pub struct Nul;

/// Returns a document that holds `value`, keys in their order, with a final line break.
pub fn document(value: &Value) -> String {
    commented(value, &NONE)
}

/// Returns a document that holds `value`, keys in their order, each with its comments, with a final line break. A comment
/// is one line, whatever it holds.
pub fn commented(value: &Value, comments: &Comments) -> String {
    let mut lines = comment::top(comments);
    lines.extend(Style::default().lines(value, 0, comments));
    lines.push(String::new());
    lines.join("\n")
}

/// Refuses what cannot be handed on: there is an escape for NUL, but few programs that read it.
///
/// # Errors
/// When a key or a text of `value` holds NUL.
pub fn check(value: &Value) -> Result<(), Nul> {
    match value {
        Value::String(text) if text.contains('\0') => Err(Nul),
        Value::Array(items) => items.iter().try_for_each(check),
        Value::Object(entries) => entries
            .iter()
            .try_for_each(|(key, value)| if key.contains('\0') { Err(Nul) } else { check(value) }),
        _ => Ok(()),
    }
}

/// How a text lays out what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// How much further right the keys of a mapping are than the key that holds it.
    pub(super) indent: usize,
    /// How much further right the dashes of a list are than the key that holds it.
    pub(super) dash: usize,
    /// Whether lists of short values are written as `[a, b]`.
    pub(super) flow_lists: bool,
    /// Whether the text has to stay JSON.
    pub(super) json: bool,
    /// Whether there is no space after colons and commas.
    pub(super) tight: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { indent: 2, dash: 2, flow_lists: false, json: false, tight: false }
    }
}

/// A value as it is written after its key or dash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// What stands on the same line; may be empty.
    pub(super) head: String,
    /// The lines below, with their indentation.
    pub(super) body: Vec<String>,
}

impl Written {
    fn line(head: String) -> Self {
        Self { head, body: Vec::new() }
    }
}

impl Style {
    /// Returns the value as the lines of a document or part of one, in this column.
    pub(super) fn lines(&self, value: &Value, column: usize, comments: &Comments) -> Vec<String> {
        let mut lines = match value {
            Value::Object(entries) if !entries.is_empty() => self.entries(entries, column, comments),
            Value::Array(items) if !items.is_empty() && !self.is_flow_list(items, column) => {
                self.items(items, column, comments)
            }
            value => vec![format!("{}{}", spaces(column), self.scalar(value, false))],
        };
        lines.extend(comment::below(comments, column));
        lines
    }

    /// Returns a value as it stands after a key in this column.
    pub(super) fn after_key(&self, value: &Value, column: usize, comments: &Comments) -> Written {
        if !self.is_nested(value, column) {
            return self.short(value, column + self.indent);
        }
        let further = if value.is_array() { self.dash } else { self.indent };
        Written { head: String::new(), body: self.lines(value, column + further, comments) }
    }

    /// Returns a value as it stands after a dash; it begins in this column.
    pub(super) fn after_dash(&self, value: &Value, column: usize) -> Written {
        if !self.is_nested(value, column) {
            return self.short(value, column);
        }
        let mut lines = self.lines(value, column, &NONE);
        let head = lines.remove(0).split_off(column);
        Written { head, body: lines }
    }

    /// Returns an entry of a block mapping.
    pub(super) fn entry(&self, key: &str, value: &Value, column: usize, comments: &Comments) -> Vec<String> {
        let Written { head, body } = self.after_key(value, column, comments);
        let gap = if head.is_empty() { "" } else { " " };
        let beside = comment::beside(comments);
        let mut lines = comment::above(comments, column);
        lines.push(format!("{}{}:{gap}{head}{beside}", spaces(column), self.key(key)));
        lines.extend(body);
        lines
    }

    fn entries(&self, entries: &Map<String, Value>, column: usize, comments: &Comments) -> Vec<String> {
        let entry = |(key, value): (&String, &Value)| {
            self.entry(key, value, column, comments.part(&Step::Key(key.clone())))
        };
        comment::from_first(entries.iter().flat_map(entry))
    }

    fn items(&self, items: &[Value], column: usize, comments: &Comments) -> Vec<String> {
        let item =
            |(number, value): (usize, &Value)| self.item(value, column, comments.part(&Step::Item(number)));
        comment::from_first(items.iter().enumerate().flat_map(item))
    }

    /// Returns an item of a block list.
    fn item(&self, value: &Value, column: usize, comments: &Comments) -> Vec<String> {
        let mut lines = comment::above(comments, column);
        let beside = comment::beside(comments);
        if !self.is_nested(value, column + 2) {
            let Written { head, body } = self.short(value, column + 2);
            lines.push(format!("{}- {head}{beside}", spaces(column)));
            lines.extend(body);
            return lines;
        }
        // What is nested begins beside the dash with a line of its own, so comments stand above it.
        if !beside.is_empty() {
            lines.push(format!("{}{}", spaces(column), beside.trim_start()));
        }
        let mut inner = self.lines(value, column + 2, comments);
        lines.extend(comment::remarks(&mut inner, column));
        if let Some(first) = inner.first_mut() {
            first.replace_range(column..=column, "-");
        }
        lines.extend(inner);
        lines
    }

    /// Returns whether a value that begins in this column is written on lines of its own, one for each of its parts.
    fn is_nested(&self, value: &Value, column: usize) -> bool {
        match value {
            Value::Object(entries) => !entries.is_empty(),
            Value::Array(items) => !items.is_empty() && !self.is_flow_list(items, column),
            _ => false,
        }
    }

    /// Returns a value that is no block collection; the lines of a text begin in this column.
    fn short(&self, value: &Value, column: usize) -> Written {
        let literal = value.as_str().filter(|_| !self.json).and_then(scalar::literal);
        let Some((head, lines)) = literal else { return Written::line(self.scalar(value, false)) };
        let indented = |line: &str| {
            if line.is_empty() { String::new() } else { format!("{}{line}", spaces(column)) }
        };
        Written { head: head.to_string(), body: lines.into_iter().map(indented).collect() }
    }
}

/// Returns the indentation of a column.
pub(super) fn spaces(column: usize) -> String {
    " ".repeat(column)
}

#[cfg(test)]
pub(crate) mod tests;
