//! Examples that are made of schemas, where none is given.

use serde_json::{Map, Value, json};

use super::model::{Interface, Operation, Schema};

/// How deep an example goes.
const DEEPEST: usize = 12;

/// How many values an example has at most.
const MOST: usize = 120;

/// Returns a value that a schema allows, as far as it can be said: what it gives as an example or default, its first
/// allowed value, else one for its type. `None` when the schema says nothing.
pub fn derive(interface: &Interface, schema: &Schema) -> Option<Value> {
    let value = Deriver { interface, left: MOST, inside: Vec::new() }.value(schema, 0);
    (!value.is_null()).then_some(value)
}

/// Returns a query of GraphQL for an operation: with the arguments that it needs, and the fields of its answer that have
/// no parts.
pub fn query(interface: &Interface, operation: &Operation) -> String {
    const MOST_FIELDS: usize = 12;
    let arguments = operation.parameters.iter().filter(|parameter| parameter.required);
    let arguments: Vec<String> = arguments
        .map(|argument| format!("{}: {}", argument.name, literal(interface, &argument.schema, 0)))
        .collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let answer = operation.responses.first().and_then(|response| response.contents.first());
    let answer = answer.and_then(|content| content.schema.as_ref()).and_then(|schema| schema.target);
    let answer = answer.map(|target| &interface.schemas[target].schema);
    let has_parts =
        |schema: &Schema| schema.target.is_some_and(|target| !is_leaf(&interface.schemas[target].schema));
    let fields = match answer {
        Some(answer) if !is_leaf(answer) => {
            let plain = answer.members.iter().filter(|member| {
                !has_parts(&member.schema) && !member.arguments.iter().any(|argument| argument.required)
            });
            let mut fields: Vec<&str> = plain.take(MOST_FIELDS).map(|member| member.name.as_str()).collect();
            if fields.is_empty() {
                fields.push("__typename");
            }
            format!(" {{\n    {}\n  }}", fields.join("\n    "))
        }
        _ => String::new(),
    };
    let method = operation.method.to_ascii_lowercase();
    format!("{method} {{\n  {}{arguments}{fields}\n}}", operation.path)
}

fn is_leaf(schema: &Schema) -> bool {
    matches!(schema.kind.as_str(), "scalar" | "enum")
}

