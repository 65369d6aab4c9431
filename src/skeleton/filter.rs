//! Filters: what can be made of a value. All are functions of their input; each charges for what it makes.

use std::rc::Rc;

use indexmap::IndexSet;

use super::arguments::Arguments;
use super::budget::Budget;
use super::run::Setting;
use super::value::{Entries, Value, number};
use super::wrong::Wrong;
use super::{list, test, text};
use crate::diagnostic::did_you_mean;
use crate::model::phrase::clip;

/// The filters that there are.
pub(super) const NAMES: &[&str] = &[
    "abs",
    "attr",
    "batch",
    "bool",
    "camel",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "folders",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "kebab",
    "keys",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pascal",
    "quote_shell",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "screaming_snake",
    "select",
    "selectattr",
    "slice",
    "slug",
    "snake",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
    "urlencode",
    "values",
    "yaml",
    "zip",
];

/// Filters that take what is not there.
pub(super) const TAKES_MISSING: &[&str] = &["default", "d"];

/// Returns that there is no such filter.
pub(super) fn unknown<'n>(name: &str, others: impl IntoIterator<Item = &'n str>) -> Wrong {
    let wrong = Wrong::new(format!("there is no filter `{}`", clip(name)));
    wrong.maybe_help(did_you_mean(name, NAMES.iter().copied().chain(others)))
}

/// Returns what a filter makes of a value.
pub(super) fn apply(
    setting: &Setting<'_>,
    name: &str,
    value: Value,
    mut arguments: Arguments<'_>,
) -> Result<Value, Wrong> {
    let budget = setting.budget;
    budget.step(1 + weight(&value))?;
    if let Some((_, extra)) = setting.extras.iter().find(|(other, _)| other == name) {
        let (given, _) = arguments.all();
        let given = given.iter().map(|value| budget.to_json(value)).collect::<Result<Vec<_>, _>>()?;
        let made = extra(&budget.to_json(&value)?, &given).map_err(Wrong::new)?;
        return budget.of_json(&made);
    }
    if let Value::Special(_) = value {
        return Err(Wrong::new(format!("`{name}` takes no {}", value.kind().trim_start_matches("a "))));
    }
    let made = match name {
        "map" => return map(setting, &value, arguments),
        "select" | "selectattr" | "reject" | "rejectattr" => return picked(setting, name, &value, arguments),
        "default" | "d" => {
            let other = arguments.next("default_value").unwrap_or_else(|| Value::text(""));
            let lax = arguments.flag("boolean");
            let absent = matches!(value, Value::Missing(_) | Value::Null) || (lax && !value.holds());
            if absent { other } else { value }
        }
        "tojson" => {
            let indent = match arguments.next("indent") {
                Some(Value::Bool(true)) => Some(2),
                Some(Value::Int(width)) => usize::try_from(width).ok(),
                _ => None,
            };
            let mut json = String::new();
            budget.write_json(&value, &mut json, indent, 0)?;
            Value::text(json)
        }
        "yaml" => Value::text(yaml(budget, &value)?),
        "string" => Value::Text(budget.shown(&value)?),
        "length" | "count" => Value::Int(length(&value)? as i128),
        "int" | "float" | "abs" | "round" | "bool" => numeric(name, &value, &mut arguments)?,
        "attr" => {
            let path = arguments.needed("name")?;
            found(budget, &value, &path)?.unwrap_or(Value::Null)
        }
        "reverse" | "first" | "last" if value.as_text().is_some() => {
            text::ends(budget, name, &budget.shown(&value)?)?
        }
        _ if list::NAMES.contains(&name) => list::apply(budget, name, &value, &mut arguments)?,
        _ if text::NAMES.contains(&name) => {
            if matches!(value, Value::List(_) | Value::Map(_)) {
                return Err(Wrong::new(format!("`{name}` takes a text, not {}", value.kind())));
            }
            text::apply(budget, name, &budget.shown(&value)?, &mut arguments)?
        }
        _ => return Err(unknown(name, setting.extras.iter().map(|(name, _)| name.as_str()))),
    };
    arguments.finish(name)?;
    Ok(made)
}

