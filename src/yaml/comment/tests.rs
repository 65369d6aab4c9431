//! Where comments are found, and where they are written again.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::source::SourceId;
use crate::yaml::edit::Step;
use crate::yaml::{Comments, Node, parse, write};

/// Returns the mapping at `entity` of a text, or its first document, written again with its comments.
fn again(text: &str) -> String {
    let document = parse(SourceId::new(0), &Arc::from(text), &mut Vec::new());
    let root = document.roots().next().unwrap_or_else(|| panic!("{text}"));
    let node = root.get("entity").unwrap_or(root);
    write::commented(&node.to_json(), &Comments::of(node))
}

#[test]
fn a_text_is_written_again_as_it_was() {
    for text in [
        "a: 1 # one\nb: 2\n",
        "# top\n\n# a\na: 1\n\n# b\n# bb\nb: x # c\n# end\n",
        "# a\na: 1\n",
        "#top\n\n## one\n\n#\n\na: 1\n\n# end\n\n# far\n",
        "a: # c\n  # above b\n  b: 1 # d\n  # below\n# above e\ne: |- # f\n  p # no\n  q\n# g\ng:\n  # x\n  - x # y\n  # z\n",
        "a:\n  - b: 1 # b\n    # c\n    c: 2\n    # end of the first\n  # second\n  - d: 1\n",
        "a:\n  # all\n\n  # one\n  - x\n\n  - z\n",
        "a:\n  - - x # x\n    - z\n",
        "a: \"# no # no\" # yes\nb: x#no\n",
        "a: it's # one\nb: |\n  # no\n\n  # no\n\n# yes\nc: 1\n",
    ] {
        assert_eq!(again(text), text);
    }
}

#[test]
fn comments_belong_to_what_they_stand_beside() {
    for (text, expected) in [
        // What is outside of the mapping is not its own.
        (
            "# file\nentity: # own\n  # top\n\n  # a\n  a: 1 # b\n\n  # end\n# next\nnext: [] # c\n",
            "# top\n\n# a\na: 1 # b\n\n# end\n",
        ),
        ("entity:\n  a: |\n    x\n  # end\nz: 1 # c\n", "a: |\n  x\n# end\n"),
        ("entity:\n  a: |\n    x\nz: 1 # c\n", "a: |\n  x\n"),
        ("entity:\n  a: x\n   # deep\n  # end", "a: x\n# deep\n# end\n"),
        ("entity:\r\n  # a\r\n  a: 1 # b\r\n\r\n  b: 2\r\n", "# a\na: 1 # b\n\nb: 2\n"),
        // Brackets become lines.
        ("a: [x, z] # c\nb: {c: 1} # d\n", "a: # c\n  - x\n  - z\nb: # d\n  c: 1\n"),
        ("a: [x, # x\n  # z\n  z] # c\n", "a: # x\n  - x\n  # z\n  - z # c\n"),
        ("entity: { # top\n  a: 1, # one\n  # b\n  b: 2 } # no\n", "# top\na: 1 # one\n# b\nb: 2\n"),
        // What cannot stand where it did stands above.
        ("a:\n  - # c\n    b: 1\n  - {c: 1} # d\n", "a:\n  # c\n  - b: 1\n  # d\n  - c: 1\n"),
        ("- # c\n\n  # d\n  b: 1\n", "# c\n\n# d\n- b: 1\n"),
        ("- x\n- |- # c\n  a\n  b\n- p\n\n  > q # d\n", "- x\n- |- # c\n  a\n  b\n- |- # d\n  p\n  > q\n"),
        ("- b: x\n    # d\n", "- b: x\n  # d\n"),
        ("a: x\n  y # c\nb: \"p\n  q\" # d\n", "a: x y # c\nb: p q # d\n"),
        ("\u{feff}# a\na: 1\n", "# a\na: 1\n"),
        ("a: &x # c\n  b: 1 # d\nc: *x # e\n", "a: # c\n  b: 1 # d\nc: # e\n  b: 1\n"),
        ("- # c\n# d\n- x\n-\n# e\n", "# c\n- null\n# d\n- x\n- null\n# e\n"),
        ("a: |- # c\n", "a: \"\" # c\n"),
        ("a: 1\n  # odd\nb: 2\n", "a: 1\n# odd\nb: 2\n"),
        ("a:\n  b: 1\n# c\n  # d\nc: 2\n", "a:\n  b: 1\n# c\n# d\nc: 2\n"),
    ] {
        assert_eq!(again(text), expected, "{text}");
    }
}

