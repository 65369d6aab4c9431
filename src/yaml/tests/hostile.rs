//! Texts made to exhaust time, memory or the stack end soon, with a finding where one is due.

use std::time::{Duration, Instant};

use super::super::{MAX_BYTES, MAX_DEPTH, Node};
use super::{read, render};

/// Generous: tests run unoptimised, several at a time. In a release build each text takes under 0.2 s.
const SOON: Duration = Duration::from_secs(10);

/// A billion laughs: each level repeats the one before nine times.
fn laughs(levels: usize) -> String {
    let mut text = String::from("l0: &l0 lol\n");
    for level in 1..=levels {
        let aliases = format!("*l{}, ", level - 1).repeat(9);
        text.push_str(&format!("l{level}: &l{level} [{aliases}]\n"));
    }
    text
}

fn deep_map(depth: usize) -> String {
    (0..depth).map(|level| format!("{}k:\n", " ".repeat(level))).collect()
}

/// A chain of aliases, each one level deeper than the one before.
fn ladder(levels: usize) -> String {
    let mut text = String::from("- &a0 x\n");
    for level in 1..=levels {
        text.push_str(&format!("- &a{level} [*a{}]\n", level - 1));
    }
    text
}

#[test]
fn hostile_texts_end_soon() {
    let spaces = " ".repeat(MAX_BYTES);
    let cases: Vec<(&str, String, &str)> = vec![
        ("brackets", "[".repeat(200_000), "nesting-too-deep"),
        ("braces", "{a: ".repeat(100_000), "nesting-too-deep"),
        ("JSON braces", "{\"a\":".repeat(100_000), "nesting-too-deep"),
        ("dashes", "- ".repeat(100_000), "nesting-too-deep"),
        ("question marks", "? ".repeat(20_000), "nesting-too-deep"),
        ("a deep mapping", deep_map(3000), "nesting-too-deep"),
        ("a ladder of aliases", ladder(MAX_DEPTH), "nesting-too-deep"),
        ("a billion laughs", laughs(8), "alias-expansion"),
        ("laughs in a stream", laughs(4).repeat(3).replace("l0: ", "---\nl0: "), ""),
        (
            "many long texts",
            format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100)),
            "alias-expansion",
        ),
        ("a long key", format!("{}: 1\n", "k".repeat(2000)), "syntax"),
        ("a long key among others", format!("a: 1\n{}: 1\n", "k".repeat(2000)), "syntax"),
        ("many pairs in a list", format!("[{}]", "a: b, ".repeat(200_000)), ""),
        ("many items", format!("[{}]", "1,".repeat(MAX_BYTES / 2 - 2)), "document-too-large"),
        ("one text", format!("a: {}\n", "x".repeat(MAX_BYTES - 8)), ""),
        ("one quoted text", format!("{{\"a\": \"{}\"}}", "x".repeat(MAX_BYTES - 16)), ""),
        ("many keys", (0..200_000).map(|key| format!("k{key}: 1\n")).collect(), ""),
        ("one key", "k: 1\n".repeat(100_000), "duplicate-key"),
        ("many bad documents", "---\n[\n".repeat(100_000), "syntax"),
        ("many empty documents", "---\n".repeat(200_000), ""),
        ("curly quotes", format!("{}\n[", "a: “\n“: ".repeat(100_000)), "typographic-quotes"),
        ("spaces", spaces, ""),
        ("an open quotation mark", format!("a: \"{}", "b\\q\n ".repeat(200_000)), "syntax"),
        ("directives", format!("a: 1\n{}", "%x\n".repeat(200_000)), "syntax"),
        ("templates", "a: {{ b }}/c\n".repeat(100_000), "syntax"),
        ("lone templates", format!("{}]", "{{".repeat(60)), "syntax"),
        ("keys without colons", "a\n".repeat(500_000) + "b: 1", "syntax"),
    ];
    for (name, text, rule) in cases {
        let start = Instant::now();
        let (document, found) = read(&text);
        let took = start.elapsed();
        assert!(took < SOON, "{name}: {took:?}");
        assert_eq!(found.first().map_or("", |finding| finding.rule.name()), rule, "{name}");
        assert!(found.len() <= 100, "{name}: {} findings", found.len());
        assert!(found.iter().all(|finding| render(finding).len() < 600), "{name}: {}", render(&found[0]));
        for root in document.roots() {
            assert!(root == root.document().clone().node(root.id()), "{name}");
            std::hint::black_box(root.to_json());
        }
    }
}

#[test]
fn what_is_within_the_limits_is_read() {
    for text in [
        deep_map(MAX_DEPTH),
        "[".repeat(MAX_DEPTH) + &"]".repeat(MAX_DEPTH),
        ladder(MAX_DEPTH - 1),
        laughs(4),
    ] {
        let (document, found) = read(&text);
        assert_eq!(found.iter().map(render).collect::<Vec<_>>(), Vec::<String>::new());
        assert_eq!(document.roots().count(), 1);
        assert!(document.roots().map(Node::to_json).all(|value| !value.is_null()));
    }
}
