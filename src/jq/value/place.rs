//! Reading, changing and removing what is at a place of a value.

use std::rc::Rc;

use jaq_core::ValX;
use jaq_core::path::Opt;
use jaq_core::val::Range;

use super::{Error, List, Object, Outcome, PIECE, Text, V};
use crate::jq::fuel::charge;

/// What can be cut, in a message.
const SLICEABLE: &str = "sliceable (array or string)";

impl V {
    /// Returns what is at an index: `null` where there is nothing.
    pub(super) fn at(self, index: &V) -> Outcome {
        Ok(match (self, index) {
            (V::Object(object), V::Text(key)) => object.get(key).cloned().unwrap_or_default(),
            (V::Null, V::Null | V::Text(_) | V::Int(_) | V::Float(_) | V::Object(_)) => V::Null,
            (V::List(list), V::Int(_) | V::Float(_)) => position(index, list.items().len())
                .and_then(|at| list.items().get(at))
                .cloned()
                .unwrap_or_default(),
            (V::List(list), V::List(part)) => super::search::windows(list.items(), part.items()),
            (value @ (V::List(_) | V::Text(_)), V::Object(range)) => {
                return value.slice(range.get("start")..range.get("end"));
            }
            (value, _) => return Err(Error::index(value, index.clone())),
        })
    }

    /// Returns whether there is something at an index.
    pub(in crate::jq) fn has(&self, index: &V) -> Outcome {
        match (self, index) {
            (V::Object(object), V::Text(key)) => Ok(V::Bool(object.get(key).is_some())),
            (V::List(list), V::Int(_) | V::Float(_)) => {
                let inside = |at: f64| at >= 0.0 && at < list.items().len() as f64;
                Ok(V::Bool(index.float().is_some_and(inside)))
            }
            _ => Err(Error::index(self.clone(), index.clone())),
        }
    }

    /// Returns the part of a list or text that a range covers.
    pub(super) fn slice(self, range: Range<&V>) -> Outcome {
        match self {
            V::Null => Ok(V::Null),
            V::List(list) => {
                let (from, to) = bounds(&range, list.items().len())?;
                charge(to - from);
                Ok(V::list(list.items()[from..to].to_vec()))
            }
            V::Text(text) => {
                charge(text.len() / PIECE);
                let (from, to) = bounds(&range, text.chars().count())?;
                Ok(V::text(text.chars().skip(from).take(to - from).collect()))
            }
            other => Err(Error::typ(other, SLICEABLE)),
        }
    }

    /// Returns the value with what is at an index changed by `f`, or removed when it returns nothing. `null` is an
    /// empty object or list, and a list grows as far as needed.
    pub(super) fn change<'a>(
        self,
        index: &V,
        opt: Opt,
        f: impl FnOnce(V) -> Result<Option<V>, jaq_core::Exn<'a, V>>,
    ) -> ValX<'a, V> {
        match (self, index) {
            (V::Object(object), V::Text(key)) => change_entry(object, key, f),
            (V::List(list), V::Int(_) | V::Float(_)) => change_item(list, index, opt, f),
            (value @ (V::List(_) | V::Null), V::Object(range)) => {
                value.change_slice(range.get("start")..range.get("end"), opt, f)
            }
            (V::Null, V::Text(key)) => Ok(f(V::Null)?.map_or(V::Null, |new| object_of(key, new))),
            (V::Null, V::Int(_) | V::Float(_)) => match f(V::Null)? {
                Some(new) => change_item(Rc::default(), index, opt, |_| Ok(Some(new))),
                None => Ok(V::Null),
            },
            (value, _) => opt.fail(value, |value| Error::index(value, index.clone()).into()),
        }
    }

    /// Returns the value with a part of its list changed by `f`, or removed when it returns nothing.
    pub(super) fn change_slice<'a>(
        self,
        range: Range<&V>,
        opt: Opt,
        f: impl FnOnce(V) -> Result<Option<V>, jaq_core::Exn<'a, V>>,
    ) -> ValX<'a, V> {
        let mut list = match self {
            V::List(list) => list,
            V::Null => Rc::default(),
            other => return opt.fail(other, |other| Error::typ(other, "array").into()),
        };
        let (from, to) = match bounds(&range, list.items().len()) {
            Ok(bounds) => bounds,
            Err(error) => return opt.fail(V::List(list), |_| error.into()),
        };
        charge(to - from);
        let part = V::list(list.items()[from..to].to_vec());
        let new = match f(part)? {
            Some(V::List(new)) => new,
            Some(other) => return Err(Error::typ(other, "array").into()),
            None => Rc::default(),
        };
        List::editable(&mut list).splice(from..to, new.items());
        Ok(V::List(list))
    }

    /// Returns the value without what is at a path.
    pub(in crate::jq) fn without(self, path: &[V]) -> Outcome {
        charge(1);
        let Some((first, rest)) = path.split_first() else { return Ok(V::Null) };
        if self.is_absent(first) {
            return Ok(self);
        }
        let removed = |value: V| match rest {
            [] => Ok(None),
            rest => value.without(rest).map(Some).map_err(jaq_core::Exn::from),
        };
        let changed = self.change(first, Opt::Essential, removed);
        changed.map_err(|exception| match exception.get_err() {
            Ok(error) => error,
            Err(_) => Error::new(V::Null),
        })
    }

    /// Returns whether there is surely nothing at an index.
    fn is_absent(&self, index: &V) -> bool {
        match (self, index) {
            (V::Null, _) => true,
            (V::Object(object), V::Text(key)) => object.get(key).is_none(),
            (V::List(list), V::Int(_) | V::Float(_)) => {
                position(index, list.items().len()).is_none_or(|at| at >= list.items().len())
            }
            _ => false,
        }
    }
}

