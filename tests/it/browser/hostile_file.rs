//! Files that want to be more than what they are called: documents, descriptions of interfaces, drawings, logos.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::NOW;
use super::chromium::{Browser, on_disk};
use super::hostile::{TEXTS, judge};
use crate::sandbox::Sandbox;

/// Drawings that run, load or lead somewhere. What they do is to set `window.taken`, or to ask another host.
const DRAWINGS: [&str; 8] = [
    "<script>window.taken=1</script>",
    "<rect width=\"9\" height=\"9\" onload=\"window.taken=1\"/>",
    "<foreignObject width=\"9\" height=\"9\"><iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"javascript:parent.taken=1\"/></foreignObject>",
    "<image href=\"https://elsewhere.example/x.png\" width=\"9\" height=\"9\"/>",
    "<use href=\"https://elsewhere.example/x.svg#a\"/>",
    "<a href=\"javascript:window.taken=1\"><rect width=\"9\" height=\"9\"/></a>",
    "<style>@import url(https://elsewhere.example/x.css); rect {fill: url(https://elsewhere.example/#a)}</style>",
    "<animate href=\"#a\" attributeName=\"href\" values=\"javascript:window.taken=1\"/>",
];

fn drawing(inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><rect id=\"a\" width=\"9\" height=\"9\"/>{inside}</svg>\n"
    )
}

/// Returns a document with every text in every place that Markdown has.
fn markdown() -> String {
    let mut text = String::from("---\ntitle: <script>window.taken=1</script>\n---\n\n");
    for hostile in TEXTS {
        let line = hostile.replace('\n', " ");
        text += &format!(
            "# {line}\n\n{hostile}\n\n- {line}\n\n> {line}\n\n> [!WARNING]\n> {line}\n\n1. [{line}]({line} \"{line}\")\n\n![{line}]({line})\n\n\
             **{line}** ~~{line}~~ `{line}`\n\n```{line}\n{hostile}\n```\n\n| {line} | b |\n|---|---|\n| {line} | {line} |\n\nNote[^1].\n\n[^1]: {line}\n\n"
        );
    }
    for drawn in DRAWINGS {
        text += &format!("{}\n\n<div>{drawn}</div>\n\n", drawing(drawn));
    }
    for at in 0..DRAWINGS.len() {
        text += &format!("![drawing](evil-{at}.svg)\n");
    }
    text += "\n<details open ontoggle=\"window.taken=1\"><summary onclick=\"window.taken=1\">more</summary>\n\n\
        <img src=\"data:image/svg+xml,<svg onload='window.taken=1'>\" srcset=\"https://elsewhere.example/x.png 2x\" onerror=\"window.taken=1\">\n\n\
        <p align=\"center\" style=\"width:9999px\"><kbd>x</kbd></p></details>\n\n<!-- a comment --><!--\n\nthat goes on -- > --><base href=\"https://elsewhere.example/\">\n\n\
        <iframe src=\"https://elsewhere.example\"></iframe><form action=\"https://elsewhere.example\"><button formaction=\"javascript:window.taken=1\">x</button></form>\n\n\
        <meta http-equiv=\"refresh\" content=\"0;url=https://elsewhere.example\"><link rel=\"stylesheet\" href=\"https://elsewhere.example/x.css\">\n\n\
        ![](data:image/png;base64,AAAA) ![](//elsewhere.example/x.png) [a](java&#115;cript:window.taken=1) [b](\tjavascript:window.taken=1) [c](vbscript:x)\n\n\
        [d]: javascript:window.taken=1\n\n[d] <javascript:window.taken=1>\n\n";
    // As wide and as deep as one can write.
    let cells = "| wordthatgoeson ".repeat(120);
    text += &format!("{cells}|\n{}|\n{cells}|\n\n", "|---".repeat(120));
    text += &format!("{} deep\n\n{}deep\n\n{}\n", ">".repeat(300), "  - x\n".repeat(3), "*".repeat(3000));
    text
}

