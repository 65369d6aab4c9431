//! The sides of an update, and what they come to. Nothing here reads or writes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::state::{Base, Ours, State, inside, recorded};
use super::{Merged, Outcome, Update, lines, phrase};
use crate::git::GitError;
use crate::git::merge::{self, Labels, Merge, Trees, merge as merge_trees};
use crate::provenance::{self, RECORD, Record, RecordedEntity, Updating};
use crate::scaffold::Refusal;
use crate::worktree::{Look, TreeFile};

/// The file of an entity, as it is.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// Its path below the catalog root.
    pub path: String,
    /// What is there.
    pub look: Look,
}

/// Everything that an update is worked out from.
pub(super) struct Sides<'a> {
    pub record: &'a Record,
    /// The folder of the service, below the first of the roots.
    pub folder: &'a str,
    /// The root that the service is below, and that of the catalog.
    pub roots: [&'a Path; 2],
    /// What the template made before; `None` when nobody knows.
    pub old: Option<&'a State>,
    pub new: &'a State,
    pub ours: &'a Ours,
    pub entity: &'a Entity,
    /// What is at the files that get lines.
    pub lines: &'a BTreeMap<String, Look>,
    /// What is where the record is.
    pub written: Look,
}

impl Sides<'_> {
    /// Returns the update, without what the catalog says about it; `notes` come before its own.
    pub(super) fn merge(&self, notes: Vec<String>) -> Result<Update, Refusal> {
        let labels = phrase::labels(&self.record.origin, &self.new.record.origin);
        let mut update = Update {
            from: self.record.origin.clone(),
            to: self.new.record.origin.clone(),
            files: Vec::new(),
            notes,
            entity: None,
            verdict: None,
        };
        self.files(&labels, &mut update).map_err(|error| Refusal::Other(error.to_string()))?;
        let entity = self.entity(&labels, &mut update).map_err(|error| Refusal::Other(error.to_string()))?;
        self.lines(&mut update);
        self.record(entity, &mut update);
        update.files.sort_by(|a, b| (&a.path, &a.root).cmp(&(&b.path, &b.root)));
        let twice = update.files.windows(2).find_map(|two| match two {
            [one, other] if (&one.path, &one.root) == (&other.path, &other.root) => Some(&one.path),
            _ => None,
        });
        match twice {
            Some(path) => Err(Refusal::Other(format!("`{path}` would be written twice"))),
            None => Ok(update),
        }
    }

    /// Merges the files of the service and of the repository.
    fn files(&self, labels: &Labels, update: &mut Update) -> Result<(), GitError> {
        let recorded = recorded(self.record, self.folder);
        let old = self.old.map(|old| old.files.as_slice());
        let base = Base::new(&recorded, old, &self.ours.files, &self.new.files);
        let trees = Trees {
            base: &base.files,
            lost: &base.lost,
            ours: &self.ours.files,
            barred: &self.ours.barred,
            theirs: &self.new.files,
        };
        add(update, self.roots[0], merge_trees(&trees, labels)?, &base.lost);
        Ok(())
    }

    /// Merges the file of the entity, and returns what the record says about it.
    fn entity(&self, labels: &Labels, update: &mut Update) -> Result<Option<RecordedEntity>, GitError> {
        let recorded = self.record.entity.as_ref();
        let here = &self.entity.path;
        let Some(new) = &self.new.entity else {
            if recorded.is_some() && self.entity.look != Look::Nothing {
                update.notes.push(format!("the template no longer makes an entity; `{here}` stays"));
            }
            return Ok(None);
        };
        let old = self.old.and_then(|old| old.entity.as_ref()).filter(|_| recorded.is_some());
        // The template moves the file only when it named another one before.
        let path = if old.is_some_and(|old| old.path != new.path) { &new.path } else { here };
        let theirs = [TreeFile { path: path.clone(), ..new.clone() }];
        let (mut ours, mut barred) = (Vec::new(), BTreeMap::new());
        match &self.entity.look {
            Look::Nothing => {}
            Look::File(file) => ours.push(TreeFile { path: here.clone(), ..file.clone() }),
            Look::Other(reason) => drop(barred.insert(here.clone(), reason.clone())),
        }
        let digest = recorded.map(|entity| (here.clone(), entity.digest.clone()));
        let old = old.map(|old| vec![TreeFile { path: here.clone(), ..old.clone() }]);
        let base = Base::new(&digest.into_iter().collect(), old.as_deref(), &ours, &theirs);
        let trees =
            Trees { base: &base.files, lost: &base.lost, ours: &ours, barred: &barred, theirs: &theirs };
        let merged = merge_trees(&trees, labels)?;
        let is_decided = !merged.files.iter().any(|file| matches!(file.outcome, merge::Outcome::Conflict(_)));
        let lands = merged.files.iter().find(|file| file.after.is_some()).map(|file| file.path.clone());
        let is_there = lands.is_some() || !ours.is_empty();
        let file = lands.unwrap_or_else(|| here.clone());
        let entity = self.new.record.entity.clone().map(|entity| RecordedEntity { file, ..entity });
        if is_decided && is_there {
            update.entity.clone_from(&entity);
        }
        add(update, self.roots[1], merged, &base.lost);
        Ok(entity)
    }

    /// Changes the lines that are added to other files.
    fn lines(&self, update: &mut Update) {
        let lines = lines::merge(&self.record.appended, &self.new.record.appended, self.lines);
        let root = self.roots[0].to_path_buf();
        for (before, after) in lines.files {
            update.files.push(Merged {
                root: root.clone(),
                path: after.path,
                before: before.map(|file| file.bytes.to_vec()),
                after: Some(after.bytes.to_vec()),
                executable: after.executable,
                outcome: Outcome::Taken,
            });
        }
        for (path, reason) in lines.barred {
            let reason = format!("its lines cannot be changed: it {reason}");
            update.files.push(left(root.clone(), path, Outcome::Conflict(reason)));
        }
        update.notes.extend(lines.notes);
    }

    /// Adds the record: complete, or with a note of the update when a person must decide something.
    fn record(&self, entity: Option<RecordedEntity>, update: &mut Update) {
        let complete = Record { entity, updating: None, ..self.new.record.clone() };
        let is_open = |file: &&Merged| matches!(file.outcome, Outcome::Conflict(_));
        let conflicts: BTreeSet<String> =
            update.files.iter().filter(is_open).map(|file| file.path.clone()).collect();
        let record = if conflicts.is_empty() {
            complete
        } else {
            let Record { origin, answers, entity, files, repository, appended, .. } = complete;
            let conflicts = conflicts.into_iter().collect();
            let updating = Updating { origin, answers, files, repository, appended, entity, conflicts };
            Record { updating: Some(updating), ..self.record.clone() }
        };
        // Which version of portal wrote it is no change.
        if (Record { portal: self.record.portal.clone(), ..record.clone() }) == *self.record {
            return;
        }
        update.files.push(written(self.roots[0], self.folder, &self.written, &record));
    }
}

