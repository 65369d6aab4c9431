//! Parts of sentences that findings are made of: names with articles, lists of names, texts cut short.

use crate::yaml::{Kind, Node};

/// Returns a kind with its article, for sentences.
pub fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Bool => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::List => "a list",
        Kind::Map => "a mapping",
    }
}

/// Returns a name, in backticks or not, with its article: ``an `API` ``.
pub fn an(name: &str) -> String {
    let vowel = name.trim_start_matches('`').starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    format!("{} {name}", if vowel { "an" } else { "a" })
}

/// Returns what to write instead of YAML 1.1's `yes` and `no`, which are strings in YAML 1.2.
pub fn boolean_hint(node: Node<'_>) -> Option<String> {
    let meant = match node.text()?.to_lowercase().as_str() {
        "yes" | "on" | "y" | "true" => "true",
        "no" | "off" | "n" | "false" => "false",
        _ => return None,
    };
    Some(format!("YAML 1.2 reads this as a string; write `{meant}`"))
}

/// Returns names in backticks, separated by commas.
pub fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Returns names of a catalog, of which there may be any number, in backticks: the first, and how many there are besides.
pub fn quoted_first<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let mut names = names.into_iter();
    let first = quoted(names.by_ref().take(MOST));
    match names.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// Returns a text short enough for a message.
pub fn clip(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= MOST && line.len() == text.len() {
        return line.to_string();
    }
    let head: String = line.chars().take(MOST).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_of_names_are_cut_and_counted() {
        let names: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        let first = |count: usize| quoted_first(names[..count].iter().map(String::as_str));
        assert_eq!(first(0), "");
        assert_eq!(first(2), "`0`, `1`");
        assert!(first(12).ends_with("`10`, `11`"), "{}", first(12));
        assert!(first(40).ends_with("`10`, `11` and 28 more"), "{}", first(40));
    }
}
