//! The documents of a text: the lines `---` between them.

use super::Splices;
use super::layout::Layout;

/// Returns the ways to remove the document that holds the byte `at`. What precedes the first document stays: it is
/// about the file.
pub(super) fn remove(text: &str, at: usize) -> Vec<Splices> {
    let layout = Layout::new(text);
    let markers = markers(layout);
    let after = markers.iter().copied().find(|&marker| marker > at);
    let start = markers.iter().copied().rfind(|&marker| marker <= at);
    let end = after.unwrap_or(text.len());
    let content = layout.line_start(layout.skip_blank(layout.first()));
    let (start, end) = match (start, after) {
        (Some(start), _) => (start, end),
        // The marker that parted the first document from the second goes with it.
        (None, Some(next)) if layout.ends_line(next + 3) => (content, layout.next_line(next)),
        (None, _) => (content, end),
    };
    let open = end == text.len() && !text.ends_with('\n') && start > layout.first();
    let exact = (start, end);
    let nice = if open { (layout.line_end(layout.line_start(start - 1)), end) } else { exact };
    [nice, exact].map(|(start, end)| vec![(start..end, String::new())]).to_vec()
}

/// Returns how a document is added; `parted` says that a marker is needed before it.
pub(super) fn append(text: &str, document: &str, parted: bool) -> Splices {
    let layout = Layout::new(text);
    let line_break = layout.line_break();
    let mut added = String::new();
    let open = layout.first() < text.len() && !text.ends_with('\n');
    if open {
        added.push_str(line_break);
    }
    if parted {
        added.push_str("---");
        added.push_str(line_break);
    }
    let document = if open { document.trim_end_matches('\n') } else { document };
    added.push_str(&document.replace('\n', line_break));
    vec![(text.len()..text.len(), added)]
}

/// Returns where the lines begin that begin a document.
fn markers(layout: Layout<'_>) -> Vec<usize> {
    let text = layout.text;
    let mut markers = Vec::new();
    let mut at = layout.first();
    while at < text.len() {
        let rest = text[at..].strip_prefix("---");
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])) {
            markers.push(at);
        }
        at = layout.next_line(at);
    }
    markers
}
