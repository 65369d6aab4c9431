//! What a catalog declares and never uses.

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Rule};

/// Pushes each blueprint without an entity. A catalog without any entity is only a model, where nothing is unused;
/// an entity that could not be placed counts for every blueprint that it fits.
pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    if catalog.entity_count() == 0 {
        return;
    }
    for (id, blueprint) in catalog.blueprints() {
        let name = &blueprint.identifier.value;
        if blueprint.system || catalog.entities_of(id).len() > 0 || catalog.has_candidate(name) {
            continue;
        }
        let message = format!("no entity is a `{name}`");
        let finding = Diagnostic::new(Rule::UnusedBlueprint, blueprint.identifier.span, message);
        found.push(finding.help("add an entity, or remove the blueprint"));
    }
}
