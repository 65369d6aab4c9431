//! Port's workflows: graphs of nodes, its newer form of actions and automations. They are kept and not run.

use crate::model::identifier;
use crate::model::shape::{Object, Openness, Shape, optional, required};

/// A workflow document.
pub static WORKFLOW: Object = Object {
    name: "a workflow",
    fields: &[
        optional("kind", Shape::OneOf(&["action", "automation"]), "where it is listed"),
        required("identifier", Shape::Identifier(&identifier::ACTION), "its name, unique in the catalog"),
        optional("title", Shape::Text, "what people read; the identifier when absent"),
        optional("description", Shape::Text, "what it does, in Markdown"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("category", Shape::Title(40), "the group in which it is listed"),
        required("nodes", Shape::List(&Shape::Object(&NODE)), "triggers, calls, conditions and questions"),
        optional("connections", Shape::List(&Shape::Object(&CONNECTION)), "which node follows which"),
        optional("publish", Shape::Boolean, "whether it is in force; false for a draft"),
        optional("allowAnyoneToViewRuns", Shape::Boolean, "whether everyone sees its runs"),
        optional("id", Shape::Any, "written by Port's export; kept"),
        optional("createdAt", Shape::Any, "written by Port's export; kept"),
        optional("createdBy", Shape::Any, "written by Port's export; kept"),
        optional("updatedAt", Shape::Any, "written by Port's export; kept"),
        optional("updatedBy", Shape::Any, "written by Port's export; kept"),
    ],
    openness: Openness::Open,
};

static NODE: Object = Object {
    name: "a workflow node",
    fields: &[
        required("identifier", Shape::Text, "its name, unique in the workflow"),
        optional("title", Shape::Text, "what people read"),
        required("config", Shape::Object(&CONFIG), "what it does"),
    ],
    openness: Openness::Free,
};

static CONFIG: Object = Object {
    name: "the configuration of a workflow node",
    fields: &[required(
        "type",
        Shape::Text,
        "SELF_SERVE_TRIGGER, EVENT_TRIGGER, WEBHOOK, CONDITION and so on",
    )],
    openness: Openness::Free,
};

static CONNECTION: Object = Object {
    name: "a workflow connection",
    fields: &[
        required("sourceIdentifier", Shape::Text, "the node that comes first"),
        required("targetIdentifier", Shape::Text, "the node that follows"),
        optional("sourceOutletIdentifier", Shape::Text, "the outcome of the first that leads there"),
        optional("fallback", Shape::Boolean, "whether it is taken when no other is"),
    ],
    openness: Openness::Free,
};
