//! Services made from templates: in repositories, and at a keyboard.

use std::fs;

use crate::sandbox::{Ran, Sandbox, repository};

/// Returns a sandbox with the catalog of the cases, in a repository with one commit on `main`.
fn catalog() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("tests/cases/scaffold/service"), "");
    for file in ["cmd", "output.txt"] {
        // The second is there once the case has run.
        let _ = fs::remove_file(sandbox.path().join(file));
    }
    sandbox.git(&["init", "-q", "-b", "main"]);
    sandbox.git(&["config", "user.name", "Ines"]);
    sandbox.git(&["config", "user.email", "ines@marlow.example"]);
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-qm", "start"]);
    sandbox
}

const NEW: &[&str] =
    &["scaffold", "new", "http-service", "--set", "name=refunds", "--set", "owner=payments", "--no-input"];

fn new(sandbox: &Sandbox, more: &[&str]) -> Ran {
    sandbox.portal(&[NEW, more].concat())
}

fn branch(sandbox: &Sandbox) -> String {
    sandbox.git(&["branch", "--show-current"]).stdout.trim().to_string()
}

fn status(sandbox: &Sandbox) -> String {
    sandbox.git(&["status", "--short", "-uall"]).stdout
}

fn read(sandbox: &Sandbox, path: &str) -> String {
    fs::read_to_string(sandbox.path().join(path)).unwrap()
}

/// Fails unless the repository is as it was at the start.
fn assert_untouched(sandbox: &Sandbox) {
    assert_eq!((branch(sandbox).as_str(), status(sandbox).as_str()), ("main", ""));
    let branches = sandbox.git(&["branch", "--list", "--format=%(refname:short)"]).stdout;
    assert_eq!(branches, "main\n");
    assert!(!sandbox.path().join("services").exists() && !sandbox.path().join("workers").exists());
}

#[test]
fn files_lie_on_a_new_branch_and_are_not_committed() {
    let sandbox = catalog();
    sandbox.write("unsaved", "x");
    sandbox.write("entities/Component/cart.yaml", "identifier: cart\nteam: shop\nproperties: {tier: 2}\n");
    let ran = new(&sandbox, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stderr.contains("on the new branch scaffold/refunds"), "{ran:?}");
    assert_eq!(branch(&sandbox), "scaffold/refunds");
    let expected = " M CODEOWNERS\n M entities/Component/cart.yaml\n?? .github/workflows/refunds.yml\n\
        ?? entities/Component/refunds.yaml\n?? services/refunds/.portal/scaffold.yaml\n\
        ?? services/refunds/README.md\n?? services/refunds/bin/run.sh\n?? services/refunds/src/refunds.py\n\
        ?? unsaved\n";
    assert_eq!(status(&sandbox), expected);
    assert!(
        read(&sandbox, "CODEOWNERS").ends_with("* @marlow/platform\n/services/refunds/ @marlow/payments\n")
    );
    assert_eq!(sandbox.portal(&["validate"]).code, 0);
}

#[test]
#[cfg(unix)]
fn what_can_be_run_in_the_template_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = catalog();
    assert_eq!(new(&sandbox, &[]).code, 0);
    let mode = |path: &str| fs::metadata(sandbox.path().join(path)).unwrap().permissions().mode();
    assert_eq!(mode("services/refunds/bin/run.sh") & 0o111, 0o111 & mode("services/refunds/bin/run.sh"));
    assert!(mode("services/refunds/bin/run.sh") & 0o100 != 0);
    assert_eq!(mode("services/refunds/README.md") & 0o111, 0);
}

