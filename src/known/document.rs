//! An entity as Port's API has it: what jq expressions are asked about, and what programs read.

use serde_json::{Map, Value, json};

use super::Known;
use crate::catalog::EntityRef;
use crate::jq::{Input, Reads};
use crate::model::blueprint::META;
use crate::yaml::{Kind, Node};

/// Returns `{identifier, title, icon, team, blueprint, properties, relations}` of an entity, computed properties
/// included. `team` is a list of the teams it names, as in Port's answers; a relation that is written as a search
/// holds what was found.
pub fn json(known: Known<'_>, entity: EntityRef<'_>) -> Value {
    let stored = |key: &str| entity.node().get(key).map_or(Value::Null, Node::to_json);
    let relations: Map<String, Value> = entity
        .relations()
        .map(|(key, value)| {
            let name = key.as_str().unwrap_or_default();
            (name.to_string(), relation(known, entity, name, value))
        })
        .collect();
    json!({
        "identifier": entity.identifier(),
        "title": entity.title(),
        "icon": stored("icon"),
        "team": entity.teams().filter_map(Node::as_str).collect::<Vec<_>>(),
        "blueprint": entity.blueprint().identifier.value,
        "properties": properties(known, entity),
        "relations": relations,
    })
}

/// Returns the values of an entity's properties: stored ones as they are written, then computed ones.
pub fn properties(known: Known<'_>, entity: EntityRef<'_>) -> Value {
    let stored = entity.properties().map(|(name, node)| (name.to_string(), node.to_json()));
    let mut properties: Map<String, Value> = stored.collect();
    for (name, value) in known.computed.values(entity) {
        properties.insert(name.to_string(), value.clone());
    }
    Value::Object(properties)
}

fn relation(known: Known<'_>, entity: EntityRef<'_>, name: &str, value: Node<'_>) -> Value {
    match entity.blueprint().relation(name) {
        Some((_, definition)) if value.kind() == Kind::Map => {
            let mut found = known.targets(entity.id(), name).map(|target| target.identifier());
            if definition.many { found.collect() } else { found.next().map_or(Value::Null, Value::from) }
        }
        _ => value.to_json(),
    }
}

/// Returns the same document as jq sees it, without a detour through JSON: it is made for every entity that an
/// expression is asked about.
pub fn input(known: Known<'_>, entity: EntityRef<'_>) -> Input {
    let stored = entity.properties().map(|(name, node)| (name, of_node(node)));
    let computed = known.computed.values(entity).map(|(name, value)| (name, Input::from_json(value)));
    with(known, entity, Input::object(stored.chain(computed)), |_| true)
}

/// Returns the same document with only those properties and relations that expressions read: most values of an entity
/// are of no concern to any one of them.
pub fn input_for(known: Known<'_>, entity: EntityRef<'_>, reads: &[&Reads]) -> Input {
    if reads.iter().any(|reads| reads.others) {
        return input(known, entity);
    }
    let names = reads.iter().flat_map(|reads| &reads.properties).map(|(name, _)| name.as_str());
    let properties = names.filter_map(|name| {
        let value = match entity.property(name) {
            Some(node) => of_node(node),
            None => Input::from_json(known.computed.value(entity, name)?),
        };
        Some((name, value))
    });
    let wanted = |name: &str| reads.iter().any(|reads| reads.relations.iter().any(|(read, _)| read == name));
    with(known, entity, Input::object(properties), wanted)
}

/// Returns the document with these properties, and with the relations that are wanted.
fn with(known: Known<'_>, entity: EntityRef<'_>, properties: Input, wanted: impl Fn(&str) -> bool) -> Input {
    let text = |text: Option<&str>| text.map_or_else(Input::null, Input::text);
    let named = entity.relations().map(|(key, value)| (key.as_str().unwrap_or_default(), value));
    let relations = named.filter(|(name, _)| wanted(name)).map(|(name, value)| {
        let input = if value.kind() == Kind::Map {
            Input::from_json(&relation(known, entity, name, value))
        } else {
            of_node(value)
        };
        (name, input)
    });
    let written = META.iter().filter(|name| name.ends_with("At") || name.ends_with("By"));
    let written = written.filter_map(|name| Some((&name[1..], of_node(entity.node().get(&name[1..])?))));
    let fields = [
        ("identifier", Input::text(entity.identifier())),
        ("title", text(entity.title())),
        ("icon", entity.node().get("icon").map_or_else(Input::null, of_node)),
        ("team", Input::list(entity.teams().filter_map(Node::as_str).map(Input::text))),
        ("blueprint", Input::text(&entity.blueprint().identifier.value)),
        ("properties", properties),
        ("relations", Input::object(relations)),
    ];
    Input::object(fields.into_iter().chain(written))
}

/// Returns a value of a document as jq sees it.
fn of_node(node: Node<'_>) -> Input {
    match node.kind() {
        Kind::Null => Input::null(),
        Kind::Bool => Input::bool(node.as_bool().unwrap_or_default()),
        Kind::Number => match node.as_i64() {
            Some(integer) => Input::integer(integer),
            None => Input::number(node.as_f64().unwrap_or_default()),
        },
        Kind::String => Input::text(node.as_str().unwrap_or_default()),
        Kind::List => Input::list(node.items().map(of_node)),
        Kind::Map => Input::object(
            node.entries().map(|(key, value)| (key.as_str().unwrap_or_default(), of_node(value))),
        ),
    }
}
