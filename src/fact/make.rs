//! From items to entities.

use std::sync::OnceLock;

use rayon::prelude::*;
use serde_json::{Map, Value};

use super::data::{Data, Item};
use super::expression::on_deep_stack;
use super::failure::{Failures, Wanted};
use super::plan::{Mapping, Members, Plan, Selector, Template};
use super::value::{instant, kind, locate, reference, take_out, text};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::entity::ENTITY;
use crate::model::instant::Instant;
use crate::source::{Sources, Span};
use crate::yaml::{Composer, Document, Node, NodeId};

/// How many items share a document.
const AT_ONCE: usize = 1024;

/// Entities that were made.
#[derive(Debug)]
pub struct Batch {
    /// The entities, each a root.
    pub document: Document,
    /// What is known of each.
    pub made: Vec<Made>,
    /// What is wrong with their shape.
    pub found: Vec<Diagnostic>,
}

/// An entity that was made.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    /// The entity: `identifier`, which may be a search, `blueprint`, and what else is mapped.
    pub node: NodeId,
    /// The number of its mapping in the plan.
    pub mapping: u32,
    /// The time of which the data is.
    pub as_of: Option<Instant>,
}

/// Returns what `plan` makes of the items of `files`, in their order; expressions that fail go to `found`.
pub fn make(plan: &Plan, files: &[&Data], sources: &Sources, found: &mut Vec<Diagnostic>) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut failures = Failures::default();
    for data in files {
        let file = File { plan, data, whole: OnceLock::new() };
        for part in on_deep_stack(|| file.parts()) {
            batches.extend(part.batches);
            failures.append(part.failures);
        }
    }
    let spent: Vec<Diagnostic> = plan
        .expressions
        .iter()
        .filter(|e| e.is_spent())
        .map(|e| {
            let message = "this expression takes too many steps, so nothing is made by the mapping";
            Diagnostic::new(Rule::FailingJq, e.span, message).help("let `itemsToParse` be a path, such as `.items`, and choose its members with `selector.query`")
        })
        .collect();
    if spent.is_empty() {
        found.extend(failures.findings(&plan.expressions, sources));
    } else {
        // Which items were tried before it was stopped depends on their threads.
        found.extend(spent);
        batches.clear();
    }
    batches
}

/// A file whose items are being mapped.
struct File<'a> {
    plan: &'a Plan,
    data: &'a Data,
    /// The time that the whole document says, once that was asked.
    whole: OnceLock<Option<Instant>>,
}

/// What was made of some items.
struct Part {
    batches: Vec<Batch>,
    failures: Failures,
}

/// What expressions see of an item, and where it is.
struct Scope<'a> {
    value: &'a Value,
    node: Option<Node<'a>>,
    /// The name and node of the member of a list that is mapped.
    member: Option<(&'a str, Option<Node<'a>>)>,
    span: Span,
}

impl File<'_> {
    fn parts(&self) -> Vec<Part> {
        let parts = self.data.items().par_chunks(AT_ONCE).map(|items| self.part(items));
        parts.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn part(&self, items: &[Item]) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut maker = Maker::new(self);
        for &item in items {
            let (value, node, span) = (self.data.value(item), self.data.node(item), self.data.span(item));
            let Some(members) = &self.plan.members else {
                maker.item(&Scope { value: &value, node, member: None, span });
                continue;
            };
            let (value, list) = maker.list(value, members, span);
            let nodes = self.member_nodes(node, members, list.len());
            let places: Vec<(Value, Option<Node<'_>>)> =
                list.into_iter().zip(nodes.into_iter().map(Some).chain(std::iter::repeat(None))).collect();
            if places.len() <= AT_ONCE {
                maker.members(&value, node, span, members, places);
                continue;
            }
            parts.push(std::mem::replace(&mut maker, Maker::new(self)).finish());
            let mut chunks = Vec::new();
            let mut rest = places.into_iter().peekable();
            while rest.peek().is_some() {
                chunks.push(rest.by_ref().take(AT_ONCE).collect::<Vec<_>>());
            }
            parts.extend(
                chunks
                    .into_par_iter()
                    .map(|chunk| {
                        let mut maker = Maker::new(self);
                        maker.members(&value, node, span, members, chunk);
                        maker.finish()
                    })
                    .collect::<Vec<_>>(),
            );
        }
        parts.push(maker.finish());
        parts
    }

    /// Returns the nodes of the members of a list that is a value of its item.
    fn member_nodes<'n>(&self, item: Option<Node<'n>>, members: &Members, count: usize) -> Vec<Node<'n>> {
        let path = self.plan.expressions[members.list].path();
        let list = item.zip(path).and_then(|(item, path)| locate(item, path));
        list.map(|list| list.items().collect())
            .filter(|nodes: &Vec<_>| nodes.len() == count)
            .unwrap_or_default()
    }

    /// Returns the time that the file as a whole says.
    fn whole(&self, expression: usize) -> Option<Instant> {
        *self.whole.get_or_init(|| {
            let value = self.plan.expressions[expression].evaluate(&self.data.whole()).ok()?;
            instant(&value)
        })
    }
}