#[test]
fn a_commit_holds_the_new_files_and_nothing_else() {
    let sandbox = catalog();
    sandbox.git(&["remote", "add", "origin", "git@host.example:marlow/all.git"]);
    sandbox.write("staged", "x");
    sandbox.git(&["add", "staged"]);
    let ran = new(&sandbox, &["--commit"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("- git push -u origin scaffold/refunds"), "{ran:?}");
    assert_eq!(status(&sandbox), "A  staged\n");
    let log = sandbox.git(&["log", "--format=%an %s", "main.."]).stdout;
    assert_eq!(log, "Ines Add refunds from the template http-service\n");
    let names = sandbox.git(&["show", "--format=", "--name-only", "HEAD"]).stdout;
    assert_eq!(names.lines().count(), 7, "{names}");
    let ran = sandbox.portal(&["scaffold", "status", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&told[0]["folder"], &told[0]["age"]), (&"services/refunds".into(), &"current".into()));
}

#[test]
fn a_branch_has_the_name_that_is_asked_for_or_none() {
    let sandbox = catalog();
    assert_eq!(new(&sandbox, &["--branch", "x/y"]).code, 0);
    assert_eq!(branch(&sandbox), "x/y");
    let sandbox = catalog();
    let ran = new(&sandbox, &["--no-branch", "--commit", "-m", "A service"]);
    assert_eq!((ran.code, branch(&sandbox).as_str()), (0, "main"), "{ran:?}");
    assert_eq!(sandbox.git(&["log", "-1", "--format=%B"]).stdout.trim(), "A service");
    let sandbox = catalog();
    sandbox.git(&["branch", "scaffold/refunds"]);
    let ran = new(&sandbox, &[]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("scaffold/refunds"), "{ran:?}");
    sandbox.git(&["branch", "-D", "scaffold/refunds"]);
    assert_untouched(&sandbox);
}

#[test]
fn what_cannot_be_committed_is_not_left_behind() {
    let sandbox = catalog();
    // Git does not take what it ignores, and by then everything is written.
    sandbox.write(".git/info/exclude", "*.py\n");
    let ran = new(&sandbox, &["--commit"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    sandbox.write(".git/info/exclude", "");
    assert_untouched(&sandbox);
    assert_eq!(read(&sandbox, "CODEOWNERS"), "* @marlow/platform\n");
}

#[test]
fn a_file_with_changes_that_are_not_committed_is_in_the_way() {
    let sandbox = catalog();
    sandbox.write("CODEOWNERS", "* @marlow/mine\n");
    let ran = new(&sandbox, &[]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("`CODEOWNERS` has changes that are not committed"), "{ran:?}");
    assert_eq!(read(&sandbox, "CODEOWNERS"), "* @marlow/mine\n");
    assert_eq!((branch(&sandbox).as_str(), status(&sandbox).as_str()), ("main", " M CODEOWNERS\n"));
    assert_eq!(new(&sandbox, &["--on-conflict", "skip"]).code, 0);
    assert_eq!(read(&sandbox, "CODEOWNERS"), "* @marlow/mine\n");
    assert!(sandbox.path().join("services/refunds/README.md").exists());
}

#[test]
fn a_service_has_a_repository_of_its_own() {
    let sandbox = catalog();
    let elsewhere = Sandbox::new();
    elsewhere.git(&["init", "-q", "-b", "trunk"]);
    for (key, value) in [("user.name", "Ines"), ("user.email", "ines@marlow.example")] {
        elsewhere.git(&["config", key, value]);
    }
    elsewhere.git(&["commit", "-q", "--allow-empty", "-m", "start"]);
    let path = elsewhere.path().to_str().unwrap().to_string();
    let mut arguments = vec!["scaffold", "new", "http-service", path.as_str()];
    arguments.extend(&NEW[3..]);
    arguments.push("--commit");
    let ran = sandbox.portal(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("the entity is in the catalog"), "{ran:?}");
    assert_eq!(
        (branch(&sandbox), branch(&elsewhere)),
        ("scaffold/refunds".into(), "scaffold/refunds".into())
    );
    let names = |of: &Sandbox| of.git(&["show", "--format=", "--name-only", "HEAD"]).stdout;
    assert_eq!(names(&sandbox), "entities/Component/refunds.yaml\n");
    let expected = ".github/workflows/refunds.yml\n.portal/scaffold.yaml\nCODEOWNERS\nREADME.md\nbin/run.sh\n\
        src/refunds.py\n";
    assert_eq!(names(&elsewhere), expected);
}

#[test]
fn a_dry_run_and_a_refusal_write_nothing() {
    let sandbox = catalog();
    for (more, code) in [
        (&["--dry-run"][..], 0),
        (&["--dry-run", "--format", "json"], 0),
        (&["--dry-run", "--diff"], 0),
        (&["--set", "tier=9"], 1),
        (&["--set", "nmae=x"], 1),
        (&["--answers", "none.yaml"], 2),
        (&["--branch", "a..b"], 2),
    ] {
        let ran = new(&sandbox, more);
        assert_eq!(ran.code, code, "{more:?}: {ran:?}");
        assert_untouched(&sandbox);
    }
}

#[test]
fn a_patch_is_taken_by_git() {
    let sandbox = catalog();
    let ran = new(&sandbox, &["--dry-run", "--diff"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    sandbox.write(".git/plan.patch", &ran.stdout);
    sandbox.git(&["apply", ".git/plan.patch"]);
    assert!(read(&sandbox, "CODEOWNERS").ends_with("/services/refunds/ @marlow/payments\n"));
    assert_eq!(read(&sandbox, "services/refunds/src/refunds.py"), "print(\"refunds\")\n");
}

#[test]
fn expected_files_are_brought_up_to_date() {
    let sandbox = catalog();
    let ran = sandbox.portal(&["scaffold", "test", "http-service"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(status(&sandbox), "", "a test writes nothing");
    let ran = sandbox.portal(&["scaffold", "test", "http-service", "--update"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let folder = "scaffolds/http-service/tests/wrong/expected/services/basket";
    assert!(!sandbox.path().join(folder).join("gone.txt").exists());
    assert!(read(&sandbox, &format!("{folder}/README.md")).starts_with("# Basket\n"));
    let ran = sandbox.portal(&["scaffold", "test", "http-service"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_service_follows_its_template() {
    let sandbox = catalog();
    assert_eq!(new(&sandbox, &["--commit"]).code, 0);
    let ran = sandbox.portal(&["scaffold", "update", "services/refunds"]);
    assert_eq!(ran.code, 0, "nothing to do: {ran:?}");
    let source = "scaffolds/http-service/template/README.md.j2";
    let old = read(&sandbox, source);
    sandbox.write(source, format!("{old}\nMore.\n"));
    sandbox.git(&["commit", "-qam", "more"]);
    let status_of = |code| {
        let ran = sandbox.portal(&["scaffold", "status", "services/refunds"]);
        assert_eq!(ran.code, code, "{ran:?}");
        ran.stdout
    };
    assert!(status_of(1).contains("1 version behind"));
    // What a person changed stays.
    let mine = read(&sandbox, "services/refunds/README.md").replace("# Refunds", "# Our refunds");
    sandbox.write("services/refunds/README.md", &mine);
    let ran = sandbox.portal(&["scaffold", "update", "services/refunds", "--dry-run"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(read(&sandbox, "services/refunds/README.md"), mine);
    let ran = sandbox.portal(&["scaffold", "update", "services/refunds"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(read(&sandbox, "services/refunds/README.md"), format!("{mine}\nMore.\n"));
    assert!(status_of(0).contains("current"));
}

#[test]
fn conflicts_are_left_to_a_person() {
    let sandbox = catalog();
    assert_eq!(new(&sandbox, &["--commit"]).code, 0);
    let source = "scaffolds/http-service/template/README.md.j2";
    let changed = read(&sandbox, source).replace("Owned by", "It belongs to");
    sandbox.write(source, &changed);
    sandbox.git(&["commit", "-qam", "other words"]);
    let mine = read(&sandbox, "services/refunds/README.md").replace("Owned by", "We are");
    sandbox.write("services/refunds/README.md", &mine);
    let update = ["scaffold", "update", "services/refunds"];
    let ran = sandbox.portal(&update);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("resolve the conflicts, then: portal scaffold update services/refunds"));
    assert!(read(&sandbox, "services/refunds/README.md").contains("<<<<<<< "));
    let ran = sandbox.portal(&update);
    assert_eq!(ran.code, 1, "they are not resolved yet: {ran:?}");
    sandbox.write("services/refunds/README.md", &mine);
    let ran = sandbox.portal(&update);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(read(&sandbox, "services/refunds/README.md"), mine);
    let ran = sandbox.portal(&update);
    assert_eq!(ran.code, 0, "nothing to do: {ran:?}");
}

/// The acceptance of updates: a template two tags ahead in a repository of its own; of the service, a file changed in
/// another place, one in the same place, one deleted and one renamed.
#[test]
fn two_tags_ahead_is_merged_as_git_would() {
    let sandbox = Sandbox::new();
    let lines = |word: &str, count: usize| -> String {
        (1..=count).map(|number| format!("{word} {number}\n")).collect()
    };
    let git = |folder: &str, arguments: &[&str]| {
        sandbox.git(&[&["-C", folder][..], arguments].concat());
    };
    let commit = |folder: &str| {
        git(folder, &["add", "-A"]);
        git(folder, &["-c", "user.name=T", "-c", "user.email=t@x.example", "commit", "-qm", "a change"]);
    };
    let form = "userInputs: {properties: {name: {type: string}}, required: [name]}";
    sandbox.write(
        "tpl/golden/scaffold.yaml",
        format!("identifier: golden\n{form}\ntarget: services/{{{{ name }}}}\n"),
    );
    let template = |path: &str| format!("tpl/golden/template/{path}");
    sandbox.write(&template("main.txt"), lines("line", 30));
    sandbox.write(&template("src/util.txt"), lines("util", 20));
    sandbox.write(&template("README.md.j2"), "# {{ name }}\n\nOne.\n\nTwo.\n\nThree.\n");
    sandbox.write(&template("gone.txt"), "keep\n");
    sandbox.write(&template("dropped.txt"), "old\n");
    git(".", &["init", "-q", "-b", "main", "tpl"]);
    commit("tpl");
    git("tpl", &["tag", "v1.0.0"]);
    let change = |path: &str, from: &str, to: &str| {
        let text = read(&sandbox, path);
        assert!(text.contains(from), "{path}: {text}");
        sandbox.write(path, text.replacen(from, to, 1));
    };
    change(&template("main.txt"), "line 3\n", "line 3 (v1.1)\n");
    commit("tpl");
    git("tpl", &["tag", "v1.1.0"]);
    change(&template("main.txt"), "line 28\n", "line 28 (v2)\n");
    change(&template("README.md.j2"), "Two.", "Two, as of v2.");
    change(&template("src/util.txt"), "util 10\n", "util 10 (v2)\n");
    sandbox.write(&template("gone.txt"), "changed\n");
    fs::remove_file(sandbox.path().join(template("dropped.txt"))).unwrap();
    sandbox.write(&template("new.txt"), "new\n");
    commit("tpl");
    git("tpl", &["tag", "v2.0.0"]);

    sandbox.write("cat/portal.yaml", "title: T\n");
    let portal = |arguments: &[&str]| sandbox.portal(&[&["-C", "cat"][..], arguments].concat());
    let ran = portal(&["scaffold", "new", "../tpl//golden@v1.0.0", "--set", "name=shop", "--no-input"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let service = |path: &str| format!("cat/services/shop/{path}");
    let record = read(&sandbox, &service(".portal/scaffold.yaml"));
    change(&service("main.txt"), "line 15\n", "line 15 (ours)\n");
    change(&service("README.md"), "Two.", "Two, our way.");
    fs::remove_file(sandbox.path().join(service("gone.txt"))).unwrap();
    fs::rename(sandbox.path().join(service("src/util.txt")), sandbox.path().join(service("src/helpers.txt")))
        .unwrap();

    let ran = portal(&["scaffold", "status"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("2 versions behind, 2 files changed, 2 files deleted"), "{ran:?}");
    let update = ["scaffold", "update", "services/shop", "--no-input", "--yes"];
    let ran = portal(&update);
    assert_eq!(ran.code, 1, "{ran:?}");
    let main = lines("line", 30).replace("line 3\n", "line 3 (v1.1)\n");
    let main = main.replace("line 15\n", "line 15 (ours)\n").replace("line 28\n", "line 28 (v2)\n");
    assert_eq!(read(&sandbox, &service("main.txt")), main);
    assert_eq!(
        read(&sandbox, &service("README.md")),
        "# shop\n\nOne.\n\n<<<<<<< yours\nTwo, our way.\n||||||| template v1.0.0 (before)\nTwo.\n=======\n\
         Two, as of v2.\n>>>>>>> template v2.0.0\n\nThree.\n"
    );
    assert!(read(&sandbox, &service("src/helpers.txt")).contains("util 10 (v2)\n"));
    let there = |path: &str| sandbox.path().join(service(path)).exists();
    assert!(there("new.txt") && !there("gone.txt") && !there("dropped.txt") && !there("src/util.txt"));
    // The record says where the service comes from, not where it is going.
    let open = read(&sandbox, &service(".portal/scaffold.yaml"));
    let origin = record.split("portal:").next().unwrap();
    assert!(open.starts_with(origin) && open.contains("updating:"), "{open}");

    let ran = portal(&update);
    assert_eq!(ran.code, 1, "it is not resolved: {ran:?}");
    assert!(ran.stderr.contains("services/shop/README.md: lines 5, 7, 9, 11"), "{ran:?}");
    sandbox.write(&service("README.md"), "# shop\n\nOne.\n\nTwo, our way, as of v2.\n\nThree.\n");
    let ran = portal(&update);
    assert_eq!(ran.code, 0, "{ran:?}");
    let advanced = read(&sandbox, &service(".portal/scaffold.yaml"));
    assert!(advanced.contains("tag: v2.0.0") && !advanced.contains("updating:"), "{advanced}");
    let ran = portal(&["scaffold", "status"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("current, 2 files changed, 2 files deleted"), "{ran:?}");
}

/// What a person at a keyboard does.
#[cfg(unix)]
mod keyboard {
    use super::{assert_untouched, branch, catalog, read, status};
    use crate::terminal::{BACKSPACE, CONTROL_C, DOWN, ENTER, ESCAPE, Terminal};

    /// Answers every question of the template, up to the last.
    fn answer_all(terminal: &mut Terminal) {
        terminal.answer("Name *", "refunds\r");
        // Filtered by typing.
        terminal.answer("Owner *", "paym");
        terminal.answer("Payments", ENTER);
        terminal.answer("Tier", ENTER);
        terminal.answer("Features", " \r");
    }

    #[test]
    fn a_template_is_chosen_asked_shown_and_made() {
        let sandbox = catalog();
        let mut terminal = Terminal::portal(&sandbox, &["scaffold", "new"]);
        terminal.answer("Template *", "http");
        terminal.answer("HTTP service", ENTER);
        answer_all(&mut terminal);
        terminal.wait_for("entity Component/refunds");
        terminal.answer("Proceed?", "d\r");
        terminal.wait_for("+# Refunds");
        terminal.answer("Proceed?", ENTER);
        terminal.wait_for("the same without questions:");
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert_eq!(branch(&sandbox), "scaffold/refunds");
        let readme = "# Refunds\n\nOwned by Payments, tier 2.\nIt uses queue.\n";
        assert_eq!(read(&sandbox, "services/refunds/README.md"), readme);
    }

    #[test]
    fn the_way_back_leads_to_the_question_before() {
        let sandbox = catalog();
        let mut terminal = Terminal::portal(&sandbox, &["scaffold", "new", "http-service"]);
        terminal.answer("Name *", "wrong\r");
        terminal.answer("Owner *", ESCAPE);
        // The answer is there to be changed.
        terminal.answer("Name *", &format!("{}refunds\r", BACKSPACE.repeat(5)));
        terminal.wait_for("Owner *");
        terminal.keys(&format!("{DOWN}\r"));
        terminal.answer("Tier", "1\r");
        terminal.answer("Who is called", "ines\r");
        terminal.answer("Features", ENTER);
        terminal.answer("Proceed?", ENTER);
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert!(read(&sandbox, "services/refunds/README.md").contains("Owned by Shop, tier 1."));
    }

    #[test]
    fn an_answer_that_will_not_do_is_asked_again() {
        let sandbox = catalog();
        let mut terminal = Terminal::portal(&sandbox, &["scaffold", "new", "http-service", "--defaults"]);
        terminal.answer("Name *", "No!\r");
        terminal.wait_for("does not match the pattern");
        terminal.answer("Name *", &format!("{}refunds\r", BACKSPACE.repeat(3)));
        terminal.answer("Owner *", ENTER);
        terminal.answer("Proceed?", "no\r");
        terminal.wait_for("nothing was written");
        let (code, shown) = terminal.end();
        assert_eq!(code, 130, "{shown}");
        assert_untouched(&sandbox);
    }

    #[test]
    fn control_c_at_any_question_leaves_nothing() {
        let questions = ["Template *", "Name *", "Owner *", "Tier", "Features", "Proceed?"];
        let answers = ["http\r", "refunds\r", ENTER, ENTER, ENTER];
        for end in 0..questions.len() {
            let sandbox = catalog();
            let mut terminal = Terminal::portal(&sandbox, &["scaffold", "new"]);
            for at in 0..end {
                terminal.answer(questions[at], answers[at]);
            }
            terminal.answer(questions[end], CONTROL_C);
            let (code, shown) = terminal.end();
            assert_eq!(code, 130, "at {}: {shown}", questions[end]);
            assert_untouched(&sandbox);
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let sandbox = catalog();
        let mut terminal = Terminal::portal(&sandbox, &["scaffold", "new", "worker"]);
        terminal.answer("Name *", "mail\r");
        terminal.answer("Deploy token *", "hunter2!\r");
        terminal.answer("Proceed?", ENTER);
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("--set-file 'token=-'") || shown.contains("--set-file token=-"), "{shown}");
        assert!(!read(&sandbox, "workers/mail/.portal/scaffold.yaml").contains("hunter2"));
    }

    #[test]
    fn each_file_in_the_way_is_asked_about() {
        let sandbox = catalog();
        sandbox.write("services/refunds/README.md", "mine\n");
        sandbox.write("services/refunds/bin/run.sh", "mine\n");
        sandbox.git(&["add", "-A"]);
        sandbox.git(&["commit", "-qm", "mine"]);
        let new = ["scaffold", "new", "http-service", "--set", "name=refunds", "--set", "owner=shop"];
        let begin = || Terminal::portal(&sandbox, &[&new[..], &["--defaults"]].concat());
        let mut terminal = begin();
        terminal.answer("README.md is there already, and holds something else *", "stop\r");
        let (code, shown) = terminal.end();
        assert_eq!((code, status(&sandbox).as_str()), (130, ""), "{shown}");
        let mut terminal = begin();
        terminal.answer("README.md is there already, and holds something else *", "show\r");
        terminal.wait_for("-mine");
        terminal.answer("README.md is there already, and holds something else *", "skip\u{1b}[B\r");
        terminal.answer("Proceed?", ENTER);
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert_eq!(read(&sandbox, "services/refunds/README.md"), "mine\n");
        assert_eq!(read(&sandbox, "services/refunds/bin/run.sh"), "mine\n");
    }
}
