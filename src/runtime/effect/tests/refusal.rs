//! What cannot be, and every reason why.

use super::*;

#[test]
fn what_the_rules_refuse_is_refused_with_every_reason() {
    for (effects, expected) in [
        (
            json!([upsert("Environment", "one", json!({"properties": {"size": "huge", "replicas": "two"}}))]),
            vec![
                "entities/Environment/one.yaml:5: `huge` is not one of the values of `size`",
                "entities/Environment/one.yaml:6: `replicas` is a number, not a string",
            ],
        ),
        (
            json!([upsert("Environment", "shop", json!({"relations": {"region": null}}))]),
            vec!["needs the relation `region`"],
        ),
        (json!([upsert("Environment", "one", json!({"properties": {"no": 1}}))]), vec!["`no`"]),
        (
            json!([delete("Region", "us")]),
            vec!["entities/Environment/two.json:7: `region` names an entity that does not exist"],
        ),
        (json!([delete("_team", "cart")]), vec!["services/shop/portal.yml:3: "]),
        (
            json!([upsert("Never", "x", json!({})), upsert("Nor", "x", json!({}))]),
            vec!["there is no blueprint `Never`", "there is no blueprint `Nor`"],
        ),
        (
            json!([upsert("Environment", "one", json!({"properties": {"note": "file:///etc/passwd"}}))]),
            vec!["`note` of the `Environment` `one` would be read as the content of a file"],
        ),
        (
            json!([upsert(
                "Environment",
                "new",
                json!({"properties": {"more": {"$text": "a"}, "tags": ["file://a"]}})
            )]),
            vec!["`more` of", "`tags` of"],
        ),
        (json!([upsert("Environment", "one", json!({"title": "a\0b"}))]), vec!["NUL"]),
        (json!([upsert("Environment", "x", json!({"title": "a\0b"}))]), vec!["NUL"]),
    ] {
        let reasons = refused(&effects);
        assert_eq!(reasons.len(), expected.len(), "{reasons:#?}");
        for (reason, expected) in reasons.iter().zip(expected) {
            assert!(reason.contains(expected), "{reason}\n{expected}");
        }
    }
    let reason = refused(&json!([delete("Region", "us")])).remove(0);
    assert!(reason.ends_with(" (the `Environment` `two`)"), "{reason}");
    // Who names it goes, too, or names another.
    assert!(plan_of(CATALOG, CONFIG, &json!([delete("Region", "us"), delete("Environment", "two")])).is_ok());
    let moves = upsert("Environment", "two", json!({"relations": {"region": "eu"}}));
    assert!(plan_of(CATALOG, CONFIG, &json!([delete("Region", "us"), moves])).is_ok());
}

#[test]
fn what_was_wrong_before_refuses_nothing() {
    let files = "=== blueprints/a.yaml\nidentifier: A\nschema: {properties: {n: {type: number}}}\n=== entities/A/x.yaml\nidentifier: x\nproperties: {n: one}\n";
    let plan = |effects: Value| plan_of(files, b"", &effects);
    assert!(plan(json!([upsert("A", "y", json!({"properties": {"n": 1}}))])).is_ok());
    assert!(plan(json!([upsert("A", "x", json!({"title": "X"}))])).is_ok());
    assert_eq!(plan(json!([upsert("A", "y", json!({"properties": {"n": "one"}}))])).unwrap_err().len(), 1);
    let files = "=== blueprints/a.yaml\nidentifier: A\n=== entities/A/x.yaml\nidentifier: x\n---\na: [\n";
    let reasons = plan_of(files, b"", &json!([upsert("A", "x", json!({"title": "X"}))])).unwrap_err();
    assert!(reasons[0].starts_with("entities/A/x.yaml: it cannot be read: "), "{reasons:?}");
    let files = "=== blueprints/a.yaml\nidentifier: A\n";
    let reasons =
        plan_of(files, b"exclude: ['entities/**']\n", &json!([upsert("A", "x", json!({}))])).unwrap_err();
    assert_eq!(reasons, ["the `A` `x` would not be part of the catalog"]);
}

#[test]
fn facts_are_laid_over_not_deleted() {
    let made =
        upsert("Environment", "made", json!({"title": "Made", "properties": {"url": "https://x.example"}}));
    let text = "identifier: made\ntitle: Made\nproperties:\n  url: https://x.example\n";
    assert_eq!(changed(&json!([made.clone()])).0, [("entities/Environment/made.yaml".into(), text.into())]);
    assert_eq!(
        refused(&json!([delete("Environment", "made")])),
        [
            "the `Environment` `made` cannot be deleted: it has no file of its own, but the integration `cluster` says so (facts/cluster.json:1)",
        ]
    );
    assert_eq!(
        refused(&json!([made, delete("Environment", "made")])),
        [
            "the `Environment` `made` cannot be deleted: an integration says that it exists (facts/cluster.json)",
        ]
    );
    let (files, notes) =
        changed(&json!([upsert("Environment", "one", json!({"properties": {"note": null}}))]));
    assert_eq!((files.len(), notes), (0, vec![
        "`note` of the `Environment` `one` stays: the integration `cluster` says so (facts/cluster.json:2)".into(),
    ]));
}
