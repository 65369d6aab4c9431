//! Tests of actions: Port's two forms, the additions, and what is reported.

use super::*;
use crate::model::property::Type;
use crate::model::query::testing::{assert_single_findings, findings, with};

const SCAFFOLD: &str = r#"{
  "identifier": "scaffold", "title": "Scaffold", "icon": "Microservice", "description": "New service",
  "trigger": {
    "type": "self-service", "operation": "CREATE", "blueprintIdentifier": "service",
    "userInputs": {
      "properties": {
        "name": {"type": "string", "title": "Name", "icon": "DefaultProperty", "pattern": "^[a-z]+$"},
        "kind": {"type": "string", "enum": {"jqQuery": ".user.roles"}, "default": {"jqQuery": "first"}},
        "owner": {
          "type": "string", "format": "entity", "blueprint": "_team", "visible": {"jqQuery": ".form.name != null"},
          "dependsOn": ["name"], "sort": {"property": "$title", "order": "ASC"},
          "dataset": {"combinator": "and", "rules": [
            {"property": "$identifier", "operator": "in", "value": {"jqQuery": ".user.teams"}}
          ]}
        },
        "token": {"type": "string", "encryption": "aes256-gcm"},
        "services": {"type": "array", "items": {"type": "string", "format": "entity", "blueprint": "service"}}
      },
      "required": ["name"],
      "titles": {"t": {"title": "More", "visible": false}},
      "steps": [{"title": "One", "order": ["name", "kind"]}, {"title": "Two", "order": ["owner"], "visible": true}]
    }
  },
  "invocationMethod": {
    "type": "GITHUB", "org": "acme", "repo": "{{ .inputs.repo }}", "workflow": "new.yml",
    "workflowInputs": {"{{ spreadValue() }}": "{{ .inputs }}", "port_context": {"runId": "{{ .run.id }}"}},
    "reportWorkflowStatus": "{{ .inputs.report }}"
  },
  "requiredApproval": {"type": "ALL"},
  "approvalNotification": {"type": "webhook", "format": "slack", "url": "https://example.com"},
  "permissions": {
    "execute": {"users": [], "roles": ["Member"], "teams": [], "ownedByTeam": false, "policy": null},
    "approve": {"users": ["a@example.com"], "roles": [], "teams": [], "policy": {
      "queries": {"leads": {"combinator": "and", "rules": []}}, "conditions": [".results.leads.entities"]
    }}
  },
  "publish": true, "id": "action_1", "createdAt": "x", "createdBy": "x", "updatedAt": "x", "updatedBy": "x"
}"#;

const LEGACY: &str = r#"{
  "identifier": "deploy", "title": "Deploy", "trigger": "DAY-2", "blueprint": "service",
  "userInputs": {"properties": {"env": {"type": "string"}}, "required": ["env"], "order": ["env"]},
  "invocationMethod": {
    "type": "GITHUB", "org": "a", "repo": "b", "workflow": "c", "omitPayload": true, "omitUserInputs": false
  }
}"#;

const OURS: &str = r#"
identifier: dev_environment
title: Spin up a developer environment
trigger:
  type: self-service
  operation: CREATE
  blueprintIdentifier: Environment
  userInputs:
    properties:
      name: {type: string, title: Name, pattern: '^[a-z][a-z0-9-]{2,30}$'}
      size: {type: string, enum: [small, medium, large], default: small}
      owner: {type: string, format: team}
    required: [name, owner]
permissions:
  execute: {roles: [Member]}
  approve: {teams: [platform]}
approval: {when: '.form.size == "large"'}
requiredApproval: ANY
limits: [{per: team, max: 3, window: 7d}]
ttl: {default: 5d, max: 14d}
mode: pull_request
steps:
  - run: ./platform/environment up
    name: up
  - upsertEntity: {identifier: '{{ .inputs.name }}', properties: {size: '{{ .inputs.size }}'}}
    when: .form.size != "small"
    needs: up
  - scaffold: service
  - dispatch: {workflow: deploy.yml, inputs: '{{ .inputs }}'}
  - gate: {scorecard: readiness, failUnder: Silver}
onExpire:
  - run: ./platform/environment down
  - deleteEntity: {}
effects:
  - upsertEntity: {identifier: '{{ .inputs.name }}'}
"#;

#[test]
fn accepts_both_forms_and_the_additions() {
    for text in [SCAFFOLD, LEGACY, OURS] {
        assert_eq!(findings(&ACTION, text), [""; 0]);
    }
}

