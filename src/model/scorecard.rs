//! Scorecards: a standard for the entities of one blueprint, with levels and rules.
//!
//! The dialect is Port's, with additions: groups of conditions nest, and a condition may look at related entities,
//! at files, at Git, or be any jq. Which of these a condition is, its keys say.

use super::query::{COMBINATORS, Query};
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string};
use crate::yaml::{Kind, Node, NodeId};

/// A scorecard document.
pub static SCORECARD: Object = Object { name: "a scorecard", fields: FIELDS, openness: Openness::Closed };

/// The levels, with their colours, of a scorecard that declares none. The first is the floor, which needs no rule.
pub const DEFAULT_LEVELS: &[(&str, &str)] =
    &[("Basic", "paleBlue"), ("Bronze", "bronze"), ("Silver", "silver"), ("Gold", "gold")];

/// Every operator of a condition. Scorecards have fewer than queries, and spell `doesNotContains` so.
pub const OPERATORS: &[&str] = &[
    "=", "!=", ">", ">=", "<", "<=", "isEmpty", "isNotEmpty", "contains", "doesNotContains", "containsAny",
    "beginsWith", "doesNotBeginsWith", "endsWith", "doesNotEndsWith", "in", "between", "notBetween",
];

const FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["scorecard"]), "says that this is a scorecard, wherever the file is"),
    required("identifier", Shape::Identifier(&identifier::SCORECARD), "its name, unique for its blueprint"),
    required("title", Shape::Text, "what people read"),
    optional("description", Shape::Text, "portal's addition: what the standard is for"),
    optional("icon", Shape::Text, "portal's addition: a Port icon name"),
    optional("blueprint", Shape::Identifier(&identifier::BLUEPRINT), "the blueprint whose entities are judged"),
    optional("levels", LEVELS_, "from the floor up; Basic, Bronze, Silver, Gold when absent"),
    optional("filter", Shape::Object(&QUERY), "which entities are judged; all when absent"),
    required("rules", RULES_, "what an entity must fulfil"),
    optional("properties", Shape::Map(&identifier::FREE, &Shape::Any), "values of an extended _scorecard blueprint; kept"),
    optional("relations", Shape::Map(&identifier::FREE, &Shape::Any), "relations of an extended _scorecard blueprint; kept"),
    optional("id", Shape::Any, "written by Port's export; kept"),
    optional("createdAt", Shape::Any, "written by Port's export; kept"),
    optional("createdBy", Shape::Any, "written by Port's export; kept"),
    optional("updatedAt", Shape::Any, "written by Port's export; kept"),
    optional("updatedBy", Shape::Any, "written by Port's export; kept"),
];

static LEVEL: Object = Object {
    name: "a level",
    fields: &[
        required("title", Shape::Text, "the name that rules use"),
        required("color", Shape::Text, "a palette colour"),
    ],
    openness: Openness::Closed,
};

static RULE: Object = Object {
    name: "a scorecard rule",
    fields: &[
        required("identifier", Shape::Identifier(&identifier::SCORECARD), "its name, unique in the scorecard"),
        required("title", Shape::Text, "what people read"),
        required("level", Shape::Text, "the title of the level that it belongs to, above the floor"),
        required("query", Shape::Object(&QUERY), "what must hold"),
        optional("description", Shape::Text, "why it matters, in Markdown"),
        optional("howToFix", Shape::Text, "portal's addition: what to do when it fails, in Markdown"),
        optional("weight", Shape::Number, "portal's addition: its share of the score; 1 when absent"),
        optional("stage", Shape::OneOf(Stage::NAMES), "portal's addition: preview (shown, not counted), warn or enforce"),
        optional("maxAge", Shape::Text, "portal's addition: a fact older than this, such as 7d, is unknown"),
        optional("properties", Shape::Map(&identifier::FREE, &Shape::Any), "values of an extended _rule blueprint; kept"),
        optional("relations", Shape::Map(&identifier::FREE, &Shape::Any), "relations of an extended _rule blueprint; kept"),
    ],
    openness: Openness::Closed,
};

/// A query in the dialect of scorecards; initiatives and waivers use it too.
pub static QUERY: Object = Object {
    name: "a scorecard query",
    fields: &[
        required("combinator", Shape::OneOf(COMBINATORS), "whether all conditions or one must hold: and, or"),
        optional("conditions", Shape::List(&Shape::Object(&CONDITION)), "conditions, or groups of them"),
        optional("rules", Shape::List(&Shape::Object(&CONDITION)), "the same, as searches spell it"),
    ],
    openness: Openness::Closed,
};

/// A condition, or a group when it has a combinator.
static CONDITION: Object = Object { name: "a condition", fields: CONDITION_FIELDS, openness: Openness::Closed };

