//! An entity as Port's API has it: what jq expressions are asked about, and what programs read.

use serde_json::{Map, Value, json};

use crate::catalog::{Catalog, EntityId, EntityRef};
use crate::graph::{Edge, Graph};
use crate::portal::Portal;
use crate::yaml::{Kind, Node};

/// Returns `{identifier, title, icon, team, blueprint, properties, relations}` of an entity: its stored values.
/// `team` is always a list, as in Port's answers; a relation that is written as a search holds what was found.
pub fn entity_document(catalog: &Catalog, graph: &Graph, entity: EntityRef<'_>) -> Value {
    let stored = |key: &str| entity.field(key).map_or(Value::Null, Node::to_json);
    let relations: Map<String, Value> = entity
        .relations()
        .map(|(key, value)| {
            let name = key.as_str().unwrap_or_default();
            (name.to_string(), relation(catalog, graph, entity, name, value))
        })
        .collect();
    let properties: Map<String, Value> =
        entity.properties().map(|(name, value)| (name.to_string(), value.to_json())).collect();
    json!({
        "identifier": entity.identifier(),
        "title": entity.title(),
        "icon": stored("icon"),
        "team": entity.teams().filter_map(Node::as_str).collect::<Vec<_>>(),
        "blueprint": entity.blueprint().identifier.value,
        "properties": properties,
        "relations": relations,
    })
}

fn relation(catalog: &Catalog, graph: &Graph, entity: EntityRef<'_>, name: &str, value: Node<'_>) -> Value {
    match entity.blueprint().relation(name) {
        Some((_, definition)) if value.kind() == Kind::Map => {
            let found = targets(catalog, graph, entity.id(), name).map(|to| catalog.entity(to).identifier());
            if definition.many {
                found.collect()
            } else {
                found.map(Value::from).next().unwrap_or(Value::Null)
            }
        }
        _ => value.to_json(),
    }
}

/// Returns what `entity` points at by the relation called `name`.
pub(super) fn targets<'a>(
    catalog: &'a Catalog,
    graph: &'a Graph,
    entity: EntityId,
    name: &'a str,
) -> impl Iterator<Item = EntityId> + 'a {
    let edges = graph.outgoing(entity).iter();
    edges.filter(move |edge| edge.definition(catalog).identifier.value == name).map(|edge| edge.to)
}

/// Returns the identifiers of an entity's owners: the teams found, else those it names. Until a catalog declares
/// its first team, names are all there is.
pub(super) fn owners<'a>(portal: &'a Portal, entity: EntityRef<'a>) -> Vec<&'a str> {
    let teams = portal.graph.owners(entity.id());
    if teams.is_empty() {
        return entity.teams().filter_map(Node::as_str).collect();
    }
    teams.iter().map(|&team| portal.catalog.entity(team).identifier()).collect()
}

/// Returns the document of an entity with what points at it.
pub(super) fn with_incoming(portal: &Portal, entity: EntityRef<'_>) -> Value {
    let incoming: Vec<Value> = portal.graph.incoming(entity.id()).map(|edge| source(portal, edge)).collect();
    let mut document = entity_document(&portal.catalog, &portal.graph, entity);
    document["incoming"] = Value::Array(incoming);
    document
}

/// Returns where a relation comes from.
fn source(portal: &Portal, edge: &Edge) -> Value {
    let from = portal.catalog.entity(edge.from);
    json!({
        "blueprint": from.blueprint().identifier.value,
        "identifier": from.identifier(),
        "relation": edge.definition(&portal.catalog).identifier.value,
    })
}