/// Returns a schema with hostile names and texts, which has itself in it.
fn schema(at: usize) -> Value {
    let text = |at: usize| TEXTS[at % TEXTS.len()];
    let property = |from: usize| {
        json!({"type": "string", "title": text(from), "description": text(from + 1), "default": text(from + 2), "example": text(from + 3),
            "pattern": text(from), "format": text(from), "enum": [text(from), text(from + 4)]})
    };
    let properties: Map<String, Value> =
        TEXTS.iter().enumerate().map(|(from, name)| ((*name).to_string(), property(from))).collect();
    let mut schema = json!({"type": "object", "title": text(at), "description": text(at + 1), "properties": properties, "required": [text(at)],
        "discriminator": {"propertyName": text(at)}});
    schema["properties"]["again"] = json!({"$ref": format!("#/components/schemas/S{at}")});
    schema["properties"]["many"] = json!({"type": "array", "items": {"oneOf": [{"$ref": format!("#/components/schemas/S{at}")}, {"$ref": "https://elsewhere.example/s.json"}]}});
    schema
}

/// Returns a description with every text in every field that has one.
fn openapi() -> Value {
    let text = |at: usize| TEXTS[at % TEXTS.len()];
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for (at, hostile) in TEXTS.iter().enumerate() {
        schemas.insert(format!("S{at}"), schema(at));
        let content = json!({*hostile: {"schema": {"$ref": format!("#/components/schemas/S{at}")}, "example": {*hostile: hostile},
            "examples": {*hostile: {"summary": hostile, "value": hostile}}}});
        paths.insert(
            format!("/{hostile}/{{{hostile}}}"),
            json!({"summary": hostile, "description": text(at + 1), "post": {
                "operationId": format!("{hostile}{at}"), "summary": hostile, "description": hostile, "tags": [hostile],
                "deprecated": true, "externalDocs": {"url": hostile, "description": hostile},
                "parameters": [
                    {"name": hostile, "in": "path", "required": true, "description": hostile, "schema": {"type": hostile}, "example": hostile},
                    {"name": text(at + 1), "in": "query", "description": text(at + 2), "schema": {"$ref": "#/nowhere"}}],
                "requestBody": {"description": hostile, "content": content},
                "responses": {"200": {"description": hostile, "headers": {*hostile: {"description": hostile}}, "content": content}, *hostile: {"description": hostile}},
                "security": [{*hostile: [hostile]}], "servers": [{"url": hostile, "description": hostile}],
                "callbacks": {*hostile: {*hostile: {"post": {"summary": hostile, "responses": {}}}}}}}),
        );
    }
    let servers: Vec<Value> = TEXTS.iter().map(|url| json!({"url": url, "description": url, "variables": {*url: {"default": url, "enum": [url]}}})).collect();
    json!({"openapi": "3.1.0", "info": {"title": text(0), "summary": text(1), "description": markdown(), "version": text(2), "termsOfService": text(4),
            "contact": {"name": text(1), "url": "javascript:window.taken=1", "email": text(2)}, "license": {"name": text(3), "url": text(4)}},
        "servers": servers, "tags": TEXTS.iter().map(|name| json!({"name": name, "description": name})).collect::<Vec<_>>(), "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"s": {"type": "oauth2", "description": text(0),
            "flows": {"implicit": {"authorizationUrl": "javascript:window.taken=1", "scopes": {"a": text(3)}}}}}}})
}

fn asyncapi() -> Value {
    let text = |at: usize| TEXTS[at % TEXTS.len()];
    let channels: Map<String, Value> = TEXTS
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let message = json!({"name": name, "title": name, "summary": text(at + 1), "description": name, "payload": {"type": "object", "title": name,
                "properties": {*name: {"type": "string", "description": name}}}, "examples": [{"name": name, "payload": name}]});
            ((*name).to_string(), json!({"description": name, "subscribe": {"operationId": name, "summary": name, "message": message}}))
        })
        .collect();
    json!({"asyncapi": "2.6.0", "info": {"title": text(0), "version": text(1), "description": text(5)},
        "servers": {"s": {"url": "javascript:window.taken=1", "protocol": text(0), "description": text(2)}}, "channels": channels})
}

