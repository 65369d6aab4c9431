//! What a run did, as exec hands it to record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::request::EntityName;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What became of each task, in order.
    pub tasks: Vec<TaskResult>,
    /// What changes in the catalog, in order.
    #[serde(default)]
    pub effects: Vec<Effect>,
    /// The outputs of tasks, by their names.
    #[serde(default)]
    pub outputs: Map<String, Value>,
    /// Who agreed to it, by login.
    #[serde(default)]
    pub approved_by: Vec<String>,
}

/// What became of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskResult {
    /// What people read.
    pub label: String,
    /// `run`, `webhook` and so on.
    pub kind: String,
    /// How it came out.
    pub result: Outcome,
    /// Why it failed or was skipped, or what it led to, such as a link.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
}

/// How something came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Done,
    /// Its condition did not hold, or what it needs was skipped.
    Skipped,
    /// It failed.
    Failed,
}

/// A change of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "a run has a handful of them")]
pub enum Effect {
    /// An entity is created, or what is given of it changed; a property that is null is removed.
    Upsert(Upsert),
    /// An entity is deleted.
    Delete(EntityName),
}

/// An entity that is created or changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upsert {
    /// Its blueprint and identifier.
    #[serde(flatten)]
    pub name: EntityName,
    /// What people read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// A Port icon name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub icon: Option<String>,
    /// The owning teams.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team: Option<Vec<String>>,
    /// The values to set.
    #[serde(default)]
    pub properties: Map<String, Value>,
    /// The relations to set.
    #[serde(default)]
    pub relations: Map<String, Value>,
}
