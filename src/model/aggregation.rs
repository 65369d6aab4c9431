//! Aggregation properties: numbers over related entities.

use super::query::{self, Query};
use super::shape::{Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string, strings};
use crate::yaml::{Kind, Node, NodeId};

/// An aggregation property of a blueprint.
pub static AGGREGATION: Object = Object {
    name: "an aggregation property",
    fields: &[
        optional("title", Shape::Title(100), "what people read"),
        optional("description", Shape::Text, "one sentence on what the number means"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("type", Shape::OneOf(&["number"]), "always number"),
        required(
            "target",
            Shape::Identifier(&identifier::BLUEPRINT),
            "the blueprint whose entities are counted",
        ),
        required("calculationSpec", Shape::Object(&CALCULATION_SPEC), "what is computed"),
        optional("query", Shape::Object(&query::QUERY), "which of the entities count: a search query"),
        optional(
            "pathFilter",
            Shape::List(&Shape::Object(&PATH_FILTER)),
            "along which relations they are found",
        ),
    ],
    openness: Openness::Closed,
};

static CALCULATION_SPEC: Object = Object {
    name: "a calculation specification",
    fields: &[
        required(
            "calculationBy",
            Shape::OneOf(&["entities", "property"]),
            "over entities or over a property of theirs",
        ),
        required("func", Shape::OneOf(&["count", "sum", "average", "min", "max", "median"]), "the function"),
        optional("property", Shape::Text, "the numeric property, when over a property"),
        optional(
            "averageOf",
            Shape::OneOf(&["hour", "day", "week", "month", "total"]),
            "the period of an average",
        ),
        optional("measureTimeBy", Shape::Text, "the date that says in which period an entity falls"),
    ],
    openness: Openness::Closed,
};

static PATH_FILTER: Object = Object {
    name: "a path filter",
    fields: &[
        required("path", Shape::List(&Shape::Text), "relation identifiers, in order"),
        optional("fromBlueprint", Shape::Text, "the target, when the path is read from there"),
    ],
    openness: Openness::Closed,
};

/// An aggregation property, decoded.
#[derive(Debug, Clone)]
pub struct Aggregation {
    /// Its key among the aggregation properties.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// The blueprint whose entities are counted.
    pub target: Option<Spanned<String>>,
    /// What is computed.
    pub function: Function,
    /// Whether it is computed over a property of the entities, not over the entities.
    pub over_property: bool,
    /// The property that is computed over.
    pub property: Option<Spanned<String>>,
    /// The period of an average.
    pub average_of: Option<Period>,
    /// The date that says in which period an entity falls.
    pub measure_time_by: Option<Spanned<String>>,
    /// Which of the entities count.
    pub query: Option<Query>,
    /// Where the query is written, when there is one.
    pub query_place: Option<NodeId>,
    /// The relations that lead to what is counted.
    pub path: Option<PathFilter>,
}

/// What an aggregation computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Function {
    /// How many entities there are.
    #[default]
    Count,
    /// The sum of a property.
    Sum,
    /// The average of a property, or of how many entities fall into a period.
    Average,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The one in the middle.
    Median,
}

impl Function {
    /// Returns the function of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "count" => Self::Count,
            "sum" => Self::Sum,
            "average" => Self::Average,
            "min" => Self::Min,
            "max" => Self::Max,
            "median" => Self::Median,
            _ => return None,
        })
    }
}

/// The period of an average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// So many hours: of an hour, a day, a week or a month of 30 days.
    Hours(i64),
    /// No period: the average over the entities.
    Total,
}

impl Period {
    /// Returns the period of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "hour" => Self::Hours(1),
            "day" => Self::Hours(24),
            "week" => Self::Hours(7 * 24),
            "month" => Self::Hours(30 * 24),
            "total" => Self::Total,
            _ => return None,
        })
    }
}

/// A path filter of an aggregation, decoded.
#[derive(Debug, Clone)]
pub struct PathFilter {
    /// The relations, in the order they are followed.
    pub relations: Vec<Spanned<String>>,
    /// The blueprint that the path starts from, if not the aggregation's own.
    pub from: Option<Spanned<String>>,
}

impl Aggregation {
    /// Returns the aggregation written as `node` under the key `name`.
    pub fn decode(name: Node<'_>, node: Node<'_>) -> Self {
        let filter = node.get("pathFilter").and_then(|filters| filters.items().next());
        let spec = node.get("calculationSpec");
        let word = |key| spec.and_then(|spec| string(spec, key)).map(|word| word.value);
        let query = node.get("query").filter(|query| query.kind() == Kind::Map);
        Self {
            identifier: Spanned::new(name.as_str().unwrap_or_default().to_string(), name.span()),
            title: string(node, "title").map(|title| title.value),
            target: string(node, "target"),
            function: word("func").and_then(|name| Function::from_name(&name)).unwrap_or_default(),
            over_property: word("calculationBy").as_deref() == Some("property"),
            property: spec.and_then(|spec| string(spec, "property")),
            average_of: word("averageOf").and_then(|name| Period::from_name(&name)),
            measure_time_by: spec.and_then(|spec| string(spec, "measureTimeBy")),
            query: query.map(Query::decode),
            query_place: query.map(Node::id),
            path: filter.map(|filter| PathFilter {
                relations: strings(filter, "path"),
                from: string(filter, "fromBlueprint"),
            }),
        }
    }
}
