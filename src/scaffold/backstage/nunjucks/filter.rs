//! Filters of nunjucks and of Backstage, where the engine has none or another.

#![expect(clippy::needless_pass_by_value, reason = "the engine hands the arguments of filters over")]

use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{Environment, Error};

use super::method::{joined, replaced};
use super::value::{Record, bounded, failed, few, from_json, print, to_json};
use crate::scaffold::backstage::address::{self, Address};

/// Adds the filters to an engine.
pub(super) fn add(environment: &mut Environment<'static>) {
    for name in ["dump", "jsonify"] {
        environment.add_filter(name, dump);
    }
    for name in ["default", "d"] {
        environment.add_filter(name, default);
    }
    for name in ["length", "count"] {
        environment.add_filter(name, length);
    }
    environment.add_filter("parseRepoUrl", parse_repo_url);
    environment.add_filter("projectSlug", project_slug);
    environment.add_filter("parseEntityRef", parse_entity_ref);
    environment.add_filter("pick", pick);
    environment.add_filter("lower", |value: Value| Ok::<_, Error>(print(&value)?.to_lowercase()));
    environment.add_filter("upper", |value: Value| Ok::<_, Error>(print(&value)?.to_uppercase()));
    environment.add_filter("trim", |value: Value| Ok::<_, Error>(print(&value)?.trim().to_string()));
    environment.add_filter("string", |value: Value| print(&value));
    environment.add_filter("capitalize", |value: Value| Ok::<_, Error>(capitalized(&print(&value)?)));
    environment.add_filter("title", |value: Value| {
        let text = print(&value)?;
        let words: Vec<String> = text.split(' ').map(capitalized).collect();
        Ok::<_, Error>(words.join(" "))
    });
    environment.add_filter("replace", |value: Value, from: Value, to: Value| {
        replaced(&print(&value)?, &print(&from)?, &print(&to)?)
    });
    environment.add_filter("join", join);
    environment.add_filter("truncate", truncate);
    environment.add_filter("urlencode", |value: Value| Ok::<_, Error>(address::encoded(&print(&value)?)));
    environment
        .add_filter("wordcount", |value: Value| Ok::<_, Error>(print(&value)?.split_whitespace().count()));
    environment.add_filter("indent", indent);
    environment.add_filter("sum", sum);
    // What nunjucks does not have, and what would make texts that nothing bounds.
    for name in ["format", "pprint", "chain", "zip", "map", "attr"] {
        environment.remove_filter(name);
    }
}

fn dump(value: Value, spaces: Option<usize>) -> Result<String, Error> {
    let json = to_json(&value)?.unwrap_or_default();
    let text = match spaces {
        Some(spaces) if spaces > 0 => pretty(&json, spaces.min(10)),
        _ => json.to_string(),
    };
    bounded(text.len())?;
    Ok(text)
}

fn pretty(json: &serde_json::Value, spaces: usize) -> String {
    let indent = " ".repeat(spaces);
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    let _ = serde::Serialize::serialize(json, &mut serializer);
    String::from_utf8(bytes).unwrap_or_default()
}

fn sum(value: Value) -> Result<Value, Error> {
    let mut sum = 0.0;
    for (at, item) in value.try_iter()?.enumerate() {
        few(at)?;
        sum += f64::try_from(item).map_err(|_| failed("what is summed up are no numbers"))?;
    }
    Ok(Value::from(sum))
}

/// What is undefined becomes `other`; what is not true, too, when `all` is.
fn default(value: Value, other: Option<Value>, all: Option<bool>) -> Value {
    let is_missing = value.is_undefined() || (all == Some(true) && !value.is_true());
    if is_missing { other.unwrap_or_else(|| Value::from("")) } else { value }
}

/// The length of a text, in characters, of a list, of an object; of an object with a `length`, that.
fn length(value: Value) -> Value {
    if let Some(record) = value.downcast_object_ref::<Record>() {
        return record.get("length").cloned().unwrap_or_else(|| record.0.len().into());
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Value::from(0),
        _ => value.len().map_or(Value::UNDEFINED, Value::from),
    }
}

