//! What is due in a small catalog, at a time, after what is on record.

use serde_json::{Value, json};

use super::*;
use crate::portal::{Origin, Portal};
use crate::runtime::report::Upsert;
use crate::runtime::run::Run;
use crate::runtime::run::testing::run;
use crate::worktree::Memory;

const BLUEPRINTS: &str = "
- identifier: Env
  title: Environment
  schema:
    properties:
      kind: {type: string}
      expiresAt: {type: string, format: timer}
";

const SCORECARD: &str = "
identifier: ready
title: Ready
blueprint: Env
levels: [{title: Basic, color: red}, {title: Gold, color: gold}]
rules:
  - {identifier: kind, title: Kind, level: Gold, query: {combinator: and, conditions: [{property: kind, operator: '=', value: gold}]}}
";

const NOON: &str = "2026-11-21T12:00:00Z";

/// Returns an environment that expires then.
fn env(name: &str, kind: &str, expires: &str) -> String {
    format!("{{identifier: {name}, blueprint: Env, properties: {{kind: {kind}, expiresAt: '{expires}'}}}}")
}

/// Returns an action that creates environments for a time.
fn action(name: &str, rest: &str) -> String {
    let trigger = "{type: self-service, operation: CREATE, blueprintIdentifier: Env, userInputs: {properties: {name: {type: string}}}}";
    format!("{{identifier: {name}, trigger: {trigger}, steps: [{{run: up}}], {rest}}}")
}

/// Returns an automation of this event.
fn automation(name: &str, event: &str, rest: &str) -> String {
    format!("{{identifier: {name}, publish: true, trigger: {{type: automation, event: {event}}}, {rest}}}")
}

fn open(now: &str, entities: &[String], actions: &[String], more: &[(&str, &str)]) -> Portal {
    let list = |items: &[String]| items.iter().map(|item| format!("- {item}\n")).collect::<String>();
    let (entities, actions) = (list(entities), list(actions));
    let files = [
        ("blueprints/all.yaml", BLUEPRINTS),
        ("scorecards/ready.yaml", SCORECARD),
        ("entities/all.yaml", entities.as_str()),
        ("actions/all.yaml", actions.as_str()),
    ];
    let files = Memory::new(files.into_iter().chain(more.iter().copied()));
    let now = Instant::parse(now).expect("an instant");
    Portal::open(Origin::new(&files, now), None).unwrap_or_else(|error| panic!("{error}"))
}

/// What a sweep does: a word for each run that starts, what is wrong, what people should know.
#[derive(Debug)]
struct Swept {
    starts: Vec<String>,
    runs: Vec<String>,
    passed: Vec<String>,
    faults: Vec<String>,
    warnings: Vec<String>,
}

fn sweep_at_most(portal: &Portal, ledger: &Ledger, most: usize) -> Swept {
    let triggers: Vec<Trigger<'_>> = portal.catalog.automations().iter().map(Trigger::of).collect();
    let plan = Sweep { portal, triggers: &triggers, ledger }.plan(most);
    let word = |start: &Start<'_>| format!("{} {} {}", start.of.name(), start.what, start.subject);
    Swept {
        starts: plan.starts.iter().map(|start| word(start).trim().to_string()).collect(),
        runs: plan.starts.iter().map(|start| start.run.clone()).collect(),
        passed: plan.passed.iter().map(|it| format!("{} {}: {}", it.name, it.subject, it.reason)).collect(),
        faults: plan.faults,
        warnings: plan.warnings,
    }
}

fn sweep(portal: &Portal, ledger: &Ledger) -> Swept {
    sweep_at_most(portal, ledger, 50)
}

/// Returns the record of a run that came about by time.
fn due(id: &str, at: &str, automation: &str) -> Run {
    Run { cause: Cause::Due, action: None, automation: Some(automation.into()), ..run(id, at) }
}

fn upsert(identifier: &str, properties: &Value) -> Effect {
    Effect::Upsert(Upsert {
        name: EntityName { blueprint: "Env".into(), identifier: identifier.into() },
        title: None,
        icon: None,
        team: None,
        properties: properties.as_object().cloned().expect("an object"),
        relations: serde_json::Map::new(),
    })
}

/// Returns the record of a request that created an environment for a time.
fn created(id: &str, action: &str, identifier: &str) -> Run {
    let mut created = run(id, "2026-11-15T00:00:00Z");
    created.action = Some(action.into());
    created.expires_at = Some("2026-11-20T00:00:00Z".into());
    created.effects = vec![upsert(identifier, &json!({}))];
    created.inputs.insert("name".into(), identifier.into());
    created
}

