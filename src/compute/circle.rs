//! Columns that read each other in a circle, computed value by value.
//!
//! A cost that a domain sums up over the domains in it reads itself, but each time of another entity. The values form
//! a graph; those that wait for none are computed first, then those that waited for them only, in waves. What is left
//! in the end waits for itself.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{ColumnId, Deriving, Formula, plan};
use crate::catalog::{EntityId, EntityRef};
use crate::diagnostic::{Diagnostic, Rule};
use crate::known::document;
use crate::source::Span;

/// Waves of fewer values are computed on one thread.
const FEW: usize = 512;

/// The most values of a circle that are named.
const MOST_NAMED: usize = 8;

/// One value: a column and an entity.
type Cell = (usize, EntityId);

/// Computes the values of columns that form a circle; what waits for itself is null, and reported.
pub(super) fn compute(deriving: &mut Deriving<'_>, columns: &[ColumnId]) {
    for column in columns {
        let rows = deriving.catalog.entities_of(column.blueprint).len();
        deriving.computed.fill(column.blueprint, column.number, vec![Value::Null; rows]);
    }
    let cells: Vec<Cell> = columns
        .iter()
        .enumerate()
        .flat_map(|(at, column)| {
            deriving.catalog.entities_of(column.blueprint).map(move |entity| (at, entity.id()))
        })
        .collect();
    let numbers: FxHashMap<Cell, usize> =
        cells.iter().enumerate().map(|(number, cell)| (*cell, number)).collect();
    let waits: Vec<Vec<usize>> =
        cells.par_iter().map(|cell| waits(deriving, columns, *cell, &numbers)).collect();
    let mut left: Vec<usize> = waits.iter().map(Vec::len).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); cells.len()];
    for (number, waits) in waits.iter().enumerate() {
        waits.iter().for_each(|&on| followers[on].push(number));
    }
    let mut wave: Vec<usize> = (0..cells.len()).filter(|&number| left[number] == 0).collect();
    while !wave.is_empty() {
        let value = |&number: &usize| value(deriving, columns, cells[number]);
        let values: Vec<Value> = if wave.len() < FEW {
            wave.iter().map(value).collect()
        } else {
            wave.par_iter().map(value).collect()
        };
        for (&number, value) in wave.iter().zip(values) {
            let (at, entity) = cells[number];
            let row = deriving.computed.row(columns[at].blueprint, entity);
            deriving.computed.set(columns[at].blueprint, columns[at].number, row, value);
        }
        let mut next = Vec::new();
        for &number in &wave {
            for &follower in &followers[number] {
                left[follower] -= 1;
                if left[follower] == 0 {
                    next.push(follower);
                }
            }
        }
        next.sort_unstable();
        wave = next;
    }
    if let Some(finding) = report(deriving, columns, &cells, &waits, &left) {
        deriving.found.push(finding);
    } else if let Some(finding) = report_definitions(deriving, columns) {
        deriving.found.push(finding);
    }
}

/// Returns the values of the circle that a value needs first.
fn waits(
    deriving: &Deriving<'_>,
    columns: &[ColumnId],
    (at, entity): Cell,
    numbers: &FxHashMap<Cell, usize>,
) -> Vec<usize> {
    let known = deriving.known();
    let ends: Vec<EntityId> = match deriving.formula(columns[at]) {
        Formula::Broken => Vec::new(),
        Formula::Calculation(_) => vec![entity],
        Formula::Mirror(mirror) => {
            mirror.ends(known, known.catalog.entity(entity)).0.into_iter().map(EntityRef::id).collect()
        }
        Formula::Aggregation(aggregation) => aggregation.route.ends(known, entity, aggregation.target),
    };
    let read = plan::reads(deriving, columns[at]);
    let positions: Vec<usize> = (0..columns.len()).filter(|&other| read.contains(&columns[other])).collect();
    let cells = ends.iter().flat_map(|&end| positions.iter().map(move |&position| (position, end)));
    let mut waits: Vec<usize> = cells.filter_map(|cell| numbers.get(&cell).copied()).collect();
    waits.sort_unstable();
    waits.dedup();
    waits
}

fn value(deriving: &Deriving<'_>, columns: &[ColumnId], (at, entity): Cell) -> Value {
    let known = deriving.known();
    let asked = known.catalog.entity(entity);
    match deriving.formula(columns[at]) {
        Formula::Broken => Value::Null,
        Formula::Mirror(mirror) => mirror.value(known, asked),
        Formula::Aggregation(aggregation) => {
            let mut ends = aggregation.route.ends(known, entity, aggregation.target);
            ends.retain(|&end| aggregation.counts(known, known.catalog.entity(end), &deriving.gathered));
            aggregation.aggregate(known, &ends)
        }
        Formula::Calculation(calculation) => {
            calculation.value(&document::input(known, asked), known, entity, &deriving.failures)
        }
    }
}

/// Returns the finding that a value waits for itself, with the way round.
fn report(
    deriving: &Deriving<'_>,
    columns: &[ColumnId],
    cells: &[Cell],
    waits: &[Vec<usize>],
    left: &[usize],
) -> Option<Diagnostic> {
    let start = left.iter().position(|&left| left > 0)?;
    // Every value that is left waits for one that is left: following them comes back to one that was passed.
    let mut passed: Vec<usize> = Vec::new();
    let mut at = start;
    while !passed.contains(&at) && passed.len() <= cells.len() {
        passed.push(at);
        at = *waits[at].iter().find(|&&on| left[on] > 0)?;
    }
    let from = passed.iter().position(|&number| number == at)?;
    let circle = &passed[from..];
    let name = |number: usize| {
        let (column, entity) = cells[number];
        let (entity, column) = (deriving.catalog.entity(entity), columns[column]);
        let property = &deriving.computed.columns(column.blueprint)[column.number].identifier;
        format!("`{}.{property}`", entity.identifier())
    };
    let mut names: Vec<String> = circle.iter().take(MOST_NAMED).map(|&number| name(number)).collect();
    if circle.len() > MOST_NAMED {
        names.push("…".into());
    }
    names.push(name(at));
    let (column, entity) = cells[at];
    let message = format!("a value waits for itself: {}", names.join(" → "));
    let finding = Diagnostic::new(Rule::ComputedCycle, span(deriving, columns[column]), message);
    let finding = finding.related(deriving.catalog.entity(entity).span(), "the value of this entity");
    Some(finding.help("break the circle: read a stored property, or remove the relation that closes it"))
}

/// Returns the finding that calculations read each other: that is a circle for every entity, there or to come.
fn report_definitions(deriving: &Deriving<'_>, columns: &[ColumnId]) -> Option<Diagnostic> {
    let calculations = columns.iter().all(|&id| matches!(deriving.formula(id), Formula::Calculation(_)));
    let name = |id: &ColumnId| format!("`{}`", deriving.computed.columns(id.blueprint)[id.number].identifier);
    let first = columns.first().filter(|_| calculations)?;
    let names: Vec<String> = columns.iter().chain([first]).map(name).collect();
    let message = format!("calculations wait for each other: {}", names.join(" → "));
    let help = "let one of them read stored properties only";
    Some(Diagnostic::new(Rule::ComputedCycle, span(deriving, *first), message).help(help))
}

/// Returns where a column is defined.
fn span(deriving: &Deriving<'_>, id: ColumnId) -> Span {
    let blueprint = deriving.catalog.blueprint(id.blueprint);
    let name = &deriving.computed.columns(id.blueprint)[id.number].identifier;
    blueprint.computed(name).map_or(blueprint.identifier.span, |(_, span)| span)
}
