//! The entity of a scaffold: one that its blueprint allows, as far as that is written.

use super::Texts;
use crate::catalog::BlueprintId;
use crate::check::around::Around;
use crate::check::effect::{self, Said};
use crate::check::unknown_icon;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::blueprint::Blueprint;
use crate::model::phrase::an;
use crate::model::string;
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// Pushes what is wrong with the entity written as `node`, whatever is answered.
pub(super) fn check(around: &Around<'_>, node: Node<'_>, texts: &Texts<'_>, found: &mut Vec<Diagnostic>) {
    if node.kind() != Kind::Map {
        return;
    }
    let known = |text: &str| texts.said(text) == Said::All;
    let icon = string(node, "icon").filter(|icon| known(&icon.value));
    found.extend(icon.as_ref().and_then(unknown_icon));
    let named = node.get("blueprint").filter(|name| name.as_str().is_some_and(known));
    let blueprint = named.and_then(|name| around.blueprint(name, found));
    effect::check_entity(around.catalog, node, blueprint, &|text| texts.said(text), found);
    if let Some(blueprint) = blueprint {
        check_complete(around, blueprint, node, found);
    }
}

/// Pushes required properties and relations that no answer would give.
fn check_complete(around: &Around<'_>, id: BlueprintId, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let blueprint: &Blueprint = around.catalog.blueprint(id);
    let of = &blueprint.identifier.value;
    let given = |part: &str, name: &str| {
        let value = node.get(part).and_then(|part| part.get(name));
        value.is_some_and(|value| !value.is_null())
    };
    for required in &blueprint.required {
        let name = required.value.as_str();
        // What has a default, and what is not declared at all, is not missed here.
        let needed = blueprint.property(name).is_some_and(|property| property.default.is_none());
        if needed && !given("properties", name) {
            let message = format!("`{of}` needs the property `{name}`");
            let finding = Diagnostic::new(Rule::MissingProperty, place(node, "properties"), message);
            let help = format!("add `{name}` under `properties`, as a value or a template");
            found.push(
                finding.label(format!("no `{name}`")).related(required.span, "required here").help(help),
            );
        }
    }
    for relation in blueprint.relations.iter().filter(|relation| relation.required) {
        let name = relation.identifier.value.as_str();
        if !given("relations", name) {
            let message = format!("`{of}` needs the relation `{name}`");
            let finding = Diagnostic::new(Rule::MissingRelation, place(node, "relations"), message);
            let targets = an(&relation.targets());
            let help = format!("add `{name}` under `relations`, with the identifier of {targets}");
            let finding = finding.label(format!("no `{name}`"));
            found.push(finding.related(relation.identifier.span, "required here").help(help));
        }
    }
}

/// Returns where to say that something is missing under `key`: at that key, else at the identifier.
fn place(node: Node<'_>, key: &str) -> Span {
    let key = node.entry(key).map(|(key, _)| key.span());
    key.or_else(|| node.get("identifier").map(Node::span)).unwrap_or_else(|| node.span())
}
