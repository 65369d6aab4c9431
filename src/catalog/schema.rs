//! The JSON Schema of a blueprint's entities: compiled once, and its errors as findings.

use std::sync::OnceLock;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Broken;
use serde_json::{Map, Value, json};

use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::blueprint::Blueprint;
use crate::model::format::{self, FORMATS};
use crate::model::keyword::{broken_limit, patterns};
use crate::model::phrase::{article, boolean_hint, clip, quoted, quoted_first};
use crate::model::property::{Property, Type};
use crate::model::shape::start;
use crate::yaml::{Kind, Node, Tree};

/// A blueprint's schema, compiled: at once when it can have mistakes, else when an entity asks for it.
#[derive(Debug)]
pub(super) struct Validator {
    schema: OnceLock<jsonschema::Validator<Tree>>,
}

/// Returns the JSON Schema of the `properties` of a blueprint's entities.
pub fn json_schema(blueprint: &Blueprint) -> Value {
    let properties: Map<String, Value> = blueprint
        .properties
        .iter()
        .map(|property| (property.identifier.value.clone(), property_schema(property)))
        .collect();
    // Port fills a default in, so a required property that has one may be left out.
    let needed = blueprint
        .required
        .iter()
        .filter(|name| blueprint.property(&name.value).is_some_and(|p| p.default.is_none()));
    let needed: Vec<&str> = needed.map(|name| name.value.as_str()).collect();
    json!({"type": "object", "properties": properties, "required": needed, "additionalProperties": false})
}

/// Returns the JSON Schema of one property's values.
fn property_schema(property: &Property) -> Value {
    let mut schema = property.schema.clone();
    if property.kind == Some(Type::Object)
        && property.format.as_ref().is_some_and(|format| format.value == "labeled-url")
    {
        schema["required"] = json!(["url"]);
        schema["properties"] = json!({"url": {"type": "string", "format": "url"}});
    }
    schema
}

impl Validator {
    /// Returns the schema of `blueprint`, compiled. A property whose schema cannot be compiled is reported and
    /// then takes any value, so that the others are still checked.
    pub(super) fn compile(blueprint: &Blueprint, found: &mut Vec<Diagnostic>) -> Self {
        let mut schema = json_schema(blueprint);
        if let Ok(schema) = build(&schema) {
            return Self { schema: schema.into() };
        }
        for property in &blueprint.properties {
            if let Err(error) = build(&property.schema) {
                found.push(invalid_pattern(property, &error));
                schema["properties"][&property.identifier.value] = json!({});
            }
        }
        Self { schema: or_any(build(&schema)).into() }
    }

    /// Returns the schema of a blueprint that is known to have no mistakes, to be compiled when an entity asks for it:
    /// many catalogs have none.
    pub(super) fn later() -> Self {
        Self { schema: OnceLock::new() }
    }

    fn schema(&self, blueprint: &Blueprint) -> &jsonschema::Validator<Tree> {
        self.schema.get_or_init(|| or_any(build(&json_schema(blueprint))))
    }

    /// Returns what is wrong with the stored values of `entity`; `supplied` says whether a property that is missing
    /// here has a value elsewhere.
    pub(super) fn violations(
        &self,
        blueprint: &Blueprint,
        entity: Node<'_>,
        properties: Option<Node<'_>>,
        supplied: &dyn Fn(&str) -> bool,
    ) -> Vec<Diagnostic> {
        let Some(properties) = properties else { return missing_all(blueprint, entity, supplied) };
        let mut errors = self.schema(blueprint).iter_errors(properties).peekable();
        if errors.peek().is_none() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for error in errors {
            translate(&error, blueprint, (entity, properties), supplied, &mut found);
        }
        drop_consequences(&mut found);
        found
    }
}

/// Compiles a schema: linear-time patterns, our formats, no way to the network or to files.
fn build(schema: &Value) -> Result<jsonschema::Validator<Tree>, ValidationError<'static>> {
    let options =
        jsonschema::options_for::<Tree>().with_pattern_options(patterns()).should_validate_formats(true);
    let options =
        FORMATS.iter().fold(options, |options, format| options.with_format(format.name, format.check));
    options.build(schema)
}

/// Returns a schema, or the one that takes anything.
fn or_any(
    schema: Result<jsonschema::Validator<Tree>, ValidationError<'static>>,
) -> jsonschema::Validator<Tree> {
    schema.or_else(|_| build(&json!({}))).expect("an empty schema compiles")
}

/// A value of the wrong type is not also outside its enum or without its format.
fn drop_consequences(found: &mut Vec<Diagnostic>) {
    let wrong: Vec<_> = found
        .iter()
        .filter(|finding| finding.rule == Rule::PropertyType)
        .map(|finding| finding.primary.span)
        .collect();
    found.retain(|finding| finding.rule == Rule::PropertyType || !wrong.contains(&finding.primary.span));
}

