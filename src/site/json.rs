//! JSON written straight from a document's nodes.

use crate::yaml::{Kind, Node};

/// Appends a text.
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    // Compared without branches, a processor takes many bytes at once; most texts have nothing to escape.
    let special = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    if text.bytes().fold(false, |any, byte| any | special(byte)) {
        return serde_json::to_writer(out, text).expect("memory takes everything");
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Appends `"key":`, after a comma unless it is the first of an object.
pub(super) fn key(out: &mut Vec<u8>, key: &str) {
    if !matches!(out.last(), Some(b'{')) {
        out.push(b',');
    }
    string(out, key);
    out.push(b':');
}

/// Appends a list of texts.
pub(super) fn strings<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'a str>) {
    out.push(b'[');
    for (at, text) in texts.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        string(out, text);
    }
    out.push(b']');
}

/// Appends the value of a node.
pub(super) fn node(out: &mut Vec<u8>, value: Node<'_>) {
    match value.kind() {
        Kind::String => string(out, value.as_str().unwrap_or_default()),
        Kind::List => {
            out.push(b'[');
            for (at, item) in value.items().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                node(out, item);
            }
            out.push(b']');
        }
        Kind::Map => {
            out.push(b'{');
            for (name, item) in value.entries() {
                key(out, name.as_str().unwrap_or_default());
                node(out, item);
            }
            out.push(b'}');
        }
        Kind::Null => out.extend_from_slice(b"null"),
        Kind::Bool => out.extend_from_slice(if value.as_bool() == Some(true) { b"true" } else { b"false" }),
        Kind::Number => serde_json::to_writer(out, &value.to_json()).expect("memory takes everything"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_as_serde_does() {
        let long = "a".repeat(40);
        let signs = ["", "plain", "\"", "\\", "\n", "\u{1}", "\u{7f}", "\u{2028}", "Gr\u{fc}\u{df}e", &long];
        for text in signs
            .iter()
            .flat_map(|sign| [(*sign).to_string(), format!("{long}{sign}"), format!("{sign}{long}")])
        {
            let mut out = Vec::new();
            string(&mut out, &text);
            assert_eq!(out, serde_json::to_vec(&text).expect("JSON"), "{text:?}");
        }
    }
}
