//! YAML and JSON into one tree with byte spans.
//!
//! [`parse`] reads every document of a text. Catalog files are read by a small reader of the common block
//! forms, JSON by a strict JSON reader, and everything else, errors included, by `granit-parser`; all fill
//! the same arena. What a document means is left to `model`; here it has values and places only.
//!
//! The rules are those of YAML 1.2 with its core schema: `no` and `on` are texts, `0o17` is 15, keys are
//! unique. Everything that JSON cannot hold is a mistake with a place, and nothing a text may hold takes
//! more than bounded time and memory.
//!
//! The other way, [`write`](mod@write) writes values as people do, and [`edit`] changes texts and leaves the rest of them
//! as it is.

mod agree;
mod block;
mod build;
mod check;
mod comment;
mod compose;
pub mod edit;
mod json;
mod lines;
mod mistake;
mod node;
mod quotes;
mod same;
mod scalar;
mod schema;
mod stream;
#[cfg(test)]
mod tests;
mod text;
mod tree;
pub mod write;

use std::borrow::Cow;
use std::sync::Arc;

#[doc(hidden)]
pub use agree::{disagreement, full, is_quick};
pub use comment::{Comment, Comments};
pub use compose::Composer;
pub use lines::parse_lines;
pub use node::{Entries, Items, Kind, Node};
pub use schema::{Array, Members, Name, NumberValue, Object, Tree};
pub use text::{forbidden_character, text_of};
pub use tree::{Document, MAX_EXPANSION, MAX_NODES, NodeId};

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{SourceId, Span};
use build::Builder;

/// The largest text that is read.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// How deep lists and mappings may be nested, aliases looked through.
pub const MAX_DEPTH: usize = 128;

/// Reads every document of `text` and pushes what is wrong to `found`. A document with a mistake is left
/// out, the others stay; documents that are empty or only `null` do not count.
pub fn parse(source: SourceId, text: &Arc<str>, found: &mut Vec<Diagnostic>) -> Document {
    if text.len() > MAX_BYTES {
        found.push(too_large(source, text.len()));
        return Document::empty(source, text);
    }
    let (document, mistakes) = read(source, text).finish(text);
    found.extend(mistakes);
    document
}

/// Reads the text by the first reader that can.
fn read(source: SourceId, text: &str) -> Builder<'_> {
    let mut refused = None;
    if json::is_likely(text) {
        let mut builder = Builder::new(source, text);
        match json::read(&mut builder) {
            Ok(()) => return builder,
            Err(mistake) => refused = Some(mistake),
        }
    }
    if refused.is_none() {
        let mut builder = Builder::new(source, text);
        if block::read(&mut builder).is_some() {
            return builder;
        }
    }
    let mut builder = Builder::new(source, text);
    stream::read(&mut builder);
    if let Some(mistake) = refused.filter(|mistake| !mistake.maybe_yaml) {
        builder.prefer(mistake.finding(&builder));
    }
    builder
}

fn too_large(source: SourceId, len: usize) -> Diagnostic {
    let mebibytes = MAX_BYTES / (1024 * 1024);
    let message = format!("a file of {len} bytes, over the limit of {mebibytes} MiB");
    Diagnostic::new(Rule::DocumentTooLarge, Span::start_of(source), message)
        .help("split the file, or leave it out of the catalog's folders")
}

/// Returns the beginning of a text, short enough for a message, on one line.
fn clip(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    let short = text.char_indices().nth(LONGEST).is_none();
    if short && !text.contains(['\n', '\r', '\t']) {
        return Cow::Borrowed(text);
    }
    let clipped: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    Cow::Owned(if short { clipped } else { clipped + "…" })
}
