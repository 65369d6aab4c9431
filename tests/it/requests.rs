//! The three jobs of an action, as a workflow calls them: a real repository with a real remote, real scripts, and a stub
//! in the place of the network.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Map, Value, json};

use crate::sandbox::{Ran, Sandbox};

const CATALOG: &[(&str, &str)] = &[
    (
        "blueprints/all.yaml",
        "identifier: Environment
schema:
  properties:
    size: {type: string, enum: [small, large]}
    expiresAt: {type: string, format: timer}
---
identifier: _user
schema: {properties: {github: {type: string}}}
",
    ),
    ("entities/_team/all.yaml", "- {identifier: cart}\n- {identifier: platform}\n"),
    (
        "entities/_user/all.yaml",
        "- {identifier: ines@x.example, properties: {github: ines}, relations: {teams: [cart]}}
- {identifier: tom@x.example, properties: {github: tom}, relations: {teams: [cart]}}
- {identifier: grace@x.example, properties: {github: grace}, relations: {teams: [platform]}}
",
    ),
    (
        "actions/dev_environment.yaml",
        "identifier: dev_environment
title: Spin up a developer environment
trigger:
  type: self-service
  operation: CREATE
  blueprintIdentifier: Environment
  userInputs:
    properties:
      name: {type: string, pattern: '^[a-z][a-z0-9-]{2,30}$'}
      size: {type: string, enum: [small, large], default: small}
    required: [name]
permissions: {execute: {teams: [cart]}, approve: {teams: [platform]}}
approval: {when: '.form.size == \"large\"'}
limits: [{per: team, max: 3, window: 7d}]
ttl: {default: 5d, max: 14d}
steps:
  - run: echo \"up $PORTAL_INPUT_NAME\"
  - upsertEntity:
      identifier: '{{ .inputs.name }}'
      properties: {size: '{{ .inputs.size }}', expiresAt: '{{ .expiresAt }}'}
",
    ),
    (
        "actions/plan.yaml",
        "identifier: plan
trigger: {type: self-service, operation: CREATE, userInputs: {properties: {tier: {type: string}}}}
mode: pull_request
steps: [{run: 'true'}]
",
    ),
];

/// It answers what the file `answers/` says whose name is the last part of the address, else that there is no such thing.
const CURL: &str = r#"#!/bin/sh
config=$(cat)
printf '%s\n' "$config" >> ROOT/curl.config
url=$(printf '%s' "$config" | sed -n 's/^url = "\(.*\)"$/\1/p')
name=${url##*/}
name=${name%%\?*}
cat "ROOT/answers/$name" 2>/dev/null || printf '{"message": "Not Found"}\n404'
"#;

/// A repository with its remote.
struct Repository {
    sandbox: Sandbox,
    runs: usize,
}

/// A request, and what its jobs are told.
struct Request<'a> {
    action: &'a str,
    actor: &'a str,
    at: &'a str,
    answers: Value,
    variables: &'a [(&'a str, &'a str)],
}

/// What the jobs came to.
#[derive(Debug)]
struct Outcome {
    guard: Ran,
    record: Ran,
    run: Value,
    summary: String,
}

impl Repository {
    fn new(config: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("work/portal.yaml", config);
        for (path, text) in CATALOG {
            sandbox.write(&format!("work/{path}"), text);
        }
        let root = sandbox.path().canonicalize().unwrap();
        sandbox.write("bin/curl", CURL.replace("ROOT", &root.to_string_lossy()));
        let curl = sandbox.path().join("bin/curl");
        fs::set_permissions(curl, fs::Permissions::from_mode(0o755)).unwrap();
        sandbox.git(&["init", "-q", "--bare", "-b", "main", "remote.git"]);
        sandbox.git(&["init", "-q", "-b", "main", "work"]);
        sandbox.git(&["-C", "work", "remote", "add", "origin", "../remote.git"]);
        sandbox.git(&["-C", "work", "add", "."]);
        sandbox.git(&["-C", "work", "commit", "-q", "-m", "The catalog"]);
        sandbox.git(&["-C", "work", "push", "-q", "origin", "main"]);
        Self { sandbox, runs: 0 }
    }

