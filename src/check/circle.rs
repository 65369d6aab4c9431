//! Actions and automations that start each other without end.
//!
//! A run starts what its steps dispatch, and every automation that waits for its end or for what it changes. A way that
//! comes back to where it began is an error when nothing on it can stop it, and else a warning: whether a condition
//! does, only who wrote it knows. Runs count how many led to them, so that even an error ends; it should not begin.

use serde_json::Value;

use super::around::Around;
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::model::phrase::clip;
use crate::procedure::{Deed, Procedure, Task};
use crate::source::Span;

/// An action or an automation.
struct Member<'a> {
    name: &'a str,
    span: Span,
    waits: Waits<'a>,
    procedure: Procedure,
    /// The blueprint of entities that a step does not say.
    blueprint: Option<&'a str>,
    /// Whether it creates an entity.
    creates: bool,
}

/// What somebody waits for.
enum Waits<'a> {
    /// A request: the action.
    Request,
    /// An event of entities of a blueprint, perhaps under a condition.
    Entity { event: &'a str, blueprint: &'a str, conditional: bool },
    /// The start or end of an action's run; of any, when none is named.
    Run { action: Option<&'a str>, conditional: bool },
    /// Something that no run brings about at once.
    Other,
}

/// What leads from one to the next.
#[derive(Clone, Copy)]
struct Edge {
    to: usize,
    /// Where it is written.
    span: Span,
    /// Whether something may stop it.
    conditional: bool,
}

/// Pushes one finding for each group of actions and automations that start each other.
pub(super) fn check(around: &Around<'_>, found: &mut Vec<Diagnostic>) {
    let members = members(around);
    let edges: Vec<Vec<Edge>> = (0..members.len()).map(|from| edges(&members, from)).collect();
    // Those that are on a way which is reported, and those that are on none.
    let mut reported = vec![false; members.len()];
    // The ways that nothing stops come first: a warning about the same would only repeat them.
    for stoppable in [false, true] {
        let mut gone = reported.clone();
        for start in 0..members.len() {
            let passable = |edge: &Edge| (stoppable || !edge.conditional) && !gone[edge.to];
            if gone[start] {
                continue;
            }
            if let Some(circle) = circle(&edges, start, &passable) {
                circle.iter().for_each(|edge| reported[edge.to] = true);
                circle.iter().for_each(|edge| gone[edge.to] = true);
                found.push(report(&members, start, &circle, stoppable));
            }
            gone[start] = true;
        }
    }
}

fn members<'a>(around: &'a Around<'a>) -> Vec<Member<'a>> {
    let catalog = around.catalog;
    let actions = catalog.actions().iter().map(|action| Member {
        name: &action.value.identifier.value,
        span: action.value.identifier.span,
        waits: Waits::Request,
        procedure: Procedure::of_action(catalog, action),
        blueprint: action.value.blueprint.as_ref().map(|name| name.value.as_str()),
        creates: true,
    });
    // A draft starts by nothing.
    let automations = catalog.automations().iter().filter(|automation| automation.value.published);
    let automations = automations.map(|automation| {
        let value = &automation.value;
        let conditional = !value.expressions.is_empty();
        let event = value.event.as_ref().map_or("", |event| event.value.as_str());
        let blueprint = value.blueprint.as_ref().map(|name| name.value.as_str());
        let waits = match (event, blueprint) {
            (
                "ENTITY_CREATED" | "ENTITY_UPDATED" | "ENTITY_DELETED" | "ANY_ENTITY_CHANGE",
                Some(blueprint),
            ) => Waits::Entity { event, blueprint, conditional },
            ("RUN_CREATED" | "RUN_UPDATED" | "ANY_RUN_CHANGE", _) => {
                Waits::Run { action: value.action.as_ref().map(|name| name.value.as_str()), conditional }
            }
            _ => Waits::Other,
        };
        Member {
            name: &value.identifier.value,
            span: value.identifier.span,
            waits,
            procedure: Procedure::of_automation(catalog, automation),
            blueprint,
            creates: false,
        }
    });
    actions.chain(automations).collect()
}

