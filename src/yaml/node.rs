//! One value of a document, with its place, and the ways to read it.

use super::scalar::{self, Number};
use super::tree::{Document, ELSEWHERE, Form, NodeData, NodeId, PLAIN, SIDE, text_weight};
use crate::source::Span;

/// What a value is. An alias is what it points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool,
    /// An integer or a number with a fraction.
    Number,
    /// Text.
    String,
    /// A list.
    List,
    /// A mapping of keys, which are always strings, to values.
    Map,
}

impl Kind {
    /// Returns the word that messages use: `null`, `boolean`, `number`, `string`, `list` or `mapping`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::List => "list",
            Self::Map => "mapping",
        }
    }
}

/// A value (or key) of a [`Document`]: as cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    id: NodeId,
}

impl<'a> Node<'a> {
    pub(super) fn new(document: &'a Document, id: NodeId) -> Self {
        Self { document, id }
    }

    /// Returns the node's id, by which [`Document::node`] finds it and the `replace` functions change it.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Returns the document that holds the node.
    pub fn document(self) -> &'a Document {
        self.document
    }

    /// Returns the place of the node; an alias's place is where it is written. A missing value (`owner:`)
    /// has the empty span at its key's colon.
    pub fn span(self) -> Span {
        let NodeData { start, end, flags, .. } = self.document.nodes[self.id.0 as usize];
        let source = if flags & ELSEWHERE == 0 { self.document.source } else { self.document.elsewhere };
        Span { source, start, end }
    }

    /// Returns the place of a part of a scalar's text, or of all of it when reading has changed it so that the part is not
    /// found again.
    pub fn part(self, range: std::ops::Range<usize>) -> Span {
        let data = self.data();
        let written = !data.is_container() && range.end <= data.b as usize;
        if !written {
            return self.span();
        }
        if data.flags & SIDE == 0 {
            let start = data.a as usize;
            return Span::new(self.document.source, start + range.start, start + range.end);
        }
        self.rewritten(range).unwrap_or_else(|| self.span())
    }

    /// Returns the place of a part of a text that was folded, indented or escaped: that of the same letters, when they are
    /// as often in what is written.
    fn rewritten(self, range: std::ops::Range<usize>) -> Option<Span> {
        let (span, data) = (self.span(), self.data());
        let written = self.document.text.get(data.start as usize..data.end as usize)?;
        let (raw, part) = (self.raw(), self.raw().get(range.clone()).filter(|part| !part.is_empty())?);
        let before = raw.match_indices(part).take_while(|(at, _)| *at < range.start).count();
        let mut places = written.match_indices(part);
        let (at, _) = places.nth(before)?;
        let same = before + 1 + places.count() == raw.matches(part).count();
        let start = data.start as usize + at;
        (same && span.source == self.document.source)
            .then(|| Span::new(span.source, start, start + part.len()))
    }

    /// Returns what the node is.
    pub fn kind(self) -> Kind {
        match self.data().form {
            Form::Null => Kind::Null,
            Form::Bool => Kind::Bool,
            Form::Number => Kind::Number,
            Form::String => Kind::String,
            Form::List => Kind::List,
            Form::Map => Kind::Map,
            Form::Alias => unreachable!("`data` looks through aliases"),
        }
    }

    /// Returns the text of a string.
    pub fn as_str(self) -> Option<&'a str> {
        (self.data().form == Form::String).then(|| self.raw())
    }

    /// Returns the value of a boolean.
    pub fn as_bool(self) -> Option<bool> {
        (self.data().form == Form::Bool).then(|| self.raw().starts_with(['t', 'T']))
    }

    /// Returns the value of an integer that fits.
    pub fn as_i64(self) -> Option<i64> {
        match self.number()? {
            Number::Unsigned(value) => i64::try_from(value).ok(),
            Number::Signed(value) => Some(value),
            Number::Float(_) => None,
        }
    }

    /// Returns the value of a non-negative integer that fits.
    pub fn as_u64(self) -> Option<u64> {
        match self.number()? {
            Number::Unsigned(value) => Some(value),
            Number::Signed(value) => u64::try_from(value).ok(),
            Number::Float(_) => None,
        }
    }

    /// Returns the value of a number, integers too.
    pub fn as_f64(self) -> Option<f64> {
        self.number().map(Number::as_f64)
    }

    /// Returns whether the node is `null`, `~` or missing.
    pub fn is_null(self) -> bool {
        self.data().form == Form::Null
    }

    /// Returns the text of any scalar as it is written (`1.10`, `true`), strings without their quotes and
    /// escapes; the text of a missing value is empty.
    pub fn text(self) -> Option<&'a str> {
        (!self.data().is_container()).then(|| self.raw())
    }

    /// Returns whether the node is a scalar without quotes or a tag, so that `yes` may have been meant as a
    /// boolean.
    pub fn is_plain(self) -> bool {
        let data = self.data();
        !data.is_container() && data.flags & PLAIN != 0
    }

    /// Returns how many items a list, or entries a mapping, has; 0 for a scalar.
    pub fn len(self) -> usize {
        match self.data().form {
            Form::List => self.data().a as usize,
            Form::Map => self.data().a as usize / 2,
            _ => 0,
        }
    }

    /// Returns whether there are no items or entries.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Returns the items of a list; none for anything else.
    pub fn items(self) -> Items<'a> {
        let left = if self.data().form == Form::List { self.data().a } else { 0 };
        Items { document: self.document, next: self.target() + 1, left }
    }

    /// Returns the keys and values of a mapping, in their order; none for anything else.
    pub fn entries(self) -> Entries<'a> {
        let left = if self.data().form == Form::Map { self.data().a } else { 0 };
        Entries { children: Items { document: self.document, next: self.target() + 1, left } }
    }

    /// Returns the value of `key` in a mapping.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns the key `key` of a mapping, for its place, and its value.
    pub fn entry(self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        // Asked for every property of every entity: the nodes are walked as they lie, and lengths compared before texts.
        let nodes = &self.document.nodes;
        let map = self.target();
        let NodeData { form: Form::Map, a: children, .. } = nodes[map as usize] else { return None };
        let mut at = map + 1;
        for _ in 0..children / 2 {
            let name = &nodes[at as usize];
            let value = name.next;
            if name.b as usize == key.len() || name.form == Form::Alias {
                let name = Node { document: self.document, id: NodeId(at) };
                if name.raw() == key {
                    return Some((name, Node { document: self.document, id: NodeId(value) }));
                }
            }
            at = nodes[value as usize].next;
        }
        None
    }

    /// Returns the value as JSON, keys in the order of the source.
    pub fn to_json(self) -> serde_json::Value {
        use serde_json::Value;
        match self.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(self.as_bool().unwrap_or_default()),
            Kind::Number => self.number().map_or(Value::Null, |number| Value::Number(number.to_json())),
            Kind::String => Value::String(self.raw().to_string()),
            Kind::List => Value::Array(self.items().map(Node::to_json).collect()),
            Kind::Map => {
                let entries = self.entries();
                Value::Object(entries.map(|(key, value)| (key.raw().to_string(), value.to_json())).collect())
            }
        }
    }

    /// Returns the value at a JSON pointer that starts here, with its key when it is in a mapping. The kind
    /// of each node on the way decides whether `1` is a key or a position.
    pub fn locate(self, pointer: &str) -> Option<(Option<Node<'a>>, Node<'a>)> {
        let mut place = (None, self);
        let mut parts = pointer.split('/');
        if !parts.next()?.is_empty() {
            return None;
        }
        for part in parts {
            place = place.1.step(part)?;
        }
        Some(place)
    }

    /// Returns the child that one escaped part of a JSON pointer names.
    fn step(self, part: &str) -> Option<(Option<Node<'a>>, Node<'a>)> {
        if self.kind() == Kind::List {
            return self.items().nth(part.parse().ok()?).map(|item| (None, item));
        }
        let unescaped = part.contains('~').then(|| part.replace("~1", "/").replace("~0", "~"));
        self.entry(unescaped.as_deref().unwrap_or(part)).map(|(key, value)| (Some(key), value))
    }

    /// Returns the value of a number.
    pub(super) fn number(self) -> Option<Number> {
        if self.data().form != Form::Number {
            return None;
        }
        scalar::number(self.raw())
    }

    /// Returns whether an alias is written here.
    pub(super) fn is_alias(self) -> bool {
        self.document.nodes[self.id.0 as usize].form == Form::Alias
    }

    /// Returns the index of the node itself or, for an alias, of what it points at in the end.
    pub(super) fn target(self) -> u32 {
        let mut at = self.id.0;
        while self.document.nodes[at as usize].form == Form::Alias {
            at = self.document.nodes[at as usize].a;
        }
        at
    }

    /// Returns the node's data, aliases looked through.
    pub(super) fn data(self) -> &'a NodeData {
        &self.document.nodes[self.target() as usize]
    }

    /// Returns the text of a scalar; empty for a container.
    #[inline]
    pub(super) fn raw(self) -> &'a str {
        let data = self.data();
        if data.is_container() {
            return "";
        }
        let held = if data.flags & SIDE == 0 { &*self.document.text } else { &self.document.side };
        held.get(data.a as usize..(data.a + data.b) as usize).unwrap_or("")
    }

    /// Returns the items of a list, or the keys and values of a mapping in turn.
    pub(super) fn children(self) -> Items<'a> {
        let left = if self.data().is_container() { self.data().a } else { 0 };
        Items { document: self.document, next: self.target() + 1, left }
    }

    /// Returns what the node counts with its aliases expanded.
    pub(super) fn weight(self) -> usize {
        let data = self.data();
        let own = if data.is_container() { data.b } else { text_weight(data.b as usize) };
        own as usize + self.document.grown
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind() {
            Kind::List => out.debug_list().entries(self.items()).finish(),
            Kind::Map => out.debug_map().entries(self.entries()).finish(),
            Kind::String => write!(out, "{:?}", self.raw()),
            _ => out.write_str(self.raw()),
        }
    }
}

/// The items of a list, in order.
#[derive(Clone)]
pub struct Items<'a> {
    document: &'a Document,
    next: u32,
    left: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        self.left = self.left.checked_sub(1)?;
        let id = NodeId(self.next);
        self.next = self.document.nodes[id.0 as usize].next;
        Some(Node { document: self.document, id })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Items<'_> {}

/// The keys and values of a mapping, in order.
#[derive(Clone)]
pub struct Entries<'a> {
    children: Items<'a>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.children.next()?, self.children.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.children.len() / 2;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Entries<'_> {}
