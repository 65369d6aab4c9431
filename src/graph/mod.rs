//! Relations resolved both ways: who points at whom, who owns what.
//!
//! Edges are numbers in flat vectors: the outgoing edges of an entity are one range, the incoming ones another.
//! Targets that are missing or wrong are reported while they are looked up, for nobody asks again.

mod owner;
mod search;
mod target;

use std::collections::VecDeque;

use rayon::prelude::*;

use crate::catalog::{Catalog, EntityId};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::relation::Relation;

pub use owner::unknown_team;

/// One entity pointing at another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The entity that states the relation.
    pub from: EntityId,
    /// The number of the relation among those of its blueprint.
    pub relation: u32,
    /// The entity it points at.
    pub to: EntityId,
}

impl Edge {
    /// Returns the definition of the relation.
    pub fn definition<'a>(&self, catalog: &'a Catalog) -> &'a Relation {
        &catalog.entity(self.from).blueprint().relations[self.relation as usize]
    }
}

/// Which way to walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Along relations, to what an entity depends on (Port: upstream).
    Upstream,
    /// Against them, to what depends on it (Port: downstream).
    Downstream,
}

/// Every relation of a catalog, resolved.
#[derive(Debug, Default)]
pub struct Graph {
    /// Sorted by source, then relation in the blueprint's order, then place in the list.
    edges: Vec<Edge>,
    outgoing: Vec<u32>,
    /// Numbers of edges, sorted by target, then source.
    backward: Vec<u32>,
    incoming: Vec<u32>,
    owners: Vec<EntityId>,
    owned: Vec<u32>,
}

impl Graph {
    /// Returns the relations of `catalog` resolved; targets that are missing or wrong go to `found`.
    pub fn resolve(catalog: &Catalog, found: &mut Diagnostics) -> Self {
        let resolved: Vec<target::Resolved> =
            catalog.par_entities().map(|entity| target::resolve(catalog, entity)).collect();
        let mut edges = Vec::new();
        let mut searches = Vec::new();
        for resolved in resolved {
            edges.extend(resolved.edges);
            searches.extend(resolved.searches);
            found.extend(resolved.found);
        }
        if !searches.is_empty() {
            edges.extend(search::evaluate(catalog, &searches, found));
            edges.sort_by_key(|edge| (edge.from, edge.relation));
        }
        let count = catalog.entity_count();
        let outgoing = offsets(count, edges.iter().map(|edge| edge.from));
        let mut backward: Vec<u32> =
            (0..u32::try_from(edges.len()).expect("fewer than 2^32 relations")).collect();
        backward.par_sort_by_key(|&edge| (edges[edge as usize].to, edge));
        let incoming = offsets(count, backward.iter().map(|&edge| edges[edge as usize].to));
        let mut graph = Self { edges, outgoing, backward, incoming, owners: Vec::new(), owned: Vec::new() };
        let owners = owner::resolve(catalog, &graph, found);
        graph.owned = offsets(count, owners.iter().map(|(entity, _)| *entity));
        graph.owners = owners.into_iter().map(|(_, team)| team).collect();
        graph
    }

    /// Returns every relation, by source, then relation.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Returns the relations that `entity` states, in the order of its blueprint.
    pub fn outgoing(&self, entity: EntityId) -> &[Edge] {
        &self.edges[range(&self.outgoing, entity)]
    }

    /// Returns the relations that point at `entity`, by source blueprint and identifier.
    pub fn incoming(&self, entity: EntityId) -> impl ExactSizeIterator<Item = &Edge> {
        self.backward[range(&self.incoming, entity)].iter().map(|&edge| &self.edges[edge as usize])
    }

    /// Returns the teams that own `entity`, stated or inherited.
    pub fn owners(&self, entity: EntityId) -> &[EntityId] {
        &self.owners[range(&self.owned, entity)]
    }

    /// Returns the entities within `depth` relations of `entity` in one direction, nearest first, each once with
    /// its distance; `entity` itself is not among them.
    pub fn reach(&self, entity: EntityId, direction: Direction, depth: usize) -> Vec<(EntityId, usize)> {
        let mut seen = rustc_hash::FxHashSet::from_iter([entity]);
        let mut queue = VecDeque::from([(entity, 0)]);
        let mut reached = Vec::new();
        while let Some((at, distance)) = queue.pop_front() {
            if distance == depth {
                continue;
            }
            for next in self.neighbours(at, direction) {
                if seen.insert(next) {
                    reached.push((next, distance + 1));
                    queue.push_back((next, distance + 1));
                }
            }
        }
        reached
    }

    fn neighbours(&self, entity: EntityId, direction: Direction) -> Vec<EntityId> {
        match direction {
            Direction::Upstream => self.outgoing(entity).iter().map(|edge| edge.to).collect(),
            Direction::Downstream => self.incoming(entity).map(|edge| edge.from).collect(),
        }
    }
}

/// Returns, for each of `count` entities and one more, where its run starts in a list sorted by entity.
fn offsets(count: usize, sorted: impl Iterator<Item = EntityId>) -> Vec<u32> {
    let mut offsets = vec![0u32; count + 1];
    for entity in sorted {
        offsets[entity.index() + 1] += 1;
    }
    for index in 0..count {
        offsets[index + 1] += offsets[index];
    }
    offsets
}

/// Returns the run of an entity.
fn range(offsets: &[u32], entity: EntityId) -> std::ops::Range<usize> {
    offsets[entity.index()] as usize..offsets[entity.index() + 1] as usize
}

/// Findings of one entity, collected in parallel.
type Found = Vec<Diagnostic>;
