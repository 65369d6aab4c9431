//! Filters of lists and mappings.

use std::cmp::Ordering;
use std::rc::Rc;

use super::arguments::Arguments;
use super::budget::Budget;
use super::filter::{entries_of, found, items_of, unique};
use super::value::{Value, number};
use super::wrong::Wrong;
use crate::model::phrase::clip;

/// The filters that [`apply`] knows.
pub(super) const NAMES: &[&str] = &[
    "batch", "dictsort", "first", "groupby", "items", "join", "keys", "last", "list", "max", "min",
    "reverse", "slice", "sort", "sum", "unique", "values", "zip",
];

/// Returns what a filter makes of a list or mapping.
pub(super) fn apply(
    budget: &Budget,
    name: &str,
    value: &Value,
    arguments: &mut Arguments<'_>,
) -> Result<Value, Wrong> {
    match name {
        "items" | "keys" | "values" | "dictsort" => return of_map(budget, name, value, arguments),
        "list" => {
            if let Some(text) = value.as_text() {
                budget.hold(text.len().saturating_mul(2 * size_of::<Value>()))?;
                return budget
                    .list(text.chars().map(|it| Value::text(it.encode_utf8(&mut [0; 4]))).collect());
            }
        }
        _ => {}
    }
    let mut items = items_of(budget, value)?;
    match name {
        "first" => Ok(items.first().cloned().unwrap_or(Value::Null)),
        "last" => Ok(items.pop().unwrap_or(Value::Null)),
        "reverse" => {
            items.reverse();
            budget.list(items)
        }
        "join" => join(budget, &items, arguments),
        "sort" => {
            let reverse = arguments.flag("reverse");
            let sensitive = arguments.flag("case_sensitive");
            let keys = keys(budget, &items, arguments.next("attribute").as_ref(), sensitive)?;
            budget.list(sorted(budget, keys.into_iter().zip(items).collect(), reverse)?)
        }
        "unique" => {
            let sensitive = arguments.flag("case_sensitive");
            let keys = keys(budget, &items, arguments.next("attribute").as_ref(), sensitive)?;
            budget.list(unique(budget, items, &keys)?)
        }
        "groupby" => group(budget, items, arguments),
        "min" | "max" => {
            let wanted = if name == "min" { Ordering::Less } else { Ordering::Greater };
            let mut items = items.into_iter();
            let Some(mut best) = items.next() else { return Ok(Value::Null) };
            for item in items {
                if budget.order(&item, &best)? == wanted {
                    best = item;
                }
            }
            Ok(best)
        }
        "sum" => sum(budget, &items, arguments),
        "batch" | "slice" => {
            let count = arguments.count("count")?.filter(|count| *count > 0);
            let count = count.ok_or_else(|| Wrong::new(format!("`{name}` needs a count of 1 or more")))?;
            let fill = arguments.next("fill_with");
            let fill = fill.as_ref();
            if name == "batch" {
                batch(budget, &items, count, fill)
            } else {
                slice(budget, &items, count, fill)
            }
        }
        "zip" => {
            let (others, _) = std::mem::take(arguments).all();
            let others = others.iter().map(|other| items_of(budget, other)).collect::<Result<Vec<_>, _>>()?;
            let rows = items.into_iter().enumerate().map_while(|(at, item)| {
                let rest = others.iter().map(|other| other.get(at).cloned());
                std::iter::once(Some(item)).chain(rest).collect::<Option<Vec<_>>>()
            });
            let rows = rows.map(|row| budget.list(row)).collect::<Result<_, _>>()?;
            budget.list(rows)
        }
        _ => budget.list(items),
    }
}

fn of_map(budget: &Budget, name: &str, value: &Value, arguments: &mut Arguments<'_>) -> Result<Value, Wrong> {
    let entries = entries_of(value)?;
    budget.hold_list(5 * entries.len())?;
    let pair = |(key, value): (Rc<str>, Value)| budget.list(vec![Value::Text(key), value]);
    match name {
        "keys" => budget.list(entries.into_keys().map(Value::Text).collect()),
        "values" => budget.list(entries.into_values().collect()),
        "items" => {
            let pairs = entries.into_iter().map(pair).collect::<Result<_, _>>()?;
            budget.list(pairs)
        }
        _ => {
            let sensitive = arguments.flag("case_sensitive");
            let by = arguments.text("by")?;
            let by_value = match by.as_deref() {
                None | Some("key") => false,
                Some("value") => true,
                Some(other) => {
                    return Err(Wrong::new(format!(
                        "`dictsort` is by `key` or by `value`, not by `{}`",
                        clip(other)
                    )));
                }
            };
            let reverse = arguments.flag("reverse");
            let subjects: Vec<Value> = entries
                .iter()
                .map(|(key, value)| if by_value { value.clone() } else { Value::Text(Rc::clone(key)) })
                .collect();
            let keys = keys(budget, &subjects, None, sensitive)?;
            let pairs = entries.into_iter().map(pair).collect::<Result<Vec<_>, _>>()?;
            budget.list(sorted(budget, keys.into_iter().zip(pairs).collect(), reverse)?)
        }
    }
}

