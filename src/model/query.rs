//! Queries: Port's search language, and the reading of groups that scorecards share with it.
//!
//! A query is a group: a combinator over members, each a rule or another group. A member's keys depend on its
//! operator, so one table holds them all. Scorecards have a dialect of their own, with a table of their own
//! (`conditions` for `rules`); both are read into a [`Query`].

use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, flag, string};
use crate::yaml::{Kind, Node, NodeId};

/// Every operator of a search rule.
pub const OPERATORS: &[&str] = &[
    "=", "!=", ">", ">=", "<", "<=", "isEmpty", "isNotEmpty", "contains", "doesNotContains", "containsAny",
    "beginsWith", "doesNotBeginsWith", "endsWith", "doesNotEndsWith", "in", "notIn", "between", "notBetween",
    "isExpired", "isNotExpired", "relatedTo", "matchAny",
];

/// The words that join the members of a group.
pub const COMBINATORS: &[&str] = &["and", "or"];

/// A search query: which entities are meant.
pub static QUERY: Object = Object {
    name: "a query",
    fields: &[
        required("combinator", Shape::OneOf(COMBINATORS), "whether all rules or one must hold: and, or"),
        required("rules", Shape::List(&Shape::Object(&RULE)), "rules, or groups of rules"),
    ],
    openness: Openness::Open,
};

/// A member of a query: a rule, or a group when it has a combinator.
pub static RULE: Object = Object { name: "a query rule", fields: RULE_FIELDS, openness: Openness::Open };

static RULE_FIELDS: &[Field] = &[
    optional("combinator", Shape::OneOf(COMBINATORS), "makes it a group: whether all rules or one must hold"),
    optional("rules", Shape::List(&Shape::Object(&RULE)), "the rules of a group"),
    optional("property", PROPERTY, "a property, $identifier, $title, $team and the like, or a path"),
    optional("propertySchema", Shape::Map(&super::identifier::FREE, &Shape::Any), "every property of this type"),
    optional("relation", Shape::Text, "a relation, in place of a property"),
    optional("targetProperty", Shape::OneOf(&["$title", "$identifier"]), "what of the related entity is compared"),
    optional("scorecard", Shape::Text, "a scorecard, in place of a property"),
    optional("scorecardRule", Shape::Text, "a rule of the scorecard"),
    optional("operator", Shape::OneOf(OPERATORS), "how it is compared"),
    optional("value", Shape::Any, "what it is compared with"),
    optional("not", Shape::Boolean, "turns isEmpty and isNotEmpty around"),
    optional("blueprint", Shape::Text, "the blueprint of the entity in value, for relatedTo"),
    optional("direction", Shape::OneOf(&["upstream", "downstream"]), "which side relatedTo looks at"),
    optional("required", Shape::Boolean, "whether relatedTo follows required relations only"),
];

/// A property by name, by path (`{path, fromBlueprint}`) or taken from the user (`{context, property}`).
const PROPERTY: Shape = Shape::Either(&[Shape::Text, Shape::Map(&super::identifier::FREE, &Shape::Any)]);

/// How the members of a group are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Combinator {
    /// Every member must hold.
    #[default]
    And,
    /// One member must hold.
    Or,
}

/// A group of rules, decoded.
#[derive(Debug, Clone)]
pub struct Query {
    /// How the members are joined.
    pub combinator: Combinator,
    /// Rules and groups, in the order of the document.
    pub members: Vec<Member>,
    /// Where the group is written.
    pub node: NodeId,
}

/// A member of a group.
#[derive(Debug, Clone)]
pub enum Member {
    /// A group inside the group.
    Group(Query),
    /// A rule, or a scorecard's condition.
    Condition(Condition),
}

/// A comparison, decoded as far as every sort has it; the rest is at its node.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The property that is compared, when it is given by name.
    pub property: Option<Spanned<String>>,
    /// The relation that is compared, or whose targets are.
    pub relation: Option<Spanned<String>>,
    /// How it is compared.
    pub operator: Option<Spanned<String>>,
    /// What it is compared with.
    pub value: Option<NodeId>,
    /// Whether the outcome is turned around.
    pub negated: bool,
    /// Where it is written.
    pub node: NodeId,
}

impl Query {
    /// Returns the group written as `node`, whose members are under `conditions` or `rules`; members that are no
    /// mappings are reported as shape.
    pub fn decode(node: Node<'_>) -> Self {
        let members = node.get("conditions").or_else(|| node.get("rules"));
        let members = members.into_iter().flat_map(Node::items).filter(|member| member.kind() == Kind::Map);
        let combinator = match node.get("combinator").and_then(Node::as_str) {
            Some("or") => Combinator::Or,
            _ => Combinator::And,
        };
        Self { combinator, members: members.map(Member::decode).collect(), node: node.id() }
    }

    /// Returns every condition of the group and of the groups inside it, in the order of the document.
    pub fn conditions(&self) -> Vec<&Condition> {
        let below = |member| match member {
            &Member::Group(ref group) => group.conditions(),
            &Member::Condition(ref condition) => vec![condition],
        };
        self.members.iter().flat_map(below).collect()
    }
}

impl Member {
    fn decode(node: Node<'_>) -> Self {
        let group = node.get("combinator").is_some() || node.get("conditions").is_some() || node.get("rules").is_some();
        if group { Self::Group(Query::decode(node)) } else { Self::Condition(Condition::decode(node)) }
    }
}

impl Condition {
    /// Returns the comparison written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        Self {
            property: string(node, "property"),
            relation: string(node, "relation"),
            operator: string(node, "operator"),
            value: node.get("value").map(|value| value.id()),
            negated: flag(node, "not"),
            node: node.id(),
        }
    }
}
