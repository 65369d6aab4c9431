use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::catalog::{self, Loaded as Opened};
use crate::diagnostic::Diagnostics;
use crate::model::config::Config;
use crate::model::instant::Instant;
use crate::worktree::Worktree;

const BLUEPRINT: &str = "
identifier: API
schema:
  properties:
    definition: {type: string, spec: open-api}
    tree: {type: object, spec: async-api}
    grpc: {type: string, format: proto}
";

fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, content) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, content).expect("written");
    }
}

/// Returns the catalog of a folder.
fn open(files: &Worktree, config: Config) -> Opened {
    let (sources, mut found) = (Sources::default(), Diagnostics::default());
    catalog::load(files, config, sources, Instant::default(), &mut found).expect("read")
}

/// Returns the interfaces of the entities of a catalog of these files, and what is wrong, as `place: message`.
fn read(files: &[(&str, &str)]) -> (Vec<(String, Option<Interface>)>, Vec<String>) {
    let root = tempfile::tempdir().expect("a folder");
    write(root.path(), &[("blueprints/API.yaml", BLUEPRINT)]);
    write(root.path(), files);
    let files = Worktree::new(root.path());
    let Opened { catalog, sources, .. } = &open(&files, Config::default());
    let found = find(catalog, sources, &files).expect("listed");
    let mut interfaces = Vec::new();
    let mut wrong = Vec::new();
    for found in &found {
        let loaded = load(catalog, sources, &files, found).expect("loaded");
        let (interface, problems) = loaded.read();
        for problem in &problems {
            let (path, line) = loaded.place(problem, sources);
            wrong.push(format!("{path}:{line}: {}", problem.message));
        }
        interfaces.push((found.name.clone(), interface));
    }
    (interfaces, wrong)
}

/// Returns the interface of the file `api.EXTENSION` with this text, and what is wrong with it.
fn one(extension: &str, text: &str) -> (Interface, Vec<String>) {
    let path = format!("apis/api.{extension}");
    let entity = format!("identifier: a\nproperties: {{definition: {path}}}\n");
    let (mut interfaces, wrong) = read(&[("entities/API/a.yaml", &entity), (&path, text)]);
    let (_, interface) = interfaces.pop().expect("one description");
    (interface.unwrap_or_else(|| panic!("nothing is read: {wrong:?}")), wrong)
}

/// Returns a schema in a line: its kind, limits, values and parts.
fn said(schema: &Schema) -> String {
    let mut text = schema.kind.clone();
    if schema.target.is_some() {
        text.insert(0, '#');
    }
    if !schema.format.is_empty() {
        text += &format!("/{}", schema.format);
    }
    for flag in &schema.flags {
        text += &format!(" +{flag}");
    }
    for limit in &schema.limits {
        text += &format!(" [{limit}]");
    }
    let values: Vec<&str> = schema.values.iter().map(|value| value.text.as_str()).collect();
    if !values.is_empty() {
        text += &format!(" ={}", values.join("|"));
    }
    if let Some(default) = &schema.default {
        text += &format!(" default {default}");
    }
    for inner in [&schema.items, &schema.others].into_iter().flatten() {
        text += &format!(" <{}>", said(inner));
    }
    for (words, parts) in &schema.composed {
        let parts: Vec<String> = parts.iter().map(said).collect();
        text += &format!(" {words}({})", parts.join(", "));
    }
    let members: Vec<String> = schema
        .members
        .iter()
        .map(|member| {
            let star = if member.required { "*" } else { "" };
            format!("{}{star}: {}", member.name, said(&member.schema))
        })
        .collect();
    if !members.is_empty() {
        text += &format!(" {{{}}}", members.join(", "));
    }
    text.trim().to_string()
}

