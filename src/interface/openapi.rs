//! OpenAPI 3.0, 3.1 and 3.2, and its forerunner, Swagger 2.

use super::body::servers;
use super::model::{Form, Interface, Operation, Server};
use super::reader::{At, Reader};
use super::security;

/// The methods that a path may have, in the order in which they are shown.
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "trace", "query"];

/// The most operations that are kept.
const MOST: usize = 5_000;

/// What holds for every operation.
struct Common {
    security: Vec<String>,
    consumes: Vec<String>,
    produces: Vec<String>,
}

/// Reads a description.
pub(super) fn read(reader: &mut Reader<'_>) -> Interface {
    let main = reader.main();
    let form = reader.form;
    let mut interface = Interface::new(form);
    interface.edition = main.text(if form == Form::Swagger { "swagger" } else { "openapi" });
    reader.information(&mut interface);
    let components = if form == Form::Swagger { Some(main) } else { main.get("components") };
    let (schemas, schemes) = match form {
        Form::Swagger => ("definitions", "securityDefinitions"),
        _ => ("schemas", "securitySchemes"),
    };
    interface.servers = if form == Form::Swagger { old_servers(main) } else { servers(main) };
    interface.schemes = reader.schemes(components, schemes);
    for tag in main.items_of("tags") {
        let number = interface.group(&tag.text("name"));
        interface.groups[number].description = tag.text("description");
    }
    for (name, schema) in components.map(|it| it.entries_of(schemas)).unwrap_or_default() {
        reader.number(schema, name);
    }
    let common = Common {
        security: security::asked(main).unwrap_or_default(),
        consumes: main.texts("consumes"),
        produces: main.texts("produces"),
    };
    for (path, item) in main.entries_of("paths") {
        paths(reader, &mut interface, &common, path, item, None);
    }
    for (name, item) in main.entries_of("webhooks") {
        paths(reader, &mut interface, &common, name, item, Some("Webhooks"));
    }
    reader.read_named(&mut interface);
    interface.arrange();
    interface
}

/// Reads the operations of a path; `group` is theirs unless they have a tag.
fn paths<'a>(
    reader: &mut Reader<'a>,
    interface: &mut Interface,
    common: &Common,
    path: &str,
    item: At<'a>,
    group: Option<&str>,
) {
    for mut operation in operations(reader, common, path, item) {
        let (own, mut operation_at) = (operation.1, std::mem::take(&mut operation.0));
        if interface.operations.len() >= MOST {
            reader.wrong(own, "this description has too many operations: the rest is left out", "split it");
            return;
        }
        let tag = own.texts("tags").into_iter().next();
        operation_at.group = interface.group(tag.as_deref().or(group).unwrap_or_default());
        if group.is_some() {
            operation_at.notes.push("A webhook: this interface calls you.".into());
        }
        interface.operations.push(operation_at);
    }
}

/// Returns the operations of a path, each with its place.
fn operations<'a>(
    reader: &mut Reader<'a>,
    common: &Common,
    path: &str,
    item: At<'a>,
) -> Vec<(Operation, At<'a>)> {
    let Some(item) = reader.resolve(item) else { return Vec::new() };
    let shared = item.items_of("parameters");
    let mut found = Vec::new();
    for (key, at) in item.entries() {
        let listed = METHODS.contains(&key).then(|| vec![(key, at)]);
        let more = if key == "additionalOperations" { at.entries().collect() } else { Vec::new() };
        for (method, at) in listed.unwrap_or(more) {
            found.push((operation(reader, common, (method, path), &shared, at), at));
        }
    }
    // As they are written, but for methods of one path: those that read come first.
    found.sort_by_key(|(operation, _)| {
        METHODS.iter().position(|method| operation.method.eq_ignore_ascii_case(method))
    });
    found
}

fn operation<'a>(
    reader: &mut Reader<'a>,
    common: &Common,
    (method, path): (&str, &str),
    shared: &[At<'a>],
    at: At<'a>,
) -> Operation {
    let mut operation = Operation {
        method: method.to_ascii_uppercase(),
        path: path.to_string(),
        name: at.text("operationId"),
        summary: at.text("summary"),
        description: at.text("description"),
        deprecated: at.flag("deprecated"),
        servers: servers(at),
        security: security::asked(at).unwrap_or_else(|| common.security.clone()),
        ..Operation::default()
    };
    let anchor = if operation.name.is_empty() { format!("{method} {path}") } else { operation.name.clone() };
    operation.anchor = reader.anchors.give("op-", &anchor);
    let own = at.items_of("parameters");
    let parameters = reader.parameters(shared, &own);
    for parameter in &parameters {
        if !matches!(parameter.text("in").as_str(), "body" | "formData") {
            operation.parameters.push(reader.parameter(*parameter));
        }
    }
    let place = |name: &str| ["path", "query", "header", "cookie"].iter().position(|place| *place == name);
    operation.parameters.sort_by_key(|parameter| place(&parameter.place));
    let or = |own: Vec<String>, common: &[String]| if own.is_empty() { common.to_vec() } else { own };
    if reader.form == Form::Swagger {
        operation.request = reader.old_request(&parameters, &or(at.texts("consumes"), &common.consumes));
    } else {
        operation.request = reader.request(at);
    }
    let produces = or(at.texts("produces"), &common.produces);
    operation.responses = reader.responses(at, &produces);
    if operation.responses.is_empty() && method != "trace" {
        reader.wrong(at, format!("`{} {path}` has no response", operation.method), "say what comes back");
    }
    callbacks(reader, common, &mut operation, at);
    operation
}

/// Adds what is called back. What a callback calls back itself is not followed.
fn callbacks<'a>(reader: &mut Reader<'a>, common: &Common, operation: &mut Operation, at: At<'a>) {
    for (name, callback) in at.entries_of("callbacks") {
        let Some(callback) = reader.resolve(callback) else { continue };
        for (expression, item) in callback.entries() {
            let Some(item) = reader.resolve(item) else { continue };
            for (method, at) in item.entries().filter(|(method, _)| METHODS.contains(method)) {
                let anchor = format!("{} {name}", operation.anchor);
                operation.callbacks.push(Operation {
                    anchor: reader.anchors.give("", &anchor),
                    method: method.to_ascii_uppercase(),
                    path: expression.to_string(),
                    name: name.to_string(),
                    summary: at.text("summary"),
                    description: at.text("description"),
                    deprecated: at.flag("deprecated"),
                    request: reader.request(at),
                    responses: reader.responses(at, &common.produces),
                    ..Operation::default()
                });
            }
        }
    }
}

/// Returns where an interface of Swagger is served.
fn old_servers(main: At<'_>) -> Vec<Server> {
    let (host, path) = (main.text("host"), main.text("basePath"));
    if host.is_empty() && path.is_empty() {
        return Vec::new();
    }
    let mut schemes = main.texts("schemes");
    if schemes.is_empty() {
        schemes.push("https".into());
    }
    let address = |scheme: String| match host.as_str() {
        "" => path.clone(),
        host => format!("{scheme}://{host}{path}"),
    };
    let mut servers: Vec<Server> =
        schemes.into_iter().map(|scheme| Server { address: address(scheme), ..Server::default() }).collect();
    servers.dedup();
    servers
}
