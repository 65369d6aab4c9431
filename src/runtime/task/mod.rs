//! Tasks: how each is performed.
//!
//! One file per kind. What a task is told, its templates say; what they give is data, and stays data wherever it goes:
//! in the environment of a script, the body of a request, a file of the catalog.

mod dispatch;
mod entity;
mod gate;
mod notify;
mod pull_request;
mod run;
mod scaffold;
mod webhook;

use serde_json::{Map, Value};

use super::log::Log;
use super::report::Effect;
use super::request::EntityName;
use super::setting::{Setting, text};
use crate::model::identifier::ENTITY;
use crate::model::phrase::clip;
use crate::procedure::{Deed, Task};
use crate::template::{self, Context};

/// A task that is being performed.
pub(super) struct Scene<'a> {
    pub(super) setting: Setting<'a>,
    pub(super) task: &'a Task,
    /// All tasks of the procedure.
    pub(super) tasks: &'a [Task],
    /// Its position among them.
    pub(super) number: usize,
    /// What its expressions see, but for the secrets.
    pub(super) context: Context,
    pub(super) log: &'a Log,
    /// Whether no other task is performed at the same time, so that what it says can be shown at once.
    pub(super) alone: bool,
}

/// What a task led to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Done {
    /// What people should know, such as a link.
    pub(super) message: Option<String>,
    /// What later tasks can read.
    pub(super) outputs: Map<String, Value>,
    /// What changes in the catalog.
    pub(super) effects: Vec<Effect>,
    /// Whether there was nothing to do.
    pub(super) skipped: bool,
}

impl Done {
    fn saying(message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::default() }
    }

    fn changing(effect: Effect, message: String) -> Self {
        Self { effects: vec![effect], ..Self::saying(message) }
    }

    fn nothing(why: impl Into<String>) -> Self {
        Self { skipped: true, ..Self::saying(why) }
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.outputs.insert(name.to_string(), value.into());
        self
    }
}

/// Performs a task.
///
/// # Errors
/// Why it failed, as a phrase.
pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    match scene.task.deed {
        Deed::Run => run::perform(scene),
        Deed::Scaffold => scaffold::perform(scene),
        Deed::UpsertEntity => entity::upsert(scene),
        Deed::DeleteEntity => entity::delete(scene),
        Deed::PullRequest => pull_request::perform(scene),
        Deed::Dispatch => dispatch::perform(scene),
        Deed::Webhook => webhook::perform(scene),
        Deed::Kafka => Err(
            "no runner of a CI system sends messages to Kafka: use `webhook` with a REST proxy, or `run` \
                            with a client"
                .into(),
        ),
        Deed::Notify => notify::perform(scene),
        Deed::Gate => gate::perform(scene),
        Deed::Uses => {
            Err("a reusable workflow is started by the CI system, which it is not here: use `dispatch`"
                .into())
        }
    }
}

impl Scene<'_> {
    /// Returns what templates say, without secrets: what comes of them is seen.
    fn render(&self, value: &Value) -> Result<Value, String> {
        template::render(value, &self.context).map_err(|failure| failure.to_string())
    }

    /// Returns what templates say, with secrets. Those that the task names must all be there: an empty password would
    /// be found out late, by somebody else.
    fn render_secretly(&self, value: &Value) -> Result<Value, String> {
        for name in template::secrets(value) {
            self.secret(&name)?;
        }
        let context = self.context.clone().with("secrets", self.setting.secrets.json());
        template::render(value, &context).map_err(|failure| failure.to_string())
    }

    /// Returns a secret.
    fn secret(&self, name: &str) -> Result<&str, String> {
        self.setting.secrets.get(name).ok_or_else(|| {
            let variable = super::secret::variable(name);
            format!("the secret `{name}` is not set; the job gets it in the variable `{variable}`")
        })
    }

    /// Returns what the template at a key of the task says, as text; nothing when there is none.
    fn text_at(&self, key: &str) -> Result<String, String> {
        match self.task.body.get(key) {
            None => Ok(String::new()),
            Some(value) => self.render(value).map(|value| text(&value)),
        }
    }

    /// Returns the name that the task gives at a key, whose template says `said`; `None` when there is none. A template
    /// that gives nothing is a mistake, not a way to mean something else.
    fn name(&self, key: &str, said: Option<&Value>) -> Result<Option<String>, String> {
        let written = self.task.body.get(key);
        match said {
            None => Ok(None),
            Some(Value::Null) if written.is_some_and(Value::is_null) => Ok(None),
            Some(said) => match text(said) {
                name if name.is_empty() => Err(format!("`{key}` gives nothing")),
                name => Ok(Some(name)),
            },
        }
    }

    /// Returns the name that the template at a key of the task gives.
    fn name_at(&self, key: &str) -> Result<Option<String>, String> {
        let said = self.task.body.get(key).map(|value| self.render(value)).transpose()?;
        self.name(key, said.as_ref())
    }

    /// Returns the entity of these names; of what is absent, the definition's blueprint and the run's own entity.
    fn entity(&self, blueprint: Option<String>, identifier: Option<String>) -> Result<EntityName, String> {
        let subject = self.setting.subject;
        let own = subject.entity.as_ref();
        let blueprint = blueprint
            .or_else(|| subject.blueprint.clone())
            .or_else(|| own.map(|own| own.blueprint.clone()))
            .ok_or("it names no blueprint, and the definition has none")?;
        // The run's own entity is one of its own blueprint only.
        let own = own.filter(|own| own.blueprint == blueprint).map(|own| own.identifier.clone());
        let identifier = identifier.or(own).ok_or("it names no entity, and the run is about none")?;
        let catalog = &self.setting.portal.catalog;
        if catalog.find_blueprint(&blueprint).is_none() {
            return Err(format!("there is no blueprint `{}`", clip(&blueprint)));
        }
        if !ENTITY.allows(&identifier) {
            return Err(format!("`{}` cannot be an identifier", clip(&identifier)));
        }
        Ok(EntityName { blueprint, identifier })
    }
}

#[cfg(test)]
mod tests;
