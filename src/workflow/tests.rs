use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::source::SourceId;
use crate::worktree::Memory;
use crate::yaml;

/// Returns a catalog of these files.
fn open(files: &[(&str, String)], config: &str) -> Portal {
    let files = Memory::new(files.iter().map(|(path, text)| (*path, text.as_str())));
    let now = Instant::from_millis(0);
    Portal::open(Origin::new(&files, now), Some(config.into())).unwrap_or_else(|error| panic!("{error}"))
}

fn plan(files: &[(&str, String)], config: &str) -> Plan {
    let portal = open(files, config);
    let targets = portal.catalog.config().ci.targets.clone();
    Plan::of(&portal.catalog, &portal.sources, &targets)
}

fn paths(plan: &Plan) -> Vec<&str> {
    plan.files.iter().map(|file| file.path.as_str()).collect()
}

fn file<'p>(plan: &'p Plan, path: &str) -> &'p str {
    &plan.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}")).text
}

/// Returns each document of a file, as our reader and another one see it.
fn read(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let document = yaml::parse(SourceId::new(0), &Arc::from(text), &mut found);
    assert_eq!(found, [], "{text}");
    let ours: Vec<Value> = document.roots().map(yaml::Node::to_json).collect();
    let documents = text.split_inclusive('\n').fold(vec![String::new()], |mut documents, line| {
        match line.trim_end() {
            "---" => documents.push(String::new()),
            _ => documents.last_mut().expect("there is one").push_str(line),
        }
        documents
    });
    let theirs: Vec<Value> = documents
        .iter()
        .map(|text| serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}")))
        .collect();
    assert_eq!(ours, theirs, "{text}");
    ours
}

const CONFIG: &str = "ci: {target: [github, gitlab, azure, bitbucket], install: preinstalled}\n";

/// Returns a document in ASCII: some characters a catalog holds only as escapes.
fn written(document: &Value) -> String {
    let escape = |c: char| match c {
        ' '..='~' => c.to_string(),
        c => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    document.to_string().chars().map(escape).collect()
}

/// Returns a catalog with `text` wherever a definition can hold text.
fn catalog(text: &str) -> Vec<(&'static str, String)> {
    let inputs = json!({
        "properties": {
            "plain": {"type": "string", "title": text, "description": text, "default": text, "pattern": text},
            "choice": {"type": "string", "title": text, "enum": [text, "other"], "default": text},
            "list": {"type": "array", "title": text, "default": [text], "items": {"type": "string", "enum": [text]}},
            "object": {"type": "object", "default": {text: text}},
            "entity": {"type": "string", "format": "entity", "blueprint": "Place", "description": text},
        },
        "required": ["plain"],
        "titles": {"head": {"title": text, "description": text}},
    });
    let action = |identifier: &str, more: &[(&str, Value)]| {
        let mut action = json!({
            "identifier": identifier,
            "title": text,
            "description": text,
            "trigger": {
                "type": "self-service", "operation": "DAY-2", "blueprintIdentifier": "Place", "userInputs": inputs,
            },
            "ttl": {"default": "1d", "max": "2d"},
            "steps": [
                {"title": text, "run": text, "env": {"A": text}},
                {"title": text, "notify": {"slack": text, "message": text, "title": text}},
                {"dispatch": {"workflow": text, "inputs": {"a": text}}},
            ],
        });
        for (key, value) in more {
            action[key] = value.clone();
        }
        written(&action)
    };
    let uses = "acme/deploy/.github/workflows/x.yml@de0fac2e4500dabe0009e67214ff5f5447ce83dd";
    let used = json!([{"title": text, "uses": uses, "with": {"a": text}}, {"run": text}]);
    let automation = json!({
        "identifier": "nudge", "title": text, "description": text, "publish": true,
        "trigger": {"type": "automation", "event": {"type": "ENTITY_CREATED", "blueprintIdentifier": "Place"}},
        "steps": [{"run": text}, {"dispatch": {"action": "act", "inputs": {"plain": text}}}],
    });
    vec![
        (
            "blueprints/place.json",
            written(&json!({"identifier": "Place", "title": text, "schema": {"properties": {}}})),
        ),
        ("entities/place.yaml", "{identifier: here, blueprint: Place}\n".into()),
        ("actions/act.json", action("act", &[("approval", json!({"when": "true"}))])),
        ("actions/ask.json", action("ask", &[("mode", json!("pull_request"))])),
        ("actions/use.json", action("use", &[("steps", used), ("requiredApproval", json!(true))])),
        ("automations/nudge.json", written(&automation)),
    ]
}

/// Returns a value without what a text of the catalog may change: texts, and how an input is asked.
fn shape(value: &Value, key: &str) -> Value {
    const ASKED: &[&str] = &["type", "options", "default", "values", "allowed-values", "expand"];
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !ASKED.contains(&key.as_str()));
            Value::Object(kept.map(|(key, value)| (key.clone(), shape(value, key))).collect())
        }
        Value::Array(items) => items.iter().map(|item| shape(item, key)).collect(),
        // What a machine reads is the same to the letter.
        Value::String(text) if !SHOWN.contains(&key) => json!(text),
        Value::String(_) => json!("text"),
        other => other.clone(),
    }
}

