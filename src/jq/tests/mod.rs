mod attacks;
mod conformance;
mod paths;
mod programs;
mod reads;

use serde_json::json;

use super::*;

fn first(source: &str, input: &Value) -> Result<Option<Value>, String> {
    let filter = Filter::compile(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    on_deep_stack(|| filter.first(&Input::from_json(input), 0.0))
}

#[test]
fn the_first_output_is_the_answer() {
    let input = json!({"identifier": "a", "properties": {"tier": 1, "tags": ["x", "y"], "a-b": 2.5}, "big": u64::MAX});
    for (source, expected) in [
        (".properties", Some(input["properties"].clone())),
        (".properties.tier == 1", Some(json!(true))),
        (".properties.tags[]", Some(json!("x"))),
        ("empty", None),
        (".properties.\"a-b\" * 2", Some(json!(5))),
        (".big", Some(json!(18_446_744_073_709_551_616.0))),
        (".properties.tags | IN([\"x\", \"y\"])", Some(json!(true))),
        ("[range(3)]", Some(json!([0, 1, 2]))),
        ("[range(5; 0; -2)]", Some(json!([5, 3, 1]))),
        ("first(range(1e12))", Some(json!(0))),
        ("\"2024-01-02T03:04:05Z\" | fromdate", Some(json!(1_704_164_645))),
        ("nan", Some(json!(null))),
        (".properties.tags | INDEX(.) | keys", Some(json!(["x", "y"]))),
        ("\"Cart\" | test(\"^cart$\"; \"i\")", Some(json!(true))),
    ] {
        assert_eq!(first(source, &input), Ok(expected), "{source}");
    }
}

#[test]
fn errors_of_an_evaluation_are_short() {
    let long = json!({"text": "x".repeat(10_000)});
    assert_eq!(first(".text.a", &json!({"text": 1})), Err("cannot index 1 with \"a\"".into()));
    assert_eq!(first("error(\"no\")", &json!(null)), Err("no".into()));
    assert!(first(".text.a", &long).unwrap_err().len() < 250);
}

#[test]
fn what_does_not_end_is_stopped() {
    for source in [
        "last(range(1e12))",
        "[range(1e9)]",
        "until(false; .)",
        "[recurse(.)]",
        "reduce range(1e9) as $i (0; . + $i)",
        "def f: f; f",
        "def f: 1 + f; f",
        "def f(g): f(g | g); f(1)",
        "try until(false; .) catch 1",
        "[limit(1e9; repeat(1))]",
        "def f: label $x | (., f); last(f)",
        "last(range(0; 1; 0))",
    ] {
        assert_eq!(first(source, &json!(null)), Err("takes too many steps; does it end?".into()), "{source}");
    }
    let filter = Filter::compile("if . then until(false; .) else 1 end").unwrap();
    on_deep_stack(|| {
        assert_eq!(filter.first(&Input::bool(false), 0.0), Ok(Some(json!(1))));
        assert!(!filter.is_spent());
        assert_eq!(filter.first(&Input::bool(true), 0.0), Err("takes too many steps; does it end?".into()));
        // One endless evaluation is enough.
        assert_eq!(filter.first(&Input::bool(false), 0.0), Err("takes too many steps; does it end?".into()));
        assert!(filter.is_spent());
    });
}

#[test]
fn a_condition_holds_unless_false_or_null() {
    for (source, expected) in
        [("1", true), ("\"\"", true), ("null", false), ("false", false), ("empty", false)]
    {
        let filter = Filter::compile(source).unwrap();
        assert_eq!(on_deep_stack(|| filter.holds(&Input::null(), 0.0)), Ok(expected), "{source}");
    }
    assert!(Filter::compile(".a = 1").unwrap().assigns());
    assert!(!Filter::compile(".a == 1").unwrap().assigns());
}

#[test]
fn mistakes_have_a_place_and_a_way_out() {
    for (source, offset, message, help) in [
        ("", 0, "the expression is empty", None),
        (".a ==", 5, "the expression ends where a value is needed", None),
        (".a == 'b'", 6, "a string is written in double quotes", Some("write `\"b\"`")),
        (
            ".properties.'a-b'",
            12,
            "a string is written in double quotes",
            Some("write `.properties.\"a-b\"`"),
        ),
        (
            ".properties.lead-time",
            17,
            "there is no function `time`",
            Some("`-` subtracts; to read one name, write `.\"lead-time\"`"),
        ),
        (".a && .b", 3, "jq has no `&&`", Some("write `and`")),
        (".a || .b", 3, "`||` cannot stand here: the end is needed", Some("write `or`")),
        (".a === .b", 3, "`===` cannot stand here: the end is needed", Some("write `==`")),
        (".a) == 1", 2, "`)` means nothing in jq", None),
        ("(.a", 0, "the bracket `(` is not closed", None),
        (".a | selct(.b)", 5, "there is no function `selct`", Some("did you mean `select` or `split`?")),
        ("properties.tier", 0, "there is no function `properties`", Some("write `.properties`")),
        (".a | test", 5, "`test` takes 1 or 2 arguments, not 0", Some("arguments are separated by `;`")),
        (
            "env.HOME",
            0,
            "`env` is not available here",
            Some("an expression sees its input only, so that the same catalog always gives the same answer"),
        ),
        (
            "$ENV.HOME",
            0,
            "`$ENV` is not available here",
            Some("an expression sees its input only, so that the same catalog always gives the same answer"),
        ),
        ("$x", 0, "there is no variable `$x`", None),
        ("if .a then 1", 12, "the expression ends where `else` or `end` is needed", None),
    ] {
        let error = Filter::compile(source).unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.offset, error.help.as_deref()),
            (message, Some(offset), help),
            "{source}"
        );
    }
    for withheld in ["input", "inputs", "halt", "debug", "stderr", "localtime", "halt_error"] {
        assert_eq!(
            Filter::compile(withheld).unwrap_err().message,
            format!("`{withheld}` is not available here")
        );
    }
    assert!(Filter::compile("import \"a\" as a; .").is_err());
    assert!(Filter::compile(&"(".repeat(16_000)).is_err());
    assert!(Filter::compile(&"1+".repeat(9_000)).is_err());
}
