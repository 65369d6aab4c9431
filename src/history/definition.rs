//! Blueprints and scorecards: those that are new, gone, or not what they were.

use std::collections::BTreeMap;

use super::node::same;
use super::{DefinitionChange, Fate};
use crate::portal::Portal;
use crate::yaml::Node;

/// Returns the blueprints that changed, by identifier.
pub(super) fn blueprints(base: &Portal, head: &Portal) -> Vec<DefinitionChange> {
    fn nodes(portal: &Portal) -> BTreeMap<&str, Node<'_>> {
        let nodes = portal.catalog.blueprint_nodes();
        nodes.filter_map(|node| Some((node.get("identifier")?.as_str()?, node))).collect()
    }
    let changes = fates(&nodes(base), &nodes(head));
    let change = |(identifier, fate): (&str, Fate)| DefinitionChange {
        identifier: identifier.into(),
        blueprint: None,
        fate,
        rules: Vec::new(),
    };
    changes.into_iter().map(change).collect()
}

/// Returns what became of what has changed, by key.
fn fates<'a, K: Ord + Copy>(old: &BTreeMap<K, Node<'a>>, new: &BTreeMap<K, Node<'a>>) -> Vec<(K, Fate)> {
    let gone = old.keys().filter(|key| !new.contains_key(key)).map(|key| (*key, Fate::Removed));
    let kept = new.iter().filter_map(|(key, node)| match old.get(key) {
        None => Some((*key, Fate::Added)),
        Some(before) if !same(*before, *node) => Some((*key, Fate::Changed)),
        Some(_) => None,
    });
    let mut fates: Vec<(K, Fate)> = gone.chain(kept).collect();
    fates.sort();
    fates
}

/// Returns the scorecards that changed, by blueprint and identifier.
pub(super) fn scorecards(base: &Portal, head: &Portal) -> Vec<DefinitionChange> {
    let (old, new) = (cards(base), cards(head));
    let change = |(key, fate): ((&str, &str), Fate)| {
        let rules = match (old.get(&key), new.get(&key)) {
            (Some(old), Some(new)) => fates(&rules(*old), &rules(*new)),
            _ => Vec::new(),
        };
        DefinitionChange {
            identifier: key.1.into(),
            blueprint: Some(key.0.into()),
            fate,
            rules: rules.into_iter().map(|(name, fate)| (name.to_string(), fate)).collect(),
        }
    };
    fates(&old, &new).into_iter().map(change).collect()
}

fn cards(portal: &Portal) -> BTreeMap<(&str, &str), Node<'_>> {
    let all = portal.catalog.scorecards().iter();
    all.map(|definition| {
        let blueprint = definition.value.blueprint.as_ref().map_or("", |name| name.value.as_str());
        ((blueprint, definition.value.identifier.value.as_str()), portal.catalog.node(definition.place))
    })
    .collect()
}

/// Returns the rules of a scorecard by name.
pub(super) fn rules(scorecard: Node<'_>) -> BTreeMap<&str, Node<'_>> {
    let rules = scorecard.get("rules").into_iter().flat_map(Node::items);
    rules.filter_map(|rule| Some((rule.get("identifier")?.as_str()?, rule))).collect()
}
