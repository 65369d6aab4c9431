//! Bitbucket Pipelines.
//!
//! All pipelines are in one file. Answers are variables, which no text can break out of. A step that fails ends the
//! pipeline, so each writes down itself that it failed, and a step of its own that all went well.

use super::flow::{Approval, Flow};
use super::install::installation;
use super::job::{Given, Job, Work};
use super::settings::Settings;
use super::text::{self, Item, Map};
use crate::dialect::{Asking, Control, Question, approval_environment, run_environment};

/// Where steps hand files on.
const HANDOVER: &str = ".portal-handover";

/// Where portal is, also for what follows a step that failed.
const BIN: &str = "/tmp/portal-bin";

/// Returns the file of all actions.
pub(super) fn pipelines<'f>(flows: impl Iterator<Item = &'f Flow>, settings: &Settings) -> String {
    let mut custom = Map::new();
    for flow in flows {
        custom.set(format!("portal-action-{}", flow.slug), Item::List(pipeline(flow, settings))).apart();
    }
    let mut map = Map::new();
    map.set("image", settings.image.as_str());
    let clone = Map::new().with("depth", "full");
    map.set("clone", clone).apart().above("With the history, and the branches of runs.");
    map.set("pipelines", Map::new().with("custom", custom)).apart();
    text::document(&map)
}

fn pipeline(flow: &Flow, settings: &Settings) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    if let Some(asking) = flow.asking().filter(|asking| !asking.questions.is_empty()) {
        items.push(Map::new().with("variables", variables(asking)).into());
    }
    for job in &flow.jobs {
        match (job.id.as_str(), flow.approval) {
            ("guard", _) => items.push(step(flow, job, "guard", &Step::default(), settings)),
            ("run", Approval::Decided) => {
                let only = Step { only: Some("not-required"), ..Step::default() };
                items.push(step(
                    flow,
                    job,
                    "run",
                    &Step { place: Some(run_environment()), ..only },
                    settings,
                ));
            }
            ("run", approval) => {
                let environment = approval_environment(&flow.identifier);
                let waits = approval == Approval::Always;
                let place = Some(if waits { environment.as_str() } else { run_environment() });
                items.push(step(flow, job, "run", &Step { place, waits, only: None }, settings));
            }
            ("record", approval) => {
                let only = (approval == Approval::Decided).then_some("not-required");
                items.push(step(flow, job, "record", &Step { only, ..Step::default() }, settings));
            }
            _ => {}
        }
    }
    if flow.approval == Approval::Decided {
        // What waits comes last: everything after it would wait, too.
        let environment = approval_environment(&flow.identifier);
        for job in flow.jobs.iter().filter(|job| job.id == "run" || job.id == "record") {
            let runs = job.id == "run";
            let place = runs.then_some(environment.as_str());
            let with = Step { only: Some("required"), place, waits: runs };
            items.push(step(flow, job, &job.id, &with, settings));
        }
    }
    items
}

fn variables(asking: &Asking) -> Item {
    Item::List(asking.questions.iter().map(|question| variable(question).into()).collect())
}

fn variable(question: &Question) -> Map {
    let mut map = Map::new();
    map.set("name", question.name.as_str());
    let help = if question.help.is_empty() { String::new() } else { format!(": {}", question.help) };
    map.set("description", format!("{}{help}", question.title));
    if let Some(default) = &question.default {
        map.set("default", Item::Quoted(default.clone()));
    }
    let options = match &question.control {
        Control::Choice(options) => options.clone(),
        Control::Boolean => vec!["false".into(), "true".into()],
        Control::Text | Control::Number => return map,
    };
    map.set("allowed-values", Item::List(options.into_iter().map(Item::Quoted).collect()));
    map
}

/// How a step differs from others of its kind.
#[derive(Debug, Clone, Copy, Default)]
struct Step<'a> {
    /// The environment.
    place: Option<&'a str>,
    /// Whether someone must start it.
    waits: bool,
    /// Whether it is only for requests that someone must agree to, or only for the others.
    only: Option<&'a str>,
}

fn step(flow: &Flow, job: &Job, name: &str, with: &Step<'_>, settings: &Settings) -> Item {
    let mut map = Map::new();
    map.set("name", job.title.as_str());
    if with.waits {
        map.set("trigger", "manual");
    }
    map.maybe("deployment", with.place);
    map.set("max-time", if job.short { settings.short() } else { settings.timeout });
    let Work::Portal { command, .. } = &job.work else { return map.into() };
    let only = with.only.map(|only| format!(" --approval {only}")).unwrap_or_default();
    let portal = settings.portal();
    let mut script = prelude(flow, job, settings);
    script.extend([
        "mkdir -p .portal-handover".into(),
        format!("echo failure > {HANDOVER}/{name}.result").into(),
    ]);
    if name == "record" {
        script.push(Item::Block(results()));
    }
    script.push(format!("{portal} ci {command}{only} -- \"$PORTAL_ACTION\"").into());
    script.push(format!("echo success > {HANDOVER}/{name}.result").into());
    map.set("script", Item::List(script));
    if name != "record" {
        // Nothing comes after a step that failed.
        let mut after = named(flow);
        after.push(format!("export PATH=\"{BIN}:$PATH\"").into());
        after.push(Item::Block(format!(
            "if [ \"$BITBUCKET_EXIT_CODE\" != 0 ]; then\n{}  {portal} ci record -- \"$PORTAL_ACTION\"\nfi\n",
            results().lines().map(|line| format!("  {line}\n")).collect::<String>()
        )));
        map.set("after-script", Item::List(after));
        map.set("artifacts", Item::List(vec![format!("{HANDOVER}/**").into()]));
    }
    Map::new().with("step", map).into()
}

/// Returns the lines that name the action, and the folder in which steps hand files on.
fn named(flow: &Flow) -> Vec<Item> {
    // The name is letters, digits and a few signs, or there is no file: nothing in it ends a quotation.
    vec![
        format!("export PORTAL_ACTION='{}'", flow.identifier).into(),
        format!("export PORTAL_HANDOVER=\"$PWD/{HANDOVER}\"").into(),
    ]
}

/// Returns these lines, those that give secrets the names under which portal reads them, and those that install it.
fn prelude(flow: &Flow, job: &Job, settings: &Settings) -> Vec<Item> {
    let mut lines = named(flow);
    for (name, given) in &job.values {
        if let Given::Secret(secret) = given {
            lines.push(format!("export {name}=\"${{{secret}:-}}\"").into());
        }
    }
    let installation =
        installation(settings, &format!("ln -s \"$folder\" {BIN}\nexport PATH=\"{BIN}:$PATH\""));
    lines.extend(installation.variables.iter().map(|(name, value)| Item::Text(format!("{name}={value}"))));
    lines.push(match installation.script.trim_end() {
        line if !line.contains('\n') => line.into(),
        _ => Item::Block(installation.script),
    });
    lines
}

fn results() -> String {
    ["guard", "run"]
        .map(|name| {
            let variable = format!("PORTAL_{}_RESULT", name.to_ascii_uppercase());
            format!(
                "{variable}=\"$(cat {HANDOVER}/{name}.result 2> /dev/null || echo skipped)\"\nexport {variable}\n"
            )
        })
        .concat()
}