    fn answer(&self, name: &str, status: u16, body: &Value) {
        self.sandbox.write(&format!("answers/{name}"), format!("{body}\n{status}"));
    }

    fn path(&self, name: &str) -> String {
        self.sandbox.path().join(name).to_string_lossy().into_owned()
    }

    /// Runs a job with the variables that GitHub sets; what it hands on is in `output`.
    fn job(
        &self,
        arguments: &[&str],
        asked: &Request<'_>,
        more: &[(&str, &str)],
    ) -> (Ran, Map<String, Value>) {
        let run = format!("{}", self.runs);
        let path = format!("{}:{}", self.path("bin"), std::env::var("PATH").unwrap_or_default());
        let (output, summary) = (self.path("output"), self.path("summary"));
        let _ = fs::remove_file(&output);
        let commit = self.sandbox.git(&["-C", "work", "rev-parse", "HEAD"]).stdout;
        let mut variables = vec![
            ("PATH", path.as_str()),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "marlow/catalog"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_RUN_ID", run.as_str()),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_SHA", commit.trim()),
            ("GITHUB_ACTOR", asked.actor),
            ("GITHUB_OUTPUT", output.as_str()),
            ("GITHUB_STEP_SUMMARY", summary.as_str()),
            ("PORTAL_TOKEN", "s3cr3t"),
        ];
        variables.extend(asked.variables);
        variables.extend(more);
        let mut words = vec!["-C", "work", "--now", asked.at, "ci"];
        words.extend(arguments);
        let ran = self.sandbox.run(env!("CARGO_BIN_EXE_portal"), &words, b"", &variables);
        let lines = fs::read_to_string(&output).unwrap_or_default();
        let outputs = lines.lines().map(|line| line.split_once('=').unwrap());
        let outputs = outputs.map(|(name, text)| (name.to_string(), Value::from(text))).collect();
        (ran, outputs)
    }

    /// Asks for an action, and lets its three jobs run.
    fn ask(&mut self, asked: &Request<'_>) -> Outcome {
        self.runs += 1;
        let _ = fs::remove_file(self.path("summary"));
        let answers = asked.answers.to_string();
        let (guard, outputs) =
            self.job(&["guard", "--", asked.action], asked, &[("PORTAL_ANSWERS", answers.as_str())]);
        let result = |ran: &Ran| if ran.code == 0 { "success" } else { "failure" };
        let mut run = json!({"result": "skipped", "outputs": {}});
        if guard.code == 0 && outputs["approval"] == "not-required" {
            let request = outputs["request"].as_str().unwrap();
            let (ran, outputs) =
                self.job(&["exec", "--", asked.action], asked, &[("PORTAL_REQUEST", request)]);
            run = json!({"result": result(&ran), "outputs": outputs});
        }
        let handed = json!({"result": result(&guard), "outputs": outputs}).to_string();
        let jobs = [("PORTAL_GUARD", handed.as_str()), ("PORTAL_RUN", &run.to_string())];
        let (record, _) = self.job(&["record", "--", asked.action], asked, &jobs);
        let summary = fs::read_to_string(self.path("summary")).unwrap_or_default();
        Outcome { guard, record, run: self.recorded(&format!("gh-{}-1", self.runs)), summary }
    }

    /// Returns the record of a run, wherever it is on the remote.
    fn recorded(&self, id: &str) -> Value {
        let branches = [format!("portal/run-{id}"), "main".to_string()];
        for branch in branches {
            let path = format!("{branch}:.portal/runs/2026/11/{id}.json");
            let shown = self.sandbox.run("git", &["-C", "remote.git", "show", &path], b"", &[]);
            if shown.code == 0 {
                return serde_json::from_str(&shown.stdout).unwrap();
            }
        }
        Value::Null
    }

    fn show(&self, object: &str) -> String {
        self.sandbox.git(&["-C", "remote.git", "show", object]).stdout
    }

    fn pull(&self) {
        self.sandbox.git(&["-C", "work", "pull", "-q", "origin", "main"]);
    }
}

