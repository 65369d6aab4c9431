//! Every way in which people wrote the entities of the example.

use super::*;

#[test]
fn every_entity_of_the_example_can_be_changed_and_nothing_else_changes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/catalog");
    let files = crate::worktree::Worktree::new(&root);
    let config = std::fs::read(root.join("portal.yaml")).unwrap();
    let portal = Portal::open(Origin::new(&files, Instant::default()), Some(config)).unwrap();
    let title = |entity: crate::catalog::EntityRef<'_>| {
        upsert(&entity.blueprint().identifier.value, entity.identifier(), json!({"title": "Changed: it"}))
    };
    let effects: Vec<Value> = portal.catalog.entities().map(title).collect();
    let effects: Vec<Effect> = serde_json::from_value(effects.into()).unwrap();
    let plan = plan(&portal, &files, &effects).unwrap_or_else(|reasons| panic!("{reasons:#?}"));
    let rest = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.trim_start().starts_with("title: ")).map(String::from).collect()
    };
    let (mut changed, mut new) = (0, 0);
    for (path, bytes) in &plan.files {
        let text = String::from_utf8(bytes.clone().unwrap()).unwrap();
        changed += text.matches("title: \"Changed: it\"").count();
        match std::fs::read_to_string(root.join(path)) {
            Ok(old) => assert_eq!(rest(&text), rest(&old), "{path}"),
            Err(_) => new += 1,
        }
    }
    let made = portal.catalog.entities().filter(|entity| entity.origin().is_some()).count();
    assert_eq!((changed, new), (portal.catalog.entity_count(), made));
}
