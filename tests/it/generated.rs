//! Files made from code, compared with it. `UPDATE=1 cargo test generated` refreshes them.

use std::fs;
use std::path::Path;

use crate::sandbox::{Sandbox, repository};

const COMMANDS: &[&str] =
    &["validate", "build", "query", "score", "diff", "schema", "explain", "completions"];

/// Fails, or with UPDATE rewrites, when a file does not hold what the code says.
fn compare(path: &str, text: &str) {
    let file = repository(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let held = fs::read_to_string(&file).unwrap_or_default();
    assert!(held == text, "{path} is stale: run `UPDATE=1 cargo test generated`");
}

fn stdout(arguments: &[&str]) -> String {
    let ran = Sandbox::new().portal(arguments);
    assert_eq!(ran.code, 0, "portal {arguments:?}: {}", ran.stderr);
    ran.stdout
}

#[test]
fn the_rules_are_documented() {
    let rules = stdout(&["explain", "--format", "markdown"]);
    let head = "# Rules\n\nEvery finding of `portal` has a rule. `portal explain RULE` prints what is here; \
        [the configuration](repository.md) changes a rule's level.\n\n";
    compare("docs/rules.md", &format!("{head}{}\n", rules.trim_end()));
}

#[test]
fn the_command_line_is_documented() {
    let mut text = String::from("# Command line\n\nWhat `portal --help` prints.\n");
    let mut section = |title: &str, arguments: &[&str]| {
        let help = stdout(arguments);
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        text.push_str(&format!("\n## {title}\n\n```text\n{}\n```\n", help.join("\n").trim_end()));
    };
    section("portal", &["--help"]);
    for command in COMMANDS {
        section(&format!("portal {command}"), &[command, "--help"]);
    }
    compare("docs/cli.md", &text);
}

#[test]
fn the_schemas_are_published() {
    let names = stdout(&["schema"]);
    let names: Vec<&str> = names.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"blueprint") && names.contains(&"diagnostics"), "{names:?}");
    for name in &names {
        compare(&format!("schemas/{name}.schema.json"), &stdout(&["schema", name]));
    }
    for entry in fs::read_dir(repository("schemas")).unwrap() {
        let path = entry.unwrap().path();
        let name = Path::new(path.file_name().unwrap()).to_string_lossy().replace(".schema.json", "");
        assert!(names.contains(&name.as_str()), "schemas/{name}.schema.json belongs to no schema");
    }
}

#[test]
fn every_command_shows_examples() {
    for command in COMMANDS {
        let help = stdout(&[command, "--help"]);
        assert!(help.contains("Examples:\n  portal "), "portal {command} --help has no examples");
    }
}
