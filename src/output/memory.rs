//! A site in memory: shown to readers from one build to the next, in one step.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use xxhash_rust::xxh3::Xxh3;

use super::Change;
use super::manifest::Entry;

/// The place of a site in memory. Who reads it has a whole build, also while the next one comes.
#[derive(Debug, Default)]
pub struct Shelf {
    shown: RwLock<Arc<Snapshot>>,
}

impl Shelf {
    /// Returns the build that is shown: none of any file, before the first.
    pub fn shown(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn show(&self, snapshot: Snapshot) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}

/// The files of a build.
#[derive(Debug, Default)]
pub struct Snapshot {
    files: BTreeMap<String, Stored>,
    id: u64,
}

/// A file: what it holds, and what is known of it.
#[derive(Debug)]
struct Stored {
    entry: Entry,
    bytes: Arc<[u8]>,
}

impl Snapshot {
    /// Returns what the file at `path` holds.
    pub fn get(&self, path: &str) -> Option<Arc<[u8]>> {
        self.files.get(path).map(|stored| Arc::clone(&stored.bytes))
    }

    /// Returns a number that two builds share only when they are the same, byte for byte; 0 of no build.
    pub fn id(&self) -> u64 {
        self.id
    }

    fn new(files: BTreeMap<String, Stored>) -> Self {
        let mut hasher = Xxh3::new();
        for Stored { entry, .. } in files.values() {
            hasher.update(entry.path.as_bytes());
            hasher.update(&entry.size.to_le_bytes());
            hasher.update(&entry.hash.to_le_bytes());
        }
        Self { id: hasher.digest(), files }
    }
}

/// A build on its way to a shelf.
#[derive(Debug)]
pub(super) struct Memory {
    shelf: Arc<Shelf>,
    earlier: Arc<Snapshot>,
    files: Mutex<BTreeMap<String, Stored>>,
}

impl Memory {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        Self { earlier: shelf.shown(), shelf: Arc::clone(shelf), files: Mutex::default() }
    }

    /// Takes over the file `path` of the earlier build if it was made from the same.
    pub(super) fn keep(&self, path: &str, from: u64) -> Option<Entry> {
        let stored = self.earlier.files.get(path).filter(|stored| stored.entry.from == Some(from))?;
        self.put(&stored.entry, Arc::clone(&stored.bytes));
        Some(stored.entry.clone())
    }

    /// Adds a file; one that the earlier build had is shared with it.
    pub(super) fn add(&self, entry: &Entry, bytes: &[u8]) -> Change {
        let earlier = self.earlier.files.get(&entry.path);
        let (change, bytes) = match earlier {
            Some(stored) if stored.entry.is(entry) => (Change::None, Arc::clone(&stored.bytes)),
            Some(_) => (Change::Changed, bytes.into()),
            None => (Change::Added, bytes.into()),
        };
        self.put(entry, bytes);
        change
    }

    fn put(&self, entry: &Entry, bytes: Arc<[u8]>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(entry.path.clone(), Stored { entry: entry.clone(), bytes });
    }

    /// Shows the build and returns how many files of the earlier one went.
    pub(super) fn publish(self) -> usize {
        let files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let removed = self.earlier.files.keys().filter(|path| !files.contains_key(*path)).count();
        self.shelf.show(Snapshot::new(files));
        removed
    }
}