fn graphql() -> String {
    let described = |at: usize| format!("\"\"\"\n{}\n\"\"\"\n", TEXTS[at].replace("\"\"\"", ""));
    let fields: String = (0..TEXTS.len())
        .map(|at| {
            format!(
                "{}field{at}(a: String = {}): Query @deprecated(reason: {})\n",
                described(at),
                json!(TEXTS[at].replace('\u{202e}', "")),
                json!(TEXTS[at])
            )
        })
        .collect();
    format!("{}type Query {{\n{fields}}}\n", described(0))
}

/// Collects the pages below a folder of a site, by their addresses.
fn pages(site: &Path, folder: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(site.join(folder)) else { return };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        if site.join(&path).is_dir() {
            pages(site, &path, found);
        } else if name.ends_with(".html") {
            found.push(path.replace('~', "%7E"));
        }
    }
}

#[test]
fn hostile_documents_and_descriptions_are_only_read() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = Sandbox::new();
    sandbox.write(
        "portal.yaml",
        "include: [services/*/portal.yml]\nsource: {url: \"https://git.example/{path}\"}\n",
    );
    sandbox.write(
        "blueprints/service.yaml",
        "identifier: service\ntitle: Service\nschema: {properties: {a: {type: string, spec: open-api}, b: {type: string, spec: async-api}}}\n",
    );
    sandbox.write(
        "services/cart/portal.yml",
        "identifier: cart\nblueprint: service\nproperties: {a: \"file://./openapi.json\", b: \"file://./asyncapi.json\"}\n",
    );
    sandbox.write("services/cart/openapi.json", openapi().to_string());
    sandbox.write("services/cart/asyncapi.json", asyncapi().to_string());
    sandbox.write("services/cart/schema.graphql", graphql());
    sandbox.write("services/cart/README.md", markdown());
    sandbox.write("services/cart/docs/short.md", format!("# {}\n\n{}\n", TEXTS[0], TEXTS[1]));
    for (at, drawn) in DRAWINGS.iter().enumerate() {
        sandbox.write(&format!("services/cart/evil-{at}.svg"), drawing(drawn));
    }
    let ran = sandbox.portal(&["--now", NOW, "build", "--keep-going", "--output", "site"]);
    assert!(ran.stderr.contains("built "), "{}", ran.stderr);
    let site = sandbox.path().join("site");
    let mut all = vec!["service/cart.html".to_string()];
    pages(&site, "docs", &mut all);
    assert!(
        all.iter().any(|page| page.contains("openapi")) && all.iter().any(|page| page.contains("asyncapi")),
        "{all:?}"
    );
    assert!(
        all.iter().any(|page| page.contains("schema")) && all.iter().any(|page| page.contains("short")),
        "{all:?}"
    );
    // None of the drawings became a file of the site, where it would run in the name of the site.
    let drawings = fs::read_dir(site.join("docs/~images")).map_or(0, Iterator::count);
    assert_eq!(drawings, 0);
    let broken = judge(&mut browser, &on_disk(&site), &all);
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_logo_only_draws() {
    let Some(mut browser) = Browser::start() else { return };
    for (at, drawn) in DRAWINGS.iter().enumerate() {
        let sandbox = Sandbox::new();
        sandbox.write("portal.yaml", "title: Shop\nsite: {logo: logo.svg}\n");
        sandbox.write("logo.svg", drawing(drawn));
        sandbox.write(
            "blueprints/service.yaml",
            "identifier: service\ntitle: Service\nschema: {properties: {}}\n",
        );
        let ran = sandbox.portal(&["--now", NOW, "build", "--keep-going", "--output", "site"]);
        assert!(ran.stderr.contains("logo.svg"), "{at} is not reported: {}", ran.stderr);
        let site = sandbox.path().join("site");
        assert!(!site.join("logo.svg").exists(), "{at} is part of the site");
        let broken = judge(&mut browser, &on_disk(&site), &["index.html".to_string()]);
        assert!(broken.is_empty(), "{at}: {broken:#?}");
    }
}
