//! Programs that no one would write must not bring the evaluation down either.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::super::*;

/// Returns programs that combine what jq has.
fn program() -> BoxedStrategy<String> {
    let words = [
        ".",
        "..",
        ".a",
        ".[0]",
        ".[]",
        ".[]?",
        ".[1:]",
        "1",
        "0",
        "-1",
        "1e18",
        "nan",
        "infinite",
        "null",
        "true",
        "\"a\"",
        "\"\"",
        "[]",
        "{}",
        "[1,2,3]",
        "{\"a\":{\"b\":1}}",
        "empty",
        "error",
        "keys",
        "length",
        "add",
        "sort",
        "unique",
        "reverse",
        "tojson",
        "fromjson",
        "tostring",
        "tonumber",
        "explode",
        "implode",
        "to_entries",
        "from_entries",
        "flatten",
        "min",
        "max",
        "floor",
        "sqrt",
        "gmtime",
        "mktime",
        "todate",
        "fromdate",
        "paths",
        "type",
        "not",
        "values",
        "tostream",
        "transpose",
        "any",
        "all",
        "now",
        "ascii_downcase",
        "trim",
        "@base64",
        "@base64d",
        "@csv",
        "@tsv",
        "@html",
        "@uri",
        "@sh",
        "@json",
        "first",
        "last",
        "range(3)",
        "recurse",
        "abs",
        "logb",
        "significand",
        "frexp",
        "combinations",
        "ascii",
        "toarray",
        "leaf_paths",
        "utf8bytelength",
        "9223372036854775807",
    ];
    let leaf = proptest::sample::select(words.as_slice().to_vec()).prop_map(String::from);
    let operators = ["|", ",", "+", "-", "*", "/", "%", "==", "<", "//", "and", "or", "|=", "+=", "=", "//="];
    let functions = [
        "map",
        "select",
        "sort_by",
        "group_by",
        "unique_by",
        "min_by",
        "path",
        "del",
        "has",
        "contains",
        "inside",
        "index",
        "indices",
        "split",
        "join",
        "test",
        "ltrimstr",
        "startswith",
        "first",
        "last",
        "any",
        "all",
        "range",
        "recurse",
        "map_values",
        "with_entries",
        "walk",
        "getpath",
        "delpaths",
        "paths",
        "repeat",
        "isvalid",
        "flatten",
        "strftime",
        "strptime",
        "bsearch",
        "in",
        "error",
        "pick",
    ];
    let pairs = [
        "limit", "until", "while", "setpath", "sub", "gsub", "skip", "nth", "pow", "jn", "ldexp", "IN",
        "splits",
    ];
    leaf.prop_recursive(5, 24, 3, move |inner| {
        let binary = (inner.clone(), proptest::sample::select(operators.to_vec()), inner.clone());
        let called = (proptest::sample::select(functions.to_vec()), inner.clone());
        let paired = (proptest::sample::select(pairs.to_vec()), inner.clone(), inner.clone());
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            binary.prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
            called.prop_map(|(name, argument)| format!("{name}({argument})")),
            paired.prop_map(|(name, one, other)| format!("{name}({one}; {other})")),
            inner.clone().prop_map(|inner| format!("[{inner}]")),
            two.clone().prop_map(|(key, value)| format!("{{({key}): {value}}}")),
            two.clone().prop_map(|(one, other)| format!("(try {one} catch {other})")),
            two.clone().prop_map(|(one, other)| format!("({one} as $x | {other} | $x)")),
            two.clone().prop_map(|(one, other)| format!("(reduce {one} as $x (.; {other}))")),
            two.clone().prop_map(|(one, other)| format!("(foreach {one} as [$x] ({other}; .))")),
            two.clone().prop_map(|(one, other)| format!("(if {one} then {other} end)")),
            two.clone().prop_map(|(one, other)| format!("(def f: {one}; {other} | f | f)")),
            two.prop_map(|(one, other)| format!("(label $l | {one} | ., break $l | {other})")),
            inner.prop_map(|inner| format!("\"\\({inner})\"")),
        ]
    })
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn no_program_panics(source in program()) {
        let input = serde_json::json!({"a": [1, "b", null], "properties": {"x": 1.5}});
        let filter = Filter::compile(&source).map_err(|error| TestCaseError::fail(error.to_string()))?;
        on_deep_stack(|| {
            let _ = filter.all(&Input::from_json(&input), 0.0);
            let _ = filter.holds(&Input::null(), 0.0);
        });
    }

    #[test]
    fn no_text_panics(source in "[-.$@\\[\\](){}|,:;?\"'=+*/%<>a-z0-9 \\\\]{0,40}") {
        if let Ok(filter) = Filter::compile(&source) {
            let _ = on_deep_stack(|| filter.all(&Input::null(), 0.0));
        }
    }
}
