use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;

/// A repository in a temporary folder, looked at with Git itself.
struct Scene {
    folder: tempfile::TempDir,
}

fn git(at: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    command
        .current_dir(at)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let done = command.output().expect("git");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_string();
    if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
}

impl Scene {
    /// Makes a repository without a commit.
    fn empty() -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(scene.root()).unwrap();
        scene.git(&["init", "-q", "-b", "main"]);
        for (key, value) in [
            ("user.name", "Ines"),
            ("user.email", "ines@example.com"),
            ("core.autocrlf", "false"),
            ("commit.gpgsign", "false"),
        ] {
            scene.git(&["config", key, value]);
        }
        scene
    }

    /// Makes a repository with a commit, and changes of every kind that are nobody's business: staged, unstaged, both,
    /// untracked, removed.
    fn busy() -> Self {
        let scene = Self::empty();
        for name in ["staged", "unstaged", "both", "removed", "gone", "known", "folder/known"] {
            scene.write(name, "1\n");
        }
        scene.write(".gitignore", "*.log\n/target/\n");
        scene.git(&["add", "-A"]);
        scene.git(&["commit", "-qm", "first"]);
        scene.write("staged", "2\n");
        scene.write("both", "2\n");
        scene.write("added", "2\n");
        scene.git(&["add", "staged", "both", "added"]);
        scene.git(&["rm", "-q", "removed"]);
        fs::remove_file(scene.root().join("gone")).unwrap();
        scene.write("unstaged", "3\n");
        scene.write("both", "3\n");
        scene.write("untracked", "3\n");
        scene.write("debug.log", "3\n");
        scene
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(&self.root(), arguments).unwrap_or_else(|error| panic!("git {arguments:?}: {error}"))
    }

    /// Returns the files that the last commit changed.
    fn committed(&self) -> String {
        self.git(&["show", "--name-status", "--format=%an <%ae>|%cn|%s", "HEAD"])
    }

    /// Returns everything that is changed, and what the index and the disk have of it.
    fn others(&self) -> String {
        let disk: String = ["staged", "unstaged", "both", "untracked", "debug.log", "added"]
            .iter()
            .map(|name| fs::read_to_string(self.root().join(name)).unwrap_or_else(|_| "none\n".into()))
            .collect();
        let status = self.git(&["status", "--porcelain", "--ignored"]);
        format!("{status}\n{}\n{disk}", self.git(&["diff", "--cached"]))
    }
}

#[test]
fn a_branch_begins_at_the_head_and_can_be_taken_back() {
    let scene = Scene::busy();
    let (others, head) = (scene.others(), scene.git(&["rev-parse", "HEAD"]));
    let index = fs::read(scene.root().join(".git/index")).unwrap();
    let state = || (fs::read(scene.root().join(".git/HEAD")).unwrap(), scene.git(&["for-each-ref"]));
    let before = state();
    for place in ["", "folder", "not/there/yet"] {
        let branch = begin_branch(&scene.root().join(place), "portal/cart").unwrap();
        assert_eq!(scene.git(&["symbolic-ref", "HEAD"]), "refs/heads/portal/cart");
        assert_eq!(scene.git(&["rev-parse", "HEAD"]), head);
        assert_eq!(scene.others(), others);
        branch.undo().unwrap();
        assert_eq!(state(), before);
        assert_eq!(scene.others(), others);
    }
    assert_eq!(index.len(), fs::read(scene.root().join(".git/index")).unwrap().len());
}

#[test]
fn a_head_that_is_no_branch_comes_back() {
    let scene = Scene::busy();
    scene.git(&["checkout", "-q", "--detach"]);
    let head = fs::read(scene.root().join(".git/HEAD")).unwrap();
    let branch = begin_branch(&scene.root(), "cart").unwrap();
    assert_eq!(scene.git(&["symbolic-ref", "HEAD"]), "refs/heads/cart");
    branch.undo().unwrap();
    assert_eq!(fs::read(scene.root().join(".git/HEAD")).unwrap(), head);
    assert!(git(&scene.root(), &["rev-parse", "-q", "--verify", "cart"]).is_err());
}

