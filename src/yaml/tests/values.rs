//! What scalars, JSON, aliases and replacements read as, and where they are found.

use serde_json::{Value, json};

use super::super::{Document, Kind, MAX_NODES, Node};
use super::{read, render};

/// Returns the only root of a text without mistakes.
fn only(document: &Document) -> Node<'_> {
    let mut roots = document.roots();
    let root = roots.next().expect("a document");
    assert!(roots.next().is_none(), "one document");
    root
}

fn json_of(text: &str) -> Vec<Value> {
    let (document, found) = read(text);
    assert!(found.is_empty(), "{text:?}: {:?}", found.iter().map(render).collect::<Vec<_>>());
    document.roots().map(Node::to_json).collect()
}

#[test]
fn plain_scalars_follow_the_core_schema() {
    for (text, kind, value) in [
        ("~", Kind::Null, json!(null)),
        ("Null", Kind::Null, json!(null)),
        ("nULL", Kind::String, json!("nULL")),
        ("True", Kind::Bool, json!(true)),
        ("FALSE", Kind::Bool, json!(false)),
        ("tRue", Kind::String, json!("tRue")),
        ("yes", Kind::String, json!("yes")),
        ("on", Kind::String, json!("on")),
        ("0", Kind::Number, json!(0)),
        ("-0", Kind::Number, json!(0)),
        ("+7", Kind::Number, json!(7)),
        ("017", Kind::Number, json!(17)),
        ("0o17", Kind::Number, json!(15)),
        ("0o18", Kind::String, json!("0o18")),
        ("0x1F", Kind::Number, json!(31)),
        ("0x", Kind::String, json!("0x")),
        ("0b11", Kind::String, json!("0b11")),
        ("1_000", Kind::String, json!("1_000")),
        ("1.10", Kind::Number, json!(1.1)),
        ("1.", Kind::Number, json!(1.0)),
        (".5", Kind::Number, json!(0.5)),
        (".", Kind::String, json!(".")),
        ("1e3", Kind::Number, json!(1000.0)),
        ("1e", Kind::String, json!("1e")),
        ("-.5E-2", Kind::Number, json!(-0.005)),
        ("1.2.3", Kind::String, json!("1.2.3")),
        ("12:30:45", Kind::String, json!("12:30:45")),
        ("2024-01-01", Kind::String, json!("2024-01-01")),
        ("18446744073709551615", Kind::Number, json!(u64::MAX)),
        ("-9223372036854775808", Kind::Number, json!(i64::MIN)),
        ("18446744073709551616", Kind::Number, json!(18_446_744_073_709_551_616.0)),
        ("'1'", Kind::String, json!("1")),
        ("\"true\"", Kind::String, json!("true")),
        ("!!str 1", Kind::String, json!("1")),
        ("! 1", Kind::String, json!("1")),
        ("!!int \"3\"", Kind::Number, json!(3)),
        ("!!float 3", Kind::Number, json!(3)),
        ("!!bool true", Kind::Bool, json!(true)),
        ("!!null ''", Kind::Null, json!(null)),
    ] {
        let text = format!("v: {text}\n");
        let (document, found) = read(&text);
        assert!(found.is_empty(), "{text}");
        let node = only(&document).get("v").expect("a value");
        assert_eq!((node.kind(), node.to_json()), (kind, value), "{text}");
    }
}

#[test]
fn scalars_are_read_in_the_type_asked_for() {
    let (document, _) = read("i: -3\nu: 18446744073709551615\nf: 1.50\ns: 'it''s'\nb: true\nn:\n1: one\n");
    let root = only(&document);
    let get = |key: &str| root.get(key).expect(key);
    assert_eq!((get("i").as_i64(), get("i").as_u64(), get("i").as_f64()), (Some(-3), None, Some(-3.0)));
    assert_eq!((get("u").as_i64(), get("u").as_u64()), (None, Some(u64::MAX)));
    assert_eq!((get("f").as_i64(), get("f").as_f64(), get("f").text()), (None, Some(1.5), Some("1.50")));
    assert_eq!(
        (get("s").as_str(), get("s").text(), get("s").is_plain()),
        (Some("it's"), Some("it's"), false)
    );
    assert_eq!((get("b").as_bool(), get("b").as_str(), get("b").is_plain()), (Some(true), None, true));
    assert_eq!((get("n").is_null(), get("n").text(), get("n").as_bool()), (true, Some(""), None));
    assert_eq!((get("1").as_str(), root.as_str(), root.text(), root.len()), (Some("one"), None, None, 7));
    assert_eq!((root.items().len(), root.entries().len(), root.is_empty()), (0, 7, false));
}

