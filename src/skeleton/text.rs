//! Filters of texts.

use std::fmt::Write as _;
use std::rc::Rc;

use super::arguments::Arguments;
use super::budget::Budget;
use super::value::{Value, number};
use super::words;
use super::wrong::Wrong;
use crate::model::phrase::clip;

/// The filters that [`apply`] knows.
pub(super) const NAMES: &[&str] = &[
    "camel",
    "capitalize",
    "e",
    "escape",
    "folders",
    "format",
    "indent",
    "kebab",
    "lines",
    "lower",
    "pascal",
    "quote_shell",
    "replace",
    "safe",
    "screaming_snake",
    "slug",
    "snake",
    "split",
    "title",
    "trim",
    "upper",
    "urlencode",
];

/// The widest field of `format`.
const WIDEST: usize = 1_000;

/// Returns what a filter makes of a text.
pub(super) fn apply(
    budget: &Budget,
    name: &str,
    text: &Rc<str>,
    arguments: &mut Arguments<'_>,
) -> Result<Value, Wrong> {
    // Other cases, escapes and words are at most six times as long.
    budget.hold(text.len().saturating_mul(6))?;
    Ok(match name {
        "lower" => Value::text(text.to_lowercase()),
        "upper" => Value::text(text.to_uppercase()),
        "capitalize" => Value::text(words::capital(&text.to_lowercase())),
        "kebab" => Value::text(words::kebab(text)),
        "snake" => Value::text(words::snake(text)),
        "screaming_snake" => Value::text(words::screaming_snake(text)),
        "pascal" => Value::text(words::pascal(text)),
        "camel" => Value::text(words::camel(text)),
        "title" => Value::text(words::title(text)),
        "slug" => Value::text(words::slug(text)),
        "folders" => Value::Folders(text.replace('.', "/").into()),
        "quote_shell" => {
            if text.contains('\0') {
                return Err(Wrong::new("a text with a NUL character cannot be an argument of a command"));
            }
            Value::text(format!("'{}'", text.replace('\'', r"'\''")))
        }
        "escape" | "e" => Value::text(escaped(text)),
        "urlencode" => Value::text(encoded(text)),
        "trim" => match arguments.text("chars")? {
            Some(ends) => {
                budget.step(text.len().saturating_mul(1 + ends.len()) / 64)?;
                Value::text(text.trim_matches(|character| ends.contains(character)))
            }
            None => Value::text(text.trim()),
        },
        "replace" => {
            let old = arguments.text("old")?.ok_or_else(|| Wrong::new("`replace` needs what to replace"))?;
            let new = arguments.next("new").ok_or_else(|| Wrong::new("`replace` needs the new text"))?;
            let new = budget.shown(&new)?;
            let most = arguments.count("count")?.unwrap_or(usize::MAX);
            let times = text.matches(&*old).count().min(most);
            budget.hold(text.len().saturating_add(times.saturating_mul(new.len())))?;
            Value::text(text.replacen(&*old, &new, times))
        }
        "indent" => indent(budget, text, arguments)?,
        "lines" => parts(budget, text.lines(), text.matches('\n').count() + 1)?,
        "split" => {
            let by = arguments.text("sep")?;
            let most = arguments.count("maxsplit")?.map_or(usize::MAX, |most| most.saturating_add(1));
            match by {
                None => parts(budget, text.split_whitespace(), text.split_whitespace().count())?,
                Some(by) if by.is_empty() => return Err(Wrong::new("a text cannot be split by nothing")),
                Some(by) => {
                    let count = text.matches(&*by).count().saturating_add(1).min(most);
                    parts(budget, text.splitn(most, &*by), count)?
                }
            }
        }
        "format" => {
            let (given, _) = std::mem::take(arguments).all();
            Value::text(formatted(budget, text, &given)?)
        }
        _ => Value::Text(Rc::clone(text)),
    })
}

/// Returns the first or last character of a text, or the text backwards.
pub(super) fn ends(budget: &Budget, name: &str, text: &str) -> Result<Value, Wrong> {
    budget.hold(text.len())?;
    let one = |character: Option<char>| {
        character.map_or(Value::Null, |it| Value::text(it.encode_utf8(&mut [0; 4])))
    };
    Ok(match name {
        "first" => one(text.chars().next()),
        "last" => one(text.chars().next_back()),
        _ => Value::text(text.chars().rev().collect::<String>()),
    })
}

