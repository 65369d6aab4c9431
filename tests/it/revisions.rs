//! Catalogs in Git: any revision, from a work tree or a bare clone, says what its files say.

use crate::sandbox::{Sandbox, repository};

/// Returns a repository with the example catalog and a mistake, committed, and a bare clone of it.
fn cloned() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "work/services/catalog");
    sandbox.write(
        "work/services/catalog/entities/Component/broken.yaml",
        "identifier: Broken\nrelations:\n  system: Crat\n",
    );
    sandbox.git(&["init", "-q", "-b", "main", "work"]);
    sandbox.git(&["-C", "work", "add", "-A"]);
    sandbox.git(&["-C", "work", "commit", "-q", "-m", "a catalog"]);
    sandbox.git(&["clone", "-q", "--bare", "work", "bare.git"]);
    sandbox
}

#[test]
fn a_revision_reads_as_its_work_tree_does() {
    let sandbox = cloned();
    let here = sandbox.portal(&["-C", "work/services/catalog", "validate", "--format", "json"]);
    let there =
        sandbox.portal(&["-C", "work/services/catalog", "validate", "--format", "json", "--at", "HEAD"]);
    assert_eq!(here.code, 1, "{}", here.stderr);
    assert_eq!(here.stdout, there.stdout);
}

#[test]
fn a_bare_clone_reads_as_the_work_tree_does() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "work");
    sandbox.write("work/entities/Component/broken.yaml", "identifier: Broken\nrelations:\n  system: Crat\n");
    sandbox.git(&["init", "-q", "-b", "main", "work"]);
    sandbox.git(&["-C", "work", "add", "-A"]);
    sandbox.git(&["-C", "work", "commit", "-q", "-m", "a catalog"]);
    sandbox.git(&["clone", "-q", "--bare", "work", "bare.git"]);
    let here = sandbox.portal(&["-C", "work", "validate", "--format", "json"]);
    let bare = sandbox.portal(&["-C", "bare.git", "validate", "--format", "json", "--at", "HEAD"]);
    assert_eq!((here.code, bare.code), (1, 1), "{}", bare.stderr);
    assert_eq!(here.stdout, bare.stdout);
}

#[test]
fn data_of_integrations_is_read_at_the_revision() {
    let sandbox = Sandbox::new();
    for (case, code) in [("query/facts", 0), ("validate/facts", 1)] {
        let folder = case.replace('/', "-");
        sandbox.copy(&repository("tests/cases").join(case), &folder);
        sandbox.git(&["init", "-q", "-b", "main", &folder]);
        sandbox.git(&["-C", &folder, "add", "-A"]);
        sandbox.git(&["-C", &folder, "commit", "-q", "-m", "a catalog with facts"]);
        let here = sandbox.portal(&["-C", &folder, "validate", "--format", "json"]);
        for entry in std::fs::read_dir(sandbox.path().join(&folder).join("facts")).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
        let there = sandbox.portal(&["-C", &folder, "validate", "--format", "json", "--at", "HEAD"]);
        assert_eq!((here.code, there.code), (code, code), "{}", there.stderr);
        assert_eq!(here.stdout, there.stdout);
    }
}

#[test]
fn only_what_a_change_caused_is_reported() {
    let sandbox = cloned();
    sandbox.git(&["-C", "work", "checkout", "-q", "-b", "change"]);
    std::fs::remove_file(sandbox.path().join("work/services/catalog/entities/System/cart.yaml")).unwrap();
    let ran = sandbox.portal(&[
        "-C",
        "work/services/catalog",
        "validate",
        "--format",
        "concise",
        "--changed-since",
        "main",
    ]);
    assert!(ran.stdout.contains("dangling-relation"), "{}{}", ran.stdout, ran.stderr);
    assert!(!ran.stdout.contains("broken.yaml"), "the mistake on main is not the change's: {}", ran.stdout);
    assert!(ran.stderr.contains("not shown"), "{}", ran.stderr);
}

