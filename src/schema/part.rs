//! Parts that the schemas of outputs are made of.

use serde_json::{Map, Value, json};

/// Returns the schema of a text.
pub(super) fn text() -> Value {
    json!({"type": "string"})
}

/// Returns the schema of a text that may be null.
pub(super) fn text_or_null() -> Value {
    json!({"type": ["string", "null"]})
}

/// Returns the schema of a list of texts.
pub(super) fn texts() -> Value {
    json!({"type": "array", "items": text()})
}

/// Returns the schema of a number of things.
pub(super) fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

/// Returns the schema of one of some words.
pub(super) fn one_of(words: &[&str]) -> Value {
    json!({"enum": words})
}

/// Returns the schema of a list of what the document defines as `name`.
pub(super) fn list(name: &str) -> Value {
    json!({"type": "array", "items": {"$ref": format!("#/$defs/{name}")}})
}

/// Returns the fields of a place in a file, each null when there is none.
pub(super) fn place() -> [(&'static str, Value); 3] {
    let number = || json!({"type": ["integer", "null"]});
    [("file", text_or_null()), ("line", number()), ("column", number())]
}

/// Returns the schema of an object with exactly these fields.
pub(super) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let properties: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    let required: Vec<&String> = properties.keys().collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}
