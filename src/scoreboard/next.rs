//! What to fix next: the rules that, fixed alone, lift most entities to the next level.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Board;
use super::sheet::Sheet;
use crate::catalog::EntityId;

/// The most entities that are named.
const NAMED: usize = 3;

/// Returns a row for each scorecard, rule and step between levels, those that lift most entities first.
pub(super) fn sheet(board: &Board<'_>) -> Sheet {
    let mut fixes: BTreeMap<(usize, usize, usize, usize), Vec<EntityId>> = BTreeMap::new();
    for (number, &card) in board.cards().iter().enumerate() {
        for standing in board.standings_of(card) {
            if let Some((next, missing)) = standing.next()
                && let [only] = missing.as_slice()
            {
                fixes.entry((number, *only, standing.level, next)).or_default().push(standing.entity);
            }
        }
    }
    let mut fixes: Vec<_> = fixes.into_iter().collect();
    fixes.sort_by_key(|(_, entities)| Reverse(entities.len()));
    let row = |((number, rule, from, to), entities): ((usize, usize, usize, usize), Vec<EntityId>)| {
        let card = board.cards()[number];
        vec![
            card.identifier.clone(),
            card.rules[rule].identifier.clone(),
            format!("{} → {}", card.levels[from].title, card.levels[to].title),
            entities.len().to_string(),
            named(board, &entities),
        ]
    };
    Sheet {
        header: vec!["scorecard", "rule", "step", "entities", "which"],
        rows: fixes.into_iter().map(row).collect(),
    }
}

fn named(board: &Board<'_>, entities: &[EntityId]) -> String {
    let names = entities.iter().take(NAMED).map(|&id| board.portal.catalog.entity(id).identifier());
    let names: Vec<&str> = names.collect();
    match entities.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
