//! What conditions compare with, as it is written.

use serde_json::Value as Json;

use super::operator::{Operand, Operator};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::instant::{self, Instant};
use crate::model::phrase::clip;
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// What is written as the value of a condition.
#[derive(Debug)]
pub(super) enum Written {
    /// Something to compare with.
    Operand(Operand),
    /// Another property of the same entity.
    Property(String, Span),
    /// Something that depends on who looks, as text for people.
    Viewer(String),
}

/// Texts of Port's pages and searches that stand for who looks.
const VIEWERS: &[&str] = &["My Teams", "My teams"];

/// Returns what `value` means to `operator`; `at` is where to say that it is missing.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(
    operator: Operator,
    value: Option<Node<'_>>,
    at: Span,
    now: Instant,
) -> Result<Written, Box<Diagnostic>> {
    if operator.is_unary() {
        return Ok(Written::Operand(Operand::None));
    }
    let Some(value) = value else {
        let message = format!("`{}` needs a `value` to compare with", operator.name());
        return Err(mistake(at, message, Some("add `value: …`, or ask `isEmpty` or `isNotEmpty`".into())));
    };
    if let Some(viewer) = viewer(value) {
        return Ok(Written::Viewer(viewer));
    }
    if let Some(other) = other_property(value) {
        return Ok(Written::Property(other.as_str().unwrap_or_default().to_string(), other.span()));
    }
    match operator {
        Operator::Between | Operator::NotBetween => bounds(operator, value, now).map(Written::Operand),
        Operator::Equal if value.kind() == Kind::Map && is_period(value) => {
            bounds(operator, value, now).map(Written::Operand)
        }
        _ if operator.takes_list() && value.kind() != Kind::List => Err(needs_list(operator, value)),
        _ => Ok(Written::Operand(Operand::Value(value.to_json()))),
    }
}

fn mistake(span: Span, message: String, help: Option<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Rule::InvalidCondition, span, message).maybe_help(help))
}

fn needs_list(operator: Operator, value: Node<'_>) -> Box<Diagnostic> {
    let text = value.text().map(clip).unwrap_or_default();
    let message = format!("`{}` compares with a list", operator.name());
    mistake(value.span(), message, Some(format!("write it as a list: [{text}]")))
}

/// Returns what stands for who looks, or for what a form holds: `{context: user, …}`, `{jqQuery: …}`, `{{ … }}`.
fn viewer(value: Node<'_>) -> Option<String> {
    match value.kind() {
        Kind::String => {
            let text = value.as_str()?;
            let template = text.contains("{{") && text.contains("}}");
            (template || VIEWERS.contains(&text)).then(|| clip(text))
        }
        Kind::List => value.items().find_map(viewer),
        Kind::Map => match (value.get("context"), value.get("jqQuery")) {
            (Some(context), _) => {
                let property = value.get("property").and_then(Node::as_str).unwrap_or_default();
                Some(format!("{} {property}", context.as_str().unwrap_or_default()))
            }
            (None, Some(query)) => Some(clip(query.as_str().unwrap_or_default())),
            (None, None) => None,
        },
        _ => None,
    }
}

/// Returns the property of `{property: other}`, our addition.
fn other_property(value: Node<'_>) -> Option<Node<'_>> {
    let other = value.get("property")?;
    (value.len() == 1 && other.kind() == Kind::String).then_some(other)
}

fn is_period(value: Node<'_>) -> bool {
    ["from", "to", "preset"].iter().any(|key| value.get(key).is_some())
}

/// Returns the period, or the numbers, of `{preset}` or `{from, to}`.
fn bounds(operator: Operator, value: Node<'_>, now: Instant) -> Result<Operand, Box<Diagnostic>> {
    if let Some(preset) = value.get("preset") {
        let name = preset.text().unwrap_or_default();
        let period = instant::preset(name, now).map(|period| Operand::Period(period, Some(name.into())));
        return period.ok_or_else(|| {
            let help = did_you_mean(name, instant::presets());
            let all = || format!("the presets are {}", instant::presets().collect::<Vec<_>>().join(", "));
            mistake(
                preset.span(),
                format!("there is no preset `{}`", clip(name)),
                Some(help.unwrap_or_else(all)),
            )
        });
    }
    let (from, to) = (value.get("from"), value.get("to"));
    let numbers = (from.and_then(Node::as_f64), to.and_then(Node::as_f64));
    if let (Some(from), Some(to)) = numbers {
        return Ok(Operand::Numbers(from, to));
    }
    let start = from.and_then(Node::text).and_then(Instant::parse);
    let end = to.and_then(Node::text).and_then(Instant::parse_end);
    match (start, end) {
        // An instant belongs to the period that it ends.
        (Some(start), Some(end)) => {
            let whole_day = to.and_then(Node::text).is_some_and(|text| text.len() <= 10);
            let after = if whole_day { end } else { Instant::from_millis(end.millis().saturating_add(1)) };
            Ok(Operand::Period(start..after, None))
        }
        _ => {
            let message = format!("`{}` compares with a period", operator.name());
            let help = "write {from: 2026-01-01, to: 2026-03-31}, {from: 1, to: 5} or {preset: lastWeek}";
            Err(mistake(value.span(), message, Some(help.into())))
        }
    }
}

/// Returns what kind a literal is, for comparing it with a property's type.
pub(super) fn kinds(operand: &Operand) -> Vec<&Json> {
    match operand {
        Operand::Value(Json::Array(items)) => items.iter().collect(),
        Operand::Value(single) => vec![single],
        _ => Vec::new(),
    }
}
