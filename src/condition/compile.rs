//! From a query, as it is written, to a condition; what cannot be meant is reported.

use std::sync::Arc;

use super::gather::Lookups;
use super::operand::{self, Written};
use super::operator::Operator;
use super::test::{Ask, Condition, Leaf, Quantifier, Schema, Subject, Test};
use super::{kind, lookup, related, scaffold, standard};
use crate::catalog::{BlueprintId, Catalog};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::graph::Graph;
use crate::jq::{Filter, JqError};
use crate::model::Spanned;
use crate::model::instant::{Age, Instant};
use crate::model::phrase::{clip, quoted_first};
use crate::model::property::Type;
use crate::model::query::{self, Combinator, Member, Query};
use crate::source::Span;
use crate::yaml::{Document, Kind, Node};

/// What a query is about.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The documents.
    pub catalog: &'a Catalog,
    /// Relations resolved.
    pub graph: &'a Graph,
    /// The blueprint whose entities are asked about, when all are of one.
    pub blueprint: Option<BlueprintId>,
    /// The age after which a fact is unknown.
    pub max_age: Option<Age>,
    /// The instant of the run.
    pub now: Instant,
}

/// Returns the condition that `query`, a group of `document`, means. Mistakes go to `found`, and are unknown when they
/// are asked; what has to be looked up in files and in Git goes to `lookups`. Call it inside
/// [`on_deep_stack`](crate::jq::on_deep_stack) when there may be many.
pub fn compile(
    query: &Query,
    document: &Document,
    scope: Scope<'_>,
    lookups: &mut Lookups,
    found: &mut Vec<Diagnostic>,
) -> Condition {
    let mut compiler = Compiler { document, scope, lookups, found };
    Condition { test: compiler.group(query) }
}

pub(super) struct Compiler<'a, 'b> {
    document: &'a Document,
    pub(super) scope: Scope<'a>,
    pub(super) lookups: &'b mut Lookups,
    pub(super) found: &'b mut Vec<Diagnostic>,
}

/// A mistake, boxed for it is large and rare.
pub(super) type Mistake = Box<Diagnostic>;

