//! What the interpreter and its library ask of values.

use std::rc::Rc;

use jaq_core::ValX;
use jaq_core::box_iter::{BoxIter, box_once};
use jaq_core::path::Opt;
use jaq_core::val::Range;

use super::{Error, List, Object, Outcome, PIECE, Text, V};
use crate::jq::fuel::charge;

/// What can be walked with `.[]`, in a message.
const ITERABLE: &str = "iterable (array or object)";

impl From<bool> for V {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<isize> for V {
    fn from(value: isize) -> Self {
        Self::Int(value as i64)
    }
}

impl From<usize> for V {
    fn from(value: usize) -> Self {
        Self::count(value)
    }
}

impl From<f64> for V {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<String> for V {
    fn from(value: String) -> Self {
        Self::text(value)
    }
}

impl From<Range<V>> for V {
    fn from(range: Range<V>) -> Self {
        let entry = |key: &str, value: Option<V>| (Text::key(key), value.unwrap_or_default());
        let object: Object = [entry("start", range.start), entry("end", range.end)].into_iter().collect();
        Self::Object(Rc::new(object))
    }
}

impl FromIterator<V> for V {
    /// Returns a list; each item is charged as it comes, for they may never end.
    fn from_iter<T: IntoIterator<Item = V>>(items: T) -> Self {
        let mut list = List::default();
        list.extend(items);
        Self::List(Rc::new(list))
    }
}

impl jaq_core::ValT for V {
    fn from_num(text: &str) -> Outcome {
        Ok(Self::parse_number(text).unwrap_or(Self::Float(f64::NAN)))
    }

    fn from_map<I: IntoIterator<Item = (Self, Self)>>(entries: I) -> Outcome {
        let mut object = Object::default();
        for (key, value) in entries {
            match key {
                Self::Text(key) => object.extend([(key, value)]),
                other => return Err(Error::typ(other, "object key")),
            }
        }
        Ok(Self::Object(Rc::new(object)))
    }

    fn key_values(self) -> BoxIter<'static, Outcome<(Self, Self)>> {
        match self {
            Self::List(list) => {
                let count = list.items().len();
                charge(count);
                Box::new((0..count).map(move |at| Ok((Self::count(at), list.items()[at].clone()))))
            }
            Self::Object(object) => {
                let count = object.len();
                charge(count);
                Box::new((0..count).map(move |at| Ok((Self::Text(object.key(at)), object.value(at)))))
            }
            other => box_once(Err(Error::typ(other, ITERABLE))),
        }
    }

    fn values(self) -> Box<dyn Iterator<Item = Outcome>> {
        match self {
            Self::List(list) => {
                let count = list.items().len();
                charge(count);
                Box::new((0..count).map(move |at| Ok(list.items()[at].clone())))
            }
            Self::Object(object) => {
                let count = object.len();
                charge(count);
                Box::new((0..count).map(move |at| Ok(object.value(at))))
            }
            other => box_once(Err(Error::typ(other, ITERABLE))),
        }
    }

    fn index(self, index: &Self) -> Outcome {
        self.at(index)
    }

    fn range(self, range: Range<&Self>) -> Outcome {
        self.slice(range)
    }

    fn map_values<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        match self {
            Self::List(list) => List::into_items(list).into_iter().flat_map(f).collect(),
            Self::Object(object) => {
                charge(object.len());
                let mut kept = Object::default();
                for (key, value) in Object::into_entries(object) {
                    if let Some(value) = f(value).next().transpose()? {
                        kept.extend([(key, value)]);
                    }
                }
                Ok(Self::Object(Rc::new(kept)))
            }
            other => opt.fail(other, |other| Error::typ(other, ITERABLE).into()),
        }
    }

    fn map_index<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        index: &Self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        self.change(index, opt, |value| f(value).next().transpose())
    }

    fn map_range<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        range: Range<&Self>,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        self.change_slice(range, opt, |value| f(value).next().transpose())
    }

    fn as_bool(&self) -> bool {
        self.holds()
    }

    fn into_string(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text),
            other => Self::text(other.json_text()),
        }
    }
}

impl jaq_std::ValT for V {
    fn into_seq<S: FromIterator<Self>>(self) -> Result<S, Self> {
        match self {
            Self::List(list) => {
                charge(list.items().len());
                Ok(List::into_items(list).into_iter().collect())
            }
            other => Err(other),
        }
    }

    fn is_int(&self) -> bool {
        self.integer().is_some()
    }

    fn as_isize(&self) -> Option<isize> {
        self.integer().and_then(|number| number.try_into().ok())
    }

    fn as_f64(&self) -> Option<f64> {
        self.float()
    }

    fn is_utf8_str(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Returns the bytes of a text, for a native function that goes through all of them: this is where it pays.
    fn as_bytes(&self) -> Option<&[u8]> {
        let Self::Text(text) = self else { return None };
        charge(2 * text.len() / PIECE);
        Some(text.as_bytes())
    }

    fn as_sub_str(&self, part: &[u8]) -> Self {
        Self::text(Text::of_bytes(part))
    }

    fn from_utf8_bytes(bytes: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self::text(Text::of_bytes(bytes.as_ref()))
    }
}
