//! Entities of templates: what is written, and what is refused.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::instant::Instant;
use crate::portal::Origin;
use crate::scaffold::plan::Purpose;
use crate::skeleton::Mistake;
use crate::source::{SourceId, Sources};
use crate::worktree::Memory;
use crate::yaml::parse;

const BLUEPRINTS: &str = r"
identifier: Component
schema:
  properties:
    lifecycle: {type: string}
    port: {type: number}
    tags: {type: array}
    public: {type: boolean}
    note: {type: string}
    more: {type: object}
relations:
  system: {target: System}
  api: {target: Component, many: true}
ownership: {type: Direct}
---
identifier: System
schema: {properties: {}}
---
identifier: k8s/pod
schema: {properties: {}}
";

/// A language of `{{ name.key }}` and nothing else.
struct Plain(Value);

impl Plain {
    fn find(&self, source: &str, start: usize, end: usize) -> Result<&Value, Mistake> {
        let name = source[start + 2..end - 2].trim();
        let found = name.split('.').try_fold(&self.0, |value, key| value.get(key));
        found.ok_or_else(|| Mistake {
            range: start..end,
            message: format!("there is no `{name}`"),
            help: Some("name an input".into()),
        })
    }
}

impl Speech for Plain {
    fn value(&self, source: &str) -> Result<Value, Mistake> {
        let alone = source.starts_with("{{") && source.find("}}") == Some(source.len().wrapping_sub(2));
        if alone {
            return self.find(source, 0, source.len()).cloned();
        }
        self.text(source).map(Value::String)
    }

    fn text(&self, source: &str) -> Result<String, Mistake> {
        let (mut text, mut at) = (String::new(), 0);
        while let Some(start) = source[at..].find("{{").map(|start| at + start) {
            let end = source[start..].find("}}").map(|end| start + end + 2);
            let unclosed =
                || Mistake { range: start..start + 2, message: "it is not closed".into(), help: None };
            let end = end.ok_or_else(unclosed)?;
            text.push_str(&source[at..start]);
            match self.find(source, start, end)? {
                Value::String(value) => text.push_str(value),
                value => text.push_str(&value.to_string()),
            }
            at = end;
        }
        Ok(text + &source[at..])
    }
}

/// Returns the catalog of these files.
fn catalog(files: &Memory) -> Portal {
    let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
    Portal::open(Origin::new(files, now), None).unwrap()
}

/// Returns what becomes of the `entity` of a template, in a catalog of these files.
fn made_in(files: &[(&str, &str)], template: &str, answers: Value) -> Result<Made, Vec<Diagnostic>> {
    let files = Memory::new(files.iter().copied());
    let mut found = Vec::new();
    let document = parse(SourceId::new(0), &Arc::from(template), &mut found);
    assert!(found.is_empty(), "{template}: {found:?}");
    let entity = document.roots().next().unwrap().get("entity").unwrap();
    written(entity, &Plain(answers), &catalog(&files), &files, Purpose::Create)
}

fn made(template: &str, answers: Value) -> Made {
    let files = [("blueprints/all.yaml", BLUEPRINTS)];
    made_in(&files, template, answers).unwrap_or_else(|findings| panic!("{template}: {findings:#?}"))
}

/// Returns the mistakes in a template, each as the text that is pointed at and the message.
fn mistakes(files: &[(&str, &str)], template: &str, answers: Value) -> Vec<(String, String)> {
    let findings = made_in(files, template, answers).expect_err("mistakes");
    let mut sources = Sources::default();
    sources.add(crate::source::Source::new("scaffold.yaml", template));
    let told = |finding: Diagnostic| (sources.text(finding.primary.span).to_string(), finding.message);
    findings.into_iter().map(told).collect()
}

#[test]
fn an_entity_is_written_as_a_person_would() {
    let template = r#"
target: x
entity:
  # Made from a template.

  # Who owns it, is asked.
  relations:
    # Others.
    api: '{{ apis }}'
    system: '{{ system }}' # {{ name }} is part of it
    extra: a
  properties: # what is known
    # goes with the tags
    tags: '{{ tags }}'   # words

    unknown: 1.50
    port: '{{ port }}'
    public: '{{ public }}'
    literal: yes
    # Goes with what is left out.
    note: '{{ note }}' # this, too
    empty: ''
    more:
      # deep
      b: ['{{ none }}', '{{ name }}', 2]
      a: '{{ none }}'
      c: {d: '{{ none }}'}
    lifecycle: experimental-{{ port }}
  # the blueprint
  blueprint: Component # of all
  team: ['{{ team }}']
  title: |
    {{ title }}
  identifier: '{{ name }}'

  # The end.
next: []
"#;
    let answers = json!({
        "name": "cart", "title": "Cart: the basket", "team": "shop", "port": 8080, "public": false,
        "tags": ["a", "1.0"], "apis": [], "system": null, "note": "", "none": null,
    });
    let made = made(template, answers);
    assert_eq!((made.blueprint.as_str(), made.identifier.as_str()), ("Component", "cart"));
    assert_eq!(made.file, "entities/Component/cart.yaml");
    let expected = r#"# Made from a template.

identifier: cart
title: |
  Cart: the basket
team:
  - shop
properties: # what is known
  port: 8080
  # goes with the tags
  tags: # words
    - a
    - "1.0"
  public: false
  more:
    # deep
    b:
      - cart
      - 2
  lifecycle: experimental-8080

  unknown: 1.5
  literal: "yes"
  empty: ""
# Who owns it, is asked.
relations:
  extra: a

# The end.
"#;
    let expected = expected
        .replace("  lifecycle: experimental-8080\n", "")
        .replace("  port: 8080\n", "  lifecycle: experimental-8080\n  port: 8080\n");
    assert_eq!(made.text, expected);
}

