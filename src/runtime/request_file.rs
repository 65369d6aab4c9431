//! Request files: how an action of `mode: pull_request` is asked for.
//!
//! A request is a file below `requests/`. It is checked on its pull request, approved there, and starts the action when
//! it is merged. What it says is what a person says; who the person is, the provider says.

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_64;

use crate::diagnostic::Diagnostic;
use crate::dialect::slug;
use crate::model::instant::Instant;
use crate::source::SourceId;
use crate::yaml::{self, Kind, Node};

/// The folder of request files, relative to the catalog root.
pub const FOLDER: &str = "requests";

/// The most bytes of a request file.
pub const MOST: usize = 256 * 1024;

/// What a request file says.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestFile {
    /// The action.
    pub action: String,
    /// The entity that it is about.
    pub entity: Option<String>,
    /// How long what is created lives.
    pub ttl: Option<String>,
    /// The inputs.
    pub inputs: Map<String, Value>,
}

impl RequestFile {
    /// Returns what a file says.
    ///
    /// # Errors
    /// Everything that is wrong with it, each a phrase with its line.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, Vec<String>> {
        if bytes.len() > MOST {
            return Err(vec![format!("a request file has at most {} KiB", MOST / 1024)]);
        }
        let source = SourceId::new(0);
        let mut found = Vec::new();
        let (text, broken) = yaml::text_of(source, bytes);
        found.extend(broken);
        let text: std::sync::Arc<str> = text.into();
        let document = yaml::parse(source, &text, &mut found);
        let said = |finding: &Diagnostic| {
            let before = &text.as_bytes()[..(finding.primary.span.start as usize).min(text.len())];
            let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
            format!("line {line}: {}", finding.message)
        };
        if !found.is_empty() {
            return Err(found.iter().map(said).collect());
        }
        let mut roots = document.roots();
        match (roots.next(), roots.next()) {
            (Some(root), None) if root.kind() == Kind::Map => Self::decode(root),
            _ => Err(vec!["a request file holds one mapping: action, entity, ttl, inputs".into()]),
        }
    }

    fn decode(node: Node<'_>) -> Result<Self, Vec<String>> {
        const KEYS: &[&str] = &["action", "entity", "ttl", "inputs"];
        let mut wrong = Vec::new();
        let keys = node.entries().map(|(key, _)| key.as_str().unwrap_or_default());
        wrong.extend(keys.filter(|key| !KEYS.contains(key)).map(|key| {
            format!(
                "a request file has no key `{}`: it has {}",
                crate::printable::shown(key),
                KEYS.join(", ")
            )
        }));
        let mut text = |key: &str| match node.get(key) {
            None => None,
            Some(value) if value.kind() == Kind::String => value.as_str().map(String::from),
            Some(_) => {
                wrong.push(format!("`{key}` must be a text"));
                None
            }
        };
        let (action, entity, ttl) = (text("action"), text("entity"), text("ttl"));
        let inputs = match node.get("inputs").map(Node::to_json) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(inputs)) => inputs,
            Some(_) => {
                wrong.push("`inputs` must be a mapping".into());
                Map::new()
            }
        };
        if action.is_none() && wrong.is_empty() {
            wrong.push("`action` is missing".into());
        }
        match (wrong.is_empty(), action) {
            (true, Some(action)) => Ok(Self { action, entity, ttl, inputs }),
            _ => Err(wrong),
        }
    }

    /// Returns what it says as the text of a file.
    pub fn text(&self) -> String {
        let mut document = Map::new();
        document.insert("action".into(), Value::from(self.action.as_str()));
        for (key, value) in [("entity", &self.entity), ("ttl", &self.ttl)] {
            if let Some(value) = value {
                document.insert(key.into(), Value::from(value.as_str()));
            }
        }
        document.insert("inputs".into(), Value::Object(self.inputs.clone()));
        yaml::write::document(&Value::Object(document))
    }

    /// Returns the path of a new file for it, relative to the catalog root: `requests/plan_tier/20261121T180000Z-….yaml`.
    pub fn path(&self, now: Instant) -> String {
        format!("{FOLDER}/{}/{}.yaml", slug(&self.action), self.name(now))
    }

    /// Returns a name that another request made at the same second does not have.
    pub fn name(&self, now: Instant) -> String {
        let stamp: String = now.iso().chars().filter(|c| c.is_ascii_alphanumeric()).take(15).collect();
        format!("{stamp}Z-{:08x}", xxh3_64(self.text().as_bytes()) >> 32)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::RequestFile;
    use crate::model::instant::Instant;

    fn parse(text: &str) -> Result<RequestFile, Vec<String>> {
        RequestFile::parse(text.as_bytes().to_vec())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let Value::Object(inputs) = json!({
            "plan": "gold", "note": "a\nb: c # d", "count": 2, "tags": ["x", "y: z"], "ok": true, "text": "true",
        }) else {
            panic!()
        };
        for (entity, ttl) in [(None, None), (Some("a b"), Some("5d")), (Some("12"), None)] {
            let file = RequestFile {
                action: "plan_tier".into(),
                entity: entity.map(String::from),
                ttl: ttl.map(String::from),
                inputs: inputs.clone(),
            };
            assert_eq!(parse(&file.text()).as_ref(), Ok(&file), "{}", file.text());
        }
    }

    #[test]
    fn says_everything_that_is_wrong() {
        for (text, expected) in [
            ("", &["a request file holds one mapping: action, entity, ttl, inputs"][..]),
            ("- a", &["a request file holds one mapping: action, entity, ttl, inputs"]),
            ("action: a\n---\naction: b", &["a request file holds one mapping: action, entity, ttl, inputs"]),
            ("inputs: {}", &["`action` is missing"]),
            (
                "{action: 1, inputs: [], actor: me}",
                &[
                    "a request file has no key `actor`: it has action, entity, ttl, inputs",
                    "`action` must be a text",
                    "`inputs` must be a mapping",
                ],
            ),
        ] {
            assert_eq!(parse(text), Err(expected.iter().map(ToString::to_string).collect()), "{text}");
        }
        let broken = parse("action: a\ninputs: {a: [\n").unwrap_err();
        assert!(broken[0].starts_with("line "), "{broken:?}");
    }

    #[test]
    fn names_are_those_of_the_instant_and_the_request() {
        let file = parse("{action: Plan/Tier, inputs: {a: 1}}").unwrap();
        let path = file.path(Instant::parse("2026-11-21T18:00:00Z").unwrap());
        assert!(path.starts_with("requests/plan-tier-") && path.contains("/20261121T180000Z-"), "{path}");
        assert!(path.ends_with(".yaml"), "{path}");
    }
}
