//! The history of paths: when each was last changed.

use std::collections::BTreeMap;
use std::path::Path;

use git2::{Commit, ObjectType, Oid, Repository, Sort, Tree};
use rustc_hash::FxHashMap;

use super::{GitError, discover, inside};

/// When a path was last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// By a commit of this time, in seconds since 1970.
    At(i64),
    /// Before the history that a shallow clone has.
    Beyond,
}

/// The history up to a commit.
pub struct History {
    pub(super) repository: Repository,
    pub(super) head: Oid,
    /// The catalog root inside the repository: empty, or ending in `/`.
    pub(super) prefix: String,
}

impl std::fmt::Debug for History {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("History")
            .field("head", &self.head)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// The paths that are looked for, as a tree of names.
#[derive(Debug, Default)]
struct Wanted {
    /// The position of the path that ends here.
    path: Option<usize>,
    children: BTreeMap<String, Wanted>,
}

impl Wanted {
    fn add(&mut self, path: &str, number: usize) {
        let mut at = self;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            at = at.children.entry(part.to_string()).or_default();
        }
        at.path = Some(number);
    }

    /// Forgets the paths that have been found.
    fn prune(&mut self, found: &FxHashMap<usize, Touched>) {
        self.path = self.path.filter(|number| !found.contains_key(number));
        self.children.values_mut().for_each(|child| child.prune(found));
        self.children.retain(|_, child| child.path.is_some() || !child.children.is_empty());
    }
}

impl History {
    /// Returns the history of the repository that the folder `root` is in, up to the revision `name`; `None` without a
    /// repository, or before its first commit. `prefix` is the catalog root inside the repository, when it is known.
    pub fn open(root: &Path, name: &str, prefix: Option<&str>) -> Option<Self> {
        let repository = discover(root).ok()?;
        let head = repository.revparse_single(name).ok()?.peel_to_commit().ok()?.id();
        let prefix = prefix.map_or_else(|| inside(&repository, root), String::from);
        Some(Self { repository, head, prefix })
    }

    /// Returns when each of `paths`, relative to the catalog root, was last changed; those that were never committed
    /// are left out. A merge changes what is different from all that it merges. The history is walked once, newest
    /// first, and no further than needed.
    pub fn last_commits<'p>(&self, paths: &[&'p str]) -> FxHashMap<&'p str, Touched> {
        let mut found = FxHashMap::default();
        // What cannot be read is not in the history.
        if self.walk(paths, &mut found).is_err() {
            found.clear();
        }
        found.into_iter().map(|(number, touched)| (paths[number], touched)).collect()
    }

    fn walk(&self, paths: &[&str], found: &mut FxHashMap<usize, Touched>) -> Result<(), git2::Error> {
        let mut wanted = Wanted::default();
        for (number, path) in paths.iter().enumerate() {
            wanted.add(&format!("{}{path}", self.prefix), number);
        }
        let shallow = self.repository.is_shallow();
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TIME)?;
        walk.push(self.head)?;
        for id in walk {
            let commit = self.repository.find_commit(id?)?;
            let before = found.len();
            self.changed(&commit, &wanted, shallow, found)?;
            if found.len() == paths.len() {
                break;
            }
            if found.len() > before {
                wanted.prune(found);
            }
        }
        Ok(())
    }

    /// Adds the wanted paths that a commit changed.
    fn changed(
        &self,
        commit: &Commit<'_>,
        wanted: &Wanted,
        shallow: bool,
        found: &mut FxHashMap<usize, Touched>,
    ) -> Result<(), git2::Error> {
        let own = commit.tree()?;
        let parents: Vec<Tree<'_>> =
            commit.parents().map(|parent| parent.tree()).collect::<Result<_, _>>()?;
        let mut numbers = Vec::new();
        let parents: Vec<Option<&Tree<'_>>> = parents.iter().map(Some).collect();
        self.differing(Some(&own), &parents, wanted, &mut numbers)?;
        let beyond = shallow && parents.is_empty();
        let touched = if beyond { Touched::Beyond } else { Touched::At(commit.time().seconds()) };
        found.extend(numbers.into_iter().map(|number| (number, touched)));
        Ok(())
    }

    /// Adds the wanted paths below a folder that are there and differ from those of all parents.
    fn differing(
        &self,
        own: Option<&Tree<'_>>,
        parents: &[Option<&Tree<'_>>],
        wanted: &Wanted,
        numbers: &mut Vec<usize>,
    ) -> Result<(), git2::Error> {
        for (name, child) in &wanted.children {
            let entry = |tree: Option<&Tree<'_>>| {
                tree.and_then(|tree| tree.get_name(name).map(|entry| entry.to_owned()))
            };
            let Some(here) = entry(own) else { continue };
            let there: Vec<_> = parents.iter().map(|parent| entry(*parent)).collect();
            if there.iter().flatten().any(|other| other.id() == here.id()) {
                continue;
            }
            numbers.extend(child.path);
            if child.children.is_empty() || here.kind() != Some(ObjectType::Tree) {
                continue;
            }
            let folder = |id: Oid| self.repository.find_tree(id).ok();
            let below: Vec<Option<Tree<'_>>> =
                there.iter().map(|entry| entry.as_ref().and_then(|entry| folder(entry.id()))).collect();
            let below: Vec<Option<&Tree<'_>>> = below.iter().map(Option::as_ref).collect();
            self.differing(folder(here.id()).as_ref(), &below, child, numbers)?;
        }
        Ok(())
    }
}

/// Returns the commits of the history of `name` nearest to each of `instants` (seconds since 1970) and not after it,
/// along first parents; `None` where the history does not reach back so far.
///
/// # Errors
/// When there is no repository or no such revision.
pub fn commits_at(root: &Path, name: &str, instants: &[i64]) -> Result<Vec<Option<(String, i64)>>, GitError> {
    let repository = discover(root)?;
    let no_revision = |error: git2::Error| GitError::new(format!("there is no revision `{name}`"), &error);
    let start =
        repository.revparse_single(name).and_then(|object| object.peel_to_commit()).map_err(no_revision)?;
    let mut found: Vec<Option<(String, i64)>> = vec![None; instants.len()];
    let mut at = Some(start);
    while let Some(commit) = at {
        let seconds = commit.time().seconds();
        let open = found.iter_mut().zip(instants).filter(|(found, _)| found.is_none());
        open.filter(|(_, instant)| seconds <= **instant)
            .for_each(|(found, _)| *found = Some((commit.id().to_string(), seconds)));
        if found.iter().all(Option::is_some) {
            break;
        }
        at = commit.parent(0).ok();
    }
    Ok(found)
}
