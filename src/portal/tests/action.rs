//! Mistakes in actions, each alone: what is said, and that nothing else is.

use super::*;

const CATALOG: &str = "
=== blueprints/all.yaml
identifier: _user
schema: {properties: {roles: {type: array}, github: {type: string}}}
---
identifier: service
title: Service
schema:
  properties:
    tier: {type: number}
    lang: {type: string, enum: [go, rust]}
    tags: {type: array, items: {type: string}}
relations: {system: {target: system}}
calculationProperties: {level: {title: Level, type: number, calculation: .properties.tier}}
---
identifier: system
title: System
schema: {properties: {}}
---
identifier: environment
title: Environment
schema: {properties: {size: {type: string}, expiresAt: {type: string, format: timer}}}
=== scorecards/ready.yaml
identifier: ready
title: Ready
blueprint: service
rules:
  - {identifier: tier, title: Tier, level: Gold, query: {combinator: and, conditions: [{property: tier, operator: isNotEmpty}]}}
=== entities/all.yaml
- {identifier: platform, title: Platform Team, blueprint: _team}
- {identifier: ines@example.com, blueprint: _user, properties: {roles: [Approver], github: ines-d}}
- {identifier: shop, blueprint: system}
- {identifier: cart, blueprint: service, properties: {tier: 1}, relations: {system: shop}}
- {identifier: dev, blueprint: environment}
=== actions/other.yaml
identifier: other
trigger:
  type: self-service
  operation: CREATE
  userInputs: {properties: {name: {type: string}, size: {type: string, enum: [s, m], default: s}}, required: [name]}
steps: [{run: ./other}]
=== actions/it.yaml
";

/// An action in which nothing is wrong.
const ACTION: &str = r#"identifier: it
trigger:
  type: self-service
  operation: DAY-2
  blueprintIdentifier: service
  userInputs:
    properties:
      name: {type: string, pattern: "^[a-z]+$", default: a}
      size: {type: string, enum: [s, m], visible: {jqQuery: .form.name != null}}
      to: {type: string, format: entity, blueprint: system, dependsOn: [name]}
      token: {type: string, encryption: aes256-gcm}
    required: [name]
    titles: {more: {title: More}}
    order: [name, more, size, to, token]
permissions:
  execute: {roles: [Member, Approver, service-moderator], users: [ines@example.com, Ines-D, 'x[bot]'], teams: [platform]}
  approve:
    policy:
      queries: {leads: {combinator: and, rules: [{property: $blueprint, operator: "=", value: "{{ .inputs.name }}"}]}}
      conditions: ['[.results.leads.entities[].identifier]']
approval: {when: '.inputs.to == "x" or .form.to.properties == null'}
limits: [{per: entity, max: 3, window: 7d}]
steps:
  - {name: up, run: "docker ps --format '{{ .Names }}'", env: {A: "{{ .entity.properties.level }}"}}
  - {name: two, needs: [], when: .steps.up.done == "yes", webhook: {url: 'https://e.example', body: {"{{ spreadValue() }}": "{{ .inputs }}"}}}
  - {needs: [up, two], upsertEntity: {properties: {lang: go, tier: "{{ .inputs.to.identifier }}", tags: [a]}, relations: {system: shop}}}
  - {gate: {scorecard: ready, failUnder: Gold}}
  - {dispatch: {action: other, inputs: {name: "{{ .entity.title }}", size: m}}}
  - {notify: {slack: '#x', message: "{{ .user.email }} {{ .run.id }} {{ .trigger.at }} {{ .secrets.A }}"}}
  - {deleteEntity: {}}
effects:
  - {when: .steps.two.status == 200, upsertEntity: {properties: {tier: 1}}}
"#;