/// Returns what a method of Python, as templates from elsewhere use them, gives; `None` when there is none.
pub(super) fn method(
    setting: &Setting<'_>,
    name: &str,
    value: Value,
    arguments: &mut Arguments<'_>,
) -> Option<Result<Value, Wrong>> {
    let mut filter = |name, value| apply(setting, name, value, std::mem::take(arguments));
    let is_text = value.as_text().is_some();
    let is_map = matches!(value, Value::Map(_));
    Some(match name {
        "upper" | "lower" | "title" | "capitalize" | "replace" | "split" if is_text => filter(name, value),
        "strip" if is_text => filter("trim", value),
        "splitlines" if is_text => filter("lines", value),
        "startswith" | "endswith" if is_text => {
            let name = if name == "startswith" { "startingwith" } else { "endingwith" };
            test::apply(setting.budget, name, &value, std::mem::take(arguments)).map(Value::Bool)
        }
        "items" | "keys" | "values" if is_map => filter(name, value),
        "join" if is_text => match arguments.needed("list") {
            Ok(list) => apply(setting, "join", list, Arguments::new(vec![value], Vec::new())),
            Err(wrong) => Err(wrong),
        },
        "get" if is_map => match arguments.needed("key") {
            Ok(key) => {
                let other = arguments.next("default").unwrap_or(Value::Null);
                let found = match (&value, key.as_text()) {
                    (Value::Map(map), Some(key)) => map.entries.get(key).cloned(),
                    _ => None,
                };
                Ok(found.unwrap_or(other))
            }
            Err(wrong) => Err(wrong),
        },
        _ => return None,
    })
}

/// Returns about how many steps it takes to look through a value.
fn weight(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Folders(text) => text.len() / 32,
        Value::List(list) => list.items.len(),
        Value::Map(map) => map.entries.len(),
        _ => 0,
    }
}

/// Returns the items that a loop goes through: of a list, the keys of a mapping, none of nothing.
pub(super) fn items_of(budget: &Budget, value: &Value) -> Result<Vec<Value>, Wrong> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::List(list) => {
            budget.hold_list(list.items.len())?;
            Ok(list.items.clone())
        }
        Value::Map(map) => {
            budget.hold_list(map.entries.len())?;
            Ok(map.entries.keys().map(|key| Value::Text(Rc::clone(key))).collect())
        }
        Value::Text(_) | Value::Folders(_) => {
            let wrong = Wrong::new("a text has no items");
            Err(wrong.help("`| list` gives its characters, `| split(',')` its parts, `| lines` its lines"))
        }
        _ => Err(Wrong::new(format!("{} has no items", value.kind()))),
    }
}

fn length(value: &Value) -> Result<usize, Wrong> {
    match value {
        Value::Null => Ok(0),
        Value::Text(text) | Value::Folders(text) => Ok(text.chars().count()),
        Value::List(list) => Ok(list.items.len()),
        Value::Map(map) => Ok(map.entries.len()),
        _ => Err(Wrong::new(format!("{} has no length", value.kind()))),
    }
}

/// Returns what a value has at a path, `owner.name` or a position.
pub(super) fn found(budget: &Budget, value: &Value, path: &Value) -> Result<Option<Value>, Wrong> {
    budget.step(1)?;
    if let (Value::List(list), Value::Int(at)) = (value, path) {
        return Ok(usize::try_from(*at).ok().and_then(|at| list.items.get(at)).cloned());
    }
    let Some(path) = path.as_text() else {
        return Err(Wrong::new(format!("{} is no path", path.kind())));
    };
    let mut value = value.clone();
    for name in path.split('.') {
        budget.step(1)?;
        let next = match &value {
            Value::Map(map) => map.entries.get(name).cloned(),
            Value::List(list) => name.parse::<usize>().ok().and_then(|at| list.items.get(at)).cloned(),
            _ => None,
        };
        match next {
            Some(next) => value = next,
            None => return Ok(None),
        }
    }
    Ok(Some(value))
}

/// Returns what a filter makes of each item, or what each has under a name.
fn map(setting: &Setting<'_>, value: &Value, mut arguments: Arguments<'_>) -> Result<Value, Wrong> {
    let budget = setting.budget;
    let items = items_of(budget, value)?;
    let mut made = Vec::with_capacity(items.len());
    if let Some(path) = arguments.named("attribute") {
        let other = arguments.named("default");
        arguments.finish("map")?;
        for item in &items {
            let found = found(budget, item, &path)?.or_else(|| other.clone());
            let path = budget.shown(&path)?;
            made.push(found.ok_or_else(|| {
                let wrong = Wrong::new(format!("an item has no `{}`", clip(&path)));
                wrong.help("give a `default=` if that is fine")
            })?);
        }
        return budget.list(made);
    }
    let Some(name) = arguments.text("filter")? else {
        return Err(Wrong::new("`map` needs the name of a filter, or `attribute=`"));
    };
    let (positional, named) = arguments.all();
    for item in items {
        budget.hold_list(positional.len() + named.len())?;
        made.push(apply(setting, &name, item, Arguments::new(positional.clone(), named.clone()))?);
    }
    budget.list(made)
}

