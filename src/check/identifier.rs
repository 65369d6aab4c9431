//! Identifiers that are different, and yet too much alike.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::catalog::{Catalog, EntityId};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::identifier::segment;
use crate::source::Span;

/// Pushes identifiers, of blueprints and of the entities of each, that differ only by case: people confuse them,
/// and their pages would be one file on a disk that ignores case.
pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let blueprints: Vec<_> = catalog.blueprints().map(|(_, blueprint)| &blueprint.identifier).collect();
    let (name, span) = (|at: usize| blueprints[at].value.as_str(), |at: usize| blueprints[at].span);
    check_names(blueprints.len(), name, span, "blueprint", found);
    for (id, blueprint) in catalog.blueprints() {
        let entities = catalog.entities_of(id);
        let (count, of) = (entities.len(), format!("`{}`", blueprint.identifier.value));
        let start = catalog.entities_of(id).next().map_or(0, |first| first.id().index());
        let entity = |at: usize| catalog.entity(EntityId::new(start + at));
        check_names(count, |at| entity(at).identifier(), |at| entity(at).span(), &of, found);
    }
}

/// Pushes what is too much alike among `count` names; `of` is what they name.
fn check_names<'a>(
    count: usize,
    name: impl Fn(usize) -> &'a str,
    span: impl Fn(usize) -> Span,
    of: &str,
    found: &mut Vec<Diagnostic>,
) {
    let hash = |at: usize| fold(&segment(name(at)));
    let mut seen: HashTable<usize> = HashTable::with_capacity(count);
    for at in 0..count {
        let hash_of = hash(at);
        let alike = |&other: &usize| segment(name(other)).eq_ignore_ascii_case(&segment(name(at)));
        match seen.find(hash_of, alike) {
            None => {
                seen.insert_unique(hash_of, at, |&other| hash(other));
            }
            Some(&first) => found.push(collision((name(first), span(first)), (name(at), span(at)), of)),
        }
    }
}

/// Returns the hash of a segment, which is ASCII, whatever the case of its letters.
fn fold(segment: &str) -> u64 {
    let mut hasher = FxHasher::default();
    segment.bytes().for_each(|byte| hasher.write_u8(byte.to_ascii_lowercase()));
    hasher.finish()
}

fn collision((one, first): (&str, Span), (other, second): (&str, Span), of: &str) -> Diagnostic {
    // Two orders of one pair are one finding: at the later place.
    let (late, early) = if second > first { (second, first) } else { (first, second) };
    let message = if other.to_lowercase() == one.to_lowercase() {
        format!("`{other}` and `{one}` differ only by case")
    } else {
        format!("the pages of `{other}` and `{one}` would have one path")
    };
    let finding = Diagnostic::new(Rule::IdentifierCollision, late, message);
    finding.related(early, format!("the other {of}")).help("rename one of them")
}
