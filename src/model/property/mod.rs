//! Properties: one stored value of an entity, and the JSON Schema it is checked by.

mod schema;

use serde_json::Value;

use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string};
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// The 17 colours of Port's palette.
pub const PALETTE: &[&str] = &[
    "blue",
    "turquoise",
    "orange",
    "purple",
    "pink",
    "yellow",
    "green",
    "red",
    "gold",
    "silver",
    "paleBlue",
    "darkGray",
    "lightGray",
    "bronze",
    "lime",
    "olive",
    "brown",
];

/// A property's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Text.
    String,
    /// A number, whole or not.
    Number,
    /// True or false.
    Boolean,
    /// A list.
    Array,
    /// A mapping.
    Object,
}

impl Type {
    /// Every type.
    pub const ALL: &[Type] = &[Self::String, Self::Number, Self::Boolean, Self::Array, Self::Object];

    /// Returns Port's name for the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// Returns the type meant by a name, legacy spellings (`integer`, `enum`) included.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "integer" => Some(Self::Number),
            "enum" => Some(Self::String),
            _ => Self::ALL.iter().copied().find(|kind| kind.name() == name),
        }
    }

    /// Returns whether a value of this kind has the type.
    pub fn takes(self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::String, Kind::String)
                | (Self::Number, Kind::Number)
                | (Self::Boolean, Kind::Bool)
                | (Self::Array, Kind::List)
                | (Self::Object, Kind::Map)
        )
    }

    /// Returns the keywords, besides `enum`-like ones all may have, that a property of the type can carry.
    pub fn keywords(self) -> &'static [&'static str] {
        match self {
            Self::String => &["minLength", "maxLength", "pattern", "enum", "enumColors"],
            Self::Number => {
                &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum", "enumColors"]
            }
            Self::Boolean => &[],
            Self::Array => &["items", "minItems", "maxItems", "uniqueItems"],
            Self::Object => &["properties", "patternProperties", "additionalProperties", "required"],
        }
    }
}

/// The keys that only some types have; [`Type::keywords`] says which.
pub const KEYWORDS: &[&str] = &[
    "minLength",
    "maxLength",
    "pattern",
    "enum",
    "enumColors",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
    "properties",
    "patternProperties",
    "additionalProperties",
    "required",
];

/// A value of an enum, or a colour's key: a string, a number or a boolean.
pub static SCALAR: Shape = Shape::Either(&[Shape::Text, Shape::Number, Shape::Boolean]);

/// A property of a blueprint.
pub static PROPERTY: Object = Object { name: "a property", fields: FIELDS, openness: Openness::Closed };

const FIELDS: &[Field] = &[
    required("type", Shape::Text, "string, number, boolean, array or object"),
    optional("title", Shape::Title(100), "what people read; the identifier when absent"),
    optional("description", Shape::Text, "one sentence on what the value means"),
    optional("icon", Shape::Text, "a Port icon name"),
    optional(
        "format",
        Shape::Text,
        "what the text is: url, email, date-time, markdown, user, team and so on",
    ),
    optional("enum", Shape::List(&SCALAR), "the allowed values"),
    optional(
        "enumColors",
        Shape::Map(&identifier::FREE, &Shape::Text),
        "a palette colour for each value of the enum",
    ),
    optional("default", Shape::Any, "the value when an entity has none"),
    optional("items", Shape::Object(&ITEMS), "what each item of an array is"),
    optional("minLength", Shape::Number, "fewest characters"),
    optional("maxLength", Shape::Number, "most characters"),
    optional("pattern", Shape::Text, "a regular expression that the text must match"),
    optional("minimum", Shape::Number, "smallest number"),
    optional("maximum", Shape::Number, "largest number"),
    optional("exclusiveMinimum", Shape::Number, "the number must be larger than this"),
    optional("exclusiveMaximum", Shape::Number, "the number must be smaller than this"),
    optional("minItems", Shape::Number, "fewest items"),
    optional("maxItems", Shape::Number, "most items"),
    optional("uniqueItems", Shape::Boolean, "whether items must differ"),
    optional("properties", Shape::Map(&identifier::FREE, &SUBSCHEMA), "the keys of an object"),
    optional("patternProperties", Shape::Map(&identifier::FREE, &SUBSCHEMA), "keys of an object by pattern"),
    optional("additionalProperties", SUBSCHEMA_OR_FLAG, "whether other keys are allowed, or their schema"),
    optional("required", Shape::List(&Shape::Text), "the keys that an object must have"),
    optional("spec", Shape::OneOf(&["open-api", "async-api", "embedded-url"]), "what to show the value as"),
    optional("specAuthentication", Shape::Any, "how a protected embedded page signs in"),
    optional("dateFormat", Shape::Text, "relative, 12-hour, 24-hour, or a pattern such as YYYY-MM-DD"),
];

/// The items of an array: a fragment of JSON Schema with colours.
static ITEMS: Object =
    Object { name: "the items of an array", fields: FIELDS_OF_ITEMS, openness: Openness::Free };

const FIELDS_OF_ITEMS: &[Field] = &[
    optional("type", Shape::Text, "string, number, boolean, array or object"),
    optional("format", Shape::Text, "what each text is"),
    optional("enum", Shape::List(&SCALAR), "the allowed values"),
    optional(
        "enumColors",
        Shape::Map(&identifier::FREE, &Shape::Text),
        "a palette colour for each value of the enum",
    ),
    optional("pattern", Shape::Text, "a regular expression that each text must match"),
];

/// A JSON Schema inside an object property.
static SUBSCHEMA: Shape = Shape::Map(&identifier::FREE, &Shape::Any);

const SUBSCHEMA_OR_FLAG: Shape = Shape::Either(&[Shape::Boolean, Shape::Map(&identifier::FREE, &Shape::Any)]);