/// Makes entities of items, one after the other.
struct Maker<'a> {
    file: &'a File<'a>,
    composer: Composer,
    made: Vec<Made>,
    batches: Vec<Batch>,
    failures: Failures,
}

impl<'a> Maker<'a> {
    fn new(file: &'a File<'a>) -> Self {
        let composer = Composer::new(file.data.source(), file.plan.source);
        Self { file, composer, made: Vec::new(), batches: Vec::new(), failures: Failures::default() }
    }

    fn finish(mut self) -> Part {
        self.flush();
        Part { batches: self.batches, failures: self.failures }
    }

    /// Begins another document.
    fn flush(&mut self) {
        let next = Composer::new(self.file.data.source(), self.file.plan.source);
        let document = std::mem::replace(&mut self.composer, next).finish();
        let made = std::mem::take(&mut self.made);
        if made.is_empty() {
            return;
        }
        let mut found = Vec::new();
        for node in made.iter().map(|made| document.node(made.node)) {
            // A search for the identifier is not the shape of a written entity.
            if node.get("identifier").is_some_and(|identifier| identifier.as_str().is_some()) {
                ENTITY.check(node, &mut found);
            }
        }
        self.batches.push(Batch { document, made, found });
    }

    /// Returns an item without its list, unless that is to stay, and the members of the list.
    fn list(&mut self, mut value: Value, members: &Members, span: Span) -> (Value, Vec<Value>) {
        let list = match self.evaluate(members.list, &value, span) {
            Some(Value::Array(list)) => list,
            Some(Value::Null) | None => Vec::new(),
            Some(other) => {
                self.failures.add(
                    members.list,
                    span,
                    Wanted::List,
                    format!("gives {}, not a list,", kind(&other)),
                );
                Vec::new()
            }
        };
        if members.taken_out {
            take_out(&mut value, &self.file.plan.expressions[members.list].text);
        }
        if !value.is_object() {
            value = Value::Object(Map::new());
        }
        (value, list)
    }

