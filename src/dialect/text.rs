//! Text of a catalog in the file of a CI system, which takes some of it for its own expressions.

use super::NONE;
use super::limit::LONGEST_VALUE;
use crate::printable;

/// Returns text as people read it in any CI system: on one line, at most `most` characters, and nothing in it that a
/// system would evaluate (`${{ }}`, `$[[ ]]`, `$( )`, `$VAR`), take for a command of a log, or show as something else.
pub fn display(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = printable::shown(&line);
    let mut safe = String::with_capacity(shown.len());
    let mut characters = shown.chars().peekable();
    while let Some(character) = characters.next() {
        safe.push(character);
        if character == '$' && characters.peek().copied().is_some_and(opens) {
            safe.push(' ');
        }
    }
    clip(safe, most)
}

/// Returns whether a value can be an option or a default: the file holds it exactly, the form shows it as it is, and
/// no CI system takes a part of it for an expression. One rule for all systems, so that all ask the same.
pub(super) fn holds(value: &str) -> bool {
    let evaluated = value.match_indices('$').any(|(at, _)| value[at + 1..].chars().next().is_some_and(opens));
    !value.is_empty()
        && value.len() <= LONGEST_VALUE
        && value.trim() == value
        && value != NONE
        && !evaluated
        && printable::shown(value) == value
}

/// Returns whether a dollar sign before this character begins an expression, a variable or a macro somewhere.
fn opens(next: char) -> bool {
    matches!(next, '{' | '[' | '(' | '_' | '$') || next.is_ascii_alphanumeric()
}

fn clip(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_text_is_no_expression() {
        for (text, expected) in [
            ("US$ 5, 5 $", "US$ 5, 5 $"),
            ("${{ github.token }}", "$ {{ github.token }}"),
            ("$[[ inputs.x ]] $(X) $[y] ${Z}", "$ [[ inputs.x ]] $ (X) $ [y] $ {Z}"),
            ("$$CI_JOB_TOKEN $1", "$ $ CI_JOB_TOKEN $ 1"),
            ("two\n\n  lines\there", "two lines here"),
            ("::set-output name=x::y", r"\u{3a}:set-output name=x::y"),
            ("##vso[task.x]y", r"#\u{23}vso[task.x]y"),
            ("\u{202e}gnp\0", r"\u{202e}gnp\u{0}"),
            ("0123456789", "0123456789"),
            ("01234567890", "012345678…"),
        ] {
            assert_eq!(display(text, 10.max(expected.chars().count())), expected);
        }
    }

    #[test]
    fn a_value_is_held_exactly_or_not_at_all() {
        for value in
            ["small", "a b", "US$ 5", "5 $", "yes", "null", "1.10", "'\"", "{x}", "é", "a::b", "👩\u{200d}👩"]
        {
            assert!(holds(value), "{value}");
        }
        let long = "x".repeat(LONGEST_VALUE + 1);
        for value in [
            "",
            " a",
            "a ",
            "a\tb",
            "a\nb",
            "${{ x }}",
            "$[[ x ]]",
            "$(x)",
            "$[x]",
            "${x}",
            "$X",
            "$_",
            "$$",
            "(none)",
            "::error::",
            "##vso[x]",
            "##[x]",
            "\u{202e}x",
            "\0",
            "\u{feff}x",
            &long,
        ] {
            assert!(!holds(value), "{value}");
        }
    }
}