fn new<'a>(actor: &'a str, at: &'a str, answers: Value) -> Request<'a> {
    Request { action: "dev_environment", actor, at, answers, variables: &[] }
}

const PUSH: &str = "ci: {target: github, record: push}\n";
const PULL_REQUEST: &str = "ci: {target: github}\n";

#[test]
fn the_fourth_request_in_a_week_is_refused_naming_the_three_before() {
    let mut repository = Repository::new(PUSH);
    for (actor, day) in [("ines", 15), ("tom", 17), ("ines", 18)] {
        let at = format!("2026-11-{day}T09:00:00Z");
        let name = format!("try-{day}");
        let asked = repository.ask(&new(actor, &at, json!({"name": name})));
        assert_eq!((asked.guard.code, asked.record.code), (0, 0), "{asked:#?}");
        assert_eq!(asked.run["status"], "success");
        // The checkout of the next run has what was recorded before.
        repository.pull();
    }
    let entity = repository.show("main:entities/Environment/try-15.yaml");
    assert_eq!(
        entity,
        "identifier: try-15\nproperties:\n  size: small\n  expiresAt: \"2026-11-20T09:00:00Z\"\n"
    );
    let fourth = repository.ask(&new("tom", "2026-11-19T09:00:00Z", json!({"name": "try-19"})));
    assert_eq!((fourth.guard.code, fourth.record.code), (1, 0), "{fourth:#?}");
    for text in [&fourth.guard.stdout, &fourth.run["reasons"].to_string()] {
        for id in
            ["gh-1-1", "gh-2-1", "gh-3-1", "`ines@x.example`", "`tom@x.example`", "2026-11-22T09:00:00Z"]
        {
            assert!(text.contains(id), "{id} is not in {text}");
        }
    }
    assert_eq!((&fourth.run["status"], &fourth.run["inputs"]["name"]), (&json!("refused"), &json!("try-19")));
    repository.pull();
    // What was refused takes nobody's place, and a week after the first there is room again.
    let later = repository.ask(&new("tom", "2026-11-22T09:00:00Z", json!({"name": "try-22"})));
    assert_eq!(later.run["status"], "success", "{later:#?}");
}

#[test]
fn whoever_may_not_ask_is_refused_and_recorded() {
    let mut repository = Repository::new(PUSH);
    for (actor, who) in [("grace", "`grace@x.example` may not start"), ("mallory", "`mallory` is not a user")]
    {
        let asked = repository.ask(&new(actor, "2026-11-20T09:00:00Z", json!({"name": "try"})));
        assert_eq!(asked.guard.code, 1, "{asked:#?}");
        assert_eq!(asked.run["status"], "refused");
        assert_eq!(asked.run["actor"]["login"], actor);
        assert!(asked.run["reasons"][0].as_str().unwrap().contains(who), "{}", asked.run);
        assert!(asked.summary.contains("is refused"), "{}", asked.summary);
        repository.pull();
    }
    let entities =
        repository.sandbox.git(&["-C", "remote.git", "ls-tree", "-r", "--name-only", "main"]).stdout;
    assert!(!entities.contains("Environment/"), "{entities}");
}

#[test]
fn it_is_refused_for_everything_that_is_wrong() {
    let mut repository = Repository::new(PUSH);
    let refused = |repository: &mut Repository, asked: &Request<'_>| -> String {
        let asked = repository.ask(asked);
        assert_eq!(asked.guard.code, 1, "{asked:#?}");
        assert_eq!(asked.run["status"], "refused");
        asked.guard.stdout
    };
    let at = "2026-11-20T09:00:00Z";
    let wrong = json!({"name": "No Such Name", "size": "huge", "ttl": "1y", "nmae": "x"});
    let branch = Request { variables: &[("GITHUB_REF", "refs/heads/mine")], ..new("ines", at, wrong) };
    let said = refused(&mut repository, &branch);
    for part in [
        "`main` only, and this is `mine`",
        "`name`",
        "`size`",
        "the longest is 14 days",
        "did you mean `name`",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(said.lines().all(|line| line.starts_with("::error::refused: ")), "{said}");
    let hostile = "x\n::error::y\n##vso[task]z$(touch canary)";
    let said = refused(&mut repository, &new("ines", at, json!({"name": hostile})));
    assert_eq!(said.lines().count(), 1, "{said}");
    let draft = Request { action: "no_such", ..new("ines", at, json!({})) };
    assert!(refused(&mut repository, &draft).contains("there is no action `no_such`"));
    let file = Request { action: "plan", ..new("ines", at, json!({"tier": "gold"})) };
    assert!(refused(&mut repository, &file).contains("asked for by a file that is merged"));
    assert!(!repository.sandbox.path().join("work/canary").exists());
}

