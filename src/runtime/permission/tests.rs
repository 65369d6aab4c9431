//! Tests of permissions: tables of grants, and who they let through.

use super::*;
use crate::model::instant::Instant;
use crate::model::target::Target;
use crate::portal::Origin;
use crate::worktree::Memory;

const CATALOG: &[(&str, &str)] = &[
    (
        "blueprints/all.yaml",
        "identifier: service\nschema: {properties: {tier: {type: number}}}\nownership: {type: Direct}\n---\nidentifier: _user\nschema: {properties: {github: {type: string}, port_role: {type: string}}}\n",
    ),
    (
        "entities/service/all.yaml",
        "- {identifier: cart, team: [cart], properties: {tier: 1}}\n- {identifier: lone}\n",
    ),
    ("entities/_team/all.yaml", "- {identifier: cart}\n- {identifier: platform}\n"),
    (
        "entities/_user/all.yaml",
        "- {identifier: ines@x.example, properties: {github: ines}, relations: {teams: [cart]}}\n- {identifier: grace, properties: {email: grace@x.example, github: grace-gh}, relations: {teams: [platform]}}\n- {identifier: root, properties: {port_role: Admin}}\n- {identifier: guest, properties: {port_role: Viewer}}\n",
    ),
];

fn with<T>(permissions: &str, then: impl FnOnce(&Portal) -> T) -> T {
    let action = format!(
        "identifier: deploy\ntrigger: {{type: self-service, operation: DAY-2, blueprintIdentifier: service, userInputs: {{properties: {{size: {{type: string}}}}}}}}\nsteps: [{{run: 'true'}}]\n{permissions}\n"
    );
    let files = CATALOG.iter().copied().chain([("actions/deploy.yaml", action.as_str())]);
    let files = Memory::new(files);
    let now = Instant::parse("2026-11-21T12:00:00Z").expect("an instant");
    then(&Portal::open(Origin::new(&files, now), None).expect("opened"))
}

