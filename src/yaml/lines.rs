//! A JSON value a line (NDJSON, JSON Lines): each a document of its own.

use std::sync::Arc;

use super::build::Builder;
use super::tree::Document;
use super::{MAX_BYTES, json, too_large};
use crate::diagnostic::Diagnostic;
use crate::source::SourceId;

/// Reads the JSON value of each line of `text` and pushes what is wrong to `found`; a line with a mistake is left
/// out, the others stay.
pub fn parse_lines(source: SourceId, text: &Arc<str>, found: &mut Vec<Diagnostic>) -> Document {
    if text.len() > MAX_BYTES {
        found.push(too_large(source, text.len()));
        return Document::empty(source, text);
    }
    let mut builder = Builder::new(source, text);
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    for line in text[start..].split_inclusive('\n') {
        let end = start + line.trim_end().len();
        if end > start {
            json::read_line(&mut builder, start, end);
        }
        start += line.len();
    }
    let (document, mistakes) = builder.finish(text);
    found.extend(mistakes);
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_mistake_does_not_take_the_others_with_it() {
        let text: Arc<str> = Arc::from("\u{feff}{\"a\": 1}\n\n{\"a\":\n[2] \r\n \"x\" y\n{\"b\": 1e999}\n3");
        let mut found = Vec::new();
        let document = parse_lines(SourceId::new(0), &text, &mut found);
        let read: Vec<String> = document.roots().map(|root| root.to_json().to_string()).collect();
        assert_eq!(read, [r#"{"a":1}"#, "[2]", "3"]);
        let places: Vec<&str> = found
            .iter()
            .map(|finding| &text[finding.primary.span.start as usize..finding.primary.span.end as usize])
            .collect();
        assert_eq!(places, ["{", "y", "1e999"]);
    }
}
