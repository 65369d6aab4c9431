//! The tree as JSON, for JSON Schema: validators read the arena itself, so that no copy is made of it.
//!
//! `jsonschema::options_for::<Tree>()` builds such a validator. [`Node::locate`] finds the place of an error
//! by its instance path.

use std::borrow::Cow;
use std::sync::Arc;

use jsonschema::JsonType;
use jsonschema::json::{self, Json, JsonNumber, NodeIdentity, cmp, unique};
use serde_json::Value;

use super::node::{Entries, Items, Kind, Node};
use super::scalar::Number;
use super::tree::{Document, Form, NodeData, NodeId, SIDE, index};
use crate::source::SourceId;

/// Lists up to this size are searched pairwise for equal items.
const SMALL: usize = 16;

/// Marks documents read by this module as a representation of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tree;

impl Json for Tree {
    type Node<'a> = Node<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = Name;

    const KEYS_PER_LOOKUP: usize = 4;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(buffer: &mut Name, string: &str, f: impl FnOnce(Node<'_>) -> T) -> T {
        f(buffer.set(string))
    }
}

/// A document of one string, in which a validator checks the name of a property.
#[derive(Debug)]
pub struct Name(Document);

impl Default for Name {
    fn default() -> Self {
        Self(Document::empty(SourceId::new(0), &Arc::from("")))
    }
}

impl Name {
    fn set(&mut self, name: &str) -> Node<'_> {
        self.0.side.clear();
        self.0.side.push_str(name);
        self.0.nodes.clear();
        let b = index(name.len());
        let form = Form::String;
        self.0.nodes.push(NodeData { start: 0, end: 0, next: 1, a: 0, b, height: 0, form, flags: SIDE });
        self.0.node(NodeId(0))
    }
}

impl<'a> json::Node<'a, Tree> for Node<'a> {
    type Object = Object<'a>;
    type Array = Array<'a>;
    type Number = NumberValue;

    fn as_object(&self) -> Option<Object<'a>> {
        (self.kind() == Kind::Map).then_some(Object(*self))
    }

    fn as_array(&self) -> Option<Array<'a>> {
        (self.kind() == Kind::List).then_some(Array(*self))
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.as_str().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<NumberValue> {
        self.number().map(NumberValue)
    }

    fn as_boolean(&self) -> Option<bool> {
        self.as_bool()
    }

    fn is_null(&self) -> bool {
        Node::is_null(*self)
    }

    fn is_number(&self) -> bool {
        self.kind() == Kind::Number
    }

    fn is_string(&self) -> bool {
        self.kind() == Kind::String
    }

    fn json_type(&self) -> JsonType {
        match self.kind() {
            Kind::Null => JsonType::Null,
            Kind::Bool => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::List => JsonType::Array,
            Kind::Map => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        equals(*self, expected)
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(self.to_json())
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::tagged(std::ptr::from_ref(self.document()) as usize, self.target()))
    }
}

fn equals(node: Node<'_>, expected: &Value) -> bool {
    match expected {
        Value::Null => node.is_null(),
        Value::Bool(expected) => node.as_bool() == Some(*expected),
        Value::String(expected) => node.as_str() == Some(expected),
        Value::Number(expected) => {
            node.number().is_some_and(|number| cmp::equal_numbers(&NumberValue(number), expected))
        }
        Value::Array(expected) => {
            node.kind() == Kind::List
                && node.len() == expected.len()
                && node.items().zip(expected).all(|(item, expected)| equals(item, expected))
        }
        Value::Object(expected) => {
            node.kind() == Kind::Map
                && node.len() == expected.len()
                && node.entries().all(|(key, value)| {
                    key.as_str()
                        .and_then(|key| expected.get(key))
                        .is_some_and(|expected| equals(value, expected))
                })
        }
    }
}

/// A mapping as a JSON object.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a>(Node<'a>);

impl<'a> json::Object<'a, Tree> for Object<'a> {
    type Node = Node<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &Box<str>) -> Option<Node<'a>> {
        self.0.get(key)
    }

    fn members(&self) -> Members<'a> {
        Members(self.0.entries())
    }
}

/// The names and values of a JSON object, in the order of the source.
#[derive(Clone)]
pub struct Members<'a>(Entries<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key.as_str().unwrap_or_default(), value))
    }
}

/// A list as a JSON array.
#[derive(Debug, Clone, Copy)]
pub struct Array<'a>(Node<'a>);

impl<'a> json::Array<'a, Tree> for Array<'a> {
    type Node = Node<'a>;
    type ElementsIter = Items<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Items<'a> {
        self.0.items()
    }

    fn is_unique(&self) -> bool {
        if self.0.len() <= SMALL {
            let mut items = self.0.items();
            while let Some(item) = items.next() {
                if items.clone().any(|other| item == other) {
                    return false;
                }
            }
            return true;
        }
        let strings: Option<Vec<&str>> = self.0.items().map(Node::as_str).collect();
        if let Some(mut strings) = strings {
            strings.sort_unstable();
            return strings.windows(2).all(|pair| pair[0] != pair[1]);
        }
        let values: Vec<Value> = self.0.items().map(Node::to_json).collect();
        unique::is_unique(&values)
    }
}

/// A number of a document.
#[derive(Debug, Clone, Copy)]
pub struct NumberValue(Number);

impl JsonNumber for NumberValue {
    fn as_u64(&self) -> Option<u64> {
        match self.0 {
            Number::Unsigned(value) => Some(value),
            Number::Signed(value) => u64::try_from(value).ok(),
            Number::Float(_) => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Number::Unsigned(value) => i64::try_from(value).ok(),
            Number::Signed(value) => Some(value),
            Number::Float(_) => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        Some(self.0.as_f64())
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_json().to_string())
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        Cow::Owned(self.0.to_json())
    }

    fn is_integer(&self) -> bool {
        match self.0 {
            Number::Float(value) => value.fract() == 0.0,
            _ => true,
        }
    }

    fn is_written_as_integer(&self) -> bool {
        !matches!(self.0, Number::Float(_))
    }
}
