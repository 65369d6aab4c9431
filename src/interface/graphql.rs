//! Schemas in GraphQL's own language. Types that are extended are read as one.

use std::collections::BTreeMap;

use apollo_parser::Parser;
use apollo_parser::cst::{self, CstNode, Definition};

use super::anchor::Anchors;
use super::model::{Choice, Content, Form, Interface, Member, Named, Operation, Parameter, Response, Schema};
use super::problem::{MOST, Problem};
use crate::yaml::MAX_BYTES;

/// How deep types and values may be nested.
const DEEPEST: usize = 100;

/// The most tokens of a schema.
const MOST_TOKENS: usize = 2_000_000;

/// The types that are operations, by what they are called unless the schema says otherwise.
const ROOTS: [(&str, &str); 3] =
    [("Query", "Queries"), ("Mutation", "Mutations"), ("Subscription", "Subscriptions")];

/// What is known of a type before its references are.
#[derive(Default)]
struct Draft {
    schema: Schema,
    deprecated: BTreeMap<String, String>,
}

/// The types of a schema, in the order in which they are first named.
#[derive(Default)]
struct Types {
    order: Vec<String>,
    drafts: BTreeMap<String, Draft>,
    description: String,
    /// What the schema calls its queries, mutations and subscriptions.
    roots: [Option<String>; 3],
    /// Whether anything but operations and fragments is there.
    any: bool,
}

/// Reads a schema.
pub(super) fn read(text: &str) -> (Option<Interface>, Vec<Problem>) {
    debug_assert!(text.len() <= MAX_BYTES, "what is larger is not loaded");
    let tree = Parser::new(text).recursion_limit(DEEPEST).token_limit(MOST_TOKENS).parse();
    let mut problems: Vec<Problem> = tree.errors().take(MOST).map(|error| problem(text, error)).collect();
    let mut types = Types::default();
    for definition in tree.document().definitions() {
        types.take(definition);
    }
    if !types.any {
        if problems.is_empty() {
            let message = "this file has no type, so it describes no interface";
            problems.push(Problem::at(0, 0, 0, message).help("queries of a client are no description"));
        }
        return (None, problems);
    }
    (Some(types.interface()), problems)
}

fn problem(text: &str, error: &apollo_parser::Error) -> Problem {
    let start = error.index().min(text.len());
    let end = (start + error.data().len()).min(text.len());
    let message = match error.is_limit() {
        true => "this schema is too large or nested too deep".to_string(),
        false => lower(error.message()),
    };
    Problem::at(0, start, end, message)
}

/// Returns a message as ours are: a small letter first.
pub(super) fn lower(message: &str) -> String {
    let mut characters = message.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    first + characters.as_str().trim_end_matches('.')
}

/// Adds the definition or extension of a type, which differ by their types but not by their methods.
macro_rules! draft {
    ($types:expr, $kind:literal, $it:expr) => {{
        let name = $it.name().map(|name| name.text().to_string()).unwrap_or_default();
        let draft = $types.draft(&name);
        draft.schema.kind = $kind.into();
        draft
    }};
}

impl Types {
    fn draft(&mut self, name: &str) -> &mut Draft {
        self.any = true;
        if !self.drafts.contains_key(name) {
            self.order.push(name.to_string());
        }
        self.drafts.entry(name.to_string()).or_default()
    }

    fn take(&mut self, definition: Definition) {
        match definition {
            Definition::OperationDefinition(_) | Definition::FragmentDefinition(_) => {}
            Definition::DirectiveDefinition(_) => self.any = true,
            Definition::SchemaDefinition(it) => {
                self.any = true;
                self.description = description(it.description());
                self.roots(it.root_operation_type_definitions());
            }
            Definition::SchemaExtension(it) => {
                self.any = true;
                self.roots(it.root_operation_type_definitions());
            }
            Definition::ScalarTypeDefinition(it) => {
                let draft = draft!(self, "scalar", it);
                draft.schema.description = description(it.description());
                let url = argument(it.directives(), "specifiedBy", "url");
                draft.schema.limits.extend(url.map(|url| format!("as `{url}` says")));
            }
            Definition::ScalarTypeExtension(it) => {
                draft!(self, "scalar", it);
            }
            Definition::ObjectTypeDefinition(it) => {
                let draft = draft!(self, "type", it);
                draft.schema.description = description(it.description());
                draft.implements(it.implements_interfaces());
                draft.fields(it.fields_definition());
            }
            Definition::ObjectTypeExtension(it) => {
                let draft = draft!(self, "type", it);
                draft.implements(it.implements_interfaces());
                draft.fields(it.fields_definition());
            }
            Definition::InterfaceTypeDefinition(it) => {
                let draft = draft!(self, "interface", it);
                draft.schema.description = description(it.description());
                draft.implements(it.implements_interfaces());
                draft.fields(it.fields_definition());
            }
            Definition::InterfaceTypeExtension(it) => {
                draft!(self, "interface", it).fields(it.fields_definition());
            }
            Definition::UnionTypeDefinition(it) => {
                let draft = draft!(self, "union", it);
                draft.schema.description = description(it.description());
                draft.union(it.union_member_types());
            }
            Definition::UnionTypeExtension(it) => draft!(self, "union", it).union(it.union_member_types()),
            Definition::EnumTypeDefinition(it) => {
                let draft = draft!(self, "enum", it);
                draft.schema.description = description(it.description());
                draft.values(it.enum_values_definition());
            }
            Definition::EnumTypeExtension(it) => draft!(self, "enum", it).values(it.enum_values_definition()),
            Definition::InputObjectTypeDefinition(it) => {
                let draft = draft!(self, "input", it);
                draft.schema.description = description(it.description());
                draft.inputs(it.input_fields_definition());
            }
            Definition::InputObjectTypeExtension(it) => {
                draft!(self, "input", it).inputs(it.input_fields_definition());
            }
        }
    }

