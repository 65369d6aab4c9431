//! One value, wherever it comes from.

use serde_json::Value as Json;

use crate::yaml::{Kind, Node};

/// A value as a condition sees it.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// Absent, or null.
    Nothing,
    /// A value of a document.
    Node(Node<'a>),
    /// A value that was computed.
    Computed(&'a Json),
    /// A text that is known otherwise, such as an identifier.
    Text(&'a str),
    /// Several of them, such as the owning teams.
    Names(Vec<&'a str>),
}

impl<'a> Value<'a> {
    /// Returns what kind of value it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Nothing => Kind::Null,
            Self::Node(node) => node.kind(),
            Self::Computed(value) => match value {
                Json::Null => Kind::Null,
                Json::Bool(_) => Kind::Bool,
                Json::Number(_) => Kind::Number,
                Json::String(_) => Kind::String,
                Json::Array(_) => Kind::List,
                Json::Object(_) => Kind::Map,
            },
            Self::Text(_) => Kind::String,
            Self::Names(_) => Kind::List,
        }
    }

    /// Returns whether there is no value.
    pub fn is_nothing(&self) -> bool {
        self.kind() == Kind::Null
    }

    /// Returns whether it is nothing, an empty text, list or mapping; `false` and 0 are values.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Node(node) => match node.kind() {
                Kind::Null => true,
                Kind::String => node.as_str() == Some(""),
                Kind::List | Kind::Map => node.is_empty(),
                Kind::Bool | Kind::Number => false,
            },
            Self::Computed(value) => match value {
                Json::Null => true,
                Json::String(text) => text.is_empty(),
                Json::Array(items) => items.is_empty(),
                Json::Object(entries) => entries.is_empty(),
                Json::Bool(_) | Json::Number(_) => false,
            },
            Self::Text(text) => text.is_empty(),
            Self::Names(names) => names.is_empty(),
        }
    }

    /// Returns the text of a string.
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Self::Node(node) => node.as_str(),
            Self::Computed(value) => value.as_str(),
            Self::Text(text) => Some(text),
            Self::Nothing | Self::Names(_) => None,
        }
    }

    /// Returns the value of a number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Node(node) => node.as_f64(),
            Self::Computed(value) => value.as_f64(),
            Self::Nothing | Self::Text(_) | Self::Names(_) => None,
        }
    }

    /// Returns the value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Node(node) => node.as_bool(),
            Self::Computed(value) => value.as_bool(),
            Self::Nothing | Self::Text(_) | Self::Names(_) => None,
        }
    }

    /// Returns the items of a list; none of anything else.
    pub fn items(&self) -> Vec<Value<'a>> {
        match self {
            Self::Node(node) => node.items().map(Value::Node).collect(),
            Self::Computed(Json::Array(items)) => items.iter().map(Value::Computed).collect(),
            Self::Names(names) => names.iter().copied().map(Value::Text).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns whether it is the same as `other`: numbers by value, so that `1` is `1.0`.
    pub fn equals(&self, other: &Json) -> bool {
        match other {
            Json::Null => self.is_nothing(),
            Json::Bool(flag) => self.as_bool() == Some(*flag),
            Json::Number(number) => same_number(self.as_f64(), number.as_f64()),
            Json::String(text) => self.as_str() == Some(text),
            Json::Array(items) => {
                let own = self.items();
                let same = || own.iter().zip(items).all(|(own, other)| own.equals(other));
                self.kind() == Kind::List && own.len() == items.len() && same()
            }
            Json::Object(_) => self.kind() == Kind::Map && self.to_json() == *other,
        }
    }

    /// Returns it as JSON.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Nothing => Json::Null,
            Self::Node(node) => node.to_json(),
            Self::Computed(value) => (*value).clone(),
            Self::Text(text) => (*text).into(),
            Self::Names(names) => names.iter().copied().collect(),
        }
    }
}

fn same_number(one: Option<f64>, other: Option<f64>) -> bool {
    one.is_some() && one == other
}