/// Returns what is found with the action changed: each finding as `rule: message (help)`.
fn found(text: &str) -> String {
    let portal = open(&format!("{CATALOG}{text}"));
    let line = |finding: &crate::diagnostic::Diagnostic| {
        format!(
            "{}: {} ({})",
            finding.rule.name(),
            finding.message,
            finding.help.as_deref().unwrap_or_default()
        )
    };
    portal.diagnostics.as_slice().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Asserts what each change of the action leads to.
fn assert_changes(cases: &[(&str, &str, &str)]) {
    let mut wrong = String::new();
    for (from, to, expected) in cases {
        assert!(ACTION.contains(from), "{from}");
        let found = found(&ACTION.replace(from, to));
        if found != *expected {
            wrong.push_str(&format!("{from} → {to}\n  is {found}\n not {expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn an_action_in_order_has_no_findings() {
    assert_eq!(found(ACTION), "");
}

#[test]
fn what_expressions_name_is_there() {
    assert_changes(&[
        (
            "\"{{ .inputs }}\"",
            "\"{{ .input }}\"",
            "invalid-template: this expression sees no `input` (did you mean `inputs`?)",
        ),
        (
            "{{ .inputs.to.identifier }}",
            "{{ .inputs.too }}",
            "unknown-input: the form has no input `too` (did you mean `to`?)",
        ),
        (
            "{{ .inputs.to.identifier }}",
            "{{ .inputs.to.name }}",
            "invalid-template: an entity has no `name` (it has `identifier`, `title`, `icon`, `team`, `blueprint`, `properties`, `relations`, `createdAt`, `createdBy`, `updatedAt`, `updatedBy`)",
        ),
        (
            "{{ .entity.properties.level }}",
            "{{ .entity.level }}",
            "invalid-template: an entity has no `level` (`level` is a property: write `.properties.level`)",
        ),
        (
            "{{ .entity.properties.level }}",
            "{{ .entity.properties.levl // 1 }}",
            "unknown-property: `service` has no property `levl` (did you mean `level`?)",
        ),
        (
            "{{ .entity.properties.level }}",
            "{{ .entity.properties | .sistem }}",
            "unknown-property: `service` has no property `sistem` (its properties are `tier`, `lang`, `tags`, `level`)",
        ),
        (
            "{{ .entity.properties.level }}",
            "{{ .entity.properties.system }}",
            "unknown-property: `service` has no property `system` (`system` is a relation)",
        ),
        (
            "{{ .entity.title }}",
            "{{ .entity.relations.sytem }}",
            "unknown-relation: `service` has no relation `sytem` (did you mean `system`?)",
        ),
        (
            "{{ .entity.title }}",
            "{{ .event.diff }}",
            "invalid-template: this expression sees no `event` (an action has no event; what was asked for is in `.inputs`)",
        ),
        (
            ".form.name != null",
            ".inputs.name != null",
            "invalid-template: this expression sees no `inputs` (in a form, the inputs are in `.form`)",
        ),
        (
            ".form.name != null",
            ".form.nme != null",
            "unknown-input: the form has no input `nme` (did you mean `name`?)",
        ),
        (".form.name != null", ".form.name !", "invalid-jq: `!` cannot stand here: the end is needed ()"),
        ("{{ .run.id }}", "{{ .run.id", "invalid-jq: `{{` is not closed (an expression ends with `}}`)"),
        (
            "{{ .run.id }}",
            "{{ .run.id | nope }}",
            "invalid-jq: there is no function `nope` (did you mean `not` or `now`?)",
        ),
        (
            ".steps.up.done",
            ".steps.two.done",
            "invalid-step: no step before this one is called `two` (there is `up`)",
        ),
        (
            ".steps.two.status",
            ".steps.three.status",
            "invalid-step: no step before this one is called `three` (there are `up`, `two`)",
        ),
        (
            ".results.leads.entities",
            ".results.lead.entities",
            "invalid-template: the policy has no query `lead` (did you mean `leads`?)",
        ),
        (
            "value: \"{{ .inputs.name }}\"",
            "value: \"{{ .inputs.nam }}\"",
            "unknown-input: the form has no input `nam` (did you mean `name`?)",
        ),
    ]);
}

#[test]
fn forms_are_in_order() {
    let inputs = "its inputs are `name`, `size`, `to`, `token`";
    assert_changes(&[
        (
            "required: [name]",
            "required: [nam]",
            "unknown-input: the form has no input `nam` (did you mean `name`?)",
        ),
        (
            "required: [name]",
            "required: [xyz]",
            &format!("unknown-input: the form has no input `xyz` ({inputs})"),
        ),
        (
            "dependsOn: [name]",
            "dependsOn: [xyz]",
            &format!("unknown-input: the form has no input `xyz` ({inputs})"),
        ),
        (
            "dependsOn: [name]",
            "dependsOn: [to]",
            "invalid-form: `to` depends on itself (nobody could give it: remove it here)",
        ),
        (
            "order: [name, more",
            "order: [name, mor",
            &format!("unknown-input: the form has no input `mor` ({inputs})"),
        ),
        (
            "order: [name, more",
            "order: [name, name",
            "invalid-form: `name` is in the order twice (remove one of them)",
        ),
        (
            "    order: [name",
            "    steps: [{title: One, order: [nam]}]\n    order: [name",
            "invalid-form: a form has an `order` or `steps`, not both (put the order of each page into its step, and remove the one of the form)\nunknown-input: the form has no input `nam` (did you mean `name`?)",
        ),
        (
            "titles: {more",
            "titles: {name: {title: Name}, more",
            "invalid-form: a heading is called `name`, as an input is (give it another name, and put that into the order)",
        ),
        (
            "default: a",
            "default: A",
            "invalid-default: `name` refuses its own default (`A` does not match the pattern of `name`)",
        ),
        (
            "enum: [s, m]",
            "enum: [s, m], default: x",
            "invalid-default: `size` refuses its own default (`x` is not one of the choices of `size`)",
        ),
        (
            "blueprint: system,",
            "blueprint: system, default: shp,",
            "invalid-default: `to` refuses its own default (there is no entity `shp`; did you mean `shop`?)",
        ),
        (
            "encryption: aes256-gcm",
            "encryption: aes256-gcm, default: x",
            "secret-default: `token` is a secret and has a default, which everybody can read (remove the default, and change the secret if this was it)",
        ),
        (
            "pattern: \"^[a-z]+$\"",
            "pattern: \"(?=a)\"",
            "invalid-pattern: the pattern of `name` is not one that can be checked (patterns are regular expressions without look-around and back-references)",
        ),
        (
            "blueprint: system, dep",
            "blueprint: systm, dep",
            "unknown-blueprint: there is no blueprint `systm` (did you mean `system`?)",
        ),
        (
            "format: entity, blueprint: system, dep",
            "format: entity, dep",
            "missing-key: `to` does not say of which blueprint an entity is picked (add `blueprint`)",
        ),
        (
            "size: {type: string, ",
            "size: {type: strin, ",
            "invalid-value: there is no type `strin` (did you mean `string`?)",
        ),
        (
            "enum: [s, m]",
            "enum: [s, 1]",
            "enum-value-type: `1` is not of the type of `size` (quote it: \"1\")",
        ),
        (
            "to: {type: string, format: entity",
            "to: {type: string, format: entty",
            "unknown-format: there is no format `entty`; values are not checked (did you mean `entity`?)",
        ),
    ]);
}

#[test]
fn those_who_may_exist() {
    assert_changes(&[
        (
            "roles: [Member",
            "roles: [Membr",
            "unknown-grantee: nobody has the role `Membr` (did you mean `Member`?)",
        ),
        (
            "service-moderator",
            "nothing-moderator",
            "unknown-grantee: nobody has the role `nothing-moderator` (the roles are `Admin`, `Member`, `Viewer`, `Automation`, `Approver`)",
        ),
        (
            "users: [ines",
            "users: [inez",
            "unknown-grantee: there is no user `inez@example.com` (did you mean `ines@example.com`?)",
        ),
        (
            "teams: [platform]",
            "teams: [Platform Team]",
            "unknown-grantee: there is no team `Platform Team` (write its identifier, `platform`)",
        ),
        (
            "  approve:\n    policy:\n      queries: {leads: {combinator: and, rules: [{property: $blueprint, operator: \"=\", value: \"{{ .inputs.name }}\"}]}}\n      conditions: ['[.results.leads.entities[].identifier]']\n",
            "  approve: {users: [], policy: null}\n",
            "missing-approver: someone must agree to this, and nobody may (name `roles`, `teams` or `users`, or write a `policy`; without `approve`, every member may)",
        ),
        (
            "  approve:\n    policy:\n      queries: {leads: {combinator: and, rules: [{property: $blueprint, operator: \"=\", value: \"{{ .inputs.name }}\"}]}}\n      conditions: ['[.results.leads.entities[].identifier]']\n",
            "",
            "",
        ),
        (
            ".inputs.to == \"x\"",
            ".inputs.to.title == \"x\"",
            "invalid-template: this is the identifier of an entity, which has no `title` (here the entity is in `.form`)",
        ),
        (
            ".results.leads.entities[].identifier",
            ".form.to.title",
            "invalid-template: this is the identifier of an entity, which has no `title` (find the entity by a query of the policy, and compare its `.identifier`)",
        ),
        (
            ".results.leads.entities[].identifier",
            ".run.id",
            "invalid-template: this expression sees no `run` (there are `inputs`, `form`, `entity`, `user`, `trigger`, `results`, `action`)",
        ),
    ]);
}

#[test]
fn limits_can_be_held() {
    let create = |rest: &str| {
        format!(
            "identifier: it\ntrigger: {{type: self-service, operation: CREATE, blueprintIdentifier: environment, userInputs: {{properties: {{}}}}}}\nsteps: [{{run: ./x}}]\n{rest}"
        )
    };
    for (text, expected) in [
        (create("ttl: 5d"), ""),
        (
            create(
                "ttl: {default: 5d, max: 14d}\nonExpire: [{deleteEntity: {}}, {run: ./down, env: {A: '{{ .entity.properties.size }}'}}]",
            ),
            "",
        ),
        (
            create("ttl: {default: 15d, max: 14d}"),
            "invalid-limit: the default is longer than the maximum, 14 days (make the default shorter, or the maximum longer)",
        ),
        (
            create("ttl: soon"),
            "invalid-duration: `soon` is no age (write a whole number and a unit: 30m, 12h, 7d, 2w, 3mo or 1y)",
        ),
        (
            create("ttl: 0d"),
            "invalid-limit: `0d` is no time at all (write a whole number from 1 and a unit: 12h, 7d)",
        ),
        (
            create("ttl: {}"),
            "invalid-limit: a time to live needs a `default` or a `max` (write `ttl: 5d`, or `ttl: {default: 5d, max: 14d}`)",
        ),
        (
            create("ttl: 5d").replace("environment", "system"),
            "invalid-limit: `system` has no property that could hold when an entity expires (give the blueprint `expiresAt: {type: string, format: timer}`)",
        ),
        (
            create("ttl: 5d").replace("blueprintIdentifier: environment, ", ""),
            "invalid-limit: the action does not say what expires (name the blueprint of what expires in `blueprintIdentifier`)",
        ),
        (
            create("ttl: 5d").replace("CREATE", "DELETE"),
            "invalid-limit: what an action deletes does not expire (remove `ttl`)",
        ),
        (
            create("onExpire: [{run: ./down}]"),
            "invalid-limit: nothing expires, as the action has no `ttl` (add `ttl: 5d`, or remove `onExpire`)",
        ),
        (
            create("limits: [{per: entity, max: 3, window: 7d}]"),
            "invalid-limit: this action is about no entity yet, so there is nothing to count by (count by `person` or by `team`)",
        ),
        (
            create("limits: [{per: team, max: 3, window: a week}]"),
            "invalid-duration: `a week` is no age (write a whole number and a unit: 30m, 12h, 7d, 2w, 3mo or 1y)",
        ),
        (
            create("limits: [{per: team, max: 0, window: 7d}]"),
            "invalid-limit: `0` is no number of requests (write a whole number from 1; to allow none, remove the action or say `publish: false`)",
        ),
        (
            create("limits: [{per: team, max: 1.5, window: 7d}]"),
            "invalid-limit: `1.5` is no number of requests (write a whole number from 1; to allow none, remove the action or say `publish: false`)",
        ),
        (
            create("permissions: {execute: {ownedByTeam: true}}"),
            "unknown-grantee: nobody may ask for this: there is no entity yet that a team could own (name `roles`, `teams` or `users`, or write a `policy` over the inputs)",
        ),
        (create("permissions: {execute: {ownedByTeam: true, roles: [Member]}}"), ""),
    ] {
        assert_eq!(found(&text), expected, "{text}");
    }
}

#[test]
fn steps_can_be_taken() {
    assert_changes(&[
        (
            "{deleteEntity: {}}",
            "{title: Nothing}",
            "invalid-step: this step does not say what is done (add one of `run`, `scaffold`, `upsertEntity`, `deleteEntity`, `pullRequest`, `dispatch`, `webhook`, `notify`, `gate`, `uses`)",
        ),
        (
            "{deleteEntity: {}}",
            "{deleteEntity: {}, run: ./x}",
            "invalid-step: this step does two things, `deleteEntity` and `run` (write two steps)",
        ),
        (
            "name: two",
            "name: up",
            "invalid-step: there is already a step called `up` (rename one of them)\ninvalid-step: no step is called `two` (the steps before it are `up`, `up`)\ninvalid-step: no step before this one is called `two` (there are `up`, `up`)",
        ),
        (
            "needs: []",
            "needs: two",
            "invalid-step: the step `two` does not come before this one (steps wait for steps above them: put it above)",
        ),
        ("needs: []", "needs: uup", "invalid-step: no step is called `uup` (the steps before it are `up`)"),
        (
            "'{{ .Names }}'",
            "{{ .inputs.name }}",
            "invalid-step: a command is no template: what somebody enters would be a part of it (read \"$PORTAL_INPUT_NAME\", or give the command a variable under `env`)",
        ),
        (
            "{deleteEntity: {}}",
            "{kafka: {topic: a}}",
            "not-compiled: no CI system sends messages to Kafka, so this fails when it runs (use `webhook` with the address of a REST proxy, or `run` with a client)",
        ),
        (
            "slack: '#x', ",
            "",
            "invalid-step: this step tells nobody (add `slack`, `teams`, `webhook` or `issue`)",
        ),
        (
            "scorecard: ready",
            "scorecard: redy",
            "unknown-standard: there is no scorecard `redy` (did you mean `ready`?)",
        ),
        (
            "failUnder: Gold",
            "failUnder: gold",
            "unknown-standard: the scorecard has no level `gold` (did you mean `Gold`?)",
        ),
        (
            "{deleteEntity: {}}",
            "{uses: 'a/b/.github/workflows/c.yml@v1'}",
            "unpinned-workflow: `v1` is no commit: what it means can change (write the 40 digits of the commit after `@`, and its version in a comment)",
        ),
        (
            "{deleteEntity: {}}",
            "{uses: a/b/.github/workflows/c.yml}",
            "unpinned-workflow: this workflow is not pinned to a commit: what it does can change (write the 40 digits of the commit after `@`, and its version in a comment)",
        ),
        ("{deleteEntity: {}}", "{uses: ./.github/workflows/c.yml}", ""),
        (
            "{deleteEntity: {}}",
            "{uses: 'a/b/.github/workflows/c.yml@7b1f4a764d45c48632c6b24a0339c27f5614fb0b'}",
            "",
        ),
        (
            "{deleteEntity: {}}",
            "{uses: '../x.yml'}",
            "invalid-step: this is no reusable workflow (write `owner/repository/.github/workflows/file.yml@` and a commit, or `./` and a file of this repository)",
        ),
        (
            "action: other",
            "action: othr",
            "unknown-action: there is no action `othr` (did you mean `other`?)",
        ),
        (
            "action: other",
            "action: other, workflow: x.yml",
            "invalid-step: this step starts two things, a workflow and an action (write two steps)",
        ),
        (
            "action: other, ",
            "",
            "invalid-step: this step does not say what it starts (add `workflow`, a file or pipeline, or `action`, an action of this catalog)",
        ),
        ("size: m}", "siz: m}", "unknown-input: `other` has no input `siz` (did you mean `size`?)"),
        (
            "size: m}",
            "size: x}",
            "invalid-step: `other` would refuse this: `x` is not one of the choices of `size` (choose one of `s`, `m`)",
        ),
        (
            "inputs: {name: \"{{ .entity.title }}\", size: m}",
            "inputs: {size: m}",
            "invalid-step: `other` is not given what it needs: `name` (add them under `inputs`)",
        ),
        ("inputs: {name: \"{{ .entity.title }}\", size: m}", "inputs: '{{ .inputs }}'", ""),
    ]);
}

#[test]
fn what_changes_is_allowed() {
    assert_changes(&[
        ("lang: go", "lng: go", "unknown-property: `service` has no property `lng` (did you mean `lang`?)"),
        (
            "lang: go",
            "level: 1",
            "computed-property: `level` is a calculation property: it is computed, and this value is ignored (remove `level`)",
        ),
        (
            "lang: go",
            "lang: c",
            "property-enum: `c` is not one of the values of `lang` (use one of `go`, `rust`)",
        ),
        ("lang: go", "lang: 1", "property-type: `lang` is a string, not a number ()"),
        ("tags: [a]", "tags: a", "property-type: `tags` is a list, not a string ()"),
        (
            "tier: \"{{ .inputs.to.identifier }}\"",
            "tier: \"{{ .inputs.to.identifier }} \"",
            "property-type: `tier` is a number, not a string (text around an expression makes it a text: write the expression alone)",
        ),
        (
            "{system: shop}",
            "{systm: shop}",
            "unknown-relation: `service` has no relation `systm` (did you mean `system`?)",
        ),
        (
            "upsertEntity: {properties: {lang",
            "upsertEntity: {blueprint: servce, properties: {lang",
            "unknown-blueprint: there is no blueprint `servce` (did you mean `service`?)",
        ),
        (
            "upsertEntity: {properties: {tier: 1}}",
            "upsertEntity: {team: platfrm, properties: {tier: 1}}",
            "unknown-owner: there is no team `platfrm` (did you mean `platform`?)",
        ),
    ]);
}

#[test]
fn actions_without_an_entity_name_one() {
    let base = "identifier: it\ntrigger: {type: self-service, operation: OP, userInputs: {properties: {}}}\nsteps: [STEP]\n";
    for (operation, step, expected) in [
        ("DAY-2", "{run: ./x}", ""),
        (
            "DAY-2",
            "{run: ./x, env: {A: '{{ .entity.title }}'}}",
            "no-entity: this action is about no entity, so `.entity` is null (name a blueprint in `blueprintIdentifier`)",
        ),
        (
            "CREATE, blueprintIdentifier: service",
            "{run: ./x, env: {A: '{{ .entity.title }}'}}",
            "no-entity: this action creates its entity, so `.entity` is null (what was asked for is in `.inputs`)",
        ),
        ("CREATE, blueprintIdentifier: service", "{run: ./x, env: {A: '{{ .entity }}'}}", ""),
        (
            "DELETE",
            "{deleteEntity: {}}",
            "invalid-step: this deletes an entity, and there is none (name one with `identifier` and `blueprint`, or `entity`; or name a blueprint in the trigger)",
        ),
        (
            "CREATE, blueprintIdentifier: service",
            "{upsertEntity: {title: x}}",
            "invalid-step: this changes an entity that does not exist yet, without naming it (add `identifier`, such as '{{ .inputs.name }}')",
        ),
        (
            "CREATE",
            "{upsertEntity: {identifier: x}}",
            "invalid-step: this changes an entity without saying its blueprint (add `blueprint`, or name one in the trigger)",
        ),
        (
            "CREATE, blueprintIdentifier: service",
            "{gate: {scorecard: ready, failUnder: Gold}}",
            "invalid-step: this judges an entity, and there is none (name one with `identifier` and `blueprint`, or `entity`; or name a blueprint in the trigger)",
        ),
        (
            "CREATE, blueprintIdentifier: servce",
            "{upsertEntity: {identifier: x, properties: {any: 1}}}",
            "unknown-blueprint: there is no blueprint `servce` (did you mean `service`?)",
        ),
    ] {
        let text = base.replace("OP", operation).replace("STEP", step);
        assert_eq!(found(&text), expected, "{operation} {step}");
    }
}

#[test]
fn what_port_calls_is_whole() {
    let base = "identifier: it\ntrigger: {type: self-service, operation: DAY-2, blueprintIdentifier: service, userInputs: {properties: {name: {type: string}}}}\n";
    for (method, expected) in [
        ("invocationMethod: {type: WEBHOOK, url: 'https://e.example', body: '{{ .inputs.name }}'}", ""),
        (
            "invocationMethod: {type: WEBHOOK}",
            "missing-key: `WEBHOOK` needs `url` (without it nothing can be called)",
        ),
        (
            "invocationMethod: {type: GITHUB, org: a}",
            "missing-key: `GITHUB` needs `repo`, `workflow` (without it nothing can be called)",
        ),
        (
            "invocationMethod: {type: GITHUB, org: a, repo: b, workflow: 'c.yml', workflowInputs: {'{{ if (.inputs | has(\"ref\")) then \"ref\" else null end }}': '{{ .inputs.name }}'}}",
            "unknown-input: the form has no input `ref` (there is `name`)",
        ),
        (
            "invocationMethod: {type: KAFKA}",
            "not-compiled: no CI system sends messages to Kafka, so this fails when it runs (use `webhook` with the address of a REST proxy, or `run` with a client)",
        ),
        (
            "invocationMethod: {type: UPSERT_ENTITY, blueprintIdentifier: service, mapping: {identifier: x, properties: {lng: go}}}",
            "unknown-property: `service` has no property `lng` (did you mean `lang`?)",
        ),
        (
            "invocationMethod: {type: UPSERT_ENTITY, blueprintIdentifier: service, mapping: '{{ .inputs }}'}",
            "",
        ),
        (
            "",
            "missing-key: this does nothing: it has neither `steps` nor an `invocationMethod` (add `steps`: what is done, in order)",
        ),
    ] {
        assert_eq!(found(&format!("{base}{method}")), expected, "{method}");
    }
}

#[test]
fn graphs_of_nodes_are_kept_and_not_compiled() {
    let text = "{identifier: it, nodes: [{identifier: a, config: {type: WEBHOOK}}], connections: []}";
    assert!(found(text).starts_with("not-compiled: Port's workflows"), "{}", found(text));
}
