//! Changes of a text that leave everything else as it is: comments, quotes, order, line breaks.
//!
//! A change is worked out on the spans of the tree, as bytes to replace. The new text is read again, and must hold what
//! the old one held but for the change; if it does not, because of an anchor, say, there is an error and no change.
//! So whatever a text looks like, it is never damaged.

mod block;
mod documents;
mod flow;
mod intended;
mod layout;
mod place;
mod spot;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::node::{Kind, Node};
use super::tree::Document;
use super::write::{self, Nul, Style};
use crate::source::SourceId;
use layout::Layout;
pub use place::{Place, Step};
use spot::{Holder, Spot};

/// Why a text was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It has mistakes.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// There is nothing where something should be changed.
    #[error("there is nothing at `{0}`")]
    Missing(Place),
    /// A key is to be set in something else.
    #[error("`{0}` is not a mapping")]
    NotAMapping(Place),
    /// A text that cannot be written.
    #[error(transparent)]
    Nul(#[from] Nul),
    /// JSON holds one document.
    #[error("a JSON file cannot hold another document")]
    Json,
    /// The way it is written forbids it.
    #[error("`{0}` cannot be changed without changing something else, because of how it is written")]
    Bound(Place),
}

/// A text of one or more documents, YAML or JSON, while it is changed.
#[derive(Debug, Clone)]
pub struct Edit {
    text: Arc<str>,
    document: Document,
    json: bool,
}

/// Bytes to be replaced, each with what comes in their place; in order, and apart from each other.
type Splices = Vec<(Range<usize>, String)>;

impl Edit {
    /// Returns a text to be changed.
    ///
    /// # Errors
    /// When it has mistakes.
    pub fn open(text: &str) -> Result<Self, EditError> {
        let text: Arc<str> = text.into();
        let document = parse(&text).map_err(EditError::Unreadable)?;
        let json = is_json(&text);
        Ok(Self { text, document, json })
    }

    /// Returns the text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the documents as they are now.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Sets the value at a place. A key that is not there is added after its siblings, and what should hold it, too.
    ///
    /// # Errors
    /// When the way to the place is not there, or it cannot be done without changing something else. Then nothing is
    /// changed.
    pub fn set(&mut self, place: &Place, value: &Value) -> Result<(), EditError> {
        self.set_after(place, value, &[])
    }

