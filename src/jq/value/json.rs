//! Values as JSON.

use std::fmt::{self, Write};
use std::rc::Rc;

use serde_json::{Map, Number, Value};

use super::number::float_text;
use super::{Error, List, Object, Outcome, Text, V};
use crate::jq::fuel::charge;

/// The most bytes of a value in a message.
const LONGEST_SHOWN: usize = 200;

impl V {
    /// Returns a JSON value as jq sees it, not charged.
    pub(in crate::jq) fn from_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(value) => match value.as_i64() {
                Some(value) => Self::Int(value),
                None => Self::Float(value.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => Self::Text(text.clone().into()),
            Value::Array(items) => {
                Self::List(Rc::new(List::new(items.iter().map(Self::from_json).collect())))
            }
            Value::Object(entries) => {
                let entry = |(key, value): (&String, &Value)| (Text::key(key), Self::from_json(value));
                Self::Object(Rc::new(entries.iter().map(entry).collect::<Object>()))
            }
        }
    }

    /// Returns the value that a text is JSON of.
    pub(in crate::jq) fn parse(text: &str) -> Outcome {
        charge(text.len());
        let value = serde_json::from_str(text)
            .map_err(|error| Error::str(format_args!("cannot read {} as JSON: {error}", shown(text))))?;
        let value = Self::from_json(&value);
        value.weight().admit();
        Ok(value)
    }

    /// Returns the value as JSON: what JSON has no number for is `null`, as jq itself prints it.
    pub(in crate::jq) fn to_json(&self) -> Value {
        charge(self.weight().units);
        self.json()
    }

    fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(number) => Value::from(*number),
            Self::Float(number) => match self.integer() {
                Some(number) => Value::from(number),
                None => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            },
            Self::Text(text) => Value::String(text.to_string()),
            Self::List(list) => Value::Array(list.items().iter().map(Self::json).collect()),
            Self::Object(object) => {
                let entry = |(key, value): (&Text, &Self)| (key.to_string(), value.json());
                Value::Object(object.entries().map(entry).collect::<Map<_, _>>())
            }
        }
    }

    /// Returns the value as the text of its JSON.
    pub(in crate::jq) fn json_text(&self) -> String {
        // An escape takes up to six times the text.
        charge(self.weight().units.saturating_mul(3));
        let mut text = String::new();
        write_json(self, &mut text).expect("a text takes all that is written");
        text
    }
}

/// Returns a text as JSON, cut when it is long.
fn shown(text: &str) -> String {
    V::Text(text.to_string().into()).to_string()
}

fn write_json(value: &V, out: &mut impl Write) -> fmt::Result {
    match value {
        V::Null => out.write_str("null"),
        V::Bool(value) => write!(out, "{value}"),
        V::Int(number) => out.write_str(itoa::Buffer::new().format(*number)),
        V::Float(number) => out.write_str(&float_text(*number)),
        V::Text(text) => write_text(text, out),
        V::List(list) => {
            out.write_char('[')?;
            for (at, item) in list.items().iter().enumerate() {
                out.write_str(if at == 0 { "" } else { "," })?;
                write_json(item, out)?;
            }
            out.write_char(']')
        }
        V::Object(object) => {
            out.write_char('{')?;
            for (at, (key, value)) in object.entries().enumerate() {
                out.write_str(if at == 0 { "" } else { "," })?;
                write_text(key, out)?;
                out.write_char(':')?;
                write_json(value, out)?;
            }
            out.write_char('}')
        }
    }
}

fn write_text(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || matches!(c, '"' | '\\' | '\u{7f}')) {
        out.write_str(&rest[..at])?;
        match rest.as_bytes()[at] {
            b'"' => out.write_str("\\\"")?,
            b'\\' => out.write_str("\\\\")?,
            b'\n' => out.write_str("\\n")?,
            b'\t' => out.write_str("\\t")?,
            b'\r' => out.write_str("\\r")?,
            0x08 => out.write_str("\\b")?,
            0x0c => out.write_str("\\f")?,
            other => write!(out, "\\u{other:04x}")?,
        }
        rest = &rest[at + 1..];
    }
    out.write_str(rest)?;
    out.write_char('"')
}

impl fmt::Display for V {
    /// Writes JSON, cut when it is long: messages hold whole values.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Clipped::new(LONGEST_SHOWN);
        let whole = write_json(self, &mut text).is_ok();
        out.write_str(&text.text)?;
        if whole { Ok(()) } else { out.write_char('…') }
    }
}

/// A text that takes no more than so many bytes.
pub(in crate::jq) struct Clipped {
    pub(in crate::jq) text: String,
    most: usize,
}

impl Clipped {
    pub(in crate::jq) fn new(most: usize) -> Self {
        Self { text: String::new(), most }
    }
}

impl Write for Clipped {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.most.saturating_sub(self.text.len());
        if text.len() <= room {
            self.text.push_str(text);
            return Ok(());
        }
        let cut = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= room).last();
        self.text.push_str(&text[..cut.unwrap_or(0)]);
        Err(fmt::Error)
    }
}
