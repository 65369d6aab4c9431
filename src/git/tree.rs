//! A folder of a revision as a whole: files with their modes, links as what they are.

use std::path::Path;

use git2::{ObjectType, Oid, Repository};

use super::LINK;
use crate::worktree::{MOST_FILE_BYTES, Refused, Tree, TreeFile, Unreadable};

/// Returns the folder `folder`, relative to the root of the repository, of the tree `tree`. Nothing is checked out: a link
/// is an object that says where it leads, and is named, never followed.
pub(super) fn read(repository: &Repository, tree: Oid, folder: &str) -> Result<Tree, Unreadable> {
    let unreadable = |reason: String| Unreadable { path: folder.to_string(), reason };
    let root = repository.find_tree(tree).map_err(|error| unreadable(error.message().into()))?;
    let path = folder.trim_end_matches('/');
    let below = match path {
        "" => Some(root),
        path => root.get_path(Path::new(path)).ok().and_then(|entry| repository.find_tree(entry.id()).ok()),
    };
    let below = below.ok_or_else(|| unreadable("it is no folder".into()))?;
    let mut tree = Tree::default();
    let mut full = None;
    let walked = below.walk(git2::TreeWalkMode::PreOrder, |inside, entry| {
        if entry.kind() == Some(ObjectType::Tree) {
            return git2::TreeWalkResult::Ok;
        }
        let name = String::from_utf8_lossy(entry.name_bytes());
        let path = format!("{inside}{name}");
        let added = match file(repository, entry, &path) {
            Ok(file) => tree.add(file),
            Err(reason) => {
                tree.refused.push(Refused { path, reason });
                Ok(())
            }
        };
        match added {
            Ok(()) => git2::TreeWalkResult::Ok,
            Err(reason) => {
                full = Some(reason);
                git2::TreeWalkResult::Abort
            }
        }
    });
    if let Some(reason) = full {
        return Err(unreadable(reason));
    }
    walked.map_err(|error| unreadable(error.message().into()))?;
    tree.sort();
    Ok(tree)
}

/// Returns the file of an entry, or what else it is.
fn file(repository: &Repository, entry: &git2::TreeEntry<'_>, path: &str) -> Result<TreeFile, &'static str> {
    if entry.name().is_err() {
        return Err("has a name that is no Unicode");
    }
    match (entry.kind(), entry.filemode()) {
        (Some(ObjectType::Blob), LINK) => return Err("is a symbolic link"),
        (Some(ObjectType::Blob), _) => {}
        _ => return Err("is a submodule"),
    }
    let blob = repository.find_blob(entry.id()).map_err(|_| "cannot be read")?;
    if blob.size() > MOST_FILE_BYTES {
        return Err("is larger than 8 MiB");
    }
    let executable = entry.filemode() & 0o100 != 0;
    Ok(TreeFile { path: path.to_string(), bytes: blob.content().into(), executable })
}
