//! Which of two revisions comes first, and whether that can be known.

use std::path::Path;

use git2::{Oid, Repository};

use super::{GitError, discover};

/// Returns whether the repository that `from` is in lacks a part of its history.
///
/// # Errors
/// When there is no repository.
pub fn is_shallow(from: &Path) -> Result<bool, GitError> {
    Ok(discover(from)?.is_shallow())
}

/// Returns whether the revision `one` is `other`, or in its history.
///
/// # Errors
/// When there is no repository or no such revision.
pub fn is_before(from: &Path, one: &str, other: &str) -> Result<bool, GitError> {
    let repository = discover(from)?;
    let (one, other) = (commit_of(&repository, one)?, commit_of(&repository, other)?);
    let descends = repository.graph_descendant_of(other, one);
    Ok(one == other
        || descends.map_err(|error| GitError::new("cannot read the history of the repository", &error))?)
}

fn commit_of(repository: &Repository, name: &str) -> Result<Oid, GitError> {
    let commit = repository.revparse_single(name).and_then(|object| object.peel_to_commit());
    let commit = commit.map_err(|error| GitError::new(format!("there is no revision `{name}`"), &error))?;
    Ok(commit.id())
}
