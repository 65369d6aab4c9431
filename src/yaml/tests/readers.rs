//! The quick readers read what they accept exactly as the full reader does.

use std::fs;
use std::path::Path;

use super::super::{disagreement, is_quick};
use proptest::prelude::*;

#[test]
fn the_quick_reader_takes_what_catalog_files_are_written_in() {
    for text in [
        "identifier: cart\ntitle: Cart service # the cart\nproperties:\n  url: https://example.com/a:b#c\n  lines: 3\n\n  on: yes\nrelations:\n  owner:\n",
        "---\n# comment\nname: \"a b\"\nquoted: 'c, d'\nlist:\n- a\n- b: 1\n  c: 2\n-\n  d: 3\n",
        "list:\n  - - x\n    - y\n  - []\n  - {}\n  - [a, \"b\", 3, -1]\nempty: {}\n",
        "text: |\n  one\n\n    two\n  three\n\nstripped: |-\n  one\nkept: |+\n  one\n\nlast: 1",
        "- a\n- 'b'\n- 1\n- -5\n- ~\n",
        "\"quoted key\" : 1\n'other': ünï “x”\n",
    ] {
        assert!(is_quick(text), "{text}");
        assert_eq!(disagreement(text), None, "{text}");
    }
}

#[test]
fn the_quick_reader_leaves_the_rest_to_the_full_one() {
    for text in [
        "",
        "a",
        "# only\n",
        "a: &x 1\n",
        "a: *x\n",
        "a: !!str 1\n",
        "a: >\n  x\n",
        "a: b\n  c\n",
        "a: \"\\n\"\n",
        "a: 'it''s'\n",
        "\ta: 1\n",
        "a: 1\r\nb: 2\r\n",
        "? a\n",
        "a: 1\n---\nb: 2\n",
        "---\n---\na: 1\n",
        "---\n",
        "\u{feff}a: 1\n",
        "<<: 1\n",
        "“a”: 1\n",
        "a: 1\na: 2\n",
        "a: 1\n b: 2\n",
        "a: b: c\n",
        "a: .inf\n",
        "a: [b, [c]]\n",
        "a: {b: c}\n",
        "a: @b\n",
        "a:\n  b\n",
        "- \n",
        "a: |\n b",
        "a: |2\n  b\n",
        "a: |\n\nb: 1\n",
        "...\n",
        "%YAML 1.2\n---\na: 1\n",
        "a: b\u{85}c\n",
        "a: - b\n",
        "a: 1\n- b\n",
        "a: [b]c\n",
        "a: \"b\"#c\n",
    ] {
        assert!(!is_quick(text), "{text:?}");
    }
}

#[test]
fn readers_agree_on_the_fuzz_seeds() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut count = 0;
    for seed in fs::read_dir(&seeds).expect("the seeds are part of the repository") {
        let text = fs::read_to_string(seed.expect("a directory entry").path()).expect("seeds are UTF-8");
        assert_eq!(disagreement(&text), None, "{text}");
        count += 1;
    }
    assert!(count >= 5, "{count} seeds");
}

/// Fragments that lines of YAML are made of, odd ones included.
fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b",
        "key",
        "- ",
        "-",
        ": ",
        ":",
        "  ",
        " ",
        "    ",
        "\n",
        "\n\n",
        "# c",
        " # c",
        "\"x\"",
        "'y'",
        "\"",
        "'",
        "[a, b]",
        "[]",
        "{}",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ",",
        "|\n",
        "|-\n",
        "|+\n",
        "|",
        ">",
        "1",
        "-1",
        "1.5",
        "true",
        "null",
        "~",
        "---\n",
        "---",
        "...",
        "?",
        "? ",
        "&a ",
        "*a",
        "!t ",
        "%",
        "@",
        "`",
        "\\",
        "\t",
        "\r",
        "é",
        "“",
        "”",
        "\u{a0}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "<<",
        "<<: ",
        "=",
        "0x1",
        ".inf",
        "a: 1\n",
        "b:\n",
        "- x\n",
        "  c: d\n",
        "  - e\n",
        "k: v\n",
        "    deep: x\n",
        "l: |\n",
        "  text\n",
        "   more\n",
        "''",
        "\"\"",
        "a b",
        ".",
        "+",
        "x#y",
        "x:y",
        "{\"a\": 1}",
        "\"a\":1",
        "\\u00e9",
        "\\n",
        "\\/",
    ])
}

