//! What tasks are performed in, and for what.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::actor::user_json;
use super::job::Job;
use super::log::Log;
use super::outside::Outside;
use super::provider::Provider;
use super::request::{EntityName, Request};
use super::secret::Secrets;
use crate::catalog::{Definition, EntityRef};
use crate::form::Form;
use crate::known::document;
use crate::model::action::Action;
use crate::portal::Portal;
use crate::template::Context;

/// What tasks are performed in.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The catalog.
    pub portal: &'a Portal,
    /// The catalog root: where scripts run.
    pub root: &'a Path,
    /// The job.
    pub job: &'a Job,
    /// The world.
    pub outside: &'a dyn Outside,
    /// Where people see what is done.
    pub log: &'a Log,
    /// What tasks may read of the job's secrets.
    pub secrets: &'a Secrets,
    /// Whether nothing is changed: then tasks are performed one after the other, so that a plan has an order.
    pub rehearsal: bool,
    /// What they are performed for.
    pub subject: &'a Subject,
}

impl std::fmt::Debug for Setting<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Setting").field("subject", self.subject).finish_non_exhaustive()
    }
}

impl Setting<'_> {
    /// Returns the provider of the repository: that of the job, else of the first target of the configuration.
    ///
    /// # Errors
    /// When neither says which it is.
    pub fn provider(&self) -> Result<Provider<'_>, String> {
        let configured = || self.portal.catalog.config().ci.targets.first().copied();
        let target = self.job.target.or_else(configured);
        let target = target.ok_or("this is no job of a CI system, and `ci.target` names none")?;
        Ok(Provider { target, job: self.job, outside: self.outside, directory: self.root.to_path_buf() })
    }
}

/// What tasks are performed for: a request, a change, something that is due.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The name of the run.
    pub run: String,
    /// Where people see it.
    pub link: Option<String>,
    /// The action, or the automation.
    pub definition: String,
    /// Who asked, by login; nobody of an automation.
    pub actor: String,
    /// The blueprint of entities that do not say theirs.
    pub blueprint: Option<String>,
    /// The entity of tasks that do not say theirs.
    pub entity: Option<EntityName>,
    /// When what is created expires, as an ISO 8601 instant.
    pub expires_at: Option<String>,
    /// How many runs led to this one.
    pub depth: u32,
    /// The inputs that the form has, given or not.
    pub fields: Vec<String>,
    /// What expressions see, but for `.steps` and `.secrets`.
    pub context: Context,
}

impl Subject {
    /// Returns what a request for `action` is for.
    pub fn of_request(portal: &Portal, action: &Definition<Action>, request: &Request, job: &Job) -> Self {
        let form = Form::of_action(portal.catalog.node(action.place), &action.value);
        let blueprint = action.value.blueprint.as_ref().map(|name| name.value.clone());
        let operation = action.value.operation.as_ref().map(|operation| operation.value.name());
        let origin = if request.parent.is_some() { "AUTOMATION" } else { "CI" };
        let user = user_json(&request.actor);
        let by = json!({"by": {"user": user}, "at": request.at, "operation": operation, "origin": origin});
        let context = asked(portal, action, &request.inputs, user)
            .with("entity", entity(portal, request.entity.as_ref()))
            .with("trigger", by)
            .with("run", json!({"id": request.run, "link": job.link}))
            .with("expiresAt", json!(request.expires_at));
        Self {
            run: request.run.clone(),
            link: job.link.clone(),
            definition: request.action.clone(),
            actor: request.actor.login.clone(),
            blueprint,
            entity: request.entity.clone(),
            expires_at: request.expires_at.clone(),
            depth: request.depth,
            fields: form.fields.into_iter().map(|field| field.identifier).collect(),
            context,
        }
    }

    /// Returns the environment variables in which scripts find it: all of them always, empty when there is nothing, so
    /// that a script which stops at what is not set has only mistakes to stop at.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let member = |name: &str| self.context.get(name).cloned().unwrap_or_default();
        let inputs = match member("inputs") {
            Value::Object(inputs) => inputs,
            _ => Map::new(),
        };
        let entity = self.entity.as_ref();
        let optional = |value: Value| if value.is_null() { String::new() } else { value.to_string() };
        let mut variables: Vec<(String, String)> = [
            ("PORTAL_RUN_ID", self.run.clone()),
            ("PORTAL_RUN_LINK", self.link.clone().unwrap_or_default()),
            ("PORTAL_ACTION", self.definition.clone()),
            ("PORTAL_ACTOR", self.actor.clone()),
            ("PORTAL_ENTITY", optional(member("entity"))),
            ("PORTAL_ENTITY_IDENTIFIER", entity.map(|it| it.identifier.clone()).unwrap_or_default()),
            ("PORTAL_ENTITY_BLUEPRINT", entity.map(|it| it.blueprint.clone()).unwrap_or_default()),
            ("PORTAL_EVENT", optional(member("event"))),
            ("PORTAL_EXPIRES_AT", self.expires_at.clone().unwrap_or_default()),
        ]
        .map(|(name, value)| (name.to_string(), value))
        .into();
        let absent =
            self.fields.iter().filter(|name| !inputs.contains_key(*name)).map(|name| (name, &Value::Null));
        for (name, value) in inputs.iter().chain(absent) {
            let variable = variable(name);
            // Of two inputs whose variables are called the same, the first has it; `PORTAL_INPUTS` has both.
            if !variables.iter().any(|(taken, _)| *taken == variable) {
                variables.push((variable, text(value)));
            }
        }
        variables.push(("PORTAL_INPUTS".into(), Value::Object(inputs).to_string()));
        variables
    }
}

/// Returns what expressions see of who asks for an action, and of what is asked for.
pub(super) fn asked(
    portal: &Portal,
    action: &Definition<Action>,
    inputs: &Map<String, Value>,
    user: Value,
) -> Context {
    let form = Form::of_action(portal.catalog.node(action.place), &action.value);
    let blueprint = action.value.blueprint.as_ref().map(|name| name.value.as_str());
    let context = Context::new(portal.now.seconds())
        .with("form", Value::Object(inputs.clone()))
        .with("inputs", Value::Object(inputs.clone()))
        .with("user", user)
        .with("action", about(&action.value.identifier.value, action.value.label(), blueprint));
    let entities = form.entities(inputs, portal.known()).into_iter();
    entities.fold(context, |context, (name, entity)| context.with_entity(&name, entity))
}

/// Returns `.action`: an action, or an automation.
pub fn about(identifier: &str, title: &str, blueprint: Option<&str>) -> Value {
    json!({"identifier": identifier, "title": title, "blueprint": blueprint})
}

/// Returns an entity of the catalog.
pub fn find<'p>(portal: &'p Portal, name: Option<&EntityName>) -> Option<EntityRef<'p>> {
    let name = name?;
    let blueprint = portal.catalog.find_blueprint(&name.blueprint)?;
    Some(portal.catalog.entity(portal.catalog.find_entity(blueprint, &name.identifier)?))
}

/// Returns an entity as Port's API has it; null when it is not in the catalog.
pub fn entity(portal: &Portal, name: Option<&EntityName>) -> Value {
    find(portal, name).map_or(Value::Null, |entity| document::json(portal.known(), entity))
}

/// Returns the environment variable of an input: `PORTAL_INPUT_` and its name in capitals, with `_` for what a variable
/// cannot be called.
pub fn variable(input: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("PORTAL_INPUT_{}", input.chars().map(plain).collect::<String>())
}

/// Returns a value as text: a text as it is, nothing for null, JSON for anything else.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}