/// Returns a value for an argument, as GraphQL writes it.
fn literal(interface: &Interface, schema: &Schema, depth: usize) -> String {
    if let Some(inner) = schema.kind.trim_end_matches('!').strip_prefix('[') {
        let inner = inner.strip_suffix(']').unwrap_or(inner).to_string();
        let item = Schema { kind: inner, target: schema.target, ..Schema::default() };
        return format!("[{}]", literal(interface, &item, depth + 1));
    }
    match schema.kind.trim_end_matches('!') {
        "Int" => return "1".into(),
        "Float" => return "1.5".into(),
        "Boolean" => return "true".into(),
        _ => {}
    }
    let Some(target) = schema.target.map(|target| &interface.schemas[target].schema) else {
        return "\"text\"".into();
    };
    match target.kind.as_str() {
        "enum" => target.values.first().map(|value| value.text.clone()).unwrap_or_default(),
        "input" if depth < 3 => {
            let needed = target.members.iter().filter(|member| member.required);
            let fields: Vec<String> = needed
                .map(|member| format!("{}: {}", member.name, literal(interface, &member.schema, depth + 1)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        _ => "\"text\"".into(),
    }
}

struct Deriver<'a> {
    interface: &'a Interface,
    /// How many values may still be made.
    left: usize,
    /// The named schemas that a value is being made of: what is in itself is left out the second time.
    inside: Vec<usize>,
}

impl Deriver<'_> {
    fn value(&mut self, schema: &Schema, depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        if depth > DEEPEST || self.left == 0 {
            return Value::Null;
        }
        if let Some(given) = schema.examples.first() {
            return given.clone();
        }
        if let Some(target) = schema.target {
            if self.inside.contains(&target) {
                return Value::Null;
            }
            self.inside.push(target);
            let value = self.value(&self.interface.schemas[target].schema, depth + 1);
            self.inside.pop();
            return value;
        }
        let first = schema.values.first().map(|choice| choice.text.as_str());
        if let Some(text) = schema.default.as_deref().or(first) {
            return typed(&schema.kind, text);
        }
        if !schema.composed.is_empty() {
            return self.composed(schema, depth);
        }
        match schema.kind.as_str() {
            "object" | "message" => self.object(schema, depth),
            kind if kind.starts_with("map of") => {
                let value = schema.items.as_ref().map(|items| self.value(items, depth + 1));
                json!({ "key": value })
            }
            "array" | "repeated" => {
                let item = schema.items.as_ref().map(|items| self.value(items, depth + 1));
                Value::Array(item.into_iter().filter(|item| !item.is_null()).collect())
            }
            kind => scalar(kind.split(" or ").next().unwrap_or(kind), schema),
        }
    }

    fn object(&mut self, schema: &Schema, depth: usize) -> Value {
        let mut object = Map::new();
        let mut chosen = Vec::new();
        for member in &schema.members {
            // Of the fields of a `oneof`, one is set.
            let choice = member.schema.limits.iter().find(|limit| limit.starts_with("one of `"));
            if let Some(choice) = choice {
                if chosen.contains(&choice) {
                    continue;
                }
                chosen.push(choice);
            }
            let hidden = member.schema.flags.contains(&"deprecated") || member.name.starts_with(['/', '[']);
            if self.left == 0 || (hidden && !member.required) {
                continue;
            }
            let value = self.value(&member.schema, depth + 1);
            if !value.is_null() {
                object.insert(member.name.clone(), value);
            }
        }
        if let (true, Some(others)) = (object.is_empty(), &schema.others) {
            object.insert("key".into(), self.value(others, depth + 1));
        }
        Value::Object(object)
    }

    /// Returns all parts as one, the first choice of several, and the members beside them.
    fn composed(&mut self, schema: &Schema, depth: usize) -> Value {
        let mut object = Map::new();
        let mut other = Value::Null;
        for (words, parts) in &schema.composed {
            let taken = match *words {
                "all of" => parts.len(),
                "one of" | "any of" => 1,
                _ => 0,
            };
            for part in &parts[..taken.min(parts.len())] {
                match self.value(part, depth + 1) {
                    Value::Object(members) => object.extend(members),
                    value if other.is_null() => other = value,
                    _ => {}
                }
            }
        }
        if let Value::Object(members) = self.object(schema, depth) {
            object.extend(members);
        }
        if object.is_empty() { other } else { Value::Object(object) }
    }
}

/// Returns a text as a value of a type.
fn typed(kind: &str, text: &str) -> Value {
    let parsed = || serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    match kind {
        "string" => Value::from(text),
        // The values of an enum of protocol buffers have their numbers.
        "enum" => Value::from(text.split(" = ").next().unwrap_or(text)),
        _ => parsed(),
    }
}

/// Returns a value of a type without parts.
fn scalar(kind: &str, schema: &Schema) -> Value {
    let least = || {
        let limit = schema.limits.iter().find_map(|limit| limit.strip_prefix("at least "));
        limit.and_then(|limit| serde_json::from_str::<Value>(limit).ok()).filter(Value::is_number)
    };
    match kind {
        "boolean" | "bool" => Value::Bool(true),
        "integer" => least().unwrap_or_else(|| json!(1)),
        "number" => least().unwrap_or_else(|| json!(1.5)),
        "double" | "float" => json!(1.5),
        "int32" | "int64" | "uint32" | "uint64" | "sint32" | "sint64" | "fixed32" | "fixed64"
        | "sfixed32" | "sfixed64" => json!(1),
        "string" | "bytes" => Value::from(text(&schema.format)),
        "google.protobuf.Timestamp" => Value::from(text("date-time")),
        _ => Value::Null,
    }
}

/// Returns a text of a format.
fn text(format: &str) -> &'static str {
    match format {
        "date-time" => "2026-01-31T09:30:00Z",
        "date" => "2026-01-31",
        "time" => "09:30:00Z",
        "duration" => "P1D",
        "uuid" => "3f8e0c2a-7c1d-4a5e-9b60-2d1f4c8a9e10",
        "email" | "idn-email" => "jo@example.com",
        "uri" | "url" | "iri" => "https://example.com/",
        "uri-reference" => "/path",
        "hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "dGV4dA==",
        _ => "text",
    }
}
