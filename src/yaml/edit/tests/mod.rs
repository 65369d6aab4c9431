//! Changes in tables; random ones are in `random`.

mod random;

use serde_json::json;

use super::*;

/// Returns a place written as `1:properties.a.0`; the number of the document may be left out.
fn place(text: &str) -> Place {
    let (document, way) =
        text.split_once('@').map_or((0, text), |(number, way)| (number.parse().unwrap(), way));
    let step = |step: &str| match step.parse() {
        Ok(number) => Step::Item(number),
        Err(_) => Step::Key(step.to_string()),
    };
    Place { document, steps: way.split('.').filter(|step| !step.is_empty()).map(step).collect() }
}

fn set(text: &str, at: &str, value: &Value) -> String {
    let mut edit = Edit::open(text).unwrap();
    edit.set(&place(at), value).unwrap_or_else(|error| panic!("{text}\n{at}: {error}"));
    edit.finish()
}

fn removed(text: &str, at: &str) -> String {
    let mut edit = Edit::open(text).unwrap();
    edit.remove(&place(at)).unwrap_or_else(|error| panic!("{text}\n{at}: {error}"));
    edit.finish()
}

#[test]
fn values_are_set_where_they_are() {
    for (text, at, value, expected) in [
        ("a: 1 # one\nb: 2\n", "a", json!(3), "a: 3 # one\nb: 2\n"),
        ("a:   'x'   # one\nb: 2", "b", json!("no"), "a:   'x'   # one\nb: \"no\""),
        ("a:\nb: 2\n", "a", json!("x"), "a: x\nb: 2\n"),
        ("a: # none\nb: 2\n", "a", json!([1]), "a: # none\n  - 1\nb: 2\n"),
        ("a: x # c\nb: 2\n", "a", json!({"k": 1}), "a: # c\n  k: 1\nb: 2\n"),
        ("a: x # c\nb: 2\n", "a", json!("p\nq\n"), "a: | # c\n  p\n  q\nb: 2\n"),
        ("a: |- # c\n  p\n  q\n\nb: 2\n", "a", json!("r"), "a: r # c\n\nb: 2\n"),
        ("a: # c\n  x: 1 # d\n  # e\n# f\nb: 2\n", "a", json!(1), "a: 1 # c\n# f\nb: 2\n"),
        ("a:\n- 1\n- 2\nb: 2\n", "a", json!([3]), "a:\n- 3\nb: 2\n"),
        ("a:\n    - 1\nb: 2\n", "a", json!([3, "x"]), "a:\n    - 3\n    - x\nb: 2\n"),
        ("a: [1, 2] # c\n", "a", json!(["x", "y, z"]), "a: [x, \"y, z\"] # c\n"),
        ("a: [1,\n  2] # c\nb: 1\n", "a", json!("x"), "a: x # c\nb: 1\n"),
        ("a:\n  \"x\n  y\" # c\nb: 1\n", "a", json!([1]), "a:\n  [1] # c\nb: 1\n"),
        (
            "a: 1\r\nb:\r\n  c: x\r\n",
            "b.c",
            json!({"d": [1]}),
            "a: 1\r\nb:\r\n  c:\r\n    d:\r\n      - 1\r\n",
        ),
        ("\u{feff}a: 1", "a", json!("p\nq"), "\u{feff}a: |-\n  p\n  q"),
        ("- a: 1\n  b: 2 # c\n- 3\n", "0", json!({"x": {"k": 1}, "z": 2}), "- x:\n    k: 1\n  z: 2\n- 3\n"),
        ("- a: 1\n-   3 # c\n", "1", json!({"x": 1, "k": 2}), "- a: 1\n-   x: 1 # c\n    k: 2\n"),
        ("- - a\n  - b\n", "0.1", json!("c"), "- - a\n  - c\n"),
        ("{a: {b: 1}, c: 2}", "a.b", json!({"x": ["p: q"]}), "{a: {b: {x: [\"p: q\"]}}, c: 2}"),
        ("{\"a\":1,\"b\":2}", "a", json!({"c": "x", "d": [1]}), "{\"a\":{\"c\":\"x\",\"d\":[1]},\"b\":2}"),
        (
            "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
            "a",
            json!({"c": [1]}),
            "{\n  \"a\": {\n    \"c\": [1]\n  },\n  \"b\": 2\n}\n",
        ),
        ("a: *x\n", "a", json!(1), ""),
        ("a: &x 1\n", "a", json!(2), "a: 2\n"),
        ("a: !!str 1\n", "a", json!(2), "a: 2\n"),
        ("a: &x {b: 1, c: 2}\nd: *x\n", "d.b", json!(3), "a: &x {b: 1, c: 2}\nd:\n  b: 3\n  c: 2\n"),
        ("a: 1\n---\n# c\na: 2\n...\n", "1@a", json!(3), "a: 1\n---\n# c\na: 3\n...\n"),
        ("\"a\" : 1\n", "a", json!(2), "\"a\" : 2\n"),
    ] {
        if expected.is_empty() {
            assert!(matches!(Edit::open(text), Err(EditError::Unreadable(_))), "{text}");
            continue;
        }
        assert_eq!(set(text, at, &value), expected, "{text}");
    }
}

