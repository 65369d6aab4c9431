//! One parameter of a template as an input of our forms.

use serde_json::{Map, Value, json};

use super::address;
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::model::phrase::{clip, quoted};
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// The name of an entity in Backstage.
const ENTITY_NAME: &str = "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$";

/// Fields that pick an entity, or several: what they give is its reference.
const PICKERS: &[&str] = &[
    "EntityPicker",
    "OwnerPicker",
    "OwnedEntityPicker",
    "MultiEntityPicker",
    "MyGroupsPicker",
    "CatalogFilter",
];

/// Keywords that our form has as well, and takes as they are.
const CARRIED: &[&str] = &[
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
    "uniqueItems",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
];

/// Other keywords that are read, and those that say only how a parameter looks.
const TAKEN: &[&str] = &[
    "type",
    "title",
    "description",
    "default",
    "enum",
    "enumNames",
    "const",
    "oneOf",
    "anyOf",
    "format",
    "examples",
    "$comment",
    "$schema",
    "name",
];

/// Returns the input that the parameter `name`, written as `node`, is, and pushes what is not asked as it is written.
pub(super) fn input(key: Node<'_>, node: Node<'_>, found: &mut Vec<Diagnostic>) -> Map<String, Value> {
    let name = key.as_str().unwrap_or_default();
    let mut reader = Reader { name, node, key: key.span(), help: Vec::new(), found };
    reader.read()
}

/// Returns a finding about how a form asks.
pub(super) fn finding(severity: Severity, span: Span, message: String) -> Diagnostic {
    Diagnostic { severity, ..Diagnostic::new(Rule::InvalidForm, span, message) }
}

struct Reader<'n, 'f> {
    name: &'n str,
    node: Node<'n>,
    key: Span,
    help: Vec<String>,
    found: &'f mut Vec<Diagnostic>,
}