fn join(budget: &Budget, items: &[Value], arguments: &mut Arguments<'_>) -> Result<Value, Wrong> {
    let between = arguments.text("d")?.unwrap_or_else(|| Rc::from(""));
    let path = arguments.next("attribute");
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            budget.push(&mut text, &between)?;
        }
        match &path {
            Some(path) => budget.write(&found(budget, item, path)?.unwrap_or(Value::Null), &mut text)?,
            None => budget.write(item, &mut text)?,
        }
    }
    Ok(Value::text(text))
}

fn sum(budget: &Budget, items: &[Value], arguments: &mut Arguments<'_>) -> Result<Value, Wrong> {
    let path = arguments.next("attribute");
    let mut total = arguments.next("start").unwrap_or(Value::Int(0));
    for item in items {
        let item = match &path {
            Some(path) => found(budget, item, path)?.unwrap_or(Value::Null),
            None => item.clone(),
        };
        total = match (&total, &item) {
            (Value::Int(a), Value::Int(b)) => {
                Value::Int(a.checked_add(*b).ok_or_else(|| Wrong::new("the result is too large"))?)
            }
            (_, Value::Null) => continue,
            _ => match (number(&total), number(&item)) {
                (Some(a), Some(b)) => Value::float(a + b)?,
                _ => return Err(Wrong::new(format!("{} cannot be added", item.kind()))),
            },
        };
    }
    Ok(total)
}

fn batch(budget: &Budget, items: &[Value], count: usize, fill: Option<&Value>) -> Result<Value, Wrong> {
    let mut rows = Vec::new();
    for part in items.chunks(count) {
        let mut row = part.to_vec();
        if let Some(fill) = fill {
            budget.hold_list(count - row.len())?;
            row.resize(count, fill.clone());
        }
        rows.push(budget.list(row)?);
    }
    budget.list(rows)
}

fn slice(budget: &Budget, items: &[Value], count: usize, fill: Option<&Value>) -> Result<Value, Wrong> {
    budget.hold_list(count)?;
    let (least, longer) = (items.len() / count, items.len() % count);
    let mut rest = items.iter().cloned();
    let mut columns = Vec::new();
    for column in 0..count {
        let length = least + usize::from(column < longer);
        let mut column_items: Vec<Value> = rest.by_ref().take(length).collect();
        if longer > 0 && column >= longer {
            column_items.extend(fill.cloned());
        }
        columns.push(budget.list(column_items)?);
    }
    budget.list(columns)
}

/// Returns pairs of what items have under a name and those that have it, in the order of the names.
fn group(budget: &Budget, items: Vec<Value>, arguments: &mut Arguments<'_>) -> Result<Value, Wrong> {
    let path = arguments.needed("attribute")?;
    let other = arguments.next("default").unwrap_or(Value::Null);
    let mut keyed = Vec::new();
    for item in items {
        let key = found(budget, &item, &path)?.unwrap_or_else(|| other.clone());
        keyed.push((key.clone(), budget.list(vec![key, item])?));
    }
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for pair in sorted(budget, keyed, false)? {
        let Value::List(pair) = pair else { continue };
        let [key, item] = pair.items.as_slice() else { continue };
        match groups.last_mut() {
            Some((last, members)) if budget.same(last, key)? => members.push(item.clone()),
            _ => groups.push((key.clone(), vec![item.clone()])),
        }
    }
    let mut rows = Vec::new();
    for (key, members) in groups {
        rows.push(budget.list(vec![key, budget.list(members)?])?);
    }
    budget.list(rows)
}

/// Returns what items are compared by.
fn keys(
    budget: &Budget,
    items: &[Value],
    path: Option<&Value>,
    sensitive: bool,
) -> Result<Vec<Value>, Wrong> {
    budget.hold_list(items.len())?;
    let key = |item: &Value| {
        let key = match path {
            Some(path) => found(budget, item, path)?.unwrap_or(Value::Null),
            None => item.clone(),
        };
        match key.as_text().filter(|_| !sensitive) {
            Some(text) => {
                budget.hold(text.len())?;
                Ok(Value::text(text.to_lowercase()))
            }
            None => Ok(key),
        }
    };
    items.iter().map(key).collect()
}

/// Returns items in the order of their keys; equal ones keep theirs. A sort of its own, because keys may turn out to have
/// no order in the midst of it.
fn sorted(budget: &Budget, mut items: Vec<(Value, Value)>, reverse: bool) -> Result<Vec<Value>, Wrong> {
    let wrong = if reverse { Ordering::Less } else { Ordering::Greater };
    let mut width = 1;
    budget.hold_list(2 * items.len())?;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for part in items.chunks(2 * width) {
            let (mut left, mut right) = match part.split_at_checked(width) {
                Some((left, right)) => (left, right),
                None => (part, &[][..]),
            };
            while let (Some(a), Some(b)) = (left.first(), right.first()) {
                if budget.order(&a.0, &b.0)? == wrong {
                    merged.push(b.clone());
                    right = &right[1..];
                } else {
                    merged.push(a.clone());
                    left = &left[1..];
                }
            }
            merged.extend(left.iter().chain(right).cloned());
        }
        items = merged;
        width *= 2;
    }
    Ok(items.into_iter().map(|(_, item)| item).collect())
}
