//! Text from a catalog, made safe to show.
//!
//! A catalog is written by people one need not trust, and its words reach terminals and build logs. There an
//! escape sequence repaints the screen, a bidirectional character reorders a line, and `##vso[` or `::` gives
//! the build service an order. Such characters are shown as the escapes that stand for them.
//!
//! Beside it stands what all writers share: Markdown that stays text, aligned columns, and numbers as people read
//! them.

pub mod diagram;
pub mod junit;
pub mod markdown;
mod number;
mod table;

pub use number::{plural, thousands};
pub use table::aligned;

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// No message is shown beyond this many characters.
const LONGEST: usize = 2_000;

/// How one character is shown.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Plain(char),
    /// As an escape.
    Escaped(String),
}

/// Returns `text` on one line, harmless, and clipped when it is very long.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (count, (at, character)) in text.char_indices().enumerate() {
        if count == LONGEST {
            shown.push('…');
            break;
        }
        match show(text, at, character) {
            Shown::Plain('\t') => shown.push_str("\\t"),
            Shown::Plain(':') if starts_command(text, at) => shown.push_str("\\u{3a}"),
            Shown::Plain(character) => shown.push(character),
            Shown::Escaped(escape) => shown.push_str(&escape),
        }
    }
    shown
}

/// Returns how the character at byte `at` of `text` is shown; a tab stays one, for the caller to expand.
pub fn show(text: &str, at: usize, character: char) -> Shown {
    match character {
        '\t' => Shown::Plain(character),
        '\n' => Shown::Escaped("\\n".to_string()),
        '\r' => Shown::Escaped("\\r".to_string()),
        '#' if continues_command(text, at) => Shown::Escaped(escape(character)),
        _ if character.is_control() || is_deceptive(character) => Shown::Escaped(escape(character)),
        _ => Shown::Plain(character),
    }
}

/// Returns `value` as indented JSON with a final line break. A log command inside a string is broken by an
/// escape that JSON readers undo.
///
/// # Errors
/// When the value is none that JSON can hold.
pub fn json(value: &impl Serialize) -> serde_json::Result<String> {
    let mut text = without_commands(serde_json::to_string_pretty(value)?);
    text.push('\n');
    Ok(text)
}

/// Returns `value` as JSON on one line, likewise without log commands.
///
/// # Errors
/// When the value is none that JSON can hold.
pub fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(without_commands)
}

/// Returns JSON with the log commands in its strings broken.
fn without_commands(mut text: String) -> String {
    for command in ["##[", "##v", "##V"] {
        if text.contains(command) {
            text = text.replace(command, &command.replacen("##", "#\\u0023", 1));
        }
    }
    text
}

/// Returns the escape for a character: `\u{1b}`.
fn escape(character: char) -> String {
    format!("\\u{{{:x}}}", u32::from(character))
}

/// Returns whether a character reorders or hides text: bidirectional controls, separators, byte-order marks,
/// zero-width spaces, and the tag characters. Joiners stay, because scripts and emoji need them.
pub fn is_deceptive(character: char) -> bool {
    matches!(character,
        '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Returns whether the colon at `at` is the first of a `::` that opens the text: a GitHub workflow command.
fn starts_command(text: &str, at: usize) -> bool {
    text[at + 1..].starts_with(':') && text[..at].trim_start().is_empty()
}

/// Returns whether the number sign at `at` is the second of `##[` or `##vso[`: a log command of Azure
/// Pipelines, and an older one of GitHub, anywhere in a line.
fn continues_command(text: &str, at: usize) -> bool {
    let after = &text.as_bytes()[at + 1..];
    let vso = after.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"vso["));
    text[..at].ends_with('#') && (vso || after.first() == Some(&b'['))
}

/// Returns `text` cut to `width` columns, with an ellipsis when something is missing.
pub fn cut(text: &str, width: usize) -> String {
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
            ("plain `Cart`: é 日本 👩\u{200d}👩", "plain `Cart`: é 日本 👩\u{200d}👩"),
            ("\u{1b}[31mred\u{1b}[0m", r"\u{1b}[31mred\u{1b}[0m"),
            ("a\nb\r\n\tc", r"a\nb\r\n\tc"),
            ("\u{202e}gnp.exe\u{85}\0", r"\u{202e}gnp.exe\u{85}\u{0}"),
            ("::set-output name=x::y", r"\u{3a}:set-output name=x::y"),
            (" ::error::x", r" \u{3a}:error::x"),
            ("a::b", "a::b"),
            ("## a ##VSO[x]y ##[z]", r"## a #\u{23}VSO[x]y #\u{23}[z]"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn very_long_text_is_clipped() {
        assert_eq!(shown(&"é".repeat(3_000)).chars().count(), LONGEST + 1);
        assert_eq!(shown(&"é".repeat(LONGEST)).chars().count(), LONGEST);
    }

    #[test]
    fn log_commands_in_json_are_broken_but_read_the_same() {
        let value = serde_json::json!(["##vso[task.setvariable]x", "##[command]", "## Fails"]);
        let text = json(&value).unwrap();
        assert!(!text.contains("##vso[") && !text.contains("##[") && text.contains("## Fails"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
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
