//! Reading a flowchart: the part of the language that most charts are written in.

use rustc_hash::FxHashMap;

use super::node::{self, Written};
use super::{Chart, Direction, Edge, Node, Stroke};

/// The largest chart that is drawn.
const MOST_NODES: usize = 60;
const MOST_EDGES: usize = 120;
const LONGEST: usize = 16 * 1024;

/// Returns the chart, or `None` when there is anything in it that is not understood.
pub(super) fn parse(text: &str) -> Option<Chart> {
    if text.len() > LONGEST {
        return None;
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("%%"));
    let (head, rest) = lines.next()?.split_once(char::is_whitespace)?;
    if !matches!(head, "graph" | "flowchart") {
        return None;
    }
    let (direction, rest) = rest.trim().split_once(';').unwrap_or((rest.trim(), ""));
    let direction = match direction.trim() {
        "TD" | "TB" => Direction::Down,
        "BT" => Direction::Up,
        "LR" => Direction::Right,
        "RL" => Direction::Left,
        _ => return None,
    };
    let chart = Chart { direction, nodes: Vec::new(), edges: Vec::new(), groups: Vec::new(), styled: false };
    let mut reader = Reader { chart, known: FxHashMap::default(), group: None, group_ids: Vec::new() };
    for line in std::iter::once(rest).chain(lines) {
        for statement in statements(line) {
            reader.statement(statement)?;
        }
    }
    let chart = reader.chart;
    let fits = (2..=MOST_NODES).contains(&chart.nodes.len()) && (1..=MOST_EDGES).contains(&chart.edges.len());
    let to_group = reader.group_ids.iter().any(|id| reader.known.contains_key(id));
    (fits && !to_group && reader.group.is_none()).then_some(chart)
}

