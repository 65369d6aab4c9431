//! What is asked.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::*;

#[test]
fn inputs_become_controls() {
    let text = |text: &str| Some(text.to_string());
    let none = || text(NONE);
    for (input, expected, default, lost) in [
        (json!({"type": "string"}), Control::Text, None, None),
        (json!({"type": "string", "default": "a b"}), Control::Text, text("a b"), None),
        (json!({"type": "string", "default": "$(x)"}), Control::Text, None, Some(Lack::Default)),
        (
            json!({"type": "string", "default": {"jqQuery": "\"x\""}}),
            Control::Text,
            None,
            Some(Lack::ComputedDefault),
        ),
        (json!({"type": "string", "pattern": "^a"}), Control::Text, None, Some(Lack::Pattern)),
        (json!({"type": "string", "format": "url"}), Control::Text, None, Some(Lack::Pattern)),
        (json!({"type": "string", "maxLength": 3}), Control::Text, None, Some(Lack::Bounds)),
        (json!({"type": "string", "encryption": "aes256-gcm"}), Control::Text, None, Some(Lack::Secret)),
        (json!({"type": "string", "enum": ["a", "b"]}), choice(&[NONE, "a", "b"]), none(), None),
        (json!({"type": "string", "enum": ["a", "b"], "default": "b"}), choice(&["a", "b"]), text("b"), None),
        (
            json!({"type": "string", "enum": ["a"], "default": "c"}),
            choice(&[NONE, "a"]),
            none(),
            Some(Lack::Default),
        ),
        (json!({"type": "string", "enum": ["a", "a"]}), Control::Text, None, Some(Lack::Option)),
        (json!({"type": "string", "enum": ["a", ""]}), Control::Text, None, Some(Lack::Option)),
        (json!({"type": "string", "enum": ["a", NONE]}), Control::Text, None, Some(Lack::Option)),
        (
            json!({"type": "string", "enum": ["a", "${{ github.token }}"]}),
            Control::Text,
            None,
            Some(Lack::Option),
        ),
        (
            json!({"type": "string", "enum": {"jqQuery": "[\"a\"]"}}),
            Control::Text,
            None,
            Some(Lack::ComputedChoices),
        ),
        (json!({"type": "number", "enum": [1, 2.5]}), choice(&[NONE, "1", "2.5"]), none(), None),
        (json!({"type": "number", "default": 3}), Control::Number, text("3"), None),
        (
            json!({"type": "number", "minimum": 0, "maximum": 1, "default": 1}),
            Control::Number,
            text("1"),
            Some(Lack::Bounds),
        ),
        (
            json!({"type": "integer", "minimum": 1, "maximum": 3, "default": 2}),
            choice(&["1", "2", "3"]),
            text("2"),
            None,
        ),
        (
            json!({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 3}),
            choice(&[NONE, "1", "2"]),
            none(),
            None,
        ),
        (
            json!({"type": "integer", "minimum": 1, "maximum": 21, "default": 2}),
            Control::Number,
            text("2"),
            Some(Lack::Bounds),
        ),
        (json!({"type": "boolean"}), Control::Boolean, text("false"), Some(Lack::Unset)),
        (json!({"type": "boolean", "default": true}), Control::Boolean, text("true"), None),
        (
            json!({"type": "boolean", "default": {"jqQuery": "true"}}),
            choice(&[NONE, "true", "false"]),
            none(),
            Some(Lack::ComputedDefault),
        ),
        (json!({"type": "array", "default": ["a"]}), Control::Text, text("[\"a\"]"), Some(Lack::Json)),
        (json!({"type": "object"}), Control::Text, None, Some(Lack::Json)),
        (
            json!({"type": "string", "format": "entity", "blueprint": "System"}),
            choice(&[NONE, "cart", "shop"]),
            none(),
            Some(Lack::Snapshot),
        ),
        (json!({"type": "string", "format": "user"}), Control::Text, None, Some(Lack::Picker)),
        (
            json!({"type": "string", "format": "entity", "blueprint": "Nowhere"}),
            Control::Text,
            None,
            Some(Lack::Picker),
        ),
    ] {
        for &target in Target::ALL {
            let (asked, given, lacks) = control(&input, target);
            assert_eq!((asked, given), (expected.clone(), default.clone()), "{target}: {input}");
            let lost: BTreeSet<Lack> = lost.into_iter().collect();
            let own: BTreeSet<Lack> = lacks.into_iter().filter(|lack| *lack != Lack::Length).collect();
            assert_eq!(own, lost, "{target}: {input}");
        }
    }
    let number = |target| control(&json!({"type": "number"}), target).0;
    assert_eq!(
        Target::ALL.iter().map(|&target| number(target)).collect::<Vec<_>>(),
        [Control::Number, Control::Text, Control::Text, Control::Number,]
    );
}

