//! A folder as a whole: every file with its bytes and its mode, whatever it is called. Templates are read so.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::{Unreadable, relative};

/// The most files of a tree.
pub const MOST_FILES: usize = 5_000;

/// The most bytes of one file of a tree.
pub const MOST_FILE_BYTES: usize = 8 * 1024 * 1024;

/// The most bytes of a tree.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A folder as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// Its files, in path order.
    pub files: Vec<TreeFile>,
    /// What is in it and is no file that can be taken, in path order: links, devices, submodules.
    pub refused: Vec<Refused>,
}

/// A file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Its path, relative to the folder, with forward slashes.
    pub path: String,
    /// What it holds.
    pub bytes: Arc<[u8]>,
    /// Whether it can be run.
    pub executable: bool,
}

/// Something in a folder that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its path, relative to the folder; what is no Unicode in it is replaced.
    pub path: String,
    /// What it is, as a phrase: `is a symbolic link`.
    pub reason: &'static str,
}

impl Tree {
    /// Returns the files below `folder`, which ends in no slash, with their paths relative to it. What is in the place of the
    /// folder and is none is refused as `.`.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let inside = |path: &str| path.strip_prefix(folder)?.strip_prefix('/').map(String::from);
        let files =
            self.files.iter().filter_map(|file| Some(TreeFile { path: inside(&file.path)?, ..file.clone() }));
        let refused = self.refused.iter().filter_map(|it| {
            let path = if it.path == folder { Some(".".to_string()) } else { inside(&it.path) };
            Some(Refused { path: path?, ..it.clone() })
        });
        Self { files: files.collect(), refused: refused.collect() }
    }

    /// Returns the file at `path`.
    pub fn file(&self, path: &str) -> Option<&TreeFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Adds a file, unless the tree is full.
    pub(crate) fn add(&mut self, file: TreeFile) -> Result<(), String> {
        let size = self.files.iter().map(|file| file.bytes.len()).sum::<usize>() + file.bytes.len();
        if self.files.len() == MOST_FILES {
            return Err(format!("it has more than {MOST_FILES} files"));
        }
        if size > MOST_BYTES {
            return Err(format!("it has more than {} MiB", MOST_BYTES / 1024 / 1024));
        }
        self.files.push(file);
        Ok(())
    }

    /// Puts files and what is refused in path order.
    pub(crate) fn sort(&mut self) {
        self.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.refused.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    }
}

/// Returns the folder `folder` of `root`. Hidden files belong to it; what Git ignores there, and `.git`, do not. Links are
/// not followed, also not those on the way to it.
pub(super) fn read(root: &Path, folder: &str) -> Result<Tree, Unreadable> {
    let start = root.join(folder);
    let unreadable = |reason: String| Unreadable { path: folder.to_string(), reason };
    let real = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let way = Path::new(folder).ancestors().filter(|part| !part.as_os_str().is_empty());
    if way.into_iter().any(|part| !real(&root.join(part))) || !real(&root.join(folder)) && !folder.is_empty()
    {
        return Err(unreadable("it is no folder".into()));
    }
    let mut tree = Tree::default();
    let mut walk = ignore::WalkBuilder::new(&start);
    walk.follow_links(false)
        .require_git(false)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .hidden(false);
    walk.filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git");
    for entry in walk.build() {
        let entry = entry.map_err(|error| unreadable(error.to_string()))?;
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { continue };
        let refused = |reason| {
            let path = entry.path().strip_prefix(&start).unwrap_or(entry.path());
            Refused { path: path.to_string_lossy().into_owned(), reason }
        };
        let Some(path) = relative(&start, entry.path()) else {
            tree.refused.push(refused("has a name that is no Unicode"));
            continue;
        };
        if !kind.is_file() {
            tree.refused.push(refused(if kind.is_symlink() {
                "is a symbolic link"
            } else {
                "is no regular file"
            }));
            continue;
        }
        let metadata = entry.metadata().map_err(|error| unreadable(error.to_string()))?;
        if metadata.len() > MOST_FILE_BYTES as u64 {
            tree.refused.push(refused("is larger than 8 MiB"));
            continue;
        }
        let bytes = fs::read(entry.path()).map_err(|error| unreadable(error.to_string()))?;
        let file = TreeFile { path, bytes: bytes.into(), executable: is_executable(&metadata) };
        tree.add(file).map_err(unreadable)?;
    }
    tree.sort();
    Ok(tree)
}

#[cfg(unix)]
pub(super) fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
pub(super) fn is_executable(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(tree: &Tree) -> Vec<&str> {
        tree.files.iter().map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn a_folder_is_read_as_a_clone_would_have_it() {
        let root = tempfile::tempdir().unwrap();
        for path in ["t/.gitignore", "t/a/b.txt", "t/.github/ci.yml", "t/target/x", "t/.git/config", "u/x"] {
            fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
            fs::write(root.path().join(path), if path.ends_with("ignore") { "/target\n" } else { path })
                .unwrap();
        }
        let tree = read(root.path(), "t").unwrap();
        assert_eq!(paths(&tree), [".github/ci.yml", ".gitignore", "a/b.txt"]);
        assert_eq!(&*tree.file("a/b.txt").unwrap().bytes, b"t/a/b.txt");
        assert_eq!(paths(&tree.below("a")), ["b.txt"]);
        assert_eq!(paths(&tree.below("a/b")), Vec::<&str>::new());
        assert!(read(root.path(), "t/a/b.txt").is_err() && read(root.path(), "none").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_named_and_not_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("t")).unwrap();
        fs::write(root.path().join("t/run.sh"), "").unwrap();
        fs::set_permissions(root.path().join("t/run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("/etc/passwd", root.path().join("t/passwd")).unwrap();
        symlink("/etc", root.path().join("t/etc")).unwrap();
        symlink("t", root.path().join("link")).unwrap();
        let tree = read(root.path(), "t").unwrap();
        assert_eq!(paths(&tree), ["run.sh"]);
        assert!(tree.files[0].executable);
        let refused: Vec<&str> = tree.refused.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(refused, ["etc", "passwd"]);
        assert!(read(root.path(), "link").is_err());
    }
}
