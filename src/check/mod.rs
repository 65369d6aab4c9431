//! What is wrong in a catalog that reads well: one file per family of rules.
//!
//! To add a rule: its line in `diagnostic::rule`, its explanation, and a function here that pushes it.

mod action;
mod around;
mod automation;
mod blueprint;
mod circle;
mod cycle;
mod definition;
mod dialect;
mod dispatch;
mod document;
mod effect;
mod entity;
mod expression;
mod form;
mod identifier;
mod interface;
mod inverse;
mod invocation;
mod limit;
mod page;
mod path;
mod permission;
mod property;
mod scaffold;
mod search;
mod sight;
mod site;
mod step;
mod suppression;
mod usage;

use rayon::prelude::*;

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Rule, closest};
use crate::graph::Graph;
use crate::model::Spanned;
use crate::model::icon;
use crate::model::instant::Instant;

use around::Around;
use expression::Expressions;
pub use interface::check as interfaces;
pub use scaffold::check as scaffolds;
pub use suppression::{MARK as IGNORE_MARK, suppress};

/// Pushes everything that is wrong, in no particular order.
pub fn run(catalog: &Catalog, graph: &Graph, now: Instant, found: &mut Diagnostics) {
    let mut problems = Vec::new();
    for (_, blueprint) in catalog.blueprints() {
        blueprint::check(catalog, blueprint, &mut problems);
        property::check(blueprint, &mut problems);
        path::check(catalog, blueprint, &mut problems);
        inverse::check_declarations(catalog, blueprint, &mut problems);
    }
    identifier::check(catalog, &mut problems);
    usage::check(catalog, &mut problems);
    definition::check(catalog, &mut problems);
    document::check(catalog, &mut problems);
    site::check(catalog, &mut problems);
    search::check(catalog, graph, now, &mut problems);
    page::check(catalog, graph, now, &mut problems);
    procedures(catalog, &mut problems);
    cycle::check(catalog, graph, &mut problems);
    inverse::check(catalog, graph, &mut problems);
    found.extend(problems);
    let entities: Vec<Vec<Diagnostic>> =
        catalog.par_entities().map(|entity| entity::check(catalog, entity)).collect();
    found.extend(entities.into_iter().flatten());
}

/// Pushes what is wrong with actions and automations, each and together.
fn procedures(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let around = Around::new(catalog);
    let mut expressions = Expressions::default();
    for action in catalog.actions() {
        action::check(&around, action, &mut expressions, found);
    }
    for automation in catalog.automations() {
        automation::check(&around, automation, &mut expressions, found);
    }
    circle::check(&around, found);
    dialect::check(catalog, found);
}

/// Returns the finding that an icon has no picture.
fn unknown_icon(name: &Spanned<String>) -> Option<Diagnostic> {
    if name.value.is_empty() || icon::is_known(&name.value) {
        return None;
    }
    let message =
        format!("there is no icon `{}`; a neutral one is shown", crate::model::phrase::clip(&name.value));
    let near = closest(&name.value, icon::NAMES.iter().copied());
    let help = near.first().map_or_else(
        || "use one of Port's icon names, or leave the icon out".to_string(),
        |near| format!("did you mean `{near}`?"),
    );
    Some(Diagnostic::new(Rule::UnknownIcon, name.span, message).help(help))
}
