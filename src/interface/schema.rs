//! Schemas: those of OpenAPI 3.0 and Swagger, and JSON Schema, which OpenAPI 3.1 and AsyncAPI use.

use crate::yaml::Kind;

use super::model::{Choice, Member, Schema};
use super::reader::{At, Reader, Target, lay_out};

/// The most values and members that are kept of one schema.
const MOST: usize = 2_000;

/// The ways to compose schemas.
const COMPOSED: &[(&str, &str)] = &[("allOf", "all of"), ("oneOf", "one of"), ("anyOf", "any of")];

impl<'a> Reader<'a> {
    /// Returns the schema at `key`.
    pub(super) fn schema_at(&mut self, at: At<'a>, key: &str) -> Option<Schema> {
        let schema = at.get(key)?;
        Some(self.schema_or_name(schema))
    }

    /// Returns a schema, or the name of one when it is a reference.
    pub(super) fn schema_or_name(&mut self, at: At<'a>) -> Schema {
        let Some(reference) = at.get("$ref") else { return self.schema(at) };
        let mut schema = Schema { description: at.text("description"), ..Schema::default() };
        match self.follow(reference) {
            Target::Here(target, name) => match self.number(target, &name) {
                Some(number) => {
                    schema.target = Some(number);
                    schema.kind = self.name(number).to_string();
                }
                None => schema.kind = name,
            },
            Target::Away(address) => {
                schema.kind = reference.node.text().unwrap_or_default().to_string();
                schema.address = address;
            }
            Target::Nowhere => schema.kind = reference.node.text().unwrap_or_default().to_string(),
        }
        self.annotate(at, &mut schema);
        schema
    }

    /// Returns the schema that is written at `at`.
    pub(super) fn schema(&mut self, at: At<'a>) -> Schema {
        if at.get("$ref").is_some() {
            return self.schema_or_name(at);
        }
        let mut schema = Schema::default();
        match at.node.kind() {
            Kind::Map => {}
            Kind::Bool => {
                schema.kind = if at.node.as_bool() == Some(true) { "anything" } else { "nothing" }.into();
                return schema;
            }
            _ => {
                self.wrong(at, "this is no schema", "write a mapping with a `type`");
                return schema;
            }
        }
        if !self.may_read(at) {
            schema.kind = "…".into();
            return schema;
        }
        schema.description = at.text("description");
        schema.format = at.text("format");
        self.annotate(at, &mut schema);
        limits(at, &mut schema.limits);
        values(at, &mut schema);
        self.parts(at, &mut schema);
        kind(at, &mut schema);
        schema
    }

    /// Adds what may also stand beside a reference.
    fn annotate(&mut self, at: At<'a>, schema: &mut Schema) {
        schema.title = at.text("title");
        for (key, flag) in [
            ("nullable", "nullable"),
            ("x-nullable", "nullable"),
            ("readOnly", "read only"),
            ("writeOnly", "write only"),
            ("deprecated", "deprecated"),
        ] {
            if at.flag(key) {
                schema.flags.push(flag);
            }
        }
        schema.default = at.get("default").map(|default| short(default));
        schema.examples.extend(at.get("example").map(|example| example.node.to_json()));
        schema.examples.extend(at.items_of("examples").into_iter().take(5).map(|it| it.node.to_json()));
    }

    /// Adds what a schema is made of.
    fn parts(&mut self, at: At<'a>, schema: &mut Schema) {
        let required = at.texts("required");
        for (name, member) in at.node.get("properties").into_iter().flat_map(|it| it.entries()).take(MOST) {
            let name = name.text().unwrap_or_default();
            let member = self.schema_or_name(At { node: member, ..at });
            schema.members.push(Member {
                required: required.iter().any(|required| required == name),
                name: name.to_string(),
                schema: member,
                arguments: Vec::new(),
            });
        }
        for (pattern, member) in at.entries_of("patternProperties").into_iter().take(MOST) {
            let schema_of = self.schema_or_name(member);
            let name = format!("/{pattern}/");
            schema.members.push(Member { name, schema: schema_of, ..Member::default() });
        }
        // A list of schemas, one for each place, is the older spelling of `prefixItems`.
        schema.items = at
            .get("items")
            .filter(|items| items.node.kind() == Kind::Map)
            .map(|items| Box::new(self.schema_or_name(items)));
        let places =
            at.get("prefixItems").or_else(|| at.get("items").filter(|it| it.node.kind() == Kind::List));
        for (number, place) in places.into_iter().flat_map(At::items).take(MOST).enumerate() {
            let member = self.schema_or_name(place);
            let name = format!("[{number}]");
            schema.members.push(Member { name, schema: member, required: false, arguments: Vec::new() });
        }
        match at.get("additionalProperties").or_else(|| at.get("unevaluatedProperties")) {
            Some(others) if others.node.kind() == Kind::Map => {
                schema.others = Some(Box::new(self.schema_or_name(others)));
            }
            Some(others) if others.node.as_bool() == Some(false) => {
                schema.limits.push("no other members".into());
            }
            _ => {}
        }
        for (key, words) in COMPOSED {
            let items = at.items_of(key);
            if !items.is_empty() {
                let parts = items.into_iter().take(MOST).map(|part| self.schema_or_name(part)).collect();
                schema.composed.push((words, parts));
            }
        }
        if let Some(not) = at.get("not") {
            let not = self.schema_or_name(not);
            schema.composed.push(("not", vec![not]));
        }
        let discriminator = at.get("discriminator");
        let by = discriminator.map(|it| it.node.text().map_or_else(|| it.text("propertyName"), Into::into));
        if let Some(by) = by.filter(|by| !by.is_empty()) {
            schema.limits.push(format!("told apart by `{by}`"));
        }
    }
}

