//! Identifiers that are different, and yet too much alike.

use rustc_hash::FxHashMap;

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::identifier::segment;
use crate::source::Span;

/// Pushes identifiers, of blueprints and of the entities of each, that differ only by case: people confuse them,
/// and their pages would be one file on a disk that ignores case.
pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let names = catalog
        .blueprints()
        .map(|(_, blueprint)| (blueprint.identifier.value.as_str(), blueprint.identifier.span));
    check_names(names, "blueprint", found);
    for (id, blueprint) in catalog.blueprints() {
        let names = catalog.entities_of(id).map(|entity| (entity.identifier(), entity.span()));
        check_names(names, &format!("`{}`", blueprint.identifier.value), found);
    }
}

fn check_names<'a>(
    names: impl ExactSizeIterator<Item = (&'a str, Span)>,
    of: &str,
    found: &mut Vec<Diagnostic>,
) {
    let mut seen: FxHashMap<String, (&str, Span)> = FxHashMap::default();
    seen.reserve(names.len());
    for (name, span) in names {
        let path = segment(name).to_lowercase();
        let Some((other, first)) = seen.get(&path) else {
            seen.insert(path, (name, span));
            continue;
        };
        // Two orders of one pair are one finding: at the later place.
        let (late, early) = if span > *first { (span, *first) } else { (*first, span) };
        let message = if name.to_lowercase() == other.to_lowercase() {
            format!("`{name}` and `{other}` differ only by case")
        } else {
            format!("the pages of `{name}` and `{other}` would have one path")
        };
        let finding = Diagnostic::new(Rule::IdentifierCollision, late, message);
        found.push(finding.related(early, format!("the other {of}")).help("rename one of them"));
    }
}
