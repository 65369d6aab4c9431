//! What definitions mean, in each of their forms.

use serde_json::{Value, json};

use super::{Deed, Procedure, Task};
use crate::catalog;
use crate::diagnostic::Diagnostics;
use crate::model::config::Config;
use crate::model::instant::Instant;
use crate::source::Sources;
use crate::worktree::Memory;

/// Returns what the one action or automation of a catalog does.
fn procedure(text: &str) -> Procedure {
    let files = Memory::new([("actions/a.yaml", text)]);
    let (config, now) = (Config::default(), Instant::from_millis(0));
    let loaded = catalog::load(&files, config, Sources::default(), now, &mut Diagnostics::default());
    let catalog = loaded.unwrap().catalog;
    match catalog.actions() {
        [action] => Procedure::of_action(&catalog, action),
        _ => Procedure::of_automation(&catalog, &catalog.automations()[0]),
    }
}

fn invoked(method: &str) -> Task {
    let text = format!(
        "{{identifier: a, trigger: {{type: self-service, operation: CREATE, userInputs: {{properties: {{}}}}}}, invocationMethod: {method}}}"
    );
    procedure(&text).tasks.into_iter().next().unwrap()
}

#[test]
fn an_invocation_is_the_one_task_that_it_means() {
    for (method, deed, body) in [
        (
            "{type: WEBHOOK, url: 'https://x/{{ .run.id }}', headers: {A: b}, body: {c: 1}}",
            Deed::Webhook,
            json!({"url": "https://x/{{ .run.id }}", "method": "POST", "headers": {"A": "b"}, "body": {"c": 1}}),
        ),
        (
            "{type: GITHUB, org: a, repo: b, workflow: c.yml, workflowInputs: {d: e}}",
            Deed::Dispatch,
            json!({"provider": "github", "repository": "a/b", "workflow": "c.yml", "ref": null, "inputs": {"d": "e"}, "wait": true}),
        ),
        (
            "{type: GITHUB, org: a, repo: b, workflow: 12, branch: x, reportWorkflowStatus: false}",
            Deed::Dispatch,
            json!({"provider": "github", "repository": "a/b", "workflow": "12", "ref": "x", "inputs": "{{ .inputs }}", "wait": false}),
        ),
        (
            "{type: INTEGRATION_ACTION, installationId: i, integrationActionType: dispatch_workflow,
              integrationActionExecutionProperties: {org: a, repo: b, workflow: c, workflowInputs: {}, reportWorkflowStatus: '{{ true }}'}}",
            Deed::Dispatch,
            json!({"provider": "github", "repository": "a/b", "workflow": "c", "ref": null, "inputs": {}, "wait": "{{ true }}"}),
        ),
        (
            "{type: GITLAB, groupName: g/h, projectName: p, defaultRef: main, pipelineVariables: {V: 1}}",
            Deed::Dispatch,
            json!({"provider": "gitlab", "repository": "g/h/p", "workflow": "", "ref": "main", "inputs": {"V": 1}, "wait": false}),
        ),
        (
            "{type: AZURE-DEVOPS, org: o, webhook: w, payload: {a: 1}}",
            Deed::Webhook,
            json!({"url": "https://dev.azure.com/o/_apis/public/distributedtask/webhooks/w?api-version=6.0-preview", "method": "POST", "body": {"a": 1}}),
        ),
        (
            "{type: UPSERT_ENTITY, blueprintIdentifier: b, mapping: {identifier: i, properties: {p: 1}}}",
            Deed::UpsertEntity,
            json!({"identifier": "i", "properties": {"p": 1}, "blueprint": "b"}),
        ),
        (
            "{type: UPSERT_ENTITY, blueprintIdentifier: b, mapping: '{{ .inputs.entity }}'}",
            Deed::UpsertEntity,
            json!({"{{ spreadValue() }}": "{{ .inputs.entity }}", "blueprint": "b"}),
        ),
        ("{type: KAFKA, payload: {a: 1}}", Deed::Kafka, json!({"a": 1})),
    ] {
        let task = invoked(method);
        assert_eq!((task.deed, task.body), (deed, body), "{method}");
    }
}

#[test]
fn a_webhook_without_a_body_is_sent_everything_but_secrets() {
    let body = invoked("{type: WEBHOOK, url: x}").body["body"].clone();
    let Value::Object(body) = body else { panic!("{body}") };
    let keys: Vec<&str> = body.keys().map(String::as_str).collect();
    assert_eq!(keys, ["action", "inputs", "entity", "trigger", "event", "run"]);
    assert_eq!(body["run"], "{{ .run }}");
}

const STEPS: &str = r#"
identifier: a
trigger: {type: automation, event: {type: schedule, schedule: '0 6 * * 1'}}
steps:
  - {name: one, run: ./one, env: {KEY: '{{ .secrets.KEY }}'}}
  - {name: two, needs: [], webhook: {url: 'https://x', headers: {A: '{{ .secrets.B }}'}}}
  - {needs: [one, two, four], when: .steps.one.ok, notify: {slack: '#a', message: hello}}
  - {run: a, gate: {scorecard: s, failUnder: Gold}}
  - {name: four, title: Take it away, deleteEntity: {}}
  - scaffold: service
  - {uses: 'a/b/.github/workflows/c.yml@main', with: {x: 1}}
effects:
  - upsertEntity: {identifier: x}
"#;

#[test]
fn steps_wait_for_the_one_above_unless_they_say_otherwise() {
    let procedure = procedure(STEPS);
    let tasks = &procedure.tasks;
    let deeds: Vec<_> = tasks.iter().map(|task| (task.deed.key(), task.needs.clone())).collect();
    let expected = [
        ("run", vec![]),
        ("webhook", vec![]),
        ("notify", vec![0, 1]),
        ("deleteEntity", vec![2]),
        ("scaffold", vec![3]),
        ("uses", vec![4]),
    ];
    assert_eq!(deeds, expected);
    assert_eq!(tasks[4].body, json!({"template": "service"}));
    assert_eq!((tasks[0].label(), tasks[3].label()), ("one".into(), "Take it away".into()));
    assert_eq!(tasks[5].with, json!({"x": 1}));
    assert!(tasks[2].when.is_some());
    assert_eq!(procedure.effects.len(), 1);
    assert_eq!(procedure.all().count(), 7);
}

#[test]
fn tasks_name_the_secrets_that_they_read() {
    let secrets: Vec<_> = procedure(STEPS).tasks.iter().map(Task::secrets).collect();
    assert_eq!(secrets[..3], [vec!["KEY"], vec!["B"], vec!["SLACK_WEBHOOK_URL"]]);
    assert!(secrets[3..].iter().all(Vec::is_empty));
}

#[test]
fn every_deed_has_its_key() {
    for key in crate::model::action::step::KINDS {
        assert_eq!(Deed::from_key(key).map(Deed::key), Some(*key));
    }
}