#[test]
fn schemas_of_every_dialect_are_said() {
    for (schema, expected) in [
        ("{type: string, format: date-time}", "string/date-time"),
        ("{type: [string, 'null'], minLength: 1, maxLength: 9}", "string +nullable [1 to 9 characters]"),
        ("{type: 'null'}", "null"),
        ("{type: string, nullable: true}", "string +nullable"),
        ("{type: [string, integer]}", "string or integer"),
        (
            "{minimum: 1, exclusiveMinimum: true, maximum: 9, type: number}",
            "number [more than 1] [at most 9]",
        ),
        ("{type: integer, exclusiveMaximum: 10, multipleOf: 5}", "integer [less than 10] [a multiple of 5]"),
        ("{type: string, pattern: '^a`b$'}", "string [matches `^a\u{2019}b$`]"),
        ("{enum: [a, 1, null, {b: c}]}", "=a|1|null|{ \"b\": \"c\" }"),
        ("{const: x}", "=x"),
        (
            "{type: string, default: x, deprecated: true, readOnly: true}",
            "string +read only +deprecated default x",
        ),
        ("{type: array, items: {type: string}, minItems: 2, maxItems: 2}", "array [2 items] <string>"),
        ("{items: {type: string}}", "array <string>"),
        ("{prefixItems: [{type: string}, true]}", "object {[0]: string, [1]: anything}"),
        ("{properties: {a: {type: string}, b: false}, required: [a]}", "object {a*: string, b: nothing}"),
        ("{additionalProperties: {type: number}}", "object <number>"),
        ("{type: object, additionalProperties: false}", "object [no other members]"),
        ("{allOf: [{$ref: '#/components/schemas/S'}, {type: object}]}", "all of(#S, object)"),
        ("{not: {type: string}, anyOf: [{}]}", "any of() not(string)"),
        ("{$ref: '#/components/schemas/S'}", "#S"),
        ("{$ref: 'https://e.com/x.json#/A'}", "https://e.com/x.json#/A"),
        (
            "{oneOf: [{type: string}], discriminator: {propertyName: kind}}",
            "[told apart by `kind`] one of(string)",
        ),
    ] {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\ncomponents:\n  schemas:\n    S: {schema}\n"
        );
        let (interface, wrong) = one("yaml", &text);
        assert_eq!(said(&interface.schemas[0].schema), expected, "{schema}");
        assert_eq!(wrong, [""; 0], "{schema}");
    }
}

