//! Actions: what people can ask for, the form they fill in, and what is done then.
//!
//! Port's definition, in its present form and in the first one (`trigger` a word, `userInputs` and `blueprint` at
//! the top), with additions that make it run on any CI: steps, limits, a time to live, an approval that depends on
//! the inputs, effects. Automations have parts of it too.

pub mod input;
pub mod invocation;
pub mod limit;
pub mod permission;
pub mod step;
pub mod trigger;
pub mod workflow;

use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string, strings};
use crate::yaml::{Kind, Node, NodeId};
use input::Input;
use limit::{Limit, Ttl};
use permission::Permissions;
use step::Step;
use trigger::Operation;

/// An action document.
pub static ACTION: Object = Object { name: "an action", fields: FIELDS, openness: Openness::Closed };

static FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["action"]), "says that this is an action, wherever the file is"),
    required("identifier", Shape::Identifier(&identifier::ACTION), "its name, unique in the catalog"),
    optional("title", Shape::Text, "what people read; the identifier when absent"),
    optional("description", Shape::Text, "what it does, in Markdown"),
    optional("icon", Shape::Text, "a Port icon name"),
    required("trigger", trigger::TRIGGER_OR_OPERATION, "when it can be asked for, and the form"),
    optional("invocationMethod", Shape::Object(&invocation::INVOCATION), "what Port calls"),
    optional("steps", Shape::List(&Shape::Object(&step::STEP)), "portal's addition: what is done, in order"),
    optional(
        "effects",
        Shape::List(&Shape::Object(&step::EFFECT)),
        "portal's addition: what changes in the catalog",
    ),
    optional("ttl", limit::TTL, "portal's addition: how long what it creates lives, such as 5d"),
    optional("onExpire", Shape::List(&Shape::Object(&step::STEP)), "portal's addition: what is done then"),
    optional(
        "limits",
        Shape::List(&Shape::Object(&limit::LIMIT)),
        "portal's addition: how often it can be asked for",
    ),
    optional("approval", Shape::Object(&APPROVAL), "portal's addition: when someone must agree"),
    optional("mode", Shape::OneOf(&["dispatch", "pull_request"]), "portal's addition: how a request is made"),
    optional("permissions", Shape::Object(&permission::PERMISSIONS), "who may ask and who may approve"),
    optional("requiredApproval", REQUIRED_APPROVAL, "whether someone must agree: true, false, ANY or ALL"),
    optional("approvalNotification", Shape::Object(&permission::NOTIFICATION), "how approvers hear of it"),
    optional("publish", Shape::Boolean, "whether it is in force; false for a draft"),
    optional("allowAnyoneToViewRuns", Shape::Boolean, "whether everyone sees its runs"),
    optional("userInputs", Shape::Object(&input::USER_INPUTS), "the former place of trigger.userInputs"),
    optional("blueprint", Shape::Text, "the former place of trigger.blueprintIdentifier"),
    optional("id", Shape::Any, "written by Port's export; kept"),
    optional("createdAt", Shape::Any, "written by Port's export; kept"),
    optional("createdBy", Shape::Any, "written by Port's export; kept"),
    optional("updatedAt", Shape::Any, "written by Port's export; kept"),
    optional("updatedBy", Shape::Any, "written by Port's export; kept"),
];

/// Whether someone must agree: a boolean, a word, or Port's object.
pub(super) const REQUIRED_APPROVAL: Shape =
    Shape::Either(&[Shape::Boolean, Shape::OneOf(APPROVERS), Shape::Object(&REQUIRED_APPROVAL_OBJECT)]);

const APPROVERS: &[&str] = &["ANY", "ALL"];

static REQUIRED_APPROVAL_OBJECT: Object = Object {
    name: "a required approval",
    fields: &[required("type", Shape::OneOf(APPROVERS), "ANY: one approver is enough; ALL: each must agree")],
    openness: Openness::Closed,
};

static APPROVAL: Object = Object {
    name: "an approval",
    fields: &[optional(
        "when",
        Shape::Text,
        "jq over the inputs (.form), true when someone must agree; always when absent",
    )],
    openness: Openness::Closed,
};