/// Returns a finding for each required property of an entity that has no properties at all.
fn missing_all(blueprint: &Blueprint, entity: Node<'_>, supplied: &dyn Fn(&str) -> bool) -> Vec<Diagnostic> {
    let has_default = |name: &str| blueprint.property(name).is_none_or(|property| property.default.is_some());
    let needed = blueprint.required.iter().filter(|name| !has_default(&name.value) && !supplied(&name.value));
    needed.map(|name| missing(blueprint, &name.value, entity)).collect()
}

/// Pushes what one error of the schema means.
fn translate(
    error: &ValidationError<'_>,
    blueprint: &Blueprint,
    (entity, properties): (Node<'_>, Node<'_>),
    supplied: &dyn Fn(&str) -> bool,
    found: &mut Vec<Diagnostic>,
) {
    let path = error.instance_path().as_str();
    let (_, value) = properties.locate(path).unwrap_or((None, properties));
    let name = first_segment(path);
    let property = blueprint.property(&name);
    match error.kind() {
        Broken::AdditionalProperties { unexpected } => {
            let unknown = unexpected.iter().filter_map(|name| value.entry(name));
            found.extend(unknown.filter_map(|(key, value)| undeclared(blueprint, path, key, value)));
        }
        Broken::Required { property: needed } => {
            let needed = needed.as_str().unwrap_or_default();
            match path {
                "" if supplied(needed) => {}
                "" => found.push(missing(blueprint, needed, entity)),
                _ => found.push(missing_key(&name, needed, value)),
            }
        }
        // Port's null stands for "no value": only a required property must have one.
        _ if value.is_null() && path == format!("/{name}") => {
            let needed = blueprint.required.iter().any(|required| required.value == name);
            let needed = needed && !supplied(&name);
            found.extend(needed.then(|| missing(blueprint, &name, value)));
        }
        kind => found.push(declared_at(broken(kind, property, &name, value, error), property)),
    }
}

/// Returns the first segment of a JSON pointer, unescaped: the property a value belongs to.
fn first_segment(pointer: &str) -> String {
    let segment = pointer.split('/').nth(1).unwrap_or_default();
    segment.replace("~1", "/").replace("~0", "~")
}

/// Returns the finding that an entity has a value the blueprint does not declare.
fn undeclared(blueprint: &Blueprint, path: &str, key: Node<'_>, value: Node<'_>) -> Option<Diagnostic> {
    let name = key.as_str().unwrap_or_default();
    if !path.is_empty() {
        let message = format!("`{}` has no key `{}`", first_segment(path), clip(name));
        return Some(Diagnostic::new(Rule::UnknownProperty, key.span(), message));
    }
    if let Some((kind, declared)) = blueprint.computed(name) {
        let message = format!("`{name}` is a {kind} property: it is computed, and this value is ignored");
        let finding = Diagnostic::new(Rule::ComputedProperty, key.span(), message);
        // Exports write null for what could not be computed.
        return (!value.is_null())
            .then(|| finding.related(declared, "declared here").help(format!("remove `{name}`")));
    }
    let owner = &blueprint.identifier.value;
    let message = format!("`{owner}` declares no property `{}`", clip(name));
    let names = || blueprint.properties.iter().map(|property| property.identifier.value.as_str());
    let listed = || match names().count() {
        0 => format!("`{owner}` has no properties: declare `{}` in its blueprint, or remove it", clip(name)),
        1..=12 => format!("its properties are {}", quoted(names())),
        _ => format!("declare it in the blueprint `{owner}`, or remove it"),
    };
    let relation =
        blueprint.relation(name).map(|_| format!("`{name}` is a relation: move it under `relations`"));
    let help = relation.or_else(|| did_you_mean(name, names())).unwrap_or_else(listed);
    Some(Diagnostic::new(Rule::UnknownProperty, key.span(), message).help(help))
}

/// Returns the finding that an entity lacks a required property; `at` is the entity, or the null written for it.
fn missing(blueprint: &Blueprint, name: &str, at: Node<'_>) -> Diagnostic {
    let declared = blueprint.required.iter().find(|required| required.value == name);
    let message = format!("`{}` needs the property `{name}`", blueprint.identifier.value);
    let span = if at.is_null() { at.span() } else { place_for(at, "properties") };
    let mut finding = Diagnostic::new(Rule::MissingProperty, span, message).label(format!("no `{name}`"));
    if let Some(declared) = declared {
        finding = finding.related(declared.span, "required here");
    }
    let property = blueprint.property(name);
    let values: Vec<&str> =
        property.iter().flat_map(|property| &property.values).map(|value| value.value.as_str()).collect();
    finding.help(match values.as_slice() {
        [] => format!("add `{name}` under `properties`"),
        values => {
            format!("add `{name}` under `properties`: one of {}", quoted_first(values.iter().copied()))
        }
    })
}

