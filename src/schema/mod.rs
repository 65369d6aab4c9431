//! JSON Schemas: of every kind of document and of what `portal` writes, for editors and other programs.
//!
//! The schemas of the kinds are made from the tables that check documents, so the two cannot disagree. With a
//! catalog at hand, [`entity()`] is the schema of one blueprint's entities, names of other entities included.

mod diff;
mod entity;
mod part;
mod scaffold;
mod score;

use serde_json::{Map, Value, json};

use crate::model::Kind;
use crate::model::config::CONFIG;
use crate::model::shape::Shape;

pub use entity::{UnknownBlueprint, entity};

/// The dialect of all schemas.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Each schema by name, and what it describes.
const NAMES: &[(&str, &str)] = &[
    ("blueprint", "the model of one type of thing"),
    ("entity", "a thing; `portal schema entity BLUEPRINT` knows the blueprint's properties"),
    ("scorecard", "a standard, with levels and rules"),
    ("initiative", "a goal over scorecards with a deadline"),
    ("waiver", "an exception from a rule, with an end"),
    ("action", "a self-service action"),
    ("automation", "what happens when something changes"),
    ("page", "a dashboard"),
    ("integration", "a mapping from other tools' data to entities"),
    ("scaffold", "a template of new services, scaffold.yaml"),
    ("config", "the configuration, portal.yaml"),
    ("query", "the answer of `portal query --format json`"),
    ("score", "the answer of `portal score --format json`"),
    ("diff", "the answer of `portal diff --format json`"),
    ("scaffold-plan", "the answer of `portal scaffold new --format json`"),
    ("scaffold-status", "the answer of `portal scaffold status --format json`"),
    ("scaffold-update", "the answer of `portal scaffold update --format json`"),
];

/// Returns the name of each schema that [`document`] has, and what it describes.
pub fn names() -> &'static [(&'static str, &'static str)] {
    NAMES
}

/// Returns the schema called `name`.
pub fn document(name: &str) -> Option<Value> {
    let &(name, about) = NAMES.iter().find(|(known, _)| *known == name)?;
    let mut definitions = Map::new();
    let schema = match (Kind::from_name(name), name) {
        (Some(kind), _) => one_or_list(&Shape::Object(kind.object()).json_schema(&mut definitions)),
        (None, "config") => Shape::Object(&CONFIG).json_schema(&mut definitions),
        (None, "score") => score::schema(&mut definitions),
        (None, "diff") => diff::schema(&mut definitions),
        (None, "scaffold-plan") => scaffold::plan(&mut definitions),
        (None, "scaffold-status") => scaffold::status(&mut definitions),
        (None, "scaffold-update") => scaffold::update(&mut definitions),
        (None, _) => query(&mut definitions),
    };
    Some(frame(name, name, about, schema, definitions))
}

/// Returns a whole schema document. `id` tells it from all others, also from later versions of itself.
fn frame(id: &str, title: &str, about: &str, schema: Value, definitions: Map<String, Value>) -> Value {
    let mut document = json!({
        "$schema": DIALECT,
        "$id": format!("urn:portal:schema:{id}/v1"),
        "title": title,
        "description": about,
    });
    if let (Value::Object(document), Value::Object(schema)) = (&mut document, schema) {
        document.extend(schema);
    }
    document["$defs"] = Value::Object(definitions);
    document
}

/// Returns the schema of a file that holds one such document, or a list of them. Told apart by `if`, not `anyOf`,
/// so that an editor explains what is wrong with the one.
fn one_or_list(one: &Value) -> Value {
    json!({"if": {"type": "array"}, "then": {"items": one}, "else": one})
}

/// Returns the schema of answers: rows with the columns that were asked for, or one entity.
fn query(definitions: &mut Map<String, Value>) -> Value {
    let text_or_null = json!({"type": ["string", "null"]});
    let incoming = json!({
        "type": "object",
        "description": "A relation of another entity that points at this one.",
        "properties": {
            "blueprint": {"type": "string"}, "identifier": {"type": "string"}, "relation": {"type": "string"},
        },
        "required": ["blueprint", "identifier", "relation"],
        "additionalProperties": false,
    });
    let properties = json!({
        "identifier": {"type": "string"},
        "title": text_or_null,
        "icon": text_or_null,
        "team": {"type": "array", "items": {"type": "string"}},
        "blueprint": {"type": "string"},
        "properties": {"type": "object", "description": "The stored values, then the computed ones."},
        "relations": {"type": "object", "description": "What the entity points at: an identifier, or a list."},
        "incoming": {"type": "array", "items": incoming},
    });
    let names: Vec<&String> = properties.as_object().into_iter().flat_map(Map::keys).collect();
    let entity = json!({
        "type": "object",
        "description": "One entity, when it was asked for by itself.",
        "required": names,
        "properties": properties,
        "additionalProperties": false,
    });
    definitions.insert("entity".into(), entity);
    let row =
        json!({"type": "object", "description": "The columns by name; a column without a value is null."});
    definitions.insert("row".into(), row);
    json!({
        "if": {"type": "array"},
        "then": {"items": {"$ref": "#/$defs/row"}},
        "else": {"$ref": "#/$defs/entity"},
    })
}

#[cfg(test)]
mod tests;
