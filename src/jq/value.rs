//! Values between JSON and jq.

use jaq_json::{Num, Val};
use serde_json::{Map, Number, Value};

/// How deep a result may be nested.
const DEEPEST: usize = 512;

/// Returns a JSON value as jq sees it.
pub(super) fn from_json(value: &Value) -> Val {
    match value {
        Value::Null => Val::Null,
        Value::Bool(value) => Val::Bool(*value),
        Value::Number(value) => Val::Num(number(value)),
        Value::String(text) => Val::utf8_str(text.clone().into_bytes()),
        Value::Array(items) => items.iter().map(from_json).collect(),
        Value::Object(entries) => {
            let key = |key: &String| Val::utf8_str(key.clone().into_bytes());
            Val::obj(entries.iter().map(|(name, value)| (key(name), from_json(value))).collect())
        }
    }
}

fn number(value: &Number) -> Num {
    match (value.as_i64(), value.as_u64()) {
        (Some(value), _) => Num::from_integral(value),
        (None, Some(value)) => Num::from_integral(value),
        (None, None) => Num::Float(value.as_f64().unwrap_or(f64::NAN)),
    }
}

/// Returns a result of jq as JSON: what JSON has no number for is `null`, as jq itself prints it.
///
/// # Errors
/// When it is nested too deep.
pub(super) fn to_json(value: &Val) -> Result<Value, String> {
    json(value, DEEPEST)
}

fn json(value: &Val, depth: usize) -> Result<Value, String> {
    let depth = depth.checked_sub(1).ok_or("gives a value that is nested too deep")?;
    Ok(match value {
        Val::Null => Value::Null,
        Val::Bool(value) => Value::Bool(*value),
        Val::Num(number) => json_number(number),
        Val::BStr(bytes) | Val::TStr(bytes) => Value::String(String::from_utf8_lossy(bytes).into_owned()),
        Val::Arr(items) => {
            Value::Array(items.iter().map(|item| json(item, depth)).collect::<Result<_, _>>()?)
        }
        Val::Obj(entries) => {
            let entry = |(key, value): (&Val, &Val)| Ok((key_text(key), json(value, depth)?));
            Value::Object(entries.iter().map(entry).collect::<Result<Map<_, _>, String>>()?)
        }
    })
}

fn key_text(key: &Val) -> String {
    match key {
        Val::BStr(bytes) | Val::TStr(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => other.to_string(),
    }
}

/// Returns a number as JSON; a float without a fraction is written as an integer, as jq does.
fn json_number(number: &Num) -> Value {
    /// Beyond this, a float does not stand for one integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let text = number.to_string();
    if let Ok(integer) = text.parse::<i64>() {
        return Value::from(integer);
    }
    if let Ok(integer) = text.parse::<u64>() {
        return Value::from(integer);
    }
    match text.parse::<f64>() {
        #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and fits")]
        Ok(float) if float.fract() == 0.0 && float.abs() < EXACT => Value::from(float as i64),
        Ok(float) => Number::from_f64(float).map_or(Value::Null, Value::Number),
        Err(_) => Value::Null,
    }
}
