//! What an expression reads of an entity.

use super::super::*;

fn names(members: &[(String, usize)], source: &str) -> String {
    let name = |(name, offset): &(String, usize)| {
        assert!(
            source[*offset..].starts_with(name.split('\n').next().unwrap()),
            "{source}: {name} at {offset}"
        );
        name.clone()
    };
    members.iter().map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn members_are_named_unless_a_whole_is_used() {
    for (source, properties, relations, others) in [
        (".properties.a", "a", "", false),
        (".properties[\"a\"]", "a", "", false),
        (".properties.\"a-b\"", "a-b", "", false),
        (".properties.a?.b", "a", "", false),
        (".properties?.a", "a", "", false),
        (".[\"properties\"].a", "a", "", false),
        (".\"properties\".a[0]", "a", "", false),
        (".properties | .a", "a", "", false),
        (".properties | (.a, .b)", "a b", "", false),
        ("(.properties).a", "a", "", false),
        (".properties.a + \"-\" + .properties.b", "a b", "", false),
        ("\"\\(.properties.a) and \\(.title)\"", "a", "", false),
        (".relations.team", "", "team", false),
        (".relations.team | test(\"x\")", "", "team", false),
        (".relations[\"a\"] == .properties.b", "b", "a", false),
        (".identifier", "", "", false),
        (".team.properties.a", "", "", false),
        (".properties.a | length", "a", "", false),
        (".properties.list | map(.name) | join(\", \")", "list", "", false),
        (".properties.a as $x | $x + .properties.b", "a b", "", false),
        ("if .properties.a then .properties.b else .properties.c end", "a b c", "", false),
        (".properties.a // .properties.b", "a b", "", false),
        ("select(.properties.a == 1) | .properties.b", "a b", "", false),
        ("select(.properties.a == 1).properties.b", "a b", "", false),
        ("[.properties.a, .properties.b] | add", "a b", "", false),
        ("{x: .properties.a, y: .title}", "a", "", false),
        (".properties | {a, \"b\"}", "a b", "", false),
        ("reduce .properties.a[] as $x (0; . + $x)", "a", "", false),
        ("foreach .properties.a[] as $x (.properties.b; . + $x)", "a b", "", false),
        ("first(.properties.a, .properties.b)", "a b", "", false),
        ("any(.properties.a[]; . > 1)", "a", "", false),
        (".properties | has(\"a\")", "a", "", false),
        ("try .properties.a catch .properties", "a", "", false),
        ("now - (.properties.a | fromdate)", "a", "", false),
        ("pow(.properties.a; 2)", "a", "", false),
        ("-.properties.a", "a", "", false),
        (".properties.a and (.properties.b | not)", "a b", "", false),
        ("objects | .properties.a", "a", "", false),
        ("def f: . + 1; .properties.a | f", "a", "", false),
        (".properties.a = 1 | .properties.a", "a a", "", false),
        (".title[.properties.a:]", "a", "", false),
        (".title[.properties.a]", "a", "", false),
        ("", "", "", true),
        (".", "", "", true),
        ("..", "", "", true),
        (".properties", "", "", true),
        (".relations", "", "", true),
        (".[]", "", "", true),
        (".properties[]", "", "", true),
        (".properties | keys", "", "", true),
        (".properties[$__loc__]", "", "", true),
        (".properties[.title]", "", "", true),
        (".[\"prop\" + \"erties\"].a", "", "", true),
        (".[\"a\\(1)\"]", "", "", true),
        ("tojson", "", "", true),
        ("tojson | test(\"x\")", "", "", true),
        (". as $e | $e.properties.x", "", "", true),
        (". as {properties: {a: $x}} | $x", "", "", true),
        ("[.] | .[0].properties.a", "", "", true),
        ("{properties} | .properties.a", "", "", true),
        ("to_entries", "", "", true),
        ("getpath([\"properties\", \"a\"])", "", "", true),
        ("path(.properties.a)", "a", "", true),
        ("del(.properties.a)", "a", "", true),
        (".properties == .relations", "", "", true),
        ("map(.a)", "", "", true),
        (".properties |= with_entries(.)", "", "", true),
        ("reduce 1 as $x (.; .)", "", "", true),
        ("def f: .properties.a; f", "", "", true),
        ("def f(g): g; f(.properties.a)", "a", "", true),
        ("def not: .properties.a; not", "", "", true),
        ("def first(f): 1; first(.properties)", "", "", true),
        ("def f(values): values; .properties | values", "", "", true),
        ("input.properties.a", "", "", true),
        (".properties.a |", "", "", true),
        ("select(.properties) | .relations.a", "", "a", false),
        ("if .properties.a then . else 1 end", "a", "", true),
        ("limit(1; .)", "", "", true),
        ("any(.; .properties.a)", "a", "", false),
        ("any(.properties.a)", "a", "", true),
        ("error", "", "", true),
        (".properties + {a: 1} | .a", "", "", true),
        ("label $x | .properties.a, break $x", "a", "", false),
        (". and .properties.a", "a", "", false),
        ("@json", "", "", true),
        ("@base64 \"\\(.)\"", "", "", true),
    ] {
        let reads = super::super::reads::of(source);
        assert_eq!(
            (&*names(&reads.properties, source), &*names(&reads.relations, source), reads.others),
            (properties, relations, others),
            "{source}"
        );
    }
}

#[test]
fn a_filter_tells_what_it_reads() {
    let filter = Filter::compile("  .properties.tier == 1").unwrap();
    assert_eq!(filter.reads().properties, [("tier".to_string(), 14)]);
    assert!(!filter.reads().others);
}
