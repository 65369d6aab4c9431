//! Forms, filled in: what is taken, what is refused, and what is asked.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::catalog::{self, Catalog};
use crate::diagnostic::Diagnostics;
use crate::graph::Graph;
use crate::known::{Computed, Known};
use crate::model::action::input;
use crate::model::config::Config;
use crate::model::instant::Instant;
use crate::source::{SourceId, Sources};
use crate::worktree::Memory;
use crate::yaml;

const CATALOG: &str = "
- {identifier: red, title: Team Red, blueprint: _team}
- {identifier: ines@example.com, blueprint: _user}
- {identifier: cart, title: The cart, blueprint: service, properties: {tier: 1, lang: go}}
- {identifier: pay, title: Payments, blueprint: service, properties: {tier: 2, lang: rust}}
- {identifier: blog, blueprint: service}
";

const BLUEPRINT: &str = "{identifier: service, title: Service, schema: {properties: {tier: {type: number}, lang: {type: string}}}}";

/// Runs `test` on what is known of a small catalog; without its entities when it is `bare`.
fn with_known<T>(bare: bool, test: impl FnOnce(Known<'_>) -> T) -> T {
    let entities = if bare { "[]" } else { CATALOG };
    let files = Memory::new([("blueprints/service.yaml", BLUEPRINT), ("entities/all.yaml", entities)]);
    let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
    let (mut found, sources) = (Diagnostics::default(), Sources::default());
    let loaded = catalog::load(&files, Config::default(), sources, now, &mut found).unwrap();
    let catalog: &Catalog = &loaded.catalog;
    let graph = Graph::resolve(catalog, &mut found);
    let computed = Computed::new(catalog);
    test(Known { catalog, graph: &graph, computed: &computed, scores: None, now })
}

/// Returns the form written as a mapping with `properties`.
fn form(text: &str) -> Form {
    let mut found = Vec::new();
    let document = yaml::parse(SourceId::new(0), &Arc::from(text), &mut found);
    assert_eq!(found, [], "{text}");
    let node = document.roots().next().unwrap();
    Form::decode(node, &input::decode(node))
}

fn with_asker<T>(test: impl FnOnce(&Asker<'_>) -> T) -> T {
    let user = json!({
        "identifier": "ines@example.com", "email": "ines@example.com",
        "teams": ["red"], "roles": [{"name": "Member"}],
    });
    let entity = json!({"identifier": "cart", "properties": {"tier": 1}});
    with_known(false, |known| test(&Asker { known, user: &user, entity: Some(&entity), now: known.now }))
}

/// Returns the values, or the problems: each a line, with its help in brackets.
fn filled(form: &Form, given: &Value, asker: &Asker<'_>) -> String {
    let given = given.as_object().unwrap();
    let line = |problem: Problem| match problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message,
    };
    match form.fill(given, asker) {
        Ok(filled) => Value::Object(filled.values).to_string(),
        Err(problems) => problems.into_iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

/// Asserts what each of these inputs, `x` of a form, makes of a value.
fn assert_values(cases: &[(&str, Value, &str)]) {
    with_asker(|asker| {
        for (input, value, expected) in cases {
            let form = form(&format!("{{properties: {{x: {input}}}}}"));
            assert_eq!(filled(&form, &json!({"x": value}), asker), *expected, "{input} {value}");
        }
    });
}

#[test]
fn types_are_held() {
    assert_values(&[
        ("{type: string}", json!("a"), r#"{"x":"a"}"#),
        ("{type: string}", json!(""), r#"{"x":""}"#),
        ("{type: string}", json!(null), "{}"),
        ("{type: string}", json!(1), "`x` is a text, not the number 1"),
        ("{type: number}", json!(1.5), r#"{"x":1.5}"#),
        ("{type: number}", json!(3.0), r#"{"x":3}"#),
        ("{type: number}", json!(-0.0), r#"{"x":0}"#),
        ("{type: number}", json!(9007199254740993_i64), r#"{"x":9007199254740993}"#),
        ("{type: number}", json!("NaN"), "`x` is a number, not the text `NaN`"),
        ("{type: number}", json!("3"), "`x` is a number, not the text `3`"),
        ("{type: number}", json!(true), "`x` is a number, not `true`"),
        ("{type: integer}", json!(3.0), r#"{"x":3}"#),
        ("{type: integer}", json!(3.5), "`x` is a whole number, not the number 3.5"),
        ("{type: integer}", json!("a"), "`x` is a whole number, not the text `a`"),
        ("{type: boolean}", json!(false), r#"{"x":false}"#),
        ("{type: boolean}", json!("true"), "`x` is `true` or `false`, not the text `true`"),
        ("{type: array}", json!([1, "a"]), r#"{"x":[1,"a"]}"#),
        ("{type: array}", json!("a"), "`x` is a list, not the text `a`"),
        (
            "{type: array, items: {type: number}}",
            json!([1, "a"]),
            "item 2 of `x` is a number, not the text `a`",
        ),
        ("{type: object}", json!({"a": 2.0}), r#"{"x":{"a":2}}"#),
        ("{type: object}", json!([]), "`x` is a mapping, not a list"),
        (
            "{type: object, properties: {a: {type: string}}, required: [a], additionalProperties: false}",
            json!({"a": 1, "b": 2}),
            "`a` of `x` is a text, not the number 1\n`x` has no key `b`",
        ),
        ("{type: object, required: [a]}", json!({}), "`x` needs the key `a`"),
        ("{type: object, format: labeled-url}", json!({"displayText": "a"}), "`x` needs the key `url`"),
    ]);
}

#[test]
fn choices_patterns_and_bounds_are_held() {
    assert_values(&[
        ("{type: string, enum: [small, large]}", json!("large"), r#"{"x":"large"}"#),
        (
            "{type: string, enum: [small, large]}",
            json!("larg"),
            "`larg` is not one of the choices of `x` (did you mean `large`?)",
        ),
        (
            "{type: number, enum: [1, 2]}",
            json!(3),
            "`3` is not one of the choices of `x` (choose one of `1`, `2`)",
        ),
        ("{type: number, enum: [1, 2]}", json!(2.0), r#"{"x":2}"#),
        ("{type: string, enum: {jqQuery: '[.user.teams[], \"blue\"]'}}", json!("red"), r#"{"x":"red"}"#),
        (
            "{type: string, enum: {jqQuery: .user.none}}",
            json!("red"),
            "`red` is not one of the choices of `x` (there is nothing to choose from)",
        ),
        (
            "{type: string, enum: {jqQuery: '1'}}",
            json!("red"),
            "`enum` of `x` cannot be computed: it gives no list",
        ),
        (
            "{type: array, enum: [a, b]}",
            json!(["a", "c"]),
            "`c` is not one of the choices of item 2 of `x` (choose one of `a`, `b`)",
        ),
        ("{type: array, items: {enum: [a, b]}}", json!(["b", "a"]), r#"{"x":["b","a"]}"#),
        ("{type: string, pattern: '^[a-z]+$'}", json!("abc"), r#"{"x":"abc"}"#),
        (
            "{type: string, pattern: '^[a-z]+$'}",
            json!("abc\n"),
            "`abc…` does not match the pattern of `x` (the pattern is ^[a-z]+$)",
        ),
        // ECMA: digits are ASCII digits, and nothing anchors a pattern but itself.
        (
            r"{type: string, pattern: '^\d$'}",
            json!("٣"),
            "`٣` does not match the pattern of `x` (the pattern is ^\\d$)",
        ),
        ("{type: string, pattern: b}", json!("abc"), r#"{"x":"abc"}"#),
        (
            "{type: string, pattern: '(?=a)b'}",
            json!("a"),
            "the pattern of `x` is not one that can be checked (patterns are regular expressions without look-around and back-references)",
        ),
        (
            "{type: array, items: {type: string, pattern: '^a'}}",
            json!(["a", "b"]),
            "`b` does not match the pattern of item 2 of `x` (the pattern is ^a)",
        ),
        ("{type: string, pattern: {jqQuery: '\"^\" + .user.teams[0]'}}", json!("red-1"), r#"{"x":"red-1"}"#),
        ("{type: string, minLength: 2}", json!("é"), "`x` must have at least 2 characters"),
        ("{type: string, maxLength: 1}", json!("é"), r#"{"x":"é"}"#),
        ("{type: number, minimum: 1, maximum: 3}", json!(4), "`x` must be at most 3"),
        ("{type: number, exclusiveMinimum: 1}", json!(1), "`x` must be more than 1"),
        ("{type: number, maximum: {jqQuery: .entity.properties.tier}}", json!(2), "`x` must be at most 1"),
        ("{type: number, maximum: {jqQuery: .entity.none}}", json!(2), r#"{"x":2}"#),
        (
            "{type: number, maximum: {jqQuery: .entity.identifier}}",
            json!(2),
            "`maximum` of `x` cannot be computed: it gives no number",
        ),
        (
            "{type: array, minItems: 2, uniqueItems: true}",
            json!([1, 1.0]),
            "`x` must not have the same item twice",
        ),
        (
            "{type: array, maxItems: {jqQuery: '.user.teams | length'}}",
            json!([1, 2]),
            "`x` must have at most 1 items",
        ),
    ]);
}

#[test]
fn formats_and_references_are_held() {
    assert_values(&[
        (
            "{type: string, format: date-time}",
            json!("2026-03-01T09:30:00Z"),
            r#"{"x":"2026-03-01T09:30:00Z"}"#,
        ),
        (
            "{type: string, format: url}",
            json!("example.com"),
            "`example.com` is not a URL with its scheme (`x` takes a URL with its scheme, such as https://example.com/page)",
        ),
        (
            "{type: array, items: {type: string, format: email}}",
            json!(["a"]),
            "`a` is not an e-mail address (item 1 of `x` takes an e-mail address, such as ines@example.com)",
        ),
        ("{type: string, format: team}", json!("red"), r#"{"x":"red"}"#),
        (
            "{type: string, format: team}",
            json!("rad"),
            "`rad` is not a team of this catalog (did you mean `red`?)",
        ),
        ("{type: string, format: user}", json!("ines@example.com"), r#"{"x":"ines@example.com"}"#),
        (
            "{type: string, format: user}",
            json!("inez@example.com"),
            "`inez@example.com` is not a user of this catalog (did you mean `ines@example.com`?)",
        ),
        ("{type: string, format: entity, blueprint: service}", json!("cart"), r#"{"x":"cart"}"#),
        (
            "{type: string, format: entity, blueprint: service}",
            json!("crat"),
            "`crat` is not a `service` of this catalog (did you mean `cart`?)",
        ),
        ("{type: string, format: entity, blueprint: service}", json!(1), "`x` is a text, not the number 1"),
        (
            "{type: string, format: entity, blueprint: nothing}",
            json!("cart"),
            "`cart` is not a `nothing` of this catalog (the blueprint does not exist)",
        ),
        ("{type: string, format: entity}", json!("red"), r#"{"x":"red"}"#),
        ("{type: string, format: entity}", json!("none"), "`none` is not an entity of this catalog"),
        (
            "{type: array, items: {type: string, format: entity, blueprint: service}}",
            json!(["cart", "red"]),
            "`red` is not a `service` of this catalog",
        ),
    ]);
    let bare = form("{properties: {a: {type: string, format: team}, b: {type: string, format: user}}}");
    with_known(true, |known| {
        let asker = Asker { known, user: &json!({}), entity: None, now: known.now };
        // Until a catalog declares its first team, names are all there is.
        assert_eq!(filled(&bare, &json!({"a": "any", "b": "one"}), &asker), r#"{"a":"any","b":"one"}"#);
    });
}

#[test]
fn datasets_say_what_can_be_picked() {
    let refused = |name: &str| {
        format!(
            "`{name}` cannot be picked for `x` (it is not among the entities that the dataset of the input finds)"
        )
    };
    for (rules, name, holds) in [
        ("{property: tier, operator: '=', value: 1}", "cart", true),
        ("{property: tier, operator: '=', value: 1}", "pay", false),
        ("{property: tier, operator: '=', value: {jqQuery: .entity.properties.tier}}", "cart", true),
        ("{property: tier, operator: '>', value: {jqQuery: .entity.properties.tier}}", "cart", false),
        ("{property: lang, operator: in, value: {jqQuery: '[.form.y]'}}", "pay", true),
        (
            "{combinator: or, rules: [{property: lang, operator: '=', value: {jqQuery: .form.y}}]}",
            "cart",
            false,
        ),
        // Nothing is known of what the catalog does not say.
        ("{property: lang, operator: '=', value: {context: visitor, property: x}}", "cart", false),
        ("{property: nothing, operator: isEmpty}", "cart", false),
    ] {
        let form = form(&format!(
            "{{properties: {{x: {{type: string, format: entity, blueprint: service, dataset: {{combinator: and, rules: [{rules}]}}}}, y: {{type: string, default: rust}}}}}}"
        ));
        let expected = if holds { format!(r#"{{"x":"{name}","y":"rust"}}"#) } else { refused(name) };
        with_asker(|asker| assert_eq!(filled(&form, &json!({"x": name}), asker), expected, "{rules}"));
    }
    let failing = form(
        "{properties: {x: {type: string, format: entity, blueprint: service, dataset: {combinator: and, rules: [{property: tier, operator: '=', value: {jqQuery: 'error(\"no\")'}}]}}}}",
    );
    with_asker(|asker| {
        let expected = "`dataset` of `x` cannot be computed: no";
        assert_eq!(filled(&failing, &json!({"x": "cart"}), asker), expected);
    });
}

#[test]
fn secrets_are_given_by_name_only() {
    let refused = "`x` takes the name of a secret, never a secret (store the secret where the CI system keeps secrets, and give its name: letters, digits and any of _ . / : -)";
    let long = "a".repeat(201);
    for (given, expected) in [
        (json!("prod/db:password-1_2.x"), r#"{"x":"prod/db:password-1_2.x"}"#),
        (json!("hunter 2"), refused),
        (json!("a\nb"), refused),
        (json!("$(id)"), refused),
        (json!(""), refused),
        (json!(long), refused),
        (json!({"password": "hunter2"}), refused),
    ] {
        assert_values(&[("{type: string, encryption: aes256-gcm, default: a}", given, expected)]);
    }
}

/// A form in which much depends on something else.
const FORM: &str = "
properties:
  region: {type: string, dependsOn: [cloud], visible: {jqQuery: .form.cloud != null}, enum: {jqQuery: 'if .form.cloud == \"aws\" then [\"eu\", \"us\"] else [\"west\"] end'}}
  cloud: {type: string, enum: [aws, azure]}
  name: {type: string}
  size: {type: string, enum: [small, large], default: small}
  reason: {type: string, visible: {jqQuery: .form.size == \"large\"}, default: none}
  service: {type: string, format: entity, blueprint: service}
  title: {type: string, default: {jqQuery: .form.service.title}}
  tier: {type: number, default: {jqQuery: .form.service.properties.tier}, disabled: true}
required: [name, reason]
order: [name, cloud, region, size, reason, service, title, tier]
";

#[test]
fn inputs_depend_on_each_other() {
    let form = form(FORM);
    with_asker(|asker| {
        for (given, expected) in [
            (json!({"name": "a"}), r#"{"name":"a","size":"small","reason":"none"}"#),
            // The order is that of the form, whatever was given first.
            (
                json!({"region": "eu", "cloud": "aws", "name": "a"}),
                r#"{"name":"a","cloud":"aws","region":"eu","size":"small","reason":"none"}"#,
            ),
            // What is hidden has its default, whatever was given: region has none.
            (json!({"region": "eu", "name": "a"}), r#"{"name":"a","size":"small","reason":"none"}"#),
            (json!({"name": "a", "reason": 7}), r#"{"name":"a","size":"small","reason":"none"}"#),
            (
                json!({"name": "a", "size": "large", "reason": "load"}),
                r#"{"name":"a","size":"large","reason":"load"}"#,
            ),
            // An empty text is missing, and then the default is there.
            (
                json!({"name": "a", "size": "large", "reason": ""}),
                r#"{"name":"a","size":"large","reason":"none"}"#,
            ),
            (
                json!({"name": "a", "cloud": "azure", "region": "eu"}),
                "`eu` is not one of the choices of `region` (choose one of `west`)",
            ),
            (
                json!({"name": "a", "service": "cart"}),
                r#"{"name":"a","size":"small","reason":"none","service":"cart","title":"The cart","tier":1}"#,
            ),
            (
                json!({"name": "a", "service": "cart", "tier": 1.0, "title": "x"}),
                r#"{"name":"a","size":"small","reason":"none","service":"cart","title":"x","tier":1}"#,
            ),
            (
                json!({"name": "a", "service": "cart", "tier": 3}),
                "`tier` cannot be changed here (leave it out: it is `1`)",
            ),
            (json!({"name": "a", "tier": 3}), "`tier` cannot be changed here (leave it out)"),
            (json!({}), "`name` is required"),
            (json!({"name": null}), "`name` is required"),
            (json!({"name": ""}), "`name` is required"),
            // Everything at once, in the order in which it is worked out.
            (
                json!({"nme": "a", "size": "huge", "cloud": 1}),
                "there is no input `nme` (did you mean `name`?)\n`name` is required\n`cloud` is a text, not the number 1\n`huge` is not one of the choices of `size` (choose one of `small`, `large`)",
            ),
        ] {
            assert_eq!(filled(&form, &given, asker), expected, "{given}");
        }
    });
}

#[test]
fn what_depends_on_a_missing_input_is_refused() {
    let form = form(
        "{properties: {a: {type: string}, b: {type: string, dependsOn: [a]}, c: {type: string, dependsOn: [a], default: x}}}",
    );
    with_asker(|asker| {
        let refused = "`b` needs `a` to be given first (give `a`, or leave this out)";
        for (given, expected) in [
            (json!({"b": "1"}), refused),
            (json!({"a": "", "b": "1"}), refused),
            (json!({"a": "1", "b": "1"}), r#"{"a":"1","b":"1","c":"x"}"#),
            // CI systems send the default of what nobody changed.
            (json!({"c": "x"}), r#"{"c":"x"}"#),
        ] {
            assert_eq!(filled(&form, &given, asker), expected, "{given}");
        }
    });
}

#[test]
fn an_expression_says_what_is_required() {
    let form = form(
        "{properties: {a: {type: string}, b: {type: string, description: Why}, c: {type: string, visible: false}}, required: {jqQuery: 'if .form.a == \"x\" then [\"b\", \"c\"] else [] end'}}",
    );
    with_asker(|asker| {
        for (given, expected) in [
            (json!({}), "{}"),
            (json!({"a": "x"}), "`b` is required (Why)"),
            (json!({"a": "x", "b": ""}), "`b` is required (Why)"),
            (json!({"a": "x", "b": "y"}), r#"{"a":"x","b":"y"}"#),
        ] {
            assert_eq!(filled(&form, &given, asker), expected, "{given}");
        }
        let hidden = form.fill(json!({"a": "1", "c": "2"}).as_object().unwrap(), asker).unwrap().hidden;
        assert_eq!(hidden, ["c"]);
    });
}

#[test]
fn the_inputs_of_a_hidden_page_are_hidden() {
    let form = form(
        "{properties: {a: {type: string}, b: {type: string, default: d}}, steps: [{title: One, order: [a]}, {title: Two, order: [b], visible: {jqQuery: '.form.a == \"x\"'}}]}",
    );
    with_asker(|asker| {
        assert_eq!(filled(&form, &json!({"a": "y", "b": "z"}), asker), r#"{"a":"y","b":"d"}"#);
        assert_eq!(filled(&form, &json!({"a": "x", "b": "z"}), asker), r#"{"a":"x","b":"z"}"#);
    });
}

#[test]
fn what_cannot_be_computed_is_refused() {
    for (input, expected) in [
        ("{type: string, visible: {jqQuery: 'error(\"no\")'}}", "`visible` of `x` cannot be computed: no"),
        (
            "{type: string, default: {jqQuery: .form | keys | error}}",
            "`default` of `x` cannot be computed: []",
        ),
        ("{type: string, default: {jqQuery: '{{'}}", "`default` of `x` cannot be computed: it is not jq"),
        ("{type: string, default: {jqQuery: '1'}}", "`x` is a text, not the number 1"),
        (
            "{type: string, default: {jqQuery: 'last(range(1e12)) | tostring'}}",
            "`default` of `x` cannot be computed: takes too many steps; does it end?",
        ),
    ] {
        let form = form(&format!("{{properties: {{x: {input}}}}}"));
        with_asker(|asker| assert_eq!(filled(&form, &json!({}), asker), expected, "{input}"));
    }
}

#[test]
fn questions_are_asked_one_after_the_other() {
    let form = form(FORM);
    with_asker(|asker| {
        let names: Vec<&str> = form.questions().iter().map(|field| field.identifier.as_str()).collect();
        assert_eq!(names, ["name", "cloud", "region", "size", "reason", "service", "title", "tier"]);
        let state = |name: &str, values: Value| {
            form.state(form.field(name).unwrap(), values.as_object().unwrap(), asker).unwrap()
        };
        assert!(state("name", json!({})).required);
        assert!(!state("region", json!({})).visible);
        let labels = |state: State| {
            state.choices.unwrap().into_iter().map(|choice| choice.label).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(state("region", json!({"cloud": "aws"}))), "eu us");
        assert!(!state("reason", json!({})).required, "what is hidden is not required");
        assert!(state("reason", json!({"size": "large"})).required);
        assert_eq!(labels(state("service", json!({}))), "blog Payments The cart");
        let tier = state("tier", json!({"service": "pay"}));
        assert_eq!((tier.default, tier.disabled), (Some(json!(2)), true));
        let problems = form.check(form.field("size").unwrap(), &json!("x"), &Map::new(), asker);
        assert_eq!(problems[0].message, "`x` is not one of the choices of `size`");
        let entities =
            form.entities(json!({"service": "pay", "name": "a"}).as_object().unwrap(), asker.known);
        assert_eq!(entities["service"]["properties"]["lang"], "rust");
        assert_eq!(entities.len(), 1);
    });
}

#[test]
fn entities_to_pick_from_are_sorted() {
    let form = form(
        "{properties: {x: {type: string, format: entity, blueprint: service, sort: {property: tier, order: DESC}}}}",
    );
    with_asker(|asker| {
        let choices = form.state(&form.fields[0], &Map::new(), asker).unwrap().choices.unwrap();
        let names: Vec<&str> = choices.iter().filter_map(|choice| choice.value.as_str()).collect();
        assert_eq!(names, ["pay", "cart", "blog"], "the one without a tier comes last");
    });
}

#[test]
fn inputs_that_wait_for_each_other_end() {
    let form = form(
        "{properties: {a: {type: string, default: {jqQuery: '.form.b // \"x\"'}}, b: {type: string, default: {jqQuery: .form.a}}}}",
    );
    with_asker(|asker| assert_eq!(filled(&form, &json!({}), asker), r#"{"a":"x"}"#));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop_oneof![Just("aws"), Just("cart"), Just("large"), Just("")].prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((".*", inner), 0..3).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// What is let through is let through again, unchanged: guard and runtime see the same.
    #[test]
    fn what_is_filled_in_can_be_filled_in_again(
        given in proptest::collection::vec(("name|cloud|region|size|reason|service|title|tier", any_value()), 0..6),
    ) {
        let form = form(FORM);
        with_asker(|asker| {
            let given: Map<String, Value> = given.into_iter().collect();
            let first = form.fill(&given, asker);
            prop_assert_eq!(&first, &form.fill(&given, asker), "the same twice");
            if let Ok(filled) = first {
                let again = form.fill(&filled.values, asker);
                prop_assert_eq!(Ok(filled), again);
            }
            Ok(())
        })?;
    }
}
