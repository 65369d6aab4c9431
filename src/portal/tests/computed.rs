//! Mirrors, aggregations and calculations.

use serde_json::{Value, json};

use super::*;

const SHOP: &str = "
=== blueprints/all.yaml
identifier: Domain
title: Domain
schema: {properties: {budget: {type: number}}}
relations:
  parent: {target: Domain, hierarchy: true}
aggregationProperties:
  systems:
    title: Systems
    type: number
    target: System
    calculationSpec: {calculationBy: entities, func: count}
    pathFilter: [{path: [domain], fromBlueprint: System}]
  rollup:
    title: Budget with all below
    type: number
    target: Domain
    calculationSpec: {calculationBy: property, func: sum, property: total}
    pathFilter: [{path: [parent], fromBlueprint: Domain}]
calculationProperties:
  total: {title: Total, type: number, calculation: (.properties.budget // 0) + (.properties.rollup // 0)}
---
identifier: System
title: System
ownership: {type: Direct}
schema: {properties: {tier: {type: string}}}
relations:
  domain: {target: Domain}
mirrorProperties:
  domainTitle: {path: domain.$title}
  domainTotal: {path: domain.total}
aggregationProperties:
  components:
    title: Components
    type: number
    target: Component
    calculationSpec: {calculationBy: entities, func: count}
  big:
    title: Big ones
    type: number
    target: Component
    query: {combinator: and, rules: [{property: size, operator: '>=', value: 10}]}
    calculationSpec: {calculationBy: entities, func: count}
  size: {title: S, type: number, target: Component, calculationSpec: {calculationBy: property, func: sum, property: size}}
  mean: {title: S, type: number, target: Component, calculationSpec: {calculationBy: property, func: average, averageOf: total, property: size}}
  least: {title: S, type: number, target: Component, calculationSpec: {calculationBy: property, func: min, property: size}}
  most: {title: S, type: number, target: Component, calculationSpec: {calculationBy: property, func: max, property: size}}
  middle: {title: S, type: number, target: Component, calculationSpec: {calculationBy: property, func: median, property: size}}
  perDay: {title: S, type: number, target: Component, calculationSpec: {calculationBy: entities, func: average, averageOf: day, measureTimeBy: born}}
  perDayOfWeek:
    title: S
    type: number
    target: Component
    query: {combinator: and, rules: [{property: born, operator: between, value: {preset: lastWeek}}]}
    calculationSpec: {calculationBy: entities, func: average, averageOf: day, measureTimeBy: born}
calculationProperties:
  share: {title: Share, type: number, calculation: if .properties.components > 0 then .properties.big / .properties.components * 100 | floor else null end}
  word: {title: Word, type: string, calculation: 'if .properties.share > 50 then \"big\" else \"small\" end'}
---
identifier: Component
title: Component
schema:
  properties:
    size: {type: number}
    born: {type: string, format: date-time}
    tags: {type: array, items: {type: string}}
relations:
  system: {target: System}
  uses: {target: Component, many: true}
mirrorProperties:
  team: {path: system.$team}
  tier: {path: system.tier}
  domain: {path: system.domainTitle}
  usedTags: {path: uses.tags}
  usedSystems: {path: uses.system.$identifier}
  word: {path: system.word}
calculationProperties:
  url: {title: U, type: string, calculation: '\"https://\" + .identifier + \".\" + .relations.system'}
  age: {title: A, type: number, calculation: (now - (.properties.born | fromdateiso8601)) / 3600 | floor}
=== entities/all.yaml
- {identifier: shop, title: Shop, blueprint: Domain, properties: {budget: 1}}
- {identifier: order, title: Ordering, blueprint: Domain, properties: {budget: 10}, relations: {parent: shop}}
- {identifier: pay, blueprint: Domain, properties: {budget: 100}, relations: {parent: order}}
- {identifier: cart, blueprint: System, team: [red], properties: {tier: gold}, relations: {domain: order}}
- {identifier: empty, blueprint: System}
- {identifier: a, blueprint: Component, properties: {size: 4, born: '2026-11-20T12:00:00Z', tags: [x, y]}, relations: {system: cart}}
- {identifier: b, blueprint: Component, properties: {size: 10, born: '2026-11-18T10:00:00Z', tags: [z]}, relations: {system: cart, uses: [a]}}
- {identifier: c, blueprint: Component, properties: {size: 11, born: '2026-11-21T11:59:00Z'}, relations: {system: cart, uses: [a, b, d]}}
- {identifier: d, blueprint: Component, properties: {born: '2026-11-21T11:00:00Z'}}
";

fn check(portal: &Portal, name: &str, expected: &[(&str, Value)]) {
    let values = values(portal, name);
    for (property, expected) in expected {
        assert_eq!(&values[*property], expected, "{name}.{property} of {values}");
    }
}

#[test]
fn values_come_from_what_is_related() {
    let portal = open(SHOP);
    assert_eq!(findings(&portal), [""; 0]);
    check(
        &portal,
        "cart",
        &[
            ("domainTitle", json!("Ordering")),
            ("components", json!(3)),
            ("big", json!(2)),
            ("size", json!(25)),
            ("mean", json!(25.0 / 3.0)),
            ("least", json!(4)),
            ("most", json!(11)),
            ("middle", json!(10)),
            // Since the first was born, 3 days and 2 hours ago: four days have begun.
            ("perDay", json!(0.75)),
            ("perDayOfWeek", json!(3.0 / 7.0)),
            ("share", json!(66)),
            ("word", json!("big")),
        ],
    );
    check(
        &portal,
        "empty",
        &[
            ("domainTitle", json!(null)),
            ("components", json!(0)),
            ("size", json!(0)),
            ("mean", json!(null)),
            ("least", json!(null)),
            ("middle", json!(null)),
            ("perDay", json!(null)),
            ("share", json!(null)),
            ("word", json!("small")),
        ],
    );
    check(
        &portal,
        "c",
        &[
            ("team", json!(["red"])),
            ("tier", json!("gold")),
            ("domain", json!("Ordering")),
            ("usedTags", json!(["x", "y", "z"])),
            ("usedSystems", json!(["cart", "cart"])),
            ("word", json!("big")),
            ("url", json!("https://c.cart")),
            ("age", json!(0)),
        ],
    );
    check(
        &portal,
        "d",
        &[("team", json!(null)), ("usedTags", json!([])), ("url", json!("https://d.")), ("age", json!(1))],
    );
}

#[test]
fn sums_roll_up_along_a_hierarchy() {
    let portal = open(SHOP);
    check(&portal, "pay", &[("rollup", json!(0)), ("total", json!(100))]);
    check(&portal, "order", &[("rollup", json!(100)), ("total", json!(110)), ("systems", json!(1))]);
    check(&portal, "shop", &[("rollup", json!(110)), ("total", json!(111)), ("systems", json!(0))]);
    check(&portal, "cart", &[("domainTotal", json!(110))]);
}

#[test]
fn a_value_that_waits_for_itself_is_named_with_the_way_round() {
    let looped = SHOP.replace("parent: order}}", "parent: order}}\n- {identifier: x, blueprint: Domain, relations: {parent: y}}\n- {identifier: y, blueprint: Domain, properties: {budget: 5}, relations: {parent: x}}");
    let portal = open(&looped);
    let found = findings(&portal);
    let cycle: Vec<&String> = found.iter().filter(|finding| finding.starts_with("computed-cycle")).collect();
    assert_eq!(
        cycle,
        [
            "computed-cycle: a value waits for itself: `x.rollup` → `y.total` → `y.rollup` → `x.total` → `x.rollup`"
        ],
        "{found:#?}"
    );
    check(&portal, "y", &[("total", json!(null))]);
    check(&portal, "shop", &[("total", json!(111))]);
}

#[test]
fn a_long_chain_is_no_matter() {
    use std::fmt::Write;
    let mut text = String::from(
        "
=== blueprints/all.yaml
identifier: Link
title: Link
schema: {properties: {name: {type: string}}}
relations: {next: {target: Link}}
mirrorProperties: {far: {path: next.end}}
calculationProperties: {end: {title: End, type: string, calculation: .properties.far // .properties.name}}
=== entities/all.yaml
",
    );
    for number in 0..20_000 {
        writeln!(text, "- {{identifier: l{number}, blueprint: Link, relations: {{next: l{}}}}}", number + 1)
            .unwrap();
    }
    text.push_str("- {identifier: l20000, blueprint: Link, properties: {name: here}}\n");
    let portal = open(&text);
    assert_eq!(findings(&portal), [""; 0]);
    check(&portal, "l0", &[("far", json!("here")), ("end", json!("here"))]);
}

#[test]
fn expressions_that_fail_are_reported_once_and_null() {
    let with = |calculation: &str, kind: &str| {
        let calculation = serde_json::to_string(calculation).unwrap();
        open(&format!(
            "
=== blueprints/b.yaml
identifier: b
title: B
schema: {{properties: {{a: {{type: string}}, a-b: {{type: number}}}}}}
calculationProperties: {{c: {{title: C, type: {kind}, calculation: {calculation}}}}}
=== entities/all.yaml
- {{identifier: one, blueprint: b, properties: {{a: x}}}}
- {{identifier: two, blueprint: b, properties: {{a: '7', a-b: 3}}}}
"
        ))
    };
    for (calculation, kind, values, expected) in [
        (
            ".properties.a | tonumber",
            "number",
            [json!(null), json!(7)],
            "failing-jq: this fails for `one`: cannot use \"x\" as number",
        ),
        (
            ".identifier",
            "number",
            [json!(null), json!(null)],
            "failing-jq: this fails for `one` and another entity: it gives a text, but its type is number",
        ),
        (".properties.\"a-b\"", "number", [json!(null), json!(3)], ""),
        (
            ".properties.'a-b'",
            "number",
            [json!(null), json!(null)],
            "invalid-jq: a string is written in double quotes",
        ),
        (
            "'https://' + .identifier",
            "string",
            [json!(null), json!(null)],
            "invalid-jq: a string is written in double quotes",
        ),
        (
            ".properties.b",
            "string",
            [json!(null), json!(null)],
            "calculation-property: `b` has no property `b`",
        ),
        (
            "last(range(1e12))",
            "number",
            [json!(null), json!(null)],
            "failing-jq: this takes too much for `one`: it was stopped, and every value is null",
        ),
        (
            "until(false; .)",
            "number",
            [json!(null), json!(null)],
            "failing-jq: this takes too much for `one`",
        ),
        (
            "if .identifier == \"two\" then [recurse(.)] else 1 end",
            "number",
            [json!(null), json!(null)],
            "failing-jq: this takes too much",
        ),
        (
            "def f: 1 + f; f",
            "number",
            [json!(null), json!(null)],
            "failing-jq: this takes too much for `one`",
        ),
        (
            "reduce range(1e9) as $i (0; . + $i)",
            "number",
            [json!(null), json!(null)],
            "failing-jq: this takes too much for `one`",
        ),
        ("\"a\" * 1e9", "string", [json!(null), json!(null)], "failing-jq: this takes too much for `one`"),
        ("env.HOME", "string", [json!(null), json!(null)], "invalid-jq: `env` is not available here"),
        ("input", "string", [json!(null), json!(null)], "invalid-jq: `input` is not available here"),
        ("halt", "string", [json!(null), json!(null)], "invalid-jq: `halt` is not available here"),
        ("now | todate", "string", [json!(NOW), json!(NOW)], ""),
    ] {
        let portal = with(calculation, kind);
        let found = findings(&portal);
        assert!(
            found.len() == usize::from(!expected.is_empty())
                && found.iter().all(|finding| finding.starts_with(expected)),
            "{calculation}: {found:#?}"
        );
        for (name, value) in ["one", "two"].iter().zip(values) {
            check(&portal, name, &[("c", value)]);
        }
    }
}

#[test]
fn an_aggregation_needs_one_way() {
    let with = |relations: &str, more: &str| {
        findings(&open(&format!(
            "
=== blueprints/b.yaml
identifier: host
title: H
schema: {{properties: {{}}}}
aggregationProperties:
  n: {{title: N, type: number, target: thing, calculationSpec: {{calculationBy: entities, func: count}}{more}}}
---
identifier: thing
title: T
schema: {{properties: {{size: {{type: number}}}}}}
relations: {relations}
=== entities/all.yaml
- {{identifier: h, blueprint: host}}
- {{identifier: t, blueprint: thing, properties: {{size: 1}}}}
"
        )))
    };
    assert_eq!(with("{a: {target: host}}", ""), [""; 0]);
    assert_eq!(
        with("{a: {target: host}, b: {target: host}}", ""),
        [
            "ambiguous-aggregation: several paths lead from `host` to `thing`, and it is not said which is meant"
        ]
    );
    assert_eq!(
        with("{a: {target: host}, b: {target: host}}", ", pathFilter: [{path: [b], fromBlueprint: thing}]"),
        [""; 0]
    );
    assert_eq!(with("{}", ""), ["invalid-path: no path of relations leads from `host` to `thing`, or back"]);
    assert_eq!(
        with(
            "{a: {target: host}}",
            ", query: {combinator: and, rules: [{property: sise, operator: '=', value: 1}]}"
        ),
        ["condition-property: `thing` has no property `sise`"]
    );
}
