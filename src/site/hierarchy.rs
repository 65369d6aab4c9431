//! What each entity is a part of, found once: pages ask it of every neighbour.

use rayon::prelude::*;

use super::outline::{self, Outline};
use crate::catalog::{Catalog, EntityId};
use crate::graph::{Edge, Graph};

/// The most containers that are climbed.
const MOST_PARENTS: usize = 4;

/// The way up from each entity.
#[derive(Debug)]
pub(super) struct Hierarchy {
    /// By entity.
    up: Vec<Option<Up>>,
}

/// The way up from an entity.
#[derive(Debug, Clone, Copy)]
struct Up {
    to: EntityId,
    /// The number of the relation among those of its blueprint.
    relation: u32,
    /// Whether what it leads to consists of the entity.
    whole: bool,
}

impl Hierarchy {
    /// Returns the hierarchy of a catalog; `outlines` are those of its blueprints.
    pub(super) fn new(catalog: &Catalog, graph: &Graph, outlines: &[Outline]) -> Self {
        let up = catalog.par_entities().map(|entity| {
            let relation = outlines[entity.blueprint_id().index()].parent?;
            let mut edges = graph.outgoing(entity.id()).iter();
            let edge = edges.find(|edge| edge.relation as usize == relation)?;
            let whole = outline::contains(&entity.blueprint().relations[relation]);
            Some(Up { to: edge.to, relation: edge.relation, whole })
        });
        Self { up: up.collect() }
    }

    /// Returns what an entity is a part of, the nearest first.
    pub(super) fn above(&self, entity: EntityId) -> Vec<EntityId> {
        let mut above = Vec::new();
        let mut at = entity;
        while let Some(up) = self.up[at.index()]
            && above.len() < MOST_PARENTS
            && up.to != entity
            && !above.contains(&up.to)
        {
            above.push(up.to);
            at = up.to;
        }
        above
    }

    /// Returns whether an edge leads from a part to the whole.
    pub(super) fn is_part(&self, edge: &Edge) -> bool {
        self.up[edge.from.index()].is_some_and(|up| up.whole && up.relation == edge.relation)
    }
}
