//! The golden paths of the example: they become what their tests say, and a service that is made is one of the catalog.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::sandbox::{Sandbox, repository};

/// The instant at which the example is as it is described.
const NOW: &str = "2026-11-21T18:00:00Z";

/// Returns the example as a repository of its own.
fn example() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    sandbox.git(&["init", "-q", "-b", "main"]);
    sandbox.git(&["config", "user.name", "Mei"]);
    sandbox.git(&["config", "user.email", "mei.tanaka@marlow.example"]);
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-qm", "start"]);
    sandbox
}

#[test]
fn every_template_becomes_what_its_tests_say() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    let ran = sandbox.portal(&["--now", NOW, "scaffold", "test"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("6 tests: 0 failed"), "{ran:?}");
}

#[test]
fn a_service_is_on_a_branch_in_the_catalog_and_on_the_site() {
    let sandbox = example();
    let made = [
        ("http-service", "name=gift-wrapping", "Component/GiftWrapping"),
        ("node-service", "name=gift-cards", "Component/GiftCards"),
    ];
    for (template, name, entity) in made {
        let why = "description=Wraps what people give each other, and prints the card that goes with it.";
        let set = ["--set", name, "--set", why, "--set", "owner=fulfilment", "--set", "system=Delivery"];
        let arguments = [&["--now", NOW, "scaffold", "new", template][..], &set, &["--no-input", "--commit"]];
        let ran = sandbox.portal(&arguments.concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stderr.contains(entity), "{ran:?}");
        let branch = sandbox.git(&["branch", "--show-current"]).stdout;
        assert_eq!(branch.trim(), format!("scaffold/{}", name.trim_start_matches("name=")));
        assert_eq!(sandbox.git(&["status", "--porcelain"]).stdout, "", "all of it is committed");
        let checked =
            sandbox.portal(&["validate", "--now", NOW, "--format", "concise", "--error-on-warning"]);
        assert_eq!((checked.stdout.as_str(), checked.code), ("", 0), "{checked:?}");
    }
    let built = sandbox.portal(&["build", "--now", NOW, "--output", "out"]);
    assert_eq!(built.code, 0, "{built:?}");
    let page = fs::read_to_string(sandbox.path().join("out/Component/GiftWrapping.html")).unwrap();
    assert!(page.contains("Gift Wrapping") && page.contains("Wraps what people give each other"));
    // The tech lead is who asked; what nobody said, is as the template has it.
    let asked = sandbox.portal(&["query", "GiftWrapping", "--format", "json"]);
    let entity: Value = serde_json::from_str(&asked.stdout).unwrap();
    assert_eq!(entity["properties"]["techLead"], "mei.tanaka@marlow.example");
    assert_eq!((&entity["properties"]["tier"], &entity["properties"]["slo"]), (&3.into(), &99.into()));
    let status = sandbox.portal(&["scaffold", "status", "--format", "json"]);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let ages: BTreeMap<&str, &str> = status
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["folder"].as_str().unwrap(), it["age"].as_str().unwrap()))
        .collect();
    assert_eq!(
        ages,
        BTreeMap::from([("services/gift-cards", "current"), ("services/gift-wrapping", "current")])
    );
}

#[test]
fn a_module_keeps_what_its_answers_say() {
    let sandbox = example();
    let answers = repository("examples/catalog/scaffolds/terraform-module/tests/database/answers.yaml");
    let answers = answers.to_string_lossy().into_owned();
    let arguments =
        ["--now", NOW, "scaffold", "new", "terraform-module", "--answers", &answers, "--no-input"];
    let ran = sandbox.portal(&[&arguments[..], &["--no-branch"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let read = |path: &str| fs::read_to_string(sandbox.path().join(path)).unwrap();
    assert!(read("modules/terraform-document-store/main.tf").contains("prevent_destroy = true"));
    assert!(read("CODEOWNERS").ends_with("/modules/terraform-document-store/ @marlow-goods/data\n"));
    assert_eq!(sandbox.git(&["branch", "--show-current"]).stdout.trim(), "main");
    let checked = sandbox.portal(&["validate", "--now", NOW, "--format", "concise", "--error-on-warning"]);
    assert_eq!((checked.stdout.as_str(), checked.code), ("", 0), "{checked:?}");
}
