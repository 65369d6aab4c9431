//! What an expression computes with.
//!
//! Every list and object knows how many nodes it has when nothing in it is shared, and how deep it is: a value
//! that holds itself twice, sixty times over, takes little memory, but no one could print or compare it. All
//! that an evaluation builds is charged and kept below a limit; what it is given ([`V::from_json`] and the
//! constructors that begin with `given`) is not.

mod container;
mod interface;
mod json;
mod number;
mod operator;
mod order;
mod place;
mod search;
mod text;

use std::rc::Rc;

pub(super) use container::{List, Object};
pub(super) use json::Clipped;
pub(super) use text::Text;

use super::fuel::{charge, stop};

/// The most nodes of one value that an evaluation builds, each text counting one more for every [`PIECE`].
const MOST_UNITS: usize = 1_000_000;

/// How deep such a value may be nested.
const DEEPEST: usize = 512;

/// The bytes of a text that cost as much as one node.
const PIECE: usize = 32;

/// An error of jq.
pub(super) type Error = jaq_core::Error<V>;

/// A value or an error of jq.
pub(super) type Outcome<T = V> = jaq_core::ValR<T, V>;

/// A value as jq sees it.
#[derive(Clone, Debug, Default)]
pub(super) enum V {
    #[default]
    Null,
    Bool(bool),
    /// A number without a fraction that fits; a larger one is a [`Float`](Self::Float).
    Int(i64),
    Float(f64),
    Text(Text),
    List(Rc<List>),
    Object(Rc<Object>),
}

/// How much a value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weight {
    /// Nodes and pieces of text, as if nothing were shared.
    pub(super) units: usize,
    /// 0 for what holds nothing.
    pub(super) depth: usize,
}

impl Weight {
    /// Charges for a value of this weight, and stops the evaluation when there may be none.
    fn admit(self) {
        if self.units > MOST_UNITS || self.depth > DEEPEST {
            stop();
        }
    }
}

impl V {
    pub(super) fn weight(&self) -> Weight {
        match self {
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) => Weight { units: 1, depth: 0 },
            Self::Text(text) => Weight { units: text.units(), depth: 0 },
            Self::List(list) => list.weight(),
            Self::Object(object) => object.weight(),
        }
    }

    /// Returns a text that the evaluation has built.
    pub(super) fn text(text: String) -> Self {
        let text = Text::from(text);
        charge(text.units());
        Weight { units: text.units(), depth: 0 }.admit();
        Self::Text(text)
    }

    /// Returns a list that the evaluation has built, whose items have been charged for.
    pub(super) fn list(items: Vec<V>) -> Self {
        let list = List::new(items);
        list.weight().admit();
        Self::List(Rc::new(list))
    }

    /// Returns a number that counts something.
    pub(super) fn count(count: usize) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Returns the word that jq has for what this is.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) | Self::Float(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// Returns whether a condition with this result holds.
    pub(super) fn holds(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }
}
