//! The JSON Schema that the values of a property are checked by.

use serde_json::{Map, Value};

use super::Type;
use crate::yaml::{Kind, Node};

/// Returns the JSON Schema of a property: the keywords that its type has, none that could reach out or recurse.
pub(super) fn of(node: Node<'_>, kind: Option<Type>) -> Value {
    let mut schema = Map::new();
    if let Some(kind) = kind {
        schema.insert("type".into(), kind.name().into());
        for keyword in kind.keywords().iter().filter(|keyword| **keyword != "enumColors") {
            if let Some(value) = node.get(keyword) {
                insert(&mut schema, keyword, value);
            }
        }
    }
    if let Some(format) = node.get("format").and_then(Node::as_str) {
        schema.insert("format".into(), format.into());
    }
    Value::Object(schema)
}

/// Keywords of a nested schema that may be run: none follows a reference.
const SAFE: &[&str] = &[
    "type",
    "format",
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
    "properties",
    "patternProperties",
    "additionalProperties",
    "required",
    "anyOf",
    "oneOf",
    "allOf",
    "not",
];

/// Adds `keyword` to a schema when its value has the type that JSON Schema wants; what has not is reported as
/// the document's shape, and must not keep the rest from being checked.
fn insert(schema: &mut Map<String, Value>, keyword: &str, value: Node<'_>) {
    let kind = value.kind();
    let taken = match keyword {
        "type" => {
            let modern = value.as_str().and_then(Type::from_name).map(|kind| kind.name().into());
            modern.or_else(|| (kind == Kind::List).then(|| value.to_json()))
        }
        "format" | "pattern" => value.as_str().map(Value::from),
        "enum" | "required" => (kind == Kind::List && !value.is_empty()).then(|| value.to_json()),
        "const" => Some(value.to_json()),
        "uniqueItems" => value.as_bool().map(Value::from),
        "items" => (kind == Kind::Map).then(|| safe(value)),
        "additionalProperties" => {
            value.as_bool().map(Value::from).or_else(|| (kind == Kind::Map).then(|| safe(value)))
        }
        "not" => (kind == Kind::Map).then(|| safe(value)),
        "anyOf" | "oneOf" | "allOf" => {
            (kind == Kind::List && !value.is_empty()).then(|| value.items().map(safe).collect())
        }
        "properties" | "patternProperties" => (kind == Kind::Map).then(|| {
            let parts =
                value.entries().map(|(key, part)| (key.as_str().unwrap_or_default().to_string(), safe(part)));
            Value::Object(parts.collect())
        }),
        "minLength" | "maxLength" | "minItems" | "maxItems" => value.as_u64().map(Value::from),
        _ => (kind == Kind::Number).then(|| value.to_json()),
    };
    if let Some(value) = taken {
        schema.insert(keyword.into(), value);
    }
}

/// Returns a nested schema with its safe keywords only.
fn safe(node: Node<'_>) -> Value {
    let mut schema = Map::new();
    for (key, value) in node.entries() {
        let key = key.as_str().unwrap_or_default();
        if SAFE.contains(&key) {
            insert(&mut schema, key, value);
        }
    }
    Value::Object(schema)
}