#[test]
fn every_node_knows_its_place() {
    let text = "key: |\n  text\n\nlist:\n- a\n- [b, {c: \"d\"}]\nlast:\n  x: y # c\nnone:\n";
    let (document, _) = read(text);
    let root = only(&document);
    let written = |node: Node<'_>| &text[node.span().start as usize..node.span().end as usize];
    let (key, value) = root.entry("key").expect("a key");
    assert_eq!((written(key), written(value), value.as_str()), ("key", "text", Some("text\n")));
    let list = root.get("list").expect("a list");
    assert_eq!(written(list), "- a\n- [b, {c: \"d\"}]");
    assert_eq!(list.items().map(written).collect::<Vec<_>>(), ["a", "[b, {c: \"d\"}]"]);
    assert_eq!(written(root.get("last").expect("a mapping")), "x: y");
    let none = root.get("none").expect("a null").span();
    assert_eq!((none.start as usize, none.end), (text.len() - 2, none.start));
    assert_eq!(written(root), &text[..text.len() - 2]);
}

#[test]
fn json_and_yaml_in_braces_are_read_alike() {
    for (text, value) in [
        (
            "{\"a\": [1, -2.5e3, true, null, {}], \"b\": \"\\u00e9\\ud83d\\ude80\\n\\/\"}",
            json!({"a": [1, -2500.0, true, null, {}], "b": "é🚀\n/"}),
        ),
        ("\u{feff} [\n\t1,\r\n\t2\n]\n", json!([1, 2])),
        ("{\"a\": 1,} # trailing", json!({"a": 1})),
        ("{a: 1, 'b': [x y, \"z\"]}", json!({"a": 1, "b": ["x y", "z"]})),
        ("{\"a\": \"b\nc\"}", json!({"a": "b c"})),
        ("{\"a\":\n  1}", json!({"a": 1})),
    ] {
        assert_eq!(json_of(text), [value], "{text}");
    }
}

#[test]
fn a_stream_holds_several_documents() {
    assert_eq!(
        json_of("a: 1\n---\n- 2\n...\n---\n~\n---\n\n--- three\n"),
        [json!({"a": 1}), json!([2]), json!("three")]
    );
    assert_eq!(json_of("{\"a\": 1}\n---\n{\"b\": 2}\n"), [json!({"a": 1}), json!({"b": 2})]);
    assert_eq!(json_of("# nothing\n---\n# nothing\n"), Vec::<Value>::new());
    assert_eq!(json_of("\"null\""), [json!("null")]);
}

#[test]
fn aliases_are_what_they_point_at() {
    let text = "base: &b {x: [1, &s two]}\nsame: *b\ns: *s\n*s : key\n";
    let (document, _) = read(text);
    let root = only(&document);
    let same = root.get("same").expect("an alias");
    assert_eq!((same.kind(), same.len(), same.to_json()), (Kind::Map, 1, json!({"x": [1, "two"]})));
    assert_eq!(&text[same.span().start as usize..same.span().end as usize], "*b");
    assert!(same == root.get("base").expect("the target"));
    assert_eq!(root.get("s").and_then(Node::as_str), Some("two"));
    assert_eq!(root.get("two").and_then(Node::as_str), Some("key"));
    assert_eq!(root.locate("/same/x/1").map(|(_, node)| node.as_str()), Some(Some("two")));
}

#[test]
fn pointers_lead_to_keys_and_values() {
    let (document, _) = read("a/b: {m~n: [x, {'': 1}]}\n1: {'01': y}\n");
    let root = only(&document);
    for (pointer, expected) in [
        ("", Some((None, root.to_json()))),
        ("/a~1b/m~0n/0", Some((None, json!("x")))),
        ("/a~1b/m~0n/1/", Some((Some(""), json!(1)))),
        ("/1/01", Some((Some("01"), json!("y")))),
        ("/a~1b/m~0n/2", None),
        ("/a~1b/m~0n/x", None),
        ("/1/01/deeper", None),
        ("nowhere", None),
    ] {
        let found = root.locate(pointer).map(|(key, value)| (key.and_then(Node::as_str), value.to_json()));
        assert_eq!(found, expected, "{pointer}");
    }
}

