//! Which members an expression names.

use super::super::paths;

#[test]
fn chains_are_followed_from_the_root() {
    for (source, expected) in [
        (".inputs.name", "inputs inputs.name"),
        (".inputs[\"name\"]", "inputs inputs.name"),
        (".inputs.\"a-b\"?.c", "inputs inputs.a-b inputs.a-b.c"),
        (".inputs | .name", "inputs inputs.name"),
        (".inputs as $i | $i.name + .run.id", "inputs inputs.name run run.id"),
        (". as $root | .a | $root.b", "a b"),
        (". as {a: $x, b: {c: $y}} | $x.d, $y.e", "a b b.c a.d b.c.e"),
        ("(.inputs // .form).name", "inputs form inputs.name form.name"),
        ("if .inputs.a then .inputs.b else .c end | .d", "inputs inputs.a inputs inputs.b c inputs.b.d c.d"),
        (".inputs | has(\"ref\")", "inputs inputs.ref"),
        ("if (.inputs | has(\"ref\")) then \"ref\" else null end", "inputs inputs.ref"),
        ("\"\\(.inputs.a)-\\(.run.id)\"", "inputs inputs.a run run.id"),
        ("{a: .inputs.x, run}", "inputs inputs.x run"),
        ("[.a[] | .b]", "a"),
        (".a[0].b", "a"),
        (".a[.b].c", "a b"),
        (".a[.b:.c].d", "a b c"),
        (".a | map(.b)", "a"),
        (".a | to_entries[] | .key", "a"),
        (".a | select(.b == 1) | .c", "a a.b a.c"),
        (".a | any(.b[]; .c)", "a a.b"),
        (".a | any(.b)", "a"),
        ("any(.a.b[]; . == $x)", "a a.b"),
        ("first(.a, .b).c", "a b a.c b.c"),
        (".a | test(.b)", "a a.b"),
        ("reduce .a[] as $x (.b; . + $x.c)", "a b"),
        ("reduce .a as $x (.b; $x.c)", "a b a.c"),
        ("try .a catch .b", "a"),
        ("def f: .a; .b | f", "b"),
        ("def test(f): .a; .b | test(.c)", "b"),
        (".a |= .b", "a a.b"),
        (".a = .b", "a b"),
        (".secrets[\"a-b\"]", "secrets secrets.a-b"),
        ("not jq (", ""),
        ("..", ""),
    ] {
        let shown: Vec<String> = paths(source)
            .iter()
            .map(|path| {
                for (name, offset) in path {
                    assert!(source[*offset..].starts_with(name.as_str()), "{source}: {name} at {offset}");
                }
                path.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(".")
            })
            .collect();
        assert_eq!(shown.join(" "), expected, "{source}");
    }
}

#[test]
fn what_may_be_many_things_is_not_followed_for_ever() {
    let source = (0..40).map(|_| "(.a, .b)").collect::<Vec<_>>().join(" | ");
    assert!(paths(&source).len() < 2000);
}
