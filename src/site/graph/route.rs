//! Lines in the channels between columns: level, upright, level; those of different origin never on one another.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Area, End, Hop, Layout, Name, PAD, Sketch};
use super::order::Stand;

/// Between two upright lines.
const TRACK: i32 = 7;
/// Upright lines stay this far apart when they share a track.
const CLEAR: i32 = 6;
/// What an arrow takes.
const HEAD: i32 = 12;

/// All lines in a channel that begin at one place.
#[derive(Debug)]
struct Net {
    from: End,
    to: Vec<End>,
    track: usize,
}

/// A channel: what runs in it, and how wide it is.
#[derive(Debug, Default)]
struct Channel {
    nets: Vec<Net>,
    tracks: usize,
    /// The room for names at its left and at its right.
    names: (i32, i32),
}

/// Returns the drawing.
pub(super) fn route(sketch: &Sketch, stand: &Stand, hops: &[Hop]) -> Layout {
    let columns = stand.slots.iter().map(|slot| slot.column + 1).max().unwrap_or(0);
    let mut channels: Vec<Channel> = (0..columns).map(|_| Channel::default()).collect();
    for hop in hops {
        let nets = &mut channels[hop.channel].nets;
        match nets.iter_mut().find(|net| net.from == hop.from) {
            Some(net) => net.to.push(hop.to),
            None => nets.push(Net { from: hop.from, to: vec![hop.to], track: 0 }),
        }
    }
    for channel in &mut channels {
        channel.settle(stand);
        channel.name(sketch);
    }
    let pad = 4 + PAD * super::count(depth(&sketch.groups));
    // The sheet keeps what boundaries and arrows at its edges need.
    let mut lefts = Vec::with_capacity(columns);
    let mut x = if sketch.groups.len() > 1 { pad } else { 0 };
    for channel in &channels {
        lefts.push(x);
        x += sketch.width + channel.width(pad);
    }
    let mut pen = Pen { sketch, stand, lefts: &lefts, pad, out: Layout::default(), crossed: BTreeSet::new() };
    for (at, channel) in channels.iter().enumerate() {
        pen.channel(at, channel);
    }
    pen.lanes();
    pen.finish()
}

/// Returns how deep boundaries are nested.
fn depth(groups: &[usize]) -> usize {
    let deep = |mut group: usize| {
        let mut depth = 0;
        while group > 0 {
            group = groups[group];
            depth += 1;
        }
        depth
    };
    (0..groups.len()).map(deep).max().unwrap_or(0)
}

impl Channel {
    fn width(&self, pad: i32) -> i32 {
        let tracks = super::count(self.tracks) * TRACK;
        2 * pad + self.names.0 + self.names.1 + tracks + HEAD + 4
    }

    /// Makes room for the names of lines that start here.
    fn name(&mut self, sketch: &Sketch) {
        for net in &self.nets {
            let Some(width) = net.from.meaning.and_then(|meaning| sketch.names.get(meaning)) else {
                continue;
            };
            let side = if net.from.right { &mut self.names.0 } else { &mut self.names.1 };
            *side = (*side).max(*width + 6);
        }
    }

    /// Gives each net its track.
    fn settle(&mut self, stand: &Stand) {
        self.nets.sort_by_cached_key(|net| {
            let start = stand.level(net.from);
            let targets: i64 = net.to.iter().map(|&to| i64::from(stand.level(to) - start)).sum();
            // Nested, lines that go the same way do not cross.
            (targets <= 0, if targets > 0 { -start } else { start }, net.from)
        });
        let spans: Vec<(i32, i32)> = self.nets.iter().map(|net| net.span(stand)).collect();
        let before = self.constraints(stand);
        let mut done = vec![false; self.nets.len()];
        let mut taken: Vec<Vec<(i32, i32)>> = Vec::new();
        for _ in 0..self.nets.len() {
            let open = (0..done.len()).filter(|&at| !done[at]);
            let ready = |at: &usize| before[*at].iter().all(|&other| done[other]);
            // In a circle, whichever comes first gives way.
            let Some(at) = open.clone().find(ready).or_else(|| open.clone().next()) else { break };
            done[at] = true;
            if spans[at].0 == spans[at].1 {
                continue;
            }
            let mut track = before[at]
                .iter()
                .filter(|&&other| done[other] && spans[other].0 < spans[other].1)
                .map(|&other| self.nets[other].track + 1)
                .max()
                .unwrap_or(0);
            let meets = |held: &(i32, i32)| held.0 - CLEAR < spans[at].1 && spans[at].0 < held.1 + CLEAR;
            while taken.get(track).is_some_and(|held| held.iter().any(meets)) {
                track += 1;
            }
            taken.resize_with(taken.len().max(track + 1), Vec::new);
            taken[track].push(spans[at]);
            self.nets[at].track = track;
        }
        self.tracks = taken.len();
    }

    /// Returns, for each net, those that must turn left of it: a line that comes from the left at some height, and
    /// another that leaves to the right at the same, would else lie on one another.
    fn constraints(&self, stand: &Stand) -> Vec<Vec<usize>> {
        let mut lefts: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
        for (at, net) in self.nets.iter().enumerate() {
            for end in net.ends().filter(|end| end.right) {
                lefts.entry(stand.level(end)).or_default().push(at);
            }
        }
        let before = |(at, net): (usize, &Net)| {
            let mut before = BTreeSet::new();
            for end in net.ends().filter(|end| !end.right) {
                let level = stand.level(end);
                let near = lefts.range(level - 3..=level + 3).flat_map(|(_, nets)| nets);
                before.extend(near.copied().filter(|&other| other != at));
            }
            before.into_iter().collect()
        };
        self.nets.iter().enumerate().map(before).collect()
    }
}

