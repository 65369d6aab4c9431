//! Skeletons: the files of a template, and what they become for some answers.
//!
//! A template can only write regular files, only below its destination. That is the whole threat model, and it is kept
//! here: a name that leads anywhere else, a link, a text that never ends or grows without bound is a [`Fault`], and one
//! fault means no files. There are no hooks, no commands and nothing that reads the world: the language sees what is in
//! its [`Context`] and its own filters.

mod arguments;
mod arithmetic;
mod budget;
mod engine;
mod eval;
mod fault;
mod files;
mod filter;
mod lint;
mod list;
mod names;
mod parse;
mod path;
mod run;
mod test;
mod text;
mod value;
mod words;
mod wrong;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use engine::{Context, Engine, Undefined};
pub use fault::{Fault, Mistake};
pub use lint::{lint, uses};
pub use path::{RECORD, clashes, refusal};

/// A filter besides the usual: what it makes of a value and its arguments, or why it cannot, as a phrase.
pub type Extra = fn(&Value, &[Value]) -> Result<Value, String>;

/// The suffix of files that are rendered; it is not part of the name of what they become.
pub const SUFFIX: &str = ".j2";

/// A file that a skeleton became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its path below the destination, with forward slashes: safe on every system.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether it can be run.
    pub executable: bool,
    /// The path of the file that it was made from, below the folder of the skeleton.
    pub from: String,
}