/// Returns where to say that something is missing under `key` of an entity: at that key, else at its identifier.
pub(super) fn place_for(entity: Node<'_>, key: &str) -> crate::source::Span {
    let key = entity.entry(key).map(|(key, _)| key.span());
    key.or_else(|| entity.get("identifier").map(Node::span)).unwrap_or_else(|| start(entity))
}

fn missing_key(property: &str, needed: &str, value: Node<'_>) -> Diagnostic {
    let message = format!("`{property}` needs the key `{needed}`");
    Diagnostic::new(Rule::MissingProperty, start(value), message).help(format!("add `{needed}`"))
}

/// Returns the finding for a value that its property refuses.
fn broken(
    kind: &Broken,
    property: Option<&Property>,
    name: &str,
    value: Node<'_>,
    error: &ValidationError<'_>,
) -> Diagnostic {
    let shown = clip(value.text().unwrap_or_default());
    match kind {
        Broken::Type { .. } => wrong_type(property, name, value),
        Broken::Enum { .. } | Broken::Constant { .. } => {
            let values: Vec<&str> =
                property.iter().flat_map(|p| &p.values).map(|value| value.value.as_str()).collect();
            let message = format!("`{shown}` is not one of the values of `{name}`");
            let near = did_you_mean(&shown, values.iter().copied());
            let help = near.unwrap_or_else(|| format!("use one of {}", quoted_first(values.iter().copied())));
            Diagnostic::new(Rule::PropertyEnum, value.span(), message).help(help)
        }
        Broken::Format { format } => {
            let format = format::find(format);
            let looks = format.map_or("the format that its property needs", |format| format.looks);
            let message = format!("`{shown}` is not {looks}");
            let help = format.map(|format| format!("`{name}` takes {looks}, such as {}", format.example));
            Diagnostic::new(Rule::PropertyFormat, value.span(), message).maybe_help(help)
        }
        Broken::Pattern { pattern } => {
            let message = format!("`{shown}` does not match the pattern of `{name}`");
            let finding = Diagnostic::new(Rule::PropertyPattern, value.span(), message);
            finding.help(format!("the pattern is {}", clip(pattern)))
        }
        _ => Diagnostic::new(
            Rule::PropertyLimit,
            value.span(),
            format!("`{name}` {}", broken_limit(kind, error)),
        ),
    }
}

/// Returns the finding for a value of another type, with what is likely meant.
fn wrong_type(property: Option<&Property>, name: &str, value: Node<'_>) -> Diagnostic {
    let wanted = property.and_then(|property| property.kind).filter(|kind| !kind.takes(value.kind()));
    let text = clip(value.text().unwrap_or_default());
    let number = value.kind() == Kind::String && text.parse::<f64>().is_ok();
    let help = match wanted {
        Some(Type::Boolean) => boolean_hint(value),
        Some(Type::Number) if number => Some(format!("write it without quotes: {text}")),
        Some(Type::String) if matches!(value.kind(), Kind::Number | Kind::Bool) => {
            Some(format!("quote it: \"{text}\""))
        }
        Some(Type::Array) if value.kind() == Kind::String => {
            Some(format!("write it as a list of one: [{text}]"))
        }
        _ => None,
    };
    let wanted = match wanted {
        Some(Type::Array) => "a list".to_string(),
        Some(Type::Object) => "a mapping".to_string(),
        Some(kind) => format!("a {}", kind.name()),
        None => "of another type".to_string(),
    };
    let message = format!("`{name}` is {wanted}, not {}", article(value.kind()));
    Diagnostic::new(Rule::PropertyType, value.span(), message).maybe_help(help)
}

/// Returns the finding that a property's own schema cannot be used.
fn invalid_pattern(property: &Property, error: &ValidationError<'_>) -> Diagnostic {
    let name = &property.identifier.value;
    let (span, message) = match &property.pattern {
        Some(pattern) => (pattern.span, format!("the pattern of `{name}` is not one that can be checked")),
        None => {
            (property.identifier.span, format!("the schema of `{name}` cannot be used: {}", error.masked()))
        }
    };
    Diagnostic::new(Rule::InvalidPattern, span, message)
        .help("patterns are regular expressions without look-around and back-references")
}

/// Adds where the property is declared.
fn declared_at(finding: Diagnostic, property: Option<&Property>) -> Diagnostic {
    match property {
        Some(property) => finding.related(property.identifier.span, "declared here"),
        None => finding,
    }
}
