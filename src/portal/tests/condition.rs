//! Queries: groups, related entities, types, who looks.

use std::sync::Arc;

use super::*;
use crate::condition::{Asked, Gathered, Lookups, Scope, Truth, compile};
use crate::jq;
use crate::model::query::{QUERY, Query};
use crate::source::SourceId;
use crate::yaml;

const CATALOG: &str = "
=== blueprints/all.yaml
identifier: Domain
title: Domain
schema: {properties: {}}
---
identifier: System
title: System
schema: {properties: {tier: {type: number}}}
relations: {domain: {target: Domain, required: true}}
---
identifier: Component
title: Component
ownership: {type: Direct}
schema:
  properties:
    tier: {type: number}
    language: {type: string, enum: [Go, Rust]}
    replicas: {type: number}
    wanted: {type: number}
    docs: {type: string, format: url}
    site: {type: string, format: url}
    until: {type: string, format: timer}
relations:
  system: {target: System}
  dependsOn: {target: Component, many: true}
mirrorProperties: {systemTier: {path: system.tier}}
=== scorecards/ready.yaml
identifier: ready
title: Ready
blueprint: Component
rules:
  - {identifier: docs, title: Docs, level: Bronze, query: {combinator: and, conditions: [{property: docs, operator: isNotEmpty}]}}
  - {identifier: two, title: Two, level: Gold, query: {combinator: and, conditions: [{property: replicas, operator: '>=', value: 2}]}}
