//! Mermaid.

use std::io::{self, Write};

use super::drawing::Drawing;
use super::printable::shown;
use crate::portal::Portal;

/// Writes a flowchart with a group for each blueprint.
pub(super) fn write(drawing: &Drawing, portal: &Portal, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (number, (blueprint, nodes)) in drawing.groups(portal).into_iter().enumerate() {
        writeln!(out, "  subgraph s{number}[{}]", quoted(blueprint.label()))?;
        for at in nodes {
            let entity = portal.catalog.entity(drawing.nodes[at]);
            writeln!(out, "    n{at}[{}]", quoted(entity.label()))?;
        }
        writeln!(out, "  end")?;
    }
    for (from, to, names) in &drawing.edges {
        writeln!(out, "  n{from} -->|{}| n{to}", quoted(names))?;
    }
    match drawing.root {
        Some(root) => writeln!(out, "  style n{root} stroke-width:3px"),
        None => Ok(()),
    }
}

/// Returns a text as a quoted label. Mermaid reads Markdown and HTML in labels, so every character that could be
/// part of either is written as its number.
pub(super) fn quoted(text: &str) -> String {
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
