//! Documents that are not written anywhere: values that were made, each with the place it was made from.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::tree::{Document, ELSEWHERE, Form, NodeData, NodeId, SIDE, index, text_weight};
use crate::source::{SourceId, Span};

/// How many bytes of memory a composed document may take before it is better to begin another: offsets in it are
/// 32 bits wide.
const FULL: usize = 256 << 20;

/// A document while it is being made. Its places are in one source, those of its keys may be in another: the one
/// that says what is made.
pub struct Composer {
    document: Document,
    /// Where the text of each key is: there are few, and each is in every document.
    keys: HashMap<String, (u32, u32)>,
    open: Vec<u32>,
}

impl Composer {
    /// Returns a composer of documents whose values are from `source`, and whose keys may be from `elsewhere`.
    pub fn new(source: SourceId, elsewhere: SourceId) -> Self {
        let document = Document { elsewhere, ..Document::empty(source, &Arc::from("")) };
        Self { document, keys: HashMap::new(), open: Vec::new() }
    }

    /// Returns whether so much has been added that the rest belongs in another document.
    pub fn is_full(&self) -> bool {
        self.document.heap_bytes() > FULL
    }

    /// Opens a mapping that lies at `span`: a document, or the value of the last key.
    pub fn open(&mut self, span: Span) -> NodeId {
        let at = self.push(span, Form::Map, 0, 0, 0);
        if self.open.is_empty() {
            self.document.roots.push(NodeId(at));
        }
        self.open.push(at);
        NodeId(at)
    }

    /// Closes the mapping that was opened last.
    pub fn close(&mut self) {
        let Some(id) = self.open.pop() else { return };
        let next = index(self.document.nodes.len());
        let node = &mut self.document.nodes[id as usize];
        node.next = next;
        node.b = node.b.saturating_add(1);
        node.height += 1;
        let node = *node;
        self.attach(node);
    }

    /// Adds a key of the open mapping.
    pub fn key(&mut self, key: &str, span: Span) {
        let (a, b) = match self.keys.get(key) {
            Some(&known) => known,
            None => {
                let kept = self.document.keep(key);
                self.keys.insert(key.to_string(), kept);
                kept
            }
        };
        let flags = if span.source == self.document.source { SIDE } else { SIDE | ELSEWHERE };
        self.scalar(span, Form::String, a, b, flags);
    }

    /// Adds a value, all of which lies at `span`.
    pub fn value(&mut self, value: &Value, span: Span) {
        match value {
            Value::Null => self.scalar(span, Form::Null, 0, 0, SIDE),
            Value::Bool(value) => self.text(if *value { "true" } else { "false" }, Form::Bool, span),
            Value::Number(number) => self.text(&number.to_string(), Form::Number, span),
            Value::String(text) => self.text(text, Form::String, span),
            Value::Array(items) => {
                let at = self.push(span, Form::List, 0, 0, 0);
                self.open.push(at);
                items.iter().for_each(|item| self.value(item, span));
                self.close();
            }
            Value::Object(entries) => {
                let at = self.push(span, Form::Map, 0, 0, 0);
                self.open.push(at);
                for (name, value) in entries {
                    self.text(name, Form::String, span);
                    self.value(value, span);
                }
                self.close();
            }
        }
    }

    /// Returns the documents made.
    pub fn finish(mut self) -> Document {
        self.document.nodes.shrink_to_fit();
        self.document.side.shrink_to_fit();
        self.document
    }

    fn text(&mut self, text: &str, form: Form, span: Span) {
        let (a, b) = self.document.keep(text);
        self.scalar(span, form, a, b, SIDE);
    }

    fn scalar(&mut self, span: Span, form: Form, a: u32, b: u32, flags: u8) {
        let at = self.push(span, form, a, b, flags);
        let node = &mut self.document.nodes[at as usize];
        node.next = at + 1;
        let counted = NodeData { b: text_weight(b as usize), ..*node };
        self.attach(counted);
    }

    fn push(&mut self, span: Span, form: Form, a: u32, b: u32, flags: u8) -> u32 {
        let Span { start, end, .. } = span;
        self.document.nodes.push(NodeData { start, end, next: 0, a, b, height: 0, form, flags });
        index(self.document.nodes.len() - 1)
    }

    /// Counts a complete child in the open container.
    fn attach(&mut self, child: NodeData) {
        if let Some(&parent) = self.open.last() {
            let parent = &mut self.document.nodes[parent as usize];
            parent.a += 1;
            parent.b = parent.b.saturating_add(child.b);
            parent.height = parent.height.max(child.height);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_made_document_reads_as_a_written_one() {
        let (data, mapping) = (SourceId::new(3), SourceId::new(1));
        let place = Span::new(data, 10, 20);
        let mut composer = Composer::new(data, mapping);
        let value = json!({"a": [1, -2.5, 1e300, "x", true, null, {}], "b": {"c": []}, "": "é"});
        for _ in 0..2 {
            composer.open(place);
            composer.key("all", Span::new(mapping, 1, 4));
            composer.value(&value, place);
            composer.close();
        }
        let document = composer.finish();
        assert_eq!(document.roots().len(), 2);
        for root in document.roots() {
            assert_eq!(root.to_json(), json!({ "all": value }));
            let (key, value) = root.entry("all").unwrap();
            assert_eq!((key.span().source, value.span()), (mapping, place));
        }
    }
}
