//! Mistakes in scaffolds, each alone: what is said, and that nothing else is.

use super::*;

const CATALOG: &str = "
=== blueprints/all.yaml
identifier: Component
title: Component
schema:
  properties:
    type: {type: string, enum: [service, library]}
    replicas: {type: number}
    language: {type: string, default: Go}
  required: [type, language]
relations: {system: {target: System, required: true}, uses: {target: Component, many: true}}
calculationProperties: {size: {title: Size, type: number, calculation: .properties.replicas}}
---
identifier: System
title: System
schema: {properties: {tier: {type: number}}}
=== entities/all.yaml
- {identifier: platform, title: Platform Team, blueprint: _team}
- {identifier: shop, blueprint: System}
- {identifier: cart, blueprint: Component, properties: {type: service}, relations: {system: shop}}
";

/// A scaffold in which nothing is wrong, and an action that renders it.
const SCAFFOLD: &str = r#"
=== scaffolds/web/scaffold.yaml
identifier: web
title: Web service
icon: Microservice
team: platform
tags: [go]
userInputs:
  properties:
    name: {type: string, pattern: "^[a-z]+$"}
    size: {type: string, enum: [s, m], default: s}
    system: {type: string, format: entity, blueprint: System}
    replicas: {type: number, visible: {jqQuery: '.form.size == "m"'}}
    token: {type: string, encryption: aes256-gcm}
  required: [name, system]
  order: [name, size]
target: services/{{ name }}
entity:
  identifier: "{{ name }}"
  blueprint: Component
  team: platform
  properties: {type: service, replicas: "{{ replicas }}"}
  relations: {system: "{{ system }}"}
append:
  - {file: CODEOWNERS, line: "/services/{{ name }}/ @acme/platform"}
next: ["Push {{ name }}"]
=== scaffolds/web/template/README.md.j2
# {{ name }}
=== actions/create.yaml
identifier: create
trigger:
  type: self-service
  operation: CREATE
  userInputs:
    properties:
      name: {type: string}
      system: {type: string, format: entity, blueprint: System}
      other: {type: string}
    required: [name, system]
steps:
  - scaffold: web
  - pullRequest: {title: "Add it"}
"#;

fn found(text: &str) -> String {
    let portal = open(&format!("{CATALOG}{text}"));
    let line = |finding: &crate::diagnostic::Diagnostic| {
        let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}: {}{help}", finding.rule.name(), finding.message)
    };
    portal.diagnostics.as_slice().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Asserts that each change of the scaffold, of one text to another, leads to the findings.
