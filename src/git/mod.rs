//! What Git knows: a catalog at a revision, the paths that a change touched, the commit that was built.
//!
//! Everything is read from the object store; nothing is checked out, bare and shallow repositories work. No program is
//! started but `git` itself, and that only to fetch what is elsewhere.

mod added;
mod ancestry;
mod branch;
mod checkout;
mod commit;
mod fetch;
mod history;
mod log;
pub mod merge;
mod since;
mod tags;
mod tree;

use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid, Repository, Tree};

use crate::worktree::{
    self, CONFIG_FILE, Content, Files, Held, Link, Listing, Selection, Unreadable, normalise,
};

pub use added::{Brought, brought};
pub use ancestry::{is_before, is_shallow};
pub use branch::{BranchFile, beyond_head, is_reference_name};
pub use checkout::{NewBranch, begin_branch, changed_among, commit_files};
pub use commit::{NewCommit, NewFile, branch_with, commit_on, set_branch};
pub use fetch::{Fetched, Git, References, Remote, Tag};
pub use history::{History, Touched, commits_at};
pub use log::{Blob, End, FileChange, Log, Logged, Person, Reader, Store};
pub use since::Step;
pub use tags::tags;

/// Git could not answer, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct GitError(String);

impl From<GitError> for String {
    fn from(error: GitError) -> Self {
        error.0
    }
}

impl GitError {
    fn new(what: impl Into<String>, error: &git2::Error) -> Self {
        Self(format!("{}: {}", what.into(), error.message()))
    }
}

/// A revision of a repository, and the folder of it that is the catalog root.
pub struct Revision {
    repository: Repository,
    tree: Oid,
    /// The catalog root inside the repository: empty, or ending in `/`.
    prefix: String,
}

impl Revision {
    /// Returns the revision `name` of the repository that the folder `from` is in. The catalog root is the
    /// nearest folder at or above `from` that holds a `portal.yaml` at that revision, else `from`.
    ///
    /// # Errors
    /// When there is no repository, or it has no such revision or folder.
    pub fn open(from: &Path, name: &str) -> Result<Self, GitError> {
        let revision = Self::open_perhaps(from, name)?;
        if !revision.prefix.is_empty() && !revision.is_folder("") {
            return Err(GitError(format!("the revision `{name}` has no folder `{}`", revision.prefix)));
        }
        Ok(revision)
    }

    /// Returns the revision as [`open`](Self::open) does, also when it does not have the folder yet: then it holds
    /// nothing.
    ///
    /// # Errors
    /// When there is no repository, or it has no such revision.
    pub fn open_perhaps(from: &Path, name: &str) -> Result<Self, GitError> {
        let repository = discover(from)?;
        let tree = tree_of(&repository, name)?;
        let inside = inside(&repository, from);
        let prefix = catalog_root(&repository, tree, &inside);
        Ok(Self { repository, tree, prefix })
    }

    /// Returns the revision `name` of the repository that the folder `from` is in, with the folder `prefix` of the repository
    /// as its root: empty for all of it, else ending in `/`. It need not be there.
    ///
    /// # Errors
    /// When there is no repository, or it has no such revision.
    pub fn of(from: &Path, name: &str, prefix: &str) -> Result<Self, GitError> {
        let repository = discover(from)?;
        let tree = tree_of(&repository, name)?;
        Ok(Self { repository, tree, prefix: prefix.to_string() })
    }

    /// Returns the catalog root inside the repository: empty, or ending in `/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns the text of the configuration file at `path`, relative to the catalog root, if there is one.
    pub fn text(&self, path: &str) -> Option<Vec<u8>> {
        self.blob(&format!("{}{path}", self.prefix)).ok()
    }

    /// Returns the files below `folder` of the catalog root that end in `extension`, in path order: the path relative to
    /// the root, and what it holds. Hidden folders are looked into, links are not followed; a folder that is not there
    /// holds nothing. A file of more than `most` bytes is not read.
    ///
    /// # Errors
    /// When Git cannot read what it has.
    pub fn below(
        &self,
        folder: &str,
        extension: &str,
        most: usize,
    ) -> Result<Vec<(String, Content)>, GitError> {
        let whole = format!("{}{folder}", self.prefix);
        let tree = self.repository.find_tree(self.tree).and_then(|tree| tree.get_path(Path::new(&whole)));
        let Ok(tree) = tree.and_then(|entry| self.repository.find_tree(entry.id())) else {
            return Ok(Vec::new());
        };
        let mut files = Vec::new();
        let walked = tree.walk(git2::TreeWalkMode::PreOrder, |inside, entry| {
            if let (Ok(name), Some(ObjectType::Blob)) = (entry.name(), entry.kind())
                && entry.filemode() != LINK
                && name.ends_with(extension)
                && let Ok(blob) = self.repository.find_blob(entry.id())
            {
                let content = match blob.size() > most {
                    true => Content::TooLarge(blob.size() as u64),
                    false => Content::from(blob.content()),
                };
                files.push((format!("{folder}/{inside}{name}"), content));
            }
            git2::TreeWalkResult::Ok
        });
        walked.map_err(|error| GitError::new(format!("cannot read the folder `{folder}`"), &error))?;
        Ok(files)
    }

