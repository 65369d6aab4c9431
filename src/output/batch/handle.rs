//! A folder held open: what is done in it is done there, whatever its path leads to meanwhile.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, OFlags, RawMode, mkdirat, openat, renameat, statat, unlinkat};
use rustix::io::{Errno, retry_on_intr};

use super::folder::{self, Entry, Folder, Mode};

/// An open folder.
#[derive(Debug)]
pub(super) struct Handle(File);

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Handle {
    fn open_file(&self, name: &str, flags: OFlags, mode: RawMode) -> io::Result<File> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(retry_on_intr(|| openat(&self.0, name, flags, rustix::fs::Mode::from_raw_mode(mode)))?.into())
    }
}

impl Folder for Handle {
    fn open(path: &Path) -> io::Result<Self> {
        let opened = retry_on_intr(|| openat(CWD, path, FOLDER, rustix::fs::Mode::empty()))?;
        Ok(Self(opened.into()))
    }

    fn enter(&self, name: &str) -> io::Result<Self> {
        self.open_file(name, FOLDER, 0).map(Self)
    }

    fn entry(&self, name: &str) -> io::Result<Entry> {
        let stat = match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(Entry::Nothing),
            stat => stat?,
        };
        Ok(match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Entry::File,
            FileType::Directory => Entry::Folder,
            FileType::Symlink => Entry::Link,
            _ => Entry::Other,
        })
    }

    fn read(&self, name: &str) -> io::Result<(Vec<u8>, Permissions)> {
        // A pipe put in the place of the file would otherwise be waited for.
        let mut file = self.open_file(name, OFlags::RDONLY | OFlags::NONBLOCK, 0)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok((bytes, folder::permissions(&metadata)))
    }

    fn create(&self, name: &str, bytes: &[u8], mode: &Mode) -> io::Result<()> {
        let first = match mode {
            Mode::New { executable: true } => 0o755,
            Mode::New { executable: false } => 0o644,
            // Until it has the mode that it is to have, nobody else reads it.
            Mode::Exactly(_) => 0o600,
        };
        let mut file = self.open_file(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL, first)?;
        file.write_all(bytes)?;
        if let Mode::Exactly(permissions) = mode {
            file.set_permissions(permissions.clone())?;
            // It takes the place of a file of the person, whose bytes must not be lost to a power cut.
            file.sync_all()?;
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    fn remove_file(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    fn make_folder(&self, name: &str) -> io::Result<()> {
        Ok(mkdirat(&self.0, name, rustix::fs::Mode::from_raw_mode(0o777))?)
    }

    fn remove_folder(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    fn permissions(&self) -> io::Result<Permissions> {
        self.0.metadata().map(|metadata: fs::Metadata| folder::permissions(&metadata))
    }

    fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        debug_assert!(permissions.mode() <= 0o7777);
        self.0.set_permissions(permissions)
    }
}
