//! The log: the commits of a history, newest first, and the files that each changed.
//!
//! It is read from the object store alone, by one reader whatever is installed and however Git is configured, so that
//! the same commit gives the same log in every clone.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use git2::{Commit, Mailmap, ObjectType, Oid, Repository, Signature, Sort, Tree, TreeEntry};

use super::{GitError, History, LINK};

/// The longest message that is kept; what follows is no part of what people read.
const LONGEST_MESSAGE: usize = 16 * 1024;

/// How many folders, and how many entries of theirs, are kept while commits are compared: a commit's folders are mostly its
/// parent's, which is compared next. A folder of 100,000 files takes megabytes.
const KEPT_TREES: usize = 64;
const KEPT_ENTRIES: usize = 250_000;

/// The commits up to one, newest first.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// The commits.
    pub commits: Vec<Logged>,
    /// Where they end.
    pub end: End,
}

/// Where a log ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum End {
    /// At the first commit of all.
    #[default]
    First,
    /// At the most commits that were asked for.
    Bound,
    /// At the commits with which a shallow clone begins, of which it is not known what they changed.
    Shallow,
}

/// A commit as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The full hash.
    pub id: String,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
    /// Who wrote it.
    pub author: Person,
    /// Who put it where it is: of a merge, who merged.
    pub committer: Person,
    /// The message.
    pub message: String,
    /// The full hashes of the commits that it follows.
    pub parents: Vec<String>,
    /// Whether what it changed is not known: a shallow clone begins with it.
    pub is_beginning: bool,
}

/// A person, as Git knows people.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
}

/// What a file holds, by its name in the object store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob(Oid);

/// A file that a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// The path, relative to the catalog root.
    pub path: String,
    /// What it held; `None` when it is new.
    pub old: Option<Blob>,
    /// What it holds; `None` when it is gone.
    pub new: Option<Blob>,
}

/// Where a history is read from; each thread opens a reader of its own.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    prefix: String,
}

/// What reads the object store.
pub struct Reader {
    repository: Repository,
    prefix: String,
}

impl History {
    /// Returns the newest commits, at most so many. Names and addresses are those of the `.mailmap` of the newest.
    ///
    /// # Errors
    /// When Git cannot read what it has.
    pub fn log(&self, most: usize) -> Result<Log, GitError> {
        self.read_log(most).map_err(|error| GitError::new("cannot read the history", &error))
    }

    fn read_log(&self, most: usize) -> Result<Log, git2::Error> {
        let mailmap = self.mailmap()?;
        let shallow = self.repository.is_shallow();
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TIME)?;
        walk.push(self.head)?;
        let mut log = Log::default();
        for id in walk {
            let commit = self.repository.find_commit(id?)?;
            if log.commits.len() == most {
                log.end = End::Bound;
                break;
            }
            let is_beginning = shallow && commit.parent_count() == 0;
            if is_beginning {
                log.end = End::Shallow;
            }
            log.commits.push(logged(&commit, &mailmap, is_beginning));
        }
        Ok(log)
    }

    fn mailmap(&self) -> Result<Mailmap, git2::Error> {
        let tree = self.repository.find_commit(self.head)?.tree()?;
        let blob = tree.get_name(".mailmap").and_then(|entry| self.repository.find_blob(entry.id()).ok());
        let text = blob.and_then(|blob| String::from_utf8(blob.content().to_vec()).ok());
        match text.filter(|text| !text.contains('\0')) {
            Some(text) => Mailmap::from_buffer(&text),
            None => Mailmap::new(),
        }
    }

    /// Returns where this history is read from.
    pub fn store(&self) -> Store {
        Store { folder: self.repository.commondir().to_path_buf(), prefix: self.prefix.clone() }
    }
}