fn assert_changes(changes: &[(&str, &str, &str)]) {
    assert_eq!(found(SCAFFOLD), "", "nothing is wrong with it");
    let mut failures = String::new();
    for (from, to, expected) in changes {
        assert!(SCAFFOLD.contains(from), "{from}");
        let found = found(&SCAFFOLD.replacen(from, to, 1));
        if found != *expected {
            failures.push_str(&format!("{to}\n{found}\ninstead of\n{expected}\n\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_form_is_checked_as_that_of_an_action() {
    assert_changes(&[
        (
            "default: s}",
            "default: l}",
            "invalid-default: `size` refuses its own default (`l` is not one of the choices of `size`)",
        ),
        (
            ".form.size",
            ".form.sise",
            "unused-input: nothing uses the input `size` (use it in a file, a name or a text of the scaffold, or do not ask for it)\nunknown-input: the form has no input `sise` (did you mean `size` or `system`?)",
        ),
        (
            ".form.size",
            ".entity.title",
            "unused-input: nothing uses the input `size` (use it in a file, a name or a text of the scaffold, or do not ask for it)\nno-entity: a scaffold is about no entity, so `.entity` is null (ask for one: an input of the format `entity`)",
        ),
        (
            "order: [name, size]",
            "order: [name, siz]",
            "unknown-input: the form has no input `siz` (did you mean `size`?)",
        ),
        (
            "required: [name, system]",
            "required: [nam, system]",
            "unknown-input: the form has no input `nam` (did you mean `name`?)",
        ),
        (
            "encryption: aes256-gcm}",
            "encryption: aes256-gcm, default: x}",
            "secret-default: `token` is a secret and has a default, which everybody can read (remove the default, and change the secret if this was it)",
        ),
        (
            "blueprint: System}\n    replicas",
            "blueprint: Sistem}\n    replicas",
            "unknown-blueprint: there is no blueprint `Sistem` (did you mean `System`?)",
        ),
        (
            "blueprint: System}\n    replicas",
            "blueprint: System, dataset: {combinator: and, rules: [{property: teir, operator: '=', value: 1}]}}\n    replicas",
            "condition-property: `System` has no property `teir` (did you mean `tier`?)",
        ),
        (
            "icon: Microservice",
            "icon: Microservise",
            "unknown-icon: there is no icon `Microservise`; a neutral one is shown (did you mean `Microservices`?)",
        ),
        (
            "\nteam: platform",
            "\nteam: plattform",
            "unknown-owner: there is no team `plattform` (did you mean `platform`?)",
        ),
    ]);
}

#[test]
fn texts_ask_for_what_is_there() {
    assert_changes(&[
        (
            "target: services/{{ name }}",
            "target: services/{{ nmae }}",
            "unknown-variable: there is no variable `nmae` (did you mean `name`?)",
        ),
        (
            "target: services/{{ name }}",
            "target: services/{{ target }}",
            "unknown-variable: the target cannot be made of itself (write it with `name`, `size`, `system`, `replicas`)",
        ),
        (
            "[\"Push {{ name }}\"]",
            "[\"Push {{ target }} of {{ template.identifier }} and {{ inputs.name }} in {{ entities.system.title }}\"]",
            "",
        ),
        (
            "{{ name }}\"]",
            "{{ token }}\"]",
            "template-secret: `token` is a secret, and a template must not write it into a file (write where the service finds it when it runs, such as the name of a variable)",
        ),
        (
            "/ @acme/platform\"}",
            "/ @acme/{{ owner }}\"}",
            "unknown-variable: there is no variable `owner` (add an input of that name to `userInputs`, or use one of `name`, `size`, `system`, `replicas`, `inputs`, `entities`, `target`, `template`)",
        ),
        (
            "\"{{ replicas }}\"",
            "\"{{ replica }}\"",
            "unused-input: nothing uses the input `replicas` (use it in a file, a name or a text of the scaffold, or do not ask for it)\nunknown-variable: there is no variable `replica` (did you mean `replicas`?)",
        ),
        (
            "# {{ name }}\n",
            "# {{ nmae }}\n",
            "unknown-variable: there is no variable `nmae` (did you mean `name`?)",
        ),
    ]);
}

#[test]
fn paths_stay_below_the_root() {
    let help = "write a path below the root, such as services/{{ name }}";
    let leads = |what: &str, path: &str| {
        format!("template-path: {what} `{path}` leads out of the destination ({help})")
    };
    let cases = [
        ("target: services/{{ name }}", "target: ../{{ name }}", leads("the target", "../{{ name }}")),
        ("target: services/{{ name }}", "target: /{{ name }}", leads("the target", "/{{ name }}")),
        (
            "target: services/{{ name }}",
            "target: '{{ name }}/../..'",
            leads("the target", "{{ name }}/../.."),
        ),
        ("file: CODEOWNERS", "file: ../CODEOWNERS", leads("the file", "../CODEOWNERS")),
    ];
    for (from, to, expected) in cases {
        let text = SCAFFOLD.replacen(from, to, 1);
        assert!(found(&text).contains("template-path: "), "{to}: {} for {expected}", found(&text));
    }
    for (from, to) in [
        ("target: services/{{ name }}", "target: ."),
        ("target: services/{{ name }}", "target: services/{{ name }}/"),
        ("target: services/{{ name }}", "target: '{% if size == \"s\" %}small/{% endif %}{{ name }}'"),
        ("file: CODEOWNERS", "file: .github/CODEOWNERS"),
    ] {
        assert_eq!(found(&SCAFFOLD.replacen(from, to, 1)), "", "{to}");
    }
}

#[test]
fn an_input_is_used_somewhere() {
    let unused = "unused-input: nothing uses the input `size` (use it in a file, a name or a text of the scaffold, or do not ask for it)";
    let plain = SCAFFOLD.replace(", visible: {jqQuery: '.form.size == \"m\"'}", "");
    assert_eq!(found(&plain), unused);
    for (from, to) in [
        ("# {{ name }}\n", "# {{ name }} {{ size }}\n"),
        ("# {{ name }}\n", "# {{ name }} {{ inputs.size }}\n"),
        ("# {{ name }}\n", "# {{ inputs }}\n"),
        ("template/README.md.j2", "template/{{ size }}.md.j2"),
        ("=== actions", "=== scaffolds/web/repository/{{ size }}/x\n\n=== actions"),
        ("[\"Push {{ name }}\"]", "[\"Push {{ size }}\"]"),
        ("type: number}\n", "type: number, dependsOn: [size]}\n"),
        ("type: number}\n", "type: number, default: {jqQuery: '.form | length'}}\n"),
        (
            "  order: [name, size]",
            "  steps: [{title: A, order: [name, size], visible: {jqQuery: .form.size != null}}]",
        ),
    ] {
        assert!(plain.contains(from), "{from}");
        assert_eq!(found(&plain.replacen(from, to, 1)), "", "{to}");
    }
    let own = plain.replacen("default: s}", "default: s, visible: {jqQuery: .form.size != null}}", 1);
    assert_eq!(found(&own), unused, "what an input asks of itself is no use");
}

#[test]
fn the_entity_is_one_of_its_blueprint() {
    let missing = |what: &str| format!("add `{what}` under `properties`, as a value or a template");
    assert_changes(&[
        (
            "blueprint: Component\n  team",
            "blueprint: Componet\n  team",
            "unknown-blueprint: there is no blueprint `Componet` (did you mean `Component`?)",
        ),
        ("blueprint: Component\n  team", "blueprint: \"{{ size }}\"\n  team", ""),
        (
            "  team: platform\n",
            "  team: [platform, cart]\n",
            "unknown-owner: there is no team `cart` (add an entity `cart` of `_team`, or name another team)",
        ),
        ("  team: platform\n", "  team: \"{{ name }}\"\n", ""),
        (
            "type: service, replicas",
            "type: servise, replicas",
            "property-enum: `servise` is not one of the values of `type` (did you mean `service`?)",
        ),
        (
            "type: service, replicas",
            "replicas",
            &format!("missing-property: `Component` needs the property `type` ({})", missing("type")),
        ),
        (
            "replicas: \"{{ replicas }}\"}",
            "replica: \"{{ replicas }}\"}",
            "unknown-property: `Component` has no property `replica` (did you mean `replicas`?)",
        ),
        (
            "replicas: \"{{ replicas }}\"}",
            "size: \"{{ replicas }}\"}",
            "computed-property: `size` is a calculation property: it is computed, and this value is ignored (remove `size`)",
        ),
        (
            "replicas: \"{{ replicas }}\"}",
            "replicas: \"{{ replicas }}0\"}",
            "property-type: `replicas` is a number, not a string (text around an expression makes it a text: write the expression alone)",
        ),
        (
            "relations: {system: \"{{ system }}\"}",
            "relations: {sistem: \"{{ system }}\"}",
            "missing-relation: `Component` needs the relation `system` (add `system` under `relations`, with the identifier of a `System`)\nunknown-relation: `Component` has no relation `sistem` (did you mean `system`?)",
        ),
    ]);
}

#[test]
fn delimiters_can_be_told_apart() {
    let with = |delimiters: &str, text: &str| {
        found(
            &SCAFFOLD
                .replacen("target:", &format!("delimiters: {{{delimiters}}}\ntarget:"), 1)
                .replace("{{ name }}", text),
        )
    };
    let square = SCAFFOLD
        .replacen("target:", "delimiters: {variable: [\"[[\", \"]]\"]}\ntarget:", 1)
        .replace("{{", "[[")
        .replace("}}", "]]")
        .replacen("jqQuery: '.form.size == \"m\"']]", "jqQuery: '.form.size == \"m\"'}}", 1);
    assert_eq!(found(&square), "", "{square}");
    for (delimiters, expected) in [
        (
            "variable: ['[[']",
            "template-fault: `variable` takes two texts, an opening and a closing (write them as a list: [\"[[\", \"]]\"])",
        ),
        ("variable: ['', ']]']", "template-fault: a delimiter is empty, and would be everywhere"),
        (
            "variable: ['%%', '%%']",
            "template-fault: `%%` both opens and closes, so that neither can be told (give the closing one another form: [\"[[\", \"]]\"])",
        ),
        (
            "variable: ['[[', ']]'], block: ['[[', '%]']",
            "template-fault: `[[` opens two things, which cannot be told apart (give one of them another form)",
        ),
    ] {
        assert_eq!(with(delimiters, "x"), expected, "{delimiters}");
    }
}

#[test]
fn a_scaffold_has_a_folder_and_files() {
    let nothing = "template-path: there is nothing to make: no file is in `template/` or `repository/`";
    assert_changes(&[
        (
            "web/template/README",
            "web/README",
            &format!("{nothing} (put the files of a new service into `scaffolds/web/template/`)"),
        ),
        (
            "web/template/README",
            "web/templates/README",
            &format!("{nothing} (the folder is called `template`, without another letter: rename yours)"),
        ),
        ("web/template/README", "web/repository/README", ""),
        (
            "identifier: web\n",
            "identifier: wep\n",
            "unknown-template: there is no scaffold `web` (did you mean `wep`?)\nidentifier-collision: the scaffold `wep` is in a folder called `web` (call both the same: people find the files by the name that they use)",
        ),
    ]);
    let other = "=== other.yaml\n{kind: scaffold, identifier: other, target: x}\n";
    let text = format!("{CATALOG}{other}");
    let files = text.split("=== ").skip(1).filter_map(|file| file.split_once('\n'));
    let files = Memory::new(files.map(|(path, text)| (path.trim(), text)));
    let now = Instant::parse(NOW).expect("an instant");
    let config = Some(b"include: ['*.yaml']\n".to_vec());
    let portal = Portal::open(Origin::new(&files, now), config).expect("opened");
    assert_eq!(
        findings(&portal),
        ["template-path: a scaffold is a folder with a file `scaffold.yaml`, and this is `other.yaml`"]
    );
}

#[test]
fn steps_render_what_there_is_and_keep_it() {
    let lacks = |what: &str| {
        format!(
            "invalid-step: `web` is not given what it needs: {what} (ask for them in the form of the action, or give them under `inputs`)"
        )
    };
    let step = "scaffold: web\n";
    assert_changes(&[
        (step, "scaffold: wep\n", "unknown-template: there is no scaffold `wep` (did you mean `web`?)"),
        (
            step,
            "scaffold: {template: wep}\n",
            "unknown-template: there is no scaffold `wep` (did you mean `web`?)",
        ),
        (step, "scaffold: '{{ .inputs.other }}'\n", ""),
        (step, "scaffold: https://git.example/org/repo//web@v1\n", ""),
        (step, "scaffold: scaffolds/wep\n", ""),
        (step, "scaffold: {template: web, into: elsewhere}\n", ""),
        (
            step,
            "scaffold: {template: web, inputs: {name: '{{ .inputs.other }}', system: shop, replica: 1}}\n",
            "unknown-input: `web` has no input `replica` (did you mean `replicas`?)",
        ),
        (
            step,
            "scaffold: {template: web, inputs: {system: shop}}\n",
            "invalid-step: `web` is not given what it needs: `name` (add them under `inputs`)",
        ),
        (step, "scaffold: {template: web, inputs: '{{ .inputs }}'}\n", ""),
        (
            step,
            "scaffold: {template: web, inputs: {name: A, system: shop}}\n",
            "invalid-step: `web` would refuse this: `A` does not match the pattern of `name` (the pattern is ^[a-z]+$)",
        ),
        (
            step,
            "scaffold: {template: web, inputs: {name: '{{ .inputs.name }}', system: shop, token: '{{ .secrets.KEY }}'}}\n",
            "template-secret: a template is told the name of a secret, never the secret (write `KEY`, and ask for it with `encryption`)",
        ),
        (
            "  - pullRequest: {title: \"Add it\"}\n",
            "",
            "invalid-step: nothing takes what this step makes, so it is gone with the job (add a step with `pullRequest` after it)",
        ),
        ("  - pullRequest: {title: \"Add it\"}\n", "  - run: ./publish\n", ""),
    ]);
    let fewer = SCAFFOLD.replacen("required: [name, system]\nsteps", "required: [other]\nsteps", 1);
    let fewer = fewer.replacen("      name: {type: string}\n      system", "      system", 1);
    assert_eq!(found(&fewer), lacks("`name`"));
    let backstage = SCAFFOLD.replacen(step, "scaffold: react\n", 1)
        + "=== scaffolds/react/template.yaml\napiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\n";
    assert_eq!(found(&backstage), "", "a Backstage template of the catalog");
    let automation = SCAFFOLD.to_string()
        + "=== automations/a.yaml\nidentifier: a\ntrigger: {type: automation, event: {type: ENTITY_CREATED, blueprintIdentifier: Component}}\nsteps: [{scaffold: web}]\n";
    assert_eq!(
        found(&automation),
        format!(
            "{}\n{}",
            "invalid-step: nothing takes what this step makes, so it is gone with the job (add a step with `pullRequest` after it)",
            lacks("`name`, `system`")
        )
    );
}