    fn roots(&mut self, roots: cst::CstChildren<cst::RootOperationTypeDefinition>) {
        for root in roots {
            let name = root.named_type().and_then(|named| named.name()).map(|name| name.text().to_string());
            let Some(kind) = root.operation_type() else { continue };
            let tokens = [kind.query_token(), kind.mutation_token(), kind.subscription_token()];
            if let Some(at) = tokens.iter().position(Option::is_some) {
                self.roots[at] = name;
            }
        }
    }

    /// Returns what these types describe.
    fn interface(mut self) -> Interface {
        let mut interface = Interface::new(Form::GraphQl);
        interface.description = std::mem::take(&mut self.description);
        let roots: Vec<String> = ROOTS
            .iter()
            .zip(&self.roots)
            .map(|((usual, _), said)| said.clone().unwrap_or_else(|| usual.to_string()))
            .collect();
        let named: Vec<String> = self.order.iter().filter(|name| !roots.contains(name)).cloned().collect();
        let numbers: BTreeMap<&str, usize> =
            named.iter().enumerate().map(|(number, name)| (name.as_str(), number)).collect();
        let mut anchors = Anchors::default();
        for (root, (usual, group)) in roots.iter().zip(ROOTS) {
            let Some(mut draft) = self.drafts.remove(root) else { continue };
            link(&mut draft.schema, &numbers);
            let number = interface.group(group);
            interface.groups[number].description = std::mem::take(&mut draft.schema.description);
            for member in draft.schema.members {
                let reason = draft.deprecated.get(&member.name).cloned();
                let operation = operation(&usual.to_ascii_uppercase(), member, reason, number);
                let anchor = anchors.give("op-", &format!("{} {}", operation.method, operation.path));
                interface.operations.push(Operation { anchor, ..operation });
            }
        }
        for name in &named {
            let Some(mut draft) = self.drafts.remove(name) else { continue };
            link(&mut draft.schema, &numbers);
            let anchor = anchors.give("schema-", name);
            interface.schemas.push(Named { anchor, name: name.clone(), schema: draft.schema });
        }
        interface
    }
}

/// Returns the field of a root type as an operation.
fn operation(method: &str, member: Member, reason: Option<String>, group: usize) -> Operation {
    let deprecated = member.schema.flags.contains(&"deprecated");
    let mut answer = Schema { description: String::new(), flags: Vec::new(), ..member.schema.clone() };
    if !member.required {
        answer.flags.push("nullable");
    }
    let content = Content { schema: Some(answer), ..Content::default() };
    Operation {
        method: method.to_string(),
        path: member.name.clone(),
        description: member.schema.description,
        deprecated,
        group,
        parameters: member.arguments,
        responses: vec![Response {
            status: "returns".into(),
            contents: vec![content],
            ..Response::default()
        }],
        notes: reason.into_iter().map(|reason| format!("Deprecated: {reason}")).collect(),
        ..Operation::default()
    }
}

impl Draft {
    fn implements(&mut self, interfaces: Option<cst::ImplementsInterfaces>) {
        let named = interfaces.into_iter().flat_map(|it| it.named_types());
        let schemas: Vec<Schema> = named.map(|named| named_type(&named)).collect();
        if !schemas.is_empty() {
            self.schema.composed.push(("implements", schemas));
        }
    }

    fn union(&mut self, members: Option<cst::UnionMemberTypes>) {
        let schemas: Vec<Schema> =
            members.into_iter().flat_map(|it| it.named_types()).map(|named| named_type(&named)).collect();
        if !schemas.is_empty() {
            self.schema.composed.push(("one of", schemas));
        }
    }

