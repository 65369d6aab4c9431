//! The schema of the entities of one blueprint of a catalog.

use serde_json::{Map, Value, json};

use super::{frame, one_or_list};
use crate::catalog::{BlueprintId, EntityRef, json_schema};
use crate::diagnostic::did_you_mean;
use crate::model::blueprint::Blueprint;
use crate::model::entity::ENTITY;
use crate::model::identifier::segment;
use crate::model::phrase::clip;
use crate::model::property::Property;
use crate::model::relation::Relation;
use crate::portal::Portal;

/// Up to so many names are listed, for an editor to complete; more would only slow it down.
const MOST_NAMES: usize = 200;

/// There is no such blueprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no blueprint `{}`{hint}", clip(name))]
pub struct UnknownBlueprint {
    name: String,
    hint: String,
}

/// Returns the JSON Schema of the entities of `blueprint`: its properties, and its relations with the names of the
/// entities they may point at, when they are few.
///
/// # Errors
/// When the catalog has no such blueprint.
pub fn entity(portal: &Portal, blueprint: &str) -> Result<Value, UnknownBlueprint> {
    let Some(id) = portal.catalog.find_blueprint(blueprint) else {
        let near = did_you_mean(blueprint, portal.catalog.blueprint_names());
        let hint = near.map(|near| format!("; {near}")).unwrap_or_default();
        return Err(UnknownBlueprint { name: blueprint.into(), hint });
    };
    let blueprint = portal.catalog.blueprint(id);
    let mut definitions = Map::new();
    let schema = schema(portal, blueprint, &mut definitions);
    definitions.insert("entity".into(), schema);
    definitions.insert("file".into(), file());
    let name = &blueprint.identifier.value;
    let about = blueprint.description.clone().unwrap_or_else(|| format!("an entity of the blueprint {name}"));
    let schema = one_or_list(&json!({"$ref": "#/$defs/entity"}));
    Ok(frame(&format!("entity:{}", segment(name)), blueprint.label(), &about, schema, definitions))
}

/// Returns the schema of one entity: that of all, with what the blueprint says.
fn schema(portal: &Portal, blueprint: &Blueprint, definitions: &mut Map<String, Value>) -> Value {
    let mut schema = ENTITY.json_schema(definitions);
    let properties = properties(blueprint);
    let relations = relations(portal, blueprint);
    for (key, part) in [("properties", &properties), ("relations", &relations)] {
        let needed = part["required"].as_array().is_some_and(|names| !names.is_empty());
        if let (true, Some(required)) = (needed, schema["required"].as_array_mut()) {
            required.push(key.into());
        }
    }
    let parts = &mut schema["properties"];
    parts["properties"] = optional_unless_required(properties);
    parts["relations"] = optional_unless_required(relations);
    parts["blueprint"] = json!({
        "description": "its blueprint; its folder's name when absent",
        "enum": [blueprint.identifier.value, null],
    });
    if let Some(names) = portal.catalog.team_blueprint().and_then(|teams| names(portal, &[teams])) {
        let several = json!({"type": "array", "items": {"enum": names}});
        let team = json!([{"enum": names}, several, {"type": "object"}, {"type": "null"}]);
        parts["team"] = json!({"description": "the owning team, or a list of them", "anyOf": team});
    }
    schema
}

/// Returns the schema of a mapping that may be null when nothing in it is required.
fn optional_unless_required(mut schema: Value) -> Value {
    if schema["required"].as_array().is_some_and(Vec::is_empty) {
        schema["type"] = json!(["object", "null"]);
    }
    schema
}

/// Returns the schema of the stored values. An optional one may be null, and any may be kept in a file.
fn properties(blueprint: &Blueprint) -> Value {
    let mut schema = json_schema(blueprint);
    for property in &blueprint.properties {
        let name = &property.identifier.value;
        let required = blueprint.required.iter().any(|required| required.value == *name);
        let value = schema["properties"][name].take();
        schema["properties"][name] = described(property, value, required);
    }
    let mirrors = blueprint.mirrors.iter().map(|mirror| &mirror.identifier);
    let calculations = blueprint.calculations.iter().map(|calculation| &calculation.identifier);
    let aggregations = blueprint.aggregations.iter().map(|aggregation| &aggregation.identifier);
    for name in mirrors.chain(calculations).chain(aggregations) {
        // Exports write null for what could not be computed.
        schema["properties"][&name.value] =
            json!({"type": "null", "description": "computed, so it is not written"});
    }
    schema
}

/// Returns the schema of a property's value, with what an editor shows of it.
fn described(property: &Property, mut value: Value, required: bool) -> Value {
    let file = json!({"$ref": "#/$defs/file"});
    if let Some(items) = value.get_mut("items") {
        *items = json!({"anyOf": [items.take(), file]});
    }
    let mut forms = vec![value, file];
    if !required {
        forms.push(json!({"type": "null"}));
    }
    let mut schema = json!({"title": property.label()});
    if let Some(description) = &property.description {
        schema["description"] = description.as_str().into();
    }
    schema["anyOf"] = Value::Array(forms);
    schema
}

/// Returns the schema of a value that is kept in a file of the repository.
fn file() -> Value {
    let path = json!({"type": "string"});
    let forms = json!({
        "type": "object",
        "properties": {"$text": path, "$json": path, "$yaml": path},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
    });
    json!({"description": "the content of a file", "anyOf": [{"type": "string", "pattern": "^file://"}, forms]})
}

/// Returns the schema of what an entity points at.
fn relations(portal: &Portal, blueprint: &Blueprint) -> Value {
    let schemas: Map<String, Value> = blueprint
        .relations
        .iter()
        .map(|relation| (relation.identifier.value.clone(), relation_schema(portal, relation)))
        .collect();
    let required = blueprint.relations.iter().filter(|relation| relation.required);
    let required: Vec<&str> = required.map(|relation| relation.identifier.value.as_str()).collect();
    json!({"type": "object", "properties": schemas, "required": required, "additionalProperties": false})
}

/// Returns the schema of one relation: a name or names, or a search for them.
fn relation_schema(portal: &Portal, relation: &Relation) -> Value {
    let targets: Option<Vec<BlueprintId>> =
        relation.targets.iter().map(|target| portal.catalog.find_blueprint(&target.value)).collect();
    // Entities of a blueprint that is kept elsewhere cannot be listed.
    let names = targets.and_then(|targets| names(portal, &targets));
    let name = names.map_or_else(|| json!({"type": "string"}), |names| json!({"enum": names}));
    let search = json!({"type": "object", "required": ["combinator", "rules"]});
    let value = if !relation.many {
        name
    } else if relation.required {
        json!({"type": "array", "items": name, "minItems": 1})
    } else {
        json!({"type": "array", "items": name})
    };
    let mut forms = vec![value, search];
    if !relation.required {
        forms.push(json!({"type": "null"}));
    }
    let about = relation.description.clone().unwrap_or_else(|| format!("points at {}", relation.targets()));
    json!({"title": relation.label(), "description": about, "anyOf": forms})
}

/// Returns the identifiers of the entities of some blueprints, when there are some and they are few.
fn names<'a>(portal: &'a Portal, blueprints: &[BlueprintId]) -> Option<Vec<&'a str>> {
    let entities = blueprints.iter().flat_map(|&blueprint| portal.catalog.entities_of(blueprint));
    let mut names: Vec<&str> = entities.map(EntityRef::identifier).take(MOST_NAMES + 1).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty() && names.len() <= MOST_NAMES).then_some(names)
}
