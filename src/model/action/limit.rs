//! Limits: how often an action can be asked for, and how long what it creates lives.

use crate::model::instant::Age;
use crate::model::shape::{Object, Openness, Shape, optional, required};
use crate::model::{Spanned, string};
use crate::yaml::{Kind, Node};

/// How often an action can be asked for.
pub static LIMIT: Object = Object {
    name: "a limit",
    fields: &[
        required("per", Shape::OneOf(&["person", "team", "entity"]), "whose requests are counted"),
        required("max", Shape::Number, "how many are allowed"),
        required("window", Shape::Text, "in what time, such as 7d"),
    ],
    openness: Openness::Closed,
};

/// How long what an action creates lives: by default, or by default and at most.
pub(super) const TTL: Shape = Shape::Either(&[Shape::Text, Shape::Object(&TTL_OBJECT)]);

static TTL_OBJECT: Object = Object {
    name: "a time to live",
    fields: &[
        optional("default", Shape::Text, "when the request names none, such as 5d"),
        optional("max", Shape::Text, "the longest that can be asked for, such as 14d"),
    ],
    openness: Openness::Closed,
};

/// Whose requests a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// Those of who asks.
    Person,
    /// Those of everybody in one of the teams of who asks.
    Team,
    /// Those about the same entity.
    Entity,
}

impl Per {
    /// Returns its word in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Team => "team",
            Self::Entity => "entity",
        }
    }
}

/// A limit, decoded.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Whose requests are counted.
    pub per: Per,
    /// How many are allowed.
    pub max: u64,
    /// In what time, as written.
    pub window: Spanned<String>,
}

impl Limit {
    /// Returns the limits of the action `node`; what is no limit is reported as shape.
    pub(super) fn decode_list(node: Node<'_>) -> Vec<Self> {
        let limits = node.get("limits").into_iter().flat_map(Node::items);
        limits.filter(|limit| limit.kind() == Kind::Map).filter_map(Self::decode).collect()
    }

    fn decode(node: Node<'_>) -> Option<Self> {
        let per = match string(node, "per")?.value.as_str() {
            "person" => Per::Person,
            "team" => Per::Team,
            "entity" => Per::Entity,
            _ => return None,
        };
        Some(Self { per, max: node.get("max")?.as_u64()?, window: string(node, "window")? })
    }

    /// Returns the time in which requests are counted; `None` when it cannot be read, which is reported.
    pub fn window(&self) -> Option<Age> {
        Age::parse(&self.window.value)
    }
}

/// How long what an action creates lives, as written.
#[derive(Debug, Clone)]
pub struct Ttl {
    /// When the request names none.
    pub default: Option<Spanned<String>>,
    /// The longest that can be asked for; the default when absent.
    pub max: Option<Spanned<String>>,
}

impl Ttl {
    /// Returns the time to live of the action `node`.
    pub(super) fn decode(node: Node<'_>) -> Option<Self> {
        let ttl = node.get("ttl")?;
        match ttl.kind() {
            Kind::Map => Some(Self { default: string(ttl, "default"), max: string(ttl, "max") }),
            _ => Some(Self { default: Some(string(node, "ttl")?), max: None }),
        }
    }

    /// Returns how long it lives when the request names none.
    pub fn usual(&self) -> Option<Age> {
        let written = self.default.as_ref().or(self.max.as_ref())?;
        Age::parse(&written.value)
    }

    /// Returns the longest that can be asked for.
    pub fn longest(&self) -> Option<Age> {
        let written = self.max.as_ref().or(self.default.as_ref())?;
        Age::parse(&written.value)
    }
}
