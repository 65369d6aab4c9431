//! The jobs of the project itself: on a push, a schedule, a merge request.

use super::super::flow::{Flow, Start};
use super::super::job::{Given, Job, Work};
use super::super::settings::Settings;
use super::super::text::{self, Item, Map};
use super::{id_token, install, secrets, timeout};
use crate::dialect::run_environment;

/// What the jobs of a merge request have in common.
const COMMON: &str = ".portal";

/// Returns the job that runs on each push.
pub(in crate::workflow) fn automations(job: &Job, settings: &Settings) -> String {
    automatic("portal:automations", job, &pushed(settings), settings)
}

/// Returns the job that runs again and again. When it does is a schedule of the project, which no file can hold.
pub(in crate::workflow) fn schedule(job: &Job, settings: &Settings) -> String {
    automatic("portal:schedule", job, "$CI_PIPELINE_SOURCE == \"schedule\"", settings)
}

fn automatic(name: &str, job: &Job, rule: &str, settings: &Settings) -> String {
    let mut map = plain("test", rule, settings);
    map.set("environment", Map::new().with("name", run_environment()));
    map.set("id_tokens", id_token());
    let Work::Portal { command, .. } = &job.work else { return String::new() };
    let mut lines = Vec::new();
    if job.values.iter().any(|(_, given)| *given == Given::Before) {
        lines.push(Item::Text("BEFORE=\"$CI_COMMIT_BEFORE_SHA\" AFTER=\"$CI_COMMIT_SHA\"".into()));
    }
    lines.extend(secrets(&job.values));
    lines.push(super::command(settings, command).into());
    map.set("script", Item::List(lines));
    text::document(&Map::new().with(name, map))
}

/// Returns the jobs that look at a merge request.
pub(in crate::workflow) fn merge_request(requests: &[&Flow], settings: &Settings) -> String {
    let mut all = Map::new();
    all.set(COMMON, plain("test", "$CI_PIPELINE_SOURCE == \"merge_request_event\"", settings));
    all.set("portal:check", check(settings)).apart();
    for flow in requests {
        if let Some(job) = request(flow, settings) {
            all.set(format!("portal:requests:{}", flow.slug), job).apart();
        }
    }
    all.set("portal:changes", changes(settings)).apart();
    all.set("portal:preview", preview(settings)).apart();
    text::document(&all)
}

/// Returns a job like the one that all are made from.
fn common() -> Map {
    Map::new().with("extends", COMMON)
}

fn check(settings: &Settings) -> Map {
    let portal = settings.portal();
    let mut map = common();
    let report = "gl-code-quality-report.json";
    map.set(
        "script",
        Item::List(vec![
            format!("{portal} validate --format gitlab --output \"$CI_PROJECT_DIR/{report}\" || failed=1")
                .into(),
            format!("{portal} workflows --check || failed=1").into(),
            "test -z \"$failed\"".into(),
        ]),
    );
    let mut artifacts = Map::new();
    artifacts.set("when", "always").set("reports", Map::new().with("codequality", report));
    map.set("artifacts", artifacts);
    map
}

/// Returns the job that checks the files which would start an action.
fn request(flow: &Flow, settings: &Settings) -> Option<Map> {
    let Start::Merge(folder) = &flow.start else { return None };
    let inner = folder.strip_prefix(&settings.path("")).unwrap_or(folder);
    let git =
        if settings.folder.is_empty() { "git".to_string() } else { format!("git -C {}", settings.folder) };
    let mut map = common();
    map.set("variables", Map::new().with("PORTAL_ACTION", flow.identifier.as_str()).with("FOLDER", inner));
    let text = format!(
        r#"{git} diff --name-only --diff-filter=AM --relative "$CI_MERGE_REQUEST_DIFF_BASE_SHA...HEAD" -- "$FOLDER" > /tmp/requests
while IFS= read -r file; do
  {} ci guard --dry-run --request "$file" -- "$PORTAL_ACTION"
done < /tmp/requests
"#,
        settings.portal()
    );
    map.set("script", Item::List(vec![Item::Block(text)]));
    Some(map)
}

fn changes(settings: &Settings) -> Map {
    let mut map = common();
    let file = "changes.md";
    let compare = format!(
        "{} diff \"$CI_MERGE_REQUEST_DIFF_BASE_SHA\" --format markdown --output \"$CI_PROJECT_DIR/{file}\"",
        settings.portal()
    );
    map.set("script", Item::List(vec![compare.into(), format!("cat {file}").into()]));
    map.set("artifacts", exposed("What this changes", file));
    map
}

fn preview(settings: &Settings) -> Map {
    let mut map = common();
    map.set("script", Item::List(vec![build(settings, "site")]));
    map.set("artifacts", exposed("The site", "site/"));
    map
}

/// Returns the job that publishes the site.
pub(in crate::workflow) fn publish(settings: &Settings) -> String {
    let mut map = plain("deploy", &pushed(settings), settings);
    map.set("script", Item::List(vec![build(settings, "public")]));
    map.set("artifacts", Map::new().with("paths", Item::Row(vec!["public/".into()])));
    text::document(&Map::new().with("pages", map))
}

fn build(settings: &Settings, folder: &str) -> Item {
    format!("{} build --output \"$CI_PROJECT_DIR/{folder}\"", settings.portal()).into()
}

/// Returns the rule that something was pushed to the branch that counts.
pub(super) fn pushed(settings: &Settings) -> String {
    format!("$CI_PIPELINE_SOURCE == \"push\" && $CI_COMMIT_BRANCH == \"{}\"", settings.branch)
}

/// Returns what a merge request links to.
fn exposed(title: &str, path: &str) -> Map {
    let mut map = Map::new();
    map.set("expose_as", title).set("paths", Item::Row(vec![path.into()])).set("expire_in", "7 days");
    map
}

/// Returns a job of the project, which may have defaults of its own.
fn plain(stage: &str, rule: &str, settings: &Settings) -> Map {
    let mut map = Map::new();
    map.set("stage", stage);
    map.set("image", settings.image.as_str());
    map.set("interruptible", false);
    timeout(&mut map, settings.timeout);
    map.set("rules", Item::List(vec![Map::new().with("if", rule).into()]));
    let mut variables = Map::new();
    variables.set("GIT_DEPTH", Item::Quoted("0".into())).note("with the history, and the branches of runs");
    map.set("variables", variables);
    map.set("before_script", install(settings));
    map
}