/// Returns the file of a record that is to be written.
pub(super) fn written(root: &Path, folder: &str, there: &Look, record: &Record) -> Merged {
    let before = match there {
        Look::File(file) => Some(file.bytes.to_vec()),
        _ => None,
    };
    let after = Some(provenance::text(record).into_bytes());
    let path = inside(folder, RECORD);
    Merged { before, after, outcome: Outcome::Record, ..left(root.to_path_buf(), path, Outcome::Record) }
}

/// Returns a file that is left alone.
fn left(root: PathBuf, path: String, outcome: Outcome) -> Merged {
    Merged { root, path, before: None, after: None, executable: false, outcome }
}

/// Adds what a merge came to below `root` to an update.
fn add(update: &mut Update, root: &Path, merge: Merge, lost: &BTreeSet<String>) {
    for file in merge.files {
        let outcome = match &file.outcome {
            merge::Outcome::Taken => Outcome::Taken,
            merge::Outcome::Merged => Outcome::Merged,
            merge::Outcome::Conflict(conflict) => {
                Outcome::Conflict(phrase::conflict(conflict, !lost.contains(&file.path)))
            }
        };
        let bytes = |file: Option<&TreeFile>| file.map(|file| file.bytes.to_vec());
        update.files.push(Merged {
            root: root.to_path_buf(),
            before: bytes(file.before.as_ref()),
            after: bytes(file.after.as_ref()),
            executable: file.after.as_ref().is_some_and(|file| file.executable),
            path: file.path,
            outcome,
        });
    }
    let is_known = |path: &str| !lost.contains(path);
    update.notes.extend(merge.remarks.iter().map(|remark| phrase::remark(remark, is_known)));
}
