//! GitHub Actions.
//!
//! Rules without exception: no permission but what a job needs, with the reason; actions at a commit; no credential in
//! the checkout; a time limit; a concurrency group that never cancels; values only in the environment.

mod input;
mod publish;
mod pull_request;

use super::flow::{Flow, Start};
use super::install::{Installation, installation};
use super::job::{Given, Job, Place, Power, When, Work, joined};
use super::pin::{CHECKOUT, Pin};
use super::settings::Settings;
use super::text::{self, Item, Map};
use crate::dialect::run_environment;

pub(super) use publish::publish;
pub(super) use pull_request::pull_request;

/// Returns the workflow of an action.
pub(super) fn action(flow: &Flow, settings: &Settings) -> String {
    let title = &flow.title;
    let mut map = Map::new();
    map.set("name", title.as_str());
    map.set("run-name", format!("{title}, by ${{{{ github.triggering_actor || github.actor }}}}"));
    map.set("on", trigger(flow, settings)).apart();
    least(&mut map, &format!("portal-action-{}", flow.slug), Some(&flow.identifier), settings);
    jobs(&mut map, &flow.jobs, settings);
    text::document(&map)
}

/// Returns the workflow that runs on each push.
pub(super) fn automations(job: &Job, settings: &Settings) -> String {
    let mut map = Map::new();
    map.set("name", "Automations");
    map.set("run-name", "React to ${{ github.sha }}");
    map.set("on", Map::new().with("push", branches(settings))).apart();
    least(&mut map, "portal-automations", None, settings);
    jobs(&mut map, std::slice::from_ref(job), settings);
    text::document(&map)
}

/// Returns the workflow that runs again and again.
pub(super) fn schedule(job: &Job, settings: &Settings) -> String {
    let cron = Item::List(vec![Map::new().with("cron", Item::Quoted(settings.schedule.clone())).into()]);
    let mut on = Map::new();
    on.set("schedule", cron);
    on.set("workflow_dispatch", Map::new());
    let mut map = Map::new();
    map.set("name", "Schedule");
    map.set("on", on).apart();
    least(&mut map, "portal-schedule", None, settings);
    jobs(&mut map, std::slice::from_ref(job), settings);
    text::document(&map)
}

fn trigger(flow: &Flow, settings: &Settings) -> Map {
    match &flow.start {
        Start::Form(asking) => {
            let inputs = input::inputs(asking);
            let dispatch = if inputs.is_empty() { inputs } else { Map::new().with("inputs", inputs) };
            Map::new().with("workflow_dispatch", dispatch)
        }
        Start::Merge(folder) => {
            let mut push = branches(settings);
            push.set("paths", Item::Row(vec![format!("{folder}**")]));
            Map::new().with("push", push)
        }
    }
}

fn branches(settings: &Settings) -> Map {
    Map::new().with("branches", Item::Row(vec![settings.branch.clone()]))
}

/// Adds what every workflow says: no permission for all jobs, no run that cancels another, one shell, which portal.
fn least(map: &mut Map, group: &str, action: Option<&str>, settings: &Settings) {
    map.set("permissions", Map::new()).apart();
    let mut concurrency = Map::new();
    concurrency.set("group", format!("{group}-${{{{ github.run_id }}}}"));
    concurrency.set("cancel-in-progress", false);
    map.set("concurrency", concurrency).apart();
    map.above("Each run has a group of its own: one that waits in a shared group is cancelled by the next.");
    map.set("defaults", Map::new().with("run", Map::new().with("shell", "bash"))).apart();
    let mut env = Map::new();
    env.maybe("PORTAL_ACTION", action);
    for (name, value) in installed(settings).variables {
        env.set(name, value);
    }
    if !env.is_empty() {
        map.set("env", env).apart();
    }
}

fn jobs(map: &mut Map, jobs: &[Job], settings: &Settings) {
    let mut all = Map::new();
    for job in jobs {
        all.set(job.id.as_str(), self::job(job, settings)).apart();
    }
    map.set("jobs", all).apart();
}

