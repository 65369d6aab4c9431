//! Dialects: how each CI system asks the questions of a form, and what it calls things.
//!
//! No CI system can ask everything that a form can: there is no pattern, no condition, no picker, and a limit on the
//! number of inputs. What a system asks is worked out here, once, with what is lost; what comes back is read here, too.
//! The rules of the form itself are held by the guard, whatever the system does.
//!
//! Titles, order and which answers are needed are the same on every system. What differs is how a question is put, and
//! each difference is a [`Loss`].

mod answer;
mod ask;
mod choice;
mod lack;
mod limit;
mod name;
mod surroundings;
mod text;
mod unsupported;

use crate::model::property::Type;
use crate::model::target::Target;

pub use answer::{answer, answers_from, dispatch, read};
pub use ask::ask;
pub use lack::{Lack, Loss};
pub use limit::Limits;
pub use name::{approval_environment, run_environment, slug, variable, workflow_file};
pub use surroundings::Surroundings;
pub use text::display;
pub use unsupported::unsupported;

/// What a CI system asks before an action starts.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The CI system.
    pub target: Target,
    /// The questions, in order: at most as many as it allows.
    pub questions: Vec<Question>,
    /// What it cannot ask as the form does.
    pub losses: Vec<Loss>,
}

impl Asking {
    /// Returns the question about something.
    pub fn question(&self, about: &About) -> Option<&Question> {
        self.questions.iter().find(|question| question.about == *about)
    }
}

/// A question of a CI system.
#[derive(Debug, Clone)]
pub struct Question {
    /// What it is about.
    pub about: About,
    /// Its key in the workflow.
    pub name: String,
    /// What people read first.
    pub title: String,
    /// What people read besides; empty when there is nothing.
    pub help: String,
    /// How it is asked.
    pub control: Control,
    /// What the answer is, once it is read.
    pub kind: Type,
    /// Whether an answer must be given.
    pub required: bool,
    /// What is answered already, as the system has it: always a text, and one of the options of a choice.
    pub default: Option<String>,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// An input of the form, by its name.
    Input(String),
    /// The entity that the action is about.
    Entity,
    /// How long what is created lives.
    Ttl,
    /// The inputs for which there is no room, as one JSON object. On GitLab, it can hold every answer.
    More(Vec<String>),
    /// Where a run that another run started comes from, as JSON; people leave it empty.
    Origin,
}

/// How a question is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// As a text.
    Text,
    /// As a number.
    Number,
    /// As yes or no.
    Boolean,
    /// As a choice, of these texts.
    Choice(Vec<String>),
}

/// The option of a choice that stands for no answer. No value is ever an option of this text.
pub const NONE: &str = "(none)";

/// The names under which the answers to the reserved questions are read.
pub const ENTITY: &str = "$entity";
/// See [`ENTITY`].
pub const TTL: &str = "$ttl";
/// See [`ENTITY`].
pub const ORIGIN: &str = "$origin";

#[cfg(test)]
mod tests;
