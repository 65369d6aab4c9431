//! Relations between entities: those that are new, and those that are gone.

use rayon::prelude::*;

use super::{Fate, Name, RelationChange};
use crate::catalog::EntityRef;
use crate::portal::Portal;

/// A relation by names: of its source, itself, and its target.
type Link<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// Returns the relations that one catalog has and the other has not.
pub(super) fn compare(base: &Portal, head: &Portal) -> Vec<RelationChange> {
    let (old, new) = (links(base), links(head));
    let mut changes = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    while at_old < old.len() || at_new < new.len() {
        match (old.get(at_old), new.get(at_new)) {
            (Some(one), Some(other)) if one == other => (at_old, at_new) = (at_old + 1, at_new + 1),
            (Some(one), other) if other.is_none_or(|other| one < other) => {
                changes.push(change(Fate::Removed, one));
                at_old += 1;
            }
            (_, Some(other)) => {
                changes.push(change(Fate::Added, other));
                at_new += 1;
            }
            (_, None) => break,
        }
    }
    changes
}

fn links(portal: &Portal) -> Vec<Link<'_>> {
    let catalog = &portal.catalog;
    let blueprint =
        |entity: EntityRef<'_>| catalog.blueprint(entity.blueprint_id()).identifier.value.as_str();
    let link = |edge: &crate::graph::Edge| {
        let (from, to) = (catalog.entity(edge.from), catalog.entity(edge.to));
        let relation = edge.definition(catalog).identifier.value.as_str();
        (blueprint(from), from.identifier(), relation, blueprint(to), to.identifier())
    };
    let mut links: Vec<Link<'_>> = portal.graph.edges().par_iter().map(link).collect();
    links.par_sort_unstable();
    links.dedup();
    links
}

fn change(fate: Fate, link: &Link<'_>) -> RelationChange {
    let (from_blueprint, from, relation, to_blueprint, to) = *link;
    let name = |blueprint: &str, identifier: &str| Name {
        blueprint: blueprint.into(),
        identifier: identifier.into(),
    };
    RelationChange {
        fate,
        from: name(from_blueprint, from),
        relation: relation.into(),
        to: name(to_blueprint, to),
    }
}