#[test]
fn the_blueprint_is_written_where_the_folder_does_not_say_it() {
    let template = "entity: {identifier: '{{ a }}', blueprint: '{{ b }}'} # not its own\n";
    for (files, a, b, path, text) in [
        (
            &[("blueprints/all.yaml", BLUEPRINTS)][..],
            "x",
            "System",
            "entities/System/x.yaml",
            "identifier: x\n",
        ),
        (
            &[("blueprints/all.yaml", BLUEPRINTS)],
            "a/b",
            "k8s/pod",
            "entities/k8s-pod/a-b.yaml",
            "identifier: a/b\nblueprint: k8s/pod\n",
        ),
        // A catalog without folders stays one; where there is none, other documents do not count.
        (&[("all.yaml", BLUEPRINTS)], "x", "System", "System/x.yaml", "identifier: x\nblueprint: System\n"),
        (&[("chart/values.yaml", "a: 1\n")], "x", "System", "entities/System/x.yaml", "identifier: x\n"),
        (&[], "x", "Never", "entities/Never/x.yaml", "identifier: x\n"),
        (
            &[("entities/System/X.yaml", "identifier: y\n"), ("blueprints/all.yaml", BLUEPRINTS)],
            "x",
            "System",
            "entities/System/x-",
            "identifier: x\n",
        ),
    ] {
        let made = made_in(files, template, json!({"a": a, "b": b})).unwrap();
        assert!(made.file.starts_with(path) && made.file.ends_with(".yaml"), "{}", made.file);
        assert_eq!(made.text, text);
    }
}

