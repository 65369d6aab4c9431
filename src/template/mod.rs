//! Templates: text with `{{ jq }}` in it, as Port's actions and automations have it.
//!
//! Port's rules: a text that is one expression and nothing else keeps the type of its result, any other is text with
//! the results in it; the keys of a mapping are templates too, and one that gives null drops its entry; the key
//! `{{ spreadValue() }}` puts what its value holds in its place. The result is data. It is never a command, an
//! expression or a template again.

mod context;
mod scan;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::jq::{Filter, JqError, on_deep_stack};

pub use context::Context;
use scan::Piece;

/// A text, compiled.
#[derive(Debug, Clone)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Jq(Expression),
}

/// An expression of a template.
#[derive(Debug, Clone)]
pub struct Expression {
    /// The jq between the braces, without the space around it.
    pub source: String,
    /// Where it begins in the text, in bytes.
    pub offset: usize,
    filter: Arc<Filter>,
    /// The inputs of which the expression reads parts of the entity, rather than its identifier.
    entities: Vec<String>,
}

/// Why a value could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The keys and positions on the way to the text: `properties.size`.
    pub path: String,
    /// The expression, when one failed.
    pub expression: Option<String>,
    /// Why, as a phrase.
    pub reason: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.path.is_empty() {
            write!(out, "`{}`: ", self.path)?;
        }
        match &self.expression {
            Some(expression) => write!(out, "`{expression}` fails: {}", self.reason),
            None => out.write_str(&self.reason),
        }
    }
}

impl Template {
    /// Returns the text compiled.
    ///
    /// # Errors
    /// When braces are not closed or what is between them is not jq; the offset is that in the text.
    pub fn compile(text: &str) -> Result<Self, JqError> {
        let pieces = scan::pieces(text)?;
        let part = |piece| match piece {
            Piece::Text(text) => Ok(Part::Text(text.to_string())),
            Piece::Jq { source, offset } => Expression::compile(source, offset).map(Part::Jq),
        };
        Ok(Self { parts: pieces.into_iter().map(part).collect::<Result<_, _>>()? })
    }

    /// Returns its expressions, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Jq(expression) => Some(expression),
            Part::Text(_) => None,
        })
    }

    /// Returns the text, when nothing of it is an expression.
    pub fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Returns what the text says about `context`: the result of its one expression, else a text. Call it inside
    /// [`on_deep_stack`].
    fn render(&self, context: &Context) -> Result<Value, (Option<String>, String)> {
        if let [Part::Jq(expression)] = self.parts.as_slice() {
            return expression.evaluate(context);
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Jq(expression) => match expression.evaluate(context)? {
                    Value::String(value) => text.push_str(&value),
                    Value::Null => {}
                    value => text.push_str(&value.to_string()),
                },
            }
        }
        Ok(Value::String(text))
    }
}

impl Expression {
    fn compile(source: &str, offset: usize) -> Result<Self, JqError> {
        let inner = source.trim();
        let offset = offset + (source.len() - source.trim_start().len());
        let filter = Filter::compile(inner)
            .map_err(|error| JqError { offset: error.offset.map(|within| within + offset), ..error })?;
        let entities = scan::entity_inputs(inner);
        Ok(Self { source: inner.to_string(), offset, filter: Arc::new(filter), entities })
    }

    fn evaluate(&self, context: &Context) -> Result<Value, (Option<String>, String)> {
        let result = self.filter.first(&context.input(&self.entities), context.now());
        result.map(Option::unwrap_or_default).map_err(|reason| (Some(self.source.clone()), reason))
    }
}

/// Returns the expressions of a text, each with where it begins in it, in bytes; they need not be jq.
///
/// # Errors
/// When braces are not closed.
pub fn expressions(text: &str) -> Result<Vec<(&str, usize)>, JqError> {
    let part = |piece| match piece {
        Piece::Jq { source, offset } => {
            let space = source.len() - source.trim_start().len();
            Some((source.trim(), offset + space))
        }
        Piece::Text(_) => None,
    };
    Ok(scan::pieces(text)?.into_iter().filter_map(part).collect())
}

/// Returns `value` with every text in it, and every key, rendered about `context`.
///
/// # Errors
/// At the first text that is no template, or whose expression fails.
pub fn render(value: &Value, context: &Context) -> Result<Value, Failure> {
    on_deep_stack(|| rendered(value, context, &mut Vec::new()))
}

/// Returns what a text says about `context`, as text: nothing for null, JSON for what is no text.
///
/// # Errors
/// As [`render`].
pub fn render_text(text: &str, context: &Context) -> Result<String, Failure> {
    Ok(match render(&Value::from(text), context)? {
        Value::String(text) => text,
        Value::Null => String::new(),
        value => value.to_string(),
    })
}

/// Returns what a jq expression, without braces, gives about `context`: null when it gives nothing.
///
/// # Errors
/// When it is not jq, or fails.
pub fn evaluate(source: &str, context: &Context) -> Result<Value, Failure> {
    let failure =
        |reason| Failure { path: String::new(), expression: Some(source.trim().to_string()), reason };
    let expression = Expression::compile(source, 0).map_err(|error| failure(error.message))?;
    on_deep_stack(|| expression.evaluate(context)).map_err(|(_, reason)| failure(reason))
}

/// Returns the names that `value` reads of `.secrets`, sorted.
pub fn secrets(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    each_text(value, &mut |text| names.extend(scan::secrets(text)));
    names.sort_unstable();
    names.dedup();
    names
}

fn each_text(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, visit)),
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            visit(key);
            each_text(value, visit);
        }),
        _ => {}
    }
}

fn rendered(value: &Value, context: &Context, path: &mut Vec<String>) -> Result<Value, Failure> {
    match value {
        Value::String(text) => of_text(text, context, path),
        Value::Array(items) => {
            let mut list = Vec::with_capacity(items.len());
            for (number, item) in items.iter().enumerate() {
                path.push(number.to_string());
                list.push(rendered(item, context, path)?);
                path.pop();
            }
            Ok(Value::Array(list))
        }
        Value::Object(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                path.push(key.clone());
                entry(key, value, context, path, &mut object)?;
                path.pop();
            }
            Ok(Value::Object(object))
        }
        plain => Ok(plain.clone()),
    }
}

/// Adds what an entry of a mapping says.
fn entry(
    key: &str,
    value: &Value,
    context: &Context,
    path: &mut Vec<String>,
    object: &mut Map<String, Value>,
) -> Result<(), Failure> {
    let failure = |path: &[String], reason: &str| Failure {
        path: path.join("."),
        expression: None,
        reason: reason.to_string(),
    };
    if scan::spreads(key) {
        match rendered(value, context, path)? {
            Value::Object(entries) => object.extend(entries),
            Value::Null => {}
            _ => return Err(failure(path, "spreadValue() needs a mapping")),
        }
        return Ok(());
    }
    match of_text(key, context, path)? {
        Value::Null => {}
        Value::String(key) => {
            let value = rendered(value, context, path)?;
            object.insert(key, value);
        }
        _ => return Err(failure(path, "a key must be a text, or null to leave its entry out")),
    }
    Ok(())
}

fn of_text(text: &str, context: &Context, path: &[String]) -> Result<Value, Failure> {
    if !text.contains("{{") {
        return Ok(Value::String(text.to_string()));
    }
    let failure = |expression, reason| Failure { path: path.join("."), expression, reason };
    let template = Template::compile(text).map_err(|error| failure(None, error.message))?;
    template.render(context).map_err(|(expression, reason)| failure(expression, reason))
}

#[cfg(test)]
mod tests;
