//! The blast radius of an entity: what it reaches, how far that is, and by which relations.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::{EntityId, EntityRef};
use crate::graph::{Direction, Edge, Graph};
use crate::portal::Portal;

/// An entity of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) entity: EntityId,
    /// How the walk from the root came here, if there was one.
    pub(super) step: Option<Step>,
}

/// The last step of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) direction: Direction,
    /// How many relations the entity is away.
    pub(super) distance: usize,
    /// The relations between it and those that are one nearer.
    pub(super) via: Vec<Edge>,
}

impl Row {
    /// Returns the row of an entity that was not walked to.
    pub(super) fn new(entity: EntityRef<'_>) -> Self {
        Self { entity: entity.id(), step: None }
    }
}

impl Step {
    /// Returns the nearer end of a relation.
    pub(super) fn nearer(&self, edge: &Edge) -> EntityId {
        match self.direction {
            Direction::Upstream => edge.from,
            Direction::Downstream => edge.to,
        }
    }
}

/// Returns what lies within `depth` relations of `root`, the nearest first, then by blueprint and identifier.
pub(super) fn walk(graph: &Graph, root: EntityId, direction: Direction, depth: usize) -> Vec<Row> {
    let mut reached = graph.reach(root, direction, depth);
    reached.sort_unstable_by_key(|&(entity, distance)| (distance, entity));
    let distances: FxHashMap<EntityId, usize> = reached.iter().copied().chain([(root, 0)]).collect();
    let row = |&(entity, distance): &(EntityId, usize)| {
        let nearer = |end: EntityId| distances.get(&end).is_some_and(|&at| at + 1 == distance);
        let via = match direction {
            Direction::Upstream => graph.incoming(entity).filter(|edge| nearer(edge.from)).copied().collect(),
            Direction::Downstream => {
                graph.outgoing(entity).iter().filter(|edge| nearer(edge.to)).copied().collect()
            }
        };
        Row { entity, step: Some(Step { direction, distance, via }) }
    };
    reached.iter().map(row).collect()
}

/// Returns the entities that each of `ends` reaches in `direction`.
pub(super) fn reached(
    portal: &Portal,
    ends: &[EntityId],
    direction: Direction,
    depth: usize,
) -> Vec<FxHashSet<EntityId>> {
    let reach = |&end: &EntityId| {
        let reached = portal.graph.reach(end, direction, depth);
        reached.into_iter().map(|(entity, _)| entity).collect()
    };
    ends.iter().map(reach).collect()
}

/// Returns the entities on the routes from the root to `rows`, as found by the whole walk.
pub(super) fn routes(walked: &[Row], rows: &[Row]) -> FxHashSet<EntityId> {
    let mut steps: FxHashMap<EntityId, Vec<&Step>> = FxHashMap::default();
    for row in walked {
        steps.entry(row.entity).or_default().extend(&row.step);
    }
    let mut seen = FxHashSet::default();
    let mut open: Vec<EntityId> = rows.iter().map(|row| row.entity).collect();
    while let Some(entity) = open.pop() {
        if !seen.insert(entity) {
            continue;
        }
        let steps = steps.get(&entity).into_iter().flatten();
        open.extend(steps.flat_map(|step| step.via.iter().map(|edge| step.nearer(edge))));
    }
    seen
}
