//! Protocol buffers: services, messages and enums of one file. What it imports is named and not read.

use std::collections::BTreeMap;

use miette::Diagnostic as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, UninterpretedOption,
};

use super::anchor::Anchors;
use super::graphql::lower;
use super::model::{Body, Choice, Content, Form, Interface, Member, Named, Operation, Response, Schema};
use super::problem::Problem;

/// The fields of a file's descriptor, by which places in it are named.
const MESSAGES: i32 = 4;
const ENUMS: i32 = 5;
const SERVICES: i32 = 6;
/// Those of a message, a service and an enum.
const FIELDS: i32 = 2;
const NESTED: i32 = 3;
const NESTED_ENUMS: i32 = 4;
const METHODS: i32 = 2;
const VALUES: i32 = 2;

/// Reads a file.
pub(super) fn read(text: &str) -> (Option<Interface>, Vec<Problem>) {
    match protox_parse::parse("interface.proto", text) {
        Ok(file) => (Some(interface(&file)), Vec::new()),
        Err(error) => (None, problems(text, &error)),
    }
}

fn problems(text: &str, error: &protox_parse::ParseError) -> Vec<Problem> {
    let problem = |error: &dyn miette::Diagnostic| {
        let label = error.labels().and_then(|mut labels| labels.next());
        let start = label.as_ref().map_or(text.len(), |label| label.offset().min(text.len()));
        let end = label.map_or(start, |label| (start + label.len()).min(text.len()));
        let problem = Problem::at(0, start, end, lower(&error.to_string()));
        Problem { help: error.help().map(|help| help.to_string()), ..problem }
    };
    let related = error.related().into_iter().flatten();
    std::iter::once(problem(error)).chain(related.map(problem)).collect()
}

/// What is known of a file while it is read.
struct Reading<'a> {
    /// The comments, by the place that they are about.
    comments: BTreeMap<&'a [i32], String>,
    /// The numbers of messages and enums, by their whole names: `.shop.Order.Item`.
    numbers: BTreeMap<String, usize>,
    /// The entries of maps, which are messages that nobody wrote.
    entries: BTreeMap<String, &'a DescriptorProto>,
    package: String,
    is_third: bool,
}

