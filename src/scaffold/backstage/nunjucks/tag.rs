//! The tags of a text: where expressions and statements are, and their JavaScript as the engine reads it.

use std::ops::Range;

use super::growth::Growth;

/// Statements that are not read: they need other files, or make texts that nothing bounds.
const UNREAD: &[&str] =
    &["macro", "call", "filter", "import", "from", "include", "extends", "block", "with", "do", "autoescape"];

/// What a tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Expression,
    Statement,
}

/// A tag.
#[derive(Debug)]
struct Tag {
    kind: Kind,
    /// All of it, delimiters included.
    outer: Range<usize>,
    /// What is between the delimiters, without the marks that trim space.
    inner: Range<usize>,
}

/// A name that an expression asks for: `parameters.name`, `steps['publish'].output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scaffold::backstage) struct Name {
    /// Its parts, the root first.
    pub parts: Vec<String>,
    /// Its bytes.
    pub range: Range<usize>,
}

/// Returns the tags of a text, in order, without comments and what `raw` keeps. The last may not be closed; the engine
/// says so.
fn tags(source: &str, open: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..) {
        let next = [(open, "}}"), ("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .filter_map(|marks| rest.find(marks.0).map(|offset| (at + offset, marks)))
            .min_by_key(|(start, _)| *start);
        let Some((start, (opening, closing))) = next else { break };
        let inside = start + opening.len();
        if opening == "{#" {
            let end = source[inside..].find(closing);
            at = end.map_or(source.len(), |end| inside + end + closing.len());
            continue;
        }
        let Some(end) = closed(source, inside, closing) else { break };
        let inner = trimmed(source, inside..end);
        let kind = if opening == "{%" { Kind::Statement } else { Kind::Expression };
        let word = source[inner.clone()].trim();
        at = end + closing.len();
        if kind == Kind::Statement && matches!(word, "raw" | "verbatim") {
            tags.push(Tag { kind, outer: start..at, inner });
            let Some((end, tag)) = raw_end(source, at, word) else { break };
            at = end;
            tags.push(tag);
            continue;
        }
        tags.push(Tag { kind, outer: start..at, inner });
    }
    tags
}

/// Returns where the statement that ends `raw` ends, and the statement.
fn raw_end(source: &str, from: usize, word: &str) -> Option<(usize, Tag)> {
    let mut at = from;
    loop {
        let start = at + source.get(at..)?.find("{%")?;
        let inside = start + 2;
        let end = inside + source[inside..].find("%}")?;
        let inner = trimmed(source, inside..end);
        at = end + 2;
        if source[inner.clone()].trim().strip_prefix("end") == Some(word) {
            return Some((at, Tag { kind: Kind::Statement, outer: start..at, inner }));
        }
        at = inside;
    }
}

/// Returns the bytes between delimiters without the marks that trim space.
fn trimmed(source: &str, range: Range<usize>) -> Range<usize> {
    let text = &source[range.clone()];
    let start = range.start + usize::from(text.starts_with(['-', '+']));
    let end = range.end - usize::from(text.ends_with(['-', '+']));
    start..end.max(start)
}

/// Returns where `closing` is, texts in quotes skipped.
fn closed(source: &str, from: usize, closing: &str) -> Option<usize> {
    let mut at = from;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(closing) {
            return Some(at);
        }
        at = match rest.as_bytes()[0] {
            quote @ (b'"' | b'\'') => after_quoted(source, at, quote)?,
            _ => at + rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    None
}

/// Returns where the text in quotes that begins at `at` ends.
fn after_quoted(source: &str, at: usize, quote: u8) -> Option<usize> {
    let mut escaped = false;
    for (offset, byte) in source.as_bytes().get(at + 1..)?.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            byte if *byte == quote => return Some(at + offset + 2),
            _ => {}
        }
    }
    None
}

/// Returns the one expression that a text is and nothing else.
pub(super) fn alone(source: &str, open: &str) -> Option<Range<usize>> {
    match tags(source, open).as_slice() {
        [tag] if tag.kind == Kind::Expression && tag.outer == (0..source.len()) => Some(tag.inner.clone()),
        _ => None,
    }
}

/// Returns the parts of a tag that are no texts in quotes.
fn unquoted(source: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (range.start, range.start);
    let bytes = source.as_bytes();
    while at < range.end {
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                parts.push(start..at);
                at = after_quoted(source, at, quote).unwrap_or(range.end).min(range.end);
                start = at;
            }
            _ => at += 1,
        }
    }
    parts.push(start..range.end);
    parts
}

