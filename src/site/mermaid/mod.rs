//! Flowcharts in the language of Mermaid, drawn when the site is built.
//!
//! A chart is drawn only when every line of it is understood: a drawing that lacks something would be wrong, and nobody
//! could see that. Everything else stays code.

mod draw;
mod layer;
mod layout;
mod node;
mod parse;
mod place;

/// The direction in which a chart flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Down,
    Up,
    Right,
    Left,
}

impl Direction {
    /// Returns whether layers are columns.
    fn is_across(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }
}

/// The form of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Box,
    Round,
    Stadium,
    Store,
    Circle,
    Choice,
    Hexagon,
}

/// A node of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    id: String,
    /// What is shown, line by line.
    lines: Vec<String>,
    form: Form,
    /// The number of the group that it is in.
    group: Option<usize>,
}

/// How an edge is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stroke {
    Plain,
    Dotted,
    Thick,
}

/// An edge of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edge {
    from: usize,
    to: usize,
    label: Option<String>,
    stroke: Stroke,
    /// Whether there is an arrow at the start, and at the end.
    arrows: (bool, bool),
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chart {
    direction: Direction,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    groups: Vec<String>,
    /// Whether it asks for colours, which are left out.
    styled: bool,
}

/// Returns the drawing of a chart, or `None` when it is not understood as a whole.
pub(super) fn draw(text: &str) -> Option<String> {
    let chart = parse::parse(text)?;
    let layout = layout::layout(&chart)?;
    Some(draw::draw(&chart, &layout))
}

#[cfg(test)]
mod tests;
