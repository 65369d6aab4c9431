use std::fs;
use std::path::Path;

use crate::interface::Descriptions;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::site::{Options, build};
use crate::worktree::Worktree;

/// A text that must stay text, in every place that takes one.
const HOSTILE: &str = r#"</title><script>alert(1)</script>\"><img src=x onerror=alert(1)>"#;

const BLUEPRINT: &str = "
identifier: API
schema:
  properties:
    definition: {type: string, spec: open-api}
";

/// Builds the site of a catalog with these descriptions, one of each entity, into `root/site`.
fn site(root: &Path, descriptions: &[(&str, String)]) {
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write("blueprints/API.yaml", BLUEPRINT);
    for (number, (file, text)) in descriptions.iter().enumerate() {
        write(&format!("apis/{file}"), text);
        let entity = format!("identifier: e{number}\nproperties: {{definition: apis/{file}}}\n");
        write(&format!("entities/API/e{number}.yaml"), &entity);
    }
    let files = Worktree::new(root);
    let portal = Portal::open(Origin::new(&files, Instant::default()), None).expect("opened");
    let interfaces = Descriptions::find(&portal.catalog, &portal.sources, Box::new(Worktree::new(root)));
    let interfaces = interfaces.expect("listed");
    let options = Options { interfaces, ..Options::default() };
    build(&portal, &root.join("site"), &options).expect("built");
}

fn page(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join("site").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn hostile_descriptions_stay_texts() {
    let quoted = format!("\"{HOSTILE}\"");
    let openapi = r##"{"openapi": "3.1.0", "info": {"title": T, "version": T, "description": T,
  "contact": {"name": T, "url": "javascript:alert(1)", "email": T}, "license": {"name": T, "url": T}},
  "servers": [{"url": T, "description": T, "variables": {T: {"default": T, "enum": [T]}}}],
  "tags": [{"name": T, "description": T}],
  "paths": {T: {"post": {"operationId": T, "summary": T, "description": T, "tags": [T], "security": [{T: [T]}],
    "parameters": [{"name": T, "in": "query", "description": T, "example": T, "required": true,
      "schema": {"type": T, "format": T, "enum": [T], "default": T, "pattern": T}}],
    "requestBody": {"description": T, "content": {T: {"schema": {"$ref": "#/components/schemas/A"},
      "examples": {T: {"summary": T, "value": T}, "b": {"externalValue": "javascript:alert(1)"}}}}},
    "responses": {T: {"description": T, "headers": {T: {"description": T, "schema": {"$ref": T}}}}},
    "callbacks": {T: {T: {"post": {"summary": T, "responses": {T: {"description": T}}}}}}}}},
  "components": {"securitySchemes": {T: {"type": "apiKey", "in": T, "name": T, "description": T}},
    "schemas": {"A": {"title": T, "description": T, "properties": {T: {"$ref": "javascript://x#/y"}},
      "oneOf": [{"title": T}], "discriminator": {"propertyName": T}}, T: {"examples": [T]}}}}"##
        .replace('T', "@")
        .replace("\"@ype", "\"Type")
        .replace('@', &quoted);
    let asyncapi =
        "asyncapi: 2.0.0\ninfo: {title: T}\nchannels:\n  T:\n    publish:\n      summary: T\n      message: \
                    {name: T, summary: T, payload: {type: T}}\n      bindings: {T: {T: T}}\n"
            .replace('T', &quoted);
    let graphql = format!(
        "\"\"\"{0}\"\"\"\ntype Query {{ \"\"\"{0}\"\"\" a(b: String = \"x\"): Int @deprecated(reason: \"\"\"{0}\"\"\") }}",
        HOSTILE.replace('\\', "")
    );
    let proto =
        format!("// {HOSTILE}\nservice A {{\n// {HOSTILE}\nrpc B(C) returns (C); }}\nmessage C {{}}\n");
    let broken = format!("openapi: 3.0.0\ninfo: [{quoted}\n");
    let all = [
        ("a.json", openapi),
        ("b.yaml", asyncapi),
        ("c.graphql", graphql),
        ("d.proto", proto),
        ("e.yaml", broken),
    ];
    let root = tempfile::tempdir().expect("a folder");
    site(root.path(), &all);
    for (number, (file, _)) in all.iter().enumerate() {
        let stem = file.split('.').next().expect("a name");
        let entity = page(root.path(), &format!("API/e{number}.html"));
        assert!(entity.contains("id=\"api\""), "{file}");
        let mut pages = vec![entity];
        if *file != "e.yaml" {
            pages.push(page(root.path(), &format!("docs/API/e{number}/api~{stem}.html")));
            assert!(pages[1].contains("&lt;script&gt;alert(1)"), "{file}");
        }
        for page in pages {
            assert!(!page.contains("<script>") && !page.contains("<img"), "{file}:\n{page}");
            assert!(!page.contains("href=\"javascript:"), "{file}");
        }
        assert!(root.path().join(format!("site/docs/API/e{number}/api~{file}")).is_file(), "{file}");
    }
}

