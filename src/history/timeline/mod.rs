//! Timelines: what the commits of a catalog's history changed, document by document.
//!
//! [`Timeline::read`] is one pass over the log. Of each commit that touched the catalog both versions of its files are
//! parsed, so that a change is one of an entity, whichever file it is in: created, changed, removed, moved, renamed. What
//! a commit changed never changes, so that it can be [remembered](Memory) by its hash. How much is read has bounds, which
//! count from the newest commit, so that the same commit gives the same timeline in every clone.

mod data;
mod file;
mod landing;
mod memory;
mod message;
mod part;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::git::{End, FileChange, GitError, History, Logged, Person, Store};
use crate::model::Kind;
use crate::model::config::Config;
use crate::worktree::{CONFIG_FILE, Matcher};

pub use data::DataFiles;
pub use memory::Memory;
pub use part::{Part, PartSort};

/// The most commits that are read unless the configuration says otherwise.
pub const USUAL: usize = 10_000;

/// The most bytes of earlier versions that are parsed in all: half a gibibyte takes seconds.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// The most changes in all, so that no history fills the memory.
const MOST_CHANGES: usize = 300_000;

/// How many commits a thread compares at once.
const CHUNK: usize = 32;

/// How many commits are compared before they are read, and before it is looked whether the bounds are reached.
const ROUND: usize = 512;

/// What happened to a catalog, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// The commits that changed the catalog.
    pub commits: Vec<Commit>,
    /// What they changed, in their order.
    pub changes: Vec<Change>,
    /// Where the history that was read ends.
    pub end: End,
    /// How many commits were read, also of those that changed something else.
    pub read: usize,
    /// The time of the oldest commit that was read, in seconds since 1970.
    pub since: Option<i64>,
}

/// A commit that changed the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The full hash.
    pub id: String,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
    /// When the branch that is built had it: when it was committed, or merged.
    pub landed: i64,
    /// What its message says that it does.
    pub subject: String,
    /// Who wrote it: the author, then those that its message names.
    pub authors: Vec<Person>,
    /// Who reviewed it, as its message says.
    pub reviewers: Vec<Person>,
    /// Who let it in: who merged it, or committed what another wrote.
    pub merged_by: Option<Person>,
    /// The number of the pull request that it came with.
    pub number: Option<u64>,
    /// How many files of the catalog it changed.
    pub files: usize,
    /// Where its changes are; `None` when it was too much to be read.
    pub changes: Option<std::ops::Range<usize>>,
}

/// A document that a commit changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is; `None` of the configuration.
    #[serde(rename = "k", with = "memory::kind")]
    pub kind: Option<Kind>,
    /// The blueprint of an entity or a scorecard.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<String>,
    /// Its identifier.
    #[serde(rename = "i")]
    pub identifier: String,
    /// Its title then.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The file it is in, or last was, relative to the catalog root.
    #[serde(rename = "p")]
    pub path: String,
    /// What became of it.
    #[serde(rename = "f")]
    pub fate: Fate,
    /// What of it changed.
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// How many parts are left out.
    #[serde(rename = "m", default, skip_serializing_if = "part::is_zero")]
    pub more: usize,
    /// Whether it is not the document that changed, but the data of an integration.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_data: bool,
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It is new.
    #[serde(rename = "+")]
    Created,
    /// It is not what it was.
    #[serde(rename = "~")]
    Changed,
    /// It is gone.
    #[serde(rename = "-")]
    Removed,
    /// It was in this file before.
    #[serde(rename = ">")]
    Moved(String),
    /// It had this identifier before.
    #[serde(rename = "=")]
    Renamed(String),
}

impl Fate {
    /// Returns the word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Moved(_) => "moved",
            Self::Renamed(_) => "renamed",
        }
    }
}

/// What a commit did to the catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Deed {
    /// How many files of the catalog it changed.
    #[serde(rename = "n")]
    files: usize,
    /// How many bytes their versions have.
    #[serde(rename = "s")]
    bytes: u64,
    /// What it changed, unless that was too much.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
}