#[test]
fn an_operation_of_openapi_is_read_whole() {
    let (interface, wrong) = one(
        "yaml",
        "
openapi: 3.0.3
info: {title: Carts, version: 1.2.0, contact: {email: a@example.com}}
servers: [{url: 'https://e.com/{v}', variables: {v: {default: v1}}}]
security: [{key: []}, {}]
tags: [{name: B, description: Second}, {name: Unused}, {name: A}]
paths:
  /x/{id}:
    parameters: [{$ref: '#/components/parameters/id'}, {name: q, in: query, schema: {type: string}}]
    post:
      operationId: makeX
      tags: [A]
      deprecated: true
      parameters: [{name: q, in: query, required: true, schema: {type: integer}, example: 3}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/X'}}}}
      responses:
        '201': {description: Made, headers: {Location: {schema: {type: string}}}}
        default: {$ref: '#/components/responses/Bad'}
      callbacks:
        done: {'{$request.body#/url}': {post: {summary: Done, responses: {'200': {description: ok}}}}}
    get: {tags: [B], security: [], responses: {'200': {description: One}}}
components:
  parameters: {id: {name: id, in: path, required: true, schema: {type: string}}}
  responses: {Bad: {description: Wrong, content: {application/json: {example: {a: 1}}}}}
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas: {X: {type: object, properties: {next: {$ref: '#/components/schemas/X'}}}}
",
    );
    assert_eq!(wrong, [""; 0]);
    let lines: Vec<(&str, &str, &str)> = interface
        .operations
        .iter()
        .map(|it| (it.method.as_str(), it.anchor.as_str(), interface.groups[it.group].name.as_str()))
        .collect();
    assert_eq!(lines, [("GET", "op-get-x-id", "B"), ("POST", "op-makeX", "A")]);
    assert_eq!(interface.groups.len(), 2);
    assert_eq!(interface.schemes[0].kind, "API key in the header X-Key");
    let get = &interface.operations[0];
    assert_eq!(get.security, [""; 0]);
    let post = &interface.operations[1];
    assert_eq!(post.security, ["key", "nobody need say who they are"]);
    let parameters: Vec<(&str, &str, bool, &str)> = post
        .parameters
        .iter()
        .map(|it| (it.name.as_str(), it.place.as_str(), it.required, it.schema.kind.as_str()))
        .collect();
    assert_eq!(parameters, [("id", "path", true, "string"), ("q", "query", true, "integer")]);
    assert_eq!(post.parameters[1].examples[0].text, "3");
    assert!(post.deprecated && post.request.as_ref().is_some_and(|body| body.required));
    assert_eq!(post.responses[0].headers[0].name, "Location");
    assert_eq!(post.responses[1].contents[0].examples[0].text, "{\n  \"a\": 1\n}");
    assert_eq!(post.callbacks[0].path, "{$request.body#/url}");
    assert_eq!(said(&interface.schemas[0].schema), "object {next: #X}");
}

#[test]
fn swagger_is_read_as_openapi_is() {
    let (interface, wrong) = one(
        "json",
        r##"{"swagger": "2.0", "info": {"title": "Old", "version": "1"}, "host": "e.com", "basePath": "/v1",
  "consumes": ["application/json"], "securityDefinitions": {"b": {"type": "basic"}},
  "paths": {"/a": {"post": {"parameters": [
    {"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/A"}},
    {"name": "n", "in": "query", "type": "integer", "maximum": 3}],
    "responses": {"200": {"description": "ok", "schema": {"type": "array", "items": {"$ref": "#/definitions/A"}},
      "examples": {"application/json": [1]}}}},
  "put": {"parameters": [{"name": "f", "in": "formData", "type": "file", "required": true}],
    "responses": {"204": {"description": "ok"}}}}},
  "definitions": {"A": {"type": "object"}}}"##,
    );
    assert_eq!(wrong, [""; 0]);
    assert_eq!(interface.servers[0].address, "https://e.com/v1");
    assert_eq!(interface.schemes[0].kind, "name and password");
    let post = &interface.operations[0];
    let body = post.request.as_ref().expect("a body");
    assert_eq!((body.contents[0].media.as_str(), body.required), ("application/json", true));
    assert_eq!(said(&post.parameters[0].schema), "integer [at most 3]");
    let content = &post.responses[0].contents[0];
    assert_eq!(said(content.schema.as_ref().expect("a schema")), "array <#A>");
    assert_eq!(content.examples.len(), 1);
    let form = &interface.operations[1].request.as_ref().expect("a form").contents[0];
    assert_eq!(form.media, "multipart/form-data");
    assert_eq!(said(form.schema.as_ref().expect("a schema")), "object {f*: file}");
}

#[test]
fn channels_of_asyncapi_are_operations() {
    let (interface, wrong) = one(
        "yaml",
        "
asyncapi: 2.6.0
info: {title: Events, version: '1'}
defaultContentType: application/json
channels:
  orders/{country}:
    parameters: {country: {schema: {type: string}}}
    subscribe:
      summary: Follow orders
      message: {oneOf: [{$ref: '#/components/messages/Placed'}, {name: paid, payload: {type: string}}]}
components:
  messages:
    Placed:
      payload: {type: object, properties: {id: {type: string}}}
      headers: {type: object, properties: {trace: {type: string}}}
",
    );
    assert_eq!(wrong, [""; 0]);
    let operation = &interface.operations[0];
    assert_eq!((operation.method.as_str(), operation.path.as_str()), ("SUBSCRIBE", "orders/{country}"));
    assert_eq!(operation.parameters[0].place, "channel");
    let messages = &operation.request.as_ref().expect("messages").contents;
    let names: Vec<&str> = messages.iter().map(|message| message.name.as_str()).collect();
    assert_eq!(names, ["Placed", "paid"]);
    assert_eq!(messages[0].headers[0].name, "trace");
    assert_eq!(messages[1].media, "application/json");
}

