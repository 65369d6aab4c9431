//! Scalars: when a text needs no quotes, and how it is quoted.

use serde_json::Number;

use crate::printable::is_deceptive;
use crate::yaml::scalar::{Plain, resolve};

/// Returns a text on one line, plain if nobody can take it for anything else. `flow` says that it is inside of
/// brackets.
pub(super) fn text(text: &str, flow: bool) -> String {
    if is_plain(text, flow) { text.to_string() } else { quoted(text, false) }
}

/// Returns a key.
pub(super) fn key(key: &str) -> String {
    text(key, true)
}

/// Returns a text as JSON has it.
pub(super) fn json(text: &str) -> String {
    quoted(text, true)
}

/// Returns a number so that YAML 1.1 takes it for one, too: there an exponent needs a dot before it and a sign.
pub(super) fn number(number: &Number) -> String {
    let text = number.to_string();
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else { return text };
    let dot = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    format!("{digits}{dot}e{sign}{exponent}")
}

/// Returns a text of several lines as the head of a literal, `|` or `|-`, and its lines; `None` where something would
/// be lost or not be seen: spaces at ends of lines, odd characters, blank lines around it.
pub(super) fn literal(text: &str) -> Option<(&'static str, Vec<&str>)> {
    let (head, lines) = text.strip_suffix('\n').map_or(("|-", text), |lines| ("|", lines));
    let several = lines.contains('\n') || head == "|";
    let framed = lines.is_empty() || lines.starts_with([' ', '\t', '\n']) || lines.ends_with('\n');
    let lines: Vec<&str> = lines.split('\n').collect();
    let seen = |line: &&str| {
        !line.starts_with('\t')
            && !line.ends_with([' ', '\t'])
            && line.chars().all(|c| c == '\t' || !needs_escape(c))
    };
    (several && !framed && lines.iter().all(seen)).then_some((head, lines))
}

/// Returns whether a text means the same without quotes, in YAML 1.1 and 1.2, and to who reads it.
fn is_plain(text: &str, flow: bool) -> bool {
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '(' | '$'))
        || text.starts_with("./")
        || text.starts_with("../");
    // YAML 1.1 readers take `a:b` in brackets for a mapping.
    let special: &[char] = if flow { &[',', '[', ']', '{', '}', ':', '"', '\''] } else { &[] };
    begins
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(special)
        && !text.contains(needs_escape)
        && !is_ambiguous(text)
}

/// Returns whether a reader of YAML 1.1 or 1.2 might take a text for a boolean, null, a number or a date.
fn is_ambiguous(text: &str) -> bool {
    const WORDS: &[&str] = &["y", "yes", "n", "no", "true", "false", "on", "off", "null"];
    let number = |c: char| c.is_ascii_hexdigit() || "xXoO_.,:+-tTzZ ".contains(c);
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || (text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(number))
        || resolve(text) != Plain::String
}

/// Returns whether a character must not stand for itself: a reader might refuse it, and nobody would see it.
pub(super) fn needs_escape(c: char) -> bool {
    c.is_control() || (c.is_whitespace() && c != ' ') || is_deceptive(c)
}

/// Returns a text in double quotes, with the escapes that JSON has; `json` has no other way for characters beyond the
/// first 65,536.
fn quoted(text: &str, json: bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if !needs_escape(c) => quoted.push(c),
            c if json || u32::from(c) <= 0xffff => {
                let units = &mut [0; 2];
                c.encode_utf16(units).iter().for_each(|unit| quoted.push_str(&format!("\\u{unit:04x}")));
            }
            c => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}
