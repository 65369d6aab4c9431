//! Actions, workflows and CI files published by others: what they ask and do is what we make of them. Opt-in like the
//! rest of the corpus; the tables are reviewed by hand.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use portal::dialect::{self, About, Control};
use portal::form::{Asker, Form, Necessity};
use portal::model::instant::Instant;
use portal::model::target::Target;
use portal::portal::{Origin, Portal};
use portal::procedure::{Deed, Procedure};
use portal::source::SourceId;
use portal::worktree::Worktree;
use portal::yaml;
use serde_json::{Map, Value, json};

use crate::corpus::{corpus, findings};
use crate::sandbox::Sandbox;

/// Each published action: its file, what it does, what it asks (`!` for what is required) and what stands for what is
/// not JSON of its own: an answer that its form takes.
const ACTIONS: &[(&str, Deed, &str, &str)] = &[
    (
        "ocean__amplication_rebuild_code__c6bc5a3.json",
        Deed::Webhook,
        "resource! message!",
        r#"{"resource": "one", "message": "again"}"#,
    ),
    (
        "ocean__amplication_service_from_template__92a60f9.json",
        Deed::Webhook,
        "template! service_name!",
        r#"{"template": "two", "service_name": "cart"}"#,
    ),
    (
        "ocean__gitlab_create_s3_bucket__16c4e85.json",
        Deed::Webhook,
        "name! visibility!",
        r#"{"name": "pictures", "visibility": "private"}"#,
    ),
    ("ocean__gitlab_enrich_service__9280303.json", Deed::Webhook, "type lifecycle", r#"{"type": "backend"}"#),
    (
        "ocean__gitlab_scaffold_service__3f04702.json",
        Deed::Webhook,
        "service_name!",
        r#"{"service_name": "cart"}"#,
    ),
    ("ocean__gitlab_send_scorecard_reminder__2115ec8.json", Deed::Webhook, "", "{}"),
];

/// The blueprints of entities that these actions are about.
const BLUEPRINTS: &[&str] =
    &["ocean__AmplicationResource__8611709.json", "ocean__AmplicationTemplate__4d851a1.json"];

/// Entities that the answers name.
const ENTITIES: &str = r#"[
  {"identifier": "one", "blueprint": "AmplicationResource", "properties": {"project": "p", "project_id": "7"}},
  {"identifier": "two", "blueprint": "AmplicationTemplate", "properties": {"project": "p", "project_id": "7"}}
]"#;

fn open(sandbox: &Sandbox) -> Portal {
    let files = Worktree::new(sandbox.path());
    let config = fs::read(sandbox.path().join("portal.yaml")).ok();
    let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
    Portal::open(Origin::new(&files, now), config).unwrap()
}

