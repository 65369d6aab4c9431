//! The examples of every rule's explanation, run: one breaks the rule, the other satisfies every rule.

use std::fmt::Write;

use portal::diagnostic::{Content, ExampleFile, Rule};
use serde_json::Value;

use crate::sandbox::Sandbox;

#[test]
fn examples_of_rules_fail_and_pass_as_they_say() {
    let mut failures = String::new();
    for &rule in Rule::ALL {
        let explanation = rule.explanation();
        let found = findings(&explanation.fails);
        if !found.iter().any(|(name, _)| name == rule.name()) {
            writeln!(failures, "{}: the failing example gives {found:?}", rule.name()).unwrap();
        }
        let mut found = findings(&explanation.passes);
        found.retain(|(_, severity)| severity != "info");
        if !found.is_empty() {
            writeln!(failures, "{}: the passing example gives {found:?}", rule.name()).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Returns the rule and severity of each finding in a catalog of these files.
fn findings(files: &[ExampleFile]) -> Vec<(String, String)> {
    let sandbox = Sandbox::new();
    for file in files {
        match &file.content {
            Content::Bytes(bytes) => sandbox.write(&file.path, bytes),
            Content::Link(target) => link(&sandbox, &file.path, target),
        }
    }
    let ran = sandbox.portal(&["validate", "--format", "json"]);
    let report: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_string();
    let findings = report["diagnostics"].as_array().unwrap().iter();
    findings.map(|finding| (text(finding, "rule"), text(finding, "severity"))).collect()
}

#[cfg(unix)]
fn link(sandbox: &Sandbox, path: &str, target: &str) {
    let path = sandbox.path().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(target, path).unwrap();
}

/// Links need a privilege on Windows.
#[cfg(not(unix))]
fn link(_: &Sandbox, _: &str, _: &str) {}
