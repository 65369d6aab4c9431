//! What `git` does with the remote.

use super::Provider;
use crate::git;
use crate::runtime::outside::{Finished, Program};

/// Why something was not pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushError {
    /// The branch has moved on: fetch, do it again on top, and push once more.
    Behind,
    /// For another reason, as a phrase.
    Refused(String),
}

impl std::fmt::Display for PushError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Behind => out.write_str("the branch has moved on"),
            Self::Refused(why) => out.write_str(why),
        }
    }
}

impl Provider<'_> {
    /// Returns whether the repository has a remote called `origin`.
    pub fn has_remote(&self) -> bool {
        let finished = self.git(&["remote", "get-url", "origin"], true);
        finished.is_ok_and(|finished| finished.is_success())
    }

    /// Fetches the branches on which runs are recorded, so that the ledger has those that are not merged.
    ///
    /// # Errors
    /// Why it did not work, as a phrase: the ledger then has what it has.
    pub fn fetch_runs(&self) -> Result<(), String> {
        self.fetch("+refs/heads/portal/run-*:refs/remotes/origin/portal/run-*", true)
    }

    /// Fetches a branch of the remote, to `refs/remotes/origin/`.
    ///
    /// # Errors
    /// Why it did not work, as a phrase.
    pub fn fetch_branch(&self, branch: &str) -> Result<(), String> {
        let whole = whole(branch)?;
        self.fetch(&format!("+{whole}:refs/remotes/origin/{branch}"), false)
    }

    /// Pushes a branch of the repository to the remote.
    ///
    /// # Errors
    /// Why it did not work.
    pub fn push(&self, branch: &str) -> Result<(), PushError> {
        let whole = whole(branch).map_err(PushError::Refused)?;
        self.push_as(&whole, branch)
    }

    /// Pushes a commit to the branch `branch` of the remote, which must be behind it.
    ///
    /// # Errors
    /// Why it did not work.
    pub fn push_as(&self, commit: &str, branch: &str) -> Result<(), PushError> {
        let whole = whole(branch).map_err(PushError::Refused)?;
        self.push_with(&[], &format!("{commit}:{whole}"))
    }

    fn push_with(&self, options: &[&str], refspec: &str) -> Result<(), PushError> {
        let arguments = [&["push", "--porcelain"], options, &["--", "origin", refspec]].concat();
        let finished = self.git(&arguments, false).map_err(PushError::Refused)?;
        if finished.is_success() {
            return Ok(());
        }
        let said = format!("{}\n{}", finished.stdout, finished.stderr);
        let behind =
            ["[rejected]", "non-fast-forward", "fetch first", "cannot lock ref", "incorrect old value"];
        match behind.iter().any(|words| said.contains(words)) {
            true => Err(PushError::Behind),
            false => Err(PushError::Refused(self.complaint("git push", &finished))),
        }
    }

    /// Fetches a branch of the remote, to `refs/remotes/origin/`, where it is gone afterwards if there is none.
    ///
    /// # Errors
    /// Why it did not work, as a phrase.
    pub fn fetch_perhaps(&self, branch: &str) -> Result<(), String> {
        // A pattern that fits nothing is no mistake, and a branch that is not there would be one.
        let whole = whole(branch)?;
        self.fetch(&format!("+{whole}*:refs/remotes/origin/{branch}*"), true)
    }

    /// Moves the branch `branch` of the remote to a commit, wherever that is, unless it is not at `from` any more; `None`
    /// is that there is no such branch.
    ///
    /// # Errors
    /// Why it did not work.
    pub fn move_branch(&self, branch: &str, from: Option<&str>, commit: &str) -> Result<(), PushError> {
        let whole = whole(branch).map_err(PushError::Refused)?;
        let lease = format!("--force-with-lease={whole}:{}", from.unwrap_or_default());
        self.push_with(&[&lease], &format!("{commit}:{whole}"))
    }

    fn fetch(&self, refspec: &str, prune: bool) -> Result<(), String> {
        let mut arguments = vec!["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
        arguments.extend(prune.then_some("--prune"));
        arguments.extend(["--", "origin", refspec]);
        let finished = self.git(&arguments, true)?;
        if finished.is_success() { Ok(()) } else { Err(self.complaint("git fetch", &finished)) }
    }

    fn git(&self, arguments: &[&str], reads_only: bool) -> Result<Finished, String> {
        let program = Program {
            name: "git".into(),
            arguments: arguments.iter().map(|argument| (*argument).to_string()).collect(),
            env: self.git_env(),
            directory: self.directory.clone(),
            reads_only,
            ..Program::default()
        };
        self.outside.run(&program).map_err(|reason| self.harmless(&reason))
    }

    /// Returns why a program failed, as a phrase: the last thing it said, which is the reason, or the first `fatal:`.
    fn complaint(&self, program: &str, finished: &Finished) -> String {
        let lines = || finished.stderr.lines().map(str::trim).filter(|line| !line.is_empty());
        let fatal = lines().find(|line| line.starts_with("fatal:") || line.starts_with("error:"));
        let said = fatal.or_else(|| lines().next_back()).unwrap_or("it says nothing");
        format!("`{program}` ends with {}: {}", finished.code, self.harmless(said))
    }
}

/// Returns the full name of a branch.
fn whole(branch: &str) -> Result<String, String> {
    let whole = format!("refs/heads/{branch}");
    match git::is_reference_name(&whole) {
        true => Ok(whole),
        false => Err(format!("`{}` is no name of a branch", crate::printable::shown(branch))),
    }
}
