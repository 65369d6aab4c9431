//! Where new entities go, whatever they are called.

use super::*;

#[test]
fn hostile_names_stay_in_their_folder() {
    let long = "a".repeat(300);
    for (identifier, expected) in [
        ("../../x", "entities/Environment/x.yaml"),
        ("CON", "entities/Environment/x-CON.yaml"),
        ("/etc/passwd", "entities/Environment/etc-passwd.yaml"),
        ("ONE", "entities/Environment/ONE-"),
        ("o/ne", "entities/Environment/o-ne.yaml"),
        (&long, "entities/Environment/aaaa"),
        ("äöü", "entities/Environment/entity-"),
    ] {
        let (files, _) = changed(&json!([environment(identifier)]));
        let [(path, text)] = files.as_slice() else { panic!("{files:#?}") };
        assert!(path.starts_with(expected) && path.ends_with(".yaml") && path.len() < 120, "{path}");
        assert!(text.starts_with("identifier: "), "{text}");
    }
    let (files, _) = changed(&json!([environment("a/b"), environment("a-b"), environment("A-B")]));
    let paths: std::collections::BTreeSet<String> =
        files.iter().map(|(path, _)| path.to_lowercase()).collect();
    assert_eq!(paths.len(), 3, "{files:?}");
    for identifier in ["a b", "a\nproperties: {}", "${{ x }}", "..", "a\0b", ""] {
        assert!(!refused(&json!([environment(identifier)])).is_empty(), "{identifier:?}");
    }
}

#[test]
fn folders_say_the_blueprint_where_they_can() {
    let pod = upsert("k8s/pod", "p", json!({"properties": {"image": "x:1"}}));
    let text = "identifier: p\nblueprint: k8s/pod\nproperties:\n  image: x:1\n";
    assert_eq!(changed(&json!([pod])).0, [("entities/k8s-pod/p.yaml".into(), text.into())]);
    let files = "=== blueprints/a.yaml\nidentifier: A\n=== blueprints/b.yaml\nidentifier: a\n=== entities/A/x.yaml\nidentifier: x\n";
    let plan = plan_of(files, b"", &json!([upsert("a", "z", json!({}))])).unwrap();
    assert_eq!(plan.files["entities/A/z.yaml"].as_deref(), Some(b"identifier: z\nblueprint: a\n".as_slice()));
    let config = b"folders: {entities: [things, more], blueprints: model}\n";
    let plan =
        plan_of("=== model/a.yaml\nidentifier: A\n", config, &json!([upsert("A", "z", json!({}))])).unwrap();
    assert_eq!(plan.files.into_keys().collect::<Vec<_>>(), ["things/A/z.yaml"]);
    // A catalog without folders stays one.
    let files = "=== a.yaml\nidentifier: A\nschema: {properties: {}}\n";
    let plan = plan_of(files, b"", &json!([upsert("A", "z", json!({}))])).unwrap();
    assert_eq!(plan.files["A/z.yaml"].as_deref(), Some(b"identifier: z\nblueprint: A\n".as_slice()));
}
