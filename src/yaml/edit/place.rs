//! Where a value is in a text, in the words of its keys.

use std::fmt;

use crate::yaml::node::Node;

/// A part of the way to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The value of this key of a mapping.
    Key(String),
    /// The item of this number of a list, from 0.
    Item(usize),
}

impl Step {
    /// Returns whether it is a key.
    pub(super) fn is_key(&self) -> bool {
        matches!(self, Self::Key(_))
    }
}

/// Where a value is in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The number of its document, from 0; documents that are empty do not count.
    pub document: usize,
    /// The way from there.
    pub steps: Vec<Step>,
}

impl Place {
    /// Returns the place of the value of `key` in the mapping that is here.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.steps.push(Step::Key(key.to_string()));
        self
    }

    /// Returns the place of an item of the list that is here.
    #[must_use]
    pub fn item(mut self, number: usize) -> Self {
        self.steps.push(Step::Item(number));
        self
    }

    /// Returns the place that the first `depth` steps lead to.
    pub(super) fn up_to(&self, depth: usize) -> Self {
        Self { document: self.document, steps: self.steps[..depth].to_vec() }
    }

    /// Returns the place of a node among the documents of the text that it was read from.
    pub fn of(node: Node<'_>) -> Option<Self> {
        let mut roots = node.document().roots().enumerate();
        roots.find_map(|(document, root)| {
            let mut steps = Vec::new();
            find(root, node, &mut steps).then_some(Self { document, steps })
        })
    }
}

/// Finds the way from a node to one inside of it, or the node itself.
fn find(from: Node<'_>, node: Node<'_>, steps: &mut Vec<Step>) -> bool {
    if from.id() == node.id() {
        return true;
    }
    if from.is_alias() {
        return false;
    }
    let keys = from.entries().map(|(key, value)| (Step::Key(key.text().unwrap_or_default().into()), value));
    let items = from.items().enumerate().map(|(number, item)| (Step::Item(number), item));
    // Nodes are numbered as they are written: only the last child that does not begin after the node can hold it.
    let held = keys.chain(items).take_while(|(_, child)| child.id() <= node.id()).last();
    held.is_some_and(|(step, child)| {
        steps.push(step);
        find(child, node, steps)
    })
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            return write!(out, "document {}", self.document + 1);
        }
        for (at, step) in self.steps.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            match step {
                Step::Key(key) => write!(out, "{dot}{key}")?,
                Step::Item(number) => write!(out, "[{number}]")?,
            }
        }
        Ok(())
    }
}
