//! What effects make of small catalogs.

mod example;
mod name;
mod refusal;

use serde_json::{Value, json};

use super::*;
use crate::model::instant::Instant;
use crate::portal::Origin;
use crate::worktree::Memory;

/// The catalog of these tests: every way in which an entity can be written.
const CATALOG: &str = r#"=== blueprints/all.yaml
identifier: Region
schema: {properties: {name: {type: string}}}
---
identifier: Environment
schema:
  properties:
    size: {type: string, enum: [small, large]}
    url: {type: string, format: url}
    replicas: {type: number}
    note: {type: string}
    tags: {type: array}
    more: {type: object}
  required: [size]
relations:
  region: {target: Region, required: true}
  teams: {target: _team, many: true}
ownership: {type: Direct}
---
identifier: k8s/pod
schema: {properties: {image: {type: string}}}
---
identifier: ENV
schema: {properties: {a: {type: string}}}
=== entities/Environment/one.yaml
# The first.
identifier: one
title: One   # what people read
properties:
  size: 'small'  # not large
  replicas: 1

  # Where it is.
  url: https://one.example
relations:
  region: eu
=== entities/Region/regions.yaml
- identifier: eu
- identifier: us
  properties: {name: US}
=== entities/_user/users.yaml
# All people.
- identifier: ines@x.example
  title: Ines

# The platform team.
- identifier: tom@x.example
  title: Tom
- identifier: ida@x.example
=== entities/_team/teams.yaml
# All teams.
identifier: cart
---
# Keeps the lights on.
identifier: platform
title: Platform
---
identifier: orders
=== entities/Environment/two.json
{
  "identifier": "two",
  "properties": {
    "size": "large",
    "tags": ["a"]
  },
  "relations": {"region": "us"}
}
=== services/shop/portal.yml
blueprint: Environment
identifier: shop
team: [cart]
properties: {size: small}
relations: {region: eu}
=== entities/api.json
{"ok": true, "entities": [{"identifier": "api-1", "blueprint": "Environment", "properties": {"size": "small"}, "relations": {"region": "eu"}}, {"identifier": "api-2", "blueprint": "Environment", "properties": {"size": "small"}, "relations": {"region": "eu"}}]}
=== entities/exported.yaml
blueprint: Environment
data:
  - identifier: exported
    properties:
      size: small
    relations:
      region: eu
=== entities/kubernetes.yaml
apiVersion: getport.io/v1
kind: Entity
spec:
  identifier: wrapped
  blueprint: Environment
  properties: {size: small}
  relations: {region: eu}
=== integrations/cluster.yaml
identifier: cluster
source: facts/cluster.json
resources:
  - kind: environment
    selector: {query: 'true'}
    port:
      entity:
        mappings:
          identifier: .name
          blueprint: '"Environment"'
          properties: {size: .size, note: .note}
          relations: {region: '"eu"'}
=== facts/cluster.json
[{"name": "made", "size": "small", "note": "from afar"},
 {"name": "one", "note": "known"}]
"#;

/// Returns the files of a text: a path in a line after `=== `, then the text.
fn files(text: &str) -> Vec<(&str, &str)> {
    text.split("=== ")
        .skip(1)
        .filter_map(|file| file.split_once('\n'))
        .map(|(path, text)| (path.trim(), text))
        .collect()
}

const CONFIG: &[u8] = b"include: ['services/*/portal.yml']\n";

fn plan_of(catalog: &str, config: &[u8], effects: &Value) -> Result<Plan, Vec<String>> {
    let files = Memory::new(files(catalog));
    let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
    let portal = Portal::open(Origin::new(&files, now), Some(config.to_vec())).unwrap();
    let effects: Vec<Effect> = serde_json::from_value(effects.clone()).unwrap();
    plan(&portal, &files, &effects)
}

/// Returns what changes, as `path` and text, `-` for a file that goes, and the notes.
fn changed(effects: &Value) -> (Vec<(String, String)>, Vec<String>) {
    let plan = plan_of(CATALOG, CONFIG, effects).unwrap_or_else(|reasons| panic!("{effects}: {reasons:#?}"));
    let text =
        |bytes: Option<Vec<u8>>| bytes.map_or_else(|| "-".into(), |bytes| String::from_utf8(bytes).unwrap());
    (plan.files.into_iter().map(|(path, bytes)| (path, text(bytes))).collect(), plan.notes)
}

