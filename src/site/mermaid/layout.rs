//! Where everything of a chart is.

use super::layer::{Layers, What, layers};
use super::place::spread;
use super::{Chart, Form};

/// Room between cells of a layer, and between layers.
const BESIDE: f64 = 28.0;
const PASSING: f64 = 14.0;
const BETWEEN: f64 = 30.0;

/// Room inside a group: at its sides, and above for its title.
pub(super) const PADDING: f64 = 14.0;
pub(super) const TITLE: f64 = 22.0;

/// What a character takes, of a node and of a label, and the height of a line.
const LETTER: f64 = 7.3;
const SMALL: f64 = 6.4;
pub(super) const LINE: f64 = 17.0;

/// How often places are improved.
const SWEEPS: usize = 16;

/// A rectangle: its centre and its size.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

impl Rect {
    /// Returns whether two rectangles have a point in common.
    fn meets(&self, other: &Self) -> bool {
        (self.x - other.x).abs() * 2.0 < self.w + other.w && (self.y - other.y).abs() * 2.0 < self.h + other.h
    }
}

/// A chart with its places.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) nodes: Vec<Rect>,
    /// The label of each edge that has one.
    pub(super) labels: Vec<Option<Rect>>,
    pub(super) groups: Vec<Option<Rect>>,
    /// The points of each edge, from its start to its end.
    pub(super) ways: Vec<Vec<(f64, f64)>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Returns the places of a chart, or `None` when its groups would lie over each other or over what is not in them.
pub(super) fn layout(chart: &Chart) -> Option<Layout> {
    if chart.edges.iter().any(|edge| edge.from == edge.to) {
        return None;
    }
    let layers = layers(chart);
    let across = chart.direction.is_across();
    let sizes: Vec<(f64, f64)> = layers.cells.iter().map(|cell| size(chart, cell.what, across)).collect();
    let along = along(&layers, &sizes);
    let depth = depth(chart, &layers, &sizes);
    let mut cells: Vec<Rect> = (0..sizes.len())
        .map(|cell| Rect {
            x: along[cell],
            y: depth[layers.cells[cell].layer],
            w: sizes[cell].0,
            h: sizes[cell].1,
        })
        .collect();
    let mut groups = groups(chart, &layers, &cells);
    if is_muddled(&layers, &cells, &groups) {
        return None;
    }
    let mut ways = ways(&layers, &cells);
    turn(chart, &mut cells, &mut groups, &mut ways);
    Some(framed(chart, &layers, &cells, groups, ways))
}

/// Returns the size of a cell along its layer and across it.
fn size(chart: &Chart, what: What, across: bool) -> (f64, f64) {
    let (w, h) = match what {
        What::Pass => (0.0, 0.0),
        What::Label(edge) => {
            let label = chart.edges[edge].label.as_deref().unwrap_or_default();
            (label.chars().count() as f64 * SMALL + 12.0, 20.0)
        }
        What::Node(node) => {
            let node = &chart.nodes[node];
            let longest = node.lines.iter().map(|line| line.chars().count()).max().unwrap_or(0) as f64;
            let (w, h) = ((longest * LETTER + 26.0).max(64.0), node.lines.len() as f64 * LINE + 17.0);
            match node.form {
                // A rhombus has half the room that its corners say.
                Form::Choice => (w * 1.35 + 14.0, h * 1.5 + 10.0),
                Form::Hexagon => (w + 24.0, h),
                Form::Store => (w, h + 14.0),
                Form::Circle => (w.max(h), w.max(h)),
                Form::Box | Form::Round | Form::Stadium => (w, h),
            }
        }
    };
    if across { (h, w) } else { (w, h) }
}