#[test]
fn the_first_branch_has_the_first_commit() {
    let scene = Scene::empty();
    scene.write("theirs", "1\n");
    scene.git(&["add", "theirs"]);
    let branch = begin_branch(&scene.root(), "cart").unwrap();
    assert_eq!(scene.git(&["symbolic-ref", "HEAD"]), "refs/heads/cart");
    branch.undo().unwrap();
    assert_eq!(scene.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
    let branch = begin_branch(&scene.root(), "cart").unwrap();
    scene.write("services/cart/a", "a\n");
    commit_files(&scene.root(), &["services/cart/a"], "Add cart").unwrap();
    assert_eq!(scene.git(&["rev-list", "--count", "HEAD"]), "1");
    assert_eq!(scene.committed(), "Ines <ines@example.com>|Ines|Add cart\n\nA\tservices/cart/a");
    assert_eq!(scene.git(&["status", "--porcelain"]), "A  theirs");
    let error = branch.undo().unwrap_err().to_string();
    assert_eq!(error, "the branch `cart` is kept: it has commits that would be lost");
    assert_eq!(scene.git(&["symbolic-ref", "HEAD"]), "refs/heads/cart");
}

#[test]
fn a_branch_that_cannot_be_is_refused() {
    let scene = Scene::busy();
    scene.git(&["branch", "old"]);
    let before = (scene.others(), scene.git(&["for-each-ref"]));
    for (name, expected) in [
        ("old", "the branch `old` exists already: choose another with `--branch NAME`"),
        ("main", "the branch `main` exists already: choose another with `--branch NAME`"),
        ("old/deeper", "cannot begin the branch `old/deeper` (choose another with `--branch NAME`): "),
        ("", "no branch can be called ``: "),
        ("-f", "no branch can be called `-f`: "),
        ("a b", "no branch can be called `a b`: "),
        ("a..b", "no branch can be called `a..b`: "),
        ("../x", "no branch can be called `../x`: "),
        ("HEAD", "no branch can be called `HEAD`: "),
        ("x.lock", "no branch can be called `x.lock`: "),
        ("a\0b", "no branch can be called `a\0b`: "),
    ] {
        let error = begin_branch(&scene.root(), name).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{name}: {error}");
        assert_eq!((scene.others(), scene.git(&["for-each-ref"])), before, "{name}");
    }
    let empty = Scene::empty();
    let error = begin_branch(&empty.root(), "main").unwrap_err().to_string();
    assert!(error.contains("exists already"), "{error}");
    let nowhere = tempfile::tempdir().unwrap();
    assert!(
        begin_branch(nowhere.path(), "x").unwrap_err().to_string().contains("is not in a Git repository")
    );
    git(nowhere.path(), &["init", "-q", "--bare"]).unwrap();
    assert!(begin_branch(nowhere.path(), "x").unwrap_err().to_string().contains("without a work tree"));
}

#[test]
fn what_is_half_done_is_ended_first() {
    for (file, expected) in [
        ("MERGE_HEAD", "a merge is in progress: end it with `git merge --continue` or `git merge --abort`"),
        ("CHERRY_PICK_HEAD", "a cherry-pick is in progress: "),
        ("REVERT_HEAD", "a revert is in progress: "),
        ("BISECT_LOG", "a bisect is in progress: end it with `git bisect reset`"),
        ("rebase-merge/interactive", "a rebase is in progress: "),
        ("rebase-apply/rebasing", "a rebase is in progress: "),
        ("rebase-apply/applying", "`git am` is in progress: "),
    ] {
        let scene = Scene::busy();
        scene.write("new", "1\n");
        let head = scene.git(&["rev-parse", "HEAD"]);
        scene.write(&format!(".git/{file}"), &format!("{head}\n"));
        for error in [
            begin_branch(&scene.root(), "cart").unwrap_err(),
            commit_files(&scene.root(), &["new"], "x").unwrap_err(),
        ] {
            assert!(error.to_string().starts_with(expected), "{file}: {error}");
        }
        assert_eq!(scene.git(&["rev-parse", "HEAD"]), head);
    }
}

#[test]
fn only_the_files_are_committed() {
    let scene = Scene::busy();
    let others = scene.others();
    let head = scene.git(&["rev-parse", "HEAD"]);
    scene.write("services/cart/a", "a\n");
    scene.write("services/cart/run.sh", "#!/bin/sh\n");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(scene.root().join("services/cart/run.sh"), mode).unwrap();
    }
    scene.write("known", "2\n");
    fs::remove_file(scene.root().join("folder/known")).unwrap();
    let paths = ["services/cart/run.sh", "known", "services/cart/a", "folder/known", "never/there", "known"];
    let id = commit_files(&scene.root(), &paths, "Add cart\n\n\nBody  \n\n").unwrap();
    assert_eq!(id, scene.git(&["rev-parse", "HEAD"]));
    assert_eq!(scene.git(&["rev-parse", "HEAD^"]), head);
    assert_eq!(scene.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
    assert_eq!(scene.git(&["log", "-1", "--format=%B"]), "Add cart\n\nBody");
    assert_eq!(
        scene.committed(),
        "Ines <ines@example.com>|Ines|Add cart\n\nD\tfolder/known\nM\tknown\nA\tservices/cart/a\nA\tservices/cart/run.sh"
    );
    let mode = if cfg!(unix) { "100755" } else { "100644" };
    assert!(scene.git(&["ls-tree", "HEAD", "services/cart/run.sh"]).starts_with(mode));
    assert_eq!(scene.others(), others, "everything else is as it was");
    scene.git(&["fsck", "--strict"]);
}

#[test]
fn a_catalog_in_a_folder_commits_below_it() {
    let scene = Scene::busy();
    let others = scene.others();
    scene.write("folder/catalog/entities/cart.yaml", "identifier: cart\n");
    commit_files(&scene.root().join("folder/catalog"), &["entities/cart.yaml"], "x").unwrap();
    assert!(scene.committed().ends_with("A\tfolder/catalog/entities/cart.yaml"));
    assert_eq!(scene.others(), others);
}

#[test]
fn a_work_tree_of_its_own_has_its_own_head() {
    let scene = Scene::busy();
    let (others, head) = (scene.others(), scene.git(&["rev-parse", "HEAD"]));
    let other = scene.folder.path().join("other");
    scene.git(&["worktree", "add", "-q", "-b", "side", other.to_str().unwrap()]);
    let branch = begin_branch(&other, "taken-back").unwrap();
    assert_eq!(git(&other, &["symbolic-ref", "HEAD"]).unwrap(), "refs/heads/taken-back");
    branch.undo().unwrap();
    assert_eq!(git(&other, &["symbolic-ref", "HEAD"]).unwrap(), "refs/heads/side");
    drop(begin_branch(&other, "cart").unwrap());
    fs::write(other.join("new"), "new\n").unwrap();
    let id = commit_files(&other, &["new"], "x").unwrap();
    assert_eq!(scene.git(&["rev-parse", "cart"]), id);
    assert_eq!(git(&other, &["status", "--porcelain"]).unwrap(), "");
    assert_eq!((scene.git(&["rev-parse", "HEAD"]), scene.others()), (head, others));
}

#[test]
fn line_ends_are_those_that_git_keeps() {
    let scene = Scene::empty();
    scene.write(".gitattributes", "*.txt text eol=crlf\n*.bin -text\n*.enc working-tree-encoding=UTF-16\n");
    for name in ["a.txt", "b.bin", "c.enc"] {
        scene.write(name, "one\r\ntwo\r\n");
    }
    let root = scene.root();
    commit_files(&root, &["a.txt", "b.bin", ".gitattributes"], "x").unwrap();
    let kept = |name: &str| scene.git(&["cat-file", "-s", &format!("HEAD:{name}")]);
    assert_eq!((kept("a.txt").as_str(), kept("b.bin").as_str()), ("8", "10"));
    assert_eq!(scene.git(&["status", "--porcelain"]), "?? c.enc");
    let error = commit_files(&root, &["c.enc"], "x").unwrap_err().to_string();
    assert!(error.contains("`c.enc` goes through `working-tree-encoding=UTF-16`"), "{error}");
    // A filter counts once there is a program for it.
    scene.write(".gitattributes", "*.psd filter=lfs\n");
    scene.write("d.psd", "d\n");
    scene.git(&["config", "filter.lfs.clean", "git-lfs clean -- %f"]);
    let error = commit_files(&root, &["d.psd"], "x").unwrap_err().to_string();
    assert!(error.contains("`d.psd` goes through `filter=lfs`"), "{error}");
    scene.git(&["config", "--unset", "filter.lfs.clean"]);
    commit_files(&root, &["d.psd"], "x").unwrap();
}

#[test]
fn what_git_cannot_take_is_said_at_once() {
    let scene = Scene::busy();
    let inner = scene.root().join("inner");
    fs::create_dir(&inner).unwrap();
    git(&inner, &["init", "-q"]).unwrap();
    for path in ["a.log", "target/deep/b", "inner/c", "sub/d", "fine", "folder/known.log"] {
        scene.write(path, "1\n");
    }
    let head = scene.git(&["rev-parse", "HEAD"]);
    scene.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},module")]);
    scene.write("module/e", "1\n");
    let paths = ["fine", "a.log", "target/deep/b", "inner/c", "../up", "folder", "module/e", ".git/config"];
    let mut paths: Vec<&str> = paths.to_vec();
    let mut expected = vec![
        "cannot commit:",
        "  `../up` is no path of the repository",
        "  `.git/config` belongs to Git itself",
        "  Git ignores `a.log`: let `.gitignore` make an exception of it with `!`, or leave it out",
        "  `folder` is no regular file",
        "  `inner/c` belongs to another repository, that in `inner`",
    ];
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink("folder", scene.root().join("link")).unwrap();
        paths.extend(["link/known", "link"]);
        expected.extend(["  `link` is no regular file", "  `link/known` is behind the link `link`"]);
    }
    expected.extend([
        "  `module/e` belongs to another repository, that in `module`",
        "  Git ignores `target/deep/b`: let `.gitignore` make an exception of it with `!`, or leave it out",
    ]);
    let others = scene.others();
    let error = commit_files(&scene.root(), &paths, "x").unwrap_err().to_string();
    assert_eq!(error.lines().collect::<Vec<_>>(), expected);
    assert_eq!((scene.git(&["rev-parse", "HEAD"]), scene.others()), (head, others));
    // A file that Git has is committed whatever it ignores.
    scene.git(&["add", "-f", "a.log"]);
    commit_files(&scene.root(), &["a.log"], "x").unwrap();
    assert!(scene.committed().ends_with("A\ta.log"));
}

