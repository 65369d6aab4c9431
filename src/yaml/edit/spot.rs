//! Where a value stands in a text: after which key or dash, on its line or below.

use super::Step;
use super::layout::Layout;
use crate::yaml::node::{Kind, Node};

/// A value and what it stands after.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) node: Node<'a>,
    pub(super) holder: Holder,
    /// Whether it is inside of brackets.
    pub(super) flow: bool,
}

/// What a value stands after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// Nothing: it is a document.
    Root,
    /// A key that begins at `key`; its colon ends at `after`.
    Key { key: usize, after: usize },
    /// A dash that ends at `after`, or in brackets nothing.
    Item { after: usize },
}

/// How a value is written in a block mapping or list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Not at all.
    Missing,
    /// On the line of its key or dash, or from there on: a plain or quoted text, brackets, an alias.
    Beside,
    /// Such a value, on a line below.
    Below,
    /// As a literal or folded text, whose header is beside.
    Text,
    /// As a block mapping or list, on lines below.
    Block,
    /// As a block mapping or list that begins beside its dash.
    Compact,
}

impl<'a> Spot<'a> {
    /// Returns the spot that a step leads to.
    pub(super) fn step(&self, layout: Layout<'_>, step: &Step) -> Option<Self> {
        let flow = self.is_flow(layout);
        match step {
            Step::Key(name) => {
                let (key, node) = self.node.entry(name)?;
                let holder = Holder::Key { key: key.span().start as usize, after: after_key(layout, key) };
                Some(Self { node, holder, flow })
            }
            Step::Item(number) => {
                let node = self.node.items().nth(*number)?;
                let start = node.span().start as usize;
                let after =
                    if flow { Some(start) } else { dashes(layout, self.node).get(*number).map(|at| at + 1) };
                Some(Self { node, holder: Holder::Item { after: after? }, flow })
            }
        }
    }

    /// Returns whether what is inside of the value is inside of brackets.
    pub(super) fn is_flow(&self, layout: Layout<'_>) -> bool {
        self.flow || layout.begins_with_bracket(self.node)
    }

    pub(super) fn start(&self) -> usize {
        self.node.span().start as usize
    }

    /// Returns where the value ends; a missing one, where its key or dash does.
    pub(super) fn end(&self, layout: Layout<'_>) -> usize {
        match self.holder {
            Holder::Key { after, .. } | Holder::Item { after } if !self.flow => end(layout, self.node, after),
            Holder::Key { after, .. } => (self.node.span().end as usize).max(after),
            Holder::Root if !self.flow => end(layout, self.node, self.start()),
            _ => self.node.span().end as usize,
        }
    }

    /// Returns how the value is written after its key or dash, which ends at `after`.
    pub(super) fn shape(&self, layout: Layout<'_>, after: usize) -> Shape {
        let span = self.node.span();
        let (start, end) = (span.start as usize, span.end as usize);
        if is_header(layout, after) {
            return Shape::Text;
        }
        if start == end {
            return Shape::Missing;
        }
        let beside = !layout.text[after..start].contains('\n');
        match (is_block(layout, self.node), beside) {
            (false, true) => Shape::Beside,
            (false, false) => Shape::Below,
            (true, true) => Shape::Compact,
            (true, false) => Shape::Block,
        }
    }
}

/// Returns whether a node that is not in brackets is a mapping or list without them.
pub(super) fn is_block(layout: Layout<'_>, node: Node<'_>) -> bool {
    matches!(node.kind(), Kind::List | Kind::Map) && !node.is_alias() && !layout.begins_with_bracket(node)
}

/// Returns where a node ends that stands after a key or dash, not in brackets.
pub(super) fn end(layout: Layout<'_>, node: Node<'_>, after: usize) -> usize {
    let span = node.span();
    if is_block(layout, node) {
        // The tree has it end where its last part does, of which the same is true.
        let last = node.entries().last().map(|(key, value)| (value, after_key(layout, key)));
        let item = || node.items().last().zip(dashes(layout, node).last().map(|dash| dash + 1));
        return last.or_else(item).map_or(after, |(node, after)| end(layout, node, after));
    }
    // What has no character has no place, but perhaps a header or a tag.
    if span.start == span.end { layout.content_end(after) } else { (span.end as usize).max(after) }
}

/// Returns where the colon after a key ends.
pub(super) fn after_key(layout: Layout<'_>, key: Node<'_>) -> usize {
    let end = key.span().end as usize;
    let at = layout.skip_blank(end);
    if layout.text[at..].starts_with(':') { at + 1 } else { end }
}

/// Returns where the dashes of a block list are.
pub(super) fn dashes(layout: Layout<'_>, list: Node<'_>) -> Vec<usize> {
    let mut at = list.span().start as usize;
    let mut dashes = Vec::with_capacity(list.len());
    for item in list.items() {
        let dash = layout.skip_blank(at);
        if !layout.text[dash..].starts_with('-') {
            // Lines may break at a carriage return alone, which is not looked for.
            break;
        }
        dashes.push(dash);
        at = end(layout, item, dash + 1);
    }
    dashes
}

/// Returns whether the header of a literal or folded text follows a colon or dash.
fn is_header(layout: Layout<'_>, after: usize) -> bool {
    let line = &layout.text[after..layout.content_end(after)];
    let words = line.split([' ', '\t']).filter(|word| !word.is_empty());
    let mut words = words.skip_while(|word| word.starts_with(['&', '!']));
    words.next().is_some_and(|word| word.starts_with(['|', '>']))
}
