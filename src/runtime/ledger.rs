//! The ledger: every run that is on record.
//!
//! A run is recorded by a file in the catalog. Most files are in the checkout; those whose pull request nobody has
//! merged yet are on branches of their own, and count as much: a limit that looked away from them would be none. Who
//! can push branches can also push a record that is made up, so the ledger is as honest as those who can write to the
//! repository.

use std::collections::BTreeMap;
use std::path::Path;

use super::run::{FOLDER, Run, SCHEMA, is_run_id};
use crate::git;
use crate::model::instant::Instant;
use crate::printable::shown;
use crate::worktree::{Content, below};

/// The branches on which runs are recorded, as they are known of the remote.
pub const BRANCHES: &str = "refs/remotes/origin/portal/run-";

/// The same branches of the repository itself.
const OWN_BRANCHES: &str = "refs/heads/portal/run-";

/// The most bytes of a record; those of a run with long outputs have a few thousand.
pub const LONGEST: usize = 4 * 1024 * 1024;

/// Every run that is on record.
#[derive(Debug, Default)]
pub struct Ledger {
    /// By instant, then identifier.
    runs: Vec<Recorded>,
    index: BTreeMap<String, usize>,
    warnings: Vec<String>,
}

/// A run on record.
#[derive(Debug)]
pub struct Recorded {
    /// When it was asked for.
    pub at: Instant,
    /// The record.
    pub run: Run,
    /// The branch that its record waits on; `None` when it is in the checkout.
    pub branch: Option<String>,
}

impl Ledger {
    /// Returns the runs recorded in the catalog whose root is the folder `root`: in its files, and on the branches of
    /// runs that are not merged. What cannot be read is a warning, never a reason to stop.
    pub fn read(root: &Path) -> Self {
        let mut ledger = Self::default();
        match below(root, FOLDER, ".json", LONGEST) {
            Ok(files) => {
                files.into_iter().for_each(|(path, content)| ledger.take(&path, &content, None));
            }
            Err(error) => ledger.warnings.push(error.to_string()),
        }
        for branches in [BRANCHES, OWN_BRANCHES] {
            ledger.take_branches(root, branches, |_| true);
        }
        ledger.sorted()
    }

    /// Returns the ledger with what is on record on `branch` of the remote: a job that has waited, or is started again,
    /// has checked out what was the newest once.
    #[must_use]
    pub fn beyond(mut self, root: &Path, branch: &str) -> Self {
        let whole = format!("refs/remotes/origin/{branch}");
        self.take_branches(root, &whole, |name| name == whole);
        self.sorted()
    }

    /// Returns the runs recorded in these files, each a path and what is there. What cannot be read is a warning.
    pub fn of_files(files: impl IntoIterator<Item = (String, Content)>) -> Self {
        let mut ledger = Self::default();
        files.into_iter().for_each(|(path, content)| ledger.take(&path, &content, None));
        ledger.sorted()
    }

    /// Returns a ledger of these runs; of two with one identifier the first counts, and what has no instant is left
    /// out.
    pub fn of(runs: impl IntoIterator<Item = Run>) -> Self {
        let mut ledger = Self::default();
        runs.into_iter().for_each(|run| ledger.add(run, None));
        ledger.sorted()
    }

    /// Returns the ledger with a run whose record waits on a branch.
    #[cfg(test)]
    pub(crate) fn waiting(mut self, run: Run) -> Self {
        let branch = format!("{BRANCHES}{}", run.id);
        self.add(run, Some(branch));
        self.sorted()
    }

    /// Returns whether a run is on record.
    pub fn contains(&self, id: &str) -> bool {
        self.index.contains_key(id)
    }

    /// Returns the run called `id`.
    pub fn get(&self, id: &str) -> Option<&Recorded> {
        self.index.get(id).map(|&at| &self.runs[at])
    }

    /// Returns every run, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Recorded> {
        self.runs.iter()
    }

    /// Returns the runs of an action, oldest first.
    pub fn of_action<'a>(&'a self, action: &'a str) -> impl DoubleEndedIterator<Item = &'a Recorded> {
        self.runs.iter().filter(move |recorded| recorded.run.action.as_deref() == Some(action))
    }

    /// Returns what could not be read, a sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn take_branches(&mut self, root: &Path, prefix: &str, wanted: impl Fn(&str) -> bool) {
        match git::beyond_head(root, prefix, FOLDER, LONGEST) {
            Ok(files) => {
                let files = files.into_iter().filter(|file| wanted(&file.branch));
                files.for_each(|file| self.take(&file.path, &file.content, Some(file.branch)));
            }
            Err(error) => self.warnings.push(error.to_string()),
        }
    }

    fn take(&mut self, path: &str, content: &Content, branch: Option<String>) {
        match read(path, content) {
            Ok(run) => self.add(run, branch),
            Err(why) => self.warnings.push(unread(path, branch.as_deref(), &why)),
        }
    }

    fn add(&mut self, run: Run, branch: Option<String>) {
        let Some(at) = Instant::parse(&run.at) else { return };
        if !self.index.contains_key(&run.id) {
            self.index.insert(run.id.clone(), 0);
            self.runs.push(Recorded { at, run, branch });
        }
    }

    fn sorted(mut self) -> Self {
        self.runs.sort_by(|a, b| (a.at, &a.run.id).cmp(&(b.at, &b.run.id)));
        self.index =
            self.runs.iter().enumerate().map(|(at, recorded)| (recorded.run.id.clone(), at)).collect();
        self
    }
}

