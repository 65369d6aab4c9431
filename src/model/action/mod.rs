//! Actions: what people can ask for, the form they fill in, and what is done then.
//!
//! Port's definition, in its present form and in the first one (`trigger` a word, `userInputs` and `blueprint` at
//! the top), with additions that make it run on any CI: steps, limits, a time to live, an approval that depends on
//! the inputs, effects. Automations have parts of it too.

pub mod input;
pub mod invocation;
pub mod permission;
pub mod step;
pub mod trigger;
pub mod workflow;

use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string, strings};
use crate::yaml::{Kind, Node, NodeId};
use input::Input;
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
    optional("ttl", TTL, "portal's addition: how long what it creates lives, such as 5d"),
    optional("onExpire", Shape::List(&Shape::Object(&step::STEP)), "portal's addition: what is done then"),
    optional(
        "limits",
        Shape::List(&Shape::Object(&LIMIT)),
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

static LIMIT: Object = Object {
    name: "a limit",
    fields: &[
        required("per", Shape::OneOf(&["person", "team", "entity"]), "whose requests are counted"),
        required("max", Shape::Number, "how many are allowed"),
        required("window", Shape::Text, "in what time, such as 7d"),
    ],
    openness: Openness::Closed,
};

const TTL: Shape = Shape::Either(&[Shape::Text, Shape::Object(&TTL_OBJECT)]);

static TTL_OBJECT: Object = Object {
    name: "a time to live",
    fields: &[
        optional("default", Shape::Text, "when the request names none, such as 5d"),
        optional("max", Shape::Text, "the longest that can be asked for, such as 14d"),
    ],
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

/// Returns the operation that `node` names.
fn operation(node: Node<'_>) -> Option<Spanned<Operation>> {
    Some(Spanned::new(Operation::from_name(node.as_str()?)?, node.span()))
}

#[cfg(test)]
mod tests;
