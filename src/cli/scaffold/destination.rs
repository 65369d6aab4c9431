//! Where a person wants the files: a folder of the command line.

use std::path::{Component, Path, PathBuf};

use crate::cli::Failure;
use crate::printable::shown;
use crate::skeleton;

/// A root, and a folder below it, empty for the root itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) root: PathBuf,
    pub(super) folder: String,
    /// Whether the root is that of the catalog.
    pub(super) is_inside: bool,
}

impl Destination {
    /// Returns what `path`, read from the folder `directory`, means: inside the catalog `catalog` a folder of it, anywhere
    /// else a root of its own. It need not exist. Both folders are whole, without links.
    pub(super) fn of(catalog: &Path, directory: &Path, path: &Path) -> Result<Self, Failure> {
        let named = || shown(&path.display().to_string());
        let whole = resolved(&directory.join(path));
        if whole.exists() && !whole.is_dir() {
            return Err(Failure::Other(format!("`{}` is a file, and files are to go into it", named())));
        }
        let Ok(below) = whole.strip_prefix(catalog) else {
            let is_git =
                |part: Component<'_>| part.as_os_str().to_string_lossy().eq_ignore_ascii_case(".git");
            if whole.components().any(is_git) {
                return Err(Failure::Other(format!("`{}` is inside a `.git` folder", named())));
            }
            return Ok(Self { root: whole, folder: String::new(), is_inside: false });
        };
        let folder = below.to_str().map(|folder| folder.replace('\\', "/"));
        let folder = folder.ok_or_else(|| Failure::Other(format!("`{}` is no Unicode", named())))?;
        if let Some(reason) = Some(folder.as_str()).filter(|it| !it.is_empty()).and_then(skeleton::refusal) {
            return Err(Failure::Other(format!("`{}` cannot be the destination: it {reason}", named())));
        }
        Ok(Self { root: catalog.to_path_buf(), folder, is_inside: true })
    }
}

/// Returns a path without links, `.` and `..`, as far as it exists; what does not exist is taken as it is written.
fn resolved(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            part => whole.push(part),
        }
        if let Ok(real) = whole.canonicalize() {
            whole = real;
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_of_the_catalog_or_a_root_of_its_own() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().canonicalize().unwrap();
        let catalog = home.join("catalog");
        std::fs::create_dir_all(catalog.join("services")).unwrap();
        std::fs::write(catalog.join("file"), "").unwrap();
        let of = |directory: &str, path: &str| {
            Destination::of(&catalog, &catalog.join(directory), Path::new(path))
        };
        for (directory, path, expected) in [
            ("", "services/x", Some("services/x")),
            ("services", "x/", Some("services/x")),
            ("services", "../apps/./x", Some("apps/x")),
            ("", ".", Some("")),
            ("", "../catalog/x", Some("x")),
            ("", "../other", None),
            ("services", "../..", None),
        ] {
            let found = of(directory, path).unwrap();
            assert_eq!(found.is_inside.then_some(found.folder.as_str()), expected, "{path}");
        }
        assert_eq!(of("", "../other/new").unwrap().root, home.join("other/new"));
        for refused in ["file", "../x/.git/y", "../.GIT"] {
            assert!(of("", refused).is_err(), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_looked_through() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().canonicalize().unwrap();
        let catalog = home.join("catalog");
        std::fs::create_dir_all(catalog.join("services")).unwrap();
        std::os::unix::fs::symlink(&catalog, home.join("link")).unwrap();
        std::os::unix::fs::symlink(&home, catalog.join("out")).unwrap();
        let inside = Destination::of(&catalog, &home, Path::new("link/services/x")).unwrap();
        assert_eq!((inside.is_inside, inside.folder.as_str()), (true, "services/x"));
        let outside = Destination::of(&catalog, &catalog, Path::new("out/x")).unwrap();
        assert_eq!((outside.is_inside, outside.root), (false, home.join("x")));
    }
}