/// Returns the statements of a line: semicolons outside of quotes part them.
fn statements(line: &str) -> Vec<&str> {
    let (mut statements, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                statements.push(line[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    statements.push(line[start..].trim());
    statements.retain(|statement| !statement.is_empty());
    statements
}

struct Reader {
    chart: Chart,
    known: FxHashMap<String, usize>,
    /// The group whose lines are read.
    group: Option<usize>,
    /// What groups are called in edges, which are not drawn to them.
    group_ids: Vec<String>,
}

impl Reader {
    /// Takes a statement; `None` when it is not understood.
    fn statement(&mut self, text: &str) -> Option<()> {
        let word = text.split(|c: char| c.is_whitespace()).next()?;
        match word {
            "subgraph" => return self.open_group(text["subgraph".len()..].trim()),
            "end" => return self.group.take().map(|_| ()).filter(|()| text == "end"),
            // Colours and links of nodes are left out, which the drawing says.
            "classDef" | "class" | "style" | "linkStyle" | "click" => {
                self.chart.styled = true;
                return Some(());
            }
            "direction" => return None,
            _ => {}
        }
        let (mut from, mut rest) = self.nodes(text)?;
        while !rest.is_empty() {
            let (link, after) = link(rest)?;
            let (to, after) = self.nodes(after)?;
            for &from in &from {
                for &to in &to {
                    let Link { label, stroke, arrows } = link.clone();
                    self.chart.edges.push(Edge { from, to, label, stroke, arrows });
                }
            }
            (from, rest) = (to, after);
        }
        Some(())
    }

    /// Begins a group; one in another is not drawn.
    fn open_group(&mut self, text: &str) -> Option<()> {
        if self.group.is_some() || text.is_empty() {
            return None;
        }
        let (id, title) = match text.split_once('[') {
            Some((id, title)) => (id, node::label(title.strip_suffix(']')?)?),
            None => (text, node::label(text)?),
        };
        self.group_ids.push(id.trim().trim_matches('"').to_string());
        self.chart.groups.push(title.join(" "));
        self.group = Some(self.chart.groups.len() - 1);
        Some(())
    }

    /// Returns the nodes that a text starts with, parted by `&`, and what is after them.
    fn nodes<'t>(&mut self, text: &'t str) -> Option<(Vec<usize>, &'t str)> {
        let mut nodes = Vec::new();
        let mut rest = text.trim_start();
        loop {
            let (written, after) = node::read(rest)?;
            self.chart.styled |= written.styled;
            nodes.push(self.node(written));
            rest = after.trim_start();
            match rest.strip_prefix('&') {
                Some(after) => rest = after.trim_start(),
                None => return Some((nodes, rest)),
            }
        }
    }

    /// Returns the number of a node, which may say here for the first time what it looks like.
    fn node(&mut self, written: Written) -> usize {
        let nodes = &mut self.chart.nodes;
        let at = *self.known.entry(written.id.clone()).or_insert_with(|| {
            let (id, lines) = (written.id.clone(), vec![written.id.clone()]);
            nodes.push(Node { id, lines, form: super::Form::Box, group: None });
            nodes.len() - 1
        });
        let node = &mut self.chart.nodes[at];
        if let Some((form, lines)) = written.looks {
            (node.form, node.lines) = (form, lines);
        }
        if node.group.is_none() {
            node.group = self.group;
        }
        at
    }
}

/// A link as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link {
    label: Option<String>,
    stroke: Stroke,
    arrows: (bool, bool),
}

/// Returns the link that a text starts with, and what is after it.
fn link(text: &str) -> Option<(Link, &str)> {
    let (start, body) = match text.strip_prefix('<') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let end = body.find(|c| !matches!(c, '-' | '=' | '.'))?;
    let (line, rest) = body.split_at(end);
    let stroke = match line.as_bytes() {
        [b'-', b'-', ..] if line.bytes().all(|byte| byte == b'-') => Stroke::Plain,
        [b'=', b'=', ..] if line.bytes().all(|byte| byte == b'=') => Stroke::Thick,
        [b'-', b'.', ..] if line.trim_matches('-').bytes().all(|byte| byte == b'.') => Stroke::Dotted,
        _ => return None,
    };
    let is_whole = match stroke {
        Stroke::Dotted => line.ends_with('-'),
        _ => line.len() >= 3,
    };
    if let Some(after) = rest.strip_prefix('>') {
        // `-->` is a line of two and its arrow.
        let (label, after) = after_bar(after)?;
        return Some((Link { label, stroke, arrows: (start, true) }, after));
    }
    if is_whole {
        // A letter here would be another end of the line.
        if rest.starts_with(['x', 'o']) {
            return None;
        }
        let (label, after) = after_bar(rest)?;
        return Some((Link { label, stroke, arrows: (start, false) }, after));
    }
    text_inside(rest, start, stroke)
}

/// Returns the label between bars that may follow a link, and what is after it.
fn after_bar(text: &str) -> Option<(Option<String>, &str)> {
    let Some(inside) = text.trim_start().strip_prefix('|') else { return Some((None, text)) };
    let (label, after) = inside.split_once('|')?;
    Some((Some(node::label(label)?.join(" ")), after))
}

/// Returns the link whose label stands in it: `-- label -->`.
fn text_inside(text: &str, start: bool, stroke: Stroke) -> Option<(Link, &str)> {
    let (ends, arrow): (&[&str], _) = match stroke {
        Stroke::Plain => (&["-->", "---"], "-->"),
        Stroke::Thick => (&["==>", "==="], "==>"),
        Stroke::Dotted => (&[".->", ".-"], ".->"),
    };
    let found = ends.iter().filter_map(|end| Some((text.find(end)?, *end)));
    let (at, end) = found.min_by_key(|(at, end)| (*at, usize::MAX - end.len()))?;
    let label = node::label(&text[..at])?.join(" ");
    let after = &text[at + end.len()..];
    // A longer line than the shortest is not read.
    if after.starts_with(['-', '=', '.', '>', 'x', 'o']) {
        return None;
    }
    Some((Link { label: Some(label), stroke, arrows: (start, end == arrow) }, after))
}
