//! Scorecards: levels, stages, waivers, files, related entities, initiatives.

use super::*;
use crate::known::{Outcome, Standing};

const CATALOG: &str = r#"
=== blueprints/all.yaml
identifier: Service
title: Service
ownership: {type: Direct}
schema:
  properties:
    tier: {type: number}
    runbook: {type: string, format: url}
    replicas: {type: number}
    wanted: {type: number}
    slug: {type: string}
relations:
  dependsOn: {target: Service, many: true}
=== services/cart/portal.yml
identifier: cart
blueprint: Service
team: red
properties: {tier: 1, runbook: https://docs.example/cart, replicas: 3, wanted: 2, slug: cart}
relations: {dependsOn: [pay, mail]}
=== services/cart/README.md
# Cart

## Running it
=== services/cart/.github/workflows/ci.yml
on: push
jobs: {test: {steps: [{run: make test}]}}
=== services/cart/deploy.yaml
kind: Deployment
spec: {replicas: 3}
=== services/pay/portal.yml
identifier: pay
blueprint: Service
properties: {tier: 2, replicas: 1, wanted: 2, slug: pay}
relations: {dependsOn: [mail]}
=== services/pay/README.md
# Pay
password: hunter2
=== entities/rest.yaml
- {identifier: red, blueprint: _team}
- {identifier: mail, blueprint: Service, properties: {tier: 3, slug: mail}}
- {identifier: old, blueprint: Service, properties: {tier: 9}}
=== portal.yaml
include: [services/*/portal.yml]
"#;

const CONFIG: &str = "include: [services/*/portal.yml]\n";

/// Returns the portal of the catalog with a scorecard of these rules, each `level: conditions`.
fn with(rules: &[(&str, &str)], more: &str) -> Portal {
    let rule = |(number, (level, conditions)): (usize, &(&str, &str))| {
        format!(
            "  - {{identifier: r{number}, title: Rule {number}, {level}, query: {{combinator: and, conditions: {conditions}}}}}\n"
        )
    };
    let rules: String = rules.iter().enumerate().map(rule).collect();
    let card = format!(
        "=== scorecards/ready.yaml\nidentifier: ready\ntitle: Ready\nblueprint: Service\nfilter: {{combinator: and, conditions: [{{property: tier, operator: '<', value: 9}}]}}\nrules:\n{rules}{more}"
    );
    let text = format!("{CATALOG}{card}");
    let files = text.split("=== ").skip(1).filter_map(|file| file.split_once('\n'));
    let files = Memory::new(files.map(|(path, text)| (path.trim(), text)));
    let now = Instant::parse(NOW).expect("an instant");
    Portal::open(Origin::new(&files, now), Some(CONFIG.into())).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns how each entity stands: `cart Gold +-?~`.
fn standings(portal: &Portal) -> Vec<String> {
    let card = portal.scores.find("ready", None).expect("the scorecard");
    let sign = |outcome: &Outcome| match outcome {
        Outcome::Passed => '+',
        Outcome::Failed => '-',
        Outcome::Unknown => '?',
        Outcome::Waived => '~',
    };
    let line = |standing: Standing<'_>| {
        let signs: String = standing.outcomes.iter().map(sign).collect();
        format!(
            "{} {} {signs}",
            portal.catalog.entity(standing.entity).identifier(),
            standing.reached().title
        )
    };
    card.standings().map(line).collect()
}

#[test]
fn rules_give_levels() {
    let portal = with(
        &[
            ("level: Bronze", "[{property: tier, operator: isNotEmpty}]"),
            ("level: Silver", "[{property: replicas, operator: '>=', value: {property: wanted}}]"),
            ("level: Gold", "[{property: runbook, operator: isNotEmpty}]"),
            ("level: Gold, stage: preview", "[{property: tier, operator: '=', value: 7}]"),
        ],
        "",
    );
    assert_eq!(findings(&portal), [""; 0]);
    assert_eq!(standings(&portal), ["cart Gold +++-", "mail Bronze +---", "pay Bronze +---"]);
    let card = portal.scores.find("ready", None).unwrap();
    let pay = card.standing(entity(&portal, "pay").id()).unwrap();
    assert_eq!(pay.next(), Some((2, vec![1])));
    assert_eq!(pay.score().round() as i64, 33);
    assert_eq!(card.standing(entity(&portal, "cart").id()).unwrap().next(), None);
    assert!(card.standing(entity(&portal, "old").id()).is_none(), "the filter leaves it out");
    assert_eq!(card.distribution(), [0, 2, 0, 1]);
}

#[test]
fn rules_ask_files_related_entities_and_jq() {
    let root = r#"root: '"services/" + .properties.slug'"#;
    let portal = with(
        &[
            ("level: Bronze", "[{file: {exists: README.md}}]"),
            ("level: Bronze", &format!("[{{file: {{exists: README.md, {root}}}}}]")),
            ("level: Bronze", "[{file: {exists: '.github/workflows/*.yml'}}]"),
            ("level: Bronze", "[{file: {path: README.md, matches: '^## Running'}}]"),
            ("level: Bronze", "[{file: {path: '**/*', lacks: 'password:'}}]"),
            ("level: Bronze", "[{file: {path: deploy.yaml, jq: .spec.replicas >= 2}}]"),
            ("level: Bronze", "[{file: {absent: '**/*.exe'}}]"),
            ("level: Bronze", "[{relation: dependsOn, every: {property: tier, operator: '>=', value: 3}}]"),
            ("level: Bronze", "[{relation: dependsOn, some: {property: tier, operator: '>=', value: 3}}]"),
            (
                "level: Bronze",
                "[{relation: dependsOn, none: {combinator: or, conditions: [{property: tier, operator: '=', value: 2}, {property: replicas, operator: '=', value: 5}]}}]",
            ),
            ("level: Bronze", "[{jq: '.properties.replicas > .properties.tier'}]"),
            ("level: Bronze", "[{git: lastCommit < 90d}]"),
            // Where `root` gives nothing, the folder is the entity's own; and `*` stays in one folder.
            ("level: Bronze", "[{file: {exists: README.md, root: 'null'}}]"),
            ("level: Bronze", "[{file: {exists: '*.md', root: '\"services\"'}}]"),
            ("level: Bronze", "[{file: {exists: '*/*.md', root: '\"services\"'}}]"),
        ],
        "",
    );
    assert_eq!(findings(&portal), [""; 0]);
    assert_eq!(
        standings(&portal),
        [
            "cart Basic +++++++-+-+?+-+",
            // It has no folder of its own, and nothing is where `root` leads.
            "mail Basic ?-?????+-+-??-+",
            "pay Basic ++----++++-?+-+",
        ]
    );
}

#[test]
fn waivers_excuse_until_their_last_day() {
    let rules = [("level: Bronze", "[{property: runbook, operator: isNotEmpty}]")];
    let waiver = |name: &str, of: &str, expires: &str| {
        format!(
            "=== waivers/{name}.yaml\nidentifier: {name}\nscorecard: ready\nrule: r0\n{of}\nreason: Later\napprover: red\nexpires: {expires}\n"
        )
    };
    for (waivers, levels, expected) in [
        (waiver("w", "entity: pay", "2026-11-21"), ["cart Bronze +", "mail Basic -", "pay Bronze ~"], vec![]),
        (
            waiver("w", "entity: pay", "2026-11-20"),
            ["cart Bronze +", "mail Basic -", "pay Basic -"],
            vec!["expired-waiver: this waiver ended 12 hours ago: its rules count again"],
        ),
        (
            waiver(
                "w",
                "filter: {combinator: and, conditions: [{property: tier, operator: '>=', value: 2}]}",
                "2027-01-01",
            ),
            ["cart Bronze +", "mail Bronze ~", "pay Bronze ~"],
            vec![],
        ),
        (
            waiver("w", "entity: payy", "2027-01-01"),
            ["cart Bronze +", "mail Basic -", "pay Basic -"],
            vec!["unknown-standard: the scorecard judges no entity `payy`"],
        ),
        (
            waiver("w", "entity: pay", "2027-01-01").replace("rule: r0", "rule: r1"),
            ["cart Bronze +", "mail Basic -", "pay Basic -"],
            vec!["unknown-standard: the scorecard has no rule `r1`"],
        ),
        (
            waiver("w", "entity: pay", "2027-01-01").replace("scorecard: ready", "scorecard: redy"),
            ["cart Bronze +", "mail Basic -", "pay Basic -"],
            vec!["unknown-standard: there is no scorecard `redy`"],
        ),
        (
            waiver("w", "entity: pay", "soon"),
            ["cart Bronze +", "mail Basic -", "pay Basic -"],
            vec!["invalid-value: `soon` is no date"],
        ),
    ] {
        let portal = with(&rules, &waivers);
        assert_eq!(
            (standings(&portal), findings(&portal)),
            (levels.map(String::from).to_vec(), expected.iter().map(ToString::to_string).collect()),
            "{waivers}"
        );
    }
}

#[test]
fn facts_that_are_missing_or_old_are_unknown() {
    let facts = "=== integrations/coverage.yaml
identifier: coverage
source: facts/coverage.json
asOf: .at
maxAge: 7d
resources:
  - kind: coverage
    selector: {query: 'true'}
    port: {entity: {mappings: {identifier: .service, blueprint: '\"Service\"', properties: {replicas: .count}}}}
=== facts/coverage.json
[{\"service\": \"mail\", \"count\": 3, \"at\": \"2026-11-20\"}, {\"service\": \"old\", \"count\": 3, \"at\": \"2026-11-01\"}]
";
    // Only mail and old have a fact; cart and pay have the number written by hand.
    let catalog = |rules: &[(&str, &str)]| {
        let portal = with(rules, facts);
        assert_eq!(findings(&portal), [""; 0]);
        standings(&portal)
    };
    let rule = "[{property: replicas, operator: '>=', value: 2}]";
    assert_eq!(catalog(&[("level: Bronze", rule)]), ["cart Bronze +", "mail Bronze +", "pay Basic -"]);
    assert_eq!(
        catalog(&[("level: Bronze, maxAge: 1h", rule)]),
        ["cart Bronze +", "mail Basic ?", "pay Basic -"],
        "the rule asks for a newer fact"
    );
    let missing = "[{property: wanted, operator: '=', value: 2}]";
    assert_eq!(
        catalog(&[("level: Bronze, maxAge: 7d", missing)]),
        ["cart Bronze +", "mail Basic ?", "pay Bronze +"],
        "a rule over facts does not fail for want of one"
    );
    let presence = "[{property: wanted, operator: isNotEmpty}]";
    assert_eq!(
        catalog(&[("level: Bronze, maxAge: 7d", presence)]),
        ["cart Bronze +", "mail Basic -", "pay Bronze +"]
    );
    let either = "[{combinator: or, conditions: [{property: wanted, operator: '=', value: 2}, {property: tier, operator: '=', value: 3}]}]";
    assert_eq!(
        catalog(&[("level: Bronze, maxAge: 7d", either)]),
        ["cart Bronze +", "mail Bronze +", "pay Bronze +"]
    );
}

#[test]
fn mistakes_of_scorecards_are_said() {
    let rule = "[{property: tier, operator: isNotEmpty}]";
    for (rules, more, expected) in [
        (vec![("level: Platinum", rule)], "", vec!["unknown-standard: there is no level `Platinum`"]),
        (
            vec![("level: Basic", rule)],
            "",
            vec!["floor-rule: `Basic` is the lowest level, which every entity has"],
        ),
        (vec![("level: Bronze, maxAge: a week", rule)], "", vec!["invalid-duration: `a week` is no age"]),
        (
            vec![("level: Bronze", "[{jq: .properties.teir > 1}]")],
            "",
            vec!["condition-property: `Service` has no property `teir`"],
        ),
        (
            vec![("level: Bronze", "[{jq: .properties.tier = 1}]")],
            "",
            vec!["invalid-condition: this sets a value, so that it always holds"],
        ),
        (
            vec![("level: Bronze", "[{jq: '.a ==='}]")],
            "",
            vec!["invalid-jq: `===` cannot stand here: the end is needed"],
        ),
        (
            vec![("level: Bronze", "[{jq: .properties.slug | tonumber > 1}]")],
            "",
            vec!["failing-jq: this fails for `cart` and 2 other entities: cannot use \"cart\" as number"],
        ),
        (vec![("level: Bronze", "[{jq: until(false; .)}]")], "", vec!["failing-jq: this fails for"]),
        (
            vec![("level: Bronze", "[{file: {exists: ../x}}]")],
            "",
            vec!["invalid-condition: `../x` leaves the folder"],
        ),
        (
            vec![("level: Bronze", "[{file: {path: x}}]")],
            "",
            vec!["invalid-condition: this file condition does not say what to look for"],
        ),
        (
            vec![("level: Bronze", "[{file: {path: x, matches: '('}}]")],
            "",
            vec!["invalid-condition: `(` is no regular expression"],
        ),
        (
            vec![("level: Bronze", "[{file: {exists: 'a[b'}}]")],
            "",
            vec!["invalid-condition: `a[b` is no pattern of files: "],
        ),
        (
            vec![("level: Bronze", "[{git: authors > 2}]")],
            "",
            vec!["invalid-condition: `authors > 2` is no fact of the history"],
        ),
        (
            vec![("level: Bronze", "[{git: lastCommit < soon}]")],
            "",
            vec!["invalid-condition: `< soon` compares with no age"],
        ),
        (
            vec![("level: Bronze", "[{scaffold: {behind: '< few'}}]")],
            "",
            vec!["invalid-condition: `< few` compares with no number"],
        ),
        (
            vec![("level: Bronze", "[{scaffold: {changed: contains 3}}]")],
            "",
            vec!["invalid-condition: `contains 3` compares with no number"],
        ),
        (
            vec![("level: Bronze", "[{scaffold: {template: 'a[b'}}]")],
            "",
            vec!["invalid-condition: `a[b` is no pattern of names: "],
        ),
        (
            vec![("level: Bronze", "[{scaffold: {}}]")],
            "",
            vec!["invalid-condition: this scaffold condition does not say what to ask"],
        ),
        (
            vec![("level: Bronze", rule)],
            "=== scorecards/b.yaml\n{identifier: b, title: B, blueprint: Servise, rules: []}\n",
            vec!["unknown-blueprint: there is no blueprint `Servise`"],
        ),
        (
            vec![("level: Bronze", rule)],
            "=== scorecards/b.yaml\n{identifier: b, title: B, rules: []}\n",
            vec!["missing-key: `b` does not say which entities it judges"],
        ),
        (
            vec![("level: Bronze", rule)],
            "=== initiatives/i.yaml\n{identifier: i, title: I, owner: red, deadline: 2027-01-01, targets: [{scorecard: ready, level: Golden}]}\n",
            vec!["unknown-standard: there is no level `Golden`"],
        ),
        (
            vec![("level: Bronze", rule)],
            "=== initiatives/i.yaml\n{identifier: i, title: I, owner: red, deadline: never, targets: [{scorecard: ready, rules: [r9]}]}\n",
            vec!["invalid-value: `never` is no date", "unknown-standard: the scorecard has no rule `r9`"],
        ),
    ] {
        let portal = with(&rules, more);
        let found = findings(&portal);
        let same = found.len() == expected.len()
            && found.iter().zip(&expected).all(|(found, expected)| found.starts_with(expected));
        assert!(same, "{rules:?} {more}: {found:#?}");
    }
}

#[test]
fn initiatives_count_who_has_arrived() {
    let portal = with(
        &[
            ("level: Bronze", "[{property: tier, operator: isNotEmpty}]"),
            ("level: Silver", "[{property: replicas, operator: isNotEmpty}]"),
            ("level: Gold", "[{property: runbook, operator: isNotEmpty}]"),
        ],
        "=== initiatives/i.yaml
identifier: i
title: I
owner: red
start: 2026-10-01
deadline: 2026-12-31
filter: {combinator: and, conditions: [{property: tier, operator: '<', value: 9}]}
targets: [{scorecard: ready, level: Silver}, {scorecard: ready, rules: [r2]}]
",
    );
    assert_eq!(findings(&portal), [""; 0]);
    let progress = &portal.progress[0];
    let missing: Vec<(&str, Vec<usize>)> = progress
        .participants
        .iter()
        .map(|one| {
            (
                portal.catalog.entity(one.entity).identifier(),
                one.missing.iter().map(|(_, rule)| *rule).collect(),
            )
        })
        .collect();
    assert_eq!(missing, [("cart", vec![]), ("mail", vec![1, 2]), ("pay", vec![2])]);
    assert_eq!((progress.done(), progress.percent()), (1, 33));
    assert_eq!(progress.deadline.map(Instant::iso).as_deref(), Some("2027-01-01T00:00:00Z"));
}

#[test]
fn a_scorecard_may_ask_for_another() {
    let portal = with(
        &[("level: Bronze", "[{relation: dependsOn, every: {scorecard: base, operator: '>=', value: Bronze}}]")],
        "=== scorecards/zbase.yaml
identifier: base
title: Base
blueprint: Service
rules:
  - {identifier: replicas, title: R, level: Bronze, query: {combinator: and, conditions: [{property: replicas, operator: isNotEmpty}]}}
",
    );
    assert_eq!(findings(&portal), [""; 0]);
    assert_eq!(standings(&portal), ["cart Basic -", "mail Bronze +", "pay Basic -"]);
}

#[test]
fn evidence_says_what_was_seen_and_where() {
    let portal = with(
        &[
            ("level: Bronze", "[{property: runbook, operator: isNotEmpty}]"),
            ("level: Bronze", "[{property: replicas, operator: '>=', value: {property: wanted}}]"),
            ("level: Bronze", "[{relation: dependsOn, every: {property: tier, operator: '>=', value: 3}}]"),
            ("level: Bronze", "[{file: {path: README.md, matches: '^## Running'}}]"),
            (
                "level: Bronze",
                "[{jq: '.properties.tier + 1'}, {property: tier, operator: in, value: [1, 2]}]",
            ),
        ],
        "",
    );
    let cart = entity(&portal, "cart").id();
    let lines: Vec<String> = (0..5)
        .flat_map(|rule| portal.standards.evidence(portal.known(), 0, rule, cart))
        .map(|evidence| {
            let source = evidence.span.map(|span| portal.sources.get(span.source));
            let line = evidence.span.zip(source).map(|(span, source)| source.line_at(span.start));
            let file = evidence.file.or_else(|| source.map(|source| source.path().to_string()));
            format!(
                "{:?}: {}: {} ({}:{})",
                evidence.truth,
                evidence.asked,
                evidence.seen,
                file.unwrap_or_default(),
                line.unwrap_or(0)
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "Holds: `runbook` is not empty: https://docs.example/cart (services/cart/portal.yml:4)",
            "Holds: `replicas` is at least `wanted`: 3 and 2 (services/cart/portal.yml:4)",
            "Fails: of every `dependsOn`, `tier` is at least 3: `pay` does not (services/cart/portal.yml:1)",
            "Holds: `README.md` matches `^## Running`: `services/cart/README.md` has it in line 3 (services/cart/README.md:1)",
            "Holds: `.properties.tier + 1`: 2 (services/cart/portal.yml:1)",
            "Holds: `tier` is one of 1, 2: 1 (services/cart/portal.yml:4)",
        ]
    );
    assert_eq!(
        portal.standards.standards[0].conditions[4].summary(),
        "`.properties.tier + 1` and `tier` is one of 1, 2"
    );
}

#[test]
fn evidence_of_a_condition_with_a_mistake_says_the_mistake() {
    let portal = with(&[("level: Bronze", "[{property: runbok, operator: isNotEmpty}]")], "");
    let cart = entity(&portal, "cart").id();
    let seen: Vec<String> = portal
        .standards
        .evidence(portal.known(), 0, 0, cart)
        .into_iter()
        .map(|evidence| format!("{:?}: {}", evidence.truth, evidence.seen))
        .collect();
    assert_eq!(seen, ["Unknown: `Service` has no property `runbok`"]);
}
