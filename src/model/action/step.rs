//! Steps: what an action or automation does, as portal's addition to Port's single invocation.
//!
//! A step has one of the keys of [`KINDS`], which says what is done, and may have a name, a condition and the
//! steps that it waits for.

use super::invocation::MAPPING;
use crate::model::identifier::{self, FREE};
use crate::model::shape::{Field, Object, Openness, Shape, optional, required};
use crate::model::{Spanned, string, strings};
use crate::yaml::{Kind, Node, NodeId};

/// The keys of which a step has one: what is done.
pub const KINDS: &[&str] = &[
    "run",
    "scaffold",
    "upsertEntity",
    "deleteEntity",
    "pullRequest",
    "dispatch",
    "webhook",
    "kafka",
    "notify",
    "gate",
    "uses",
];

/// A step of an action or automation.
pub static STEP: Object = Object { name: "a step", fields: FIELDS, openness: Openness::Closed };

static FIELDS: &[Field] = &[
    optional("name", Shape::Identifier(&identifier::PROPERTY), "by which later steps read its outputs"),
    optional("title", Shape::Text, "what people read in the log"),
    optional("when", Shape::Text, "jq, true when the step is taken; always when absent"),
    optional("needs", NAMES, "the steps that must be done first; the one above when absent"),
    optional("env", Shape::Map(&FREE, &Shape::Any), "more environment variables for run"),
    optional("with", MAPPING, "the inputs of uses"),
    optional("run", Shape::Text, "a command or script file, with the inputs in its environment"),
    optional("scaffold", SCAFFOLD_OR_NAME, "a template that is rendered"),
    optional("upsertEntity", Shape::Object(&ENTITY), "an entity that is created or changed"),
    optional(
        "deleteEntity",
        Shape::Object(&REFERENCE),
        "an entity that is deleted; the action's own when empty",
    ),
    optional("pullRequest", Shape::Object(&PULL_REQUEST), "a pull request with what the steps above changed"),
    optional("dispatch", Shape::Object(&DISPATCH), "another workflow or pipeline that is started"),
    optional("webhook", Shape::Object(&WEBHOOK), "a request that is sent"),
    optional("kafka", Shape::Any, "a message; no CI runner sends one, use webhook or run"),
    optional("notify", Shape::Object(&NOTIFY), "a message to people"),
    optional("gate", Shape::Object(&GATE), "a scorecard level that must be held to go on"),
    optional("uses", Shape::Text, "a reusable workflow or include of the CI system, pinned"),
];

/// What an action changes in the catalog, when no step of it says so.
pub static EFFECT: Object = Object {
    name: "an effect",
    fields: &[
        optional("when", Shape::Text, "jq, true when it takes place; always when absent"),
        optional("upsertEntity", Shape::Object(&ENTITY), "an entity that is created or changed"),
        optional(
            "deleteEntity",
            Shape::Object(&REFERENCE),
            "an entity that is deleted; the action's own when empty",
        ),
    ],
    openness: Openness::Closed,
};

const NAMES: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);

const SCAFFOLD_OR_NAME: Shape = Shape::Either(&[Shape::Text, Shape::Object(&SCAFFOLD)]);

static SCAFFOLD: Object = Object {
    name: "a scaffold step",
    fields: &[
        required("template", Shape::Text, "the template's name, folder or address"),
        optional(
            "into",
            Shape::Text,
            "the folder that it is written to; the template's own choice when absent",
        ),
        optional("inputs", MAPPING, "the answers to its questions; the action's inputs when absent"),
    ],
    openness: Openness::Closed,
};

