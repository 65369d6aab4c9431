//! Files made from code, compared with it. `UPDATE=1 cargo test generated` refreshes them.

use std::fs;
use std::path::Path;

use portal::dialect::{Lack, Limits};
use portal::model::target::Target;

use crate::sandbox::{Sandbox, repository};

const COMMANDS: &[&[&str]] = &[
    &["init"],
    &["validate"],
    &["build"],
    &["query"],
    &["score"],
    &["diff"],
    &["run"],
    &["scaffold"],
    &["scaffold", "list"],
    &["scaffold", "show"],
    &["scaffold", "new"],
    &["scaffold", "test"],
    &["scaffold", "status"],
    &["scaffold", "update"],
    &["workflows"],
    &["schema"],
    &["explain"],
    &["completions"],
];

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

/// Fails, or with UPDATE rewrites, when a part of a file, between two comments, does not hold what the code says.
fn compare_part(path: &str, name: &str, text: &str) {
    let held = fs::read_to_string(repository(path)).unwrap();
    let (open, close) = (format!("<!-- {name}: made from code -->\n"), format!("<!-- /{name} -->"));
    let start = held.find(&open).unwrap_or_else(|| panic!("{path} has no `{}`", open.trim())) + open.len();
    let end = start + held[start..].find(&close).unwrap_or_else(|| panic!("{path} has no `{close}`"));
    compare(path, &format!("{}\n{}\n{}", &held[..start], text.trim_end(), &held[end - 1..]));
}

#[test]
fn the_losses_of_ci_systems_are_documented() {
    let mut losses = String::from("| what is lost | on | what makes up for it |\n|---|---|---|\n");
    for lack in Lack::ALL {
        let on: Vec<&str> = lack.targets().iter().map(|target| short(*target)).collect();
        let on = if on.len() == Target::ALL.len() { "all".to_string() } else { on.join(", ") };
        losses.push_str(&format!("| {} | {on} | {} |\n", lack.what(), lack.instead()));
    }
    compare_part("docs/targets.md", "losses", &losses);
    let mut limits = String::from(
        "| | questions | options of a choice | bytes of an answer | characters of all answers |\n",
    );
    limits.push_str("|---|---|---|---|---|\n");
    for &target in Target::ALL {
        let Limits { questions, options, answer, answers } = Limits::of(target);
        let said = |limit: Option<usize>| {
            limit.map_or_else(|| "no known limit".to_string(), |limit| limit.to_string())
        };
        limits.push_str(&format!(
            "| {target} | {} | {options} | {} | {} |\n",
            said(questions),
            said(answer),
            said(answers)
        ));
    }
    compare_part("docs/targets.md", "limits", &limits);
}

fn short(target: Target) -> &'static str {
    target.label().split(' ').next().unwrap_or_default()
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
        section(&format!("portal {}", command.join(" ")), &[command, &["--help"][..]].concat());
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
        let help = stdout(&[command, &["--help"][..]].concat());
        assert!(help.contains("Examples:\n  portal "), "portal {command:?} --help has no examples");
    }
}
