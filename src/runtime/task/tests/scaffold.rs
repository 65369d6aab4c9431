//! Templates that are rendered: the files that they make, and what is refused before any is written.

use std::fs;

use super::*;

/// A template, with an entity of the catalog's own.
const DOCUMENT: &str = r#"
identifier: web
title: Web service
userInputs:
  properties:
    name: {type: string, pattern: "^[a-z]+$"}
    size: {type: number, default: 2}
    owner: {type: string, default: {jqQuery: '.user.teams[0]'}}
    service: {type: string, format: entity, blueprint: service}
    token: {type: string, encryption: aes256-gcm}
  required: [name]
target: services/{{ name }}
entity:
  identifier: "{{ name }}"
  blueprint: service
  team: "{{ owner }}"
  properties: {tier: "{{ size }}"}
append: [{file: CODEOWNERS, line: "/services/{{ name }}/ @acme/{{ owner }}"}]
"#;

const FILES: &[(&str, &str)] = &[
    ("scaffolds/web/scaffold.yaml", DOCUMENT),
    ("scaffolds/web/template/README.md.j2", "# {{ name }}\n\nSize {{ size }}.\n"),
    ("scaffolds/web/template/ci.yml", "run: ${{ github.sha }}\n"),
    ("CODEOWNERS", "* @acme/all\n"),
];

fn stage(step: &str) -> Stage {
    let steps = format!("steps: [{{name: made, scaffold: {step}}}, {{run: 'say next'}}]");
    Stage::new(&steps).inputs(json!({"name": "spike", "size": 3, "flag": true})).on_disk(FILES)
}

/// Returns the text of a file below the root; `None` when there is none.
fn read(stage: &Stage, path: &str) -> Option<String> {
    fs::read_to_string(stage.root.path().join(path)).ok()
}

/// Returns the number of files below the root.
fn count(stage: &Stage) -> usize {
    crate::worktree::Files::tree(&crate::worktree::Worktree::new(stage.root.path()), "")
        .expect("a folder")
        .files
        .len()
}

#[test]
fn a_template_becomes_files_and_an_entity() {
    let stage = stage("web");
    let before = count(&stage);
    let report = stage.perform();
    assert_eq!(report.tasks[0].result, Outcome::Done, "{}", message(&report));
    assert_eq!(message(&report), "`web` makes 5 files in `services/spike`, with `spike` of `service`");
    assert_eq!(read(&stage, "services/spike/README.md").as_deref(), Some("# spike\n\nSize 3.\n"));
    assert_eq!(read(&stage, "services/spike/ci.yml").as_deref(), Some("run: ${{ github.sha }}\n"));
    let owners = read(&stage, "CODEOWNERS").expect("still there");
    assert_eq!(owners, "* @acme/all\n/services/spike/ @acme/red\n");
    assert_eq!(
        count(&stage),
        before + 4,
        "two files, the entity and the record; lines were added to another"
    );
    let outputs =
        json!({"target": "services/spike", "files": 5, "blueprint": "service", "identifier": "spike"});
    assert_eq!(report.outputs.get("made"), Some(&outputs));
    assert!(report.effects.is_empty(), "the entity is a file like the others");
    assert!(stage.log().contains("Readiness: "), "{}", stage.log());
    // Once more, it is another service of the same name.
    let (result, said) = one(&stage);
    assert!(
        result == Outcome::Failed && said.contains("there is already a `service` called `spike`"),
        "{said}"
    );
}

#[test]
fn answers_come_from_the_step_or_from_the_action() {
    for (step, path, text) in [
        ("{template: web, into: elsewhere/here}", "elsewhere/here/README.md", "# spike\n\nSize 3.\n"),
        (
            "{template: web, inputs: {name: 'x{{ .inputs.name }}'}}",
            "services/xspike/README.md",
            "# xspike\n\nSize 2.\n",
        ),
        ("{template: scaffolds/web}", "services/spike/README.md", "# spike\n\nSize 3.\n"),
    ] {
        let stage = stage(step);
        let report = stage.perform();
        assert_eq!(read(&stage, path).as_deref(), Some(text), "{step}: {}", message(&report));
    }
}

#[test]
fn a_rehearsal_writes_nothing() {
    let mut stage = stage("web");
    stage.rehearsal = true;
    let before = count(&stage);
    let report = stage.perform();
    assert_eq!((report.tasks[0].result, count(&stage)), (Outcome::Done, before), "{}", message(&report));
    for path in ["services/spike/README.md", "services/spike/ci.yml", "CODEOWNERS"] {
        assert!(stage.log().contains(&format!("would write {path}\n")), "{path}: {}", stage.log());
    }
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    for (step, more, why) in [
        ("wep", None, "wep"),
        ("{template: web, inputs: {name: Spike}}", None, "`Spike` does not match the pattern of `name`"),
        ("{template: web, inputs: {}}", None, "`name` is required"),
        (
            "{template: web, inputs: {name: a, siz: 1}}",
            None,
            "there is no input `siz` (did you mean `size`?)",
        ),
        ("{template: web, inputs: {name: a, service: none}}", None, "`none` is not a `service`"),
        ("{template: web, inputs: {name: a, token: '{{ .secrets.KEY }}'}}", None, "reads the secret `KEY`"),
        ("{template: web, into: ../up}", None, "`into` gives `../up`"),
        ("web", Some(("services/spike/README.md", "mine")), "`services/spike/README.md` is there already"),
        ("web", Some(("services/spike/README.md/x", "mine")), "`services/spike/README.md` is a folder"),
        (
            "web",
            Some(("scaffolds/web/template/bad.md.j2", "a\nb {{ nmae }}\n")),
            "scaffolds/web/template/bad.md.j2:2:6: ",
        ),
        ("web", Some(("entities/spike.yaml", "{identifier: spike, blueprint: service}")), "spike"),
    ] {
        let stage = stage(step).on_disk(more.as_slice());
        let before = count(&stage);
        let (result, said) = one(&stage);
        assert!(result == Outcome::Failed && said.contains(why), "{step}: {said}");
        assert_eq!(count(&stage), before, "{step}");
        assert_eq!(read(&stage, "CODEOWNERS").as_deref(), Some("* @acme/all\n"), "{step}");
    }
}
