//! Entities: the things of a catalog.

use super::identifier;
use super::shape::{Field, Object, Openness, Shape, optional, required};
use crate::yaml::{Document, Kind, Node, NodeId};

/// An entity document. Port lets other keys pass at the top level.
pub static ENTITY: Object = Object { name: "an entity", fields: FIELDS, openness: Openness::Open };

const FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["entity"]), "says that this is an entity, wherever the file is"),
    required(
        "identifier",
        Shape::Identifier(&identifier::ENTITY),
        "the name that relations use, unique in its blueprint",
    ),
    optional("title", Shape::Text, "what people read"),
    optional("icon", Shape::Text, "a Port icon name"),
    optional(
        "blueprint",
        Shape::Identifier(&identifier::BLUEPRINT),
        "its blueprint; its folder's name when absent",
    ),
    optional("team", TEAM, "the owning team, or a list of them"),
    optional(
        "properties",
        Shape::Map(&identifier::FREE, &Shape::Any),
        "values of the blueprint's properties",
    ),
    optional("relations", Shape::Map(&identifier::FREE, &TARGET), "the entities it points at"),
    optional("scorecards", Shape::Any, "written by Port's export; kept"),
    optional("createdAt", Shape::Any, "written by Port's export; kept"),
    optional("createdBy", Shape::Any, "written by Port's export; kept"),
    optional("updatedAt", Shape::Any, "written by Port's export; kept"),
    optional("updatedBy", Shape::Any, "written by Port's export; kept"),
];

const TEAM: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text), Shape::Object(&SEARCH)]);

/// What a relation of an entity holds; `null` stands for nothing.
static TARGET: Shape = Shape::Either(&[Shape::Any]);

/// Port's search object, which names entities by a property of theirs.
static SEARCH: Object = Object {
    name: "a search",
    fields: &[
        required("combinator", Shape::OneOf(&["and", "or"]), "whether all rules or one must hold"),
        required("rules", Shape::List(&Shape::Object(&SEARCH_RULE)), "what the entities looked for have"),
    ],
    openness: Openness::Closed,
};

static SEARCH_RULE: Object = Object {
    name: "a search rule",
    fields: &[
        required("property", Shape::Text, "a property, or $identifier, $title"),
        required("operator", Shape::OneOf(&["=", "in", "contains", "containsAny"]), "how it is compared"),
        required("value", Shape::Any, "what it is compared with"),
    ],
    openness: Openness::Closed,
};

/// An entity, as places in its document: 100,000 of them share the texts they were read from.
#[derive(Debug, Clone, Copy)]
pub struct Entity {
    /// The entity itself.
    pub node: NodeId,
    /// Its identifier.
    pub identifier: NodeId,
    /// Its title, if it has one that is not empty.
    pub title: Option<NodeId>,
    /// Its stored values.
    pub properties: Option<NodeId>,
    /// What it points at.
    pub relations: Option<NodeId>,
}

impl Entity {
    /// Returns the entity written as `node`, or `None` when it has no identifier to be known by.
    pub fn decode(node: Node<'_>) -> Option<Self> {
        let identifier =
            node.get("identifier").filter(|name| name.as_str().is_some_and(|name| !name.is_empty()))?;
        Some(Self::named(node, identifier))
    }

    /// Returns the entity written as `node`, whose identifier may be a search for it.
    pub fn named(node: Node<'_>, identifier: Node<'_>) -> Self {
        let title =
            node.get("title").filter(|title| title.as_str().is_some_and(|title| !title.trim().is_empty()));
        let mapping = |key| node.get(key).filter(|node| node.kind() == Kind::Map).map(Node::id);
        Self {
            node: node.id(),
            identifier: identifier.id(),
            title: title.map(Node::id),
            properties: mapping("properties"),
            relations: mapping("relations"),
        }
    }

    /// Returns the identifier's text; `document` is the one the entity was read from.
    pub fn identifier<'a>(&self, document: &'a Document) -> &'a str {
        document.node(self.identifier).as_str().unwrap_or_default()
    }

    /// Returns the teams that the entity names, each with its place.
    pub fn teams(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
        let team = node.get("team");
        let single = team.filter(|team| team.kind() == Kind::String);
        single.into_iter().chain(team.into_iter().flat_map(Node::items))
    }
}
