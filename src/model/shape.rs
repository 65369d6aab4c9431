//! What a document may hold, as data: one table per kind, read three times.
//!
//! A [`Shape`] says which keys an object has, of which type, and which must be there. The same table checks a
//! document ([`check`](Shape::check)), becomes its JSON Schema for editors ([`json_schema`](Shape::json_schema))
//! and is the reference in the documentation, so the three cannot disagree. What a table cannot say (a target
//! that exists, an enum colour without its value) is left to `crate::check`.

use serde_json::{Map, Value, json};

use super::identifier::Form;
use super::phrase::{article, boolean_hint, clip, quoted};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::yaml::{Kind, Node};

/// The type of a value.
#[derive(Debug)]
pub enum Shape {
    /// Anything.
    Any,
    /// Any string.
    Text,
    /// A string of at most so many characters.
    Title(usize),
    /// An identifier of a form.
    Identifier(&'static Form),
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A list whose items have a shape.
    List(&'static Shape),
    /// A mapping from identifiers of a form to values of a shape.
    Map(&'static Form, &'static Shape),
    /// A mapping with known keys.
    Object(&'static Object),
    /// The first of these that takes the node's type; two never take the same.
    Either(&'static [Shape]),
}

/// A mapping with known keys.
#[derive(Debug)]
pub struct Object {
    /// What it is, with its article: `a relation`.
    pub name: &'static str,
    /// Its keys, in the order in which a person would write them.
    pub fields: &'static [Field],
    /// What an unknown key is.
    pub openness: Openness,
}

/// What an unknown key of an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// An error: Port closes this object (`additionalProperties: false` in its API).
    Closed,
    /// A warning: Port lets it pass and nothing reads it.
    Open,
    /// Nothing to report: the keys depend on something else, such as a widget's type.
    Free,
}

/// A key of an object.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// The type of its value.
    pub shape: Shape,
    /// Whether the key must be there, with a value.
    pub required: bool,
    /// One line for editors and documentation.
    pub about: &'static str,
}

/// Returns a key that may be left out.
pub const fn optional(key: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { key, shape, required: false, about }
}

/// Returns a key that must be there.
pub const fn required(key: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { key, shape, required: true, about }
}

impl Shape {
    /// Pushes what `node` has wrong: types, unknown and missing keys, values outside a list, lengths.
    pub fn check(&self, node: Node<'_>, found: &mut Vec<Diagnostic>) {
        match self {
            _ if !self.takes(node.kind()) => found.push(self.wrong_type(node)),
            Self::Any | Self::Text | Self::Number | Self::Boolean => {}
            Self::Title(most) => check_length(node, *most, found),
            Self::Identifier(form) => found.extend(form.check(node)),
            Self::OneOf(values) => found.extend(check_value(node, values)),
            Self::List(item) => node.items().for_each(|node| item.check(node, found)),
            Self::Map(form, value) => {
                for (key, node) in node.entries() {
                    found.extend(form.check(key));
                    value.check(node, found);
                }
            }
            Self::Object(object) => object.check(node, found),
            Self::Either(shapes) => {
                if let Some(shape) = shapes.iter().find(|shape| shape.takes(node.kind())) {
                    shape.check(node, found);
                }
            }
        }
    }

    /// Returns whether a node of this kind can have the shape.
    fn takes(&self, kind: Kind) -> bool {
        match self {
            Self::Any => true,
            Self::Text | Self::Title(_) | Self::Identifier(_) | Self::OneOf(_) => kind == Kind::String,
            Self::Number => kind == Kind::Number,
            Self::Boolean => kind == Kind::Bool,
            Self::List(_) => kind == Kind::List,
            Self::Map(..) | Self::Object(_) => kind == Kind::Map,
            Self::Either(shapes) => shapes.iter().any(|shape| shape.takes(kind)),
        }
    }

    /// Returns what a value of the shape is called: `a string`, `a list or a mapping`.
    fn name(&self) -> String {
        match self {
            Self::Any => "a value".into(),
            Self::Text | Self::Title(_) | Self::Identifier(_) | Self::OneOf(_) => "a string".into(),
            Self::Number => "a number".into(),
            Self::Boolean => "`true` or `false`".into(),
            Self::List(_) => "a list".into(),
            Self::Map(..) | Self::Object(_) => "a mapping".into(),
            Self::Either(shapes) => {
                let names: Vec<String> = shapes.iter().map(Self::name).collect();
                names.join(" or ")
            }
        }
    }

    /// Returns the finding that `node` is of another type.
    fn wrong_type(&self, node: Node<'_>) -> Diagnostic {
        let kind = node.kind();
        let message = format!("{} is needed here, not {}", self.name(), article(kind));
        let scalar = matches!(kind, Kind::Number | Kind::Bool | Kind::Null);
        let text = node.text().unwrap_or_default();
        let help = match self {
            _ if kind == Kind::Null && text.is_empty() => {
                Some("give it a value, or leave the key out".into())
            }
            Self::Boolean => boolean_hint(node),
            _ if scalar && self.takes(Kind::String) => {
                Some(format!("quote it to make it a string: \"{text}\""))
            }
            Self::List(_) if kind == Kind::String => Some(format!("write it as a list of one: [{text}]")),
            _ => None,
        };
        Diagnostic::new(Rule::WrongType, node.span(), message)
            .label(format!("this is {}", article(kind)))
            .maybe_help(help)
    }

    /// Returns the JSON Schema of the shape, with every object under its name in `definitions`.
    pub fn json_schema(&self, definitions: &mut Map<String, Value>) -> Value {
        match self {
            Self::Any => json!({}),
            Self::Text => json!({"type": "string"}),
            Self::Title(most) => json!({"type": "string", "maxLength": most}),
            Self::Identifier(form) => form.json_schema(),
            Self::Number => json!({"type": "number"}),
            Self::Boolean => json!({"type": "boolean"}),
            Self::OneOf(values) => json!({"enum": values}),
            Self::List(item) => json!({"type": "array", "items": item.json_schema(definitions)}),
            Self::Map(form, value) => json!({
                "type": "object",
                "propertyNames": form.json_schema(),
                "additionalProperties": value.json_schema(definitions),
            }),
            Self::Object(object) => object.reference(definitions),
            Self::Either(shapes) => {
                let shapes: Vec<Value> = shapes.iter().map(|shape| shape.json_schema(definitions)).collect();
                json!({"anyOf": shapes})
            }
        }
    }
}

impl Object {
    /// Pushes what the mapping `node` has wrong.
    pub fn check(&self, node: Node<'_>, found: &mut Vec<Diagnostic>) {
        if node.kind() != Kind::Map {
            let message = format!("{} is a mapping, not {}", self.name, article(node.kind()));
            found.push(Diagnostic::new(Rule::WrongType, node.span(), message));
            return;
        }
        for (key, value) in node.entries() {
            match self.field(key.as_str().unwrap_or_default()) {
                // Port's exports write null for what is not set.
                Some(field) if field.required || !value.is_null() => field.shape.check(value, found),
                Some(_) => {}
                None => found.extend(self.unknown_key(key)),
            }
        }
        self.missing_keys(node, found);
    }

    /// Returns the field called `key`.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// Pushes a finding for each required key that `node` lacks.
    fn missing_keys(&self, node: Node<'_>, found: &mut Vec<Diagnostic>) {
        for field in self.fields.iter().filter(|field| field.required && node.get(field.key).is_none()) {
            let message = format!("{} needs the key `{}`", self.name, field.key);
            let finding = Diagnostic::new(Rule::MissingKey, start(node), message);
            found.push(
                finding
                    .label(format!("no `{}` here", field.key))
                    .help(format!("add `{}`: {}", field.key, field.about)),
            );
        }
    }

    /// Returns the finding that the object has no such key; `x-…` keys are the user's own.
    fn unknown_key(&self, key: Node<'_>) -> Option<Diagnostic> {
        let name = key.as_str().unwrap_or_default();
        if name.starts_with("x-") || self.openness == Openness::Free {
            return None;
        }
        let (rule, message) = match self.openness {
            Openness::Closed => (Rule::UnknownKey, format!("{} has no key `{name}`", self.name)),
            _ => (Rule::IgnoredKey, format!("nothing reads the key `{name}` of {}", self.name)),
        };
        let keys = || self.fields.iter().map(|field| field.key);
        let listed = || format!("its keys are {}", quoted(keys()));
        let help = did_you_mean(name, keys()).unwrap_or_else(listed);
        Some(Diagnostic::new(rule, key.span(), message).help(help))
    }

    /// Returns a reference to the object's schema, which it adds to `definitions` when it is not there yet.
    fn reference(&self, definitions: &mut Map<String, Value>) -> Value {
        let name = self.name.split_once(' ').map_or(self.name, |(_, noun)| noun).replace(' ', "-");
        if !definitions.contains_key(&name) {
            // The name is taken before the fields are read: objects may hold themselves.
            definitions.insert(name.clone(), Value::Null);
            let schema = self.json_schema(definitions);
            definitions.insert(name.clone(), schema);
        }
        json!({"$ref": format!("#/$defs/{name}")})
    }

    /// Returns the object's own schema; what it refers to goes to `definitions`.
    pub fn json_schema(&self, definitions: &mut Map<String, Value>) -> Value {
        let mut properties = Map::new();
        for field in self.fields {
            let mut schema = field.shape.json_schema(definitions);
            if !field.required && !matches!(field.shape, Shape::Any) {
                schema = json!({"anyOf": [schema, {"type": "null"}]});
            }
            schema["description"] = field.about.into();
            properties.insert(field.key.into(), schema);
        }
        let needed: Vec<&str> =
            self.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
        let mut schema = json!({"type": "object", "properties": properties, "required": needed});
        if self.openness == Openness::Closed {
            schema["patternProperties"] = json!({"^x-": {}});
            schema["additionalProperties"] = false.into();
        }
        schema
    }
}

/// Returns the start of a mapping: its first key, where something that is missing can be said.
pub fn start(node: Node<'_>) -> crate::source::Span {
    node.entries().next().map_or(node.span(), |(key, _)| key.span())
}

/// Pushes a finding when the string has more characters than allowed.
fn check_length(node: Node<'_>, most: usize, found: &mut Vec<Diagnostic>) {
    let count = node.as_str().map_or(0, |text| text.chars().count());
    if count > most {
        let message = format!("this text has {count} characters; at most {most} are allowed");
        found.push(Diagnostic::new(Rule::TooLong, node.span(), message));
    }
}

/// Returns the finding that a string is none of `values`.
fn check_value(node: Node<'_>, values: &[&str]) -> Option<Diagnostic> {
    let text = node.as_str().unwrap_or_default();
    if values.contains(&text) {
        return None;
    }
    let help = did_you_mean(text, values.iter().copied());
    let help = help.unwrap_or_else(|| format!("use one of {}", quoted(values.iter().copied())));
    let message = format!("`{}` is not one of the values this key takes", clip(text));
    Some(Diagnostic::new(Rule::InvalidValue, node.span(), message).help(help))
}