/// A message or an enum, where it is, and in what.
enum Declared<'a> {
    Message(&'a DescriptorProto),
    Enum(&'a EnumDescriptorProto),
}

fn interface(file: &FileDescriptorProto) -> Interface {
    let mut interface = Interface::new(Form::Protobuf);
    let package = file.package().to_string();
    interface.edition = file.syntax.clone().unwrap_or_else(|| "proto2".into());
    interface.title.clone_from(&package);
    interface.version = version(&package);
    let mut reading = Reading {
        comments: comments(file),
        numbers: BTreeMap::new(),
        entries: BTreeMap::new(),
        is_third: file.syntax() == "proto3",
        package: if package.is_empty() { String::new() } else { format!(".{package}") },
    };
    interface.description = reading.comment(&[12]).or_else(|| reading.comment(&[2])).unwrap_or_default();
    let mut declared = Vec::new();
    let scope = reading.package.clone();
    for (number, message) in file.message_type.iter().enumerate() {
        reading.declare(message, &scope, &[MESSAGES, index(number)], &mut declared);
    }
    for (number, it) in file.enum_type.iter().enumerate() {
        declared.push((Declared::Enum(it), format!("{scope}.{}", it.name()), vec![ENUMS, index(number)]));
    }
    for (number, (_, name, _)) in declared.iter().enumerate() {
        reading.numbers.insert(name.clone(), number);
    }
    let mut anchors = Anchors::default();
    services(file, &reading, &mut anchors, &mut interface);
    for (it, name, path) in &declared {
        let schema = match it {
            Declared::Message(message) => reading.message(message, name, path),
            Declared::Enum(it) => reading.values(it, path),
        };
        let name = reading.short(name);
        interface.schemas.push(Named { anchor: anchors.give("schema-", &name), name, schema });
    }
    interface
}

fn services(file: &FileDescriptorProto, reading: &Reading<'_>, anchors: &mut Anchors, to: &mut Interface) {
    for (number, service) in file.service.iter().enumerate() {
        let place = [SERVICES, index(number)];
        let group = to.group(service.name());
        to.groups[group].description = reading.comment(&place).unwrap_or_default();
        for (number, method) in service.method.iter().enumerate() {
            let path = [place[0], place[1], METHODS, index(number)];
            let (sends, answers) = (method.client_streaming(), method.server_streaming());
            let stream = |many: bool| if many { "a stream of " } else { "" };
            let message = |name: &str, many: bool| Content {
                schema: Some(reading.reference(name, &reading.package)),
                description: String::new(),
                name: stream(many).trim().to_string(),
                ..Content::default()
            };
            let anchor = anchors.give("op-", &format!("{} {}", service.name(), method.name()));
            let deprecated =
                method.options.as_ref().is_some_and(|it| is_set(&it.uninterpreted_option, "deprecated"));
            to.operations.push(Operation {
                anchor,
                method: if sends || answers { "STREAM".into() } else { "RPC".into() },
                path: method.name().to_string(),
                description: reading.comment(&path).unwrap_or_default(),
                deprecated,
                group,
                request: Some(Body {
                    required: true,
                    description: String::new(),
                    contents: vec![message(method.input_type(), sends)],
                }),
                responses: vec![Response {
                    status: "returns".into(),
                    contents: vec![message(method.output_type(), answers)],
                    ..Response::default()
                }],
                notes: vec![format!(
                    "Called as `{}/{}`.",
                    format!("{}.{}", reading.package, service.name()).trim_start_matches('.'),
                    method.name()
                )],
                ..Operation::default()
            });
        }
    }
}

impl<'a> Reading<'a> {
    /// Adds a message and what is declared inside it, the outer one first.
    fn declare(
        &mut self,
        message: &'a DescriptorProto,
        scope: &str,
        path: &[i32],
        declared: &mut Vec<(Declared<'a>, String, Vec<i32>)>,
    ) {
        let name = format!("{scope}.{}", message.name());
        if message.options.as_ref().is_some_and(|options| options.map_entry()) {
            self.entries.insert(name, message);
            return;
        }
        let inside = |field: i32, number: usize| [path, &[field, index(number)]].concat();
        declared.push((Declared::Message(message), name.clone(), path.to_vec()));
        for (number, nested) in message.nested_type.iter().enumerate() {
            self.declare(nested, &name, &inside(NESTED, number), declared);
        }
        for (number, it) in message.enum_type.iter().enumerate() {
            let inner = format!("{name}.{}", it.name());
            declared.push((Declared::Enum(it), inner, inside(NESTED_ENUMS, number)));
        }
    }

    fn comment(&self, place: &[i32]) -> Option<String> {
        self.comments.get(place).cloned()
    }

    /// Returns a name without the package.
    fn short(&self, name: &str) -> String {
        name.strip_prefix(&self.package).unwrap_or(name).trim_start_matches('.').to_string()
    }

    fn message(&self, message: &DescriptorProto, name: &str, path: &[i32]) -> Schema {
        let mut schema = Schema {
            kind: "message".into(),
            description: self.comment(path).unwrap_or_default(),
            ..Schema::default()
        };
        if message.options.as_ref().is_some_and(|it| is_set(&it.uninterpreted_option, "deprecated")) {
            schema.flags.push("deprecated");
        }
        for (number, field) in message.field.iter().enumerate() {
            let place = [path, &[FIELDS, index(number)]].concat();
            let mut member = self.field(field, name);
            member.description = self.comment(&place).unwrap_or_default();
            member.limits.insert(0, format!("field {}", field.number()));
            let choice = field.oneof_index.filter(|_| !field.proto3_optional());
            let choice = choice.and_then(|at| message.oneof_decl.get(usize::try_from(at).ok()?));
            member.limits.extend(choice.map(|choice| format!("one of `{}`", choice.name())));
            schema.members.push(Member {
                name: field.name().to_string(),
                required: field.label() == Label::Required && field.label.is_some(),
                schema: member,
                arguments: Vec::new(),
            });
        }
        schema
    }

    fn field(&self, field: &FieldDescriptorProto, scope: &str) -> Schema {
        let mut schema = match field.r#type {
            Some(kind) if !matches!(kind.try_into(), Ok(Type::Message | Type::Enum | Type::Group)) => {
                let name = Type::try_from(kind).map_or("TYPE_UNKNOWN", |kind| kind.as_str_name());
                let kind = name.trim_start_matches("TYPE_").to_ascii_lowercase();
                Schema { kind, ..Schema::default() }
            }
            _ => self.reference(field.type_name(), scope),
        };
        let repeated = field.label() == Label::Repeated;
        if let Some(entry) = self.resolve(field.type_name(), scope).and_then(|name| self.entries.get(&name))
            && repeated
        {
            let part = |number: i32| {
                let mut fields = entry.field.iter().filter(|field| field.number() == number);
                fields.next().map(|field| self.field(field, scope)).unwrap_or_default()
            };
            schema = Schema { kind: format!("map of {} to", part(1).kind), ..Schema::default() };
            schema.items = Some(Box::new(part(2)));
        } else if repeated {
            schema = Schema { kind: "repeated".into(), items: Some(Box::new(schema)), ..Schema::default() };
        }
        if field.options.as_ref().is_some_and(|it| is_set(&it.uninterpreted_option, "deprecated")) {
            schema.flags.push("deprecated");
        }
        if field.proto3_optional()
            || (!self.is_third && field.label.is_some() && field.label() == Label::Optional)
        {
            schema.flags.push("optional");
        }
        schema.default.clone_from(&field.default_value);
        schema
    }

    /// Returns the schema that a message or an enum is named by.
    fn reference(&self, name: &str, scope: &str) -> Schema {
        let found = self.resolve(name, scope);
        let target = found.as_ref().and_then(|name| self.numbers.get(name)).copied();
        let kind = found.map_or_else(|| name.trim_start_matches('.').to_string(), |name| self.short(&name));
        Schema { kind, target, ..Schema::default() }
    }

    /// Returns the whole name of what a name means in a scope: the innermost that has it.
    fn resolve(&self, name: &str, scope: &str) -> Option<String> {
        let known = |name: &str| self.numbers.contains_key(name) || self.entries.contains_key(name);
        if name.is_empty() {
            return None;
        }
        if name.starts_with('.') {
            return known(name).then(|| name.to_string());
        }
        let mut scope = scope;
        loop {
            let whole = format!("{scope}.{name}");
            if known(&whole) {
                return Some(whole);
            }
            scope = scope.rsplit_once('.')?.0;
        }
    }

    fn values(&self, it: &EnumDescriptorProto, path: &[i32]) -> Schema {
        let value = |(number, value): (usize, &prost_types::EnumValueDescriptorProto)| {
            let place = [path, &[VALUES, index(number)]].concat();
            Choice {
                text: format!("{} = {}", value.name(), value.number()),
                description: self.comment(&place).unwrap_or_default(),
                deprecated: value
                    .options
                    .as_ref()
                    .is_some_and(|it| is_set(&it.uninterpreted_option, "deprecated")),
            }
        };
        Schema {
            kind: "enum".into(),
            description: self.comment(path).unwrap_or_default(),
            values: it.value.iter().enumerate().map(value).collect(),
            ..Schema::default()
        }
    }
}

/// Returns the comments of a file: what stands before a declaration, else after it on the line.
fn comments(file: &FileDescriptorProto) -> BTreeMap<&[i32], String> {
    let locations = file.source_code_info.iter().flat_map(|info| &info.location);
    let said = locations.filter_map(|location| {
        let text = location.leading_comments.as_deref().or(location.trailing_comments.as_deref())?;
        // One space after the slashes is a matter of style; more would be code in Markdown.
        let lines = text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        let text = lines.collect::<Vec<_>>().join("\n").trim().to_string();
        (!text.is_empty()).then_some((location.path.as_slice(), text))
    });
    let mut comments = BTreeMap::new();
    for (place, text) in said {
        comments.entry(place).or_insert(text);
    }
    comments
}

/// Returns whether an option is true. A file is read alone, so that its options are names and values as they are written.
fn is_set(options: &[UninterpretedOption], name: &str) -> bool {
    options.iter().any(|option| {
        let named = matches!(option.name.as_slice(), [part] if part.name_part == name && !part.is_extension);
        named && option.identifier_value() == "true"
    })
}

/// Returns the version that a package ends with, as in `shop.payment.v1`.
fn version(package: &str) -> String {
    let last = package.rsplit('.').next().unwrap_or_default();
    let digits = last.strip_prefix('v').unwrap_or_default();
    if digits.starts_with(|c: char| c.is_ascii_digit()) { last.to_string() } else { String::new() }
}

fn index(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
