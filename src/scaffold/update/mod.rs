//! Bringing a service to the state of its template, by a merge.
//!
//! What the template made of the recorded answers is the base, what it makes of them now is theirs, what is on disk is
//! ours. Nobody's change is lost: what does not go together is marked, and the record stays at the old state, with a note
//! of the update that was begun, until a person has decided ([`complete`]).

mod lines;
mod phrase;
mod resolve;
mod side;
mod state;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::verdict::{self, Verdict};
use super::{Library, Refusal, Template};
use crate::form::Filled;
use crate::model::phrase::clip;
use crate::provenance::{Origin, RECORD, Record, RecordedEntity};
use crate::skeleton::refusal;
use crate::worktree::{Look, look};
use side::{Entity, Sides};
use state::{Ours, State};

pub use resolve::{abandon, complete};

/// A service that is to be updated.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Where templates are looked for, and the catalog that the entity is part of.
    pub library: &'a Library<'a>,
    /// The root that the service is below: of the catalog, or the service's own.
    pub root: &'a Path,
    /// The folder of the service, below the root.
    pub folder: &'a str,
    /// Its record.
    pub record: &'a Record,
    /// The template as it was; `None` when that cannot be had.
    pub old: Option<&'a Template>,
    /// The template as it is to be.
    pub new: &'a Template,
    /// The answers to its form: those of the record, and new ones.
    pub answers: &'a Filled,
}

/// Everything that an update would write.
#[derive(Debug)]
pub struct Update {
    /// Which state of the template it comes from, and goes to.
    pub from: Origin,
    /// Which state of the template it goes to.
    pub to: Origin,
    /// What becomes of each file that is not left as it is, in path order, the record included.
    pub files: Vec<Merged>,
    /// What people should know, though it is no mistake.
    pub notes: Vec<String>,
    /// The entity as it would be; `None` without one, when it was deleted, or while a person must decide what it says.
    pub entity: Option<RecordedEntity>,
    /// What the catalog says about the entity as it would be; `None` when there is no [`entity`](Self::entity), or
    /// nothing to write.
    pub verdict: Option<Verdict>,
}

/// What an update makes of a file.
///
/// Of a conflict, `after` has the markers, or is what there was before: then nothing is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The folder that its path is below.
    pub root: PathBuf,
    /// Its path below that, with forward slashes.
    pub path: String,
    /// What it holds now; `None` when it is not there.
    pub before: Option<Vec<u8>>,
    /// What it would hold; `None` when it would be gone.
    pub after: Option<Vec<u8>>,
    /// Whether it could be run.
    pub executable: bool,
    /// How that came about.
    pub outcome: Outcome,
}

/// How an update came to what it makes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The template's new state is taken: nobody had changed the file.
    Taken,
    /// Both had changed it, in different places.
    Merged,
    /// Both had changed it in the same place, or one had deleted it: a person must decide, as a phrase that says what.
    Conflict(String),
    /// It is the record.
    Record,
}

impl Update {
    /// Returns whether a person must decide something. Until then the record stays at the old state.
    pub fn has_conflicts(&self) -> bool {
        self.files.iter().any(|file| matches!(file.outcome, Outcome::Conflict(_)))
    }
}

impl Merged {
    /// Returns whether it is to be written, or removed: not what a person must decide about as it stands.
    pub fn is_written(&self) -> bool {
        self.before != self.after || !matches!(self.outcome, Outcome::Conflict(_))
    }
}

/// Returns everything that an update would write.
///
/// # Errors
/// Every reason why nothing can be: an update that was begun and is not complete, a mistake in the new template or the
/// answers, or errors that the catalog would have with the new entity and has not now.
pub fn update(request: &Request<'_>) -> Result<Update, Refusal> {
    if request.record.updating.is_some() {
        return Err(Refusal::Other("an update was begun, and is neither completed nor given up".into()));
    }
    safe(request.record)?;
    let new = State::new(request, request.new, request.answers)?;
    let mut notes = Vec::new();
    let old = before(request, &mut notes);
    let catalog = request.library.root;
    let mut wanted: BTreeSet<String> = state::recorded(request.record, request.folder).into_keys().collect();
    let made = old.iter().chain([&new]).flat_map(|state| &state.files);
    wanted.extend(made.map(|file| file.path.clone()));
    let entity = entity(request, &new);
    let mut ours = Ours::read(request.root, request.folder, &wanted);
    if request.root == catalog {
        ours.files.retain(|file| wanted.contains(&file.path) || file.path != entity.path);
    }
    if let Some(reason) = &ours.incomplete {
        notes.push(format!(
            "renamed files cannot be recognised, because the folder cannot be read as a whole: {reason}"
        ));
    }
    let sides = Sides {
        record: request.record,
        folder: request.folder,
        roots: [request.root, catalog],
        old: old.as_ref(),
        new: &new,
        ours: &ours,
        entity: &entity,
        lines: &appended(request, &new)?,
        written: look(request.root, &state::inside(request.folder, RECORD)),
    };
    let mut update = sides.merge(notes)?;
    update.verdict = judge(request, &update)?;
    Ok(update)
}