#[test]
fn missing_keys_are_added_after_their_siblings() {
    for (text, at, value, expected) in [
        ("a: 1 # c\n\n# d\n", "b", json!(2), "a: 1 # c\nb: 2\n\n# d\n"),
        ("a: 1", "b", json!([1]), "a: 1\nb:\n  - 1"),
        ("a: 1\r\n", "b.c", json!(2), "a: 1\r\nb:\r\n  c: 2\r\n"),
        (
            "a:\n    b: 1 # c\n      # d\n    # e\nf: 1\n",
            "a.x",
            json!("y: z"),
            "a:\n    b: 1 # c\n      # d\n    x: \"y: z\"\n    # e\nf: 1\n",
        ),
        ("a:\nb: 1\n", "a.c", json!(2), "a:\n  c: 2\nb: 1\n"),
        ("a: ~ # c\nb: 1\n", "a.c.d", json!(2), "a: # c\n  c:\n    d: 2\nb: 1\n"),
        ("a: {} # c\n", "a.c", json!(2), "a: # c\n  c: 2\n"),
        ("a: {b: 1,}\n", "a.c", json!(2), "a: {b: 1, c: 2,}\n"),
        ("a: { b: 1 } # c\n", "a.\"", json!("x"), "a: { b: 1, \"\\\"\": x } # c\n"),
        ("- a: 1\n  b: 2\n- c: 3\n", "0.x", json!({"k": 1}), "- a: 1\n  b: 2\n  x:\n    k: 1\n- c: 3\n"),
        ("- a: 1\n- c: 3", "1.x", json!(1), "- a: 1\n- c: 3\n  x: 1"),
        ("a: [p, q]\nb:\n  - r\n", "c", json!(["s"]), "a: [p, q]\nb:\n  - r\nc: [s]\n"),
        ("a:\n- r\n", "c", json!(["s"]), "a:\n- r\nc:\n- s\n"),
        ("a: |+\n  x\n\n", "b", json!(1), "a: |+\n  x\n\nb: 1\n"),
        ("a: |\n  x\n\n# c\n", "b", json!(1), "a: |\n  x\nb: 1\n\n# c\n"),
        ("{\n  \"a\": 1\n}\n", "b", json!({"c": 1}), "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": 1\n  }\n}\n"),
        (
            "{\n  \"a\": {\n    \"x\": [\n      1\n    ]\n  }\n}",
            "a.z",
            json!(["b"]),
            "{\n  \"a\": {\n    \"x\": [\n      1\n    ],\n    \"z\": [\n      \"b\"\n    ]\n  }\n}",
        ),
        ("{\"a\":1}", "b", json!("é\u{2028}"), "{\"a\":1,\"b\":\"é\\u2028\"}"),
        ("{\"a\": {}}", "a.b", json!([]), "{\"a\": {\"b\": []}}"),
        (
            "a: {\n  b: 1, # x\n  c: 2 # y\n}\n",
            "a.d",
            json!(3),
            "a: {\n  b: 1, # x\n  c: 2, # y\n  d: 3\n}\n",
        ),
        (
            "a: {\n  b: 1, # x\n  c: 2, # y\n}\n",
            "a.d",
            json!(3),
            "a: {\n  b: 1, # x\n  c: 2, # y\n  d: 3,\n}\n",
        ),
        ("--- # c\na: 1\n---\nb: 1\n", "0@c", json!(1), "--- # c\na: 1\nc: 1\n---\nb: 1\n"),
    ] {
        assert_eq!(set(text, at, &value), expected, "{text}");
    }
    let mut edit = Edit::open("identifier: x\nproperties: {}\ntitle: T\n").unwrap();
    edit.set_after(&place("team"), &json!("t"), &["icon", "identifier", "title"]).unwrap();
    assert_eq!(edit.finish(), "identifier: x\nteam: t\nproperties: {}\ntitle: T\n");
}