    /// Maps the members of a list, each beside what else its item has.
    fn members(
        &mut self,
        base: &Value,
        node: Option<Node<'_>>,
        span: Span,
        members: &Members,
        list: Vec<(Value, Option<Node<'_>>)>,
    ) {
        let mut value = base.clone();
        for (member, place) in list {
            if let Value::Object(entries) = &mut value {
                entries.insert(members.name.clone(), member);
            }
            let span = place.map_or(span, Node::span);
            let member = Some((members.name.as_str(), place));
            self.item(&Scope { value: &value, node, member, span });
        }
    }

    /// Maps an item, if it is selected.
    fn item(&mut self, scope: &Scope<'_>) {
        let selected = match self.file.plan.selector {
            Selector::All => true,
            Selector::None => false,
            Selector::If(query) => {
                let answer = self.evaluate(query, scope.value, scope.span);
                matches!(answer, Some(Value::Bool(true))) || answer == Some(Value::from("true"))
            }
        };
        if !selected {
            return;
        }
        let as_of = self.file.plan.as_of.and_then(|expression| self.as_of(expression, scope));
        for (number, mapping) in self.file.plan.mappings.iter().enumerate() {
            if let Some(node) = self.entity(mapping, scope) {
                let mapping = u32::try_from(number).unwrap_or(u32::MAX);
                self.made.push(Made { node, mapping, as_of });
            }
        }
        if self.composer.is_full() {
            self.flush();
        }
    }

    /// Returns the time of which an item is: its own, else that of the whole file.
    fn as_of(&mut self, expression: usize, scope: &Scope<'_>) -> Option<Instant> {
        let value = self.evaluate(expression, scope.value, scope.span)?;
        if value.is_null() {
            return self.file.whole(expression);
        }
        let instant = instant(&value);
        if instant.is_none() {
            let reason = format!("gives {}, which is no time,", kind(&value));
            self.failures.add(expression, scope.span, Wanted::Time, reason);
        }
        instant
    }

    /// Adds the entity that an item becomes, if it has a name.
    fn entity(&mut self, mapping: &'a Mapping, scope: &Scope<'_>) -> Option<NodeId> {
        let identifier = self.name("identifier", &mapping.identifier, scope)?;
        let blueprint = self.name("blueprint", &mapping.blueprint, scope)?;
        let mut fields = Vec::new();
        for (name, template) in &mapping.fields {
            let value = self.fill(template, scope);
            let value = if *name == "team" { reference(value) } else { text(value) };
            if !value.is_null() && value.as_str() != Some("") {
                fields.push((*name, value, self.place(template, scope)));
            }
        }
        let properties: Vec<Value> =
            mapping.properties.iter().map(|member| self.fill(&member.value, scope)).collect();
        let relations: Vec<Value> =
            mapping.relations.iter().map(|member| reference(self.fill(&member.value, scope))).collect();
        let span = scope.span;
        let root = self.composer.open(span);
        self.composer.key("identifier", span);
        self.composer.value(&identifier, self.place(&mapping.identifier, scope));
        self.composer.key("blueprint", span);
        self.composer.value(&blueprint, span);
        for (name, value, place) in fields {
            self.composer.key(name, span);
            self.composer.value(&value, place);
        }
        for (name, members, values) in
            [("properties", &mapping.properties, properties), ("relations", &mapping.relations, relations)]
        {
            self.composer.key(name, span);
            self.composer.open(span);
            for (member, value) in members.iter().zip(values).filter(|(_, value)| !value.is_null()) {
                self.composer.key(&member.name, member.span);
                self.composer.value(&value, self.place(&member.value, scope));
            }
            self.composer.close();
        }
        self.composer.close();
        Some(root)
    }

    /// Returns an identifier or blueprint: a text, or for an identifier a search. Without one there is no entity.
    fn name(&mut self, what: &str, template: &Template, scope: &Scope<'_>) -> Option<Value> {
        let value = text(self.fill(template, scope));
        let reason = match &value {
            Value::String(name) if !name.is_empty() => return Some(value),
            Value::Object(_) if what == "identifier" && !matches!(template, Template::Leaf(_)) => {
                return Some(value);
            }
            Value::Null => format!("gives no {what}"),
            Value::String(_) => format!("gives an empty {what}"),
            other => format!("gives {}, not the text of the {what},", kind(other)),
        };
        if let Template::Leaf(expression) = template {
            self.failures.add(*expression, scope.span, Wanted::Name, reason);
        }
        None
    }

    /// Returns a value with each of its expressions evaluated.
    fn fill(&mut self, template: &Template, scope: &Scope<'_>) -> Value {
        match template {
            Template::Leaf(expression) => {
                self.evaluate(*expression, scope.value, scope.span).unwrap_or(Value::Null)
            }
            Template::Constant(value) => value.clone(),
            Template::List(items) => items.iter().map(|item| self.fill(item, scope)).collect(),
            Template::Map(entries) => {
                let entry = |(name, value): &(String, Template)| (name.clone(), self.fill(value, scope));
                Value::Object(entries.iter().map(entry).collect())
            }
        }
    }

    /// Returns what an expression gives; `None` when it fails, which is counted.
    fn evaluate(&mut self, expression: usize, input: &Value, span: Span) -> Option<Value> {
        match self.file.plan.expressions[expression].evaluate(input) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.failures.add(expression, span, Wanted::Anything, format!("fails ({reason})"));
                None
            }
        }
    }

    /// Returns where a value comes from: what its path leads to, else the item.
    fn place(&self, template: &Template, scope: &Scope<'_>) -> Span {
        let Template::Leaf(expression) = template else { return scope.span };
        let path = self.file.plan.expressions[*expression].path();
        let node = path.and_then(|path| match (path.split_first(), scope.member) {
            (Some((first, rest)), Some((name, member))) if first == name => locate(member?, rest),
            _ => locate(scope.node?, path),
        });
        node.map_or(scope.span, Node::span)
    }
}
