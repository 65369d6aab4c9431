//! Filling the arena: the one place that all readers (block, JSON, full YAML) write to.
//!
//! Whatever does not depend on syntax is checked here, so that it holds for every reader: depth, size,
//! duplicate and merge keys, keys that are no strings, what aliases add, curly quotation marks around keys.

use std::sync::Arc;

use super::tree::{
    Document, Form, MAX_EXPANSION, MAX_NODES, NodeData, NodeId, PLAIN, SIDE, index, text_weight,
};
use super::{MAX_DEPTH, clip, quotes};
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{SourceId, Span};

/// More findings than this about one text help nobody.
const MAX_FINDINGS: usize = 100;

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
    nodes: Vec<NodeData>,
    side: String,
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
        let (start, end) = (index(start), index(end));
        let node = NodeData { start, end, next: 0, a, b, height: 0, form, flags };
        if is_key {
            self.check_key(&node);
        }
        let id = self.push(node);
        self.complete(id);
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
        let id = self.push(NodeData { form: Form::String, height: 0, ..node });
        self.complete(id);
    }

    /// Returns the index that the next node will have.
    pub(super) fn next_index(&self) -> u32 {
        index(self.nodes.len())
    }

    /// Returns whether the next node is the key of a mapping.
    pub(super) fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|&id| {
            let node = &self.nodes[id as usize];
            node.form == Form::Map && node.a % 2 == 0
        })
    }

    /// Returns the end of the last complete child of the innermost container, if the next node is a value.
    pub(super) fn key_end(&self) -> Option<usize> {
        let node = &self.nodes[*self.open.last()? as usize];
        (node.form == Form::Map && node.a % 2 == 1).then_some(node.end as usize)
    }

    fn push(&mut self, node: NodeData) -> u32 {
        if self.nodes.len() == MAX_NODES {
            self.reading = Reading::Stop;
            self.mistake(
                Diagnostic::new(
                    Rule::DocumentTooLarge,
                    self.span(node.start as usize, node.end as usize),
                    format!("a file of more than {MAX_NODES} values"),
                )
                .help("split the file"),
            );
        }
        self.nodes.push(node);
        index(self.nodes.len() - 1)
    }

    /// Marks the node as read in full and counts it in its parent.
    fn complete(&mut self, id: u32) {
        let next = index(self.nodes.len());
        let node = &mut self.nodes[id as usize];
        node.next = next;
        let (end, height) = (node.end, node.height);
        let weight = match node.form {
            Form::List | Form::Map | Form::Alias => node.b,
            _ => text_weight(node.b as usize),
        };
        if let Some(&parent) = self.open.last() {
            let parent = &mut self.nodes[parent as usize];
            parent.a += 1;
            parent.end = end;
            parent.b = parent.b.saturating_add(weight);
            parent.height = parent.height.max(height);
        }
    }
}