=== entities/all.yaml
- {identifier: red, blueprint: _team}
- {identifier: shop, blueprint: Domain}
- {identifier: cart, blueprint: System, title: Cart, properties: {tier: 1}, relations: {domain: shop}}
- {identifier: pay, blueprint: System, relations: {domain: shop}}
- {identifier: a, blueprint: Component, team: red, properties: {tier: 1, language: Go, replicas: 2, wanted: 2, docs: https://docs.example/a}, relations: {system: cart, dependsOn: [b, c]}}
- {identifier: b, blueprint: Component, properties: {tier: 2, language: Rust, replicas: 1, wanted: 3, until: '2026-11-21T11:00:00Z'}, relations: {system: cart, dependsOn: [c]}}
- {identifier: c, blueprint: Component, properties: {site: https://site.example, until: '2026-11-22T11:00:00Z'}, relations: {system: pay}}
";

/// Returns the identifiers of the entities for which a query holds, those for which it cannot be said with a `?`, and
/// what is wrong with it.
fn ask(portal: &Portal, query: &str, blueprint: Option<&str>) -> (String, Vec<String>) {
    let mut found = Vec::new();
    let document = yaml::parse(SourceId::new(0), &Arc::from(query), &mut found);
    let node = document.roots().next().expect("a query");
    QUERY.check(node, &mut found);
    let catalog = &portal.catalog;
    let scope = Scope {
        catalog,
        graph: &portal.graph,
        blueprint: blueprint.map(|name| catalog.find_blueprint(name).expect("a blueprint")),
        max_age: None,
        now: portal.now,
    };
    let condition = compile(&Query::decode(node), &document, scope, &mut Lookups::default(), &mut found);
    let entities =
        catalog.entities().filter(|entity| scope.blueprint.is_none_or(|id| id == entity.blueprint_id()));
    let names = jq::on_deep_stack(|| {
        let word = |entity: EntityRef<'_>| match condition
            .evaluate(&Asked::new(portal.known(), entity), &Gathered::default())
        {
            Truth::Holds => Some(entity.identifier().to_string()),
            Truth::Unknown => Some(format!("{}?", entity.identifier())),
            Truth::Fails => None,
        };
        entities.filter_map(word).collect::<Vec<_>>().join(" ")
    });
    let line =
        |finding: crate::diagnostic::Diagnostic| format!("{}: {}", finding.rule.name(), finding.message);
    (names, found.into_iter().map(line).collect())
}

#[test]
fn queries_of_port_mean_what_they_say() {
    let portal = open(CATALOG);
    for (rules, expected) in [
        ("[{property: $blueprint, operator: '=', value: System}]", "cart pay"),
        (
            "[{property: $identifier, operator: in, value: [a, b]}, {property: tier, operator: '<', value: 2}]",
            "a",
        ),
        (
            "[{combinator: or, rules: [{property: tier, operator: '=', value: 1}, {property: language, operator: '=', value: Rust}]}]",
            "cart a b",
        ),
        (
            "[{combinator: or, rules: [{property: tier, operator: '=', value: 2}, {combinator: and, rules: [{property: $title, operator: contains, value: Car}, {property: tier, operator: isNotEmpty}]}]}]",
            "cart b",
        ),
        ("[{property: $team, operator: containsAny, value: [red]}]", "a"),
        ("[{property: $team, operator: contains, value: red}]", "a"),
        ("[{property: until, operator: isExpired}]", "b"),
        ("[{property: until, operator: isNotExpired}]", "c"),
        ("[{property: until, operator: between, value: {preset: today}}]", "b"),
        ("[{property: until, operator: between, value: {from: '2026-11-21', to: '2026-11-22'}}]", "b c"),
        ("[{property: docs, operator: isEmpty, not: true}]", "a"),
        ("[{propertySchema: {type: string, format: url}, operator: contains, value: example}]", "a c"),
        ("[{propertySchema: {type: number}, operator: '=', value: 3}]", "b"),
        ("[{relation: system, operator: '=', value: cart}]", "a b"),
        ("[{relation: system, targetProperty: $title, operator: '=', value: Cart}]", "a b"),
        ("[{relation: dependsOn, operator: contains, value: c}]", "a b"),
        ("[{property: system.tier, operator: '=', value: 1}]", "a b"),
        ("[{property: dependsOn.language, operator: '=', value: Rust}]", "a"),
        // Upstream of a is what it depends on, downstream what depends on it.
        ("[{operator: relatedTo, blueprint: Component, value: b, direction: upstream}]", "shop cart pay c"),
        ("[{operator: relatedTo, blueprint: Component, value: b, direction: downstream}]", "a"),
        ("[{operator: relatedTo, blueprint: System, value: cart}]", "shop a b"),
        ("[{operator: relatedTo, blueprint: System, value: cart, required: true}]", "shop"),
        ("[{operator: relatedTo, blueprint: System, value: [cart, pay], direction: downstream}]", "a b c"),
        ("[{operator: matchAny, property: {path: [system, domain]}, value: shop}]", "a b c"),
        (
            "[{operator: matchAny, property: {path: [system]}, value: [cart, pay]}, {property: tier, operator: isEmpty}]",
            "c",
        ),
        ("[{operator: matchAny, property: {path: [dependsOn, dependsOn]}, value: c}]", "a"),
        ("[{operator: matchAny, property: {path: [{relation: dependsOn, maxHops: 3}]}, value: c}]", "a b"),
        ("[{operator: matchAny, property: {path: [dependsOn], fromBlueprint: Component}, value: b}]", "c"),
        ("[{scorecard: ready, operator: '=', value: Gold}]", "a"),
        ("[{scorecard: ready, operator: '<', value: Gold}]", "b c"),
        ("[{scorecard: ready, operator: in, value: [Basic, Bronze]}]", "b c"),
        ("[{scorecard: ready, scorecardRule: two, operator: '=', value: passed}]", "a"),
        (
            "[{property: $blueprint, operator: '=', value: Component}, {scorecard: ready, scorecardRule: two, operator: '!=', value: SUCCESS}]",
            "b c",
        ),
        (
            "[{property: $identifier, operator: '=', value: '{{getUserEmail()}}'}]",
            "shop? cart? pay? a? b? c? red?",
        ),
        (
            "[{property: tier, operator: '=', value: 1}, {property: $team, operator: in, value: [My Teams]}]",
            "cart? a?",
        ),
        (
            "[{property: $team, operator: '=', value: {context: userTeams, property: $identifier}}, {property: tier, operator: '=', value: 2}]",
            "b?",
        ),
        ("[]", "shop cart pay a b c red"),
    ] {
        let (names, found) = ask(&portal, &format!("{{combinator: and, rules: {rules}}}"), None);
        assert_eq!((names.as_str(), found), (expected, vec![]), "{rules}");
    }
}

#[test]
fn what_cannot_be_meant_is_said() {
    let portal = open(CATALOG);
    for (rule, expected) in [
        (
            "{property: teir, operator: '=', value: 1}",
            "condition-property: `Component` has no property `teir`",
        ),
        (
            "{property: system, operator: '=', value: cart}",
            "condition-property: `Component` has no property `system`",
        ),
        (
            "{property: system.teir, operator: '=', value: 1}",
            "condition-property: `System` has no property `teir`",
        ),
        (
            "{relation: sytem, operator: '=', value: cart}",
            "condition-property: `Component` has no relation `sytem`",
        ),
        (
            "{property: tier, operator: '=', value: '1'}",
            "condition-type: `tier` is a number, and never the text `1`",
        ),
        (
            "{property: systemTier, operator: '=', value: '1'}",
            "condition-type: `systemTier` is a number, and never the text `1`",
        ),
        ("{property: language, operator: '=', value: Go!}", "condition-type: `language` is never `Go!`"),
        (
            "{property: language, operator: in, value: [Go, Perl]}",
            "condition-type: `language` is never `Perl`",
        ),
        (
            "{property: language, operator: '>', value: Go}",
            "condition-type: `language` is text, which is ordered only when it is a date",
        ),
        (
            "{property: tier, operator: contains, value: 1}",
            "condition-type: `tier` is a number, which contains nothing",
        ),
        ("{property: tier, operator: '='}", "invalid-condition: `=` needs a `value` to compare with"),
        ("{property: tier}", "invalid-condition: this condition does not say how to compare"),
        ("{operator: '=', value: 1}", "invalid-condition: this condition does not say what it is about"),
        ("{property: tier, operator: in, value: 1}", "invalid-condition: `in` compares with a list"),
        (
            "{property: tier, operator: '=', value: 1, not: true}",
            "invalid-condition: `not` turns only isEmpty and isNotEmpty around",
        ),
        (
            "{property: until, operator: between, value: {preset: lastCentury}}",
            "invalid-condition: there is no preset `lastCentury`",
        ),
        (
            "{property: until, operator: between, value: tomorrow}",
            "invalid-condition: `between` compares with a period",
        ),
        (
            "{operator: relatedTo, blueprint: System, value: crat}",
            "invalid-condition: there is no entity `crat`",
        ),
        (
            "{operator: relatedTo, blueprint: Sytem, value: cart}",
            "unknown-blueprint: there is no blueprint `Sytem`",
        ),
        ("{operator: matchAny, value: cart}", "invalid-condition: `matchAny` needs a path of relations"),
        (
            "{scorecard: ready, scorecardRule: two, operator: '=', value: green}",
            "invalid-condition: a rule is `passed`, `failed`, `unknown` or `waived`",
        ),
        (
            "{propertySchema: {type: text}, operator: '=', value: 1}",
            "invalid-condition: `text` is no type of properties",
        ),
    ] {
        let (_, found) = ask(&portal, &format!("{{combinator: and, rules: [{rule}]}}"), Some("Component"));
        let [finding] = found.as_slice() else { panic!("one finding, not {found:#?}, of {rule}") };
        assert_eq!(finding, expected, "{rule}");
    }
}

#[test]
fn searches_of_actions_and_pages_are_checked() {
    let text = format!(
        "{CATALOG}=== actions/restart.yaml
identifier: restart
title: Restart
trigger:
  type: self-service
  operation: DAY-2
  blueprintIdentifier: Component
  condition: {{type: SEARCH, combinator: and, rules: [{{property: teir, operator: '=', value: 1}}]}}
  userInputs:
    properties:
      of:
        type: string
        format: entity
        blueprint: System
        dataset: {{combinator: and, rules: [{{property: tier, operator: '=', value: {{jqQuery: .user.tier}}}}, {{property: team, operator: isNotEmpty}}]}}
invocationMethod: {{type: WEBHOOK, url: https://example.com}}
=== pages/home.yaml
identifier: home
type: dashboard
widgets:
  - id: w
    type: table-entities-explorer
    blueprint: Component
    dataset: {{combinator: and, rules: [{{property: language, operator: '=', value: Perl}}]}}
"
    );
    assert_eq!(
        findings(&open(&text)),
        [
            "condition-property: `Component` has no property `teir`",
            "condition-property: `System` has no property `team`",
            "condition-type: `language` is never `Perl`",
        ]
    );
}