/// Returns the places of the cells along their layers.
fn along(layers: &Layers, sizes: &[(f64, f64)]) -> Vec<f64> {
    let neighbours = layers.neighbours();
    let mut places = vec![0.0; sizes.len()];
    let apart: Vec<Vec<f64>> = layers
        .layers
        .iter()
        .map(|layer| {
            let pair = |pair: &[usize]| {
                let (a, b) = (&layers.cells[pair[0]], &layers.cells[pair[1]]);
                let passing = a.what == What::Pass || b.what == What::Pass;
                let group = if a.group == b.group { 0.0 } else { PADDING * 2.0 + TITLE };
                (sizes[pair[0]].0 + sizes[pair[1]].0) / 2.0 + if passing { PASSING } else { BESIDE } + group
            };
            layer.windows(2).map(pair).collect()
        })
        .collect();
    for (layer, apart) in layers.layers.iter().zip(&apart) {
        let start = vec![0.0; layer.len()];
        for (&cell, place) in layer.iter().zip(spread(&start, apart)) {
            places[cell] = place;
        }
    }
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let order: Vec<usize> =
            if down { (0..layers.layers.len()).collect() } else { (0..layers.layers.len()).rev().collect() };
        for at in order {
            let layer = &layers.layers[at];
            // The last sweeps look both ways, so that nothing leans.
            let both = sweep + 4 >= SWEEPS;
            let wanted: Vec<f64> = layer
                .iter()
                .map(|&cell| {
                    let mut beside: Vec<usize> = neighbours[usize::from(!down)][cell].clone();
                    if both {
                        beside.extend(&neighbours[usize::from(down)][cell]);
                    }
                    let sum: f64 = beside.iter().map(|&other| places[other]).sum();
                    if beside.is_empty() { places[cell] } else { sum / beside.len() as f64 }
                })
                .collect();
            for (&cell, place) in layer.iter().zip(spread(&wanted, &apart[at])) {
                places[cell] = place;
            }
        }
    }
    places
}

/// Returns the middle of each layer.
fn depth(chart: &Chart, layers: &Layers, sizes: &[(f64, f64)]) -> Vec<f64> {
    let grouped = !chart.groups.is_empty();
    let mut at = 0.0;
    let mut depth = Vec::new();
    for layer in &layers.layers {
        let high = layer.iter().map(|&cell| sizes[cell].1).fold(0.0, f64::max);
        depth.push(at + high / 2.0);
        at += high + if grouped { BETWEEN + PADDING + TITLE } else { BETWEEN };
    }
    depth
}

/// Returns the frames of the groups.
fn groups(chart: &Chart, layers: &Layers, cells: &[Rect]) -> Vec<Option<Rect>> {
    // The title is above whatever way the chart is turned: the room for it is at the side that will be above.
    let (aside, above, below) = match chart.direction {
        super::Direction::Down => (0.0, TITLE, 0.0),
        super::Direction::Up => (0.0, 0.0, TITLE),
        super::Direction::Right | super::Direction::Left => (TITLE, 0.0, 0.0),
    };
    let frame = |group: usize| {
        let members = layers.cells.iter().zip(cells).filter(|(cell, _)| cell.group == Some(group));
        let mut found: Option<(f64, f64, f64, f64)> = None;
        for (_, rect) in members {
            let own =
                (rect.x - rect.w / 2.0, rect.y - rect.h / 2.0, rect.x + rect.w / 2.0, rect.y + rect.h / 2.0);
            let all = found.unwrap_or(own);
            found = Some((all.0.min(own.0), all.1.min(own.1), all.2.max(own.2), all.3.max(own.3)));
        }
        let (left, top, right, bottom) = found?;
        let (left, top) = (left - PADDING - aside, top - PADDING - above);
        let (right, bottom) = (right + PADDING, bottom + PADDING + below);
        Some(Rect { x: (left + right) / 2.0, y: (top + bottom) / 2.0, w: right - left, h: bottom - top })
    };
    (0..chart.groups.len()).map(frame).collect()
}

/// Returns whether a group lies over another, or over a cell that is not in it.
fn is_muddled(layers: &Layers, cells: &[Rect], groups: &[Option<Rect>]) -> bool {
    groups.iter().enumerate().any(|(number, frame)| {
        let Some(frame) = frame else { return false };
        let foreign =
            layers.cells.iter().zip(cells).any(|(cell, rect)| {
                cell.group != Some(number) && cell.what != What::Pass && frame.meets(rect)
            });
        foreign || groups[number + 1..].iter().flatten().any(|other| frame.meets(other))
    })
}