/// Returns an object of one entry.
fn object_of(key: &Text, value: V) -> V {
    let mut object = Object::default();
    object.set(key, None, value);
    V::Object(Rc::new(object))
}

fn change_entry<'a>(
    mut object: Rc<Object>,
    key: &Text,
    f: impl FnOnce(V) -> Result<Option<V>, jaq_core::Exn<'a, V>>,
) -> ValX<'a, V> {
    let entries = Object::editable(&mut object);
    let old = entries.take(key);
    let weight = old.as_ref().map(V::weight);
    match (f(old.unwrap_or_default())?, weight) {
        (Some(new), weight) => entries.set(key, weight, new),
        (None, Some(weight)) => entries.remove(key, weight),
        (None, None) => {}
    }
    Ok(V::Object(object))
}

fn change_item<'a>(
    mut list: Rc<List>,
    index: &V,
    opt: Opt,
    f: impl FnOnce(V) -> Result<Option<V>, jaq_core::Exn<'a, V>>,
) -> ValX<'a, V> {
    let count = list.items().len();
    let Some(at) = position(index, count) else {
        return opt.fail(V::List(list), |_| Error::str("negative array index out of bounds").into());
    };
    if at >= count {
        let Some(new) = f(V::Null)? else { return Ok(V::List(list)) };
        let missing = std::iter::repeat_n(V::Null, at - count);
        List::editable(&mut list).extend(missing.chain([new]));
        return Ok(V::List(list));
    }
    let items = List::editable(&mut list);
    let old = items.take(at);
    let weight = old.weight();
    match f(old)? {
        Some(new) => items.set(at, weight, new),
        None => {
            // The place holds `null` meanwhile.
            items.set(at, weight, V::Null);
            items.splice(at..at + 1, &[]);
        }
    }
    Ok(V::List(list))
}

/// Returns the place that a number means in a list, from its end when negative; `None` before its start.
fn position(index: &V, count: usize) -> Option<usize> {
    let index = index.float().filter(|index| !index.is_nan())?.floor();
    let at = if index < 0.0 { index + count as f64 } else { index };
    (at >= 0.0).then_some(at as usize)
}

/// Returns where a range starts and ends in so many items.
fn bounds(range: &Range<&V>, count: usize) -> Outcome<(usize, usize)> {
    let bound = |bound: Option<&V>, none: f64| match bound {
        None | Some(V::Null) => Ok(none),
        Some(bound) => {
            let number = bound.float().ok_or_else(|| Error::typ(bound.clone(), "number"))?;
            Ok(if number < 0.0 { number + count as f64 } else { number })
        }
    };
    let from = bound(range.start, 0.0)?.floor().clamp(0.0, count as f64) as usize;
    let to = bound(range.end, count as f64)?.ceil().clamp(0.0, count as f64) as usize;
    Ok((from, to.max(from)))
}
