//! Each kind of task: what it asks of the world, and what it makes of the answer.

mod remote;
mod scaffold;

use serde_json::{Value, json};

use crate::runtime::report::{Effect, Outcome, Report};
use crate::runtime::staging::Stage;

fn message(report: &Report) -> &str {
    report.tasks[0].message.as_deref().unwrap_or_default()
}

/// Returns what the only task of an action says, and whether it was done.
fn one(stage: &Stage) -> (Outcome, String) {
    let report = stage.perform();
    (report.tasks[0].result, message(&report).to_string())
}

/// What people have entered that must stay what it is.
const HOSTILE: &[&str] = &[
    "'; touch canary; '",
    "$(touch canary)",
    "`touch canary`",
    "a\nb\r\n",
    "::set-output name=x::y",
    "##vso[task.setvariable variable=x]y",
    "{{ .secrets.KEY }}",
    "${{ secrets.X }}",
    "\u{202e}abc\u{2066}",
    "-rf",
    "",
];

#[test]
fn scripts_find_the_request_in_their_environment() {
    let inputs = json!({
        "name": "a b", "size": 3, "flag": false, "tags": ["x", "y"], "more": {"k": null}, "service": "cart",
        "with-dash": "d",
    });
    let mut stage = Stage::with("DAY-2", "service", "ttl: 5d\nsteps: [{run: up}]", "")
        .inputs(inputs.clone())
        .entity("service", "cart");
    stage.request.expires_at = Some("2026-11-26T12:00:00Z".into());
    stage.perform();
    let entity = stage.variable(0, "PORTAL_ENTITY").expect("set");
    let entity: Value = serde_json::from_str(&entity).expect("JSON");
    assert_eq!(entity["properties"]["tier"], 1);
    for (name, value) in [
        ("PORTAL_INPUT_NAME", "a b"),
        ("PORTAL_INPUT_SIZE", "3"),
        ("PORTAL_INPUT_FLAG", "false"),
        ("PORTAL_INPUT_TAGS", "[\"x\",\"y\"]"),
        ("PORTAL_INPUT_MORE", "{\"k\":null}"),
        ("PORTAL_INPUT_SERVICE", "cart"),
        ("PORTAL_INPUT_WITH_DASH", "d"),
        ("PORTAL_INPUT_ABSENT", ""),
        ("PORTAL_ENTITY_IDENTIFIER", "cart"),
        ("PORTAL_ENTITY_BLUEPRINT", "service"),
        ("PORTAL_ACTION", "act"),
        ("PORTAL_ACTOR", "ines"),
        ("PORTAL_RUN_ID", "gh-7-1"),
        ("PORTAL_RUN_LINK", "https://github.com/marlow/catalog/actions/runs/7"),
        ("PORTAL_EXPIRES_AT", "2026-11-26T12:00:00Z"),
        ("PORTAL_EVENT", ""),
    ] {
        assert_eq!(stage.variable(0, name).as_deref(), Some(value), "{name}");
    }
    let all: Value = serde_json::from_str(&stage.variable(0, "PORTAL_INPUTS").expect("set")).expect("JSON");
    assert_eq!(all, inputs);
    let program = &stage.world.programs.lock().expect("held")[0];
    assert_eq!(program.arguments[..2], ["-eu", "-c"]);
    let mut without = program.without.clone();
    without.sort();
    assert_eq!(
        without,
        [
            "GITHUB_OUTPUT",
            "PORTAL_SECRET_HOOK",
            "PORTAL_SECRET_KEY",
            "PORTAL_SECRET_SLACK_WEBHOOK_URL",
            "PORTAL_SECRET_TEAMS_WEBHOOK_URL",
            "PORTAL_TOKEN",
        ]
    );
}

