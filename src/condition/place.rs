//! Where entities have their files.

use rayon::prelude::*;

use super::look::{FileTest, GitTest, Root};
use super::test::Asked;
use crate::catalog::{BlueprintId, EntityId, EntityRef, OwnFolders};
use crate::jq;
use crate::known::Known;
use crate::source::Sources;
use crate::worktree::normalise;

/// Where entities have their files.
pub(super) struct Places<'a> {
    pub(super) known: Known<'a>,
    sources: &'a Sources,
    own: OwnFolders<'a>,
}

impl<'a> Places<'a> {
    /// Returns the places of the entities of a catalog.
    pub(super) fn new(known: Known<'a>, sources: &'a Sources) -> Self {
        Self { known, sources, own: OwnFolders::new(known.catalog, sources) }
    }

    /// Returns the entities that are asked about.
    pub(super) fn entities(&self, blueprint: Option<BlueprintId>) -> Vec<EntityRef<'a>> {
        let catalog = self.known.catalog;
        blueprint.map_or_else(
            || catalog.entities().collect(),
            |blueprint| catalog.entities_of(blueprint).collect(),
        )
    }

    /// Returns the folder of the file in which an entity is written, when that is nobody else's.
    pub(super) fn own_folder(&self, entity: EntityRef<'a>) -> Result<String, String> {
        let other = |folder| format!("`{folder}` is not the entity's own folder: set `root`");
        self.own.of(entity).map(String::from).map_err(other)
    }

    /// Returns the folder in which the paths of an entity start, or why there is none.
    fn root(&self, entity: EntityRef<'a>, root: Option<&Root>) -> Result<String, String> {
        let Some(root) = root else { return self.own_folder(entity) };
        let asked = Asked::new(self.known, entity);
        let given = root.filter.first(asked.input(), self.known.now.seconds());
        let given = given.map_err(|error| format!("`{}` fails: {error}", root.source))?;
        // Where nothing else is said, it is the entity's own.
        let Some(given) = given.filter(|given| !given.is_null()) else {
            let none = |why| format!("`{}` gives nothing, and {why}", root.source);
            return self.own_folder(entity).map_err(none);
        };
        let text = given.as_str().ok_or_else(|| format!("`{}` gives no folder", root.source))?;
        let text = text.trim_end_matches('/');
        if text.is_empty() || text == "." {
            return Ok(String::new());
        }
        normalise("", text).ok_or_else(|| format!("`{text}` is not inside the catalog"))
    }

    /// Returns for each entity the files that its pattern means, or why that cannot be said.
    pub(super) fn matching<'f>(
        &self,
        blueprint: Option<BlueprintId>,
        test: &FileTest,
        listed: &'f [String],
    ) -> Vec<(EntityId, Result<Vec<&'f str>, String>)> {
        let entities = self.entities(blueprint);
        let found = |entity: &EntityRef<'a>| {
            let root = self.root(*entity, test.root.as_ref());
            (entity.id(), root.map(|root| test.pattern.find(&root, listed)))
        };
        jq::on_deep_stack(|| entities.par_iter().map(found).collect())
    }

    /// Returns for each entity the path whose history is asked for, or why that cannot be said.
    pub(super) fn histories(
        &self,
        blueprint: Option<BlueprintId>,
        test: &GitTest,
    ) -> Vec<(EntityId, Result<String, String>)> {
        let entities = self.entities(blueprint);
        let found = |entity: &EntityRef<'a>| {
            // Without a folder of its own, what an entity has of its own is the file that it is written in.
            let file = || self.sources.get(entity.source()).path().to_string();
            let root = match self.root(*entity, test.root.as_ref()) {
                Err(_) if test.root.is_none() && test.path.is_none() => Ok(file()),
                Ok(root) if root.is_empty() && test.root.is_none() && test.path.is_none() => Ok(file()),
                other => other,
            };
            (entity.id(), root.map(|root| join(&root, test.path.as_deref().unwrap_or_default())))
        };
        jq::on_deep_stack(|| entities.par_iter().map(found).collect())
    }
}

/// Returns a path below a folder.
pub(super) fn join(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_string(),
        (folder, "") => folder.to_string(),
        (folder, path) => format!("{folder}/{path}"),
    }
}