fn logged(commit: &Commit<'_>, mailmap: &Mailmap, is_beginning: bool) -> Logged {
    let message = commit.message_bytes();
    let message = &message[..message.len().min(LONGEST_MESSAGE)];
    Logged {
        id: commit.id().to_string(),
        seconds: commit.time().seconds(),
        author: person(&commit.author(), mailmap),
        committer: person(&commit.committer(), mailmap),
        message: String::from_utf8_lossy(message).into_owned(),
        parents: commit.parent_ids().map(|id| id.to_string()).collect(),
        is_beginning,
    }
}

fn person(signature: &Signature<'_>, mailmap: &Mailmap) -> Person {
    let mapped = mailmap.resolve_signature(signature);
    let signature = mapped.as_ref().unwrap_or(signature);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_string();
    Person { name: text(signature.name_bytes()), email: text(signature.email_bytes()) }
}

impl Store {
    /// Returns a reader.
    ///
    /// # Errors
    /// When the repository cannot be opened.
    pub fn open(&self) -> Result<Reader, GitError> {
        let repository = Repository::open(&self.folder)
            .map_err(|error| GitError::new("cannot open the repository", &error))?;
        Ok(Reader { repository, prefix: self.prefix.clone() })
    }
}

impl Reader {
    /// Returns what each of these commits changed below the catalog root, in path order. A merge changes what is
    /// different from all that it merges; the first commit, everything. Links and submodules are no files.
    ///
    /// # Errors
    /// When Git cannot read what it has.
    pub fn changed(&self, commits: &[&str]) -> Result<Vec<Vec<FileChange>>, GitError> {
        let mut comparison =
            Comparison { repository: &self.repository, prefix: &self.prefix, trees: Vec::new() };
        let changed = commits.iter().map(|id| comparison.commit(Oid::from_str(id)?));
        let changed: Result<_, git2::Error> = changed.collect();
        changed.map_err(|error| GitError::new("cannot compare commits", &error))
    }

    /// Returns how many bytes a file has; 0 when it is not there.
    pub fn size(&self, blob: Blob) -> u64 {
        let odb = self.repository.odb();
        odb.and_then(|odb| odb.read_header(blob.0)).map_or(0, |(size, _)| size as u64)
    }

    /// Returns what a file holds; `None` when that is more than `most` bytes, or not there, as in a partial clone.
    pub fn bytes(&self, blob: Blob, most: usize) -> Option<Vec<u8>> {
        let blob = self.repository.find_blob(blob.0).ok()?;
        (blob.size() <= most).then(|| blob.content().to_vec())
    }
}

/// Commits in comparison with what they follow.
struct Comparison<'r> {
    repository: &'r Repository,
    prefix: &'r str,
    /// The folders that were read last, by their ids.
    trees: Vec<(Oid, Tree<'r>)>,
}

impl<'r> Comparison<'r> {
    fn commit(&mut self, id: Oid) -> Result<Vec<FileChange>, git2::Error> {
        let commit = self.repository.find_commit(id)?;
        let own = self.root(&commit)?;
        let parents = commit.parents().collect::<Vec<_>>();
        let roots = parents.iter().map(|parent| self.root(parent)).collect::<Result<Vec<_>, _>>()?;
        let mut found = Vec::new();
        // What a merge has as one of its parents had it is no change of its own.
        if roots.iter().skip(1).any(|root| *root == own) {
            return Ok(found);
        }
        self.folders(roots.first().copied().flatten(), own, "", &mut found)?;
        for &root in roots.iter().skip(1) {
            let root = root.map(|root| self.tree(root)).transpose()?;
            found.retain(|change| self.entry(root.as_ref(), &change.path) != change.new);
        }
        Ok(found)
    }

    /// Returns the folder of the catalog root.
    fn root(&self, commit: &Commit<'_>) -> Result<Option<Oid>, git2::Error> {
        let prefix = self.prefix.trim_end_matches('/');
        if prefix.is_empty() {
            return Ok(Some(commit.tree_id()));
        }
        let entry = commit.tree()?.get_path(Path::new(prefix)).ok();
        Ok(entry.filter(|entry| entry.kind() == Some(ObjectType::Tree)).map(|entry| entry.id()))
    }