/// Returns what the template made before; `None` when nobody knows, with a note.
fn before(request: &Request<'_>, notes: &mut Vec<String>) -> Option<State> {
    let answers = Filled { values: request.record.answers.clone(), hidden: Vec::new() };
    let made = request.old.map(|old| State::new(request, old, &answers));
    let reason = match made {
        Some(Ok(state)) => return Some(state),
        Some(Err(_)) => "can no longer make the files that it made",
        None => "can no longer be had",
    };
    notes.push(format!(
        "the template as it was {reason}: files that were changed here are compared with its new state alone"
    ));
    None
}

/// Returns the file of the service's entity as it is: where the record says, else wherever the catalog has the entity.
fn entity(request: &Request<'_>, new: &State) -> Entity {
    let names =
        |record: &Record| record.entity.as_ref().map(|it| (it.blueprint.clone(), it.identifier.clone()));
    let found = || {
        let catalog = &request.library.portal.catalog;
        let named = [names(request.record), names(&new.record)].into_iter().flatten();
        let mut entities = named.filter_map(|(blueprint, identifier)| {
            catalog.find_entity(catalog.find_blueprint(&blueprint)?, &identifier)
        });
        let source = catalog.entity(entities.next()?).source();
        Some(request.library.portal.sources.get(source).path().to_string())
    };
    let recorded = request.record.entity.as_ref().map(|entity| entity.file.clone());
    let there = |path: &String| !matches!(look(request.library.root, path), Look::Nothing);
    let path = recorded.clone().filter(there).or_else(found).or(recorded);
    let path = path.or_else(|| Some(new.entity.as_ref()?.path.clone())).unwrap_or_default();
    let look = if path.is_empty() { Look::Nothing } else { look(request.library.root, &path) };
    Entity { path, look }
}

/// Refuses a record with a path that no update could write to: it is a file like any other, and anybody can have changed it.
fn safe(record: &Record) -> Result<(), Refusal> {
    let written = record.files.keys().chain(record.repository.keys());
    let entity = record.entity.iter().map(|entity| &entity.file);
    let paths = written.chain(entity).chain(record.appended.iter().map(|(file, _)| file));
    let wrong = |path: &String| Some(format!("  `{}` {}", clip(path), refusal(path)?));
    let wrong: Vec<String> = paths.filter_map(wrong).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Refusal::Other(format!(
        "the record names files that cannot be written: restore `{RECORD}` from Git\n{}",
        wrong.join("\n")
    )))
}

/// Returns what is at the files that get lines, now or before.
fn appended(request: &Request<'_>, new: &State) -> Result<BTreeMap<String, Look>, Refusal> {
    for (file, _) in &new.record.appended {
        if let Some(reason) = refusal(file) {
            return Err(Refusal::Other(format!("a line cannot be added to `{}`: it {reason}", clip(file))));
        }
    }
    let files = request.record.appended.iter().chain(&new.record.appended).map(|(file, _)| file);
    Ok(files.map(|file| (file.clone(), look(request.root, file))).collect())
}

/// Returns what the catalog says about the entity once everything is written that nobody need decide.
fn judge(request: &Request<'_>, update: &Update) -> Result<Option<Verdict>, Refusal> {
    let Library { portal, files, root, .. } = *request.library;
    let Some(entity) = update.entity.as_ref().filter(|_| !update.files.is_empty()) else { return Ok(None) };
    let below = update.files.iter().filter(|file| file.root == root && file.is_written());
    let settled = below.filter(|file| !matches!(file.outcome, Outcome::Conflict(_)));
    let changes = settled.map(|file| (file.path.clone(), file.after.clone())).collect();
    verdict::judge(portal, files, &changes, &entity.blueprint, &entity.identifier).map(Some)
}