/// Returns a description with so many operations and schemas.
fn large(count: usize) -> String {
    let mut text = String::from("openapi: 3.1.0\ninfo: {title: Large, version: '1'}\npaths:\n");
    for number in 0..count {
        text += &format!(
            "  /things{number}/{{id}}:\n    get:\n      operationId: get{number}\n      tags: [T{}]\n      \
             parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n      responses: \
             {{'200': {{description: Fine, content: {{application/json: {{schema: {{$ref: \
             '#/components/schemas/S{number}'}}}}}}}}}}\n",
            number / 40
        );
    }
    text += "components:\n  schemas:\n";
    for number in 0..count {
        text += &format!(
            "    S{number}: {{type: object, properties: {{a: {{type: string, description: What it is}}, "
        );
        text += &format!("next: {{$ref: '#/components/schemas/S{}'}}}}}}\n", (number + 1) % count);
    }
    text
}

#[test]
fn large_descriptions_are_spread_over_pages() {
    let root = tempfile::tempdir().expect("a folder");
    site(root.path(), &[("large.yaml", large(250))]);
    let folder = root.path().join("site/docs/API/e0");
    let mut pages: Vec<_> = fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .collect();
    pages.sort();
    assert!(pages.len() > 1, "{pages:?}");
    let texts: Vec<String> = pages.iter().map(|path| fs::read_to_string(path).expect("read")).collect();
    for (path, text) in pages.iter().zip(&texts) {
        assert!(text.len() < 300 * 1024, "{}: {} bytes", path.display(), text.len());
    }
    for number in 0..250 {
        let anchors = [format!("id=\"op-get{number}\""), format!("id=\"schema-S{number}\"")];
        for anchor in anchors {
            assert_eq!(texts.iter().filter(|text| text.contains(&anchor)).count(), 1, "{anchor}");
        }
    }
    // A link to a schema names the page that it is on.
    assert!(texts[0].contains("href=\"api~large~page-"), "{}", texts[0]);
    let entity = page(root.path(), "API/e0.html");
    assert!(entity.contains("245 more operations") && entity.len() < 12 * 1024, "{} bytes", entity.len());
}

#[test]
fn a_file_that_two_mention_has_one_page() {
    let root = tempfile::tempdir().expect("a folder");
    let text = "openapi: 3.1.0\ninfo: {title: One, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: x}}}}}\n";
    site(root.path(), &[("one.yaml", text.into()), ("one.yaml", text.into())]);
    assert!(!root.path().join("site/docs/API/e1").exists());
    for entity in ["e0", "e1"] {
        let page = page(root.path(), &format!("API/{entity}.html"));
        assert!(page.contains("../docs/API/e0/api~one.html#op-get-a"), "{page}");
    }
}
