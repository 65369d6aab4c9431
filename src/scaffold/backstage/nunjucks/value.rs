//! Values as JavaScript has them: every list and every object is true, and they print as there.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value, ValueKind};
use minijinja::{Error, ErrorKind};
use serde_json::{Map, Value as Json};

use super::LONGEST;

/// How deep a value may be nested.
const DEEPEST: usize = 100;

/// The most items of a list.
const MOST_ITEMS: usize = 100_000;

/// A list.
#[derive(Debug)]
pub(super) struct List(pub(super) Vec<Value>);

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_usize()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

/// An object. Statements loop over its keys and values, as those of nunjucks do.
#[derive(Debug)]
pub(super) struct Record(pub(super) Vec<(String, Value)>);

impl Record {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl Object for Record {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key.as_str()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let pairs = self.0.iter().map(|(key, value)| list(vec![key.as_str().into(), value.clone()]));
        Enumerator::Values(pairs.collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

/// Returns a list of these values.
pub(super) fn list(values: Vec<Value>) -> Value {
    Value::from_object(List(values))
}

/// Returns what an expression sees.
pub(super) fn context(values: &Map<String, Json>) -> Value {
    Value::from_pairs(values.iter().map(|(name, value)| (name.clone(), from_json(value))))
}

/// Returns a JSON value as expressions see it.
pub(super) fn from_json(value: &Json) -> Value {
    match value {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::from(number),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => list(items.iter().map(from_json).collect()),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), from_json(value)));
            Value::from_object(Record(entries.collect()))
        }
    }
}

/// Returns how long a value is when it is printed, at most: in bytes, roughly.
pub(super) fn longest(value: &Json) -> usize {
    match value {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(|item| longest(item) + 1).sum(),
        Json::Object(entries) => entries.values().map(longest).max().unwrap_or(0),
        _ => 24,
    }
}

/// Returns a value as JSON; `None` when it is undefined. What is undefined in an object is left out, in a list it is
/// null, as in JavaScript.
///
/// # Errors
/// When it is nothing that JSON has, or too deep.
pub(super) fn to_json(value: &Value) -> Result<Option<Json>, Error> {
    json_at(value, 0)
}

fn json_at(value: &Value, depth: usize) -> Result<Option<Json>, Error> {
    if depth > DEEPEST {
        return Err(failed("the value is nested too deeply"));
    }
    if let Some(record) = value.downcast_object_ref::<Record>() {
        let mut entries = Map::new();
        for (key, value) in &record.0 {
            if let Some(value) = json_at(value, depth + 1)? {
                entries.insert(key.clone(), value);
            }
        }
        return Ok(Some(Json::Object(entries)));
    }
    let json = match value.kind() {
        ValueKind::Undefined => return Ok(None),
        ValueKind::None => Json::Null,
        ValueKind::Bool => Json::Bool(value.is_true()),
        ValueKind::Number => number(value),
        ValueKind::String => Json::String(value.as_str().unwrap_or_default().to_string()),
        ValueKind::Seq | ValueKind::Iterable => {
            let mut items = Vec::new();
            for item in value.try_iter()? {
                items.push(json_at(&item, depth + 1)?.unwrap_or(Json::Null));
                few(items.len())?;
            }
            Json::Array(items)
        }
        ValueKind::Map => {
            let mut entries = Map::new();
            for key in value.try_iter()? {
                if let Some(member) = json_at(&value.get_item(&key)?, depth + 1)? {
                    entries.insert(print(&key)?, member);
                }
            }
            Json::Object(entries)
        }
        _ => return Err(failed("the value is a function")),
    };
    Ok(Some(json))
}

fn number(value: &Value) -> Json {
    if let Some(whole) = value.as_i64() {
        return Json::from(whole);
    }
    let float = f64::try_from(value.clone()).unwrap_or_default();
    serde_json::Number::from_f64(float).map_or(Json::Null, Json::Number)
}

/// Returns a value as JavaScript prints it, and nunjucks: what is undefined or null as nothing.
///
/// # Errors
/// When the text is too long.
pub(super) fn print(value: &Value) -> Result<String, Error> {
    print_at(value, 0)
}

fn print_at(value: &Value, depth: usize) -> Result<String, Error> {
    if depth > DEEPEST {
        return Err(failed("the value is nested too deeply"));
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(String::new()),
        ValueKind::String => Ok(value.as_str().unwrap_or_default().to_string()),
        ValueKind::Bool => Ok(value.is_true().to_string()),
        ValueKind::Number => Ok(match (value.is_integer(), f64::try_from(value.clone())) {
            // JavaScript has no other numbers: 5.0 is 5.
            (false, Ok(float)) => float.to_string(),
            _ => value.to_string(),
        }),
        _ if value.downcast_object_ref::<Record>().is_some() => Ok("[object Object]".into()),
        ValueKind::Seq | ValueKind::Iterable => {
            let mut text = String::new();
            for (at, item) in value.try_iter()?.enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&print_at(&item, depth + 1)?);
                bounded(text.len())?;
                few(at)?;
            }
            Ok(text)
        }
        ValueKind::Map => Ok("[object Object]".into()),
        _ => Ok(value.to_string()),
    }
}

/// Returns an error that says this.
pub(super) fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// Refuses a list of more items than anybody writes.
pub(super) fn few(items: usize) -> Result<(), Error> {
    if items > MOST_ITEMS { Err(failed("it makes a list of more than 100,000 items")) } else { Ok(()) }
}

/// Refuses a text of more bytes than a file may have.
pub(super) fn bounded(bytes: usize) -> Result<(), Error> {
    if bytes > LONGEST { Err(failed("it makes a text of more than 8 MiB")) } else { Ok(()) }
}