/// Returns what the steps of a member lead to; what happens later, when something expires, is another run's cause.
fn edges(members: &[Member<'_>], from: usize) -> Vec<Edge> {
    let member = &members[from];
    let mut edges = Vec::new();
    let mut add = |to: usize, span: Span, conditional: bool| edges.push(Edge { to, span, conditional });
    for task in member.procedure.tasks.iter().chain(&member.procedure.effects) {
        for (to, other) in members.iter().enumerate() {
            let stopped = match (&other.waits, task.deed) {
                (Waits::Request, Deed::Dispatch) => {
                    let named = task.body.get("action").and_then(Value::as_str) == Some(other.name);
                    named.then_some(false)
                }
                (Waits::Entity { .. }, _) if to == from && is_constant(task) => None,
                (Waits::Entity { event, blueprint, conditional }, _) => {
                    changes(member, task, event, blueprint).map(|settles| settles || *conditional)
                }
                _ => None,
            };
            if let Some(stopped) = stopped {
                add(to, task.span, stopped || task.when.is_some());
            }
        }
    }
    if matches!(member.waits, Waits::Request) {
        for (to, other) in members.iter().enumerate() {
            if let Waits::Run { action, conditional } = other.waits
                && action.is_none_or(|action| action == member.name)
            {
                add(to, other.span, conditional);
            }
        }
    }
    edges
}

/// Returns whether a task brings an event about, and if so whether it settles: the same change made again is none.
fn changes(member: &Member<'_>, task: &Task, event: &str, blueprint: &str) -> Option<bool> {
    let text = |key: &str| task.body.get(key).and_then(Value::as_str);
    if !task.deed.is_effect() || text("blueprint").or(member.blueprint) != Some(blueprint) {
        return None;
    }
    if task.deed == Deed::DeleteEntity {
        // What is deleted is gone, and cannot be deleted again.
        return matches!(event, "ENTITY_DELETED" | "ANY_ENTITY_CHANGE").then_some(true);
    }
    match event {
        "ENTITY_DELETED" => None,
        "ENTITY_CREATED" if !member.creates && names_own(task) => None,
        "ENTITY_CREATED" => Some(text("identifier").is_some_and(|name| !name.contains("{{"))),
        _ => Some(!varies(&task.body)),
    }
}

/// Returns whether a task of an automation is about the entity of its event.
fn names_own(task: &Task) -> bool {
    const OWN: &[&str] =
        &["entity.identifier", "event.diff.after.identifier", "event.diff.before.identifier"];
    let named = task.body.get("identifier").and_then(Value::as_str);
    named.is_none_or(|name| OWN.contains(&name.trim_matches(['{', '}', ' ', '.'])))
}

/// Returns whether a task makes the same of the entity of its event each time, so that the second time changes nothing.
fn is_constant(task: &Task) -> bool {
    let values = ["title", "icon", "team", "properties", "relations"].map(|key| task.body.get(key));
    names_own(task) && !values.into_iter().flatten().any(|value| value.to_string().contains("{{"))
}

/// Returns whether a change is another one each time: it writes what differs from run to run.
fn varies(body: &Value) -> bool {
    let text = body.to_string();
    ["now", ".run.", ".trigger.at"].iter().any(|moving| text.contains(moving)) && text.contains("{{")
}

/// Returns the edges of the shortest way from `start` back to it.
fn circle(edges: &[Vec<Edge>], start: usize, passable: &dyn Fn(&Edge) -> bool) -> Option<Vec<Edge>> {
    let mut came: Vec<Option<(usize, Edge)>> = vec![None; edges.len()];
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for edge in edges[at].iter().filter(|edge| passable(edge)) {
            if edge.to == start {
                let mut way = vec![*edge];
                let mut back = at;
                while back != start {
                    let (before, edge) = came[back]?;
                    way.push(edge);
                    back = before;
                }
                way.reverse();
                return Some(way);
            }
            if came[edge.to].is_none() {
                came[edge.to] = Some((at, *edge));
                open.push_back(edge.to);
            }
        }
    }
    None
}

fn report(members: &[Member<'_>], start: usize, circle: &[Edge], stoppable: bool) -> Diagnostic {
    let name = |at: usize| format!("`{}`", clip(members[at].name));
    let mut names = vec![name(start)];
    names.extend(circle.iter().map(|edge| name(edge.to)));
    let way = names.join(" → ");
    let (message, severity, help) = if stoppable {
        let help = "make sure that a condition stops it, and say so with `# portal: ignore[automation-loop]`";
        (format!("this may start itself again: {way}"), Severity::Warning, help)
    } else {
        let help = "give a step a `when`, or the automation a `condition`, that ends it";
        (format!("this starts itself again, without end: {way}"), Severity::Error, help)
    };
    let finding = Diagnostic::new(Rule::AutomationLoop, members[start].span, message);
    let mut finding = Diagnostic { severity, ..finding }.help(help);
    for edge in circle {
        finding = finding.related(edge.span, format!("leads to {}", name(edge.to)));
    }
    finding
}
