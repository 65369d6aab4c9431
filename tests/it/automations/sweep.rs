//! What is due.

use serde_json::{Value, json};

use super::{CREATE, Repository, TELL, automation};

/// Returns a repository with an environment that was created by a request, and expires then.
fn temporary(expires: &str) -> Repository {
    let repository = Repository::new(&[]);
    repository.write("actions/create.yaml", CREATE);
    let entity =
        format!("identifier: spike\nblueprint: Env\nproperties:\n  size: small\n  expiresAt: '{expires}'\n");
    repository.write("entities/Env/spike.yaml", &entity);
    let effect = json!({"upsert": {"blueprint": "Env", "identifier": "spike", "properties": {}}});
    repository.record(
        "gh-1-1",
        &json!({
            "actor": {"login": "ines", "email": "ines@marlow.example"}, "inputs": {"name": "spike", "size": "small"},
            "effects": [effect], "expiresAt": "2026-11-20T00:00:00Z",
        }),
    );
    repository.push("an environment");
    repository
}

#[test]
fn what_has_expired_is_ended_once() {
    let repository = temporary("2026-11-20T00:00:00Z");
    let ran = repository.sweep(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let down = "down spike small ines@marlow.example 2026-11-20T00:00:00Z";
    assert_eq!(repository.told(), [down]);
    let records = repository.records();
    assert_eq!(repository.text("entities/Env/spike.yaml"), None, "the entity is gone");
    let end = &records[0];
    assert_eq!(
        (&end["cause"], &end["action"], &end["parent"]),
        (&"expiry".into(), &"create".into(), &"gh-1-1".into())
    );
    for _ in 0..2 {
        let ran = repository.sweep(&["--now", "2027-01-01"]);
        assert_eq!((ran.code, repository.told().len()), (0, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains("nothing is due"), "{}", ran.stderr);
    }
    assert_eq!(repository.records().len(), 2);
}

#[test]
fn what_was_ended_is_not_ended_again_while_its_record_waits() {
    let repository = temporary("2026-11-20T00:00:00Z");
    repository.write("portal.yaml", "ci: {target: github}\n");
    repository.push("record by pull requests");
    let ran = repository.sweep(&[]);
    assert_eq!((ran.code, repository.told().len()), (0, 1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("open a pull request for the branch `portal/run-end-"), "{}", ran.stdout);
    assert!(repository.text("entities/Env/spike.yaml").is_some(), "nobody has merged it yet");
    // A job starts with a clone that knows nothing of other branches.
    let branches =
        repository.git(&["for-each-ref", "--format=%(refname)", "refs/heads/portal", "refs/remotes"]);
    for branch in branches.lines().filter(|branch| branch.contains("portal/")) {
        repository.git(&["update-ref", "-d", branch]);
    }
    let ran = repository.sweep(&[]);
    assert_eq!((ran.code, repository.told().len()), (0, 1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("nothing is due"), "{}", ran.stderr);
}

#[test]
fn without_an_end_of_its_own_it_is_only_deleted() {
    let repository = Repository::new(&[]);
    let end = CREATE.find("onExpire").unwrap();
    repository.write("actions/create.yaml", &CREATE[..end]);
    // Nobody knows who wrote it, but only one action could have.
    repository.write(
        "entities/Env/all.yaml",
        "- {identifier: old, blueprint: Env, properties: {expiresAt: '2026-11-20T00:00:00Z'}}\n- {identifier: new, blueprint: Env, properties: {expiresAt: '2026-12-20T00:00:00Z'}}\n- {identifier: stays, blueprint: Env}\n",
    );
    repository.push("environments");
    let ran = repository.sweep(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let records = repository.records();
    assert_eq!(
        (&records[0]["parent"], &records[0]["effects"][0]["delete"]["identifier"]),
        (&Value::Null, &"old".into())
    );
    let left = repository.text("entities/Env/all.yaml").unwrap();
    assert!(!left.contains("old") && left.contains("new") && left.contains("stays"), "{left}");
}

#[test]
fn what_was_extended_lives_on() {
    let repository = temporary("2026-11-25T00:00:00Z");
    let ran = repository.sweep(&[]);
    assert_eq!((ran.code, repository.told().len()), (0, 0), "{}", ran.stderr);
    assert!(ran.stderr.contains("nothing is due"), "{}", ran.stderr);
    let ran = repository.sweep(&["--now", "2026-11-25T00:00:00Z"]);
    assert_eq!((ran.code, repository.told().len()), (0, 1), "{}", ran.stderr);
}

#[test]
fn an_end_that_fails_is_tried_again() {
    let repository = temporary("2026-11-20T00:00:00Z");
    repository.write("actions/create.yaml", &CREATE.replace("run: 'echo", "run: 'test -e ../ready && echo"));
    repository.push("an end that needs something");
    let ran = repository.sweep(&[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repository.records().len(), 2);
    assert!(repository.text("entities/Env/spike.yaml").is_some(), "what failed deletes nothing");
    repository.sandbox.write("ready", "");
    let ran = repository.sweep(&[]);
    assert_eq!((ran.code, repository.told().len()), (0, 1), "{}{}", ran.stdout, ran.stderr);
    let records = repository.records();
    let ids: Vec<&str> = records.iter().map(|record| record["id"].as_str().unwrap()).collect();
    assert_eq!(format!("{}-2", ids[0]), ids[1]);
    assert_eq!(repository.text("entities/Env/spike.yaml"), None);
}

#[test]
fn a_schedule_and_a_timer_are_recorded_together() {
    let daily = automation("daily", "type: schedule, schedule: 0 6 * * *", &format!("  - {TELL}\n"));
    let timer = "type: TIMER_PROPERTY_EXPIRED, blueprintIdentifier: Env, propertyIdentifier: expiresAt";
    let repository = temporary("2026-11-21T11:00:00Z");
    repository.write("automations/daily.yaml", &daily);
    repository.write("automations/tell.yaml", &automation("tell", timer, &format!("  - {TELL}\n")));
    repository.push("automations");
    let plan = repository.sweep(&["--plan"]);
    assert!(plan.stdout.contains("daily") && repository.told().is_empty(), "{}{}", plan.stdout, plan.stderr);
    let before = repository.head();
    let ran = repository.sweep(&["--format", "json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["runs"].as_array().unwrap().len(), 3, "{report}");
    let told = repository.told();
    assert_eq!(told[..2], ["daily", "tell spike"]);
    assert!(told[2].starts_with("down spike"), "{told:?}");
    repository.pull();
    let commits = repository.git(&["rev-list", "--count", &format!("{before}..HEAD")]);
    assert_eq!(commits, "1", "everything is one commit");
}