    /// Returns the files of a folder, relative to the root of the repository, by their names; none when there is no
    /// such folder.
    pub fn folder(&self, path: &str) -> Vec<(String, Vec<u8>)> {
        let Ok(root) = self.repository.find_tree(self.tree) else { return Vec::new() };
        let path = path.trim_end_matches('/');
        let tree = match path {
            "" => Ok(root),
            path => root.get_path(Path::new(path)).and_then(|entry| self.repository.find_tree(entry.id())),
        };
        let Ok(tree) = tree else { return Vec::new() };
        let files = tree.iter().filter(|entry| entry.kind() == Some(ObjectType::Blob));
        let read = |entry: git2::TreeEntry<'_>| {
            let name = entry.name().ok()?.to_string();
            Some((name, self.repository.find_blob(entry.id()).ok()?.content().to_vec()))
        };
        files.filter_map(read).collect()
    }

    /// Returns whether `path`, relative to the catalog root, is a folder.
    fn is_folder(&self, path: &str) -> bool {
        let path = format!("{}{path}", self.prefix);
        let entry = self
            .repository
            .find_tree(self.tree)
            .and_then(|tree| tree.get_path(Path::new(path.trim_end_matches('/'))));
        entry.is_ok_and(|entry| entry.kind() == Some(ObjectType::Tree))
    }

    /// Returns the bytes of the file at `path`, relative to the root of the repository.
    fn blob(&self, path: &str) -> Result<Vec<u8>, git2::Error> {
        let entry = self.repository.find_tree(self.tree)?.get_path(Path::new(path))?;
        Ok(self.repository.find_blob(entry.id())?.content().to_vec())
    }

    /// Returns where the link at `path` leads, relative to the catalog root, or why it is not followed.
    fn follow(&self, path: &str) -> Result<String, &'static str> {
        let target = self.blob(&format!("{}{path}", self.prefix)).map_err(|_| "leads nowhere")?;
        let target = String::from_utf8(target).map_err(|_| "leads nowhere")?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let resolved = normalise(folder, &target).ok_or("leaves the catalog")?;
        match self.mode(&resolved) {
            None => Err("leads nowhere"),
            Some(FOLDER) => Err("leads to a folder"),
            // A link to a link is followed once, so that links cannot run in a circle.
            Some(LINK) => Err("leads to another link"),
            Some(_) => Ok(resolved),
        }
    }

    /// Returns the file mode of `path`, relative to the catalog root.
    fn mode(&self, path: &str) -> Option<i32> {
        let path = format!("{}{path}", self.prefix);
        let tree = self.repository.find_tree(self.tree).ok()?;
        tree.get_path(Path::new(&path)).ok().map(|entry| entry.filemode())
    }
}

/// The mode of a symbolic link.
const LINK: i32 = 0o120_000;
/// The mode of a folder.
const FOLDER: i32 = 0o040_000;

impl Revision {
    /// Returns the object and the mode of the file at `path`. The folder that it is in is kept in `last`: files come
    /// in path order, and a folder of thousands is too large for Git to remember it.
    fn entry<'r>(
        &'r self,
        path: &str,
        last: &mut Option<(String, Tree<'r>)>,
    ) -> Result<(Oid, i32), git2::Error> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if last.as_ref().is_none_or(|(known, _)| known != folder) {
            let root = self.repository.find_tree(self.tree)?;
            let whole = format!("{}{folder}", self.prefix);
            let whole = whole.trim_end_matches('/');
            let tree = match whole {
                "" => root,
                whole => self.repository.find_tree(root.get_path(Path::new(whole))?.id())?,
            };
            *last = Some((folder.to_string(), tree));
        }
        let entry = last.as_ref().and_then(|(_, tree)| tree.get_name(name));
        let entry = entry.ok_or_else(|| git2::Error::from_str("does not exist"))?;
        Ok((entry.id(), entry.filemode()))
    }
}