/// Returns the points of each edge: where it leaves a cell and where it enters the next.
fn ways(layers: &Layers, cells: &[Rect]) -> Vec<Vec<(f64, f64)>> {
    let mut ways: Vec<Vec<(f64, f64)>> = Vec::new();
    for way in &layers.ways {
        let mut points = Vec::new();
        for (at, &cell) in way.iter().enumerate() {
            let rect = cells[cell];
            if at > 0 {
                points.push((rect.x + port(layers, cells, cell, way[at - 1], 0), rect.y - rect.h / 2.0));
            }
            if at + 1 < way.len() {
                points.push((rect.x + port(layers, cells, cell, way[at + 1], 1), rect.y + rect.h / 2.0));
            }
        }
        ways.push(points);
    }
    for (way, &reversed) in ways.iter_mut().zip(&layers.reversed) {
        if reversed {
            way.reverse();
        }
    }
    ways
}

/// Returns how far from the middle of a cell the edge to or from `other` is: edges on one side of a node stand apart, in the
/// order of where they lead.
fn port(layers: &Layers, cells: &[Rect], cell: usize, other: usize, side: usize) -> f64 {
    let What::Node(_) = layers.cells[cell].what else { return 0.0 };
    let pairs = layers.ways.iter().flat_map(|way| way.windows(2));
    let mut beside: Vec<usize> = pairs.filter(|pair| pair[1 - side] == cell).map(|pair| pair[side]).collect();
    beside.sort_by(|&a, &b| cells[a].x.total_cmp(&cells[b].x).then(a.cmp(&b)));
    let Some(at) = beside.iter().position(|&beside| beside == other) else { return 0.0 };
    let step = (cells[cell].w * 0.5 / beside.len() as f64).min(22.0);
    (at as f64 - (beside.len() - 1) as f64 / 2.0) * step
}

/// Turns everything into the direction of the chart; so far it flows down.
fn turn(chart: &Chart, cells: &mut [Rect], groups: &mut [Option<Rect>], ways: &mut [Vec<(f64, f64)>]) {
    use super::Direction::{Down, Left, Right, Up};
    let point = |(x, y): (f64, f64)| match chart.direction {
        Down => (x, y),
        Up => (x, -y),
        Right => (y, x),
        Left => (-y, x),
    };
    let across = chart.direction.is_across();
    let rect = |rect: &mut Rect| {
        (rect.x, rect.y) = point((rect.x, rect.y));
        if across {
            (rect.w, rect.h) = (rect.h, rect.w);
        }
    };
    cells.iter_mut().chain(groups.iter_mut().flatten()).for_each(rect);
    ways.iter_mut().flatten().for_each(|it| *it = point(*it));
}

/// Returns the layout with its corner at the origin.
fn framed(
    chart: &Chart,
    layers: &Layers,
    cells: &[Rect],
    groups: Vec<Option<Rect>>,
    ways: Vec<Vec<(f64, f64)>>,
) -> Layout {
    let mut layout = Layout {
        nodes: vec![Rect::default(); chart.nodes.len()],
        labels: vec![None; chart.edges.len()],
        groups,
        ways,
        width: 0.0,
        height: 0.0,
    };
    for (cell, rect) in layers.cells.iter().zip(cells) {
        match cell.what {
            What::Node(node) => layout.nodes[node] = *rect,
            What::Label(edge) => layout.labels[edge] = Some(*rect),
            What::Pass => {}
        }
    }
    let rects =
        || layout.nodes.iter().chain(layout.labels.iter().flatten()).chain(layout.groups.iter().flatten());
    let points = || layout.ways.iter().flatten();
    let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
    let most = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
    let left = least(&mut rects().map(|it| it.x - it.w / 2.0).chain(points().map(|it| it.0))) - 8.0;
    let top = least(&mut rects().map(|it| it.y - it.h / 2.0).chain(points().map(|it| it.1))) - 8.0;
    let right = most(&mut rects().map(|it| it.x + it.w / 2.0).chain(points().map(|it| it.0))) + 8.0;
    let bottom = most(&mut rects().map(|it| it.y + it.h / 2.0).chain(points().map(|it| it.1))) + 8.0;
    (layout.width, layout.height) = (right - left, bottom - top);
    let Layout { nodes, labels, groups, ways, .. } = &mut layout;
    for rect in nodes.iter_mut().chain(labels.iter_mut().flatten()).chain(groups.iter_mut().flatten()) {
        (rect.x, rect.y) = (rect.x - left, rect.y - top);
    }
    for point in ways.iter_mut().flatten() {
        *point = (point.0 - left, point.1 - top);
    }
    layout
}
