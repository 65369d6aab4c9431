//! The identifiers of all entities.

use super::EntityId;

/// The identifiers of all entities, side by side: they are compared and written more often than anything else, and
/// the documents that they come from are all over the memory.
#[derive(Debug, Default)]
pub(super) struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    /// Adds the identifier of the next entity.
    pub(super) fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.ends.push(self.text.len());
    }

    /// Returns the identifier of an entity.
    pub(super) fn get(&self, id: EntityId) -> &str {
        let start = id.index().checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[id.index()]]
    }
}
