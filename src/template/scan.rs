//! Where expressions are in a text, and what they name.

use crate::jq::JqError;

/// A piece of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    Jq { source: &'t str, offset: usize },
}

/// The parts of an entity that an expression may read of an input.
const PARTS: &[&str] = &["identifier", "title", "icon", "team", "blueprint", "properties", "relations"];

/// Returns the pieces of a text, in order.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, JqError> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        if open > from {
            pieces.push(Piece::Text(&text[from..open]));
        }
        let start = open + 2;
        let Some(end) = end(&text[start..]).map(|at| start + at) else {
            return Err(JqError {
                message: "`{{` is not closed".into(),
                offset: Some(open),
                help: Some("an expression ends with `}}`".into()),
            });
        };
        pieces.push(Piece::Jq { source: &text[start..end], offset: start });
        from = end + 2;
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
    Ok(pieces)
}

/// Returns where the `}}` is that ends an expression: outside its texts and objects.
fn end(source: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    // What is open: `{`, `[`, `(`, or the `"` of a text.
    let mut open: Vec<u8> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if open.last() == Some(&b'"') {
            match byte {
                b'\\' if bytes.get(at + 1) == Some(&b'(') => {
                    open.push(b'(');
                    at += 1;
                }
                b'\\' => at += 1,
                b'"' => {
                    open.pop();
                }
                _ => {}
            }
        } else {
            match byte {
                b'}' if open.is_empty() => {
                    return (bytes.get(at + 1) == Some(&b'}')).then_some(at);
                }
                b'"' | b'{' | b'[' | b'(' => open.push(byte),
                b'}' | b']' | b')' => {
                    open.pop();
                }
                _ => {}
            }
        }
        at += 1;
    }
    None
}

/// Returns whether a key is `{{ spreadValue() }}`.
pub(super) fn spreads(key: &str) -> bool {
    let inner = key.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    inner.is_some_and(|inner| inner.trim() == "spreadValue()")
}

/// Returns the inputs of which an expression reads parts: `service` of `.inputs.service.title`.
pub(super) fn entity_inputs(source: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, rest) in members(source, "inputs") {
        let part = rest.strip_prefix('?').unwrap_or(rest).strip_prefix('.').unwrap_or_default();
        let part = &part[..name_end(part)];
        if PARTS.contains(&part) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Returns the names that a text reads of `.secrets`.
pub(super) fn secrets(text: &str) -> Vec<String> {
    let Ok(pieces) = pieces(text) else { return Vec::new() };
    let expressions = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Jq { source, .. } => Some(source),
        Piece::Text(_) => None,
    });
    expressions.flat_map(|source| members(source, "secrets").map(|(name, _)| name)).collect()
}

/// Returns each member of `.root` that an expression names, with what follows it.
pub(super) fn members<'t>(source: &'t str, root: &str) -> impl Iterator<Item = (String, &'t str)> + use<'t> {
    let needle = format!(".{root}");
    let found = source.match_indices(&needle).map(|(at, found)| at + found.len()).collect::<Vec<_>>();
    found.into_iter().filter_map(move |at| {
        let rest = &source[at..];
        let rest = rest.strip_prefix('?').unwrap_or(rest);
        if let Some(quoted) = rest.strip_prefix("[\"").or_else(|| rest.strip_prefix(".[\"")) {
            let end = quoted.find("\"]")?;
            return Some((quoted[..end].to_string(), &quoted[end + 2..]));
        }
        let rest = rest.strip_prefix('.')?;
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            return Some((quoted[..end].to_string(), &quoted[end + 1..]));
        }
        let end = name_end(rest);
        (end > 0).then(|| (rest[..end].to_string(), &rest[end..]))
    })
}

fn name_end(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}
