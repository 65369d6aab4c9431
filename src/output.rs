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

pub mod batch;
mod lock;
mod manifest;
mod place;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lock::Lock;
pub use manifest::MANIFEST;
use manifest::{Earlier, Entry};

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

/// A folder being produced. Files may be written from many threads; [`publish`](Self::publish) shows them.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    lock: Lock,
    /// The earlier build; `None` when there is nothing to compare with.
    earlier: Option<Earlier>,
    files: Mutex<(Vec<File>, u64)>,
}

impl Output {
    /// Opens `folder`, which need not exist, for a build; `force` permits a folder that portal did not make.
    ///
    /// # Errors
    /// When the folder holds something else, another build is writing it, or the disk says no.
    pub fn open(folder: &Path, force: bool) -> Result<Self, Error> {
        let folder = absolute(folder)?;
        let lock = Lock::take(&folder)?;
        let earlier = if is_empty(&folder)? {
            None
        } else {
            let earlier = manifest::read(&folder);
            if earlier.is_none() && !force {
                return Err(Error::Foreign(folder));
            }
            Some(earlier.unwrap_or_else(Earlier::unknown))
        };
        Ok(Self { folder, lock, earlier, files: Mutex::default() })
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
        let Some(earlier) = &self.earlier else { return Ok(false) };
        let Some(entry) = earlier.find(path).filter(|entry| entry.from == Some(from)) else {
            return Ok(false);
        };
        if !earlier.is_untouched(&self.folder, entry) {
            let published = self.folder.join(path);
            buffer.clear();
            match fs::File::open(&published).and_then(|mut file| file.read_to_end(buffer)) {
                Ok(_) if entry.is(&Entry::new(path, buffer, None)) => {}
                Ok(_) => return Ok(false),
                Err(error) if is_absent(&error) => return Ok(false),
                Err(error) => return Err(Error::Io { path: published, error }),
            }
        }
        self.remember(rank, Change::None, entry.clone());
        Ok(true)
    }

    fn add(&self, rank: Rank, bytes: &[u8], entry: Entry) -> Result<(), Error> {
        if !is_plain(&entry.path) {
            return Err(Error::Path(entry.path));
        }
        let change = self.compare(&entry, bytes)?;
        if change != Change::None {
            let staged = self.lock.staging().join(&entry.path);
            create(&staged, bytes).map_err(Error::at(&staged))?;
        }
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
        let removed = match &self.earlier {
            None => self.publish_whole(&files)?,
            Some(earlier) => self.publish_changes(&earlier.entries, files)?,
        };
        Ok(Summary { written, unchanged, removed, bytes })
    }

    /// Renames the working folder into place.
    fn publish_whole(&self, files: &[File]) -> Result<usize, Error> {
        let staging = self.lock.staging();
        manifest::write(staging, files.iter().map(|file| &file.entry))?;
        if fs::rename(staging, &self.folder).is_ok() {
            return Ok(0);
        }
        // The folder is there and empty: some systems want it gone, and a mount point can only be filled.
        if fs::remove_dir(&self.folder).is_ok() && fs::rename(staging, &self.folder).is_ok() {
            return Ok(0);
        }
        for file in files {
            place::place(staging, &self.folder, &file.entry.path)?;
        }
        place::place(staging, &self.folder, MANIFEST)?;
        Ok(0)
    }

    /// Renames each new and changed file into place, then removes what is no longer produced.
    fn publish_changes(&self, earlier: &[Entry], mut files: Vec<File>) -> Result<usize, Error> {
        let now: Vec<Entry> = files.iter().map(|file| file.entry.clone()).collect();
        let stale: Vec<&Entry> = earlier.iter().filter(|entry| !holds(&now, &entry.path)).collect();
        let added: Vec<&Entry> = now.iter().filter(|entry| !holds(earlier, &entry.path)).collect();
        if !added.is_empty() {
            // Until the end, this manifest says what changed files held before.
            let mut both: Vec<&Entry> = earlier.iter().chain(added).collect();
            both.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            manifest::write(self.lock.staging(), both.into_iter())?;
            place::place(self.lock.staging(), &self.folder, MANIFEST)?;
        }
        files.retain(|file| file.change != Change::None);
        files.sort_by_key(|file| (file.change, file.rank));
        for file in &files {
            let path = &file.entry.path;
            if self.folder.join(path).is_dir() {
                let inside = format!("{path}/");
                for entry in stale.iter().filter(|entry| entry.path.starts_with(&inside)) {
                    place::remove(&self.folder, &entry.path)?;
                }
            }
            place::place(self.lock.staging(), &self.folder, path)?;
        }
        for entry in &stale {
            place::remove(&self.folder, &entry.path)?;
        }
        if now != earlier {
            manifest::write(self.lock.staging(), now.iter())?;
            place::place(self.lock.staging(), &self.folder, MANIFEST)?;
        }
        Ok(stale.len())
    }

    /// Returns whether the published file differs from `bytes`.
    fn compare(&self, entry: &Entry, bytes: &[u8]) -> Result<Change, Error> {
        let Some(earlier) = &self.earlier else { return Ok(Change::Added) };
        let path = &entry.path;
        if earlier.find(path).is_some_and(|old| old.is(entry) && earlier.is_untouched(&self.folder, old)) {
            return Ok(Change::None);
        }
        let published = self.folder.join(path);
        match same(&published, bytes) {
            Ok(true) => Ok(Change::None),
            Ok(false) => Ok(Change::Changed),
            Err(error) if is_absent(&error) => Ok(Change::Added),
            Err(error) => Err(Error::Io { path: published, error }),
        }
    }

    fn files(&self) -> MutexGuard<'_, (Vec<File>, u64)> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether sorted entries hold a path.
fn holds(entries: &[Entry], path: &str) -> bool {
    entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).is_ok()
}

/// Returns whether an error says that there is no such file, folders on the way to it included.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

/// Returns the folder with its links resolved, as far as it exists.
fn absolute(folder: &Path) -> Result<PathBuf, Error> {
    if let Ok(folder) = folder.canonicalize() {
        return Ok(folder);
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::at(parent))?;
    let name = folder.file_name().ok_or_else(|| Error::Path(folder.display().to_string()))?;
    Ok(parent.canonicalize().map_err(Error::at(parent))?.join(name))
}

/// Returns whether there is no such folder, or nothing in it.
fn is_empty(folder: &Path) -> Result<bool, Error> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Error::at(folder)(error)),
    }
}

/// Returns whether `path` names a file below the folder and is not one that portal keeps there for itself.
fn is_plain(path: &str) -> bool {
    let part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    path.split('/').all(part) && path != MANIFEST
}

/// Returns whether the file at `path` holds exactly `bytes`; reads no further than the first difference.
fn same(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let mut file = fs::File::open(path)?;
    if file.metadata()?.len() != bytes.len() as u64 {
        return Ok(false);
    }
    let mut chunk = [0; 16 * 1024];
    let mut rest = bytes;
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(rest.is_empty());
        }
        match rest.split_at_checked(read) {
            Some((head, tail)) if head == &chunk[..read] => rest = tail,
            _ => return Ok(false),
        }
    }
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