impl<'a> Compiler<'a, '_> {
    fn group(&mut self, group: &Query) -> Test {
        let members = group.members.iter().map(|member| self.member(member)).collect();
        match group.combinator {
            Combinator::And => Test::All(members),
            Combinator::Or => Test::Any(members),
        }
    }

    fn member(&mut self, member: &Member) -> Test {
        match member {
            Member::Group(group) => self.group(group),
            Member::Condition(condition) => self.condition(condition),
        }
    }

    /// Returns the test that one condition means.
    fn condition(&mut self, condition: &query::Condition) -> Test {
        let node = self.document.node(condition.node);
        let span = place(condition, node);
        let max_age = self.max_age(node);
        let outer = self.scope.max_age;
        self.scope.max_age = max_age.or(outer);
        let ask = self.ask(condition, node, span);
        let max_age = self.scope.max_age;
        self.scope.max_age = outer;
        let ask = ask.unwrap_or_else(|mistake| {
            let message = mistake.message.clone();
            self.found.push(*mistake);
            Ask::Broken { mistake: message }
        });
        let (words, subject) = (ask.words(), ask.subject());
        Test::Leaf(Box::new(Leaf { ask, words, subject, span, max_age }))
    }

    /// Returns the age that a condition states for its facts.
    fn max_age(&mut self, node: Node<'_>) -> Option<Age> {
        let written = node.get("maxAge").filter(|age| age.as_str().is_some())?;
        let text = written.as_str().unwrap_or_default();
        let age = Age::parse(text);
        if age.is_none() {
            self.found.push(invalid_age(text, written.span()));
        }
        age
    }

    /// Returns what a condition asks, by the keys that it has.
    fn ask(&mut self, condition: &query::Condition, node: Node<'a>, span: Span) -> Result<Ask, Mistake> {
        if let Some(source) = node.get("jq") {
            return self.jq(source);
        }
        if let Some(file) = node.get("file") {
            return lookup::file(self, file);
        }
        if let Some(git) = node.get("git") {
            return lookup::git(self, git);
        }
        if let Some(made) = node.get("scaffold") {
            return scaffold::ask(self, made);
        }
        if let Some(relation) = &condition.relation
            && let Some((quantifier, inner)) = quantified(node)
        {
            return self.related(relation, quantifier, inner);
        }
        match condition.operator.as_ref().map(|operator| operator.value.as_str()) {
            Some("relatedTo") => related::related_to(self, node, span),
            Some("matchAny") => related::match_any(self, node, span),
            _ => self.comparison(condition, node, span),
        }
    }

    fn jq(&mut self, source: Node<'_>) -> Result<Ask, Mistake> {
        let text = source.as_str().unwrap_or_default();
        let filter =
            Filter::compile(text).map_err(|error| Box::new(invalid_jq(text, source.span(), &error)))?;
        if filter.assigns() {
            let message = "this sets a value, so that it always holds";
            let finding = Diagnostic::new(Rule::InvalidCondition, source.span(), message);
            return Err(Box::new(finding.help("compare with `==`")));
        }
        if let Some(blueprint) = self.scope.blueprint {
            for (name, offset) in &filter.reads().properties {
                let span = within(text, source.span(), *offset, name.len());
                self.found.extend(kind::unknown_property(self.scope.catalog, blueprint, name, span));
            }
        }
        Ok(Ask::Jq { filter: Arc::new(filter), source: text.to_string() })
    }

    /// Returns what related entities must fulfil.
    fn related(
        &mut self,
        relation: &Spanned<String>,
        quantifier: Quantifier,
        inner: Node<'a>,
    ) -> Result<Ask, Mistake> {
        let name = &relation.value;
        if let Some(blueprint) = self.scope.blueprint {
            self.known_relation(blueprint, name, relation.span)?;
        }
        let target = self.scope.blueprint.and_then(|blueprint| {
            let (_, relation) = self.scope.catalog.blueprint(blueprint).relation(name)?;
            // With several targets, what one lacks another may have: nothing is checked then.
            let [target] = relation.targets.as_slice() else { return None };
            self.scope.catalog.find_blueprint(&target.value)
        });
        let outer = std::mem::replace(&mut self.scope.blueprint, target);
        let test = self.member(&Member::decode(inner));
        self.scope.blueprint = outer;
        Ok(Ask::Related { relation: name.clone(), quantifier, test })
    }

    /// Returns what a comparison asks.
    fn comparison(
        &mut self,
        condition: &query::Condition,
        node: Node<'_>,
        span: Span,
    ) -> Result<Ask, Mistake> {
        let operator = operator(condition, span)?;
        let value = condition.value.map(|id| self.document.node(id));
        let operand = match operand::read(operator, value, span, self.scope.now)? {
            Written::Operand(operand) => operand,
            Written::Viewer(asked) => return Ok(Ask::Viewer { asked }),
            Written::Property(other, at) => return self.two_properties(condition, node, operator, other, at),
        };
        if node.get("property").is_some_and(|property| property.get("context").is_some()) {
            return Ok(Ask::Viewer { asked: "a property of who looks".into() });
        }
        if let Some(scorecard) = node.get("scorecard").and_then(Node::as_str) {
            return standard::ask(scorecard, node, operator, operand, span);
        }
        if let Some(schema) = node.get("propertySchema") {
            return Ok(Ask::Schema { wanted: wanted(schema)?, operator, operand });
        }
        let subject = self.subject(condition, node, span)?;
        if let (Subject::Property(name), Some(blueprint)) = (&subject, self.scope.blueprint) {
            let at = value.map_or(span, Node::span);
            self.found.extend(kind::mismatch(self.scope.catalog, blueprint, name, operator, &operand, at));
        }
        Ok(Ask::Compare { subject, operator, operand })
    }

    fn two_properties(
        &mut self,
        condition: &query::Condition,
        node: Node<'_>,
        operator: Operator,
        other: String,
        at: Span,
    ) -> Result<Ask, Mistake> {
        if let Some(blueprint) = self.scope.blueprint
            && let Some(finding) = kind::unknown_property(self.scope.catalog, blueprint, &other, at)
        {
            return Err(Box::new(finding));
        }
        let subject = self.subject(condition, node, at)?;
        Ok(Ask::CompareTo { subject, operator, other })
    }

    /// Returns what is compared: a property, one of a related entity, or the related entities themselves.
    fn subject(
        &mut self,
        condition: &query::Condition,
        node: Node<'_>,
        span: Span,
    ) -> Result<Subject, Mistake> {
        let Some(property) = &condition.property else {
            let Some(relation) = &condition.relation else {
                let message = "this condition does not say what it is about";
                let help = "name a `property`, or a `relation`";
                return Err(Box::new(Diagnostic::new(Rule::InvalidCondition, span, message).help(help)));
            };
            if let Some(blueprint) = self.scope.blueprint {
                self.known_relation(blueprint, &relation.value, relation.span)?;
            }
            let titles = node.get("targetProperty").and_then(Node::as_str) == Some("$title");
            return Ok(Subject::Relation { name: relation.value.clone(), titles });
        };
        let Some((relations, last)) = property.value.rsplit_once('.') else {
            if let Some(blueprint) = self.scope.blueprint
                && let Some(finding) =
                    kind::unknown_property(self.scope.catalog, blueprint, &property.value, property.span)
            {
                return Err(Box::new(finding));
            }
            return Ok(Subject::Property(property.value.clone()));
        };
        let relations: Vec<String> = relations.split('.').map(String::from).collect();
        if let Some(blueprint) = self.scope.blueprint {
            kind::path(self.scope.catalog, blueprint, &relations, last, property.span)?;
        }
        Ok(Subject::Path(relations, last.to_string()))
    }

    /// Reports a relation that the blueprint does not have.
    fn known_relation(&self, blueprint: BlueprintId, name: &str, span: Span) -> Result<(), Mistake> {
        let blueprint = self.scope.catalog.blueprint(blueprint);
        if blueprint.relation(name).is_some() {
            return Ok(());
        }
        let of = &blueprint.identifier.value;
        let names = || blueprint.relations.iter().map(|relation| relation.identifier.value.as_str());
        let listed = || match names().count() {
            0 => format!("`{of}` has no relations"),
            _ => format!("its relations are {}", quoted_first(names())),
        };
        let property =
            || blueprint.readable(name).then(|| format!("`{name}` is a property: write `property: {name}`"));
        let help = property().or_else(|| did_you_mean(name, names())).unwrap_or_else(listed);
        let message = format!("`{of}` has no relation `{}`", clip(name));
        Err(Box::new(Diagnostic::new(Rule::ConditionProperty, span, message).help(help)))
    }
}

