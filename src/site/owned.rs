//! What a team owns: the reverse of the owners that the graph knows.

use minijinja::Value;

use super::icon::Used;
use super::link::clip;
use super::markup::Markup;
use super::record::{list, none, record};
use super::{Site, neighbour, value};
use crate::catalog::{Catalog, EntityId, EntityRef};
use crate::graph::Graph;

/// The most entities of a blueprint on the page of a team.
const MOST: usize = 50;

/// The most tags of an entity there.
const MOST_TAGS: usize = 2;

record! {
    /// What a team owns.
    Owned { count, groups }
}

record! {
    /// What a team owns of a blueprint.
    OwnedGroup { label, href, count, rows, more }
}

record! {
    /// An entity that a team owns; `link` and `tags` are markup.
    OwnedRow { link, tags, description }
}

/// The entities that each team owns, in the catalog's order.
#[derive(Debug)]
pub(super) struct Owners {
    pairs: Vec<(EntityId, EntityId)>,
}

impl Owners {
    /// Returns who owns what.
    pub(super) fn new(catalog: &Catalog, graph: &Graph) -> Self {
        let pairs = catalog.entity_ids().flat_map(|id| graph.owners(id).iter().map(move |&team| (team, id)));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_unstable();
        Self { pairs }
    }

    /// Returns the entities that a team owns.
    pub(super) fn of(&self, team: EntityId) -> &[(EntityId, EntityId)] {
        let start = self.pairs.partition_point(|(owner, _)| *owner < team);
        let length = self.pairs[start..].partition_point(|(owner, _)| *owner == team);
        &self.pairs[start..start + length]
    }
}

/// Returns what a team owns, by blueprint; nothing for what owns nothing.
pub(super) fn table(site: &Site<'_>, team: EntityRef<'_>, root: &'static str, icons: &mut Used<'_>) -> Value {
    let owned = site.owners.of(team.id());
    if owned.is_empty() {
        return none();
    }
    let blueprint = |pair: &(EntityId, EntityId)| site.catalog().entity(pair.1).blueprint_id();
    let mut groups = Vec::new();
    for group in owned.chunk_by(|a, b| blueprint(a) == blueprint(b)) {
        let outline = site.outline(blueprint(&group[0]));
        let rows = group.iter().take(MOST).map(|&(_, id)| row(site, id, root, icons));
        groups.push(OwnedGroup {
            label: outline.label.clone(),
            href: Value::from(format!("{root}{}", outline.page.as_deref().unwrap_or_default())),
            count: Value::from(group.len()),
            rows: list(rows.collect::<Vec<_>>()),
            more: Value::from(group.len().saturating_sub(MOST)),
        });
    }
    Owned { count: Value::from(owned.len()), groups: list(groups) }.into()
}

fn row(site: &Site<'_>, id: EntityId, root: &'static str, icons: &mut Used<'_>) -> OwnedRow {
    let entity = site.catalog().entity(id);
    let outline = site.outline(entity.blueprint_id());
    let mut link = Markup::default();
    neighbour::rich_link(site, id, root, icons, &mut link);
    let mut tags = Markup::default();
    for &number in outline.tags.iter().take(MOST_TAGS) {
        let property = &entity.blueprint().properties[number];
        if let Some(text) = entity.property(&property.identifier.value).and_then(|node| node.text()) {
            value::scalar(property, text).write(root, &mut tags);
            tags.raw(" ");
        }
    }
    let description =
        entity.property("description").filter(|_| outline.described).and_then(|node| node.as_str());
    OwnedRow {
        link: link.finish(),
        tags: tags.finish(),
        description: description.map_or_else(none, |text| Value::from(&*clip(text, 120))),
    }
}
