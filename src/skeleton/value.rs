//! Values of the language: those of JSON, and a few that only live while a template is rendered.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::{Map, Number};

use super::budget::Budget;
use super::wrong::Wrong;

/// How deep values nest. What walks through one may call itself so often.
const DEEPEST: u16 = 100;

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// What was asked for is not there; what to say once it is used.
    Missing(Rc<Wrong>),
    /// Nothing: an answer that nobody gave. As text it is empty, as a list it has no items.
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Rc<str>),
    /// A text whose slashes make folders in the name of a file.
    Folders(Rc<str>),
    List(Rc<List>),
    Map(Rc<Table>),
    /// What no list or mapping can hold, and no filter takes.
    Special(Special),
}

/// A list, and how deep it nests.
#[derive(Debug)]
pub(super) struct List {
    pub(super) items: Vec<Value>,
    depth: u16,
}

/// A mapping, and how deep it nests.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) entries: Entries,
    depth: u16,
}

/// The entries of a mapping, in the order in which they were written.
pub(super) type Entries = IndexMap<Rc<str>, Value>;

/// What only lives while a template is rendered.
#[derive(Debug, Clone)]
pub(super) enum Special {
    /// `loop` in a loop.
    Loop(Rc<Loop>),
    /// What `namespace()` made.
    Namespace(Rc<RefCell<Entries>>),
    /// A macro: its number in the run.
    Macro(usize),
    /// A function of the language.
    Function(&'static str),
}

/// A loop that is going on.
#[derive(Debug)]
pub(super) struct Loop {
    /// The item that it is at, from 0.
    pub(super) index: usize,
    /// All items.
    pub(super) items: Rc<Vec<Value>>,
    /// What `loop.changed` was asked about last.
    pub(super) last: Rc<RefCell<Option<Value>>>,
}

impl Value {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Rc::from(text.as_ref()))
    }

    /// Returns the text that this is.
    pub(super) fn as_text(&self) -> Option<&Rc<str>> {
        match self {
            Self::Text(text) | Self::Folders(text) => Some(text),
            _ => None,
        }
    }

    /// Returns what this is, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) | Self::Folders(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
            Self::Special(Special::Loop(_)) => "the loop",
            Self::Special(Special::Namespace(_)) => "a namespace",
            Self::Special(Special::Macro(_)) => "a macro",
            Self::Special(Special::Function(_)) => "a function",
        }
    }

    /// Returns whether a condition holds that is this value.
    pub(super) fn holds(&self) -> bool {
        match self {
            Self::Missing(_) | Self::Null => false,
            Self::Bool(holds) => *holds,
            Self::Int(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) | Self::Folders(text) => !text.is_empty(),
            Self::List(list) => !list.items.is_empty(),
            Self::Map(map) => !map.entries.is_empty(),
            Self::Special(_) => true,
        }
    }

    /// Returns how deep this nests.
    pub(super) fn depth(&self) -> u16 {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) => map.depth,
            _ => 0,
        }
    }

    /// Returns a number, unless it is none.
    pub(super) fn float(number: f64) -> Result<Self, Wrong> {
        if number.is_finite() { Ok(Self::Float(number)) } else { Err(Wrong::new("the result is no number")) }
    }
}

impl Budget {
    /// Returns a list of these items, for which [`hold_list`](Self::hold_list) is charged.
    pub(super) fn list(&self, items: Vec<Value>) -> Result<Value, Wrong> {
        self.hold_list(items.len() + 1)?;
        let depth = self.nested(items.iter())?;
        Ok(Value::List(Rc::new(List { items, depth })))
    }

    /// Returns a mapping of these entries.
    pub(super) fn map(&self, entries: Entries) -> Result<Value, Wrong> {
        self.hold_list(3 * entries.len() + 1)?;
        let depth = self.nested(entries.values())?;
        Ok(Value::Map(Rc::new(Table { entries, depth })))
    }