impl Files for Revision {
    fn list(&self, selection: &Selection) -> Result<Listing, Unreadable> {
        let matcher = selection.compile(|folder| self.is_folder(folder));
        let skip_hidden = !selection.looks_into_hidden();
        let mut listing = Listing::default();
        let mut links = Vec::new();
        let tree = self.repository.find_tree(self.tree).map_err(|error| unreadable("", &error))?;
        let walked = tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            let path = entry.name().ok().map(|name| format!("{folder}{name}"));
            let Some(path) = path.as_deref().and_then(|path| path.strip_prefix(self.prefix.as_str())) else {
                return git2::TreeWalkResult::Ok;
            };
            if skip_hidden && path.split('/').any(|part| part.starts_with('.')) {
                return git2::TreeWalkResult::Skip;
            }
            if entry.kind() == Some(ObjectType::Blob) && matcher.takes(path) {
                let of = if entry.filemode() == LINK { &mut links } else { &mut listing.files };
                of.push(path.to_string());
            }
            git2::TreeWalkResult::Ok
        });
        walked.map_err(|error| unreadable("", &error))?;
        for path in links {
            match self.follow(&path) {
                Ok(_) => listing.files.push(path),
                Err(reason) => listing.links.push(Link { path, reason }),
            }
        }
        listing.files.sort_unstable();
        listing.links.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }

    fn read(&self, paths: &[String], most: usize) -> Result<Vec<Content>, Unreadable> {
        let mut last = None;
        let read = |path: &String| {
            let missing = |error| unreadable(path, &error);
            let (mut id, mode) = self.entry(path, &mut last).map_err(missing)?;
            if mode == LINK
                && let Ok(target) = self.follow(path)
            {
                id = self.entry(&target, &mut None).map_err(missing)?.0;
            }
            let blob = self.repository.find_blob(id).map_err(missing)?;
            if blob.size() > most {
                return Ok(Content::TooLarge(blob.size() as u64));
            }
            Ok(Content::from(blob.content()))
        };
        // One repository is read by one thread: several did not make it faster when measured.
        paths.iter().map(read).collect()
    }

    fn reference(&self, path: &str, most: usize) -> Result<Vec<u8>, String> {
        let resolved = normalise("", path).ok_or("lies outside the catalog")?;
        let resolved = match self.mode(&resolved) {
            None => return Err("does not exist".into()),
            Some(FOLDER) => return Err("is not a file".into()),
            Some(LINK) => self.follow(&resolved)?,
            Some(_) => resolved,
        };
        let bytes =
            self.blob(&format!("{}{resolved}", self.prefix)).map_err(|error| error.message().to_string())?;
        if bytes.len() > most {
            return Err(format!("is larger than {} KiB", most / 1024));
        }
        Ok(bytes)
    }

    fn tree(&self, folder: &str) -> Result<worktree::Tree, Unreadable> {
        tree::read(&self.repository, self.tree, &format!("{}{folder}", self.prefix))
    }

    fn held(&self, path: &str, most: usize) -> Result<Held, Unreadable> {
        let whole = format!("{}{path}", self.prefix);
        let tree = self.repository.find_tree(self.tree).map_err(|error| unreadable(path, &error))?;
        let Ok(entry) = tree.get_path(Path::new(&whole)) else { return Ok(Held::Nothing) };
        if entry.kind() != Some(ObjectType::Blob) || entry.filemode() == LINK {
            return Ok(Held::Other);
        }
        let blob = self.repository.find_blob(entry.id()).map_err(|error| unreadable(path, &error))?;
        Ok(if blob.size() > most { Held::Other } else { Held::File(blob.content().to_vec()) })
    }
}

/// The commit that a run reads, for "built from".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The full hash.
    pub id: String,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
}

/// Returns the commit called `name` in the repository that `from` is in, or `None` when there is none.
pub fn commit(from: &Path, name: &str) -> Option<Commit> {
    let repository = Repository::discover(from).ok()?;
    let commit = repository.revparse_single(name).ok()?.peel_to_commit().ok()?;
    Some(Commit { id: commit.id().to_string(), seconds: commit.time().seconds() })
}

/// Returns the folder of a work tree that `from` is in as a prefix of paths in its repository: empty at the
/// root, without a repository and in a bare one; else ending in `/`.
pub fn prefix(from: &Path) -> String {
    Repository::discover(from).map(|repository| inside(&repository, from)).unwrap_or_default()
}

/// Returns the root of the work tree that `from` is in; `None` without a repository and in a bare one.
pub fn root(from: &Path) -> Option<PathBuf> {
    Repository::discover(from).ok()?.workdir().map(Path::to_path_buf)
}

/// Returns the root of the work tree that `from` is in, links resolved; `None` without a repository, and in a bare one.
/// `from` need not exist yet.
pub fn work_tree(from: &Path) -> Option<PathBuf> {
    let there = from.ancestors().find(|folder| folder.exists())?;
    let repository = Repository::discover(there).ok()?;
    repository.workdir()?.canonicalize().ok()
}

/// Returns the address of the person who commits in `from`, as Git knows it.
pub fn user_email(from: &Path) -> Option<String> {
    let config = match Repository::discover(from) {
        Ok(repository) => repository.config(),
        Err(_) => git2::Config::open_default(),
    };
    config.ok()?.get_string("user.email").ok().filter(|email| !email.is_empty())
}