#[test]
fn published_actions_ask_and_do_what_they_say() {
    let Some(corpus) = corpus() else { return };
    let port = corpus.join("port");
    let sandbox = Sandbox::new();
    sandbox.write("portal.yaml", "external: [service, AmplicationAlert]\n");
    BLUEPRINTS.iter().for_each(|file| copy(&sandbox, &port, "blueprints", file));
    ACTIONS.iter().for_each(|(file, ..)| copy(&sandbox, &port, "actions", file));
    sandbox.write("entities/all.json", ENTITIES);
    assert_eq!(fs::read_dir(port.join("actions")).unwrap().count(), ACTIONS.len(), "a row for each");
    let found: Vec<(String, Vec<Value>)> = findings(sandbox.path()).into_iter().collect();
    let wrong = |finding: &&Value| finding["severity"] != "info";
    let wrong: Vec<&Value> = found.iter().flat_map(|(_, found)| found).filter(wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");

    let portal = open(&sandbox);
    assert_eq!(portal.catalog.actions().len(), ACTIONS.len());
    for (definition, (file, deed, inputs, answers)) in portal.catalog.actions().iter().zip(ACTIONS) {
        let procedure = Procedure::of_action(&portal.catalog, definition);
        let deeds: Vec<Deed> = procedure.all().map(|task| task.deed).collect();
        assert_eq!(deeds, [*deed], "{file}");
        let form = Form::of_action(portal.catalog.node(definition.place), &definition.value);
        let asked = form.fields.iter().map(|field| match field.necessity {
            Necessity::Required => format!("{}!", field.identifier),
            Necessity::Optional => field.identifier.clone(),
        });
        assert_eq!(asked.collect::<Vec<_>>().join(" "), *inputs, "{file}");
        let given: Map<String, Value> = serde_json::from_str(answers).unwrap();
        let asker = Asker { known: portal.known(), user: &json!({}), entity: None, now: portal.now };
        let filled = form.fill(&given, &asker).map(|filled| filled.values);
        assert_eq!(filled, Ok(given), "{file}");
        // Without what is required, nothing goes.
        let refused = form.fill(&Map::new(), &asker).is_err();
        assert_eq!(refused, inputs.contains('!'), "{file}");
    }
}

fn copy(sandbox: &Sandbox, port: &Path, folder: &str, file: &str) {
    sandbox.write(&format!("{folder}/{file}"), fs::read(port.join(folder).join(file)).unwrap());
}

/// The line at which each published graph of nodes says that it is none of ours.
const GRAPHS: &[(&str, u64)] = &[
    ("port-skills__ai-incident-summary__99d47a6.json", 7),
    ("port-skills__deploy-production-with-approval__1e2904e.json", 7),
    ("port-skills__deploy-service__88e14c1.json", 8),
];

#[test]
fn published_graphs_of_nodes_load_and_say_that_they_are_not_compiled() {
    let Some(corpus) = corpus() else { return };
    let found = findings(&corpus.join("port/workflows"));
    assert_eq!(found.len(), GRAPHS.len());
    for (file, line) in GRAPHS {
        let [finding] = found[*file].as_slice() else { panic!("{file}: {:?}", found[*file]) };
        let said = (finding["rule"].as_str().unwrap(), finding["line"].as_u64().unwrap());
        assert_eq!(said, ("not-compiled", *line), "{file}");
    }
}

/// What published CI files ask when they are started by hand: each question as our form for GitHub asks it, with `!`
/// for what is required and `=` before what is answered already.
const STARTED: &[(&str, &str)] = &[
    ("ocean__Claude-Generic__564a071.yaml", "command: text!"),
    (
        "ocean__Combine-PRs__9c76f64.yaml",
        "branchPrefix: text=dependabot, mustBeGreen: boolean=true, combineBranchName: text=combine-prs-branch, ignoreLabel: text=nocombine",
    ),
    (
        "ocean__Ocean-Core-Performance-Tests__b19915a.yaml",
        "batch_size: choice of 5=1000, entity_kb_size: choice of 6=1, third_party_latency_ms: choice of 7=0, entities_amount: choice of 10=500, ocean_log_level: choice of 2=INFO, mock_port_api: boolean=false",
    ),
    (
        "ocean__Release-RC__7f99b3c.yaml",
        "rc_number: number=1, dry_run: boolean=false, integration_filter: text",
    ),
    // One may leave it out, which no choice of GitHub says by itself.
    ("ocean__Scan-docker-images__d8fc791.yaml", "image: choice of 31=(none)"),
    ("port-mcp-server__Build-and-Push-Docker-Image__8bcadc9.yaml", "VERSION: text!"),
];

#[test]
fn what_published_ci_files_ask_our_forms_can_ask() {
    let Some(corpus) = corpus() else { return };
    let mut asked = Vec::new();
    let mut files: Vec<_> =
        fs::read_dir(corpus.join("port/ci-workflows")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files {
        let file = path.file_name().unwrap().to_string_lossy().to_string();
        let text = fs::read_to_string(&path).unwrap();
        let mut found = Vec::new();
        let document = yaml::parse(SourceId::new(0), &Arc::from(text.as_str()), &mut found);
        assert_eq!(found, [], "{file}");
        let on = document.roots().next().and_then(|root| root.get("on")).unwrap();
        let Some(inputs) = on.get("workflow_dispatch").and_then(|it| it.get("inputs")) else { continue };
        asked.push((file.clone(), as_we_ask(&file, &inputs.to_json())));
    }
    let expected: Vec<(String, String)> =
        STARTED.iter().map(|(file, asked)| (file.to_string(), asked.to_string())).collect();
    assert_eq!(asked, expected);
}

/// Returns what GitHub asks for a form of these inputs, whose action starts the file.
fn as_we_ask(file: &str, inputs: &Value) -> String {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (name, input) in inputs.as_object().unwrap() {
        let mut property = Map::new();
        let kind = match input["type"].as_str() {
            Some("boolean") => "boolean",
            Some("number") => "number",
            _ => "string",
        };
        property.insert("type".into(), kind.into());
        for (key, ours) in [("description", "description"), ("default", "default"), ("options", "enum")] {
            if let Some(value) = input.get(key).filter(|value| **value != json!("")) {
                property.insert(ours.into(), value.clone());
            }
        }
        if input["required"] == json!(true) {
            required.push(name.clone());
        }
        properties.insert(name.clone(), Value::Object(property));
    }
    let action = json!({
        "identifier": "it",
        "trigger": {
            "type": "self-service", "operation": "CREATE",
            "userInputs": {"properties": properties, "required": required},
        },
        "steps": [{"dispatch": {"workflow": file, "inputs": "{{ .inputs }}"}}],
    });
    let sandbox = Sandbox::new();
    sandbox.write("portal.yaml", "ci: {target: github}\n");
    sandbox.write("actions/it.json", action.to_string());
    let portal = open(&sandbox);
    assert!(portal.diagnostics.as_slice().is_empty(), "{file}: {:?}", portal.diagnostics);
    let definition = &portal.catalog.actions()[0];
    let form = Form::of_action(portal.catalog.node(definition.place), &definition.value);
    let asking = dialect::ask(&form, &definition.value, &portal.catalog, Target::GitHub);
    let ours = asking.questions.iter().filter(|question| matches!(question.about, About::Input(_)));
    let line = |question: &dialect::Question| {
        let control = match &question.control {
            Control::Text => "text".to_string(),
            Control::Number => "number".to_string(),
            Control::Boolean => "boolean".to_string(),
            Control::Choice(options) => format!("choice of {}", options.len()),
        };
        let required = if question.required { "!" } else { "" };
        let default = question.default.as_deref().filter(|text| !text.is_empty());
        format!(
            "{}: {control}{required}{}",
            question.name,
            default.map(|it| format!("={it}")).unwrap_or_default()
        )
    };
    ours.map(line).collect::<Vec<_>>().join(", ")
}
