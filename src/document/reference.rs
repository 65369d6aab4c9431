//! The Markdown files that the properties of an entity are read from.

use super::folder::is_markdown;
use crate::catalog::{EntityRef, folder_of};
use crate::portal::Portal;
use crate::worktree::normalise;
use crate::yaml::Node;

/// Returns the paths of the Markdown files that values of `entity`, or items of lists, are read from, in the order in which
/// they are written.
pub(super) fn markdown(portal: &Portal, entity: EntityRef<'_>) -> Vec<String> {
    let values = entity.properties().map(|(_, value)| value);
    values
        .flat_map(|value| std::iter::once(value).chain(value.items()))
        .filter_map(|it| path(portal, it))
        .collect()
}

/// Returns the path of the Markdown file that a value is read from, as `file://` or `$text` in the file of the entity says.
/// The value itself is what the file holds.
pub(super) fn path(portal: &Portal, value: Node<'_>) -> Option<String> {
    value.as_str()?;
    let span = value.span();
    let around = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '"' | '\'' | ':');
    let written = portal.sources.text(span).trim_matches(around);
    let path = match written.strip_prefix("$text") {
        Some(path) => path.trim_matches(around),
        None => written.strip_prefix("file://")?,
    };
    if path.contains('\n') || !is_markdown(path) {
        return None;
    }
    // As `file://` is resolved: from the file's folder with `./` and `../`, else from the root.
    let relative = path.starts_with("./") || path.starts_with("../");
    let from = if relative { folder_of(portal.sources.get(span.source).path()) } else { "" };
    normalise(from, path)
}

impl super::Documents {
    /// Returns the document that a value is read from, if it is one.
    pub fn behind(&self, portal: &Portal, value: Node<'_>) -> Option<&super::Document> {
        self.at(&path(portal, value)?)
    }
}
