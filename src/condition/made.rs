//! What the records of a catalog say about the entities that were made from templates.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::look::Answer;
use super::scaffold::ScaffoldTest;
use crate::catalog::{EntityRef, Template};
use crate::git::History;
use crate::provenance::{self, Age, Origin, Record, Service};
use crate::worktree::{Files, Unreadable, normalise};

/// The services of a catalog with what they were made from.
pub(super) struct Services<'a> {
    files: &'a dyn Files,
    history: Option<&'a History>,
    templates: Vec<Template>,
    services: Vec<Service>,
    /// The first service of each entity, by blueprint and identifier.
    by_entity: BTreeMap<(String, String), usize>,
    /// How many files of each service have changed.
    changed: Vec<OnceCell<usize>>,
    /// The state of each template of the catalog that was asked for: its digest, and what it is made of.
    states: BTreeMap<String, Result<(String, Vec<String>), String>>,
    ages: BTreeMap<(String, Option<String>, String), Age>,
}

impl<'a> Services<'a> {
    /// Returns the services of the catalog whose templates are `templates`.
    pub(super) fn new(
        files: &'a dyn Files,
        history: Option<&'a History>,
        templates: Vec<Template>,
        services: Vec<Service>,
    ) -> Self {
        let mut by_entity = BTreeMap::new();
        for (number, service) in services.iter().enumerate() {
            if let Ok(Record { entity: Some(entity), .. }) = &service.record {
                let key = (entity.blueprint.clone(), entity.identifier.clone());
                by_entity.entry(key).or_insert(number);
            }
        }
        let changed = services.iter().map(|_| OnceCell::new()).collect();
        let (states, ages) = (BTreeMap::new(), BTreeMap::new());
        Self { files, history, templates, services, by_entity, changed, states, ages }
    }

    /// Returns what a condition finds for an entity, whose own folder is `folder` if it has one.
    pub(super) fn look(
        &mut self,
        test: &ScaffoldTest,
        entity: EntityRef<'_>,
        folder: Option<&str>,
    ) -> Result<Answer, Unreadable> {
        let key = (entity.blueprint().identifier.value.clone(), entity.identifier().to_string());
        let Some(&number) = self.by_entity.get(&key) else {
            return Ok(self.without_record(entity, folder));
        };
        let age = test.asks_age().then(|| self.age(number));
        let changed = if test.asks_changes() { Some(self.changes(number)?) } else { None };
        let service = &self.services[number];
        let path = provenance::record_path(&service.folder);
        let template = service.record.as_ref().map_or("", |record| record.origin.template.as_str());
        Ok(test.look(&path, template, age.as_ref(), changed))
    }

    /// Returns the answer for an entity that no record names. One whose folder has a record that nobody can read may have been
    /// made from a template.
    fn without_record(&self, entity: EntityRef<'_>, folder: Option<&str>) -> Answer {
        let name = |folder: &str| folder.rsplit('/').next() == Some(entity.identifier());
        let may_be = |service: &&Service| {
            service.record.is_err() && (Some(service.folder.as_str()) == folder || name(&service.folder))
        };
        match self.services.iter().find(may_be) {
            Some(service) => {
                let path = provenance::record_path(&service.folder);
                Answer::unknown(format!("`{path}` cannot be read"))
            }
            None => Answer::new(false, "it was not made from a template", None),
        }
    }

    fn changes(&self, number: usize) -> Result<usize, Unreadable> {
        let cell = &self.changed[number];
        if let Some(count) = cell.get() {
            return Ok(*count);
        }
        let service = &self.services[number];
        let count = match &service.record {
            Ok(record) => provenance::drift(self.files, &service.folder, record)?.len(),
            Err(_) => 0,
        };
        Ok(*cell.get_or_init(|| count))
    }

    fn age(&mut self, number: usize) -> Age {
        let Ok(record) = &self.services[number].record else {
            return Age::Unknown("its record cannot be read".into());
        };
        let origin = record.origin.clone();
        let state = self.state(&origin);
        let (digest, parts) = match state {
            Ok(state) => state,
            Err(reason) => return Age::Unknown(reason),
        };
        let history = self.history;
        let commit = origin.commit.clone().filter(|_| origin.is_committed);
        let key = (origin.template.clone(), commit, origin.digest.clone());
        self.ages.entry(key).or_insert_with(|| Age::of(&origin, &digest, &parts, history)).clone()
    }

    /// Returns the digest of a template as it is now, and what it is made of.
    fn state(&mut self, origin: &Origin) -> Result<(String, Vec<String>), String> {
        if let Some(known) = self.states.get(&origin.template) {
            return known.clone();
        }
        let state = self.folder(origin).and_then(|folder| {
            let tree = self.files.tree(&folder);
            let tree = tree.map_err(|error| format!("its template cannot be read: {}", error.reason))?;
            Ok((provenance::digest_of_tree(&tree), provenance::parts(&folder, &tree)))
        });
        self.states.entry(origin.template.clone()).or_insert(state).clone()
    }

    /// Returns the folder of a template that is in the catalog.
    fn folder(&self, origin: &Origin) -> Result<String, String> {
        let name = &origin.template;
        if let Some(template) = self.templates.iter().find(|template| template.identifier == *name) {
            return Ok(template.folder.clone());
        }
        let elsewhere = || "its template is elsewhere".to_string();
        match name.strip_prefix("./").filter(|_| origin.tag.is_none()) {
            Some(path) => normalise("", path).ok_or_else(elsewhere),
            None if name.contains('/') || name.starts_with('.') => Err(elsewhere()),
            None => Err("the catalog has no such template any more".into()),
        }
    }
}
