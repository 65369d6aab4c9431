//! A folder being produced: compared, written beside, published.
//!
//! What a reader of the published folder can rely on, even if the run is killed:
//!
//! - A first build is made in a working folder beside and renamed into place, whole.
//! - A later build puts changed files in the working folder and, once all are there, renames each into place:
//!   new files, then changed ones, lists after what they list, the home page last. So no file is ever half
//!   written, and no page points at one that is not there yet. Files that are no longer produced go at the end.
//! - The manifest names the files that belong to the build. Before anything is renamed it is widened to old and
//!   new files together, so that a killed build leaves nothing that a later one would not clean up.
//! - A file that the manifest does not name is never deleted, and a folder without a manifest is left alone
//!   unless forced.
//!
//! Files that did not change are not touched: their times stay, for `rsync` and caches. What a file was made from
//! can be kept with it, as a hash: then a file whose sources did not change need not even be made again.
//!
//! A preview is made in memory: the same files on a [`Shelf`], which goes from one build to the next in one step.

pub mod batch;
mod folder;
mod lock;
mod manifest;
mod memory;
mod place;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use folder::Folder;
use manifest::Entry;
pub use manifest::MANIFEST;
use memory::Memory;
pub use memory::{Shelf, Snapshot};

/// When a file is renamed into place, relative to the others of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A file that others point at.
    Leaf,
    /// A file that lists leaves.
    List,
    /// The file that readers start from.
    Home,
}

/// Why a folder could not be produced, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder holds something that portal did not make.
    #[error(
        "`{0}` is not empty and was not made by portal (it has no {MANIFEST}): \
         choose another folder, empty it, or pass --force to write into it"
    )]
    Foreign(PathBuf),
    /// Another build is writing the same folder.
    #[error("another build is writing `{0}`: wait until it has ended, or choose another folder")]
    Locked(PathBuf),
    /// Two files of a build have the same path.
    #[error("two files of the site would be called `{0}`: rename one")]
    Duplicate(String),
    /// A file's path would lead out of the folder.
    #[error("`{0}` cannot be the path of a file of the site")]
    Path(String),
    /// A file or folder could not be read or written.
    #[error("cannot write `{path}`: {error}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Files of a batch cannot be written where they are to go; none was.
    #[error("nothing was written to `{}`{}", .root.display(), listed(.reasons))]
    Refused {
        /// The folder.
        root: PathBuf,
        /// Everything that speaks against it, each a sentence about a path below the folder.
        reasons: Vec<String>,
    },
    /// A batch was to stop; what was written of it is gone.
    #[error("stopped: nothing was written")]
    Stopped,
    /// What was written could not all be taken back.
    #[error("not everything could be taken back{}", listed(.0))]
    Left(Vec<String>),
    /// A batch failed, and what was written of it could not all be taken back.
    #[error("{error}; not everything could be taken back{}", listed(.left))]
    Unfinished {
        /// Why it failed.
        error: Box<Error>,
        /// What is left of it, each a sentence that names a file.
        left: Vec<String>,
    },
}

/// Returns the end of a message that has one reason, or a line for each of several.
fn listed(reasons: &[String]) -> String {
    match reasons {
        [reason] => format!(": {reason}"),
        reasons => reasons.iter().fold(":".into(), |all, reason| format!("{all}\n  {reason}")),
    }
}

impl Error {
    /// Returns a function that makes what the system said an error about `path`.
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |error| Self::Io { path, error }
    }
}

/// What a build did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that are new or changed.
    pub written: usize,
    /// Files that stayed as they were.
    pub unchanged: usize,
    /// Files of an earlier build that are no longer produced.
    pub removed: usize,
    /// Bytes of all files of the build.
    pub bytes: u64,
}

/// What became of a file when it was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Added,
    Changed,
    None,
}

/// A file of the build.
#[derive(Debug)]
struct File {
    entry: Entry,
    rank: Rank,
    change: Change,
}

/// A site being produced, in a folder or in memory. Files may be written from many threads; [`publish`](Self::publish)
/// shows them.
#[derive(Debug)]
pub struct Output {
    target: Target,
    files: Mutex<(Vec<File>, u64)>,
}