#[test]
fn all_systems_ask_the_same() {
    let inputs = json!({
        "properties": {
            "last": {"type": "string", "title": "Last"},
            "name": {"type": "string", "title": "Name ${{ x }}", "description": "What it is\ncalled", "pattern": "^a$"},
            "size": {"type": "string", "enum": ["s", "m"]},
            "count": {"type": "number"},
            "flag": {"type": "boolean", "title": "Flag?"},
            "hidden": {"type": "string", "visible": {"jqQuery": ".form.flag"}},
            "never": {"type": "string", "visible": false, "default": "x"},
            "tags": {"type": "array", "default": []},
            "secret": {"type": "string", "encryption": "aes256-gcm"},
            "a-b": {"type": "string", "default": "q"},
            "entity": {"type": "string", "format": "entity", "blueprint": "System"},
        },
        "required": ["name", "size", "count", "flag", "hidden", "a-b", "entity"],
        "order": ["name", "size", "count"],
    });
    let more = json!({"operation": "DAY-2", "blueprintIdentifier": "Environment", "ttl": {"default": "5d", "max": "14d"}});
    let catalog = action(&inputs, &more);
    let form = |asking: &Asking| -> Vec<(Option<String>, String, String, bool)> {
        let own = asking.questions.iter().filter(|question| !matches!(question.about, About::More(_)));
        own.map(|it| {
            let input = if let About::Input(name) = &it.about { Some(name.clone()) } else { None };
            (input, it.title.clone(), it.help.clone(), it.required)
        })
        .collect()
    };
    let github = form(&asked(&catalog, Target::GitHub));
    let names: Vec<&str> = github.iter().map(|it| it.0.as_deref().unwrap_or(&it.1)).collect();
    let order = [
        "Environment",
        "name",
        "size",
        "count",
        "last",
        "flag",
        "hidden",
        "tags",
        "secret",
        "a-b",
        "entity",
        "Time to live",
    ];
    assert_eq!(names, order);
    let required: Vec<&str> = github.iter().filter(|it| it.3).map(|it| it.1.as_str()).collect();
    assert_eq!(required, ["Environment", "Name $ {{ x }}", "size", "count", "entity"]);
    assert_eq!(github[1].2, "What it is called. Must match ^a$");
    for asking in all(&catalog) {
        assert_eq!(form(&asking), github, "{}", asking.target);
        for lack in lacks(&asking) {
            assert!(lack.targets().contains(&asking.target), "{lack:?} on {}", asking.target);
        }
    }
}

/// Every sort of loss occurs where the documentation says, and nowhere else.
#[test]
fn losses_are_those_of_the_documentation() {
    let mut properties = Map::new();
    for (name, input) in [
        ("secret", json!({"type": "string", "encryption": "aes256-gcm"})),
        ("options", json!({"type": "string", "enum": (0..300).map(|n| n.to_string()).collect::<Vec<_>>()})),
        ("option", json!({"type": "string", "enum": ["$[[ x ]]"]})),
        ("computed", json!({"type": "string", "enum": {"jqQuery": "[]"}, "default": {"jqQuery": "1"}})),
        ("user", json!({"type": "string", "format": "user"})),
        (
            "system",
            json!({"type": "string", "format": "entity", "blueprint": "System", "dataset": {"combinator": "and", "rules": []}}),
        ),
        ("default", json!({"type": "string", "default": " x"})),
        ("unset", json!({"type": "boolean"})),
        ("number", json!({"type": "number"})),
        ("fixed", json!({"type": "string", "disabled": true, "default": "x"})),
        ("pattern", json!({"type": "string", "pattern": "a", "minLength": 1, "icon": "Git"})),
        ("hidden", json!({"type": "string", "dependsOn": ["pattern"]})),
        ("a=b", json!({"type": "object"})),
        ("needed", json!({"type": "string"})),
        ("chosen", json!({"type": "string", "enum": ["a"]})),
    ] {
        properties.insert(name.into(), input);
    }
    properties.extend((0..25).map(|number| (format!("more{number}"), json!({"type": "string"}))));
    let catalog = action(&json!({"properties": properties, "required": ["needed", "chosen"]}), &json!({}));
    for asking in all(&catalog) {
        let expected = Lack::ALL.iter().copied().filter(|lack| lack.targets().contains(&asking.target));
        assert_eq!(lacks(&asking), expected.collect(), "{}", asking.target);
    }
}

