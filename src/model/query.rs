//! Queries: Port's search language, and the reading of groups that scorecards share with it.
//!
//! A query is a group: a combinator over members, each a rule or another group. A member's keys depend on its
//! operator, so one table holds them all. Scorecards have a dialect of their own, with a table of their own
//! (`conditions` for `rules`); both are read into a [`Query`].

use super::scorecard::condition::{FILE, GIT_FACT, SCAFFOLD};
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, flag, identifier, string};
use crate::yaml::{Kind, Node, NodeId};

/// Every operator of a search rule.
pub const OPERATORS: &[&str] = &[
    "=",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "isEmpty",
    "isNotEmpty",
    "contains",
    "doesNotContains",
    "containsAny",
    "beginsWith",
    "doesNotBeginsWith",
    "endsWith",
    "doesNotEndsWith",
    "in",
    "notIn",
    "between",
    "notBetween",
    "isExpired",
    "isNotExpired",
    "relatedTo",
    "matchAny",
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
    optional("propertySchema", Shape::Map(&identifier::FREE, &Shape::Any), "every property of this type"),
    optional("relation", Shape::Text, "a relation, in place of a property"),
    optional(
        "targetProperty",
        Shape::OneOf(&["$title", "$identifier"]),
        "what of the related entity is compared",
    ),
    optional("scorecard", Shape::Text, "a scorecard, in place of a property"),
    optional("scorecardRule", Shape::Text, "a rule of the scorecard"),
    optional("operator", Shape::OneOf(OPERATORS), "how it is compared"),
    optional("value", Shape::Any, "what it is compared with"),
    optional("not", Shape::Boolean, "turns isEmpty and isNotEmpty around"),
    optional("blueprint", Shape::Text, "the blueprint of the entity in value, for relatedTo"),
    optional("direction", Shape::OneOf(&["upstream", "downstream"]), "which side relatedTo looks at"),
    optional("required", Shape::Boolean, "whether relatedTo follows required relations only"),
    optional("every", Shape::Object(&RULE), "portal's addition: what every related entity must fulfil"),
    optional("some", Shape::Object(&RULE), "portal's addition: what a related entity must fulfil"),
    optional("none", Shape::Object(&RULE), "portal's addition: what no related entity may fulfil"),
    optional("jq", Shape::Text, "portal's addition: an expression over the entity that must be true"),
    optional("maxAge", Shape::Text, "portal's addition: a fact older than this, such as 7d, is unknown"),
    // Where nothing is looked up, whoever asks says so: these are no keys that nothing reads.
    optional("file", Shape::Object(&FILE), LOOKED_UP),
    optional("git", GIT_FACT, LOOKED_UP),
    optional("scaffold", Shape::Object(&SCAFFOLD), LOOKED_UP),
];

const LOOKED_UP: &str = "portal's addition: for searches where files and the history are looked up";

/// A property by name, by path (`{path, fromBlueprint}`) or taken from the user (`{context, property}`).
const PROPERTY: Shape = Shape::Either(&[Shape::Text, Shape::Map(&identifier::FREE, &Shape::Any)]);

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
        self.members.iter().flat_map(Member::conditions).collect()
    }
}

impl Member {
    /// Returns the rule, or the group, written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let group = node.get("combinator").is_some()
            || node.get("conditions").is_some()
            || node.get("rules").is_some();
        if group { Self::Group(Query::decode(node)) } else { Self::Condition(Condition::decode(node)) }
    }

    /// Returns where it is written.
    pub fn node(&self) -> NodeId {
        match self {
            Self::Group(group) => group.node,
            Self::Condition(condition) => condition.node,
        }
    }

    fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::Group(group) => group.conditions(),
            Self::Condition(condition) => vec![condition],
        }
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

/// What the tests of this layer share.
#[cfg(test)]
pub(super) mod testing {
    use std::sync::Arc;

    use crate::model::shape::Object;
    use crate::source::SourceId;
    use crate::yaml::{self, Node};