impl<'n> Reader<'n, '_> {
    fn read(&mut self) -> Map<String, Value> {
        let mut input = Map::new();
        let kind = self.kind();
        input.insert("type".into(), kind.into());
        for key in ["title"] {
            if let Some(text) = self.node.get(key).and_then(Node::text).filter(|text| !text.is_empty()) {
                input.insert(key.into(), text.into());
            }
        }
        self.help.extend(self.text("description"));
        self.help.extend(self.text("ui:help").or_else(|| self.option("help")?.text().map(String::from)));
        self.choices(&mut input);
        self.bounds(&mut input);
        self.format(kind, &mut input);
        self.widget(&mut input);
        self.field(kind, &mut input);
        self.default(kind, &mut input);
        self.rest();
        if !self.help.is_empty() {
            input.insert("description".into(), self.help.join(" · ").into());
        }
        input
    }

    fn text(&self, key: &str) -> Option<String> {
        let text = self.node.get(key)?.text()?.trim();
        (!text.is_empty()).then(|| text.to_string())
    }

    /// Returns an option of the form: `ui:KEY`, or KEY of `ui:options`.
    fn option(&self, key: &str) -> Option<Node<'n>> {
        let own = self.node.get(&format!("ui:{key}"));
        own.or_else(|| self.node.get("ui:options")?.get(key))
    }

    fn say(&mut self, severity: Severity, span: Span, message: String) {
        self.found.push(finding(severity, span, message));
    }

    fn kind(&mut self) -> &'static str {
        let written = self.node.get("type");
        let names: Vec<&str> = match written {
            Some(node) => {
                let several = node.items().filter_map(Node::as_str).filter(|name| *name != "null");
                node.as_str().into_iter().chain(several).collect()
            }
            None => Vec::new(),
        };
        let known = |name: &str| {
            ["string", "number", "integer", "boolean", "array", "object"].into_iter().find(|it| *it == name)
        };
        if let [name] = names.as_slice()
            && let Some(kind) = known(name)
        {
            return kind;
        }
        if let Some(node) = written {
            let message =
                format!("`{}` is of no type that can be asked for, and is asked as text", self.name);
            self.say(Severity::Warning, node.span(), message);
            return "string";
        }
        let sample = self.node.get("default").or_else(|| self.node.get("const"));
        let sample = sample.or_else(|| self.node.get("enum")?.items().next());
        match sample.map(Node::kind) {
            Some(Kind::Bool) => "boolean",
            Some(Kind::Number) => "number",
            Some(Kind::List) => "array",
            Some(Kind::Map) => "object",
            _ if self.node.get("properties").is_some() => "object",
            _ if self.node.get("items").is_some() => "array",
            _ => "string",
        }
    }

    /// Takes over what can be chosen: an enum, one value, or schemas of one value each with their titles.
    fn choices(&mut self, input: &mut Map<String, Value>) {
        let mut labels: Vec<(Value, String)> = Vec::new();
        if let Some(node) = self.node.get("enum").filter(|node| node.kind() == Kind::List) {
            let names = self.node.get("enumNames").or_else(|| self.option("enumNames"));
            let names: Vec<&str> = names.into_iter().flat_map(Node::items).filter_map(Node::text).collect();
            let values: Vec<Value> = node.items().map(Node::to_json).collect();
            labels = values.iter().cloned().zip(names.into_iter().map(String::from)).collect();
            input.insert("enum".into(), values.into_iter().filter(|value| !value.is_null()).collect());
        } else if let Some(node) = self.node.get("const") {
            input.insert("enum".into(), json!([node.to_json()]));
            input.insert("default".into(), node.to_json());
        } else if let Some((key, node)) = ["oneOf", "anyOf"].iter().find_map(|key| self.node.entry(key)) {
            let values: Option<Vec<Value>> =
                node.items().map(|item| item.get("const").map(Node::to_json)).collect();
            match values.filter(|values| !values.is_empty()) {
                Some(values) => {
                    let titles = node.items().map(|item| item.get("title").and_then(Node::text));
                    labels = values
                        .iter()
                        .zip(titles)
                        .filter_map(|(value, title)| Some((value.clone(), title?.to_string())))
                        .collect();
                    input.insert("enum".into(), Value::Array(values));
                }
                None => {
                    let message = format!(
                        "`{}` of `{}` is not asked: only alternatives of one value each are",
                        key.as_str().unwrap_or_default(),
                        self.name
                    );
                    self.say(Severity::Error, key.span(), message);
                }
            }
        }
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), String::from);
        let told: Vec<String> = labels
            .iter()
            .filter(|(value, label)| plain(value) != *label)
            .map(|(value, label)| format!("{}: {label}", plain(value)))
            .collect();
        if !told.is_empty() {
            self.help.push(told.join(", "));
        }
    }

    fn bounds(&mut self, input: &mut Map<String, Value>) {
        for key in CARRIED {
            let Some(node) = self.node.get(key) else { continue };
            let fits = match *key {
                "pattern" => node.kind() == Kind::String,
                "uniqueItems" => node.kind() == Kind::Bool,
                "items" | "properties" | "patternProperties" => node.kind() == Kind::Map,
                "required" => node.kind() == Kind::List,
                "additionalProperties" => matches!(node.kind(), Kind::Bool | Kind::Map),
                _ => node.kind() == Kind::Number,
            };
            if fits {
                input.insert((*key).to_string(), plain_schema(node));
            } else {
                let message = format!("`{key}` of `{}` is not read: it is {}", self.name, node.kind().name());
                self.say(Severity::Warning, node.span(), message);
            }
        }
    }

    fn format(&mut self, kind: &str, input: &mut Map<String, Value>) {
        let Some(node) = self.node.get("format") else { return };
        let ours = match node.as_str().unwrap_or_default() {
            "uri" | "url" => Some("url"),
            "email" => Some("email"),
            "idn-email" => Some("idn-email"),
            "date-time" => Some("date-time"),
            "ipv4" => Some("ipv4"),
            "ipv6" => Some("ipv6"),
            _ => None,
        };
        match ours {
            Some(ours) if kind == "string" => {
                input.insert("format".into(), ours.into());
            }
            _ => {
                let format = clip(node.text().unwrap_or_default());
                let message = format!("the format `{format}` of `{}` is not checked", self.name);
                self.say(Severity::Info, node.span(), message);
            }
        }
    }

    fn widget(&mut self, input: &mut Map<String, Value>) {
        let is_set = |node: Option<Node<'_>>| node.and_then(Node::as_bool) == Some(true);
        if is_set(self.option("disabled")) || is_set(self.option("readonly")) {
            input.insert("disabled".into(), true.into());
        }
        match self.option("widget").and_then(Node::as_str) {
            Some("textarea") => {
                input.entry("format").or_insert("multi-line".into());
            }
            Some("password") => secret(input),
            Some("hidden") => {
                input.insert("visible".into(), false.into());
            }
            _ => {}
        }
    }

    /// Takes over the field that asks: a picker gives a reference, which is typed here.
    fn field(&mut self, kind: &str, input: &mut Map<String, Value>) {
        let Some(node) = self.option("field") else { return };
        let Some(field) = node.as_str() else { return };
        let options = self.node.get("ui:options");
        let listed = |key: &str| -> Vec<&'n str> {
            let list = options.and_then(|options| options.get(key)).into_iter().flat_map(Node::items);
            list.filter_map(Node::as_str).collect()
        };
        match field {
            "Secret" => secret(input),
            "EntityNamePicker" => {
                if !input.contains_key("pattern") {
                    input.insert("pattern".into(), ENTITY_NAME.into());
                    input.insert("maxLength".into(), 63.into());
                }
            }
            "RepoUrlPicker" => {
                let hosts = listed("allowedHosts");
                let host = match hosts.as_slice() {
                    [] => "[A-Za-z0-9][A-Za-z0-9.:-]*".to_string(),
                    hosts => hosts.iter().map(|host| regex::escape(host)).collect::<Vec<_>>().join("|"),
                };
                let pair = r"[A-Za-z]+=[^&\s]*";
                let pattern = format!(r"^({host})\?({pair}&)*repo=[^&\s]+(&{pair})*$");
                input.entry("pattern").or_insert(pattern.into());
                let example = address::example(hosts.first().copied().unwrap_or("github.com"));
                self.help.push(format!("a repository, as in {example}"));
            }
            "EntityTagsPicker" => self.help.push("tags, such as java".into()),
            field if PICKERS.contains(&field) => {
                let kind = self.picked().unwrap_or_else(|| "component".into());
                let what =
                    if kind == "array" { "references of entities" } else { "the reference of an entity" };
                self.help.push(format!("{what}, such as {kind}:default/name"));
            }
            "RepoBranchPicker" | "RepoOwnerPicker" => {}
            field => {
                let message = format!(
                    "`{}` is asked as {}: the field `{}` is not part of Backstage",
                    self.name,
                    if kind == "string" { "text" } else { kind },
                    clip(field)
                );
                self.say(Severity::Info, node.span(), message);
            }
        }
    }

    /// Returns the kind of entity that is picked, in lower case.
    fn picked(&self) -> Option<String> {
        let field = self.option("field").and_then(Node::as_str);
        if matches!(field, Some("OwnerPicker" | "MyGroupsPicker")) {
            return Some("group".into());
        }
        let options = self.node.get("ui:options")?;
        let filter = options.get("catalogFilter");
        let filter = filter.and_then(|it| if it.kind() == Kind::List { it.items().next() } else { Some(it) });
        let kind = filter.and_then(|it| it.get("kind")).or_else(|| options.get("allowedKinds"))?;
        let kind = kind.as_str().or_else(|| kind.items().next()?.as_str())?;
        Some(kind.to_lowercase())
    }

    fn default(&mut self, kind: &str, input: &mut Map<String, Value>) {
        let Some(node) = self.node.get("default").filter(|node| !node.is_null()) else { return };
        if input.contains_key("encryption") {
            let message = format!("the default of `{}` is not used: it is a secret", self.name);
            return self.say(Severity::Warning, node.span(), message);
        }
        let fits = matches!(
            (kind, node.kind()),
            ("string", Kind::String)
                | ("number" | "integer", Kind::Number)
                | ("boolean", Kind::Bool)
                | ("array", Kind::List)
                | ("object", Kind::Map)
        );
        if fits {
            input.insert("default".into(), node.to_json());
            return;
        }
        let (name, written) = (self.name, node.kind().name());
        let message = format!("the default of `{name}` is a {written}, not a {kind}, and is not used");
        let span = if node.span().start == node.span().end { self.key } else { node.span() };
        self.say(Severity::Warning, span, message);
    }

    /// Reports what is written and means nothing here.
    fn rest(&mut self) {
        let mut unread: Vec<(Span, String)> = Vec::new();
        for (key, _) in self.node.entries() {
            let name = key.as_str().unwrap_or_default();
            let is_known = TAKEN.iter().chain(CARRIED).any(|known| *known == name);
            if !is_known && !name.starts_with("ui:") {
                unread.push((key.span(), name.to_string()));
            }
        }
        for (span, keyword) in unread {
            let message = match keyword.as_str() {
                "backstage:featureFlag" | "backstage:permissions" => {
                    format!("`{}` is asked whatever `{keyword}` says", self.name)
                }
                _ => {
                    let keyword = clip(&keyword);
                    format!("{} of `{}` is not read", quoted([keyword.as_str()]), self.name)
                }
            };
            let severity = match keyword.as_str() {
                "$ref" | "allOf" | "if" | "dependencies" | "dependentSchemas" | "not" => Severity::Error,
                _ => Severity::Info,
            };
            self.say(severity, span, message);
        }
    }
}

fn secret(input: &mut Map<String, Value>) {
    input.insert("encryption".into(), "aes256-gcm".into());
    input.remove("format");
}

/// Returns a nested schema without what says only how it looks.
fn plain_schema(node: Node<'_>) -> Value {
    fn plain(value: Value) -> Value {
        match value {
            Value::Object(entries) => {
                let kept = entries.into_iter().filter(|(key, _)| !key.starts_with("ui:"));
                Value::Object(kept.map(|(key, value)| (key, plain(value))).collect())
            }
            Value::Array(items) => items.into_iter().map(plain).collect(),
            other => other,
        }
    }
    plain(node.to_json())
}
