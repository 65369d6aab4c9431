//! Azure Pipelines.
//!
//! A parameter is pasted into the file before anything runs. So all parameters are one JSON text in the environment of
//! one step, and the `$(` in it, which Azure would take for a variable of its own when the step starts, is written so
//! that JSON readers still see it. Results go from job to job as files.

use super::flow::{Approval, Flow, Start};
use super::install::installation;
use super::job::{Given, Job, Work};
use super::settings::Settings;
use super::text::{self, Item, Map};
use crate::dialect::{Asking, Control, Question, approval_environment, run_environment};

/// Where jobs hand files on.
const HANDOVER: &str = ".portal-handover";

/// Returns the pipeline of an action.
pub(super) fn action(flow: &Flow, settings: &Settings) -> String {
    let mut map = Map::new();
    trigger(&mut map, flow, settings);
    if let Some(asking) = flow.asking().filter(|asking| !asking.questions.is_empty()) {
        map.set("parameters", parameters(asking)).apart();
    }
    map.set("pool", pool(settings)).apart();
    map.set("jobs", Item::List(jobs(flow, settings).into_iter().map(Item::Map).collect())).apart();
    text::document(&map)
}

fn trigger(map: &mut Map, flow: &Flow, settings: &Settings) {
    map.set("trigger", "none");
    if let Start::Merge(folder) = &flow.start {
        let branch = &settings.branch;
        map.above(format!(
            "The settings of the pipeline start it: on the branch {branch}, for the path {folder}"
        ));
    }
    map.set("pr", "none");
}

fn pool(settings: &Settings) -> Map {
    // A hosted image, or the name of a pool of one's own.
    let hosted = ["ubuntu-", "windows-", "macOS-"].iter().any(|start| settings.runner.starts_with(start));
    Map::new().with(if hosted { "vmImage" } else { "name" }, settings.runner.as_str())
}

fn parameters(asking: &Asking) -> Item {
    Item::List(asking.questions.iter().map(|question| parameter(question).into()).collect())
}

fn parameter(question: &Question) -> Map {
    let mut map = Map::new();
    map.set("name", question.name.as_str());
    let help = if question.help.is_empty() { String::new() } else { format!(": {}", question.help) };
    map.set("displayName", format!("{}{help}", question.title));
    map.set(
        "type",
        match question.control {
            Control::Number => "number",
            Control::Boolean => "boolean",
            Control::Text | Control::Choice(_) => "string",
        },
    );
    if let Control::Choice(options) = &question.control {
        map.set("values", Item::List(options.iter().map(|option| Item::Quoted(option.clone())).collect()));
    }
    match &question.default {
        Some(default) => map.set("default", Item::Quoted(default.clone())),
        // Without a default, Azure demands an answer.
        None if question.required => &mut map,
        None => map.set("default", Item::Quoted(String::new())),
    };
    map
}

fn jobs(flow: &Flow, settings: &Settings) -> Vec<Map> {
    let (mut jobs, mut ran) = (Vec::new(), Vec::new());
    for job in &flow.jobs {
        match job.id.as_str() {
            "guard" => jobs.push(guard(flow, job, settings)),
            "run" => {
                let runs = runs(flow, job, settings);
                ran.extend(runs.iter().map(|(name, _)| (*name).to_string()));
                jobs.extend(runs.into_iter().map(|(_, run)| run));
            }
            "record" => jobs.push(record(flow, job, &ran, settings)),
            _ => {}
        }
    }
    jobs
}

fn guard(flow: &Flow, job: &Job, settings: &Settings) -> Map {
    let mut map = head("job", "guard", job, settings);
    map.maybe("condition", merged(flow, settings));
    let Work::Portal { command, .. } = &job.work else { return map };
    let mut script = result("guard", &format!("{} ci {command} -- \"$PORTAL_ACTION\"", settings.portal()));
    if flow.approval == Approval::Decided {
        script.push_str(&format!(
            "approval=\"$(cat {HANDOVER}/approval 2> /dev/null || true)\"\n\
             test \"$approval\" = not-required || approval=required\n\
             echo \"##vso[task.setvariable variable=approval;isOutput=true]$approval\"\n"
        ));
    }
    let mut step = portal(flow, job, &script, settings);
    if flow.approval == Approval::Decided {
        step.set("name", "decision");
    }
    map.set("steps", Item::List(vec![check_out().into(), step.into(), publish("guard").into()]));
    map
}

/// Returns the job that runs, or the two of which one does.
fn runs(flow: &Flow, job: &Job, settings: &Settings) -> Vec<(&'static str, Map)> {
    let environment = approval_environment(&flow.identifier);
    match flow.approval {
        Approval::Never => vec![("run", run(flow, job, "run", run_environment(), None, settings))],
        Approval::Always => vec![("run", run(flow, job, "run", &environment, None, settings))],
        Approval::Decided => vec![
            ("run", run(flow, job, "run", run_environment(), Some("not-required"), settings)),
            ("run_approved", run(flow, job, "run_approved", &environment, Some("required"), settings)),
        ],
    }
}