/// A value of the common forms; lines after the first hold `@` where their indentation goes.
fn value() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(vec![
        "x",
        "a b",
        "\"q r\"",
        "'s'",
        "1",
        "-2",
        "true",
        "null",
        "~",
        "[]",
        "{}",
        "[a, b]",
        "[ 'a' , 1 ]",
        "x # c",
        "",
        "http://x/y#z",
        "a:b",
        "|\n@  t\n\n@   u",
        "|-\n@  t",
        "|+\n@ t\n",
        "é “y”",
        "\"q\" # c",
        "[a,b]",
        "# c",
        "|\n\n@    t\n@   \n@",
        ".5",
        "-x",
        "a: b",
        "- a",
    ]);
    scalar.prop_map(String::from).prop_recursive(4, 24, 4, |inner| {
        let key = prop::sample::select(vec!["a", "b", "c d", "\"e\"", "'f' ", "7", "g#h", "-i"]);
        let wide = prop::sample::select(vec!["", "  ", "    "]);
        let map = prop::collection::vec((key, inner.clone(), 0u8..16), 1..4);
        let list = prop::collection::vec((inner, 0u8..16), 1..4);
        (map, list, wide, any::<bool>()).prop_map(|(map, list, wide, is_map)| {
            if is_map { mapping(&map, wide) } else { listing(&list, wide) }
        })
    })
}

/// Returns a block mapping, on lines of its own.
fn mapping(entries: &[(&str, String, u8)], wide: &str) -> String {
    let mut text = String::new();
    for (key, value, gap) in entries {
        let space = if value.is_empty() || value.starts_with('\n') { "" } else { " " };
        let value = value.replace('@', &format!("@{wide}"));
        text.push_str(&format!("{}\n@{wide}{key}:{space}{value}", between(*gap)));
    }
    text
}

/// Returns a block list, on lines of its own or, where its items begin with a key, compact.
fn listing(items: &[(String, u8)], wide: &str) -> String {
    let mut text = String::new();
    for (value, gap) in items {
        let value = value.replace('@', &format!("@{wide}  "));
        let compact = value.strip_prefix("\n").map(|value| value.trim_start_matches(['@', ' ']));
        let value = compact.filter(|_| gap % 2 == 0).unwrap_or(&value);
        text.push_str(&format!("{}\n@{wide}- {value}", between(*gap)));
    }
    text
}

/// Returns what may stand between two entries.
fn between(gap: u8) -> &'static str {
    match gap {
        0 => "\n",
        1 => "\n   # note",
        2 => "\n\n@# note",
        _ => "",
    }
}

fn document() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec!["", "", "---\n", "# c\n"]);
    let end = prop::sample::select(vec!["\n", "", "\n\n", " # c\n"]);
    (start, value(), end).prop_map(|(start, value, end)| {
        format!("{start}{}{end}", value.trim_start_matches('\n').replace('@', ""))
    })
}

// More when hunting by hand: `PROPTEST_CASES=200000 cargo test yaml::tests::readers`.
proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn readers_agree_on_soup(fragments in prop::collection::vec(fragment(), 0..24)) {
        let text = fragments.concat();
        prop_assert_eq!(disagreement(&text), None, "{:?}", text);
    }

    #[test]
    fn readers_agree_on_documents(text in document()) {
        prop_assert_eq!(disagreement(&text), None, "{:?}", text);
    }

    #[test]
    fn readers_agree_on_mutations(text in document(), at in any::<prop::sample::Index>(), fragment in fragment(), cut in 0usize..3) {
        let mut text = text;
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
        let place = places[at.index(places.len())];
        let end = text[place..].char_indices().nth(cut).map_or(text.len(), |(len, _)| place + len);
        text.replace_range(place..end, fragment);
        prop_assert_eq!(disagreement(&text), None, "{:?}", text);
    }
}

/// By hand: `YAML_FILES=folder cargo test readers_agree_on_files` compares the readers on a folder's files.
#[test]
fn readers_agree_on_files() {
    let Some(folder) = std::env::var_os("YAML_FILES") else { return };
    let mut count = 0;
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        assert_eq!(disagreement(&text), None, "{}", entry.path().display());
        count += 1;
    }
    assert!(count > 0, "no file in YAML_FILES");
}
