//! What becomes of each file of a plan, where it is to go.

use std::path::Path;

use crate::cli::Failure;
use crate::git;
use crate::output::batch::{There, look};
use crate::printable::shown;
use crate::scaffold::{Change, Part, Plan};

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// It is made.
    New,
    /// It is there already, as it would be.
    Same,
    /// It is there, and would hold something else.
    Changes,
    /// It is there, and stays.
    Skipped,
}

impl Deed {
    /// Returns the word for programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "same",
            Self::Changes => "changes",
            Self::Skipped => "skipped",
        }
    }

    /// Returns whether something is written.
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::New | Self::Changes)
    }
}

/// A file of a plan, and what becomes of it.
#[derive(Debug)]
pub(super) struct Planned<'p> {
    pub(super) root: &'p Path,
    pub(super) change: &'p Change,
    /// What is there now.
    pub(super) there: Option<Vec<u8>>,
    pub(super) deed: Deed,
    /// Why a person must say what becomes of it, as a phrase.
    pub(super) conflict: Option<&'static str>,
}

impl Planned<'_> {
    pub(super) fn path(&self) -> &str {
        &self.change.path
    }
}

/// Returns what becomes of each file of a plan, in its order, as far as nobody has to be asked.
pub(super) fn look_at(plan: &Plan) -> Result<Vec<Planned<'_>>, Failure> {
    let mut planned = Vec::new();
    let mut wrong: Vec<String> = Vec::new();
    for ground in &plan.grounds {
        let first = planned.len();
        for change in &ground.changes {
            match of(&ground.root, change, &plan.target) {
                Ok(found) => planned.push(found),
                Err(reason) => wrong.push(reason),
            }
        }
        uncommitted(&ground.root, &mut planned[first..])?;
    }
    match wrong.is_empty() {
        true => Ok(planned),
        false => Err(Failure::Other(format!("nothing was written:\n  {}", wrong.join("\n  ")))),
    }
}

fn of<'p>(root: &'p Path, change: &'p Change, target: &str) -> Result<Planned<'p>, String> {
    let path = &change.path;
    let found = |there, deed, conflict| Ok(Planned { root, change, there, deed, conflict });
    match look(root, path).map_err(|error| shown(&error.to_string()))? {
        There::Nothing => found(None, Deed::New, None),
        There::Folder => Err(shown(&format!("`{path}` is a folder, and a file is to go there"))),
        There::Link => {
            Err(shown(&format!("`{path}` is a link or no regular file, and links are not followed")))
        }
        There::File { bytes, executable } if bytes == change.bytes => {
            // What cannot be run on a system can be told from nothing there.
            let mode = cfg!(unix) && change.executable && !executable;
            found(Some(bytes), if mode { Deed::Changes } else { Deed::Same }, None)
        }
        There::File { .. } if change.part == Part::Record => {
            let folder = if target.is_empty() { "." } else { target };
            Err(shown(&format!(
                "`{folder}` was made from a template already: `portal scaffold update {folder}` brings it to the \
                 template as it is now"
            )))
        }
        There::File { bytes, .. } => {
            let conflict = (!matches!(change.part, Part::Appended | Part::Workflow))
                .then_some("is there already, and holds something else");
            found(Some(bytes), Deed::Changes, conflict)
        }
    }
}

/// Marks what would be changed and holds changes that nobody has committed.
fn uncommitted(root: &Path, planned: &mut [Planned<'_>]) -> Result<(), Failure> {
    let open = |file: &Planned<'_>| file.deed == Deed::Changes && file.conflict.is_none();
    let paths: Vec<&str> =
        planned.iter().filter(|file| open(file)).map(|file| file.change.path.as_str()).collect();
    if paths.is_empty() || git::work_tree(root).is_none() {
        return Ok(());
    }
    let changed = git::changed_among(root, &paths)?;
    for file in planned.iter_mut().filter(|file| open(file)) {
        if changed.contains(&file.change.path) {
            file.conflict = Some("has changes that are not committed");
        }
    }
    Ok(())
}
