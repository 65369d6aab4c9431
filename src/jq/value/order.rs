//! How values compare: `null`, `false`, `true`, numbers, texts, lists, objects.

use std::cmp::Ordering;

use super::{Object, PIECE, V};
use crate::jq::fuel::charge;

impl PartialEq for V {
    fn eq(&self, other: &Self) -> bool {
        charge(1);
        match (self, other) {
            (V::Null, V::Null) => true,
            (V::Bool(a), V::Bool(b)) => a == b,
            (V::Text(a), V::Text(b)) => {
                charge(a.len().min(b.len()) / PIECE);
                a == b
            }
            (V::List(a), V::List(b)) => a.items() == b.items(),
            (V::Object(a), V::Object(b)) => {
                let same = |(key, value): (&_, &V)| b.get(key).is_some_and(|other| value == other);
                a.len() == b.len() && a.entries().all(|(key, value)| same((&**key, value)))
            }
            (a, b) => is_number(a) && is_number(b) && !is_nan(a) && !is_nan(b) && numbers(a, b).is_eq(),
        }
    }
}

impl Eq for V {}

#[expect(
    clippy::non_canonical_partial_ord_impl,
    reason = "sorting needs an order in which nan equals itself"
)]
impl PartialOrd for V {
    /// Returns how `<` sees two values: nan is less than every number, itself included.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if is_nan(self) && is_number(other) { Some(Ordering::Less) } else { Some(self.cmp(other)) }
    }
}

impl Ord for V {
    fn cmp(&self, other: &Self) -> Ordering {
        charge(1);
        match (self, other) {
            (V::Text(a), V::Text(b)) => {
                charge(a.len().min(b.len()) / PIECE);
                a.cmp(b)
            }
            (V::List(a), V::List(b)) => a.items().cmp(b.items()),
            (V::Object(a), V::Object(b)) => objects(a, b),
            (a, b) if is_number(a) && is_number(b) => numbers(a, b),
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }
}

/// Returns the place of a value among those of other kinds.
fn rank(value: &V) -> u8 {
    match value {
        V::Null => 0,
        V::Bool(false) => 1,
        V::Bool(true) => 2,
        V::Int(_) | V::Float(_) => 3,
        V::Text(_) => 4,
        V::List(_) => 5,
        V::Object(_) => 6,
    }
}

fn is_number(value: &V) -> bool {
    matches!(value, V::Int(_) | V::Float(_))
}

fn is_nan(value: &V) -> bool {
    matches!(value, V::Float(number) if number.is_nan())
}

/// Compares two numbers exactly: a float that is rounded would make sorting contradict itself.
fn numbers(a: &V, b: &V) -> Ordering {
    match (a, b) {
        (V::Int(a), V::Int(b)) => a.cmp(b),
        (V::Int(a), V::Float(b)) => mixed(*a, *b),
        (V::Float(a), V::Int(b)) => mixed(*b, *a).reverse(),
        _ => {
            let (a, b) = (a.float().unwrap_or(f64::NAN), b.float().unwrap_or(f64::NAN));
            a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
        }
    }
}

fn mixed(integer: i64, float: f64) -> Ordering {
    /// The first float above all integers.
    const ABOVE: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() || float < -ABOVE {
        return Ordering::Greater;
    }
    if float >= ABOVE {
        return Ordering::Less;
    }
    let whole = float.trunc();
    integer.cmp(&(whole as i64)).then(whole.partial_cmp(&float).unwrap_or(Ordering::Equal))
}

/// Compares two objects: first their sorted keys, then the values in that order.
fn objects(a: &Object, b: &Object) -> Ordering {
    charge(2 * (a.len() + b.len()));
    let sorted = |object: &Object| {
        let mut entries: Vec<_> = object.entries().map(|(key, value)| (key.clone(), value.clone())).collect();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        entries
    };
    let (a, b) = (sorted(a), sorted(b));
    let keys = a.iter().map(|(key, _)| key).cmp(b.iter().map(|(key, _)| key));
    keys.then_with(|| a.iter().map(|(_, value)| value).cmp(b.iter().map(|(_, value)| value)))
}
