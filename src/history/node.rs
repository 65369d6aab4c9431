//! Values of documents, compared without making JSON of them.

use crate::yaml::{Kind, Node};

/// Returns whether two values are the same: numbers by value, mappings in whichever order.
pub(super) fn same(one: Node<'_>, other: Node<'_>) -> bool {
    if one.kind() != other.kind() {
        return false;
    }
    match one.kind() {
        Kind::Null => true,
        Kind::Bool => one.as_bool() == other.as_bool(),
        Kind::Number => one.as_i64() == other.as_i64() && one.as_f64() == other.as_f64(),
        Kind::String => one.as_str() == other.as_str(),
        Kind::List => {
            one.len() == other.len() && one.items().zip(other.items()).all(|(one, other)| same(one, other))
        }
        Kind::Map => {
            let held = |(key, value): (Node<'_>, Node<'_>)| {
                key.as_str().and_then(|key| other.get(key)).is_some_and(|other| same(value, other))
            };
            one.len() == other.len() && one.entries().all(held)
        }
    }
}

/// Returns whether two values that may be absent are the same; null is absent.
pub(super) fn same_or_absent(one: Option<Node<'_>>, other: Option<Node<'_>>) -> bool {
    let there = |node: &Node<'_>| !node.is_null();
    match (one.filter(there), other.filter(there)) {
        (None, None) => true,
        (Some(one), Some(other)) => same(one, other),
        _ => false,
    }
}
