use serde_json::{Value, json};

use super::{Context, Failure, Template, evaluate, render, secrets};

fn context() -> Context {
    Context::new(0.0)
        .with("inputs", json!({"name": "a b", "size": 3, "tags": ["x"], "service": "Cart", "none": null}))
        .with("form", json!({"service": "Cart"}))
        .with("run", json!({"id": "r1"}))
        .with_entity("service", json!({"identifier": "Cart", "title": "The cart", "properties": {"tier": 1}}))
}

#[test]
fn renders_values() {
    for (value, expected) in [
        (json!("plain"), json!("plain")),
        (json!("{{ .inputs.size }}"), json!(3)),
        (json!(" {{ .inputs.size }}"), json!(" 3")),
        (json!("{{ .inputs }}"), context().get("inputs").cloned().unwrap_or_default()),
        (json!("{{ .inputs.none }}"), json!(null)),
        (json!("[{{ .inputs.none }}]"), json!("[]")),
        (json!("{{ .inputs.name }}-{{ .inputs.tags }}"), json!("a b-[\"x\"]")),
        // Objects and texts in an expression.
        (json!("{{ {a: {b: .inputs.size}} }}"), json!({"a": {"b": 3}})),
        (json!("{{ {a: {b: 1}} | tojson }}"), json!("{\"a\":{\"b\":1}}")),
        (json!("{{ \"}}\" }}"), json!("}}")),
        (json!("{{ \"\\\"}}\" }}"), json!("\"}}")),
        (json!("{{ \"<\\({x: .inputs.size} | .x)>\" }}"), json!("<3>")),
        // What comes out is not read again.
        (json!("{{ \"{{ .run.id }}\" }}"), json!("{{ .run.id }}")),
        // Keys.
        (json!({"{{ .run.id }}": 1}), json!({"r1": 1})),
        (json!({"{{ null }}": "{{ .run.id }}", "b": 2}), json!({"b": 2})),
        (json!({"{{ spreadValue() }}": {"x": "{{ .run.id }}"}, "y": 1}), json!({"x": "r1", "y": 1})),
        (json!({"{{spreadValue()}}": "{{ .inputs.none }}"}), json!({})),
        (json!(["{{ .run.id }}", 1, true, null]), json!(["r1", 1, true, null])),
        // An entity is its identifier, unless its parts are read.
        (json!("{{ .inputs.service }}"), json!("Cart")),
        (json!("{{ .inputs.service.identifier }}"), json!("Cart")),
        (json!("{{ .inputs.service.title }}/{{ .inputs.service }}"), json!("The cart/Cart")),
        (json!("{{ .inputs[\"service\"].properties.tier }}"), json!(1)),
        (json!("{{ .form.service.title }}"), json!("The cart")),
    ] {
        assert_eq!(render(&value, &context()), Ok(expected), "{value}");
    }
}

#[test]
fn says_what_fails_and_where() {
    let failure = |value: Value| render(&value, &context()).unwrap_err();
    let Failure { path, expression, reason } = failure(json!({"a": [1, "x {{ .run | keys[0] | error }}"]}));
    assert_eq!((path.as_str(), expression.as_deref()), ("a.1", Some(".run | keys[0] | error")));
    assert!(reason.contains("id"), "{reason}");
    assert_eq!(failure(json!({"{{ 1 }}": 1})).reason, "a key must be a text, or null to leave its entry out");
    assert_eq!(failure(json!({"{{ spreadValue() }}": 1})).reason, "spreadValue() needs a mapping");
    assert_eq!(failure(json!("{{ .a")).reason, "`{{` is not closed");
    assert!(failure(json!("{{ last(range(1e12)) }}")).reason.contains("step"), "bounded");
}

#[test]
fn offsets_are_those_in_the_text() {
    let text = "a {{ .b }} {{ .c | nope }}";
    let error = Template::compile(text).unwrap_err();
    assert_eq!(error.offset.map(|at| &text[at..at + 4]), Some("nope"));
    let template = Template::compile("a {{  .b }}").unwrap();
    let offsets: Vec<_> = template.expressions().map(|it| (it.source.as_str(), it.offset)).collect();
    assert_eq!(offsets, [(".b", 6)]);
    assert_eq!(template.plain(), None);
    assert_eq!(Template::compile("a").unwrap().plain(), Some("a"));
}

#[test]
fn finds_secrets() {
    let value = json!({"url": "x/{{ .secrets.A }}", "{{ .secrets[\"b-c\"] }}": ["{{ .secrets.A + .secrets.\"d e\" }}"]});
    assert_eq!(secrets(&value), ["A", "b-c", "d e"]);
}

#[test]
fn evaluates_expressions_without_braces() {
    for (source, expected) in [
        (".inputs.size > 2", json!(true)),
        (" .inputs.service.title # } }} \"", json!("The cart")),
        ("empty", json!(null)),
    ] {
        assert_eq!(evaluate(source, &context()), Ok(expected), "{source}");
    }
    assert_eq!(evaluate(".a |", &context()).unwrap_err().expression.as_deref(), Some(".a |"));
    assert!(evaluate("error(\"no\")", &context()).is_err_and(|failure| failure.reason.contains("no")));
}
