//! Filling the arena: the one place that all readers (block, JSON, full YAML) write to.
//!
//! Whatever does not depend on syntax is checked here, so that it holds for every reader: depth, size,
//! duplicate and merge keys, keys that are no strings, what aliases add, curly quotation marks around keys.

use std::sync::Arc;

use super::tree::{
    Document, Form, MAX_EXPANSION, MAX_NODES, NodeData, NodeId, PLAIN, SIDE, index, text_weight,
};
use super::{MAX_DEPTH, quotes};
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{SourceId, Span};

/// More findings than this about one text help nobody.
pub(super) const MAX_FINDINGS: usize = 100;

/// How far a reader has to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// To the next event.
    On,
    /// The rest of this document is not worth reading.
    NextDocument,
    /// The rest of the text is not worth reading.
    Stop,
}

/// Where the text of a scalar is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Words<'s> {
    /// In the source, at this offset and of this length.
    Source(usize, usize),
    /// Nowhere yet: reading changed it.
    New(&'s str),
}

/// The arena while it is being filled.
pub(super) struct Builder<'t> {
    pub(super) source: SourceId,
    pub(super) text: &'t str,
    pub(super) reading: Reading,
    pub(super) nodes: Vec<NodeData>,
    pub(super) side: String,
    roots: Vec<NodeId>,
    /// Containers not yet closed, outermost first.
    open: Vec<u32>,
    found: Vec<Diagnostic>,
    expanded: u32,
    /// The state before the document being read, to which a document with a mistake falls back.
    before: Before,
    /// The document being read has a mistake.
    spoiled: bool,
    /// A key of the document being read is in curly quotation marks.
    curly: bool,
    /// A key of any document is.
    any_curly: bool,
}

#[derive(Default, Clone, Copy)]
struct Before {
    nodes: usize,
    side: usize,
    found: usize,
}

impl<'t> Builder<'t> {
    pub(super) fn new(source: SourceId, text: &'t str) -> Self {
        Self {
            source,
            text,
            reading: Reading::On,
            // Catalog files have a value or key every 13 bytes or so.
            nodes: Vec::with_capacity((text.len() / 12 + 8).min(4096)),
            side: String::new(),
            roots: Vec::new(),
            open: Vec::with_capacity(8),
            found: Vec::new(),
            expanded: 0,
            before: Before::default(),
            spoiled: false,
            curly: false,
            any_curly: false,
        }
    }