    /// Returns what `read` makes of the one document in `text`.
    pub(crate) fn with<T>(text: &str, read: impl FnOnce(Node<'_>) -> T) -> T {
        let mut found = Vec::new();
        let document = yaml::parse(SourceId::new(0), &Arc::from(text), &mut found);
        assert_eq!(found, [], "{text}");
        let root = document.roots().next().expect("the text holds a document");
        read(root)
    }

    /// Returns the findings of `object` on `text`, each as `rule: message (help)`.
    pub(crate) fn findings(object: &Object, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        with(text, |node| object.check(node, &mut found));
        let line = |finding: crate::diagnostic::Diagnostic| {
            let help = finding.help.unwrap_or_default();
            format!("{}: {} ({help})", finding.rule.name(), finding.message)
        };
        found.into_iter().map(line).collect()
    }

    /// Asserts that each text has exactly one finding of `object`, which begins and ends as given.
    pub(crate) fn assert_single_findings(object: &Object, cases: &[(&str, &str, &str)]) {
        for (text, start, end) in cases {
            let found = findings(object, text);
            let [finding] = found.as_slice() else { panic!("one finding, not {found:#?}, of {text}") };
            assert!(
                finding.starts_with(start) && finding.ends_with(end),
                "{finding}\nis not {start} … {end}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::testing::{assert_single_findings, findings, with};
    use super::*;
    use crate::model;

    const NESTED: &str = r#"
combinator: and
rules:
  - {property: $blueprint, operator: "=", value: service}
  - combinator: or
    rules:
      - {property: tier, operator: in, value: [a, b]}
      - {operator: relatedTo, blueprint: team, value: payments, direction: upstream, required: false}
      - {property: {path: [team], fromBlueprint: service}, operator: matchAny, value: payments}
  - {property: createdAt, operator: between, value: {preset: lastWeek}}
  - {property: owner, operator: "=", value: {jqQuery: .user.email}}
  - {property: owner, operator: "=", value: "{{getUserEmail()}}"}
  - {property: readme, operator: isEmpty, not: true}
"#;

    #[test]
    fn accepts_what_port_accepts() {
        assert_eq!(findings(&QUERY, NESTED), [""; 0]);
    }

    #[test]
    fn reports_misspelt_operators_and_keys() {
        assert_single_findings(
            &QUERY,
            &[
                ("{combinator: xor, rules: []}", "invalid-value: `xor`", "(use one of `and`, `or`)"),
                ("{combinator: and}", "missing-key: a query needs the key `rules`", ")"),
                (
                    "{combinator: and, rules: [{property: a, operator: doesNotContain, value: b}]}",
                    "invalid-value: `doesNotContain`",
                    "?)",
                ),
                (
                    "{combinator: and, rules: [{combinator: or, rules: [{proprety: a}]}]}",
                    "ignored-key: nothing reads the key `proprety` of a query rule",
                    "(did you mean `property`, `propertySchema` or `targetProperty`?)",
                ),
                ("{combinator: and, rules: {property: a}}", "wrong-type: a list is needed", ")"),
            ],
        );
    }

    #[test]
    fn decodes_groups_in_groups() {
        let query = with(NESTED, Query::decode);
        assert_eq!(query.combinator, Combinator::And);
        assert_eq!(query.members.len(), 6);
        let Member::Group(group) = &query.members[1] else { panic!("the second member is a group") };
        assert_eq!((group.combinator, group.members.len()), (Combinator::Or, 3));
        let conditions = query.conditions();
        let operators: Vec<&str> =
            conditions.iter().filter_map(|rule| Some(rule.operator.as_ref()?.value.as_str())).collect();
        assert_eq!(operators, ["=", "in", "relatedTo", "matchAny", "between", "=", "=", "isEmpty"]);
        assert!(conditions[7].negated && conditions[7].value.is_none());
        assert!(conditions[3].property.is_none(), "a path is left to the node");
    }

    #[test]
    fn no_two_objects_share_a_name() {
        fn visit(shape: &Shape, seen: &mut BTreeMap<&str, *const Object>) {
            match shape {
                Shape::List(shape) | Shape::Map(_, shape) => visit(shape, seen),
                Shape::Either(shapes) => shapes.iter().for_each(|shape| visit(shape, seen)),
                Shape::Object(object) => visit_object(object, seen),
                _ => {}
            }
        }
        fn visit_object(object: &'static Object, seen: &mut BTreeMap<&str, *const Object>) {
            match seen.insert(object.name, object) {
                Some(other) => assert!(std::ptr::eq(other, object), "two objects are called {}", object.name),
                None => object.fields.iter().for_each(|field| visit(&field.shape, seen)),
            }
        }
        let mut seen = BTreeMap::new();
        model::Kind::ALL.iter().for_each(|kind| visit_object(kind.object(), &mut seen));
        visit_object(&model::action::workflow::WORKFLOW, &mut seen);
    }

    #[test]
    fn tables_that_hold_themselves_have_a_schema() {
        for kind in model::Kind::ALL {
            let mut definitions = serde_json::Map::new();
            kind.object().json_schema(&mut definitions);
            assert!(definitions.values().all(serde_json::Value::is_object), "{}", kind.name());
        }
    }
}
