//! What is answered.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

#[test]
fn answers_are_read_as_the_form_means_them() {
    let inputs = json!({"properties": {
        "text": {"type": "string"},
        "size": {"type": "string", "enum": ["s"]},
        "count": {"type": "number"},
        "flag": {"type": "boolean"},
        "tags": {"type": "array"},
        "spec": {"type": "object"},
    }});
    let asking = asked(&action(&inputs, &json!({})), Target::GitHub);
    for (name, raw, expected) in [
        ("text", json!(""), None),
        ("text", json!(null), None),
        ("text", json!("\"\""), Some(json!(""))),
        ("text", json!("\"\"\"\""), Some(json!("\"\""))),
        ("text", json!("\""), Some(json!("\""))),
        ("text", json!("\"a\""), Some(json!("\"a\""))),
        ("text", json!(" 1 "), Some(json!(" 1 "))),
        ("text", json!(NONE), Some(json!(NONE))),
        ("size", json!(NONE), None),
        ("size", json!("other"), Some(json!("other"))),
        ("count", json!(" 1.50 "), Some(json!(1.5))),
        ("count", json!(7), Some(json!(7))),
        ("count", json!("NaN"), Some(json!("NaN"))),
        ("count", json!("seven"), Some(json!("seven"))),
        ("flag", json!(true), Some(json!(true))),
        ("flag", json!("True"), Some(json!(true))),
        ("flag", json!("no"), Some(json!("no"))),
        ("tags", json!("[1, \"a\"]"), Some(json!([1, "a"]))),
        ("tags", json!("a, b"), Some(json!("a, b"))),
        ("spec", json!("{\"a\": null}"), Some(json!({"a": null}))),
        ("spec", json!("[]"), Some(json!("[]"))),
        ("unknown", json!("x"), Some(json!("x"))),
    ] {
        let raw = Map::from_iter([(name.to_string(), raw)]);
        assert_eq!(read(&asking, &raw).get(name), expected.as_ref(), "{name}: {raw:?}");
    }
}

