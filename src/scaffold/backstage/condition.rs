//! Conditions of JSON Schema as jq over a form: what shows or requires other parameters.

use crate::source::Span;
use crate::yaml::{Kind, Node};

/// When something holds: an expression of jq, or always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    /// In any case.
    Always,
    /// When the expression gives `true`.
    Holds(String),
}

impl When {
    /// Returns when both hold.
    pub(super) fn and(&self, other: &str) -> Self {
        match self {
            Self::Always => Self::Holds(other.to_string()),
            Self::Holds(first) => Self::Holds(format!("({first}) and ({other})")),
        }
    }

    /// Returns when any of them holds.
    pub(super) fn any<'w>(all: impl IntoIterator<Item = &'w Self>) -> Self {
        let mut texts: Vec<&str> = Vec::new();
        for when in all {
            match when {
                Self::Always => return Self::Always,
                Self::Holds(text) if !texts.contains(&text.as_str()) => texts.push(text),
                Self::Holds(_) => {}
            }
        }
        let several = texts.len() > 1;
        let texts = texts.iter().map(|text| if several { format!("({text})") } else { (*text).to_string() });
        Self::Holds(texts.collect::<Vec<_>>().join(" or "))
    }
}

/// A keyword that says nothing that could be asked, and where it is.
#[derive(Debug)]
pub(super) struct Unread {
    pub keyword: String,
    pub span: Span,
}

/// Returns the expression for the value of a parameter.
pub(super) fn value_of(name: &str) -> String {
    member(".form", name)
}

/// Returns the expression that a parameter is given.
pub(super) fn is_given(name: &str) -> String {
    given(&value_of(name))
}

/// Returns the text of a JSON value in jq.
pub(super) fn literal(value: &serde_json::Value) -> String {
    value.to_string()
}

fn member(value: &str, name: &str) -> String {
    format!("{value}[{}]?", literal(&name.into()))
}

/// A browser's form knows no empty texts: what is left blank is not there.
fn given(value: &str) -> String {
    format!("({value} != null and {value} != \"\")")
}

/// Returns the expression that a schema holds for a whole form.
///
/// # Errors
/// The keyword that cannot be said in jq.
pub(super) fn of_form(schema: Node<'_>) -> Result<String, Unread> {
    holds(schema, ".form")
}

/// Returns the expression that a schema holds for a value, itself an expression. As in JSON Schema, a keyword about
/// another type holds.
///
/// # Errors
/// The keyword that cannot be said in jq.
pub(super) fn holds(schema: Node<'_>, value: &str) -> Result<String, Unread> {
    if let Some(flag) = schema.as_bool() {
        return Ok(flag.to_string());
    }
    let mut parts = Vec::new();
    for (key, node) in schema.entries() {
        if let Some(part) = keyword(key, node, schema, value)? {
            parts.push(part);
        }
    }
    Ok(match parts.len() {
        0 => "true".into(),
        1 => parts.remove(0),
        _ => format!("({})", parts.join(" and ")),
    })
}

fn keyword(key: Node<'_>, node: Node<'_>, schema: Node<'_>, value: &str) -> Result<Option<String>, Unread> {
    let name = key.as_str().unwrap_or_default();
    let all = |joined: &str| -> Result<String, Unread> {
        let parts = node.items().map(|item| holds(item, value)).collect::<Result<Vec<_>, _>>()?;
        Ok(format!("({})", parts.join(joined)))
    };
    let of_type = |kind: &str, test: String| format!("(({value} | type) != \"{kind}\" or {test})");
    let number = |kind: &str, measured: &str, operator: &str| {
        node.as_f64().map(|_| of_type(kind, format!("({measured} {operator} {})", literal(&node.to_json()))))
    };
    let length = format!("({value} | length)");
    Ok(match name {
        "const" => Some(format!("({value} == {})", literal(&node.to_json()))),
        "enum" if !node.is_empty() => {
            let same = node.items().map(|item| format!("{value} == {}", literal(&item.to_json())));
            Some(format!("({})", same.collect::<Vec<_>>().join(" or ")))
        }
        "properties" => {
            let mut parts = Vec::new();
            for (key, part) in node.entries() {
                let inner = member(value, key.as_str().unwrap_or_default());
                let held = holds(part, &inner)?;
                parts.push(format!("({inner} == null or {held})"));
            }
            (!parts.is_empty()).then(|| format!("({})", parts.join(" and ")))
        }
        "required" => {
            let parts = node.items().filter_map(Node::as_str).map(|name| given(&member(value, name)));
            let parts: Vec<String> = parts.collect();
            (!parts.is_empty()).then(|| format!("({})", parts.join(" and ")))
        }
        "type" => {
            let names: Vec<&str> =
                node.as_str().into_iter().chain(node.items().filter_map(Node::as_str)).collect();
            let one = |name: &&str| match *name {
                "integer" => format!("(({value} | type) == \"number\" and ({value} | . == floor))"),
                name => format!("({value} | type) == {}", literal(&name.into())),
            };
            (!names.is_empty())
                .then(|| format!("({})", names.iter().map(one).collect::<Vec<_>>().join(" or ")))
        }
        "not" => Some(format!("({} | not)", holds(node, value)?)),
        "allOf" if !node.is_empty() => Some(all(" and ")?),
        "anyOf" if !node.is_empty() => Some(all(" or ")?),
        "oneOf" if !node.is_empty() => {
            let parts = node.items().map(|item| holds(item, value)).collect::<Result<Vec<_>, _>>()?;
            Some(format!("([{}] | map(select(.)) | length == 1)", parts.join(", ")))
        }
        "if" => {
            let branch = |name: &str| schema.get(name).map_or(Ok("true".into()), |node| holds(node, value));
            let (then, otherwise) = (branch("then")?, branch("else")?);
            Some(format!("(if {} then {then} else {otherwise} end)", holds(node, value)?))
        }
        "then" | "else" if schema.get("if").is_some() => None,
        "pattern" if node.kind() == Kind::String => {
            Some(of_type("string", format!("({value} | test({}))", literal(&node.to_json()))))
        }
        "contains" => {
            let held = holds(node, "$item")?;
            Some(of_type("array", format!("any({value}[]?; . as $item | {held})")))
        }
        "minLength" => number("string", &length, ">="),
        "maxLength" => number("string", &length, "<="),
        "minItems" => number("array", &length, ">="),
        "maxItems" => number("array", &length, "<="),
        "minimum" => number("number", value, ">="),
        "maximum" => number("number", value, "<="),
        "exclusiveMinimum" => number("number", value, ">"),
        "exclusiveMaximum" => number("number", value, "<"),
        "title" | "description" | "default" | "examples" | "$comment" | "format" => None,
        name if name.starts_with("ui:") => None,
        name => return Err(Unread { keyword: name.to_string(), span: key.span() }),
    })
}
