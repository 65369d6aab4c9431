//! What would be wrong with the catalog after a plan, and is not now.

use std::collections::BTreeMap;

use super::{Plan, called};
use crate::catalog::EntityRef;
use crate::diagnostic::Diagnostic;
use crate::history::Prospect;
use crate::model::phrase::clip;
use crate::portal::Portal;
use crate::printable::plural;
use crate::runtime::request::EntityName;
use crate::worktree::Files;

/// Beyond so many errors, the rest are counted.
const MOST: usize = 100;

/// Returns every reason against a plan: errors that the catalog does not have without it, and entities, by name, that
/// would not be there or not be gone.
pub(super) fn judge(
    portal: &Portal,
    files: &dyn Files,
    plan: &Plan,
    names: &BTreeMap<EntityName, bool>,
) -> Vec<String> {
    let surprises = |after: &Portal| -> Vec<String> {
        names.iter().filter_map(|(name, there)| surprise(after, name, *there)).collect()
    };
    if plan.files.is_empty() {
        return surprises(portal);
    }
    let prospect = match Prospect::of(portal, files, &plan.files) {
        Ok(prospect) => prospect,
        Err(error) => return vec![error.to_string()],
    };
    let after = &prospect.portal;
    let mut reasons: Vec<String> =
        prospect.errors().take(MOST).map(|finding| reason(after, finding)).collect();
    if let Some(more) = prospect.errors().count().checked_sub(MOST).filter(|&more| more > 0) {
        reasons.push(format!("and {}", plural(more, "more error", "more errors")));
    }
    reasons.extend(surprises(after));
    reasons
}

/// Returns a finding as a reason: where, which entity has it, and what it is.
fn reason(portal: &Portal, finding: &Diagnostic) -> String {
    let span = finding.primary.span;
    let source = portal.sources.get(span.source);
    let holds = |entity: &EntityRef<'_>| {
        let node = entity.node().span();
        node.source == span.source && node.start <= span.start && span.end <= node.end
    };
    let holder =
        portal.catalog.entities().find(holds).map(|entity| format!(" ({})", called(&name_of(entity))));
    let label = Some(finding.primary.text.as_str()).filter(|text| !text.is_empty());
    let label = label.map(|text| format!(": {text}")).unwrap_or_default();
    format!(
        "{}:{}: {}{label}{}",
        source.path(),
        source.line_at(span.start),
        finding.message,
        holder.unwrap_or_default()
    )
}

fn name_of(entity: EntityRef<'_>) -> EntityName {
    let blueprint = entity.blueprint().identifier.value.clone();
    EntityName { blueprint, identifier: entity.identifier().to_string() }
}

/// Returns why an entity is not what it should be after the plan: there, or gone.
fn surprise(after: &Portal, name: &EntityName, there: bool) -> Option<String> {
    let catalog = &after.catalog;
    let blueprint = catalog.find_blueprint(&name.blueprint);
    let entity = blueprint.and_then(|blueprint| catalog.find_entity(blueprint, &name.identifier));
    let entity = entity.map(|id| catalog.entity(id));
    match (entity, there) {
        (None, true) => Some(format!("{} would not be part of the catalog", called(name))),
        (Some(entity), false) => {
            let path = after.sources.get(entity.source()).path();
            let by = if entity.origin().is_some() {
                "an integration says that it exists"
            } else {
                "it is written again"
            };
            Some(format!("{} cannot be deleted: {by} ({})", called(name), clip(path)))
        }
        _ => None,
    }
}
