//! Cycles along relations declared as a hierarchy.

use rustc_hash::FxHashMap;

use super::inverse::edge_span;
use crate::catalog::{BlueprintId, Catalog, EntityId};
use crate::diagnostic::{Diagnostic, Rule};
use crate::graph::{Edge, Graph};

/// Pushes one finding for each cycle along a relation with `hierarchy: true`.
pub(super) fn check(catalog: &Catalog, graph: &Graph, found: &mut Vec<Diagnostic>) {
    for (blueprint, definition) in catalog.blueprints() {
        for (number, relation) in
            definition.relations.iter().enumerate().filter(|(_, relation)| relation.hierarchy)
        {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            Search::new(catalog, graph, blueprint, number)
                .run(|cycle| found.push(report(catalog, &relation.identifier.value, cycle)));
        }
    }
}

/// What is known of an entity while cycles are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// On the path that is being walked.
    Open,
    /// Walked, with all that follows.
    Done,
}

/// A walk along one relation, depth first, without recursion: chains are as long as the catalog.
struct Search<'a> {
    catalog: &'a Catalog,
    graph: &'a Graph,
    blueprint: BlueprintId,
    relation: u32,
    states: FxHashMap<EntityId, State>,
}

impl<'a> Search<'a> {
    fn new(catalog: &'a Catalog, graph: &'a Graph, blueprint: BlueprintId, relation: u32) -> Self {
        Self { catalog, graph, blueprint, relation, states: FxHashMap::default() }
    }

    /// Calls `report` with the edges of each cycle.
    fn run(mut self, mut report: impl FnMut(&[Edge])) {
        for start in self.catalog.entities_of(self.blueprint).map(|entity| entity.id()) {
            if self.states.contains_key(&start) {
                continue;
            }
            self.states.insert(start, State::Open);
            let mut path: Vec<Edge> = Vec::new();
            let mut open = vec![(start, self.edges(start))];
            while let Some((at, edges)) = open.last_mut() {
                let Some(edge) = edges.pop() else {
                    self.states.insert(*at, State::Done);
                    open.pop();
                    path.pop();
                    continue;
                };
                match self.states.get(&edge.to) {
                    Some(State::Done) => {}
                    Some(State::Open) => {
                        let first = path.iter().position(|step| step.from == edge.to).unwrap_or(path.len());
                        let cycle: Vec<Edge> = path[first..].iter().copied().chain([edge]).collect();
                        report(&cycle);
                    }
                    None => {
                        self.states.insert(edge.to, State::Open);
                        path.push(edge);
                        let next = self.edges(edge.to);
                        open.push((edge.to, next));
                    }
                }
            }
        }
    }

    /// Returns the edges of an entity along the relation, the first one last. A self reference is reported as such.
    fn edges(&self, entity: EntityId) -> Vec<Edge> {
        let same = self.catalog.entity(entity).blueprint_id() == self.blueprint;
        let edges = self
            .graph
            .outgoing(entity)
            .iter()
            .rev()
            .filter(|edge| edge.relation == self.relation && edge.from != edge.to);
        if same { edges.copied().collect() } else { Vec::new() }
    }
}

/// Returns the finding about one cycle, at its first edge.
fn report(catalog: &Catalog, relation: &str, cycle: &[Edge]) -> Diagnostic {
    const SHOWN: usize = 8;
    let name = |edge: &Edge| format!("`{}`", catalog.entity(edge.from).identifier());
    let mut names: Vec<String> = cycle.iter().take(SHOWN).map(name).collect();
    if cycle.len() > SHOWN {
        names.push(format!("{} more", cycle.len() - SHOWN));
    }
    names.push(name(&cycle[0]));
    let message = format!("`{relation}` runs in a circle: {}", names.join(" → "));
    let mut finding = Diagnostic::new(Rule::HierarchyCycle, edge_span(catalog, &cycle[0]), message);
    for edge in cycle.iter().skip(1).take(SHOWN) {
        finding = finding.related(edge_span(catalog, edge), format!("then {}", name(edge)));
    }
    finding.help("remove one of these relations: a hierarchy has a top")
}
