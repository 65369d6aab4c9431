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
    pub(super) identifier: &'a str,
    /// What people read.
    pub(super) label: &'a str,
    /// The path of its page.
    pub(super) path: String,
    pub(super) icon: Icon,
    /// The title of its blueprint.
    pub(super) kind: &'a str,
    /// The first of its values that is shown as a tag.
    pub(super) tag: Option<&'a str>,
}

impl Face<'_> {
    /// Writes what it is, at most `longest` characters: `Component, production`.
    pub(super) fn note(&self, longest: usize, out: &mut Markup) {
        match self.tag {
            None => out.text(&clip(self.kind, longest)),
            Some(tag) if self.kind.len() + tag.len() + 2 <= longest => {
                out.text(self.kind).raw(", ").text(tag)
            }
            Some(tag) => out.text(&clip(&format!("{}, {tag}", self.kind), longest)),
        };
    }

    /// Writes the link to its page, on a page whose links start with `root`.
    pub(super) fn link<'m>(&self, root: &'static str, out: &'m mut Markup) -> &'m mut Markup {
        self.begin(root, out).raw("\">").text(self.label).raw("</a>")
    }

    /// Writes the link up to the value of its address.
    pub(super) fn begin<'m>(&self, root: &'static str, out: &'m mut Markup) -> &'m mut Markup {
        out.raw("<a href=\"").raw(root).text(&self.path)
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
        Face {
            identifier: entity.identifier(),
            label: entity.label(),
            path: addresses.entity(entity),
            icon: own.map_or(outline.icon, |own| icons.find(Some(own))),
            kind: entity.blueprint().label(),
            tag,
        }
    };
    catalog.par_entities().map(face).collect()
}