/// Where files go.
#[derive(Debug)]
enum Target {
    Folder(Folder),
    Memory(Memory),
}

impl Output {
    /// Opens `folder`, which need not exist, for a build; `force` permits a folder that portal did not make.
    ///
    /// # Errors
    /// When the folder holds something else, another build is writing it, or the disk says no.
    pub fn open(folder: &Path, force: bool) -> Result<Self, Error> {
        Ok(Self { target: Target::Folder(Folder::open(folder, force)?), files: Mutex::default() })
    }

    /// Opens a shelf in memory for a build; what did not change is shared with what it shows until then.
    pub fn memory(shelf: &Arc<Shelf>) -> Self {
        Self { target: Target::Memory(Memory::new(shelf)), files: Mutex::default() }
    }

    /// Adds the file `path`, with forward slashes, relative to the folder.
    ///
    /// # Errors
    /// When the path leaves the folder, or the disk says no.
    pub fn write(&self, path: &str, rank: Rank, bytes: &[u8]) -> Result<(), Error> {
        self.add(rank, bytes, Entry::new(path, bytes, None))
    }

    /// Adds a file that depends on nothing but what has been hashed into `from`.
    ///
    /// # Errors
    /// When the path leaves the folder, or the disk says no.
    pub fn write_made(&self, path: &str, rank: Rank, bytes: &[u8], from: u64) -> Result<(), Error> {
        self.add(rank, bytes, Entry::new(path, bytes, Some(from)))
    }

    /// Returns whether the file `path` of the earlier build was made from the same and still holds what it held
    /// then; if so, it is part of this build as it is, and need not be written.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn keep(&self, path: &str, rank: Rank, from: u64, buffer: &mut Vec<u8>) -> Result<bool, Error> {
        let kept = match &self.target {
            Target::Folder(folder) => folder.keep(path, from, buffer)?,
            Target::Memory(memory) => memory.keep(path, from),
        };
        let Some(entry) = kept else { return Ok(false) };
        self.remember(rank, Change::None, entry);
        Ok(true)
    }

    fn add(&self, rank: Rank, bytes: &[u8], entry: Entry) -> Result<(), Error> {
        if !is_plain(&entry.path) {
            return Err(Error::Path(entry.path));
        }
        let change = match &self.target {
            Target::Folder(folder) => folder.add(&entry, bytes)?,
            Target::Memory(memory) => memory.add(&entry, bytes),
        };
        self.remember(rank, change, entry);
        Ok(())
    }

    fn remember(&self, rank: Rank, change: Change, entry: Entry) {
        let mut files = self.files();
        files.1 += entry.size;
        files.0.push(File { entry, rank, change });
    }

    /// Shows the build: see the module's description for the order and what it guarantees.
    ///
    /// # Errors
    /// When two files have one path, or the disk says no.
    pub fn publish(self) -> Result<Summary, Error> {
        let (mut files, bytes) = std::mem::take(&mut *self.files());
        files.sort_unstable_by(|a, b| a.entry.path.cmp(&b.entry.path));
        if let Some(pair) = files.windows(2).find(|pair| pair[0].entry.path == pair[1].entry.path) {
            return Err(Error::Duplicate(pair[0].entry.path.clone()));
        }
        let unchanged = files.iter().filter(|file| file.change == Change::None).count();
        let written = files.len() - unchanged;
        let removed = match self.target {
            Target::Folder(folder) => folder.publish(files)?,
            Target::Memory(memory) => memory.publish(),
        };
        Ok(Summary { written, unchanged, removed, bytes })
    }

    fn files(&self) -> MutexGuard<'_, (Vec<File>, u64)> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether `path` names a file below the folder and is not one that portal keeps there for itself.
fn is_plain(path: &str) -> bool {
    let part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    path.split('/').all(part) && path != MANIFEST
}

/// Writes a file, and its folder when it is the first there.
fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = fs::File::create(path).or_else(|error| {
        let Some(parent) = path.parent().filter(|_| error.kind() == io::ErrorKind::NotFound) else {
            return Err(error);
        };
        fs::create_dir_all(parent)?;
        fs::File::create(path)
    });
    file?.write_all(bytes)
}

#[cfg(test)]
mod tests;