impl Timeline {
    /// Returns what the newest commits of a history, at most `most`, changed of the catalog that `config` describes, and
    /// of the `data` of its integrations. What `memory` knows is not read again; what is read, it knows then.
    ///
    /// # Errors
    /// When Git cannot read what it has.
    pub fn read(
        history: &History,
        config: &Config,
        data: &DataFiles,
        most: usize,
        memory: &mut Memory,
    ) -> Result<Self, GitError> {
        let log = history.log(most)?;
        let selection = config.selection();
        let scope = Scope { config, data, matcher: selection.compile(|_| true), store: history.store() };
        let mut timeline = Self {
            end: log.end,
            read: log.commits.len(),
            since: log.commits.iter().map(|commit| commit.seconds).min(),
            ..Self::default()
        };
        let landings = landing::landings(&log);
        let mut budget = Budget { bytes: MOST_BYTES, changes: MOST_CHANGES, is_spent: false };
        for (round, commits) in log.commits.chunks(ROUND).enumerate() {
            let deeds = scope.deeds(commits, &budget, memory)?;
            for (at, (commit, deed)) in commits.iter().zip(deeds).enumerate() {
                let landing = landings[round * ROUND + at].map(|merge| &log.commits[merge]);
                timeline.add(commit, landing, deed, &mut budget);
            }
        }
        memory.keep(&log);
        Ok(timeline)
    }

    fn add(&mut self, logged: &Logged, landing: Option<&Logged>, deed: Deed, budget: &mut Budget) {
        if deed.files == 0 {
            return;
        }
        let changes = deed.changes.filter(|changes| budget.takes(deed.bytes, changes.len()));
        // Formatting and comments alone are no change of what the catalog says, but one of its files.
        let start = self.changes.len();
        let range = changes.map(|changes| {
            self.changes.extend(changes);
            start..self.changes.len()
        });
        self.commits.push(commit(logged, landing, deed.files, range));
    }

    /// Returns whether a commit changed the data of integrations and nothing else.
    pub fn is_data(&self, commit: &Commit) -> bool {
        let changes = self.of(commit);
        !changes.is_empty() && changes.iter().all(|change| change.is_data)
    }

    /// Returns the changes of a commit; none of one that was too much to be read.
    pub fn of(&self, commit: &Commit) -> &[Change] {
        commit.changes.clone().map_or(&[], |range| &self.changes[range])
    }
}

fn commit(
    logged: &Logged,
    landing: Option<&Logged>,
    files: usize,
    changes: Option<std::ops::Range<usize>>,
) -> Commit {
    let message = message::read(&logged.message);
    let merge = landing.map(|merge| message::read(&merge.message));
    let mut authors = vec![logged.author.clone()];
    authors.extend(message.authors.into_iter().filter(|other| *other != logged.author));
    let mut reviewers = message.reviewers;
    let merged = merge.as_ref().map(|merge| merge.reviewers.clone()).unwrap_or_default();
    reviewers.extend(merged.into_iter().filter(|person| !reviewers.contains(person)).collect::<Vec<_>>());
    // A host that squashes commits in its own name.
    let is_host = |person: &Person| person.email.starts_with("noreply@");
    let committer = landing.map_or(&logged.committer, |merge| &merge.author);
    let merged_by = Some(committer).filter(|person| !is_host(person) && !authors.contains(person));
    Commit {
        id: logged.id.clone(),
        seconds: logged.seconds,
        landed: landing.map_or(logged.seconds, |merge| merge.seconds),
        subject: message.subject,
        merged_by: merged_by.cloned(),
        number: message.number.or_else(|| merge?.number),
        authors,
        reviewers,
        files,
        changes,
    }
}

/// How much may still be read.
#[derive(Debug)]
struct Budget {
    bytes: u64,
    changes: usize,
    is_spent: bool,
}