/// Returns the items for which a test holds, or those for which it does not.
fn picked(
    setting: &Setting<'_>,
    name: &str,
    value: &Value,
    mut arguments: Arguments<'_>,
) -> Result<Value, Wrong> {
    let budget = setting.budget;
    let path = if name.ends_with("attr") { Some(arguments.needed("attribute")?) } else { None };
    let asked = arguments.text("test")?;
    let (positional, named) = arguments.all();
    let wanted = name.starts_with("select");
    let mut kept = Vec::new();
    for item in items_of(budget, value)? {
        let subject = match &path {
            Some(path) => found(budget, &item, path)?.unwrap_or(Value::Null),
            None => item.clone(),
        };
        let holds = match &asked {
            Some(asked) => {
                budget.hold_list(positional.len() + named.len())?;
                test::apply(budget, asked, &subject, Arguments::new(positional.clone(), named.clone()))?
            }
            None => subject.holds(),
        };
        if holds == wanted {
            kept.push(item);
        }
    }
    budget.list(kept)
}

/// Returns a value as YAML: a scalar as it stands behind `key: `, anything else as lines.
fn yaml(budget: &Budget, value: &Value) -> Result<String, Wrong> {
    let before = budget.memory();
    let json = budget.to_json(value)?;
    // Each of its values may be a line as far to the right as it nests.
    let values = (before - budget.memory()) / size_of::<Value>();
    budget.hold(values.saturating_mul(2 * usize::from(value.depth())))?;
    crate::yaml::write::check(&json).map_err(|nul| Wrong::new(nul.to_string()))?;
    let mut text = crate::yaml::write::document(&json);
    text.truncate(text.trim_end_matches('\n').len());
    budget.hold(text.len())?;
    Ok(text)
}

fn numeric(name: &str, value: &Value, arguments: &mut Arguments<'_>) -> Result<Value, Wrong> {
    let refused = || Wrong::new(format!("{} is no number", value.kind()));
    let text = value.as_text().map(|text| text.trim());
    match name {
        "bool" => Ok(Value::Bool(value.holds())),
        "int" => {
            let default = arguments.next("default");
            let made = match value {
                Value::Null => default.clone().or(Some(Value::Int(0))),
                Value::Int(_) => Some(value.clone()),
                Value::Bool(value) => Some(Value::Int((*value).into())),
                Value::Float(number) => whole(*number),
                _ => text.and_then(|text| match text.parse() {
                    Ok(number) => Some(Value::Int(number)),
                    Err(_) => text.parse().ok().and_then(whole),
                }),
            };
            made.or(default).ok_or_else(refused)
        }
        "float" => {
            let default = arguments.next("default");
            let made = match value {
                Value::Null => default.clone().or(Some(Value::Float(0.0))),
                Value::Bool(value) => Some(Value::Float((*value).into())),
                _ => number(value)
                    .or_else(|| text.and_then(|text| text.parse().ok()))
                    .filter(|number| number.is_finite())
                    .map(Value::Float),
            };
            made.or(default).ok_or_else(refused)
        }
        "abs" => match value {
            Value::Int(number) => {
                number.checked_abs().map(Value::Int).ok_or_else(|| Wrong::new("the result is too large"))
            }
            Value::Float(number) => Ok(Value::Float(number.abs())),
            _ => Err(refused()),
        },
        _ => {
            let precision = arguments.int("precision")?.unwrap_or(0);
            let method = arguments.text("method")?;
            let precision = i32::try_from(precision).ok().filter(|it| (0..=15).contains(it));
            let precision =
                precision.ok_or_else(|| Wrong::new("a number is rounded to between 0 and 15 places"))?;
            let scale = 10f64.powi(precision);
            match value {
                Value::Int(_) => Ok(value.clone()),
                Value::Float(number) => match method.as_deref() {
                    None | Some("common") => Value::float((number * scale).round() / scale),
                    Some("ceil") => Value::float((number * scale).ceil() / scale),
                    Some("floor") => Value::float((number * scale).floor() / scale),
                    Some(other) => Err(Wrong::new(format!("there is no way `{}` to round", clip(other)))),
                },
                _ => Err(refused()),
            }
        }
    }
}

/// Returns a number without its fraction.
fn whole(number: f64) -> Option<Value> {
    const MOST: f64 = 1e30;
    #[expect(clippy::cast_possible_truncation, reason = "the fraction is to go, and the rest fits")]
    (number.abs() < MOST).then(|| Value::Int(number.trunc() as i128))
}

/// Returns the items without repetitions; the first of each stays.
pub(super) fn unique(budget: &Budget, items: Vec<Value>, keys: &[Value]) -> Result<Vec<Value>, Wrong> {
    let mut seen: IndexSet<String> = IndexSet::new();
    let mut kept = Vec::new();
    for (item, key) in items.into_iter().zip(keys) {
        let mut json = String::new();
        budget.write_json(key, &mut json, None, 0)?;
        if seen.insert(json) {
            kept.push(item);
        }
    }
    Ok(kept)
}

/// Returns the entries of a mapping; none of nothing.
pub(super) fn entries_of(value: &Value) -> Result<Entries, Wrong> {
    match value {
        Value::Null => Ok(Entries::new()),
        Value::Map(map) => Ok(map.entries.clone()),
        _ => Err(Wrong::new(format!("{} has no keys", value.kind()))),
    }
}
