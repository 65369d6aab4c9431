//! Text from a catalog in Markdown, as text: no markup, no links, no mentions.
//!
//! Hosts look for mentions and issue numbers after they have rendered the Markdown, where a backslash no longer helps,
//! so an invisible character parts those.

use super::shown;

/// Returns `text` as code, in more backticks than it has in a row.
pub fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Returns a message as Markdown: what it has in backticks as code, the rest as text.
pub fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut inline = String::new();
    for (index, part) in parts.iter().enumerate() {
        let quoted = index % 2 == 1;
        if quoted && index + 1 < parts.len() && !part.is_empty() {
            // Two backticks in a row would be one fence.
            inline.push_str(if inline.ends_with('`') { " `" } else { "`" });
            inline.push_str(part);
            inline.push('`');
        } else if quoted {
            let closing = if index + 1 < parts.len() { "\\`" } else { "" };
            inline.push_str(&format!("\\`{}{closing}", escape(part)));
        } else {
            inline.push_str(&escape(part));
        }
    }
    inline
}

/// Returns `text` without meaning in Markdown, HTML, or to the host of a comment.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' | '#' => escaped.extend([character, '\u{2060}']),
            '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '!' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    escaped.replace("://", ":\u{2060}//").replace("www.", "www\u{2060}.")
}

/// Returns `text` on one line, as a message in Markdown that a table can hold: a bar ends a cell even inside code.
pub fn cell(text: &str) -> String {
    let text = shown(text);
    if text.contains('|') { escape(&text).replace('`', "\\`") } else { inline(&text) }
}

/// Returns a text of several lines as such a message, its lines still apart.
pub fn lines(text: &str) -> String {
    text.trim().lines().map(cell).collect::<Vec<_>>().join("<br>")
}

/// Returns a name as code on one line; as text when a table could not hold it.
pub fn name(text: &str) -> String {
    let text = shown(text);
    if text.contains('|') || text.trim().is_empty() { cell(&text) } else { code(&text) }
}

/// Returns a table. Its cells are Markdown already.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|{}\n", header.join(" | "), "---|".repeat(header.len()));
    for row in rows {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_pair_up_or_are_text() {
        for (text, expected) in [
            ("`a` and `b`", "`a` and `b`"),
            ("`a``b`", "`a` `b`"),
            ("one ` only", "one \\` only"),
            ("``", "\\`\\`"),
            ("`<b>` <b>", "`<b>` &lt;b&gt;"),
        ] {
            assert_eq!(inline(text), expected);
        }
    }

    #[test]
    fn a_cell_stays_one_cell() {
        for (text, expected) in [
            ("`a` b", "`a` b"),
            ("`a|b` c", "\\`a\\|b\\` c"),
            ("a\nb", "a\\\\nb"),
            ("@you #1", "@\u{2060}you #\u{2060}1"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
