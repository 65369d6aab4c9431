//! Initiatives: a goal over scorecards with a deadline. Port has the word and no document for it.

use super::query::Query;
use super::scorecard::condition;
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string, strings};
use crate::yaml::{Kind, Node, NodeId};

/// An initiative document.
pub static INITIATIVE: Object = Object { name: "an initiative", fields: FIELDS, openness: Openness::Closed };

static FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["initiative"]), "says that this is an initiative, wherever the file is"),
    required("identifier", Shape::Identifier(&identifier::SCORECARD), "its name, unique in the catalog"),
    required("title", Shape::Text, "what people read"),
    optional("description", Shape::Text, "why it is done and what helps, in Markdown"),
    optional("icon", Shape::Text, "a Port icon name"),
    required("owner", Shape::Text, "the team, or the user, who answers for it"),
    optional("start", Shape::Text, "the day from which progress is counted, such as 2027-01-01"),
    required("deadline", Shape::Text, "the day by which it is done, such as 2027-03-31"),
    optional(
        "filter",
        Shape::Object(&condition::QUERY),
        "which entities take part; all that are judged when absent",
    ),
    required("targets", Shape::List(&Shape::Object(&TARGET)), "the levels or rules that they must reach"),
];

static TARGET: Object = Object {
    name: "a target of an initiative",
    fields: &[
        required("scorecard", Shape::Identifier(&identifier::SCORECARD), "the scorecard"),
        optional(
            "blueprint",
            Shape::Identifier(&identifier::BLUEPRINT),
            "its blueprint, when several have such a scorecard",
        ),
        optional("level", Shape::Text, "the title of the level to reach"),
        optional("rules", Shape::List(&Shape::Identifier(&identifier::SCORECARD)), "the rules to pass"),
    ],
    openness: Openness::Closed,
};

/// What the entities of an initiative must reach, decoded.
#[derive(Debug, Clone)]
pub struct Target {
    /// The scorecard.
    pub scorecard: Option<Spanned<String>>,
    /// Its blueprint, when the scorecard's identifier alone could mean several.
    pub blueprint: Option<Spanned<String>>,
    /// The level to reach.
    pub level: Option<Spanned<String>>,
    /// The rules to pass.
    pub rules: Vec<Spanned<String>>,
    /// Where it is written.
    pub node: NodeId,
}

/// An initiative, decoded.
#[derive(Debug, Clone)]
pub struct Initiative {
    /// Its name.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// Why it is done.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// Who answers for it.
    pub owner: Option<Spanned<String>>,
    /// The day from which progress is counted, as written.
    pub start: Option<Spanned<String>>,
    /// The day by which it is done, as written.
    pub deadline: Option<Spanned<String>>,
    /// Which entities take part.
    pub filter: Option<Query>,
    /// What they must reach.
    pub targets: Vec<Target>,
    /// Where it is written.
    pub node: NodeId,
}

impl Initiative {
    /// Returns the initiative written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        let targets = node.get("targets").into_iter().flat_map(Node::items);
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            owner: string(node, "owner"),
            start: string(node, "start"),
            deadline: string(node, "deadline"),
            filter: node.get("filter").filter(|filter| filter.kind() == Kind::Map).map(Query::decode),
            targets: targets.filter(|target| target.kind() == Kind::Map).map(Target::decode).collect(),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }
}

impl Target {
    fn decode(node: Node<'_>) -> Self {
        Self {
            scorecard: string(node, "scorecard"),
            blueprint: string(node, "blueprint"),
            level: string(node, "level"),
            rules: strings(node, "rules"),
            node: node.id(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::{assert_single_findings, findings, with};

    const JAVA: &str = r#"
identifier: java21
title: Java 21 everywhere
owner: platform
deadline: 2027-03-31
filter: {combinator: and, conditions: [{property: language, operator: "=", value: Java}]}
targets:
  - {scorecard: runtime, rules: [java21]}
  - {scorecard: readiness, blueprint: service, level: Silver}
"#;

    #[test]
    fn decodes_what_it_accepts() {
        assert_eq!(findings(&INITIATIVE, JAVA), [""; 0]);
        let initiative = with(JAVA, Initiative::decode);
        assert_eq!(initiative.deadline.map(|day| day.value).as_deref(), Some("2027-03-31"));
        assert_eq!(initiative.targets.len(), 2);
        assert_eq!(initiative.targets[0].rules[0].value, "java21");
        assert_eq!(initiative.targets[1].level.as_ref().map(|level| level.value.as_str()), Some("Silver"));
    }

    #[test]
    fn reports_mistakes() {
        let with_rest = |rest: &str| format!("{{identifier: i, title: I, owner: t, targets: [], {rest}}}");
        assert_single_findings(
            &INITIATIVE,
            &[
                (
                    &with_rest("deadlin: x, deadline: x"),
                    "unknown-key: an initiative",
                    "(did you mean `deadline`?)",
                ),
                (&with_rest("start: x"), "missing-key: an initiative needs the key `deadline`", ")"),
                (&with_rest("deadline: 2027"), "wrong-type: a string is needed", "\"2027\")"),
            ],
        );
    }
}
