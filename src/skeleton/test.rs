//! Tests: what can be asked of a value, behind `is`.

use super::arguments::Arguments;
use super::budget::Budget;
use super::value::Value;
use super::wrong::Wrong;
use crate::diagnostic::did_you_mean;
use crate::model::phrase::clip;

/// The tests that there are.
pub(super) const NAMES: &[&str] = &[
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "even",
    "false",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "int",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
    "upper",
];

/// Returns that there is no such test.
pub(super) fn unknown(name: &str) -> Wrong {
    let wrong = Wrong::new(format!("there is no test `{}`", clip(name)));
    wrong.maybe_help(did_you_mean(name, NAMES.iter().copied()))
}

/// Returns whether a test holds for a value.
pub(super) fn apply(
    budget: &Budget,
    name: &str,
    value: &Value,
    mut arguments: Arguments<'_>,
) -> Result<bool, Wrong> {
    let text = || value.as_text().cloned().ok_or_else(|| Wrong::new(format!("{} is no text", value.kind())));
    let whole = |value: &Value| match value {
        Value::Int(number) => Ok(*number),
        _ => Err(Wrong::new(format!("{} is no whole number", value.kind()))),
    };
    let holds = match name {
        "defined" => !matches!(value, Value::Missing(_)),
        "undefined" => matches!(value, Value::Missing(_)),
        "none" => matches!(value, Value::Null),
        "boolean" => matches!(value, Value::Bool(_)),
        "true" => matches!(value, Value::Bool(true)),
        "false" => matches!(value, Value::Bool(false)),
        "number" => matches!(value, Value::Int(_) | Value::Float(_)),
        "int" | "integer" => matches!(value, Value::Int(_)),
        "float" => matches!(value, Value::Float(_)),
        "string" => value.as_text().is_some(),
        "sequence" => matches!(value, Value::List(_)),
        "iterable" => matches!(value, Value::List(_) | Value::Map(_)),
        "mapping" => matches!(value, Value::Map(_)),
        "odd" => whole(value)? % 2 != 0,
        "even" => whole(value)? % 2 == 0,
        "divisibleby" => match whole(&arguments.needed("number")?)? {
            0 => return Err(Wrong::new("a number cannot be divided by 0")),
            by => whole(value)?.checked_rem(by).unwrap_or(0) == 0,
        },
        "startingwith" | "endingwith" => {
            let part = arguments.text("text")?.ok_or_else(|| Wrong::new(format!("`{name}` needs a text")))?;
            let text = text()?;
            if name == "startingwith" { text.starts_with(&*part) } else { text.ends_with(&*part) }
        }
        "lower" | "upper" => {
            let text = text()?;
            budget.step(text.len() / 16)?;
            let wrong = if name == "lower" { char::is_uppercase } else { char::is_lowercase };
            !text.contains(wrong)
        }
        "in" => {
            let container = arguments.needed("values")?;
            contains(budget, &container, value)?
        }
        "eq" | "equalto" | "sameas" => budget.same(value, &arguments.needed("other")?)?,
        "ne" => !budget.same(value, &arguments.needed("other")?)?,
        "lt" | "lessthan" => budget.order(value, &arguments.needed("other")?)?.is_lt(),
        "le" => budget.order(value, &arguments.needed("other")?)?.is_le(),
        "gt" | "greaterthan" => budget.order(value, &arguments.needed("other")?)?.is_gt(),
        "ge" => budget.order(value, &arguments.needed("other")?)?.is_ge(),
        _ => return Err(unknown(name)),
    };
    arguments.finish(name)?;
    Ok(holds)
}

/// Returns whether a list, mapping or text has an item, key or part; nothing has none.
pub(super) fn contains(budget: &Budget, container: &Value, item: &Value) -> Result<bool, Wrong> {
    match container {
        Value::Null => Ok(false),
        Value::List(list) => {
            for other in &list.items {
                if budget.same(other, item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Map(map) => Ok(item.as_text().is_some_and(|key| map.entries.contains_key(key))),
        Value::Text(text) | Value::Folders(text) => {
            budget.step(text.len() / 32)?;
            let part = item
                .as_text()
                .ok_or_else(|| Wrong::new(format!("a text contains texts, not {}", item.kind())))?;
            Ok(text.contains(&**part))
        }
        _ => Err(Wrong::new(format!("{} contains nothing", container.kind()))),
    }
}
