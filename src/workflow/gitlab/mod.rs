//! GitLab CI.
//!
//! An action is a pipeline of its own, whose inputs are the form. The project's main file starts it: it takes the
//! action's name and all answers as one JSON object, because GitLab offers only the inputs of that file to people.
//! Answers become variables that are not expanded, so that no text in them means anything.

mod input;
mod main_file;
mod project;

use super::flow::{Approval, Flow, Start};
use super::install::installation;
use super::job::{Given, Job, Work};
use super::settings::Settings;
use super::text::{self, Item, Map};
use crate::dialect::{approval_environment, run_environment};

pub(super) use main_file::{MAIN, actions, main_file};
pub(super) use project::{automations, merge_request, publish, schedule};

/// Where jobs hand files on.
const HANDOVER: &str = ".portal-handover";

/// The environment of the job that writes down what happened, which holds the token for it.
const RECORD: &str = "portal-record";

/// Returns the pipeline of an action: its inputs, then its jobs.
pub(super) fn action(flow: &Flow, settings: &Settings) -> String {
    let header = flow.asking().map(|asking| {
        let spec = Map::new().with("inputs", input::inputs(asking));
        format!("{}---\n", text::document(&Map::new().with("spec", spec)))
    });
    let mut map = Map::new();
    map.set("workflow", workflow(flow, settings));
    map.set("stages", Item::Row(["guard", "run", "record"].map(str::to_string).to_vec())).apart();
    map.set("default", default(settings)).apart();
    map.set("variables", variables(flow)).apart();
    map.set("guard", guard(flow, settings)).apart();
    for run in flow.jobs.iter().filter(|job| job.id == "run") {
        runs(&mut map, flow, run, settings);
    }
    for record in flow.jobs.iter().filter(|job| job.id == "record") {
        map.set("record", self::record(flow, record, settings)).apart();
    }
    format!("{}{}", header.unwrap_or_default(), text::document(&map))
}

fn workflow(flow: &Flow, settings: &Settings) -> Map {
    let branch = &settings.branch;
    let sources = "/^(web|api|trigger|pipeline|parent_pipeline)$/";
    let rule = format!("$CI_COMMIT_BRANCH == \"{branch}\" && $CI_PIPELINE_SOURCE =~ {sources}");
    let mut map = Map::new();
    map.set("name", flow.title.as_str());
    map.set("rules", Item::List(vec![Map::new().with("if", rule).into()]));
    map.above("Only on the branch whose definitions count, and only when somebody asks.");
    map
}

fn default(settings: &Settings) -> Map {
    let mut map = Map::new();
    map.set("image", settings.image.as_str());
    map.set("interruptible", false);
    map.set("before_script", install(settings));
    map
}

fn variables(flow: &Flow) -> Map {
    let mut map = Map::new();
    map.set("PORTAL_ACTION", flow.identifier.as_str());
    map.set("GIT_DEPTH", Item::Quoted("0".into())).note("with the history, and the branches of runs");
    map
}

/// Returns the lines that put portal on the path.
fn install(settings: &Settings) -> Item {
    let installation = installation(settings, "export PATH=\"$folder:$PATH\"");
    let variables = installation.variables.iter().map(|(name, value)| Item::Text(format!("{name}={value}")));
    let mut lines: Vec<Item> = variables.collect();
    lines.push(match installation.script.trim_end() {
        line if !line.contains('\n') => line.into(),
        _ => Item::Block(installation.script),
    });
    Item::List(lines)
}

fn guard(flow: &Flow, settings: &Settings) -> Map {
    let mut map = Map::new();
    map.set("stage", "guard");
    timeout(&mut map, settings.short());
    if let Some(asking) = flow.asking() {
        map.set("variables", input::variables(asking));
    }
    let command = match &flow.start {
        Start::Form(_) => "guard".to_string(),
        // The pipeline that starts this one passes on what was before the push.
        Start::Merge(_) => "guard --pushed \"$PORTAL_BEFORE..$CI_COMMIT_SHA\"".to_string(),
    };
    map.set("script", noted(settings, "guard", &format!("{command} -- \"$PORTAL_ACTION\""), &[]));
    map.set("artifacts", artifacts());
    map
}

