//! `portal ci exec`, as a workflow calls it: real scripts, a real repository, and stubs in the place of what would reach
//! the network.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use portal::runtime::request::{Actor, Request, SCHEMA};
use serde_json::{Value, json};

use crate::sandbox::{Ran, Sandbox};

const BLUEPRINT: &str = "identifier: env
schema: {properties: {size: {type: string}, note: {type: string}, expiresAt: {type: string, format: timer}}}
";

/// What people have entered that must stay what it is.
const HOSTILE: &[&str] = &[
    "'; touch canary; '",
    "\"; touch canary; \"",
    "$(touch canary)",
    "`touch canary`",
    "; touch canary #",
    "| touch canary",
    "&& touch canary",
    "${IFS}$(touch${IFS}canary)",
    "a\nb\ntouch canary",
    "::set-output name=x::y",
    "::add-mask::a",
    "##[command]x",
    "##vso[task.setvariable variable=x]y",
    "{{ .secrets.KEY }}",
    "{{ \"touch canary\" }}",
    "${{ secrets.X }}",
    "<<END\ntouch canary\nEND",
    "\u{202e}abc\u{2066}\u{200b}",
    "-rf /",
    "../../canary",
    "%0A::error::x",
    "",
];

/// A repository with one action, and a folder with programs that stand for others.
struct Repository {
    sandbox: Sandbox,
}

impl Repository {
    fn new(action: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("portal.yaml", "ci: {target: github}\n");
        sandbox.write("blueprints/env.yaml", BLUEPRINT);
        sandbox.write(
            "actions/act.yaml",
            format!(
                "identifier: act\ntrigger:\n  type: self-service\n  operation: CREATE\n  blueprintIdentifier: env\n  \
                 userInputs: {{properties: {{name: {{type: string}}, note: {{type: string}}}}}}\n{action}"
            ),
        );
        let repository = Self { sandbox };
        // It notes how it was called and what it read, and answers what the file `answer` says.
        repository.program(
            "bin/curl",
            "#!/bin/sh\necho \"$@\" >> curl.args\ncat >> curl.config\ncat answer 2>/dev/null || printf '{}\\n200'\n",
        );
        repository
    }

    fn program(&self, path: &str, text: &str) {
        self.sandbox.write(path, text);
        let path = self.sandbox.path().join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn exec(&self, request: &Request, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let request = serde_json::to_string(request).unwrap();
        let path = format!("{}:{}", self.path("bin"), std::env::var("PATH").unwrap_or_default());
        let (output, summary) = (self.path("output"), self.path("summary"));
        let own = [
            ("PATH", path.as_str()),
            ("PORTAL_REQUEST", &request),
            ("PORTAL_NOW", "2026-11-21T12:00:00Z"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "marlow/catalog"),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_OUTPUT", &output),
            ("GITHUB_ENV", "/dev/null"),
            ("GITHUB_STEP_SUMMARY", &summary),
            ("PORTAL_TOKEN", "t0ken"),
            ("PORTAL_SECRET_KEY", "s3cret"),
        ];
        let variables: Vec<(&str, &str)> = own.iter().chain(variables).copied().collect();
        let own: &[&str] = if arguments.contains(&"act") { &["ci", "exec"] } else { &["ci", "exec", "act"] };
        let arguments = [own, arguments].concat();
        self.sandbox.run(env!("CARGO_BIN_EXE_portal"), &arguments, b"", &variables)
    }

    fn path(&self, path: &str) -> String {
        self.sandbox.path().join(path).display().to_string()
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.sandbox.path().join(path)).unwrap_or_default()
    }

    fn has(&self, path: &str) -> bool {
        self.sandbox.path().join(path).exists()
    }

    /// Returns what the job handed on as `report`.
    fn report(&self) -> Value {
        let output = self.read("output");
        let line = output.lines().find_map(|line| line.strip_prefix("report="));
        serde_json::from_str(line.unwrap_or_else(|| panic!("no report in {output:?}"))).unwrap()
    }
}