#[test]
fn accepts_workflows() {
    let text = r#"{identifier: w, category: Deployments, nodes: [
      {identifier: trigger, config: {type: SELF_SERVE_TRIGGER, userInputs: {properties: {}}}},
      {identifier: call, title: Call, config: {type: WEBHOOK, url: 'https://example.com'}}
    ], connections: [{sourceIdentifier: trigger, targetIdentifier: call, fallback: true}]}"#;
    assert_eq!(findings(&workflow::WORKFLOW, text), [""; 0]);
}

#[test]
fn reports_mistakes() {
    assert_single_findings(
        &ACTION,
        &[
            (
                &OURS.replace("limits:", "limit:"),
                "unknown-key: an action has no key `limit`",
                "(did you mean `limits`?)",
            ),
            (&OURS.replace("operation: CREATE", "operation: UPDATE"), "invalid-value: `UPDATE`", "`DELETE`)"),
            (&OURS.replace("per: team", "per: tem"), "invalid-value: `tem`", "(did you mean `team`?)"),
            (&OURS.replace("required: [", "requird: ["), "unknown-key: a form has no key", "?)"),
            (
                &OURS.replace("default: small", "defualt: small"),
                "unknown-key: a user input has",
                "(did you mean `default`?)",
            ),
            (&OURS.replace("failUnder: Silver", "failUnder: 3"), "wrong-type: a string is needed", "\"3\")"),
            (&OURS.replace("max: 3", "max: three"), "wrong-type: a number is needed", ")"),
            (&LEGACY.replace("DAY-2", "DEPLOY"), "invalid-value: `DEPLOY`", ")"),
            (&LEGACY.replace("GITHUB", "JENKINS"), "invalid-value: `JENKINS`", ")"),
            (
                &LEGACY.replace("[\"env\"], \"order\"", "\"env\", \"order\""),
                "wrong-type: a list or a mapping is needed",
                "",
            ),
        ],
    );
    let text = "{identifier: a, trigger: {type: self-service, operation: CREATE}}";
    assert_single_findings(&ACTION, &[(text, "missing-key: a trigger needs the key `userInputs`", ")")]);
}

#[test]
fn decodes_the_present_form() {
    let action = with(SCAFFOLD, Action::decode);
    assert_eq!(action.operation.map(|operation| operation.value), Some(Operation::Create));
    assert_eq!(action.blueprint.map(|blueprint| blueprint.value).as_deref(), Some("service"));
    assert_eq!(action.invocation.map(|kind| kind.value).as_deref(), Some("GITHUB"));
    let order: Vec<&str> = action.order.iter().map(|name| name.value.as_str()).collect();
    assert_eq!(order, ["name", "kind", "owner"]);
    let names: Vec<&str> = action.inputs.iter().map(Input::label).collect();
    assert_eq!(names, ["Name", "kind", "owner", "token", "services"]);
    let blueprints: Vec<_> =
        action.inputs.iter().map(|input| input.blueprint.as_ref().map(|name| &*name.value)).collect();
    assert_eq!(blueprints, [None, None, Some("_team"), None, Some("service")]);
    assert_eq!(action.inputs[4].kind, Some(Type::Array));
    assert!(action.inputs[3].secret && !action.inputs[0].secret && !action.legacy);
}

#[test]
fn decodes_the_first_form() {
    let action = with(LEGACY, Action::decode);
    assert!(action.legacy);
    assert_eq!(action.operation.as_ref().map(|operation| operation.value), Some(Operation::Day2));
    assert_eq!(action.blueprint.as_ref().map(|blueprint| blueprint.value.as_str()), Some("service"));
    assert!(action.input("env").is_some() && action.input("name").is_none());
    assert_eq!(action.required[0].value, "env");
}

#[test]
fn decodes_steps() {
    let action = with(OURS, Action::decode);
    let kinds: Vec<&str> = action.steps.iter().flat_map(|step| &step.kinds).map(|kind| kind.value).collect();
    assert_eq!(kinds, ["run", "upsertEntity", "scaffold", "dispatch", "gate"]);
    assert_eq!(action.steps[1].needs[0].value, "up");
    assert_eq!(action.on_expire.len(), 2);
    assert!(step::KINDS.iter().all(|kind| step::STEP.field(kind).is_some()));
}

#[test]
fn every_operation_has_its_name() {
    for name in Operation::NAMES {
        assert_eq!(Operation::from_name(name).map(Operation::name), Some(*name));
    }
}
