//! What documents read as, and what is said about those that do not.

mod hostile;
mod mistakes;
mod readers;
mod schema;
mod values;

use std::sync::Arc;

use super::{Document, parse};
use crate::diagnostic::Diagnostic;
use crate::source::SourceId;

/// Returns a finding on one line: rule, bytes, message, label, help, and where the related labels are.
fn render(finding: &Diagnostic) -> String {
    let span = finding.primary.span;
    let mut line = format!("{} {}..{} {}", finding.rule.name(), span.start, span.end, finding.message);
    for part in [finding.primary.text.as_str(), finding.help.as_deref().unwrap_or_default()] {
        line.push_str(if part.is_empty() { "" } else { "; " });
        line.push_str(part);
    }
    for related in &finding.related {
        line.push_str(&format!("; {}..{} {}", related.span.start, related.span.end, related.text));
    }
    line
}

/// Reads `text` and returns the document and what was found.
fn read(text: &str) -> (Document, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let document = parse(SourceId::new(0), &Arc::from(text), &mut found);
    (document, found)
}
