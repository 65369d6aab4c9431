//! What branches hold that are not merged.

use std::collections::BTreeSet;
use std::path::Path;

use git2::{ObjectType, Oid, Repository, Tree};

use super::{GitError, inside};
use crate::worktree::Content;

/// A file of a branch, which the head does not have, or has otherwise.
#[derive(Debug, Clone)]
pub struct BranchFile {
    /// The full name of the branch: `refs/remotes/origin/portal/run-gh-1-1`.
    pub branch: String,
    /// Its path, relative to the catalog root.
    pub path: String,
    /// What it holds.
    pub content: Content,
}

/// Returns the files below `folder`, relative to the catalog root `root`, that branches whose full name begins with
/// `prefix` have and the head has not: by branch, then path. Folders that both have alike are not looked into, and of
/// branches that share a file the first one counts. A file of more than `most` bytes is not read. Without a repository
/// there are none.
///
/// # Errors
/// When the repository cannot be read.
pub fn beyond_head(
    root: &Path,
    prefix: &str,
    folder: &str,
    most: usize,
) -> Result<Vec<BranchFile>, GitError> {
    let Ok(repository) = super::discover(root) else { return Ok(Vec::new()) };
    let cannot = |error: git2::Error| GitError::new("cannot read the branches of runs", &error);
    let base = inside(&repository, root);
    let whole = format!("{base}{folder}");
    let head = repository.head().ok().and_then(|head| head.peel_to_tree().ok());
    let head = head.and_then(|tree| below(&repository, &tree, &whole));
    let mut names: Vec<String> = Vec::new();
    for reference in repository.references_glob(&format!("{prefix}*")).map_err(cannot)? {
        names.extend(reference.map_err(cannot)?.name().ok().map(String::from));
    }
    names.sort_unstable();
    let mut walk = Walk { repository: &repository, most, seen: BTreeSet::new(), files: Vec::new() };
    for branch in names {
        let tree = repository.find_reference(&branch).and_then(|reference| reference.peel_to_tree());
        let tree = tree.ok().and_then(|tree| below(&repository, &tree, &whole));
        if let Some(tree) = tree {
            walk.collect(&branch, folder, &tree, head.as_ref()).map_err(cannot)?;
        }
    }
    Ok(walk.files)
}

/// Returns whether `name` can be the full name of a branch: `refs/heads/main`.
pub fn is_reference_name(name: &str) -> bool {
    git2::Reference::is_valid_name(name)
}

/// Returns the tree of the folder `path`, if it is there.
fn below<'r>(repository: &'r Repository, tree: &Tree<'_>, path: &str) -> Option<Tree<'r>> {
    repository.find_tree(tree.get_path(Path::new(path)).ok()?.id()).ok()
}

struct Walk<'r> {
    repository: &'r Repository,
    most: usize,
    seen: BTreeSet<(String, Oid)>,
    files: Vec<BranchFile>,
}

impl Walk<'_> {
    /// Adds the files of `tree`, the folder at `path`, that are not in `head`, the same folder there.
    fn collect(
        &mut self,
        branch: &str,
        path: &str,
        tree: &Tree<'_>,
        head: Option<&Tree<'_>>,
    ) -> Result<(), git2::Error> {
        for entry in tree {
            let Ok(name) = entry.name() else { continue };
            let known = head.and_then(|head| head.get_name(name));
            if known.as_ref().is_some_and(|known| known.id() == entry.id()) {
                continue;
            }
            let path = format!("{path}/{name}");
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    let inner = self.repository.find_tree(entry.id())?;
                    let known = known.and_then(|known| self.repository.find_tree(known.id()).ok());
                    self.collect(branch, &path, &inner, known.as_ref())?;
                }
                Some(ObjectType::Blob) if self.seen.insert((path.clone(), entry.id())) => {
                    let blob = self.repository.find_blob(entry.id())?;
                    let content = match blob.size() > self.most {
                        true => Content::TooLarge(blob.size() as u64),
                        false => Content::from(blob.content()),
                    };
                    self.files.push(BranchFile { branch: branch.to_string(), path, content });
                }
                _ => {}
            }
        }
        Ok(())
    }
}