#[test]
fn comments_go_with_their_keys() {
    let text = "# top\n\n# a\na: 1\n\n# b\nb:\n  # c\n  c: 2 # d\n  e: 3\n";
    let document = parse(SourceId::new(0), &Arc::from(text), &mut Vec::new());
    let mut comments = Comments::of(document.roots().next().unwrap());
    let value = json!({"b": {"e": 3, "c": 2}, "a": 1});
    let moved = "# top\n\n# b\nb:\n  e: 3\n  # c\n  c: 2 # d\n# a\na: 1\n";
    assert_eq!(write::commented(&value, &comments), moved);
    let b = comments.take(&Step::Key("b".into()));
    assert_eq!(write::commented(&json!({"a": 1, "b": 2}), &comments), "# top\n\n# a\na: 1\nb: 2\n");
    comments.put(Step::Key("a".into()), b);
    assert_eq!(write::commented(&json!({"a": 1}), &comments), "# top\n\n# b\na: 1\n");
}

#[test]
fn a_comment_is_one_line_whatever_it_holds() {
    let document = parse(SourceId::new(0), &Arc::from("# x\na: 1 # y\n"), &mut Vec::new());
    let mut comments = Comments::of(document.roots().next().unwrap());
    for comment in comments.own_mut() {
        comment.text = String::new();
    }
    let mut a = comments.take(&Step::Key("a".into()));
    for comment in a.own_mut() {
        comment.text = " p\nq: 1\r\u{85}\u{2028}\0\t\u{202e}r  ".into();
    }
    comments.put(Step::Key("a".into()), a);
    let line = "# p q: 1     r".replace("1     r", "1      r");
    assert_eq!(write::commented(&json!({"a": 1}), &comments), format!("{line}\na: 1 {line}\n"));
}

#[test]
fn many_nodes_on_one_line_take_bounded_time() {
    let deep = format!("{}{}{}", "[".repeat(100), "1,".repeat(300_000), "]".repeat(100));
    assert!(again(&format!("a: {deep} # c\n")).starts_with("a: # c\n"));
}

/// Returns how many comments `# c` there are in all.
fn count(comments: &mut Comments, node: Node<'_>) -> usize {
    let steps: Vec<(Step, Node<'_>)> = node
        .entries()
        .map(|(key, value)| (Step::Key(key.text().unwrap().into()), value))
        .chain(node.items().enumerate().map(|(number, item)| (Step::Item(number), item)))
        .collect();
    let own = comments.own_mut().filter(|comment| comment.text == " c").count();
    own + steps.into_iter().map(|(step, node)| count(&mut comments.take(&step), node)).sum::<usize>()
}

/// A text of block lines, some with comments, and how many comments it has.
fn commented() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "k: v",
        "k: v # c",
        "k: # c",
        "# c",
        "  # c",
        "    # c",
        "",
        "- x",
        "- x # c",
        "- k: v # c",
        "- # c",
        "  k: |",
        "  k: |- # c",
        "    text # no",
        "  - x",
        "  - k: v",
        "  - k: v # c",
        "    k: 'a # no' # c",
        "  k: [a, # c",
        "  b] # c",
        "  k: {a: 1} # c",
        "k: \"x",
        "y # no\" # c",
        "- - x # c",
        "  k: # c",
        "    - x # c",
    ]);
    prop::collection::vec(line, 1..12).prop_map(|lines| {
        let unique = lines
            .iter()
            .enumerate()
            .map(|(number, line)| line.replacen("k:", &format!("k{number}:"), 1) + "\n");
        unique.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_stay_what_they_are_and_no_comment_is_lost(text in commented()) {
        let mut found = Vec::new();
        let document = parse(SourceId::new(0), &Arc::from(text.as_str()), &mut found);
        // What is further left than a mapping is not its own.
        let indented = text.lines().find(|line| !line.trim_start().starts_with('#') && !line.is_empty());
        let whole = found.is_empty() && !indented.is_some_and(|line| line.starts_with(' '));
        let Some(root) = document.roots().next().filter(|root| whole && !root.is_empty()) else { return Ok(()) };
        let mut comments = Comments::of(root);
        let (value, written) = (root.to_json(), write::commented(&root.to_json(), &comments));
        let expected = text.matches("# c").count();
        let read = parse(SourceId::new(0), &Arc::from(written.as_str()), &mut found);
        prop_assert!(found.is_empty(), "{}\n---\n{}\n{:?}", text, written, found);
        let held = read.roots().next().map(Node::to_json);
        prop_assert_eq!(held.as_ref(), Some(&value), "{}\n---\n{}", text, written);
        prop_assert_eq!(written.matches("# c").count(), expected, "{}\n---\n{}", text, written);
        let expected = expected - value.to_string().matches("# c").count();
        prop_assert_eq!(count(&mut comments, root), expected, "{}\n---\n{}", text, written);
        // Written once, it stays as it is.
        let root = read.roots().next().unwrap();
        prop_assert_eq!(&write::commented(&value, &Comments::of(root)), &written, "{}", text);
    }
}

#[test]
fn scalars_have_no_comments() {
    let document = parse(SourceId::new(0), &Arc::from("x # c\n"), &mut Vec::new());
    assert_eq!(Comments::of(document.roots().next().unwrap()), Comments::default());
    assert_eq!(write::commented(&Value::Null, &Comments::default()), "null\n");
}
