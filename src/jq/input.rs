//! What an expression is asked about.

use std::rc::Rc;

use serde_json::Value;

use super::value::{List, Object, Text, V};

/// A value as jq sees it, built once for many expressions. Copies share it; it stays on its thread.
#[derive(Clone, Debug)]
pub struct Input(pub(super) V);

impl Input {
    /// Returns a JSON value. A number that is too large for an integer becomes a float.
    pub fn from_json(value: &Value) -> Self {
        Self(V::from_json(value))
    }

    /// Returns `null`.
    pub fn null() -> Self {
        Self(V::Null)
    }

    /// Returns `true` or `false`.
    pub fn bool(value: bool) -> Self {
        Self(V::Bool(value))
    }

    /// Returns a number.
    pub fn number(value: f64) -> Self {
        Self(V::Float(value))
    }

    /// Returns a number without a fraction.
    pub fn integer(value: i64) -> Self {
        Self(V::Int(value))
    }

    /// Returns a text.
    pub fn text(value: &str) -> Self {
        Self(V::Text(value.to_string().into()))
    }

    /// Returns a list.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self(V::List(Rc::new(List::new(items.into_iter().map(|item| item.0).collect()))))
    }

    /// Returns an object with its entries in the order given; of two with the same name, the last counts.
    pub fn object<'k>(entries: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (Text::key(key), value.0));
        Self(V::Object(Rc::new(entries.collect::<Object>())))
    }

    /// Returns a copy of this object in which `key` has `value`. What is no object is one without entries.
    #[must_use]
    pub fn with(&self, key: &str, value: Self) -> Self {
        let mut object = match &self.0 {
            V::Object(object) => object.clone(),
            _ => Rc::default(),
        };
        Object::give(&mut object, Text::key(key), value.0);
        Self(V::Object(object))
    }
}
