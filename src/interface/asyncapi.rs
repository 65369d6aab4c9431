//! AsyncAPI 2 and 3.

use super::message::reference_name;
use super::model::{Body, Content, Form, Interface, Operation, Parameter, Response, Schema, Server};
use super::reader::{At, Reader};
use super::schema::variables;
use super::security;

/// Reads a description.
pub(super) fn read(reader: &mut Reader<'_>) -> Interface {
    let main = reader.main();
    let mut interface = Interface::new(Form::AsyncApi);
    interface.edition = main.text("asyncapi");
    reader.information(&mut interface);
    interface.servers = servers(reader, main);
    let components = main.get("components");
    interface.schemes = reader.schemes(components, "securitySchemes");
    for (name, schema) in components.map(|it| it.entries_of("schemas")).unwrap_or_default() {
        reader.number(schema, name);
    }
    if interface.edition.starts_with('2') {
        for (address, channel) in main.entries_of("channels") {
            channel_of_2(reader, &mut interface, address, channel);
        }
    } else {
        operations_of_3(reader, &mut interface, main);
    }
    reader.read_named(&mut interface);
    interface.arrange();
    interface
}

fn servers<'a>(reader: &mut Reader<'a>, main: At<'a>) -> Vec<Server> {
    let mut servers = Vec::new();
    for (name, server) in main.entries_of("servers") {
        let Some(server) = reader.resolve(server) else { continue };
        let address = match server.text("url").as_str() {
            "" => format!("{}{}", server.text("host"), server.text("pathname")),
            url => url.to_string(),
        };
        let description = match server.text("description").as_str() {
            "" => name.to_string(),
            text => text.to_string(),
        };
        let protocol = [server.text("protocol"), server.text("protocolVersion")];
        servers.push(Server {
            address,
            protocol: protocol.join(" ").trim().to_string(),
            description,
            variables: variables(server),
        });
    }
    servers
}

/// Reads what can be done with a channel, as AsyncAPI 2 says it.
fn channel_of_2<'a>(reader: &mut Reader<'a>, interface: &mut Interface, address: &str, channel: At<'a>) {
    let Some(channel) = reader.resolve(channel) else { return };
    for key in ["subscribe", "publish"] {
        let Some(at) = channel.get(key) else { continue };
        let mut operation = operation(reader, at, &key.to_ascii_uppercase(), address);
        operation.parameters = parameters(reader, channel);
        if operation.description.is_empty() {
            operation.description = channel.text("description");
        }
        let messages: Vec<Content> =
            at.get("message").map(|message| reader.messages(message, "")).unwrap_or_default();
        operation.request = body(messages);
        notes(at, channel, &mut operation.notes);
        operation.group = interface.group(&tag(reader, at));
        interface.operations.push(operation);
    }
}

/// Reads the operations of AsyncAPI 3; without any, what its channels carry.
fn operations_of_3<'a>(reader: &mut Reader<'a>, interface: &mut Interface, main: At<'a>) {
    for (name, at) in main.entries_of("operations") {
        let Some(at) = reader.resolve(at) else { continue };
        let Some(channel) = at.get("channel").and_then(|channel| reader.resolve(channel)) else {
            reader.wrong(at, format!("the operation `{name}` has no channel"), "refer to one by `channel`");
            continue;
        };
        let address = address(channel, at.get("channel"));
        let mut operation = operation(reader, at, &at.text("action").to_ascii_uppercase(), &address);
        if operation.name.is_empty() {
            operation.name = name.to_string();
        }
        operation.parameters = parameters(reader, channel);
        let listed = at.items_of("messages");
        operation.request = body(match listed.is_empty() {
            true => carried(reader, channel),
            false => listed.into_iter().flat_map(|message| reader.messages(message, "")).collect(),
        });
        operation.responses.extend(reply(reader, at));
        notes(at, channel, &mut operation.notes);
        operation.group = interface.group(&tag(reader, at));
        interface.operations.push(operation);
    }
    if !interface.operations.is_empty() {
        return;
    }
    for (name, channel) in main.entries_of("channels") {
        let Some(channel) = reader.resolve(channel) else { continue };
        let address = match channel.text("address").as_str() {
            "" => name.to_string(),
            address => address.to_string(),
        };
        let mut operation = operation(reader, channel, "CHANNEL", &address);
        operation.parameters = parameters(reader, channel);
        operation.request = body(carried(reader, channel));
        operation.group = interface.group(&tag(reader, channel));
        interface.operations.push(operation);
    }
}