fn refused(effects: &Value) -> Vec<String> {
    plan_of(CATALOG, CONFIG, effects).expect_err("reasons")
}

/// Returns the text of a file of the catalog.
fn text(path: &str) -> &'static str {
    files(CATALOG).into_iter().find(|(other, _)| *other == path).unwrap().1
}

fn upsert(blueprint: &str, identifier: &str, mut rest: Value) -> Value {
    rest["blueprint"] = blueprint.into();
    rest["identifier"] = identifier.into();
    json!({ "upsert": rest })
}

fn delete(blueprint: &str, identifier: &str) -> Value {
    json!({"delete": {"blueprint": blueprint, "identifier": identifier}})
}

fn environment(identifier: &str) -> Value {
    upsert("Environment", identifier, json!({"properties": {"size": "small"}, "relations": {"region": "eu"}}))
}

#[test]
fn a_new_entity_is_a_file_as_a_person_writes_it() {
    let new = upsert(
        "Environment",
        "cart-pr-1",
        json!({
            "title": "Cart: preview", "icon": "Cloud", "team": ["cart"],
            "properties": {"note": "One.\nTwo.", "replicas": 2, "size": "small", "url": null, "tags": ["a", "1.0"]},
            "relations": {"teams": ["cart", "orders"], "region": "eu"},
        }),
    );
    let expected = r#"identifier: cart-pr-1
title: "Cart: preview"
icon: Cloud
team: cart
properties:
  size: small
  replicas: 2
  note: |-
    One.
    Two.
  tags:
    - a
    - "1.0"
relations:
  region: eu
  teams:
    - cart
    - orders
"#;
    assert_eq!(changed(&json!([new])).0, [("entities/Environment/cart-pr-1.yaml".into(), expected.into())]);
}

#[test]
fn only_what_is_given_changes_where_it_is_written() {
    let one = text("entities/Environment/one.yaml");
    let two = text("entities/Environment/two.json");
    let shop = text("services/shop/portal.yml");
    let api = text("entities/api.json");
    let change = |path: &str, from: &str, to: &str| (path.to_string(), text(path).replacen(from, to, 1));
    for (blueprint, identifier, given, expected) in [
        (
            "Environment",
            "one",
            json!({"properties": {"size": "large", "note": "a: b"}}),
            (
                "entities/Environment/one.yaml".to_string(),
                one.replace("'small'", "large").replace("one.example\n", "one.example\n  note: \"a: b\"\n"),
            ),
        ),
        (
            "Environment",
            "one",
            json!({"team": ["cart"], "properties": {"replicas": null, "note": null}}),
            (
                "entities/Environment/one.yaml".into(),
                one.replace("  replicas: 1\n", "").replace("read\n", "read\nteam: cart\n"),
            ),
        ),
        (
            "Environment",
            "two",
            json!({"title": "Two", "properties": {"tags": ["a", "b"], "more": {"x": [1]}}}),
            (
                "entities/Environment/two.json".into(),
                two.replace("[\"a\"]\n", "[\"a\", \"b\"],\n    \"more\": {\n      \"x\": [1]\n    }\n")
                    .replace("two\",", "two\",\n  \"title\": \"Two\","),
            ),
        ),
        (
            "Environment",
            "shop",
            json!({"team": ["orders"], "relations": {"teams": ["cart"]}}),
            (
                "services/shop/portal.yml".into(),
                shop.replace("[cart]", "[orders]").replace("region: eu}", "region: eu, teams: [cart]}"),
            ),
        ),
        (
            "Environment",
            "shop",
            json!({"team": []}),
            change("services/shop/portal.yml", "team: [cart]\n", ""),
        ),
        (
            "_user",
            "tom@x.example",
            json!({"title": "Tom F.", "icon": "User"}),
            change("entities/_user/users.yaml", "Tom\n", "Tom F.\n  icon: User\n"),
        ),
        (
            "_team",
            "platform",
            json!({"properties": {"description": "Runs it."}}),
            change(
                "entities/_team/teams.yaml",
                "title: Platform\n",
                "title: Platform\nproperties:\n  description: Runs it.\n",
            ),
        ),
        (
            "Environment",
            "api-2",
            json!({"properties": {"size": "large"}}),
            (
                "entities/api.json".into(),
                api.replacen("small", "LARGE", 1).replacen("small", "large", 1).replacen("LARGE", "small", 1),
            ),
        ),
        (
            "Environment",
            "exported",
            json!({"properties": {"size": "large"}}),
            change("entities/exported.yaml", "small", "large"),
        ),
        (
            "Environment",
            "wrapped",
            json!({"title": "W"}),
            change("entities/kubernetes.yaml", "wrapped\n", "wrapped\n  title: W\n"),
        ),
    ] {
        let mut given = given;
        if blueprint == "_team" {
            given["properties"] = json!({"description": "Runs it."});
        }
        let (files, _) = changed(&json!([upsert(blueprint, identifier, given)]));
        assert_eq!(files, [expected]);
    }
    let same = json!({"title": "One", "properties": {"size": "small", "replicas": 1, "more": null}, "relations": {"region": "eu", "teams": null}});
    assert_eq!(changed(&json!([upsert("Environment", "one", same)])).0, []);
}

