//! Which files belong to a catalog, and their bytes: from the disk.
//!
//! The same questions for a revision are `git`'s; both are [`Files`]. What a path means (its kind) is `catalog`'s.

mod below;
mod look;
mod memory;
mod patch;
mod stamp;
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
#[cfg(unix)]
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use rayon::prelude::*;

pub use below::below;
pub use look::{Look, look};
pub use memory::Memory;
pub use patch::Patch;
pub use stamp::stamp;
pub use tree::{MOST_BYTES, MOST_FILE_BYTES, MOST_FILES, Refused, Tree, TreeFile};

/// The configuration file's name; its folder is the catalog root.
pub const CONFIG_FILE: &str = "portal.yaml";

/// What most files fit in, so that they are read at once.
const SMALL_FILE: usize = 16 * 1024;

/// A place to read a catalog from: a folder on disk or a revision of a repository.
pub trait Files {
    /// Returns the documents that belong to the catalog, in path order.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    fn list(&self, selection: &Selection) -> Result<Listing, Unreadable>;

    /// Returns what each of the files holds, in the order of `paths`; a file of more than `most` bytes is not read.
    ///
    /// # Errors
    /// When one cannot be read, such as a file that vanished after it was listed.
    fn read(&self, paths: &[String], most: usize) -> Result<Vec<Content>, Unreadable>;

    /// Returns the bytes of a file that a document names, if it is a file inside the catalog of at most `most` bytes.
    ///
    /// # Errors
    /// Why it cannot be had, as a phrase: `does not exist`.
    fn reference(&self, path: &str, most: usize) -> Result<Vec<u8>, String>;

    /// Returns the folder at `folder`, relative to the catalog root without a slash at its end, as a whole: also hidden
    /// files and those that are no documents. Links are not followed.
    ///
    /// # Errors
    /// When it is no folder, cannot be read, or holds too much.
    fn tree(&self, folder: &str) -> Result<Tree, Unreadable>;

    /// Returns what is at `path`, relative to the catalog root, whether Git ignores it or not. Links are not followed, also
    /// not those on the way to it; a file of more than `most` bytes is something else than a file.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    fn held(&self, path: &str, most: usize) -> Result<Held, Unreadable>;
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// A regular file of these bytes.
    File(Vec<u8>),
    /// Something else: a folder, a link, a file behind a link, one that is too large.
    Other,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its text.
    Text(Arc<str>),
    /// Its bytes, which are not UTF-8.
    Bytes(Vec<u8>),
    /// It has this many bytes, which is too many to read.
    TooLarge(u64),
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        str::from_utf8(bytes).map_or_else(|_| Self::Bytes(bytes.into()), |text| Self::Text(text.into()))
    }
}

/// A symbolic link that is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its path relative to the catalog root.
    pub path: String,
    /// Why it is not followed.
    pub reason: &'static str,
}

/// What a catalog consists of, in path order.
#[derive(Debug, Default)]
pub struct Listing {
    /// The files, as paths relative to the catalog root with forward slashes.
    pub files: Vec<String>,
    /// Links that leave the catalog or lead nowhere.
    pub links: Vec<Link>,
}

/// Files that could not be listed or read, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {reason}")]
pub struct Unreadable {
    /// The file or folder.
    pub path: String,
    /// What the system said.
    pub reason: String,
}

/// Which files are documents of a catalog.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The folders of the kinds, each ending in `/`.
    pub folders: Vec<String>,
    /// Folders, each ending in `/`, of whose folders only the file of this name is a document.
    pub single: Vec<(String, &'static str)>,
    /// Patterns of files elsewhere.
    pub include: Vec<String>,
    /// Patterns of files that do not belong to the catalog.
    pub exclude: Vec<String>,
}

