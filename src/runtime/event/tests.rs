//! What happens between two small catalogs, and what is seen of it.

use serde_json::{Value, json};

use super::*;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::runtime::report::{Effect, Upsert};
use crate::runtime::request::Actor;
use crate::runtime::run::testing::run;
use crate::runtime::run::{Cause, Status};
use crate::worktree::Memory;

const BLUEPRINT: &str = "
identifier: Service
title: Service
ownership: {type: Direct}
schema: {properties: {tier: {type: number}, runbook: {type: string, format: url}}}
relations: {needs: {target: Service, many: false, required: false}}
mirrorProperties: {below: {path: needs.tier}}
calculationProperties: {grave: {type: boolean, calculation: .properties.tier == 1}}
";

const SCORECARD: &str = "
identifier: ready
title: Ready
blueprint: Service
levels: [{title: Basic, color: red}, {title: Gold, color: gold}]
rules:
  - identifier: runbook
    title: A runbook
    level: Gold
    query: {combinator: and, conditions: [{property: runbook, operator: isNotEmpty}]}
  - identifier: below
    title: Stands on what is grave
    level: Gold
    query: {combinator: and, conditions: [{property: below, operator: '=', value: 1}]}
  - identifier: wish
    title: Only a wish
    level: Gold
    stage: preview
    query: {combinator: and, conditions: [{property: tier, operator: isNotEmpty}]}
";

const A: &str = "{identifier: a, blueprint: Service, title: A, properties: {tier: 1}, team: [x]}";
const B: &str = "{identifier: b, blueprint: Service, properties: {tier: 2, runbook: 'https://x.example'}, relations: {needs: a}}";