impl Budget {
    /// Returns whether so much may be taken, and takes it. What comes after something that was too much is not taken
    /// either: the bound is a point in time.
    fn takes(&mut self, bytes: u64, changes: usize) -> bool {
        self.is_spent = self.is_spent || bytes > self.bytes || changes > self.changes;
        if !self.is_spent {
            self.bytes -= bytes;
            self.changes -= changes;
        }
        !self.is_spent
    }
}

/// The files of the catalog that a commit changed.
struct Touched {
    files: Vec<FileChange>,
    /// How many bytes their versions have.
    bytes: u64,
    /// Whether they are to be read.
    is_read: bool,
}

/// Which files are looked at, and how.
struct Scope<'a> {
    config: &'a Config,
    data: &'a DataFiles,
    matcher: Matcher<'a>,
    store: Store,
}

impl Scope<'_> {
    /// Returns what each of these commits did; what is not remembered is read, in parallel.
    fn deeds(&self, commits: &[Logged], budget: &Budget, memory: &mut Memory) -> Result<Vec<Deed>, GitError> {
        let is_known = |deed: &Deed| budget.is_spent || deed.bytes > MOST_BYTES || deed.changes.is_some();
        let unknown: Vec<&Logged> =
            commits.iter().filter(|commit| !memory.get(&commit.id).is_some_and(is_known)).collect();
        let files: Result<Vec<Vec<Touched>>, GitError> =
            unknown.par_chunks(CHUNK).map(|commits| self.files(commits)).collect();
        let mut files: Vec<Touched> = files?.into_iter().flatten().collect();
        let mut left = if budget.is_spent { 0 } else { budget.bytes };
        for touched in &mut files {
            touched.is_read = touched.bytes <= left;
            left = if touched.is_read { left - touched.bytes } else { 0 };
        }
        let read: Result<Vec<Vec<Deed>>, GitError> =
            files.par_chunks(CHUNK).map(|files| self.changes(files)).collect();
        let ids = unknown.iter().map(|commit| commit.id.clone()).collect::<Vec<_>>();
        for (id, deed) in ids.into_iter().zip(read?.into_iter().flatten()) {
            memory.add(id, deed);
        }
        Ok(commits.iter().map(|commit| memory.get(&commit.id).cloned().unwrap_or_default()).collect())
    }

    /// Returns the files of the catalog that each of these commits changed.
    fn files(&self, commits: &[&Logged]) -> Result<Vec<Touched>, GitError> {
        let reader = self.store.open()?;
        let known = commits.iter().filter(|commit| !commit.is_beginning);
        let ids: Vec<&str> = known.map(|commit| commit.id.as_str()).collect();
        let mut changed = reader.changed(&ids)?.into_iter();
        let touched = |commit: &&Logged| {
            let mut files = if commit.is_beginning { None } else { changed.next() }.unwrap_or_default();
            files.retain(|file| self.takes(file));
            let documents = files.iter().filter(|file| !self.data.has(&file.path));
            let bytes = documents.map(|file| file::bytes(&reader, file)).sum();
            Touched { files, bytes, is_read: false }
        };
        Ok(commits.iter().map(touched).collect())
    }

    /// Returns what commits did to documents, of those that are to be read.
    fn changes(&self, commits: &[Touched]) -> Result<Vec<Deed>, GitError> {
        let reader = self.store.open()?;
        let deed = |touched: &Touched| {
            let changes =
                touched.is_read.then(|| file::changes(&reader, &touched.files, self.config, self.data));
            Deed { files: touched.files.len(), bytes: touched.bytes, changes }
        };
        Ok(commits.iter().map(deed).collect())
    }

    /// Returns whether a file is the configuration, or holds documents or data.
    fn takes(&self, file: &FileChange) -> bool {
        let hidden = file.path.split('/').any(|part| part.starts_with('.'));
        file.path == CONFIG_FILE
            || self.data.has(&file.path)
            || (!hidden || self.config.selection().looks_into_hidden()) && self.matcher.takes(&file.path)
    }
}

#[cfg(test)]
mod tests;