/// Returns the smallest thing that says what a condition is about.
fn place(condition: &query::Condition, node: Node<'_>) -> Span {
    let named = condition.property.as_ref().or(condition.relation.as_ref());
    let key = |name| node.entry(name).map(|(key, _)| key.span());
    let other = || ["jq", "file", "git", "scaffold", "scorecard", "propertySchema"].into_iter().find_map(key);
    let operator = || condition.operator.as_ref().map(|operator| operator.span);
    named.map(|name| name.span).or_else(other).or_else(operator).unwrap_or_else(|| node.span())
}

/// Returns the operator of a condition, turned around by `not: true`.
fn operator(condition: &query::Condition, span: Span) -> Result<Operator, Mistake> {
    let Some(written) = &condition.operator else {
        let message = "this condition does not say how to compare";
        let help = "add an `operator`, such as isNotEmpty";
        return Err(Box::new(Diagnostic::new(Rule::InvalidCondition, span, message).help(help)));
    };
    let Some(operator) = Operator::from_name(&written.value) else {
        // A word that is no operator has been reported as the document's shape.
        return Ok(Operator::IsNotEmpty);
    };
    match condition.negated {
        false => Ok(operator),
        true if operator.asks_presence() => Ok(operator.turned()),
        true => {
            let message = "`not` turns only isEmpty and isNotEmpty around";
            let help = "use the operator that says the opposite: `!=`, `doesNotContains`, `notBetween`";
            Err(Box::new(Diagnostic::new(Rule::InvalidCondition, written.span, message).help(help)))
        }
    }
}

/// Returns how many related entities must fulfil what.
fn quantified(node: Node<'_>) -> Option<(Quantifier, Node<'_>)> {
    let kinds = [("every", Quantifier::Every), ("some", Quantifier::Some), ("none", Quantifier::None)];
    kinds.into_iter().find_map(|(key, quantifier)| {
        let inner = node.get(key).filter(|inner| inner.kind() == Kind::Map)?;
        Some((quantifier, inner))
    })
}

/// Returns the type of properties that a `propertySchema` means.
fn wanted(schema: Node<'_>) -> Result<Schema, Mistake> {
    let name = schema.get("type").and_then(Node::as_str).unwrap_or_default();
    let Some(kind) = Type::from_name(name) else {
        let message = format!("`{}` is no type of properties", clip(name));
        let help = "write string, number, boolean, array or object";
        return Err(Box::new(Diagnostic::new(Rule::InvalidCondition, schema.span(), message).help(help)));
    };
    let format = schema.get("format").and_then(Node::as_str);
    let items = schema.get("items").and_then(|items| items.get("format")).and_then(Node::as_str);
    Ok(Schema { kind, format: format.or(items).map(String::from) })
}

/// Returns the finding that an age is none.
pub fn invalid_age(text: &str, span: Span) -> Diagnostic {
    let message = format!("`{}` is no age", clip(text));
    let help = "write a whole number and a unit: 30m, 12h, 7d, 2w, 3mo or 1y";
    Diagnostic::new(Rule::InvalidDuration, span, message).help(help)
}

/// Returns the finding that `text`, written at `span`, is not jq: at the place in it, when it is written as it reads.
pub fn invalid_jq(text: &str, span: Span, error: &JqError) -> Diagnostic {
    let span = error.offset.map_or(span, |offset| within(text, span, offset, 1));
    Diagnostic::new(Rule::InvalidJq, span, error.message.clone()).maybe_help(error.help.clone())
}

/// Returns the place of `length` bytes at `offset` of `text`, which is written at `span`: in it, when it is written in
/// one piece, else all of it.
pub fn within(text: &str, span: Span, offset: usize, length: usize) -> Span {
    let written = (span.end - span.start) as usize;
    let quotes = written.saturating_sub(text.len());
    // Quotes on both sides and nothing escaped, or none at all: other forms are written differently than they read.
    if !matches!(quotes, 0 | 2) || text.contains('\n') {
        return span;
    }
    let start = span.start as usize + quotes / 2 + offset.min(text.len());
    let end = (start + length).min(span.end as usize - quotes / 2);
    Span::new(span.source, start.min(end), end)
}
