//! One input of a form.

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::fill::Problem;
use super::value;
use crate::jq::Filter;
use crate::model::action::input::Input;
use crate::model::property::{self, Type};
use crate::source::Span;
use crate::yaml::{Kind, Node, NodeId};

/// A jq expression of a form, over `.form`, `.entity` and `.user`.
#[derive(Debug, Clone)]
pub struct Expression {
    /// The jq.
    pub source: String,
    /// Where it is written.
    pub span: Span,
    /// Compiled, once it is asked; `None` when it is not jq, which is reported.
    filter: OnceLock<Option<Arc<Filter>>>,
}

impl Expression {
    /// Returns the expression of `{jqQuery: …}`.
    pub fn decode(node: Node<'_>) -> Option<Self> {
        let written = node.get("jqQuery")?;
        Some(Self::new(written.as_str()?, written.span()))
    }

    /// Returns the expression written as `source` at `span`.
    pub fn new(source: &str, span: Span) -> Self {
        Self { source: source.to_string(), span, filter: OnceLock::new() }
    }

    /// Returns it compiled; `None` when it is not jq, which is reported.
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.get_or_init(|| Filter::compile(&self.source).ok().map(Arc::new)).as_deref()
    }
}

/// A setting that is fixed, or computed when the form is filled in.
#[derive(Debug, Clone)]
pub enum Dynamic<T> {
    /// As written.
    Fixed(T),
    /// As computed.
    Computed(Expression),
}

impl Dynamic<bool> {
    /// Returns a flag, `usual` when it is absent.
    pub fn flag(node: Option<Node<'_>>, usual: bool) -> Self {
        match node {
            None => Self::Fixed(usual),
            Some(node) => Expression::decode(node)
                .map_or_else(|| Self::Fixed(node.as_bool().unwrap_or(usual)), Self::Computed),
        }
    }

    /// Returns whether it is the same for everybody and equals `value`.
    pub fn is_always(&self, value: bool) -> bool {
        matches!(self, Self::Fixed(fixed) if *fixed == value)
    }
}

/// Whether an input must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Necessity {
    /// It may be left out; the form's own `required` may say otherwise.
    Optional,
    /// It must be given, when it is shown.
    Required,
}

/// What an input is when nobody gives it.
#[derive(Debug, Clone)]
pub enum Fallback {
    /// Nothing.
    None,
    /// A value.
    Value(Value),
    /// What an expression gives.
    Computed(Expression),
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub enum Choices {
    /// Anything of the type.
    Any,
    /// One of these values.
    Values(Vec<Value>),
    /// One of what an expression gives.
    Computed(Expression),
}

/// An input of a form.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub identifier: String,
    /// What people read; the identifier when the definition has no title.
    pub label: String,
    /// One sentence on what to enter.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<String>,
    /// The type of its value.
    pub kind: Type,
    /// Of a number: whether it is meant to be whole (`integer`, in Port's first form).
    pub whole: bool,
    /// Of an array: the type of its items.
    pub items: Type,
    /// What its text, or each text of an array, is: `entity`, `team`, `user`, `url` and so on.
    pub format: Option<String>,
    /// Of which blueprint entities are picked.
    pub blueprint: Option<String>,
    /// Whether it is a secret, of which only a reference is ever given.
    pub secret: bool,
    /// Whether it must be given.
    pub necessity: Necessity,
    /// Whether it is shown; a hidden input has its default, whatever is given.
    pub visible: Dynamic<bool>,
    /// Whether it is shown and cannot be changed.
    pub disabled: Dynamic<bool>,
    /// What it is when nobody gives it.
    pub fallback: Fallback,
    /// What can be chosen; of an array, for each item.
    pub choices: Choices,
    /// A regular expression that the text, or each text of an array, must match.
    pub pattern: Option<Dynamic<String>>,
    /// Bounds, by the keyword of JSON Schema: `minLength`, `maximum`, `minItems` and so on.
    pub bounds: Vec<(&'static str, Dynamic<f64>)>,
    /// Whether the items of an array must differ.
    pub unique: bool,
    /// The inputs that must be given first.
    pub depends_on: Vec<String>,
    /// The search for the entities that can be picked, as written; values in it may be computed.
    pub dataset: Option<Value>,
    /// The order of the entities to pick from.
    pub sort: Sort,
    /// The JSON Schema of an object's members: `properties`, `required` and the like; null when there is none.
    pub members: Value,
    /// The JSON Schema of a value, without the keywords that may be computed: choices, pattern and bounds.
    pub(super) schema: Value,
    /// Where its name is written.
    pub span: Span,
    /// Where it is written.
    pub node: NodeId,
}

/// The order of the entities to pick from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The property that is compared.
    pub property: String,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Sort {
    /// Returns the order written as `node`; by title, when there is none.
    fn decode(node: Option<Node<'_>>) -> Self {
        let text = |key| node.and_then(|node| node.get(key)).and_then(Node::as_str);
        Self {
            property: text("property").unwrap_or("$title").to_string(),
            descending: text("order") == Some("DESC"),
        }
    }
}

/// The keywords of JSON Schema that bound a value by a number.
const BOUNDS: &[&str] = &[
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
];

impl Field {
    /// Returns the field of the input written as `node`; `required` are the inputs that must be given.
    pub(super) fn decode(node: Node<'_>, input: &Input, required: &[String]) -> Self {
        let items = node.get("items");
        let of_items = |key: &str| node.get(key).or_else(|| items?.get(key));
        let items_type = items.and_then(|items| Type::from_name(items.get("type")?.as_str()?));
        let name = &input.identifier.value;
        Self {
            identifier: name.clone(),
            label: input.label().to_string(),
            description: input.description.clone().filter(|text| !text.trim().is_empty()),
            icon: input.icon.as_ref().map(|icon| icon.value.clone()),
            kind: input.kind.unwrap_or(Type::String),
            whole: node.get("type").and_then(Node::as_str) == Some("integer"),
            items: items_type.unwrap_or(Type::String),
            format: input.format.as_ref().map(|format| format.value.clone()),
            blueprint: input.blueprint.as_ref().map(|blueprint| blueprint.value.clone()),
            secret: input.secret,
            necessity: match required.contains(name) {
                true => Necessity::Required,
                false => Necessity::Optional,
            },
            visible: Dynamic::flag(node.get("visible"), true),
            disabled: Dynamic::flag(node.get("disabled"), false),
            fallback: fallback(node.get("default")),
            choices: choices(of_items("enum")),
            pattern: of_items("pattern").and_then(pattern),
            bounds: BOUNDS.iter().filter_map(|&key| Some((key, bound(node.get(key)?)?))).collect(),
            unique: node.get("uniqueItems").and_then(Node::as_bool).unwrap_or(false),
            depends_on: input.depends_on.iter().map(|name| name.value.clone()).collect(),
            dataset: of_items("dataset").filter(|it| it.kind() == Kind::Map).map(Node::to_json),
            sort: Sort::decode(of_items("sort")),
            members: members(node),
            schema: schema(node, input.kind.unwrap_or(Type::String)),
            span: input.identifier.span,
            node: input.node,
        }
    }

