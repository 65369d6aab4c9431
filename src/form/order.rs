//! In which order inputs are worked out: each after those that it depends on, else as they are shown.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Choices, Dynamic, Expression, Fallback, Field};
use crate::jq;

/// Returns the positions of the fields in the order in which they are worked out. Those that wait for each other are in
/// the order in which they are shown.
pub(super) fn order(fields: &[Field]) -> Vec<usize> {
    let names = fields.iter().enumerate().map(|(at, field)| (field.identifier.as_str(), at));
    let positions: BTreeMap<&str, usize> = names.collect();
    let before: Vec<Vec<usize>> = fields
        .iter()
        .map(|field| {
            let named = reads(field).into_iter().filter_map(|name| positions.get(name.as_str()).copied());
            named.collect()
        })
        .collect();
    let mut order = Vec::with_capacity(fields.len());
    let mut reached = vec![false; fields.len()];
    for start in 0..fields.len() {
        // Depth first without recursion: each with how many of those before it have been looked at.
        let mut open = Vec::new();
        if !std::mem::replace(&mut reached[start], true) {
            open.push((start, 0));
        }
        while let Some((at, looked)) = open.last_mut() {
            let Some(&next) = before[*at].get(*looked) else {
                order.push(*at);
                open.pop();
                continue;
            };
            *looked += 1;
            if !std::mem::replace(&mut reached[next], true) {
                open.push((next, 0));
            }
        }
    }
    order
}

/// Returns the inputs that an input depends on, or whose values its expressions read.
fn reads(field: &Field) -> Vec<String> {
    let mut names = field.depends_on.clone();
    let mut sources: Vec<&str> = expressions(field).iter().map(|it| it.source.as_str()).collect();
    queries(field.dataset.as_ref(), &mut sources);
    for path in sources.into_iter().flat_map(jq::paths) {
        if let [(root, _), (name, _)] = path.as_slice()
            && root == "form"
        {
            names.push(name.clone());
        }
    }
    names
}

/// Collects the expressions in a search.
fn queries<'a>(value: Option<&'a Value>, sources: &mut Vec<&'a str>) {
    match value {
        Some(Value::Array(items)) => items.iter().for_each(|item| queries(Some(item), sources)),
        Some(Value::Object(entries)) => {
            sources.extend(entries.get("jqQuery").and_then(Value::as_str));
            entries.values().for_each(|value| queries(Some(value), sources));
        }
        _ => {}
    }
}

/// Returns the expressions of an input.
pub(super) fn expressions(field: &Field) -> Vec<&Expression> {
    let mut expressions = Vec::new();
    for flag in [&field.visible, &field.disabled] {
        if let Dynamic::Computed(expression) = flag {
            expressions.push(expression);
        }
    }
    if let Fallback::Computed(expression) = &field.fallback {
        expressions.push(expression);
    }
    if let Choices::Computed(expression) = &field.choices {
        expressions.push(expression);
    }
    if let Some(Dynamic::Computed(expression)) = &field.pattern {
        expressions.push(expression);
    }
    expressions.extend(field.bounds.iter().filter_map(|(_, bound)| match bound {
        Dynamic::Computed(expression) => Some(expression),
        Dynamic::Fixed(_) => None,
    }));
    expressions
}
