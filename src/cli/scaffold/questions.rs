//! What is asked before files are made, and who answers.

use clap::Args;
use serde_json::{Map, Value};

use super::workshop::Workshop;
use crate::cli::Failure;
use crate::cli::answers::{Answered, Answers, Asking};
use crate::cli::prompt::can_ask;
use crate::form::{Asker, Form};
use crate::prompt::{Manner, Secrets};
use crate::runtime::actor::user_json;

/// Options about answers.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Answers")]
pub(super) struct Questions {
    #[command(flatten)]
    pub(super) answers: Answers,
    /// Ask only for what has no default
    #[arg(long)]
    pub(super) defaults: bool,
    /// Never ask; fail when something is missing
    #[arg(long, env = "PORTAL_NO_INPUT")]
    pub(super) no_input: bool,
    /// Who asks: an e-mail address or login, for defaults that are about people [default: Git's user.email]
    #[arg(long, value_name = "WHO", env = "PORTAL_ACTOR")]
    pub(super) actor: Option<String>,
}

impl Questions {
    /// Returns whether there is somebody to ask.
    pub(super) fn can_ask(&self) -> bool {
        !self.no_input && can_ask() && !self.answers.reads_stdin()
    }

    /// Returns the answers of the command line to a form.
    pub(super) fn given(&self, workshop: &Workshop<'_>, form: &Form) -> Result<Map<String, Value>, Failure> {
        self.answers.given(form, &workshop.directory, Secrets::Themselves)
    }

    /// Returns who fills the form in; `user` is who asks, as expressions see it.
    pub(super) fn asker<'u>(&self, workshop: &Workshop<'_>, user: &'u Value) -> Asker<'u> {
        let portal = &workshop.opened.portal;
        Asker { known: portal.known(), user, entity: None, now: portal.now }
    }

    /// Returns the form filled in; `None` when answers are refused, which has been said.
    pub(super) fn complete(
        &self,
        workshop: &Workshop<'_>,
        form: &Form,
        given: &Map<String, Value>,
        again: impl Fn(&Map<String, Value>) -> String,
    ) -> Result<Option<Answered>, Failure> {
        let user = user_json(&workshop.actor(self.actor.as_deref()));
        let asking = Asking {
            global: workshop.global,
            form,
            asker: self.asker(workshop, &user),
            manner: Manner { secrets: Secrets::Themselves, briefly: self.defaults },
            can_ask: self.can_ask(),
        };
        asking.complete(given, again)
    }
}