#[test]
fn replies_of_asyncapi_3_are_responses() {
    let (interface, wrong) = one(
        "yaml",
        "
asyncapi: 3.0.0
info: {title: Ask, version: '1'}
channels:
  ask: {address: ask, messages: {q: {payload: {type: string}}}}
  answer: {messages: {a: {title: Answer, payload: {type: integer}}}}
operations:
  asking:
    action: send
    channel: {$ref: '#/channels/ask'}
    reply: {channel: {$ref: '#/channels/answer'}}
",
    );
    assert_eq!(wrong, [""; 0]);
    let operation = &interface.operations[0];
    assert_eq!((operation.method.as_str(), operation.path.as_str()), ("SEND", "ask"));
    assert_eq!(operation.name, "asking");
    assert_eq!(operation.responses[0].contents[0].name, "Answer");
    assert_eq!(operation.responses[0].description, "On `answer`.");
}

#[test]
fn graphql_is_read_with_its_extensions() {
    let (interface, wrong) = one(
        "graphql",
        r#"
"All of it"
schema { query: Root }
type Root { "One" a(id: ID!, n: [Int!] = [1]): A! b: U @deprecated(reason: "gone") }
extend type Root { c: Color }
type A implements N { id: ID! list: [A!] }
interface N { id: ID! }
union U = A | B
type B { x: String }
extend type B { y: Int }
enum Color { "Warm" RED BLUE @deprecated }
input I { a: Int = 3, b: String! }
scalar D
"#,
    );
    assert_eq!(wrong, [""; 0]);
    assert_eq!(interface.description, "All of it");
    let lines: Vec<String> = interface
        .operations
        .iter()
        .map(|it| {
            let answer = it.responses[0].contents[0].schema.as_ref().expect("a type");
            format!("{} {} {}", it.method, it.path, said(answer))
        })
        .collect();
    assert_eq!(lines, ["QUERY a #A!", "QUERY b #U +nullable", "QUERY c #Color +nullable"]);
    let a = &interface.operations[0];
    assert_eq!((a.parameters[0].required, a.parameters[1].schema.default.as_deref()), (true, Some("[1]")));
    assert_eq!(interface.operations[1].notes, ["Deprecated: gone"]);
    let schemas: Vec<String> =
        interface.schemas.iter().map(|named| format!("{}: {}", named.name, said(&named.schema))).collect();
    assert_eq!(
        schemas,
        [
            "A: type implements(#N) {id*: ID!, list: #[A!]}",
            "N: interface {id*: ID!}",
            "U: union one of(#A, #B)",
            "B: type {x: String, y: Int}",
            "Color: enum =RED|BLUE",
            "I: input {a: Int default 3, b*: String!}",
            "D: scalar",
        ]
    );
    assert_eq!(query(&interface, a), "query {\n  a(id: \"text\") {\n    id\n  }\n}");
}

#[test]
fn protocol_buffers_are_read_with_their_comments() {
    let (interface, wrong) = one(
        "proto",
        r#"
syntax = "proto3";
package shop.v2;
import "other.proto";
// Sells.
service Shop {
  // Buys one.
  rpc Buy(Order) returns (stream Order.Item);
}
message Order {
  // Which.
  string id = 1 [deprecated = true];
  repeated Item items = 2;
  map<string, Item> by_name = 3;
  oneof by { string card = 4; other.Card gift = 5; }
  optional Kind kind = 6;
  message Item { int64 count = 1; Order of = 2; }
}
enum Kind { NONE = 0; BIG = 1; }
"#,
    );
    assert_eq!(wrong, [""; 0]);
    assert_eq!((interface.title.as_str(), interface.version.as_str()), ("shop.v2", "v2"));
    assert_eq!(interface.groups[0].description, "Sells.");
    let buy = &interface.operations[0];
    assert_eq!((buy.method.as_str(), buy.path.as_str()), ("STREAM", "Buy"));
    assert_eq!(buy.description, "Buys one.");
    assert_eq!(buy.notes, ["Called as `shop.v2.Shop/Buy`."]);
    let schemas: Vec<String> =
        interface.schemas.iter().map(|named| format!("{}: {}", named.name, said(&named.schema))).collect();
    assert_eq!(
        schemas,
        [
            "Order: message {id: string +deprecated [field 1], items: repeated [field 2] <#Order.Item>, \
             by_name: map of string to [field 3] <#Order.Item>, card: string [field 4] [one of `by`], \
             gift: other.Card [field 5] [one of `by`], kind: #Kind +optional [field 6]}",
            "Order.Item: message {count: int64 [field 1], of: #Order [field 2]}",
            "Kind: enum =NONE = 0|BIG = 1",
        ]
    );
    assert_eq!(interface.schemas[0].schema.members[0].schema.description, "Which.");
}

