//! Forms: what is asked before an action runs, the same wherever it is asked.
//!
//! A form is read once from a definition. The terminal asks it, the site shows it, each CI system gets its own
//! rendering of it, and whatever comes back is held against it, whole, before anything is done.

mod field;
mod fill;
mod order;
mod reference;
mod seen;
mod state;
mod value;

use std::collections::BTreeMap;

use crate::model::action::Action;
use crate::model::action::input as document;
use crate::model::strings;
use crate::yaml::{Kind, Node};

pub use field::{Choices, Dynamic, Expression, Fallback, Field, Necessity, Sort};
pub use fill::{Asker, Filled, Problem};
pub use state::{Choice, State};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// The inputs in the order in which people see them: that of the form or of its pages, then the others.
    pub fields: Vec<Field>,
    /// The pages of a long form; none when all is on one.
    pub pages: Vec<Page>,
    /// Headings among the inputs, by the name by which the order mentions them.
    pub headings: Vec<Heading>,
    /// jq that gives the names of the inputs that must be given, in place of a list.
    pub required: Option<Expression>,
}

/// A page of a long form.
#[derive(Debug, Clone)]
pub struct Page {
    /// What people read.
    pub title: String,
    /// The inputs and headings on it, in order.
    pub order: Vec<String>,
    /// Whether it is shown.
    pub visible: Dynamic<bool>,
}

/// A heading among the inputs.
#[derive(Debug, Clone)]
pub struct Heading {
    /// By which the order mentions it.
    pub identifier: String,
    /// What people read.
    pub title: String,
    /// A sentence below it.
    pub description: Option<String>,
    /// Whether it is shown.
    pub visible: Dynamic<bool>,
    /// The input that it stands before; the end of the form when absent.
    pub before: Option<String>,
}

impl Form {
    /// Returns the form of an action, whose document is `node`, in either of Port's forms.
    pub fn of_action(node: Node<'_>, action: &Action) -> Self {
        let trigger = node.get("trigger").filter(|trigger| trigger.kind() == Kind::Map);
        let inputs = trigger.and_then(|trigger| trigger.get("userInputs")).or_else(|| node.get("userInputs"));
        inputs.map_or_else(Self::default, |inputs| Self::decode(inputs, &action.inputs))
    }

    /// Returns the form written as `node`, whose inputs are `inputs`.
    pub fn decode(node: Node<'_>, inputs: &[document::Input]) -> Self {
        let listed: Vec<String> = strings(node, "required").into_iter().map(|name| name.value).collect();
        let mut fields: Vec<Field> = inputs
            .iter()
            .map(|input| Field::decode(node.document().node(input.node), input, &listed))
            .collect();
        let order = document::order(node);
        let position: BTreeMap<&str, usize> =
            order.iter().enumerate().rev().map(|(at, name)| (name.value.as_str(), at)).collect();
        fields.sort_by_key(|field| position.get(field.identifier.as_str()).copied().unwrap_or(usize::MAX));
        let headings =
            headings(node, &fields, &order.iter().map(|name| name.value.as_str()).collect::<Vec<_>>());
        Self {
            fields,
            pages: node.get("steps").into_iter().flat_map(Node::items).filter_map(page).collect(),
            headings,
            required: node.get("required").and_then(Expression::decode),
        }
    }

    /// Returns the input called `identifier`.
    pub fn field(&self, identifier: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.identifier == identifier)
    }
}

fn page(node: Node<'_>) -> Option<Page> {
    Some(Page {
        title: node.get("title")?.text()?.to_string(),
        order: strings(node, "order").into_iter().map(|name| name.value).collect(),
        visible: Dynamic::flag(node.get("visible"), true),
    })
}

fn headings(node: Node<'_>, fields: &[Field], order: &[&str]) -> Vec<Heading> {
    let titles = node.get("titles").into_iter().flat_map(Node::entries);
    let mut headings: Vec<(usize, Heading)> = Vec::new();
    for (key, title) in titles {
        let Some(identifier) = key.as_str() else { continue };
        let at = order.iter().position(|name| *name == identifier);
        let following = at.map_or(&[][..], |at| &order[at + 1..]);
        let before = following.iter().find(|name| fields.iter().any(|field| field.identifier == **name));
        let heading = Heading {
            identifier: identifier.to_string(),
            title: title.get("title").and_then(Node::text).unwrap_or(identifier).to_string(),
            description: title.get("description").and_then(Node::text).map(str::to_string),
            visible: Dynamic::flag(title.get("visible"), true),
            before: before.map(|name| (*name).to_string()),
        };
        headings.push((at.unwrap_or(usize::MAX), heading));
    }
    headings.sort_by_key(|(at, _)| *at);
    headings.into_iter().map(|(_, heading)| heading).collect()
}

#[cfg(test)]
mod tests;
