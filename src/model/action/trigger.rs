//! Triggers of actions: what is done to which entities, and for which of them it is offered.

use super::input;
use crate::model::identifier;
use crate::model::query::{self, COMBINATORS};
use crate::model::shape::{Object, Openness, Shape, optional, required};

/// A trigger, or the operation alone as in Port's first form.
pub(super) const TRIGGER_OR_OPERATION: Shape =
    Shape::Either(&[Shape::Object(&TRIGGER), Shape::OneOf(Operation::NAMES)]);

static TRIGGER: Object = Object {
    name: "a trigger",
    fields: &[
        required("type", Shape::OneOf(&["self-service"]), "self-service: people ask for it"),
        required(
            "operation",
            Shape::OneOf(Operation::NAMES),
            "what is done to an entity: CREATE, DAY-2 or DELETE",
        ),
        optional(
            "blueprintIdentifier",
            Shape::Identifier(&identifier::BLUEPRINT),
            "the blueprint of that entity",
        ),
        required("userInputs", Shape::Object(&input::USER_INPUTS), "the form"),
        optional(
            "condition",
            Shape::Object(&CONDITION),
            "for which entities it is offered, unless it creates one",
        ),
        optional("actionCardButtonText", Shape::Title(15), "what the button on its card says"),
        optional("executeActionButtonText", Shape::Title(15), "what the button under its form says"),
        optional("event", Shape::Any, "empty in exports; kept"),
    ],
    openness: Openness::Closed,
};

static CONDITION: Object = Object {
    name: "a trigger condition",
    fields: &[
        required("type", Shape::OneOf(&["SEARCH"]), "SEARCH: the entities that a query finds"),
        optional("combinator", Shape::OneOf(COMBINATORS), "whether all rules or one must hold: and, or"),
        required("rules", Shape::List(&Shape::Object(&query::RULE)), "rules, or groups of rules"),
    ],
    openness: Openness::Closed,
};

/// What an action does to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// It makes one.
    Create,
    /// It changes one.
    Day2,
    /// It removes one.
    Delete,
}

impl Operation {
    /// Port's names of the operations.
    pub const NAMES: &[&str] = &["CREATE", "DAY-2", "DELETE"];

    /// Returns Port's name for the operation.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Day2 => "DAY-2",
            Self::Delete => "DELETE",
        }
    }

    /// Returns the operation of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Create, Self::Day2, Self::Delete].into_iter().find(|operation| operation.name() == name)
    }
}
