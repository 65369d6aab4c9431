//! What a template makes of a service, and what a service is made of now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Request;
use crate::form::Filled;
use crate::git::merge::without_carriage_returns;
use crate::provenance::{RECORD, Record, digest_of};
use crate::scaffold::{Part, Plan, Purpose, Refusal, Template, plan};
use crate::worktree::{Files, Look, TreeFile, Worktree, look};

/// What a template makes of answers.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// The files of the service and of the repository, by their paths below the root, in path order.
    pub files: Vec<TreeFile>,
    /// The file of the entity, below the catalog root.
    pub entity: Option<TreeFile>,
    /// What the record says of it.
    pub record: Record,
}

impl State {
    /// Returns what `template` makes of `answers` for the service of `request`.
    pub(super) fn new(request: &Request<'_>, template: &Template, answers: &Filled) -> Result<Self, Refusal> {
        let made = plan(&plan::Request {
            purpose: Purpose::Again,
            template,
            answers,
            portal: request.library.portal,
            files: request.library.files,
            catalog: request.library.root,
            destination: Some((request.root, request.folder)),
        })?;
        Ok(Self::of(made))
    }

    fn of(plan: Plan) -> Self {
        let mut state = Self { record: plan.record, ..Self::default() };
        for change in plan.grounds.into_iter().flat_map(|ground| ground.changes) {
            let file =
                TreeFile { path: change.path, bytes: change.bytes.into(), executable: change.executable };
            match change.part {
                Part::Template | Part::Repository => state.files.push(file),
                Part::Entity => state.entity = Some(file),
                // Lines are merged for themselves, and the record is written anew.
                Part::Appended | Part::Record | Part::Workflow => {}
            }
        }
        state.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        state
    }
}

/// Returns the path of a file of the service's folder, below the root.
pub(super) fn inside(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_string() } else { format!("{folder}/{path}") }
}

/// Returns the files that a record names, below the root, with their digests.
pub(super) fn recorded(record: &Record, folder: &str) -> BTreeMap<String, String> {
    let own = record.files.iter().map(|(path, digest)| (inside(folder, path), digest.clone()));
    let repository = record.repository.iter().map(|(path, digest)| (path.clone(), digest.clone()));
    own.chain(repository).collect()
}

/// What a service is made of now.
#[derive(Debug, Default)]
pub(super) struct Ours {
    /// Its files, below the root: those of its folder, and those of the repository that were asked for.
    pub files: Vec<TreeFile>,
    /// What is there and is no plain file, and why.
    pub barred: BTreeMap<String, String>,
    /// Why its folder could not be read as a whole, so that only the files that were asked for are here.
    pub incomplete: Option<String>,
}

impl Ours {
    /// Returns what is in the folder `folder` of `root`, but for what Git ignores, its record, and other services; and what
    /// is at the paths `wanted` below the root, whatever it is.
    pub(super) fn read(root: &Path, folder: &str, wanted: &BTreeSet<String>) -> Self {
        let mut ours = Self::default();
        let mut seen: BTreeMap<String, TreeFile> = BTreeMap::new();
        match Worktree::new(root).tree(folder) {
            Ok(tree) => {
                let others = others(tree.files.iter().map(|file| file.path.as_str()));
                let is_other = |path: &str| others.iter().any(|other| path.starts_with(&format!("{other}/")));
                for file in tree.files.into_iter().filter(|file| file.path != RECORD) {
                    let path = inside(folder, &file.path);
                    if !is_other(&file.path) || wanted.contains(&path) {
                        seen.insert(path.clone(), TreeFile { path, ..file });
                    }
                }
                let refused = tree.refused.into_iter();
                ours.barred = refused.map(|it| (inside(folder, &it.path), it.reason.to_string())).collect();
            }
            Err(error) => ours.incomplete = Some(error.reason),
        }
        for path in wanted {
            if seen.contains_key(path) || ours.barred.contains_key(path) {
                continue;
            }
            match look(root, path) {
                Look::Nothing => {}
                Look::File(file) => drop(seen.insert(path.clone(), file)),
                Look::Other(reason) => drop(ours.barred.insert(path.clone(), reason)),
            }
        }
        ours.files = seen.into_values().collect();
        ours
    }
}

/// Returns the folders below a service's that have a record of their own.
fn others<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let folder = |path: &str| path.strip_suffix(RECORD)?.strip_suffix('/').map(String::from);
    paths.filter_map(folder).collect()
}

/// Returns whether a file is as it was when `digest` was taken, but for how all of its lines end.
pub(super) fn is_as_recorded(bytes: &[u8], digest: &str) -> bool {
    digest_of(bytes) == digest || digest_of(&without_carriage_returns(bytes)) == digest
}

/// What both sides were made from.
#[derive(Debug, Default)]
pub(super) struct Base {
    /// The files whose bytes are known, in path order.
    pub files: Vec<TreeFile>,
    /// The paths of those whose bytes nobody knows.
    pub lost: BTreeSet<String>,
}

impl Base {
    /// Returns what was written for the files `recorded`, paths with digests. What is as it was recorded says so itself;
    /// else it is what the template made before, if that can be had; else whatever there is with the digest.
    pub(super) fn new(
        recorded: &BTreeMap<String, String>,
        old: Option<&[TreeFile]>,
        ours: &[TreeFile],
        theirs: &[TreeFile],
    ) -> Self {
        let at = |files: &[TreeFile], path: &str| {
            files
                .binary_search_by(|file| file.path.as_str().cmp(path))
                .ok()
                .and_then(|at| files.get(at).cloned())
        };
        let mut any: BTreeMap<String, &TreeFile> = BTreeMap::new();
        for file in ours.iter().chain(theirs) {
            any.insert(digest_of(&without_carriage_returns(&file.bytes)), file);
            any.insert(digest_of(&file.bytes), file);
        }
        let mut known: BTreeMap<String, TreeFile> = BTreeMap::new();
        let mut lost = BTreeSet::new();
        for (path, digest) in recorded {
            let old = old.and_then(|old| at(old, path));
            let kept = at(ours, path).filter(|file| is_as_recorded(&file.bytes, digest));
            let file = match (kept, old) {
                (Some(kept), old) => {
                    let executable = old.map_or(kept.executable, |old| old.executable);
                    Some(TreeFile { executable, ..plain(&kept, digest) })
                }
                (None, Some(old)) => Some(old),
                (None, None) => any.get(digest).map(|file| {
                    let same = at(ours, path).or_else(|| at(theirs, path));
                    let executable = same.map_or(file.executable, |file| file.executable);
                    TreeFile { path: path.clone(), executable, ..plain(file, digest) }
                }),
            };
            match file {
                Some(file) => drop(known.insert(path.clone(), file)),
                None => drop(lost.insert(path.clone())),
            }
        }
        for file in old.into_iter().flatten() {
            known.entry(file.path.clone()).or_insert_with(|| file.clone());
        }
        Self { files: known.into_values().collect(), lost }
    }
}

/// Returns a file as it was when `digest` was taken.
fn plain(file: &TreeFile, digest: &str) -> TreeFile {
    if digest_of(&file.bytes) == digest {
        return file.clone();
    }
    TreeFile { bytes: without_carriage_returns(&file.bytes).as_ref().into(), ..file.clone() }
}
