//! Methods of JavaScript's texts, lists and numbers.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use super::value::{bounded, failed, list, print};

/// Returns what a method gives.
///
/// # Errors
/// When there is no such method, or it does not take this.
pub(super) fn call(value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let found = match value.kind() {
        ValueKind::String => of_text(value.as_str().unwrap_or_default(), method, arguments)?,
        ValueKind::Seq => of_list(&value.try_iter()?.collect::<Vec<_>>(), method, arguments)?,
        ValueKind::Number | ValueKind::Bool if method == "toString" => Some(print(value)?.into()),
        ValueKind::Undefined | ValueKind::None => {
            return Err(failed(format!("`{method}` is asked of what is not there")));
        }
        _ => None,
    };
    found.ok_or_else(|| Error::new(ErrorKind::UnknownMethod, format!("there is no method `{method}`")))
}

fn of_text(text: &str, method: &str, arguments: &[Value]) -> Result<Option<Value>, Error> {
    let first = || arguments.first().map(print).transpose().map(Option::unwrap_or_default);
    let second = || arguments.get(1).map(print).transpose().map(Option::unwrap_or_default);
    Ok(Some(match method {
        "toLowerCase" | "toLocaleLowerCase" => text.to_lowercase().into(),
        "toUpperCase" | "toLocaleUpperCase" => text.to_uppercase().into(),
        "toString" | "valueOf" => text.into(),
        "trim" => text.trim().into(),
        "trimStart" => text.trim_start().into(),
        "trimEnd" => text.trim_end().into(),
        "includes" => text.contains(&first()?).into(),
        "startsWith" => text.starts_with(&first()?).into(),
        "endsWith" => text.ends_with(&first()?).into(),
        "indexOf" => text.find(&first()?).map_or(Value::from(-1), |at| text[..at].chars().count().into()),
        "replace" => text.replacen(&first()?, &second()?, 1).into(),
        "replaceAll" => replaced(text, &first()?, &second()?)?.into(),
        "concat" => {
            let mut whole = text.to_string();
            for argument in arguments {
                whole.push_str(&print(argument)?);
                bounded(whole.len())?;
            }
            whole.into()
        }
        "charAt" => {
            let at = arguments.first().and_then(Value::as_usize).unwrap_or_default();
            text.chars().nth(at).map(String::from).unwrap_or_default().into()
        }
        "slice" => {
            let characters: Vec<char> = text.chars().collect();
            let range = slice(characters.len(), arguments);
            characters.get(range).unwrap_or_default().iter().collect::<String>().into()
        }
        "substring" => {
            let characters: Vec<char> = text.chars().collect();
            let end = |at: usize, otherwise| {
                let given = arguments.get(at).and_then(Value::as_i64);
                given.map_or(otherwise, |at| usize::try_from(at).unwrap_or(0).min(characters.len()))
            };
            let (one, other) = (end(0, 0), end(1, characters.len()));
            let range = one.min(other)..one.max(other);
            characters.get(range).unwrap_or_default().iter().collect::<String>().into()
        }
        "split" if arguments.is_empty() => list(vec![text.into()]),
        "split" => match first()?.as_str() {
            "" => list(text.chars().map(|c| Value::from(c.to_string())).collect()),
            separator => list(text.split(separator).map(Value::from).collect()),
        },
        _ => return Ok(None),
    }))
}

fn of_list(items: &[Value], method: &str, arguments: &[Value]) -> Result<Option<Value>, Error> {
    let first = arguments.first().cloned().unwrap_or(Value::UNDEFINED);
    Ok(Some(match method {
        "join" => {
            let separator = if arguments.is_empty() { ",".to_string() } else { print(&first)? };
            joined(items, &separator)?.into()
        }
        "includes" => items.contains(&first).into(),
        "indexOf" => items.iter().position(|item| *item == first).map_or(Value::from(-1), Value::from),
        "slice" => list(items.get(slice(items.len(), arguments)).unwrap_or_default().to_vec()),
        "concat" => {
            let more = arguments.iter().map(|argument| match argument.kind() {
                ValueKind::Seq => argument.try_iter().map(Iterator::collect),
                _ => Ok(vec![argument.clone()]),
            });
            let more = more.collect::<Result<Vec<Vec<Value>>, Error>>()?;
            list(items.iter().cloned().chain(more.into_iter().flatten()).collect())
        }
        "reverse" => list(items.iter().rev().cloned().collect()),
        "toString" => joined(items, ",")?.into(),
        _ => return Ok(None),
    }))
}

/// Returns texts with a separator between them.
pub(super) fn joined(items: &[Value], separator: &str) -> Result<String, Error> {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        text.push_str(&print(item)?);
        bounded(text.len())?;
    }
    Ok(text)
}

/// Returns a text with every `from` replaced.
pub(super) fn replaced(text: &str, from: &str, to: &str) -> Result<String, Error> {
    let count = text.matches(from).count();
    bounded(text.len().saturating_add(count.saturating_mul(to.len())))?;
    Ok(text.replace(from, to))
}

/// Returns the positions that `slice(start, end)` takes of so many: from the end when negative.
fn slice(len: usize, arguments: &[Value]) -> std::ops::Range<usize> {
    let position = |at: usize, otherwise: usize| match arguments.get(at).and_then(Value::as_i64) {
        None => otherwise,
        Some(at) if at < 0 => len.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX)),
        Some(at) => usize::try_from(at).unwrap_or(usize::MAX).min(len),
    };
    let (start, end) = (position(0, 0), position(1, len));
    start..end.max(start)
}
