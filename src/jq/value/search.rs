//! Finding values in others.

use super::{Error, Outcome, PIECE, V};
use crate::jq::fuel::charge;

/// Returns where `part` starts in `items`.
pub(super) fn windows(items: &[V], part: &[V]) -> V {
    if part.is_empty() {
        return V::Null;
    }
    charge(items.len());
    let found = items.windows(part.len()).enumerate().filter(|(_, window)| *window == part);
    found.map(|(at, _)| V::count(at)).collect()
}

impl V {
    /// Returns how long, large or many this is.
    pub(in crate::jq) fn length(self) -> Outcome {
        match self {
            V::Null => Ok(V::Int(0)),
            V::Bool(_) => Err(Error::str(format_args!("{self} has no length"))),
            V::Int(number) => {
                Ok(number.checked_abs().map_or_else(|| V::Float((number as f64).abs()), V::Int))
            }
            V::Float(number) => Ok(V::Float(number.abs())),
            V::Text(text) => {
                charge(text.len() / PIECE);
                Ok(V::count(text.chars().count()))
            }
            V::List(list) => Ok(V::count(list.items().len())),
            V::Object(object) => Ok(V::count(object.len())),
        }
    }

    /// Returns where `part` is in this.
    pub(in crate::jq) fn indices(&self, part: &V) -> Outcome {
        match (self, part) {
            (V::Null, _) => Ok(V::Null),
            (V::Text(text), V::Text(part)) => Ok(text_indices(text, part)),
            (V::List(items), V::List(part)) => Ok(windows(items.items(), part.items())),
            (V::List(items), part) => {
                let found = items.items().iter().enumerate().filter(|(_, item)| *item == part);
                Ok(found.map(|(at, _)| V::count(at)).collect())
            }
            _ => Err(Error::index(self.clone(), part.clone())),
        }
    }

    /// Returns whether `part` is in this: in a text, in some item of a list, in the value of the same key.
    pub(in crate::jq) fn contains(&self, part: &V) -> Outcome {
        if self.kind() == part.kind() {
            return Ok(V::Bool(self.holds_part(part)));
        }
        let kinds = (self.kind(), part.kind());
        Err(Error::str(format_args!("a value of type {} cannot contain one of type {}", kinds.0, kinds.1)))
    }

    fn holds_part(&self, part: &V) -> bool {
        charge(1);
        match (self, part) {
            (V::Text(text), V::Text(part)) => {
                charge((text.len() + part.len()) / PIECE);
                text.contains(&**part)
            }
            (V::List(items), V::List(parts)) => {
                let held = |part: &V| items.items().iter().any(|item| item.holds_part(part));
                parts.items().iter().all(held)
            }
            (V::Object(object), V::Object(parts)) => {
                let held = |key: &str, part: &V| object.get(key).is_some_and(|value| value.holds_part(part));
                parts.entries().all(|(key, part)| held(key, part))
            }
            _ => self == part,
        }
    }

    /// Returns the place of a value in a sorted list; -1 minus where it would be when it is not in it.
    pub(in crate::jq) fn binary_search(&self, value: &V) -> Outcome {
        let V::List(list) = self else { return Err(Error::typ(self.clone(), "array")) };
        Ok(match list.items().binary_search(value) {
            Ok(at) => V::count(at),
            Err(at) => V::Int(-1 - i64::try_from(at).unwrap_or(i64::MAX - 1)),
        })
    }
}

/// Returns the characters of `text` at which `part` starts; `null` when it is empty.
fn text_indices(text: &str, part: &str) -> V {
    if part.is_empty() {
        return V::Null;
    }
    charge(text.len() / 4);
    let starts = text.char_indices().enumerate();
    let found = starts.filter(|(_, (byte, _))| {
        let rest = &text.as_bytes()[*byte..];
        if rest.first() == part.as_bytes().first() {
            charge(1 + part.len() / PIECE);
        }
        rest.starts_with(part.as_bytes())
    });
    found.map(|(at, _)| V::count(at)).collect()
}
