//! What a change starts.

use std::fs;

use serde_json::{Value, json};

use super::{CREATE, Repository, TELL, UPDATED, ZERO, automation};

/// Returns an automation that tells and changes the service that was changed.
fn mark() -> String {
    let steps = format!(
        "  - {TELL}\n  - upsertEntity: {{properties: {{seen: 'tier {{{{ .entity.properties.tier }}}}'}}}}\n"
    );
    automation("mark", &format!("{UPDATED}, propertyIdentifier: tier"), &steps)
}

#[test]
fn the_first_push_starts_nothing() {
    let created =
        automation("hello", "type: ENTITY_CREATED, blueprintIdentifier: Service", &format!("  - {TELL}\n"));
    let repository = Repository::new(&[created]);
    let ran = repository.react(ZERO, &[]);
    assert_eq!((ran.code, repository.told().len()), (0, 0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("this is the first push"), "{}", ran.stderr);
    assert_eq!(repository.remote("portal/reacted"), Some(repository.head()));
    // A new service in the next one does.
    repository.tier("b", 2);
    repository.push("another");
    let ran = repository.react(ZERO, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repository.told(), ["hello b"]);
}

#[test]
fn a_change_starts_an_automation_once() {
    let repository = Repository::new(&[mark()]);
    let before = repository.head();
    repository.tier("a", 2);
    let after = repository.push("a change");
    let ran = repository.react(&before, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repository.told(), ["mark a"]);
    assert_eq!(repository.remote("portal/reacted").as_ref(), Some(&after));
    // The same job again: it has been seen.
    let ran = repository.react(&before, &[]);
    assert!(ran.code == 0 && ran.stderr.contains("automations have seen"), "{}", ran.stderr);
    // The same job again, when the branch could not be moved: what is on record says how far it had come.
    repository.git(&["push", "-q", "origin", ":portal/reacted"]);
    let ran = repository.react(&before, &[]);
    assert_eq!((ran.code, repository.told().len()), (0, 1), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repository.remote("portal/reacted").as_ref(), Some(&after));
    repository.git(&["reset", "-q", "--hard", "origin/main"]);
    let records = repository.records();
    let [record] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((&record["automation"], &record["cause"]), (&"mark".into(), &"change".into()));
    assert_eq!((&record["commit"], &record["depth"]), (&after.into(), &0.into()));
    let entity = repository.text("entities/Service/a.yaml").unwrap();
    assert!(entity.contains("seen: tier 2"), "{entity}");
}

#[test]
fn what_an_automation_changed_starts_automations_only_so_deep() {
    let repository = Repository::new(&[mark()]);
    for (depth, starts) in [(2, true), (3, false)] {
        let before = repository.head();
        let effect =
            json!({"upsert": {"blueprint": "Service", "identifier": "a", "properties": {"tier": 7}}});
        let id = format!("on-other-{depth}");
        repository.record(&id, &json!({"cause": "change", "depth": depth, "effects": [effect]}));
        repository.tier("a", 10 + depth);
        repository.push("a record");
        let ran = repository.react(&before, &["--plan", "--format", "json"]);
        let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
        if starts {
            assert_eq!((&plan["starts"][0]["depth"], &plan["starts"][0]["parent"]), (&3.into(), &id.into()));
        } else {
            assert_eq!(plan["starts"].as_array().map(Vec::len), Some(0));
            let reason = plan["passed"][0]["reason"].as_str().unwrap();
            assert!(reason.contains("it may be a loop"), "{reason}");
        }
        repository.git(&["push", "-q", "-f", "origin", "HEAD:portal/reacted"]);
    }
}

#[test]
fn a_history_that_was_rewritten_is_looked_at_from_where_it_was() {
    let repository = Repository::new(&[mark()]);
    let base = repository.head();
    repository.tier("a", 2);
    let old = repository.push("a change");
    assert_eq!(repository.react(&base, &[]).code, 0);
    repository.git(&["reset", "-q", "--hard", &base]);
    repository.tier("a", 3);
    repository.git(&["commit", "-q", "-a", "-m", "another"]);
    repository.git(&["push", "-q", "-f", "origin", "main"]);
    let ran = repository.react(&old, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("the history was rewritten"), "{}", ran.stderr);
    assert_eq!(repository.told(), ["mark a", "mark a"]);
    // Nothing is left of what was there.
    repository.git(&["checkout", "-q", "--orphan", "new"]);
    repository.tier("a", 4);
    repository.git(&["add", "-A"]);
    repository.git(&["commit", "-q", "-m", "a new beginning"]);
    repository.git(&["branch", "-q", "-M", "main"]);
    repository.git(&["push", "-q", "-f", "origin", "main"]);
    let ran = repository.react("1234567812345678123456781234567812345678", &[]);
    assert!(ran.code == 0 && ran.stderr.contains("nothing is left of the history"), "{}", ran.stderr);
    assert_eq!(repository.remote("portal/reacted"), Some(repository.head()));
}

#[test]
fn a_shallow_clone_says_what_it_needs() {
    let repository = Repository::new(&[mark()]);
    repository.tier("a", 2);
    repository.push("a change");
    let url = format!("file://{}", repository.path("remote.git").display());
    fs::remove_dir_all(repository.path("work")).unwrap();
    repository.sandbox.git(&["clone", "-q", "--depth", "1", &url, "work"]);
    let ran = repository.react(ZERO, &[]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("shallow") && ran.stderr.contains("fetch-depth: 0"), "{}", ran.stderr);
}

#[test]
fn the_end_of_a_run_starts_automations() {
    let failed = "identifier: failed\npublish: true\ntrigger:\n  type: automation\n  event: {type: RUN_UPDATED, actionIdentifier: create}\n  condition: {type: JQ, expressions: ['.diff.before.status == \"IN_PROGRESS\"', '.diff.after.status == \"FAILURE\"']}\nsteps:\n  - env: {WHO: '{{ .event.diff.after.createdBy }}', RUN: '{{ .event.diff.after.id }}', SIZE: '{{ .event.diff.after.properties.size }}'}\n    run: 'echo \"$RUN $WHO $SIZE\" >> ../told'\n";
    let repository = Repository::new(&[failed.to_string()]);
    repository.write("actions/create.yaml", CREATE);
    let before = repository.push("an action");
    let actor = json!({"login": "tom", "email": "tom@marlow.example"});
    let with = |status: &str| json!({"status": status, "actor": actor, "inputs": {"size": "small"}});
    repository.record("gh-1-1", &with("success"));
    repository.record("gh-2-1", &with("failure"));
    repository.record("gh-3-1", &with("refused"));
    repository.push("records");
    let ran = repository.react(&before, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repository.told(), ["gh-2-1 tom@marlow.example small"]);
}

#[test]
fn too_many_are_none() {
    let repository = Repository::new(&[mark()]);
    for name in ["b", "c"] {
        repository.tier(name, 1);
    }
    let before = repository.push("more");
    for name in ["a", "b", "c"] {
        repository.tier(name, 2);
    }
    repository.push("a change");
    let ran = repository.react(&before, &["--max", "2"]);
    assert_eq!((ran.code, repository.told().len()), (1, 0), "{}", ran.stderr);
    for part in ["3 runs would start", "3 of `mark`", "ci.maxEvents", "--max 3", "refs/heads/portal/reacted"]
    {
        assert!(ran.stderr.contains(part), "{part} is not in {}", ran.stderr);
    }
    assert_eq!((repository.remote("portal/reacted"), repository.records().len()), (None, 0));
    let ran = repository.react(&before, &["--max", "3"]);
    assert_eq!(
        (ran.code, repository.told()),
        (0, ["mark a", "mark b", "mark c"].map(String::from).to_vec()),
        "{}",
        ran.stderr
    );
}

#[test]
fn one_that_fails_stops_no_other() {
    let steps = |run: &str| format!("  - run: {run}\n  - upsertEntity: {{properties: {{seen: '{run}'}}}}\n");
    let condition = automation("asks", UPDATED, "  - run: echo never >> ../told\n")
        .replace("Service}}", "Service}, condition: {type: JQ, expressions: ['.action | keys']}}");
    let breaks =
        automation("breaks", UPDATED, "  - upsertEntity: {properties: {tier: '{{ .entity.identifier }}'}}\n");
    let bad = automation("bad", UPDATED, &steps("exit 3"));
    let repository = Repository::new(&[bad, condition, breaks, mark()]);
    let before = repository.head();
    repository.tier("a", 2);
    let after = repository.push("a change");
    let ran = repository.react(&before, &[]);
    assert_eq!(
        (ran.code, repository.told()),
        (1, vec!["mark a".to_string()]),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    assert!(ran.stderr.contains("the condition of `asks` cannot be asked"), "{}", ran.stderr);
    assert!(ran.stderr.contains("3 runs, 2 failed"), "{}", ran.stderr);
    let records = repository.records();
    let told: Vec<(&str, &str)> = records
        .iter()
        .map(|record| (record["automation"].as_str().unwrap(), record["status"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("bad", "failure"), ("breaks", "failure"), ("mark", "success")]);
    let reason = |at: usize| records[at]["reasons"][0].as_str().unwrap().to_string();
    assert!(reason(0).contains("exit 3") && reason(1).contains("the catalog was not changed"), "{records:?}");
    assert_eq!(records[1]["effects"], json!([]), "what would be wrong is not in the catalog");
    for part in ["| `bad` | `ENTITY_UPDATED` `Service/a` | **failed** |", "| `mark` |", "the condition of"] {
        assert!(repository.summary().contains(part), "{part} is not in {}", repository.summary());
    }
    assert_eq!(repository.remote("portal/reacted"), Some(after));
    let entity = repository.text("entities/Service/a.yaml").unwrap();
    assert!(entity.contains("seen: tier 2"), "{entity}");
}

#[test]
fn a_rehearsal_changes_nothing() {
    let repository = Repository::new(&[mark()]);
    let before = repository.head();
    repository.tier("a", 2);
    repository.push("a change");
    let remote = repository.git(&["ls-remote", "origin"]);
    let ran = repository.react(&before, &["--dry-run"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("would run") && ran.stderr.contains("1 run would start"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    let shown = repository.react(&before, &["--plan"]);
    assert!(shown.stdout.starts_with("STARTS") && shown.stdout.contains("Service/a"), "{}", shown.stdout);
    assert_eq!(repository.told(), [""; 0]);
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
    assert_eq!(repository.git(&["ls-remote", "origin"]), remote);
}

#[test]
fn automations_start_on_the_default_branch_only() {
    let repository = Repository::new(&[mark()]);
    for command in [&["react"][..], &["sweep"]] {
        let ran = repository.job("feature", command);
        assert!(ran.code == 2 && ran.stderr.contains("on `main` only"), "{}", ran.stderr);
    }
}

#[test]
fn a_catalog_in_a_folder_is_looked_at_there() {
    let repository = Repository::below("teams/catalog", &[mark()]);
    let before = repository.head();
    repository.tier("a", 2);
    let after = repository.push("a change");
    let ran = repository.react(&before, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repository.records().len(), 1);
    assert!(repository.text("entities/Service/a.yaml").unwrap().contains("seen: tier 2"));
    assert_eq!(repository.remote("portal/reacted"), Some(after));
}

#[test]
fn a_record_that_waits_for_people_holds_nothing_up() {
    let repository = Repository::new(&[mark()]);
    repository.write("portal.yaml", "ci: {target: github}\n");
    let before = repository.push("record by pull requests");
    repository.tier("a", 2);
    let after = repository.push("a change");
    let ran = repository.react(&before, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("open a pull request for the branch `portal/run-on-mark-"), "{}", ran.stdout);
    assert_eq!(
        (repository.remote("main"), repository.remote("portal/reacted")),
        (Some(after.clone()), Some(after))
    );
    assert_eq!(repository.records().len(), 0);
    repository.git(&["push", "-q", "origin", ":portal/reacted"]);
    assert_eq!((repository.react(&before, &[]).code, repository.told().len()), (0, 1));
}
