//! The order of what stands in a column, and how high it stands.

use std::collections::BTreeMap;

use super::layout::{End, GAP, Hop, PAD, Sketch, TITLE, height_for, port};

/// How often the order is improved.
const SWEEPS: usize = 8;

/// What takes room in a column: a box, or a line that passes.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) column: usize,
    pub(super) height: i32,
    pub(super) group: usize,
    pub(super) item: bool,
}

/// Slots and where they stand.
#[derive(Debug)]
pub(super) struct Stand {
    pub(super) slots: Vec<Slot>,
    /// The top of each.
    pub(super) tops: Vec<i32>,
    /// Where lines end, below the top of their slot.
    ports: BTreeMap<End, i32>,
    /// The top and the height of each boundary.
    pub(super) spans: Vec<(i32, i32)>,
    /// Where the boxes of a boundary itself may stand: those in boundaries inside it stand lower.
    rooms: Vec<(i32, i32)>,
    stacks: BTreeMap<(usize, usize), Vec<usize>>,
    children: Vec<Vec<usize>>,
}

/// A line as one of its ends sees it: its own port, and the slot and the port at the other end.
#[derive(Debug, Clone, Copy)]
struct Tie {
    own: i32,
    slot: usize,
    port: i32,
}

impl Stand {
    /// Returns the boxes of a sketch in the order that they were given in.
    pub(super) fn new(sketch: &Sketch, columns: &[usize]) -> Self {
        let slots = sketch.items.iter().zip(columns).map(|(item, &column)| Slot {
            column,
            height: item.height,
            group: item.group,
            item: true,
        });
        let mut children = vec![Vec::new(); sketch.groups.len()];
        for (group, &parent) in sketch.groups.iter().enumerate().skip(1) {
            children[parent].push(group);
        }
        let empty = vec![(0, 0); sketch.groups.len()];
        let (spans, rooms) = (empty.clone(), empty);
        let stand = Self {
            slots: Vec::new(),
            tops: Vec::new(),
            ports: BTreeMap::new(),
            spans,
            rooms,
            stacks: BTreeMap::new(),
            children,
        };
        slots.fold(stand, |mut stand, slot| {
            stand.add(slot);
            stand
        })
    }

    /// Adds a slot at the end of its column and returns its number.
    pub(super) fn add(&mut self, slot: Slot) -> usize {
        let number = self.slots.len();
        self.stacks.entry((slot.group, slot.column)).or_default().push(number);
        self.slots.push(slot);
        self.tops.push(0);
        number
    }

    /// Gives each end of a line its port, and each box the room that its ports need.
    pub(super) fn ports(&mut self, sketch: &Sketch, hops: &[Hop]) {
        let ends = hops.iter().flat_map(|hop| [hop.from, hop.to]);
        let mut sides: BTreeMap<(usize, bool), Vec<End>> = BTreeMap::new();
        for end in ends {
            let side = sides.entry((end.slot, end.right)).or_default();
            if !side.contains(&end) {
                side.push(end);
            }
        }
        for (&(slot, _), ends) in &sides {
            if self.slots[slot].item && sketch.items[slot].entry.is_none() {
                self.slots[slot].height = self.slots[slot].height.max(height_for(ends.len()));
            }
        }
        for ((slot, _), mut ends) in sides {
            ends.sort_unstable();
            for (number, &end) in ends.iter().enumerate() {
                let given = sketch.items.get(slot).and_then(|item| match end.meaning {
                    None => item.entry,
                    Some(meaning) => {
                        let wire = |wire: &&super::layout::Wire| wire.from == slot && wire.meaning == meaning;
                        sketch.wires.iter().find(wire).and_then(|wire| wire.port)
                    }
                });
                let height = self.slots[slot].height;
                self.ports.insert(end, given.unwrap_or_else(|| port(height, number, ends.len())));
            }
        }
    }

    /// Returns the height of an end of a line.
    pub(super) fn level(&self, end: End) -> i32 {
        self.tops[end.slot] + self.ports.get(&end).copied().unwrap_or(0)
    }

    /// Stacks everything and returns the height of the whole.
    fn stack(&mut self) -> i32 {
        self.stack_group(0, 0)
    }

    fn stack_group(&mut self, group: usize, top: i32) -> i32 {
        let framed = group > 0;
        let start = if framed { top + TITLE } else { top };
        let own: Vec<Vec<usize>> =
            self.stacks.range((group, 0)..(group + 1, 0)).map(|(_, stack)| stack.clone()).collect();
        let mut bottom = start;
        for stack in own {
            let mut at = start;
            for slot in stack {
                self.tops[slot] = at;
                at += self.slots[slot].height + GAP;
            }
            bottom = bottom.max(at - GAP);
        }
        self.rooms[group] = (start, bottom);
        // On the sheet itself, boxes stand beside boundaries; within one, above those that it holds.
        let mut at = if framed && bottom > start { bottom + PAD } else { start };
        let mut end = bottom;
        for child in self.children[group].clone() {
            end = at + self.stack_group(child, at);
            at = end + PAD;
        }
        let end = end.max(bottom);
        if !framed {
            self.rooms[group] = (start, end);
        }
        let height = end - top + if framed { PAD } else { 0 };
        self.spans[group] = (top, height);
        height
    }

    /// Returns what each slot is connected with, given their ports as they are.
    fn ties(&self, near: &[Vec<(End, End)>]) -> Vec<Vec<Tie>> {
        let port = |end: &End| self.ports.get(end).copied().unwrap_or(0);
        let tie = |(own, other): &(End, End)| Tie { own: port(own), slot: other.slot, port: port(other) };
        near.iter().map(|ends| ends.iter().map(tie).collect()).collect()
    }

