//! A layered drawing: boxes in columns, nested boundaries around them, and lines that run between boxes only.
//!
//! The libraries for layered drawings know neither boundaries nor where a long line passes between boxes, so this is
//! our own, of the usual steps: columns ([`super::rank`]), order in each column ([`super::order`]), and lines with
//! right angles in the channels between columns ([`super::route`]). A line that passes a column has a lane there,
//! which takes room like a box; so no line runs through a box, whatever is drawn.

use super::order::{self, Slot, Stand};
use super::rank::rank;
use super::route;

/// Between two boxes of a column.
pub(super) const GAP: i32 = 10;
/// What a line that passes a column takes of it.
const LANE: i32 = 12;
/// Between two lines that leave a box.
const PORT: i32 = 15;
/// The height of the title of a boundary, and what is between a boundary and its boxes.
pub(super) const TITLE: i32 = 28;
pub(super) const PAD: i32 = 10;

/// Where a box may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Before all others, outside of every boundary.
    Left,
    Inside,
    /// After all others, outside of every boundary.
    Right,
}

/// A box to be placed.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) height: i32,
    /// The number of the boundary that it is in; 0 is none.
    pub(super) group: usize,
    pub(super) side: Side,
    /// How far below its top lines arrive, when that is given.
    pub(super) entry: Option<i32>,
}

/// A line to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wire {
    pub(super) from: usize,
    /// What the line means; lines of one box that mean the same leave it together.
    pub(super) meaning: usize,
    pub(super) to: usize,
    /// How far below the top of its box it leaves, when that is given.
    pub(super) port: Option<i32>,
}

/// What is to be drawn. Wires lead to other boxes, and are sorted and different.
#[derive(Debug, Default)]
pub(super) struct Sketch {
    pub(super) items: Vec<Item>,
    pub(super) wires: Vec<Wire>,
    /// The boundary that each is in: the first is the sheet, in itself.
    pub(super) groups: Vec<usize>,
    /// How wide each box is.
    pub(super) width: i32,
    /// The most columns inside.
    pub(super) most: usize,
    /// Whether columns are to be of one height rather than true to how far things are from one another.
    pub(super) even: bool,
    /// How wide the name of each meaning is; empty when lines have none.
    pub(super) names: Vec<i32>,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// The name of a line, beside where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) x: i32,
    pub(super) y: i32,
    /// Whether `x` is where it ends.
    pub(super) ends: bool,
    pub(super) meaning: usize,
}

/// What a drawing looks like.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) boxes: Vec<Area>,
    /// The boundaries; that of the sheet is empty.
    pub(super) frames: Vec<Area>,
    /// Lines with right angles.
    pub(super) lines: Vec<Vec<(i32, i32)>>,
    /// Where arrows end, and whether they come from the left.
    pub(super) heads: Vec<(i32, i32, bool)>,
    pub(super) names: Vec<Name>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Returns the drawing of a sketch.
pub(super) fn lay_out(sketch: &Sketch) -> Layout {
    let columns = columns(sketch);
    let mut stand = Stand::new(sketch, &columns);
    let hops = hops(sketch, &columns, &mut stand);
    stand.ports(sketch, &hops);
    order::arrange(sketch, &mut stand, &hops);
    route::route(sketch, &stand, &hops)
}

/// Returns the column of each box, and how many there are.
fn columns(sketch: &Sketch) -> Vec<usize> {
    let inside = |at: usize| sketch.items[at].side == Side::Inside;
    let mut edges: Vec<(usize, usize)> = sketch
        .wires
        .iter()
        .filter(|wire| inside(wire.from) && inside(wire.to))
        .map(|wire| (wire.from, wire.to))
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let ranks = if sketch.even {
        even(sketch, &rank(sketch.items.len(), &edges, usize::MAX))
    } else {
        rank(sketch.items.len(), &edges, sketch.most)
    };
    let first = usize::from(sketch.items.iter().any(|item| item.side == Side::Left));
    let used = ranks.iter().flatten().max().map_or(0, |last| last + 1);
    let inside_count = (0..sketch.items.len()).filter(|&at| inside(at)).count();
    let loose = (0..sketch.items.len()).filter(|&at| inside(at) && ranks[at].is_none()).count();
    let wanted = if loose > 2 { (inside_count / 4).clamp(2, sketch.most.min(4)) } else { 1 };
    let count = used.max(wanted);
    let mut filled = vec![vec![0; count]; sketch.groups.len()];
    let mut columns = vec![first; sketch.items.len()];
    for (at, item) in sketch.items.iter().enumerate() {
        match (item.side, ranks[at]) {
            (Side::Left, _) => columns[at] = 0,
            (Side::Right, _) => columns[at] = first + count,
            (Side::Inside, Some(rank)) => {
                columns[at] = first + rank;
                filled[item.group][rank] += item.height;
            }
            (Side::Inside, None) => {}
        }
    }
    // What no line touches fills the gaps.
    for (at, item) in sketch.items.iter().enumerate().filter(|(at, _)| inside(*at) && ranks[*at].is_none()) {
        let filled = &mut filled[item.group];
        let column = (0..count).min_by_key(|&column| (filled[column], column)).unwrap_or(0);
        filled[column] += item.height;
        columns[at] = first + column;
    }
    columns
}