fn parts<'p>(budget: &Budget, parts: impl Iterator<Item = &'p str>, count: usize) -> Result<Value, Wrong> {
    budget.hold_list(count.saturating_mul(2))?;
    budget.list(parts.map(Value::text).collect())
}

/// Returns a text with its lines further right, all but the first; blank lines stay empty, and the last line loses its end.
fn indent(budget: &Budget, text: &str, arguments: &mut Arguments<'_>) -> Result<Value, Wrong> {
    let width = arguments.count("width")?.unwrap_or(4);
    let (first, blank) = (arguments.flag("first"), arguments.flag("blank"));
    let text = text.strip_suffix('\n').unwrap_or(text);
    let lines = text.matches('\n').count() + 1;
    budget.hold(text.len().saturating_add(lines.saturating_mul(width)))?;
    let pad = budget.repeat(" ", width)?;
    let indented = text.split('\n').enumerate().map(|(at, line)| {
        let is_blank = line.trim_end_matches('\r').is_empty();
        let moved = if at == 0 { first } else { !is_blank || blank };
        if moved { format!("{pad}{line}") } else { line.to_string() }
    });
    Ok(Value::text(indented.collect::<Vec<_>>().join("\n")))
}

/// Returns a text as it stands in XML and HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Returns a text as it stands in an address: all but letters, digits, `-`, `_`, `.`, `~` and `/` as `%XX`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Returns a text with its `%s`, `%d`, `%05d`, `%-8s`, `%.2f`, `%x` and `%%` replaced.
fn formatted(budget: &Budget, text: &str, given: &[Value]) -> Result<String, Wrong> {
    let mut given = given.iter();
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        budget.push(&mut out, before)?;
        let end = after.find(|c: char| c.is_ascii_alphabetic() || c == '%');
        let verb = end.and_then(|end| after.get(end..=end));
        let (Some(end), Some(verb)) = (end, verb) else {
            return Err(Wrong::new("a `%` has no letter behind it").help("write `%%` for a percent sign"));
        };
        let options = &after[..end];
        rest = &after[end + 1..];
        if verb == "%" {
            budget.push(&mut out, "%")?;
            continue;
        }
        let value = given.next().ok_or_else(|| Wrong::new("there are more `%` than values"))?;
        let (left, options) = options.strip_prefix('-').map_or((false, options), |rest| (true, rest));
        let zero = options.starts_with('0');
        let (width, precision) = options.split_once('.').map_or((options, None), |(a, b)| (a, Some(b)));
        let size = |text: &str| match text {
            "" => Ok(0),
            text => text
                .parse::<usize>()
                .ok()
                .filter(|size| *size <= WIDEST)
                .ok_or_else(|| Wrong::new(format!("`%{}{verb}` is no format", clip(options)))),
        };
        let (width, precision) = (size(width)?, precision.map(size).transpose()?);
        let refused = || Wrong::new(format!("`%{verb}` needs a number, not {}", value.kind()));
        let shown: String = match (verb, value) {
            ("s", value) => budget.shown(value)?.to_string(),
            ("d" | "i", Value::Int(number)) => number.to_string(),
            ("x", Value::Int(number)) => format!("{number:x}"),
            ("X", Value::Int(number)) => format!("{number:X}"),
            ("o", Value::Int(number)) => format!("{number:o}"),
            ("f", value) => format!("{:.*}", precision.unwrap_or(6), number(value).ok_or_else(refused)?),
            ("d" | "i" | "x" | "X" | "o", _) => return Err(refused()),
            _ => return Err(Wrong::new(format!("there is no format `%{verb}`"))),
        };
        let padding = width.saturating_sub(shown.chars().count());
        let pad = |with: &str| with.repeat(padding);
        let padded = match shown.strip_prefix('-') {
            _ if left => format!("{shown}{}", pad(" ")),
            Some(digits) if zero && verb != "s" => format!("-{}{digits}", pad("0")),
            None if zero && verb != "s" => format!("{}{shown}", pad("0")),
            _ => format!("{}{shown}", pad(" ")),
        };
        budget.push(&mut out, &padded)?;
    }
    budget.push(&mut out, rest)?;
    match given.next() {
        Some(_) => Err(Wrong::new("there are more values than `%`")),
        None => Ok(out),
    }
}
