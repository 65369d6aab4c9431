//! What a change does to a catalog, written: for a terminal, for programs, as a comment on a pull request.
//!
//! What changed is [`history`](crate::history)'s. Names and values come from a catalog that one need not trust: on a
//! terminal they are made harmless, in Markdown they stay text.

mod json;
mod markdown;
mod phrase;
mod text;

use std::io::{self, Write};

use crate::history::Change;
use crate::model::instant::Instant;

pub use phrase::verdict;

/// How a change is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people, short.
    Text,
    /// The `portal.diff/v1` document, complete.
    Json,
    /// A comment for a pull request.
    Markdown,
}

/// A change with what it is between.
#[derive(Debug)]
pub struct Report<'a> {
    /// What changed.
    pub change: &'a Change,
    /// The revision that it is compared with.
    pub base: String,
    /// The revision that is compared; `None` for the work tree.
    pub head: Option<String>,
    /// The instant at which both were read.
    pub now: Instant,
    /// Whether a terminal gets colours.
    pub color: bool,
}

/// Writes `report` as `format`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(format: Format, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, out),
        Format::Json => json::write(report, out),
        Format::Markdown => out.write_all(markdown::document(report).as_bytes()),
    }
}
