//! Graphviz.

use std::io::{self, Write};

use super::drawing::Drawing;
use super::find::label;
use crate::portal::Portal;
use crate::printable::diagram::dot as quoted;

/// Writes a directed graph with a cluster for each blueprint.
pub(super) fn write(drawing: &Drawing, portal: &Portal, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph portal {{")?;
    writeln!(out, "  rankdir=LR;")?;
    writeln!(out, "  node [shape=box, style=rounded];")?;
    for (number, (blueprint, nodes)) in drawing.groups(portal).into_iter().enumerate() {
        writeln!(out, "  subgraph cluster_{number} {{")?;
        writeln!(out, "    label={};", quoted(blueprint.label()))?;
        for at in nodes {
            let entity = portal.catalog.entity(drawing.nodes[at]);
            let width = if drawing.root == Some(at) { ", penwidth=2" } else { "" };
            let tooltip = quoted(&label(entity));
            writeln!(out, "    n{at} [label={}, tooltip={tooltip}{width}];", quoted(entity.label()))?;
        }
        writeln!(out, "  }}")?;
    }
    for (from, to, names) in &drawing.edges {
        writeln!(out, "  n{from} -> n{to} [label={}];", quoted(names))?;
    }
    writeln!(out, "}}")
}
