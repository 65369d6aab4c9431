//! What is asked of a folder on disk. Names are single: none has a slash, and none is `.` or `..`.

use std::fmt::Debug;
use std::fs::{Metadata, Permissions};
use std::io;
use std::path::Path;

/// What a folder has under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Nothing,
    File,
    Folder,
    Link,
    /// A device, a socket, a pipe.
    Other,
}

impl Entry {
    /// Returns what `metadata`, links not looked through, says.
    #[cfg(any(test, not(unix)))]
    pub(super) fn of(metadata: &Metadata) -> Self {
        match metadata.file_type() {
            kind if kind.is_symlink() => Self::Link,
            kind if kind.is_dir() => Self::Folder,
            kind if kind.is_file() => Self::File,
            _ => Self::Other,
        }
    }
}

/// The mode that a file is made with.
#[derive(Debug, Clone)]
pub(super) enum Mode {
    /// That of a new file, which the system narrows as that of any other.
    New {
        /// Whether it can be run.
        executable: bool,
    },
    /// This one.
    Exactly(Permissions),
}

/// A folder that files are written below.
pub(super) trait Folder: Sized + Debug {
    /// Opens the folder at `path`. Links are followed here: the person has named it.
    fn open(path: &Path) -> io::Result<Self>;

    /// Opens a folder of this one; a link is none.
    fn enter(&self, name: &str) -> io::Result<Self>;

    /// Returns what is there under a name, links not followed.
    fn entry(&self, name: &str) -> io::Result<Entry>;

    /// Returns what a regular file holds, and its mode.
    fn read(&self, name: &str) -> io::Result<(Vec<u8>, Permissions)>;

    /// Makes a file where nothing is. When it says `AlreadyExists`, nothing was done; after any other error there may be
    /// a file.
    fn create(&self, name: &str, bytes: &[u8], mode: &Mode) -> io::Result<()>;

    /// Renames a file, in the place of another if there is one.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes what is no folder.
    fn remove_file(&self, name: &str) -> io::Result<()>;

    /// Makes a folder where nothing is.
    fn make_folder(&self, name: &str) -> io::Result<()>;

    /// Removes a folder that is empty.
    fn remove_folder(&self, name: &str) -> io::Result<()>;

    /// Returns the mode of this folder.
    fn permissions(&self) -> io::Result<Permissions>;

    /// Sets the mode of this folder.
    fn set_permissions(&self, permissions: Permissions) -> io::Result<()>;
}

/// Opens the folder at `path`, if there is something.
pub(super) fn open<F: Folder>(path: &Path) -> io::Result<Option<F>> {
    match F::open(named(path)) {
        Ok(folder) => Ok(Some(folder)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns a path that means the same and is not empty.
pub(super) fn named(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// Does something in the folder that `parts` lead to from `root`.
pub(super) fn within<'p, F: Folder, T>(
    root: &F,
    parts: impl IntoIterator<Item = &'p str>,
    act: impl FnOnce(&F) -> io::Result<T>,
) -> io::Result<T> {
    let mut at: Option<F> = None;
    for part in parts {
        let folder = at.as_ref().unwrap_or(root);
        at = Some(folder.enter(part).map_err(|error| link_said(folder, part, error))?);
    }
    act(at.as_ref().unwrap_or(root))
}

/// Returns the error of opening a folder; systems say of a link that it is no folder, or that there are too many.
pub(super) fn link_said<F: Folder>(folder: &F, name: &str, error: io::Error) -> io::Error {
    match folder.entry(name) {
        Ok(Entry::Link) => {
            io::Error::new(io::ErrorKind::NotADirectory, format!("`{name}` has become a link meanwhile"))
        }
        _ => error,
    }
}

/// Returns the mode of a file: who may do what, and nothing else.
pub(super) fn permissions(metadata: &Metadata) -> Permissions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Permissions::from_mode(metadata.permissions().mode() & 0o7777)
    }
    #[cfg(not(unix))]
    metadata.permissions()
}

/// Returns whether the owner of a file can run it.
#[cfg(unix)]
pub(super) fn is_executable(permissions: &Permissions) -> bool {
    use std::os::unix::fs::PermissionsExt;
    permissions.mode() & 0o100 != 0
}

#[cfg(not(unix))]
pub(super) fn is_executable(_: &Permissions) -> bool {
    false
}

/// Returns the mode of a file that is to be run, or not, and for the rest stays as it is: those who can read it can run it.
#[cfg(unix)]
pub(super) fn with_executable(permissions: &Permissions, executable: bool) -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    let mode = permissions.mode();
    Permissions::from_mode(match executable {
        true if mode & 0o100 != 0 => mode,
        true => mode | 0o100 | (mode & 0o444) >> 2,
        false => mode & !0o111,
    })
}

#[cfg(not(unix))]
pub(super) fn with_executable(permissions: &Permissions, _: bool) -> Permissions {
    permissions.clone()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_the_bits_that_let_a_file_run_change() {
        for (mode, executable, expected) in [
            (0o644, true, 0o755),
            (0o644, false, 0o644),
            (0o755, false, 0o644),
            (0o750, true, 0o750),
            (0o600, true, 0o700),
            (0o200, true, 0o300),
            (0o711, false, 0o600),
            (0o4755, true, 0o4755),
        ] {
            let changed = with_executable(&Permissions::from_mode(mode), executable);
            assert_eq!(changed.mode(), expected, "{mode:o} {executable}");
            assert_eq!(is_executable(&changed), executable);
        }
    }
}
