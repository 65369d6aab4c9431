//! User inputs: the form of an action. Scaffold templates use the same.
//!
//! An input is a property with more: it may depend on others, through a jq expression in place of a value, and
//! may pick an entity.

use crate::model::property::{SCALAR, Type};
use crate::model::query::QUERY;
use crate::model::shape::{Field, Object, Openness, Shape, optional, required};
use crate::model::{Spanned, identifier, string, strings};
use crate::yaml::{Kind, Node, NodeId};

/// The form of an action.
pub static USER_INPUTS: Object = Object {
    name: "a form",
    fields: &[
        required("properties", PROPERTIES, "each input by its identifier"),
        optional("required", DYNAMIC_NAMES, "the inputs that must be given"),
        optional("order", Shape::List(&Shape::Text), "the inputs in the order in which they are shown"),
        optional(
            "steps",
            Shape::List(&Shape::Object(&PAGE)),
            "the pages of a long form, in place of an order",
        ),
        optional("titles", TITLES, "headings among the inputs"),
    ],
    openness: Openness::Closed,
};

const PROPERTIES: Shape = Shape::Map(&identifier::PROPERTY, &Shape::Object(&INPUT));
const TITLES: Shape = Shape::Map(&identifier::FREE, &Shape::Object(&HEADING));

/// A value that a jq expression may compute instead.
static JQ: Object = Object {
    name: "a computed value",
    fields: &[required("jqQuery", Shape::Text, "a jq expression over .form, .entity and .user")],
    openness: Openness::Closed,
};

const DYNAMIC_FLAG: Shape = Shape::Either(&[Shape::Boolean, Shape::Object(&JQ)]);
const DYNAMIC_TEXT: Shape = Shape::Either(&[Shape::Text, Shape::Object(&JQ)]);
const DYNAMIC_NUMBER: Shape = Shape::Either(&[Shape::Number, Shape::Object(&JQ)]);
const DYNAMIC_NAMES: Shape = Shape::Either(&[Shape::List(&Shape::Text), Shape::Object(&JQ)]);
const DYNAMIC_ENUM: Shape = Shape::Either(&[Shape::List(&SCALAR), Shape::Object(&JQ)]);

static PAGE: Object = Object {
    name: "a page of the form",
    fields: &[
        required("title", Shape::Text, "what people read"),
        optional("order", Shape::List(&Shape::Text), "its inputs in the order in which they are shown"),
        optional("visible", DYNAMIC_FLAG, "whether it is shown"),
    ],
    openness: Openness::Closed,
};

static HEADING: Object = Object {
    name: "a heading",
    fields: &[
        required("title", Shape::Text, "what people read"),
        optional("description", Shape::Text, "a sentence below it"),
        optional("visible", DYNAMIC_FLAG, "whether it is shown"),
    ],
    openness: Openness::Closed,
};

static INPUT: Object = Object { name: "a user input", fields: FIELDS, openness: Openness::Closed };

static FIELDS: &[Field] = &[
    required("type", Shape::Text, "string, number, boolean, array or object"),
    optional("title", Shape::Text, "what people read; the identifier when absent"),
    optional("description", Shape::Text, "one sentence on what to enter"),
    optional("icon", Shape::Text, "a Port icon name"),
    optional(
        "format",
        Shape::Text,
        "what the text is: entity, team, user, url, multi-line, markdown and so on",
    ),
    optional("blueprint", Shape::Identifier(&identifier::BLUEPRINT), "of which entities one is picked"),
    optional("default", Shape::Any, "what is entered already, or jqQuery"),
    optional("enum", DYNAMIC_ENUM, "the values to choose from"),
    optional("enumColors", Shape::Map(&identifier::FREE, &Shape::Text), "a palette colour for each value"),
    optional("visible", DYNAMIC_FLAG, "whether it is shown; hidden inputs still have their default"),
    optional("disabled", DYNAMIC_FLAG, "whether it is shown and cannot be changed"),
    optional("dependsOn", Shape::List(&Shape::Text), "the inputs that must be given first"),
    optional("dataset", Shape::Object(&QUERY), "which entities can be picked; values may be jqQuery"),
    optional("sort", Shape::Object(&SORT), "the order of the entities to pick from"),
    optional("encryption", ENCRYPTION, "how a secret travels; secrets have no default"),
    optional("items", Shape::Object(&ITEMS), "what each item of an array is"),
    optional("pattern", DYNAMIC_TEXT, "a regular expression that the text must match"),
    optional("minLength", DYNAMIC_NUMBER, "fewest characters"),
    optional("maxLength", DYNAMIC_NUMBER, "most characters"),
    optional("minimum", DYNAMIC_NUMBER, "smallest number"),
    optional("maximum", DYNAMIC_NUMBER, "largest number"),
    optional("exclusiveMinimum", DYNAMIC_NUMBER, "the number must be larger than this"),
    optional("exclusiveMaximum", DYNAMIC_NUMBER, "the number must be smaller than this"),
    optional("minItems", DYNAMIC_NUMBER, "fewest items"),
    optional("maxItems", DYNAMIC_NUMBER, "most items"),
    optional("uniqueItems", Shape::Boolean, "whether items must differ"),
    optional("required", Shape::Any, "the keys that an object must have"),
    optional("properties", Shape::Map(&identifier::FREE, &Shape::Any), "the keys of an object"),
    optional("patternProperties", Shape::Map(&identifier::FREE, &Shape::Any), "keys of an object by pattern"),
    optional("additionalProperties", Shape::Any, "whether other keys are allowed, or their schema"),
    optional("spec", Shape::Text, "what to show the value as"),
    optional("specAuthentication", Shape::Any, "how a protected embedded page signs in"),
    optional("dateFormat", Shape::Text, "how to show a date"),
];

