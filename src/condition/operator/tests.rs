//! Every operator on every kind of value, by hand.

use serde_json::json;

use super::*;

/// The values in the order of a row of the table: absent, null, a text, an empty text, a number, zero, true, false, a
/// list, an empty list, a mapping, an empty mapping, an instant.
fn values() -> Vec<(&'static str, Json)> {
    vec![
        ("absent", json!(null)),
        ("null", json!(null)),
        ("text", json!("gold")),
        ("empty text", json!("")),
        ("number", json!(5)),
        ("zero", json!(0)),
        ("true", json!(true)),
        ("false", json!(false)),
        ("list", json!(["gold", "tin"])),
        ("empty list", json!([])),
        ("mapping", json!({"a": 1})),
        ("empty mapping", json!({})),
        ("instant", json!("2026-11-20T12:00:00Z")),
    ]
}

fn now() -> Instant {
    Instant::parse("2026-11-21T12:00:00Z").unwrap()
}

fn period() -> Operand {
    Operand::Period(Instant::parse("2026-11-20").unwrap()..Instant::parse("2026-11-22").unwrap(), None)
}

#[test]
fn every_operator_on_every_kind_of_value() {
    let is = |value: Json| Operand::Value(value);
    // A letter for each value: + holds, - fails.
    //   a absent  n null  t text  e ""  5 number  0 zero  T true  F false  l list  [] empty list  m mapping  {} empty
    //   i instant
    let table: Vec<(Operator, Operand, &str)> = vec![
        //                                    ant e50TFl[m{i
        (Equal, is(json!("gold")), "--+----------"),
        (Equal, is(json!(5)), "----+--------"),
        (Equal, is(json!("5")), "-------------"),
        (Equal, is(json!(true)), "------+------"),
        (Equal, is(json!(false)), "-------+-----"),
        (Equal, is(json!(["gold", "tin"])), "--------+----"),
        (Equal, is(json!({"a": 1})), "----------+--"),
        (Equal, is(json!(null)), "++-----------"),
        (Equal, is(json!("2026-11-20T13:00:00+01:00")), "------------+"),
        (Equal, period(), "------------+"),
        (NotEqual, is(json!("gold")), "++-++++++++++"),
        (NotEqual, is(json!(5)), "++++-++++++++"),
        (NotEqual, is(json!(true)), "++++++-++++++"),
        (Greater, is(json!(4)), "----+--------"),
        (Greater, is(json!(5)), "-------------"),
        (Greater, is(json!("4")), "-------------"),
        (Greater, is(json!("2026-11-20")), "------------+"),
        (GreaterOrEqual, is(json!(5)), "----+--------"),
        (GreaterOrEqual, is(json!(-1)), "----++-------"),
        (Less, is(json!(5)), "-----+-------"),
        (Less, is(json!("2026-11-20")), "-------------"),
        (LessOrEqual, is(json!(5)), "----++-------"),
        (LessOrEqual, is(json!("2026-11-20T12:00:00Z")), "------------+"),
        (IsEmpty, Operand::None, "++-+-----+-+-"),
        (IsNotEmpty, Operand::None, "--+-+++++-+-+"),
        (Contains, is(json!("gold")), "--+-----+----"),
        (Contains, is(json!("ol")), "--+----------"),
        (Contains, is(json!("")), "--++--------+"),
        (Contains, is(json!(5)), "-------------"),
        (ContainsNot, is(json!("gold")), "++-+++++-++++"),
        (ContainsAny, is(json!(["zinc", "tin"])), "--------+----"),
        (ContainsAny, is(json!(["zinc", "ol"])), "--+----------"),
        (ContainsAny, is(json!([])), "-------------"),
        (BeginsWith, is(json!("go")), "--+----------"),
        (BeginsNotWith, is(json!("go")), "++-++++++++++"),
        (EndsWith, is(json!("ld")), "--+----------"),
        (EndsNotWith, is(json!("ld")), "++-++++++++++"),
        (In, is(json!(["gold", 5, true])), "--+-+-+-+----"),
        (In, is(json!("gold")), "--+-----+----"),
        (NotIn, is(json!(["gold", 5, true])), "++-+-+-+-++++"),
        (Between, period(), "------------+"),
        (Between, Operand::Numbers(0.0, 5.0), "----++-------"),
        (NotBetween, period(), "++++++++++++-"),
        (NotBetween, Operand::Numbers(0.0, 5.0), "++++--+++++++"),
        (IsExpired, Operand::None, "------------+"),
        (IsNotExpired, Operand::None, "-------------"),
    ];
    for (operator, operand, expected) in table {
        let held = values().into_iter().map(|(name, value)| {
            let value = if name == "absent" { Value::Nothing } else { Value::Computed(&value) };
            if operator.holds(&value, &operand, now()) { '+' } else { '-' }
        });
        assert_eq!(held.collect::<String>(), expected, "{} {operand:?}", operator.name());
    }
}

#[test]
fn every_operator_is_in_the_table_of_words() {
    for name in crate::model::query::OPERATORS.iter().chain(crate::model::scorecard::condition::OPERATORS) {
        let special = matches!(*name, "relatedTo" | "matchAny");
        assert_eq!(Operator::from_name(name).map(Operator::name), (!special).then_some(*name));
    }
}

#[test]
fn an_end_in_the_future_has_not_expired() {
    let soon = json!("2026-11-21T12:00:01Z");
    assert!(IsNotExpired.holds(&Value::Computed(&soon), &Operand::None, now()));
    assert!(!IsExpired.holds(&Value::Computed(&soon), &Operand::None, now()));
}
