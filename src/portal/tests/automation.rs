//! Mistakes in automations, and what starts itself.

use super::*;
use crate::diagnostic::Severity;

const CATALOG: &str = "
=== blueprints/all.yaml
identifier: service
title: Service
schema: {properties: {tier: {type: number}, status: {type: string}, until: {type: string, format: timer}}}
---
identifier: other
title: Other
schema: {properties: {tier: {type: number}}}
=== scorecards/ready.yaml
identifier: ready
title: Ready
blueprint: service
rules:
  - {identifier: tier, title: Tier, level: Gold, query: {combinator: and, conditions: [{property: tier, operator: isNotEmpty}]}}
=== entities/all.yaml
- {identifier: cart, blueprint: service, properties: {tier: 1}}
- {identifier: x, blueprint: other, properties: {tier: 1}}
=== initiatives/move.yaml
identifier: move
title: Move
owner: red
deadline: 2027-03-31
targets: [{scorecard: ready, level: Gold}]
=== actions/act.yaml
identifier: act
trigger: {type: self-service, operation: CREATE, blueprintIdentifier: service, userInputs: {properties: {name: {type: string}}}}
steps: [{run: ./x}]
";

/// Returns what is found in the catalog with more files: each finding as `rule: message (help)`.
fn found(files: &str) -> String {
    let portal = open(&format!("{CATALOG}{files}"));
    let line = |finding: &crate::diagnostic::Diagnostic| {
        let help = finding.help.as_deref().unwrap_or_default();
        format!("{}: {} ({help})", finding.rule.name(), finding.message)
    };
    portal.diagnostics.as_slice().iter().map(line).collect::<Vec<_>>().join("\n")
}

fn automation(event: &str, rest: &str) -> String {
    format!(
        "=== automations/it.yaml\nidentifier: it\npublish: true\ntrigger:\n  type: automation\n  event: {{{event}}}\n{rest}\n"
    )
}

const UPDATED: &str = "type: ENTITY_UPDATED, blueprintIdentifier: service";

#[test]
fn events_can_happen() {
    let steps = "steps: [{run: ./x}]";
    for (event, expected) in [
        (UPDATED, ""),
        ("type: TIMER_PROPERTY_EXPIRED, blueprintIdentifier: service, propertyIdentifier: until", ""),
        ("type: RUN_CREATED, actionIdentifier: act", ""),
        ("type: scorecard.degraded, scorecard: ready", ""),
        ("type: rule.failed, scorecard: ready, rule: tier", ""),
        ("type: initiative.overdue, initiative: move", ""),
        ("type: schedule, schedule: 23 6 * * 1", ""),
        (
            "type: ENTITY_UPDATED",
            "missing-key: `ENTITY_UPDATED` needs the key `blueprintIdentifier` (add `blueprintIdentifier`: the blueprint of the entity)",
        ),
        (
            "type: ENTITY_UPDATED, blueprintIdentifier: servce",
            "unknown-blueprint: there is no blueprint `servce` (did you mean `service`?)",
        ),
        (
            "type: TIMER_PROPERTY_EXPIRED, blueprintIdentifier: service",
            "missing-key: `TIMER_PROPERTY_EXPIRED` needs the key `propertyIdentifier` (add `propertyIdentifier`: the property that holds when it expires)",
        ),
        (
            "type: TIMER_PROPERTY_EXPIRED, blueprintIdentifier: service, propertyIdentifier: untl",
            "unknown-property: `service` has no property `untl` (did you mean `until`?)",
        ),
        (
            "type: TIMER_PROPERTY_EXPIRED, blueprintIdentifier: service, propertyIdentifier: status",
            "invalid-value: `status` never expires: it is no timer (give the property `format: timer`, or name another)",
        ),
        (
            "type: RUN_CREATED, actionIdentifier: ac",
            "unknown-action: there is no action `ac` (did you mean `act`?)",
        ),
        (
            "type: scorecard.degraded, scorecard: redy",
            "unknown-standard: there is no scorecard `redy` (did you mean `ready`?)",
        ),
        (
            "type: rule.failed, scorecard: ready, rule: tire",
            "unknown-standard: the scorecard has no rule `tire` (did you mean `tier`?)",
        ),
        (
            "type: initiative.overdue, initiative: mov",
            "unknown-standard: there is no initiative `mov` (did you mean `move`?)",
        ),
        (
            "type: schedule",
            "missing-key: `schedule` needs the key `schedule` (add `schedule`: when, such as 23 6 * * 1 for Mondays at 6:23)",
        ),
        (
            "type: schedule, schedule: 61 6 * * 1",
            "invalid-schedule: `61` is no minute (0 to 59) (write minute, hour, day, month and weekday, in UTC: 23 6 * * 1 is every Monday at 6:23)",
        ),
    ] {
        assert_eq!(found(&automation(event, steps)), expected, "{event}");
    }
}