#[test]
fn a_commit_that_fails_stages_nothing() {
    let scene = Scene::busy();
    scene.write("known", "2\n");
    scene.write("new", "2\n");
    let before = (scene.others(), scene.git(&["rev-parse", "HEAD"]));
    let state = || (scene.others(), scene.git(&["rev-parse", "HEAD"]));
    let error = |paths: &[&str]| commit_files(&scene.root(), paths, "x").unwrap_err().to_string();
    assert!(error(&[]).contains("nothing to commit"));
    assert!(error(&["folder/known", "never/there"]).contains("nothing to commit"));
    assert!(commit_files(&scene.root(), &["new"], " \n").unwrap_err().to_string().contains("a message"));
    assert_eq!(state(), before);
    for lock in ["index.lock", "refs/heads/main.lock"] {
        scene.write(&format!(".git/{lock}"), "");
        let said = error(&["known", "new", "staged"]);
        assert!(said.starts_with("cannot commit: "), "{lock}: {said}");
        fs::remove_file(scene.root().join(".git").join(lock)).unwrap();
        assert_eq!(state(), before, "{lock}");
    }
    scene.git(&["config", "user.name", ""]);
    let said = error(&["known"]);
    assert!(said.contains("git config user.name and git config user.email"), "{said}");
    assert_eq!(state(), before);
    let empty = Scene::empty();
    assert!(
        commit_files(&empty.root(), &["none"], "x").unwrap_err().to_string().contains("nothing to commit")
    );
}