/// The keys whose texts only people read.
const SHOWN: &[&str] = &["name", "run-name", "description", "displayName"];

/// Adds everything in the texts of a value that a CI system could evaluate.
fn expressions(value: &Value, found: &mut Vec<String>) {
    const STARTS: &[&str] = &["${{", "$[[", "$(", "$[", "${", "##vso[", "##["];
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            expressions(&json!(key), found);
            expressions(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Value::String(text) => {
            let starts = STARTS.iter().flat_map(|start| text.match_indices(start));
            found.extend(starts.map(|(at, _)| text[at..].to_string()));
        }
        _ => {}
    }
}

/// Fails unless the files of a catalog full of `text` do what those of one full of plain words do.
fn assert_harmless(text: &str, plain: &Plan) {
    let hostile = plan(&catalog(text), CONFIG);
    assert_eq!(paths(&hostile), paths(plain), "{text:?}");
    for (hostile, plain) in hostile.files.iter().zip(&plain.files) {
        let seen = |text: &str| {
            let (mut shapes, mut found) = (Vec::new(), Vec::new());
            for document in read(text) {
                shapes.push(shape(&document, ""));
                expressions(&document, &mut found);
            }
            (shapes, found)
        };
        let (seen_hostile, seen_plain) = (seen(&hostile.text), seen(&plain.text));
        assert!(seen_hostile == seen_plain, "{text:?} changes {}:\n{}", hostile.path, hostile.text);
        let control = hostile.text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(control, None, "{text:?} in {}", hostile.path);
    }
}