/// Returns columns of one height, filled in the order of their ranks; `None` for what fills gaps.
fn even(sketch: &Sketch, ranks: &[Option<usize>]) -> Vec<Option<usize>> {
    let height = |at: usize| i64::from(sketch.items[at].height + GAP);
    let mut ranked: Vec<(usize, usize)> =
        ranks.iter().enumerate().filter_map(|(at, rank)| Some(((*rank)?, at))).collect();
    ranked.sort_unstable();
    let all: i64 = (0..ranks.len()).map(height).sum();
    let most = i64::try_from(sketch.most).unwrap_or(i64::MAX);
    let mut columns = vec![None; ranks.len()];
    let mut before = 0;
    for (_, at) in ranked {
        let column = (before + height(at) / 2) * most / all.max(1);
        columns[at] = Some(usize::try_from(column).unwrap_or(0));
        before += height(at);
    }
    columns
}

/// A part of a line: from a slot to another through one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hop {
    /// The channel, by the column on its left.
    pub(super) channel: usize,
    pub(super) from: End,
    pub(super) to: End,
}

/// Where a part of a line begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct End {
    pub(super) slot: usize,
    /// Whether it is at the right side of the slot, which is then left of the channel.
    pub(super) right: bool,
    /// What leaves here; nothing where lines arrive or pass.
    pub(super) meaning: Option<usize>,
}

/// Returns the parts of all lines, and adds the lanes that long ones need.
fn hops(sketch: &Sketch, columns: &[usize], stand: &mut Stand) -> Vec<Hop> {
    let mut hops = Vec::new();
    let mut lanes = std::collections::BTreeMap::new();
    for wire in &sketch.wires {
        let (from, to) = (columns[wire.from], columns[wire.to]);
        let back = to < from;
        // Within a column a line leaves and arrives at the right.
        let arrives_right = to <= from;
        let mut end = End { slot: wire.from, right: !back, meaning: Some(wire.meaning) };
        let passed: Vec<usize> =
            if back { (to + 1..from).rev().collect() } else { (from + 1..to.max(from + 1)).collect() };
        let inside = sketch.items[wire.to].side == Side::Inside;
        let group = sketch.items[if inside { wire.to } else { wire.from }].group;
        for column in passed {
            let lane = *lanes
                .entry((wire.to, column, back))
                .or_insert_with(|| stand.add(Slot { column, height: LANE, group, item: false }));
            let channel = if back { column } else { column - 1 };
            hops.push(Hop { channel, from: end, to: End { slot: lane, right: back, meaning: None } });
            end = End { slot: lane, right: !back, meaning: None };
        }
        let channel = if arrives_right { to } else { to - 1 };
        let last = End { slot: wire.to, right: arrives_right, meaning: None };
        hops.push(Hop { channel, from: end, to: last });
    }
    hops.sort_unstable();
    hops.dedup();
    hops
}

/// Returns how far below the top of a box of `height` its port `number` of `count` is.
pub(super) fn port(height: i32, number: usize, count: usize) -> i32 {
    let (number, count) = (super::count(number), super::count(count));
    height / 2 - (count - 1) * PORT / 2 + number * PORT
}

/// Returns how high a box must be for so many ports.
pub(super) fn height_for(ports: usize) -> i32 {
    super::count(ports) * PORT + 10
}
