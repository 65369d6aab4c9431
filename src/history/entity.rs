//! Entities: matched by blueprint and identifier, and compared value by value.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::Value;

use super::node::same_or_absent;
use super::{EntityChange, Fate, Name, Place, Sort, ValueChange};
use crate::catalog::{Catalog, EntityId, EntityRef};
use crate::portal::Portal;
use crate::yaml::Node;

/// An entity in the base and in the head.
pub(super) type Pair = (Option<EntityId>, Option<EntityId>);

/// Returns the entities of both catalogs, matched, by blueprint, then identifier.
pub(super) fn pairs(base: &Portal, head: &Portal) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let names: BTreeSet<&str> =
        base.catalog.blueprint_names().chain(head.catalog.blueprint_names()).collect();
    for name in names {
        merge(&of(&base.catalog, name), &of(&head.catalog, name), &mut pairs);
    }
    pairs
}

fn of<'a>(catalog: &'a Catalog, blueprint: &str) -> Vec<EntityRef<'a>> {
    catalog.find_blueprint(blueprint).map(|id| catalog.entities_of(id).collect()).unwrap_or_default()
}

/// Merges two lists that are sorted by identifier.
fn merge(old: &[EntityRef<'_>], new: &[EntityRef<'_>], pairs: &mut Vec<Pair>) {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.identifier().cmp(new.identifier()),
        };
        let old = if order.is_le() { old.next() } else { None };
        let new = if order.is_ge() { new.next() } else { None };
        pairs.push((old.map(|entity| entity.id()), new.map(|entity| entity.id())));
    }
}

/// Returns the entities that are new, gone or not what they were.
pub(super) fn compare(base: &Portal, head: &Portal, pairs: &[Pair]) -> Vec<EntityChange> {
    let changes = pairs.par_iter().map(|pair| match *pair {
        (Some(old), Some(new)) => {
            let values = values(base, head, base.catalog.entity(old), head.catalog.entity(new));
            (!values.is_empty()).then(|| change(head, new, Fate::Changed, values))
        }
        (Some(old), None) => Some(change(base, old, Fate::Removed, Vec::new())),
        (None, Some(new)) => Some(change(head, new, Fate::Added, Vec::new())),
        (None, None) => None,
    });
    changes.flatten().collect()
}

fn change(portal: &Portal, id: EntityId, fate: Fate, values: Vec<ValueChange>) -> EntityChange {
    let entity = portal.catalog.entity(id);
    EntityChange {
        name: Name::of(entity),
        title: entity.title().map(String::from),
        teams: teams(portal, entity),
        fate,
        place: Place::of(&portal.sources, entity.span()),
        values,
    }
}

/// Returns the identifiers of an entity's owners.
pub(super) fn teams(portal: &Portal, entity: EntityRef<'_>) -> Vec<String> {
    portal.known().owners(entity).into_iter().map(String::from).collect()
}

/// Returns the values that differ.
fn values(base: &Portal, head: &Portal, old: EntityRef<'_>, new: EntityRef<'_>) -> Vec<ValueChange> {
    let mut changes = Vec::new();
    for key in ["title", "icon", "team"] {
        compare_nodes(Sort::Meta, &format!("${key}"), old.field(key), new.field(key), &mut changes);
    }
    let properties = new.properties().map(|(name, _)| name);
    let gone = old.properties().map(|(name, _)| name).filter(|name| new.property(name).is_none());
    let names: BTreeSet<&str> = properties.chain(gone).collect();
    for name in names {
        compare_nodes(Sort::Property, name, old.property(name), new.property(name), &mut changes);
    }
    let (stated, states) = (relations(old), relations(new));
    let names: BTreeSet<&str> = stated.keys().chain(states.keys()).copied().collect();
    for name in names {
        let (old, new) = (stated.get(name).copied(), states.get(name).copied());
        compare_nodes(Sort::Relation, name, old, new, &mut changes);
    }
    let computed = |portal: &Portal, entity: EntityRef<'_>| -> Vec<(String, Value)> {
        let values = portal.computed.values(entity);
        values.map(|(name, value)| (name.to_string(), value.clone())).collect()
    };
    if !base.computed.values(old).eq(head.computed.values(new)) {
        compare_json(Sort::Computed, &computed(base, old), &computed(head, new), &mut changes);
    }
    changes
}

/// Returns what an entity states by each relation.
fn relations(entity: EntityRef<'_>) -> BTreeMap<&str, Node<'_>> {
    entity.relations().filter_map(|(key, value)| Some((key.as_str()?, value))).collect()
}

fn compare_nodes(
    sort: Sort,
    name: &str,
    old: Option<Node<'_>>,
    new: Option<Node<'_>>,
    changes: &mut Vec<ValueChange>,
) {
    if !same_or_absent(old, new) {
        let json = |node: Option<Node<'_>>| node.map_or(Value::Null, Node::to_json);
        changes.push(ValueChange { sort, name: name.into(), before: json(old), after: json(new) });
    }
}

/// Adds what differs between two lists of names and values, by name.
fn compare_json(
    sort: Sort,
    old: &[(String, Value)],
    new: &[(String, Value)],
    changes: &mut Vec<ValueChange>,
) {
    let find = |list: &[(String, Value)], name: &str| {
        list.iter().find(|(own, _)| own == name).map_or(Value::Null, |(_, value)| value.clone())
    };
    let names: BTreeSet<&str> = old.iter().chain(new).map(|(name, _)| name.as_str()).collect();
    for name in names {
        let (before, after) = (find(old, name), find(new, name));
        if before != after {
            changes.push(ValueChange { sort, name: name.into(), before, after });
        }
    }
}
