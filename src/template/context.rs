//! What expressions of templates see.

use serde_json::{Map, Value};

use crate::jq::Input;

/// What expressions of templates see: `.inputs`, `.entity`, `.user`, `.trigger` and so on.
///
/// An input that is an entity is its identifier, and its parts (`.inputs.service.title`) are those of the entity: both
/// ways are in use with Port, so each expression gets what it reads.
#[derive(Debug, Clone, Default)]
pub struct Context {
    root: Map<String, Value>,
    entities: Map<String, Value>,
    now: f64,
}

impl Context {
    /// Returns a context in which `now` is in seconds since 1970.
    pub fn new(now: f64) -> Self {
        Self { now, ..Self::default() }
    }

    /// Adds a member: `inputs`, `entity`.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.set(name, value);
        self
    }

    /// Adds the entity that the input `name` is, as Port's API has it.
    #[must_use]
    pub fn with_entity(mut self, name: &str, entity: Value) -> Self {
        self.entities.insert(name.to_string(), entity);
        self
    }

    /// Sets a member, in place of the one that it has.
    pub fn set(&mut self, name: &str, value: Value) {
        self.root.insert(name.to_string(), value);
    }

    /// Returns a member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.root.get(name)
    }

    /// Returns the instant, in seconds since 1970.
    pub fn now(&self) -> f64 {
        self.now
    }

    /// Returns what an expression sees that reads parts of these inputs; `.form` has the entities in any case, as with
    /// Port.
    pub(super) fn input(&self, parts: &[String]) -> Input {
        let members = self.root.iter().map(|(name, value)| {
            let value = match name.as_str() {
                "inputs" if !parts.is_empty() => self.replaced(value, |name| parts.contains(name)),
                "form" => self.replaced(value, |_| true),
                _ => Input::from_json(value),
            };
            (name.as_str(), value)
        });
        Input::object(members)
    }

    /// Returns inputs with those entities in the place of their identifiers.
    fn replaced(&self, inputs: &Value, wanted: impl Fn(&String) -> bool) -> Input {
        let mut inputs = inputs.clone();
        if let Value::Object(inputs) = &mut inputs {
            for (name, entity) in self.entities.iter().filter(|(name, _)| wanted(name)) {
                if let Some(value) = inputs.get_mut(name).filter(|value| !value.is_null()) {
                    *value = entity.clone();
                }
            }
        }
        Input::from_json(&inputs)
    }
}
