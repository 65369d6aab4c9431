//! What a catalog would be with some of its files changed, before anything is written.

use std::collections::BTreeMap;

use super::newer;
use crate::diagnostic::{Diagnostic, Severity};
use crate::portal::{Error, Origin, Portal};
use crate::worktree::{CONFIG_FILE, Files, Patch};

/// A catalog as it would be.
#[derive(Debug)]
pub struct Prospect {
    /// The catalog, opened with the changes.
    pub portal: Portal,
    /// What would be wrong with it and is not now, in the order of places.
    pub new: Vec<Diagnostic>,
}

impl Prospect {
    /// Returns the catalog `base`, which was read from `files`, with `changes` made: bytes by path below the catalog root,
    /// `None` for a file that goes. It has no history, and is as of the same instant.
    ///
    /// # Errors
    /// When it could not be opened then.
    pub fn of(
        base: &Portal,
        files: &dyn Files,
        changes: &BTreeMap<String, Option<Vec<u8>>>,
    ) -> Result<Self, Error> {
        let held =
            || base.sources.find(CONFIG_FILE).map(|id| base.sources.get(id).text().as_bytes().to_vec());
        let config = changes.get(CONFIG_FILE).cloned().unwrap_or_else(held);
        let patch = Patch::new(files, changes);
        let portal = Portal::open(Origin::new(&patch, base.now), config)?;
        let (new, _) = newer(base, portal.diagnostics.as_slice().to_vec(), &portal.sources);
        Ok(Self { portal, new })
    }

    /// Returns the errors among what would be newly wrong.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.new.iter().filter(|finding| finding.severity == Severity::Error)
    }
}
