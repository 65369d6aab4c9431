//! Templates that would take all time or memory there is.

use std::fmt::Write as _;

use super::*;

/// Steps or memory, whichever is spent first.
const STEPS: &str = "this takes";
const MEMORY: &str = "this takes";

/// Each with what it is refused for. None may take more than the budget, whatever it multiplies.
const BOMBS: &[(&str, &str)] = &[
    ("{{ 'x' * 100000000 }}", MEMORY),
    ("{{ 100000000 * 'x' }}", MEMORY),
    ("{{ ('x' * 1000000) * 1000000 }}", MEMORY),
    ("{{ 'x' * 9223372036854775807 }}", STEPS),
    ("{{ [1] * 100000000 }}", STEPS),
    ("{{ ([1] * 100000) * 100000 }}", STEPS),
    ("{{ range(1000000000) }}", "at most 10000 items"),
    ("{{ range(0, 170141183460469231731687303715884105727) }}", "at most 10000 items"),
    ("{% for i in range(10000) %}{% for j in range(10000) %}{% endfor %}{% endfor %}", STEPS),
    ("{% for i in range(10000) %}{% for j in range(10000) %}{{ i }}{% endfor %}{% endfor %}", STEPS),
    (
        "{% set ns = namespace(s='x') %}{% for i in range(64) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        MEMORY,
    ),
    (
        "{% set ns = namespace(s='x') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        MEMORY,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        MEMORY,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        STEPS,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == ns.l }}",
        STEPS,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l < ns.l }}",
        STEPS,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}",
        STEPS,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | yaml }}",
        STEPS,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | unique }}",
        STEPS,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = {'a': ns.l, 'b': ns.l} %}{% endfor %}{{ 1 in [ns.l, ns.l == ns.l] }}",
        STEPS,
    ),
    (
        "{% set ns = namespace(l=[1]) %}{% for i in range(1000) %}{% set ns.l = [ns.l] %}{% endfor %}",
        "more than 100 deep",
    ),
    (
        "{% set ns = namespace(s='ab') %}{% for i in range(64) %}{% set ns.s = ns.s | replace('a', ns.s) %}{% endfor %}",
        MEMORY,
    ),
    ("{{ ('a' * 10000) | replace('a', 'b' * 100000) }}", MEMORY),
    ("{{ ('a' * 10000) | replace('', 'b' * 100000) }}", MEMORY),
    ("{{ range(10000) | join('x' * 100000) }}", MEMORY),
    ("{{ 'a' | indent(1000000000) }}", STEPS),
    ("{{ 'a\nb' | indent(1000000000) }}", MEMORY),
    ("{{ ('a\n' * 100000) | indent(100000) }}", MEMORY),
    ("{{ '%1000000000s' | format('a') }}", "no format"),
    ("{{ '%.1000000000f' | format(1.0) }}", "no format"),
    ("{{ ('%1000s' * 1000000) | format('a') }}", "more `%` than values"),
    ("{{ [] | slice(1000000000) }}", STEPS),
    ("{{ [1] | batch(1000000000, 0) }}", STEPS),
    ("{{ range(10000) | map('indent', 10000, true) }}", MEMORY),
    ("{{ range(10000) | map('replace', '1', 'x' * 100000) }}", MEMORY),
    ("{{ range(10000) | select('in', range(10000)) }}", STEPS),
    ("{{ ('x' * 1000000) | list }}", MEMORY),
    ("{{ ('x ' * 3000000) | split }}", MEMORY),
    ("{{ ('x ' * 3000000) | split(' ') }}", MEMORY),
    ("{{ ('\n' * 3000000) | lines }}", MEMORY),
    ("{{ ('<' * 20000000) | escape }}", MEMORY),
    ("{{ ('x' * 30000000) | upper | lower | upper }}", MEMORY),
    ("{{ ('x' * 20000000)[::-1] }}", MEMORY),
    ("{{ labels | tojson(indent=1000000000) }}", MEMORY),
    ("{% for i in range(10000) %}{{ 'x' * 1000 }}{% endfor %}", "larger than 8 MiB"),
    ("{% set a %}{% for i in range(10000) %}{{ 'x' * 1000 }}{% endfor %}{% endset %}", "larger than 8 MiB"),
    (
        "{% set ns = namespace(s='x') %}{% for i in range(64) %}{% set x %}{{ ns.s }}{{ ns.s }}{% endset %}{% set ns.s = x %}{% endfor %}",
        "larger than 8 MiB",
    ),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself too often"),
    ("{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}", "calls itself too often"),
    ("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}", STEPS),
    ("{% macro m() %}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}", "calls itself too often"),
    ("{% for x in [[1]] recursive %}{{ loop(x) }}{% endfor %}", "not supported"),
    ("{{ 2 ** 1000 }}", "too large"),
    ("{{ 10.0 ** 1000 }}", "no number"),
    ("{{ 170141183460469231731687303715884105727 + 1 }}", "too large"),
    ("{{ -170141183460469231731687303715884105727 - 2 }}", "too large"),
    ("{{ (-170141183460469231731687303715884105727 - 1) // -1 }}", "too large"),
    ("{{ (-170141183460469231731687303715884105727 - 1) % -1 }}", "too large"),
    ("{{ 1 // 0 }}", "divided by 0"),
    ("{{ 1 % 0.0 }}", "divided by 0"),
    ("{{ 1 is divisibleby 0 }}", "divided by 0"),
    ("{{ 'a'[::0] }}", "cannot be 0"),
    ("{{ range(1, 2, 0) }}", "cannot be 0"),
    ("{{ 1.5 | round(400) }}", "between 0 and 15"),
    ("{% set ns = namespace() %}{% set ns.a = [ns] %}", "cannot be put into a list"),
    ("{% set ns = namespace() %}{% set ns.a = ns %}", "cannot be put into a namespace"),
];

