//! Entities by how they hang together: what `relatedTo` and `matchAny` mean, looked up once.

use rustc_hash::FxHashSet;

use crate::catalog::{Catalog, EntityId};
use crate::graph::{Direction, Edge, Graph};
use crate::yaml::{Kind, Node};

/// The most hops that a path may ask for (Port's own limit).
const MOST_HOPS: u64 = 15;

/// Returns the entities that are upstream of `ends` (what they depend on), downstream of them (what depends on them),
/// or, without a direction, either; a way that turns around does not count. `required` follows required relations only.
pub(super) fn reached(
    catalog: &Catalog,
    graph: &Graph,
    ends: &[EntityId],
    direction: Option<Direction>,
    required: bool,
) -> FxHashSet<EntityId> {
    let directions = match direction {
        Some(direction) => vec![direction],
        None => vec![Direction::Upstream, Direction::Downstream],
    };
    let follow = |edge: &Edge| !required || edge.definition(catalog).required;
    let mut all = FxHashSet::default();
    for direction in directions {
        let mut seen: FxHashSet<EntityId> = ends.iter().copied().collect();
        let mut open: Vec<EntityId> = ends.to_vec();
        while let Some(at) = open.pop() {
            for next in neighbours(graph, at, direction, &follow) {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        all.extend(seen);
    }
    ends.iter().for_each(|end| {
        all.remove(end);
    });
    all
}

fn neighbours(
    graph: &Graph,
    at: EntityId,
    direction: Direction,
    follow: &impl Fn(&Edge) -> bool,
) -> Vec<EntityId> {
    match direction {
        Direction::Upstream => {
            graph.outgoing(at).iter().filter(|edge| follow(edge)).map(|edge| edge.to).collect()
        }
        Direction::Downstream => {
            graph.incoming(at).filter(|edge| follow(edge)).map(|edge| edge.from).collect()
        }
    }
}

/// One step of a path of relations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) relation: String,
    /// Up to how many times the relation is followed, each entity on the way counting; `None` for exactly once.
    pub(super) hops: Option<u64>,
}

/// Returns the steps of a path: each a relation's name, or `{relation, maxHops}`; `None` when one is neither.
pub(super) fn steps(path: Node<'_>) -> Option<Vec<Step>> {
    let step = |node: Node<'_>| match node.kind() {
        Kind::String => Some(Step { relation: node.as_str()?.to_string(), hops: None }),
        Kind::Map => {
            let hops = node.get("maxHops").and_then(Node::as_u64).unwrap_or(1).clamp(1, MOST_HOPS);
            Some(Step { relation: node.get("relation")?.as_str()?.to_string(), hops: Some(hops) })
        }
        _ => None,
    };
    path.items().map(step).collect()
}

/// Returns the entities from which a path leads to one of `ends`, or, read the other way, those to which it leads from
/// one of them.
pub(super) fn matched(
    catalog: &Catalog,
    graph: &Graph,
    steps: &[Step],
    ends: &[EntityId],
    backward: bool,
) -> FxHashSet<EntityId> {
    let direction = if backward { Direction::Upstream } else { Direction::Downstream };
    let mut at: FxHashSet<EntityId> = ends.iter().copied().collect();
    let order: Vec<&Step> = if backward { steps.iter().collect() } else { steps.iter().rev().collect() };
    for step in order {
        let follow = |edge: &Edge| edge.definition(catalog).identifier.value == step.relation;
        let mut reached = FxHashSet::default();
        for _ in 0..step.hops.unwrap_or(1) {
            at = at.iter().flat_map(|&id| neighbours(graph, id, direction, &follow)).collect();
            at.retain(|id| !reached.contains(id));
            if at.is_empty() {
                break;
            }
            reached.extend(at.iter().copied());
        }
        at = reached;
    }
    at
}
