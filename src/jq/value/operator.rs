//! `+`, `-`, `*`, `/` and `%`.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};
use std::rc::Rc;

use jaq_core::ops::Math;

use super::number::Pair;
use super::{Error, List, Object, Outcome, PIECE, Text, V, Weight};
use crate::jq::fuel::charge;

impl V {
    /// Returns that an operation has no result for two values.
    fn cannot(self, operation: Math, other: Self) -> Outcome {
        Err(Error::math(self, operation, other))
    }
}

impl Add for V {
    type Output = Outcome;

    fn add(self, other: Self) -> Outcome {
        match (self, other) {
            (V::Null, value) | (value, V::Null) => Ok(value),
            (V::Text(mut a), V::Text(b)) => {
                Weight { units: a.units() + b.units(), depth: 0 }.admit();
                a.push(&b);
                Ok(V::Text(a))
            }
            (V::List(mut a), V::List(b)) => {
                List::editable(&mut a).extend(b.items().iter().cloned());
                Ok(V::List(a))
            }
            (V::Object(mut a), V::Object(b)) => {
                Object::editable(&mut a).extend(b.entries().map(|(key, value)| (key.clone(), value.clone())));
                Ok(V::Object(a))
            }
            (a, b) => match Pair::of(&a, &b) {
                Some(pair) => Ok(pair.compute(i64::checked_add, |a, b| a + b)),
                None => a.cannot(Math::Add, b),
            },
        }
    }
}

impl Sub for V {
    type Output = Outcome;

    fn sub(self, other: Self) -> Outcome {
        match (self, other) {
            (V::List(a), V::List(b)) => Ok(V::list(without(a.items(), b.items()))),
            (a, b) => match Pair::of(&a, &b) {
                Some(pair) => Ok(pair.compute(i64::checked_sub, |a, b| a - b)),
                None => a.cannot(Math::Sub, b),
            },
        }
    }
}

/// Returns the items that are not among others.
fn without(items: &[V], others: &[V]) -> Vec<V> {
    charge(items.len() + others.len());
    let mut gone: Vec<&V> = others.iter().collect();
    gone.sort();
    items.iter().filter(|item| gone.binary_search(item).is_err()).cloned().collect()
}

impl Mul for V {
    type Output = Outcome;

    fn mul(self, other: Self) -> Outcome {
        match (self, other) {
            (V::Text(text), number @ (V::Int(_) | V::Float(_)))
            | (number @ (V::Int(_) | V::Float(_)), V::Text(text)) => Ok(repeated(&text, &number)),
            (V::Object(mut a), V::Object(b)) => {
                merge(&mut a, &b);
                Ok(V::Object(a))
            }
            (a, b) => match Pair::of(&a, &b) {
                Some(pair) => Ok(pair.compute(i64::checked_mul, |a, b| a * b)),
                None => a.cannot(Math::Mul, b),
            },
        }
    }
}

/// Returns a text so many times; any fraction above zero is once, nothing is `null`.
fn repeated(text: &Text, number: &V) -> V {
    let times = number.float().filter(|times| *times > 0.0);
    let Some(times) = times.map(|times| (times as usize).max(1)) else { return V::Null };
    let units = text.len().saturating_mul(times) / PIECE;
    Weight { units, depth: 0 }.admit();
    V::text(text.repeat(times))
}

/// Sets the entries of `b` in `a`; where both have an object, those of the one in the other.
fn merge(a: &mut Rc<Object>, b: &Rc<Object>) {
    let object = Object::editable(a);
    for (key, value) in b.entries() {
        charge(1 + key.units());
        match (object.get(key), value) {
            (Some(V::Object(_)), V::Object(theirs)) => {
                let old = object.take(key);
                let weight = old.as_ref().map(V::weight);
                if let Some(V::Object(mut ours)) = old {
                    merge(&mut ours, theirs);
                    object.set(key, weight, V::Object(ours));
                }
            }
            _ => object.extend([(key.clone(), value.clone())]),
        }
    }
}

impl Div for V {
    type Output = Outcome;

    fn div(self, other: Self) -> Outcome {
        match (self, other) {
            (V::Text(text), V::Text(separator)) => Ok(parts(&text, &separator)),
            (a, b) => match Pair::of(&a, &b).and_then(Pair::quotient) {
                Some(quotient) => Ok(quotient),
                None => a.cannot(Math::Div, b),
            },
        }
    }
}

/// Returns what is between the separators of a text: its characters when they are empty.
fn parts(text: &str, separator: &str) -> V {
    charge(text.len() / PIECE);
    let part = |part: &str| V::text(part.to_string());
    match (text.is_empty(), separator.is_empty()) {
        (true, _) => V::list(Vec::new()),
        (false, true) => text.chars().map(|character| V::text(character.to_string())).collect(),
        (false, false) => text.split(separator).map(part).collect(),
    }
}

impl Rem for V {
    type Output = Outcome;

    fn rem(self, other: Self) -> Outcome {
        match Pair::of(&self, &other).and_then(Pair::remainder) {
            Some(remainder) => Ok(remainder),
            None => self.cannot(Math::Rem, other),
        }
    }
}

impl Neg for V {
    type Output = Outcome;

    fn neg(self) -> Outcome {
        match self {
            V::Int(number) => Ok(number.checked_neg().map_or(V::Float(-(number as f64)), V::Int)),
            V::Float(number) => Ok(V::Float(-number)),
            other => Err(Error::typ(other, "number")),
        }
    }
}
