//! What small catalogs say about a new entity.

use super::*;
use crate::diagnostic::{Rule, Severity};
use crate::model::instant::Instant;
use crate::worktree::Memory;

const BLUEPRINTS: &str = r"
identifier: Component
schema:
  properties:
    lifecycle: {type: string, enum: [experimental, production]}
    runbook: {type: string}
    slo: {type: number}
  required: [lifecycle]
relations: {system: {target: System}}
---
identifier: System
schema: {properties: {}}
";

const SCORECARD: &str = r"
identifier: readiness
title: Production readiness
blueprint: Component
levels: [{title: Basic, color: red}, {title: Bronze, color: bronze}, {title: Silver, color: silver}]
rules:
  - identifier: lifecycle
    title: Has a lifecycle
    level: Bronze
    query: {combinator: and, conditions: [{property: lifecycle, operator: isNotEmpty}]}
  - identifier: runbook
    title: Has a runbook
    level: Silver
    query: {combinator: and, conditions: [{property: runbook, operator: isNotEmpty}]}
  - identifier: slo
    title: Has a service level
    level: Silver
    stage: preview
    query: {combinator: and, conditions: [{property: slo, operator: isNotEmpty}]}
---
identifier: elsewhere
title: For systems
blueprint: System
rules: []
";

/// A catalog with errors of its own.
const CATALOG: &[(&str, &str)] = &[
    ("blueprints/all.yaml", BLUEPRINTS),
    ("scorecards/all.yaml", SCORECARD),
    ("entities/Component/old.yaml", "identifier: old\nproperties: {nothing: 1}\nrelations: {system: lost}\n"),
    ("entities/System/shop.yaml", "identifier: shop\n"),
];

fn judged(files: &[(&str, &str)], config: &str, changes: &[(&str, &str)]) -> Result<Verdict, Refusal> {
    let files = Memory::new(files.iter().copied());
    let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
    let portal = Portal::open(portal::Origin::new(&files, now), Some(config.as_bytes().to_vec())).unwrap();
    let changes = changes.iter().map(|(path, text)| ((*path).to_string(), Some(text.as_bytes().to_vec())));
    judge(&portal, &files, &changes.collect(), "Component", "cart")
}

/// Returns the verdict on an entity with this text after its identifier.
fn verdict(text: &str) -> Result<Verdict, Refusal> {
    judged(CATALOG, "", &[("entities/Component/cart.yaml", &format!("identifier: cart\n{text}"))])
}

/// Returns the errors, each as its place and message.
fn errors(verdict: Result<Verdict, Refusal>) -> Vec<(String, Diagnostic)> {
    let Err(Refusal::Findings(sources, findings)) = verdict else { panic!("{verdict:?}") };
    let place = |finding: &Diagnostic| {
        let source = sources.get(finding.source());
        format!("{}:{}", source.path(), source.line_at(finding.primary.span.start))
    };
    findings.into_iter().map(|finding| (place(&finding), finding)).collect()
}

#[test]
fn an_entity_is_judged_and_old_errors_do_not_count() {
    let verdict = verdict("properties:\n  lifecycle: experimental\nrelations:\n  system: shop\n").unwrap();
    assert!(verdict.is_known && verdict.warnings.is_empty(), "{:?}", verdict.warnings);
    let readiness = Standing {
        scorecard: "readiness".into(),
        title: "Production readiness".into(),
        level: "Bronze".into(),
        passed: 1,
        total: 2,
        failing: vec!["Has a runbook".into()],
    };
    assert_eq!(verdict.standings, [readiness]);
    let best = super::tests::verdict("properties: {lifecycle: production, runbook: x}\n").unwrap().standings;
    assert_eq!((best[0].level.as_str(), best[0].passed, best[0].total), ("Silver", 2, 2));
    assert!(best[0].failing.is_empty());
}

#[test]
fn new_errors_are_all_named_with_their_places() {
    let found = errors(verdict("properties:\n  runbook: 5\nrelations:\n  system: lost\n"));
    let told: Vec<(&str, Rule)> = found.iter().map(|(place, it)| (place.as_str(), it.rule)).collect();
    let file = "entities/Component/cart.yaml";
    let expected = [
        (format!("{file}:2"), Rule::MissingProperty),
        (format!("{file}:3"), Rule::PropertyType),
        (format!("{file}:5"), Rule::DanglingRelation),
    ];
    assert_eq!(told, expected.each_ref().map(|(place, rule)| (place.as_str(), *rule)));
    assert!(found.iter().all(|(_, finding)| finding.severity == Severity::Error));
    assert!(found[0].1.message.contains("`lifecycle`") && found[0].1.help.is_some(), "{:?}", found[0].1);
}

#[test]
fn errors_that_other_changes_bring_count() {
    let cart = ("entities/Component/cart.yaml", "identifier: cart\nproperties: {lifecycle: production}\n");
    let found = errors(judged(CATALOG, "", &[cart, ("entities/System/odd.yaml", "title: x\n")]));
    assert_eq!(found[0].0, "entities/System/odd.yaml:1");
    // What else is written may be what the entity needs.
    let related = "identifier: cart\nproperties: {lifecycle: production}\nrelations: {system: new}\n";
    let changes =
        [("entities/Component/cart.yaml", related), ("entities/System/new.yaml", "identifier: new\n")];
    assert!(judged(CATALOG, "", &changes).is_ok());
    let config = [cart, ("portal.yaml", "no-such-key: 1\n")];
    assert_eq!(errors(judged(CATALOG, "", &config))[0].0, "portal.yaml:1");
}

#[test]
fn warnings_are_kept() {
    let cart = ("entities/Component/cart.yaml", "identifier: cart\nproperties: {lifecycle: production}\n");
    let verdict = judged(CATALOG, "", &[cart, ("entities/System/none.yaml", "")]).unwrap();
    assert_eq!(verdict.warnings.iter().map(|it| it.rule).collect::<Vec<_>>(), [Rule::EmptyDocument]);
    let source = verdict.sources.get(verdict.warnings[0].source());
    assert_eq!(source.path(), "entities/System/none.yaml");
}

#[test]
fn an_entity_that_nobody_would_find_is_refused() {
    let cart = "identifier: cart\nblueprint: Component\nproperties: {lifecycle: production}\n";
    for (config, path) in [("", "elsewhere/cart.yaml"), ("exclude: ['**/cart.yaml']\n", "entities/cart.yaml")]
    {
        let refused = judged(CATALOG, config, &[(path, cart)]).unwrap_err();
        let Refusal::Other(reason) = refused else { panic!("{refused:?}") };
        assert!(reason.starts_with("the `Component` `cart` would not be part of the catalog"), "{reason}");
    }
    let included = judged(CATALOG, "include: ['elsewhere/*']\n", &[("elsewhere/cart.yaml", cart)]);
    assert_eq!(included.unwrap().standings.len(), 1);
}

#[test]
fn without_a_catalog_nothing_is_said() {
    let cart = ("entities/Component/cart.yaml", "identifier: cart\nproperties: {lifecycle: 1}\n");
    for files in [&[][..], &[("chart/values.yaml", "a: 1\n")]] {
        let verdict = judged(files, "", &[cart]).unwrap();
        assert!(!verdict.is_known && verdict.standings.is_empty() && verdict.warnings.is_empty());
    }
    // A template may bring the first blueprint.
    let found = errors(judged(&[], "", &[cart, ("blueprints/all.yaml", BLUEPRINTS)]));
    assert_eq!(found[0].1.rule, Rule::PropertyType);
}
