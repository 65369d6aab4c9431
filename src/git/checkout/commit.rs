//! A commit of some files of the work tree, whatever else is changed or staged.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use git2::{AttrCheckFlags, AttrValue, Index, IndexEntry, Oid, Repository, message_prettify};

use super::super::{GitError, commit};
use super::{head, place, ready};
use crate::worktree::normalise;

/// The mode of a repository in the place of a folder.
const SUBMODULE: u32 = 0o160_000;

/// Commits the files `paths`, relative to `root`, as they are in the work tree, to the branch that is checked out, and
/// returns the commit's id; one that is gone is removed. Whatever else is changed or staged stays so. Line ends are those
/// that Git keeps. The author is the person whose name and address Git knows; nothing is signed and no hook runs.
///
/// # Errors
/// When there is no repository, a merge or the like is in progress, nothing would change, Git ignores a file or cannot take
/// it, or does not know who commits. The branch and what is staged are as they were, then.
pub fn commit_files(root: &Path, paths: &[&str], message: &str) -> Result<String, GitError> {
    let (repository, prefix) = place(root)?;
    ready(&repository)?;
    let author = commit::author(&repository)?;
    let cannot = |error| GitError::new("cannot commit", &error);
    let message = message_prettify(message, None).map_err(cannot)?;
    if message.is_empty() {
        return Err(GitError("a commit needs a message".into()));
    }
    let mut index = repository.index().map_err(cannot)?;
    index.read(false).map_err(cannot)?;
    let files = Files { repository: &repository, root, prefix: &prefix };
    let files = files.all(&index, paths)?;
    let parent = head(&repository).map_err(cannot)?;
    let before: Vec<(&str, Option<IndexEntry>)> =
        files.iter().map(|file| (file.path.as_str(), index.get_path(Path::new(&file.path), 0))).collect();
    stage(&mut index, &files)?;
    let tree = tree(&repository, parent.as_ref(), &index, &files).map_err(cannot)?;
    let same = match &parent {
        Some(parent) => parent.tree_id() == tree,
        None => !files.iter().any(|file| file.exists),
    };
    if same {
        return Err(GitError("there is nothing to commit: the last commit has the files as they are".into()));
    }
    // An index that cannot be written, such as one that another Git holds, is to stop the commit, not to follow it.
    index.write().map_err(cannot)?;
    let made = repository.find_tree(tree).and_then(|tree| {
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        repository.commit(Some("HEAD"), &author, &author, &message, &tree, &parents)
    });
    made.map(|id| id.to_string()).map_err(|error| match unstage(&mut index, before) {
        Ok(()) => GitError::new("cannot commit", &error),
        Err(left) => {
            GitError::new(format!("cannot commit, and the files are staged now ({})", left.message()), &error)
        }
    })
}

/// A file to commit.
struct File {
    /// Its path in the repository.
    path: String,
    /// Whether it is there.
    exists: bool,
}

/// The work tree that files are taken from.
struct Files<'r> {
    repository: &'r Repository,
    root: &'r Path,
    /// The path of the root in the repository: empty, or ending in `/`.
    prefix: &'r str,
}

