//! Text from a catalog, made safe for a terminal: no escape sequences, no reordering, one line.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// No text is shown beyond this many characters.
const LONGEST: usize = 2_000;

/// Returns `text` on one line, with escapes for what a terminal would obey or a build log take as an order.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (count, (at, character)) in text.char_indices().enumerate() {
        match character {
            _ if count == LONGEST => {
                shown.push('…');
                break;
            }
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            ':' | '#' if orders(text, at) => push_escape(&mut shown, character),
            _ if character.is_control() || is_deceptive(character) => push_escape(&mut shown, character),
            _ => shown.push(character),
        }
    }
    shown
}

fn push_escape(shown: &mut String, character: char) {
    shown.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
}

/// Returns whether a character reorders or hides text: bidirectional controls, separators, byte-order marks,
/// zero-width spaces, and the tag characters. Joiners stay, because scripts and emoji need them.
fn is_deceptive(character: char) -> bool {
    matches!(character,
        '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Returns whether the character at `at` would make the line an order to a build service: the first of a `::`
/// that opens the text, or the second of `##[` and `##vso[`.
fn orders(text: &str, at: usize) -> bool {
    let (before, after) = (&text[..at], &text[at + 1..]);
    if text[at..].starts_with(':') {
        return after.starts_with(':') && before.trim_start().is_empty();
    }
    let vso = after.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("vso["));
    before.ends_with('#') && (vso || after.starts_with('['))
}

/// Returns `text` cut to `width` columns, with an ellipsis when something is missing.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_string();
    }
    let mut left = width.saturating_sub(1);
    let mut kept = String::new();
    for character in text.chars() {
        let Some(rest) = left.checked_sub(character.width().unwrap_or(0)) else { break };
        left = rest;
        kept.push(character);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmful_characters_become_escapes() {
        for (text, expected) in [
            ("plain: é 日本 👩\u{200d}👩", "plain: é 日本 👩\u{200d}👩"),
            ("\u{1b}[31mred\u{9b}0m", r"\u{1b}[31mred\u{9b}0m"),
            ("a\nb\r\n\tc", r"a\nb\r\n\tc"),
            ("\u{202e}gnp.exe\0", r"\u{202e}gnp.exe\u{0}"),
            (" ::error::x", r" \u{3a}:error::x"),
            ("a::b ## c", "a::b ## c"),
            ("##VSO[x]y ##[z]", r"#\u{23}VSO[x]y #\u{23}[z]"),
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(shown(&"é".repeat(3_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn text_is_cut_by_columns() {
        for (text, width, expected) in
            [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 4, "日…"), ("日本", 4, "日本"), ("ab", 1, "…")]
        {
            assert_eq!(cut(text, width), expected);
        }
    }
}
