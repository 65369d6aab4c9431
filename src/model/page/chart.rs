//! Lines over time.

use super::super::interval::Interval;
use super::super::query::Query;
use super::super::{Spanned, string, strings};
use super::content::reference;
use super::reference::Reference;
use super::widget::{blueprint, dataset};
use crate::yaml::{Kind, Node, NodeId};

/// The most lines of a widget (Port's limit).
pub const MOST_LINES: usize = 10;

/// Lines over time, as a widget has them.
#[derive(Debug, Clone)]
pub struct Chart {
    /// The time between two points.
    pub interval: Option<Spanned<String>>,
    /// How far back they go, as a preset.
    pub range: Option<Spanned<String>>,
    /// What the vertical axis counts.
    pub axis: Option<String>,
    /// The lines.
    pub lines: Vec<Line>,
    /// Levels to compare with, and what they are called.
    pub baselines: Vec<(f64, String)>,
    /// Whether a period without a value counts as 0.
    pub zero: bool,
}

/// A line.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it is called.
    pub title: Option<String>,
    /// Whose entities it is about.
    pub blueprint: Option<Spanned<String>>,
    /// Which of them.
    pub dataset: Option<Query>,
    /// What it counts.
    pub course: Course,
    /// Where it is written.
    pub node: NodeId,
}

/// What a line counts.
#[derive(Debug, Clone)]
pub enum Course {
    /// What properties of an entity were, from the history of the catalog.
    History {
        /// The entity.
        entity: Option<Spanned<String>>,
        /// Its properties.
        properties: Vec<Spanned<Reference>>,
    },
    /// Properties over the entities that fall into a period.
    Aggregate {
        /// `sum`, `average`, `min`, `max`, `median` or `last`.
        function: Option<Spanned<String>>,
        /// The properties.
        properties: Vec<Spanned<Reference>>,
        /// The date that says when an entity was.
        dated: Option<Spanned<String>>,
    },
    /// How many entities fall into a period.
    Count {
        /// `count` or `average`.
        function: Option<Spanned<String>>,
        /// A line for each value of this.
        breakdown: Option<Spanned<Reference>>,
        /// The date that says when an entity was.
        dated: Option<Spanned<String>>,
    },
    /// Nothing that there is.
    Unknown(Option<Spanned<String>>),
}

impl Chart {
    pub(super) fn decode(node: Node<'_>) -> Self {
        let lines = match node.get("lines").filter(|lines| lines.kind() == Kind::List) {
            Some(lines) => lines.items().filter(|line| line.kind() == Kind::Map).map(Line::decode).collect(),
            None => vec![Line { title: None, ..Line::decode(node) }],
        };
        let baseline = |node: Node<'_>| {
            let name = string(node, "name").map(|name| name.value).unwrap_or_default();
            Some((node.get("value")?.as_f64()?, name))
        };
        let baselines = node.get("baselines").into_iter().flat_map(Node::items);
        Self {
            interval: string(node, "timeInterval"),
            range: node.get("timeRange").and_then(|range| string(range, "preset")),
            axis: string(node, "yAxisTitle").map(|title| title.value),
            lines,
            baselines: baselines.filter_map(baseline).collect(),
            zero: node.get("nullValueDisplayMode").and_then(Node::as_str) == Some("zero"),
        }
    }

    /// Returns the time between two points: a week when it does not say.
    pub fn interval(&self) -> Interval {
        self.interval.as_ref().and_then(|name| Interval::from_name(&name.value)).unwrap_or(Interval::Week)
    }

    /// Returns the preset that says how far back it goes: three months when it does not say.
    pub fn range(&self) -> &str {
        self.range.as_ref().map_or("last3Months", |range| range.value.as_str())
    }
}

impl Line {
    fn decode(node: Node<'_>) -> Self {
        let properties = || {
            let references = strings(node, "properties").into_iter();
            let mut properties: Vec<Spanned<Reference>> =
                references.map(|text| Spanned::new(Reference::parse(&text.value), text.span)).collect();
            properties.extend(reference(node, "property").filter(|_| node.get("properties").is_none()));
            properties
        };
        let (function, dated) = (string(node, "func"), string(node, "measureTimeBy"));
        let kind = string(node, "chartType");
        let course = match kind.as_ref().map(|kind| kind.value.as_str()) {
            Some("propertiesValueHistory") => {
                Course::History { entity: string(node, "entity"), properties: properties() }
            }
            Some("aggregatePropertiesValues") => {
                Course::Aggregate { function, properties: properties(), dated }
            }
            Some("countEntities") => {
                Course::Count { function, breakdown: reference(node, "breakdownProperty"), dated }
            }
            _ => Course::Unknown(kind),
        };
        let dataset = dataset(node, "dataset");
        Self {
            title: string(node, "title").map(|title| title.value),
            blueprint: blueprint(node, dataset.as_ref()),
            dataset,
            course,
            node: node.id(),
        }
    }
}