impl Files<'_> {
    /// Returns the files at `paths`, relative to the root.
    ///
    /// # Errors
    /// All reasons why Git cannot take them.
    fn all(&self, index: &Index, paths: &[&str]) -> Result<Vec<File>, GitError> {
        let mut files = Vec::new();
        let mut reasons = Vec::new();
        for path in paths.iter().copied().collect::<BTreeSet<&str>>() {
            match self.file(index, path) {
                Ok(file) => files.push(file),
                Err(reason) => reasons.push(reason),
            }
        }
        match reasons.as_slice() {
            [] => Ok(files),
            [reason] => Err(GitError(format!("cannot commit: {reason}"))),
            reasons => {
                let lines: String = reasons.iter().map(|reason| format!("\n  {reason}")).collect();
                Err(GitError(format!("cannot commit:{lines}")))
            }
        }
    }

    fn file(&self, index: &Index, path: &str) -> Result<File, String> {
        let whole = format!("{}{path}", self.prefix);
        if normalise("", &whole).is_none_or(|normal| normal != whole) {
            return Err(format!("`{path}` is no path of the repository"));
        }
        if path.split('/').any(|part| part.eq_ignore_ascii_case(".git")) {
            return Err(format!("`{path}` belongs to Git itself"));
        }
        self.way(index, path)?;
        let known = index.get_path(Path::new(&whole), 0).is_some();
        let exists = match fs::symlink_metadata(self.root.join(path)) {
            Ok(metadata) if metadata.is_file() => true,
            // The file is gone, and its place is taken.
            Ok(metadata) if metadata.is_dir() && known => false,
            Ok(_) => return Err(format!("`{path}` is no regular file")),
            Err(error) if is_absent(&error) => false,
            Err(error) => return Err(format!("`{path}` cannot be read: {error}")),
        };
        if exists && !known && self.repository.is_path_ignored(&whole).unwrap_or(false) {
            return Err(format!(
                "Git ignores `{path}`: let `.gitignore` make an exception of it with `!`, or leave it out"
            ));
        }
        if exists && let Some(filter) = self.filter(&whole) {
            return Err(format!(
                "`{path}` goes through `{filter}` of `.gitattributes`, which only git itself can do: commit with git"
            ));
        }
        Ok(File { path: whole, exists })
    }

    /// Refuses a way that leads through a link or into another repository.
    fn way(&self, index: &Index, path: &str) -> Result<(), String> {
        for (at, _) in path.match_indices('/') {
            let folder = path.get(..at).unwrap_or(path);
            let place = self.root.join(folder);
            if fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_symlink()) {
                return Err(format!("`{path}` is behind the link `{folder}`"));
            }
            let entry = index.get_path(Path::new(&format!("{}{folder}", self.prefix)), 0);
            let submodule = entry.is_some_and(|entry| entry.mode == SUBMODULE);
            if submodule || fs::symlink_metadata(place.join(".git")).is_ok() {
                return Err(format!("`{path}` belongs to another repository, that in `{folder}`"));
            }
        }
        Ok(())
    }

    /// Returns the attribute by which Git would keep something else of a file than can be made here: what a program makes
    /// of it, or another encoding.
    fn filter(&self, path: &str) -> Option<String> {
        let value = |name| {
            let value =
                self.repository.get_attr_bytes(Path::new(path), name, AttrCheckFlags::FILE_THEN_INDEX);
            match AttrValue::from_bytes(value.ok()?) {
                AttrValue::String(value) => Some(value.to_string()),
                _ => None,
            }
        };
        // As to Git itself, a filter without a program is none.
        let has_program = |filter: &String| {
            let config = self.repository.config();
            config.is_ok_and(|config| {
                ["clean", "process"]
                    .iter()
                    .any(|kind| config.get_entry(&format!("filter.{filter}.{kind}")).is_ok())
            })
        };
        let filter = value("filter").filter(has_program).map(|filter| format!("filter={filter}"));
        filter.or_else(|| Some(format!("working-tree-encoding={}", value("working-tree-encoding")?)))
    }
}

/// Puts the files, as they are in the work tree, into the index, in memory.
fn stage(index: &mut Index, files: &[File]) -> Result<(), GitError> {
    for file in files {
        let path = Path::new(&file.path);
        let staged = if file.exists { index.add_path(path) } else { index.remove_path(path) };
        staged.map_err(|error| GitError::new(format!("cannot commit `{}`", file.path), &error))?;
    }
    Ok(())
}

/// Puts back what the index had of the files.
fn unstage(index: &mut Index, before: Vec<(&str, Option<IndexEntry>)>) -> Result<(), git2::Error> {
    for (path, entry) in before {
        match entry {
            Some(entry) => index.add(&entry)?,
            None => index.remove_path(Path::new(path))?,
        }
    }
    index.write()
}

/// Returns the tree of the commit with the files as they are in the index, and nothing else of it.
fn tree(
    repository: &Repository,
    parent: Option<&git2::Commit<'_>>,
    index: &Index,
    files: &[File],
) -> Result<Oid, git2::Error> {
    let mut whole = Index::new()?;
    if let Some(parent) = parent {
        whole.read_tree(&parent.tree()?)?;
    }
    for file in files {
        match index.get_path(Path::new(&file.path), 0) {
            Some(entry) => whole.add(&entry)?,
            None => whole.remove_path(Path::new(&file.path))?,
        }
    }
    whole.write_tree_to(repository)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
