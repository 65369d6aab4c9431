use serde_json::{Map, Value, json};

use super::*;

fn context() -> Map<String, Value> {
    let values = json!({
        "values": {
            "name": "cart", "port": 8080, "ratio": 5.0, "none": null, "tags": ["a", "b"], "empty": [],
            "labels": {"x": "1", "y": "2"}, "list": "a,b,c", "repoUrl": "github.com?owner=acme&repo=cart",
        },
    });
    values.as_object().unwrap().clone()
}

fn say(source: &str) -> String {
    Language::new(Dialect::default())
        .text(source, &context())
        .unwrap_or_else(|it| format!("! {}", it.message))
}

#[test]
fn texts_are_as_nunjucks_makes_them() {
    for (source, expected) in [
        ("${{ values.name }}!", "cart!"),
        ("${{values.port}} ${{ values.ratio }}", "8080 5"),
        ("[${{ values.missing }}${{ values.missing.more }}${{ values.none }}]", "[]"),
        ("{{ kept }} ${{ values.tags }}", "{{ kept }} a,b"),
        ("{% if values.name === 'cart' and values.port !== 1 %}y{% else %}n{% endif %}", "y"),
        ("{% if values.empty %}a list is true{% endif %}", "a list is true"),
        ("{% if values.empty.length %}y{% else %}n{% endif %}", "n"),
        ("{%- if values.none -%} y {%- elseif values.port > 1 -%} p {%- endif -%}\n", "p"),
        ("{% for k, v in values.labels %}${{ k }}=${{ v }} {% endfor %}", "x=1 y=2 "),
        ("{% for t in values.tags %}${{ loop.index }}${{ t }}{% endfor %}", "1a2b"),
        ("${{ values.list.replaceAll(',', '-') }} ${{ values.list.split(',')[1] }}", "a-b-c b"),
        ("${{ values.name.length }} ${{ '.length ===' }}", "4 .length ==="),
        ("${{ values.labels | dump }}", r#"{"x":"1","y":"2"}"#),
        ("${{ values.missing | default('d') }} ${{ values.empty | join('+') }}", "d "),
        (
            "${{ (values.repoUrl | parseRepoUrl).owner }} ${{ values.repoUrl | projectSlug }}",
            "acme acme/cart",
        ),
        ("${{ 'group:a' | parseEntityRef | pick('name') }}", "a"),
        ("${{ '${{' }} secrets.X }}", "${{ secrets.X }}"),
        ("{% raw %}${{ values.name.length === 1 }}{% endraw %}", "${{ values.name.length === 1 }}"),
        ("{% verbatim %}${{ x }}{% endverbatim %}", "${{ x }}"),
        ("${{ values.name | upper }}${{ values.missing | lower }}", "CART"),
        ("{# gone #}kept\n", "kept\n"),
        ("{% set n = values.name %}\n${{ n }}", "\ncart"),
        ("${{ true === true }}", "true"),
    ] {
        assert_eq!(say(source), expected, "{source}");
    }
}

#[test]
fn values_keep_their_type() {
    let language = Language::new(Dialect::default());
    for (source, expected) in [
        ("${{ values.tags }}", Some(json!(["a", "b"]))),
        ("${{ values.labels }}", Some(json!({"x": "1", "y": "2"}))),
        ("${{ values.port }}", Some(json!(8080))),
        ("${{values.missing}}", None),
        ("${{ values.none }}", Some(Value::Null)),
        ("${{ values.name === 'cart' }}", Some(json!(true))),
        (
            "${{ values.repoUrl | parseRepoUrl }}",
            Some(json!({"host": "github.com", "owner": "acme", "repo": "cart"})),
        ),
        ("${{ values.port }} ", Some(json!("8080 "))),
        ("${{ values.port }}${{ values.port }}", Some(json!("80808080"))),
        ("plain", Some(json!("plain"))),
    ] {
        assert_eq!(language.value(source, &context()).unwrap(), expected, "{source}");
    }
}

#[test]
fn mistakes_have_a_place() {
    for (source, place, message) in [
        ("a\n${{ values.name | nope }}", "nope", "filter"),
        ("${{ values.x.split(',') }}", "split", "not there"),
        ("{% if values.name %}", "", ""),
        ("${{ 'a' + }}", "", ""),
        ("{% include 'x' %}", "include", "cannot be used here"),
        ("{% macro f() %}{% endmacro %}", "macro", "cannot be used here"),
    ] {
        let mistake = Language::new(Dialect::default()).text(source, &context()).unwrap_err();
        assert!(source[mistake.range.clone()].contains(place), "{source}: {mistake:?}");
        assert!(mistake.message.contains(message), "{source}: {mistake:?}");
    }
}

#[test]
fn what_never_ends_or_grows_ends() {
    let doubling = format!("{{% set x = 'xxxxxxxx' %}}{}", "{% set x = x ~ x %}".repeat(60));
    for source in [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "${{ 'x' * 100000000 }}",
        "{% for a in range(90000) %}${{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}",
        "${{ [1] * 100000000 }}",
        "{% set x = 'ab' %}{% for a in range(64) %}{% set x = x ~ x %}{% endfor %}${{ x }}${{ x * 9 }}${{ 'y' * 99999999 }}",
        "{% set x %}${{ values }}{% endset %}",
        doubling.as_str(),
        "${{ ('x' * 100000000) ~ ('x' * 100000000) ~ ('x' * 100000000) ~ ('x' * 100000000) }}",
        "${{ ['aaaaaaaaaaaa'] * 1000000 | sum }}",
    ] {
        let text = Language::new(Dialect::default()).text(source, &context());
        assert!(text.is_err(), "{source}: {:?}", text.map(|it| it.len()));
    }
    // Values, too, which have no output.
    for source in [
        "${{ [1] * 100000000 }}",
        "${{ range(100000) | join('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') }}",
    ] {
        assert!(Language::new(Dialect::default()).value(source, &context()).is_err(), "{source}");
    }
}

#[test]
fn scopes_of_loops_end_with_each_turn() {
    // What is worked out about growing texts rests on it.
    assert_eq!(say("{% set x = 'a' %}{% for i in range(3) %}{% set x = x ~ x %}{% endfor %}${{ x }}"), "a");
    assert_eq!(
        say("{% set x = 'a' %}{% for i in range(3) %}{% set x = x ~ x %}${{ x }} {% endfor %}"),
        "aa aa aa "
    );
}

#[test]
fn dialects_differ_in_marks_and_space() {
    let cookiecutter = Language::new(Dialect { cookiecutter: true, ..Dialect::default() });
    let context = json!({"cookiecutter": {"name": "cart"}}).as_object().unwrap().clone();
    let text = cookiecutter.text("{{ cookiecutter.name }} {{ cookiecutter | jsonify }}", &context).unwrap();
    assert_eq!(text, r#"cart {"name":"cart"}"#);
    let trimmed = Language::new(Dialect { trim_blocks: true, lstrip_blocks: true, ..Dialect::default() });
    assert_eq!(trimmed.text("a\n  {% if true %}\nb\n  {% endif %}\n", &context).unwrap(), "a\nb\n");
}

#[test]
fn names_are_found_outside_of_texts() {
    let found = names("a.b ${{ parameters.name }} {% if steps['a b'].output.x and 'c.d' %}", "${{");
    let found: Vec<String> = found.iter().map(|name| name.parts.join("/")).collect();
    assert_eq!(found, ["parameters/name", "if", "steps/a b/output/x", "and"]);
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_language(source in "[${}%#a-c .'\"=!\\[\\]|~é-]{0,40}") {
        let language = Language::new(Dialect::default());
        let _ = language.text(&source, &context());
        let _ = language.value(&source, &context());
        let _ = names(&source, "${{");
    }
}