/// An action, decoded.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its name.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// What it does to an entity; `None` when it names no operation, which is reported.
    pub operation: Option<Spanned<Operation>>,
    /// The blueprint whose entities it creates, changes or deletes.
    pub blueprint: Option<Spanned<String>>,
    /// The form, in the order of the document.
    pub inputs: Vec<Input>,
    /// The inputs that must be given; empty when a jq expression decides.
    pub required: Vec<Spanned<String>>,
    /// The order in which inputs are shown: that of the form, or of its steps one after the other.
    pub order: Vec<Spanned<String>>,
    /// The type of the invocation: `GITHUB`, `WEBHOOK` and so on.
    pub invocation: Option<Spanned<String>>,
    /// What is done.
    pub steps: Vec<Step>,
    /// What is done when what it created expires.
    pub on_expire: Vec<Step>,
    /// What changes in the catalog, besides what steps change.
    pub effects: Vec<Step>,
    /// How long what it creates lives.
    pub ttl: Option<Ttl>,
    /// How often it can be asked for.
    pub limits: Vec<Limit>,
    /// Who may ask and who may approve.
    pub permissions: Permissions,
    /// Whether someone must agree.
    pub approval: Approval,
    /// How a request is made.
    pub mode: Mode,
    /// Whether it is in force: a draft says `publish: false`.
    pub published: bool,
    /// Whether it is in Port's first form.
    pub legacy: bool,
    /// Where it is written.
    pub node: NodeId,
}

impl Action {
    /// Returns the action written as `node`, in either of Port's forms.
    pub fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        let trigger = node.get("trigger");
        let modern = trigger.filter(|trigger| trigger.kind() == Kind::Map);
        let inputs = modern.and_then(|trigger| trigger.get("userInputs")).or_else(|| node.get("userInputs"));
        let blueprint = modern.and_then(|trigger| string(trigger, "blueprintIdentifier"));
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            operation: modern.and_then(|trigger| trigger.get("operation")).or(trigger).and_then(operation),
            blueprint: blueprint.or_else(|| string(node, "blueprint")),
            inputs: inputs.map(input::decode).unwrap_or_default(),
            required: inputs.map(|inputs| strings(inputs, "required")).unwrap_or_default(),
            order: inputs.map(input::order).unwrap_or_default(),
            invocation: node.get("invocationMethod").and_then(|method| string(method, "type")),
            steps: Step::decode_list(node, "steps"),
            on_expire: Step::decode_list(node, "onExpire"),
            effects: Step::decode_list(node, "effects"),
            ttl: Ttl::decode(node),
            limits: Limit::decode_list(node),
            permissions: Permissions::decode(node),
            approval: Approval::decode(node),
            mode: match string(node, "mode").is_some_and(|mode| mode.value == "pull_request") {
                true => Mode::PullRequest,
                false => Mode::Dispatch,
            },
            published: node.get("publish").and_then(Node::as_bool).unwrap_or(true),
            legacy: trigger.is_some_and(|trigger| trigger.kind() == Kind::String)
                || node.get("userInputs").is_some(),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }

    /// Returns the input called `identifier`.
    pub fn input(&self, identifier: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.identifier.value == identifier)
    }
}

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By starting the workflow with the inputs.
    Dispatch,
    /// By a file in `requests/`, which starts the workflow when it is merged.
    PullRequest,
}

/// Whether someone must agree.
#[derive(Debug, Clone, Default)]
pub struct Approval {
    /// How many of those who may approve: none when nobody must agree.
    pub quorum: Option<Quorum>,
    /// jq over the inputs, true when someone must agree; always when absent.
    pub when: Option<Spanned<String>>,
}

/// How many of those who may approve must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quorum {
    /// One is enough.
    Any,
    /// Each must agree.
    All,
}

impl Approval {
    /// Returns the approval of the action `node`: `requiredApproval` in any of its forms, or `approval`, which asks for
    /// one approver unless the other says otherwise.
    fn decode(node: Node<'_>) -> Self {
        let required = node.get("requiredApproval");
        let word = required.and_then(|required| required.as_str().or_else(|| required.get("type")?.as_str()));
        let written = match word {
            Some("ALL") => Some(Quorum::All),
            Some("ANY") => Some(Quorum::Any),
            _ => required.and_then(Node::as_bool).filter(|required| *required).map(|_| Quorum::Any),
        };
        let approval = node.get("approval").filter(|approval| approval.kind() == Kind::Map);
        Self {
            quorum: written.or_else(|| approval.map(|_| Quorum::Any)),
            when: approval.and_then(|approval| string(approval, "when")),
        }
    }
}

/// Returns the operation that `node` names.
fn operation(node: Node<'_>) -> Option<Spanned<Operation>> {
    Some(Spanned::new(Operation::from_name(node.as_str()?)?, node.span()))
}

#[cfg(test)]
mod tests;