#[test]
fn references_lead_to_files_beside_and_never_out() {
    let (interfaces, wrong) = read(&[
        ("entities/API/a.yaml", "identifier: a\nproperties: {definition: apis/a.yaml}\n"),
        (
            "apis/a.yaml",
            "openapi: 3.1.0
info: {title: A, version: '1'}
components:
  schemas:
    A: {$ref: 'common/b.yaml#/B'}
    C: {$ref: './missing.yaml#/C'}
    D: {$ref: '../../../etc/passwd'}
    E: {$ref: '#/components/schemas/Nothing'}
    F: {$ref: 'https://e.com/f.yaml'}
    G: {$ref: '#/components/schemas/G'}
",
        ),
        ("apis/common/b.yaml", "B: {type: object, properties: {c: {$ref: '#/C'}}}\nC: {type: string}\n"),
    ]);
    let interface = interfaces[0].1.as_ref().expect("read");
    let schemas: Vec<String> =
        interface.schemas.iter().map(|named| format!("{}: {}", named.name, said(&named.schema))).collect();
    assert_eq!(
        schemas,
        [
            "A: #B",
            "C: ./missing.yaml#/C",
            "D: ../../../etc/passwd",
            "E: #/components/schemas/Nothing",
            "F: https://e.com/f.yaml",
            "G: #G",
            "B: object {c: #C}",
            "C: string",
        ]
    );
    assert_eq!(
        wrong,
        [
            "apis/a.yaml:6: `./missing.yaml#/C` does not exist",
            "apis/a.yaml:7: `../../../etc/passwd` lies outside the catalog",
            "apis/a.yaml:8: `#/components/schemas/Nothing` leads to nothing",
        ]
    );
}

#[test]
fn descriptions_are_found_where_they_are() {
    let openapi = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}\n";
    let inline = "  openapi: 3.0.0\n      info: {title: T, version: '1'}\n      paths: {}\n";
    let entities = format!(
        "
- {{identifier: address, properties: {{definition: 'https://e.com/openapi.yaml'}}}}
- {{identifier: file, properties: {{definition: 'file://x/openapi.yaml'}}}}
- identifier: text
  properties:
    definition: |
    {inline}
- {{identifier: tree, properties: {{tree: {{asyncapi: 2.0.0, info: {{title: T}}, channels: {{}}}}}}}}
- {{identifier: grpc, properties: {{grpc: 'message A {{}}'}}}}
- {{identifier: none}}
"
    );
    let root = tempfile::tempdir().expect("a folder");
    write(
        root.path(),
        &[
            ("blueprints/API.yaml", BLUEPRINT),
            ("entities/API/all.yaml", &entities),
            ("x/openapi.yaml", openapi),
            (
                "services/s/portal.yml",
                "identifier: s\nblueprint: API\nproperties: {definition: ./openapi.yaml}\n",
            ),
            ("services/s/openapi.yaml", openapi),
            ("services/s/api/openapi.yaml", openapi),
            ("services/s/proto/s.proto", "message A {}"),
            ("services/s/src/s.proto", "message A {}"),
        ],
    );
    let files = Worktree::new(root.path());
    let config = Config { include: vec!["services/*/portal.yml".into()], ..Config::default() };
    let Opened { catalog, sources, .. } = &open(&files, config);
    let found = find(catalog, sources, &files).expect("listed");
    let lines: Vec<String> = found
        .iter()
        .map(|found| {
            let entity = catalog.entity(found.entity).identifier();
            format!("{entity} {} {:?}", found.name, found.place)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "address definition Address(\"https://e.com/openapi.yaml\")",
            "file openapi File(\"x/openapi.yaml\")",
            "grpc grpc Value",
            "s openapi File(\"services/s/openapi.yaml\")",
            "s openapi~2 File(\"services/s/api/openapi.yaml\")",
            "s s File(\"services/s/proto/s.proto\")",
            "text definition Value",
            "tree tree Value",
        ]
    );
}

