//! Mermaid.

use std::io::{self, Write};

use super::drawing::Drawing;
use crate::portal::Portal;
use crate::printable::diagram::mermaid as quoted;

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
