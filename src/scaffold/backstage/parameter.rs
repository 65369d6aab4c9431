//! The parameters of a template as a form of ours: pages of JSON Schema, with what shows and requires what.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::condition::{self, Unread, When};
use super::input::{finding, input};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::form::Form;
use crate::model::action::input as document;
use crate::model::phrase::clip;
use crate::source::{SourceId, Span};
use crate::yaml::{self, Kind, Node};

/// Keywords of a page that are read, or say only how it looks.
const PAGE: &[&str] = &[
    "title",
    "description",
    "name",
    "type",
    "properties",
    "required",
    "dependencies",
    "dependentSchemas",
    "dependentRequired",
    "allOf",
    "oneOf",
    "anyOf",
    "if",
    "then",
    "else",
    "additionalProperties",
    "$schema",
    "$comment",
    "id",
];

/// Returns the form of the parameters written as `node`, if there are any, and pushes what is not asked as it is written.
pub(super) fn form(node: Option<Node<'_>>, found: &mut Vec<Diagnostic>) -> Form {
    let mut reader = Reader { parameters: Vec::new(), required: Vec::new(), pages: Vec::new(), found };
    let pages: Vec<Node<'_>> = match node {
        Some(node) if node.kind() == Kind::List => node.items().collect(),
        other => other.into_iter().collect(),
    };
    for page in pages {
        reader.page(page);
    }
    reader.form()
}

/// A parameter, with each way in which it is written and when that counts.
struct Parameter<'n> {
    name: String,
    key: Node<'n>,
    ways: Vec<(When, Map<String, Value>)>,
    page: usize,
}

struct Reader<'n, 'f> {
    parameters: Vec<Parameter<'n>>,
    /// The parameters that must be given, where that is written, and when.
    required: Vec<(String, Span, When)>,
    pages: Vec<Page>,
    found: &'f mut Vec<Diagnostic>,
}

struct Page {
    title: String,
    /// The order of the parameters, when the page says one; `*` is for all others.
    order: Vec<String>,
}