    /// Returns why no value can be held against it, such as a pattern that is none.
    pub fn unusable(&self) -> Option<Problem> {
        value::unusable(self)
    }

    /// Returns what is wrong with a value whoever gives it, and whatever the other inputs are: its type, choices, pattern
    /// and bounds, as far as they are fixed, but not whether what it names exists.
    pub fn refusals(&self, value: &Value) -> Vec<Problem> {
        value::refusals(self, value)
    }

    /// Returns whether its value, or each of its values, is an entity: of a blueprint, a team or a user.
    pub fn is_reference(&self) -> bool {
        matches!(self.format.as_deref(), Some("entity" | "team" | "user"))
    }

    /// Returns the bound called `key`, when it is fixed.
    pub fn fixed_bound(&self, key: &str) -> Option<f64> {
        self.bounds.iter().find_map(|(name, bound)| match bound {
            Dynamic::Fixed(value) if *name == key => Some(*value),
            _ => None,
        })
    }

    /// Returns the values that can be chosen, when they are fixed.
    pub fn fixed_choices(&self) -> Option<&[Value]> {
        match &self.choices {
            Choices::Values(values) => Some(values),
            Choices::Any | Choices::Computed(_) => None,
        }
    }

    /// Returns the default, when it is fixed.
    pub fn fixed_default(&self) -> Option<&Value> {
        match &self.fallback {
            Fallback::Value(value) => Some(value),
            Fallback::None | Fallback::Computed(_) => None,
        }
    }

    /// Returns the pattern, when it is fixed.
    pub fn fixed_pattern(&self) -> Option<&str> {
        match &self.pattern {
            Some(Dynamic::Fixed(pattern)) => Some(pattern),
            _ => None,
        }
    }
}

fn fallback(node: Option<Node<'_>>) -> Fallback {
    let Some(node) = node.filter(|node| !node.is_null()) else { return Fallback::None };
    Expression::decode(node).map_or_else(|| Fallback::Value(node.to_json()), Fallback::Computed)
}

fn choices(node: Option<Node<'_>>) -> Choices {
    let Some(node) = node else { return Choices::Any };
    match Expression::decode(node) {
        Some(expression) => Choices::Computed(expression),
        None if node.kind() == Kind::List => Choices::Values(node.items().map(Node::to_json).collect()),
        None => Choices::Any,
    }
}

fn pattern(node: Node<'_>) -> Option<Dynamic<String>> {
    Expression::decode(node)
        .map(Dynamic::Computed)
        .or_else(|| Some(Dynamic::Fixed(node.as_str()?.to_string())))
}

fn bound(node: Node<'_>) -> Option<Dynamic<f64>> {
    Expression::decode(node).map(Dynamic::Computed).or_else(|| Some(Dynamic::Fixed(node.as_f64()?)))
}

/// Returns the JSON Schema of an input's values, as far as it is the same for everybody.
fn schema(node: Node<'_>, kind: Type) -> Value {
    let mut schema = property::schema(node, kind);
    if let Value::Object(keywords) = &mut schema {
        let computable = ["enum", "pattern"].iter().chain(BOUNDS);
        computable.for_each(|keyword| {
            keywords.remove(*keyword);
        });
        if node.get("type").and_then(Node::as_str) == Some("integer") {
            keywords.insert("type".into(), "integer".into());
        }
        if keywords.get("format").and_then(Value::as_str) == Some("labeled-url") {
            keywords.insert("required".into(), json!(["url"]));
            keywords.insert("properties".into(), json!({"url": {"type": "string", "format": "url"}}));
        }
    }
    schema
}

/// Returns what JSON Schema says about the members of an object.
fn members(node: Node<'_>) -> Value {
    let keys = ["properties", "required", "patternProperties", "additionalProperties"];
    let written = keys.iter().filter_map(|key| Some(((*key).to_string(), node.get(key)?.to_json())));
    let schema: serde_json::Map<String, Value> = written.collect();
    if schema.is_empty() { Value::Null } else { Value::Object(schema) }
}
