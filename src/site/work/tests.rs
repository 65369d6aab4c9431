use std::fs;

use super::*;
use crate::portal::{Origin, Portal};
use crate::site::Options;
use crate::worktree::Worktree;

const CONFIG: &[u8] = b"ownership: {team: team}";

const FILES: [(&str, &str); 4] = [
    (
        "blueprints/all.yaml",
        r"
identifier: team
title: Team
schema: {properties: {on_call: {type: string}}}
---
identifier: service
title: Service
ownership: {type: Direct}
schema:
  properties: {docs: {type: string}, tests: {type: boolean}, until: {type: string, format: timer}}
relations: {system: {title: System, target: service}}
",
    ),
    (
        "entities/all.yaml",
        r#"
- {blueprint: team, identifier: cart, title: Cart, properties: {on_call: "Ask <Ines>"}}
- {blueprint: team, identifier: ops, title: Operations}
- {blueprint: service, identifier: a, team: cart, properties: {until: 1970-01-11T00:00:00Z}, relations: {system: b}}
- {blueprint: service, identifier: b, team: cart, properties: {tests: true, until: 1971-01-01T00:00:00Z}, relations: {system: a}}
- {blueprint: service, identifier: c, team: cart, properties: {docs: x, tests: true, until: 1969-12-30T00:00:00Z}}
- {blueprint: service, identifier: d, team: ops, properties: {docs: x}}
"#,
    ),
    (
        "scorecards/care.yaml",
        r#"
identifier: care
title: Care
blueprint: service
levels: [{title: None, color: paleBlue}, {title: Basic, color: blue}, {title: Good, color: gold}]
rules:
  - {identifier: tests, title: Tests, level: Good, query: {combinator: and, conditions: [{property: tests, operator: "=", value: true}]}}
  - {identifier: docs, title: Docs, level: Basic, howToFix: Write *them*, query: {combinator: and, conditions: [{property: docs, operator: isNotEmpty}]}}
  - {identifier: later, title: Later, level: Good, stage: preview, query: {combinator: and, conditions: [{property: docs, operator: "=", value: y}]}}
"#,
    ),
    (
        "waivers/d.yaml",
        r"
{identifier: d, title: Until moved, scorecard: care, rule: tests, entity: d, reason: it moves, approver: a@b.example, expires: 1970-01-05}
",
    ),
];

/// Calls `look` with the site of the catalog above, as of 1970-01-01.
fn with_site(look: impl FnOnce(&Site<'_>)) {
    let root = tempfile::tempdir().expect("a folder");
    for (path, text) in FILES {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    let portal =
        Portal::open(Origin::new(&Worktree::new(root.path()), Instant::default()), Some(CONFIG.to_vec()))
            .expect("opened");
    assert!(!portal.diagnostics.has_errors(), "{:?}", portal.diagnostics);
    let options = Options::default();
    look(&Site::new(&portal, &options).expect("a site"));
}

fn find<'a>(site: &'a Site<'_>, blueprint: &str, identifier: &str) -> EntityRef<'a> {
    let blueprint = site.catalog().find_blueprint(blueprint).expect("a blueprint");
    site.catalog().entity(site.catalog().find_entity(blueprint, identifier).expect("an entity"))
}

/// Returns the places of texts, which must be there.
fn places<const N: usize>(text: &str, parts: [&str; N]) -> [usize; N] {
    parts.map(|part| text.find(part).unwrap_or_else(|| panic!("no {part:?} in {text}")))
}

#[test]
fn rules_that_most_fails_come_first() {
    with_site(|site| {
        let work = Work::of(site, find(site, "team", "cart"), "../");
        assert_eq!(work.rule_count, 2, "what is in preview asks nothing yet: {}", work.rules.as_str());
        assert!(places(work.rules.as_str(), ["Docs", "Tests"]).is_sorted());
        // A third of its services has documents, and half of all; two thirds have tests.
        places(
            work.rules.as_str(),
            ["33 %", "50 %", ">2</a>", "<em>them</em>", ">a</a>, <a", "66 %", ">1</a>"],
        );
    });
}

#[test]
fn what_ends_soon_is_told_the_first_end_first() {
    with_site(|site| {
        let work = Work::of(site, find(site, "team", "cart"), "../");
        assert_eq!(work.end_count, 2, "not what ends in a year: {}", work.ends.as_str());
        assert!(places(work.ends.as_str(), [">c</a>", "ended ", ">a</a>", "ends "]).is_sorted());
        let work = Work::of(site, find(site, "team", "ops"), "../");
        assert_eq!((work.end_count, work.rule_count), (1, 0), "{}", work.rules.as_str());
        assert!(places(work.ends.as_str(), ["Until moved", "waiver for ", ">d</a>", "ends "]).is_sorted());
    });
}

#[test]
fn only_teams_have_work_and_people_to_call() {
    with_site(|site| {
        let team = Work::of(site, find(site, "team", "cart"), "../");
        assert_eq!(team.on_call.as_str(), "Ask &lt;Ines&gt;");
        assert_ne!(team.hash(1), 1);
        let service = Work::of(site, find(site, "service", "a"), "../");
        assert_eq!((service.rule_count, service.end_count, service.hash(1)), (0, 0, 1));
    });
}

#[test]
fn what_is_a_part_of_itself_is_climbed_once() {
    with_site(|site| {
        let [a, b] = ["a", "b"].map(|name| find(site, "service", name).id());
        assert_eq!(site.hierarchy.above(a), [b]);
        assert_eq!(site.hierarchy.above(find(site, "service", "c").id()), []);
        let edge = &site.graph().outgoing(a)[0];
        assert!(site.hierarchy.is_part(edge));
    });
}