#[test]
fn jobs_find_answers_in_their_variables() {
    let inputs = json!({"properties": {"a": {"type": "string"}, "b-c": {"type": "number"}}});
    let catalog = action(&inputs, &json!({"operation": "DAY-2", "blueprintIdentifier": "System"}));
    let variables = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect()
    };
    let expected = json!({"$entity": "cart", "a": "x", "b-c": 3});
    for (target, given) in [
        (Target::GitHub, variables(&[("PORTAL_ANSWERS", r#"{"entity":"cart","a":"x","b-c":"3"}"#)])),
        (Target::Azure, variables(&[("PORTAL_ANSWERS", r#"{"entity":"cart","a":"x","b_c":3}"#)])),
        (
            Target::GitLab,
            variables(&[
                ("PORTAL_ANSWER_entity", "cart"),
                ("PORTAL_ANSWER_a", "x"),
                ("PORTAL_ANSWER_b_c", "3"),
            ]),
        ),
        (
            Target::GitLab,
            variables(&[
                ("PORTAL_ANSWER_entity", NONE),
                ("PORTAL_ANSWER_a", ""),
                ("PORTAL_ANSWER_more", r#"{"$entity":"cart","a":"x","b-c":3}"#),
            ]),
        ),
        (
            Target::Bitbucket,
            variables(&[("input_entity", "cart"), ("input_a", "x"), ("input_b_c", "3"), ("a", "y")]),
        ),
    ] {
        let asking = asked(&catalog, target);
        let raw = answers_from(&asking, &given).expect("they can be read");
        let read = Value::Object(read(&asking, &raw));
        assert_eq!(read, expected, "{target}");
    }
    let asking = asked(&catalog, Target::GitLab);
    let values = expected.as_object().expect("an object");
    let started = dispatch(&asking, "Act", values);
    assert_eq!(started["action"], slug("Act"));
    let passed = variables(&[("PORTAL_ANSWER_more", started["request"].as_str().unwrap_or_default())]);
    let raw = answers_from(&asking, &passed).expect("they can be read");
    assert_eq!(Value::Object(read(&asking, &raw)), expected);
    let asking = asked(&catalog, Target::GitHub);
    assert_eq!(dispatch(&asking, "Act", values), answer(&asking, values));
    assert!(answers_from(&asking, &variables(&[("PORTAL_ANSWERS", "[]")])).is_err());
}

/// Returns any form of a few inputs, with values that fit it.
fn any_form() -> impl Strategy<Value = (Value, Map<String, Value>)> {
    let text = prop_oneof![
        3 => "[a-z]{0,6}",
        1 => "[\"$\\[{( a-z\n\u{202e}é]{0,8}",
        1 => Just(NONE.to_string()),
        1 => Just("${{ github.token }}".to_string()),
    ];
    let number = prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<f64>()
            .prop_filter_map("finite", |number| { serde_json::Number::from_f64(number).map(Value::Number) })
    ];
    let scalar =
        prop_oneof![text.clone().prop_map(Value::from), number.clone(), any::<bool>().prop_map(Value::from),];
    let input = prop_oneof![
        text.clone().prop_map(|it| (json!({"type": "string"}), json!(it))),
        (prop::collection::vec(text.clone(), 1..4), any::<prop::sample::Index>()).prop_map(
            |(options, at)| {
                let value = options[at.index(options.len())].clone();
                (json!({"type": "string", "enum": options}), json!(value))
            }
        ),
        (text.clone(), text.clone())
            .prop_map(|(usual, it)| (json!({"type": "string", "default": usual}), json!(it))),
        number.prop_map(|it| (json!({"type": "number"}), it)),
        (1..9, 1..9).prop_map(|(least, more)| {
            (json!({"type": "integer", "minimum": least, "maximum": least + more}), json!(least + 1))
        }),
        any::<bool>().prop_map(|it| (json!({"type": "boolean"}), json!(it))),
        any::<bool>().prop_map(|it| (json!({"type": "boolean", "default": {"jqQuery": "true"}}), json!(it))),
        prop::collection::vec(scalar.clone(), 0..4).prop_map(|it| (json!({"type": "array"}), json!(it))),
        prop::collection::vec((text, scalar), 0..3)
            .prop_map(|it| { (json!({"type": "object"}), Value::Object(it.into_iter().collect())) }),
    ];
    // On most forms there is room for everything; on some there is not.
    let inputs = prop_oneof![
        prop::collection::vec(("[A-Za-z0-9@_=-]{1,3}", input.clone(), any::<bool>(), any::<bool>()), 0..8),
        prop::collection::vec(("[A-Za-z0-9@_=-]{1,3}", input, any::<bool>(), any::<bool>()), 18..40),
    ];
    inputs.prop_map(|inputs| {
        let (mut properties, mut required, mut values) = (Map::new(), Vec::new(), Map::new());
        for (name, (input, value), needed, given) in inputs {
            if properties.contains_key(&name) {
                continue;
            }
            // What is not given has its default, or is nothing; a checkbox is always given.
            let given = given || needed || input["type"] == "boolean" || input.get("default").is_some();
            if given {
                values.insert(name.clone(), value);
            }
            if needed {
                required.push(name.clone());
            }
            properties.insert(name, input);
        }
        (json!({"properties": properties, "required": required}), values)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn answers_are_read_back((inputs, mut values) in any_form(), origin in any::<bool>()) {
        let starter = ("automations/start.yaml", "
identifier: start
trigger: {type: automation, event: {type: schedule, schedule: '1 1 * * *'}}
steps: [{dispatch: {action: act}}]
");
        let more = json!({"operation": "DAY-2", "blueprintIdentifier": "System", "ttl": {"default": "1d", "max": "5d"}});
        let catalog = action_among(&inputs, &more, &[starter]);
        values.insert(ENTITY.into(), "cart".into());
        values.insert(TTL.into(), "2d".into());
        if origin {
            values.insert(ORIGIN.into(), "{\"run\": \"x\"}".into());
        }
        for asking in all(&catalog) {
            let limits = Limits::of(asking.target);
            prop_assert!(limits.questions.is_none_or(|most| asking.questions.len() <= most));
            let mut raw: Map<String, Value> = asking.questions.iter().map(|question| {
                (question.name.clone(), question.default.clone().unwrap_or_default().into())
            }).collect();
            prop_assert_eq!(raw.len(), asking.questions.len(), "names are distinct");
            raw.extend(answer(&asking, &values));
            prop_assert!(raw.values().all(Value::is_string));
            let read = read(&asking, &raw);
            prop_assert_eq!(sorted(&read), sorted(&values), "{}", asking.target);
            for question in &asking.questions {
                if let (Control::Choice(options), Some(default)) = (&question.control, &question.default) {
                    prop_assert!(options.contains(default));
                }
            }
        }
    }
}

fn sorted(values: &Map<String, Value>) -> std::collections::BTreeMap<&String, &Value> {
    values.iter().collect()
}