static CONDITION_FIELDS: &[Field] = &[
    optional("property", Shape::Text, "a property of any sort, or $team, $title and the like"),
    optional("relation", Shape::Text, "a relation: its identifiers are compared, or its entities are asked"),
    optional("operator", Shape::OneOf(OPERATORS), "how it is compared"),
    optional("value", Shape::Any, "what it is compared with; portal's addition: {property: other}"),
    optional("not", Shape::Boolean, "turns isEmpty and isNotEmpty around"),
    optional("every", Shape::Object(&CONDITION), "portal's addition: what every related entity must fulfil"),
    optional("some", Shape::Object(&CONDITION), "portal's addition: what a related entity must fulfil"),
    optional("none", Shape::Object(&CONDITION), "portal's addition: what no related entity may fulfil"),
    optional("file", Shape::Object(&FILE), "portal's addition: a file in the entity's folder or repository"),
    optional("git", Shape::Text, "portal's addition: a fact of the history, such as lastCommit < 90d"),
    optional("jq", Shape::Text, "portal's addition: an expression over the entity that must be true"),
    optional("maxAge", Shape::Text, "portal's addition: a fact older than this, such as 7d, is unknown"),
    optional("combinator", Shape::OneOf(COMBINATORS), "portal's addition: makes it a group"),
    optional("conditions", Shape::List(&Shape::Object(&CONDITION)), "portal's addition: the members of a group"),
    optional("rules", Shape::List(&Shape::Object(&CONDITION)), "the same, as searches spell it"),
];

static FILE: Object = Object {
    name: "a file condition",
    fields: &[
        optional("exists", Shape::Text, "a path or glob that some file must have"),
        optional("path", Shape::Text, "the path or glob of the file that is read"),
        optional("matches", Shape::Text, "a regular expression that the file's text must match"),
        optional("jq", Shape::Text, "an expression over the file, read as YAML or JSON, that must be true"),
    ],
    openness: Openness::Closed,
};

/// How far a rule is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Its results are shown and do not count.
    Preview,
    /// It counts, and failing it is a warning.
    Warn,
    /// It counts in full.
    #[default]
    Enforce,
}

impl Stage {
    /// The names of the stages, in the order of a rule's life.
    pub const NAMES: &[&str] = &["preview", "warn", "enforce"];

    /// Returns the stage of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "preview" => Some(Self::Preview),
            "warn" => Some(Self::Warn),
            "enforce" => Some(Self::Enforce),
            _ => None,
        }
    }
}

/// A level, decoded.
#[derive(Debug, Clone)]
pub struct Level {
    /// The name that rules use.
    pub title: Spanned<String>,
    /// A palette colour.
    pub color: Option<Spanned<String>>,
}

/// A rule of a scorecard, decoded.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, unique in the scorecard.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// The title of its level.
    pub level: Option<Spanned<String>>,
    /// Why it matters.
    pub description: Option<String>,
    /// What to do when it fails.
    pub how_to_fix: Option<String>,
    /// Its share of the score.
    pub weight: f64,
    /// How far it is in force.
    pub stage: Stage,
    /// The age after which a fact is unknown, as written.
    pub max_age: Option<Spanned<String>>,
    /// What must hold.
    pub query: Option<Query>,
    /// Where it is written.
    pub node: NodeId,
}

/// A scorecard, decoded.
#[derive(Debug, Clone)]
pub struct Scorecard {
    /// Its name, unique for its blueprint.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// What the standard is for.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// The blueprint whose entities are judged; what wraps the document may say it instead.
    pub blueprint: Option<Spanned<String>>,
    /// The levels it declares, from the floor up; [`DEFAULT_LEVELS`] when empty.
    pub levels: Vec<Level>,
    /// Which entities are judged.
    pub filter: Option<Query>,
    /// What an entity must fulfil, in the order of the document.
    pub rules: Vec<Rule>,
    /// Where it is written.
    pub node: NodeId,
}

impl Scorecard {
    /// Returns the scorecard written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            blueprint: string(node, "blueprint"),
            levels: mappings(node, "levels").filter_map(Level::decode).collect(),
            filter: query(node, "filter"),
            rules: mappings(node, "rules").map(Rule::decode).collect(),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }

    /// Returns the titles of its levels, from the floor up.
    pub fn level_titles(&self) -> Vec<&str> {
        if self.levels.is_empty() {
            return DEFAULT_LEVELS.iter().map(|(title, _)| *title).collect();
        }
        self.levels.iter().map(|level| level.title.value.as_str()).collect()
    }
}

impl Level {
    fn decode(node: Node<'_>) -> Option<Self> {
        Some(Self { title: string(node, "title")?, color: string(node, "color") })
    }
}

impl Rule {
    fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        let stage = string(node, "stage").and_then(|stage| Stage::from_name(&stage.value));
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            level: string(node, "level"),
            description: string(node, "description").map(|text| text.value),
            how_to_fix: string(node, "howToFix").map(|text| text.value),
            weight: node.get("weight").and_then(Node::as_f64).unwrap_or(1.0),
            stage: stage.unwrap_or_default(),
            max_age: string(node, "maxAge"),
            query: query(node, "query"),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }
}

/// Returns the query at `key`.
fn query(node: Node<'_>, key: &str) -> Option<Query> {
    node.get(key).filter(|query| query.kind() == Kind::Map).map(Query::decode)
}

/// Returns the mappings of the list at `key`; other items are reported as shape.
fn mappings<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> {
    node.get(key).into_iter().flat_map(Node::items).filter(|item| item.kind() == Kind::Map)
}

const LEVELS_: Shape = Shape::List(&Shape::Object(&LEVEL));

const RULES_: Shape = Shape::List(&Shape::Object(&RULE));
