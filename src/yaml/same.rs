//! Equality of values, without regard to the order of keys and to how they are written.

use super::node::{Kind, Node};
use super::scalar::same_number;

/// Mappings up to this size are compared key by key, larger ones in sorted order.
const SMALL: usize = 16;

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        if std::ptr::eq(self.document(), other.document()) && self.target() == other.target() {
            return true;
        }
        match (self.kind(), other.kind()) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool, Kind::Bool) => self.as_bool() == other.as_bool(),
            (Kind::Number, Kind::Number) => match (self.number(), other.number()) {
                (Some(left), Some(right)) => same_number(left, right),
                _ => false,
            },
            (Kind::String, Kind::String) => self.raw() == other.raw(),
            (Kind::List, Kind::List) => self.items().eq(other.items()),
            (Kind::Map, Kind::Map) => same_entries(*self, *other),
            _ => false,
        }
    }
}

fn same_entries(left: Node<'_>, right: Node<'_>) -> bool {
    if left.len() != right.len() {
        return false;
    }
    if left.len() <= SMALL {
        return left.entries().all(|(key, value)| right.get(key.raw()).is_some_and(|other| value == other));
    }
    sorted(left).into_iter().zip(sorted(right)).all(|(left, right)| left == right)
}

fn sorted<'a>(map: Node<'a>) -> Vec<(&'a str, Node<'a>)> {
    let mut entries: Vec<_> = map.entries().map(|(key, value)| (key.raw(), value)).collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}
