//! Files, branch and commit: all of it, or nothing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::deed::Planned;
use crate::cli::{Failure, interrupt};
use crate::git::{self, NewBranch, begin_branch, commit_files};
use crate::output::batch::{self, Change, Written};

/// What is done with a plan.
#[derive(Debug)]
pub(super) struct Landing<'p> {
    files: &'p [Planned<'p>],
    /// The roots of the files, each with the work tree that it is in.
    trees: Vec<(&'p Path, Option<PathBuf>)>,
    /// The repositories that files go to, in the order of the plan.
    repositories: Vec<PathBuf>,
    /// The branch that is begun in each.
    pub(super) branch: Option<String>,
    /// The message of the commit that is made in each.
    pub(super) message: Option<String>,
}

/// What was done.
#[derive(Debug)]
pub(super) struct Landed {
    pub(super) written: usize,
    /// The commits, in the order of the repositories.
    pub(super) commits: Vec<String>,
}

/// What can still be taken back: each with its repository, by number, when it is in one.
#[derive(Default)]
struct Undo {
    branches: Vec<(usize, NewBranch)>,
    written: Vec<(Option<usize>, Written)>,
    /// The repositories in which all is committed, which stays.
    committed: Vec<usize>,
}

impl<'p> Landing<'p> {
    pub(super) fn new(files: &'p [Planned<'p>]) -> Self {
        let mut trees: Vec<(&Path, Option<PathBuf>)> = Vec::new();
        for file in files.iter().filter(|file| file.deed.writes()) {
            // To look for a repository costs as much as to write a file.
            if !trees.iter().any(|(root, _)| *root == file.root) {
                trees.push((file.root, git::work_tree(file.root)));
            }
        }
        let mut repositories: Vec<PathBuf> = Vec::new();
        for tree in trees.iter().filter_map(|(_, tree)| tree.as_ref()) {
            if !repositories.contains(tree) {
                repositories.push(tree.clone());
            }
        }
        Self { files, trees, repositories, branch: None, message: None }
    }

    /// Returns whether any file goes to a repository.
    pub(super) fn is_in_git(&self) -> bool {
        !self.repositories.is_empty()
    }

    /// Returns whether nothing is written.
    pub(super) fn is_empty(&self) -> bool {
        !self.files.iter().any(|file| file.deed.writes())
    }

    /// Returns the repositories that files go to.
    pub(super) fn repositories(&self) -> &[PathBuf] {
        &self.repositories
    }

    /// Returns the paths that are written in a repository, from its root.
    pub(super) fn paths_in(&self, repository: &Path) -> Vec<String> {
        let below = |file: &Planned<'_>| {
            let folder = file.root.strip_prefix(repository).ok()?.to_str()?.replace('\\', "/");
            Some(super::workshop::joined(&folder, file.path()))
        };
        let is_inside = |root: &Path| {
            self.trees.iter().any(|(known, tree)| *known == root && tree.as_deref() == Some(repository))
        };
        let own = |file: &&Planned<'_>| file.deed.writes() && is_inside(file.root);
        self.files.iter().filter(own).filter_map(below).collect()
    }

    /// Does it. Whatever fails, files and branches are as they were before.
    pub(super) fn land(&self) -> Result<Landed, Failure> {
        let stop = interrupt::flag();
        let mut undo = Undo::default();
        self.attempt(stop, &mut undo).map_err(|failure| {
            let interrupted = stop.load(Ordering::Relaxed);
            let places = undo.committed.iter().filter_map(|&number| self.repositories.get(number));
            let stays: Vec<String> =
                places.map(|place| format!("what was committed in `{}` stays", place.display())).collect();
            let left = stays.into_iter().chain(undo.all()).collect::<Vec<_>>().join("; ");
            match (Some(left).filter(|left| !left.is_empty()), interrupted) {
                (Some(left), _) => Failure::Other(format!("{}; {left}", said(&failure))),
                (None, true) => Failure::Interrupted,
                (None, false) => failure,
            }
        })
    }

    fn attempt(&self, stop: &AtomicBool, undo: &mut Undo) -> Result<Landed, Failure> {
        if let Some(name) = &self.branch {
            for (number, repository) in self.repositories.iter().enumerate() {
                undo.branches.push((number, begin_branch(repository, name)?));
            }
        }
        let written = self.write(stop, undo)?;
        let mut commits = Vec::new();
        if let Some(message) = &self.message {
            for (number, repository) in self.repositories.iter().enumerate() {
                let paths = self.paths_in(repository);
                let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
                commits.push(commit_files(repository, &paths, message)?);
                undo.keep(number);
            }
        }
        Ok(Landed { written, commits })
    }

    fn write(&self, stop: &AtomicBool, undo: &mut Undo) -> Result<usize, Failure> {
        let mut count = 0;
        for (root, tree) in &self.trees {
            let number = self.repositories.iter().position(|repository| Some(repository) == tree.as_ref());
            let files = self.files.iter().filter(|file| file.root == *root && file.deed.writes());
            let changes: Vec<Change<'_>> = files
                .map(|file| Change {
                    path: file.path(),
                    bytes: Some(&file.change.bytes),
                    executable: file.change.executable,
                })
                .collect();
            count += changes.len();
            let written = batch::write(root, &changes, stop);
            undo.written.push((number, written.map_err(|error| Failure::Other(error.to_string()))?));
            if stop.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
        }
        Ok(count)
    }
}

impl Undo {
    /// Keeps what is in a repository: it is committed.
    fn keep(&mut self, number: usize) {
        self.committed.push(number);
        self.branches.retain(|(own, _)| *own != number);
        self.written.retain(|(own, _)| *own != Some(number));
    }

    /// Takes everything back, the last first; returns what could not be, as a sentence.
    fn all(&mut self) -> Option<String> {
        let mut left: Vec<String> = Vec::new();
        for (_, written) in self.written.drain(..).rev() {
            left.extend(written.undo().err().map(|error| error.to_string()));
        }
        for (_, branch) in self.branches.drain(..).rev() {
            left.extend(branch.undo().err().map(|error| error.to_string()));
        }
        (!left.is_empty()).then(|| format!("and not everything could be taken back: {}", left.join("; ")))
    }
}

fn said(failure: &Failure) -> String {
    match failure {
        Failure::Other(message) => message.clone(),
        Failure::Interrupted => "interrupted".into(),
        Failure::Open(error) => error.to_string(),
        Failure::BrokenPipe => "nobody reads what is written".into(),
    }
}
