//! What the tests of questions and answers share.

mod answer;
mod question;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::catalog::{self, Catalog};
use crate::diagnostic::Diagnostics;
use crate::form::Form;
use crate::model::config::Config;
use crate::model::instant::Instant;
use crate::source::Sources;
use crate::worktree::Memory;

/// Returns the catalog of files in memory, as a JSON object of texts by path.
fn load(files: &[(&str, &str)]) -> Catalog {
    let files = Memory::new(files.iter().copied());
    let now = Instant::from_millis(0);
    let mut found = Diagnostics::default();
    catalog::load(&files, Config::default(), Sources::default(), now, &mut found)
        .unwrap_or_else(|error| panic!("{error}"))
        .catalog
}

const PLACES: &str = "
identifier: Environment
schema: {properties: {}}
---
identifier: System
schema: {properties: {}}
";

const SYSTEMS: &str = "
{identifier: cart, blueprint: System}
---
{identifier: shop, blueprint: System}
";

/// Returns an action with these inputs, in a catalog of two systems, with more keys of the action.
fn action(inputs: &Value, more: &Value) -> Catalog {
    action_among(inputs, more, &[])
}

fn action_among(inputs: &Value, more: &Value, files: &[(&str, &str)]) -> Catalog {
    let mut document = json!({
        "identifier": "act",
        "trigger": {"type": "self-service", "operation": "CREATE", "userInputs": inputs},
        "steps": [{"run": "true"}],
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        match key.as_str() {
            "operation" | "blueprintIdentifier" => document["trigger"][key] = value.clone(),
            _ => document[key] = value.clone(),
        }
    }
    let document = document.to_string();
    let mut all = vec![
        ("actions/act.json", document.as_str()),
        ("blueprints/places.yaml", PLACES),
        ("entities/systems.yaml", SYSTEMS),
    ];
    all.extend(files);
    load(&all)
}

fn asked(catalog: &Catalog, target: Target) -> Asking {
    let definition =
        catalog.actions().iter().find(|it| it.value.identifier.value == "act").expect("the action is read");
    let form = Form::of_action(catalog.node(definition.place), &definition.value);
    ask(&form, &definition.value, catalog, target)
}

fn all(catalog: &Catalog) -> Vec<Asking> {
    Target::ALL.iter().map(|&target| asked(catalog, target)).collect()
}

fn lacks(asking: &Asking) -> BTreeSet<Lack> {
    asking.losses.iter().map(|loss| loss.lack).collect()
}

/// Returns how the one input of a form is asked: the control, then the default.
fn control(input: &Value, target: Target) -> (Control, Option<String>, BTreeSet<Lack>) {
    let inputs = json!({"properties": {"it": input}});
    let asking = asked(&action(&inputs, &json!({})), target);
    let question = asking.question(&About::Input("it".into())).expect("it is asked").clone();
    (question.control, question.default, lacks(&asking))
}

fn choice(options: &[&str]) -> Control {
    Control::Choice(options.iter().map(|option| (*option).to_string()).collect())
}