#[test]
fn what_is_removed_leaves_the_rest_as_it_was() {
    for (text, at, expected) in [
        ("# x\na: 1 # c\nb: 2\n", "a", "# x\nb: 2\n"),
        ("a: 1\nb: 2", "b", "a: 1"),
        ("a: 1\nb:\n  c: 1\n  # d\n# e\n", "b", "a: 1\n# e\n"),
        ("a:\n  b: 1 # c\nd: 1\n", "a.b", "a: {}\nd: 1\n"),
        ("a: 1\n\nb: 2\n\nc: 3\n", "b", "a: 1\n\nc: 3\n"),
        ("a: |+\n  x\n\nb: 2\n\nc: 3\n", "b", "a: |+\n  x\n\nc: 3\n"),
        ("a: |+\n  x\nb: 2\n\nc: 3\n", "b", "a: |+\n  x\nc: 3\n"),
        ("- a: 1\n\n- b: 2\n", "1", "- a: 1\n"),
        ("- a: 1\n- b: 2", "1", "- a: 1"),
        ("- a: 1\n  # c\n  b: 2\n", "0.a", "-\n  # c\n  b: 2\n"),
        ("- a: 1 # c\n  b: 2\n", "0.a", "- b: 2\n"),
        ("x:\n- - a\n  - b\n- c\n", "x.0.0", "x:\n- - b\n- c\n"),
        ("x:\n- a\ny: 1\n", "x.0", "x: []\ny: 1\n"),
        ("{a: 1, b: 2, c: 3}", "a", "{b: 2, c: 3}"),
        ("{a: 1, b: 2, c: 3}", "b", "{a: 1, c: 3}"),
        ("{a: 1, b: 2, c: 3}", "c", "{a: 1, b: 2}"),
        ("[1, 2, 3,]", "2", "[1, 2, ]"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "b", "{\n  \"a\": 1\n}\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "a", "{\n  \"b\": 2\n}\n"),
        ("{\n  \"a\": 1\n}\n", "a", "{}\n"),
        ("{\"a\":{\"b\":1}}", "a.b", "{\"a\":{}}"),
        ("# x\na: 1\n---\n# y\nb: 2\n---\nc: 3\n", "0@", "# x\n# y\nb: 2\n---\nc: 3\n"),
        ("# x\na: 1\n---\n# y\nb: 2\n---\nc: 3\n", "1@", "# x\na: 1\n---\nc: 3\n"),
        ("a: 1\n---\nc: 3", "1@", "a: 1"),
        ("---\na: 1\n---\nc: 3\n", "0@", "---\nc: 3\n"),
        ("# x\na: 1\n", "0@", "# x\n"),
        ("a: &x {b: 1, c: 2}\nd: *x\n", "d.b", "a: &x {b: 1, c: 2}\nd:\n  c: 2\n"),
    ] {
        assert_eq!(removed(text, at), expected, "{text}");
    }
}

#[test]
fn documents_are_added_at_the_end() {
    for (text, expected) in [
        ("a: 1\n", "a: 1\n---\nb:\n  - 2\n"),
        ("a: 1", "a: 1\n---\nb:\n  - 2"),
        ("a: 1\r\n", "a: 1\r\n---\r\nb:\r\n  - 2\r\n"),
        ("# c\n", "# c\nb:\n  - 2\n"),
        ("", "b:\n  - 2\n"),
        ("\u{feff}", "\u{feff}b:\n  - 2\n"),
        ("{a: 1}\n", "{a: 1}\n---\nb:\n  - 2\n"),
    ] {
        let mut edit = Edit::open(text).unwrap();
        edit.append(&json!({"b": [2]})).unwrap();
        assert_eq!(edit.finish(), expected, "{text:?}");
    }
    assert_eq!(Edit::open("{\"a\": 1}").unwrap().append(&json!({})), Err(EditError::Json));
}

#[test]
fn what_cannot_be_changed_alone_is_not_changed() {
    let bound = |at: &str| EditError::Bound(place(at));
    for (text, at, value, expected) in [
        ("a: &x {b: 1}\nc: *x\n", "a.b", json!(2), bound("a.b")),
        ("a: &x 1\nc: *x\n", "a", json!(2), bound("a")),
        ("? a\n: 1\n", "b", json!(2), bound("b")),
        ("a: 1\n", "a.b", json!(2), EditError::NotAMapping(place("a"))),
        ("a: [1]\n", "a.3", json!(2), EditError::Missing(place("a.3"))),
        ("a: 1\n", "1@a", json!(2), EditError::Missing(place("1@a"))),
        ("a: 1\n", "b", json!("\0"), EditError::Nul(Nul)),
        ("a: 1\n", "\0", json!(1), EditError::Nul(Nul)),
    ] {
        let mut edit = Edit::open(text).unwrap();
        assert_eq!(edit.set(&place(at), &value), Err(expected), "{text}");
        assert_eq!(edit.text(), text);
    }
    for (text, at, expected) in [
        ("a: &x 1\nc: *x\n", "a", bound("a")),
        ("a: 1\n", "b", EditError::Missing(place("b"))),
        ("a: 1\n", "1@", EditError::Missing(place("1@"))),
        ("- 1\n", "1", EditError::Missing(place("1"))),
        ("a: 1\n", "a.b", EditError::Missing(place("a.b"))),
    ] {
        let mut edit = Edit::open(text).unwrap();
        assert_eq!(edit.remove(&place(at)), Err(expected), "{text}");
        assert_eq!(edit.text(), text);
    }
    for text in ["a: [\n", "a: 1\na: 2\n", "a: \u{1}\n"] {
        assert!(matches!(Edit::open(text), Err(EditError::Unreadable(_))), "{text}");
    }
}

#[test]
fn a_node_knows_its_place() {
    let edit = Edit::open("a: 1\n---\n- x: [1, {y: 2}]\n- z: 3\n").unwrap();
    let root = edit.document().roots().nth(1).unwrap();
    let inner = root.items().next().unwrap().get("x").unwrap().items().nth(1).unwrap();
    for (node, expected) in [(root, "1@"), (inner, "1@0.x.1"), (inner.get("y").unwrap(), "1@0.x.1.y")] {
        assert_eq!(Place::of(node), Some(place(expected)));
    }
}
