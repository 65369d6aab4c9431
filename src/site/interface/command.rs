//! The command that calls an operation over HTTP.

use crate::interface::{Interface, Operation, Parameter, Scheme, derive};

/// The longest body that stands in a command.
const LONGEST: usize = 400;

/// Returns a command for `curl`, or `None` when it is not known where the interface is served, or it is who calls.
pub(super) fn curl(interface: &Interface, operation: &Operation) -> Option<String> {
    if !operation.path.starts_with('/') {
        // A webhook is called by the interface.
        return None;
    }
    let servers = operation.servers.iter().chain(&interface.servers);
    let server = servers.into_iter().find(|server| server.address.contains("://"))?;
    let mut address = server.address.clone();
    for (name, default, _) in &server.variables {
        address = address.replace(&format!("{{{name}}}"), default);
    }
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    let mut parts = Vec::new();
    for parameter in &operation.parameters {
        let value = value(interface, parameter);
        match parameter.place.as_str() {
            "path" => path = path.replace(&format!("{{{}}}", parameter.name), &value),
            "query" if parameter.required => query.push(format!("{}={value}", parameter.name)),
            "header" if parameter.required => {
                parts.push(format!("-H {}", quote(&format!("{}: {value}", parameter.name))))
            }
            _ => {}
        }
    }
    parts.extend(credentials(interface, operation));
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let url = format!("{}{path}{query}", address.trim_end_matches('/'));
    parts.extend(body(interface, operation));
    let method = match operation.method.as_str() {
        "GET" => String::new(),
        "HEAD" => "-I ".into(),
        method => format!("-X {method} "),
    };
    let mut lines = vec![format!("curl {method}{}", quote(&url))];
    lines.extend(parts);
    Some(lines.join(" \\\n  "))
}

/// Returns a value for a parameter: one that is given, else one that its schema allows, else its name.
fn value(interface: &Interface, parameter: &Parameter) -> String {
    let given = parameter.examples.iter().map(|example| example.text.clone()).find(|text| !text.is_empty());
    let schema = &parameter.schema;
    let says = schema.default.is_some() || !schema.values.is_empty() || !schema.format.is_empty();
    let derived = || derive(interface, schema).filter(|_| says || schema.kind != "string");
    let plain = || {
        let value = derived()?;
        Some(value.as_str().map_or_else(|| value.to_string(), String::from))
    };
    let short = given.or_else(plain).filter(|value| value.len() <= 60 && !value.contains(['\n', '{', '[']));
    short.unwrap_or_else(|| {
        let name = parameter.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
        name.collect::<String>().to_ascii_uppercase()
    })
}

/// Returns what says who calls, from variables of the shell.
fn credentials(interface: &Interface, operation: &Operation) -> Option<String> {
    let asked = operation.security.first()?;
    let name = asked.split([' ', '(']).next().unwrap_or_default();
    let scheme: &Scheme = interface.schemes.iter().find(|scheme| scheme.name == name)?;
    let kind = scheme.kind.as_str();
    if kind.starts_with("bearer") || kind.starts_with("OAuth") || kind.starts_with("OpenID") {
        return Some("-H \"Authorization: Bearer $TOKEN\"".into());
    }
    if kind == "name and password" {
        return Some("-u \"$USERNAME\"".into());
    }
    let header = kind.strip_prefix("API key in the header ")?;
    let plain =
        !header.is_empty() && header.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    plain.then(|| format!("-H \"{header}: $API_KEY\""))
}

fn body(interface: &Interface, operation: &Operation) -> Vec<String> {
    let Some(content) = operation.request.as_ref().and_then(|body| body.contents.first()) else {
        return Vec::new();
    };
    let given = content.examples.first().map(|example| example.text.clone()).filter(|text| !text.is_empty());
    let json = content.media.contains("json");
    let compact = |text: String| match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(value) if json => value.to_string(),
        _ => text,
    };
    let derived = || {
        let schema = content.schema.as_ref().filter(|_| json)?;
        Some(derive(interface, schema)?.to_string())
    };
    let data = given.map(compact).or_else(derived).filter(|text| text.len() <= LONGEST);
    let data = data.map_or_else(|| "-d @body".to_string(), |text| format!("-d {}", quote(&text)));
    vec![format!("-H {}", quote(&format!("Content-Type: {}", content.media))), data]
}

/// Returns a text as one word of a shell.
fn quote(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("'{}'", line.replace('\'', "'\\''"))
}
