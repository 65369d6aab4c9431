//! Starting: a catalog, and an action.

use std::fs;

use crate::sandbox::Sandbox;

/// Returns the sandbox with a repository of the case of `portal run`, on `main`.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy(&crate::sandbox::repository("tests/cases/run/environment"), "");
    for file in ["cmd", "output.txt"] {
        fs::remove_file(sandbox.path().join(file)).unwrap();
    }
    sandbox.git(&["init", "-q", "-b", "main"]);
    sandbox.git(&["config", "user.name", "Ines"]);
    sandbox.git(&["config", "user.email", "ines@marlow.example"]);
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-qm", "start"]);
    sandbox
}

/// Puts a program of this name on the path that writes down what it is given.
#[cfg(unix)]
fn stub(sandbox: &Sandbox, name: &str, code: i32) -> String {
    use std::os::unix::fs::PermissionsExt;
    let script = format!(
        "#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done >> \"$HOME/said\"\ncat >> \"$HOME/said\"\necho https://ci.example/1\nexit {code}\n"
    );
    sandbox.write(&format!("bin/{name}"), script);
    let path = sandbox.path().join("bin").join(name);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", sandbox.path().join("bin").display(), std::env::var("PATH").unwrap())
}

#[test]
#[cfg(unix)]
fn an_action_is_started_by_the_tool_of_the_provider() {
    let sandbox = repository();
    let path = stub(&sandbox, "gh", 0);
    let hostile = "name=spike-2";
    let why = "why=$(touch canary) `x` \"y\" 'z'\n::error::";
    let arguments = ["run", "dev_environment", "--set", hostile, "--set", "size=large", "--set", why];
    let ran = sandbox.run(env!("CARGO_BIN_EXE_portal"), &arguments, b"", &[("PATH", &path)]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stderr.contains("https://ci.example/1\nstarted Spin up a developer environment"), "{ran:?}");
    let said = fs::read_to_string(sandbox.path().join("said")).unwrap();
    let (words, body) = said.split_once('{').unwrap();
    assert_eq!(words, "<workflow><run><portal-action-dev_environment.yml><--ref><main><--json>");
    let body: serde_json::Value = serde_json::from_str(&format!("{{{body}")).unwrap();
    assert_eq!(body["why"], why.strip_prefix("why=").unwrap());
    assert_eq!((&body["name"], &body["owner"]), (&"spike-2".into(), &"cart".into()));
    assert!(!sandbox.path().join("canary").exists());
}

#[test]
#[cfg(unix)]
fn a_tool_that_fails_is_said() {
    let sandbox = repository();
    let path = stub(&sandbox, "gh", 4);
    let arguments = ["run", "dev_environment", "--set", "name=spike-2"];
    let ran = sandbox.run(env!("CARGO_BIN_EXE_portal"), &arguments, b"", &[("PATH", &path)]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("`gh` could not start the action: it ended with 4"), "{ran:?}");
    let ran = sandbox.run(env!("CARGO_BIN_EXE_portal"), &arguments, b"", &[("PATH", "/nowhere")]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("get gh from https://cli.github.com"), "{ran:?}");
}

#[test]
fn a_request_is_a_commit_on_a_branch_beside_the_work_tree() {
    let sandbox = repository();
    sandbox.write("entities/Environment/spike.yaml", "identifier: spike\nteam: platform\n");
    sandbox.write("unsaved", "x");
    let arguments = ["--now", "2026-11-21T18:00:00Z", "run", "change_plan", "--entity", "spike"];
    let ran = sandbox.portal(&[&arguments[..], &["--set", "plan=gold", "--set", "note=a: b"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let branch = ran.stdout.trim().strip_prefix("git push origin ").unwrap().to_string();
    assert!(branch.starts_with("portal/request-change_plan-20261121T180000Z-"), "{branch}");
    let changed = sandbox.git(&["diff", "--stat=200", "main", &branch]).stdout;
    assert!(changed.contains("requests/change_plan/20261121T180000Z-") && changed.contains("1 file changed"));
    let file = sandbox.git(&["show", &format!("{branch}:./requests/change_plan")]).stdout;
    let name = file.lines().last().unwrap();
    let text = sandbox.git(&["show", &format!("{branch}:./requests/change_plan/{name}")]).stdout;
    assert_eq!(text, "action: change_plan\nentity: spike\ninputs:\n  plan: gold\n  note: \"a: b\"\n");
    // What was being changed is as it was.
    assert_eq!(sandbox.git(&["branch", "--show-current"]).stdout.trim(), "main");
    let status = sandbox.git(&["status", "--short"]).stdout;
    assert_eq!(status, " M entities/Environment/spike.yaml\n?? unsaved\n");
    let again = sandbox.portal(&[&arguments[..], &["--set", "plan=gold", "--set", "note=a: b"]].concat());
    assert_eq!(again.code, 2, "the same request at the same second: {again:?}");
}

#[test]
fn a_new_catalog_is_right_at_once() {
    for ci in ["github", "gitlab", "none"] {
        let sandbox = Sandbox::new();
        let ran = sandbox.portal(&["init", "catalog", "--ci", ci, "--title", "A: \"b\" #c"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        for command in
            [&["validate", "--error-on-warning"][..], &["score"], &["build"], &["workflows", "--check"]]
        {
            if ci == "none" && command[0] == "workflows" {
                continue;
            }
            let ran = sandbox.portal(&[&["-C", "catalog"], command].concat());
            assert_eq!(ran.code, 0, "{ci} {command:?}: {ran:?}");
        }
        let ran = sandbox.portal(&["-C", "catalog", "run", "register_service", "--no-input", "--print"]);
        assert!(ran.stderr.contains("3 answers are missing"), "{ran:?}");
    }
}

#[test]
fn a_catalog_is_started_beside_what_is_there() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "-b", "trunk"]);
    sandbox.git(&["remote", "add", "origin", "git@gitlab.example:shop/all.git"]);
    sandbox.write("platform/catalog/README.md", "ours\n");
    sandbox.write(".gitlab-ci.yml", "build: {script: [make]}\n");
    let ran = sandbox.portal(&["init", "platform/catalog"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for kept in ["README.md", ".gitlab-ci.yml"] {
        assert!(ran.stderr.contains(&format!("left {kept} as it is")), "{ran:?}");
    }
    let read = |path: &str| fs::read_to_string(sandbox.path().join(path)).unwrap();
    assert_eq!(read("platform/catalog/README.md"), "ours\n");
    assert_eq!(read(".gitlab-ci.yml"), "build: {script: [make]}\n");
    let settings = "title: catalog\nci:\n  target: gitlab\n  folder: platform/catalog\n  branch: trunk\n";
    assert_eq!(read("platform/catalog/portal.yaml"), settings);
    assert!(sandbox.path().join(".gitlab/portal/action-register_service.yml").exists());
    let again = sandbox.portal(&["init", "platform/catalog"]);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("is a catalog already"), "{again:?}");
}
