//! The entities around one: what it points at and what points at it, by relation.

use super::Site;
use super::icon::Used;
use super::markup::Markup;
use super::record::{list, maybe, record};
use crate::catalog::{EntityId, EntityRef};
use crate::graph::Edge;
use crate::model::blueprint::Blueprint;
use crate::model::relation::{Inverse, Relation};
use minijinja::Value;

/// The most links of a relation on a page.
const MOST_LINKS: usize = 100;

/// Entities that one relation leads to.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// What the relation is called from here.
    pub(super) label: &'a str,
    /// The blueprint that states it, when it is not this one and has not named this direction.
    pub(super) of: Option<&'a str>,
    /// The number of the relation among the entity's own, when it is one of them.
    pub(super) own: Option<usize>,
    /// Whether they are parts of the entity.
    pub(super) parts: bool,
    pub(super) entities: Vec<EntityId>,
}

record! {
    /// Entities that one relation leads to, for a template; `links` is markup.
    Links {
        label,
        of,
        links,
        /// How many there are besides.
        more,
    }
}

/// Returns what an entity points at, in the order of its blueprint.
pub(super) fn uses<'a>(site: &'a Site<'_>, entity: EntityRef<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<(u32, Group<'a>)> = Vec::new();
    for edge in site.graph().outgoing(entity.id()) {
        match groups.last_mut().filter(|(relation, _)| *relation == edge.relation) {
            Some((_, group)) => group.entities.push(edge.to),
            None => {
                let label = edge.definition(site.catalog()).label();
                groups.push((
                    edge.relation,
                    Group {
                        label,
                        of: None,
                        own: Some(edge.relation as usize),
                        parts: false,
                        entities: vec![edge.to],
                    },
                ));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Returns what points at an entity, by blueprint and relation. Where a relation of its own says the same as one
/// that points here, it is not said twice.
pub(super) fn used_by<'a>(site: &'a Site<'_>, entity: EntityRef<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<((usize, u32), Group<'a>)> = Vec::new();
    for edge in site.graph().incoming(entity.id()) {
        let blueprint = site.catalog().entity(edge.from).blueprint_id();
        let relation = edge.definition(site.catalog());
        if is_said(site, entity, edge, relation) {
            continue;
        }
        let key = (blueprint.index(), edge.relation);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.entities.push(edge.from),
            None => {
                let (label, of) = incoming(relation, site.catalog().blueprint(blueprint));
                let parts = site.hierarchy.is_part(edge);
                groups.push((key, Group { label, of, own: None, parts, entities: vec![edge.from] }));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Returns what a relation is called from its target, and who states it when that must be said.
fn incoming<'a>(relation: &'a Relation, from: &'a Blueprint) -> (&'a str, Option<&'a str>) {
    match &relation.inverse {
        Some(Inverse::Title(title)) => (title, None),
        _ => (relation.label(), Some(from.label())),
    }
}

/// Returns whether the entity itself has a relation that is the inverse of `edge` and says the same.
fn is_said(site: &Site<'_>, entity: EntityRef<'_>, edge: &Edge, relation: &Relation) -> bool {
    let says = |own: &Relation| match (&own.inverse, &relation.inverse) {
        (Some(Inverse::Relation(name)), _) if name.value == relation.identifier.value => true,
        (_, Some(Inverse::Relation(name))) => name.value == own.identifier.value,
        _ => false,
    };
    let own = entity.blueprint().relations.iter().enumerate().filter(|(_, own)| says(own));
    let mut own = own.map(|(number, _)| number);
    own.any(|number| {
        let mut outgoing = site.graph().outgoing(entity.id()).iter();
        outgoing.any(|stated| stated.relation as usize == number && stated.to == edge.from)
    })
}

/// Returns groups for the lists of a page; `links` is markup.
pub(super) fn links(site: &Site<'_>, groups: &[Group<'_>], root: &'static str) -> Value {
    list(groups.iter().map(|group| {
        let mut links = Markup::with_capacity(256);
        for (at, &id) in group.entities.iter().take(MOST_LINKS).enumerate() {
            links.raw(if at > 0 { ", " } else { "" });
            site.face(id).link(root, &mut links);
        }
        Links {
            label: Value::from(group.label),
            of: maybe(group.of),
            links: links.finish(),
            more: Value::from(group.entities.len().saturating_sub(MOST_LINKS)),
        }
    }))
}

/// Writes the link to an entity, and its identifier when it is called otherwise.
pub(super) fn named_link(site: &Site<'_>, id: EntityId, root: &'static str, out: &mut Markup) {
    let face = site.face(id);
    face.link(root, out);
    if face.label() != face.identifier() {
        out.raw(" <span class=\"id p3\">").text(face.identifier()).raw("</span>");
    }
}

/// Writes the link to an entity with its icon, and its identifier when it is called otherwise.
pub(super) fn rich_link(
    site: &Site<'_>,
    id: EntityId,
    root: &'static str,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    let face = site.face(id);
    out.raw("<a class=\"k\" href=\"")
        .raw(root)
        .text(face.path())
        .raw("\"><svg aria-hidden=\"true\"><use href=\"#");
    out.raw(icons.add(face.icon)).raw("\"/></svg><b>").text(face.label()).raw("</b>");
    if face.label() != face.identifier() {
        out.raw(" <span class=\"id p3\">").text(face.identifier()).raw("</span>");
    }
    out.raw("</a>");
}