impl<'n> Reader<'n, '_> {
    fn page(&mut self, node: Node<'n>) {
        if node.kind() != Kind::Map {
            let message = format!("a page of parameters is a mapping, not {}", node.kind().name());
            self.found.push(finding(Severity::Error, node.span(), message));
            return;
        }
        let text = |key: &str| node.get(key).and_then(Node::text).filter(|text| !text.is_empty());
        let number = self.pages.len() + 1;
        let title = text("title").or_else(|| text("name"));
        let order = node.get("ui:order").into_iter().flat_map(Node::items);
        self.pages.push(Page {
            title: title.map_or_else(|| format!("Step {number}"), String::from),
            order: order.filter_map(Node::as_str).map(String::from).collect(),
        });
        self.schema(node, &When::Always, None);
    }

    /// Reads a schema of the whole form that counts when `when` holds; `known` is the parameter that led here.
    fn schema(&mut self, node: Node<'n>, when: &When, known: Option<&str>) {
        for (key, property) in node.get("properties").into_iter().flat_map(Node::entries) {
            if key.as_str() != known {
                self.parameter(key, property, when);
            }
        }
        for name in node.get("required").into_iter().flat_map(Node::items) {
            if let Some(text) = name.as_str() {
                self.required.push((text.to_string(), name.span(), when.clone()));
            }
        }
        for key in ["dependencies", "dependentSchemas", "dependentRequired"] {
            for (name, dependent) in node.get(key).into_iter().flat_map(Node::entries) {
                self.dependent(name, dependent, when);
            }
        }
        node.get("allOf").into_iter().flat_map(Node::items).for_each(|part| self.schema(part, when, known));
        self.branches(node, when, known);
        for key in ["oneOf", "anyOf"] {
            if let Some((key, alternatives)) = node.entry(key) {
                self.alternatives(key, alternatives, when, known);
            }
        }
        self.unread(node);
    }

    fn parameter(&mut self, key: Node<'n>, node: Node<'n>, when: &When) {
        let name = key.as_str().unwrap_or_default();
        if name.is_empty() || node.kind() != Kind::Map {
            let message = format!("the parameter `{}` is a mapping, not {}", clip(name), node.kind().name());
            self.found.push(finding(Severity::Error, node.span(), message));
            return;
        }
        let way = (when.clone(), input(key, node, self.found));
        let page = self.pages.len().saturating_sub(1);
        match self.parameters.iter_mut().find(|parameter| parameter.name == name) {
            Some(parameter) => parameter.ways.push(way),
            None => self.parameters.push(Parameter { name: name.into(), key, ways: vec![way], page }),
        }
    }

    /// Reads what follows when a parameter is given.
    fn dependent(&mut self, name: Node<'n>, node: Node<'n>, when: &When) {
        let text = name.as_str().unwrap_or_default();
        let when = when.and(&condition::is_given(text));
        if node.kind() == Kind::List {
            for required in node.items() {
                if let Some(other) = required.as_str() {
                    self.required.push((other.to_string(), required.span(), when.clone()));
                }
            }
            return;
        }
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| node.entry(key));
        let told = alternatives.filter(|(_, list)| list.items().all(|item| names(item, text).is_some()));
        let Some((_, list)) = told else { return self.schema(node, &when, Some(text)) };
        // The alternative is the one whose schema of this parameter holds, if that is one.
        let tests = list.items().map(|item| match names(item, text) {
            Some(schema) => condition::holds(schema, &condition::value_of(text)),
            None => Ok("true".into()),
        });
        let tests = match tests.collect::<Result<Vec<String>, Unread>>() {
            Ok(tests) => tests,
            Err(unread) => return self.cannot(&unread, text),
        };
        let values: Vec<Value> = list.items().flat_map(|item| values(item, text)).collect();
        let distinct = values.iter().enumerate().all(|(at, value)| !values[..at].contains(value))
            && list.items().all(|item| !self::values(item, text).is_empty());
        for (item, test) in list.items().zip(&tests) {
            let only = format!("{test} and ([{}] | map(select(.)) | length == 1)", tests.join(", "));
            let when = when.and(if distinct { test } else { &only });
            self.schema(item, &when, Some(text));
        }
        // What is beside the alternatives counts whichever it is.
        for (key, property) in node.get("properties").into_iter().flat_map(Node::entries) {
            self.parameter(key, property, &when);
        }
        for required in node.get("required").into_iter().flat_map(Node::items) {
            if let Some(name) = required.as_str() {
                self.required.push((name.to_string(), required.span(), when.clone()));
            }
        }
    }

    fn branches(&mut self, node: Node<'n>, when: &When, known: Option<&str>) {
        let Some((key, test)) = node.entry("if") else { return };
        match condition::of_form(test) {
            Ok(test) => {
                if let Some(then) = node.get("then") {
                    self.schema(then, &when.and(&test), known);
                }
                if let Some(otherwise) = node.get("else") {
                    self.schema(otherwise, &when.and(&format!("({test} | not)")), known);
                }
            }
            Err(unread) => {
                self.cannot(&unread, key.as_str().unwrap_or_default());
            }
        }
    }

    /// Reads alternatives that nothing but a parameter with one value in each tells apart.
    fn alternatives(&mut self, key: Node<'n>, list: Node<'n>, when: &When, known: Option<&str>) {
        let first = list.items().next().and_then(|item| item.get("properties"));
        let mut keys = first.into_iter().flat_map(Node::entries).map(|(key, _)| key);
        let told = keys.find(|name| {
            let name = name.as_str().unwrap_or_default();
            !name.is_empty() && list.items().all(|item| !values(item, name).is_empty())
        });
        let Some(discriminator) = told else {
            let message = format!(
                "the alternatives of `{}` cannot be asked: no parameter has one value in each",
                key.as_str().unwrap_or_default()
            );
            let help = "give each alternative a property with a `const`, the same in all";
            self.found.push(finding(Severity::Error, key.span(), message).help(help));
            return;
        };
        let name = discriminator.as_str().unwrap_or_default();
        if !self.parameters.iter().any(|parameter| parameter.name == name) {
            let choices: Vec<Value> = list.items().flat_map(|item| values(item, name)).collect();
            let titles = list.items().filter_map(|item| {
                let title = item.get("title").and_then(Node::text)?;
                Some(format!("{}: {title}", plain(values(item, name).first()?)))
            });
            let titles: Vec<String> = titles.collect();
            let title = list.items().find_map(|item| names(item, name)?.get("title")?.text());
            let kind = match choices.first() {
                Some(Value::Bool(_)) => "boolean",
                Some(Value::Number(_)) => "number",
                _ => "string",
            };
            let mut way = Map::new();
            way.insert("type".into(), kind.into());
            if kind != "boolean" {
                way.insert("enum".into(), Value::Array(choices));
            }
            if let Some(title) = title {
                way.insert("title".into(), title.into());
            }
            if !titles.is_empty() {
                way.insert("description".into(), titles.join(", ").into());
            }
            let page = self.pages.len().saturating_sub(1);
            let ways = vec![(when.clone(), way)];
            self.parameters.push(Parameter { name: name.into(), key: discriminator, ways, page });
            self.required.push((name.to_string(), discriminator.span(), when.clone()));
        }
        for item in list.items() {
            let Some(schema) = names(item, name) else { continue };
            match condition::holds(schema, &condition::value_of(name)) {
                Ok(test) => self.schema(item, &when.and(&test), Some(name)),
                Err(unread) => self.cannot(&unread, name),
            }
        }
        let _ = known;
    }

    fn cannot(&mut self, unread: &Unread, about: &str) {
        let message = format!(
            "what depends on `{}` cannot be asked: `{}` is no condition that can be worked out",
            clip(about),
            clip(&unread.keyword)
        );
        self.found.push(finding(Severity::Error, unread.span, message));
    }

    /// Reports keywords of a page that are not read.
    fn unread(&mut self, node: Node<'n>) {
        for (key, _) in node.entries() {
            let name = key.as_str().unwrap_or_default();
            if PAGE.contains(&name) || name.starts_with("ui:") {
                continue;
            }
            let (severity, message) = match name {
                "backstage:featureFlag" | "backstage:permissions" => {
                    (Severity::Info, format!("this is asked whatever `{name}` says"))
                }
                "$ref" | "$yaml" | "$json" | "$text" => {
                    (Severity::Error, format!("`{name}` is not followed: put what it names in its place"))
                }
                _ => (Severity::Warning, format!("`{}` of a page of parameters is not read", clip(name))),
            };
            self.found.push(finding(severity, key.span(), message));
        }
    }

    fn form(self) -> Form {
        let Self { parameters, required, pages, found } = self;
        let mut properties = Map::new();
        for parameter in &parameters {
            properties.insert(parameter.name.clone(), Value::Object(asked(parameter, found)));
        }
        let mut written = Map::new();
        written.insert("properties".into(), Value::Object(properties));
        for (name, span, _) in &required {
            if !parameters.iter().any(|parameter| parameter.name == *name) {
                let message = format!("`{}` is required, and no parameter is called so", clip(name));
                found.push(finding(Severity::Warning, *span, message));
            }
        }
        let needed = |name: &str| {
            let whens: Vec<&When> =
                required.iter().filter(|(other, ..)| other == name).map(|(.., when)| when).collect();
            (!whens.is_empty()).then(|| When::any(whens))
        };
        written.insert("required".into(), requirement(&parameters, needed));
        let order = |at: usize| -> Vec<&str> {
            let names = || parameters.iter().filter(|it| it.page == at).map(|it| it.name.as_str());
            sorted(names().collect(), &pages[at].order)
        };
        if pages.len() > 1 {
            let steps = pages.iter().enumerate();
            let steps = steps.map(|(at, page)| json!({"title": page.title, "order": order(at)}));
            written.insert("steps".into(), steps.collect());
        } else if pages.len() == 1 {
            written.insert("order".into(), json!(order(0)));
        }
        let text: Arc<str> = Value::Object(written).to_string().into();
        let mut faults = Vec::new();
        let parsed = yaml::parse(SourceId::new(0), &text, &mut faults);
        let Some(root) = parsed.roots().next().filter(|_| faults.is_empty()) else {
            if let Some(parameter) = parameters.first() {
                let message = "the parameters cannot be asked: they are too large, or too deep".to_string();
                found.push(finding(Severity::Error, parameter.key.span(), message));
            }
            return Form::default();
        };
        let mut form = Form::decode(root, &document::decode(root));
        for field in &mut form.fields {
            let parameter = parameters.iter().find(|parameter| parameter.name == field.identifier);
            field.span = parameter.map_or(field.span, |parameter| parameter.key.span());
            if field.pattern.is_some() && field.unusable().is_some() {
                let message =
                    format!("the pattern of `{}` is not checked: it looks around", field.identifier);
                found.push(finding(Severity::Warning, field.span, message));
                field.pattern = None;
            }
        }
        form
    }
}