#[test]
fn a_revision_that_does_not_exist_is_a_clear_error() {
    let sandbox = cloned();
    let ran = sandbox.portal(&["-C", "work", "validate", "--at", "nothing"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.starts_with("error: there is no revision `nothing`"), "{}", ran.stderr);
}

/// Returns a repository with two services, of which the second commit, in November, changes one.
fn two_services() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("portal.yaml", "include: [services/*/portal.yml]\n");
    sandbox
        .write("blueprints/service.yaml", "identifier: Service\ntitle: Service\nschema: {properties: {}}\n");
    let condition = "{combinator: and, conditions: [{git: lastCommit < 90d}]}";
    sandbox.write(
        "scorecards/care.yaml",
        format!(
            "identifier: care\ntitle: Care\nblueprint: Service\nrules:\n  - {{identifier: alive, title: Alive, level: Gold, query: {condition}}}\n"
        ),
    );
    sandbox.write(
        "initiatives/care.yaml",
        format!(
            "identifier: care\ntitle: Care\nowner: nobody\ndeadline: 2027-01-01\nfilter: {condition}\ntargets: [{{scorecard: care, level: Gold}}]\n"
        ),
    );
    for name in ["a", "b"] {
        sandbox.write(
            &format!("services/{name}/portal.yml"),
            format!("identifier: {name}\nblueprint: Service\n"),
        );
    }
    sandbox.git(&["init", "-q", "-b", "main", "."]);
    commit(&sandbox, "2026-01-01T00:00:00Z");
    sandbox.write("services/a/README.md", "# A\n");
    commit(&sandbox, "2026-11-01T00:00:00Z");
    sandbox
}

fn commit(sandbox: &Sandbox, date: &str) {
    sandbox.git(&["add", "-A"]);
    let dates = [("GIT_COMMITTER_DATE", date), ("GIT_AUTHOR_DATE", date)];
    let ran = sandbox.run("git", &["commit", "-q", "-m", "a change"], b"", &dates);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// Returns how the rule came out for `a` and `b`.
fn outcomes(sandbox: &Sandbox, arguments: &[&str]) -> (String, String) {
    let ran = sandbox.portal(&[&["score", "--format", "json", "--now", "2026-11-21"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let outcome = |at: usize| report["results"][at]["rules"][0]["outcome"].as_str().unwrap().to_string();
    (outcome(0), outcome(1))
}

#[test]
fn the_last_commit_of_a_path_is_judged_at_the_revision() {
    let sandbox = two_services();
    let both = |a: &str, b: &str| (a.to_string(), b.to_string());
    assert_eq!(outcomes(&sandbox, &[]), both("passed", "failed"));
    assert_eq!(outcomes(&sandbox, &["--at", "HEAD"]), both("passed", "failed"));
    assert_eq!(outcomes(&sandbox, &["--at", "HEAD~1"]), both("failed", "failed"));
    let url = format!("file://{}", sandbox.path().display());
    sandbox.git(&["clone", "-q", "--depth", "1", &url, "shallow"]);
    // What lies before the history that is there may have been changed by any of its commits.
    assert_eq!(outcomes(&sandbox, &["-C", "shallow"]), both("unknown", "unknown"));
}

#[test]
fn the_filter_of_an_initiative_may_ask_the_history() {
    let sandbox = two_services();
    let ran = sandbox.portal(&["build", "--output", "site", "--now", "2026-11-21"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(sandbox.path().join("site/api/v1/initiatives.json")).unwrap();
    let initiatives: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&initiatives[0]["done"], &initiatives[0]["total"]), (&1.into(), &1.into()), "{text}");
    let course = initiatives[0]["course"].as_array().unwrap();
    let last = course.last().unwrap();
    assert_eq!((&last["done"], &last["total"]), (&1.into(), &1.into()), "{text}");
}
