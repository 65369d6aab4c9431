//! What values look like, and that they read as what they are.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Nul, check, document};
use crate::source::SourceId;
use crate::yaml::parse;

/// Returns what a text reads as.
fn read(text: &str) -> Value {
    let mut found = Vec::new();
    let document = parse(SourceId::new(0), &Arc::from(text), &mut found);
    assert!(found.is_empty(), "{text}\n{found:#?}");
    document.roots().next().map(crate::yaml::Node::to_json).unwrap_or_default()
}

#[test]
fn a_document_is_written_as_a_person_would() {
    let value = json!({
        "identifier": "cart", "title": "Cart: the basket", "team": ["cart", "orders"], "tags": [], "on": true,
        "properties": {
            "url": "https://shop.example/a?b=c#d", "version": "1.10", "replicas": 3, "ratio": 0.5, "none": null,
            "note": "One.\n\n  Two.\n", "short": "One.\nTwo.", "empty": {}, "until": "2026-11-21T18:00:00Z",
        },
        "list": [{"a": 1, "b": ["x", [1, 2]]}, "no", []],
    });
    let text = document(&value);
    let expected = r#"identifier: cart
title: "Cart: the basket"
team:
  - cart
  - orders
tags: []
"on": true
properties:
  url: https://shop.example/a?b=c#d
  version: "1.10"
  replicas: 3
  ratio: 0.5
  none: null
  note: |
    One.

      Two.
  short: |-
    One.
    Two.
  empty: {}
  until: "2026-11-21T18:00:00Z"
list:
  - a: 1
    b:
      - x
      - - 1
        - 2
  - "no"
  - []
"#;
    assert_eq!(text, expected);
    assert_eq!(read(&text), value);
}

#[test]
fn texts_are_plain_only_when_nobody_can_take_them_for_anything_else() {
    for plain in [
        "a",
        "eu-central-1",
        "A b, c.",
        "http://x/y",
        "./a",
        "/a",
        "a:b",
        "é",
        "09:00 to 18:00 UTC",
        "it's \"x\" {y} [z]",
        "$(x)",
        "a#b",
    ] {
        assert_eq!(document(&json!({ "k": plain })), format!("k: {plain}\n"));
    }
    for quoted in [
        "",
        " a",
        "a ",
        "-a",
        "- a",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "no",
        "Yes",
        "ON",
        "y",
        "null",
        "~",
        "true",
        "1",
        "-1",
        "+1",
        "0x1f",
        "0o7",
        "1_000",
        "12:30",
        "12:30:45",
        "2026-11-21",
        "1e3",
        "0b1",
        ".5",
        ".inf",
        "1.",
        "1234e5",
        "<<",
        "=",
        "!a",
        "&a",
        "*a",
        "@a",
        "`a`",
        "%a",
        "\"a\"",
        "'a'",
        "{a}",
        "[a]",
        "{{ a }}",
        "|",
        ">",
        "?",
        "? a",
        "---",
        "...",
        "a\u{a0}b",
        "a\u{2028}b",
        "\u{feff}a",
        "a\tb",
        "a\u{202e}b",
        "a\u{85}b",
        "\u{1}",
        "\u{7f}",
        "“a”",
        "a\r\nb",
        "\u{e0041}",
    ] {
        let text = document(&json!({ "k": quoted }));
        assert!(text.starts_with("k: \"") && text.lines().count() == 1, "{quoted:?}: {text}");
        assert_eq!(read(&text), json!({ "k": quoted }));
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }
    for literal in ["a\nb", "a\n", "a\nb\n", "# a\nb: c\n", "a\n\nb", "---\na", "a\tb\nc", "\u{1f600}\né"] {
        let text = document(&json!({ "k": [literal] }));
        assert!(text.contains("- |"), "{literal:?}: {text}");
        assert_eq!(read(&text), json!({ "k": [literal] }));
    }
    for unsafe_literal in
        ["\n", "\na\n", " a\nb", "a \nb", "a\nb\n\n", "a\n\tb", "a\n\u{2028}b", "a\r\nb", "a\n \nb"]
    {
        let text = document(&json!({ "k": unsafe_literal }));
        assert!(text.starts_with("k: \""), "{unsafe_literal:?}: {text}");
        assert_eq!(read(&text), json!({ "k": unsafe_literal }));
    }
}

#[test]
fn keys_are_quoted_when_they_must_be() {
    for (key, expected) in [
        ("a", "a"),
        ("a b", "a b"),
        ("on", "\"on\""),
        ("<<", "\"<<\""),
        ("1", "\"1\""),
        ("a:b", "\"a:b\""),
        ("a\nb", "\"a\\nb\""),
    ] {
        let text = document(&json!({ key: 1 }));
        assert_eq!(text, format!("{expected}: 1\n"));
        assert_eq!(read(&text), json!({ key: 1 }));
    }
}

#[test]
fn numbers_are_numbers_to_every_reader() {
    for (number, expected) in [
        (json!(1e300), "1.0e+300"),
        (json!(1.5e-9), "1.5e-9"),
        (json!(-0.0), "-0.0"),
        (json!(u64::MAX), "18446744073709551615"),
        (json!(i64::MIN), "-9223372036854775808"),
        (json!(2.0), "2.0"),
    ] {
        let text = document(&number);
        assert_eq!(text, format!("{expected}\n"));
        assert_eq!(read(&text), number);
    }
}

#[test]
fn nul_is_refused_wherever_it_is() {
    for value in [json!("a\0"), json!({"a\0": 1}), json!([{"a": ["\0"]}])] {
        assert_eq!(check(&value), Err(Nul));
        assert_eq!(read(&document(&value)), value);
    }
}

/// Texts of the characters that mean something to YAML.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "a",
        "b c",
        "1",
        ".",
        "-",
        "- ",
        ":",
        ": ",
        "#",
        " #",
        " ",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "\t",
        "\"",
        "'",
        "\\",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "?",
        "? ",
        "~",
        "<<",
        "=",
        "---",
        "...",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\u{200b}",
        "\u{202e}",
        "\u{1b}",
        "\u{7f}",
        "\u{9f}",
        "é",
        "日本",
        "\u{1f600}",
        "\u{e0041}",
        "“",
        "”",
        "null",
        "yes",
        "0x1",
        "e5",
        "2026-11-21",
        "\\u0041",
        "${{ x }}",
        "a: b",
        "\u{fffd}",
        "\u{ffff}",
    ]);
    prop::collection::vec(fragment, 0..6).prop_map(|parts| parts.concat())
}

/// Values of such texts, and numbers.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        hostile().prop_map(Value::String),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(|flag| json!(flag)),
        Just(Value::Null),
        "[a-z]{1,6}".prop_map(Value::String),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((hostile(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_reads_as_what_it_is(value in value()) {
        let text = document(&value);
        let held = read(&text);
        prop_assert_eq!(held, value, "{}", text);
        prop_assert!(text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "{:?}", text);
    }
}