fn run(
    flow: &Flow,
    job: &Job,
    name: &str,
    environment: &str,
    only: Option<&str>,
    settings: &Settings,
) -> Map {
    let mut map = head("deployment", name, job, settings);
    map.set("dependsOn", "guard");
    if let Some(only) = only {
        let decided = format!("eq(dependencies.guard.outputs['decision.approval'], '{only}')");
        map.set("condition", format!("and(succeeded(), {decided})"));
    }
    map.set("environment", environment);
    let Work::Portal { command, .. } = &job.work else { return map };
    let flags = only.map(|only| format!(" --approval {only}")).unwrap_or_default();
    let command = format!("{} ci {command}{flags} -- \"$PORTAL_ACTION\"", settings.portal());
    let step = portal(flow, job, &format!("{}{}", taken(), result("run", &command)), settings);
    let steps = vec![check_out().into(), download().into(), step.into(), publish(name).into()];
    let deploy = Map::new().with("deploy", Map::new().with("steps", Item::List(steps)));
    map.set("strategy", Map::new().with("runOnce", deploy));
    map
}

fn record(flow: &Flow, job: &Job, ran: &[String], settings: &Settings) -> Map {
    let mut map = head("job", "record", job, settings);
    let before: Vec<String> = ["guard".to_string()].into_iter().chain(ran.iter().cloned()).collect();
    map.set("dependsOn", Item::List(before.into_iter().map(Item::Text).collect()));
    let always = |merged: String| format!("and(always(), {merged})");
    map.set("condition", merged(flow, settings).map_or_else(|| "always()".to_string(), always));
    let Work::Portal { command, .. } = &job.work else { return map };
    let results = ["guard", "run"].map(|name| {
        let variable = name.to_ascii_uppercase();
        format!("PORTAL_{variable}_RESULT=\"$(cat {HANDOVER}/{name}.result 2> /dev/null || echo skipped)\"\n")
    });
    let script = format!(
        "{}{}export PORTAL_GUARD_RESULT PORTAL_RUN_RESULT\n{} ci {command} -- \"$PORTAL_ACTION\"\n",
        taken(),
        results.concat(),
        settings.portal()
    );
    let step = portal(flow, job, &script, settings);
    map.set("steps", Item::List(vec![check_out().into(), download().into(), step.into()]));
    map
}

/// Returns the condition that something was merged, when that is what starts an action.
fn merged(flow: &Flow, settings: &Settings) -> Option<String> {
    let branch = format!("eq(variables['Build.SourceBranch'], 'refs/heads/{}')", settings.branch);
    matches!(flow.start, Start::Merge(_)).then_some(branch)
}

fn head(kind: &str, name: &str, job: &Job, settings: &Settings) -> Map {
    let mut map = Map::new();
    map.set(kind, name);
    map.set("displayName", job.title.as_str());
    let minutes = if job.short { settings.short() } else { settings.timeout };
    map.set("timeoutInMinutes", Item::Quoted(minutes.to_string()));
    map
}

fn check_out() -> Map {
    let mut map = Map::new();
    map.set("checkout", "self");
    map.set("persistCredentials", Item::Quoted("false".into()));
    map.set("fetchDepth", Item::Quoted("0".into()));
    map
}

/// Returns the step in which portal does the work of a job.
fn portal(flow: &Flow, job: &Job, work: &str, settings: &Settings) -> Map {
    let installation = installation(settings, "export PATH=\"$folder:$PATH\"");
    let mut map = Map::new();
    map.set(
        "bash",
        Item::Block(format!(
            "set -euo pipefail\n{}export PORTAL_HANDOVER=\"$PWD/{HANDOVER}\"\n{work}",
            installation.script
        )),
    );
    map.set("displayName", job.title.as_str());
    let mut env = Map::new();
    env.set("PORTAL_ACTION", flow.identifier.as_str());
    for (name, value) in installation.variables {
        env.set(name, value);
    }
    for (name, given) in &job.values {
        env.maybe(name, expression(given, flow));
    }
    map.set("env", env);
    map
}

/// Returns the expression of a value; what jobs hand on are files here.
fn expression(given: &Given, flow: &Flow) -> Option<Item> {
    let asked = flow.asking().is_some_and(|asking| !asking.questions.is_empty());
    let text = match given {
        Given::Answers if asked => r"${{ replace(convertToJson(parameters), '$(', '$\u0028') }}".to_string(),
        Given::Answers => return Some(Item::Quoted("{}".into())),
        Given::Token | Given::WideToken => "$(System.AccessToken)".to_string(),
        Given::Secret(name) => format!("$({name})"),
        // A merge has what was before as its first parent.
        Given::Before => "$(Build.SourceVersion)^1".to_string(),
        Given::After => "$(Build.SourceVersion)".to_string(),
        Given::Handed(..) | Given::Outcome(_) | Given::Outcomes => return None,
    };
    Some(Item::Quoted(text))
}

/// Returns a script that says what became of it in a file, for the jobs after it.
fn result(name: &str, command: &str) -> String {
    format!(
        "mkdir -p {HANDOVER}\necho failure > {HANDOVER}/{name}.result\n{command}\necho success > {HANDOVER}/{name}.result\n"
    )
}

/// Returns the lines that take over what the jobs before left.
fn taken() -> String {
    format!("mkdir -p {HANDOVER}\ncp -R \"$PIPELINE_WORKSPACE\"/portal-*/. {HANDOVER}/ || true\n")
}

fn publish(name: &str) -> Map {
    let mut map = Map::new();
    map.set("publish", HANDOVER);
    map.set("artifact", format!("portal-{name}"));
    map.set("condition", "always()");
    map
}

fn download() -> Map {
    Map::new().with("download", "current")
}