#[test]
fn only_what_a_script_asks_for_is_a_secret_of_its() {
    let stage = Stage::new(
        "steps: [{run: up, env: {KEY: 'k-{{ .secrets.KEY }}', N: '{{ .inputs.size }}', PORTAL_ACTOR: me}}]",
    )
    .inputs(json!({"size": 3}));
    stage.perform();
    for (name, value) in [("KEY", "k-s3cret"), ("N", "3"), ("PORTAL_ACTOR", "me")] {
        assert_eq!(stage.variable(0, name).as_deref(), Some(value), "{name}");
    }
    assert!(stage.log().contains("::add-mask::s3cret\n"), "{}", stage.log());
    for (steps, why) in [
        ("[{run: up, env: {K: '{{ .secrets.NONE }}'}}]", "the secret `NONE` is not set"),
        ("[{run: up, env: {'{{ .inputs.name }}=x': y}}]", "cannot be a variable"),
    ] {
        let stage = Stage::new(&format!("steps: {steps}"));
        let (result, said) = one(&stage);
        assert!(result == Outcome::Failed && said.contains(why), "{steps}: {said}");
        assert_eq!(stage.scripts().len(), 0);
    }
}

#[test]
fn what_is_entered_is_never_in_a_script() {
    for hostile in HOSTILE {
        let stage = Stage::new("steps: [{run: 'echo \"$PORTAL_INPUT_NAME\" {{ .inputs.name }}'}]")
            .inputs(json!({"name": hostile}));
        stage.perform();
        assert_eq!(stage.scripts(), ["echo \"$PORTAL_INPUT_NAME\" {{ .inputs.name }}"]);
        assert_eq!(stage.variable(0, "PORTAL_INPUT_NAME").as_deref(), Some(*hostile));
    }
}

#[test]
fn what_is_entered_is_no_command_in_the_log() {
    for hostile in HOSTILE {
        let stage = Stage::new("steps: [{deleteEntity: {identifier: '{{ .inputs.name }}'}}]")
            .inputs(json!({"name": hostile}));
        stage.perform();
        let log = stage.log();
        let own = ["::add-mask::", "::group::", "::endgroup::", "::error::"];
        let fine =
            |line: &str| !line.trim_start().starts_with("::") || own.iter().any(|own| line.starts_with(own));
        assert!(log.lines().all(fine) && !log.contains('\u{202e}'), "{log}");
    }
}

#[test]
fn changes_of_the_catalog_are_what_templates_say() {
    let upsert = |stage: &Stage| match stage.perform().effects.as_slice() {
        [Effect::Upsert(upsert)] => serde_json::to_value(upsert).expect("JSON"),
        other => panic!("{other:?}\n{}", stage.log()),
    };
    let stage = Stage::new(
        "steps: [{upsertEntity: {identifier: '{{ .inputs.name }}', title: '{{ .user.email }}', team: red, properties: \
         {size: '{{ .inputs.size }}', gone: null, tier: '{{ .inputs.service.properties.tier }}'}, relations: {of: ['{{ .inputs.service }}']}}}]",
    )
    .inputs(json!({"name": "spike", "size": 3, "service": "cart"}));
    assert_eq!(
        upsert(&stage),
        json!({
            "blueprint": "env", "identifier": "spike", "title": "ines@example.com", "team": ["red"],
            "properties": {"size": 3, "gone": null, "tier": 1}, "relations": {"of": ["cart"]},
        })
    );
    // The time to live is the timer of the definition's own blueprint, unless it is said.
    for (body, expires) in [
        ("identifier: new", json!("2026-11-26T00:00:00Z")),
        ("identifier: new, properties: {expiresAt: never}", json!("never")),
        ("identifier: new, blueprint: service", Value::Null),
    ] {
        let mut stage = Stage::new(&format!("ttl: 5d\nsteps: [{{upsertEntity: {{{body}}}}}]"));
        stage.request.expires_at = Some("2026-11-26T00:00:00Z".into());
        assert_eq!(upsert(&stage)["properties"]["expiresAt"], expires, "{body}");
    }
    // Of a definition whose own blueprint has no timer, it is the timer of what it writes: the lock of a component.
    let body = "ttl: 5d\nsteps: [{upsertEntity: {blueprint: env, identifier: lock}}]";
    let mut stage = Stage::with("DAY-2", "service", body, "").entity("service", "cart");
    stage.request.expires_at = Some("2026-11-26T00:00:00Z".into());
    assert_eq!(upsert(&stage)["properties"]["expiresAt"], "2026-11-26T00:00:00Z");
    // Its own entity is what an action is about.
    let stage = Stage::with("DAY-2", "env", "steps: [{upsertEntity: {properties: {size: big}}}]", "")
        .entity("env", "old");
    assert_eq!(upsert(&stage)["identifier"], "old");
    let stage = Stage::with("DELETE", "env", "steps: [{deleteEntity: {}}]", "").entity("env", "old");
    assert!(matches!(&stage.perform().effects[..], [Effect::Delete(name)] if name.identifier == "old"));
}

