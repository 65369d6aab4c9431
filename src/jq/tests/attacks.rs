//! Expressions that take too much must be stopped, and say so.

use rayon::prelude::*;

use super::super::*;

const STOPPED: &str = "takes too many steps; does it end?";

#[test]
fn whatever_takes_too_much_is_stopped() {
    let table = include_str!("attacks.txt");
    let attacks: Vec<&str> =
        table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let survives = |source: &&str| {
        let filter = Filter::compile(source).unwrap_or_else(|error| panic!("{source}: {error}"));
        let answer = filter.all(&Input::null(), 1_700_000_000.5);
        (answer != Err(STOPPED.into())).then(|| format!("{source}: {answer:.200?}"))
    };
    let survivors: Vec<String> = on_deep_stack(|| attacks.par_iter().filter_map(survives).collect());
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
}

/// Were panics to abort, this would not be caught, and no other expression could be evaluated.
#[test]
fn a_stop_is_caught_and_the_thread_goes_on() {
    on_deep_stack(|| {
        let endless = Filter::compile("until(false; .)").unwrap();
        assert_eq!(endless.first(&Input::null(), 0.0), Err(STOPPED.into()));
        let good = Filter::compile("[range(3)] | add").unwrap();
        assert_eq!(good.first(&Input::null(), 0.0), Ok(Some(Value::from(3))));
    });
}

#[test]
fn what_an_honest_expression_needs_is_not_too_much() {
    for (source, expected) in [
        ("[range(10000)] | map(. * 2) | add", "99990000"),
        ("[range(2000) | tostring] | join(\",\") | length", "8889"),
        ("def f: if . > 150 then . else (. + 1 | f) + 1 end; 0 | f", "302"),
        ("reduce range(5000) as $i ({}; .[\"k\\($i)\"] = $i) | length", "5000"),
        ("reduce range(5000) as $i ([range(5000) | {a: .}]; .[$i] |= .a) | length", "5000"),
        ("reduce range(400) as $i (0; [.]) | tojson | length", "801"),
        ("[range(5000) | {g: (. % 10), v: .}] | group_by(.g) | map(map(.v) | add) | length", "10"),
        ("\"word \" * 1000 | [scan(\"[a-z]+\")] | length", "1000"),
        ("reduce range(3000) as $i ({}; {a: .} | .a = $i)", "{\"a\":2999}"),
    ] {
        let filter = Filter::compile(source).unwrap();
        let answer =
            on_deep_stack(|| filter.first(&Input::null(), 0.0)).map(|answer| answer.unwrap().to_string());
        assert_eq!(answer, Ok(expected.into()), "{source}");
    }
}

#[test]
fn every_evaluation_takes_the_same_steps() {
    let answers = |source: &str| {
        let answers: Vec<_> = on_deep_stack(|| {
            (0..8)
                .into_par_iter()
                .map(|_| Filter::compile(source).unwrap().first(&Input::null(), 0.0))
                .collect()
        });
        answers
    };
    for count in [60_000, 90_000, 120_000, 150_000] {
        let answers = answers(&format!("[range({count}) | {{a: .}}] | length"));
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{count}");
    }
}
