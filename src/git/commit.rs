//! Commits made without a work tree: on a branch of their own, beside whatever people are doing.

use std::collections::BTreeMap;
use std::path::Path;

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, ObjectType, Repository, Signature, Time, Tree};

use super::{GitError, discover, inside};

/// A file to commit.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its path, relative to the catalog root.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Makes a branch from the head with one more commit, which adds `files`, and returns the commit's id. Neither the work
/// tree nor the index is touched. The author is the person whose name and address Git knows; nothing is signed.
///
/// # Errors
/// When there is no repository or no commit yet, the branch exists, or Git does not know who commits.
pub fn branch_with(root: &Path, branch: &str, message: &str, files: &[NewFile]) -> Result<String, GitError> {
    let repository = discover(root)?;
    let author = author(&repository)?;
    let made = commit(&repository, &inside(&repository, root), branch, message, files, &author);
    made.map_err(|error| GitError::new(format!("cannot commit to a new branch `{branch}`"), &error))
}

/// Returns the person whose name and address Git knows.
pub(super) fn author(repository: &Repository) -> Result<Signature<'static>, GitError> {
    repository.signature().map_err(|error| {
        let help = "tell Git who you are: git config user.name and git config user.email";
        GitError::new(format!("nobody to commit as ({help})"), &error)
    })
}

fn commit(
    repository: &Repository,
    prefix: &str,
    branch: &str,
    message: &str,
    files: &[NewFile],
    author: &Signature<'_>,
) -> Result<String, git2::Error> {
    let head = repository.head()?.peel_to_commit()?;
    let mut update = TreeUpdateBuilder::new();
    for file in files {
        let blob = repository.blob(&file.bytes)?;
        update.upsert(format!("{prefix}{}", file.path), blob, FileMode::Blob);
    }
    let tree = repository.find_tree(update.create_updated(repository, &head.tree()?)?)?;
    let id = repository.commit(None, author, author, message, &tree, &[&head])?;
    repository.branch(branch, &repository.find_commit(id)?, false)?;
    Ok(id.to_string())
}

/// A commit to make on top of another.
#[derive(Debug, Clone, Copy)]
pub struct NewCommit<'a> {
    /// The revision that it follows.
    pub base: &'a str,
    /// What each file holds then, by its path relative to the catalog root; `None` when it is deleted.
    pub files: &'a BTreeMap<String, Option<Vec<u8>>>,
    /// What it says.
    pub message: &'a str,
    /// The name and the address of who makes it.
    pub author: (&'a str, &'a str),
    /// When, in seconds since 1970.
    pub seconds: i64,
}

/// Makes a commit that no branch has yet, and returns its id. Neither the work tree nor the index is touched; nothing is
/// signed.
///
/// # Errors
/// When there is no repository or no such revision, or a path leads through a link or to something that is no file.
pub fn commit_on(root: &Path, new: &NewCommit<'_>) -> Result<String, GitError> {
    let repository = discover(root)?;
    let prefix = inside(&repository, root);
    let tree = super::tree_of(&repository, new.base)?;
    let made = repository.find_tree(tree).and_then(|tree| {
        for path in new.files.keys() {
            plain_file(&repository, &tree, &format!("{prefix}{path}"))?;
        }
        let mut update = TreeUpdateBuilder::new();
        for (path, bytes) in new.files {
            let path = format!("{prefix}{path}");
            match bytes {
                Some(bytes) => update.upsert(path, repository.blob(bytes)?, FileMode::Blob),
                None => update.remove(path),
            };
        }
        let tree = repository.find_tree(update.create_updated(&repository, &tree)?)?;
        let base = repository.revparse_single(new.base)?.peel_to_commit()?;
        let author = Signature::new(new.author.0, new.author.1, &Time::new(new.seconds, 0))?;
        repository.commit(None, &author, &author, new.message, &tree, &[&base])
    });
    made.map(|id| id.to_string()).map_err(|error| GitError::new("cannot make the commit", &error))
}

/// Lets a branch of the repository lead to a commit, wherever it led before.
///
/// # Errors
/// When there is no repository or no such commit, or the branch cannot be called so.
pub fn set_branch(root: &Path, branch: &str, commit: &str) -> Result<(), GitError> {
    let repository = discover(root)?;
    let set = repository.revparse_single(commit).and_then(|object| {
        let name = format!("refs/heads/{branch}");
        repository.reference(&name, object.id(), true, "portal").map(drop)
    });
    set.map_err(|error| GitError::new(format!("cannot set the branch `{branch}`"), &error))
}

/// Refuses a path that is there and is no plain file, or that leads through what is no folder.
fn plain_file(repository: &Repository, tree: &Tree<'_>, path: &str) -> Result<(), git2::Error> {
    let refused = || git2::Error::from_str(&format!("`{path}` is not a plain file of the repository"));
    let parts: Vec<&str> = path.split('/').collect();
    let special = |part: &&str| matches!(*part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
    if parts.iter().any(special) {
        return Err(refused());
    }
    let mut at = tree.clone();
    for (number, part) in parts.iter().enumerate() {
        let entry = at.get_name(part).map(|entry| (entry.id(), entry.kind(), entry.filemode()));
        let Some((id, kind, mode)) = entry else { return Ok(()) };
        if number + 1 == parts.len() {
            return if matches!(mode, 0o100_644 | 0o100_755 | 0o100_664) { Ok(()) } else { Err(refused()) };
        }
        if kind != Some(ObjectType::Tree) {
            return Err(refused());
        }
        at = repository.find_tree(id)?;
    }
    Ok(())
}