#[test]
fn a_file_takes_the_place_of_a_folder_and_back() {
    let scene = Scene::empty();
    scene.write("a/b", "1\n");
    commit_files(&scene.root(), &["a/b"], "x").unwrap();
    fs::remove_dir_all(scene.root().join("a")).unwrap();
    scene.write("a", "2\n");
    commit_files(&scene.root(), &["a", "a/b"], "x").unwrap();
    assert_eq!(scene.git(&["ls-tree", "-r", "--name-only", "HEAD"]), "a");
    fs::remove_file(scene.root().join("a")).unwrap();
    scene.write("a/b", "3\n");
    commit_files(&scene.root(), &["a", "a/b"], "x").unwrap();
    assert_eq!(scene.git(&["ls-tree", "-r", "--name-only", "HEAD"]), "a/b");
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn changed_files_are_told_from_others() {
    let scene = Scene::busy();
    scene.write("inner/.git/HEAD", "ref: refs/heads/main\n");
    scene.write("new folder/deep/*", "1\n");
    let paths = [
        "known",
        "staged",
        "unstaged",
        "both",
        "added",
        "removed",
        "gone",
        "untracked",
        "debug.log",
        "folder",
        "folder/known",
        "never/there",
        "new folder/deep/*",
    ];
    let changed = changed_among(&scene.root(), &paths).unwrap();
    let expected = ["staged", "unstaged", "both", "added", "removed", "gone", "untracked", "debug.log"];
    assert_eq!(changed, [expected.as_slice(), &["new folder/deep/*"]].concat());
    let below = changed_among(&scene.root().join("folder"), &["known", "new"]).unwrap();
    assert_eq!(below, Vec::<String>::new());
    assert_eq!(changed_among(&scene.root().join("no/folder"), &["x"]).unwrap(), Vec::<String>::new());
    let nowhere = tempfile::tempdir().unwrap();
    fs::write(nowhere.path().join("x"), "").unwrap();
    assert_eq!(changed_among(nowhere.path(), &["x"]).unwrap(), Vec::<String>::new());
    let empty = Scene::empty();
    empty.write("x", "1\n");
    assert_eq!(changed_among(&empty.root(), &["x", "y"]).unwrap(), ["x"]);
}