impl Selection {
    /// Returns the selection ready to be asked; `has_folder` says whether a folder exists. A folder of documents
    /// without any of the known folders, and without patterns, is a catalog as a whole.
    pub fn compile(&self, has_folder: impl Fn(&str) -> bool) -> Matcher<'_> {
        let everything = self.include.is_empty() && !self.folders.iter().any(|folder| has_folder(folder));
        Matcher {
            folders: &self.folders,
            single: &self.single,
            include: glob_set(&self.include),
            exclude: glob_set(&self.exclude),
            everything,
        }
    }

    /// Returns whether hidden folders are to be looked into: only when a pattern names one.
    pub fn looks_into_hidden(&self) -> bool {
        self.include.iter().any(|pattern| pattern.starts_with('.') || pattern.contains("/."))
    }
}

/// A [`Selection`] that can be asked about a path.
#[derive(Debug)]
pub struct Matcher<'a> {
    folders: &'a [String],
    single: &'a [(String, &'static str)],
    include: GlobSet,
    exclude: GlobSet,
    /// Every document below the root belongs to the catalog: it has none of the folders.
    everything: bool,
}

impl Matcher<'_> {
    /// Returns whether the file at `path`, relative to the catalog root, is a document of the catalog.
    pub fn takes(&self, path: &str) -> bool {
        let document = [".yaml", ".yml", ".json"].iter().any(|extension| path.ends_with(extension));
        let own = path.starts_with(".portal/") || path == CONFIG_FILE;
        let single =
            self.single.iter().find_map(|(folder, name)| Some((path.strip_prefix(folder.as_str())?, name)));
        if let Some((rest, name)) = single {
            return rest.split_once('/').is_some_and(|(_, file)| file == *name)
                && !self.exclude.is_match(path);
        }
        let foldered = document && self.folders.iter().any(|folder| path.starts_with(folder.as_str()));
        let taken = foldered || (self.everything && document) || self.include.is_match(path);
        taken && !own && !self.exclude.is_match(path)
    }
}

/// Returns the set of those patterns that are valid.
pub fn glob_set(patterns: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()) {
        set.add(glob);
    }
    set.build().unwrap_or_default()
}

/// A catalog on disk.
#[derive(Debug)]
pub struct Worktree {
    root: PathBuf,
}

impl Worktree {
    /// Returns the catalog whose root is the folder `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the catalog root.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Files for Worktree {
    /// `.gitignore` is respected, hidden folders are skipped unless a pattern names them, links are followed only
    /// to files inside the root.
    fn list(&self, selection: &Selection) -> Result<Listing, Unreadable> {
        let root = self.root.as_path();
        let matcher = selection.compile(|folder| root.join(folder).is_dir());
        let mut listing = Listing::default();
        let mut walk = ignore::WalkBuilder::new(root);
        // Only what is in the repository decides: two machines see the same files.
        walk.follow_links(false).require_git(false).ignore(false).git_global(false).git_exclude(false);
        walk.hidden(!selection.looks_into_hidden());
        walk.filter_entry(|entry| entry.file_name() != ".git");
        for entry in walk.build() {
            let entry = entry.map_err(|error| unreadable(root, &error))?;
            let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { continue };
            let Some(path) = relative(root, entry.path()).filter(|path| matcher.takes(path)) else {
                continue;
            };
            if !kind.is_symlink() {
                listing.files.push(path);
                continue;
            }
            match followed(root, entry.path()) {
                Ok(()) => listing.files.push(path),
                Err(reason) => listing.links.push(Link { path, reason }),
            }
        }
        listing.files.sort_unstable();
        listing.links.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }

    fn read(&self, paths: &[String], most: usize) -> Result<Vec<Content>, Unreadable> {
        paths.par_iter().map_init(Reader::default, |reader, path| self.content(path, most, reader)).collect()
    }

    fn reference(&self, path: &str, most: usize) -> Result<Vec<u8>, String> {
        let resolved = self.root.join(path).canonicalize().map_err(|error| reason(&error))?;
        if !self.root.canonicalize().is_ok_and(|root| resolved.starts_with(root)) {
            return Err("lies outside the catalog".into());
        }
        let metadata = fs::metadata(&resolved).map_err(|error| reason(&error))?;
        match (metadata.is_file(), metadata.len() > most as u64) {
            (false, _) => Err("is not a file".into()),
            (true, true) => Err(format!("is larger than {} KiB", most / 1024)),
            (true, false) => fs::read(&resolved).map_err(|error| reason(&error)),
        }
    }