#[test]
fn what_there_is_no_room_for_is_asked_together() {
    let many: Map<String, Value> =
        (0..30).map(|number| (format!("i{number:02}"), json!({"type": "string"}))).collect();
    let catalog = action(&json!({"properties": many, "required": ["i28", "i29"]}), &json!({}));
    for (target, most) in [(Target::GitHub, 25), (Target::GitLab, 20)] {
        let asking = asked(&catalog, target);
        assert_eq!(asking.questions.len(), most);
        let names: Vec<&str> = asking.questions.iter().map(|question| question.name.as_str()).collect();
        let end = &names[most - 4..];
        assert_eq!(end, [&format!("i{:02}", most - 4), "i28", "i29", "more"]);
        let About::More(held) = &asking.questions[most - 1].about else { panic!("{target}") };
        assert_eq!((held.len(), held[0].clone()), (30 - (most - 1), format!("i{:02}", most - 3)));
        let values = json!({"i00": "a", "i28": "b", "i27": "c", "i26": ""});
        let answers = answer(&asking, values.as_object().expect("an object"));
        assert_eq!(answers["more"], "{\"i27\":\"c\",\"i26\":\"\"}");
        assert_eq!(Value::Object(read(&asking, &answers)), values);
    }
    assert_eq!(asked(&catalog, Target::Azure).questions.len(), 30);
}

#[test]
fn portal_asks_for_itself_only_what_is_needed() {
    let starter = (
        "automations/start.yaml",
        "
identifier: start
trigger: {type: automation, event: {type: schedule, schedule: '1 1 * * *'}}
steps: [{dispatch: {action: act}}]
",
    );
    let makes = (
        "actions/make.yaml",
        "
identifier: make
trigger: {type: self-service, operation: CREATE, blueprintIdentifier: System, userInputs: {properties: {}}}
steps: [{upsertEntity: {identifier: x}}]
",
    );
    let names = |catalog: &Catalog| -> Vec<String> {
        asked(catalog, Target::GitHub).questions.into_iter().map(|question| question.name).collect()
    };
    let none = json!({"properties": {}});
    assert!(names(&action(&none, &json!({}))).is_empty());
    let create = json!({"operation": "CREATE", "blueprintIdentifier": "System"});
    assert!(names(&action(&none, &create)).is_empty());
    assert_eq!(names(&action_among(&none, &json!({}), &[starter])), ["portal_origin"]);
    assert_eq!(names(&action(&none, &json!({"ttl": "5d"}))), [""; 0]);
    assert_eq!(names(&action(&none, &json!({"ttl": {"default": "5d", "max": "6d"}}))), ["ttl"]);
    let one = json!({"operation": "DELETE", "blueprintIdentifier": "System"});
    let catalog = action(&none, &one);
    assert_eq!(names(&catalog), ["entity"]);
    let question = asked(&catalog, Target::GitHub).questions.remove(0);
    assert_eq!((question.control, question.required), (choice(&[NONE, "cart", "shop"]), true));
    // A run that makes systems must not make the file stale.
    let question = asked(&action_among(&none, &one, &[makes]), Target::GitHub).questions.remove(0);
    assert_eq!((question.control, question.required), (Control::Text, true));
    let taken = json!({"properties": {"entity": {"type": "string"}}});
    assert_eq!(names(&action(&taken, &one)), ["portal_entity", "entity"]);
}
