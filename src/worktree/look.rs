//! One path of a folder that is not ours: what is there, without following a link.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::tree::is_executable;
use super::{MOST_FILE_BYTES, TreeFile, normalise};

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Nothing.
    Nothing,
    /// A file.
    File(TreeFile),
    /// Something that is no file to be read or written, and why, as a phrase: `is a symbolic link`.
    Other(String),
}

/// Returns what is at `path`, relative to the folder `root`, with forward slashes. Links are not followed, also not those
/// on the way to it.
pub fn look(root: &Path, path: &str) -> Look {
    if normalise("", path).as_deref() != Some(path) {
        return Look::Other("leads out of the folder".into());
    }
    let steps = path.char_indices().filter(|(_, character)| *character == '/').map(|(at, _)| at);
    for above in steps.filter_map(|at| path.get(..at)) {
        match fs::symlink_metadata(root.join(above)) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(metadata) if metadata.is_symlink() => {
                return Look::Other(format!("is below the symbolic link `{above}`"));
            }
            Ok(_) => return Look::Other(format!("is below `{above}`, which is no folder")),
            Err(error) => return failed(&error),
        }
    }
    let place = root.join(path);
    let metadata = match fs::symlink_metadata(&place) {
        Ok(metadata) => metadata,
        Err(error) => return failed(&error),
    };
    if !metadata.is_file() {
        let what = match (metadata.is_symlink(), metadata.is_dir()) {
            (true, _) => "is a symbolic link",
            (_, true) => "is a folder",
            _ => "is no regular file",
        };
        return Look::Other(what.into());
    }
    if metadata.len() > MOST_FILE_BYTES as u64 {
        return Look::Other("is larger than 8 MiB".into());
    }
    match fs::read(&place) {
        Ok(bytes) => Look::File(TreeFile {
            path: path.into(),
            bytes: bytes.into(),
            executable: is_executable(&metadata),
        }),
        Err(error) => failed(&error),
    }
}

fn failed(error: &std::io::Error) -> Look {
    match error.kind() {
        ErrorKind::NotFound => Look::Nothing,
        _ => Look::Other(format!("cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_is_there() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("a")).unwrap();
        fs::write(root.path().join("a/b"), "x").unwrap();
        let said = |path| match look(root.path(), path) {
            Look::Nothing => "nothing".into(),
            Look::File(file) => format!("file {}", String::from_utf8_lossy(&file.bytes)),
            Look::Other(reason) => reason,
        };
        for (path, expected) in [
            ("a/b", "file x"),
            ("a", "is a folder"),
            ("a/c", "nothing"),
            ("c/d", "nothing"),
            ("a/b/c", "is below `a/b`, which is no folder"),
            ("../a", "leads out of the folder"),
            ("/etc/passwd", "leads out of the folder"),
            ("a//b", "leads out of the folder"),
            ("", "leads out of the folder"),
        ] {
            assert_eq!(said(path), expected, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("a")).unwrap();
        fs::write(root.path().join("a/b"), "x").unwrap();
        std::os::unix::fs::symlink("a", root.path().join("l")).unwrap();
        std::os::unix::fs::symlink("a/b", root.path().join("f")).unwrap();
        assert_eq!(look(root.path(), "l/b"), Look::Other("is below the symbolic link `l`".into()));
        assert_eq!(look(root.path(), "f"), Look::Other("is a symbolic link".into()));
    }
}