    fn tree(&self, folder: &str) -> Result<Tree, Unreadable> {
        tree::read(&self.root, folder)
    }

    fn held(&self, path: &str, most: usize) -> Result<Held, Unreadable> {
        let unreadable = |error: io::Error| Unreadable { path: path.into(), reason: error.to_string() };
        let Some(path) = normalise("", path) else { return Ok(Held::Other) };
        let mut at = self.root.clone();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            at.push(part);
            let metadata = match fs::symlink_metadata(&at) {
                Ok(metadata) => metadata,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Held::Nothing),
                Err(error) => return Err(unreadable(error)),
            };
            match parts.peek() {
                Some(_) if metadata.is_dir() => {}
                Some(_) if metadata.is_file() => return Ok(Held::Nothing),
                None if metadata.is_file() && metadata.len() <= most as u64 => {
                    return Ok(Held::File(fs::read(&at).map_err(unreadable)?));
                }
                _ => break,
            }
        }
        Ok(Held::Other)
    }
}

impl Worktree {
    /// Returns what one file holds. It is read once, up to one byte more than is permitted: asking for its size first
    /// would cost as much again, and be no promise.
    fn content(&self, path: &str, most: usize, reader: &mut Reader) -> Result<Content, Unreadable> {
        let unreadable = |error: io::Error| Unreadable { path: path.into(), reason: error.to_string() };
        let file = reader.open(&self.root, path).map_err(unreadable)?;
        let bytes = &mut reader.bytes;
        bytes.clear();
        bytes.reserve(SMALL_FILE);
        (&file).take(most as u64 + 1).read_to_end(bytes).map_err(unreadable)?;
        if bytes.len() > most {
            return Ok(Content::TooLarge(file.metadata().map_err(unreadable)?.len()));
        }
        Ok(Content::from(bytes.as_slice()))
    }
}

/// What a thread uses again for each file.
#[derive(Default)]
struct Reader {
    bytes: Vec<u8>,
    /// The folder that the last file was in, open: to look up its path for each of its files costs as much as to read
    /// them.
    #[cfg(unix)]
    folder: Option<(String, std::os::fd::OwnedFd)>,
}

#[cfg(unix)]
impl Reader {
    fn open(&mut self, root: &Path, path: &str) -> io::Result<fs::File> {
        use rustix::fs::{CWD, Mode, OFlags, openat};
        use rustix::io::retry_on_intr;
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        if self.folder.as_ref().is_none_or(|(known, _)| known != parent) {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let handle = retry_on_intr(|| openat(CWD, root.join(parent), flags, Mode::empty()))?;
            self.folder = Some((parent.to_string(), handle));
        }
        let folder = self.folder.as_ref().map_or(CWD, |(_, handle)| handle.as_fd());
        Ok(retry_on_intr(|| openat(folder, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()))?.into())
    }
}

#[cfg(not(unix))]
impl Reader {
    fn open(&mut self, root: &Path, path: &str) -> io::Result<fs::File> {
        fs::File::open(root.join(path))
    }
}

/// Files with one of them as an editor holds it, saved or not.
pub struct Overlay<'a> {
    files: &'a dyn Files,
    path: String,
    bytes: Vec<u8>,
}

impl<'a> Overlay<'a> {
    /// Returns `files` with `bytes` at `path`, which need not be among them.
    pub fn new(files: &'a dyn Files, path: String, bytes: Vec<u8>) -> Self {
        Self { files, path, bytes }
    }
}

