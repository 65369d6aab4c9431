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
