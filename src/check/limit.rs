//! Limits of actions: how often, and how long what they create lives.

use super::around::Around;
use crate::catalog::BlueprintId;
use crate::condition::invalid_age;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::action::Action;
use crate::model::action::limit::Per;
use crate::model::action::trigger::Operation;
use crate::model::instant::Age;
use crate::yaml::{Kind, Node};

/// Pushes what is wrong with the limits and the time to live of an action.
pub(super) fn check(
    around: &Around<'_>,
    node: Node<'_>,
    action: &Action,
    blueprint: Option<BlueprintId>,
    found: &mut Vec<Diagnostic>,
) {
    for limit in node.get("limits").into_iter().flat_map(Node::items) {
        check_limit(limit, action, found);
    }
    let Some((key, ttl)) = node.entry("ttl").filter(|(_, ttl)| !ttl.is_null()) else {
        if let Some((key, _)) = node.entry("onExpire").filter(|(_, steps)| !steps.is_empty()) {
            let message = "nothing expires, as the action has no `ttl`";
            let help = "add `ttl: 5d`, or remove `onExpire`";
            found.push(Diagnostic::new(Rule::InvalidLimit, key.span(), message).help(help));
        }
        return;
    };
    check_ttl(ttl, found);
    let refuse =
        |message: String, help: &str| Diagnostic::new(Rule::InvalidLimit, key.span(), message).help(help);
    let others = changed(around, node);
    if action.operation.as_ref().is_some_and(|operation| operation.value == Operation::Delete) {
        found.push(refuse("what an action deletes does not expire".into(), "remove `ttl`"));
    } else if action.blueprint.is_none() && others.as_ref().is_some_and(Vec::is_empty) {
        let help = "name the blueprint of what expires in `blueprintIdentifier`";
        found.push(refuse("the action does not say what expires".into(), help));
    } else if let (Some(blueprint), Some(others)) = (blueprint, others)
        && others.iter().chain([&blueprint]).all(|id| around.catalog.blueprint(*id).timer().is_none())
    {
        let blueprint = around.catalog.blueprint(blueprint);
        let name = &blueprint.identifier.value;
        let message = format!("`{name}` has no property that could hold when an entity expires");
        let finding = refuse(message, "give the blueprint `expiresAt: {type: string, format: timer}`");
        found.push(finding.related(blueprint.identifier.span, "declared here"));
    }
}

/// Returns the blueprints of other entities that the steps change; `None` when one of them cannot be said.
fn changed(around: &Around<'_>, node: Node<'_>) -> Option<Vec<BlueprintId>> {
    let steps = ["steps", "effects"].into_iter().filter_map(|key| node.get(key)).flat_map(Node::items);
    let named = steps.filter_map(|step| step.get("upsertEntity")?.get("blueprint"));
    named.map(|name| around.catalog.find_blueprint(name.as_str()?)).collect()
}

/// Checks one limit, as far as its shape is right.
fn check_limit(node: Node<'_>, action: &Action, found: &mut Vec<Diagnostic>) {
    if let Some(max) = node.get("max").filter(|max| max.kind() == Kind::Number)
        && max.as_u64().is_none_or(|max| max == 0)
    {
        let message = format!("`{}` is no number of requests", max.text().unwrap_or_default());
        let help = "write a whole number from 1; to allow none, remove the action or say `publish: false`";
        found.push(Diagnostic::new(Rule::InvalidLimit, max.span(), message).help(help));
    }
    if let Some(window) = node.get("window") {
        found.extend(not_an_age(window));
    }
    let per = node.get("per");
    let about_entity = per.and_then(Node::as_str) == Some(Per::Entity.name());
    let creates = action.operation.as_ref().is_some_and(|operation| operation.value == Operation::Create);
    if let Some(per) = per.filter(|_| about_entity && (creates || action.blueprint.is_none())) {
        let message = "this action is about no entity yet, so there is nothing to count by";
        let help = "count by `person` or by `team`";
        found.push(Diagnostic::new(Rule::InvalidLimit, per.span(), message).help(help));
    }
}

/// Checks the lengths of a time to live.
fn check_ttl(ttl: Node<'_>, found: &mut Vec<Diagnostic>) {
    let (default, max) = match ttl.kind() {
        Kind::Map => (ttl.get("default"), ttl.get("max")),
        _ => (Some(ttl), None),
    };
    if ttl.kind() == Kind::Map && default.is_none() && max.is_none() {
        let message = "a time to live needs a `default` or a `max`";
        let help = "write `ttl: 5d`, or `ttl: {default: 5d, max: 14d}`";
        found.push(Diagnostic::new(Rule::InvalidLimit, ttl.span(), message).help(help));
    }
    found.extend([default, max].into_iter().flatten().filter_map(not_an_age));
    let age = |node: Node<'_>| node.as_str().and_then(Age::parse);
    if let (Some(default), Some(max)) = (default, max)
        && let (Some(usual), Some(longest)) = (age(default), age(max))
        && usual > longest
    {
        let message = format!("the default is longer than the maximum, {}", longest.shown());
        let help = "make the default shorter, or the maximum longer";
        let finding = Diagnostic::new(Rule::InvalidLimit, default.span(), message).help(help);
        found.push(finding.related(max.span(), "the maximum"));
    }
}

/// Returns the finding that a text is no length of time, or one of nothing.
fn not_an_age(node: Node<'_>) -> Option<Diagnostic> {
    let text = node.as_str()?;
    match Age::parse(text) {
        None => Some(invalid_age(text, node.span())),
        Some(age) if age == Age::default() => {
            let message = format!("`{text}` is no time at all");
            let help = "write a whole number from 1 and a unit: 12h, 7d";
            Some(Diagnostic::new(Rule::InvalidLimit, node.span(), message).help(help))
        }
        Some(_) => None,
    }
}
