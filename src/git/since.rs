//! What has happened to paths since a commit.

use git2::{Commit, Oid};

use super::{GitError, History};
use std::path::Path;

/// A commit that changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The full hash.
    pub commit: String,
    /// The first line of its message.
    pub title: String,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
}

impl History {
    /// Returns the commits after `commit` that changed one of `paths`, relative to the catalog root, newest first. A merge
    /// changes what is different from all that it merges. `None` when it cannot be said: the commit is not in this
    /// history, or a shallow clone ends before it.
    ///
    /// # Errors
    /// When Git cannot read what it has.
    pub fn since(&self, commit: &str, paths: &[String]) -> Result<Option<Vec<Step>>, GitError> {
        self.steps(commit, paths).map_err(|error| GitError::new("cannot read the history", &error))
    }

    fn steps(&self, commit: &str, paths: &[String]) -> Result<Option<Vec<Step>>, git2::Error> {
        let Ok(base) = Oid::from_str(commit) else { return Ok(None) };
        if self.repository.find_commit(base).is_err() {
            return Ok(None);
        }
        if base != self.head && !self.repository.graph_descendant_of(self.head, base)? {
            return Ok(None);
        }
        let shallow = self.repository.is_shallow();
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(git2::Sort::TIME | git2::Sort::TOPOLOGICAL)?;
        walk.push(self.head)?;
        walk.hide(base)?;
        let mut steps = Vec::new();
        for id in walk {
            let commit = self.repository.find_commit(id?)?;
            if shallow && commit.parent_count() == 0 {
                // Here the clone ends: what came before on this side is not known.
                return Ok(None);
            }
            if self.changes(&commit, paths)? {
                steps.push(step(&commit));
            }
        }
        Ok(Some(steps))
    }

    fn changes(&self, commit: &Commit<'_>, paths: &[String]) -> Result<bool, git2::Error> {
        let own = commit.tree()?;
        let parents = commit.parents().map(|parent| parent.tree()).collect::<Result<Vec<_>, _>>()?;
        let is_changed = |path: &String| {
            let whole = format!("{}{path}", self.prefix);
            let state = |tree: &git2::Tree<'_>| {
                let entry = tree.get_path(Path::new(&whole)).ok();
                entry.map(|entry| (entry.id(), entry.filemode()))
            };
            let here = state(&own);
            match parents.is_empty() {
                true => here.is_some(),
                false => parents.iter().all(|parent| state(parent) != here),
            }
        };
        Ok(paths.iter().any(is_changed))
    }
}

fn step(commit: &Commit<'_>) -> Step {
    let title = commit.summary_bytes().map(String::from_utf8_lossy).unwrap_or_default();
    Step { commit: commit.id().to_string(), title: title.into_owned(), seconds: commit.time().seconds() }
}
