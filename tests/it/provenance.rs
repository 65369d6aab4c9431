//! Scorecards know which template a service was made from, how far behind it is, and what was changed by hand.

use portal::git::Revision;
use portal::provenance::{self, Origin, Record, RecordedEntity};
use portal::worktree::{Files, Worktree};

use crate::sandbox::Sandbox;

const RULES: &[(&str, &str)] = &[
    ("made", "{template: 'api*'}"),
    ("current", "{behind: '= 0'}"),
    ("near", "{behind: '< 3'}"),
    ("kept", "{changed: '= 0'}"),
    ("all", "{template: api, behind: '<= 1', changed: '<= 1'}"),
];

/// Returns a repository with a template, committed.
fn catalog() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("portal.yaml", "include: [services/*/portal.yml]\nrules: {scaffold-record: warning}\n");
    sandbox
        .write("blueprints/service.yaml", "identifier: Service\ntitle: Service\nschema: {properties: {}}\n");
    let rule = |(name, condition): &(&str, &str)| {
        format!(
            "  - {{identifier: {name}, title: {name}, level: Gold, query: {{combinator: and, conditions: [{{scaffold: {condition}}}]}}}}\n"
        )
    };
    let rules: String = RULES.iter().map(rule).collect();
    sandbox.write(
        "scorecards/golden.yaml",
        format!("identifier: golden\ntitle: Golden path\nblueprint: Service\nrules:\n{rules}"),
    );
    sandbox.write("scaffolds/api/scaffold.yaml", "identifier: api\ntarget: services/api\n");
    sandbox.write("scaffolds/api/template/main.go", "package main\n");
    sandbox.git(&["init", "-q", "-b", "main", "."]);
    commit(&sandbox);
    sandbox
}

fn commit(sandbox: &Sandbox) {
    assert_eq!(sandbox.git(&["add", "-A"]).code, 0);
    assert_eq!(sandbox.git(&["commit", "-q", "-m", "a change"]).code, 0);
}

/// Writes a service as the template makes it now, with a record that names `template`.
fn service(sandbox: &Sandbox, name: &str, template: &str) {
    let tree = Revision::of(sandbox.path(), "HEAD", "").unwrap().tree("scaffolds/api").unwrap();
    let head = portal::git::commit(sandbox.path(), "HEAD").unwrap().id;
    let file = tree.file("template/main.go").unwrap();
    let record = Record {
        origin: Origin {
            template: template.into(),
            tag: None,
            commit: Some(head),
            is_committed: true,
            digest: provenance::digest_of_tree(&tree),
        },
        portal: "0.1.0".into(),
        entity: Some(RecordedEntity {
            blueprint: "Service".into(),
            identifier: name.into(),
            file: format!("services/{name}/portal.yml"),
            digest: provenance::digest_of(b""),
        }),
        files: [("main.go".to_string(), provenance::digest_of(&file.bytes))].into(),
        ..Record::default()
    };
    sandbox.write(&format!("services/{name}/main.go"), &file.bytes);
    sandbox.write(&format!("services/{name}/.portal/scaffold.yaml"), provenance::text(&record));
    entity(sandbox, name);
}

fn entity(sandbox: &Sandbox, name: &str) {
    sandbox
        .write(&format!("services/{name}/portal.yml"), format!("identifier: {name}\nblueprint: Service\n"));
}

/// Returns for each service how the rules came out: `+`, `-`, or `?` for unknown.
fn outcomes(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let ran = sandbox.portal(&[&["score", "--format", "json", "--now", "2026-11-21"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let line = |result: &serde_json::Value| {
        let sign = |rule: &serde_json::Value| match rule["outcome"].as_str().unwrap() {
            "passed" => '+',
            "failed" => '-',
            "unknown" => '?',
            other => panic!("{other}"),
        };
        let rules: String = result["rules"].as_array().unwrap().iter().map(sign).collect();
        format!("{} {rules}", result["entity"].as_str().unwrap())
    };
    report["results"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_scorecard_asks_how_services_stand_to_their_template() {
    let sandbox = catalog();
    service(&sandbox, "a", "api");
    service(&sandbox, "b", "https://example.com/acme/templates//api");
    entity(&sandbox, "c");
    service(&sandbox, "d", "gone");
    commit(&sandbox);
    assert_eq!(outcomes(&sandbox, &[]), ["a +++++", "b -??+-", "c -----", "d -??+-"]);
    sandbox.write("services/a/main.go", "package cart\n");
    sandbox.write("scaffolds/api/template/main.go", "package api\n");
    assert_eq!(outcomes(&sandbox, &[])[0], "a +-+-+", "what nobody has committed counts as one change");
    commit(&sandbox);
    let second = outcomes(&sandbox, &[]);
    assert_eq!(second[0], "a +-+-+");
    sandbox.write("scaffolds/api/tests/x/answers.yaml", "{}\n");
    commit(&sandbox);
    assert_eq!(outcomes(&sandbox, &[]), second, "a test changes nothing that is made");
    for number in 0..2 {
        sandbox.write("scaffolds/api/template/README.md", format!("{number}\n"));
        commit(&sandbox);
    }
    assert_eq!(outcomes(&sandbox, &[])[0], "a +----");
    assert_eq!(outcomes(&sandbox, &["--at", "HEAD~2"]), second, "a revision is judged by what it has");
    sandbox.write("services/c/.portal/scaffold.yaml", "schema: [\n");
    assert_eq!(outcomes(&sandbox, &[])[2], "c ?????", "a record that cannot be read says nothing");
}

#[test]
fn a_shallow_clone_knows_that_a_service_is_behind_and_not_how_far() {
    let sandbox = catalog();
    service(&sandbox, "a", "api");
    commit(&sandbox);
    sandbox.write("scaffolds/api/template/main.go", "package api\n");
    commit(&sandbox);
    let url = format!("file://{}", sandbox.path().display());
    assert_eq!(sandbox.git(&["clone", "-q", "--depth=1", &url, "shallow"]).code, 0);
    assert_eq!(outcomes(&sandbox, &["-C", "shallow"]), ["a +-?+?"]);
    let without_git = Worktree::new(sandbox.path().join("shallow"));
    assert!(provenance::all(&without_git, &portal::model::config::Config::default()).unwrap().len() == 1);
}
