//! An expression of a mapping, compiled. The only file here that knows the interpreter of jq.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Rule};
use crate::jq::{Filter, Input, JqError};
use crate::model::instant::Instant;
use crate::model::phrase::clip;
use crate::source::Span;
use crate::yaml::{MAX_BYTES, Node};

pub(super) use crate::jq::on_deep_stack;

/// How deep a value may be nested: with the entity around it, as deep as a document.
const DEEPEST: usize = 100;

/// How large a value may be, in bytes: a list of all that is in a file, and what each of its members takes besides.
const LARGEST: usize = 8 * MAX_BYTES;

/// A compiled expression and where it is written.
#[derive(Debug)]
pub(super) struct Expression {
    how: How,
    /// The expression, for messages.
    pub(super) text: String,
    /// Where it is written.
    pub(super) span: Span,
    /// The instant of the run.
    now: Instant,
}

/// How an expression is evaluated. Most are a path or a constant, which need no interpreter.
#[derive(Debug)]
enum How {
    Constant(Value),
    Path(Vec<String>, Filter),
    Jq(Filter),
}

impl Expression {
    /// Returns the expression written as the string `node`; `now` is the instant of the run.
    ///
    /// # Errors
    /// The finding that it is not jq.
    pub(super) fn compile(node: Node<'_>, now: Instant) -> Result<Self, Diagnostic> {
        let text = node.as_str().unwrap_or_default().to_string();
        let filter = Filter::compile(&text).map_err(|error| invalid(node, &text, error))?;
        let how = match (constant(&text), path(&text)) {
            (Some(constant), _) => How::Constant(constant),
            (None, Some(path)) => How::Path(path, filter),
            (None, None) => How::Jq(filter),
        };
        Ok(Self { how, text, span: node.span(), now })
    }

    /// Returns what the expression gives for `input`; null when it gives nothing. To be called on a deep stack.
    ///
    /// # Errors
    /// Why it gives no value that can be used, as a phrase.
    pub(super) fn evaluate(&self, input: &Value) -> Result<Value, String> {
        let filter = match &self.how {
            How::Constant(value) => return Ok(value.clone()),
            How::Path(path, filter) => match follow(input, path) {
                Some(value) => return Ok(value.clone()),
                None => filter,
            },
            How::Jq(filter) => filter,
        };
        let value = filter.first(&Input::from_json(input), self.now.seconds())?.unwrap_or(Value::Null);
        if is_reasonable(&value) { Ok(value) } else { Err("gives a value that is too large".into()) }
    }

    /// Returns the keys that the expression follows, if it is a path: `.metadata.name`.
    pub(super) fn path(&self) -> Option<&[String]> {
        if let How::Path(path, _) = &self.how { Some(path) } else { None }
    }

    /// Returns whether an evaluation was stopped for it took too many steps, and the others therefore not tried.
    pub(super) fn is_spent(&self) -> bool {
        match &self.how {
            How::Constant(_) => false,
            How::Path(_, filter) | How::Jq(filter) => filter.is_spent(),
        }
    }
}

/// Returns the finding that an expression is not jq, at the word that is wrong when it is written in one line.
fn invalid(node: Node<'_>, text: &str, error: JqError) -> Diagnostic {
    let word = error.offset.filter(|&offset| offset < text.len()).map(|offset| {
        let rest = &text[offset..];
        let len = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        offset..offset + len.max(first)
    });
    let span = word.map_or_else(|| node.span(), |word| node.part(word));
    let message = format!("this is not jq: {}", error.message);
    Diagnostic::new(Rule::InvalidJq, span, message).maybe_help(error.help.or_else(|| quote_hint(text)))
}

/// Returns what to write in place of a constant that is quoted once.
fn quote_hint(text: &str) -> Option<String> {
    if text.starts_with("file://") {
        return Some("`file://` is for entities: there it names a file of the repository".into());
    }
    let word = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    word.then(|| format!("a constant is quoted twice: '\"{}\"'", clip(text)))
}

/// Returns the string that an expression is.
fn constant(text: &str) -> Option<Value> {
    let text = text.trim();
    // `\(` puts the value of an expression into a string; JSON has no such escape.
    let string = text.starts_with('"').then(|| serde_json::from_str::<String>(text).ok())?;
    string.map(Value::String)
}

/// Returns the keys of an expression that is a path of plain names.
fn path(text: &str) -> Option<Vec<String>> {
    let names = text.trim().strip_prefix('.')?.split('.');
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    names.map(|name| is_name(name).then(|| name.to_string())).collect()
}

/// Returns the value at the end of a path; `None` where jq fails, for a name of what is no object.
fn follow<'a>(input: &'a Value, path: &[String]) -> Option<&'a Value> {
    let mut at = input;
    for name in path {
        at = match at {
            Value::Object(entries) => entries.get(name).unwrap_or(&Value::Null),
            Value::Null => at,
            _ => return None,
        };
    }
    Some(at)
}

/// Returns whether a value is neither too deep nor too large.
fn is_reasonable(value: &Value) -> bool {
    fn size(value: &Value, depth: usize) -> Option<usize> {
        let depth = depth.checked_sub(1)?;
        let inner = |sum: Option<usize>, value| Some(sum?.saturating_add(size(value, depth)?));
        Some(match value {
            Value::String(text) => 8 + text.len(),
            Value::Array(items) => items.iter().fold(Some(8), inner)?,
            Value::Object(entries) => {
                let keys: usize = entries.keys().map(|key| 8 + key.len()).sum();
                entries.values().fold(Some(keys), inner)?
            }
            _ => 8,
        })
    }
    size(value, DEEPEST).is_some_and(|size| size <= LARGEST)
}