fn open(entities: &[&str]) -> Portal {
    let text = entities.iter().map(|entity| format!("- {entity}\n")).collect::<String>();
    let files = Memory::new([
        ("blueprints/service.yaml", BLUEPRINT),
        ("scorecards/ready.yaml", SCORECARD),
        ("entities/all.yaml", text.as_str()),
    ]);
    let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
    Portal::open(Origin::new(&files, now), None).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns what happened, an event each, as `ENTITY_UPDATED Service/a tier`.
fn happened(before: &[&str], after: &[&str], parents: &Parents) -> Vec<String> {
    let word = |event: &Event| {
        let more = match &event.about {
            About::Entity(changed) => changed.join(" "),
            About::Score { rule: Some(rule), .. } => rule.clone(),
            About::Score { before, after, .. } => format!("{before:?} {after:?}").replace("Some", ""),
            other => format!("{other:?}"),
        };
        let by = event.parent.as_ref().map(|parent| format!("< {} {}", parent.run, parent.depth));
        let words = [event.what.name().to_string(), event.subject(), more, by.unwrap_or_default()];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    between(&open(before), &open(after), parents).iter().map(word).collect()
}

#[test]
fn only_what_is_written_changes_an_entity() {
    let changed = |from: &str, to: &str| {
        assert!(A.contains(from) || B.contains(from), "{from}");
        happened(&[A, B], &[&A.replace(from, to), &B.replace(from, to)], &Parents::default())
    };
    for (from, to, expected) in [
        ("title: A", "title: A", &[][..]),
        ("title: A, properties: {tier: 1}", "properties: {'tier': 1}, title: A", &[]),
        ("title: A", "title: An A", &["ENTITY_UPDATED Service/a $title"]),
        ("[x]", "[x, y]", &["ENTITY_UPDATED Service/a $team"]),
        ("title: A", "icon: Star", &["ENTITY_UPDATED Service/a $title $icon"]),
        ("tier: 2", "tier: 3", &["ENTITY_UPDATED Service/b tier"]),
        (
            "needs: a",
            "needs: b",
            &[
                "ENTITY_UPDATED Service/b needs",
                "scorecard.degraded Service/b (\"Gold\") (\"Basic\")",
                "rule.failed Service/b below",
            ],
        ),
        // What `b` mirrors of `a` changes, and no more of it: that is no event of `b`, but its level is.
        (
            "tier: 1",
            "tier: 4",
            &[
                "ENTITY_UPDATED Service/a tier",
                "scorecard.degraded Service/b (\"Gold\") (\"Basic\")",
                "rule.failed Service/b below",
            ],
        ),
        // A rule in preview counts nowhere.
        ("tier: 2, ", "", &["ENTITY_UPDATED Service/b tier"]),
        (
            "runbook: 'https://x.example'",
            "runbook: ''",
            &[
                "ENTITY_UPDATED Service/b runbook",
                "scorecard.degraded Service/b (\"Gold\") (\"Basic\")",
                "rule.failed Service/b runbook",
            ],
        ),
    ] {
        assert_eq!(changed(from, to), expected, "{from} -> {to}");
    }
}

#[test]
fn entities_come_and_go_and_rise() {
    let none = Parents::default();
    let created = happened(&[A], &[A, B], &none);
    assert_eq!(created, ["ENTITY_CREATED Service/b"], "what is new has not risen");
    assert_eq!(happened(&[A, B], &[A], &none), ["ENTITY_DELETED Service/b"]);
    let risen = happened(&[&A.replace('1', "4"), B], &[A, B], &none);
    let rises = "scorecard.improved Service/b (\"Basic\") (\"Gold\")";
    assert_eq!(risen, ["ENTITY_UPDATED Service/a tier", rises]);
}

fn name(identifier: &str) -> EntityName {
    EntityName { blueprint: "Service".into(), identifier: identifier.into() }
}

fn led(id: &str, depth: u32, effect: Effect) -> Run {
    Run { depth, effects: vec![effect], ..run(id, "2026-11-21T11:00:00Z") }
}

#[test]
fn an_event_knows_the_run_that_made_it() {
    let upsert = |identifier| {
        Effect::Upsert(Upsert {
            name: name(identifier),
            title: None,
            icon: None,
            team: None,
            properties: serde_json::Map::new(),
            relations: serde_json::Map::new(),
        })
    };
    let runs =
        [led("one", 0, upsert("a")), led("two", 2, upsert("a")), led("three", 1, Effect::Delete(name("c")))];
    let parents = Parents::of(&runs);
    let after = A.replace("tier: 1", "tier: 4");
    assert_eq!(
        happened(&[A, B, "{identifier: c, blueprint: Service}"], &[&after, B], &parents),
        [
            "ENTITY_UPDATED Service/a tier < two 2",
            "ENTITY_DELETED Service/c < three 1",
            // Nobody wrote `b`, so any of the runs may be why its level fell.
            "scorecard.degraded Service/b (\"Gold\") (\"Basic\") < two 2",
            "rule.failed Service/b below < two 2",
        ]
    );
    // What people changed themselves is due to no run.
    let by_hand = B.replace("https://x.example", "");
    let written = happened(&[A, B], &[A, &by_hand], &parents);
    assert!(written.len() == 3 && written.iter().all(|event| !event.contains('<')), "{written:?}");
}

fn ines() -> Actor {
    Actor {
        login: "ines".into(),
        user: Some("ines@marlow.example".into()),
        email: Some("ines@marlow.example".into()),
        teams: vec!["x".into()],
        roles: Vec::new(),
    }
}

#[test]
fn conditions_see_what_port_shows() {
    let (before, after) = (open(&[A, B]), open(&[&A.replace("tier: 1", "tier: 4"), B]));
    let events = between(&before, &after, &Parents::default());
    let actor = ines();
    let at = after.now;
    let scene = Scene { before: Some(&before), after: &after, actor: Some(&actor), at, origin: "git" };
    let updated = scene.json(&events[0]);
    assert_eq!(updated["type"], "ENTITY_UPDATED");
    assert_eq!((&updated["action"], &updated["resourceType"]), (&json!("UPDATE"), &json!("entity")));
    assert_eq!(updated["context"], json!({"blueprint": "Service", "entity": "a"}));
    let trigger = &updated["trigger"];
    assert_eq!(trigger["by"]["user"]["email"], "ines@marlow.example");
    assert_eq!((&trigger["at"], &trigger["origin"]), (&json!("2026-11-21T12:00:00Z"), &json!("git")));
    let diff = &updated["diff"];
    assert_eq!(
        (&diff["before"]["properties"]["tier"], &diff["after"]["properties"]["tier"]),
        (&json!(1), &json!(4))
    );
    assert_eq!(diff["before"]["properties"]["grave"], true, "computed values are seen, too");
    assert_eq!(scene.entity(&events[0]), diff["after"]);
    let fell = scene.json(&events[1]);
    assert_eq!(
        (&fell["scorecard"], &fell["level"]),
        (&json!("ready"), &json!({"before": "Gold", "after": "Basic"}))
    );
    assert_eq!((fell.get("rule"), fell.get("action")), (None, None));
    assert_eq!(fell["diff"]["after"]["identifier"], "b");
    assert_eq!(scene.json(&events[2])["rule"], "below");
}

#[test]
fn what_is_new_was_nothing_and_what_is_gone_is_nothing() {
    let (one, both) = (open(&[A]), open(&[A, B]));
    let scene = |before, after| Scene {
        before: Some(before),
        after,
        actor: None,
        at: Instant::default(),
        origin: "git",
    };
    for (before, after, gone, action) in [(&one, &both, "before", "CREATE"), (&both, &one, "after", "DELETE")]
    {
        let event = &between(before, after, &Parents::default())[0];
        let json = scene(before, after).json(event);
        assert_eq!((&json["action"], &json["diff"][gone]), (&json!(action), &Value::Null));
        assert_eq!(scene(before, after).entity(event)["identifier"], "b");
        assert_eq!(json["trigger"]["by"], Value::Null);
    }
}

#[test]
fn a_run_begins_and_ends_in_one_change() {
    let mut failed = run("gh-1-1", "2026-11-21T11:00:00Z");
    failed.status = Status::Failure;
    failed.ended_at = "2026-11-21T11:05:00Z".into();
    failed.reasons = vec!["`make` ends with 2".into()];
    failed.entity = Some(name("a"));
    failed.inputs.insert("size".into(), json!("small"));
    failed.actor = Some(ines());
    failed.link = Some("https://ci.example/1".into());
    let events = of_runs([&failed]);
    let after = open(&[A]);
    let scene = Scene { before: None, after: &after, actor: None, at: after.now, origin: "git" };
    let (created, updated) = (scene.json(&events[0]), scene.json(&events[1]));
    assert_eq!((&created["type"], &updated["type"]), (&json!("RUN_CREATED"), &json!("RUN_UPDATED")));
    assert_eq!((&created["diff"]["before"], &updated["context"]["runId"]), (&Value::Null, &json!("gh-1-1")));
    assert_eq!(created["diff"]["after"], updated["diff"]["before"]);
    assert_eq!(created["diff"]["after"]["status"], "IN_PROGRESS");
    assert_eq!(created["trigger"]["at"], "2026-11-21T11:00:00Z");
    assert_eq!(
        updated["diff"]["after"],
        json!({
            "id": "gh-1-1", "status": "FAILURE", "action": {"identifier": "deploy", "title": null},
            "properties": {"size": "small"}, "blueprint": {"identifier": "Service", "title": "Service"},
            "entity": {"identifier": "a", "title": "A"}, "createdAt": "2026-11-21T11:00:00Z",
            "createdBy": "ines@marlow.example", "endedAt": "2026-11-21T11:05:00Z", "link": "https://ci.example/1",
            "summary": "`make` ends with 2",
        })
    );
    assert_eq!(updated["trigger"]["by"]["user"]["email"], "ines@marlow.example");
    assert_eq!(scene.entity(&events[1])["identifier"], "a");
}

#[test]
fn only_requests_that_were_let_through_are_runs() {
    let with = |cause, status| Run { cause, status, ..run("gh-1-1", "2026-11-21T11:00:00Z") };
    for (run, count) in [
        (with(Cause::Request, Status::Success), 2),
        (with(Cause::Request, Status::Cancelled), 2),
        (with(Cause::Request, Status::Refused), 0),
        (with(Cause::Change, Status::Success), 0),
        (with(Cause::Expiry, Status::Failure), 0),
    ] {
        assert_eq!(of_runs([&run]).len(), count, "{:?} {:?}", run.cause, run.status);
    }
}