/// Adds the job that runs, or the two of which one does: that the guard decides about an approval is known too late
/// for GitLab to choose.
fn runs(map: &mut Map, flow: &Flow, job: &Job, settings: &Settings) {
    let environment = approval_environment(&flow.identifier);
    match flow.approval {
        Approval::Never => {
            map.set("run", run(job, run_environment(), "", settings)).apart();
        }
        Approval::Always => {
            let mut run = run(job, &environment, "", settings);
            manual(&mut run, false);
            map.set("run", run).apart().above("Someone who may use the environment starts it.");
        }
        Approval::Decided => {
            map.set("run", run(job, run_environment(), " --approval not-required", settings)).apart();
            map.above("Does nothing when someone must agree.");
            let mut approved = self::run(job, &environment, " --approval required", settings);
            let record = command(settings, "record --approval required -- \"$PORTAL_ACTION\"");
            let mut lines = vec![Item::Text("trap 'record' EXIT".into())];
            lines.insert(0, Item::Block(format!("record() {{\n{}  {record}\n}}\n", results("  "))));
            if let Some(Item::List(script)) = approved.get("script") {
                lines.extend(script.iter().cloned());
            }
            approved.replace("script", Item::List(lines));
            manual(&mut approved, true);
            map.set("run_approved", approved).apart();
            map.above("Someone who may use the environment starts it. Does nothing when nobody must agree.");
        }
    }
}

/// Makes a job wait for someone; one that is optional keeps no other from starting.
fn manual(job: &mut Map, optional: bool) {
    job.set("when", "manual");
    job.set("allow_failure", optional);
}

fn run(job: &Job, environment: &str, flags: &str, settings: &Settings) -> Map {
    let mut map = Map::new();
    map.set("stage", "run");
    timeout(&mut map, settings.timeout);
    map.set("needs", Item::Row(vec!["guard".into()]));
    map.set("environment", Map::new().with("name", environment));
    map.set("id_tokens", id_token());
    let Work::Portal { command, .. } = &job.work else { return map };
    let command = format!("{command}{flags} -- \"$PORTAL_ACTION\"");
    map.set("script", noted(settings, "run", &command, &job.values));
    map.set("artifacts", artifacts());
    map
}

/// Returns the token by which a job signs in to clouds without a stored secret.
fn id_token() -> Map {
    Map::new().with("PORTAL_ID_TOKEN", Map::new().with("aud", "$CI_SERVER_URL"))
}

fn record(flow: &Flow, job: &Job, settings: &Settings) -> Map {
    let mut map = Map::new();
    map.set("stage", "record");
    timeout(&mut map, settings.short());
    map.set("needs", Item::Row(vec!["guard".into(), "run".into()]));
    map.set("when", "always");
    let mut environment = Map::new();
    environment.set("name", RECORD).set("action", "access");
    map.set("environment", environment);
    let Work::Portal { command, .. } = &job.work else { return map };
    // Of a request that waits for someone, the job that they start makes the record.
    let flags = if flow.approval == Approval::Decided { " --approval not-required" } else { "" };
    let command = self::command(settings, &format!("{command}{flags} -- \"$PORTAL_ACTION\""));
    map.set("script", Item::List(vec![handover(), Item::Block(results("")), command.into()]));
    map
}

/// Returns the lines that say what became of the jobs before, by the files that these leave.
fn results(indent: &str) -> String {
    format!(
        "{indent}PORTAL_GUARD_RESULT=\"$(cat {HANDOVER}/guard.result 2> /dev/null || echo skipped)\"\n\
         {indent}PORTAL_RUN_RESULT=\"$(cat {HANDOVER}/run.result 2> /dev/null || echo skipped)\"\n\
         {indent}export PORTAL_GUARD_RESULT PORTAL_RUN_RESULT\n"
    )
}

/// Returns the script of a job that says what became of it in a file, for those after it.
fn noted(settings: &Settings, name: &str, command: &str, values: &[(String, Given)]) -> Item {
    let mut lines: Vec<Item> = secrets(values);
    lines.extend([handover(), format!("mkdir -p {HANDOVER}").into()]);
    lines.push(format!("echo failure > {HANDOVER}/{name}.result").into());
    lines.push(self::command(settings, command).into());
    lines.push(format!("echo success > {HANDOVER}/{name}.result").into());
    Item::List(lines)
}

/// Returns the line that says where jobs hand files on.
fn handover() -> Item {
    format!("export PORTAL_HANDOVER=\"$PWD/{HANDOVER}\"").into()
}

/// Returns the lines that give secrets the names under which portal reads them.
fn secrets(values: &[(String, Given)]) -> Vec<Item> {
    let export = |(name, given): &(String, Given)| match given {
        Given::Secret(secret) => Some(Item::Text(format!("export {name}=\"${{{secret}:-}}\""))),
        _ => None,
    };
    values.iter().filter_map(export).collect()
}

fn command(settings: &Settings, command: &str) -> String {
    format!("{} ci {command}", settings.portal())
}

fn artifacts() -> Map {
    let mut map = Map::new();
    map.set("when", "always");
    map.set("access", "developer");
    map.set("expire_in", "30 days");
    map.set("paths", Item::Row(vec![format!("{HANDOVER}/")]));
    map
}

fn timeout(map: &mut Map, minutes: u32) {
    map.set("timeout", format!("{minutes} minutes"));
}
