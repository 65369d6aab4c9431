//! Values as text.

use serde_json::Value;

/// Returns a value as the text of a cell: nothing for null, the items of a list separated by commas, and a
/// relation that was walked along as `from.relation`.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(item).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn item(value: &Value) -> String {
    match (value, &value["from"], &value["relation"]) {
        (Value::String(text), ..) => text.clone(),
        (Value::Object(entries), Value::String(from), Value::String(relation)) if entries.len() == 3 => {
            format!("{from}.{relation}")
        }
        (other, ..) => other.to_string(),
    }
}
