//! Documents of the later kinds: older forms, and pictures that do not exist. Their logic is not judged here.

use super::unknown_icon;
use crate::catalog::{Catalog, Definition};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::string;
use crate::yaml::{Kind, Node};

/// Pushes legacy forms of blueprints and actions, and unknown icons of every later kind.
pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for action in catalog.actions() {
        found.extend(legacy_action(catalog.node(action.place)));
    }
    icons(catalog, catalog.actions(), found);
    icons(catalog, catalog.automations(), found);
    icons(catalog, catalog.pages(), found);
    icons(catalog, catalog.scorecards(), found);
    for node in catalog.blueprint_nodes() {
        found.extend(formulas(node));
        found.extend(team_inheritance(node));
    }
}

fn icons<T>(catalog: &Catalog, definitions: &[Definition<T>], found: &mut Vec<Diagnostic>) {
    let icons = definitions.iter().filter_map(|definition| string(catalog.node(definition.place), "icon"));
    found.extend(icons.filter_map(|icon| unknown_icon(&icon)));
}

/// Returns the finding that an action has the shape of Port's first version.
fn legacy_action(action: Node<'_>) -> Option<Diagnostic> {
    let (key, trigger) = action.entry("trigger")?;
    let operation = trigger.as_str()?;
    let message = "this is an action of Port's first version";
    let help = format!(
        "write `trigger: {{type: self-service, operation: {operation}, userInputs: …}}`, with `userInputs` and `blueprint` (as `blueprintIdentifier`) inside it"
    );
    Some(Diagnostic::new(Rule::LegacyForm, key.span(), message).help(help))
}

/// Returns the finding that a blueprint has formula properties; an empty mapping is what old exports hold.
fn formulas(blueprint: Node<'_>) -> Option<Diagnostic> {
    let (key, formulas) = blueprint.entry("formulaProperties")?;
    if formulas.kind() != Kind::Map || formulas.is_empty() {
        return None;
    }
    let message = "`formulaProperties` is the former name of calculation properties, and is not computed";
    let help = "write each as a member of `calculationProperties`, with its expression as jq under `calculation` and its `type`";
    Some(Diagnostic::new(Rule::LegacyForm, key.span(), message).help(help))
}

/// Returns the finding that a blueprint inherits its teams the old way.
fn team_inheritance(blueprint: Node<'_>) -> Option<Diagnostic> {
    let (key, value) = blueprint.entry("teamInheritance")?;
    if value.is_null() {
        return None;
    }
    let path = value.get("path").and_then(Node::as_str).unwrap_or("…");
    let help = format!("write `ownership: {{type: Inherited, path: {path}}}`");
    Some(
        Diagnostic::new(Rule::LegacyForm, key.span(), "`teamInheritance` is the former form of ownership")
            .help(help),
    )
}