fn permit<T>(portal: &Portal, login: &str, entity: &str, then: impl FnOnce(&Permit<'_>) -> T) -> T {
    let actor = actor::find(portal.known(), Some(Target::GitHub), login).expect("not ambiguous");
    let found = portal.catalog.find_entities(entity);
    let inputs = Map::from_iter([("size".to_string(), Value::from("large"))]);
    then(&Permit {
        portal,
        action: &portal.catalog.actions()[0],
        actor: &actor,
        entity: found.first().map(|&id| portal.catalog.entity(id)),
        inputs: &inputs,
    })
}

#[test]
fn a_grant_is_for_whom_it_lists() {
    for (grant, entity, allowed) in [
        ("", "cart", &["ines", "grace-gh", "root"][..]),
        ("permissions: {execute: {}}", "cart", &["root"]),
        ("permissions: {execute: {roles: [Member]}}", "cart", &["ines", "grace-gh", "root"]),
        ("permissions: {execute: {roles: [Viewer]}}", "cart", &["guest", "root"]),
        ("permissions: {execute: {teams: [platform]}}", "cart", &["grace-gh", "root"]),
        ("permissions: {execute: {users: [grace]}}", "cart", &["grace-gh", "root"]),
        ("permissions: {execute: {users: [GRACE@x.example]}}", "cart", &["grace-gh", "root"]),
        ("permissions: {execute: {users: [Grace]}}", "cart", &["root"]),
        ("permissions: {execute: {users: [stranger]}}", "cart", &["stranger", "root"]),
        ("permissions: {execute: {ownedByTeam: true}}", "cart", &["ines", "root"]),
        ("permissions: {execute: {ownedByTeam: true}}", "lone", &["root"]),
        ("permissions: {execute: {ownedByTeam: true}}", "none", &["root"]),
        ("permissions: {execute: {roles: [Automation]}}", "cart", &["github-actions[bot]", "root"]),
        (
            "permissions: {execute: {users: ['github-actions[bot]']}}",
            "cart",
            &["github-actions[bot]", "root"],
        ),
    ] {
        with(grant, |portal| {
            for login in ["ines", "grace-gh", "grace", "root", "guest", "stranger", "github-actions[bot]", ""]
            {
                let refusal = permit(portal, login, entity, |permit| permit.refusal());
                assert_eq!(
                    refusal.is_none(),
                    allowed.contains(&login),
                    "{grant} {entity} {login}: {refusal:?}"
                );
            }
        });
    }
}

#[test]
fn a_policy_decides_alone() {
    let searching = "permissions: {execute: {roles: [Member], policy: {queries: {me: {combinator: and, rules: [{property: $blueprint, operator: '=', value: _user}, {property: $identifier, operator: '=', value: '{{ .trigger.user.identifier }}'}]}}, conditions: ['.results.me.entities[0].relations.teams == [\"cart\"]', 'false']}}}";
    for (grant, allowed) in [
        (
            "permissions: {execute: {policy: {conditions: ['.user.teams | contains([\"cart\"])']}}}",
            &["ines"][..],
        ),
        (
            "permissions: {execute: {policy: {conditions: ['.inputs.size == \"large\" and .entity.properties.tier == 1']}}}",
            &["ines", "grace-gh", "stranger"],
        ),
        ("permissions: {execute: {roles: [Member], policy: {conditions: ['false']}}}", &[]),
        ("permissions: {execute: {policy: {conditions: ['\"yes\"', '1']}}}", &[]),
        (searching, &["ines"]),
    ] {
        with(grant, |portal| {
            for login in ["ines", "grace-gh", "stranger"] {
                let refusal = permit(portal, login, "cart", |permit| permit.refusal());
                assert_eq!(refusal.is_none(), allowed.contains(&login), "{grant} {login}: {refusal:?}");
            }
            assert_eq!(permit(portal, "root", "cart", |permit| permit.refusal()), None);
        });
    }
}

#[test]
fn nobody_agrees_to_their_own_request() {
    let policy = "permissions: {approve: {policy: {queries: {leads: {combinator: and, rules: [{property: $identifier, operator: '=', value: grace}]}}, conditions: ['[.results.leads.entities[].properties.email]']}}}";
    for (grant, allowed) in [
        ("", &["grace-gh", "root"][..]),
        ("permissions: {approve: {teams: [platform]}}", &["grace-gh"]),
        ("permissions: {approve: {users: [grace@x.example, ines@x.example]}}", &["grace-gh"]),
        ("permissions: {approve: {}}", &[]),
        (policy, &["grace-gh"]),
    ] {
        with(grant, |portal| {
            for login in ["ines", "INES", "grace-gh", "root", "guest", "stranger"] {
                let approver =
                    actor::find(portal.known(), Some(Target::GitHub), login).expect("not ambiguous");
                let refusal = permit(portal, "ines", "cart", |permit| permit.approval_refusal(&approver));
                assert_eq!(refusal.is_none(), allowed.contains(&login), "{grant} {login}: {refusal:?}");
            }
        });
    }
}

#[test]
fn a_refusal_says_who_may() {
    for (grant, login, said) in [
        ("", "stranger", "`stranger` is not a user of this catalog: add a user"),
        ("", "guest", "it is for every member, and this is Viewer"),
        ("", "", "nobody is not a user"),
        (
            "permissions: {execute: {roles: [Lead], teams: [platform], users: [a], ownedByTeam: true}}",
            "ines",
            "`ines@x.example` may not start this action: it is for the role `Lead`, or the team `platform`, or the user `a`, or the team that owns the entity",
        ),
        (
            "permissions: {execute: {teams: [\"::error::\\x1b\"]}}",
            "ines",
            "the team `\\u{3a}:error::\\u{1b}`",
        ),
        (
            "permissions: {execute: {policy: {conditions: ['.x | error']}}}",
            "ines",
            "cannot say so, `.x | error` fails",
        ),
        ("permissions: {execute: {policy: {conditions: ['.x |']}}}", "ines", "cannot say so, `.x |` fails"),
    ] {
        let entity = if grant.contains("ownedByTeam") { "lone" } else { "cart" };
        let refusal = with(grant, |portal| permit(portal, login, entity, |permit| permit.refusal()));
        let refusal = refusal.expect("refused");
        assert!(refusal.contains(said), "{refusal}");
    }
}
