//! A published folder, and what a build does to it.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::manifest::{self, Earlier, Entry, MANIFEST};
use super::{Change, Error, File, create, place};

/// A folder, and the build that it is being brought to.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lock: Lock,
    /// The earlier build; `None` when there is nothing to compare with.
    earlier: Option<Earlier>,
}

impl Folder {
    pub(super) fn open(folder: &Path, force: bool) -> Result<Self, Error> {
        let path = absolute(folder)?;
        let lock = Lock::take(&path)?;
        let earlier = if is_empty(&path)? {
            None
        } else {
            let earlier = manifest::read(&path);
            if earlier.is_none() && !force {
                return Err(Error::Foreign(path));
            }
            Some(earlier.unwrap_or_else(Earlier::unknown))
        };
        Ok(Self { path, lock, earlier })
    }

    /// Returns the file `path` of the earlier build if it was made from the same and holds what it held then.
    pub(super) fn keep(&self, path: &str, from: u64, buffer: &mut Vec<u8>) -> Result<Option<Entry>, Error> {
        let Some(earlier) = &self.earlier else { return Ok(None) };
        let Some(entry) = earlier.find(path).filter(|entry| entry.from == Some(from)) else {
            return Ok(None);
        };
        if !earlier.is_untouched(&self.path, entry) {
            let published = self.path.join(path);
            buffer.clear();
            match fs::File::open(&published).and_then(|mut file| file.read_to_end(buffer)) {
                Ok(_) if entry.is(&Entry::new(path, buffer, None)) => {}
                Ok(_) => return Ok(None),
                Err(error) if is_absent(&error) => return Ok(None),
                Err(error) => return Err(Error::Io { path: published, error }),
            }
        }
        Ok(Some(entry.clone()))
    }

    /// Puts a file beside the folder if the published one differs.
    pub(super) fn add(&self, entry: &Entry, bytes: &[u8]) -> Result<Change, Error> {
        let change = self.compare(entry, bytes)?;
        if change != Change::None {
            let staged = self.lock.staging().join(&entry.path);
            create(&staged, bytes).map_err(Error::at(&staged))?;
        }
        Ok(change)
    }

    /// Shows the build, whose files are sorted, and returns how many of the earlier one went.
    pub(super) fn publish(self, files: Vec<File>) -> Result<usize, Error> {
        match &self.earlier {
            None => self.publish_whole(&files),
            Some(earlier) => self.publish_changes(&earlier.entries, files),
        }
    }

    /// Renames the working folder into place.
    fn publish_whole(&self, files: &[File]) -> Result<usize, Error> {
        let staging = self.lock.staging();
        manifest::write(staging, files.iter().map(|file| &file.entry))?;
        if fs::rename(staging, &self.path).is_ok() {
            return Ok(0);
        }
        // The folder is there and empty: some systems want it gone, and a mount point can only be filled.
        if fs::remove_dir(&self.path).is_ok() && fs::rename(staging, &self.path).is_ok() {
            return Ok(0);
        }
        for file in files {
            place::place(staging, &self.path, &file.entry.path)?;
        }
        place::place(staging, &self.path, MANIFEST)?;
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
            place::place(self.lock.staging(), &self.path, MANIFEST)?;
        }
        files.retain(|file| file.change != Change::None);
        files.sort_by_key(|file| (file.change, file.rank));
        for file in &files {
            let path = &file.entry.path;
            if self.path.join(path).is_dir() {
                let inside = format!("{path}/");
                for entry in stale.iter().filter(|entry| entry.path.starts_with(&inside)) {
                    place::remove(&self.path, &entry.path)?;
                }
            }
            place::place(self.lock.staging(), &self.path, path)?;
        }
        for entry in &stale {
            place::remove(&self.path, &entry.path)?;
        }
        if now != earlier {
            manifest::write(self.lock.staging(), now.iter())?;
            place::place(self.lock.staging(), &self.path, MANIFEST)?;
        }
        Ok(stale.len())
    }

    /// Returns whether the published file differs from `bytes`.
    fn compare(&self, entry: &Entry, bytes: &[u8]) -> Result<Change, Error> {
        let Some(earlier) = &self.earlier else { return Ok(Change::Added) };
        let path = &entry.path;
        if earlier.find(path).is_some_and(|old| old.is(entry) && earlier.is_untouched(&self.path, old)) {
            return Ok(Change::None);
        }
        let published = self.path.join(path);
        match same(&published, bytes) {
            Ok(true) => Ok(Change::None),
            Ok(false) => Ok(Change::Changed),
            Err(error) if is_absent(&error) => Ok(Change::Added),
            Err(error) => Err(Error::Io { path: published, error }),
        }
    }
}

/// Returns whether sorted entries hold a path.
fn holds(entries: &[Entry], path: &str) -> bool {
    entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).is_ok()
}

/// Returns whether an error says that there is no such file, folders on the way to it included.
pub(super) fn is_absent(error: &io::Error) -> bool {
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
