use super::*;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::worktree::{Content, Files, Held, Listing, Selection, Tree, Unreadable};

/// A catalog in one file.
struct OneFile(&'static str);

impl Files for OneFile {
    fn list(&self, _: &Selection) -> Result<Listing, Unreadable> {
        Ok(Listing { files: vec!["catalog.yaml".into()], ..Listing::default() })
    }

    fn read(&self, _: &[String], _: usize) -> Result<Vec<Content>, Unreadable> {
        Ok(vec![Content::from(self.0.as_bytes())])
    }

    fn reference(&self, _: &str, _: usize) -> Result<Vec<u8>, String> {
        Err("does not exist".into())
    }

    fn tree(&self, folder: &str) -> Result<Tree, Unreadable> {
        Err(Unreadable { path: folder.into(), reason: "it is no folder".into() })
    }

    fn held(&self, _: &str, _: usize) -> Result<Held, Unreadable> {
        Ok(Held::Nothing)
    }
}

/// Returns whether `schema`, which must be a schema, accepts each document as expected.
fn check(schema: &Value, documents: &[(Value, bool)]) {
    assert!(jsonschema::meta::is_valid(schema), "{schema:#}");
    let validator = jsonschema::validator_for(schema).unwrap();
    for (document, expected) in documents {
        let faults: Vec<String> = validator.iter_errors(document).map(|fault| fault.to_string()).collect();
        assert_eq!(faults.is_empty(), *expected, "{document}: {faults:?}");
    }
}

#[test]
fn every_schema_is_one() {
    for (name, about) in names() {
        let schema = document(name).unwrap();
        check(&schema, &[]);
        assert_eq!(schema["$id"], json!(format!("urn:portal:schema:{name}/v1")));
        assert_eq!(schema["description"], json!(about));
    }
    assert!(Kind::ALL.iter().all(|kind| document(kind.name()).is_some()));
    assert_eq!(document("entitee"), None);
}

#[test]
fn documents_are_told_from_mistakes() {
    check(
        &document("blueprint").unwrap(),
        &[
            (json!({"identifier": "a", "schema": {"properties": {"p": {"type": "string"}}}}), true),
            (json!([{"identifier": "a"}, {"identifier": "b", "icon": null}]), true),
            (json!({"identifier": "two words"}), false),
            (json!({"title": "a"}), false),
            (json!([{"title": "a"}]), false),
            (json!({"identifier": "a", "relations": {"r": {"target": "b", "mny": true}}}), false),
            (json!({"identifier": "a", "relations": {"r": {"target": ["b", "c"], "many": true}}}), true),
        ],
    );
    check(
        &document("entity").unwrap(),
        &[
            (json!({"identifier": "a", "relations": {"r": null, "s": ["b"]}, "team": ["t"]}), true),
            (json!({"identifier": "a", "team": 1}), false),
        ],
    );
    check(
        &document("config").unwrap(),
        &[
            (json!({"title": "a", "include": "**/*.yaml", "rules": {"unknown-icon": "off"}}), true),
            (json!({"titel": "a"}), false),
            (json!({"rules": {"unknown-icon": "loud"}}), false),
        ],
    );
    check(
        &document("query").unwrap(),
        &[
            (json!([{"identifier": "a", "tier": null}]), true),
            (json!([]), true),
            (json!([1]), false),
            (json!({"identifier": "a"}), false),
        ],
    );
}

const CATALOG: &str = "
- identifier: System
  schema: {properties: {}}
- identifier: Service
  title: Service
  schema:
    properties:
      tier: {type: number, title: Tier, description: How much it matters}
      language: {type: string, enum: [Go, Rust]}
      tags: {type: array, items: {type: string}}
    required: [tier]
  relations:
    system: {target: System, required: true}
    uses: {target: [Service, System], many: true}
  mirrorProperties:
    systemTitle: {path: system.$title}
- {identifier: core, blueprint: _team}
- {identifier: shop, blueprint: System}
- {identifier: cart, blueprint: Service, properties: {tier: 1}, relations: {system: shop}}
";

fn portal() -> Portal {
    let portal = Portal::open(Origin::new(&OneFile(CATALOG), Instant::default()), None).unwrap();
    assert!(!portal.diagnostics.has_errors(), "{:?}", portal.diagnostics.as_slice());
    portal
}

#[test]
fn entities_of_a_blueprint_are_completed_and_checked() {
    let schema = entity(&portal(), "Service").unwrap();
    assert_eq!(schema["$id"], "urn:portal:schema:entity:Service/v1");
    let parts = &schema["$defs"]["entity"]["properties"];
    assert_eq!(parts["relations"]["properties"]["system"]["anyOf"][0], json!({"enum": ["shop"]}));
    assert_eq!(
        parts["relations"]["properties"]["uses"]["anyOf"][0]["items"],
        json!({"enum": ["cart", "shop"]})
    );
    assert_eq!(parts["properties"]["properties"]["tier"]["description"], "How much it matters");
    let with = |properties: Value, relations: Value| json!({"identifier": "a", "blueprint": "Service", "properties": properties, "relations": relations});
    let shop = json!({"system": "shop"});
    check(
        &schema,
        &[
            (with(json!({"tier": 1}), shop.clone()), true),
            (json!([with(json!({"tier": 1}), shop.clone())]), true),
            (with(json!({"tier": 1, "language": "Go", "tags": ["a", "file://b"]}), shop.clone()), true),
            (with(json!({"tier": 1, "language": null, "systemTitle": null}), shop.clone()), true),
            (with(json!({"tier": 1, "language": {"$text": "./language"}}), shop.clone()), true),
            (with(json!({"tier": null}), shop.clone()), false),
            (with(json!({"tier": "1"}), shop.clone()), false),
            (with(json!({"tier": 1, "language": "Perl"}), shop.clone()), false),
            (with(json!({"tier": 1, "tiers": 1}), shop.clone()), false),
            (with(json!({"tier": 1, "systemTitle": "Shop"}), shop.clone()), false),
            (with(json!({"tier": 1}), json!({"system": "shpo"})), false),
            (with(json!({"tier": 1}), json!({"system": null})), false),
            (with(json!({"tier": 1}), json!({"system": "shop", "uses": ["cart"]})), true),
            (with(json!({"tier": 1}), json!({"system": "shop", "uses": "cart"})), false),
            (with(json!({"tier": 1}), json!({"system": "shop", "use": []})), false),
            (
                json!({"identifier": "a", "properties": {"tier": 1}, "relations": {"system": "shop"}, "team": "core"}),
                true,
            ),
            (
                json!({"identifier": "a", "properties": {"tier": 1}, "relations": {"system": "shop"}, "team": ["cor"]}),
                false,
            ),
            (
                json!({"identifier": "a", "blueprint": "Servise", "properties": {"tier": 1}, "relations": shop}),
                false,
            ),
            (json!({"identifier": "a", "relations": {"system": "shop"}}), false),
        ],
    );
    check(
        &entity(&portal(), "System").unwrap(),
        &[
            (json!({"identifier": "a"}), true),
            (json!({"identifier": "a", "properties": null, "relations": null}), true),
            (json!({"identifier": "a", "properties": {"a": 1}}), false),
        ],
    );
}

#[test]
fn an_unknown_blueprint_has_no_schema() {
    let error = entity(&portal(), "Servise").unwrap_err();
    assert_eq!(error.to_string(), "there is no blueprint `Servise`; did you mean `Service`?");
}
