//! The part of the graph that an answer draws.

use std::collections::BTreeMap;

use super::Answer;
use super::walk::routes;
use crate::catalog::EntityId;
use crate::model::blueprint::Blueprint;
use crate::portal::Portal;

/// Entities and the relations among them.
#[derive(Debug)]
pub(super) struct Drawing {
    /// By blueprint, then identifier; a node is known by its position.
    pub(super) nodes: Vec<EntityId>,
    /// From, to, and the names of the relations between.
    pub(super) edges: Vec<(usize, usize, String)>,
    /// The node that the question was about.
    pub(super) root: Option<usize>,
}

impl Drawing {
    /// Returns the drawing of an answer: its entities; for a walk, what lies on the routes to them as well; for
    /// one entity, its neighbours.
    pub(super) fn of(answer: &Answer, portal: &Portal) -> Self {
        let mut nodes: Vec<EntityId> = answer.entities().chain(answer.root).collect();
        nodes.extend(routes(&answer.walked, &answer.rows));
        if let Some(root) = answer.root.filter(|_| answer.single) {
            nodes.extend(portal.graph.outgoing(root).iter().map(|edge| edge.to));
            nodes.extend(portal.graph.incoming(root).map(|edge| edge.from));
        }
        nodes.sort_unstable();
        nodes.dedup();
        let root = answer.root.and_then(|root| nodes.binary_search(&root).ok());
        Self { edges: edges(&nodes, portal), nodes, root }
    }

    /// Returns the nodes of each blueprint, as positions.
    pub(super) fn groups<'a>(&self, portal: &'a Portal) -> Vec<(&'a Blueprint, std::ops::Range<usize>)> {
        let blueprint = |at: &EntityId| portal.catalog.entity(*at).blueprint_id();
        let mut groups = Vec::new();
        let mut start = 0;
        for chunk in self.nodes.chunk_by(|a, b| blueprint(a) == blueprint(b)) {
            groups.push((portal.catalog.entity(chunk[0]).blueprint(), start..start + chunk.len()));
            start += chunk.len();
        }
        groups
    }
}

/// Returns the relations among `nodes`, those between the same two as one.
fn edges(nodes: &[EntityId], portal: &Portal) -> Vec<(usize, usize, String)> {
    let mut edges: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
    for (from, &node) in nodes.iter().enumerate() {
        for edge in portal.graph.outgoing(node) {
            if let Ok(to) = nodes.binary_search(&edge.to) {
                edges.entry((from, to)).or_default().push(&edge.definition(&portal.catalog).identifier.value);
            }
        }
    }
    edges.into_iter().map(|((from, to), names)| (from, to, names.join(", "))).collect()
}
