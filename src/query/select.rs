//! From a selection to the entities it means.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::Value;

use super::column::{Column, Scope, defaults};
use super::find::{self, label};
use super::walk::{Row, reached, walk};
use super::{Answer, QueryError, Selection};
use crate::catalog::{BlueprintId, EntityId};
use crate::graph::Direction;
use crate::jq::{self, Filter};
use crate::known::document;
use crate::portal::Portal;
use crate::printable::shown;

/// Returns the answer to `selection`, each entity with the columns named; usual ones when none are.
///
/// # Errors
/// When the selection names what does not exist, or its condition is not jq or fails for an entity.
pub fn run(portal: &Portal, selection: &Selection, columns: &[String]) -> Result<Answer, QueryError> {
    check(selection)?;
    let condition = selection.condition.as_deref().map(compile).transpose()?;
    let Start { root, walked, mut rows } = start(portal, selection)?;
    if let Some(among) = &selection.among {
        rows.retain(|row| among.contains(&row.entity));
    }
    keep_related(portal, selection, &mut rows)?;
    if let Some((source, filter)) = &condition {
        rows = keep_holding(portal, source, filter, rows)?;
    }
    let single = root.is_some() && !walks(selection) && columns.is_empty();
    let columns = pick(portal, selection, columns, &rows)?;
    if let Some(name) = &selection.sort {
        sort(portal, selection, name, &mut rows)?;
    }
    rows.truncate(selection.limit.unwrap_or(usize::MAX));
    let single = single && rows.len() == 1;
    Ok(Answer { rows, columns, root, walked, single })
}

fn walks(selection: &Selection) -> bool {
    selection.upstream || selection.downstream
}

/// Refuses what cannot be meant.
fn check(selection: &Selection) -> Result<(), QueryError> {
    let follows = walks(selection) || !selection.depends_on.is_empty() || !selection.used_by.is_empty();
    if walks(selection) && selection.entity.is_none() {
        let error = QueryError::new("upstream and downstream start from an entity, and none is named");
        return Err(error.help("name one: portal query CartService --upstream"));
    }
    if selection.depth == Some(0) {
        return Err(
            QueryError::new("a depth of 0 reaches nothing").help("the nearest entities are at depth 1")
        );
    }
    if selection.depth.is_some() && !follows {
        let error = QueryError::new("a depth says how far to follow relations, and none are followed");
        return Err(error.help("add --upstream, --downstream, --depends-on or --used-by"));
    }
    Ok(())
}

fn compile(source: &str) -> Result<(&str, Filter), QueryError> {
    let filter = Filter::compile(source).map_err(|error| QueryError::condition(source, error))?;
    if filter.assigns() {
        let error = QueryError::new("the condition sets a value, so that it always holds");
        return Err(error.help("compare with `==`"));
    }
    Ok((source, filter))
}

/// Where a selection starts.
struct Start {
    /// The entity that it is about, if it is about one.
    root: Option<EntityId>,
    /// All that was walked over from there.
    walked: Vec<Row>,
    /// The entities to choose from.
    rows: Vec<Row>,
}

/// Returns where the selection starts.
fn start(portal: &Portal, selection: &Selection) -> Result<Start, QueryError> {
    let catalog = &portal.catalog;
    let blueprint = selection.blueprint.as_deref().map(|name| find::blueprint(portal, name)).transpose()?;
    let Some(name) = &selection.entity else {
        let rows = match blueprint {
            Some(blueprint) => catalog.entities_of(blueprint).map(Row::new).collect(),
            None => catalog.entities().map(Row::new).collect(),
        };
        return Ok(Start { root: None, walked: Vec::new(), rows });
    };
    let root = match blueprint {
        Some(blueprint) => find::entity_of(portal, blueprint, name)?,
        None => find::entity(portal, name)?,
    };
    let depth = selection.depth.unwrap_or(usize::MAX);
    let mut walked = Vec::new();
    let asked = [(selection.upstream, Direction::Upstream), (selection.downstream, Direction::Downstream)];
    for (asked, direction) in asked {
        if asked {
            walked.extend(walk(&portal.graph, root, direction, depth));
        }
    }
    let rows = if walks(selection) { walked.clone() } else { vec![Row::new(catalog.entity(root))] };
    Ok(Start { root: Some(root), walked, rows })
}