#[test]
fn bombs_are_refused() {
    for (source, expected) in BOMBS {
        match engine().text(source, &answers()) {
            Ok(said) => {
                assert!(expected.is_empty() && said.len() < 100, "{source} gives {} bytes", said.len())
            }
            Err(mistake) => {
                assert!(
                    !expected.is_empty() && mistake.message.contains(expected),
                    "{source}: {}",
                    mistake.message
                );
                assert!(
                    source.get(mistake.range.clone()).is_some_and(|part| !part.is_empty()),
                    "{source}: {mistake:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_asked_for_in_vain_costs_as_well() {
    let variables: String = (0..20_000).map(|at| format!("{{% set variable{at} = 1 %}}")).collect();
    let vain = "{% for i in range(10000) %}{{ varible | default(1) }}{% endfor %}";
    assert!(wrong(&format!("{variables}{vain}")).contains(STEPS));
    let spaces = " ".repeat(500_000);
    let vain = format!("{{% for i in range(10000) %}}{{{{ labels{spaces}.x | default('') }}}}{{% endfor %}}");
    assert_eq!(said(&vain), "");
}

#[test]
fn expressions_that_nest_without_end_are_refused() {
    let many = 100_000;
    let cases = [
        format!("{{{{ {}1{} }}}}", "(".repeat(many), ")".repeat(many)),
        format!("{{{{ {}1{} }}}}", "[".repeat(many), "]".repeat(many)),
        format!("{{{{ {}1 }}}}", "not ".repeat(many)),
        format!("{{{{ {}1 }}}}", "- ".repeat(many)),
        format!("{{{{ 1{} }}}}", "+1".repeat(many)),
        format!("{{{{ 1{} }}}}", "~1".repeat(many)),
        format!("{{{{ a{} }}}}", ".a".repeat(many)),
        format!("{{{{ a{} }}}}", "[0]".repeat(many)),
        format!("{{{{ a{} }}}}", "|upper".repeat(many)),
        format!("{{{{ a{} }}}}", "(1,2)".repeat(many)),
        format!("{{{{ 1{} }}}}", " if 1 else 1".repeat(many)),
        format!("{{{{ 1{} }}}}", " is odd".repeat(many)),
        format!("{{{{ 1{} }}}}", "<1".repeat(many)),
        format!("{{{{ 1{} }}}}", " and 1".repeat(many)),
        format!("{{{{ {}1{} }}}}", "{1:".repeat(many), "}".repeat(many)),
        format!("{{{{ {}1{} }}}}", "f(1,".repeat(many), ")".repeat(many)),
        "{% if 1 %}".repeat(many),
        format!("{}{}", "{% if 1 %}".repeat(many / 4), "{% endif %}".repeat(many / 4)),
        format!("{{% if 1 %}}{}{{% endif %}}", "{% elif 1 %}".repeat(many / 2)),
        format!("{{% set {}a{} = 1 %}}", "(".repeat(many), ")".repeat(many)),
        format!("{{% filter {} %}}{{% endfilter %}}", vec!["upper"; many].join("|")),
        "{{ 1 }}".repeat(200_000),
    ];
    for source in cases {
        let mistake = engine().text(&source, &answers()).unwrap_err();
        assert!(mistake.message.len() < 200, "{}", mistake.message);
        assert!(engine().names(&source).is_err(), "{}", &source[..40]);
    }
}

#[test]
fn what_people_write_is_well_within_the_bounds() {
    let mut source = String::new();
    for line in 0..2_000 {
        let _ = writeln!(source, "{{% if docker %}}line {line} of {{{{ name | upper }}}}{{% endif %}}.");
    }
    assert_eq!(said(&source).lines().count(), 2_000);
    let list: Vec<String> =
        (0..1_000).map(|at| format!("{{'name': name ~ '{at}', 'port': port + {at}}}")).collect();
    assert_eq!(said(&format!("{{{{ [{}] | length }}}}", list.join(", "))), "1000");
    let sum = vec!["port"; 300].join(" + ");
    assert_eq!(said(&format!("{{{{ {sum} }}}}")), (8080 * 300).to_string());
}

#[test]
fn all_files_together_are_bounded() {
    let slow = b"{% set l = range(10000) %}{% for i in range(90) %}{{ l | length }}{% endfor %}";
    let names: Vec<String> = (0..500).map(|at| format!("{at:03}.j2")).collect();
    let tree = tree(names.iter().map(|name| (name.as_str(), &slow[..])));
    let faults = engine().files(&tree, &answers()).unwrap_err();
    assert_eq!(faults.len(), 1, "{:?}", messages(&faults));
    assert!(faults[0].mistake.message.contains("together"));
    let large = b"{% for i in range(8) %}{{ 'x' * 1000000 }}{% endfor %}";
    let names: Vec<String> = (0..20).map(|at| format!("{at:03}.j2")).collect();
    let tree = super::tree(names.iter().map(|name| (name.as_str(), &large[..])));
    let faults = engine().files(&tree, &answers()).unwrap_err();
    assert_eq!(messages(&faults), ["template-fault 008.j2: the files become more than 64 MiB together"]);
}
