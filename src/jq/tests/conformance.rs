//! The same answers as jq.

use serde_json::Value;

use super::super::*;

/// Returns what an expression says for `null`: its outputs, or what is wrong.
fn answer(source: &str) -> String {
    let filter = match Filter::compile(source) {
        Ok(filter) => filter,
        Err(error) => return format!("compile: {error}"),
    };
    match on_deep_stack(|| filter.all(&Input::null(), 1_700_000_000.5)) {
        Ok(outputs) => outputs.iter().map(Value::to_string).collect::<Vec<_>>().join(" "),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn expressions_answer_as_in_jq() {
    let table = include_str!("conformance.txt");
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (source, expected) = line.split_once(" ==> ").unwrap();
        let found = answer(source);
        let same = if expected == "error" { found.starts_with("error: ") } else { found == expected };
        if !same {
            wrong.push(format!("{source}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outputs_stop_at_the_first_error() {
    let filter = Filter::compile("1, error(\"no\"), 2").unwrap();
    on_deep_stack(|| {
        assert_eq!(filter.first(&Input::null(), 0.0), Ok(Some(Value::from(1))));
        assert_eq!(filter.all(&Input::null(), 0.0), Err("no".into()));
    });
}

#[test]
fn an_input_is_what_it_was_built_from() {
    let document = serde_json::json!({"a": [1, 2.5, "x", null, true, {"b": {}}], "c": -3});
    let built = on_deep_stack(|| {
        let inner = Input::object([("b", Input::object([]))]);
        let list = [
            Input::integer(1),
            Input::number(2.5),
            Input::text("x"),
            Input::null(),
            Input::bool(true),
            inner,
        ];
        let built =
            Input::object([("a", Input::list(list)), ("c", Input::integer(0))]).with("c", Input::integer(-3));
        let filter = Filter::compile(".").unwrap();
        assert_eq!(filter.first(&Input::from_json(&document), 0.0), Ok(Some(document.clone())));
        filter.first(&built, 0.0)
    });
    assert_eq!(built, Ok(Some(document)));
}

#[test]
fn what_is_given_may_be_larger_than_what_may_be_built() {
    on_deep_stack(|| {
        let large = Input::list(std::iter::repeat_n(Input::null(), 1_500_000)).with("x", Input::null());
        let list = Input::object([("list", Input::list(std::iter::repeat_n(Input::null(), 1_500_000)))]);
        let length = Filter::compile(".list | length").unwrap();
        assert_eq!(length.first(&list, 0.0), Ok(Some(Value::from(1_500_000))));
        assert_eq!(length.first(&large, 0.0), Ok(Some(Value::from(0))));
        assert!(Filter::compile(".list + [1]").unwrap().first(&list, 0.0).is_err());
    });
}