impl Net {
    fn ends(&self) -> impl Iterator<Item = End> {
        std::iter::once(self.from).chain(self.to.iter().copied())
    }

    fn span(&self, stand: &Stand) -> (i32, i32) {
        let levels = || self.ends().map(|end| stand.level(end));
        let turns = self.to.iter().any(|to| to.right == self.from.right);
        let (low, high) = (levels().min().unwrap_or(0), levels().max().unwrap_or(0));
        // A line back to its own side turns even when it goes nowhere else.
        (low, if turns { high.max(low + 1) } else { high })
    }
}

/// What draws.
struct Pen<'s> {
    sketch: &'s Sketch,
    stand: &'s Stand,
    lefts: &'s [i32],
    pad: i32,
    out: Layout,
    /// The lanes that are in use.
    crossed: BTreeSet<usize>,
}

impl Pen<'_> {
    /// Returns where a side of a slot is.
    fn edge(&self, end: End) -> i32 {
        let left = self.lefts[self.stand.slots[end.slot].column];
        if end.right { left + self.sketch.width } else { left }
    }

    fn channel(&mut self, at: usize, channel: &Channel) {
        let start = self.lefts[at] + self.sketch.width + self.pad + channel.names.0 + 4;
        let mut heads = BTreeSet::new();
        for net in &channel.nets {
            let x = start + super::count(net.track) * TRACK;
            let (from, level) = (self.edge(net.from), self.stand.level(net.from));
            for &to in &net.to {
                let (end, target) = (self.edge(to), self.stand.level(to));
                let arrives = self.stand.slots[to.slot].item;
                if arrives {
                    heads.insert((end, target, !to.right));
                } else {
                    self.crossed.insert(to.slot);
                }
                // A line ends within its arrow.
                let end = if !arrives {
                    end
                } else if to.right {
                    end + 4
                } else {
                    end - 4
                };
                let straight = level == target && net.from.right != to.right;
                self.out.lines.push(if straight {
                    vec![(from, level), (end, target)]
                } else {
                    vec![(from, level), (x, level), (x, target), (end, target)]
                });
            }
            let named = |meaning: &usize| self.sketch.names.get(*meaning).is_some_and(|width| *width > 0);
            if let Some(meaning) = net.from.meaning.filter(named) {
                let ends = !net.from.right;
                let x = if ends { from - self.pad } else { from + self.pad };
                self.out.names.push(Name { x, y: level - 4, ends, meaning });
            }
        }
        self.out.heads.extend(heads);
    }

    /// Draws the lines through columns.
    fn lanes(&mut self) {
        for &slot in &self.crossed {
            let left = self.lefts[self.stand.slots[slot].column];
            let level = self.stand.tops[slot] + self.stand.slots[slot].height / 2;
            self.out.lines.push(vec![(left, level), (left + self.sketch.width, level)]);
        }
    }

    fn finish(mut self) -> Layout {
        let items = self.stand.slots.iter().zip(&self.stand.tops).take(self.sketch.items.len());
        self.out.boxes = items
            .map(|(slot, &y)| Area {
                x: self.lefts[slot.column],
                y,
                width: self.sketch.width,
                height: slot.height,
            })
            .collect();
        self.out.frames = (0..self.sketch.groups.len()).map(|group| self.frame(group)).collect();
        let right = |area: &Area| area.x + area.width;
        let areas = self.out.boxes.iter().chain(&self.out.frames);
        let turns = self.out.lines.iter().flatten().map(|&(x, _)| x + 2).max();
        self.out.width = areas.map(right).chain(turns).max().unwrap_or(0);
        self.out.height = self.stand.spans[0].1;
        self.out
    }

    /// Returns the boundary around a group: as wide as the columns that it and those inside it have boxes in.
    fn frame(&self, group: usize) -> Area {
        if group == 0 {
            return Area::default();
        }
        let inside = |mut of: usize| {
            while of > 0 && of != group {
                of = self.sketch.groups[of];
            }
            of == group
        };
        let boxes = self.sketch.items.iter().zip(&self.out.boxes);
        let held: Vec<&Area> = boxes.filter(|(item, _)| inside(item.group)).map(|(_, area)| area).collect();
        let below =
            (0..self.sketch.groups.len()).filter(|&of| inside(of)).map(|of| self.depth_below(group, of));
        let pad = PAD * super::count(1 + below.max().unwrap_or(0));
        let left = held.iter().map(|area| area.x).min().unwrap_or(0) - pad;
        let right = held.iter().map(|area| area.x + area.width).max().unwrap_or(0) + pad;
        let (y, height) = self.stand.spans[group];
        Area { x: left, y, width: right - left, height }
    }

    /// Returns how many boundaries are between a group and the one that it is in.
    fn depth_below(&self, group: usize, mut of: usize) -> usize {
        let mut depth = 0;
        while of != group {
            of = self.sketch.groups[of];
            depth += 1;
        }
        depth
    }
}
