//! Curly quotation marks where straight ones are needed: what word processors make of YAML.

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{SourceId, Span};

/// The quotation marks that YAML and JSON do not know.
const CURLY: [char; 10] = ['“', '”', '„', '‘', '’', '‚', '«', '»', '″', '＂'];

/// Returns whether `key` is written in curly quotation marks.
pub(super) fn wraps(key: &str) -> bool {
    key.starts_with(CURLY) && key.ends_with(CURLY) && key.chars().nth(1).is_some()
}

/// Returns whether a curly quotation mark stands somewhere where a key begins.
pub(super) fn begin_a_key(text: &str) -> bool {
    !text.is_ascii()
        && text.match_indices(CURLY).any(|(place, _)| {
            let before = text[..place].trim_end_matches([' ', '\t']);
            before.is_empty() || before.ends_with(['\n', '{', '[', ','])
        })
}

/// Returns whether a curly quotation mark stands where a value begins, on the line of the byte `at` and
/// before it.
pub(super) fn begin_a_value(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = &before[before.rfind('\n').map_or(0, |newline| newline + 1)..];
    line.match_indices(CURLY)
        .any(|(place, _)| line[..place].trim_end_matches([' ', '\t']).ends_with([':', '-']))
}

/// Returns the one finding about all curly quotation marks of `text`.
pub(super) fn finding(source: SourceId, text: &str) -> Option<Diagnostic> {
    let (at, mark) = text.match_indices(CURLY).next()?;
    let character = mark.chars().next()?;
    let count = text.matches(CURLY).count();
    let straight = if matches!(character, '‘' | '’' | '‚') { '\'' } else { '"' };
    let all = if count == 1 { String::from("it") } else { format!("all {count}") };
    let label = if count == 1 {
        String::from("the only one in this file")
    } else {
        format!("the first of {count} in this file")
    };
    Some(
        Diagnostic::new(
            Rule::TypographicQuotes,
            Span::new(source, at, at + mark.len()),
            format!(
                "a typographic quotation mark `{character}` (U+{:04X}) where `{straight}` is needed",
                u32::from(character)
            ),
        )
        .label(label)
        .help(format!("replace {all} with straight quotation marks (`{straight}`)")),
    )
}
