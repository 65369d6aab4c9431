//! Three-way merges of folders, in memory: as `git merge` would, with one difference. What our side deleted stays deleted.
//!
//! Git's library merges trees, too, but keeps to itself which names it followed, and reads the person's configuration.
//! So files are paired here, and it merges what each of them holds.

mod rename;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use super::GitError;
use crate::worktree::TreeFile;
use text::Text;

pub use text::Labels;

/// Three states of a folder.
#[derive(Debug, Clone, Copy)]
pub struct Trees<'a> {
    /// What both sides were made from.
    pub base: &'a [TreeFile],
    /// Paths that both sides were made from, when nobody knows what the file held; none of `base`.
    pub lost: &'a BTreeSet<String>,
    /// Our side. What their side never knew is looked at only for what was renamed.
    pub ours: &'a [TreeFile],
    /// What our side has that is no plain file, and why it is none; it and what is below it is left alone.
    pub barred: &'a BTreeMap<String, String>,
    /// Their side.
    pub theirs: &'a [TreeFile],
}

/// What a merge comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merge {
    /// What becomes of each file of our side that does not just stay, in path order.
    pub files: Vec<Merged>,
    /// What people should know about it, in the order of the paths of the base.
    pub remarks: Vec<Remark>,
}

/// What a merge makes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Its path.
    pub path: String,
    /// What our side has there; `None` when it has nothing.
    pub before: Option<TreeFile>,
    /// What is to be there; `None` when nothing is.
    pub after: Option<TreeFile>,
    /// How that came about.
    pub outcome: Outcome,
}

/// How a merge came to what it makes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Only their side had changed it.
    Taken,
    /// Both had, and it went together.
    Merged,
    /// Both had, and it did not.
    Conflict(Conflict),
}

/// Why two changes do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// They are in the same lines, which stand between markers.
    Lines,
    /// Both sides have added it, and differently: what they do not share stands between markers.
    Added,
    /// It is no text. Ours is kept.
    Binary,
    /// Their side has deleted it, ours has changed it. Ours is kept.
    Deleted,
    /// Their side has deleted it, ours has renamed it from this path. Ours is kept.
    DeletedFrom(String),
    /// Their side has renamed it to this path, ours from that one.
    RenamedTwice(String, String),
    /// Their side has renamed it to this path, where ours has another file. It stays where it is.
    Occupied(String),
    /// It cannot be there, as a phrase. Nothing is done.
    Barred(String),
}

/// What people should know about a merge, though they need not decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Our side has deleted this file, and their side has changed it, or renamed it to that path. It stays deleted.
    StaysDeleted(String, Option<String>),
    /// Our side has renamed this file to that path, and gets the changes of their side there.
    Followed(String, String),
    /// Their side has renamed this file to that path.
    Renamed(String, String),
    /// There are so many new files that only those with the same bytes were taken for renamed ones.
    ManyFiles,
}

/// Returns what the changes of both sides come to.
///
/// # Errors
/// When Git cannot merge a file.
pub fn merge(trees: &Trees<'_>, labels: &Labels) -> Result<Merge, GitError> {
    let mut merging = Merging::new(trees, labels);
    merging.deletions();
    merging.shared()?;
    merging.additions()?;
    Ok(merging.finish())
}

type ByPath<'a> = BTreeMap<&'a str, &'a TreeFile>;

fn by_path(files: &[TreeFile]) -> ByPath<'_> {
    files.iter().map(|file| (file.path.as_str(), file)).collect()
}

/// A file of the base, with what it is on both sides.
#[derive(Clone, Copy)]
struct Shared<'a> {
    path: &'a str,
    base: Option<&'a TreeFile>,
    ours: Option<&'a TreeFile>,
    theirs: Option<&'a TreeFile>,
}

struct Merging<'a> {
    trees: Trees<'a>,
    labels: &'a Labels,
    ours: ByPath<'a>,
    /// The paths of our side by what they are on a disk that does not tell cases apart.
    folded: BTreeMap<String, Vec<&'a str>>,
    theirs: ByPath<'a>,
    shared: Vec<Shared<'a>>,
    /// What was decided, by the path that it is about.
    done: BTreeMap<String, Merged>,
    /// The files of their side that are accounted for.
    used: BTreeSet<&'a str>,
    remarks: Vec<Remark>,
}

