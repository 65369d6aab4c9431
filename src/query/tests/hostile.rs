use super::*;
use crate::printable::diagram;

/// Titles that are meant to do harm.
const TITLES: &[&str] = &[
    "a\u{1b}[31mred\u{7}",
    "\"]; n9 [label=\"x",
    "</title><script>alert(1)</script>",
    "\\N &lt; \\",
    "::error::x",
    "\u{202e}gpj.exe",
    "=1+1",
    "a\nb\tc",
    "1. `x` end",
];

fn hostile() -> Portal {
    let entities: Vec<serde_json::Value> = TITLES
        .iter()
        .enumerate()
        .map(|(at, title)| serde_json::json!({"identifier": format!("e{at}"), "blueprint": "Thing", "title": title}))
        .collect();
    let blueprint = "{identifier: Thing, title: Thing, schema: {properties: {}}}";
    let entities = serde_json::to_string(&entities).unwrap();
    catalog::open(&[("blueprints/thing.yaml", blueprint), ("entities/all.json", &entities)])
}

#[test]
fn tables_are_harmless() {
    let portal = hostile();
    let answer = run(&portal, &of("Thing"), &["title".into()]).unwrap();
    let table = written(&answer, &portal, Format::Table, Style::default());
    assert_eq!(table.lines().count(), TITLES.len() + 1, "{table}");
    assert!(!table.contains(['\u{1b}', '\u{7}', '\t', '\u{202e}']) && !table.contains("\n::"), "{table}");
    for at in 0..TITLES.len() {
        let answer = run(&portal, &about(&format!("e{at}")), &[]).unwrap();
        let card = written(&answer, &portal, Format::Table, Style::default());
        assert!(!card.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{card}");
    }
}

#[test]
fn programs_get_titles_as_they_are() {
    let portal = hostile();
    let answer = run(&portal, &of("Thing"), &["title".into()]).unwrap();
    let titles = |values: &serde_json::Value| {
        values
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["title"].as_str().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        titles(&serde_json::from_str(&written(&answer, &portal, Format::Json, Style::default())).unwrap()),
        TITLES
    );
    assert_eq!(
        titles(&serde_yaml::from_str(&written(&answer, &portal, Format::Yaml, Style::default())).unwrap()),
        TITLES
    );
    let csv = written(&answer, &portal, Format::Csv, Style::default());
    let rows: Vec<String> =
        csv::Reader::from_reader(csv.as_bytes()).records().map(|row| row.unwrap()[0].to_string()).collect();
    assert_eq!(rows, TITLES);
}

#[test]
fn labels_of_drawings_stay_inside_their_quotes() {
    for (text, in_dot, in_mermaid) in [
        ("plain-1.2/a, b", "\"plain-1.2/a, b\"", "\"plain-1.2/a, b\""),
        ("\"]; x", "\"\\\"]; x\"", "\"#34;#93;#59; x\""),
        ("\\N &lt;", "\"\\\\N &amp;lt;\"", "\"#92;N #38;lt#59;\""),
        ("<b>`x`</b>", "\"<b>`x`</b>\"", "\"#60;b#62;#96;x#96;#60;/b#62;\""),
        ("1. a - b", "\"1. a - b\"", "\"1#46; a #45; b\""),
        ("a\nb\u{1b}", "\"a\\\\nb\\\\u{1b}\"", "\"a#92;nb#92;u#123;1b#125;\""),
        ("日本", "\"日本\"", "\"日本\""),
    ] {
        assert_eq!(diagram::dot(text), in_dot, "{text}");
        assert_eq!(diagram::mermaid(text), in_mermaid, "{text}");
    }
}
