//! Relations: which entities of which blueprints an entity may point at.

use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, flag, identifier, string, strings};
use crate::source::Span;
use crate::yaml::Node;

/// A relation of a blueprint.
pub static RELATION: Object = Object { name: "a relation", fields: FIELDS, openness: Openness::Closed };

const FIELDS: &[Field] = &[
    required("target", TARGET, "the blueprint it points at, or a list of them"),
    optional("title", Shape::Title(100), "what people read; the identifier when absent"),
    optional("description", Shape::Text, "one sentence on what the relation means"),
    optional("required", Shape::Boolean, "whether every entity must have it"),
    optional("many", Shape::Boolean, "whether it holds a list of entities"),
    optional("type", Shape::Text, "Port's own mark of a relation; kept"),
    optional("hierarchy", Shape::Boolean, "portal's addition: a cycle along it is an error"),
    optional("inverse", INVERSE, "portal's addition: the target's relation that must agree, or a title"),
];

const TARGET: Shape = Shape::Either(&[
    Shape::Identifier(&identifier::BLUEPRINT),
    Shape::List(&Shape::Identifier(&identifier::BLUEPRINT)),
]);

const INVERSE: Shape =
    Shape::Either(&[Shape::Identifier(&identifier::PROPERTY), Shape::Object(&INVERSE_TITLE)]);

static INVERSE_TITLE: Object = Object {
    name: "an inverse",
    fields: &[required("title", Shape::Title(100), "what the relation is called when read from its target")],
    openness: Openness::Closed,
};

/// How a relation is read from its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inverse {
    /// The target's relation of this identifier says the same, and must agree.
    Relation(Spanned<String>),
    /// It has only a name.
    Title(String),
}

/// A relation of a blueprint, decoded.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Its key among the blueprint's relations.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// One sentence on what it means.
    pub description: Option<String>,
    /// The blueprints it may point at; one in Port's model.
    pub targets: Vec<Spanned<String>>,
    /// Whether every entity must have it.
    pub required: bool,
    /// Whether it holds a list.
    pub many: bool,
    /// Whether a cycle along it is an error.
    pub hierarchy: bool,
    /// How it is read from the target.
    pub inverse: Option<Inverse>,
    /// Where its definition is.
    pub span: Span,
}

impl Relation {
    /// Returns the relation written as `node` under the key `key`.
    pub fn decode(key: Node<'_>, node: Node<'_>) -> Self {
        let targets = string(node, "target").map_or_else(|| strings(node, "target"), |target| vec![target]);
        let title = || string(node.get("inverse")?, "title").map(|title| Inverse::Title(title.value));
        Self {
            identifier: Spanned::new(key.as_str().unwrap_or_default().to_string(), key.span()),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            targets,
            required: flag(node, "required"),
            many: flag(node, "many"),
            hierarchy: flag(node, "hierarchy"),
            inverse: string(node, "inverse").map(Inverse::Relation).or_else(title),
            span: node.span(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }

    /// Returns the targets for a sentence: `` `System` `` or `` `Team` or `User` ``.
    pub fn targets(&self) -> String {
        let targets: Vec<String> = self.targets.iter().map(|target| format!("`{}`", target.value)).collect();
        targets.join(" or ")
    }
}