#[test]
fn a_schedule_runs_once_for_each_time_that_it_was_due() {
    let daily = "{type: schedule, schedule: '0 6 * * *'}";
    for (now, last, expected) in [
        // On first sight only what is at most a day ago.
        (NOON, None, true),
        ("2026-11-21T06:00:00Z", None, true),
        (NOON, Some("2026-11-20T06:10:00Z"), true),
        (NOON, Some("2026-11-21T06:10:00Z"), false),
        (NOON, Some("2026-11-21T06:00:00Z"), false),
        ("2026-11-21T05:59:00Z", Some("2026-11-20T06:10:00Z"), false),
        // Late by days: once, not once for each day.
        (NOON, Some("2026-11-01T06:10:00Z"), true),
    ] {
        let portal = open(now, &[], &[automation("tidy", daily, "steps: [{run: x}]")], &[]);
        let ledger = Ledger::of(last.map(|at| due("on-tidy-0", at, "tidy")));
        let swept = sweep(&portal, &ledger);
        let expected: &[&str] = if expected { &["tidy schedule"] } else { &[] };
        assert_eq!(swept.starts, expected, "{now} {last:?}: {:?}", swept.passed);
    }
    let weekly = "{type: schedule, schedule: '0 6 * * WED'}";
    let portal = open(NOON, &[], &[automation("tidy", weekly, "steps: [{run: x}]")], &[]);
    let swept = sweep(&portal, &Ledger::default());
    assert!(swept.starts.is_empty() && swept.passed[0].contains("never run"), "{swept:?}");
    let wrong = automation("tidy", "{type: schedule, schedule: 'at noon'}", "steps: [{run: x}]");
    let swept = sweep(&open(NOON, &[], &[wrong], &[]), &Ledger::default());
    assert!(swept.starts.is_empty() && swept.faults.len() == 1, "{swept:?}");
}

#[test]
fn a_schedule_that_has_run_for_an_instant_is_not_due_again() {
    let daily = "{type: schedule, schedule: '0 6 * * *'}";
    let portal = open(NOON, &[], &[automation("tidy", daily, "steps: [{run: x}]")], &[]);
    let first = sweep(&portal, &Ledger::default());
    // Its clock was slow: the record says that it ran before it was due.
    let ledger = Ledger::of([due(&first.runs[0], "2026-11-21T05:59:00Z", "tidy")]);
    assert_eq!(sweep(&portal, &ledger).starts, [""; 0]);
}

#[test]
fn a_timer_fires_once_for_each_deadline() {
    let event = "{type: TIMER_PROPERTY_EXPIRED, blueprintIdentifier: Env, propertyIdentifier: expiresAt}";
    let tell = automation("tell", event, "steps: [{run: x}]");
    let portal = |expires: &str| open(NOON, &[env("a", "x", expires)], std::slice::from_ref(&tell), &[]);
    for (expires, expected) in [
        ("2026-11-21T12:00:01Z", &[][..]),
        ("2026-11-21T12:00:00Z", &["tell TIMER_PROPERTY_EXPIRED Env/a"]),
        ("2020-01-01T00:00:00Z", &["tell TIMER_PROPERTY_EXPIRED Env/a"]),
        ("soon", &[]),
    ] {
        assert_eq!(sweep(&portal(expires), &Ledger::default()).starts, expected, "{expires}");
    }
    let id = |expires: &str| sweep(&portal(expires), &Ledger::default()).runs.remove(0);
    let first = id("2026-11-21T10:00:00Z");
    assert_eq!(first, id("2026-11-21T11:00:00+01:00"), "the same instant, written otherwise");
    assert_ne!(first, id("2026-11-21T10:00:01Z"));
    let ledger = Ledger::of([due(&first, NOON, "tell")]);
    assert_eq!(sweep(&portal("2026-11-21T10:00:00Z"), &ledger).starts, [""; 0]);
    assert_eq!(sweep(&portal("2026-11-21T10:00:01Z"), &ledger).starts.len(), 1);
}

