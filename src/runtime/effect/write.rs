//! A plan, written to disk: each file whole, and none outside of the catalog.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Plan;
use crate::worktree::normalise;

/// Writes a plan into the catalog whose root is `root`. Each file is written beside its place and then renamed, so that
/// nobody sees half of one; what goes, goes last. Links are not followed: one in the place of a file is replaced, one on
/// the way to it is an error.
///
/// # Errors
/// When a path leads out of the root, or the disk says no. Files written until then stay.
pub fn write(root: &Path, plan: &Plan) -> io::Result<()> {
    let root = root.canonicalize()?;
    // All are looked at before any is written.
    let places: Vec<(PathBuf, &Option<Vec<u8>>)> =
        plan.files.iter().map(|(path, bytes)| Ok((place(&root, path)?, bytes))).collect::<io::Result<_>>()?;
    for (place, bytes) in places.iter().filter_map(|(place, bytes)| Some((place, bytes.as_ref()?))) {
        replace(place, bytes).map_err(|error| at(place, &error))?;
    }
    for (place, _) in places.iter().filter(|(_, bytes)| bytes.is_none()) {
        match fs::remove_file(place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(place, &error)),
            _ => {}
        }
    }
    Ok(())
}

/// Returns where the file `path` is on disk, if no folder on the way there is a link.
fn place(root: &Path, path: &str) -> io::Result<PathBuf> {
    let plain = normalise("", path).is_some_and(|normal| normal == path);
    if !plain || path.contains(':') && cfg!(windows) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{path}` is no path of a catalog")));
    }
    let mut at = root.to_path_buf();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        if parts.peek().is_some() && fs::symlink_metadata(&at).is_ok_and(|metadata| metadata.is_symlink()) {
            let message =
                format!("`{}` is a link, and `{path}` would be written where it leads", at.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
    }
    Ok(at)
}

/// Writes a file beside its place and renames it.
fn replace(place: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = place.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".portal-");
    #[cfg(unix)]
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    // What a new file may be read by is up to the system, as of any other.
    #[cfg(unix)]
    builder.permissions(readable);
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(metadata) = fs::symlink_metadata(place).ok().filter(fs::Metadata::is_file) {
        fs::set_permissions(file.path(), metadata.permissions())?;
    }
    file.persist(place)?;
    Ok(())
}

fn at(place: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write `{}`: {error}", place.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn plan(files: &[(&str, Option<&str>)]) -> Plan {
        let files =
            files.iter().map(|(path, text)| (path.to_string(), text.map(|text| text.as_bytes().to_vec())));
        Plan { files: files.collect::<BTreeMap<_, _>>(), notes: Vec::new() }
    }

    #[test]
    fn files_are_written_replaced_and_removed() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("a")).unwrap();
        fs::write(root.path().join("a/old.yaml"), "old").unwrap();
        fs::write(root.path().join("a/gone.yaml"), "gone").unwrap();
        let changes = [
            ("a/old.yaml", Some("new")),
            ("a/gone.yaml", None),
            ("b/c/x.yaml", Some("x")),
            ("a/never.yaml", None),
        ];
        write(root.path(), &plan(&changes)).unwrap();
        let read = |path: &str| fs::read_to_string(root.path().join(path)).ok();
        assert_eq!(read("a/old.yaml").as_deref(), Some("new"));
        assert_eq!(read("b/c/x.yaml").as_deref(), Some("x"));
        assert_eq!(read("a/gone.yaml"), None);
        let left: Vec<_> =
            fs::read_dir(root.path().join("a")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["old.yaml"]);
    }

    #[test]
    fn nothing_is_written_outside_of_the_root() {
        for path in [
            "../x.yaml",
            "/tmp/x.yaml",
            "a/../../x.yaml",
            "a//x.yaml",
            "./x.yaml",
            "",
            "a\\x.yaml",
            "a\0.yaml",
        ] {
            let root = tempfile::tempdir().unwrap();
            let error =
                write(root.path(), &plan(&[("first.yaml", Some("1")), (path, Some("x"))])).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{path:?}");
            assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "{path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("x.yaml"), "outside").unwrap();
        let root = tempfile::tempdir().unwrap();
        symlink(outside.path(), root.path().join("folder")).unwrap();
        symlink(outside.path().join("x.yaml"), root.path().join("file.yaml")).unwrap();
        for bytes in [Some("inside"), None] {
            assert!(write(root.path(), &plan(&[("folder/x.yaml", bytes)])).is_err());
            write(root.path(), &plan(&[("file.yaml", bytes)])).unwrap();
        }
        assert_eq!(fs::read_to_string(outside.path().join("x.yaml")).unwrap(), "outside");
        assert!(fs::symlink_metadata(root.path().join("file.yaml")).is_err());
        fs::write(root.path().join("run.yaml"), "old").unwrap();
        fs::set_permissions(root.path().join("run.yaml"), fs::Permissions::from_mode(0o750)).unwrap();
        write(root.path(), &plan(&[("run.yaml", Some("new"))])).unwrap();
        let mode = fs::metadata(root.path().join("run.yaml")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o750);
    }
}
