//! Single files of a folder that is not ours as a whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Error, is_plain, place};

/// Writes the file `path`, with forward slashes, below the folder `root`, in one step for who reads it: there is the
/// old file or the new one, never a part.
///
/// # Errors
/// When the path, or a link on the way, leaves the folder, or the disk says no.
pub fn replace(root: &Path, path: &str, bytes: &[u8]) -> Result<(), Error> {
    let file = reached(root, path)?;
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(".portal-new");
    let beside = file.with_file_name(name);
    let written = write(&beside, bytes).and_then(|()| fs::rename(&beside, &file));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        Error::Io { path: file, error }
    })
}

/// Removes the file `path` below the folder `root`, and the folders that are empty without it.
///
/// # Errors
/// When the path, or a link on the way, leaves the folder, or the disk says no.
pub fn remove(root: &Path, path: &str) -> Result<(), Error> {
    reached(root, path)?;
    place::remove(root, path)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A file left by a run that was killed is not followed if it is a link, and not kept.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Returns the path of a file in a folder that is made if need be, and is below `root`, links looked through.
fn reached(root: &Path, path: &str) -> Result<PathBuf, Error> {
    if !is_plain(path) {
        return Err(Error::Path(path.to_string()));
    }
    let file = root.join(path);
    let folder = file.parent().unwrap_or(root);
    let whole = root.canonicalize().map_err(Error::at(root))?;
    // What is there already must not lead out, before anything is made in it.
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(root);
    let inside = |folder: &Path| folder.canonicalize().is_ok_and(|folder| folder.starts_with(&whole));
    if !inside(there) {
        return Err(Error::Path(path.to_string()));
    }
    fs::create_dir_all(folder).map_err(Error::at(folder))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for text in ["one", "two"] {
            replace(root, "a/b/c.yml", text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(root.join("a/b/c.yml")).unwrap(), text);
            assert_eq!(fs::read_dir(root.join("a/b")).unwrap().count(), 1);
        }
        fs::write(root.join("a/kept"), "").unwrap();
        remove(root, "a/b/c.yml").unwrap();
        remove(root, "a/b/never.yml").unwrap();
        assert!(root.join("a/kept").exists() && !root.join("a/b").exists());
        for path in ["../x", "/x", "a/../x", "", "a//b"] {
            assert!(matches!(replace(root, path, b""), Err(Error::Path(_))), "{path}");
        }
        replace(root, "a/d", b"").unwrap();
        assert!(replace(root, "a", b"").is_err(), "a folder is no file");
        assert!(root.join("a/d").exists() && !root.join("a.portal-new").exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere_else() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path();
        std::os::unix::fs::symlink(other.path(), root.join("out")).unwrap();
        assert!(matches!(replace(root, "out/x/y.yml", b""), Err(Error::Path(_))));
        assert!(matches!(remove(root, "out/x.yml"), Err(Error::Path(_))));
        assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0);
        fs::write(other.path().join("kept"), "kept").unwrap();
        std::os::unix::fs::symlink(other.path().join("kept"), root.join("file.yml")).unwrap();
        replace(root, "file.yml", b"new").unwrap();
        assert_eq!(fs::read_to_string(other.path().join("kept")).unwrap(), "kept");
    }
}