/// What is wrong with a tree, whatever its syntax.
impl Builder<'_> {
    fn check_key(&mut self, key: &NodeData) {
        let text = self.text_of(key);
        if key.flags & PLAIN == 0 {
            return;
        }
        if text == "<<" {
            let span = self.span(key.start as usize, key.end as usize);
            self.mistake(
                Diagnostic::new(Rule::MergeKey, span, "merge keys (`<<`) are not part of YAML 1.2")
                    .label("would be a key like any other")
                    .help("write the keys out, or quote `\"<<\"` if it is meant as a key"),
            );
        } else if text.as_bytes().first().is_some_and(|byte| !byte.is_ascii()) && quotes::wraps(text) {
            self.blame_quotes();
        }
    }

    fn text_of(&self, node: &NodeData) -> &str {
        let held = if node.flags & SIDE == 0 { self.text } else { &self.side };
        held.get(node.a as usize..(node.a + node.b) as usize).unwrap_or("")
    }

    /// Reports every key of the mapping that has been written before.
    fn check_duplicates(&mut self, map: u32) {
        if !self.may_repeat(map) {
            return;
        }
        let mut keys: Vec<(&str, NodeData)> = self.keys(map).map(|key| (self.text_of(key), *key)).collect();
        keys.sort_by_key(|(text, _)| *text);
        let mut findings = Vec::new();
        for same in keys.chunk_by(|left, right| left.0 == right.0) {
            for (text, repeated) in &same[1..] {
                findings.push(self.duplicate(text, &same[0].1, repeated));
            }
        }
        findings.sort_by_key(|finding| finding.primary.span);
        for finding in findings {
            self.mistake(finding);
        }
    }

    /// Returns whether a key might be written twice: exact for a few keys, else told by a small filter.
    fn may_repeat(&self, map: u32) -> bool {
        let mut seen = 0u64;
        let mut clash = false;
        for key in self.keys(map) {
            let bytes = self.text_of(key).as_bytes();
            let ends = bytes.first().copied().unwrap_or(0).wrapping_mul(7)
                ^ bytes.last().copied().unwrap_or(0).wrapping_mul(31);
            let bit = 1u64 << ((bytes.len() as u8).wrapping_mul(13) ^ ends) % 64;
            clash |= seen & bit != 0;
            seen |= bit;
        }
        clash
    }

    /// Returns the string keys of a mapping.
    fn keys(&self, map: u32) -> impl Iterator<Item = &NodeData> {
        let mut at = map as usize + 1;
        let entries = self.nodes[map as usize].a / 2;
        (0..entries)
            .map(move |_| {
                let key = &self.nodes[at];
                at = self.nodes[key.next as usize].next as usize;
                key
            })
            .filter(|key| key.form == Form::String)
    }

    fn duplicate(&self, text: &str, first: &NodeData, repeated: &NodeData) -> Diagnostic {
        let span = |node: &NodeData| self.span(node.start as usize, node.end as usize);
        Diagnostic::new(
            Rule::DuplicateKey,
            span(repeated),
            format!("the key `{}` is written twice in one mapping", clip(text)),
        )
        .label("second")
        .related(span(first), "first")
        .help("keep one of the two")
    }

    fn container_as_key(&mut self, key: NodeData) {
        let span = self.span(key.start as usize, key.end as usize);
        let kind = if key.form == Form::List { "list" } else { "mapping" };
        let before = (key.start as usize).saturating_sub(1);
        let template = self.text.get(before..).is_some_and(|text| text.starts_with("{{"));
        let diagnostic = Diagnostic::new(Rule::UnsupportedValue, span, format!("a {kind} cannot be a key"));
        self.mistake(if template {
            diagnostic
                .label("YAML reads `{{` as a mapping inside a mapping")
                .help("quote the template: \"{{ … }}\"")
        } else {
            diagnostic.help("only texts and numbers can be keys")
        });
    }

    pub(super) fn unsupported_number(&mut self, start: usize, end: usize, reason: &str) {
        let written = self.text.get(start..end).unwrap_or_default();
        let message = format!("the number `{}` cannot be kept", clip(written));
        let finding = Diagnostic::new(Rule::UnsupportedValue, self.span(start, end), message);
        self.mistake(finding.label(reason).help("quote it if it is meant as text"));
    }

    fn too_deep(&mut self, start: usize, end: usize) {
        self.reading = self.reading.max(Reading::NextDocument);
        self.mistake(too_deep(self.span(start, end)));
    }

    fn cycle(&self, start: usize, end: usize, aimed: NodeData) -> Diagnostic {
        let name = self.text.get(start..end).unwrap_or_default();
        Diagnostic::new(
            Rule::AliasCycle,
            self.span(start, end),
            format!("the alias `{}` is inside what it stands for", clip(name)),
        )
        .related(self.span(aimed.start as usize, aimed.start as usize + 1), "it stands for what starts here")
        .help("write the value out")
    }

    fn expansion(&self, start: usize, end: usize) -> Diagnostic {
        Diagnostic::new(
            Rule::AliasExpansion,
            self.span(start, end),
            format!("aliases repeat more than {MAX_EXPANSION} values"),
        )
        .label("one too many")
        .help("write fewer aliases of aliases")
    }
}

/// Returns the finding about a container nested too deep.
pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::NestingTooDeep,
        span,
        format!("lists and mappings are nested more than {MAX_DEPTH} deep"),
    )
    .help("flatten the document")
}