/// Keeps the rows that depend on, or are used by, what the selection names.
fn keep_related(portal: &Portal, selection: &Selection, rows: &mut Vec<Row>) -> Result<(), QueryError> {
    let depth = selection.depth.unwrap_or(usize::MAX);
    let named = [(&selection.depends_on, Direction::Downstream), (&selection.used_by, Direction::Upstream)];
    for (names, direction) in named {
        let ends = names.iter().map(|name| find::entity(portal, name)).collect::<Result<Vec<_>, _>>()?;
        let sets = reached(portal, &ends, direction, depth);
        rows.retain(|row| sets.iter().all(|set| set.contains(&row.entity)));
    }
    Ok(())
}

/// Keeps the rows for which the condition holds.
fn keep_holding(
    portal: &Portal,
    source: &str,
    filter: &Filter,
    rows: Vec<Row>,
) -> Result<Vec<Row>, QueryError> {
    let known = portal.known();
    let holds = |row: &Row| {
        let entity = portal.catalog.entity(row.entity);
        filter.holds(&document::input(known, entity), known.now.seconds())
    };
    let answers: Vec<Result<bool, String>> = jq::on_deep_stack(|| rows.par_iter().map(holds).collect());
    if filter.is_spent() {
        let error = QueryError::new("the condition takes too many steps");
        return Err(error.help("see that its loops and recursions end"));
    }
    let mut failures =
        rows.iter().zip(&answers).filter_map(|(row, answer)| Some((row, answer.as_ref().err()?)));
    if let Some((row, reason)) = failures.next() {
        return Err(fails(portal, source, row, reason, failures.count()));
    }
    Ok(rows.into_iter().zip(answers).filter(|(_, answer)| *answer == Ok(true)).map(|(row, _)| row).collect())
}

fn fails(portal: &Portal, source: &str, row: &Row, reason: &str, others: usize) -> QueryError {
    let entity = shown(&label(portal.catalog.entity(row.entity)));
    let others = match others {
        0 => String::new(),
        1 => ", and for another entity".into(),
        _ => format!(", and for {others} other entities"),
    };
    let error = QueryError::new(format!("the condition fails for `{entity}`{others}: {}", shown(reason)));
    let help = format!("to leave out the entities for which it fails, write ({})?", shown(source));
    error.help(help)
}

/// Returns the columns named, each once, or the usual ones.
fn pick(
    portal: &Portal,
    selection: &Selection,
    names: &[String],
    rows: &[Row],
) -> Result<Vec<Column>, QueryError> {
    let blueprints = blueprints(portal, selection, rows);
    let scope = Scope { portal, blueprints: &blueprints, walk: walks(selection) };
    let both_ways = selection.upstream && selection.downstream;
    let usual = if names.is_empty() { defaults(scope, both_ways) } else { Vec::new() };
    let mut columns: Vec<Column> = Vec::new();
    for name in names.iter().chain(&usual) {
        let column = Column::parse(name, scope)?;
        if !columns.iter().any(|other| other.name == column.name) {
            columns.push(column);
        }
    }
    Ok(columns)
}

/// Returns the blueprints whose columns can be asked for: the one selected, else those of the rows, else all.
fn blueprints(portal: &Portal, selection: &Selection, rows: &[Row]) -> BTreeSet<BlueprintId> {
    let named = selection.blueprint.as_deref().filter(|_| !walks(selection));
    if let Some(named) = named.and_then(|name| portal.catalog.find_blueprint(name)) {
        return [named].into();
    }
    let of = |row: &Row| portal.catalog.entity(row.entity).blueprint_id();
    let found: BTreeSet<BlueprintId> = rows.iter().map(of).collect();
    if found.is_empty() { portal.catalog.blueprints().map(|(id, _)| id).collect() } else { found }
}

/// Sorts by a column; rows without a value come last either way, equal ones keep their order.
fn sort(portal: &Portal, selection: &Selection, name: &str, rows: &mut Vec<Row>) -> Result<(), QueryError> {
    let (name, descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
    let blueprints = blueprints(portal, selection, rows);
    let column = Column::parse(name, Scope { portal, blueprints: &blueprints, walk: walks(selection) })?;
    let mut keyed: Vec<(Value, Row)> = rows.drain(..).map(|row| (column.value(portal, &row), row)).collect();
    keyed.sort_by(|(a, _), (b, _)| match (is_empty(a), is_empty(b)) {
        (false, false) if descending => compare(b, a),
        (false, false) => compare(a, b),
        (a, b) => a.cmp(&b),
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
    Ok(())
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Compares two values: numbers as numbers, lists item by item, all else as text; numbers before text.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().unwrap_or(f64::NAN).total_cmp(&b.as_f64().unwrap_or(f64::NAN))
        }
        (Value::Number(_), _) => Ordering::Less,
        (_, Value::Number(_)) => Ordering::Greater,
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            let unequal = a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne());
            unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (a, b) => a.to_string().cmp(&b.to_string()),
    }
}