#[test]
fn what_someone_must_agree_to_waits_in_an_environment_that_is_protected() {
    let mut repository = Repository::new(PUSH);
    let large = || new("ines", "2026-11-20T09:00:00Z", json!({"name": "try", "size": "large"}));
    let unprotected = repository.ask(&large());
    assert_eq!(unprotected.guard.code, 1, "{unprotected:#?}");
    let reason = unprotected.run["reasons"][0].as_str().unwrap();
    assert!(reason.contains("it does not exist") && reason.contains("gh api -X PUT"), "{reason}");
    let protected = json!({
        "protection_rules": [{"type": "required_reviewers", "reviewers": [{}]}],
        "deployment_branch_policy": {"protected_branches": true},
    });
    repository.answer("portal-approve-dev_environment", 200, &protected);
    repository.pull();
    // Nobody agrees: the run is skipped, and that is recorded.
    let waiting = repository.ask(&large());
    assert_eq!((waiting.guard.code, &waiting.run["status"]), (0, &json!("cancelled")), "{waiting:#?}");
    assert_eq!(waiting.run["neededApproval"], true);
    assert!(waiting.summary.contains("Someone must agree to this") && waiting.summary.contains("`large`"));
    let config = fs::read_to_string(repository.path("curl.config")).unwrap();
    assert!(config.contains("/repos/marlow/catalog/environments/portal-approve-dev_environment"), "{config}");
    for ran in [&waiting.guard, &waiting.record] {
        assert!(!ran.stdout.contains("s3cr3t") && !ran.stderr.contains("s3cr3t"));
    }
}

#[test]
fn a_record_waits_on_its_branch_and_counts_there() {
    let mut repository = Repository::new(PULL_REQUEST);
    repository.answer(
        "pulls",
        201,
        &json!({"number": 1, "html_url": "https://github.com/marlow/catalog/pull/1"}),
    );
    let asked = repository.ask(&new("ines", "2026-11-20T09:00:00Z", json!({"name": "try", "ttl": "2d"})));
    assert_eq!(asked.record.code, 0, "{asked:#?}");
    assert!(
        asked.record.stdout.contains("https://github.com/marlow/catalog/pull/1"),
        "{}",
        asked.record.stdout
    );
    let entity = repository.show("portal/run-gh-1-1:entities/Environment/try.yaml");
    assert!(entity.contains("expiresAt: \"2026-11-22T09:00:00Z\""), "{entity}");
    assert_eq!(asked.run["expiresAt"], "2026-11-22T09:00:00Z");
    for name in ["two", "three"] {
        let next = repository.ask(&new("tom", "2026-11-20T10:00:00Z", json!({"name": name})));
        assert_eq!(next.run["status"], "success", "{next:#?}");
    }
    let fourth = repository.ask(&new("tom", "2026-11-20T11:00:00Z", json!({"name": "four"})));
    assert_eq!(fourth.guard.code, 1, "records that nobody has merged count: {fourth:#?}");
    let status = repository.sandbox.git(&["-C", "work", "status", "--porcelain"]).stdout;
    assert_eq!(status, "", "the work tree is as it was");
    // The same job, run again: nothing is recorded twice.
    let again = repository.job(
        &["record", "--", "dev_environment"],
        &new("tom", "2026-11-20T11:00:00Z", json!({})),
        &[("PORTAL_GUARD", "{\"result\": \"failure\"}"), ("PORTAL_RUN", "{\"result\": \"skipped\"}")],
    );
    assert!(again.0.stdout.contains("`gh-4-1` is on record already"), "{:?}", again.0);
}

