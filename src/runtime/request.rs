//! A request that the guard let through: what the run does, with exactly this and nothing else.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Who asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// The login, in the words of the CI system.
    pub login: String,
    /// The catalog's user of that login.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<String>,
    /// The user's address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub email: Option<String>,
    /// The teams that the user is in, sorted.
    #[serde(default)]
    pub teams: Vec<String>,
    /// The user's roles, sorted.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// An entity by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntityName {
    /// Its blueprint.
    pub blueprint: String,
    /// Its identifier.
    pub identifier: String,
}

/// A request that was checked: complete, canonical, on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// `portal.request/v1`.
    pub schema: String,
    /// The run, by the name that its record has.
    pub run: String,
    /// The action.
    pub action: String,
    /// The inputs, checked and complete: hidden ones with their defaults, those without a value left out.
    pub inputs: Map<String, Value>,
    /// The entity that the action is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entity: Option<EntityName>,
    /// Who asked.
    pub actor: Actor,
    /// When, as an ISO 8601 instant.
    pub at: String,
    /// The commit whose catalog it was checked against.
    pub commit: String,
    /// When what it creates expires, as an ISO 8601 instant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<String>,
    /// Whether someone must agree before it runs.
    pub needs_approval: bool,
    /// How many runs led to this one, each started by the one before.
    #[serde(default)]
    pub depth: u32,
    /// The run that started this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<String>,
    /// The SHA-256 of the other members, as `sha256:` and hexadecimal digits.
    #[serde(default)]
    pub digest: String,
}

/// How many runs may lead to another, each started by the one before: actions that start each other in a circle end.
pub const DEEPEST: u32 = 3;

/// The schema of requests.
pub const SCHEMA: &str = "portal.request/v1";

impl Request {
    /// Returns the digest of everything but the digest.
    pub fn compute_digest(&self) -> String {
        let bare = Self { digest: String::new(), ..self.clone() };
        let text = serde_json::to_string(&bare).unwrap_or_default();
        let hex: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }

    /// Returns the request with its digest.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.digest = self.compute_digest();
        self
    }

    /// Returns the request in a line of JSON, if it is what the guard let through.
    ///
    /// # Errors
    /// When it cannot be read, or is not what its digest says.
    pub fn parse(text: &str) -> Result<Self, String> {
        let request: Self =
            serde_json::from_str(text).map_err(|error| format!("the request cannot be read: {error}"))?;
        if request.digest != request.compute_digest() {
            return Err("the request is not the one that was checked: its digest differs".into());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Actor, Request, SCHEMA};

    fn request() -> Request {
        let bare = json!({
            "schema": SCHEMA, "run": "gh-1-1", "action": "deploy", "inputs": {"b": 1, "a": "x\n::error::y"},
            "actor": Actor { login: "ines".into(), ..Actor::default() }, "at": "2026-11-21T18:00:00Z",
            "commit": "c0ffee", "needsApproval": true,
        });
        serde_json::from_value::<Request>(bare).unwrap().sealed()
    }

    #[test]
    fn a_sealed_request_is_read_back_as_it_was() {
        let line = serde_json::to_string(&request()).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(Request::parse(&line), Ok(request()));
    }

    #[test]
    fn any_change_breaks_the_seal() {
        let line = serde_json::to_string(&request()).unwrap();
        for (from, to) in [
            ("\"b\":1", "\"b\":2"),
            ("\"b\":1,\"a\"", "\"c\":1,\"a\""),
            ("\"needsApproval\":true", "\"needsApproval\":false"),
            ("ines", "rita"),
            ("deploy", "delete"),
            ("sha256:", "sha255:"),
        ] {
            assert!(line.contains(from), "{from}");
            let error = Request::parse(&line.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains("digest"), "{from}: {error}");
        }
        assert!(Request::parse("{}").unwrap_err().contains("cannot be read"));
    }
}