#[test]
fn what_is_deleted_leaves_its_neighbours_as_they_were() {
    let change = |path: &str, from: &str, to: &str| (path.to_string(), text(path).replacen(from, to, 1));
    for (blueprint, identifier, expected) in [
        ("Environment", "shop", ("services/shop/portal.yml".to_string(), "-".to_string())),
        (
            "_user",
            "tom@x.example",
            change("entities/_user/users.yaml", "- identifier: tom@x.example\n  title: Tom\n", ""),
        ),
        ("_user", "ida@x.example", change("entities/_user/users.yaml", "- identifier: ida@x.example\n", "")),
        (
            "_team",
            "platform",
            change(
                "entities/_team/teams.yaml",
                "# Keeps the lights on.\nidentifier: platform\ntitle: Platform\n---\n",
                "",
            ),
        ),
        ("_team", "orders", change("entities/_team/teams.yaml", "---\nidentifier: orders\n", "")),
        ("Environment", "wrapped", ("entities/kubernetes.yaml".into(), "-".into())),
        (
            "Environment",
            "exported",
            ("entities/exported.yaml".into(), "blueprint: Environment\ndata: []\n".into()),
        ),
    ] {
        assert_eq!(changed(&json!([delete(blueprint, identifier)])).0, [expected]);
    }
    let all = json!([
        delete("_user", "ines@x.example"),
        delete("_user", "ida@x.example"),
        upsert("_user", "tom@x.example", json!({"title": "T"})),
    ]);
    let left = "# All people.\n\n# The platform team.\n- identifier: tom@x.example\n  title: T\n";
    assert_eq!(changed(&all).0, [("entities/_user/users.yaml".into(), left.into())]);
    let all = json!([
        delete("_user", "ines@x.example"),
        delete("_user", "ida@x.example"),
        delete("_user", "tom@x.example")
    ]);
    assert_eq!(changed(&all).0, [("entities/_user/users.yaml".into(), "-".into())]);
}

#[test]
fn effects_see_those_before_them() {
    let path = || "entities/Environment/new.yaml".to_string();
    let change = upsert("Environment", "new", json!({"properties": {"size": "large"}}));
    let text = "identifier: new\nproperties:\n  size: large\nrelations:\n  region: eu\n";
    assert_eq!(changed(&json!([environment("new"), change])).0, [(path(), text.into())]);
    assert_eq!(changed(&json!([environment("new"), delete("Environment", "new")])).0, []);
    let again = changed(&json!([delete("Environment", "two"), environment("two")])).0;
    let two = "identifier: two\nproperties:\n  size: small\nrelations:\n  region: eu\n";
    assert_eq!(
        again,
        [
            ("entities/Environment/two.json".into(), "-".into()),
            ("entities/Environment/two.yaml".into(), two.into())
        ]
    );
    // Its own file may hold it again.
    let one =
        json!([delete("Environment", "exported"), delete("Environment", "wrapped"), environment("wrapped")]);
    assert_eq!(changed(&one).0.len(), 3);
    let (files, notes) = changed(&json!([delete("Environment", "shop"), delete("Environment", "shop")]));
    assert_eq!((files.len(), notes), (1, vec!["the `Environment` `shop` is gone already".into()]));
    let (files, notes) = changed(&json!([delete("Environment", "never")]));
    assert_eq!((files.len(), notes.len()), (0, 1));
    let region = upsert("Region", "ap", json!({"title": "Asia"}));
    let there =
        upsert("Environment", "far", json!({"properties": {"size": "small"}, "relations": {"region": "ap"}}));
    assert_eq!(changed(&json!([there, region])).0.len(), 2);
}