impl<'a> Merging<'a> {
    fn new(trees: &Trees<'a>, labels: &'a Labels) -> Self {
        let [base, ours, theirs] = [trees.base, trees.ours, trees.theirs].map(by_path);
        let mut folded: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for path in ours.keys().copied() {
            folded.entry(path.to_lowercase()).or_default().push(path);
        }
        let mut merging = Self {
            trees: *trees,
            labels,
            ours,
            folded,
            theirs,
            shared: Vec::new(),
            done: BTreeMap::new(),
            used: BTreeSet::new(),
            remarks: Vec::new(),
        };
        let our_names = merging.renames(&base, &merging.ours, true);
        let their_names = merging.renames(&base, &merging.theirs, false);
        if !(our_names.1 && their_names.1) {
            merging.remarks.push(Remark::ManyFiles);
        }
        let lost = trees.lost.iter().map(|path| (path.as_str(), None));
        let known = base.iter().map(|(path, file)| (*path, Some(*file)));
        let all: BTreeMap<&str, Option<&TreeFile>> = known.chain(lost).collect();
        for (path, base) in all {
            let find = |side: &ByPath<'a>, names: &BTreeMap<&str, &'a str>| {
                side.get(path).or_else(|| side.get(*names.get(path)?)).copied()
            };
            let (ours, theirs) = (find(&merging.ours, &our_names.0), find(&merging.theirs, &their_names.0));
            merging.used.extend(theirs.map(|file| file.path.as_str()));
            merging.shared.push(Shared { path, base, ours, theirs });
        }
        merging
    }

    /// Returns what became of the files that a side no longer has, and whether all that could be were compared.
    fn renames(
        &self,
        base: &ByPath<'a>,
        side: &ByPath<'a>,
        is_ours: bool,
    ) -> (BTreeMap<&'a str, &'a str>, bool) {
        let is_gone = |path: &str| !(side.contains_key(path) || is_ours && self.barrier(path).is_some());
        let is_new = |path: &str| !base.contains_key(path) && !self.trees.lost.contains(path);
        let gone: Vec<&TreeFile> =
            base.iter().filter(|(path, _)| is_gone(path)).map(|(_, file)| *file).collect();
        let new: Vec<&TreeFile> =
            side.iter().filter(|(path, _)| is_new(path)).map(|(_, file)| *file).collect();
        rename::renames(&gone, &new)
    }

    /// Returns why there can be no file at `path` for what is there, or above it, and is no plain file.
    fn barrier(&self, path: &str) -> Option<String> {
        let found = self.trees.barred.get_key_value(path);
        let mut above = ancestors(path).filter_map(|above| self.trees.barred.get_key_value(above));
        found.or_else(|| above.next()).map(|(path, reason)| format!("`{path}` {reason}"))
    }

    /// Returns why a file cannot come to `path`, when one cannot; a file that leaves `from` is not in its way.
    fn obstacle(&self, path: &str, from: Option<&str>) -> Option<String> {
        if let Some(reason) = self.barrier(path) {
            return Some(reason);
        }
        let stays = |there: &str| {
            Some(there) != from && self.done.get(there).is_none_or(|merged| merged.after.is_some())
        };
        if let Some(there) = ancestors(path).find(|above| self.ours.contains_key(above) && stays(above)) {
            return Some(format!("`{there}` is a file"));
        }
        let inside = format!("{path}/");
        let below = self.ours.range(inside.as_str()..).take_while(|(there, _)| there.starts_with(&inside));
        if below.into_iter().any(|(there, _)| stays(there)) {
            return Some(format!("`{path}` is a folder"));
        }
        let alike = self.folded.get(&path.to_lowercase()).into_iter().flatten();
        let there = alike.copied().find(|there| *there != path && stays(there))?;
        Some(format!("`{there}` is the same file on some disks"))
    }

