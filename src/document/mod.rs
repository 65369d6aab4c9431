//! The documents of entities: which Markdown files belong to which entity, what each is called, and their texts.
//!
//! An entity has a README and the folders `docs`, `adr` and `decisions` of its own folder, in the order of `mkdocs.yml` when
//! there is one, and the Markdown files that its properties are read from (`file://docs/runbook.md`). Its own folder is that
//! of its file outside the folders of the catalog, or what `site.documents` of the configuration gives. Texts are read in
//! batches and not kept: a catalog has more documents than fit in memory.

mod find;
mod folder;
mod name;
mod nav;
mod reference;
mod title;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::catalog::EntityId;
use crate::worktree::{Content, Files, Unreadable};

/// The largest document that is shown, in bytes.
pub const LARGEST: usize = 512 * 1024;

/// The most documents of one entity.
pub const MOST: usize = 500;

/// How many documents are read at a time.
const AT_ONCE: usize = 256;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its path, relative to the catalog root.
    pub path: String,
    /// The entity that has its page: the first of those that it belongs to.
    pub owner: EntityId,
    /// What its page is called among those of the owner, without an extension.
    pub name: String,
    /// What it says that it is called, else what its file is called.
    pub title: String,
}

/// Something that is left out, and why, as a sentence.
pub type Warning = String;

/// The documents of a catalog, in the order of their owners and, for each, in reading order.
#[derive(Default)]
pub struct Documents {
    all: Vec<Document>,
    of: BTreeMap<EntityId, Vec<usize>>,
    by_path: FxHashMap<String, usize>,
    /// Every file of the catalog's folder, sorted.
    listed: Vec<String>,
    warnings: Vec<Warning>,
    /// Locked while a batch is read, by one thread at a time.
    files: Option<Mutex<Box<dyn Files + Send>>>,
}

impl fmt::Debug for Documents {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Documents").field("all", &self.all).finish_non_exhaustive()
    }
}

impl Documents {
    /// Returns every document: what an index of documents is made from.
    pub fn all(&self) -> &[Document] {
        &self.all
    }

    /// Returns whether no entity has a document.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Returns the numbers of the documents of an entity, in reading order.
    pub fn of(&self, entity: EntityId) -> &[usize] {
        self.of.get(&entity).map_or(&[], Vec::as_slice)
    }

    /// Returns the document at a path, if it is one.
    pub fn at(&self, path: &str) -> Option<&Document> {
        self.by_path.get(path).map(|&at| &self.all[at])
    }

    /// Returns whether there is a file at a path.
    pub fn is_file(&self, path: &str) -> bool {
        self.listed.binary_search_by(|file| file.as_str().cmp(path)).is_ok()
    }

    /// Returns whether there is a folder with a file at a path.
    pub fn is_folder(&self, path: &str) -> bool {
        let prefix = format!("{path}/");
        let at = self.listed.partition_point(|file| file.as_str() < prefix.as_str());
        self.listed.get(at).is_some_and(|file| file.starts_with(&prefix))
    }

    /// Returns what was left out, for whoever builds the site.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Returns the texts of documents, by their numbers: those that can no longer be read are empty.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn texts(&self, numbers: &[usize]) -> Result<Vec<String>, Unreadable> {
        let paths: Vec<String> = numbers.iter().map(|&number| self.all[number].path.clone()).collect();
        let contents = self.read(&paths, LARGEST)?;
        Ok(contents.into_iter().map(|content| text_of(&content).unwrap_or_default().to_string()).collect())
    }

    /// Returns what files hold, in the order of `paths`, which must be files of the catalog.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(&self, paths: &[String], most: usize) -> Result<Vec<Content>, Unreadable> {
        let Some(files) = &self.files else { return Ok(Vec::new()) };
        files.lock().unwrap_or_else(PoisonError::into_inner).read(paths, most)
    }
}

/// Returns the text of a document, if it is one.
fn text_of(content: &Content) -> Option<&str> {
    match content {
        Content::Text(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Content::Bytes(_) | Content::TooLarge(_) => None,
    }
}

#[cfg(test)]
mod tests;
