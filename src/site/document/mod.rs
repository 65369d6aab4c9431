//! The pages of documents, and what an entity's page says of them.

mod around;
mod image;
mod lead;
mod page;

#[cfg(test)]
mod tests;

use std::ops::Range;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::{Error, Site, address};
use crate::catalog::EntityId;
use crate::document::{Document, Documents};
use crate::model::identifier::segment;
use crate::output::{Output, Rank};
use crate::yaml::Node;
pub(super) use image::Images;
pub(super) use lead::{Lead, section};

/// How many documents are in memory at a time.
const AT_ONCE: usize = 256;

/// How many entities are taken at a time when documents are read for their pages.
pub(super) const ENTITIES_AT_ONCE: usize = 512;

/// The pages of documents are three folders below the root.
const ROOT: &str = "../../../";

/// Returns the path of a document's page.
pub(super) fn path(site: &Site<'_>, document: &Document) -> String {
    let owner = site.catalog().entity(document.owner);
    let folder = site.addresses.folder(owner.blueprint_id()).unwrap_or_default();
    format!("{}/{folder}/{}/{}.html", address::DOCUMENTS, segment(owner.identifier()), document.name)
}

/// Writes the pages of all documents and the images that they show; returns the paths of the pages and the images, for what
/// else shows them.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<(Vec<String>, Images), Error> {
    let documents = site.documents;
    let mut images = Images::default();
    let numbers: Vec<usize> = (0..documents.all().len()).collect();
    for chunk in numbers.chunks(AT_ONCE) {
        let texts = documents.texts(chunk)?;
        images.add(documents, chunk, &texts, output)?;
        chunk.par_iter().zip(&texts).try_for_each_init(Vec::new, |buffer, (&number, text)| {
            let document = &documents.all()[number];
            let page = page::page(site, &images, number, text);
            site.theme.render("document.html", page, buffer)?;
            output.write(&path(site, document), Rank::List, buffer)?;
            Ok::<_, Error>(())
        })?;
    }
    Ok((documents.all().iter().map(|document| path(site, document)).collect(), images))
}

/// The documents that entities' pages begin with, read for some entities at a time.
#[derive(Debug, Default)]
pub(super) struct Leads {
    first: usize,
    texts: Vec<Option<String>>,
}

impl Leads {
    /// Returns the texts for the entities with these numbers.
    pub(super) fn read(documents: &Documents, entities: Range<usize>) -> Result<Self, Error> {
        if documents.is_empty() {
            return Ok(Self::default());
        }
        let first = entities.start;
        let mut leads = Self { first, texts: vec![None; entities.len()] };
        let wanted: Vec<(usize, usize)> =
            entities.filter_map(|id| Some((id, *documents.of(EntityId::new(id)).first()?))).collect();
        for chunk in wanted.chunks(AT_ONCE) {
            let numbers: Vec<usize> = chunk.iter().map(|(_, number)| *number).collect();
            for ((id, _), text) in chunk.iter().zip(documents.texts(&numbers)?) {
                leads.texts[id - first] = Some(text);
            }
        }
        Ok(leads)
    }

    /// Returns the text of an entity's first document.
    pub(super) fn of(&self, entity: EntityId) -> Option<&str> {
        self.texts.get(entity.index().checked_sub(self.first)?)?.as_deref()
    }
}

/// Returns whether a value is read from documents, which the page shows as such.
pub(super) fn is_behind(site: &Site<'_>, value: Node<'_>) -> bool {
    let behind = |value| site.documents.behind(site.portal, value).is_some();
    !site.documents.is_empty()
        && (behind(value) || (value.items().next().is_some() && value.items().all(behind)))
}

/// Returns the hash of what an entity's page says of its documents, joined with `others`.
pub(super) fn hash(lead: Option<&Lead>, others: u64) -> u64 {
    let Some(lead) = lead else { return others };
    let mut hasher = Xxh3::new();
    hasher.update(&others.to_le_bytes());
    lead.hash(&mut hasher);
    hasher.digest()
}