#[test]
fn a_push_that_comes_too_late_is_made_anew() {
    let mut repository = Repository::new(PUSH);
    // Somebody else pushes while the jobs run: the checkout is behind, as it is in a real run that takes long.
    let sandbox = &repository.sandbox;
    sandbox.git(&["clone", "-q", "remote.git", "other"]);
    sandbox.write("other/entities/Environment/theirs.yaml", "identifier: theirs\n");
    sandbox.git(&["-C", "other", "add", "."]);
    sandbox.git(&["-C", "other", "commit", "-q", "-m", "Theirs"]);
    sandbox.git(&["-C", "other", "push", "-q", "origin", "main"]);
    let asked = repository.ask(&new("ines", "2026-11-20T09:00:00Z", json!({"name": "try"})));
    assert_eq!(asked.run["status"], "success", "{asked:#?}");
    let log = repository.sandbox.git(&["-C", "remote.git", "log", "--format=%s", "main"]).stdout;
    assert_eq!(log, "Record dev_environment (success)\nTheirs\nThe catalog\n");
    let message = repository.sandbox.git(&["-C", "remote.git", "log", "-1", "--format=%b", "main"]).stdout;
    assert!(
        message.contains("Run: gh-1-1\nOf: dev_environment\nStatus: success\nAsked for by: ines@x.example"),
        "{message}"
    );
    assert!(message.contains("Changes: Environment/try"), "{message}");
}

#[test]
fn a_rehearsal_says_what_would_be_and_does_nothing() {
    let mut repository = Repository::new(PUSH);
    repository.runs = 1;
    let asked = new("ines", "2026-11-20T09:00:00Z", json!({"name": "try"}));
    let answers = asked.answers.to_string();
    let (guard, outputs) = repository.job(
        &["guard", "--dry-run", "--", "dev_environment"],
        &asked,
        &[("PORTAL_ANSWERS", answers.as_str())],
    );
    assert_eq!((guard.code, outputs.len()), (0, 0), "{guard:?}");
    assert!(guard.stdout.contains("`dev_environment` may run now: sha256:"), "{}", guard.stdout);
    let refusal = json!({"result": "failure", "outputs": {}}).to_string();
    let (record, _) = repository.job(
        &["record", "--dry-run", "--", "dev_environment"],
        &asked,
        &[("PORTAL_GUARD", &refusal)],
    );
    assert_eq!(record.code, 0, "{record:?}");
    assert!(record.stdout.contains("would commit:\nRecord dev_environment (failure)"), "{}", record.stdout);
    assert!(record.stdout.contains("write .portal/runs/2026/11/gh-1-1.json"), "{}", record.stdout);
    assert_eq!(repository.recorded("gh-1-1"), Value::Null);
}

