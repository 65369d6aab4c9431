//! Texts that are cheap to copy and grow in place.

use std::borrow::{Borrow, Cow};
use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::PIECE;
use crate::jq::fuel::charge;

/// The longest text that is kept for the next value that has it.
const LONGEST_KEPT: usize = 32;

/// The most texts that are kept.
const MOST_KEPT: usize = 4096;

thread_local! {
    /// The keys of objects, which recur in every entity of a blueprint.
    static KEPT: RefCell<FxHashMap<Box<str>, Text>> = RefCell::default();
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::jq) struct Text(Rc<String>);

impl Text {
    /// Returns a key, which is shared with other objects of this thread that have it.
    pub(in crate::jq) fn key(key: &str) -> Self {
        if key.len() > LONGEST_KEPT {
            return key.to_string().into();
        }
        KEPT.with_borrow_mut(|kept| {
            if let Some(key) = kept.get(key) {
                return key.clone();
            }
            let text = Self::from(key.to_string());
            if kept.len() < MOST_KEPT {
                kept.insert(key.into(), text.clone());
            }
            text
        })
    }

    /// Returns the text of bytes, what is no UTF-8 in them replaced.
    pub(in crate::jq) fn of_bytes(bytes: &[u8]) -> String {
        match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => text.to_string(),
            Cow::Owned(text) => text,
        }
    }

    /// Returns how many nodes it counts as.
    pub(super) fn units(&self) -> usize {
        1 + self.0.len() / PIECE
    }

    /// Appends `more`, in place when no one else holds this text.
    pub(super) fn push(&mut self, more: &str) {
        let copied = if Rc::strong_count(&self.0) > 1 { self.0.len() } else { 0 };
        charge(1 + (copied + more.len()) / PIECE);
        Rc::make_mut(&mut self.0).push_str(more);
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Rc::new(text))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}
