//! What an interface description says, whatever it is written in.

use serde_json::Value;

/// What a description is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// OpenAPI 3.
    OpenApi,
    /// OpenAPI 2, called Swagger.
    Swagger,
    /// AsyncAPI 2 or 3.
    AsyncApi,
    /// A schema in GraphQL's own language.
    GraphQl,
    /// Protocol buffers.
    Protobuf,
}

impl Form {
    /// Returns the name that people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenApi => "OpenAPI",
            Self::Swagger => "Swagger",
            Self::AsyncApi => "AsyncAPI",
            Self::GraphQl => "GraphQL",
            Self::Protobuf => "Protocol Buffers",
        }
    }
}

/// An interface, as its description says. A text that is not given is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Interface {
    /// What it is written in.
    pub form: Form,
    /// The version of that, such as `3.1.0`.
    pub edition: String,
    /// What it is called.
    pub title: String,
    /// Its own version.
    pub version: String,
    /// What it is for, in Markdown.
    pub description: String,
    /// Addresses that say more, each with what is there.
    pub links: Vec<(String, String)>,
    /// Where it is served.
    pub servers: Vec<Server>,
    /// The ways to say who one is.
    pub schemes: Vec<Scheme>,
    /// Parts that operations belong to, in the order in which they are shown.
    pub groups: Vec<Group>,
    /// What can be done, in the order of the groups.
    pub operations: Vec<Operation>,
    /// The schemas that have a name.
    pub schemas: Vec<Named>,
}

impl Interface {
    /// Returns a description that says nothing yet.
    pub(super) fn new(form: Form) -> Self {
        Self {
            form,
            edition: String::new(),
            title: String::new(),
            version: String::new(),
            description: String::new(),
            links: Vec::new(),
            servers: Vec::new(),
            schemes: Vec::new(),
            groups: Vec::new(),
            operations: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// Returns the number of the group called `name`, which is added when it is new.
    pub(super) fn group(&mut self, name: &str) -> usize {
        let known = self.groups.iter().position(|group| group.name == name);
        known.unwrap_or_else(|| {
            self.groups.push(Group { name: name.to_string(), description: String::new() });
            self.groups.len() - 1
        })
    }

    /// Puts the operations in the order of their groups, and drops groups without any.
    pub(super) fn arrange(&mut self) {
        self.operations.sort_by_key(|operation| operation.group);
        let mut kept = Vec::new();
        for (number, group) in std::mem::take(&mut self.groups).into_iter().enumerate() {
            let mut used = false;
            for operation in self.operations.iter_mut().filter(|operation| operation.group == number) {
                operation.group = kept.len();
                used = true;
            }
            if used {
                kept.push(group);
            }
        }
        self.groups = kept;
    }
}

/// Where an interface is served.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Server {
    /// The address, which may have `{variables}`.
    pub address: String,
    /// What is spoken there, when the address does not say.
    pub protocol: String,
    /// What it is for.
    pub description: String,
    /// The variables: name, default and allowed values.
    pub variables: Vec<(String, String, Vec<String>)>,
}

/// A way to say who one is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scheme {
    /// What operations call it.
    pub name: String,
    /// What it is, in a few words: `API key in the header X-Key`.
    pub kind: String,
    /// More about it, in Markdown.
    pub description: String,
}

/// A part of an interface: a tag, a service, a kind of operation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    /// What it is called; empty for what belongs nowhere.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
}

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Operation {
    /// The part of an address that leads to it.
    pub anchor: String,
    /// How: `GET`, `SEND`, `QUERY`, `RPC`.
    pub method: String,
    /// What with: the path, the channel, the field, the call.
    pub path: String,
    /// Its identifier in code.
    pub name: String,
    /// What it does, in a few words.
    pub summary: String,
    /// What it does, in Markdown.
    pub description: String,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// The group that it belongs to.
    pub group: usize,
    /// What is said besides the body.
    pub parameters: Vec<Parameter>,
    /// What is sent.
    pub request: Option<Body>,
    /// What comes back, by status.
    pub responses: Vec<Response>,
    /// What is asked of the caller: one of these, each the names of schemes with their scopes.
    pub security: Vec<String>,
    /// Where it is served, when that differs.
    pub servers: Vec<Server>,
    /// What is called back.
    pub callbacks: Vec<Operation>,
    /// More that is to be known, in a few words each.
    pub notes: Vec<String>,
}

/// A value that is said by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it is said: `path`, `query`, `header`, `cookie`, `argument`.
    pub place: String,
    /// Whether it must be said.
    pub required: bool,
    /// Whether it should no longer be said.
    pub deprecated: bool,
    /// What it means, in Markdown.
    pub description: String,
    /// What it may be.
    pub schema: Schema,
    /// Some that are given.
    pub examples: Vec<Example>,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Body {
    /// Whether there must be one.
    pub required: bool,
    /// What it is, in Markdown.
    pub description: String,
    /// How it may be written.
    pub contents: Vec<Content>,
}

/// One way to write a body, or one message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Content {
    /// The media type; empty when there is but one way.
    pub media: String,
    /// What the message is called.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
    /// What it is made of.
    pub schema: Option<Schema>,
    /// What is said beside it.
    pub headers: Vec<Parameter>,
    /// Some that are given.
    pub examples: Vec<Example>,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Response {
    /// When: `200`, `4XX`, `default`, `returns`.
    pub status: String,
    /// What it means, in Markdown.
    pub description: String,
    /// What is said beside the body.
    pub headers: Vec<Parameter>,
    /// How the body may be written.
    pub contents: Vec<Content>,
}

/// An example that is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Example {
    /// What it is called, if anything.
    pub name: String,
    /// The example itself: JSON is laid out, other text as it is. Empty when it is elsewhere.
    pub text: String,
    /// Where it is, when it is elsewhere.
    pub address: String,
}

/// A schema that has a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Named {
    /// The part of an address that leads to it.
    pub anchor: String,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub schema: Schema,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// The number of the named schema that this stands for, among [`Interface::schemas`].
    pub target: Option<usize>,
    /// The type as it is written, or the name of the schema that this stands for.
    pub kind: String,
    /// What texts and numbers stand for: `date-time`, `int64`.
    pub format: String,
    /// What it is called, when that is not its name.
    pub title: String,
    /// What it is, in Markdown.
    pub description: String,
    /// What is to be known: `nullable`, `read only`, `deprecated`.
    pub flags: Vec<&'static str>,
    /// What limits it, in a few words each; names in backticks.
    pub limits: Vec<String>,
    /// The values that it may have, when they can be counted.
    pub values: Vec<Choice>,
    /// What it is when it is not said.
    pub default: Option<String>,
    /// Values that are given as examples.
    pub examples: Vec<Value>,
    /// What an object is made of.
    pub members: Vec<Member>,
    /// What the items of a list are.
    pub items: Option<Box<Schema>>,
    /// What other members of an object are.
    pub others: Option<Box<Schema>>,
    /// What it is composed of: `all of`, `one of`, `any of`, `not`.
    pub composed: Vec<(&'static str, Vec<Schema>)>,
    /// Where it is described, when that is outside the catalog.
    pub address: String,
}

/// A value that a schema allows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// The value.
    pub text: String,
    /// What it means, in Markdown.
    pub description: String,
    /// Whether it should no longer be used.
    pub deprecated: bool,
}

/// A part of an object.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub schema: Schema,
    /// What may be said to get it.
    pub arguments: Vec<Parameter>,
}
