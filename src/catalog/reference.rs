//! Values that are kept in another file: `file://docs/runbook.md`, `{$text: …}`, `{$json: …}`, `{$yaml: …}`.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{SourceId, Span};
use crate::worktree::Files;
use crate::yaml::{self, Document, Kind, Node, NodeId};

/// The most bytes of a file that a value may be read from; Port's limit.
const MOST: usize = 512 * 1024;

/// A value to be read from a file.
#[derive(Debug)]
pub(super) struct Reference {
    /// The value.
    node: NodeId,
    /// Where the path is written.
    span: Span,
    /// The path as written.
    path: String,
    /// Whether the file's content is a tree rather than a text.
    parsed: bool,
}

/// Returns the references among the properties of an entity: values, and items of lists.
pub(super) fn references(entity: Node<'_>) -> Vec<Reference> {
    let mut references = Vec::new();
    for (_, value) in entity.get("properties").into_iter().flat_map(Node::entries) {
        references.extend(reference(value));
        references.extend(value.items().filter_map(reference));
    }
    references
}

/// Returns what `value` refers to, if it is a reference.
fn reference(value: Node<'_>) -> Option<Reference> {
    let (written, parsed) = match value.kind() {
        Kind::String => (value, false),
        Kind::Map if value.len() == 1 => {
            let (key, path) = value.entries().next()?;
            match key.as_str()? {
                "$text" => (path, false),
                "$json" | "$yaml" => (path, true),
                _ => return None,
            }
        }
        _ => return None,
    };
    let path = written.as_str()?;
    let path = if value.kind() == Kind::String { path.strip_prefix("file://")? } else { path };
    Some(Reference { node: value.id(), span: written.span(), path: path.to_string(), parsed })
}

/// Returns whether the value of a property, or an item of it, would be read as the content of a file. What is given by
/// somebody else is data, and must not reach for files.
pub fn refers_to_file(value: &Value) -> bool {
    let named = |entries: &Map<String, Value>| {
        ["$text", "$json", "$yaml"].iter().any(|key| entries.contains_key(*key))
    };
    match value {
        Value::String(text) => text.starts_with("file://"),
        Value::Object(entries) => named(entries),
        Value::Array(items) => items.iter().any(|item| !item.is_array() && refers_to_file(item)),
        _ => false,
    }
}

/// Puts the content of each file in the place of its reference. `path` is that of the document: `./` and `../`
/// are read from its folder, other paths from the catalog root (Port: the root of the repository).
pub(super) fn resolve(
    document: &mut Document,
    references: Vec<Reference>,
    path: &str,
    files: &dyn Files,
    found: &mut Vec<Diagnostic>,
) {
    for reference in references {
        found.extend(resolve_one(document, &reference, path, files).err());
    }
}

fn resolve_one(
    document: &mut Document,
    reference: &Reference,
    path: &str,
    files: &dyn Files,
) -> Result<(), Diagnostic> {
    let fail = |message: String, help: &str| {
        Diagnostic::new(Rule::FileReference, reference.span, message).help(help.to_string())
    };
    let written = &reference.path;
    let relative = written.starts_with("./") || written.starts_with("../");
    let folder = if relative { path.rsplit_once('/').map_or("", |(folder, _)| folder) } else { "" };
    let outside =
        || fail(format!("`{written}` lies outside the catalog"), "refer to a file inside the catalog root");
    let resolved = crate::worktree::normalise(folder, written).ok_or_else(outside)?;
    let bytes = files.reference(&resolved, MOST).map_err(|reason| {
        fail(
            format!("`{resolved}` {reason}"),
            "paths start at the catalog root, or with ./ at the folder of this file",
        )
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| fail(format!("`{resolved}` is not UTF-8 text"), "only text can be a value"))?;
    let too_much =
        || fail(format!("`{resolved}` makes this document too large"), "refer to it by a link instead");
    if !reference.parsed {
        return document.replace_with_text(reference.node, &text).then_some(()).ok_or_else(too_much);
    }
    let tree = yaml::parse(SourceId::new(0), &Arc::from(text), &mut Vec::new());
    let root = tree.roots().next();
    let root = root.ok_or_else(|| {
        fail(format!("`{resolved}` is neither YAML nor JSON"), "mend the file, or use `$text`")
    })?;
    document.replace_with_copy(reference.node, root).then_some(()).ok_or_else(too_much)
}
