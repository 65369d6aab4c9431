//! What a text should hold after a change: the same change, made to the values.

use serde_json::{Map, Value};

use super::{EditError, Place, Step};
use crate::yaml::node::Node;

/// Sets a value; see [`super::Edit::set_after`]. The first `depth` steps lead to `node`.
pub(super) fn set(
    node: &mut Value,
    place: &Place,
    depth: usize,
    value: &Value,
    before: &[&str],
) -> Result<(), EditError> {
    let Some(step) = place.steps.get(depth) else {
        *node = value.clone();
        return Ok(());
    };
    let last = depth + 1 == place.steps.len();
    match (step, node) {
        (Step::Key(key), Value::Object(entries)) => {
            if let Some(inner) = entries.get_mut(key) {
                return set(inner, place, depth + 1, value, before);
            }
            let rest = &place.steps[depth + 1..];
            if !rest.iter().all(Step::is_key) {
                return Err(EditError::Missing(place.up_to(depth + 1)));
            }
            let keys: Vec<&str> = entries.keys().map(String::as_str).collect();
            let at = position(&keys, if last { before } else { &[] });
            entries.shift_insert(at, key.clone(), nested(rest, value));
            Ok(())
        }
        (Step::Key(_), node @ Value::Null) if place.steps[depth..].iter().all(Step::is_key) => {
            *node = nested(&place.steps[depth..], value);
            Ok(())
        }
        (Step::Key(_), _) => Err(EditError::NotAMapping(place.up_to(depth))),
        (Step::Item(number), Value::Array(items)) if *number < items.len() => {
            set(&mut items[*number], place, depth + 1, value, before)
        }
        (Step::Item(_), _) => Err(EditError::Missing(place.up_to(depth + 1))),
    }
}

/// Removes a value; the first `depth` steps lead to `node`.
pub(super) fn remove(node: &mut Value, place: &Place, depth: usize) -> Result<(), EditError> {
    let missing = || EditError::Missing(place.up_to(depth + 1));
    let last = depth + 1 == place.steps.len();
    match (place.steps.get(depth), node) {
        (Some(Step::Key(key)), Value::Object(entries)) if last => {
            entries.shift_remove(key).map(|_| ()).ok_or_else(missing)
        }
        (Some(Step::Item(number)), Value::Array(items)) if last && *number < items.len() => {
            items.remove(*number);
            Ok(())
        }
        (Some(step), node) => remove(value_at_mut(node, step).ok_or_else(missing)?, place, depth + 1),
        (None, _) => Err(missing()),
    }
}

/// Returns where among `keys` a new one goes: after the first of `before` that is there, else at the end.
pub(super) fn position(keys: &[&str], before: &[&str]) -> usize {
    let at = before.iter().find_map(|name| keys.iter().position(|key| key == name));
    at.map_or(keys.len(), |at| at + 1)
}

/// Returns the value inside of mappings that the steps name.
pub(super) fn nested(steps: &[Step], value: &Value) -> Value {
    steps.iter().rev().fold(value.clone(), |value, step| match step {
        Step::Key(key) => Value::Object(Map::from_iter([(key.clone(), value)])),
        Step::Item(_) => Value::Array(vec![value]),
    })
}

/// Returns the value that the steps lead to.
pub(super) fn get<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Item(number) => value.get(number),
    })
}

fn value_at_mut<'v>(value: &'v mut Value, step: &Step) -> Option<&'v mut Value> {
    match step {
        Step::Key(key) => value.get_mut(key),
        Step::Item(number) => value.get_mut(number),
    }
}

/// Returns the child of a node that a step leads to.
pub(super) fn child<'a>(node: Node<'a>, step: &Step) -> Option<Node<'a>> {
    match step {
        Step::Key(key) => node.get(key),
        Step::Item(number) => node.items().nth(*number),
    }
}

/// Returns whether values are the same, the order of keys included.
pub(super) fn same_all(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let mut pairs = left.iter().zip(right);
            left.len() == right.len() && pairs.all(|((a, left), (b, right))| a == b && same(left, right))
        }
        (Value::Array(left), Value::Array(right)) => same_all(left, right),
        (left, right) => left == right,
    }
}