    /// Sets the value at a place, as [`set`](Self::set) does. A key that is not there is added after the first of
    /// `before` that is.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn set_after(&mut self, place: &Place, value: &Value, before: &[&str]) -> Result<(), EditError> {
        write::check(value)?;
        if place.steps.iter().any(|step| matches!(step, Step::Key(key) if key.contains('\0'))) {
            return Err(Nul.into());
        }
        let mut intended = self.values();
        let root = intended.get_mut(place.document).ok_or_else(|| EditError::Missing(place.clone()))?;
        intended::set(root, place, 0, value, before)?;
        if intended::same_all(&intended, &self.values()) {
            return Ok(());
        }
        let candidates = self.ways_to_set(place, value, &intended, before)?;
        self.take(candidates, &intended, place)
    }

    /// Removes the value at a place: a key with its value, an item of a list, or a document.
    ///
    /// # Errors
    /// When there is no such value, or it cannot be done without changing something else. Then nothing is changed.
    pub fn remove(&mut self, place: &Place) -> Result<(), EditError> {
        let mut intended = self.values();
        if place.steps.is_empty() {
            if place.document >= intended.len() {
                return Err(EditError::Missing(place.clone()));
            }
            intended.remove(place.document);
            let start = self.root(place.document).map_or(0, |root| root.span().start as usize);
            return self.take(documents::remove(&self.text, start), &intended, place);
        }
        let root = intended.get_mut(place.document).ok_or_else(|| EditError::Missing(place.clone()))?;
        intended::remove(root, place, 0)?;
        let candidates = self.ways_to_remove(place, &intended)?;
        self.take(candidates, &intended, place)
    }

    /// Adds a document at the end.
    ///
    /// # Errors
    /// When the text is JSON, or the value cannot be written.
    pub fn append(&mut self, value: &Value) -> Result<(), EditError> {
        write::check(value)?;
        let document = write::document(value);
        let mut intended = self.values();
        if self.json {
            return Err(EditError::Json);
        }
        let place = Place { document: intended.len(), steps: Vec::new() };
        intended.push(value.clone());
        let parted = documents::append(&self.text, &document, true);
        let alone = documents::append(&self.text, &document, false);
        let candidates = if place.document == 0 { vec![alone, parted] } else { vec![parted] };
        self.take(candidates, &intended, &place)
    }

    /// Returns the changed text.
    pub fn finish(self) -> String {
        self.text.to_string()
    }

    fn values(&self) -> Vec<Value> {
        self.document.roots().map(Node::to_json).collect()
    }

    fn root(&self, number: usize) -> Option<Node<'_>> {
        self.document.roots().nth(number)
    }

    /// Returns how a value can be set, best first.
    fn ways_to_set(
        &self,
        place: &Place,
        value: &Value,
        intended: &[Value],
        before: &[&str],
    ) -> Result<Vec<Splices>, EditError> {
        let layout = Layout::new(&self.text);
        let style = self.style();
        let mut spot = self.start(place)?;
        for (depth, step) in place.steps.iter().enumerate() {
            if spot.node.is_alias() {
                return Ok(self.written_out(&spot, place, depth, intended));
            }
            if let Some(inner) = spot.step(layout, step) {
                spot = inner;
                continue;
            }
            let Step::Key(key) = step else { return Err(EditError::Missing(place.up_to(depth + 1))) };
            let value = intended::nested(&place.steps[depth + 1..], value);
            let before = if depth + 1 == place.steps.len() { before } else { &[] };
            if spot.node.is_empty() {
                let map = Value::Object([(key.clone(), value)].into_iter().collect());
                return Ok(self.replace(&spot, style, &map));
            }
            let style = Style { flow_lists: prefers_flow(spot.node, None, layout), ..style };
            return Ok(if spot.is_flow(layout) {
                flow::insert(layout, style, &spot, key, &value, before)
            } else {
                block::insert(layout, style, spot.node, key, &value, before)
            });
        }
        let style = Style { flow_lists: self.keeps_flow(&spot, place, layout), ..style };
        Ok(self.replace(&spot, style, value))
    }

    /// Returns how a value can be removed, best first.
    fn ways_to_remove(&self, place: &Place, intended: &[Value]) -> Result<Vec<Splices>, EditError> {
        let layout = Layout::new(&self.text);
        let mut spot = self.start(place)?;
        let Some((last, way)) = place.steps.split_last() else { return Ok(Vec::new()) };
        for (depth, step) in way.iter().enumerate() {
            if spot.node.is_alias() {
                return Ok(self.written_out(&spot, place, depth, intended));
            }
            let missing = || EditError::Missing(place.up_to(depth + 1));
            spot = spot.step(layout, step).ok_or_else(missing)?;
        }
        if spot.node.is_alias() {
            return Ok(self.written_out(&spot, place, way.len(), intended));
        }
        if spot.node.len() == 1 {
            let empty = if spot.node.kind() == Kind::Map {
                Value::Object(Default::default())
            } else {
                Value::Array(Vec::new())
            };
            return Ok(self.replace(&spot, self.style(), &empty));
        }
        let missing = || EditError::Missing(place.clone());
        let number = match last {
            Step::Item(number) => *number,
            Step::Key(key) => {
                spot.node.entries().position(|(name, _)| name.text() == Some(key)).ok_or_else(missing)?
            }
        };
        Ok(if spot.is_flow(layout) {
            flow::remove(layout, &spot, number)
        } else {
            block::remove(layout, spot.node, number)
        })
    }

    /// Returns how the alias at a spot is replaced by what it stands for, changed.
    fn written_out(&self, spot: &Spot<'_>, place: &Place, depth: usize, intended: &[Value]) -> Vec<Splices> {
        let value = intended.get(place.document).and_then(|root| intended::get(root, &place.steps[..depth]));
        value.map(|value| self.replace(spot, self.style(), value)).unwrap_or_default()
    }

    /// Returns how the value at a spot is replaced by another.
    fn replace(&self, spot: &Spot<'_>, style: Style, value: &Value) -> Vec<Splices> {
        let layout = Layout::new(&self.text);
        if spot.flow {
            flow::replace(layout, style, spot, value)
        } else {
            block::replace(layout, style, spot, value)
        }
    }

    /// Returns the root of the place's document.
    fn start(&self, place: &Place) -> Result<Spot<'_>, EditError> {
        let node = self.root(place.document).ok_or_else(|| EditError::Missing(place.clone()))?;
        Ok(Spot { node, holder: Holder::Root, flow: self.json })
    }

    /// Returns whether a list at a spot is to be written as `[a, b]`: as the list there is, else as its siblings are.
    fn keeps_flow(&self, spot: &Spot<'_>, place: &Place, layout: Layout<'_>) -> bool {
        let mut holder = self.root(place.document);
        for step in place.steps.iter().rev().skip(1).rev() {
            holder = holder.and_then(|holder| intended::child(holder, step));
        }
        holder.is_some_and(|holder| prefers_flow(holder, Some(spot.node), layout))
    }

    /// Returns how the text is laid out.
    fn style(&self) -> Style {
        let layout = Layout::new(&self.text);
        let mut style = Style {
            json: self.json,
            tight: self.json && layout.is_tight(&self.document),
            ..Style::default()
        };
        layout.measure(&self.document, &mut style);
        style
    }

    /// Takes the first of several texts that holds what is intended.
    fn take(&mut self, candidates: Vec<Splices>, intended: &[Value], place: &Place) -> Result<(), EditError> {
        for splices in candidates {
            let text: Arc<str> = spliced(&self.text, splices).into();
            let Ok(document) = parse(&text) else { continue };
            let held: Vec<Value> = document.roots().map(Node::to_json).collect();
            let in_kind = !self.json || intended.is_empty() || is_json(&text);
            if in_kind && intended::same_all(&held, intended) {
                (self.text, self.document) = (text, document);
                return Ok(());
            }
        }
        Err(EditError::Bound(place.clone()))
    }
}

