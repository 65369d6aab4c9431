//! Facts in conditions: values that other tools gave, which may be missing or too old.

use super::test::Asked;
use crate::model::instant::{Age, Instant};

/// Returns whether nothing can be said about a property: it is a fact that is older than it may be, or one that is
/// expected and missing. Whether there is a value at all can be said of a missing fact, too.
pub(super) fn is_doubtful(asked: &Asked<'_>, name: &str, max_age: Option<Age>, presence: bool) -> bool {
    let Some(fact) = asked.entity.fact(name) else {
        let missing = || asked.known.value(asked.entity, name).is_nothing();
        let expected = max_age.is_some() || asked.known.catalog.is_fact(asked.entity.blueprint_id(), name);
        return !presence && expected && missing();
    };
    let most = max_age.or(fact.max_age);
    most.zip(fact.as_of).is_some_and(|(most, as_of)| is_stale(as_of, most, asked.known.now))
}

/// Returns whether what was so at `as_of` is older than `most` at `now`.
pub(super) fn is_stale(as_of: Instant, most: Age, now: Instant) -> bool {
    now.since(as_of) > most
}
