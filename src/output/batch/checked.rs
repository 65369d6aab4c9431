//! A folder by its path, for systems that open no file from a folder: what is there is looked at just before it is used.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::folder::{self, Entry, Folder, Mode};

/// A folder, with those that it was entered from; the first had its links resolved when it was opened.
#[derive(Debug)]
pub(super) struct Checked(Vec<PathBuf>);

impl Checked {
    /// Returns the path of this folder, if it and all on the way are still folders and no links.
    fn path(&self) -> io::Result<&Path> {
        self.0.iter().try_for_each(|folder| real_folder(folder))?;
        self.0.last().map(PathBuf::as_path).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn at(&self, name: &str) -> io::Result<PathBuf> {
        Ok(self.path()?.join(name))
    }
}

fn real_folder(path: &Path) -> io::Result<()> {
    match Entry::of(&fs::symlink_metadata(path)?) {
        Entry::Folder => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::NotADirectory, "it is no folder")),
    }
}

impl Folder for Checked {
    fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        real_folder(&path)?;
        Ok(Self(vec![path]))
    }

    fn enter(&self, name: &str) -> io::Result<Self> {
        let path = self.at(name)?;
        real_folder(&path)?;
        Ok(Self(self.0.iter().cloned().chain([path]).collect()))
    }

    fn entry(&self, name: &str) -> io::Result<Entry> {
        match fs::symlink_metadata(self.at(name)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Entry::Nothing),
            metadata => Ok(Entry::of(&metadata?)),
        }
    }

    fn read(&self, name: &str) -> io::Result<(Vec<u8>, Permissions)> {
        let path = self.at(name)?;
        let metadata = fs::symlink_metadata(&path)?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        Ok((fs::read(path)?, folder::permissions(&metadata)))
    }

    fn create(&self, name: &str, bytes: &[u8], mode: &Mode) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if let Mode::New { executable } = mode {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(if *executable { 0o755 } else { 0o644 });
        }
        let path = self.at(name)?;
        let mut file = options.open(&path)?;
        file.write_all(bytes)?;
        if let Mode::Exactly(permissions) = mode {
            file.sync_all()?;
            fs::set_permissions(path, permissions.clone())?;
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.at(from)?, self.at(to)?)
    }

    fn remove_file(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.at(name)?)
    }

    fn make_folder(&self, name: &str) -> io::Result<()> {
        fs::create_dir(self.at(name)?)
    }

    fn remove_folder(&self, name: &str) -> io::Result<()> {
        fs::remove_dir(self.at(name)?)
    }

    fn permissions(&self) -> io::Result<Permissions> {
        Ok(folder::permissions(&fs::symlink_metadata(self.path()?)?))
    }

    fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        fs::set_permissions(self.path()?, permissions)
    }
}