/// Sets the type: as it is written, or as the other keywords mean it.
fn kind(at: At<'_>, schema: &mut Schema) {
    let Some(written) = at.get("type") else {
        schema.kind = match () {
            () if !schema.members.is_empty() || schema.others.is_some() => "object".into(),
            () if schema.items.is_some() => "array".into(),
            () => String::new(),
        };
        return;
    };
    let mut kinds: Vec<&str> = match written.node.kind() {
        Kind::List => written.node.items().filter_map(|item| item.text()).collect(),
        _ => written.node.text().into_iter().collect(),
    };
    let before = kinds.len();
    if before > 1 {
        kinds.retain(|kind| *kind != "null");
        if kinds.len() < before && !schema.flags.contains(&"nullable") {
            schema.flags.insert(0, "nullable");
        }
    }
    schema.kind = kinds.join(" or ");
}

/// Adds the values that are allowed.
fn values(at: At<'_>, schema: &mut Schema) {
    let listed = at.items_of("enum").into_iter().chain(at.get("const")).take(MOST);
    schema.values.extend(listed.map(|value| Choice { text: short(value), ..Choice::default() }));
}

/// Returns a value in a line.
fn short(at: At<'_>) -> String {
    match at.node.text() {
        Some(text) => text.to_string(),
        None => lay_out(&at.node.to_json()).split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// Adds the limits of a value, in words.
fn limits(at: At<'_>, limits: &mut Vec<String>) {
    let number = |key: &str| at.get(key).and_then(|value| value.node.text()).map(String::from);
    range(number("minLength"), number("maxLength"), "characters", limits);
    range(number("minItems"), number("maxItems"), "items", limits);
    range(number("minProperties"), number("maxProperties"), "members", limits);
    for (bound, exclusive, at_bound, beyond) in [
        ("minimum", "exclusiveMinimum", "at least", "more than"),
        ("maximum", "exclusiveMaximum", "at most", "less than"),
    ] {
        // In OpenAPI 3.0, the second is a flag of the first; in JSON Schema it is a number of its own.
        match (number(bound), number(exclusive).as_deref()) {
            (Some(value), Some("true")) => limits.push(format!("{beyond} {value}")),
            (value, exclusive) => {
                limits.extend(value.map(|value| format!("{at_bound} {value}")));
                let exclusive = exclusive.filter(|value| *value != "false");
                limits.extend(exclusive.map(|value| format!("{beyond} {value}")));
            }
        }
    }
    limits.extend(number("multipleOf").map(|value| format!("a multiple of {value}")));
    limits.extend(number("pattern").map(|pattern| format!("matches `{}`", pattern.replace('`', "\u{2019}"))));
    if at.flag("uniqueItems") {
        limits.push("no item twice".into());
    }
    limits.extend(number("contentMediaType").map(|media| format!("holds {media}")));
    limits.extend(number("contentEncoding").map(|encoding| format!("written as {encoding}")));
    limits.extend(number("collectionFormat").map(|format| format!("items separated as {format}")));
}

fn range(least: Option<String>, most: Option<String>, what: &str, limits: &mut Vec<String>) {
    match (least, most) {
        (Some(least), Some(most)) if least == most => limits.push(format!("{least} {what}")),
        (Some(least), Some(most)) => limits.push(format!("{least} to {most} {what}")),
        (Some(least), None) if least != "0" => limits.push(format!("at least {least} {what}")),
        (None, Some(most)) => limits.push(format!("at most {most} {what}")),
        _ => {}
    }
}

/// Returns the variables of a server: name, default and allowed values.
pub(super) fn variables(server: At<'_>) -> Vec<(String, String, Vec<String>)> {
    let variables = server.entries_of("variables").into_iter();
    variables.map(|(name, it)| (name.to_string(), it.text("default"), it.texts("enum"))).collect()
}
