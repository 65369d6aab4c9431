//! Permissions: who may ask for an action, who may approve it, and how approvers hear of it.

use crate::model::identifier::FREE;
use crate::model::query::QUERY;
use crate::model::shape::{Object, Openness, Shape, optional, required};
use crate::model::{Spanned, flag, string, strings};
use crate::yaml::{Kind, Node, NodeId};

/// Who may ask and who may approve.
pub static PERMISSIONS: Object = Object {
    name: "a permission list",
    fields: &[
        optional("execute", Shape::Object(&EXECUTE), "who may ask for it"),
        optional("approve", Shape::Object(&APPROVE), "who may agree to it"),
    ],
    openness: Openness::Closed,
};

static EXECUTE: Object = Object {
    name: "a permission to execute",
    fields: &[
        optional("roles", Shape::List(&Shape::Text), "everyone with one of these roles, such as Member"),
        optional("users", Shape::List(&Shape::Text), "these users"),
        optional("teams", Shape::List(&Shape::Text), "the members of these teams"),
        optional("ownedByTeam", Shape::Boolean, "the members of the teams that own the entity"),
        optional("policy", Shape::Object(&POLICY), "whoever the policy allows"),
    ],
    openness: Openness::Closed,
};

static APPROVE: Object = Object {
    name: "a permission to approve",
    fields: &[
        optional("roles", Shape::List(&Shape::Text), "everyone with one of these roles"),
        optional("users", Shape::List(&Shape::Text), "these users"),
        optional("teams", Shape::List(&Shape::Text), "the members of these teams"),
        optional("policy", Shape::Object(&POLICY), "the users whose addresses the policy returns"),
    ],
    openness: Openness::Closed,
};

static POLICY: Object = Object {
    name: "a policy",
    fields: &[
        optional(
            "queries",
            Shape::Map(&FREE, &Shape::Object(&QUERY)),
            "named searches, whose results conditions see",
        ),
        required("conditions", Shape::List(&Shape::Text), "jq expressions, one of which must allow it"),
    ],
    openness: Openness::Closed,
};

/// How approvers hear of a request.
pub static NOTIFICATION: Object = Object {
    name: "an approval notification",
    fields: &[
        required("type", Shape::OneOf(&["email", "webhook"]), "email or webhook"),
        optional("format", Shape::OneOf(&["json", "slack"]), "what a webhook is sent: json or slack"),
        optional("url", Shape::Text, "where the webhook is"),
    ],
    openness: Openness::Closed,
};

/// Who may ask and who may approve, decoded.
#[derive(Debug, Clone, Default)]
pub struct Permissions {
    /// Who may ask; everybody when absent.
    pub execute: Option<Grant>,
    /// Who may agree.
    pub approve: Option<Grant>,
}

/// Those whom something is granted: whoever fulfils one of these, unless there is a policy, which decides alone.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// Everyone with one of these roles.
    pub roles: Vec<Spanned<String>>,
    /// These users.
    pub users: Vec<Spanned<String>>,
    /// The members of these teams.
    pub teams: Vec<Spanned<String>>,
    /// The members of the teams that own the entity.
    pub owned_by_team: bool,
    /// Whoever the policy allows.
    pub policy: Option<Policy>,
}

/// Searches, and jq over what they find.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The searches by name, each where it is written.
    pub queries: Vec<(String, NodeId)>,
    /// jq expressions, one of which must allow it.
    pub conditions: Vec<Spanned<String>>,
}

impl Permissions {
    /// Returns the permissions written in the action `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let grant = |key| Some(Grant::decode(node.get("permissions")?.get(key)?));
        Self { execute: grant("execute"), approve: grant("approve") }
    }
}

impl Grant {
    fn decode(node: Node<'_>) -> Self {
        let policy = node.get("policy").filter(|policy| policy.kind() == Kind::Map);
        Self {
            roles: strings(node, "roles"),
            users: strings(node, "users"),
            teams: strings(node, "teams"),
            owned_by_team: flag(node, "ownedByTeam"),
            policy: policy.map(Policy::decode),
        }
    }

    /// Returns whether it names nobody: no role, user, team, owner or policy.
    pub fn is_empty(&self) -> bool {
        let Self { roles, users, teams, owned_by_team, policy } = self;
        roles.is_empty() && users.is_empty() && teams.is_empty() && !owned_by_team && policy.is_none()
    }
}

impl Policy {
    fn decode(node: Node<'_>) -> Self {
        let queries = node.get("queries").into_iter().flat_map(Node::entries);
        let queries = queries.filter_map(|(key, query)| Some((key.as_str()?.to_string(), query.id())));
        let single = string(node, "conditions").into_iter();
        Self { queries: queries.collect(), conditions: single.chain(strings(node, "conditions")).collect() }
    }
}