#[test]
fn equality_looks_at_values_only() {
    let (document, _) = read(
        "- {a: 1, b: [x]}\n- b:\n    - 'x'\n  a: 1.0\n- {a: 1}\n- {a: '1', b: [x]}\n- 0x1\n- 1\n- -0.0\n- 0\n- 1e300\n- 1e300\n",
    );
    let items: Vec<_> = only(&document).items().collect();
    for (left, right, same) in [
        (0, 1, true),
        (0, 2, false),
        (0, 3, false),
        (4, 5, true),
        (6, 7, true),
        (8, 9, true),
        (5, 8, false),
        (0, 0, true),
        (2, 5, false),
    ] {
        assert_eq!(items[left] == items[right], same, "{left} and {right}");
    }
    let wide = |order: &mut dyn Iterator<Item = u32>| {
        order.map(|key| format!("k{key}: {key}\n")).collect::<String>()
    };
    let (up, down) = (read(&wide(&mut (0..40))).0, read(&wide(&mut (0..40).rev())).0);
    assert!(only(&up) == only(&down));
}

#[test]
fn nodes_are_replaced_in_place() {
    let (mut document, _) = read("a: {$yaml: x.yaml}\nb: file://y\nc: &c {d: [1]}\ne: *c\nf: 2\n");
    let root = only(&document).id();
    let id = |document: &Document, key: &str| document.node(root).get(key).expect("a key").id();
    let (other, _) = read("list: &l [1, 'two']\nagain: *l\n");
    let (a, b, e) = (id(&document, "a"), id(&document, "b"), id(&document, "e"));
    let span = document.node(a).span();
    assert!(document.replace_with_copy(a, only(&other)));
    assert!(document.replace_with_text(b, "hello"));
    assert!(document.replace_with_text(e, ""));
    let expected = json!({"a": {"list": [1, "two"], "again": [1, "two"]}, "b": "hello", "c": {"d": [1]}, "e": "", "f": 2});
    assert_eq!(document.node(root).to_json(), expected);
    let (_, inside) = document.node(root).locate("/a/list/1").expect("a copied node");
    assert_eq!((document.node(a).span(), inside.span(), inside.is_plain()), (span, span, false));
    assert!(document.node(a) == only(&other));
    assert!(document.replace_with_text(a, "again"));
    assert_eq!(document.node(root).get("a").and_then(Node::as_str), Some("again"));
}

#[test]
fn replacements_cannot_outgrow_the_limit() {
    let list = format!("[{}]", "1, ".repeat(90_000));
    let (other, _) = read(&list);
    let (mut document, _) = read(&format!("a: &a {{x: y}}\nb: [{}]\n", "*a, ".repeat(1000)));
    let root = only(&document);
    let inner = root.locate("/a/x").expect("the anchored value").1.id();
    assert!(!document.replace_with_copy(inner, only(&other)), "1000 aliases of 90,000 items");
    assert!(document.replace_with_text(inner, "short"));
    let (mut plain, _) = read("a: 1\n");
    let value = only(&plain).get("a").expect("a value").id();
    let copies = (0..20).filter(|_| plain.replace_with_copy(value, only(&other))).count();
    assert_eq!(copies, MAX_NODES / 90_001);
}

#[test]
fn parts_of_texts_have_places() {
    for (text, part, expected) in [
        ("a: one two\n", "two", "two"),
        ("a: 'it''s {{ x }}'\n", "{{ x }}", "{{ x }}"),
        ("a: \"\\u0061 {{ x }}\"\n", "{{ x }}", "{{ x }}"),
        ("a: |\n  one\n  {{ x }}\n", "{{ x }}", "{{ x }}"),
        ("a: >-\n  one\n  {{ x }}\n\n  y\n", "{{ x }}", "{{ x }}"),
        // What is folded in between, or is more often in what is written, has the place of all.
        ("a: >-\n  {{ x\n  | y }}\n", "{{ x | y }}", "{{ x\n  | y }}"),
        ("a: \"\\t t\"\n", "t", "\"\\t t\""),
    ] {
        let (document, _) = read(text);
        let node = only(&document).get("a").unwrap();
        let value = node.as_str().unwrap();
        let start = value.rfind(part).unwrap();
        let span = node.part(start..start + part.len());
        assert_eq!(text[span.start as usize..span.end as usize].trim_end(), expected, "{text}");
    }
}
