//! Text in the languages of diagrams: labels of Graphviz and Mermaid that show exactly what they are given.

use super::shown;

/// Returns a text as a quoted string that shows exactly it: Graphviz reads `\N` as the node's name and `&lt;` as
/// a character.
pub fn dot(text: &str) -> String {
    let text = shown(text).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;");
    format!("\"{text}\"")
}

/// Returns a text as a quoted label. Mermaid reads Markdown and HTML in labels, so every character that could be
/// part of either is written as its number.
pub fn mermaid(text: &str) -> String {
    let mut label = String::from("\"");
    let text = shown(text);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        // `1. a` and `- a` would be lists.
        let list = matches!(character, '.' | '-') && characters.peek() == Some(&' ');
        let plain = character.is_alphanumeric() || matches!(character, ' ' | '.' | '-' | '/' | ',');
        if (plain && !list) || !character.is_ascii() {
            label.push(character);
        } else {
            label.push_str(&format!("#{};", u32::from(character)));
        }
    }
    label.push('"');
    label
}
