//! Scorecards: a standard for the entities of one blueprint, with levels and rules.
//!
//! The document is Port's, with additions to its rules: what to do, a weight, a stage, the age of facts. What a rule
//! asks is in [`condition`].

pub mod condition;

use super::query::Query;
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string};
use crate::yaml::{Kind, Node, NodeId};

/// A scorecard document.
pub static SCORECARD: Object = Object { name: "a scorecard", fields: FIELDS, openness: Openness::Closed };

/// The levels, with their colours, of a scorecard that declares none. The first is the floor, which needs no rule.
pub const DEFAULT_LEVELS: &[(&str, &str)] =
    &[("Basic", "paleBlue"), ("Bronze", "bronze"), ("Silver", "silver"), ("Gold", "gold")];

static FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["scorecard"]), "says that this is a scorecard, wherever the file is"),
    required("identifier", Shape::Identifier(&identifier::SCORECARD), "its name, unique for its blueprint"),
    required("title", Shape::Text, "what people read"),
    optional("description", Shape::Text, "portal's addition: what the standard is for"),
    optional("icon", Shape::Text, "portal's addition: a Port icon name"),
    optional(
        "blueprint",
        Shape::Identifier(&identifier::BLUEPRINT),
        "the blueprint whose entities are judged",
    ),
    optional(
        "levels",
        Shape::List(&Shape::Object(&LEVEL)),
        "from the floor up; Basic, Bronze, Silver, Gold when absent",
    ),
    optional("filter", Shape::Object(&condition::QUERY), "which entities are judged; all when absent"),
    required("rules", Shape::List(&Shape::Object(&RULE)), "what an entity must fulfil"),
    optional(
        "properties",
        Shape::Map(&identifier::FREE, &Shape::Any),
        "values of an extended _scorecard blueprint; kept",
    ),
    optional(
        "relations",
        Shape::Map(&identifier::FREE, &Shape::Any),
        "relations of an extended _scorecard blueprint; kept",
    ),
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
        required(
            "identifier",
            Shape::Identifier(&identifier::SCORECARD),
            "its name, unique in the scorecard",
        ),
        required("title", Shape::Text, "what people read"),
        required("level", Shape::Text, "the title of the level that it belongs to, above the floor"),
        required("query", Shape::Object(&condition::QUERY), "what must hold"),
        optional("description", Shape::Text, "why it matters, in Markdown"),
        optional("howToFix", Shape::Text, "portal's addition: what to do when it fails, in Markdown"),
        optional("weight", Shape::Number, "portal's addition: its share of the score; 1 when absent"),
        optional(
            "stage",
            Shape::OneOf(Stage::NAMES),
            "portal's addition: preview (shown, not counted), warn or enforce",
        ),
        optional("maxAge", Shape::Text, "portal's addition: a fact older than this, such as 7d, is unknown"),
        optional(
            "properties",
            Shape::Map(&identifier::FREE, &Shape::Any),
            "values of an extended _rule blueprint; kept",
        ),
        optional(
            "relations",
            Shape::Map(&identifier::FREE, &Shape::Any),
            "relations of an extended _rule blueprint; kept",
        ),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::{assert_single_findings, findings, with};

    const PORT: &str = r#"{
      "identifier": "readiness", "title": "Readiness", "blueprint": "service",
      "levels": [{"color": "paleBlue", "title": "Basic"}, {"color": "gold", "title": "Gold"}],
      "filter": {"combinator": "and", "conditions": [{"property": "$team", "operator": "isNotEmpty"}]},
      "rules": [{
        "identifier": "approvers", "title": "Has approvers", "description": "Two at least", "level": "Gold",
        "query": {"combinator": "or", "conditions": [
          {"operator": ">", "property": "approvers", "value": 2},
          {"operator": "=", "relation": "team", "value": "payments"},
          {"operator": "isEmpty", "property": "exempt", "not": true}
        ]}
      }],
      "id": "sc_1", "createdAt": "2024-01-01T00:00:00Z", "createdBy": "x", "updatedAt": null, "updatedBy": "x"
    }"#;

    const OURS: &str = r#"