fn operation<'a>(reader: &mut Reader<'a>, at: At<'a>, method: &str, address: &str) -> Operation {
    let name = at.text("operationId");
    let anchor = if name.is_empty() { format!("{method} {address}") } else { name.clone() };
    let summary = [at.text("title"), at.text("summary")].into_iter().find(|text| !text.is_empty());
    Operation {
        anchor: reader.anchors.give("op-", &anchor),
        method: method.to_string(),
        path: address.to_string(),
        name,
        summary: summary.unwrap_or_default(),
        description: at.text("description"),
        deprecated: at.flag("deprecated"),
        security: security::asked(at).unwrap_or_default(),
        ..Operation::default()
    }
}

/// Returns the address of a channel of AsyncAPI 3: its own, else the name that it is referred to by.
fn address(channel: At<'_>, reference: Option<At<'_>>) -> String {
    let own = channel.text("address");
    if own.is_empty() { reference.map(reference_name).unwrap_or_default() } else { own }
}

fn parameters<'a>(reader: &mut Reader<'a>, channel: At<'a>) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for (name, at) in channel.entries_of("parameters") {
        let Some(at) = reader.resolve(at) else { continue };
        let schema = reader.schema_at(at, "schema").unwrap_or_else(|| {
            // In AsyncAPI 3, parameters are texts, and what would be their schema stands beside the name.
            Schema { kind: "string".into(), description: String::new(), ..reader.schema(at) }
        });
        parameters.push(Parameter {
            name: name.to_string(),
            place: "channel".into(),
            required: true,
            description: at.text("description"),
            schema: Schema { description: String::new(), ..schema },
            ..Parameter::default()
        });
    }
    parameters
}

/// Returns all messages that a channel carries.
fn carried<'a>(reader: &mut Reader<'a>, channel: At<'a>) -> Vec<Content> {
    let messages = channel.entries_of("messages");
    messages.into_iter().flat_map(|(name, message)| reader.messages(message, name)).collect()
}

fn body(contents: Vec<Content>) -> Option<Body> {
    (!contents.is_empty()).then(|| Body { required: false, description: String::new(), contents })
}

/// Returns what is replied, and where.
fn reply<'a>(reader: &mut Reader<'a>, at: At<'a>) -> Option<Response> {
    let reply = reader.resolve(at.get("reply")?)?;
    let written = reply.get("channel");
    let channel = written.and_then(|channel| reader.resolve(channel));
    let listed = reply.items_of("messages");
    let contents = match channel {
        Some(channel) if listed.is_empty() => carried(reader, channel),
        _ => listed.into_iter().flat_map(|message| reader.messages(message, "")).collect(),
    };
    let place = match (channel, reply.get("address")) {
        (Some(channel), _) => format!("On `{}`.", address(channel, written)),
        (None, Some(at)) => format!("On the address in `{}`.", at.text("location")),
        _ => String::new(),
    };
    Some(Response { status: "reply".into(), description: place, headers: Vec::new(), contents })
}

/// Returns the first tag.
fn tag<'a>(reader: &mut Reader<'a>, at: At<'a>) -> String {
    let first = at.items_of("tags").into_iter().next().and_then(|tag| reader.resolve(tag));
    first.map(|tag| tag.text("name")).unwrap_or_default()
}

/// Adds what is said for one protocol only: `Kafka: groupId is …`.
fn notes(at: At<'_>, channel: At<'_>, notes: &mut Vec<String>) {
    for bindings in [at, channel] {
        for (protocol, binding) in bindings.entries_of("bindings") {
            let scalars = binding.entries().filter_map(|(key, value)| Some((key, value.node.text()?)));
            let said: Vec<String> = scalars
                .filter(|(key, _)| *key != "bindingVersion")
                .map(|(key, value)| format!("{key} is {value}"))
                .collect();
            if !said.is_empty() {
                notes.push(format!("{protocol}: {}", said.join(", ")));
            }
        }
    }
}
