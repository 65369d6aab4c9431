//! What conditions may be about: properties that exist, compared with values of their type.

use serde_json::Value as Json;

use super::compile::Mistake;
use super::operand::kinds;
use super::operator::{Operand, Operator};
use crate::catalog::{BlueprintId, Catalog};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::blueprint::Blueprint;
use crate::model::instant::Instant;
use crate::model::phrase::{clip, quoted_first};
use crate::model::property::{Property, Type};
use crate::source::Span;

/// Returns the finding that a blueprint has no such property.
pub(super) fn unknown_property(
    catalog: &Catalog,
    blueprint: BlueprintId,
    name: &str,
    span: Span,
) -> Option<Diagnostic> {
    let blueprint = catalog.blueprint(blueprint);
    if blueprint.readable(name) {
        return None;
    }
    let of = &blueprint.identifier.value;
    let relation =
        || blueprint.relation(name).map(|_| format!("`{name}` is a relation: write `relation: {name}`"));
    let meta = || {
        let with = format!("${name}");
        blueprint.readable(&with).then(|| format!("write `{with}`"))
    };
    let near = || did_you_mean(name, blueprint.names());
    let help = relation().or_else(meta).or_else(near);
    let help = help.unwrap_or_else(|| format!("its properties are {}", quoted_first(blueprint.names())));
    let message = format!("`{of}` has no property `{}`", clip(name));
    Some(Diagnostic::new(Rule::ConditionProperty, span, message).help(help))
}

/// Checks a path of relations with a property at its end.
pub(super) fn path(
    catalog: &Catalog,
    start: BlueprintId,
    relations: &[String],
    property: &str,
    span: Span,
) -> Result<(), Mistake> {
    let mut at = vec![start];
    for name in relations {
        let mut next = Vec::new();
        let having = at.iter().filter_map(|&id| catalog.blueprint(id).relation(name)).collect::<Vec<_>>();
        if having.is_empty() {
            let of = at.first().map_or("", |&id| catalog.blueprint(id).identifier.value.as_str());
            let names = at.iter().flat_map(|&id| &catalog.blueprint(id).relations);
            let help = did_you_mean(name, names.map(|relation| relation.identifier.value.as_str()));
            let message = format!("`{of}` has no relation `{}`", clip(name));
            return Err(Box::new(Diagnostic::new(Rule::ConditionProperty, span, message).maybe_help(help)));
        }
        for target in having.iter().flat_map(|(_, relation)| &relation.targets) {
            match catalog.find_blueprint(&target.value) {
                Some(id) => next.push(id),
                // Published elsewhere: nothing more can be said.
                None => return Ok(()),
            }
        }
        at = next;
    }
    if at.iter().any(|&id| catalog.blueprint(id).readable(property)) {
        return Ok(());
    }
    let finding = at.first().and_then(|&id| unknown_property(catalog, id, property, span));
    finding.map_or(Ok(()), |finding| Err(Box::new(finding)))
}

/// What is known of a property's values before any is seen.
struct Typed<'a> {
    kind: Type,
    /// The property as it is stored somewhere, for its enum and its items.
    stored: Option<&'a Property>,
}

/// Returns the type of a property, through mirrors; `None` when it cannot be said.
fn typed<'a>(catalog: &'a Catalog, blueprint: &'a Blueprint, name: &str, depth: usize) -> Option<Typed<'a>> {
    if let Some(property) = blueprint.property(name) {
        return Some(Typed { kind: property.kind?, stored: Some(property) });
    }
    if let Some(calculation) =
        blueprint.calculations.iter().find(|calculation| calculation.identifier.value == name)
    {
        return Some(Typed { kind: calculation.kind?, stored: None });
    }
    if blueprint.aggregations.iter().any(|aggregation| aggregation.identifier.value == name) {
        return Some(Typed { kind: Type::Number, stored: None });
    }
    let meta = match name {
        "$team" => Some(Type::Array),
        "$identifier" | "$title" | "$blueprint" | "$icon" => Some(Type::String),
        _ => None,
    };
    if let Some(kind) = meta {
        return Some(Typed { kind, stored: None });
    }
    let mirror = blueprint.mirrors.iter().find(|mirror| mirror.identifier.value == name)?;
    let (relations, property) = mirror.path.as_ref()?.value.rsplit_once('.')?;
    let mut at = blueprint;
    for name in relations.split('.') {
        let (_, relation) = at.relation(name)?;
        // Through a list of entities a mirror gives a list, of what may differ.
        let [target] = relation.targets.as_slice() else { return None };
        if relation.many {
            return None;
        }
        at = catalog.blueprint(catalog.find_blueprint(&target.value)?);
    }
    // A mirror of a mirror that comes back to itself is reported elsewhere.
    typed(catalog, at, property, depth.checked_sub(1)?)
}

