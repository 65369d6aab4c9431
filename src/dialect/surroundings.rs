//! What the rest of a catalog means for the questions of an action: worked out once for all actions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::limit::MOST_ENTITIES;
use crate::catalog::{BlueprintId, Catalog};
use crate::model::action::trigger::Operation;
use crate::procedure::{Deed, Procedure, Task};
use crate::yaml::Node;

/// What the rest of a catalog means for the questions of an action.
#[derive(Debug)]
pub struct Surroundings<'c> {
    pub(super) catalog: &'c Catalog,
    /// The actions that a task starts.
    started: Names,
    /// The blueprints whose entities come and go by tasks.
    changing: Names,
}

/// Names in definitions, some of which are computed and may be any.
#[derive(Debug, Default)]
struct Names {
    named: BTreeSet<String>,
    any: bool,
}

impl Names {
    fn add(&mut self, name: &str) {
        if name.contains("{{") {
            self.any = true;
        } else if !name.is_empty() {
            self.named.insert(name.to_string());
        }
    }

    fn has(&self, name: &str) -> bool {
        self.any || self.named.contains(name)
    }
}

impl<'c> Surroundings<'c> {
    /// Returns what a catalog means for the questions of its actions.
    pub fn of(catalog: &'c Catalog) -> Self {
        let mut around = Self { catalog, started: Names::default(), changing: Names::default() };
        for action in catalog.actions() {
            let creates = action.value.operation.as_ref().is_some_and(|it| it.value == Operation::Create);
            let blueprint = action.value.blueprint.as_ref().map(|it| it.value.as_str());
            around.read(&Procedure::of_action(catalog, action), blueprint, creates);
        }
        for automation in catalog.automations() {
            let blueprint = automation.value.blueprint.as_ref().map(|it| it.value.as_str());
            around.read(&Procedure::of_automation(catalog, automation), blueprint, false);
        }
        // What scaffolds make, steps make as well: a job may not write the files of the CI system either.
        for scaffold in catalog.scaffolds() {
            let node = catalog.node(scaffold.place).get("entity").and_then(|entity| entity.get("blueprint"));
            around.changing.add(node.and_then(Node::as_str).unwrap_or_default());
        }
        around
    }

    fn read(&mut self, procedure: &Procedure, blueprint: Option<&str>, creates: bool) {
        for task in procedure.all() {
            let text = |key: &str| task.body.get(key).and_then(Value::as_str);
            match task.deed {
                Deed::Dispatch => self.started.add(text("action").unwrap_or_default()),
                Deed::UpsertEntity | Deed::DeleteEntity if comes_or_goes(task, creates) => {
                    self.changing.add(text("blueprint").or(blueprint).unwrap_or_default());
                }
                _ => {}
            }
        }
    }

    /// Returns whether a task of the catalog starts an action.
    pub fn starts(&self, action: &str) -> bool {
        self.started.has(action)
    }

    /// Returns the identifiers of a blueprint's entities when they can be options: there are at most 50, and no task
    /// creates or deletes any. A run must not make the files of the CI system stale: it is not allowed to write them.
    pub(super) fn entities(&self, blueprint: &str) -> Option<Vec<&'c str>> {
        let id: BlueprintId = self.catalog.find_blueprint(blueprint)?;
        let entities = self.catalog.entities_of(id);
        let few = entities.len() <= MOST_ENTITIES && !self.changing.has(blueprint);
        few.then(|| entities.map(|entity| entity.identifier()).collect())
    }
}

/// Returns whether a task creates or deletes an entity, other than changing the one that an action is about.
fn comes_or_goes(task: &Task, creates: bool) -> bool {
    task.deed == Deed::DeleteEntity || creates || task.body.get("identifier").is_some()
}