#[test]
fn examples_are_made_of_schemas() {
    for (schema, expected) in [
        (
            "{type: object, properties: {a: {type: string, format: date}, b: {type: integer, minimum: 3}}}",
            r#"{"a":"2026-01-31","b":3}"#,
        ),
        ("{type: array, items: {enum: [x, y]}}", r#"["x"]"#),
        (
            "{allOf: [{properties: {a: {type: boolean}}}, {properties: {b: {default: 7}}}]}",
            r#"{"a":true,"b":7}"#,
        ),
        ("{oneOf: [{type: string, examples: [one]}, {type: integer}]}", r#""one""#),
        ("{properties: {again: {$ref: '#/components/schemas/S'}}}", r#"{"again":{}}"#),
        ("{}", "null"),
    ] {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\ncomponents:\n  schemas:\n    S: {schema}\n"
        );
        let (interface, _) = one("yaml", &text);
        let value = derive(&interface, &interface.schemas[0].schema).unwrap_or_default();
        assert_eq!(value.to_string(), expected, "{schema}");
    }
}

#[test]
fn mistakes_have_places() {
    for (extension, text, expected) in [
        ("yaml", "openapi: 3.1.0\ninfo: [\n", "apis/api.yaml:"),
        ("yaml", "a: 1\n", "apis/api.yaml:1: this is no description of an interface that can be read"),
        ("graphql", "type A {\n  a Int\n}\n", "apis/api.graphql:2: "),
        ("graphql", "query { a }", "apis/api.graphql:1: this file has no type, so it describes no interface"),
        ("proto", "message A {\n  string = 1;\n}\n", "apis/api.proto:2: "),
    ] {
        let path = format!("apis/api.{extension}");
        let entity = format!("identifier: a\nproperties: {{definition: {path}}}\n");
        let (_, wrong) = read(&[("entities/API/a.yaml", &entity), (&path, text)]);
        assert!(wrong.first().is_some_and(|first| first.starts_with(expected)), "{text}: {wrong:?}");
    }
}

/// Reads a text as every form, without files.
fn read_all(text: &str) {
    crate::jq::on_deep_stack(|| {
        let _ = graphql::read(text);
        let _ = protobuf::read(text);
    });
}

#[test]
fn deep_and_wide_texts_are_read_in_bounds() {
    for text in [
        "message A {".repeat(50_000),
        "option a = {".to_string() + &"a: {".repeat(50_000),
        "type A { a: ".to_string() + &"[".repeat(50_000),
        "input A { a: Int = ".to_string() + &"{a:".repeat(50_000),
        "type A { a(".to_string() + &"a(".repeat(50_000),
        "{a".repeat(50_000),
        format!("type A {{ {} }}", "a: Int ".repeat(50_000)),
        format!("message A {{ {} }}", "oneof a { int32 b = 1; } ".repeat(5_000)),
    ] {
        read_all(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,80}") {
        read_all(&text);
    }

    #[test]
    fn anything_like_graphql_is_read_without_a_panic(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "type", "A", "{", "}", "a", ":", "[", "]", "!", "(", ")", "=", "\"\"\"", "\"", "\\u", "#", "\n",
                "enum", "union", "|", "input", "extend", "schema", "query", "@deprecated", "implements", "&", "1",
                "interface", "scalar", "directive", "on", "$", "...", "\u{e9}", "\\",
            ]),
            0..40,
        ),
        glue in prop::sample::select(vec!["", " "]),
    ) {
        read_all(&words.join(glue));
    }

    #[test]
    fn anything_like_protocol_buffers_is_read_without_a_panic(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "message", "A", "{", "}", "string", "a", "=", "1", ";", "repeated", "map<string, A>", "oneof",
                "enum", "service", "rpc", "(A)", "returns", "stream", "syntax", "\"proto3\"", "package", "x.y",
                "//", "/*", "*/", "\n", "[", "]", "option", "reserved", "to", "max", "extend", "group", "-", "'",
                "\"", "99999999999", "import", "\u{e9}", "optional", "\\",
            ]),
            0..40,
        ),
        glue in prop::sample::select(vec!["", " "]),
    ) {
        read_all(&words.join(glue));
    }
}
