//! The columns that say most about the entities of a blueprint.

use super::column::Column;
use crate::catalog::BlueprintId;
use crate::model::property::Type;
use crate::site::{Site, computed, outline};

/// The most columns besides the name.
const MOST_COLUMNS: usize = 7;

/// The most columns of relations.
const MOST_RELATIONS: usize = 2;

/// The most columns of scorecards.
const MOST_LEVELS: usize = 3;

/// The longest text that is worth a column.
const LONGEST_CELL: usize = 40;

/// Returns the numbers of the columns that a page shows, in the order in which they stand.
pub(super) fn shown(site: &Site<'_>, id: BlueprintId, columns: &[Column<'_>]) -> Vec<usize> {
    let numbers = |wanted: fn(&Column<'_>) -> bool| {
        columns.iter().enumerate().filter(move |(_, column)| wanted(column)).map(|(number, _)| number)
    };
    let owner: Vec<usize> = numbers(|column| matches!(column, Column::Owner(true))).collect();
    let levels: Vec<usize> = numbers(|column| matches!(column, Column::Level(_))).take(MOST_LEVELS).collect();
    let single = numbers(|column| matches!(column, Column::Relation(_, relation) if !relation.many));
    let relations: Vec<usize> =
        single.filter(|&number| is_stated(site, id, &columns[number])).take(MOST_RELATIONS).collect();
    let room = MOST_COLUMNS - owner.len() - levels.len() - relations.len();
    let mut shown = first(room, ranked(columns, rank), |numbers| worth_a_column(site, id, columns, numbers));
    let computed = ranked(columns, rank_computed).filter(|&number| is_short(site, id, &columns[number]));
    shown.extend(computed.take(room - shown.len()));
    // The owner stands beside what kind of thing it is, and how good it is beside them.
    let at = shown.len().min(1);
    shown.splice(at..at, owner.into_iter().chain(levels).chain(relations));
    shown
}

/// Returns the first results, at most so many, that `choose` has for columns in their order. It is asked about several at
/// once, so that all entities are looked at as seldom as can be.
pub(super) fn first<T>(
    most: usize,
    mut numbers: impl Iterator<Item = usize>,
    choose: impl Fn(&[usize]) -> Vec<T>,
) -> Vec<T> {
    let mut chosen = Vec::new();
    loop {
        let next: Vec<usize> = numbers.by_ref().take(most - chosen.len()).collect();
        if next.is_empty() {
            return chosen;
        }
        chosen.extend(choose(&next));
    }
}

/// Returns the numbers of the columns that have a rank, the first in rank first.
fn ranked(columns: &[Column<'_>], rank: fn(&Column<'_>) -> Option<u8>) -> impl Iterator<Item = usize> {
    let ranks = columns.iter().enumerate().filter_map(|(number, column)| Some((rank(column)?, number)));
    let mut ranks: Vec<(u8, usize)> = ranks.collect();
    ranks.sort_unstable();
    ranks.into_iter().map(|(_, number)| number)
}

/// Returns how much a property says about an entity at a glance, the most first; `None` for what needs room.
fn rank(column: &Column<'_>) -> Option<u8> {
    let Column::Property(property) = column else { return None };
    if outline::is_description(property) {
        return None;
    }
    match (property.kind?, outline::format(property)) {
        (Type::String, None) if !property.values.is_empty() => Some(0),
        (Type::Number, _) if !property.values.is_empty() => Some(0),
        (Type::String, None | Some("user" | "team" | "ipv4" | "ipv6" | "email")) => Some(1),
        (Type::Number, _) => Some(2),
        (Type::Boolean, _) => Some(3),
        (Type::String, Some("date-time" | "timer")) => Some(4),
        _ => None,
    }
}

/// Returns the same of a computed property: those with colours first, then numbers, then other short ones.
fn rank_computed(column: &Column<'_>) -> Option<u8> {
    let Column::Computed(_, face, _) = column else { return None };
    Some(match (face.look.colors.is_empty(), face.is_number()) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 2,
    })
}

/// Returns whether any entity states the relation.
fn is_stated(site: &Site<'_>, id: BlueprintId, column: &Column<'_>) -> bool {
    let Column::Relation(number, _) = column else { return false };
    let mut entities = site.catalog().entities_of(id);
    entities
        .any(|entity| site.graph().outgoing(entity.id()).iter().any(|edge| edge.relation as usize == *number))
}

/// Returns those columns of properties that any entity has, and none so that it needs more room than a cell.
fn worth_a_column(site: &Site<'_>, id: BlueprintId, columns: &[Column<'_>], numbers: &[usize]) -> Vec<usize> {
    // With whether any entity has it so far.
    let mut left: Vec<(usize, bool)> = numbers.iter().map(|&number| (number, false)).collect();
    for entity in site.catalog().entities_of(id) {
        left.retain_mut(|(number, any)| {
            let Some(value) = columns[*number].stored(entity) else { return true };
            *any = true;
            value.text().is_some_and(|text| text.len() <= LONGEST_CELL)
        });
    }
    left.into_iter().filter(|(_, any)| *any).map(|(number, _)| number).collect()
}

fn is_short(site: &Site<'_>, id: BlueprintId, column: &Column<'_>) -> bool {
    matches!(column, Column::Computed(number, ..) if computed::is_short(site, id, *number, LONGEST_CELL))
}
