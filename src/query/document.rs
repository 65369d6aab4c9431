//! An entity and what is around it.

use serde_json::{Value, json};

use crate::catalog::{Catalog, EntityId, EntityRef};
use crate::graph::{Edge, Graph};
use crate::known::document;
use crate::portal::Portal;

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

/// Returns the document of an entity with what points at it.
pub(super) fn with_incoming(portal: &Portal, entity: EntityRef<'_>) -> Value {
    let incoming: Vec<Value> = portal.graph.incoming(entity.id()).map(|edge| source(portal, edge)).collect();
    let mut document = document::json(portal.known(), entity);
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