/// Returns the finding that a property is compared with what it can never be.
pub(super) fn mismatch(
    catalog: &Catalog,
    blueprint: BlueprintId,
    name: &str,
    operator: Operator,
    operand: &Operand,
    span: Span,
) -> Option<Diagnostic> {
    const DEEPEST: usize = 16;
    let typed = typed(catalog, catalog.blueprint(blueprint), name, DEEPEST)?;
    let warn = |message: String, help: Option<String>| {
        Some(Diagnostic::new(Rule::ConditionType, span, message).maybe_help(help))
    };
    if operator.orders() && !matches!(typed.kind, Type::Number | Type::String) {
        let message = format!("`{name}` is {}, which has no order", an(typed.kind));
        return warn(message, None);
    }
    if let Operand::Numbers(..) = operand
        && typed.kind != Type::Number
    {
        return warn(format!("`{name}` is {}, not a number", an(typed.kind)), None);
    }
    let wanted = match operator {
        Operator::BeginsWith | Operator::BeginsNotWith | Operator::EndsWith | Operator::EndsNotWith => {
            if typed.kind == Type::String {
                return None;
            }
            return warn(format!("`{name}` is {}, which begins and ends with nothing", an(typed.kind)), None);
        }
        Operator::Contains | Operator::ContainsNot | Operator::ContainsAny => match typed.kind {
            Type::String => Type::String,
            Type::Array => return None,
            other => return warn(format!("`{name}` is {}, which contains nothing", an(other)), None),
        },
        Operator::In | Operator::NotIn if typed.kind == Type::Array => return None,
        _ => typed.kind,
    };
    for value in kinds_of(operator, operand) {
        if !is_of(wanted, value) {
            let message = format!("`{name}` is {}, and never {}", an(typed.kind), shown(value));
            return warn(message, conversion(wanted, value));
        }
        if operator.orders() && wanted == Type::String && value.as_str().and_then(Instant::parse).is_none() {
            let message = format!("`{name}` is text, which is ordered only when it is a date");
            return warn(message, Some("compare with a date such as 2026-03-01".into()));
        }
        if let Some(finding) = outside(name, typed.stored, operator, value, span) {
            return Some(finding);
        }
    }
    None
}

/// Returns the values that each must be of the property's type.
fn kinds_of(operator: Operator, operand: &Operand) -> Vec<&Json> {
    match operand {
        Operand::Value(list @ Json::Array(_)) if !operator.takes_list() => vec![list],
        other => kinds(other),
    }
}

/// Returns the finding that a value is not in the enum of its property.
fn outside(
    name: &str,
    stored: Option<&Property>,
    operator: Operator,
    value: &Json,
    span: Span,
) -> Option<Diagnostic> {
    let exact = matches!(operator, Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn);
    let property =
        stored.filter(|property| exact && !property.values.is_empty() && property.items.is_none())?;
    let text = value.as_str().map_or_else(|| value.to_string(), String::from);
    let values = || property.values.iter().map(|value| value.value.as_str());
    if values().any(|known| known == text) || value.is_null() {
        return None;
    }
    let help = did_you_mean(&text, values());
    let help = help.unwrap_or_else(|| format!("its values are {}", quoted_first(values())));
    let message = format!("`{name}` is never `{}`", clip(&text));
    Some(Diagnostic::new(Rule::ConditionType, span, message).help(help))
}

fn is_of(kind: Type, value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(_) => kind == Type::Boolean,
        Json::Number(_) => kind == Type::Number,
        Json::String(_) => kind == Type::String,
        Json::Array(_) => kind == Type::Array,
        Json::Object(_) => kind == Type::Object,
    }
}

/// Returns how to write a value so that it has the type.
fn conversion(kind: Type, value: &Json) -> Option<String> {
    match (kind, value) {
        (Type::Number, Json::String(text)) if text.parse::<f64>().is_ok() => {
            Some(format!("write {text} without quotes"))
        }
        (Type::Boolean, Json::String(text)) if text == "true" || text == "false" => {
            Some(format!("write {text} without quotes"))
        }
        (Type::String, Json::Number(_) | Json::Bool(_)) => Some(format!("write \"{value}\" in quotes")),
        (Type::Array, _) => Some("to ask for a member, use `contains`".into()),
        _ => None,
    }
}

fn an(kind: Type) -> String {
    match kind {
        Type::String => "text".into(),
        Type::Array => "a list".into(),
        Type::Object => "a mapping".into(),
        Type::Number | Type::Boolean => format!("a {}", kind.name()),
    }
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => format!("the text `{}`", clip(text)),
        Json::Array(_) => "a list".into(),
        Json::Object(_) => "a mapping".into(),
        other => format!("`{other}`"),
    }
}