/// Returns what to say about a record that cannot be read.
pub(super) fn unread(path: &str, branch: Option<&str>, why: &str) -> String {
    let on = branch.map(|branch| format!(" on `{}`", shown(branch))).unwrap_or_default();
    format!("the record `{}`{on} is left out: {why}", shown(path))
}

/// Returns the record that the file at `path` is, or why it is none.
pub(super) fn read(path: &str, content: &Content) -> Result<Run, String> {
    let text = match content {
        Content::Text(text) => text,
        Content::Bytes(_) => return Err("it is not UTF-8".into()),
        Content::TooLarge(_) => return Err(format!("it has more than {} MiB", LONGEST >> 20)),
    };
    let run: Run = serde_json::from_str(text).map_err(|error| shown(&error.to_string()))?;
    if run.schema != SCHEMA {
        return Err(format!("it is no `{SCHEMA}`"));
    }
    let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".json"));
    if name != Some(&run.id) || !is_run_id(&run.id) {
        return Err("its identifier is not that of its file".into());
    }
    if Instant::parse(&run.at).is_none() {
        return Err("it does not say when the run was asked for".into());
    }
    Ok(run)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use crate::runtime::run::testing::run;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn git(root: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        let done = Command::new("git").current_dir(root).args(identity).args(arguments).output();
        assert!(done.expect("git runs").status.success(), "git {arguments:?}");
    }

    fn text(run: &Run) -> String {
        serde_json::to_string(run).expect("JSON")
    }

    #[test]
    fn runs_are_found_by_action_and_in_order_of_time() {
        let mut unknown = run("x", "2026-11-03T00:00:00Z");
        unknown.action = None;
        let ledger = Ledger::of([
            run("b", "2026-11-02T00:00:00Z"),
            run("a", "2026-11-02T01:00:00+02:00"),
            unknown,
            run("b", "2020-01-01T00:00:00Z"),
            run("z", "one day"),
        ]);
        let ids: Vec<&str> = ledger.iter().map(|recorded| recorded.run.id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "x"]);
        assert_eq!(ledger.of_action("deploy").count(), 2);
        assert!(ledger.contains("x") && !ledger.contains("z"));
        assert_eq!(
            ledger.get("b").map(|recorded| recorded.at.iso()).as_deref(),
            Some("2026-11-02T00:00:00Z")
        );
    }

    #[test]
    fn broken_records_are_warnings() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let good = text(&run("gh-1-1", "2026-11-02T00:00:00Z"));
        for (path, text) in [
            (".portal/runs/2026/11/gh-1-1.json", good.as_str()),
            (".portal/runs/2026/11/gh-2-1.json", good.as_str()),
            (".portal/runs/2026/11/gh-3-1.json", "{"),
            (".portal/runs/2026/11/gh-4-1.json", "{\"schema\": \"\u{1b}[2J\"}"),
            (".portal/runs/2026/11/notes.txt", "not a record"),
            (".portal/runs/2026/11/..json", &text(&run(".", "2026-11-02T00:00:00Z"))),
        ] {
            write(root, path, text);
        }
        let ledger = Ledger::read(root);
        assert_eq!(ledger.iter().count(), 1);
        let warnings = ledger.warnings().join("\n");
        assert_eq!(ledger.warnings().len(), 4, "{warnings}");
        assert!(warnings.contains("its identifier is not that of its file"), "{warnings}");
        assert!(!warnings.contains('\u{1b}'), "{warnings}");
        assert_eq!(Ledger::read(&root.join("nothing")).iter().count(), 0);
    }

    #[test]
    fn records_on_branches_that_are_not_merged_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, catalog) = (folder.path(), folder.path().join("catalog"));
        let record = |id: &str, at: &str| {
            let run = run(id, at);
            write(&catalog, &run.path(), &text(&run));
        };
        git(root, &["init", "-q", "-b", "main"]);
        record("gh-1-1", "2026-11-01T00:00:00Z");
        git(root, &["add", "."]);
        git(root, &["commit", "-q", "-m", "one"]);
        for (number, id) in ["gh-2-1", "gh-3-1"].iter().enumerate() {
            git(root, &["switch", "-q", "-c", &format!("portal/run-{id}"), "main"]);
            record(id, &format!("2026-11-0{}T00:00:00Z", number + 2));
            write(&catalog, ".portal/runs/2026/12/gh-9-1.json", "broken");
            git(root, &["add", "."]);
            git(root, &["commit", "-q", "-m", "more"]);
        }
        git(root, &["update-ref", "refs/remotes/origin/portal/run-gh-2-1", "portal/run-gh-2-1"]);
        git(root, &["switch", "-q", "main"]);
        let ledger = Ledger::read(&catalog);
        let found: Vec<(&str, Option<&str>)> =
            ledger.iter().map(|recorded| (recorded.run.id.as_str(), recorded.branch.as_deref())).collect();
        let (remote, own) = ("refs/remotes/origin/portal/run-gh-2-1", "refs/heads/portal/run-gh-3-1");
        assert_eq!(found, [("gh-1-1", None), ("gh-2-1", Some(remote)), ("gh-3-1", Some(own))]);
        assert_eq!(ledger.warnings().len(), 2, "one for each of the two places: {:?}", ledger.warnings());
    }
}
