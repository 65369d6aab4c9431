//! Shifts: entities whose level in a scorecard was another at one sample of a trend than at the next.
//!
//! The catalog of the past is judged by today's scorecards, as for trends, so that a shift is something that happened to
//! the entity and not to the scorecard.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::EntityId;
use crate::known::Card;
use crate::portal::Portal;

/// The most shifts that are kept.
pub(super) const MOST: usize = 100_000;

/// The number of no level.
const NONE: u8 = u8::MAX;

/// An entity that changed its level between two samples of a trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// The position of the sample before; at the next it had changed.
    pub since: usize,
    /// The position of the scorecard among those that are judged.
    pub card: usize,
    /// The entity.
    pub entity: EntityId,
    /// The number of the level before.
    pub before: usize,
    /// The number of the level at the next sample.
    pub after: usize,
}

/// The levels of all entities of a catalog, by blueprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Levels(BTreeMap<String, Roll>);

/// The levels of the entities of a blueprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Roll {
    /// The identifiers, sorted.
    #[serde(rename = "i")]
    names: Vec<String>,
    /// The number of the level of each, by scorecard.
    #[serde(rename = "c")]
    cards: BTreeMap<String, Vec<u8>>,
}

impl Levels {
    /// Returns the levels of all entities.
    pub(super) fn of(portal: &Portal) -> Self {
        let catalog = &portal.catalog;
        let mut levels: BTreeMap<String, Roll> = BTreeMap::new();
        for card in &portal.scores.cards {
            let entities = || catalog.entities_of(card.blueprint);
            let roll = levels.entry(catalog.blueprint(card.blueprint).identifier.value.clone());
            let roll = roll.or_insert_with(|| Roll {
                names: entities().map(|entity| entity.identifier().to_string()).collect(),
                cards: BTreeMap::new(),
            });
            let level = |standing: crate::known::Standing<'_>| u8::try_from(standing.level).unwrap_or(NONE);
            let reached = entities().map(|entity| card.standing(entity.id()).map_or(NONE, level)).collect();
            roll.cards.insert(card.identifier.clone(), reached);
        }
        Self(levels)
    }

    /// Returns the levels of a scorecard with the identifiers of those that have them.
    fn card<'a>(&'a self, blueprint: &str, card: &Card) -> Option<(&'a [String], &'a [u8])> {
        let roll = self.0.get(blueprint)?;
        Some((&roll.names, roll.cards.get(&card.identifier)?))
    }
}

/// Returns the shifts between each of `levels` and the next, for the entities that there are today. An entity that was not
/// judged before has not shifted.
pub(super) fn all(portal: &Portal, levels: &[&Levels]) -> Vec<Shift> {
    let mut shifts = Vec::new();
    for (since, pair) in levels.windows(2).enumerate() {
        for (number, card) in portal.scores.cards.iter().enumerate() {
            between(portal, (since, number), card, pair[0], pair[1], &mut shifts);
        }
    }
    shifts.sort_unstable();
    shifts.drain(..shifts.len().saturating_sub(MOST));
    shifts
}

fn between(
    portal: &Portal,
    (since, number): (usize, usize),
    card: &Card,
    old: &Levels,
    new: &Levels,
    shifts: &mut Vec<Shift>,
) {
    let blueprint = &portal.catalog.blueprint(card.blueprint).identifier.value;
    let (Some((old_names, old)), Some((names, new))) = (old.card(blueprint, card), new.card(blueprint, card))
    else {
        return;
    };
    let known = |level: u8| Some(usize::from(level)).filter(|level| *level < card.levels.len());
    for (name, &after) in names.iter().zip(new) {
        let before = old_names.binary_search(name).ok().and_then(|at| old.get(at).copied());
        if before.is_none_or(|before| before == after) {
            continue;
        }
        if let Some(entity) = portal.catalog.find_entity(card.blueprint, name)
            && let (Some(before), Some(after)) = (before.and_then(known), known(after))
        {
            shifts.push(Shift { since, card: number, entity, before, after });
        }
    }
}