#[test]
fn what_an_action_created_ends_by_that_action() {
    let entities = [env("a", "x", "2026-11-20T00:00:00Z"), env("b", "x", "2026-11-25T00:00:00Z")];
    let actions = [action("one", "ttl: 5d, onExpire: [{run: down}]"), action("two", "ttl: 5d")];
    let portal = open(NOON, &entities, &actions, &[]);
    let ledger = Ledger::of([created("gh-1-1", "one", "a"), created("gh-2-1", "two", "b")]);
    let triggers = [];
    let plan = Sweep { portal: &portal, triggers: &triggers, ledger: &ledger }.plan(50);
    let [start] = plan.starts.as_slice() else { panic!("{:?}", plan.starts) };
    assert_eq!((start.of.name(), start.subject.as_str(), start.cause), ("one", "Env/a", Cause::Expiry));
    assert_eq!((start.parent.as_deref(), start.depth), (Some("gh-1-1"), 1));
    assert_eq!(start.sight.inputs["name"], "a");
    assert_eq!(start.sight.entity["properties"]["kind"], "x");
    assert_eq!(start.expired_at.as_deref(), Some("2026-11-20T00:00:00Z"));
    assert!(start.run.starts_with("end-") && super::super::run::is_run_id(&start.run), "{}", start.run);
}

#[test]
fn what_no_run_created_ends_by_the_only_action_that_could_have() {
    let entities = [env("a", "x", "2026-11-20T00:00:00Z")];
    let draft = action("draft", "ttl: 5d, publish: false");
    for (actions, expected, passed) in [
        (vec![action("one", "ttl: 5d")], &["one expired Env/a"][..], ""),
        (vec![action("one", "ttl: 5d"), draft], &["one expired Env/a"], ""),
        (
            vec![action("one", "ttl: 5d"), action("two", "ttl: 5d")],
            &[],
            "any of `one`, `two` may have created it",
        ),
        (vec![action("one", "limits: []")], &[], ""),
    ] {
        let swept = sweep(&open(NOON, &entities, &actions, &[]), &Ledger::default());
        assert_eq!(swept.starts, expected, "{actions:?}");
        assert!(swept.passed.join("\n").contains(passed), "{swept:?}");
    }
    // The action that created it is gone.
    let ledger = Ledger::of([created("gh-1-1", "gone", "a")]);
    let swept = sweep(&open(NOON, &entities, &[action("one", "ttl: 5d")], &[]), &ledger);
    assert_eq!(swept.starts, ["one expired Env/a"]);
}

#[test]
fn an_automation_that_deletes_it_comes_before_an_action_that_did_not_create_it() {
    let event = "{type: TIMER_PROPERTY_EXPIRED, blueprintIdentifier: Env, propertyIdentifier: expiresAt}, condition: {type: JQ, expressions: ['.diff.after.properties.kind == \"preview\"']}";
    let entities = [env("a", "preview", "2026-11-20T00:00:00Z"), env("b", "other", "2026-11-20T00:00:00Z")];
    let actions = |steps: &str| [action("one", "ttl: 5d"), automation("tidy", event, steps)];
    let (tidied, ended) = ("tidy TIMER_PROPERTY_EXPIRED Env/a", "one expired Env/a");
    let deletes = actions("steps: [{run: down}, {deleteEntity: {}}]");
    let portal = open(NOON, &entities, &deletes, &[]);
    assert_eq!(sweep(&portal, &Ledger::default()).starts, [tidied, "one expired Env/b"]);
    // Who only tells does not end it; and what an action created, that action ends in any case.
    let portal_tells = open(NOON, &entities, &actions("steps: [{run: tell}]"), &[]);
    assert_eq!(sweep(&portal_tells, &Ledger::default()).starts, [tidied, ended, "one expired Env/b"]);
    let ledger = Ledger::of([created("gh-1-1", "one", "a")]);
    assert_eq!(sweep(&portal, &ledger).starts, [tidied, ended, "one expired Env/b"]);
}

#[test]
fn an_end_that_fails_is_tried_again_and_not_for_ever() {
    let portal = open(NOON, &[env("a", "x", "2026-11-20T00:00:00Z")], &[action("one", "ttl: 5d")], &[]);
    let mut records = vec![created("gh-1-1", "one", "a")];
    let first = sweep(&portal, &Ledger::of(records.clone())).runs.remove(0);
    for number in 1..=5 {
        let swept = sweep(&portal, &Ledger::of(records.clone()));
        let name = if number == 1 { first.clone() } else { format!("{first}-{number}") };
        assert_eq!(swept.runs, std::slice::from_ref(&name));
        records.push(Run { status: Status::Failure, cause: Cause::Expiry, ..run(&name, NOON) });
    }
    let swept = sweep(&portal, &Ledger::of(records.clone()));
    assert!(swept.runs.is_empty() && swept.warnings[0].contains("has failed 5 times"), "{swept:?}");
    records.truncate(3);
    records[2].status = Status::Success;
    let swept = sweep(&portal, &Ledger::of(records));
    assert!(swept.runs.is_empty() && swept.passed[0].ends_with("it has been ended before"), "{swept:?}");
}