/// A keyword of a property that only some types have.
#[derive(Debug, Clone, Copy)]
pub struct Keyword {
    /// The key.
    pub name: &'static str,
    /// Where it is written.
    pub span: Span,
}

/// The default of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Default {
    /// What kind of value it is; `None` when it is computed, as action inputs allow.
    pub kind: Option<Kind>,
    /// A scalar as written, else empty.
    pub text: String,
}

impl Default {
    fn decode(node: Node<'_>) -> Self {
        let computed = node.get("jqQuery").is_some();
        Self { kind: (!computed).then(|| node.kind()), text: node.text().unwrap_or_default().to_string() }
    }
}

/// A property of a blueprint, decoded.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its key among the blueprint's properties.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// One sentence on what the value means.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// The type; `None` when it names none, which is reported.
    pub kind: Option<Type>,
    /// The name of the type, as written.
    pub type_name: Option<Spanned<String>>,
    /// The format of a string, or of the items of an array.
    pub format: Option<Spanned<String>>,
    /// What to show the value as: `open-api`, `async-api`, `embedded-url`.
    pub spec: Option<String>,
    /// How to show a date.
    pub date_format: Option<String>,
    /// The regular expression that the text, or each item, must match.
    pub pattern: Option<Spanned<String>>,
    /// The value when an entity has none, so that it may be left out even when it is required.
    pub default: Option<Spanned<Default>>,
    /// The keywords it carries, of whichever type.
    pub keywords: Vec<Keyword>,
    /// The enum values that are of another type than the property.
    pub odd_values: Vec<Spanned<String>>,
    /// The allowed values, as written.
    pub values: Vec<Spanned<String>>,
    /// The colour of a value, in the palette's names.
    pub colors: Vec<(Spanned<String>, Spanned<String>)>,
    /// The type of an array's items.
    pub items: Option<Type>,
    /// The JSON Schema of a value, restricted to keywords that are safe to run.
    pub schema: Value,
}

impl Property {
    /// Returns the property written as `node` under the key `key`.
    pub fn decode(key: Node<'_>, node: Node<'_>) -> Self {
        let items = node.get("items");
        let valued = items.filter(|items| items.get("enum").is_some()).unwrap_or(node);
        let type_name = string(node, "type");
        let kind = type_name.as_ref().and_then(|name| Type::from_name(&name.value));
        let items_kind =
            items.and_then(|items| string(items, "type")).and_then(|kind| Type::from_name(&kind.value));
        let default = node.get("default").filter(|default| !default.is_null());
        Self {
            identifier: Spanned::new(key.as_str().unwrap_or_default().to_string(), key.span()),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            kind,
            type_name,
            format: string(node, "format").or_else(|| string(items?, "format")),
            spec: string(node, "spec").map(|spec| spec.value),
            date_format: string(node, "dateFormat").map(|format| format.value),
            pattern: string(node, "pattern").or_else(|| string(items?, "pattern")),
            default: default.map(|node| Spanned::new(Default::decode(node), node.span())),
            keywords: keywords(node),
            odd_values: odd_values(valued, if items.is_some() { items_kind } else { kind }),
            values: scalars(valued, "enum"),
            colors: colors(valued),
            items: items_kind,
            schema: schema::of(node, kind),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }

    /// Returns the name of its format.
    pub fn format(&self) -> Option<&str> {
        self.format.as_ref().map(|format| format.value.as_str())
    }

    /// Returns whether its values name teams.
    pub fn is_team(&self) -> bool {
        self.format.as_ref().is_some_and(|format| format.value == "team")
    }

    /// Returns the palette colour of a value, as written in the blueprint.
    pub fn color(&self, value: &str) -> Option<&str> {
        let (_, color) = self.colors.iter().find(|(key, _)| key.value == value)?;
        Some(&color.value)
    }
}

/// Returns the scalars of the list at `key`, as written.
fn scalars(node: Node<'_>, key: &str) -> Vec<Spanned<String>> {
    let items = node.get(key).into_iter().flat_map(Node::items);
    items.filter_map(|item| Some(Spanned::new(item.text()?.to_string(), item.span()))).collect()
}

/// Returns the keywords among the keys of a property that not all types have.
fn keywords(node: Node<'_>) -> Vec<Keyword> {
    let named = |key: Node<'_>| {
        KEYWORDS.iter().find(|keyword| key.as_str() == Some(keyword)).map(|name| (name, key.span()))
    };
    let set = node.entries().filter(|(_, value)| !value.is_null());
    set.filter_map(|(key, _)| named(key)).map(|(name, span)| Keyword { name, span }).collect()
}

/// Returns the values of an enum that are not of its type.
fn odd_values(node: Node<'_>, kind: Option<Type>) -> Vec<Spanned<String>> {
    let items = node.get("enum").into_iter().flat_map(Node::items);
    let odd = items.filter(|item| kind.is_some_and(|kind| !kind.takes(item.kind())));
    odd.filter_map(|item| Some(Spanned::new(item.text()?.to_string(), item.span()))).collect()
}

/// Returns the JSON Schema of the values of what is written as `node`, a property or a user input of that type: the
/// keywords that its type has, none that could reach out or recurse.
pub fn schema(node: Node<'_>, kind: Type) -> Value {
    schema::of(node, Some(kind))
}

/// Returns each value's colour.
pub fn colors(node: Node<'_>) -> Vec<(Spanned<String>, Spanned<String>)> {
    let entries = node.get("enumColors").into_iter().flat_map(Node::entries);
    let spanned = |node: Node<'_>| Some(Spanned::new(node.text()?.to_string(), node.span()));
    entries.filter_map(|(key, value)| Some((spanned(key)?, spanned(value)?))).collect()
}