identifier: operations
title: Operations
rules:
  - identifier: runbook
    title: Has a runbook
    level: Silver
    howToFix: Add `RUNBOOK.md`.
    weight: 2
    stage: preview
    maxAge: 30d
    query:
      combinator: and
      rules:
        - combinator: or
          conditions: [{file: {exists: RUNBOOK.md}}, {file: {path: README.md, matches: "(?i)runbook"}}]
        - {relation: dependsOn, every: {property: tier, operator: "=", value: {property: tier}}}
        - {git: lastCommit < 90d}
        - {scaffold: {template: 'http-*', behind: "< 3", changed: "<= 5"}}
        - {jq: '.properties.replicas >= 2', maxAge: 1d}
"#;

    #[test]
    fn accepts_port_and_the_additions() {
        for text in [PORT, OURS] {
            assert_eq!(findings(&SCORECARD, text), [""; 0]);
        }
    }

    #[test]
    fn reports_what_port_refuses() {
        let rule =
            |rest: &str| format!("{{identifier: s, title: S, rules: [{{identifier: a, title: A, {rest}}}]}}");
        let query = "query: {combinator: and, conditions: [{property: p, operator: isEmpty}]}";
        assert_single_findings(
            &SCORECARD,
            &[
                (
                    "{identifier: s, title: S, rulse: [], rules: []}",
                    "unknown-key: a scorecard has no key",
                    "?)",
                ),
                ("{identifier: s, rules: []}", "missing-key: a scorecard needs the key `title`", ")"),
                (
                    "{identifier: s, title: S, rules: [], levels: [Gold]}",
                    "wrong-type: a mapping is needed",
                    ")",
                ),
                (
                    "{identifier: s, title: S, rules: [], levels: [{title: Gold, colour: gold, color: gold}]}",
                    "unknown-key: a level has no key `colour`",
                    "(did you mean `color`?)",
                ),
                (
                    &rule(&format!("level: 2, {query}")),
                    "wrong-type: a string is needed here, not a number",
                    "\"2\")",
                ),
                (&rule(&format!("lvl: Gold, level: Gold, {query}")), "unknown-key: a scorecard rule", ")"),
                (
                    &rule(
                        "level: Gold, query: {combinator: and, conditions: [{property: p, operator: GREATER_THAN}]}",
                    ),
                    "invalid-value: `GREATER_THAN`",
                    ")",
                ),
                (
                    &rule(
                        "level: Gold, query: {combinator: and, conditions: [{property: p, operators: '='}]}",
                    ),
                    "unknown-key: a condition has no key `operators`",
                    "(did you mean `operator`?)",
                ),
                (
                    &rule(&format!("level: Gold, stage: previw, {query}")),
                    "invalid-value: `previw`",
                    "(did you mean `preview`?)",
                ),
            ],
        );
    }

    #[test]
    fn decodes_levels_rules_and_queries() {
        let scorecard = with(PORT, Scorecard::decode);
        assert_eq!(scorecard.level_titles(), ["Basic", "Gold"]);
        assert_eq!(scorecard.filter.map(|filter| filter.members.len()), Some(1));
        let rule = &scorecard.rules[0];
        assert_eq!((rule.label(), rule.weight, rule.stage), ("Has approvers", 1.0, Stage::Enforce));
        assert_eq!(rule.query.as_ref().map(|query| query.conditions().len()), Some(3));

        let scorecard = with(OURS, Scorecard::decode);
        assert_eq!(scorecard.level_titles(), ["Basic", "Bronze", "Silver", "Gold"]);
        let rule = &scorecard.rules[0];
        assert_eq!((rule.weight, rule.stage), (2.0, Stage::Preview));
        assert_eq!(rule.how_to_fix.as_deref(), Some("Add `RUNBOOK.md`."));
        assert_eq!(rule.query.as_ref().map(|query| query.members.len()), Some(5));
    }

    #[test]
    fn every_stage_has_its_name() {
        assert!(Stage::NAMES.iter().all(|name| Stage::from_name(name).is_some()));
    }
}
