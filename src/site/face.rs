//! What a page says of an entity that it only mentions, found once: most entities are mentioned many times.

use rayon::prelude::*;

use super::address::Addresses;
use super::icon::{Icon, Icons};
use super::link::clip;
use super::markup::Markup;
use super::outline::Outline;
use crate::catalog::{Catalog, EntityRef};

/// An entity in a few words.
#[derive(Debug)]
pub(super) struct Face<'a> {
    /// Its path, label, tag and identifier, one after the other: whatever mentions an entity reads them together, and
    /// where it is in memory nobody has read before.
    text: Box<str>,
    /// Where the path, the label and the tag end.
    ends: [u32; 3],
    is_tagged: bool,
    pub(super) icon: Icon,
    /// The title of its blueprint.
    pub(super) kind: &'a str,
}

impl Face<'_> {
    /// Returns the path of its page.
    pub(super) fn path(&self) -> &str {
        &self.text[..self.end(0)]
    }

    /// Returns what people read.
    pub(super) fn label(&self) -> &str {
        &self.text[self.end(0)..self.end(1)]
    }

    /// Returns the first of its values that is shown as a tag.
    pub(super) fn tag(&self) -> Option<&str> {
        self.is_tagged.then(|| &self.text[self.end(1)..self.end(2)])
    }

    /// Returns what it is called in the catalog.
    pub(super) fn identifier(&self) -> &str {
        &self.text[self.end(2)..]
    }

    fn end(&self, part: usize) -> usize {
        self.ends[part] as usize
    }

    /// Writes what it is, at most `longest` characters: `Component, production`.
    pub(super) fn note(&self, longest: usize, out: &mut Markup) {
        match self.tag() {
            None => out.text(&clip(self.kind, longest)),
            Some(tag) if self.kind.len() + tag.len() + 2 <= longest => {
                out.text(self.kind).raw(", ").text(tag)
            }
            Some(tag) => out.text(&clip(&format!("{}, {tag}", self.kind), longest)),
        };
    }

    /// Writes the link to its page, on a page whose links start with `root`.
    pub(super) fn link<'m>(&self, root: &'static str, out: &'m mut Markup) -> &'m mut Markup {
        self.begin(root, out).raw("\">").text(self.label()).raw("</a>")
    }

    /// Writes the link up to the value of its address.
    pub(super) fn begin<'m>(&self, root: &'static str, out: &'m mut Markup) -> &'m mut Markup {
        out.raw("<a href=\"").raw(root).text(self.path())
    }
}

/// Returns the faces of all entities, by id.
pub(super) fn all<'a>(
    catalog: &'a Catalog,
    addresses: &Addresses,
    icons: &Icons,
    outlines: &[Outline],
) -> Vec<Face<'a>> {
    let face = |entity: EntityRef<'a>| {
        let outline = &outlines[entity.blueprint_id().index()];
        let own = entity.own_icon();
        let tag = outline.tags.first().and_then(|&number| {
            let property = &entity.blueprint().properties[number].identifier.value;
            entity.property(property)?.text()
        });
        let path = addresses.entity(entity);
        let parts = [path.as_str(), entity.label(), tag.unwrap_or_default(), entity.identifier()];
        let mut end = 0;
        Face {
            text: parts.concat().into(),
            ends: [parts[0], parts[1], parts[2]].map(|part| {
                end += u32::try_from(part.len()).expect("files are smaller than 4 GB");
                end
            }),
            is_tagged: tag.is_some(),
            icon: own.map_or(outline.icon, |own| icons.find(Some(own))),
            kind: entity.blueprint().label(),
        }
    };
    catalog.par_entities().map(face).collect()
}
