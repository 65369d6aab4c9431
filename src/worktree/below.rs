//! Files that are no documents of the catalog but its own notes, such as the records of runs.

use std::path::Path;

use walkdir::WalkDir;

use super::{Content, Files, Unreadable, Worktree, relative};

/// Returns the files below `folder` of the catalog root that end in `extension`, in path order: the path relative to
/// the root, and what it holds. Hidden folders are looked into, links are not followed; a folder that is not there
/// holds nothing. A file of more than `most` bytes is not read.
///
/// # Errors
/// When a folder cannot be listed or a file cannot be read.
pub fn below(
    root: &Path,
    folder: &str,
    extension: &str,
    most: usize,
) -> Result<Vec<(String, Content)>, Unreadable> {
    let start = root.join(folder);
    if !start.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for entry in WalkDir::new(&start).follow_root_links(false) {
        let entry = entry
            .map_err(|error| Unreadable { path: start.display().to_string(), reason: error.to_string() })?;
        let path = relative(root, entry.path()).filter(|path| path.ends_with(extension));
        paths.extend(path.filter(|_| entry.file_type().is_file()));
    }
    paths.sort_unstable();
    let contents = Worktree::new(root).read(&paths, most)?;
    Ok(paths.into_iter().zip(contents).collect())
}
