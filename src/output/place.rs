//! Single files, moved into the published folder and out of it.

use std::fs;
use std::io;
use std::path::Path;

use super::Error;

/// Moves the file `path` from the working folder to the published one, in one step for who reads it.
pub(super) fn place(staging: &Path, folder: &Path, path: &str) -> Result<(), Error> {
    let (from, to) = (staging.join(path), folder.join(path));
    let moved = rename(&from, &to).or_else(|_| {
        make_way(folder, path)?;
        rename(&from, &to)
    });
    moved.map_err(Error::at(&to))
}

/// Renames a file; between disks it is copied first, so that it appears whole all the same.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let mut name = to.file_name().unwrap_or_default().to_os_string();
            name.push(".portal-new");
            let beside = to.with_file_name(name);
            fs::copy(from, &beside)?;
            fs::rename(&beside, to)
        }
        renamed => renamed,
    }
}

/// Makes the folders on the way to `path`; a file of an earlier build in their place goes, and so does an empty
/// folder in the place of the file.
fn make_way(folder: &Path, path: &str) -> io::Result<()> {
    let mut at = folder.to_path_buf();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        if parts.peek().is_none() {
            break;
        }
        if at.is_file() {
            fs::remove_file(&at)?;
        }
        if !at.is_dir() {
            fs::create_dir(&at)?;
        }
    }
    if at.is_dir() { remove_empty(&at) } else { Ok(()) }
}

/// Removes a folder that holds nothing but empty folders.
fn remove_empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_empty(&path)?;
        }
    }
    fs::remove_dir(folder)
}

/// Removes the file `path` of an earlier build, and the folders that are empty without it.
pub(super) fn remove(folder: &Path, path: &str) -> Result<(), Error> {
    let file = folder.join(path);
    if file.is_dir() {
        // A new file needed a folder of this name, and the old file made way.
        return Ok(());
    }
    match fs::remove_file(&file) {
        Err(error) if !super::folder::is_absent(&error) => return Err(Error::at(&file)(error)),
        _ => {}
    }
    let mut parent = file.parent();
    while let Some(at) = parent.filter(|at| *at != folder) {
        if fs::remove_dir(at).is_err() {
            break;
        }
        parent = at.parent();
    }
    Ok(())
}