    /// Decides about files that a side has deleted.
    fn deletions(&mut self) {
        for shared in self.shared.clone() {
            match (shared.ours, shared.theirs) {
                (None, Some(theirs)) => self.stays_deleted(shared, theirs),
                (Some(ours), None) => {
                    let conflict = match shared.base {
                        Some(base) if ours.path != shared.path => {
                            Some(Conflict::DeletedFrom(base.path.clone()))
                        }
                        Some(base) if is_unchanged(base, ours) => None,
                        _ => Some(Conflict::Deleted),
                    };
                    match conflict {
                        None => self.set(&ours.path, None, Outcome::Taken),
                        Some(conflict) => {
                            self.set(&ours.path, Some(ours.clone()), Outcome::Conflict(conflict));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Leaves alone what our side does not have, or has made into something else.
    fn stays_deleted(&mut self, shared: Shared<'a>, theirs: &TreeFile) {
        if shared.base.is_some_and(|base| base == theirs) {
            return;
        }
        match self.barrier(shared.path) {
            Some(reason) => self.set(shared.path, None, Outcome::Conflict(Conflict::Barred(reason))),
            None => {
                let renamed = (theirs.path != shared.path).then(|| theirs.path.clone());
                self.remarks.push(Remark::StaysDeleted(shared.path.to_string(), renamed));
            }
        }
    }

    /// Merges the files that both sides still have.
    fn shared(&mut self) -> Result<(), GitError> {
        for Shared { path, base, ours, theirs } in self.shared.clone() {
            let (Some(ours), Some(theirs)) = (ours, theirs) else { continue };
            if base.is_some_and(|base| base == theirs) {
                continue;
            }
            let (to, astray) = self.destination(path, ours, theirs);
            let is_followed = ours.path != path && theirs.path == path;
            let (after, outcome) = self.merged(base, ours, theirs, &to)?;
            let outcome = match (outcome, astray) {
                (Outcome::Conflict(conflict), _) | (_, Some(conflict)) => Outcome::Conflict(conflict),
                (outcome, None) => outcome,
            };
            let is_same = after == *ours && !matches!(outcome, Outcome::Conflict(_));
            if is_same {
                continue;
            }
            if to != ours.path {
                self.remarks.push(Remark::Renamed(ours.path.clone(), to.clone()));
                self.set(&ours.path, None, Outcome::Taken);
            } else if is_followed {
                self.remarks.push(Remark::Followed(path.to_string(), ours.path.clone()));
            }
            self.set(&to, Some(after), outcome);
        }
        Ok(())
    }

    /// Returns where a file goes that was at `path`, and why it cannot go where it should.
    fn destination(&self, path: &str, ours: &TreeFile, theirs: &TreeFile) -> (String, Option<Conflict>) {
        let here = ours.path.clone();
        if theirs.path == path || theirs.path == here {
            return (here, None);
        }
        if here != path {
            return (here, Some(Conflict::RenamedTwice(theirs.path.clone(), path.to_string())));
        }
        if self.ours.contains_key(theirs.path.as_str()) || self.done.contains_key(&theirs.path) {
            return (here, Some(Conflict::Occupied(theirs.path.clone())));
        }
        match self.obstacle(&theirs.path, Some(path)) {
            Some(reason) => (here, Some(Conflict::Barred(reason))),
            None => (theirs.path.clone(), None),
        }
    }

    /// Takes the files that only their side has, and merges those that both have added.
    fn additions(&mut self) -> Result<(), GitError> {
        let new: Vec<&TreeFile> =
            self.theirs.values().copied().filter(|file| !self.used.contains(file.path.as_str())).collect();
        for theirs in new {
            let path = theirs.path.as_str();
            let decided = self.done.get(path).and_then(|merged| merged.after.clone());
            let kept = self.ours.get(path).filter(|_| !self.done.contains_key(path)).copied().cloned();
            let Some(ours) = decided.or(kept) else {
                match self.obstacle(path, None) {
                    Some(reason) => self.set(path, None, Outcome::Conflict(Conflict::Barred(reason))),
                    None => self.set(path, Some(theirs.clone()), Outcome::Taken),
                }
                continue;
            };
            let (after, outcome) = match self.merged(None, &ours, theirs, path)? {
                (after, Outcome::Conflict(Conflict::Lines)) => (after, Outcome::Conflict(Conflict::Added)),
                other => other,
            };
            let is_open = |merged: &Merged| matches!(merged.outcome, Outcome::Conflict(_));
            match outcome {
                Outcome::Conflict(_) => self.set(path, Some(after), outcome),
                _ if after != ours && !self.done.get(path).is_some_and(is_open) => {
                    self.set(path, Some(after), outcome);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns what a file comes to at `path`.
    fn merged(
        &self,
        base: Option<&TreeFile>,
        ours: &TreeFile,
        theirs: &TreeFile,
        path: &str,
    ) -> Result<(TreeFile, Outcome), GitError> {
        let both = base.is_some_and(|base| !is_unchanged(base, ours));
        let text = text::merge(base.map(|base| &*base.bytes), &ours.bytes, &theirs.bytes, self.labels)?;
        let (bytes, outcome) = match text {
            Text::Clean(bytes) if bytes == *theirs.bytes && !both => (theirs.bytes.clone(), Outcome::Taken),
            Text::Clean(bytes) => (bytes.into(), Outcome::Merged),
            Text::Marked(bytes) => (bytes.into(), Outcome::Conflict(Conflict::Lines)),
            Text::Binary => (ours.bytes.clone(), Outcome::Conflict(Conflict::Binary)),
        };
        let is_theirs = base.is_some_and(|base| base.executable == ours.executable);
        let executable = if is_theirs { theirs.executable } else { ours.executable };
        Ok((TreeFile { path: path.to_string(), bytes, executable }, outcome))
    }

    fn set(&mut self, path: &str, after: Option<TreeFile>, outcome: Outcome) {
        let before = self.ours.get(path).copied().cloned();
        self.done.insert(path.to_string(), Merged { path: path.to_string(), before, after, outcome });
    }

    fn finish(self) -> Merge {
        Merge { files: self.done.into_values().collect(), remarks: self.remarks }
    }
}

/// Returns whether our side left a file as it was. A bit that says it can be run and is gone may be the disk's doing.
fn is_unchanged(base: &TreeFile, ours: &TreeFile) -> bool {
    text::is_same(&base.bytes, &ours.bytes) && (base.executable || !ours.executable)
}

/// Returns the folders above a path, the nearest first.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/'), |(above, _)| above.rsplit_once('/')).map(|(above, _)| above)
}

/// Returns a text whose lines all end with a carriage return and a line feed with line feeds; any other as it is.
pub fn without_carriage_returns(bytes: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    text::plain(bytes)
}