fn parse_repo_url(value: Value) -> Result<Value, Error> {
    let text = print(&value)?;
    let address = Address::parse(&text).map_err(|reason| failed(format!("`{}` {reason}", clip(&text))))?;
    let entries = address.entries().into_iter().map(|(name, value)| (name.to_string(), value.into()));
    Ok(Value::from_object(Record(entries.collect())))
}

fn project_slug(value: Value) -> Result<String, Error> {
    let text = print(&value)?;
    let address = Address::parse(&text).map_err(|reason| failed(format!("`{}` {reason}", clip(&text))))?;
    Ok(format!("{}/{}", address.owner.unwrap_or_default(), address.repo))
}

fn parse_entity_ref(value: Value, context: Option<Value>) -> Result<Value, Error> {
    let text = print(&value)?;
    let usual = |key: &str| {
        let given = context.as_ref().and_then(|context| context.get_attr(key).ok());
        given.filter(|given| !given.is_undefined()).map(|given| print(&given)).transpose()
    };
    let (kind, namespace) = (usual("defaultKind")?, usual("defaultNamespace")?);
    let parsed = address::entity(&text, kind.as_deref(), namespace.as_deref());
    let entity = parsed.ok_or_else(|| failed(format!("`{}` is no reference of an entity", clip(&text))))?;
    Ok(from_json(&entity))
}

/// What is at one key, or at each of a list of keys and positions on the way.
fn pick(value: Value, path: Value) -> Result<Value, Error> {
    let parts: Vec<String> = match path.kind() {
        ValueKind::Seq => path.try_iter()?.map(|part| print(&part)).collect::<Result<_, _>>()?,
        _ => print(&path)?.split(['.', '[', ']']).filter(|part| !part.is_empty()).map(String::from).collect(),
    };
    let mut at = value;
    for part in parts {
        at = match part.parse::<usize>() {
            Ok(position) if at.kind() == ValueKind::Seq => at.get_item_by_index(position)?,
            _ => at.get_attr(&part).unwrap_or(Value::UNDEFINED),
        };
    }
    Ok(at)
}

fn join(value: Value, separator: Option<Value>, attribute: Option<String>) -> Result<String, Error> {
    let separator = separator.map(|it| print(&it)).transpose()?.unwrap_or_default();
    let mut items = Vec::new();
    if value.kind() == ValueKind::String {
        return print(&value);
    }
    if !value.is_undefined() && !value.is_none() {
        for item in value.try_iter()? {
            items.push(match &attribute {
                Some(name) => item.get_attr(name)?,
                None => item,
            });
        }
    }
    joined(&items, &separator)
}

fn truncate(
    value: Value,
    length: Option<usize>,
    kill: Option<bool>,
    end: Option<String>,
) -> Result<String, Error> {
    let text = print(&value)?;
    let length = length.unwrap_or(255);
    let Some((cut, _)) = text.char_indices().nth(length) else { return Ok(text) };
    let kept = &text[..cut];
    let kept = match kept.rfind(' ').filter(|_| kill != Some(true)) {
        Some(space) => &kept[..space],
        None => kept,
    };
    Ok(format!("{kept}{}", end.as_deref().unwrap_or("...")))
}

fn indent(value: Value, width: Option<usize>, first: Option<bool>, _named: Kwargs) -> Result<String, Error> {
    let text = print(&value)?;
    let width = width.unwrap_or(4).min(1_000);
    bounded(text.len() + width.saturating_mul(text.lines().count()))?;
    let space = " ".repeat(width);
    let lines = text.split('\n').enumerate();
    let lines = lines.map(|(at, line)| match at == 0 && first != Some(true) {
        true => line.to_string(),
        false => format!("{space}{line}"),
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + &characters.as_str().to_lowercase()
}

fn clip(text: &str) -> String {
    crate::model::phrase::clip(text)
}