#[test]
fn changes_that_cannot_be_are_refused() {
    for (step, why) in [
        ("upsertEntity: {title: x}", "it names no entity"),
        ("upsertEntity: {identifier: '{{ .inputs.absent }}'}", "`identifier` gives nothing"),
        ("deleteEntity: {identifier: '{{ .inputs.absent }}'}", "`identifier` gives nothing"),
        ("upsertEntity: {identifier: x, blueprint: '{{ .inputs.absent }}'}", "`blueprint` gives nothing"),
        ("upsertEntity: {identifier: '{{ .inputs.more }}'}", "cannot be an identifier"),
        ("deleteEntity: {identifier: '../x y'}", "cannot be an identifier"),
        ("upsertEntity: {identifier: x, blueprint: '{{ .inputs.name }}'}", "there is no blueprint `spike`"),
        ("upsertEntity: {identifier: x, properties: '{{ .inputs.name }}'}", "`properties` must be a mapping"),
        ("upsertEntity: {identifier: x, team: '{{ .inputs.more }}'}", "`team` must be a name"),
        ("upsertEntity: {identifier: '{{ error(\"no\") }}'}", "fails: "),
    ] {
        let stage =
            Stage::new(&format!("steps: [{{{step}}}]")).inputs(json!({"name": "spike", "more": {"a": 1}}));
        let (result, said) = one(&stage);
        assert!(result == Outcome::Failed && said.contains(why), "{step}: {said}");
    }
}

#[test]
fn secrets_are_not_for_the_catalog() {
    let stage =
        Stage::new("steps: [{upsertEntity: {identifier: x, properties: {size: 'k{{ .secrets.KEY }}'}}}]");
    let report = stage.perform();
    assert!(!serde_json::to_string(&report).expect("JSON").contains("s3cret"), "{report:?}");
}

#[test]
fn gates_hold_back_what_is_under_a_level() {
    for (gate, done, said) in [
        ("scorecard: readiness, failUnder: Bronze", true, "`cart` is at Bronze"),
        (
            "scorecard: readiness, failUnder: Silver",
            false,
            "`cart` is at Bronze of `readiness`, under Silver: `owned` missing",
        ),
        ("scorecard: readiness, failUnder: Platinum", false, "`readiness` has no level `Platinum`"),
        ("scorecard: none, failUnder: Silver", false, "there is no scorecard `none` for `service`"),
        (
            "scorecard: readiness, failUnder: Bronze, entity: nobody",
            false,
            "there is no `nobody` of `service`",
        ),
        (
            "scorecard: readiness, failUnder: Bronze, blueprint: env, entity: old",
            false,
            "there is no scorecard",
        ),
    ] {
        let stage = Stage::with("DAY-2", "service", &format!("steps: [{{gate: {{{gate}}}}}]"), "")
            .entity("service", "cart");
        let (result, message) = one(&stage);
        assert_eq!(result == Outcome::Done, done, "{gate}: {message}");
        assert!(message.contains(said), "{gate}: {message}");
    }
}

#[test]
fn what_no_runner_does_says_so() {
    let (result, said) = one(&Stage::new("steps: [{kafka: {topic: t}}]"));
    assert!(result == Outcome::Failed && said.contains("Kafka"), "{said}");
}
