use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::source::SourceId;
use crate::yaml;

/// Returns what our reader makes of a document; panics when it finds a mistake.
fn read(text: &str) -> Value {
    let mut found = Vec::new();
    let document = yaml::parse(SourceId::new(0), &Arc::from(text), &mut found);
    assert_eq!(found, [], "{text}");
    document.roots().next().map_or(Value::Null, |root| root.to_json())
}

fn value(item: &Item) -> Value {
    match item {
        Item::Text(text) | Item::Quoted(text) | Item::Block(text) => json!(text),
        Item::Number(number) => json!(number),
        Item::Flag(flag) => json!(flag),
        Item::Map(map) => {
            Value::Object(map.entries.iter().map(|entry| (entry.key.clone(), value(&entry.value))).collect())
        }
        Item::List(items) => items.iter().map(value).collect(),
        Item::Row(texts) => json!(texts),
    }
}

#[test]
fn a_document_is_written_for_people() {
    let mut step = Map::new();
    step.set("name", "Check out")
        .above("First.")
        .set("uses", "a/b@0f")
        .note("v1")
        .set("run", Item::Block("a\n\n  b\n".into()));
    let mut map = Map::new();
    map.set("name", "Deploy: now")
        .set("on", Map::new().with("push", Map::new()))
        .apart()
        .set("permissions", Map::new().with("contents", "read"))
        .above("Least.\nOnly.")
        .note("to\nread")
        .set("needs", Item::Row(vec!["guard".into(), "a,b".into()]))
        .set("minutes", 30)
        .set("cancel", false)
        .set("if", "${{ a && b || 'c' }}")
        .set("steps", Item::List(vec![step.into(), "x y".into(), "1".into(), Item::List(vec!["a".into()])]));
    assert_eq!(
        document(&map),
        "name: \"Deploy: now\"\n\non:\n  push: {}\n# Least.\n# Only.\npermissions: # to read\n  contents: read\n\
         needs: [guard, \"a,b\"]\nminutes: 30\ncancel: false\nif: ${{ a && b || 'c' }}\nsteps:\n  - # First.\n    \
         name: Check out\n    uses: a/b@0f # v1\n    run: |\n      a\n\n        b\n  - x y\n  - \"1\"\n  - [a]\n"
    );
    assert_eq!(read(&document(&map)), value(&Item::Map(map)));
}

#[test]
fn only_what_is_certainly_text_is_plain() {
    let written = |text: &str| {
        let mut out = String::new();
        write_text(&mut out, text, false);
        out
    };
    for text in [
        "a",
        "Check out",
        "a/b:c@d",
        "./x",
        "/x",
        "${{ a }}",
        "$X",
        "a, b (c)",
        "nothing",
        "_x",
        "docker.io/a:1",
    ] {
        assert_eq!(written(text), text);
    }
    for text in [
        "",
        " a",
        "a ",
        "yes",
        "No",
        "on",
        "y",
        "N",
        "null",
        "~",
        "1",
        "0o17",
        "1e3",
        "2026-11-20",
        "1:30",
        "a: b",
        "a:",
        "- x",
        "# x",
        "a #b",
        "&a",
        "*a",
        "!!x",
        "|",
        ">",
        "'x",
        "\"x",
        "{x}",
        "[1",
        "%x",
        "---",
        "...",
        "a\tb",
        "a\nb",
        "?",
        "@x",
        "`x",
        ".5",
        ".inf",
        "<<",
        "=",
        "é",
        "\u{85}",
    ] {
        assert!(written(text).starts_with('"'), "{text}");
        assert_eq!(read(&format!("a: {}\n", written(text))), json!({"a": text}));
    }
    assert_eq!(written("a\"\\\u{7}\u{202e}\u{e0001}é"), r#""a\"\\\x07\u202e\U000e0001é""#);
}

#[test]
fn comments_stay_comments() {
    assert_eq!(comment("a\nb: c\r\u{85}x\n\n"), "# a\n# b: c  x\n#\n");
    let mut map = Map::new();
    map.set("a", 1).note("x\ny: 2").above("z\u{2028}w: 3\nv: 4");
    assert_eq!(read(&document(&map)), json!({"a": 1}));
}

fn any_item() -> impl Strategy<Value = Item> {
    let text =
        prop_oneof![any::<String>(), "[ -~\n\t]{0,12}", "[a-zA-Z0-9:# ,'\"{}\\[\\]&*!|>%@`$?=<~.-]{0,6}",];
    let leaf = prop_oneof![
        text.clone().prop_map(Item::Text),
        text.clone().prop_map(Item::Block),
        text.clone().prop_map(Item::Quoted),
        "([a-z# :]{0,5}\n){1,4}".prop_map(Item::Block),
        any::<i64>().prop_map(|number| Item::Number(number.into())),
        any::<bool>().prop_map(Item::Flag),
        prop::collection::vec(text.clone(), 0..3).prop_map(Item::Row),
    ];
    let list = prop::collection::vec(leaf.clone(), 0..3).prop_map(Item::List);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let entry = (
            text.clone(),
            inner,
            prop::option::of(any::<String>()),
            prop::option::of(any::<String>()),
            any::<bool>(),
        );
        let map = prop::collection::btree_map(text.clone(), entry, 0..4).prop_map(|entries| {
            let mut map = Map::new();
            for (key, (_, value, above, note, apart)) in entries {
                map.set(key, value);
                if apart {
                    map.apart();
                }
                if let Some(above) = above {
                    map.above(above);
                }
                if let Some(note) = note {
                    map.note(note);
                }
            }
            Item::Map(map)
        });
        prop_oneof![map.clone(), prop::collection::vec(map, 0..3).prop_map(Item::List), list.clone()]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(item in any_item()) {
        let mut map = Map::new();
        map.set("it", item);
        let text = document(&map);
        let expected = value(&Item::Map(map));
        prop_assert_eq!(&read(&text), &expected, "{}", text);
        let other: Value = serde_yaml::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(other, expected, "{}", text);
    }
}
