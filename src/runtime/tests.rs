//! Who may ask for what, and how often.

use serde_json::{Map, json};

use super::actor::find;
use super::ledger::Ledger;
use super::limit::reached;
use super::permission::Permit;
use super::request::{Actor, EntityName};
use super::run::{Cause, Run, SCHEMA};
use crate::model::instant::Instant;
use crate::model::target::Target;
use crate::portal::{Origin, Portal};
use crate::worktree::Memory;

const NOW: &str = "2026-11-21T12:00:00Z";

const PEOPLE: &str = r"
=== blueprints/_user.yaml
identifier: _user
schema:
  properties:
    github: {type: string}
    gitlab: {type: string}
    port_role: {type: string}
    roles: {type: array}
=== blueprints/Thing.yaml
identifier: Thing
ownership: {type: Direct}
=== entities/_team/teams.yaml
- identifier: cart
- identifier: platform
=== entities/_user/users.yaml
- identifier: ines@marlow.example
  properties: {github: Ines-D, gitlab: mallory, role: Tech lead}
  relations: {teams: [cart]}
- identifier: tom@marlow.example
  properties: {github: tomas, email: t@marlow.example}
  relations: {teams: [cart, platform]}
- identifier: grace@marlow.example
  properties: {github: grace, port_role: Admin}
- identifier: lena@marlow.example
  properties: {github: lena, roles: [Auditor]}
- identifier: mallory@marlow.example
  properties: {github: twin}
- identifier: eve@marlow.example
  properties: {github: TWIN}
=== entities/Thing/a.yaml
identifier: a
team: cart
";

