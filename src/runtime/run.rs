//! The record of a run: one file, written once, in the catalog's `.portal/runs/`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::report::{Effect, TaskResult};
use super::request::{Actor, EntityName};

/// The folder of the records, relative to the catalog root.
pub const FOLDER: &str = ".portal/runs";

/// The schema of records.
pub const SCHEMA: &str = "portal.run/v1";

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All that was to be done was done.
    Success,
    /// Something failed.
    Failure,
    /// The guard did not let it through.
    Refused,
    /// Nobody agreed to it, or it was cancelled.
    Cancelled,
}

/// Why a run started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// Somebody asked for an action.
    Request,
    /// Something changed, and an automation started.
    Change,
    /// Something was due: a schedule, a deadline.
    Due,
    /// What an action created has expired.
    Expiry,
}

/// The record of a run. Secrets are in none of its members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// `portal.run/v1`.
    pub schema: String,
    /// Its name: that of the file, without `.json`.
    pub id: String,
    /// Why it started.
    pub cause: Cause,
    /// The action, of a request or an expiry.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<String>,
    /// The automation, of a change or something due.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub automation: Option<String>,
    /// How it ended.
    pub status: Status,
    /// Why it was refused or failed, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Who asked; of an automation, nobody.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actor: Option<Actor>,
    /// The entity that it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entity: Option<EntityName>,
    /// The inputs, without secrets; of a refused request as they were given.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// The digest of the request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<String>,
    /// When it was asked for, as an ISO 8601 instant.
    pub at: String,
    /// When it ended.
    pub ended_at: String,
    /// The commit that it was checked against.
    #[serde(default)]
    pub commit: String,
    /// Whether someone had to agree.
    #[serde(default)]
    pub needed_approval: bool,
    /// Who agreed, by login.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved_by: Vec<String>,
    /// What was done.
    #[serde(default)]
    pub tasks: Vec<TaskResult>,
    /// What changed in the catalog.
    #[serde(default)]
    pub effects: Vec<Effect>,
    /// When what it created expires.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<String>,
    /// The run that started this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<String>,
    /// How many runs led to this one.
    #[serde(default)]
    pub depth: u32,
    /// Where people see it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<String>,
}

impl Run {
    /// Returns the path of its file, relative to the catalog root: `.portal/runs/2026/11/gh-1-1.json`.
    pub fn path(&self) -> String {
        let year = self.at.get(..4).unwrap_or("0000");
        let month = self.at.get(5..7).unwrap_or("00");
        format!("{FOLDER}/{year}/{month}/{}.json", self.id)
    }
}

/// Returns whether `id` can be the name of a run: of letters, digits, `-` and `_`, so that it is the same in a path, a
/// branch and an address.
pub fn is_run_id(id: &str) -> bool {
    const LONGEST: usize = 150;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !id.is_empty() && id.len() <= LONGEST && !id.starts_with('-') && id.bytes().all(plain)
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Returns the record of a run of the action `deploy` that succeeded.
    pub(crate) fn run(id: &str, at: &str) -> Run {
        Run {
            schema: SCHEMA.into(),
            id: id.into(),
            cause: Cause::Request,
            action: Some("deploy".into()),
            automation: None,
            status: Status::Success,
            reasons: Vec::new(),
            actor: None,
            entity: None,
            inputs: Map::new(),
            digest: None,
            at: at.into(),
            ended_at: at.into(),
            commit: String::new(),
            needed_approval: false,
            approved_by: Vec::new(),
            tasks: Vec::new(),
            effects: Vec::new(),
            expires_at: None,
            parent: None,
            depth: 0,
            link: None,
        }
    }
}