#[test]
fn what_waits_to_be_merged_counts() {
    let portal = open(NOON, &[env("a", "x", "2026-11-20T00:00:00Z")], &[action("one", "ttl: 5d")], &[]);
    let changed = |effect: Effect, status: Status| {
        let extension = Run { effects: vec![effect], status, ..run("gh-9-1", "2026-11-19T00:00:00Z") };
        sweep(&portal, &Ledger::default().waiting(extension)).starts.len()
    };
    let expires = |at: Value| upsert("a", &json!({"expiresAt": at}));
    let deletion = Effect::Delete(EntityName { blueprint: "Env".into(), identifier: "a".into() });
    assert_eq!(changed(expires(json!("2026-11-25T00:00:00Z")), Status::Success), 0, "it was extended");
    assert_eq!(changed(expires(json!("2026-11-25T00:00:00Z")), Status::Failure), 1);
    assert_eq!(changed(expires(json!("2026-11-21T00:00:00Z")), Status::Success), 1);
    assert_eq!(changed(expires(Value::Null), Status::Success), 0, "it has no end any more");
    assert_eq!(changed(upsert("a", &json!({"kind": "y"})), Status::Success), 1);
    assert_eq!(changed(deletion, Status::Success), 0, "it is about to be gone");
}

#[test]
fn an_initiative_is_overdue_once() {
    let initiative = |deadline: &str| {
        format!(
            "identifier: gold\ntitle: Gold\nowner: nobody\ndeadline: {deadline}\ntargets: [{{scorecard: ready, level: Gold}}]\n"
        )
    };
    let late = [
        automation("late", "{type: initiative.overdue, initiative: gold}", "steps: [{run: x}]"),
        automation("other", "{type: initiative.overdue, initiative: silver}", "steps: [{run: x}]"),
    ];
    let swept = |deadline: &str, kind: &str, ledger: &Ledger| {
        let initiative = initiative(deadline);
        let entities = [format!("{{identifier: a, blueprint: Env, properties: {{kind: {kind}}}}}")];
        let portal = open(NOON, &entities, &late, &[("initiatives/gold.yaml", initiative.as_str())]);
        sweep(&portal, ledger)
    };
    let none = Ledger::default();
    // The last day belongs to it.
    assert_eq!(swept("2026-11-21", "red", &none).starts, [""; 0]);
    let first = swept("2026-11-20", "red", &none);
    assert_eq!(first.starts, ["late initiative.overdue gold"]);
    assert_eq!(swept("2026-11-20", "gold", &none).starts, [""; 0], "it is done");
    let ledger = Ledger::of([due(&first.runs[0], NOON, "late")]);
    assert_eq!(swept("2026-11-20", "red", &ledger).starts, [""; 0]);
    assert_eq!(swept("2026-11-19", "red", &ledger).starts.len(), 1, "another deadline");
}

#[test]
fn what_expired_first_comes_first_and_too_much_is_left_for_later() {
    let entities = [
        env("a", "x", "2026-11-20T03:00:00Z"),
        env("b", "x", "2026-11-20T01:00:00Z"),
        env("c", "x", "2026-11-20T02:00:00Z"),
    ];
    let portal = open(NOON, &entities, &[action("one", "ttl: 5d")], &[]);
    let swept = sweep_at_most(&portal, &Ledger::default(), 2);
    assert_eq!(swept.starts, ["one expired Env/b", "one expired Env/c"]);
    assert_eq!(swept.warnings, ["1 run is left for the next sweep"]);
}

#[test]
fn drafts_and_definitions_with_mistakes_do_nothing() {
    let event = "{type: TIMER_PROPERTY_EXPIRED, blueprintIdentifier: Env, propertyIdentifier: expiresAt}";
    let entities = [env("a", "x", "2026-11-20T00:00:00Z")];
    let draft = automation("tell", event, "steps: [{run: x}]").replace("publish: true", "publish: false");
    let swept = sweep(&open(NOON, &entities, &[draft], &[]), &Ledger::default());
    assert!(swept.starts.is_empty() && swept.passed[0].contains("a draft"), "{swept:?}");
    let wrong = [
        automation("tell", event, "steps: [{rnu: x}]"),
        action("one", "ttl: 5d, onExpire: [{rnu: down}, {deleteEntity: {}}]"),
    ];
    let swept = sweep(&open(NOON, &entities, &wrong, &[]), &Ledger::default());
    assert_eq!((swept.starts.len(), swept.faults.len()), (0, 2), "{swept:?}");
}
