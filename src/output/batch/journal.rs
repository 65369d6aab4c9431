//! What was done, step by step, so that it can be taken back.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::folder::{self, Entry, Folder, Mode, within};
use super::survey::{Before, Task, split};
use crate::output::Error;
use crate::printable::shown;

/// How often another temporary name is tried, when one is taken.
const ATTEMPTS: usize = 1_000;

/// Something that was done.
#[derive(Debug)]
enum Step {
    /// A folder was made.
    Made(String),
    /// A file was put in its place, where there was this.
    Placed(String, Option<Before>),
    /// A file was removed, which was this.
    Removed(String, Before),
    /// An empty folder was removed, which had this mode.
    Emptied(String, Permissions),
}

/// What was done below a folder.
#[derive(Debug)]
pub(super) struct Journal<F> {
    root: PathBuf,
    /// The folder, once it is there.
    folder: Option<F>,
    /// The folders that were made for it to be there, outermost first.
    above: Vec<PathBuf>,
    steps: Vec<Step>,
    /// Files under temporary names.
    staged: BTreeSet<String>,
    names: Names,
    /// The folder that was entered last, with the way to it: the next file is mostly beside the one before.
    entered: Option<(String, F)>,
}

impl<F: Folder> Journal<F> {
    /// Returns a journal in which nothing is done yet.
    pub(super) fn begin(root: &Path, tasks: &[Task<'_>]) -> Self {
        let names = Names::beside(tasks.iter().map(|task| split(task.path).1));
        let root = folder::named(root).to_path_buf();
        Self {
            root,
            folder: None,
            above: Vec::new(),
            steps: Vec::new(),
            staged: BTreeSet::new(),
            names,
            entered: None,
        }
    }

    /// Opens the root, and makes it if need be.
    pub(super) fn open(&mut self) -> Result<(), Error> {
        let is_missing = |path: &&Path| {
            let found = fs::symlink_metadata(path);
            !path.as_os_str().is_empty() && found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        };
        let root = self.root.clone();
        let missing: Vec<&Path> = root.ancestors().take_while(is_missing).collect();
        for path in missing.into_iter().rev() {
            fs::create_dir(path).map_err(Error::at(path))?;
            self.above.push(path.to_path_buf());
        }
        self.folder = Some(F::open(&root).map_err(Error::at(&root))?);
        Ok(())
    }

    /// Writes a file beside its place, and returns the name that it has there.
    pub(super) fn stage(&mut self, path: &str, bytes: &[u8], mode: &Mode) -> Result<String, Error> {
        self.try_stage(path, bytes, mode).map_err(Error::at(&self.root.join(path)))
    }

    fn try_stage(&mut self, path: &str, bytes: &[u8], mode: &Mode) -> io::Result<String> {
        let (way, _) = split(path);
        match self.enter(&way) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.make_folders(&way)?;
                self.enter(&way)?;
            }
            entered => entered?,
        }
        for _ in 0..ATTEMPTS {
            let name = self.names.next();
            let created = self.inside()?.create(&name, bytes, mode);
            if !created.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists) {
                self.staged.insert(joined(&way, &name));
                return created.map(|()| name);
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "no temporary name is free"))
    }

    /// Enters the folder that `way` leads to from the root, unless it was the last.
    fn enter(&mut self, way: &[&str]) -> io::Result<()> {
        let path = way.join("/");
        if self.entered.as_ref().is_some_and(|(entered, _)| *entered == path) {
            return Ok(());
        }
        self.entered = None;
        let Some((last, above)) = way.split_last() else { return Ok(()) };
        let folder = within(self.folder()?, above.iter().copied(), |folder| {
            folder.enter(last).map_err(|error| folder::link_said(folder, last, error))
        })?;
        self.entered = Some((path, folder));
        Ok(())
    }

    /// Returns the folder that was entered, the root when none was.
    fn inside(&self) -> io::Result<&F> {
        self.entered.as_ref().map_or_else(|| self.folder(), |(_, folder)| Ok(folder))
    }

    fn make_folders(&mut self, way: &[&str]) -> io::Result<()> {
        for (depth, name) in way.iter().enumerate() {
            let above = way.get(..depth).unwrap_or(way);
            let made = within(self.folder()?, above.iter().copied(), |folder| match folder.entry(name)? {
                Entry::Nothing => folder.make_folder(name).map(|()| true),
                _ => Ok(false),
            })?;
            if made {
                self.steps.push(Step::Made(joined(above, name)));
            }
        }
        Ok(())
    }

    /// Puts a file that was staged as `name` in its place.
    pub(super) fn place(&mut self, task: Task<'_>, name: &str) -> Result<(), Error> {
        let (way, last) = split(task.path);
        let expected = if task.before.is_some() { Entry::File } else { Entry::Nothing };
        let placed = self.enter(&way).and_then(|()| {
            let folder = self.inside()?;
            if folder.entry(last)? != expected {
                return Err(changed_meanwhile());
            }
            folder.rename(name, last)
        });
        placed.map_err(Error::at(&self.root.join(task.path)))?;
        self.staged.remove(&joined(&way, name));
        self.steps.push(Step::Placed(task.path.to_string(), task.before));
        Ok(())
    }

    /// Removes a file, and the folders that are empty without it.
    pub(super) fn remove(&mut self, task: Task<'_>) -> Result<(), Error> {
        let (way, last) = split(task.path);
        let Some(before) = task.before else { return Ok(()) };
        let removed = self.folder().and_then(|root| {
            within(root, way.iter().copied(), |folder| match folder.entry(last)? {
                Entry::File => folder.remove_file(last),
                _ => Err(changed_meanwhile()),
            })
        });
        removed.map_err(Error::at(&self.root.join(task.path)))?;
        self.steps.push(Step::Removed(task.path.to_string(), before));
        self.remove_empty(&way);
        Ok(())
    }

    /// Removes the folders on a way that are empty, innermost first. One that cannot be removed stays, which is no mistake.
    fn remove_empty(&mut self, mut way: &[&str]) {
        while let Some((name, above)) = way.split_last() {
            let gone = self.folder().and_then(|root| {
                let permissions = within(root, way.iter().copied(), F::permissions)?;
                within(root, above.iter().copied(), |folder| folder.remove_folder(name))?;
                Ok(permissions)
            });
            let Ok(permissions) = gone else { return };
            self.steps.push(Step::Emptied(joined(above, name), permissions));
            way = above;
        }
    }

    /// Takes everything back, last step first.
    ///
    /// # Errors
    /// What could not be, with the reason.
    pub(super) fn undo(mut self) -> Result<(), Error> {
        let steps = std::mem::take(&mut self.steps);
        self.sweep();
        let failed: Vec<Step> =
            steps.into_iter().rev().filter(|step| self.take_back(step).is_err()).collect();
        // What lacked room may have it now that the rest is gone, and what was not empty may be.
        let mut left: Vec<String> = Vec::new();
        self.sweep();
        for step in failed {
            if let Err(error) = unless_in_use(self.take_back(&step)) {
                left.push(format!("{}: {error}", self.said(&step)));
            }
        }
        for (path, error) in self.sweep() {
            left.push(format!("`{}` was made and is still there: {error}", self.shown(&path)));
        }
        self.folder = None;
        for path in std::mem::take(&mut self.above).iter().rev() {
            if let Err(error) = unless_in_use(fs::remove_dir(path)) {
                left.push(format!("`{}` was made and is still there: {error}", path.display()));
            }
        }
        if left.is_empty() { Ok(()) } else { Err(Error::Left(left)) }
    }

    fn take_back(&mut self, step: &Step) -> io::Result<()> {
        // It may be gone, and another in its place.
        self.entered = None;
        match step {
            Step::Made(path) => {
                let (way, name) = split(path);
                unless_gone(within(self.folder()?, way, |folder| folder.remove_folder(name)))
            }
            Step::Placed(path, None) => self.remove_file(path),
            Step::Placed(path, Some(before)) | Step::Removed(path, before) => {
                let mode = Mode::Exactly(before.permissions.clone());
                let temporary = self.try_stage(path, &before.bytes, &mode)?;
                let (way, name) = split(path);
                within(self.folder()?, way.iter().copied(), |folder| folder.rename(&temporary, name))?;
                self.staged.remove(&joined(&way, &temporary));
                Ok(())
            }
            Step::Emptied(path, permissions) => {
                let (way, name) = split(path);
                within(self.folder()?, way, |folder| {
                    match folder.make_folder(name) {
                        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
                        made => made?,
                    }
                    folder.enter(name)?.set_permissions(permissions.clone())
                })
            }
        }
    }

    /// Removes files under temporary names, and returns those that are still there, with the reasons.
    fn sweep(&mut self) -> Vec<(String, io::Error)> {
        let staged = std::mem::take(&mut self.staged);
        let left = staged.into_iter().filter_map(|path| {
            let error = self.remove_file(&path).err()?;
            Some((path, error))
        });
        let left: Vec<(String, io::Error)> = left.collect();
        self.staged.extend(left.iter().map(|(path, _)| path.clone()));
        left
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        let (way, name) = split(path);
        unless_gone(within(self.folder()?, way, |folder| folder.remove_file(name)))
    }

    /// Says what is still so when a step could not be taken back.
    fn said(&self, step: &Step) -> String {
        match step {
            Step::Made(path) | Step::Placed(path, None) => {
                format!("`{}` was made and is still there", self.shown(path))
            }
            Step::Placed(path, Some(_)) => format!("`{}` still has what was written", self.shown(path)),
            Step::Removed(path, _) => format!("`{}` was removed and is not back", self.shown(path)),
            Step::Emptied(path, _) => {
                format!("`{}` was removed and is not back as it was", self.shown(path))
            }
        }
    }

    fn shown(&self, path: &str) -> String {
        shown(&self.root.join(path).to_string_lossy())
    }

    fn folder(&self) -> io::Result<&F> {
        self.folder.as_ref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Names for files on their way, none of which is to stay.
#[derive(Debug)]
struct Names {
    /// Names of the batch itself that could be taken for one.
    wanted: BTreeSet<String>,
    count: u64,
}

impl Names {
    fn beside<'p>(names: impl Iterator<Item = &'p str>) -> Self {
        let wanted = names.filter(|name| name.starts_with(".portal-")).map(String::from).collect();
        Self { wanted, count: 0 }
    }

    /// Returns a name that was not returned before.
    fn next(&mut self) -> String {
        loop {
            self.count += 1;
            let name = format!(".portal-{}-{}", std::process::id(), self.count);
            if !self.wanted.contains(&name) {
                return name;
            }
        }
    }
}

fn joined(way: &[&str], name: &str) -> String {
    way.iter().map(|part| format!("{part}/")).chain([name.to_string()]).collect()
}

fn changed_meanwhile() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it has been changed meanwhile by somebody else")
}

/// Lets be what is not there any more.
fn unless_gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Lets a folder be that somebody else has put something into.
fn unless_in_use(removed: io::Result<()>) -> io::Result<()> {
    match unless_gone(removed) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        removed => removed,
    }
}