impl Files for Overlay<'_> {
    fn list(&self, selection: &Selection) -> Result<Listing, Unreadable> {
        let mut listing = self.files.list(selection)?;
        if let Err(at) = listing.files.binary_search(&self.path) {
            listing.files.insert(at, self.path.clone());
        }
        Ok(listing)
    }

    fn read(&self, paths: &[String], most: usize) -> Result<Vec<Content>, Unreadable> {
        let at = paths.iter().position(|path| *path == self.path);
        let saved: Vec<String> = paths.iter().filter(|path| **path != self.path).cloned().collect();
        let mut contents = self.files.read(&saved, most)?;
        if let Some(at) = at {
            let size = self.bytes.len();
            let held = if size > most {
                Content::TooLarge(size as u64)
            } else {
                Content::from(self.bytes.as_slice())
            };
            contents.insert(at, held);
        }
        Ok(contents)
    }

    fn reference(&self, path: &str, most: usize) -> Result<Vec<u8>, String> {
        self.files.reference(path, most)
    }

    fn tree(&self, folder: &str) -> Result<Tree, Unreadable> {
        let changes = BTreeMap::from([(self.path.clone(), Some(self.bytes.clone()))]);
        Patch::new(self.files, &changes).tree(folder)
    }

    fn held(&self, path: &str, most: usize) -> Result<Held, Unreadable> {
        match path == self.path {
            true if self.bytes.len() > most => Ok(Held::Other),
            true => Ok(Held::File(self.bytes.clone())),
            false => self.files.held(path, most),
        }
    }
}

/// Returns what an I/O error means, as a phrase.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".into(),
        _ => format!("cannot be read ({error})"),
    }
}

/// Returns whether a link leads to a file inside the root, or why it is not followed.
fn followed(root: &Path, link: &Path) -> Result<(), &'static str> {
    let target = link.canonicalize().map_err(|_| "leads nowhere")?;
    let inside = root.canonicalize().is_ok_and(|root| target.starts_with(root));
    let metadata = fs::metadata(&target).map_err(|_| "leads nowhere")?;
    match (inside, metadata.is_file()) {
        (false, _) => Err("leaves the catalog"),
        (true, false) => Err("leads to a folder"),
        (true, true) => Ok(()),
    }
}

/// Returns `path` relative to `root` with forward slashes; `None` for the root itself and for names that are
/// not Unicode, which no document could refer to.
fn relative(root: &Path, path: &Path) -> Option<String> {
    // Paths of a walk begin as its root does: to compare them part by part is only needed when they do not.
    let below = path.to_str().zip(root.to_str()).and_then(|(path, root)| path.strip_prefix(root));
    let path = match below.and_then(|path| path.strip_prefix(std::path::MAIN_SEPARATOR)) {
        Some(path) => path,
        None => path.strip_prefix(root).ok()?.to_str()?,
    };
    (!path.is_empty()).then(|| if cfg!(windows) { path.replace('\\', "/") } else { path.to_string() })
}

fn unreadable(root: &Path, error: &ignore::Error) -> Unreadable {
    Unreadable { path: root.display().to_string(), reason: error.to_string() }
}

/// Returns the folder of the nearest `portal.yaml` at or above `from`, looking no higher than the root of the
/// repository that `from` is in.
pub fn find_root(from: &Path) -> Option<PathBuf> {
    for folder in from.ancestors() {
        if folder.join(CONFIG_FILE).is_file() {
            return Some(folder.to_path_buf());
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// Returns the folder at `path`, read from `from`, as the disk knows it: without links, `.` and `..`; `None` when there is
/// none.
pub fn folder(from: &Path, path: &str) -> Option<PathBuf> {
    from.join(path).canonicalize().ok().filter(|path| path.is_dir())
}

/// Returns `path`, read from `folder`, without `.` and `..`; `None` when it leaves the root.
pub fn normalise(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') || path.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_root() {
        for (folder, path, expected) in [
            ("a/b", "c.md", Some("a/b/c.md")),
            ("a/b", "./c.md", Some("a/b/c.md")),
            ("a/b", "../c.md", Some("a/c.md")),
            ("a", "../../c.md", None),
            ("", "..", None),
            ("", "/etc/passwd", None),
            ("", "a\\b", None),
            ("", "a//b", Some("a/b")),
            ("", ".", None),
        ] {
            assert_eq!(normalise(folder, path).as_deref(), expected, "{folder} + {path}");
        }
    }
}