#[test]
fn conditions_begin_at_the_event_and_templates_name_it() {
    for (condition, step, expected) in [
        (
            ".diff.after.properties.tier == 1",
            "{run: ./x, env: {A: '{{ .event.diff.after.properties.tier }}'}}",
            "",
        ),
        (
            ".action == \"UPDATE\" and .context.x",
            "{run: ./x, env: {A: '{{ .entity.title }} {{ .run.id }}'}}",
            "",
        ),
        (
            ".event.diff.after != null",
            "{run: ./x}",
            "invalid-template: a condition sees no `event` (a condition begins at the event: write `.diff`, not `.event.diff`)",
        ),
        (".diff.aftr", "{run: ./x}", "invalid-template: a change has no `aftr` (did you mean `after`?)"),
        (
            ".diff.after.properties.teir == 1",
            "{run: ./x}",
            "unknown-property: `service` has no property `teir` (did you mean `tier`?)",
        ),
        (".diff ==", "{run: ./x}", "invalid-jq: the expression ends where a value is needed ()"),
        (
            "true",
            "{run: ./x, env: {A: '{{ .diff.after }}'}}",
            "invalid-template: this expression sees no `diff` (templates see the event by its name: write `.event.diff`)",
        ),
        (
            "true",
            "{run: ./x, env: {A: '{{ .inputs.name }}'}}",
            "invalid-template: this expression sees no `inputs` (an automation has no inputs; what happened is in `.event`)",
        ),
        (
            "true",
            "{run: ./x, env: {A: '{{ .event.diff.before.properties.teir }}'}}",
            "unknown-property: `service` has no property `teir` (did you mean `tier`?)",
        ),
        (
            "true",
            "{uses: ./.github/workflows/x.yml}",
            "not-compiled: a reusable workflow is a job of its own, which only an action's `steps` have (use `dispatch` to start it)",
        ),
    ] {
        let rest = format!("  condition: {{type: JQ, expressions: ['{condition}']}}\nsteps: [{step}]");
        assert_eq!(found(&automation(UPDATED, &rest)), expected, "{condition} {step}");
    }
}

#[test]
fn portals_own_events_hold_more() {
    for (event, condition, value, expected) in [
        (
            "type: scorecard.degraded, scorecard: ready",
            ".level.after == \"Basic\" and .diff.after.properties.tier == 1",
            "{{ .event.level.before }} {{ .event.scorecard }} {{ .entity.properties.tier }}",
            "",
        ),
        (
            "type: scorecard.degraded, scorecard: ready",
            "true",
            "{{ .event.level.now }}",
            "invalid-template: a change of levels has no `now` (there are `before`, `after`)",
        ),
        (
            "type: scorecard.degraded, scorecard: ready",
            ".levels.after",
            "x",
            "invalid-template: a condition sees no `levels` (did you mean `level`?)",
        ),
        ("type: initiative.overdue", ".initiative.percent < 50", "{{ .event.initiative.left | length }}", ""),
        (
            "type: initiative.overdue",
            "true",
            "{{ .event.initiative.name }}",
            "invalid-template: an initiative has no `name` (there are `identifier`, `title`, `owner`, `deadline`, `done`, `total`, `percent`, `left`)",
        ),
        ("type: schedule, schedule: 0 6 * * *", "true", "{{ .event.schedule.due }}", ""),
        (
            "type: RUN_UPDATED",
            ".diff.after.status == \"FAILURE\"",
            "{{ .event.diff.after.properties.name }} {{ .event.level }}",
            "invalid-template: the event has no `level` (there are `diff`, `action`, `context`, `type`, `resourceType`, `trigger`)",
        ),
    ] {
        let rest = format!(
            "  condition: {{type: JQ, expressions: ['{condition}']}}\nsteps: [{{run: ./x, env: {{A: '{value}'}}}}]"
        );
        assert_eq!(found(&automation(event, &rest)), expected, "{event} {condition} {value}");
    }
}

#[test]
fn a_schedule_is_about_no_entity() {
    let event = "type: schedule, schedule: 23 6 * * 1";
    assert_eq!(
        found(&automation(event, "steps: [{run: ./x, env: {A: '{{ .entity.title }}'}}, {deleteEntity: {}}]")),
        "no-entity: a schedule is about no entity, so `.entity` is null (name what it is about)\ninvalid-step: this deletes an entity, and there is none (name one with `identifier` and `blueprint`, or `entity`; or name a blueprint in the trigger)"
    );
}

/// Returns the loops that are found: each with its severity and its way.
fn loops(files: &str) -> String {
    let portal = open(&format!("{CATALOG}{files}"));
    let found = portal.diagnostics.as_slice().iter();
    let found = found.filter(|finding| finding.rule.name() == "automation-loop");
    let line = |finding: &crate::diagnostic::Diagnostic| {
        assert!(!finding.related.is_empty(), "the way is shown");
        let sort = if finding.severity == Severity::Error { "error" } else { "warning" };
        format!("{sort}: {}", finding.message.split_once(": ").map_or("", |(_, way)| way))
    };
    found.map(line).collect::<Vec<_>>().join("\n")
}

fn named(name: &str, event: &str, rest: &str) -> String {
    automation(event, rest)
        .replace("/it.yaml", &format!("/{name}.yaml"))
        .replace("identifier: it", &format!("identifier: {name}"))
}

