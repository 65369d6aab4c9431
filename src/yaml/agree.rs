//! Whether the readers agree: what tests and fuzz targets ask. Nothing else uses this.

use std::sync::Arc;

use super::build::Builder;
use super::tree::{Document, PLAIN};
use super::{NodeId, block, json, stream};
use crate::source::SourceId;

/// Returns what differs when a quick reader (block or JSON) accepts a text that the full reader reads in
/// another way, or refuses.
#[doc(hidden)]
pub fn disagreement(text: &str) -> Option<String> {
    let full = full(text);
    if let Some(quick) = quick(text) {
        let Some(full) = &full else { return Some(format!("only the block reader accepts it: {quick:#?}")) };
        if let Some(difference) = difference(&quick, full) {
            return Some(format!("block reader: {difference}"));
        }
    }
    // YAML refuses a few JSON texts, such as keys of more than 1024 characters.
    let difference = difference(&strict(text)?, &full?)?;
    Some(format!("JSON reader: {difference}"))
}

/// Returns whether the quick block reader takes `text`.
#[doc(hidden)]
pub fn is_quick(text: &str) -> bool {
    quick(text).is_some()
}

/// Returns the document as the full reader alone reads it, if it finds nothing wrong.
#[doc(hidden)]
pub fn full(text: &str) -> Option<Document> {
    let mut builder = Builder::new(SourceId::new(0), text);
    stream::read(&mut builder);
    clean(builder, text)
}

fn quick(text: &str) -> Option<Document> {
    let mut builder = Builder::new(SourceId::new(0), text);
    block::read(&mut builder)?;
    clean(builder, text)
}

fn strict(text: &str) -> Option<Document> {
    let mut builder = Builder::new(SourceId::new(0), text);
    json::is_likely(text).then_some(())?;
    json::read(&mut builder).ok()?;
    clean(builder, text)
}

fn clean(builder: Builder<'_>, text: &str) -> Option<Document> {
    let (document, found) = builder.finish(&Arc::from(text));
    found.is_empty().then_some(document)
}

fn difference(quick: &Document, full: &Document) -> Option<String> {
    if quick.roots != full.roots || quick.nodes.len() != full.nodes.len() {
        return Some(format!("{quick:#?}\n{full:#?}"));
    }
    (0..quick.nodes.len())
        .map(|at| (describe(quick, at), describe(full, at)))
        .find_map(|(quick, full)| (quick != full).then(|| format!("{quick} instead of {full}")))
}

/// Returns all that can be asked of a node.
fn describe(document: &Document, at: usize) -> String {
    let data = &document.nodes[at];
    let node = document.node(NodeId(u32::try_from(at).unwrap_or(u32::MAX)));
    let plain = data.flags & PLAIN != 0;
    format!(
        "{:?} {:?} at {}..{} plain {plain} len {} next {} height {}",
        data.form,
        node.raw(),
        data.start,
        data.end,
        node.len(),
        data.next,
        data.height
    )
}