#[test]
fn every_mistake_is_named_where_it_is() {
    let files = [("blueprints/all.yaml", BLUEPRINTS)];
    let template = "entity:\n  # {{ no1 }}\n  identifier: a-{{ no2 }}\n  blueprint: '{{ number }}'\n  title: \"{{ no3 }} x\"\n  \
                    properties:\n    a: [b, '{{ no4 }}'] # x {{ no5 }}\n    n: '{{ nul }}'\n    f: '{{ file }}'\n    \
                    g: '{{ files }}'\n    h: 'file://{{ word }}'\n    i: '{{ order }}' # {{ order }}\n    j: x # {{ broken }}\n";
    let answers = json!({
        "number": 1, "nul": "a\0", "file": "file:///etc/passwd", "files": ["a", {"$text": "x"}], "word": "README.md",
        "order": "# portal: ignore[missing-property]", "broken": "portal:\nignore[a]",
    });
    let found = mistakes(&files, template, answers);
    let expected = [
        ("{{ no2 }}", "there is no `no2`"),
        ("{{ no3 }}", "there is no `no3`"),
        ("{{ no4 }}", "there is no `no4`"),
        ("'{{ nul }}'", "a text with a NUL"),
        ("'{{ file }}'", "what is rendered here would be read as the content of a file"),
        ("'{{ files }}'", "what is rendered here would be read as the content of a file"),
        ("'{{ order }}'", "what is rendered here holds `portal: ignore[`"),
        (" {{ order }}", "what is rendered here holds `portal: ignore[`"),
        (" {{ broken }}", "what is rendered here holds `portal: ignore[`"),
        ("{{ no5 }}", "there is no `no5`"),
        ("{{ no1 }}", "there is no `no1`"),
        ("'{{ number }}'", "the `blueprint` of the entity would be a number, and must be a text"),
    ];
    for (place, message) in expected {
        assert!(
            found.iter().any(|(at, said)| at == place && said.starts_with(message)),
            "{place}: {found:#?}"
        );
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn names_must_be_names() {
    let files = [("blueprints/all.yaml", BLUEPRINTS)];
    let template = "entity: {identifier: '{{ a }}', blueprint: System}\n";
    for (answer, message) in [
        (json!(null), "the `identifier` of the entity comes to nothing"),
        (json!(""), "the `identifier` of the entity comes to nothing"),
        (json!([]), "the `identifier` of the entity comes to nothing"),
        (json!(["a"]), "the `identifier` of the entity would be a list, and must be a text"),
        (json!(true), "the `identifier` of the entity would be a boolean, and must be a text"),
        (json!("a b"), "the `identifier` of the entity would be `a b`, which is not an entity identifier"),
        (json!(".."), "the `identifier` of the entity would be `..`, which is not an entity identifier"),
        (json!("x\nblueprint: y"), "the `identifier` of the entity would be `x…`, which"),
    ] {
        let found = mistakes(&files, template, json!({ "a": answer }));
        assert!(found.len() == 1 && found[0].1.starts_with(message), "{found:?}");
        assert_eq!(found[0].0, "'{{ a }}'");
    }
    let found = mistakes(&files, "entity: {identifier: '', title: x}\n", json!({}));
    let said: Vec<&str> = found.iter().map(|(_, message)| message.as_str()).collect();
    assert_eq!(said, ["the entity has no `blueprint`", "the `identifier` of the entity is empty"]);
}

#[test]
fn what_is_there_already_is_refused_with_its_place() {
    let files = [
        ("blueprints/all.yaml", BLUEPRINTS),
        ("entities/Component/all.yaml", "- identifier: a\n- identifier: cart\n"),
        ("entities/System/cart.yaml", "identifier: orders\n"),
    ];
    let template = "entity: {identifier: '{{ a }}', blueprint: Component}\n";
    let found = mistakes(&files, template, json!({"a": "cart"}));
    let message = "there is a `Component` called `cart` already, in entities/Component/all.yaml:2";
    assert_eq!(found, [("'{{ a }}'".to_string(), message.to_string())]);
    assert!(made_in(&files, template, json!({"a": "orders"})).is_ok(), "another blueprint's is another");
}

#[test]
fn no_more_is_rendered_than_can_be_read() {
    let files = [("blueprints/all.yaml", BLUEPRINTS)];
    let large = "x".repeat(1024 * 1024);
    let keys: String = (0..20).map(|number| format!("    k{number}: '{{{{ a }}}}'\n")).collect();
    let template = format!("entity:\n  identifier: x\n  blueprint: System\n  properties:\n{keys}");
    let found = mistakes(&files, &template, json!({ "a": large }));
    assert!(found.len() <= 20 && found[0].1 == "the entity has more than 8 MiB with this", "{}", found.len());
    let keys: String = (0..5000).map(|number| format!("    k{number}: '{{{{ b }}}}'\n")).collect();
    let template = format!("entity:\n  identifier: x\n  blueprint: System\n  properties:\n{keys}");
    assert!(mistakes(&files, &template, json!({})).len() < 200);
    let made =
        made("entity:\n  identifier: x\n  blueprint: System\n  title: '{{ a }}'\n", json!({ "a": large }));
    assert_eq!(made.text.len(), "identifier: x\ntitle: \n".len() + large.len());
}

/// Returns what is left of a value where nothing is left out.
fn kept(value: &Value) -> Option<Value> {
    let nothing = matches!(value, Value::Null) || value == "" || *value == json!([]);
    (!nothing).then(|| value.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_stay_what_they_are(
        a in crate::yaml::write::tests::value(),
        b in crate::yaml::write::tests::hostile(),
        c in crate::yaml::write::tests::hostile(),
    ) {
        prop_assume!(!refers(&a) && !b.is_empty());
        let template = "entity:\n  # {{ b }}\n  identifier: x\n  properties: # {{ c }}\n    # {{ b }}{{ c }}\n    \
                        a: '{{ a }}' # {{ b }}\n    list: ['{{ b }}', '{{ a }}'] # x{{ c }}\n    text: 'x{{ c }}'\n  \
                        title: '{{ b }}'\n  blueprint: System # {{ c }}\n  # {{ b }}\n";
        let made = made(template, json!({"a": a, "b": b, "c": c}));
        let mut found = Vec::new();
        let document = parse(SourceId::new(0), &Arc::from(made.text.as_str()), &mut found);
        prop_assert!(found.is_empty(), "{}\n{:?}", made.text, found);
        let held: Vec<Value> = document.roots().map(Node::to_json).collect();
        let list: Vec<Value> = [json!(b)].into_iter().chain(kept(&a)).collect();
        let mut properties = Map::new();
        properties.extend(kept(&a).map(|a| ("a".to_string(), a)));
        properties.insert("list".into(), json!(list));
        properties.insert("text".into(), json!(format!("x{c}")));
        prop_assert_eq!(held, [json!({"identifier": "x", "title": b, "properties": properties})], "{}", made.text);
    }
}

fn refers(value: &Value) -> bool {
    value.to_string().contains("file://") || crate::catalog::refers_to_file(value)
}
