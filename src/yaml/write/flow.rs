//! Values in brackets: `[a, b]`, `{a: 1}`, and all of JSON.

use serde_json::{Map, Value};

use super::{Style, scalar, spaces};

/// A list in brackets is no longer than this, and what holds it begins no further right.
const LONGEST: usize = 76;

impl Style {
    /// Returns whether a list is short enough for `[a, b]`, where lists are written so.
    pub(super) fn is_flow_list(&self, items: &[Value], column: usize) -> bool {
        let scalars = items.iter().all(|item| !item.is_array() && !item.is_object());
        self.flow_lists && scalars && column + self.list(items).chars().count() <= LONGEST
    }

    /// Returns a value on one line. `flow` says that it is inside of brackets.
    pub(in crate::yaml) fn scalar(&self, value: &Value, flow: bool) -> String {
        match value {
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => scalar::number(number),
            Value::String(text) if self.json => scalar::json(text),
            Value::String(text) => scalar::text(text, flow),
            Value::Array(items) => self.list(items),
            Value::Object(entries) => self.map(entries),
        }
    }

    /// Returns a key.
    pub(in crate::yaml) fn key(&self, key: &str) -> String {
        if self.json { scalar::json(key) } else { scalar::key(key) }
    }

    fn list(&self, items: &[Value]) -> String {
        let items: Vec<String> = items.iter().map(|item| self.scalar(item, true)).collect();
        format!("[{}]", items.join(self.comma()))
    }

    fn map(&self, entries: &Map<String, Value>) -> String {
        let entries: Vec<String> = entries.iter().map(|(key, value)| self.pair(key, value)).collect();
        format!("{{{}}}", entries.join(self.comma()))
    }

    /// Returns an entry of a mapping in braces.
    pub(in crate::yaml) fn pair(&self, key: &str, value: &Value) -> String {
        format!("{}{}{}", self.key(key), self.colon(), self.scalar(value, true))
    }

    /// Returns a value in brackets, each of its entries and items on a line of its own; the line that it begins on is
    /// indented by `column`. A list stays on one line unless `spread`.
    pub(in crate::yaml) fn tall(&self, value: &Value, column: usize, spread: bool) -> String {
        let inner = column + self.indent;
        let lines: Vec<String> = match value {
            Value::Object(entries) if !entries.is_empty() => {
                let entry = |(key, value): (&String, &Value)| {
                    format!("{}{}{}", self.key(key), self.colon(), self.tall(value, inner, spread))
                };
                entries.iter().map(entry).collect()
            }
            Value::Array(items) if items.iter().any(Value::is_object) || (spread && !items.is_empty()) => {
                items.iter().map(|item| self.tall(item, inner, spread)).collect()
            }
            value => return self.scalar(value, true),
        };
        let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
        let between = format!(",\n{}", spaces(inner));
        format!("{open}\n{}{}\n{}{close}", spaces(inner), lines.join(&between), spaces(column))
    }

    pub(in crate::yaml) fn colon(&self) -> &'static str {
        if self.tight { ":" } else { ": " }
    }

    pub(in crate::yaml) fn comma(&self) -> &'static str {
        if self.tight { "," } else { ", " }
    }
}