/// Returns the schema that an alternative has for a parameter.
fn names<'n>(item: Node<'n>, name: &str) -> Option<Node<'n>> {
    item.get("properties")?.get(name)
}

/// Returns the values that an alternative takes for a parameter, when it lists them.
fn values(item: Node<'_>, name: &str) -> Vec<Value> {
    let Some(schema) = names(item, name) else { return Vec::new() };
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => vec![value.to_json()],
        (None, Some(list)) => list.items().map(Node::to_json).collect(),
        (None, None) => Vec::new(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}

/// Returns the names in the order that a page says; `*` stands for those that it does not mention.
fn sorted<'a>(names: Vec<&'a str>, order: &'a [String]) -> Vec<&'a str> {
    let star = order.iter().position(|name| name == "*").unwrap_or(order.len());
    let place = |name: &str| order.iter().position(|it| it == name).unwrap_or(star);
    let mut sorted = names;
    sorted.sort_by_key(|name| place(name));
    sorted
}

/// Returns what must be given: a list, or jq that gives one when some of it depends on answers.
fn requirement(parameters: &[Parameter<'_>], needed: impl Fn(&str) -> Option<When>) -> Value {
    let needs: Vec<(&str, When)> =
        parameters.iter().filter_map(|it| Some((it.name.as_str(), needed(&it.name)?))).collect();
    if needs.iter().all(|(_, when)| *when == When::Always) {
        return needs.iter().map(|(name, _)| Value::from(*name)).collect();
    }
    let parts = needs.iter().map(|(name, when)| match when {
        When::Always => condition::literal(&(*name).into()),
        When::Holds(test) => {
            format!("(if {test} then {} else empty end)", condition::literal(&(*name).into()))
        }
    });
    json!({"jqQuery": format!("[{}]", parts.collect::<Vec<_>>().join(", "))})
}

/// Returns the input that a parameter is: of one that is written in several ways, what differs is computed.
fn asked(parameter: &Parameter<'_>, found: &mut Vec<Diagnostic>) -> Map<String, Value> {
    let Some((_, first)) = parameter.ways.first() else { return Map::new() };
    let mut asked = first.clone();
    let visible = When::any(parameter.ways.iter().map(|(when, _)| when));
    let mut keys: Vec<&String> = Vec::new();
    for key in parameter.ways.iter().flat_map(|(_, way)| way.keys()) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    for key in keys {
        let given: Vec<Option<&Value>> = parameter.ways.iter().map(|(_, way)| way.get(key)).collect();
        let is_same = given.iter().all(|value| *value == given[0]);
        let computed = match key.as_str() {
            // A parameter that is not shown is not there at all: neither is its default.
            "default" => !is_same || visible != When::Always,
            "pattern" | "minLength" | "maxLength" | "minimum" | "maximum" | "exclusiveMinimum"
            | "exclusiveMaximum" | "minItems" | "maxItems" => !is_same,
            "enum" if given.iter().all(Option::is_some) => !is_same,
            "title" | "description" => false,
            _ if is_same => false,
            _ => {
                let message = format!(
                    "`{}` is asked in different ways, which must not differ in `{key}`",
                    parameter.name
                );
                found.push(finding(Severity::Error, parameter.key.span(), message));
                false
            }
        };
        if computed {
            asked.insert(key.clone(), json!({"jqQuery": chosen(&parameter.ways, key)}));
        } else if let Some(value) = given.into_iter().flatten().next() {
            asked.insert(key.clone(), value.clone());
        }
    }
    if let (When::Holds(test), false) = (visible, asked.get("visible") == Some(&Value::Bool(false))) {
        asked.insert("visible".into(), json!({"jqQuery": test}));
    }
    asked
}

/// Returns the expression that gives what the way that counts says for a keyword; null, when it says nothing.
fn chosen(ways: &[(When, Map<String, Value>)], key: &str) -> String {
    let mut expression = "null".to_string();
    for (when, way) in ways.iter().rev() {
        let value = condition::literal(way.get(key).unwrap_or(&Value::Null));
        expression = match when {
            When::Always => value,
            When::Holds(test) => format!("if {test} then {value} else {expression} end"),
        };
    }
    expression
}

/// Returns the finding that a text is no template of Backstage.
pub(super) fn fault(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Rule::TemplateFault, span, message)
}