/// Returns whether lists beside each other are written as `[a, b]`: `own`, if it is a list, else any of them.
fn prefers_flow(holder: Node<'_>, own: Option<Node<'_>>, layout: Layout<'_>) -> bool {
    let is_list = |node: &Node<'_>| node.kind() == Kind::List && !node.is_empty() && !node.is_alias();
    match own.filter(is_list) {
        Some(own) => layout.begins_with_bracket(own),
        None => {
            let values = holder.entries().map(|(_, value)| value).chain(holder.items());
            values.filter(is_list).any(|list| layout.begins_with_bracket(list))
        }
    }
}

/// Returns the documents of a text, or what is wrong with it.
fn parse(text: &Arc<str>) -> Result<Document, String> {
    let mut found = Vec::new();
    let source = SourceId::new(0);
    found.extend(super::forbidden_character(source, text));
    let document = super::parse(source, text, &mut found);
    match found.first() {
        Some(finding) => Err(finding.message.clone()),
        None => Ok(document),
    }
}

/// Returns whether a text is JSON in the strict sense.
fn is_json(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    super::json::is_likely(text) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Returns a text with some of its bytes replaced.
fn spliced(text: &str, mut splices: Splices) -> String {
    splices.sort_by_key(|(range, _)| (range.start, range.end));
    let mut new = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (range, with) in splices {
        new.push_str(text.get(at..range.start).unwrap_or_default());
        new.push_str(&with);
        at = range.end.max(at);
    }
    new.push_str(text.get(at..).unwrap_or_default());
    new
}
