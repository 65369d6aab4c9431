//! Entities by how they hang together: what `relatedTo` and `matchAny` mean, looked up once.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::compile::{Compiler, Mistake};
use super::operand::{self, Written};
use super::operator::Operator;
use super::test::Ask;
use crate::catalog::{Catalog, EntityId};
use crate::diagnostic::{Diagnostic, Rule};
use crate::graph::{Direction, Edge, Graph};
use crate::model::phrase::clip;
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// The most hops that a path may ask for (Port's own limit).
const MOST_HOPS: u64 = 15;

/// Returns what `relatedTo` means.
pub(super) fn related_to(
    compiler: &mut Compiler<'_, '_>,
    node: Node<'_>,
    span: Span,
) -> Result<Ask, Mistake> {
    let catalog = compiler.scope.catalog;
    let Some(value) = node.get("value") else {
        return Err(missing_value(span, "relatedTo"));
    };
    if let Ok(Written::Viewer(asked)) = operand::read(Operator::Equal, Some(value), span, compiler.scope.now)
    {
        return Ok(Ask::Viewer { asked });
    }
    let blueprint = node.get("blueprint").filter(|blueprint| !blueprint.is_null());
    let ends = named(compiler, value, blueprint)?;
    let direction = match node.get("direction").and_then(Node::as_str) {
        Some("upstream") => Some(Direction::Upstream),
        Some("downstream") => Some(Direction::Downstream),
        _ => None,
    };
    let required = node.get("required").and_then(Node::as_bool).unwrap_or(false);
    let entities = reached(catalog, compiler.scope.graph, &ends, direction, required);
    let word = node.get("direction").and_then(Node::as_str).map_or("related to", |word| match word {
        "upstream" => "upstream of",
        _ => "downstream of",
    });
    Ok(Ask::Among { entities: Arc::new(entities), asked: format!("is {word} {}", names(value)) })
}

/// Returns what `matchAny` means: a path of relations that leads to one of the entities in `value`.
pub(super) fn match_any(compiler: &mut Compiler<'_, '_>, node: Node<'_>, span: Span) -> Result<Ask, Mistake> {
    let Some(value) = node.get("value") else {
        return Err(missing_value(span, "matchAny"));
    };
    if let Ok(Written::Viewer(asked)) = operand::read(Operator::Equal, Some(value), span, compiler.scope.now)
    {
        return Ok(Ask::Viewer { asked });
    }
    let property = node.get("property");
    let steps = property.and_then(|property| property.get("path")).and_then(steps);
    let Some(steps) = steps.filter(|steps| !steps.is_empty()) else {
        let message = "`matchAny` needs a path of relations";
        let help = "write property: {path: [system, domain]}";
        return Err(Box::new(Diagnostic::new(Rule::InvalidCondition, span, message).help(help)));
    };
    let from = property.and_then(|property| property.get("fromBlueprint"));
    let ends = named(compiler, value, from)?;
    let entities = matched(compiler.scope.catalog, compiler.scope.graph, &steps, &ends, from.is_some());
    let path: Vec<&str> = steps.iter().map(|step| step.relation.as_str()).collect();
    let asked = format!("`{}` leads to {}", path.join("."), names(value));
    Ok(Ask::Among { entities: Arc::new(entities), asked })
}

/// Returns the entities that `value` names, of `blueprint` when it is given.
fn named(
    compiler: &mut Compiler<'_, '_>,
    value: Node<'_>,
    blueprint: Option<Node<'_>>,
) -> Result<Vec<EntityId>, Mistake> {
    let catalog = compiler.scope.catalog;
    let blueprint = match blueprint {
        Some(node) => {
            let name = node.as_str().unwrap_or_default();
            let unknown = || Box::new(catalog.unknown_blueprint(name, node.span()));
            Some(catalog.find_blueprint(name).ok_or_else(unknown)?)
        }
        None => None,
    };
    let items: Vec<Node<'_>> = if value.kind() == Kind::List { value.items().collect() } else { vec![value] };
    let mut ends = Vec::new();
    for item in items {
        let name = item.text().unwrap_or_default();
        let named = match blueprint {
            Some(blueprint) => catalog.find_entity(blueprint, name).into_iter().collect(),
            None => catalog.find_entities(name),
        };
        if named.is_empty() && !catalog.is_unplaced(name) && !catalog.is_lost(name) {
            let message = format!("there is no entity `{}`", clip(name));
            let help = "correct the identifier, or leave it out";
            compiler.found.push(Diagnostic::new(Rule::InvalidCondition, item.span(), message).help(help));
        }
        ends.extend(named);
    }
    Ok(ends)
}

/// Returns the names in a value, for a sentence.
fn names(value: Node<'_>) -> String {
    let items: Vec<String> =
        value.items().filter_map(Node::text).map(|text| format!("`{}`", clip(text))).collect();
    if items.is_empty() {
        format!("`{}`", clip(value.text().unwrap_or_default()))
    } else {
        items.join(" or ")
    }
}

fn missing_value(span: Span, operator: &str) -> Mistake {
    let message = format!("`{operator}` needs a `value`: the identifiers of entities");
    Box::new(Diagnostic::new(Rule::InvalidCondition, span, message).help("add `value: …`"))
}

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
