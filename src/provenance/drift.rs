//! What became of the files that were written.

use super::{Record, digest_of};
use crate::worktree::{Files, Held, MOST_FILE_BYTES, Unreadable};

/// What became of a file that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// It holds something else.
    Changed,
    /// It is gone.
    Deleted,
}

/// Returns the files of a record that are no longer as they were written, by their path below the root of `files`; `folder`
/// is that of the service. Links are not followed: one in place of a file is a change.
///
/// # Errors
/// When a file cannot be read.
pub fn drift(
    files: &dyn Files,
    folder: &str,
    record: &Record,
) -> Result<Vec<(String, FileState)>, Unreadable> {
    let below = |path: &String| if folder.is_empty() { path.clone() } else { format!("{folder}/{path}") };
    let own = record.files.iter().map(|(path, digest)| (below(path), digest));
    let shared = record.repository.iter().map(|(path, digest)| (path.clone(), digest));
    let mut changed = Vec::new();
    for (path, digest) in own.chain(shared) {
        let state = match files.held(&path, MOST_FILE_BYTES)? {
            Held::File(bytes) if digest_of(&bytes) == *digest => continue,
            Held::File(_) | Held::Other => FileState::Changed,
            Held::Nothing => FileState::Deleted,
        };
        changed.push((path, state));
    }
    changed.sort_by(|a, b| a.0.cmp(&b.0));
    changed.dedup_by(|a, b| a.0 == b.0);
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::worktree::{Memory, Worktree};

    fn record() -> Record {
        let file = |path: &str| (path.to_string(), digest_of(path.as_bytes()));
        Record {
            files: [file("a.txt"), file("b/c.txt"), file("d.txt")].into(),
            repository: [file("ci.yml")].into(),
            ..Record::default()
        }
    }

    #[test]
    fn files_that_differ_are_named() {
        let files = Memory::new([
            ("cart/a.txt", "a.txt"),
            ("cart/b/c.txt", "edited"),
            ("ci.yml", "edited"),
            ("d.txt", "d.txt"),
        ]);
        let expected = [
            ("cart/b/c.txt".to_string(), FileState::Changed),
            ("cart/d.txt".to_string(), FileState::Deleted),
            ("ci.yml".to_string(), FileState::Changed),
        ];
        assert_eq!(drift(&files, "cart", &record()).unwrap(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_a_change_whatever_it_leads_to() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        fs::create_dir(at("real")).unwrap();
        for (path, text) in [("real/a.txt", "a.txt"), ("real/c.txt", "b/c.txt"), ("ci.yml", "ci.yml")] {
            fs::write(at(path), text).unwrap();
        }
        std::os::unix::fs::symlink("real/a.txt", at("a.txt")).unwrap();
        std::os::unix::fs::symlink("real", at("b")).unwrap();
        fs::create_dir(at("d.txt")).unwrap();
        let found = drift(&Worktree::new(root.path()), "", &record()).unwrap();
        let expected = ["a.txt", "b/c.txt", "d.txt"].map(|path| (path.to_string(), FileState::Changed));
        assert_eq!(found, expected);
    }
}
