//! What documents read as, and what is said about those that do not.

mod mistakes;
mod readers;

use std::sync::Arc;

use super::{Document, parse};
use crate::diagnostic::Diagnostic;
use crate::source::SourceId;

/// Reads `text` and returns the document and what was found.
fn read(text: &str) -> (Document, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let document = parse(SourceId::new(0), &Arc::from(text), &mut found);
    (document, found)
}
