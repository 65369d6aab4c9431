//! The tree validates against JSON Schema exactly as JSON does.

use jsonschema::json::conformance;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::Tree;
use super::read;

#[test]
fn the_tree_is_a_representation_of_json() {
    for text in
        [conformance::document().to_string(), serde_yaml::to_string(&conformance::document()).expect("YAML")]
    {
        let (document, _) = read(&text);
        conformance::assert_conformance::<Tree>(&document.roots().next().expect("a document"));
    }
}

fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"node": {"properties": {"child": {"$ref": "#/definitions/node"}, "name": {"type": "string"}}}},
        "type": "object",
        "required": ["identifier", "tier"],
        "additionalProperties": false,
        "propertyNames": {"pattern": "^[a-z]+$"},
        "properties": {
            "identifier": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-zé]*$"},
            "tier": {"type": "integer", "minimum": 1, "exclusiveMaximum": 4, "multipleOf": 0.5},
            "tags": {"type": "array", "uniqueItems": true, "maxItems": 20, "items": {"enum": ["a", 1, 2.0, null, ["x"], {"k": 1}]}},
            "links": {"type": "array", "uniqueItems": true, "contains": {"const": {"a": [1, {"b": 2.0}]}}},
            "url": {"type": ["string", "null"], "format": "uri"},
            "tree": {"$ref": "#/definitions/node"},
            "either": {"anyOf": [{"type": "boolean"}, {"type": "array", "minItems": 1}]},
            "not": {"not": {"const": 0}},
            "size": {"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"type": "integer"}}
        },
        "dependencies": {"url": ["tags"]}
    })
}

/// Values that fit the schema now and then.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-0.0),
        json!(1),
        json!(1.0),
        json!(2),
        json!(2.5),
        json!(30),
        json!(1e30),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("a"),
        json!("é"),
        json!("abcd"),
        json!("ABCDE"),
        json!("https://x.y"),
        json!("1"),
        json!(["x"]),
        json!({"k": 1.0}),
        json!({"a": [1.0, {"b": 2}]}),
    ]);
    leaf.prop_recursive(3, 24, 6, |inner| {
        let key = prop::sample::select(vec![
            "identifier",
            "tier",
            "tags",
            "links",
            "url",
            "tree",
            "either",
            "not",
            "size",
            "child",
            "name",
            "Bad",
            "k",
            "",
            "~/",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..18).prop_map(Value::Array),
            prop::collection::vec((key, inner), 0..8).prop_map(|entries| entries
                .into_iter()
                .map(|(key, value)| (key.to_string(), value))
                .collect()),
        ]
    })
}

/// Returns errors as comparable lines: the order of members may differ between representations.
fn sorted(errors: impl Iterator<Item = String>) -> Vec<String> {
    let mut errors: Vec<String> = errors.collect();
    errors.sort();
    errors
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trees_and_json_have_the_same_errors(value in value()) {
        let plain = jsonschema::options().should_validate_formats(true).build(&schema()).expect("a schema");
        let tree = jsonschema::options_for::<Tree>().should_validate_formats(true).build(&schema()).expect("a schema");
        let expected = sorted(plain.iter_errors(&value).map(|error| format!("{} {error}", error.instance_path())));
        for text in [value.to_string(), serde_yaml::to_string(&value).expect("YAML")] {
            let (document, _) = read(&text);
            let Some(root) = document.roots().next() else { continue };
            prop_assert_eq!(root.to_json(), value.clone());
            let errors = tree.iter_errors(root).map(|error| format!("{} {error}", error.instance_path()));
            prop_assert_eq!(sorted(errors), expected.clone(), "{}", text);
            for error in tree.iter_errors(root) {
                let (_, node) = root.locate(error.instance_path().as_str()).expect("the place of the error");
                prop_assert_eq!(&node.to_json(), error.instance().as_ref(), "{}", error.instance_path());
            }
            prop_assert_eq!(tree.is_valid(root), plain.is_valid(&value));
        }
    }
}
