//! Formats, items and mappings, as tables.

use std::sync::Arc;

use serde_json::Value;

use super::{Data, Format, Plan, make};
use crate::model::instant::Instant;
use crate::model::integration::Integration;
use crate::source::{Source, SourceId, Sources};
use crate::yaml;

/// Returns the items of a text, each as JSON with the text at its place, and the messages about it.
fn read(format: Format, text: &str) -> (Vec<(String, String)>, Vec<String>) {
    let mut found = Vec::new();
    let data = Data::read(format, SourceId::new(0), &Arc::from(text), &mut found);
    let item = |&item: &_| {
        let span = data.span(item);
        (data.value(item).to_string(), text[span.start as usize..span.end as usize].to_string())
    };
    (data.items().iter().map(item).collect(), found.into_iter().map(|finding| finding.message).collect())
}

/// Items as JSON, each with the text at its place.
type Items = &'static [(&'static str, &'static str)];

#[test]
fn files_are_read_into_items() {
    let items: &[(Format, &str, Items)] = &[
        (Format::Json, r#"{"a": 1}"#, &[(r#"{"a":1}"#, r#"{"a": 1}"#)]),
        (Format::Json, r#"[{"a": 1}, 2]"#, &[(r#"{"a":1}"#, r#"{"a": 1}"#), ("2", "2")]),
        (Format::Json, "[]", &[]),
        (Format::Json, "", &[]),
        (
            Format::Yaml,
            "a: 1\n---\n- b: 2\n- c\n",
            &[(r#"{"a":1}"#, "a: 1"), (r#"{"b":2}"#, "b: 2"), (r#""c""#, "c")],
        ),
        (Format::Ndjson, "{\"a\":1}\n\n[2]\n", &[(r#"{"a":1}"#, r#"{"a":1}"#), ("[2]", "[2]")]),
        (
            Format::Csv,
            "\u{feff}a, b\r\n1,x\r\n\r\n\"2\n3\",\"y \"\"z\"\"\"",
            &[(r#"{"a":"1","b":"x"}"#, "1,x"), (r#"{"a":"2\n3","b":"y \"z\""}"#, "\"2\n3\",\"y \"\"z\"\"\"")],
        ),
        (Format::Csv, "a,b\n", &[]),
    ];
    for (format, text, expected) in items {
        let (items, found) = read(*format, text);
        let items: Vec<(&str, &str)> =
            items.iter().map(|(value, place)| (value.as_str(), place.as_str())).collect();
        assert_eq!((items.as_slice(), found.len()), (*expected, 0), "{format:?} {text:?} {found:?}");
    }
}

#[test]
fn mistakes_in_files_leave_the_rest() {
    for (format, text, count, message) in [
        (Format::Json, "[1, 2", 0, "`[` is never closed"),
        (Format::Ndjson, "1\n{\n2", 2, "a value is missing"),
        (Format::Csv, "a,b\n1\n2,3\n", 1, "this row has 1 cells, and the header 2"),
        (Format::Csv, "a,a\n1,2\n", 1, "two columns are called `a`"),
    ] {
        let (items, found) = read(format, text);
        assert_eq!(items.len(), count, "{text}: {items:?}");
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with(message) || format == Format::Ndjson, "{text}: {found:?}");
    }
}

#[test]
fn extensions_say_formats() {
    for (path, format) in [
        ("a/b.json", Some(Format::Json)),
        ("b.YML", Some(Format::Yaml)),
        ("b.jsonl", Some(Format::Ndjson)),
        ("b.ndjson", Some(Format::Ndjson)),
        ("b.csv", Some(Format::Csv)),
        ("a.json/b", None),
        ("b.txt", None),
    ] {
        assert_eq!(Format::of_path(path), format, "{path}");
    }
}

/// Returns what an integration makes of JSON data, and the messages about it.
fn made(integration: &str, data: &str) -> (Vec<Value>, Vec<String>) {
    let sources: Sources = [("it.yaml", integration), ("data.json", data)]
        .into_iter()
        .map(|(path, text)| Source::new(path, text))
        .collect();
    let mut found = Vec::new();
    let document = yaml::parse(SourceId::new(0), &Arc::from(integration), &mut found);
    assert_eq!(found, [], "{integration}");
    let decoded = Integration::decode(document.roots().next().unwrap());
    let data = Data::read(Format::Json, SourceId::new(1), &Arc::from(data), &mut found);
    let mut entities = Vec::new();
    for resource in &decoded.resources {
        let Some(plan) = Plan::compile(&decoded, resource, &document, Instant::default(), &mut found) else {
            continue;
        };
        for batch in make(&plan, &[&data], &sources, &mut found) {
            entities.extend(batch.made.iter().map(|made| {
                let mut value = batch.document.node(made.node).to_json();
                if let Some(as_of) = made.as_of {
                    value["asOf"] = as_of.iso().into();
                }
                value
            }));
        }
    }
    (entities, found.into_iter().map(|finding| finding.message).collect())
}

/// Returns an integration of one resource: keys of the resource, keys of its port, keys of its mapping.
fn resource(selector: &str, port: &str, mapping: &str) -> String {
    format!(
        "asOf: .time\nresources:\n- kind: a\n  selector: {{{selector}}}\n  port:\n    {port}\n    entity: {{mappings: {{blueprint: '\"b\"', {mapping}}}}}\n"
    )
}

/// Returns the identifiers of entities.
fn names(entities: &[Value]) -> Vec<&str> {
    entities.iter().map(|entity| entity["identifier"].as_str().unwrap_or("?")).collect()
}

#[test]
fn selectors_choose_items() {
    for (selector, expected) in [
        ("", vec!["x", "y"]),
        ("query: 'true'", vec!["x", "y"]),
        ("query: true", vec!["x", "y"]),
        ("query: false", vec![]),
        ("query: '\"true\"'", vec!["x", "y"]),
        ("query: '\"false\"'", vec![]),
        ("query: .on", vec!["x"]),
        ("query: .n > 1", vec!["y"]),
        ("query: .n", vec![]),
        ("query: {combinator: and}", vec!["x", "y"]),
    ] {
        let text = resource(selector, "", "identifier: .id");
        let (entities, found) =
            made(&text, r#"[{"id": "x", "on": true, "n": 1}, {"id": "y", "on": "yes", "n": 2}]"#);
        assert_eq!((names(&entities), found.len()), (expected, 0), "{selector} {found:?}");
    }
}

#[test]
fn lists_inside_items_are_mapped_member_by_member() {
    const DATA: &str = r#"{"name": "n", "a": {"list": [{"id": "x"}, {"id": "y"}], "k": 1}, "items": [{"id": "z"}], "none": null}"#;
    for (port, mapping, expected) in [
        ("itemsToParse: .items", "identifier: .item.id", vec!["z"]),
        ("itemsToParse: .a.list", "identifier: .name + .item.id", vec!["nx", "ny"]),
        ("itemsToParse: .a.list\n    itemsToParseName: it", "identifier: .it.id", vec!["x", "y"]),
        (
            "itemsToParse: .a.list",
            "identifier: '\"\\(.a.k)\\(.a.list)\\(.item.id)\"'",
            vec!["1nullx", "1nully"],
        ),
        (
            "itemsToParse: .items\n    itemsToParseTopLevelTransform: false",
            "identifier: '.items[0].id + .item.id'",
            vec!["zz"],
        ),
        ("itemsToParse: '[.a.list[] | select(.id == \"y\")]'", "identifier: .item.id", vec!["y"]),
        ("itemsToParse: .none", "identifier: .item.id", vec![]),
        ("itemsToParse: .missing", "identifier: .item.id", vec![]),
    ] {
        let (entities, found) = made(&resource("", port, mapping), DATA);
        assert_eq!((names(&entities), found.len()), (expected, 0), "{port} {found:?}");
    }
    let text = resource("query: .item.id == \"y\"", "itemsToParse: .a.list", "identifier: .item.id");
    assert_eq!(names(&made(&text, DATA).0), ["y"], "a selector sees the member");
}

#[test]
fn every_leaf_is_an_expression() {
    let data =
        r#"[{"id": 7, "name": "N", "tags": ["a", null, 3], "deep": {"er": true}, "time": 1772357400}]"#;
    for (mapping, key, expected) in [
        ("title: .name", "/title", r#""N""#),
        ("title: .id", "/title", r#""7""#),
        ("title: .missing", "/title", "null"),
        ("team: .name", "/team", r#""N""#),
        ("team: .tags", "/team", r#"["a","3"]"#),
        ("properties: {p: .deep}", "/properties", r#"{"p":{"er":true}}"#),
        ("properties: {p: .missing.too, q: .id}", "/properties", r#"{"q":7}"#),
        (
            "properties: {p: {x: .id, y: [.name, '\"c\"', 5, true]}}",
            "/properties",
            r#"{"p":{"x":7,"y":["N","c",5,true]}}"#,
        ),
        ("properties: {p: 3}", "/properties", r#"{"p":3}"#),
        ("relations: {r: .id}", "/relations", r#"{"r":"7"}"#),
        ("relations: {r: .tags}", "/relations", r#"{"r":["a","3"]}"#),
        ("relations: {r: .missing}", "/relations", "{}"),
        (
            "relations: {r: {combinator: '\"and\"', rules: [{property: '\"p\"', operator: '\"=\"', value: .name}]}}",
            "/relations",
            r#"{"r":{"combinator":"and","rules":[{"property":"p","operator":"=","value":"N"}]}}"#,
        ),
        (
            "relations: {r: {combinator: '\"and\"', rules: [{property: '\"p\"', operator: '\"=\"', value: .missing}]}}",
            "/relations",
            "{}",
        ),
        ("x: 1", "/asOf", r#""2026-03-01T09:30:00Z""#),
    ] {
        let (entities, found) = made(&resource("", "", &format!("identifier: .id, {mapping}")), data);
        let value = entities[0].pointer(key).unwrap_or(&Value::Null);
        assert_eq!((value.to_string().as_str(), found.len()), (expected, 0), "{mapping} {found:?}");
    }
}

#[test]
fn what_fails_is_said_once() {
    for (mapping, expected) in [
        ("identifier: .id, title: .id.x", "`.id.x` fails ("),
        ("identifier: .missing", "`.missing` gives no identifier for data.json:1 and 2 other items"),
        (
            "identifier: .list",
            "`.list` gives a list, not the text of the identifier, for data.json:1 and 2 other items",
        ),
        (
            "identifier: .id, properties: {p: '.id | error(\"no\")'}",
            "`.id | error(\"no\")` fails (no) for data.json:1 and 2 other items",
        ),
        (
            "identifier: 'def f: f; f'",
            "this expression takes too many steps, so nothing is made by the mapping",
        ),
        ("identifier: service-x", "this is not jq: "),
    ] {
        let data = "[{\"id\": \"x\", \"list\": []},\n{\"id\": \"y\", \"list\": [1]},\n{\"id\": \"z\"}]";
        let (_, found) = made(&resource("", "", mapping), data);
        assert!(found.iter().any(|message| message.starts_with(expected)), "{mapping}: {found:?}");
        assert!(found.len() <= 2, "{mapping}: {found:?}");
    }
}

#[test]
fn many_items_are_mapped_in_order() {
    let items: Vec<String> = (0..5000).map(|number| format!("{{\"id\": \"{number:04}\"}}")).collect();
    let expected: Vec<String> = (0..5000).map(|number| format!("{number:04}")).collect();
    for (port, id, data) in [
        ("", ".id", format!("[{}]", items.join(","))),
        ("itemsToParse: .items", ".item.id", format!("{{\"items\": [{}]}}", items.join(","))),
    ] {
        let (entities, _) = made(&resource("", port, &format!("identifier: {id}")), &data);
        assert_eq!(names(&entities), expected);
    }
}
