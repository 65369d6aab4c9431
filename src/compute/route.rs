//! Routes of aggregations: along which relations the entities that count are found.

use crate::catalog::{BlueprintId, Catalog, EntityId};
use crate::graph::{Direction, Graph};
use crate::known::Known;

/// The longest route that is looked for when none is written.
const LONGEST: usize = 6;

/// How many routes are looked for: enough to name some when there are several.
const MOST: usize = 5;

/// The relations between an entity and those it aggregates, in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// The relations, in the order in which they are followed from the entity.
    pub(super) relations: Vec<String>,
    /// Whether they are followed, or come back.
    pub(super) direction: Direction,
}

impl Route {
    /// Returns the entities of `target` at the end of the route, each once, by id.
    pub(super) fn ends(&self, known: Known<'_>, from: EntityId, target: BlueprintId) -> Vec<EntityId> {
        let mut at = vec![from];
        for name in &self.relations {
            let mut next: Vec<EntityId> = at
                .iter()
                .flat_map(|&id| step(known.catalog, known.graph, id, name, self.direction))
                .collect();
            next.sort_unstable();
            next.dedup();
            at = next;
        }
        at.retain(|&id| known.catalog.entity(id).blueprint_id() == target);
        at
    }

    /// Returns the route as the `pathFilter` that says it.
    pub(super) fn filter(&self, target: &str) -> String {
        match self.direction {
            Direction::Upstream => format!("[{{path: [{}]}}]", self.relations.join(", ")),
            Direction::Downstream => {
                let path: Vec<&str> = self.relations.iter().rev().map(String::as_str).collect();
                format!("[{{path: [{}], fromBlueprint: {target}}}]", path.join(", "))
            }
        }
    }
}

fn step<'a>(
    catalog: &'a Catalog,
    graph: &'a Graph,
    at: EntityId,
    name: &'a str,
    direction: Direction,
) -> Vec<EntityId> {
    let named = |edge: &&crate::graph::Edge| edge.definition(catalog).identifier.value == name;
    match direction {
        Direction::Upstream => graph.outgoing(at).iter().filter(named).map(|edge| edge.to).collect(),
        Direction::Downstream => graph.incoming(at).filter(named).map(|edge| edge.from).collect(),
    }
}

/// Returns the routes from `host` to `target`, the shortest first: along relations, or against them, through each
/// blueprint once. As many as are needed to see that there are several.
pub(super) fn find(catalog: &Catalog, host: BlueprintId, target: BlueprintId) -> Vec<Route> {
    let mut found = Vec::new();
    for direction in [Direction::Upstream, Direction::Downstream] {
        // Read from its other end, a route against relations is one along them.
        let (start, end) = if direction == Direction::Upstream { (host, target) } else { (target, host) };
        let mut paths: Vec<(Vec<String>, Vec<BlueprintId>)> = vec![(Vec::new(), vec![start])];
        for _ in 0..LONGEST {
            let mut longer = Vec::new();
            for (relations, passed) in paths {
                for (name, next) in steps(catalog, *passed.last().unwrap_or(&start)) {
                    let with: Vec<String> = relations.iter().cloned().chain([name]).collect();
                    if next == end {
                        let mut relations = with;
                        if direction == Direction::Downstream {
                            relations.reverse();
                        }
                        found.push(Route { relations, direction });
                    } else if !passed.contains(&next) {
                        let passed = passed.iter().copied().chain([next]).collect();
                        longer.push((with, passed));
                    }
                }
            }
            if found.len() >= MOST || longer.is_empty() {
                break;
            }
            // A model in which everything leads everywhere has more paths than are worth a look.
            longer.truncate(10_000);
            paths = longer;
        }
    }
    found.sort_by_key(|route| route.relations.len());
    found.truncate(MOST);
    found
}

/// Returns the relations of a blueprint, with the blueprints that they lead to.
fn steps(catalog: &Catalog, blueprint: BlueprintId) -> Vec<(String, BlueprintId)> {
    let relations = &catalog.blueprint(blueprint).relations;
    let targets = relations.iter().flat_map(|relation| {
        let name = &relation.identifier.value;
        relation
            .targets
            .iter()
            .filter_map(move |target| Some((name.clone(), catalog.find_blueprint(&target.value)?)))
    });
    targets.collect()
}
