//! What actions and automations change in the catalog: entities that the blueprint allows.

use super::sight::{no_property, no_relation};
use super::step::{Doer, Own};
use crate::catalog::{BlueprintId, Catalog};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::graph::unknown_team;
use crate::model::blueprint::Blueprint;
use crate::model::phrase::{article, clip, quoted_first};
use crate::model::property::{Property, Type};
use crate::template;
use crate::yaml::{Kind, Node};

/// Pushes what is wrong with the entity that `body` creates or changes.
pub(super) fn check_upsert(doer: &Doer<'_>, body: Node<'_>, found: &mut Vec<Diagnostic>) {
    let blueprint = check_reference(doer, body, "changes", found);
    check_entity(doer.around.catalog, body, blueprint, &said, found);
}

/// How much of a text is known before anything happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// All of it.
    All,
    /// Some of it: there is an expression in it, so that it is a text in any case.
    Part,
    /// Nothing: it is one expression alone, which keeps its type.
    Nothing,
}

/// Returns how much of a text of an action or automation is known.
pub(super) fn said(text: &str) -> Said {
    match text {
        text if !text.contains("{{") => Said::All,
        text if is_single(text) => Said::Nothing,
        _ => Said::Part,
    }
}

/// Pushes what is wrong with the entity that `body` names; returns its blueprint, when that is known.
pub(super) fn check_reference(
    doer: &Doer<'_>,
    body: Node<'_>,
    does: &str,
    found: &mut Vec<Diagnostic>,
) -> Option<BlueprintId> {
    let named = body.get("identifier").is_some_and(|name| !name.is_null());
    let written = body.get("blueprint").filter(|name| !name.is_null());
    if !named && doer.own == Own::None {
        found.push(no_entity(body, does));
    } else if !named && doer.own == Own::Created {
        let message = format!("this {does} an entity that does not exist yet, without naming it");
        let help = "add `identifier`, such as '{{ .inputs.name }}'";
        found.push(Diagnostic::new(Rule::InvalidStep, place(body), message).help(help));
    } else if written.is_none() && !doer.named {
        let message = format!("this {does} an entity without saying its blueprint");
        let help = "add `blueprint`, or name one in the trigger";
        found.push(Diagnostic::new(Rule::InvalidStep, place(body), message).help(help));
    }
    match written {
        Some(name) => doer.around.blueprint(name, found),
        None => doer.blueprint,
    }
}

/// Returns the finding that nothing says which entity is meant.
pub(super) fn no_entity(body: Node<'_>, does: &str) -> Diagnostic {
    let message = format!("this {does} an entity, and there is none");
    let help = "name one with `identifier` and `blueprint`, or `entity`; or name a blueprint in the trigger";
    Diagnostic::new(Rule::InvalidStep, place(body), message).help(help)
}

fn place(body: Node<'_>) -> crate::source::Span {
    body.entries().next().map_or_else(|| body.span(), |(key, _)| key.span())
}

/// Pushes the values of `body` that its blueprint does not have, or not so; `said` is how much of a text is known.
pub(super) fn check_entity(
    catalog: &Catalog,
    body: Node<'_>,
    blueprint: Option<BlueprintId>,
    said: &dyn Fn(&str) -> Said,
    found: &mut Vec<Diagnostic>,
) {
    let known = |node: &Node<'_>| node.as_str().is_none_or(|text| said(text) == Said::All);
    if let Some(team) = body.get("team") {
        let named = std::iter::once(team).chain(team.items()).filter(known);
        found.extend(named.filter_map(|name| unknown_team(catalog, name)));
    }
    let Some(blueprint) = blueprint.map(|id| catalog.blueprint(id)) else { return };
    let members = |key: &str| {
        let entries = body.get(key).into_iter().flat_map(Node::entries);
        entries.filter(|(key, _)| known(key)).collect::<Vec<_>>()
    };
    for (key, value) in members("properties") {
        let name = key.as_str().unwrap_or_default();
        if let Some(property) = blueprint.property(name) {
            found.extend(wrong_value(property, value, said));
        } else {
            found.push(undeclared(blueprint, key));
        }
    }
    for (key, _) in members("relations") {
        let name = key.as_str().unwrap_or_default();
        if blueprint.relation(name).is_none() {
            let (rule, message, help) = no_relation(blueprint, name);
            found.push(Diagnostic::new(rule, key.span(), message).help(help));
        }
    }
}

/// Returns the finding that a blueprint stores no such property.
fn undeclared(blueprint: &Blueprint, key: Node<'_>) -> Diagnostic {
    let name = key.as_str().unwrap_or_default();
    if let Some((kind, declared)) = blueprint.computed(name) {
        let message = format!("`{name}` is a {kind} property: it is computed, and this value is ignored");
        let finding = Diagnostic::new(Rule::ComputedProperty, key.span(), message);
        return finding.related(declared, "declared here").help(format!("remove `{name}`"));
    }
    let (rule, message, help) = no_property(blueprint, name);
    Diagnostic::new(rule, key.span(), message).help(help)
}

/// Returns the finding that a value is never one of its property. What a template gives is known when it runs.
fn wrong_value(property: &Property, value: Node<'_>, said: &dyn Fn(&str) -> Said) -> Option<Diagnostic> {
    let name = &property.identifier.value;
    let text = value.as_str().filter(|text| said(text) != Said::All);
    if value.is_null() || text.is_some_and(|text| said(text) == Said::Nothing) {
        return None;
    }
    let finding = |rule, message: String| {
        Diagnostic::new(rule, value.span(), message).related(property.identifier.span, "declared here")
    };
    let kind = property.kind?;
    if !kind.takes(value.kind()) {
        let wanted = match kind {
            Type::Array => "a list".to_string(),
            Type::Object => "a mapping".to_string(),
            kind => format!("a {}", kind.name()),
        };
        let message = format!("`{name}` is {wanted}, not {}", article(value.kind()));
        let help = text.map(|_| "text around an expression makes it a text: write the expression alone");
        return Some(finding(Rule::PropertyType, message).maybe_help(help.map(String::from)));
    }
    let written = value.text().filter(|_| text.is_none() && value.kind() != Kind::List)?;
    let values = || property.values.iter().map(|value| value.value.as_str());
    if property.values.is_empty() || values().any(|known| known == written) {
        return None;
    }
    let help = did_you_mean(written, values());
    let help = help.unwrap_or_else(|| format!("use one of {}", quoted_first(values())));
    let message = format!("`{}` is not one of the values of `{name}`", clip(written));
    Some(finding(Rule::PropertyEnum, message).help(help))
}

/// Returns whether a text is one expression and nothing else, which keeps its type.
fn is_single(text: &str) -> bool {
    let whole = text.starts_with("{{") && text.ends_with("}}");
    whole && template::expressions(text).is_ok_and(|expressions| expressions.len() == 1)
}
