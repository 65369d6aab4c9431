//! Workflows, pipelines and actions that are started.

use serde_json::{Map, Value, json};

use super::{Done, Scene};
use crate::catalog::Definition;
use crate::dialect::{self, ENTITY, ORIGIN};
use crate::form::Form;
use crate::model::action::{Action, Mode};
use crate::model::phrase::clip;
use crate::model::target::Target;
use crate::runtime::provider::{Conclusion, Provider};
use crate::runtime::request::DEEPEST;
use crate::runtime::setting::text;

/// What is started.
struct Start {
    repository: String,
    workflow: String,
    reference: Option<String>,
    inputs: Map<String, Value>,
}

pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    let provider = scene.setting.provider()?;
    let asked = scene.text_at("provider")?;
    if !asked.is_empty() && asked != provider.target.name() {
        return Err(format!(
            "this job can start workflows of {} only: use `webhook` for others",
            provider.target
        ));
    }
    let action = scene.text_at("action")?;
    let start = match action.is_empty() {
        true => of_workflow(scene)?,
        false => of_action(scene, &action, provider.target)?,
    };
    let Start { repository, workflow, reference, inputs } = &start;
    let started = provider.dispatch(repository, workflow, reference.as_deref(), inputs)?;
    let link = started.link.clone().unwrap_or_default();
    let done = Done::saying(format!("started {link}")).with("link", link).with("id", started.id.clone());
    // A rehearsal has started nothing that could end.
    if !waits(scene)? || scene.setting.rehearsal {
        return Ok(done);
    }
    finished(&provider, &started, done)
}

fn finished(
    provider: &Provider<'_>,
    started: &crate::runtime::provider::Started,
    done: Done,
) -> Result<Done, String> {
    let link = started.link.as_deref().unwrap_or("it");
    match provider.wait(started).map_err(|why| format!("{link} was started: {why}"))? {
        Conclusion::Success => Ok(done.with("conclusion", "success")),
        Conclusion::Failure(word) => Err(format!("{link} ended with {word}")),
    }
}

/// Returns whether the task ends when what it starts does: not by default.
fn waits(scene: &Scene<'_>) -> Result<bool, String> {
    let wait = scene.render(scene.task.body.get("wait").unwrap_or(&Value::Null))?;
    Ok(match wait {
        Value::Bool(wait) => wait,
        Value::Null => false,
        other => text(&other) == "true",
    })
}

/// Returns the workflow that the task names.
fn of_workflow(scene: &Scene<'_>) -> Result<Start, String> {
    let mut inputs = given(scene)?;
    let mut reference = Some(scene.text_at("ref")?).filter(|reference| !reference.is_empty());
    // Port's invocations name the branch by the input `ref`.
    if reference.is_none() && scene.task.body.get("provider").is_some() {
        reference = inputs.remove("ref").map(|reference| text(&reference)).filter(|name| !name.is_empty());
    }
    Ok(Start {
        repository: scene.text_at("repository")?,
        workflow: scene.text_at("workflow")?,
        reference,
        inputs,
    })
}

/// Returns what starts an action of the catalog, which is told where the run comes from.
fn of_action(scene: &Scene<'_>, identifier: &str, target: Target) -> Result<Start, String> {
    let setting = &scene.setting;
    let subject = setting.subject;
    let catalog = &setting.portal.catalog;
    let action = catalog.actions().iter().find(|action| action.value.identifier.value == identifier);
    let action = action.ok_or_else(|| format!("there is no action `{}`", clip(identifier)))?;
    if action.value.mode == Mode::PullRequest {
        return Err(format!("`{identifier}` is asked for by a request file, so no run can start it"));
    }
    let depth = subject.depth + 1;
    if depth > DEEPEST {
        return Err(format!(
            "`{identifier}` is not started: {} runs led here, each started by the one before",
            subject.depth
        ));
    }
    let mut values = given(scene)?;
    let entity = scene.text_at("entity")?;
    if !entity.is_empty() {
        values.insert(ENTITY.into(), entity.into());
    }
    values.insert(ORIGIN.into(), json!({"depth": depth, "parent": subject.run}).to_string().into());
    let (workflow, inputs) = call(scene, action, target, &values);
    let reference = Some(catalog.config().ci.branch.clone());
    Ok(Start { repository: String::new(), workflow, reference, inputs })
}

/// Returns what an action's workflow is called by the provider, and what to answer to its questions.
fn call(
    scene: &Scene<'_>,
    action: &Definition<Action>,
    target: Target,
    values: &Map<String, Value>,
) -> (String, Map<String, Value>) {
    let identifier = &action.value.identifier.value;
    let catalog = &scene.setting.portal.catalog;
    let form = Form::of_action(catalog.node(action.place), &action.value);
    let asking = dialect::ask(&form, &action.value, catalog, target);
    let inputs = dialect::dispatch(&asking, identifier, values);
    let name = match target {
        Target::GitHub => dialect::workflow_file(target, identifier),
        // There is one form for a project: that of its main pipeline.
        Target::GitLab => "portal".to_string(),
        Target::Azure | Target::Bitbucket => format!("portal-action-{}", dialect::slug(identifier)),
    };
    (name, inputs)
}

/// Returns the inputs that the task gives: with its secrets, for some workflows take them.
fn given(scene: &Scene<'_>) -> Result<Map<String, Value>, String> {
    match scene.render_secretly(scene.task.body.get("inputs").unwrap_or(&Value::Null))? {
        Value::Object(inputs) => Ok(inputs),
        Value::Null => Ok(Map::new()),
        other => Err(format!("`inputs` must be a mapping, and is `{}`", clip(&other.to_string()))),
    }
}
