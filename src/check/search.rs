//! Searches inside actions and scaffolds: what they ask for must exist.
//!
//! They are evaluated where they are used; here they are compiled, for the mistakes that this finds.

use crate::catalog::Catalog;
use crate::condition::{Lookups, Scope, compile};
use crate::diagnostic::{Diagnostic, Rule};
use crate::graph::Graph;
use crate::jq;
use crate::model::instant::Instant;
use crate::model::query::Query;
use crate::yaml::{Kind, Node};

/// Pushes what is wrong with the searches of actions (for whom they are shown, which entities can be picked, who may ask)
/// and of scaffolds (which entities can be picked); those of pages are checked with their widgets.
pub(super) fn check(catalog: &Catalog, graph: &Graph, now: Instant, found: &mut Vec<Diagnostic>) {
    let scope = Scope { catalog, graph, blueprint: None, max_age: None, now };
    jq::on_deep_stack(|| {
        for action in catalog.actions() {
            let node = catalog.node(action.place);
            if let Some(trigger) = node.get("trigger") {
                let blueprint = trigger.get("blueprintIdentifier").and_then(Node::as_str);
                query(trigger.get("condition"), blueprint, scope, found);
            }
            walk(node, scope, found);
            let policies = ["execute", "approve"].map(|key| node.get("permissions")?.get(key)?.get("policy"));
            let queries = policies.into_iter().flatten().filter_map(|policy| policy.get("queries"));
            for (_, search) in queries.flat_map(Node::entries) {
                query(Some(search), None, scope, found);
            }
        }
        for scaffold in catalog.scaffolds() {
            let form = catalog.node(scaffold.place).get("userInputs");
            form.into_iter().for_each(|form| walk(form, scope, found));
        }
    });
}

/// Checks every `dataset` below a node, which is about the `blueprint` beside it.
fn walk(node: Node<'_>, scope: Scope<'_>, found: &mut Vec<Diagnostic>) {
    match node.kind() {
        Kind::List => node.items().for_each(|item| walk(item, scope, found)),
        Kind::Map => {
            query(node.get("dataset"), node.get("blueprint").and_then(Node::as_str), scope, found);
            node.entries().for_each(|(_, value)| walk(value, scope, found));
        }
        _ => {}
    }
}

/// Checks a search about the entities of `blueprint`; one that is no group has been reported as shape.
fn query(node: Option<Node<'_>>, blueprint: Option<&str>, scope: Scope<'_>, found: &mut Vec<Diagnostic>) {
    let Some(node) = node.filter(|node| node.kind() == Kind::Map && node.get("rules").is_some()) else {
        return;
    };
    let blueprint = blueprint.and_then(|name| scope.catalog.find_blueprint(name));
    let scope = Scope { blueprint, ..scope };
    let mut lookups = Lookups::default();
    compile(&Query::decode(node), node.document(), scope, &mut lookups, found);
    if !lookups.is_empty() {
        let message = "this search cannot ask for files or the history";
        let help = "ask for a property, or for a scorecard whose rules ask for them";
        found.push(Diagnostic::new(Rule::InvalidCondition, node.span(), message).help(help));
    }
}
