//! Values as entities take them: names, references, times.

use serde_json::{Map, Value};

use crate::model::instant::Instant;
use crate::yaml::Node;

/// Returns the node at the end of a path.
pub(super) fn locate<'n>(node: Node<'n>, path: &[String]) -> Option<Node<'n>> {
    path.iter().try_fold(node, |node, name| node.get(name))
}

/// Takes the list that an expression starts from out of an item: `.spec.containers` of `.spec.containers | map(…)`.
pub(super) fn take_out(value: &mut Value, expression: &str) {
    let start = expression.trim_start_matches(['[', '(', ' ']);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let path = start.split(|c: char| !is_part(c)).next().unwrap_or_default();
    let Some(path) = path.trim_end_matches('.').strip_prefix('.') else { return };
    let (parents, last) = path.rsplit_once('.').map_or((None, path), |(parents, last)| (Some(parents), last));
    let mut at = value;
    for name in parents.into_iter().flat_map(|parents| parents.split('.')) {
        let Some(next) = at.get_mut(name) else { return };
        at = next;
    }
    if let Value::Object(entries) = at {
        entries.shift_remove(last);
    }
}

/// Returns a number as a text, as which names are compared, and anything else as it is.
pub(super) fn text(value: Value) -> Value {
    if let Value::Number(number) = &value { Value::from(number.to_string()) } else { value }
}

/// Returns what a relation or team holds: names, a search, or null when nothing is named.
pub(super) fn reference(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().filter(|item| !item.is_null()).map(text).collect(),
        Value::Object(ref search) if is_open(search) => Value::Null,
        other => text(other),
    }
}

/// Returns whether a search looks for what the item does not have.
fn is_open(search: &Map<String, Value>) -> bool {
    let rules = search.get("rules").and_then(Value::as_array);
    rules.is_some_and(|rules| rules.iter().any(|rule| rule.get("value").is_none_or(Value::is_null)))
}

/// Returns the time that a value says: ISO 8601, or seconds since 1970.
pub(super) fn instant(value: &Value) -> Option<Instant> {
    match value {
        Value::String(text) => Instant::parse(text.trim()),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float that is too large becomes the last instant"
        )]
        Value::Number(seconds) => Some(Instant::from_millis((seconds.as_f64()? * 1000.0).round() as i64)),
        _ => None,
    }
}

/// Returns what a value is, with its article.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
