//! The files of the catalog while effects are applied to them, and where each entity is meanwhile.

use std::collections::BTreeMap;

use super::file::File;
use super::{Plan, called};
use crate::catalog::{EntityRef, Fact, NewFiles};
use crate::model::phrase::clip;
use crate::portal::Portal;
use crate::runtime::report::Upsert;
use crate::runtime::request::EntityName;
use crate::worktree::Files;
use crate::yaml::edit::Place;

/// Reasons why an effect cannot be.
pub(super) type Refused = Vec<String>;

/// The files of the catalog while effects are applied to them.
pub(super) struct Draft<'a> {
    pub(super) portal: &'a Portal,
    paths: NewFiles<'a>,
    files: BTreeMap<String, File>,
    /// The entities that effects were about, and where they are now: `None` when they went.
    known: BTreeMap<EntityName, Option<(String, Place)>>,
    notes: Vec<String>,
}

/// Where an entity is.
pub(super) enum Whereabouts {
    /// At a place of a file.
    Written(String, Place),
    /// In no file of its own: an integration says it.
    Made,
    /// Nowhere.
    Absent,
}

impl<'a> Draft<'a> {
    pub(super) fn new(portal: &'a Portal, files: &'a dyn Files) -> Self {
        let paths = NewFiles::new(portal.catalog.config(), files);
        Self { portal, paths, files: BTreeMap::new(), known: BTreeMap::new(), notes: Vec::new() }
    }

    /// Returns the entities that effects were about, and whether each is there now.
    pub(super) fn names(&self) -> BTreeMap<EntityName, bool> {
        self.known.iter().map(|(name, place)| (name.clone(), place.is_some())).collect()
    }

    /// Returns what changes.
    pub(super) fn finish(self) -> Plan {
        let changed = self.files.into_iter().filter_map(|(path, file)| Some((path, file.finish()?)));
        Plan { files: changed.collect(), notes: self.notes }
    }

    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Returns the entity as the catalog had it.
    pub(super) fn entity(&self, name: &EntityName) -> Option<EntityRef<'a>> {
        let catalog = &self.portal.catalog;
        let blueprint = catalog.find_blueprint(&name.blueprint)?;
        catalog.find_entity(blueprint, &name.identifier).map(|id| catalog.entity(id))
    }

    /// Returns where an entity is now.
    pub(super) fn locate(&self, name: &EntityName) -> Whereabouts {
        match self.known.get(name) {
            Some(Some((path, place))) => return Whereabouts::Written(path.clone(), place.clone()),
            Some(None) => return Whereabouts::Absent,
            None => {}
        }
        let Some(entity) = self.entity(name) else { return Whereabouts::Absent };
        let place = Place::of(entity.node()).filter(|_| entity.origin().is_none());
        let path = self.portal.sources.get(entity.source()).path();
        place.map_or(Whereabouts::Made, |place| Whereabouts::Written(path.to_string(), place))
    }

    /// Returns the file at `path`, to be changed.
    pub(super) fn file(&mut self, path: &str) -> Result<&mut File, Refused> {
        if !self.files.contains_key(path) {
            let source = self.portal.sources.find(path).map(|id| self.portal.sources.get(id).text());
            let text = source.ok_or_else(|| vec![format!("{path}: there is no such file")])?;
            let file = File::open(text).map_err(|error| vec![format!("{path}: {error}")])?;
            self.files.insert(path.to_string(), file);
        }
        self.files.get_mut(path).ok_or_else(Vec::new)
    }

    /// Adds a file that holds the entity `name`.
    pub(super) fn add(&mut self, name: &EntityName, path: String, text: &str) -> Result<(), Refused> {
        let file = self.files.get(&path).map_or_else(|| File::new(text), |file| file.anew(text));
        let file = file.map_err(|error| vec![format!("{path}: {error}")])?;
        self.files.insert(path.clone(), file);
        self.known.insert(name.clone(), Some((path, Place::default())));
        Ok(())
    }

    /// Says where an entity is.
    pub(super) fn remember(&mut self, name: &EntityName, path: &str, place: Place) {
        self.known.insert(name.clone(), Some((path.to_string(), place)));
    }

    /// Returns the path of a file for a new entity, and whether its folder says the blueprint.
    pub(super) fn path_for(&mut self, upsert: &Upsert) -> Result<(String, bool), Refused> {
        let files = &self.files;
        let new: Vec<&str> =
            files.iter().filter(|(_, file)| !file.is_gone()).map(|(path, _)| path.as_str()).collect();
        let gone = |path: &str| files.get(path).is_some_and(File::is_gone);
        let EntityName { blueprint, identifier } = &upsert.name;
        self.paths.path(blueprint, identifier, &new, &gone).map_err(|reason| vec![reason])
    }

    /// Deletes an entity.
    pub(super) fn delete(&mut self, name: &EntityName) -> Result<(), Refused> {
        match self.locate(name) {
            Whereabouts::Absent => {
                self.note(format!("{} is gone already", called(name)));
                Ok(())
            }
            Whereabouts::Made => {
                let said = self.entity(name).and_then(EntityRef::origin).map(|fact| self.said(&fact));
                let by = said.unwrap_or_default();
                Err(vec![format!("{} cannot be deleted: it has no file of its own, but {by}", called(name))])
            }
            Whereabouts::Written(path, place) => {
                let file = self.file(&path)?;
                let place = file.now(&place);
                file.remove(&place).map_err(|error| vec![format!("{path}: {error}")])?;
                self.known.insert(name.clone(), None);
                Ok(())
            }
        }
    }

    /// Returns what says a fact, and where.
    pub(super) fn said(&self, fact: &Fact<'_>) -> String {
        let sources = &self.portal.sources;
        let span = fact.node.span();
        let source = sources.get(span.source);
        let written = self.portal.catalog.node(fact.integration.place).span().source;
        let name = fact.integration.value.identifier.as_ref();
        let name = name.map_or_else(|| sources.get(written).path(), |name| name.value.as_str());
        format!("the integration `{}` says so ({}:{})", clip(name), source.path(), source.line_at(span.start))
    }
}
