//! The workflow that looks at pull requests.

use super::{check_out, install, least, permissions, script, uses};
use crate::workflow::flow::{Flow, Start};
use crate::workflow::job::Power;
use crate::workflow::pin::UPLOAD;
use crate::workflow::settings::Settings;
use crate::workflow::text::{self, Item, Map};

/// What the comment begins with, by which it is found again.
const MARK: &str = "<!-- portal: what this changes -->";

/// Returns the workflow that checks a pull request, says what it changes and builds its site.
///
/// It runs what the pull request says about the catalog, never its scripts, and has no secret. `requests` are the
/// actions that a merged file starts.
pub(in crate::workflow) fn pull_request(requests: &[&Flow], settings: &Settings) -> String {
    let mut map = Map::new();
    map.set("name", "Pull request");
    map.set("on", Map::new().with("pull_request", Map::new())).apart();
    least(&mut map, "portal-pull-request", None, settings);
    let mut jobs = Map::new();
    jobs.set("check", check(requests, settings));
    jobs.set("changes", changes(settings)).apart();
    jobs.set("preview", preview(settings)).apart();
    map.set("jobs", jobs).apart();
    text::document(&map)
}

fn job(title: &str, powers: &[Power], settings: &Settings) -> Map {
    let mut job = Map::new();
    job.set("name", title);
    job.set("runs-on", settings.runner.as_str());
    job.set("timeout-minutes", settings.timeout);
    permissions(&mut job, powers);
    job
}

fn step(name: &str, run: Item) -> Map {
    Map::new().with("name", name).with("run", run)
}

fn check(requests: &[&Flow], settings: &Settings) -> Map {
    let portal = settings.portal();
    let mut job = job("Check the catalog", &[Power::CHECK_OUT], settings);
    let mut steps: Vec<Item> = vec![check_out(true).into(), install(settings).into()];
    let validate = step("Check the catalog", format!("{portal} validate --format github").into());
    steps.push(validate.into());
    let mut workflows = step("Check the generated files", format!("{portal} workflows --check").into());
    workflows.set("if", "success() || failure()");
    steps.push(workflows.into());
    steps.extend(requests.iter().filter_map(|flow| Some(request(flow, settings)?.into())));
    job.set("steps", Item::List(steps));
    job
}

/// Returns the step that checks the files which would start an action.
fn request(flow: &Flow, settings: &Settings) -> Option<Map> {
    let Start::Merge(folder) = &flow.start else { return None };
    let folder = folder.strip_prefix(&settings.path("")).unwrap_or(folder);
    let git =
        if settings.folder.is_empty() { "git".to_string() } else { format!("git -C {}", settings.folder) };
    let text = format!(
        r#"{git} diff -z --name-only --diff-filter=AM --relative "$BASE...HEAD" -- "$FOLDER" |
  while IFS= read -r -d '' file; do
    {} ci guard --dry-run --request "$file" -- "$PORTAL_ACTION"
  done
"#,
        settings.portal()
    );
    let mut step = step(&format!("Check requests: {}", flow.title), Item::Block(text));
    step.set("if", "success() || failure()");
    let mut env = Map::new();
    env.set("BASE", "${{ github.event.pull_request.base.sha }}");
    env.set("FOLDER", folder);
    env.set("PORTAL_ACTION", flow.identifier.as_str());
    env.set("PORTAL_TOKEN", "${{ github.token }}");
    step.set("env", env);
    Some(step)
}

fn changes(settings: &Settings) -> Map {
    let powers = [Power::CHECK_OUT, Power::new("pull-requests", "write", "to comment")];
    let mut job = job("Say what changes", &powers, settings);
    let diff = format!(
        "{} diff \"$BASE\" --format markdown --output \"$RUNNER_TEMP/changes.md\"",
        settings.portal()
    );
    let mut diff = step("Compare", script(&diff));
    diff.set("env", Map::new().with("BASE", "${{ github.event.pull_request.base.sha }}"));
    let mut comment = step("Comment", Item::Block(comment()));
    comment.set("if", "github.event.pull_request.head.repo.full_name == github.repository");
    comment.above("The token of a pull request from a fork cannot comment.");
    let mut env = Map::new();
    env.set("GH_TOKEN", "${{ github.token }}");
    env.set("NUMBER", "${{ github.event.pull_request.number }}");
    env.set("REPOSITORY", "${{ github.repository }}");
    comment.set("env", env);
    job.set(
        "steps",
        Item::List(vec![check_out(true).into(), install(settings).into(), diff.into(), comment.into()]),
    );
    job
}

/// Returns the script that writes the comment, or the one of an earlier run anew. A comment has at most 65,536
/// characters.
fn comment() -> String {
    format!(
        r#"cat "$RUNNER_TEMP/changes.md" >> "$GITHUB_STEP_SUMMARY"
cd "$RUNNER_TEMP"
{{
  echo '{MARK}'
  head -c 60000 changes.md
}} > comment.md
filter='.[] | select(.user.type == "Bot" and (.body | startswith("{MARK}"))) | .id'
comment="$(gh api --paginate --jq "$filter" "repos/$REPOSITORY/issues/$NUMBER/comments" | head -n 1)"
if [ -n "$comment" ]; then
  gh api --silent --method PATCH --field body=@comment.md "repos/$REPOSITORY/issues/comments/$comment"
else
  gh api --silent --method POST --field body=@comment.md "repos/$REPOSITORY/issues/$NUMBER/comments"
fi
"#
    )
}

fn preview(settings: &Settings) -> Map {
    let mut job = job("Build the site", &[Power::CHECK_OUT], settings);
    let build = format!("{} build --output \"$RUNNER_TEMP/site\"", settings.portal());
    let mut keep = Map::new();
    keep.set("name", "Keep the site");
    uses(&mut keep, UPLOAD);
    let mut with = Map::new();
    with.set("name", "site").set("path", "${{ runner.temp }}/site");
    with.set("if-no-files-found", "error").set("retention-days", 7);
    keep.set("with", with);
    job.set(
        "steps",
        Item::List(vec![
            check_out(true).into(),
            install(settings).into(),
            step("Build", build.into()).into(),
            keep.into(),
        ]),
    );
    job
}