fn job(job: &Job, settings: &Settings) -> Map {
    let mut map = Map::new();
    map.set("name", job.title.as_str());
    needs(&mut map, job);
    let (command, action) = match &job.work {
        Work::Uses { workflow, inputs, after } => {
            permissions(&mut map, &job.powers);
            map.set("uses", workflow.as_str());
            if !inputs.is_empty() {
                map.set("with", with(inputs, after));
            }
            return map;
        }
        Work::Portal { command, action } => (command, *action),
    };
    map.set("runs-on", settings.runner.as_str());
    map.set("timeout-minutes", if job.short { settings.short() } else { settings.timeout });
    permissions(&mut map, &job.powers);
    environment(&mut map, &job.place);
    let id = job.id.as_str();
    if !job.hands_on.is_empty() {
        let mut outputs = Map::new();
        for name in &job.hands_on {
            outputs.set(*name, format!("${{{{ steps.{id}.outputs.{name} }}}}"));
        }
        map.set("outputs", outputs);
    }
    let mut step = Map::new();
    step.set("name", job.title.as_str());
    if !job.hands_on.is_empty() {
        step.set("id", id);
    }
    let subject = if action { " -- \"$PORTAL_ACTION\"" } else { "" };
    step.set("run", format!("{} ci {command}{subject}", settings.portal()));
    if !job.values.is_empty() {
        let mut env = Map::new();
        for (name, given) in &job.values {
            env.set(name.as_str(), expression(given));
        }
        step.set("env", env);
    }
    map.set("steps", Item::List(vec![check_out(job.history).into(), install(settings).into(), step.into()]));
    map
}

fn needs(map: &mut Map, job: &Job) {
    if !job.needs.is_empty() {
        map.set("needs", Item::Row(job.needs.clone()));
    }
    let condition = match &job.when {
        When::Success => None,
        When::Always => Some("always()".to_string()),
        When::Told(job) => Some(format!("needs.{job}.outputs.start == 'true'")),
        When::After(run, used) => Some(format!(
            "${{{{ !cancelled() && needs.{run}.result == 'success' && \
             (needs.{used}.result == 'success' || needs.{used}.result == 'skipped') }}}}"
        )),
    };
    map.maybe("if", condition);
}

fn permissions(map: &mut Map, powers: &[Power]) {
    let mut permissions = Map::new();
    for (scope, level, reason) in joined(powers) {
        permissions.set(scope, level).note(reason);
    }
    map.set("permissions", permissions);
}

fn environment(map: &mut Map, place: &Place) {
    let run = run_environment();
    match place {
        Place::Nowhere => {}
        Place::Run => drop(map.set("environment", run)),
        Place::Approval(name) => drop(map.set("environment", name.as_str())),
        Place::Decided(name) => {
            let decided =
                format!("${{{{ needs.guard.outputs.approval == 'not-required' && '{run}' || '{name}' }}}}");
            map.set("environment", decided);
            map.above("Anything but a clear no asks someone.");
        }
    }
}

/// Returns the inputs of a reusable workflow: what the job before says.
fn with(inputs: &[String], after: &str) -> Map {
    let mut with = Map::new();
    for input in inputs {
        with.set(input.as_str(), format!("${{{{ fromJSON(needs.{after}.outputs.with)['{input}'] }}}}"));
    }
    with
}

/// Returns the expression of a value; each is one word of portal's own, and only ever in the environment.
fn expression(given: &Given) -> String {
    let inside = match given {
        Given::Answers => "toJSON(inputs)".to_string(),
        Given::Handed(job, name) => format!("needs.{job}.outputs.{name}"),
        Given::Outcome(job) => format!("toJSON(needs.{job})"),
        Given::Outcomes => "toJSON(needs)".to_string(),
        Given::Token => "github.token".to_string(),
        Given::WideToken => "secrets.PORTAL_TOKEN || github.token".to_string(),
        Given::Secret(name) => format!("secrets.{name}"),
        Given::Before => "github.event.before".to_string(),
        Given::After => "github.sha".to_string(),
    };
    format!("${{{{ {inside} }}}}")
}

fn check_out(history: bool) -> Map {
    let mut with = Map::new();
    with.set("persist-credentials", false);
    if history {
        with.set("fetch-depth", 0).note("with the history, and the branches of runs");
    }
    let mut step = Map::new();
    step.set("name", "Check out");
    uses(&mut step, CHECKOUT);
    step.set("with", with);
    step
}

fn uses(step: &mut Map, pin: Pin) {
    step.set("uses", pin.uses).note(pin.version);
}

fn install(settings: &Settings) -> Map {
    let mut step = Map::new();
    step.set("name", "Install portal");
    step.set("run", script(&installed(settings).script));
    step
}

fn installed(settings: &Settings) -> Installation {
    installation(settings, "echo \"$folder\" >> \"$GITHUB_PATH\"")
}

/// Returns a script: on its key's line when it is one line.
fn script(text: &str) -> Item {
    match text.trim_end() {
        line if !line.contains('\n') => Item::Text(line.to_string()),
        _ => Item::Block(text.to_string()),
    }
}
