//! Invocation methods: what Port calls when an action is asked for or an automation fires.
//!
//! Which keys an invocation has depends on its type; one table holds them all. Most values may be templates
//! (`{{ .inputs.name }}`), so that a flag or a mapping may be a string.

use crate::model::identifier::FREE;
use crate::model::shape::{Field, Object, Openness, Shape, optional, required};

/// Every type of invocation; `AZURE-DEVOPS` is the former spelling.
pub const TYPES: &[&str] = &[
    "WEBHOOK",
    "GITHUB",
    "GITLAB",
    "AZURE_DEVOPS",
    "KAFKA",
    "UPSERT_ENTITY",
    "INTEGRATION_ACTION",
    "AZURE-DEVOPS",
];

/// What Port calls.
pub static INVOCATION: Object =
    Object { name: "an invocation method", fields: FIELDS, openness: Openness::Closed };

static FIELDS: &[Field] = &[
    required("type", Shape::OneOf(TYPES), "what is called"),
    optional("url", Shape::Text, "WEBHOOK: where the request goes"),
    optional("method", Shape::Text, "WEBHOOK: POST when absent"),
    optional("headers", MAPPING, "WEBHOOK: the request's headers"),
    optional("body", Shape::Any, "WEBHOOK: the request's body"),
    optional("agent", FLAG, "WEBHOOK: whether Port's agent sends it"),
    optional("synchronized", FLAG, "WEBHOOK: whether the answer's status is the run's"),
    optional("org", Shape::Text, "GITHUB, AZURE_DEVOPS: the organisation"),
    optional("repo", Shape::Text, "GITHUB: the repository"),
    optional("workflow", WORKFLOW, "GITHUB: the workflow's file name or number"),
    optional("workflowInputs", MAPPING, "GITHUB: the workflow's inputs"),
    optional("branch", Shape::Text, "GITHUB: the branch, in Port's first form"),
    optional(
        "reportWorkflowStatus",
        FLAG,
        "GITHUB: whether the workflow's result is the run's; true when absent",
    ),
    optional("projectName", Shape::Text, "GITLAB: the project"),
    optional("groupName", Shape::Text, "GITLAB: the group"),
    optional("defaultRef", Shape::Text, "GITLAB: the branch or tag"),
    optional("pipelineVariables", MAPPING, "GITLAB: the pipeline's variables"),
    optional("webhook", Shape::Text, "AZURE_DEVOPS: the name of the incoming webhook"),
    optional("payload", Shape::Any, "KAFKA, AZURE_DEVOPS: what is sent"),
    optional("blueprintIdentifier", Shape::Text, "UPSERT_ENTITY: the entity's blueprint"),
    optional("mapping", ENTITY_OR_TEMPLATE, "UPSERT_ENTITY: the entity"),
    optional("installationId", Shape::Text, "INTEGRATION_ACTION: the integration"),
    optional("integrationActionType", Shape::Text, "INTEGRATION_ACTION: dispatch_workflow"),
    optional(
        "integrationActionExecutionProperties",
        Shape::Object(&EXECUTION),
        "INTEGRATION_ACTION: what it runs",
    ),
    optional("omitPayload", FLAG, "leaves Port's payload out, in Port's first form"),
    optional("omitUserInputs", FLAG, "leaves the inputs out, in Port's first form"),
];

/// A flag, or a template that makes one.
const FLAG: Shape = Shape::Either(&[Shape::Boolean, Shape::Text]);

/// A mapping whose keys and values may be templates, or a template that makes it.
pub(super) const MAPPING: Shape = Shape::Either(&[Shape::Map(&FREE, &Shape::Any), Shape::Text]);

const WORKFLOW: Shape = Shape::Either(&[Shape::Text, Shape::Number]);

const ENTITY_OR_TEMPLATE: Shape = Shape::Either(&[Shape::Object(&ENTITY), Shape::Text]);

/// The entity of an upsert. Its keys may be templates, so none is unknown.
static ENTITY: Object = Object {
    name: "an upserted entity",
    fields: &[
        optional("identifier", Shape::Text, "its identifier"),
        optional("title", Shape::Text, "what people read"),
        optional("team", Shape::Any, "the owning team, or a list of them"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("properties", MAPPING, "values of the blueprint's properties"),
        optional("relations", MAPPING, "the entities it points at"),
    ],
    openness: Openness::Free,
};

/// What an integration runs.
static EXECUTION: Object = Object {
    name: "an integration action",
    fields: &[
        optional("org", Shape::Text, "the organisation"),
        optional("repo", Shape::Text, "the repository"),
        optional("workflow", WORKFLOW, "the workflow's file name or number"),
        optional("workflowInputs", MAPPING, "the workflow's inputs"),
        optional("reportWorkflowStatus", FLAG, "whether the workflow's result is the run's"),
    ],
    openness: Openness::Free,
};
