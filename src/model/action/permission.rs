//! Permissions: who may ask for an action, who may approve it, and how approvers hear of it.

use crate::model::identifier::FREE;
use crate::model::query::QUERY;
use crate::model::shape::{Object, Openness, Shape, optional, required};

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