    /// Returns how deep that nests which holds these.
    fn nested<'v>(&self, values: impl Iterator<Item = &'v Value>) -> Result<u16, Wrong> {
        let mut depth = 0;
        for value in values {
            match value {
                Value::Special(_) => {
                    return Err(Wrong::new(format!("{} cannot be put into a list or mapping", value.kind())));
                }
                Value::Missing(wrong) => return Err((**wrong).clone()),
                _ => depth = depth.max(value.depth()),
            }
        }
        if depth >= DEEPEST {
            return Err(Wrong::new(format!("this nests lists and mappings more than {DEEPEST} deep")));
        }
        Ok(depth + 1)
    }

    /// Returns a value of JSON as one of the language.
    pub(super) fn of_json(&self, json: &serde_json::Value) -> Result<Value, Wrong> {
        self.step(1)?;
        Ok(match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Value::Int(number.into()),
                (_, Some(number)) => Value::Int(number.into()),
                _ => Value::float(number.as_f64().unwrap_or(f64::NAN))?,
            },
            serde_json::Value::String(text) => {
                self.hold(text.len())?;
                Value::text(text)
            }
            serde_json::Value::Array(items) => {
                self.list(items.iter().map(|item| self.of_json(item)).collect::<Result<_, _>>()?)?
            }
            serde_json::Value::Object(entries) => {
                let entry = |(key, value): (&String, _)| Ok((Rc::from(key.as_str()), self.of_json(value)?));
                self.map(entries.iter().map(entry).collect::<Result<_, Wrong>>()?)?
            }
        })
    }

    /// Returns a value as JSON.
    pub(super) fn to_json(&self, value: &Value) -> Result<serde_json::Value, Wrong> {
        self.step(1)?;
        Ok(match value {
            Value::Missing(wrong) => return Err((**wrong).clone()),
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => number.into(),
                (_, Ok(number)) => number.into(),
                _ => return Err(Wrong::new(format!("the number {number} is too large"))),
            },
            Value::Float(number) => Number::from_f64(*number).map_or(serde_json::Value::Null, Into::into),
            Value::Text(text) | Value::Folders(text) => {
                self.hold(text.len())?;
                serde_json::Value::String(text.to_string())
            }
            Value::List(list) => {
                self.hold_list(list.items.len())?;
                let items = list.items.iter().map(|item| self.to_json(item));
                serde_json::Value::Array(items.collect::<Result<_, _>>()?)
            }
            Value::Map(map) => {
                self.hold_list(3 * map.entries.len())?;
                let entry = |(key, value): (&Rc<str>, &Value)| {
                    self.hold(key.len())?;
                    Ok((key.to_string(), self.to_json(value)?))
                };
                serde_json::Value::Object(
                    map.entries.iter().map(entry).collect::<Result<Map<_, _>, Wrong>>()?,
                )
            }
            Value::Special(_) => return Err(Wrong::new(format!("{} is no value", value.kind()))),
        })
    }

    /// Writes a value as it stands in a text: nothing as nothing, lists and mappings as JSON.
    pub(super) fn write(&self, value: &Value, out: &mut String) -> Result<(), Wrong> {
        match value {
            Value::Null => Ok(()),
            Value::Text(text) | Value::Folders(text) => self.push(out, text),
            _ => self.write_json(value, out, None, 0),
        }
    }

    /// Returns a value as it stands in a text.
    pub(super) fn shown(&self, value: &Value) -> Result<Rc<str>, Wrong> {
        if let Some(text) = value.as_text() {
            return Ok(Rc::clone(text));
        }
        let mut text = String::new();
        self.write(value, &mut text)?;
        Ok(text.into())
    }

    /// Writes a value as JSON, on one line or with an indentation.
    pub(super) fn write_json(
        &self,
        value: &Value,
        out: &mut String,
        indent: Option<usize>,
        level: usize,
    ) -> Result<(), Wrong> {
        self.step(1)?;
        match value {
            Value::Missing(wrong) => Err((**wrong).clone()),
            Value::Null => self.push(out, "null"),
            Value::Bool(value) => self.push(out, if *value { "true" } else { "false" }),
            Value::Int(number) => self.push(out, &number.to_string()),
            Value::Float(number) => self.push(out, &shown_float(*number)),
            Value::Text(text) | Value::Folders(text) => {
                self.hold(text.len())?;
                self.push(out, &serde_json::Value::from(&**text).to_string())
            }
            Value::List(list) => {
                self.push(out, "[")?;
                for (at, item) in list.items.iter().enumerate() {
                    self.separate(out, at, indent, level + 1)?;
                    self.write_json(item, out, indent, level + 1)?;
                }
                self.close(out, "]", list.items.is_empty(), indent, level)
            }
            Value::Map(map) => {
                self.push(out, "{")?;
                for (at, (key, value)) in map.entries.iter().enumerate() {
                    self.separate(out, at, indent, level + 1)?;
                    self.push(out, &serde_json::Value::from(&**key).to_string())?;
                    self.push(out, ": ")?;
                    self.write_json(value, out, indent, level + 1)?;
                }
                self.close(out, "}", map.entries.is_empty(), indent, level)
            }
            Value::Special(_) => Err(Wrong::new(format!("{} cannot be written", value.kind()))),
        }
    }

    fn separate(
        &self,
        out: &mut String,
        at: usize,
        indent: Option<usize>,
        level: usize,
    ) -> Result<(), Wrong> {
        match indent {
            None => self.push(out, if at == 0 { "" } else { ", " }),
            Some(indent) => {
                self.push(out, if at == 0 { "\n" } else { ",\n" })?;
                self.push(out, &self.repeat(" ", indent.saturating_mul(level))?)
            }
        }
    }

    fn close(
        &self,
        out: &mut String,
        bracket: &str,
        is_empty: bool,
        indent: Option<usize>,
        level: usize,
    ) -> Result<(), Wrong> {
        if let Some(indent) = indent.filter(|_| !is_empty) {
            self.push(out, "\n")?;
            self.push(out, &self.repeat(" ", indent.saturating_mul(level))?)?;
        }
        self.push(out, bracket)
    }

    /// Returns whether two values are the same; numbers of either kind are.
    pub(super) fn same(&self, a: &Value, b: &Value) -> Result<bool, Wrong> {
        self.step(1)?;
        Ok(match (a, b) {
            (Value::Null | Value::Missing(_), Value::Null | Value::Missing(_)) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => number(a) == number(b),
            (Value::List(a), Value::List(b)) => {
                a.items.len() == b.items.len() && {
                    for (a, b) in a.items.iter().zip(&b.items) {
                        if !self.same(a, b)? {
                            return Ok(false);
                        }
                    }
                    true
                }
            }
            (Value::Map(a), Value::Map(b)) => {
                a.entries.len() == b.entries.len() && {
                    for (key, value) in &a.entries {
                        let Some(other) = b.entries.get(key) else { return Ok(false) };
                        if !self.same(value, other)? {
                            return Ok(false);
                        }
                    }
                    true
                }
            }
            _ => match (a.as_text(), b.as_text()) {
                (Some(a), Some(b)) => {
                    self.step(a.len().min(b.len()) / 64)?;
                    a == b
                }
                _ => false,
            },
        })
    }

    /// Returns which of two values comes first.
    pub(super) fn order(&self, a: &Value, b: &Value) -> Result<Ordering, Wrong> {
        self.step(1)?;
        match (a, b) {
            (Value::Null, Value::Null) => Ok(Ordering::Equal),
            (Value::Bool(a), Value::Bool(b)) => Ok(a.cmp(b)),
            (Value::Int(a), Value::Int(b)) => Ok(a.cmp(b)),
            (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
                Ok(number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal))
            }
            (Value::List(a), Value::List(b)) => {
                for (a, b) in a.items.iter().zip(&b.items) {
                    match self.order(a, b)? {
                        Ordering::Equal => {}
                        other => return Ok(other),
                    }
                }
                Ok(a.items.len().cmp(&b.items.len()))
            }
            _ => match (a.as_text(), b.as_text()) {
                (Some(a), Some(b)) => {
                    self.step(a.len().min(b.len()) / 64)?;
                    Ok(a.cmp(b))
                }
                _ => Err(Wrong::new(format!("{} and {} have no order", a.kind(), b.kind()))),
            },
        }
    }
}

/// Returns a number of either kind with a fraction.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "that is what a number with a fraction is")]
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn shown_float(number: f64) -> String {
    let mut text = String::new();
    match Number::from_f64(number) {
        Some(number) => write!(text, "{number}").ok(),
        None => write!(text, "{number}").ok(),
    };
    text
}
