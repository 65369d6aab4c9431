use super::*;

const COLUMNS: &str = "identifier,title,tier,tags,system";

#[test]
fn tables_are_aligned() {
    assert_eq!(
        asked(&of("Component"), COLUMNS, Format::Table),
        "\
identifier   title         tier  tags     system
CartService  Cart service  1     a, b, c  Cart
CartUI                     10             Cart
lib                        2
"
    );
    let nothing = Selection { condition: Some("false".into()), ..of("Domain") };
    assert_eq!(asked(&nothing, "identifier", Format::Table), "identifier\n");
}

#[test]
fn tables_fit_a_terminal() {
    let portal = portal();
    let answer =
        run(&portal, &of("Component"), &["identifier".into(), "docs".into(), "tags".into()]).unwrap();
    let style = Style { width: 28, color: true, terminal: true };
    assert_eq!(
        written(&answer, &portal, Format::Table, style),
        "\
\u{1b}[1midentifi…  docs      tags\u{1b}[0m
CartServ…  # Cart\\…  a, b, c
CartUI
lib
"
    );
}

#[test]
fn one_entity_is_a_list_of_facts() {
    assert_eq!(
        asked(&about("CartService"), "", Format::Table),
        "\
CartService  Cart service
Component in entities/all.yaml:5

owners
  team                 checkout

properties
  tier                 1
  language             Go
  tags                 a, b, c
  docs                 # Cart … (3 lines)
  title                inner

computed
  domainTitle          Ordering  (mirror)

relations
  system               Cart
  dependsOn            lib, cart-sql

incoming
  Component.dependsOn  CartUI
"
    );
}

#[test]
fn programs_get_typed_values() {
    let one = Selection { limit: Some(1), ..of("Component") };
    assert_eq!(
        asked(&one, COLUMNS, Format::Json),
        r#"[
  {
    "identifier": "CartService",
    "title": "Cart service",
    "tier": 1,
    "tags": [
      "a",
      "b, c"
    ],
    "system": "Cart"
  }
]
"#
    );
    assert_eq!(
        asked(&of("Component"), "identifier,tier,system", Format::Ndjson),
        r#"{"identifier":"CartService","tier":1,"system":"Cart"}
{"identifier":"CartUI","tier":10,"system":"Cart"}
{"identifier":"lib","tier":2,"system":null}
"#
    );
    assert_eq!(
        asked(&one, COLUMNS, Format::Yaml),
        "- identifier: CartService\n  title: Cart service\n  tier: 1\n  tags:\n  - a\n  - b, c\n  system: Cart\n"
    );
}

#[test]
fn one_entity_is_ports_document() {
    let document: serde_json::Value = serde_json::from_str(&asked(&about("lib"), "", Format::Json)).unwrap();
    let expected = serde_json::json!({
        "identifier": "lib", "title": null, "icon": null, "team": [], "blueprint": "Component",
        "properties": {"tier": 2, "language": "Java", "domainTitle": null},
        "relations": {"dependsOn": ["cart-sql"]},
        "incoming": [{"blueprint": "Component", "identifier": "CartService", "relation": "dependsOn"}]
    });
    assert_eq!(document, expected);
    let line = asked(&about("lib"), "", Format::Ndjson);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), expected);
}

#[test]
fn separated_values_are_quoted_where_they_must_be() {
    assert_eq!(
        asked(&of("Component"), "identifier,tags,docs", Format::Csv),
        "identifier,tags,docs\nCartService,\"a, b, c\",\"# Cart\n\ntext\"\nCartUI,,\nlib,,\n"
    );
    assert_eq!(
        asked(&of("Component"), "identifier,tags,tier", Format::Tsv),
        "identifier\ttags\ttier\nCartService\ta, b, c\t1\nCartUI\t\t10\nlib\t\t2\n"
    );
}

#[test]
fn a_walk_says_how_far_and_by_what() {
    let downstream = Selection { downstream: true, ..about("cart-sql") };
    assert_eq!(
        asked(&downstream, "", Format::Table),
        "\
distance  blueprint  identifier   title         via                    owners
1         Component  CartService  Cart service  CartService.dependsOn  checkout
1         Component  lib                        lib.dependsOn
2         Component  CartUI                     CartUI.dependsOn       checkout
"
    );
    assert_eq!(
        asked(&Selection { limit: Some(1), ..downstream }, "distance,via", Format::Ndjson),
        "{\"distance\":1,\"via\":[{\"from\":\"CartService\",\"relation\":\"dependsOn\",\"to\":\"cart-sql\"}]}\n"
    );
}

#[test]
fn drawings_hold_the_entities_and_what_is_between() {
    let far = Selection {
        downstream: true,
        condition: Some(".identifier == \"CartUI\"".into()),
        ..about("cart-sql")
    };
    assert_eq!(
        asked(&far, "", Format::Dot),
        r#"digraph portal {
  rankdir=LR;
  node [shape=box, style=rounded];
  subgraph cluster_0 {
    label="Component";
    n0 [label="Cart service", tooltip="Component/CartService"];
    n1 [label="CartUI", tooltip="Component/CartUI"];
  }
  subgraph cluster_1 {
    label="Resource";
    n2 [label="cart-sql", tooltip="Resource/cart-sql", penwidth=2];
  }
  n0 -> n2 [label="dependsOn"];
  n1 -> n0 [label="dependsOn"];
}
"#
    );
    assert_eq!(
        asked(&of("Component"), "", Format::Mermaid),
        r#"flowchart LR
  subgraph s0["Component"]
    n0["Cart service"]
    n1["CartUI"]
    n2["lib"]
  end
  n0 -->|"dependsOn"| n2
  n1 -->|"dependsOn"| n0
"#
    );
    let neighbours = asked(&about("lib"), "", Format::Mermaid);
    assert!(neighbours.contains("\"cart-sql\"") && neighbours.contains("\"Cart service\""), "{neighbours}");
}