    /// Returns the document that was read and what was found in it.
    pub(super) fn finish(mut self, text: &Arc<str>) -> (Document, Vec<Diagnostic>) {
        if self.any_curly {
            self.found.extend(quotes::finding(self.source, self.text));
        }
        self.nodes.shrink_to_fit();
        let document = Document {
            source: self.source,
            elsewhere: self.source,
            text: Arc::clone(text),
            side: self.side,
            nodes: self.nodes,
            roots: self.roots,
            expanded: self.expanded,
            grown: 0,
        };
        (document, self.found)
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    /// Returns whether nothing was found wrong in the document being read.
    pub(super) fn is_clean(&self) -> bool {
        !self.spoiled
    }

    /// Adds a finding; the document being read will be left out.
    pub(super) fn mistake(&mut self, diagnostic: Diagnostic) {
        self.spoiled = true;
        if self.found.len() < MAX_FINDINGS {
            self.found.push(diagnostic);
        }
    }

    /// Replaces the one finding of a text, a syntax error, by the same error in better words.
    pub(super) fn prefer(&mut self, finding: Diagnostic) {
        if let [only] = &mut *self.found
            && only.rule == Rule::Syntax
        {
            *only = finding;
        }
    }

    /// Forgets the last finding if it lies within `span`, which a better one is about.
    pub(super) fn forget_within(&mut self, span: Span) {
        let last = self.found.last().filter(|_| self.spoiled);
        if last.is_some_and(|last| span.start <= last.primary.span.start && last.primary.span.end <= span.end)
        {
            self.found.pop();
        }
    }

    /// Leaves the document being read out because curly quotation marks made nonsense of it.
    pub(super) fn blame_quotes(&mut self) {
        self.spoiled = true;
        self.curly = true;
    }

    /// Starts a document.
    pub(super) fn begin_document(&mut self) {
        self.before = Before { nodes: self.nodes.len(), side: self.side.len(), found: self.found.len() };
        self.open.clear();
        self.spoiled = false;
        self.curly = false;
        if self.reading == Reading::NextDocument {
            self.reading = Reading::On;
        }
    }

    /// Ends a document, which counts unless it has a mistake or is nothing but null.
    pub(super) fn end_document(&mut self) {
        if self.curly {
            // One cause, one finding.
            self.any_curly = true;
            self.found.truncate(self.before.found);
        }
        let root = self.nodes.get(self.before.nodes);
        let counts = root.is_some_and(|root| root.form != Form::Null) && self.open.is_empty();
        if counts && !self.spoiled {
            self.roots.push(NodeId(index(self.before.nodes)));
        } else {
            self.nodes.truncate(self.before.nodes);
            self.side.truncate(self.before.side);
        }
        self.begin_document();
    }

    /// Adds a scalar that lies at `start..end`.
    pub(super) fn scalar(&mut self, start: usize, end: usize, words: Words<'_>, form: Form, plain: bool) {
        let mut flags = if plain { PLAIN } else { 0 };
        let (a, b) = match words {
            Words::Source(at, len) => (index(at), index(len)),
            Words::New(text) => {
                flags |= SIDE;
                self.side.push_str(text);
                (index(self.side.len() - text.len()), index(text.len()))
            }
        };
        let is_key = self.expects_key();
        let form = if is_key { Form::String } else { form };
        let (start, end, next) = (index(start), index(end), index(self.nodes.len() + 1));
        let node = NodeData { start, end, next, a, b, height: 0, form, flags };
        if is_key && plain {
            self.check_key(&node);
        }
        self.push(node);
        self.attach(end, 0, text_weight(b as usize));
    }

    /// Opens a container that starts at `start` and ends, unless [`Builder::close`] knows better, with its
    /// last child.
    pub(super) fn open(&mut self, start: usize, form: Form) -> u32 {
        if self.open.len() == MAX_DEPTH {
            self.too_deep(start, start + 1);
        }
        let start = index(start);
        let id = self.push(NodeData { start, end: start, next: 0, a: 0, b: 0, height: 0, form, flags: 0 });
        self.open.push(id);
        id
    }

    /// Closes the innermost container, at `end` if it has a closing bracket.
    pub(super) fn close(&mut self, end: Option<usize>) {
        let Some(id) = self.open.pop() else { return };
        let node = &mut self.nodes[id as usize];
        if let Some(end) = end {
            node.end = index(end);
        }
        node.b = node.b.saturating_add(1);
        node.height += 1;
        let node = *node;
        if node.form == Form::Map {
            self.check_duplicates(id);
        }
        if self.expects_key() {
            self.container_as_key(node);
        }
        self.complete(id);
    }

    /// Adds an alias at `start..end` of the node `target`.
    pub(super) fn alias(&mut self, start: usize, end: usize, target: u32) {
        let aimed = self.nodes[target as usize];
        if aimed.next == 0 {
            return self.mistake(self.cycle(start, end, aimed));
        }
        let weight = if aimed.is_container() { aimed.b } else { text_weight(aimed.b as usize) };
        self.expanded = self.expanded.saturating_add(weight);
        if self.expanded as usize > MAX_EXPANSION {
            self.reading = Reading::Stop;
            return self.mistake(self.expansion(start, end));
        }
        if self.open.len() + aimed.height as usize > MAX_DEPTH {
            return self.too_deep(start, end);
        }
        let (start, end) = (index(start), index(end));
        if !self.expects_key() {
            let form = Form::Alias;
            let id = self.push(NodeData { start, end, next: 0, a: target, b: weight, form, ..aimed });
            return self.complete(id);
        }
        let node = NodeData { start, end, next: 0, ..aimed };
        if aimed.is_container() {
            self.container_as_key(node);
        }
        // As a key, an alias of a scalar is that scalar's text.
        let next = self.next_index() + 1;
        self.push(NodeData { next, form: Form::String, height: 0, ..node });
        self.attach(end, 0, weight);
    }

    /// Returns the index that the next node will have.
    pub(super) fn next_index(&self) -> u32 {
        index(self.nodes.len())
    }

    /// Returns whether the next node is the key of a mapping.
    pub(super) fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|&id| {
            let node = &self.nodes[id as usize];
            node.form == Form::Map && node.a.is_multiple_of(2)
        })
    }

    /// Returns the end of the last complete child of the innermost container, if the next node is a value.
    pub(super) fn key_end(&self) -> Option<usize> {
        let node = &self.nodes[*self.open.last()? as usize];
        (node.form == Form::Map && node.a % 2 == 1).then_some(node.end as usize)
    }

    #[inline]
    fn push(&mut self, node: NodeData) -> u32 {
        if self.nodes.len() == MAX_NODES {
            self.reading = Reading::Stop;
            self.too_many(&node);
        }
        self.nodes.push(node);
        index(self.nodes.len() - 1)
    }

    /// Marks a container or alias as read in full and counts it in its parent.
    fn complete(&mut self, id: u32) {
        let next = index(self.nodes.len());
        let node = &mut self.nodes[id as usize];
        node.next = next;
        let (end, height, weight) = (node.end, node.height, node.b);
        self.attach(end, height, weight);
    }

    /// Counts a child in the innermost open container.
    #[inline]
    fn attach(&mut self, end: u32, height: u16, weight: u32) {
        if let Some(&parent) = self.open.last() {
            let parent = &mut self.nodes[parent as usize];
            parent.a += 1;
            parent.end = end;
            parent.b = parent.b.saturating_add(weight);
            parent.height = parent.height.max(height);
        }
    }
}
