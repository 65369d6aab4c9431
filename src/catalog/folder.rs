//! The folders that are an entity's own: where its files are, beside the file that it is written in.

use rustc_hash::FxHashMap;

use super::{Catalog, EntityRef};
use crate::model::Kind;
use crate::source::{SourceId, Sources};

/// The folders that hold a file with entities, each with that file, or `None` when it holds several. The folders of the
/// catalog's own documents are nobody's own.
#[derive(Debug)]
pub struct OwnFolders<'a> {
    sources: &'a Sources,
    own: FxHashMap<&'a str, Option<SourceId>>,
}

impl<'a> OwnFolders<'a> {
    /// Returns the folders of the entities of a catalog.
    pub fn new(catalog: &'a Catalog, sources: &'a Sources) -> Self {
        let mut own: FxHashMap<&str, Option<SourceId>> = FxHashMap::default();
        let shared = catalog.config().folders(Kind::Entity);
        let is_shared = |folder: &str| {
            shared.iter().any(|own| {
                folder.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        for entity in catalog.entities() {
            let source = entity.source();
            let folder = folder_of(sources.get(source).path());
            if is_shared(folder) {
                continue;
            }
            own.entry(folder)
                .and_modify(|only| *only = only.filter(|only| *only == source))
                .or_insert(Some(source));
        }
        Self { sources, own }
    }

    /// Returns the folder of the file in which an entity is written, when that is nobody else's.
    ///
    /// # Errors
    /// The folder, when it is not the entity's own.
    pub fn of(&self, entity: EntityRef<'a>) -> Result<&'a str, &'a str> {
        let folder = folder_of(self.sources.get(entity.source()).path());
        let own = self.own.get(folder).copied().flatten().is_some();
        if own { Ok(folder) } else { Err(folder) }
    }
}

/// Returns the folder that a file is in; that of the root is empty.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
