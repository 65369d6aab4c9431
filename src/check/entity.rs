//! Entities: their stored values against their blueprint.

use super::unknown_icon;
use crate::catalog::{Catalog, EntityRef};
use crate::diagnostic::Diagnostic;
use crate::graph::unknown_team;
use crate::model::Spanned;

/// Returns what is wrong with the stored values of an entity.
pub(super) fn check(catalog: &Catalog, entity: EntityRef<'_>) -> Vec<Diagnostic> {
    let mut found = catalog.violations(entity);
    for property in entity.blueprint().properties.iter().filter(|property| property.is_team()) {
        let value = entity.property(&property.identifier.value);
        let named = value.into_iter().flat_map(|value| std::iter::once(value).chain(value.items()));
        found.extend(named.filter_map(|name| unknown_team(catalog, name)));
    }
    if let Some(icon) = entity.field("icon") {
        let icon = icon.as_str().map(|name| Spanned::new(name.to_string(), icon.span()));
        found.extend(icon.as_ref().and_then(unknown_icon));
    }
    found
}