#[test]
fn hostile_text_changes_no_file_but_for_what_people_read() {
    let plain = plan(&catalog("plain"), CONFIG);
    assert_eq!(plain.files.len(), 2 + 7 + 8 + 1, "{:?}", paths(&plain));
    let all: Value = serde_json::from_str(include_str!("../../tests/hostile.json")).expect("it is JSON");
    let texts = all.as_object().expect("an object").values().filter_map(Value::as_array).flatten();
    let mut count = 0;
    for text in texts {
        assert_harmless(text.as_str().expect("a text"), &plain);
        count += 1;
    }
    assert!(count > 100, "{count}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_text_changes_a_file(text in prop_oneof![any::<String>(), "[$\\[{(#:\"' a-zA-Z\\\\\n-]{0,16}"]) {
        static PLAIN: std::sync::LazyLock<Plan> = std::sync::LazyLock::new(|| plan(&catalog("plain"), CONFIG));
        assert_harmless(&text, &PLAIN);
    }
}

const ACTION: &str = "
identifier: act
trigger: {type: self-service, operation: CREATE, userInputs: {properties: {}}}
steps: [{run: 'true'}]
";

#[test]
fn there_are_only_the_files_that_are_needed() {
    let action = ("actions/act.yaml", ACTION.to_string());
    let ttl = ("actions/act.yaml", format!("{ACTION}ttl: 5d\n"));
    let automation = |event: &str| {
        let text = format!(
            "identifier: it\npublish: true\ntrigger: {{type: automation, event: {event}}}\nsteps: [{{run: 'true'}}]\n"
        );
        ("automations/it.yaml", text)
    };
    let draft = ("actions/act.yaml", format!("{ACTION}publish: false\n"));
    let github = |files: &[(&str, String)], more: &str| {
        let plan = plan(files, &format!("ci: {{target: github{more}}}\n"));
        let names =
            paths(&plan).into_iter().filter_map(|path| path.strip_prefix(".github/workflows/portal-"));
        names.map(|name| name.trim_end_matches(".yml").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(github(&[], ""), ["publish", "pull-request"]);
    assert_eq!(github(&[], ", publish: false"), ["pull-request"]);
    assert_eq!(github(&[draft], ", publish: false"), ["pull-request"]);
    assert_eq!(github(std::slice::from_ref(&action), ", publish: false"), ["action-act", "pull-request"]);
    assert_eq!(github(&[ttl], ", publish: false"), ["action-act", "pull-request", "schedule"]);
    let changed = automation("{type: ANY_RUN_CHANGE}");
    assert_eq!(github(&[changed], ", publish: false"), ["automations", "pull-request"]);
    let due = automation("{type: schedule, schedule: '1 1 * * *'}");
    assert_eq!(github(&[due], ", publish: false"), ["pull-request", "schedule"]);
    assert_eq!(
        paths(&plan(&[], "ci: {target: gitlab, publish: false}\n")),
        [".gitlab-ci.yml", ".gitlab/portal/merge-request.yml"]
    );
    assert_eq!(paths(&plan(&[], "ci: {target: [azure, bitbucket]}\n")), [""; 0]);
    assert_eq!(
        paths(&plan(&[action], "ci: {target: [azure, bitbucket]}\n")),
        [".azure/portal-action-act.yml", "bitbucket-pipelines.yml"]
    );
}

/// Every GitHub workflow obeys the rules without exception.
#[test]
fn github_workflows_are_safe() {
    let plan = plan(&catalog("plain"), "ci: {target: github}\n");
    for file in &plan.files {
        let workflow = read(&file.text).remove(0);
        let path = &file.path;
        assert_eq!(workflow["permissions"], json!({}), "{path}");
        assert_eq!(workflow["concurrency"]["cancel-in-progress"], false, "{path}");
        assert!(
            workflow["concurrency"]["group"].as_str().unwrap_or_default().ends_with("-${{ github.run_id }}"),
            "{path}"
        );
        for (name, job) in workflow["jobs"].as_object().into_iter().flatten() {
            assert!(job["permissions"].is_object(), "{path} {name}");
            if job.get("uses").is_some() {
                continue;
            }
            assert!(job["timeout-minutes"].is_number(), "{path} {name}");
            for step in job["steps"].as_array().into_iter().flatten() {
                let run = step["run"].as_str().unwrap_or_default();
                assert!(!run.contains("${{"), "{path} {name}: {run}");
                let Some(uses) = step["uses"].as_str() else { continue };
                let commit = uses.split_once('@').map(|(_, commit)| commit.len());
                assert!(uses.starts_with("actions/") && commit == Some(40), "{path} {name}: {uses}");
                if uses.starts_with("actions/checkout@") {
                    assert_eq!(step["with"]["persist-credentials"], false, "{path} {name}");
                }
            }
        }
        // Each power has its reason beside it.
        let bare = |line: &&str| line.trim_end().ends_with(": write") || line.ends_with(": read");
        assert_eq!(file.text.lines().find(bare), None, "{path}");
    }
}

/// Only the job that runs has the secrets and the powers of the tasks, and it waits for whoever must agree.
#[test]
fn the_job_with_the_power_is_the_one_that_waits() {
    let files = |more: &str| {
        let steps = "steps: [{webhook: {url: 'https://example.com', body: '{{ .secrets[\"a-b\"] }}'}}, {dispatch: {workflow: x}}]";
        vec![("actions/act.yaml", format!("{}{more}\n", ACTION.replace("steps: [{run: 'true'}]", steps)))]
    };
    let asked = "requiredApproval: true\npermissions: {approve: {roles: [Admin]}}";
    let decided = "approval: {when: 'true'}\npermissions: {approve: {roles: [Admin]}}";
    for (more, place) in [
        ("", "portal-run"),
        (asked, "portal-approve-act"),
        (
            decided,
            "${{ needs.guard.outputs.approval == 'not-required' && 'portal-run' || 'portal-approve-act' }}",
        ),
        ("requiredApproval: true\nmode: pull_request", "portal-run"),
    ] {
        let plan = plan(&files(more), "ci: {target: github}\n");
        let text = file(&plan, ".github/workflows/portal-action-act.yml");
        let workflow = read(text).remove(0);
        let jobs = &workflow["jobs"];
        assert_eq!(jobs["run"]["environment"], place, "{more}");
        assert_eq!(jobs["guard"].get("environment"), None);
        assert_eq!(jobs["run"]["permissions"]["actions"], "write");
        let merged = more.contains("pull_request").then_some("read");
        assert_eq!(jobs["run"]["permissions"]["pull-requests"].as_str(), merged);
        assert_eq!(jobs["run"]["permissions"]["id-token"], "write");
        assert_eq!(text.matches("secrets.").count(), 1, "{text}");
        let env = &jobs["run"]["steps"][2]["env"];
        assert_eq!(env["PORTAL_SECRET_a_b"], "${{ secrets.a_b }}");
        assert_eq!(jobs["record"]["if"], "always()");
        assert_eq!(jobs["record"]["needs"], json!(["guard", "run"]));
        assert_eq!(jobs["record"]["permissions"], json!({"contents": "write", "pull-requests": "write"}));
        assert_eq!(jobs["guard"]["permissions"]["contents"], "read");
    }
    let pushed = plan(&files(""), "ci: {target: github, record: push}\n");
    let workflow = read(file(&pushed, ".github/workflows/portal-action-act.yml")).remove(0);
    assert_eq!(workflow["jobs"]["record"]["permissions"], json!({"contents": "write"}));
}

#[test]
fn a_reusable_workflow_is_a_job_between_others() {
    let uses = "acme/x/.github/workflows/x.yml@de0fac2e4500dabe0009e67214ff5f5447ce83dd";
    let steps = format!(
        "steps: [{{run: a}}, {{uses: '{uses}', with: {{b: '{{{{ .run.id }}}}'}}}}, {{run: c}}, {{run: d}}]"
    );
    let text = ACTION.replace("steps: [{run: 'true'}]", &steps);
    let plan = plan(&[("actions/act.yaml", text.clone())], "ci: {target: github}\n");
    let workflow = read(file(&plan, ".github/workflows/portal-action-act.yml")).remove(0);
    let jobs = workflow["jobs"].as_object().expect("an object");
    assert_eq!(jobs.keys().collect::<Vec<_>>(), ["guard", "run", "used_1", "run_2", "record"]);
    assert_eq!(jobs["run"]["steps"][2]["run"], "portal ci exec --from 0 --to 1 -- \"$PORTAL_ACTION\"");
    assert_eq!(jobs["used_1"]["uses"], uses);
    assert_eq!(jobs["used_1"]["with"]["b"], "${{ fromJSON(needs.run.outputs.with)['b'] }}");
    assert_eq!(jobs["run_2"]["steps"][2]["run"], "portal ci exec --from 2 --to 4 -- \"$PORTAL_ACTION\"");
    assert_eq!(jobs["record"]["needs"], json!(["guard", "run", "used_1", "run_2"]));
    // What is not at a commit, and what another system cannot do, is said, and no file is written.
    for (text, config, said) in [
        (text.replace("@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "@v1"), "github", ""),
        (text.replace("{b: ", "{'{{ .x }}': "), "github", "must be named in the definition"),
        (text.replace(uses, "${{ x }}/.github/workflows/y.yml"), "github", ""),
        (text.clone(), "gitlab", "GitLab CI cannot use a workflow as a step"),
        (text.clone(), "azure", "Azure Pipelines cannot use a workflow as a step"),
    ] {
        let plan = self::plan(&[("actions/act.yaml", text)], &format!("ci: {{target: {config}}}\n"));
        let found: Vec<&str> = plan.found.iter().map(|finding| finding.message.as_str()).collect();
        match said {
            // That it is at no commit has been found with the catalog.
            "" => assert!(found.is_empty(), "{found:?}"),
            said => assert!(matches!(found.as_slice(), [one] if one.contains(said)), "{found:?}"),
        }
        assert!(!paths(&plan).iter().any(|path| path.contains("act.yml")), "{:?}", paths(&plan));
    }
}

#[test]
fn every_file_is_known_again() {
    let text = catalog("plain");
    let plan = plan(&text, CONFIG);
    let mut present: BTreeMap<String, String> =
        plan.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    let states = |present: &BTreeMap<String, String>| -> Vec<(String, State)> {
        let all = state::compare(&plan, present).into_iter();
        all.filter(|file| file.state != State::Current).map(|file| (file.path, file.state)).collect()
    };
    assert_eq!(states(&present), []);
    let path = |name: &str| format!(".github/workflows/portal-{name}.yml");
    present.insert(path("action-act"), file(&plan, &path("action-act")).replace('\n', "\r\n"));
    present.insert(path("action-old"), file(&plan, &path("action-act")).to_string());
    present.insert(path("action-mine"), "name: mine\n".into());
    present.insert(path("automations"), "name: mine\n".into());
    present.insert(path("publish"), format!("{}# more\n", file(&plan, &path("publish"))));
    let older = self::plan(&text, &CONFIG.replace("preinstalled", "preinstalled, timeout: 7"));
    present.insert(path("schedule"), file(&older, &path("schedule")).to_string());
    present.remove(&path("pull-request"));
    let main = file(&plan, ".gitlab-ci.yml");
    present.insert(".gitlab-ci.yml".into(), text::without_comments(main));
    assert_eq!(
        states(&present),
        [
            (path("action-old"), State::Orphaned),
            (path("automations"), State::Foreign),
            (path("publish"), State::Edited),
            (path("pull-request"), State::Missing),
            (path("schedule"), State::Stale),
            (".gitlab-ci.yml".into(), State::Kept),
        ]
    );
    present.insert(".gitlab-ci.yml".into(), "test: {script: [x]}\n".into());
    assert_eq!(states(&present).last(), Some(&(".gitlab-ci.yml".into(), State::Foreign)));
}