static ENTITY: Object = Object {
    name: "an entity step",
    fields: &[
        optional("blueprint", Shape::Text, "its blueprint; the action's when absent"),
        optional("identifier", Shape::Text, "its identifier; the action's own entity when absent"),
        optional("title", Shape::Text, "what people read"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("team", NAMES, "the owning team, or a list of them"),
        optional("properties", MAPPING, "the values to set"),
        optional("relations", MAPPING, "the relations to set"),
    ],
    openness: Openness::Closed,
};

static REFERENCE: Object = Object {
    name: "a deletion step",
    fields: &[
        optional("blueprint", Shape::Text, "its blueprint; the action's when absent"),
        optional("identifier", Shape::Text, "its identifier; the action's own entity when absent"),
    ],
    openness: Openness::Closed,
};

static PULL_REQUEST: Object = Object {
    name: "a pull request step",
    fields: &[
        required("title", Shape::Text, "its title"),
        optional("body", Shape::Text, "its text, in Markdown"),
        optional("branch", Shape::Text, "the branch to push; one of its own when absent"),
        optional("base", Shape::Text, "the branch to merge into; the default one when absent"),
        optional("labels", Shape::List(&Shape::Text), "its labels"),
        optional("reviewers", Shape::List(&Shape::Text), "who is asked to review it"),
    ],
    openness: Openness::Closed,
};

static DISPATCH: Object = Object {
    name: "a dispatch step",
    fields: &[
        optional("repository", Shape::Text, "the repository or project; this one when absent"),
        optional("workflow", Shape::Text, "the workflow or pipeline"),
        optional("action", Shape::Text, "in place of a workflow: an action of this catalog"),
        optional("entity", Shape::Text, "of an action that is about an entity: its identifier"),
        optional("ref", Shape::Text, "the branch or tag; the default branch when absent"),
        optional("inputs", MAPPING, "its inputs"),
        optional("wait", Shape::Boolean, "whether the step ends when the workflow does"),
    ],
    openness: Openness::Closed,
};

static WEBHOOK: Object = Object {
    name: "a webhook step",
    fields: &[
        required("url", Shape::Text, "where the request goes"),
        optional("method", Shape::Text, "POST when absent"),
        optional("headers", MAPPING, "its headers"),
        optional("body", Shape::Any, "its body"),
    ],
    openness: Openness::Closed,
};

static NOTIFY: Object = Object {
    name: "a notification step",
    fields: &[
        required("message", Shape::Text, "what is said, in Markdown"),
        optional("title", Shape::Text, "its title, where there is one"),
        optional("slack", Shape::Text, "a Slack channel"),
        optional("teams", Shape::Text, "a Microsoft Teams channel"),
        optional("webhook", Shape::Text, "an address that takes JSON"),
        optional("issue", Shape::Text, "a repository in which an issue is opened, once per title"),
    ],
    openness: Openness::Closed,
};

static GATE: Object = Object {
    name: "a gate step",
    fields: &[
        required("scorecard", Shape::Text, "the scorecard"),
        required("failUnder", Shape::Text, "the level below which the run fails"),
        optional("blueprint", Shape::Text, "the entity's blueprint; the action's when absent"),
        optional("entity", Shape::Text, "the entity; the action's own when absent"),
    ],
    openness: Openness::Closed,
};

/// A step, decoded.
#[derive(Debug, Clone)]
pub struct Step {
    /// By which later steps read its outputs.
    pub name: Option<Spanned<String>>,
    /// The keys of [`KINDS`] that it has: one, unless it is mistaken.
    pub kinds: Vec<Spanned<&'static str>>,
    /// The steps that must be done first.
    pub needs: Vec<Spanned<String>>,
    /// The jq expression that says whether it is taken.
    pub when: Option<Spanned<String>>,
    /// Where it is written.
    pub node: NodeId,
}

impl Step {
    /// Returns the steps of the list at `key`; items that are no mappings are reported as shape.
    pub fn decode_list(node: Node<'_>, key: &str) -> Vec<Self> {
        let steps = node.get(key).into_iter().flat_map(Node::items);
        steps.filter(|step| step.kind() == Kind::Map).map(Self::decode).collect()
    }

    fn decode(node: Node<'_>) -> Self {
        let kind = |key: Node<'_>| KINDS.iter().copied().find(|kind| key.as_str() == Some(kind));
        let kinds = node.entries().filter_map(|(key, _)| Some(Spanned::new(kind(key)?, key.span())));
        Self {
            name: string(node, "name"),
            kinds: kinds.collect(),
            needs: string(node, "needs").map_or_else(|| strings(node, "needs"), |single| vec![single]),
            when: string(node, "when"),
            node: node.id(),
        }
    }
}
