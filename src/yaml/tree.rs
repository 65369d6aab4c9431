//! The arena that holds the documents of one text.
//!
//! Nodes lie in the order in which they are written: a container, then its children. The first child of
//! node `i` is `i + 1`, the sibling of a node is its `next`; children of a mapping alternate key and value.
//! A scalar holds no text, only where its text is: in the source as written or, where reading changed it
//! (escapes, folding), in one string beside the source. An alias stays a node that points at its target, so
//! that a small text cannot become a large tree; every accessor looks through it.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::Node;
use crate::source::SourceId;

/// The most nodes that the documents of one text may hold.
pub const MAX_NODES: usize = 1_000_000;

/// The most that the aliases of one text may add to it: nodes, and one more for every 64 bytes of text.
pub const MAX_EXPANSION: usize = 100_000;

/// Index of a node in its [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// What a node is in the arena; unlike [`super::Kind`] it knows aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Form {
    Null,
    Bool,
    Number,
    String,
    List,
    Map,
    Alias,
}

/// The text of the scalar is in [`Document::side`], not in the source.
pub(super) const SIDE: u8 = 1;
/// The scalar is written without quotes.
pub(super) const PLAIN: u8 = 2;
/// The place is in [`Document::elsewhere`], not in the source.
pub(super) const ELSEWHERE: u8 = 4;

/// One node; see the module's description for the order of nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeData {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The node after this one's last descendant; 0 while the node is still being filled.
    pub(super) next: u32,
    /// Scalar: offset of its text. Container: count of children. Alias: its target.
    pub(super) a: u32,
    /// Scalar: length of its text. Container: weight with aliases expanded.
    pub(super) b: u32,
    /// How many levels of containers the node holds, aliases expanded.
    pub(super) height: u16,
    pub(super) form: Form,
    pub(super) flags: u8,
}

const _: () = assert!(size_of::<NodeData>() == 24, "100,000 documents are kept in memory");

impl NodeData {
    pub(super) fn is_container(&self) -> bool {
        matches!(self.form, Form::List | Form::Map)
    }
}

/// Returns what a text of `len` bytes counts towards [`MAX_EXPANSION`].
pub(super) fn text_weight(len: usize) -> u32 {
    1 + index(len / 64)
}

/// Returns `value` as an offset or count in an arena: texts are at most 8 MiB, and what is added is capped.
#[inline]
pub(super) fn index(value: usize) -> u32 {
    debug_assert!(u32::try_from(value).is_ok(), "{value} does not fit the arena");
    value as u32
}

/// The documents of one text, with the place of every key and value.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) source: SourceId,
    /// Where the keys of a composed document are written.
    pub(super) elsewhere: SourceId,
    pub(super) text: Arc<str>,
    pub(super) side: String,
    pub(super) nodes: Vec<NodeData>,
    pub(super) roots: Vec<NodeId>,
    /// What aliases add to the nodes.
    pub(super) expanded: u32,
    /// What replacements have added since, aliases expanded.
    pub(super) grown: usize,
}

impl Document {
    /// Returns a text without a document.
    pub(super) fn empty(source: SourceId, text: &Arc<str>) -> Self {
        Self {
            source,
            elsewhere: source,
            text: Arc::clone(text),
            side: String::new(),
            nodes: Vec::new(),
            roots: Vec::new(),
            expanded: 0,
            grown: 0,
        }
    }

    /// Returns the source that was read.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// Returns the root of each document of the text, in order; documents with a mistake are left out.
    pub fn roots(&self) -> impl ExactSizeIterator<Item = Node<'_>> {
        self.roots.iter().map(|&id| self.node(id))
    }

    /// Returns the node with this id.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node::new(self, id)
    }

    /// Makes the node the string `text`, as the content of a `file://` reference; its span stays. Returns
    /// `false`, and changes nothing, if the text would grow beyond [`MAX_NODES`].
    pub fn replace_with_text(&mut self, id: NodeId, text: &str) -> bool {
        if !self.may_grow(text_weight(text.len()) as usize) {
            return false;
        }
        let (a, b) = self.keep(text);
        let node = &mut self.nodes[id.0 as usize];
        *node = NodeData { a, b, height: 0, form: Form::String, flags: SIDE, ..*node };
        true
    }

    /// Makes the node a copy of `other`, as the content of a `$json` or `$yaml` reference; all of the copy
    /// gets the replaced node's span. Returns `false`, and changes nothing, if the document would grow
    /// beyond [`MAX_NODES`].
    pub fn replace_with_copy(&mut self, id: NodeId, other: Node<'_>) -> bool {
        if !self.may_grow(other.weight()) {
            return false;
        }
        let NodeData { start, end, .. } = self.nodes[id.0 as usize];
        let mut copied = HashMap::new();
        let root = self.copy(other, (start, end), &mut copied);
        let height = self.nodes[root as usize].height;
        let node = &mut self.nodes[id.0 as usize];
        *node = NodeData { a: root, b: 0, height, form: Form::Alias, flags: 0, ..*node };
        true
    }

    /// Returns how many bytes of memory the tree takes, without the source's text.
    pub fn heap_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<NodeData>()
            + self.side.capacity()
            + self.roots.capacity() * size_of::<NodeId>()
    }

    /// Returns whether `weight` more fits, however often aliases repeat the place where it goes; if so,
    /// counts it.
    fn may_grow(&mut self, weight: usize) -> bool {
        let repeats = 1 + self.expanded as usize;
        let grown = self.grown.saturating_add(weight.saturating_mul(repeats));
        let fits = grown <= MAX_NODES;
        if fits {
            self.grown = grown;
        }
        fits
    }

    /// Keeps `text` beside the source and returns where.
    pub(super) fn keep(&mut self, text: &str) -> (u32, u32) {
        let at = self.side.len();
        self.side.push_str(text);
        (index(at), index(text.len()))
    }

    /// Appends a copy of `other` and returns its index. What an alias points at is copied once.
    fn copy(&mut self, other: Node<'_>, span: (u32, u32), copied: &mut HashMap<u32, u32>) -> u32 {
        let data = *other.data();
        let at = index(self.nodes.len());
        let (start, end) = span;
        let known = copied.get(&other.target()).copied();
        let form = if known.is_some() { Form::Alias } else { data.form };
        self.nodes.push(NodeData { start, end, next: 0, form, ..data });
        if let Some(target) = known {
            self.nodes[at as usize].a = target;
        } else if data.is_container() {
            copied.insert(other.target(), at);
            for child in other.children() {
                self.copy(child, span, copied);
            }
        } else {
            copied.insert(other.target(), at);
            let (a, b) = self.keep(other.raw());
            let node = &mut self.nodes[at as usize];
            (node.a, node.b, node.flags) = (a, b, data.flags | SIDE);
        }
        self.nodes[at as usize].next = index(self.nodes.len());
        at
    }
}
