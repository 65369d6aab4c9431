//! Several files of a folder that is not ours, written all or not at all.
//!
//! - All paths are looked at before anything is written, and everything that is wrong is said at once.
//! - Every file is first written beside its place, under a name of its own that begins with `.portal-`. Only once all
//!   are there are they renamed, so a disk that is full is known before a file of the person changes. What goes, goes
//!   last.
//! - No link is followed, not even one that appears meanwhile: on Unix each folder on the way is opened from the one
//!   before (`handle.rs`), elsewhere it is looked at just before it is used (`checked.rs`).
//! - What was done is noted, and taken back in reverse when something fails, when the run is to stop, and when the caller
//!   wants it (`journal.rs`).

#[cfg(any(test, not(unix)))]
mod checked;
mod folder;
#[cfg(unix)]
mod handle;
mod journal;
mod survey;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(not(unix))]
use checked::Checked as Disk;
use folder::Folder;
#[cfg(unix)]
use handle::Handle as Disk;
use journal::Journal;
use survey::{Found, Task};

use super::Error;

/// A file to write, or to remove.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// Its path below the root, with forward slashes.
    pub path: &'a str,
    /// What it is to hold; `None` to remove it.
    pub bytes: Option<&'a [u8]>,
    /// Whether it can be run.
    pub executable: bool,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum There {
    /// Nothing.
    Nothing,
    /// A regular file.
    File {
        /// What it holds.
        bytes: Vec<u8>,
        /// Whether it can be run; never where the disk does not know.
        executable: bool,
    },
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
}

/// Files that were written, which can still be taken back. To drop it is to keep them.
#[derive(Debug)]
#[must_use]
pub struct Written(Option<Journal<Disk>>);

impl Written {
    /// Takes everything back: files are as they were, and folders that were made are gone, unless somebody else has put
    /// something there meanwhile.
    ///
    /// # Errors
    /// What could not be, as a sentence that names it.
    pub fn undo(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), Journal::undo)
    }
}

/// Writes files below the folder `root`, which is made if need be: each whole, and all or none. Links are not followed, not
/// even those that appear meanwhile. A new file has the mode 0644, or 0755 if it can be run, less the umask; one that was
/// there keeps its own but for that bit. A file that already is what it is to be is not touched; one to be removed may be
/// gone, and folders that are empty without it go as well. `stop` is looked at between files.
///
/// # Errors
/// When a path leads out of the root or through a link, there is something else in its place, the disk says no, or `stop` is
/// set. Nothing is left then; if the disk does not permit even that, the error says what is.
pub fn write(root: &Path, changes: &[Change<'_>], stop: &AtomicBool) -> Result<Written, Error> {
    write_in::<Disk>(root, changes, stop).map(Written)
}

/// Returns what is at `path`, with forward slashes, below the folder `root`, which need not exist.
///
/// # Errors
/// When the path leads out of the root, through a link or through a file, to something that is none of what can be
/// returned, or it cannot be read.
pub fn look(root: &Path, path: &str) -> Result<There, Error> {
    look_in::<Disk>(root, path)
}

/// Returns what is noted, or nothing when nothing had to be done.
fn write_in<F: Folder>(
    root: &Path,
    changes: &[Change<'_>],
    stop: &AtomicBool,
) -> Result<Option<Journal<F>>, Error> {
    let tasks = survey::survey::<F>(root, changes)?;
    if tasks.is_empty() {
        return Ok(None);
    }
    let mut journal = Journal::begin(root, &tasks);
    match carry_out(&mut journal, tasks, stop) {
        Ok(()) => Ok(Some(journal)),
        Err(error) => Err(match journal.undo() {
            Err(Error::Left(left)) => Error::Unfinished { error: Box::new(error), left },
            _ => error,
        }),
    }
}

fn carry_out<F: Folder>(
    journal: &mut Journal<F>,
    tasks: Vec<Task<'_>>,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let go_on = || if stop.load(Ordering::SeqCst) { Err(Error::Stopped) } else { Ok(()) };
    let mut staged = Vec::new();
    let mut removed = Vec::new();
    go_on()?;
    journal.open()?;
    for task in tasks {
        let Some((bytes, mode)) = &task.wanted else {
            removed.push(task);
            continue;
        };
        go_on()?;
        let name = journal.stage(task.path, bytes, mode)?;
        staged.push((task, name));
    }
    for (task, name) in staged {
        go_on()?;
        journal.place(task, &name)?;
    }
    for task in removed {
        go_on()?;
        journal.remove(task)?;
    }
    // Who asked for an end while the last file was written gets it.
    go_on()
}

fn look_in<F: Folder>(root: &Path, path: &str) -> Result<There, Error> {
    let refused = |reason| Error::Refused { root: root.to_path_buf(), reasons: vec![reason] };
    if let Some(reason) = survey::refusal(path) {
        return Err(refused(reason));
    }
    let Some(folder) = folder::open::<F>(root).map_err(Error::at(root))? else { return Ok(There::Nothing) };
    match survey::find(&folder, path).map_err(refused)? {
        Found::Nothing => Ok(There::Nothing),
        Found::File(bytes, permissions) => {
            Ok(There::File { bytes, executable: folder::is_executable(&permissions) })
        }
        Found::Folder => Ok(There::Folder),
        Found::Link => Ok(There::Link),
        Found::Other => Err(refused(survey::no_file(path))),
    }
}