fn request(inputs: &Value) -> Request {
    Request {
        schema: SCHEMA.into(),
        run: "gh-7-1".into(),
        action: "act".into(),
        inputs: inputs.as_object().unwrap().clone(),
        entity: None,
        actor: Actor { login: "ines".into(), ..Actor::default() },
        at: "2026-11-21T11:59:00Z".into(),
        commit: String::new(),
        expires_at: Some("2026-11-26T12:00:00Z".into()),
        needs_approval: false,
        depth: 0,
        parent: None,
        digest: String::new(),
    }
    .sealed()
}

#[test]
fn an_action_is_performed_and_reported() {
    let repository = Repository::new(
        "ttl: 5d
steps:
  - {name: up, title: Bring it up, run: './platform/up --for \"$PORTAL_INPUT_NAME\"'}
  - upsertEntity: {identifier: '{{ .inputs.name }}', properties: {size: '{{ .steps.up.size }}'}}
",
    );
    repository.program(
        "platform/up",
        "#!/bin/sh\necho \"::warning::up $*\"\nprintf 'size=%s\\n' small > \"$PORTAL_OUTPUT\"\nenv | sort > seen\n",
    );
    let ran = repository.exec(&request(&json!({"name": "spike"})), &[], &[]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let report = repository.report();
    assert_eq!(report["outputs"], json!({"up": {"size": "small"}}));
    let upsert = json!({
        "upsert": {
            "blueprint": "env", "identifier": "spike", "relations": {},
            "properties": {"size": "small", "expiresAt": "2026-11-26T12:00:00Z"},
        }
    });
    assert_eq!(report["effects"], json!([upsert]));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let stop = lines.iter().position(|line| line.starts_with("::stop-commands::portal-")).unwrap();
    let word = lines[stop].trim_start_matches("::stop-commands::");
    assert_eq!(lines[stop - 1..stop], ["::group::Bring it up"]);
    assert_eq!(
        lines[stop + 1..stop + 4],
        ["::warning::up --for spike", &format!("::{word}::"), "::endgroup::"]
    );
    let seen = repository.read("seen");
    for line in ["PORTAL_INPUT_NAME=spike", "PORTAL_INPUT_NOTE=", "PORTAL_ACTION=act", "GITHUB_RUN_ID=7"] {
        assert!(seen.lines().any(|seen| seen == line), "{line} is not in\n{seen}");
    }
    for name in ["PORTAL_TOKEN", "PORTAL_SECRET_KEY", "GITHUB_OUTPUT", "GITHUB_ENV", "PORTAL_REQUEST"] {
        assert!(!seen.lines().any(|line| line.starts_with(&format!("{name}="))), "{name} is in\n{seen}");
    }
    assert!(repository.read("summary").contains("| Bring it up | done |"), "{}", repository.read("summary"));
}

#[test]
fn what_people_enter_stays_what_it_is() {
    let repository = Repository::new(
        "steps:
  - {run: 'printf \"%s\" \"$PORTAL_INPUT_NAME\" > entered; echo \"$PORTAL_INPUT_NAME\"; echo $PORTAL_INPUT_NAME'}
  - run: ./platform/up $PORTAL_INPUT_NAME
  - {run: 'printf \"%s\" \"$X\" > rendered', env: {X: '{{ .inputs.name }}'}, needs: []}
  - webhook: {url: 'https://a.example/', headers: {X-Name: '{{ .inputs.note }}'}, body: {name: '{{ .inputs.name }}'}}
  - upsertEntity: {identifier: new, title: '{{ .inputs.name }}', properties: {note: '{{ .inputs.name }}'}}
",
    );
    repository.program("platform/up", "#!/bin/sh\necho \"$@\"\n");
    for hostile in HOSTILE {
        let _ = fs::remove_file(repository.path("output"));
        let ran = repository.exec(&request(&json!({"name": hostile, "note": "plain"})), &[], &[]);
        assert_eq!(ran.code, 0, "{hostile:?}\n{}\n{}", ran.stdout, ran.stderr);
        for folder in ["", "platform/", "bin/"] {
            assert!(!repository.has(&format!("{folder}canary")), "{hostile:?} was a command");
        }
        assert_eq!(repository.read("entered"), *hostile);
        assert_eq!(repository.read("rendered"), *hostile);
        let upsert = &repository.report()["effects"][0]["upsert"];
        assert_eq!(upsert["properties"]["note"], *hostile);
        assert_eq!(repository.read("output").lines().count(), 1, "an output is one line");
        commands(&ran.stdout, hostile);
    }
    assert!(!repository.sandbox.path().parent().unwrap().join("canary").exists());
}

/// Holds that a log has no commands but portal's own, outside of what scripts write.
fn commands(log: &str, hostile: &str) {
    let mut stopped: Option<String> = None;
    for line in log.lines() {
        if let Some(word) = &stopped {
            if line == format!("::{word}::") {
                stopped = None;
            }
            continue;
        }
        if let Some(word) = line.strip_prefix("::stop-commands::") {
            stopped = Some(word.to_string());
            continue;
        }
        let own = ["::group::", "::endgroup::", "::add-mask::"].iter().any(|own| line.starts_with(own));
        assert!(own || !line.trim_start().starts_with("::"), "{hostile:?}: {line}");
        assert!(!line.contains("##["), "{hostile:?}: {line}");
    }
    assert_eq!(stopped, None, "{hostile:?}");
}

#[test]
fn secrets_go_where_they_are_sent_and_nowhere_else() {
    let repository = Repository::new(
        "steps:
  - name: call
    webhook: {url: 'https://a.example/{{ .secrets.KEY }}', headers: {Authorization: 'Bearer {{ .secrets.KEY }}'}, body: {a: 1}}
  - {run: 'echo \"key is $K\"', env: {K: '{{ .secrets.KEY }}'}}
  - upsertEntity: {identifier: new, title: '{{ .steps.call.body.echo }}'}
",
    );
    repository.sandbox.write("answer", "{\"echo\": \"s3cret\"}\n201");
    let ran = repository.exec(&request(&json!({})), &[], &[]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let config = repository.read("curl.config");
    assert!(config.contains("header = \"Authorization: Bearer s3cret\""), "{config}");
    assert_eq!(repository.read("curl.args"), "--disable --config -\n");
    for (what, text) in [("output", repository.read("output")), ("summary", repository.read("summary"))] {
        assert!(!text.contains("s3cret"), "{what}: {text}");
    }
    let said: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("s3cret")).collect();
    assert_eq!(said, ["::add-mask::s3cret"]);
    assert!(ran.stdout.contains("key is ***"), "{}", ran.stdout);
    assert_eq!(repository.report()["effects"][0]["upsert"]["title"], "***");
}

#[test]
fn what_was_not_checked_is_not_performed() {
    let repository = Repository::new("steps: [{run: touch done}]\n");
    let good = request(&json!({"name": "spike"}));
    for (what, request) in [
        ("its digest differs", Request { run: "gh-8-1".into(), ..good.clone() }),
        ("its digest differs", Request { needs_approval: true, ..good.clone() }),
        ("not for `act`", Request { action: "other".into(), ..good.clone() }.sealed()),
        ("runs on", Request { commit: "abc".into(), ..good.clone() }.sealed()),
        ("nobody has", Request { needs_approval: true, ..good.clone() }.sealed()),
    ] {
        let _ = fs::remove_file(repository.path("output"));
        repository.sandbox.write("answer", "[]\n200");
        let ran = repository.exec(&request, &[], &[("GITHUB_SHA", "def")]);
        assert_eq!(ran.code, 1, "{what}: {}\n{}", ran.stdout, ran.stderr);
        assert!(!repository.has("done"), "{what}");
        let task = &repository.report()["tasks"][0];
        assert_eq!((&task["result"], &task["kind"]), (&json!("failed"), &json!("check")), "{what}");
        assert!(task["message"].as_str().unwrap().contains(what), "{task}");
    }
    let ran = repository.sandbox.run(env!("CARGO_BIN_EXE_portal"), &["ci", "exec", "act"], b"", &[]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no request"), "{}", ran.stderr);
}

#[test]
fn of_two_jobs_one_performs_the_request() {
    let repository = Repository::new("steps: [{run: touch done}]\n");
    let ran = repository.exec(&request(&json!({})), &["--approval", "required", "--", "act"], &[]);
    assert_eq!(
        (ran.code, repository.has("done"), repository.has("output")),
        (0, false, false),
        "{}",
        ran.stderr
    );
    let waits = Request { needs_approval: true, ..request(&json!({})) }.sealed();
    let ran = repository.exec(&waits, &["--approval", "not-required", "--", "act"], &[]);
    assert_eq!(
        (ran.code, repository.has("done"), repository.has("output")),
        (0, false, false),
        "{}",
        ran.stderr
    );
    let ran = repository.exec(&request(&json!({})), &["--approval", "not-required", "--", "act"], &[]);
    assert_eq!(
        (ran.code, repository.has("done"), repository.has("output")),
        (0, true, true),
        "{}",
        ran.stderr
    );
    // An approval that is asked for is not one that was given.
    let _ = fs::remove_file(repository.path("done"));
    let ran = repository.exec(&waits, &["--approval", "required", "--", "act"], &[]);
    assert_eq!((ran.code, repository.has("done")), (1, false), "{}", ran.stdout);
}

#[test]
fn a_failed_task_is_reported_too() {
    let repository = Repository::new("steps: [{run: 'echo before; nothing-like-it'}, {run: touch done}]\n");
    let ran = repository.exec(&request(&json!({})), &[], &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(!repository.has("done"));
    let report = repository.report();
    assert_eq!(report["tasks"][0]["message"], "the script ended with 127");
    assert_eq!(report["tasks"][1]["result"], "skipped");
    // A script that reads what is not set has made a mistake.
    let ran =
        Repository::new("steps: [{run: 'echo $PORTAL_INPUT_NAM'}]\n").exec(&request(&json!({})), &[], &[]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
}

#[test]
fn a_rehearsal_says_what_would_be_done() {
    let repository = Repository::new(
        "steps:
  - {run: touch done, env: {K: '{{ .secrets.MISSING }}'}}
  - webhook: {url: '{{ .secrets.HOOK_URL }}', body: {key: '{{ .secrets.KEY }}', n: '{{ .inputs.name }}'}}
  - upsertEntity: {identifier: '{{ .inputs.name }}'}
  - dispatch: {workflow: x.yml, ref: main, inputs: {a: 1}, wait: true}
",
    );
    let ran = repository.exec(&request(&json!({"name": "spike"})), &["--dry-run"], &[]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert!(!repository.has("done") && !repository.has("output") && !repository.has("curl.args"));
    for line in [
        "would run: sh -eu -c 'touch done'",
        "would send: POST *** {\"key\":\"***\",\"n\":\"spike\"}",
        "`spike` of `env` will be changed",
    ] {
        assert!(ran.stdout.lines().any(|said| said == line), "{line} is not in\n{}", ran.stdout);
    }
    let dispatch =
        "would send: POST https://api.github.com/repos/marlow/catalog/actions/workflows/x.yml/dispatches";
    assert!(ran.stdout.contains(dispatch), "{}", ran.stdout);
}

#[test]
fn parts_are_handed_on_by_files_where_there_are_no_outputs() {
    let repository = Repository::new(
        "steps:
  - {name: a, run: 'echo k=v > \"$PORTAL_OUTPUT\"'}
  - {uses: ./.gitlab/x.yml, with: {k: '{{ .steps.a.k }}'}}
  - {run: 'echo \"$K\" > seen', env: {K: '{{ .steps.a.k }}'}}
",
    );
    let request = serde_json::to_string(&request(&json!({}))).unwrap();
    repository
        .sandbox
        .write("hand/guard.json", json!({"request": request, "approval": "not-required"}).to_string());
    let exec = |arguments: &[&str]| {
        let variables = [("PORTAL_HANDOVER", "hand"), ("GITLAB_CI", "true"), ("PORTAL_NOW", "2026-11-21")];
        let arguments = [&["ci", "exec", "act"], arguments].concat();
        repository.sandbox.run(env!("CARGO_BIN_EXE_portal"), &arguments, b"", &variables)
    };
    let ran = exec(&["--from", "0", "--to", "1"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let handed: Value = serde_json::from_str(&repository.read("hand/exec.json")).unwrap();
    assert_eq!((&handed["start"], &handed["with"]), (&json!("true"), &json!("{\"k\":\"v\"}")));
    assert_eq!(repository.read("hand/start"), "true");
    let ran = exec(&["--from", "2"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(repository.read("seen"), "v\n");
    let handed: Value = serde_json::from_str(&repository.read("hand/exec.json")).unwrap();
    let report: Value = serde_json::from_str(handed["report"].as_str().unwrap()).unwrap();
    assert_eq!(report["tasks"].as_array().unwrap().len(), 3);
    assert!(handed.get("start").is_none());
}

#[test]
fn a_pull_request_holds_what_scripts_changed() {
    let repository = Repository::new(
        "steps:
  - {run: 'echo \"$PORTAL_INPUT_NOTE\" > services/new.txt; rm services/old.txt; echo more >> portal.yaml'}
  - {name: pull, pullRequest: {title: 'Add {{ .inputs.note }}', body: B, labels: [portal]}}
  - pullRequest: {title: Nothing}
  - {run: 'git status --porcelain > .portal-handover/status; cat portal.yaml'}
",
    );
    let sandbox = &repository.sandbox;
    sandbox.write("services/old.txt", "old\n");
    sandbox.write(".gitignore", "/bin\n/curl.*\n/answer\n/output\n/summary\n/origin.git\n");
    sandbox.git(&["init", "--quiet", "--initial-branch", "main"]);
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "Start"]);
    sandbox.git(&["init", "--quiet", "--bare", "origin.git"]);
    sandbox.git(&["remote", "add", "origin", "origin.git"]);
    sandbox.write(".portal-handover/guard.json", "{}");
    sandbox.write("answer", "{\"html_url\": \"https://github.com/pull/1\", \"number\": 1}\n201");
    let ran = repository.exec(&request(&json!({"note": "$(touch canary)"})), &[], &[]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let report = repository.report();
    assert_eq!(report["outputs"]["pull"]["link"], "https://github.com/pull/1");
    assert_eq!(report["tasks"][2]["result"], "skipped");
    let git = |arguments: &[&str]| sandbox.git(&[&["--git-dir", "origin.git"], arguments].concat()).stdout;
    let branch = "portal/change-gh-7-1";
    assert_eq!(
        git(&["log", "--format=%s|%an|%aI", branch, "-1"]),
        "Add $(touch canary)|portal|2026-11-21T12:00:00Z\n"
    );
    let changed = git(&["diff-tree", "-r", "--name-status", "--no-commit-id", branch]);
    assert_eq!(changed, "M\tportal.yaml\nA\tservices/new.txt\nD\tservices/old.txt\n");
    assert_eq!(git(&["show", &format!("{branch}:services/new.txt")]), "$(touch canary)\n");
    // What comes after begins where the run began.
    assert_eq!(repository.read("portal.yaml"), "ci: {target: github}\n");
    assert!(
        repository.has("services/old.txt")
            && !repository.has("services/new.txt")
            && !repository.has("canary")
    );
    assert!(repository.has(".portal-handover/guard.json"));
}