/// Returns a text with its JavaScript as the engine reads it, each byte where it was: `===` is `==`, `.length` the filter;
/// no text that it is given has more than `given` bytes.
///
/// # Errors
/// The bytes of a tag that cannot be taken, and why: what could double a text again and again would never end.
pub(super) fn rewritten(source: &str, open: &str, given: usize) -> Result<String, (Range<usize>, String)> {
    let mut bytes = source.as_bytes().to_vec();
    let mut growth = Growth::new(source.len().max(given));
    for tag in tags(source, open) {
        let word = source[tag.inner.clone()].trim_start();
        let word_at = tag.inner.end - word.len();
        let first = if tag.kind == Kind::Statement { first_word(word) } else { "" };
        let is_word = |name: &str| tag.kind == Kind::Statement && first == name;
        if UNREAD.contains(&first) {
            return Err((tag.outer, format!("`{first}` cannot be used here")));
        }
        for (name, ours) in [("elseif", "elif  "), ("verbatim", "raw     "), ("endverbatim", "endraw     ")] {
            if is_word(name) {
                bytes[word_at..word_at + name.len()].copy_from_slice(ours.as_bytes());
            }
        }
        let parts = unquoted(source, tag.inner.clone());
        let plain: Vec<&str> = parts.iter().map(|part| &source[part.clone()]).collect();
        let names = names_in(source, &tag);
        let names = names
            .iter()
            .filter_map(|name| Some((name.parts.first()?.as_str(), name.range.start - tag.inner.start)));
        if let Err(reason) = growth.tag(first, &source[tag.inner.clone()], &plain, &names.collect::<Vec<_>>())
        {
            return Err((tag.outer, reason.to_string()));
        }
        parts.into_iter().for_each(|part| rewrite(&mut bytes, part));
    }
    // Only ASCII was replaced by ASCII.
    Ok(String::from_utf8(bytes).unwrap_or_else(|_| source.to_string()))
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !is_name(c)).next().unwrap_or_default()
}

fn rewrite(bytes: &mut [u8], part: Range<usize>) {
    let end = part.end;
    for at in part {
        let next = bytes.get(at + 7).copied().filter(|_| at + 7 < end).map_or(' ', char::from);
        match bytes.get(at..end) {
            Some([b'=' | b'!', b'=', b'=', ..]) if at == 0 || bytes[at - 1] != b'=' => bytes[at + 2] = b' ',
            Some(rest) if rest.starts_with(b".length") && !is_name(next) && next != '(' => bytes[at] = b'|',
            _ => {}
        }
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

/// Returns the names that the expressions and statements of a text ask for.
pub(in crate::scaffold::backstage) fn names(source: &str, open: &str) -> Vec<Name> {
    tags(source, open).iter().flat_map(|tag| names_in(source, tag)).collect()
}

/// Returns the names in a tag.
fn names_in(source: &str, tag: &Tag) -> Vec<Name> {
    let mut names = Vec::new();
    for part in unquoted(source, tag.inner.clone()) {
        let mut at = part.start;
        while at < part.end {
            let Some(first) = source[at..part.end].chars().next() else { break };
            let before = source[..at].chars().next_back();
            let begins =
                (first.is_alphabetic() || first == '_') && !before.is_some_and(|c| is_name(c) || c == '.');
            if !begins {
                at += first.len_utf8();
                continue;
            }
            let name = name_at(source, at, tag.inner.end);
            // What follows may go through a text in quotes, `steps['a'].output`, and beyond this part.
            at = name.range.end.max(at + first.len_utf8());
            names.push(name);
        }
    }
    names
}

/// Returns the name that begins at `start`.
fn name_at(source: &str, start: usize, end: usize) -> Name {
    let word = |at: usize| source[at..end].chars().take_while(|c| is_name(*c)).collect::<String>();
    let first = word(start);
    let mut at = start + first.len();
    let mut parts = vec![first];
    loop {
        let rest = &source[at..end];
        if let Some(after) = rest.strip_prefix('.') {
            let part = word(end - after.len());
            if part.is_empty() {
                break;
            }
            at += 1 + part.len();
            parts.push(part);
            continue;
        }
        let quoted =
            rest.strip_prefix("['").zip(Some('\'')).or_else(|| rest.strip_prefix("[\"").zip(Some('"')));
        let part = quoted.and_then(|(inner, quote)| inner.split_once(quote));
        let Some((part, after)) = part.filter(|(_, after)| after.starts_with(']')) else { break };
        at = end - after.len() + 1;
        parts.push(part.to_string());
    }
    Name { parts, range: start..at }
}
