//! The working folder of a build, beside the folder that it produces, and the lock that guards both.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use super::Error;

/// A lock that the system lets go of when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    work: PathBuf,
    staging: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock of `folder` and empties its working folder, which a killed build may have left.
    pub(super) fn take(folder: &Path) -> Result<Self, Error> {
        let work = work(folder)?;
        let path = work.join("lock");
        loop {
            fs::create_dir_all(&work).map_err(Error::at(&work))?;
            let opened = File::options().create(true).truncate(false).write(true).open(&path);
            let file = match opened {
                Ok(file) => file,
                // A build that just ended took its working folder along.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::at(&path)(error)),
            };
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Err(Error::Locked(folder.to_path_buf())),
                Err(TryLockError::Error(error)) => return Err(Error::at(&path)(error)),
                Ok(()) if !is_there(&file, &path) => continue,
                Ok(()) => {}
            }
            let staging = work.join("staging");
            if staging.exists() {
                fs::remove_dir_all(&staging).map_err(Error::at(&staging))?;
            }
            fs::create_dir(&staging).map_err(Error::at(&staging))?;
            return Ok(Self { work, staging, file });
        }
    }

    /// Returns where files are put until they are published.
    pub(super) fn staging(&self) -> &Path {
        &self.staging
    }
}

impl Drop for Lock {
    /// Leaves nothing beside the folder; what cannot be removed now is removed by the next build.
    fn drop(&mut self) {
        fs::remove_dir_all(&self.work).ok();
        self.file.unlock().ok();
    }
}

/// Returns the working folder of `folder`: on the same disk, so that files can be renamed out of it.
fn work(folder: &Path) -> Result<PathBuf, Error> {
    let name = folder.file_name().ok_or_else(|| Error::Path(folder.display().to_string()))?;
    Ok(folder.with_file_name(format!(".{}.portal-build", name.to_string_lossy())))
}

/// Returns whether `file` is still what is at `path`: it may have been removed between opening and locking.
#[cfg(unix)]
fn is_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let inode = |metadata: std::io::Result<fs::Metadata>| metadata.ok().map(|data| (data.dev(), data.ino()));
    inode(file.metadata()) == inode(fs::metadata(path))
}

/// Elsewhere an open file cannot be replaced by another.
#[cfg(not(unix))]
fn is_there(_: &File, path: &Path) -> bool {
    path.exists()
}