fn open(text: &str) -> Portal {
    let files = text.split("=== ").skip(1).filter_map(|file| file.split_once('\n'));
    let files = Memory::new(files.map(|(path, text)| (path.trim(), text)));
    Portal::open(Origin::new(&files, instant(NOW)), None).unwrap()
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn with_action(text: &str) -> Portal {
    let head = "identifier: act\ntrigger: {type: self-service, operation: DAY-2, blueprintIdentifier: Thing, userInputs: {properties: {n: {type: number}}}}\nsteps: [{run: ./go}]\n";
    open(&format!("{PEOPLE}=== actions/act.yaml\n{head}{text}"))
}

fn who(portal: &Portal, login: &str) -> Actor {
    find(portal.known(), Some(Target::GitHub), login).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_login_is_one_user_or_nobody() {
    let portal = open(PEOPLE);
    for (target, login, user, teams, roles) in [
        (Some(Target::GitHub), "ines-d", Some("ines@marlow.example"), "cart", "Member"),
        (None, "ines-d", Some("ines@marlow.example"), "cart", "Member"),
        (Some(Target::GitLab), "ines-d", None, "", ""),
        (Some(Target::GitLab), "mallory", Some("ines@marlow.example"), "cart", "Member"),
        // Somebody's login elsewhere is nobody's here.
        (Some(Target::GitHub), "mallory", None, "", ""),
        (Some(Target::GitHub), "grace", Some("grace@marlow.example"), "", "Admin"),
        (Some(Target::GitHub), "lena", Some("lena@marlow.example"), "", "Auditor"),
        (Some(Target::GitHub), "TOMAS", Some("tom@marlow.example"), "cart,platform", "Member"),
        // There, he is known by the login that he states, and by no other.
        (Some(Target::GitHub), "t@marlow.example", None, "", ""),
        (Some(Target::Azure), "T@marlow.example", Some("tom@marlow.example"), "cart,platform", "Member"),
        (Some(Target::GitHub), "", None, "", ""),
        (Some(Target::GitHub), "Tech lead", None, "", ""),
    ] {
        let actor = find(portal.known(), target, login).unwrap();
        let found = (actor.user.as_deref(), actor.teams.join(","), actor.roles.join(","));
        assert_eq!(found, (user, teams.to_string(), roles.to_string()), "{login}");
    }
    let error = find(portal.known(), Some(Target::GitHub), "twin").unwrap_err();
    assert!(error.contains("both claim the login `twin`"), "{error}");
}

#[test]
fn without_users_whoever_may_start_workflows_is_a_member() {
    let portal = open("=== blueprints/Thing.yaml\nidentifier: Thing\n");
    assert_eq!((who(&portal, "x").user, who(&portal, "x").roles), (None, vec!["Member".to_string()]));
}

#[test]
fn a_grant_is_for_whom_it_names() {
    // Of: ines (cart, which owns the entity), tom (cart and platform), grace (admin), lena (auditor), a stranger.
    let people = ["ines-d", "tomas", "grace", "lena", "stranger"];
    for (grant, expected) in [
        ("", "+++--"),
        ("execute: {roles: [Member]}", "+++--"),
        ("execute: {roles: [Auditor]}", "--++-"),
        ("execute: {teams: [platform]}", "-++--"),
        ("execute: {users: [ines@marlow.example]}", "+-+--"),
        ("execute: {users: [t@marlow.example, stranger]}", "-++-+"),
        ("execute: {ownedByTeam: true}", "+++--"),
        ("execute: {teams: [platform], roles: [Auditor]}", "-+++-"),
        ("execute: {}", "--+--"),
        // A policy decides alone.
        ("execute: {roles: [Member], policy: {conditions: ['.inputs.n > 2']}}", "+++++"),
        ("execute: {roles: [Member], policy: {conditions: ['.inputs.n > 3', 'error']}}", "--+--"),
        ("execute: {policy: {conditions: ['.user.teams | length == 2']}}", "-++--"),
        ("execute: {policy: {conditions: ['any(.user.roles[]; .name == \"Auditor\")']}}", "--++-"),
        (
            "execute: {policy: {conditions: ['.entity.team == [\"cart\"] and .user.identifier != null']}}",
            "++++-",
        ),
        // What is not true is not allowed: a text, a number.
        ("execute: {policy: {conditions: ['\"true\"', '1']}}", "--+--"),
        (
            "execute: {policy: {queries: {mine: {combinator: and, rules: [{property: $identifier, operator: '=', value: '{{ .user.identifier }}'}]}}, conditions: ['.results.mine.entities | length == 1']}}",
            "++++-",
        ),
        ("execute: {policy: {conditions: ['last(range(1e12))']}}", "--+--"),
    ] {
        let text = if grant.is_empty() { String::new() } else { format!("permissions: {{{grant}}}\n") };
        let portal = with_action(&text);
        let catalog = &portal.catalog;
        let entity = catalog.entity(catalog.find_entities("a")[0]);
        let inputs = Map::from_iter([("n".to_string(), json!(3))]);
        let may = people.map(|login| {
            let actor = who(&portal, login);
            let permit = Permit {
                portal: &portal,
                action: &catalog.actions()[0],
                actor: &actor,
                entity: Some(entity),
                inputs: &inputs,
            };
            if permit.refusal().is_none() { '+' } else { '-' }
        });
        assert_eq!(may.iter().collect::<String>(), expected, "{grant}");
    }
}

#[test]
fn a_refusal_says_who_may() {
    let portal = with_action("permissions: {execute: {teams: [platform], ownedByTeam: true, users: [x]}}\n");
    let actor = who(&portal, "lena");
    let catalog = &portal.catalog;
    let inputs = Map::new();
    let mut permit = Permit {
        portal: &portal,
        action: &catalog.actions()[0],
        actor: &actor,
        entity: None,
        inputs: &inputs,
    };
    let text = permit.refusal().unwrap();
    assert_eq!(
        text,
        "`lena@marlow.example` may not start this action: it is for the team `platform`, or the user `x`, or the team that owns the entity, which nobody does"
    );
    let stranger = who(&portal, "stranger");
    permit.actor = &stranger;
    assert!(permit.refusal().unwrap().contains("is not a user of this catalog"));
}

#[test]
fn nobody_agrees_to_their_own_request() {
    let people = ["ines-d", "tomas", "grace", "lena", "stranger"];
    for (grant, expected) in [
        ("", "-++--"),
        ("approve: {teams: [platform]}", "-+---"),
        ("approve: {users: [ines@marlow.example, lena@marlow.example]}", "---+-"),
        ("approve: {policy: {conditions: ['[\"t@marlow.example\", \"grace@marlow.example\"]']}}", "-++--"),
        ("approve: {policy: {conditions: ['\"lena@marlow.example\"', 'true']}}", "---+-"),
    ] {
        let text = if grant.is_empty() { String::new() } else { format!("permissions: {{{grant}}}\n") };
        let portal = with_action(&text);
        let asker = who(&portal, "ines-d");
        let inputs = Map::new();
        let action = &portal.catalog.actions()[0];
        let permit = Permit { portal: &portal, action, actor: &asker, entity: None, inputs: &inputs };
        let may = people.map(
            |login| {
                if permit.approval_refusal(&who(&portal, login)).is_none() { '+' } else { '-' }
            },
        );
        assert_eq!(may.iter().collect::<String>(), expected, "{grant}");
    }
}

fn run(id: &str, login: &str, at: &str, status: &str, portal: &Portal, entity: &str) -> Run {
    let value = json!({
        "schema": SCHEMA, "id": id, "cause": "request", "action": "act", "status": status, "at": at, "endedAt": at,
        "actor": who(portal, login), "entity": {"blueprint": "Thing", "identifier": entity},
        "link": format!("https://ci.example/{id}"),
    });
    serde_json::from_value::<Run>(value).unwrap()
}

#[test]
fn requests_are_counted_in_their_window() {
    let reasons = |limit: &str, login: &str, entity: &str| {
        let portal = with_action(&format!("limits: [{{{limit}}}]\n"));
        let run = |id, login, at, status, entity| run(id, login, at, status, &portal, entity);
        let ledger = Ledger::of([
            run("r1", "ines-d", "2026-11-14T12:00:00Z", "success", "a"),
            run("r2", "ines-d", "2026-11-15T12:00:00Z", "success", "a"),
            run("r3", "tomas", "2026-11-18T12:00:00Z", "failure", "b"),
            run("r4", "tomas", "2026-11-19T12:00:00Z", "refused", "a"),
            run("r5", "lena", "2026-11-20T12:00:00Z", "cancelled", "a"),
            run("r6", "grace", "2026-11-20T12:00:00Z", "success", "b"),
            Run { cause: Cause::Expiry, ..run("end-1", "ines-d", "2026-11-20T12:00:00Z", "success", "a") },
        ]);
        let name = EntityName { blueprint: "Thing".into(), identifier: entity.into() };
        reached(&portal.catalog.actions()[0].value, &who(&portal, login), Some(&name), &ledger, instant(NOW))
    };
    // r1 has just left the window of seven days.
    assert!(reasons("per: person, max: 2, window: 7d", "ines-d", "a").is_empty());
    let one = reasons("per: person, max: 1, window: 7d", "ines-d", "a");
    assert_eq!(
        one,
        [
            "`ines@marlow.example` may ask for this 1 time in 7 days, and did so: r2 by `ines@marlow.example` on 2026-11-15T12:00:00Z, https://ci.example/r2; the next is free on 2026-11-22T12:00:00Z"
        ]
    );
    let team = reasons("per: team, max: 2, window: 1w", "tomas", "a");
    assert_eq!(team.len(), 1, "cart has two, platform one: {team:?}");
    assert!(
        team[0].starts_with("team `cart`") && team[0].contains("r3") && team[0].contains("r2"),
        "{team:?}"
    );
    assert!(reasons("per: team, max: 1, window: 1w", "lena", "a").is_empty(), "in no team: her own count");
    assert_eq!(reasons("per: team, max: 1, window: 1w", "grace", "a").len(), 1);
    assert_eq!(reasons("per: entity, max: 1, window: 7d", "grace", "a").len(), 1);
    assert!(reasons("per: entity, max: 3, window: 7d", "grace", "b").is_empty());
    assert_eq!(reasons("per: person, max: 0, window: 7d", "lena", "a").len(), 1);
}
