//! The project's main file, and the jobs that start actions.

use super::super::flow::{Flow, Start};
use super::super::settings::Settings;
use super::super::text::{self, Item, Map};
use super::project::pushed;
use crate::dialect::{About, NONE, workflow_file};
use crate::model::target::Target;

/// The project's main file.
pub(in crate::workflow) const MAIN: &str = ".gitlab-ci.yml";

/// GitLab takes this many options of an input; one stands for no action.
const MOST_OPTIONS: usize = 50;

/// Returns the main file: it takes the action and its answers, and includes the others.
pub(in crate::workflow) fn main_file(flows: &[&Flow], files: &[(&str, &str)], settings: &Settings) -> String {
    let asked = flows.iter().any(|flow| flow.asking().is_some());
    let header = asked.then(|| format!("{}---\n", text::document(&Map::new().with("spec", spec(flows)))));
    let mut includes = Vec::new();
    if !flows.is_empty() {
        let mut include = Map::new().with("local", ".gitlab/portal/actions.yml");
        if asked {
            include.set("inputs", passed());
        }
        includes.push(include.into());
    }
    for (file, source) in files {
        let rule = match *source {
            "push" => pushed(settings),
            source => format!("$CI_PIPELINE_SOURCE == \"{source}\""),
        };
        let rules = Item::List(vec![Map::new().with("if", rule).into()]);
        includes.push(Map::new().with("local", *file).with("rules", rules).into());
    }
    let body = text::document(&Map::new().with("include", Item::List(includes)));
    format!("{}{body}", header.unwrap_or_default())
}

/// Returns the file of the jobs that start actions: each a pipeline below this one.
pub(in crate::workflow) fn actions(flows: &[&Flow], settings: &Settings) -> String {
    let asked = flows.iter().any(|flow| flow.asking().is_some());
    let header = asked.then(|| format!("{}---\n", text::document(&Map::new().with("spec", spec(flows)))));
    let mut map = Map::new();
    for flow in flows {
        map.set(format!("portal:{}", flow.slug), start(flow, settings)).apart();
    }
    format!("{}{}", header.unwrap_or_default(), text::document(&map))
}

fn start(flow: &Flow, settings: &Settings) -> Map {
    let mut include = Map::new().with("local", workflow_file(Target::GitLab, &flow.identifier));
    let mut map = Map::new();
    map.set("stage", "test");
    let branch = &settings.branch;
    let rule = match &flow.start {
        Start::Form(asking) => {
            let more = asking.questions.iter().find(|question| matches!(question.about, About::More(_)));
            let more = more.map_or("more", |question| question.name.as_str());
            include.set("inputs", Map::new().with(more, Item::Quoted("$[[ inputs.request ]]".into())));
            let rule =
                format!("\"$[[ inputs.action ]]\" == \"{}\" && $CI_COMMIT_BRANCH == \"{branch}\"", flow.slug);
            Map::new().with("if", rule)
        }
        Start::Merge(folder) => {
            map.set("variables", Map::new().with("PORTAL_BEFORE", "$CI_COMMIT_BEFORE_SHA"));
            Map::new().with("if", pushed(settings)).with("changes", Item::Row(vec![format!("{folder}**/*")]))
        }
    };
    let mut trigger = Map::new();
    trigger.set("include", Item::List(vec![include.into()]));
    trigger.set("strategy", "depend");
    map.set("trigger", trigger);
    map.set("rules", Item::List(vec![rule.into()]));
    map
}

/// Returns what people can say: which action, and its answers.
fn spec(flows: &[&Flow]) -> Map {
    let mut action = Map::new();
    action.set("description", "The action to start");
    let slugs: Vec<&str> =
        flows.iter().filter(|flow| flow.asking().is_some()).map(|flow| flow.slug.as_str()).collect();
    if slugs.len() < MOST_OPTIONS {
        let options = [NONE].iter().chain(&slugs).map(|slug| Item::from(*slug)).collect();
        action.set("options", Item::List(options));
    } else {
        action.set("regex", Item::Quoted(r"^(\(none\)|[a-z0-9_-]+)$".into()));
    }
    action.set("default", NONE);
    let mut request = Map::new();
    request.set("description", "Its answers as one JSON object, which `portal run ACTION --print` writes");
    request.set("default", "");
    let inputs = Map::new().with("action", action).with("request", request);
    Map::new().with("inputs", inputs)
}

fn passed() -> Map {
    let mut map = Map::new();
    for name in ["action", "request"] {
        map.set(name, Item::Quoted(format!("$[[ inputs.{name} ]]")));
    }
    map
}
