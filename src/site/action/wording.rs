//! Conditions in words: plain comparisons as a sentence, anything else as the jq that it is.

use serde_json::{Value, json};

use crate::jq::{Comparison, Plain};
use crate::site::link::clip;
use crate::site::markup::Markup;

/// The longest expression that is shown whole.
const LONGEST: usize = 240;

/// Writes what `source` asks, as the rest of a sentence: `` `size` is large``.
pub(super) fn condition(source: &str, out: &mut Markup) {
    match Plain::of(source) {
        Some(plain) => write(&plain, false, out),
        None => expression(source, out),
    }
}

/// Writes jq as it is, on one line.
pub(super) fn expression(source: &str, out: &mut Markup) {
    let line = source.split_whitespace().collect::<Vec<_>>().join(" ");
    code(&clip(&line, LONGEST), out);
}

/// Writes something that people type.
pub(super) fn code(text: &str, out: &mut Markup) {
    out.raw("<code>").text(text).raw("</code>");
}

fn write(plain: &Plain, inner: bool, out: &mut Markup) {
    match plain {
        Plain::Compare { path, comparison, value } => {
            code(&member(path), out);
            compare(*comparison, value, out);
        }
        Plain::Holds(path) => {
            code(&member(path), out);
            out.raw(" is set");
        }
        Plain::Not(negated) => {
            out.raw("not (");
            write(negated, false, out);
            out.raw(")");
        }
        Plain::All(parts) => joined(parts, " and ", inner, out),
        Plain::Any(parts) => match one_of(parts) {
            Some((path, values)) => {
                code(&member(path), out);
                for (at, value) in values.into_iter().enumerate() {
                    out.raw(if at == 0 { " is " } else { " or " }).text(&shown(value));
                }
            }
            None => joined(parts, " or ", inner, out),
        },
    }
}

fn joined(parts: &[Plain], word: &'static str, inner: bool, out: &mut Markup) {
    out.raw(if inner { "(" } else { "" });
    for (at, part) in parts.iter().enumerate() {
        out.raw(if at > 0 { word } else { "" });
        write(part, true, out);
    }
    out.raw(if inner { ")" } else { "" });
}

/// Returns the member that all parts compare with a value for equality, and the values.
fn one_of(parts: &[Plain]) -> Option<(&[String], Vec<&Value>)> {
    let pairs: Vec<(&[String], &Value)> = parts.iter().map(equal).collect::<Option<_>>()?;
    let (path, _) = *pairs.first()?;
    let same = pairs.iter().all(|(other, _)| *other == path);
    same.then(|| (path, pairs.into_iter().map(|(_, value)| value).collect()))
}

fn equal(part: &Plain) -> Option<(&[String], &Value)> {
    match part {
        Plain::Compare { path, comparison: Comparison::Equal, value } if !value.is_null() => {
            Some((path, value))
        }
        _ => None,
    }
}

fn compare(comparison: Comparison, value: &Value, out: &mut Markup) {
    let words = match (comparison, value) {
        (Comparison::Equal, Value::Null) => " is not given",
        (Comparison::NotEqual, Value::Null) => " is given",
        (Comparison::Equal, _) => " is ",
        (Comparison::NotEqual, _) => " is not ",
        (Comparison::Less, _) => " is less than ",
        (Comparison::AtMost, _) => " is at most ",
        (Comparison::Greater, _) => " is more than ",
        (Comparison::AtLeast, _) => " is at least ",
    };
    out.raw(words);
    if !(value.is_null() && matches!(comparison, Comparison::Equal | Comparison::NotEqual)) {
        out.text(&shown(value));
    }
}

/// Returns a constant as people read it.
fn shown(value: &Value) -> String {
    match value {
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_string(),
        Value::String(text) if text.is_empty() => "empty".to_string(),
        Value::String(text) => clip(text, 80).into_owned(),
        value => value.to_string(),
    }
}

/// Returns the name of a member: that of an input, or the way to it.
fn member(path: &[String]) -> String {
    input(path).map_or_else(|| format!(".{}", path.join(".")), str::to_string)
}

/// Returns the input that a path leads to.
fn input(path: &[String]) -> Option<&str> {
    match path {
        [root, name] if is_form(root) => Some(name),
        // An entity that was picked is known by its identifier.
        [root, name, part] if is_form(root) && part == "identifier" => Some(name),
        _ => None,
    }
}

fn is_form(root: &str) -> bool {
    matches!(root, "form" | "inputs")
}

/// Returns what `source` asks for the page's script, when it asks nothing but inputs: `["==", "size", "large"]`.
pub(super) fn script(source: &str) -> Option<Value> {
    followed(&Plain::of(source)?)
}

fn followed(plain: &Plain) -> Option<Value> {
    let all = |word: &str, parts: &[Plain]| {
        let mut list = vec![Value::from(word)];
        for part in parts {
            list.push(followed(part)?);
        }
        Some(Value::from(list))
    };
    match plain {
        Plain::Compare { path, comparison, value } => Some(json!([comparison.sign(), input(path)?, value])),
        Plain::Holds(path) => Some(json!(["holds", input(path)?])),
        Plain::Not(negated) => Some(json!(["not", followed(negated)?])),
        Plain::All(parts) => all("and", parts),
        Plain::Any(parts) => all("or", parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_said_in_words() {
        for (source, expected) in [
            (".form.size == \"large\"", "<code>size</code> is large"),
            (".inputs.count > 3", "<code>count</code> is more than 3"),
            (
                ".form.flag == true and .form.x != null",
                "<code>flag</code> is yes and <code>x</code> is given",
            ),
            (".form.a == \"x\" or .form.a == \"y\"", "<code>a</code> is x or y"),
            (
                ".form.a == 1 and (.form.b or .form.c == \"\")",
                "<code>a</code> is 1 and (<code>b</code> is set or <code>c</code> is empty)",
            ),
            (".form.service.identifier == \"cart\"", "<code>service</code> is cart"),
            (".entity.properties.tier <= 1", "<code>.entity.properties.tier</code> is at most 1"),
            (".form.flag | not", "not (<code>flag</code> is set)"),
            (".form.x\n  | length > 2", "<code>.form.x | length &gt; 2</code>"),
            (".form.x == \"<script>\"", "<code>x</code> is &lt;script&gt;"),
        ] {
            let mut out = Markup::default();
            condition(source, &mut out);
            assert_eq!(out.finish().to_string(), expected, "{source}");
        }
    }

    #[test]
    fn a_script_follows_conditions_on_inputs_alone() {
        for (source, expected) in [
            (".form.size == \"large\"", Some(json!(["==", "size", "large"]))),
            (".form.a and (.form.b < 2 | not)", Some(json!(["and", ["holds", "a"], ["not", ["<", "b", 2]]]))),
            (".form.a == 1 or .user.email == \"x\"", None),
            (".form.service.title == \"Cart\"", None),
            (".form.x | length > 2", None),
        ] {
            assert_eq!(script(source), expected, "{source}");
        }
    }
}