/// Returns the branch that is checked out, also when it has no commit yet.
pub fn head_branch(from: &Path) -> Option<String> {
    let repository = Repository::discover(from).ok()?;
    let head = repository.find_reference("HEAD").ok()?;
    let target = head.symbolic_target().ok().flatten()?;
    target.strip_prefix("refs/heads/").map(String::from)
}

/// Returns the address of the remote `origin`.
pub fn remote(from: &Path) -> Option<String> {
    let repository = Repository::discover(from).ok()?;
    let remote = repository.find_remote("origin").ok()?;
    remote.url().ok().map(String::from)
}

/// Returns the commit that the revision `name` and the head (or `at`, another revision) have in common.
///
/// # Errors
/// When there is no repository, no such revision, or nothing in common (a shallow clone).
pub fn merge_base(from: &Path, name: &str, at: Option<&str>) -> Result<String, GitError> {
    let repository = discover(from)?;
    let hint = if repository.is_shallow() { " (the clone is shallow: fetch more history)" } else { "" };
    let commit = |name: &str| {
        let object = repository.revparse_single(name).and_then(|object| object.peel_to_commit());
        object.map_err(|error| GitError::new(format!("there is no revision `{name}`{hint}"), &error))
    };
    let (base, head) = (commit(name)?, commit(at.unwrap_or("HEAD"))?);
    let shared = repository.merge_base(base.id(), head.id());
    let shared = shared.map_err(|error| {
        GitError::new(format!("`{name}` and the head have no commit in common{hint}"), &error)
    })?;
    Ok(shared.to_string())
}

/// Returns the branch that changes go into: what `origin/HEAD` points at, else the first there is of `origin/main`,
/// `origin/master`, `main` and `master`.
///
/// # Errors
/// When there is no repository, or none of these branches.
pub fn default_branch(from: &Path) -> Result<String, GitError> {
    const USUAL: &[&str] = &["origin/main", "origin/master", "main", "master"];
    let repository = discover(from)?;
    let head = repository.find_reference("refs/remotes/origin/HEAD").ok();
    let target = head.as_ref().and_then(|head| head.symbolic_target().ok().flatten());
    let target = target.and_then(|target| target.strip_prefix("refs/remotes/")).map(String::from);
    let exists = |name: &String| repository.revparse_single(name).is_ok();
    let usual = USUAL.iter().map(|name| (*name).to_string());
    target.into_iter().chain(usual).find(exists).ok_or_else(|| {
        let tried = USUAL.join(", ");
        GitError(format!(
            "there is no default branch: tried origin/HEAD, {tried}; name the revision to compare with"
        ))
    })
}

fn discover(from: &Path) -> Result<Repository, GitError> {
    // As Git itself does: an object is not hashed again each time it is read.
    git2::opts::strict_hash_verification(false);
    Repository::discover(from)
        .map_err(|error| GitError::new(format!("`{}` is not in a Git repository", from.display()), &error))
}

/// Returns the tree of the revision called `name`.
fn tree_of(repository: &Repository, name: &str) -> Result<Oid, GitError> {
    let tree = repository.revparse_single(name).and_then(|object| object.peel_to_tree());
    let tree = tree.map_err(|error| {
        let hint = if repository.is_shallow() { " (the clone is shallow: fetch more history)" } else { "" };
        GitError::new(format!("there is no revision `{name}`{hint}"), &error)
    })?;
    Ok(tree.id())
}

/// Returns the path of the folder `from` inside the work tree: empty, or ending in `/`.
fn inside(repository: &Repository, from: &Path) -> String {
    let absolute = |path: &Path| path.canonicalize().ok();
    let path = repository.workdir().and_then(absolute).zip(absolute(from));
    let path = path.and_then(|(root, from)| Some(from.strip_prefix(root).ok()?.to_str()?.replace('\\', "/")));
    path.filter(|path| !path.is_empty()).map(|path| format!("{path}/")).unwrap_or_default()
}

/// Returns the nearest folder at or above `from` that holds the configuration at this revision, else `from`.
fn catalog_root(repository: &Repository, tree: Oid, from: &str) -> String {
    let Ok(tree) = repository.find_tree(tree) else { return from.to_string() };
    let mut folder = from;
    loop {
        let file = format!("{folder}{CONFIG_FILE}");
        if tree.get_path(Path::new(&file)).is_ok() {
            return folder.to_string();
        }
        let Some(parent) = folder.trim_end_matches('/').rfind('/') else { break };
        folder = &folder[..=parent];
    }
    let at_root = tree.get_path(Path::new(CONFIG_FILE)).is_ok();
    if at_root { String::new() } else { from.to_string() }
}

fn unreadable(path: &str, error: &git2::Error) -> Unreadable {
    Unreadable { path: path.into(), reason: error.message().to_string() }
}
