//! The JSON API keeps its promise: every file of it is described, and is as its schema says.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::sandbox::{Sandbox, repository};

#[test]
fn every_file_of_the_api_is_as_its_schema_says() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), ".");
    check(&sandbox, &["index", "blueprint", "entities", "entity", "scorecard", "initiatives", "action"]);
}

#[test]
fn runs_and_waivers_are_in_the_schemas_as_well() {
    for case in ["actions", "standards", "facts"] {
        let sandbox = Sandbox::new();
        sandbox.copy(&repository("tests/cases/build").join(case), ".");
        check(&sandbox, &["index", "entity"]);
    }
}

/// Builds the catalog in a sandbox and checks its API; `kinds` are those of which there must be a file.
fn check(sandbox: &Sandbox, kinds: &[&str]) {
    let site = "out-site";
    let ran = sandbox.portal(&["build", "-o", site, "--keep-going", "--now", "2026-11-21T18:00:00Z"]);
    assert!(ran.stderr.contains("built "), "{}", ran.stderr);
    let root = sandbox.path().join(site);
    let read = |path: &Path| -> Value {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let index = read(&root.join("api/v1/index.json"));
    let openapi = read(&root.join(index["openapi"].as_str().unwrap()));
    assert_eq!(openapi["openapi"], "3.1.0");
    let described: Vec<(regex::Regex, String, jsonschema::Validator)> = openapi["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(template, item)| {
            let schema = &item["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
            let schema = schema.as_str().unwrap();
            let validator = jsonschema::validator_for(&read(&root.join("api/v1").join(schema))).unwrap();
            (pattern(template), schema.to_string(), validator)
        })
        .collect();
    let mut seen = Vec::new();
    for path in files(&root.join("api/v1")) {
        let name = format!("/{}", path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"));
        if name.starts_with("/api/v1/schema/") || name == "/api/v1/openapi.json" {
            continue;
        }
        let described = described.iter().find(|(pattern, ..)| pattern.is_match(&name));
        let (_, schema, validator) = described.unwrap_or_else(|| panic!("{name} is not described"));
        let value = read(&path);
        let wrong: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{name} is not as {schema} says:\n{}", wrong.join("\n"));
        seen.push(schema.clone());
    }
    for kind in kinds {
        assert!(seen.contains(&format!("schema/{kind}.schema.json")), "no file of `{kind}`");
    }
}

/// Returns the pattern of the paths that a template of OpenAPI stands for.
fn pattern(template: &str) -> regex::Regex {
    let mut pattern = String::from("^");
    for (at, part) in template.split(['{', '}']).enumerate() {
        pattern.push_str(&if at % 2 == 0 { regex::escape(part) } else { "[^/]+".into() });
    }
    regex::Regex::new(&(pattern + "$")).unwrap()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}
