//! The data model in the languages of diagrams, for documents and tools of one's own.

use super::model::Model;
use crate::printable::diagram::{dot as in_dot, mermaid as in_mermaid};

/// Returns the model as a flowchart of Mermaid.
pub(super) fn mermaid(model: &Model<'_>) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, kind) in model.kinds.iter().enumerate() {
        out.push_str(&format!("  b{at}[{}]\n", in_mermaid(kind.label)));
    }
    for (from, to, label) in edges(model) {
        out.push_str(&format!("  b{from} -->|{}| b{to}\n", in_mermaid(&label)));
    }
    out
}

/// Returns the model as a directed graph of Graphviz.
pub(super) fn dot(model: &Model<'_>) -> String {
    let mut out = String::from("digraph model {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for (at, kind) in model.kinds.iter().enumerate() {
        out.push_str(&format!("  b{at} [label={}];\n", in_dot(kind.label)));
    }
    for (from, to, label) in edges(model) {
        out.push_str(&format!("  b{from} -> b{to} [label={}];\n", in_dot(&label)));
    }
    out.push_str("}\n");
    out
}

/// Returns every relation of the model: from, to, and what it is called.
fn edges<'m>(model: &'m Model<'_>) -> impl Iterator<Item = (usize, usize, String)> + 'm {
    model.kinds.iter().enumerate().flat_map(|(from, kind)| {
        kind.relations.iter().flat_map(move |row| {
            let many = if row.relation.many { "many" } else { "one" };
            let label = format!("{}, {many}", row.relation.label());
            row.targets.iter().map(move |&to| (from, to, label.clone()))
        })
    })
}