#[test]
fn a_request_file_is_checked_before_it_is_merged_and_starts_once_it_is() {
    let mut repository = Repository::new(PUSH);
    repository.runs = 1;
    let file = "requests/plan/20261120T090000Z-1a2b3c4d.yaml";
    let git = |repository: &Repository, arguments: &[&str]| -> String {
        let arguments: Vec<&str> = ["-C", "work"].iter().chain(arguments).copied().collect();
        repository.sandbox.git(&arguments).stdout.trim().to_string()
    };
    let before = git(&repository, &["rev-parse", "HEAD"]);
    repository.sandbox.write(&format!("work/{file}"), "action: plan\ninputs: {tier: gold}\n");
    let asked = Request {
        action: "plan",
        variables: &[("GITHUB_REF", "refs/pull/3/merge")],
        ..new("ines", "2026-11-20T09:00:00Z", json!({}))
    };
    let (check, _) = repository.job(&["guard", "--dry-run", "--request", file, "--", "plan"], &asked, &[]);
    assert_eq!(check.code, 0, "{check:?}");
    repository.sandbox.write(&format!("work/{file}"), "action: plan\ninputs: {teir: gold}\nactor: grace\n");
    let (check, _) = repository.job(&["guard", "--dry-run", "--request", file, "--", "plan"], &asked, &[]);
    assert!(check.code == 1 && check.stdout.contains("has no key `actor`"), "{check:?}");

    repository.sandbox.write(&format!("work/{file}"), "action: plan\ninputs: {tier: gold}\n");
    git(&repository, &["add", "."]);
    git(&repository, &["commit", "-q", "-m", "Ask"]);
    let after = git(&repository, &["rev-parse", "HEAD"]);
    let pull = json!({"number": 3, "merged_at": "x", "merge_commit_sha": after, "html_url": "https://x/3",
        "user": {"login": "ines"}, "merged_by": {"login": "grace"}});
    repository.answer("pulls", 200, &json!([pull]));
    repository.answer("3", 200, &pull);
    repository.answer("reviews", 200, &json!([]));
    let merged = Request { variables: &[], actor: "grace", ..asked };
    let range = format!("{before}..{after}");
    let (guard, outputs) = repository.job(&["guard", "--pushed", &range, "--", "plan"], &merged, &[]);
    assert_eq!(guard.code, 0, "{guard:?}");
    let request: Value = serde_json::from_str(outputs["request"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&request["actor"]["user"], &request["inputs"]["tier"]),
        (&json!("ines@x.example"), &json!("gold"))
    );
    let nothing = format!("{after}..{after}");
    let (guard, outputs) = repository.job(&["guard", "--pushed", &nothing, "--", "plan"], &merged, &[]);
    assert!(guard.code == 1 && guard.stdout.contains("this push has brought none"), "{guard:?}");
    assert!(outputs.contains_key("refusal"));
}

#[test]
fn other_systems_hand_on_by_files() {
    let mut repository = Repository::new("ci: {target: gitlab, record: push}\n");
    repository.runs = 1;
    let handover = repository.path("handover");
    let commit = repository.sandbox.git(&["-C", "work", "rev-parse", "HEAD"]).stdout;
    let gitlab = |more: &[(&str, &str)], words: &[&str]| {
        let mut variables = vec![
            ("GITLAB_CI", "true"),
            ("GITLAB_USER_LOGIN", "ines@x.example"),
            ("CI_PIPELINE_ID", "9"),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_PROJECT_PATH", "marlow/catalog"),
            ("CI_COMMIT_SHA", commit.trim()),
            ("PORTAL_HANDOVER", handover.as_str()),
        ];
        variables.extend(more);
        let words: Vec<&str> =
            ["-C", "work", "--now", "2026-11-20T09:00:00Z", "ci"].iter().chain(words).copied().collect();
        repository.sandbox.run(env!("CARGO_BIN_EXE_portal"), &words, b"", &variables)
    };
    let answers = r#"{"name": "try"}"#;
    let guard = gitlab(&[("PORTAL_ANSWERS", answers)], &["guard", "--", "dev_environment"]);
    assert_eq!(guard.code, 0, "{guard:?}");
    assert!(repository.sandbox.path().join("handover/guard.json").is_file());
    let exec = gitlab(&[], &["exec", "--", "dev_environment"]);
    assert_eq!(exec.code, 0, "{exec:?}");
    let results = [("PORTAL_GUARD_RESULT", "success"), ("PORTAL_RUN_RESULT", "success")];
    let other = gitlab(&results, &["record", "--approval", "required", "--", "dev_environment"]);
    assert!(other.stdout.contains("nothing to do"), "{other:?}");
    let record = gitlab(&results, &["record", "--approval", "not-required", "--", "dev_environment"]);
    assert_eq!(record.code, 0, "{record:?}");
    let run: Value = serde_json::from_str(&repository.show("main:.portal/runs/2026/11/gl-9.json")).unwrap();
    assert_eq!((&run["status"], &run["actor"]["user"]), (&json!("success"), &json!("ines@x.example")));
}