    /// Moves what has room in its column towards what it is connected with, in the same order.
    fn relax(&mut self, near: &[Vec<Tie>]) {
        let stacks = std::mem::take(&mut self.stacks);
        let mut tops = Vec::new();
        for (&(group, _), stack) in &stacks {
            let (mut lowest, bottom) = self.rooms[group];
            let all: i32 = stack.iter().map(|&slot| self.slots[slot].height + GAP).sum();
            let mut highest = bottom + GAP - all;
            for &slot in stack {
                let wished = self.wish(slot, near, &mut tops).unwrap_or(self.tops[slot]);
                self.tops[slot] = wished.min(highest).max(lowest);
                let step = self.slots[slot].height + GAP;
                lowest = self.tops[slot] + step;
                highest += step;
            }
        }
        self.stacks = stacks;
    }

    /// Returns the top that would make the lines of a slot straight; `tops` is room to work in.
    fn wish(&self, slot: usize, near: &[Vec<Tie>], tops: &mut Vec<i32>) -> Option<i32> {
        tops.clear();
        tops.extend(near[slot].iter().map(|tie| self.tops[tie.slot] + tie.port - tie.own));
        let middle = tops.len().checked_sub(1)? / 2;
        Some(*tops.select_nth_unstable(middle).1)
    }

    /// Returns where the neighbours of slots are, in the mean.
    fn mean(&self, slots: &[usize], near: &[Vec<Tie>]) -> Option<i32> {
        let level = |tie: &Tie| i64::from(self.tops[tie.slot] + tie.port);
        let levels = || slots.iter().flat_map(|&slot| &near[slot]).map(level);
        let count = i64::try_from(levels().count()).unwrap_or(i64::MAX);
        (count > 0).then(|| i32::try_from(levels().sum::<i64>() / count).unwrap_or(0))
    }

    /// Sorts columns and boundaries by where their neighbours are.
    fn sort(&mut self, near: &[Vec<Tie>]) {
        let mut stacks = std::mem::take(&mut self.stacks);
        for stack in stacks.values_mut() {
            stack.sort_by_cached_key(|&slot| {
                self.mean(&[slot], near).unwrap_or(self.tops[slot] + self.slots[slot].height / 2)
            });
        }
        self.stacks = stacks;
        let mut children = std::mem::take(&mut self.children);
        for siblings in &mut children {
            siblings.sort_by_cached_key(|&group| {
                let members = self.stacks.range((group, 0)..(group + 1, 0));
                let members: Vec<usize> = members.flat_map(|(_, stack)| stack.iter().copied()).collect();
                self.mean(&members, near).unwrap_or(self.spans[group].0)
            });
        }
        self.children = children;
    }

    /// Sorts the ports of each side of a box, where they are not given, by where their lines lead.
    fn sort_ports(&mut self, sketch: &Sketch, near: &[Vec<(End, End)>]) {
        let mut sides: BTreeMap<(usize, bool), Vec<End>> = BTreeMap::new();
        for &end in self.ports.keys() {
            let free = sketch.items.get(end.slot).is_some_and(|item| item.entry.is_none());
            if free {
                sides.entry((end.slot, end.right)).or_default().push(end);
            }
        }
        for ((slot, _), mut ends) in sides {
            let height = self.slots[slot].height;
            ends.sort_by_cached_key(|end| {
                let levels = near[slot].iter().filter(|(own, _)| own == end);
                let levels: Vec<i32> = levels.map(|(_, other)| self.level(*other)).collect();
                let count = super::count(levels.len().max(1));
                (levels.iter().sum::<i32>() / count, *end)
            });
            for (number, &end) in ends.iter().enumerate() {
                self.ports.insert(end, port(height, number, ends.len()));
            }
        }
    }
}

/// Finds an order with short lines, and heights with straight ones.
pub(super) fn arrange(sketch: &Sketch, stand: &mut Stand, hops: &[Hop]) {
    let mut near: Vec<Vec<(End, End)>> = vec![Vec::new(); stand.slots.len()];
    for hop in hops {
        near[hop.from.slot].push((hop.from, hop.to));
        near[hop.to.slot].push((hop.to, hop.from));
    }
    let ties = stand.ties(&near);
    // Each line is a tie of both of its ends.
    let length = |stand: &Stand| -> i64 {
        let of = |(slot, tie): (usize, &Tie)| {
            i64::from((stand.tops[slot] + tie.own - stand.tops[tie.slot] - tie.port).abs())
        };
        ties.iter().enumerate().flat_map(|(slot, ties)| ties.iter().map(move |tie| (slot, tie))).map(of).sum()
    };
    stand.stack();
    let mut best: (i64, _, _) = (length(stand), stand.stacks.clone(), stand.children.clone());
    for _ in 0..SWEEPS {
        stand.relax(&ties);
        stand.sort(&ties);
        stand.stack();
        let now = length(stand);
        if now < best.0 {
            best = (now, stand.stacks.clone(), stand.children.clone());
        }
    }
    (stand.stacks, stand.children) = (best.1, best.2);
    stand.stack();
    for _ in 0..3 {
        stand.relax(&ties);
    }
    stand.sort_ports(sketch, &near);
    let ties = stand.ties(&near);
    for _ in 0..3 {
        stand.relax(&ties);
    }
}