    fn tree(&mut self, id: Oid) -> Result<Tree<'r>, git2::Error> {
        if let Some((_, tree)) = self.trees.iter().find(|(known, _)| *known == id) {
            return Ok(tree.clone());
        }
        let tree = self.repository.find_tree(id)?;
        self.trees.push((id, tree.clone()));
        let mut entries: usize = self.trees.iter().map(|(_, tree)| tree.len()).sum();
        while self.trees.len() > 1 && (self.trees.len() > KEPT_TREES || entries > KEPT_ENTRIES) {
            entries -= self.trees.remove(0).1.len();
        }
        Ok(tree)
    }

    /// Returns what the file at `path` below a folder holds.
    fn entry(&self, root: Option<&Tree<'_>>, path: &str) -> Option<Blob> {
        let entry = root?.get_path(Path::new(path)).ok()?;
        blob(&entry)
    }

    /// Adds the files in which two folders differ.
    fn folders(
        &mut self,
        old: Option<Oid>,
        new: Option<Oid>,
        path: &str,
        found: &mut Vec<FileChange>,
    ) -> Result<(), git2::Error> {
        if old == new {
            return Ok(());
        }
        let old = old.map(|id| self.tree(id)).transpose()?;
        let new = new.map(|id| self.tree(id)).transpose()?;
        let (mut olds, mut news) =
            (old.iter().flat_map(Tree::iter).peekable(), new.iter().flat_map(Tree::iter).peekable());
        loop {
            let order = match (olds.peek(), news.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => order(old, new),
            };
            let old = if order.is_le() { olds.next() } else { None };
            let new = if order.is_ge() { news.next() } else { None };
            self.entries(old.as_ref(), new.as_ref(), path, found)?;
        }
    }

    /// Adds the files in which two entries of one name differ.
    fn entries(
        &mut self,
        old: Option<&TreeEntry<'_>>,
        new: Option<&TreeEntry<'_>>,
        folder: &str,
        found: &mut Vec<FileChange>,
    ) -> Result<(), git2::Error> {
        let id = |entry: Option<&TreeEntry<'_>>| entry.map(|entry| (entry.id(), entry.filemode()));
        if id(old) == id(new) {
            return Ok(());
        }
        // A name that is no Unicode is none of a catalog's.
        let name = new.or(old).and_then(|entry| entry.name().ok());
        let Some(name) = name else { return Ok(()) };
        let path = if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") };
        let tree = |entry: Option<&TreeEntry<'_>>| {
            entry.filter(|entry| entry.kind() == Some(ObjectType::Tree)).map(TreeEntry::id)
        };
        self.folders(tree(old), tree(new), &path, found)?;
        let (old, new) = (old.and_then(blob), new.and_then(blob));
        if old != new {
            found.push(FileChange { path, old, new });
        }
        Ok(())
    }
}

/// Returns what an entry holds, if it is a file.
fn blob(entry: &TreeEntry<'_>) -> Option<Blob> {
    let is_file = entry.kind() == Some(ObjectType::Blob) && entry.filemode() != LINK;
    is_file.then(|| Blob(entry.id()))
}

/// Returns which entry comes first in a folder: Git takes a folder's name to end in a slash.
fn order(one: &TreeEntry<'_>, other: &TreeEntry<'_>) -> Ordering {
    let (a, b) = (one.name_bytes(), other.name_bytes());
    let both = a.len().min(b.len());
    let next = |entry: &TreeEntry<'_>, name: &[u8]| {
        let end = if entry.kind() == Some(ObjectType::Tree) { b'/' } else { 0 };
        name.get(both).copied().unwrap_or(end)
    };
    a[..both]
        .cmp(&b[..both])
        .then_with(|| if a == b { Ordering::Equal } else { next(one, a).cmp(&next(other, b)) })
}
