//! The stages of a run on a catalog of 2,000 entities: parse, load, resolve, derive, judge, validate, build, rebuild.
//! `cargo bench` prints times to compare with those of another revision on the same machine; nothing here passes or
//! fails.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use portal::catalog;
use portal::compute;
use portal::diagnostic::Diagnostics;
use portal::graph::Graph;
use portal::model::config::Config;
use portal::model::instant::Instant;
use portal::portal::{Origin, Portal};
use portal::score::Standards;
use portal::site::{self, Options};
use portal::source::{SourceId, Sources};
use portal::worktree::Worktree;

const ENTITIES: usize = 2_000;

fn main() {
    divan::main();
}

/// Returns an entity as a person writes it.
fn entity(index: usize) -> String {
    let mut text = String::new();
    writeln!(text, "identifier: service-{index:05}\ntitle: Service {index}\nblueprint: service\nproperties:")
        .unwrap();
    writeln!(text, "  description: Keeps the books of part {index} and answers for them day and night.")
        .unwrap();
    writeln!(text, "  owner: team-{}\n  tier: {}\n  lifecycle: production", index % 20, index % 4).unwrap();
    writeln!(
        text,
        "  repository: https://git.example.com/shop/service-{index:05}\n  coverage: {}.5",
        index % 100
    )
    .unwrap();
    writeln!(text, "  created: \"2026-03-01T09:30:00Z\"\n  tags:\n    - shop\n    - part-{}", index % 7)
        .unwrap();
    writeln!(text, "  notes: |\n    ## Operations\n\n    Restart it when it stops.\nrelations:").unwrap();
    writeln!(
        text,
        "  uses:\n    - service-{:05}\n    - service-{:05}",
        (index * 7) % ENTITIES,
        (index * 13) % ENTITIES
    )
    .unwrap();
    text
}

const BLUEPRINT: &str = "identifier: service
title: Service
icon: Service
schema:
  properties:
    description: {type: string}
    notes: {type: string, format: markdown}
    owner: {type: string}
    tier: {type: number, minimum: 0, maximum: 5}
    lifecycle: {type: string, enum: [experimental, production, deprecated]}
    repository: {type: string, format: url}
    coverage: {type: number}
    created: {type: string, format: date-time}
    tags: {type: array, items: {type: string}}
  required: [owner]
relations:
  uses: {target: service, many: true}
mirrorProperties:
  usedTiers: {title: Tiers of what it uses, path: uses.tier}
aggregationProperties:
  users:
    title: Users
    type: number
    target: service
    calculationSpec: {calculationBy: entities, func: count}
    pathFilter: [{path: [uses], fromBlueprint: service}]
calculationProperties:
  risk: {title: Risk, type: number, calculation: (100 - (.properties.coverage // 0)) * (5 - .properties.tier) | floor}
";

const SCORECARD: &str = "identifier: ready
title: Ready
blueprint: service
rules:
  - {identifier: owner, title: Owner, level: Bronze, query: {combinator: and, conditions: [{property: owner, operator: isNotEmpty}]}}
  - {identifier: coverage, title: Coverage, level: Silver, query: {combinator: and, conditions: [{property: coverage, operator: '>=', value: 50}]}}
  - {identifier: risk, title: Risk, level: Gold, query: {combinator: or, conditions: [{property: risk, operator: '<', value: 100}, {property: users, operator: '=', value: 0}]}}
";

/// Returns a folder with the catalog.
fn generated() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: String, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("blueprints/service.yaml".into(), BLUEPRINT);
    write("scorecards/ready.yaml".into(), SCORECARD);
    for index in 0..ENTITIES {
        write(format!("entities/service/service-{index:05}.yaml"), &entity(index));
    }
    folder
}

#[divan::bench(sample_count = 50)]
fn parse(bencher: divan::Bencher<'_, '_>) {
    let texts: Vec<Arc<str>> = (0..ENTITIES).map(|index| Arc::from(entity(index))).collect();
    bencher.bench_local(|| {
        texts
            .iter()
            .map(|text| portal::yaml::parse(SourceId::new(0), text, &mut Vec::new()).roots().count())
            .sum::<usize>()
    });
}

#[divan::bench(sample_count = 30)]
fn load(bencher: divan::Bencher<'_, '_>) {
    let folder = generated();
    bencher.bench_local(|| {
        let mut found = Diagnostics::default();
        catalog::load(
            &Worktree::new(folder.path()),
            Config::default(),
            Sources::default(),
            Instant::default(),
            &mut found,
        )
        .unwrap()
        .files
    });
}

#[divan::bench(sample_count = 30)]
fn resolve(bencher: divan::Bencher<'_, '_>) {
    let folder = generated();
    let mut found = Diagnostics::default();
    let loaded = catalog::load(
        &Worktree::new(folder.path()),
        Config::default(),
        Sources::default(),
        Instant::default(),
        &mut found,
    )
    .unwrap();
    bencher.bench_local(|| Graph::resolve(&loaded.catalog, &mut Diagnostics::default()).edges().len());
}

#[divan::bench(sample_count = 30)]
fn derive(bencher: divan::Bencher<'_, '_>) {
    let folder = generated();
    let portal = open(folder.path());
    bencher.bench_local(|| {
        compute::derive(&portal.catalog, &portal.graph, portal.now, &mut Diagnostics::default())
    });
}

#[divan::bench(sample_count = 30)]
fn judge(bencher: divan::Bencher<'_, '_>) {
    let folder = generated();
    let portal = open(folder.path());
    let files = Worktree::new(folder.path());
    let mut found = Diagnostics::default();
    let mut standards = Standards::compile(&portal.catalog, &portal.graph, portal.now, &mut found);
    bencher.bench_local(|| {
        standards.judge(portal.known(), &portal.sources, &files, None, &mut found).unwrap().cards.len()
    });
}

#[divan::bench(sample_count = 30)]
fn validate(bencher: divan::Bencher<'_, '_>) {
    let folder = generated();
    bencher.bench_local(|| open(folder.path()).diagnostics.as_slice().len());
}

#[divan::bench(sample_count = 10)]
fn build(bencher: divan::Bencher<'_, '_>) {
    let folder = generated();
    let portal = open(folder.path());
    bencher.with_inputs(|| tempfile::tempdir().unwrap()).bench_local_values(|to| {
        site::build(&portal, &to.path().join("site"), &Options::default()).unwrap().pages
    });
}

#[divan::bench(sample_count = 10)]
fn rebuild(bencher: divan::Bencher<'_, '_>) {
    let folder = generated();
    let portal = open(folder.path());
    let to = tempfile::tempdir().unwrap();
    let build = || site::build(&portal, &to.path().join("site"), &Options::default()).unwrap().unchanged;
    build();
    bencher.bench_local(build);
}

fn open(folder: &Path) -> Portal {
    Portal::open(Origin::new(&Worktree::new(folder), Instant::default()), None).unwrap()
}