#[test]
fn what_changes_its_own_event_is_a_loop() {
    for (event, step, expected) in [
        // The same change again is none.
        (UPDATED, "{upsertEntity: {properties: {status: done}}}", ""),
        (UPDATED, "{upsertEntity: {identifier: '{{ .entity.identifier }}', properties: {status: done}}}", ""),
        // What is computed may settle, or not.
        (UPDATED, "{upsertEntity: {properties: {status: '{{ .entity.title }}'}}}", "warning: `it` → `it`"),
        (UPDATED, "{upsertEntity: {properties: {status: '{{ .run.id }}'}}}", "error: `it` → `it`"),
        (
            UPDATED,
            "{when: .entity.title != \"x\", upsertEntity: {properties: {status: '{{ now | todate }}'}}}",
            "warning: `it` → `it`",
        ),
        (UPDATED, "{upsertEntity: {blueprint: other, identifier: x, properties: {tier: '{{ now }}'}}}", ""),
        (UPDATED, "{deleteEntity: {}}", ""),
        (
            "type: ENTITY_CREATED, blueprintIdentifier: service",
            "{upsertEntity: {properties: {status: '{{ now }}'}}}",
            "",
        ),
        (
            "type: ENTITY_CREATED, blueprintIdentifier: service",
            "{upsertEntity: {identifier: '{{ .entity.identifier }}-1', properties: {tier: 1}}}",
            "error: `it` → `it`",
        ),
        (
            "type: ENTITY_CREATED, blueprintIdentifier: service",
            "{upsertEntity: {identifier: all, properties: {tier: 1}}}",
            "warning: `it` → `it`",
        ),
        ("type: ENTITY_DELETED, blueprintIdentifier: service", "{deleteEntity: {}}", ""),
        (
            "type: ENTITY_DELETED, blueprintIdentifier: service",
            "{deleteEntity: {identifier: '{{ .entity.relations.child }}'}}",
            "warning: `it` → `it`",
        ),
        (
            "type: ANY_ENTITY_CHANGE, blueprintIdentifier: service",
            "{upsertEntity: {title: '{{ .run.id }}'}}",
            "error: `it` → `it`",
        ),
    ] {
        assert_eq!(loops(&automation(event, &format!("steps: [{step}]"))), expected, "{event} {step}");
    }
}

#[test]
fn automations_and_actions_that_start_each_other_are_a_loop() {
    let start = "steps: [{dispatch: {action: act}}]";
    let ended = "type: RUN_UPDATED, actionIdentifier: act";
    let condition = "  condition: {type: JQ, expressions: ['.diff.after.status == \"FAILURE\"']}\n";
    for (files, expected) in [
        (named("again", ended, start), "error: `act` → `again` → `act`"),
        (named("again", ended, &format!("{condition}{start}")), "warning: `act` → `again` → `act`"),
        (named("again", "type: RUN_UPDATED", start), "error: `act` → `again` → `act`"),
        (named("again", ended, start).replace("publish: true", "publish: false"), ""),
        (named("again", ended, "steps: [{dispatch: {workflow: act}}]"), ""),
        (
            named(
                "again",
                ended,
                "effects: [{upsertEntity: {blueprint: service, identifier: '{{ .run.id }}'}}]",
            ),
            "",
        ),
        // Through what they change, over two automations, the shortest way.
        (
            named(
                "one",
                UPDATED,
                "steps: [{upsertEntity: {blueprint: other, identifier: x, properties: {tier: 1}}}]",
            ) + &named(
                "two",
                "type: ENTITY_UPDATED, blueprintIdentifier: other",
                "steps: [{upsertEntity: {blueprint: service, identifier: cart, properties: {tier: '{{ now }}'}}}]",
            ),
            "warning: `one` → `two` → `one`",
        ),
        (
            named(
                "one",
                UPDATED,
                "steps: [{upsertEntity: {blueprint: other, identifier: x, properties: {tier: '{{ now }}'}}}]",
            ) + &named(
                "two",
                "type: ENTITY_UPDATED, blueprintIdentifier: other",
                "steps: [{upsertEntity: {blueprint: service, identifier: cart, properties: {tier: '{{ now }}'}}}]",
            ),
            "error: `one` → `two` → `one`",
        ),
    ] {
        assert_eq!(loops(&files), expected, "{files}");
    }
    // An action that starts itself, later or at once.
    let action = |rest: &str| {
        format!(
            "=== actions/self.yaml\nidentifier: self\ntrigger: {{type: self-service, operation: CREATE, blueprintIdentifier: service, userInputs: {{properties: {{}}}}}}\n{rest}\n"
        )
    };
    assert_eq!(loops(&action("steps: [{dispatch: {action: self}}]")), "error: `self` → `self`");
    let later = "steps: [{run: ./x}]\nttl: 1d\nonExpire: [{dispatch: {action: self}}]";
    assert_eq!(loops(&action(later)), "", "what expires starts the next one when it is over");
}