static ITEMS: Object = Object {
    name: "the items of an input",
    fields: &[
        optional("type", Shape::Text, "string, number, boolean, array or object"),
        optional("format", Shape::Text, "what each text is"),
        optional("blueprint", Shape::Identifier(&identifier::BLUEPRINT), "of which entities they are picked"),
        optional("enum", DYNAMIC_ENUM, "the values to choose from"),
        optional(
            "enumColors",
            Shape::Map(&identifier::FREE, &Shape::Text),
            "a palette colour for each value",
        ),
        optional("dataset", Shape::Object(&QUERY), "which entities can be picked"),
        optional("pattern", DYNAMIC_TEXT, "a regular expression that each text must match"),
    ],
    openness: Openness::Free,
};

static SORT: Object = Object {
    name: "a sort order",
    fields: &[
        required("property", Shape::Text, "the property that is compared"),
        optional("order", Shape::OneOf(&["ASC", "DESC"]), "ASC or DESC"),
    ],
    openness: Openness::Closed,
};

const ENCRYPTION: Shape = Shape::Either(&[Shape::OneOf(&["aes256-gcm"]), Shape::Object(&CLIENT_SIDE)]);

static CLIENT_SIDE: Object = Object {
    name: "an encryption",
    fields: &[
        required("algorithm", Shape::Text, "client-side: with a public key, before it is sent"),
        optional("key", Shape::Text, "the public key, in PEM"),
    ],
    openness: Openness::Closed,
};

/// A user input, decoded.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its key among the inputs.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// One sentence on what to enter.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// The type; `None` when it names none, which is reported.
    pub kind: Option<Type>,
    /// The format of the text, or of the items of an array.
    pub format: Option<Spanned<String>>,
    /// Of which entities one is picked.
    pub blueprint: Option<Spanned<String>>,
    /// The inputs that must be given first.
    pub depends_on: Vec<Spanned<String>>,
    /// Whether it is a secret.
    pub secret: bool,
    /// Where it is written.
    pub node: NodeId,
}

impl Input {
    fn decode(key: Node<'_>, node: Node<'_>) -> Self {
        let of_items = |key| node.get("items").and_then(|items| string(items, key));
        Self {
            identifier: Spanned::new(key.as_str().unwrap_or_default().to_string(), key.span()),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            kind: string(node, "type").and_then(|kind| Type::from_name(&kind.value)),
            format: string(node, "format").or_else(|| of_items("format")),
            blueprint: string(node, "blueprint").or_else(|| of_items("blueprint")),
            depends_on: strings(node, "dependsOn"),
            secret: node.get("encryption").is_some_and(|encryption| !encryption.is_null()),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }
}

/// Returns the inputs of the form written as `node`, in the order of the document.
pub fn decode(node: Node<'_>) -> Vec<Input> {
    let inputs = node.get("properties").into_iter().flat_map(Node::entries);
    inputs
        .filter(|(_, input)| input.kind() == Kind::Map)
        .map(|(key, input)| Input::decode(key, input))
        .collect()
}

/// Returns the order in which the form `node` shows inputs: its own, or that of its pages one after the other.
pub fn order(node: Node<'_>) -> Vec<Spanned<String>> {
    let pages = node.get("steps").into_iter().flat_map(Node::items);
    strings(node, "order").into_iter().chain(pages.flat_map(|page| strings(page, "order"))).collect()
}
