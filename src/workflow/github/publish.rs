//! The workflow that publishes the site.

use super::{branches, check_out, install, least, permissions, uses};
use crate::workflow::job::Power;
use crate::workflow::pin::{DEPLOY_PAGES, UPLOAD_PAGES};
use crate::workflow::settings::Settings;
use crate::workflow::text::{self, Item, Map};

/// Returns the workflow that builds the site of the default branch and publishes it on GitHub Pages.
pub(in crate::workflow) fn publish(settings: &Settings) -> String {
    let mut on = Map::new();
    on.set("push", branches(settings)).set("workflow_dispatch", Map::new());
    let mut map = Map::new();
    map.set("name", "Publish");
    map.set("on", on).apart();
    least(&mut map, "portal-publish", None, settings);
    let mut jobs = Map::new();
    jobs.set("build", build(settings)).set("publish", deploy(settings)).apart();
    map.set("jobs", jobs).apart();
    text::document(&map)
}

fn build(settings: &Settings) -> Map {
    let mut job = Map::new();
    job.set("name", "Build the site");
    job.set("runs-on", settings.runner.as_str());
    job.set("timeout-minutes", settings.timeout);
    permissions(&mut job, &[Power::CHECK_OUT]);
    let mut build = Map::new();
    build.set("name", "Build");
    build.set("run", format!("{} build --output \"$RUNNER_TEMP/site\"", settings.portal()));
    let mut keep = Map::new();
    keep.set("name", "Keep the site");
    uses(&mut keep, UPLOAD_PAGES);
    keep.set("with", Map::new().with("path", "${{ runner.temp }}/site"));
    job.set(
        "steps",
        Item::List(vec![check_out(true).into(), install(settings).into(), build.into(), keep.into()]),
    );
    job
}

fn deploy(settings: &Settings) -> Map {
    let mut job = Map::new();
    job.set("name", "Publish the site");
    job.set("needs", Item::Row(vec!["build".into()]));
    job.set("runs-on", settings.runner.as_str());
    job.set("timeout-minutes", settings.short());
    permissions(
        &mut job,
        &[
            Power::new("pages", "write", "to publish"),
            Power::new("id-token", "write", "to prove to GitHub Pages where the site was built"),
        ],
    );
    let mut environment = Map::new();
    environment.set("name", "github-pages").set("url", "${{ steps.pages.outputs.page_url }}");
    job.set("environment", environment);
    let mut step = Map::new();
    step.set("name", "Publish").set("id", "pages");
    uses(&mut step, DEPLOY_PAGES);
    job.set("steps", Item::List(vec![step.into()]));
    job
}
