//! Markup written piece by piece, for what a page has dozens of: quicker than a template, and as safe.

use std::borrow::Cow;
use std::fmt::Write;

use minijinja::Value;
use xxhash_rust::xxh3::Xxh3;

/// Markup in the making. What is not written in this program can only be added as text.
#[derive(Debug, Default)]
pub(super) struct Markup {
    out: String,
}

impl Markup {
    /// Returns no markup, with room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes) }
    }

    /// Adds markup.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Adds text, escaped.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        escape(text, &mut self.out).expect("a string takes everything");
        self
    }

    /// Adds a number.
    pub(super) fn number(&mut self, number: impl itoa::Integer) -> &mut Self {
        self.out.push_str(itoa::Buffer::new().format(number));
        self
    }

    /// Returns markup that another writer made, who escapes as carefully.
    pub(super) fn trusted(markup: String) -> Self {
        Self { out: markup }
    }

    /// Feeds the markup to a hasher.
    pub(super) fn hash(&self, hasher: &mut Xxh3) {
        hasher.update(&self.out.len().to_le_bytes());
        hasher.update(self.out.as_bytes());
    }

    /// Adds other markup.
    pub(super) fn append(&mut self, other: &Self) -> &mut Self {
        self.out.push_str(&other.out);
        self
    }

    /// Returns how many bytes were added.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Returns whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Returns the markup as it is so far.
    pub(super) fn as_str(&self) -> &str {
        &self.out
    }

    /// Returns the markup as a value that a template writes as it is.
    pub(super) fn finish(self) -> Value {
        Value::from_safe_string(self.out)
    }
}

/// Returns whether a byte may have to be written otherwise. Without branches, so that a processor compares many bytes at once.
fn is_special(byte: u8) -> bool {
    let control = (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
    let quote = (byte == b'"') | (byte == b'\'');
    control | quote | (byte > b'~') | (byte == b'&') | (byte == b'<') | (byte == b'>')
}

/// Writes text so that it stays text between tags and between quotes. Characters that HTML forbids, and those
/// that would show the text in another order than it has, are shown by their number.
pub(super) fn escape(text: &str, out: &mut impl Write) -> std::fmt::Result {
    // Most texts are written as they are.
    if !text.bytes().fold(false, |any, byte| any | is_special(byte)) {
        return out.write_str(text);
    }
    let mut start = 0;
    let special = text.bytes().enumerate().filter(|&(_, byte)| is_special(byte));
    for (at, byte) in special {
        let known = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ if !text.is_char_boundary(at) => continue,
            _ => match hidden(&text[at..]) {
                Some(character) => {
                    write!(out, "{}\u{2039}U+{:04X}\u{203a}", &text[start..at], u32::from(character))?;
                    start = at + character.len_utf8();
                    continue;
                }
                None => continue,
            },
        };
        out.write_str(&text[start..at])?;
        out.write_str(known)?;
        start = at + 1;
    }
    out.write_str(&text[start..])
}

/// Returns the first character of `text` if it must not be written as it is.
fn hidden(text: &str) -> Option<char> {
    let character = text.chars().next()?;
    let hidden = match character {
        '\t' | '\n' | '\r' => false,
        // Embeddings, overrides and isolates of writing direction; marks (U+200E, U+200F) only concern neighbours.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{fdd0}'..='\u{fdef}' => true,
        _ => character.is_control() || u32::from(character) & 0xfffe == 0xfffe,
    };
    hidden.then_some(character)
}

/// Returns the text with the characters that [`escape`] would show by their number replaced alike.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    // Most texts have none of them.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let mut buffer = [0; 4];
        match hidden(character.encode_utf8(&mut buffer)) {
            Some(_) => shown.push_str(&format!("\u{2039}U+{:04X}\u{203a}", u32::from(character))),
            None => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("plain", "plain"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\"'&", "&quot;&#39;&amp;"),
            ("a/b\tc\n", "a/b\tc\n"),
            ("Gr\u{fc}\u{df}e \u{1f600}", "Gr\u{fc}\u{df}e \u{1f600}"),
            ("\u{5e9}\u{5dc}\u{200f}", "\u{5e9}\u{5dc}\u{200f}"),
            ("a\u{202e}b\u{0}c", "a\u{2039}U+202E\u{203a}b\u{2039}U+0000\u{203a}c"),
            (
                "\u{ffff}\u{1fffe}\u{85}",
                "\u{2039}U+FFFF\u{203a}\u{2039}U+1FFFE\u{203a}\u{2039}U+0085\u{203a}",
            ),
        ] {
            let mut out = String::new();
            escape(text, &mut out).expect("a string takes everything");
            assert_eq!(out, expected, "{text:?}");
            assert_eq!(visible(text).contains('\u{2039}'), expected.contains('\u{2039}'));
        }
    }

    #[test]
    fn a_sign_is_escaped_wherever_it_stands() {
        for length in [1, 15, 16, 17, 40] {
            for at in 0..length {
                for sign in ['<', '>', '&', '"', '\'', '\u{1}', '\u{7f}'] {
                    let mut text = "a".repeat(length);
                    text.replace_range(at..=at, &sign.to_string());
                    let mut out = String::new();
                    escape(&text, &mut out).expect("a string takes everything");
                    assert!(!out.contains(sign) || sign == '&' && out.contains("&amp;"), "{text:?}: {out}");
                    assert_eq!(out.matches('a').count(), length - 1 + usize::from(sign == '&'), "{out}");
                }
            }
        }
    }
}