    fn fields(&mut self, fields: Option<cst::FieldsDefinition>) {
        for field in fields.into_iter().flat_map(|it| it.field_definitions()) {
            let name = field.name().map(|name| name.text().to_string()).unwrap_or_default();
            let (mut schema, required) = type_of(field.ty());
            schema.description = description(field.description());
            if let Some(reason) = deprecated(field.directives()) {
                schema.flags.push("deprecated");
                if !reason.is_empty() {
                    self.deprecated.insert(name.clone(), reason);
                }
            }
            let arguments = field.arguments_definition();
            let arguments = arguments.into_iter().flat_map(|it| it.input_value_definitions());
            let arguments = arguments.map(|value| parameter(&value)).collect();
            self.schema.members.push(Member { name, required, schema, arguments });
        }
    }

    fn inputs(&mut self, fields: Option<cst::InputFieldsDefinition>) {
        for field in fields.into_iter().flat_map(|it| it.input_value_definitions()) {
            let parameter = parameter(&field);
            let mut schema = Schema { description: parameter.description, ..parameter.schema };
            if parameter.deprecated {
                schema.flags.push("deprecated");
            }
            let (name, required) = (parameter.name, parameter.required);
            self.schema.members.push(Member { name, required, schema, arguments: Vec::new() });
        }
    }

    fn values(&mut self, values: Option<cst::EnumValuesDefinition>) {
        for value in values.into_iter().flat_map(|it| it.enum_value_definitions()) {
            let name = value.enum_value().and_then(|it| it.name());
            let mut words = description(value.description());
            let reason = deprecated(value.directives());
            if let Some(reason) = reason.as_ref().filter(|reason| !reason.is_empty()) {
                words = format!("{words}\n\n{reason}").trim().to_string();
            }
            self.schema.values.push(Choice {
                text: name.map(|name| name.text().to_string()).unwrap_or_default(),
                description: words,
                deprecated: reason.is_some(),
            });
        }
    }
}

/// Returns an argument, or the field of an input.
fn parameter(value: &cst::InputValueDefinition) -> Parameter {
    let (mut schema, required) = type_of(value.ty());
    let default = value.default_value().and_then(|it| it.value());
    schema.default = default.map(|value| value.syntax().text().to_string().trim().to_string());
    Parameter {
        name: value.name().map(|name| name.text().to_string()).unwrap_or_default(),
        place: "argument".into(),
        required: required && schema.default.is_none(),
        deprecated: deprecated(value.directives()).is_some(),
        description: description(value.description()),
        schema,
        examples: Vec::new(),
    }
}

/// Returns a type as it is written, and whether it is never null.
fn type_of(written: Option<cst::Type>) -> (Schema, bool) {
    let required = matches!(written, Some(cst::Type::NonNullType(_)));
    let text = written.map(|it| it.syntax().text().to_string()).unwrap_or_default();
    // What stands between the parts of a type means nothing, and may be a comment.
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let kind: String = lines.flat_map(str::chars).filter(|c| !c.is_whitespace() && *c != ',').collect();
    (Schema { kind, ..Schema::default() }, required)
}

fn named_type(named: &cst::NamedType) -> Schema {
    let kind = named.name().map(|name| name.text().to_string()).unwrap_or_default();
    Schema { kind, ..Schema::default() }
}

/// Makes links of the names of types.
fn link(schema: &mut Schema, numbers: &BTreeMap<&str, usize>) {
    let find = |kind: &str| numbers.get(kind.trim_matches(['[', ']', '!'])).copied();
    for member in &mut schema.members {
        member.schema.target = find(&member.schema.kind);
        for argument in &mut member.arguments {
            argument.schema.target = find(&argument.schema.kind);
        }
    }
    for (_, parts) in &mut schema.composed {
        for part in parts {
            part.target = find(&part.kind);
        }
    }
}

fn description(written: Option<cst::Description>) -> String {
    let value = written.and_then(|it| it.string_value());
    value.map(|value| String::from(value).trim().to_string()).unwrap_or_default()
}

/// Returns why something is deprecated, when it is: an empty text when no reason is given.
fn deprecated(directives: Option<cst::Directives>) -> Option<String> {
    let given = directives.clone().into_iter().flat_map(|it| it.directives());
    let mut given = given.filter(|it| it.name().is_some_and(|name| name.text() == "deprecated"));
    given.next()?;
    Some(argument(directives, "deprecated", "reason").unwrap_or_default())
}

/// Returns the text that a directive has as an argument.
fn argument(directives: Option<cst::Directives>, directive: &str, argument: &str) -> Option<String> {
    let mut given = directives.into_iter().flat_map(|it| it.directives());
    let given = given.find(|it| it.name().is_some_and(|name| name.text() == directive))?;
    let mut arguments = given.arguments()?.arguments();
    let argument = arguments.find(|it| it.name().is_some_and(|name| name.text() == argument))?;
    match argument.value()? {
        cst::Value::StringValue(text) => Some(String::from(text)),
        _ => None,
    }
}
