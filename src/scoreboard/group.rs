//! Results by team, by domain, by rule, by level.

use std::collections::{BTreeMap, VecDeque};

use super::Board;
use super::result::stage;
use super::sheet::{Sheet, percent, tally};
use crate::catalog::EntityId;
use crate::known::{Card, Standing, Tally};
use crate::model::scorecard::Stage;
use crate::portal::Portal;

/// What results are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The owning team; an entity with several counts for each.
    Team,
    /// The nearest entity of a blueprint called domain that relations lead to.
    Domain,
    /// The rule.
    Rule,
    /// The level.
    Level,
}

/// How many relations lead to a domain at most.
const HOPS: usize = 4;

/// Returns the table of a grouping.
pub(super) fn sheet(board: &Board<'_>, by: Group) -> Sheet {
    match by {
        Group::Team => groups(board, "team", "no team", teams),
        Group::Domain => groups(board, "domain", "no domain", |portal, entity| {
            domain(portal, entity)
                .map(|id| portal.catalog.entity(id).label().to_string())
                .into_iter()
                .collect()
        }),
        Group::Rule => rules(board),
        Group::Level => levels(board),
    }
}

fn teams(portal: &Portal, entity: EntityId) -> Vec<String> {
    portal.known().owners(portal.catalog.entity(entity)).into_iter().map(String::from).collect()
}

/// Returns the nearest domain, the entity itself included.
fn domain(portal: &Portal, entity: EntityId) -> Option<EntityId> {
    let is_domain =
        |id: EntityId| portal.catalog.entity(id).blueprint().identifier.value.eq_ignore_ascii_case("domain");
    let mut seen = rustc_hash::FxHashSet::from_iter([entity]);
    let mut queue = VecDeque::from([(entity, 0)]);
    while let Some((at, hops)) = queue.pop_front() {
        if is_domain(at) {
            return Some(at);
        }
        for edge in portal.graph.outgoing(at).iter().filter(|_| hops < HOPS) {
            if seen.insert(edge.to) {
                queue.push_back((edge.to, hops + 1));
            }
        }
    }
    None
}

/// What is added up of a group.
#[derive(Default)]
struct Sum {
    entities: usize,
    score: f64,
    tally: Tally,
    levels: Vec<usize>,
}

impl Sum {
    fn add(&mut self, standing: &Standing<'_>) {
        let tally = standing.tally();
        self.entities += 1;
        self.score += standing.score();
        self.tally.passed += tally.passed;
        self.tally.waived += tally.waived;
        self.tally.unknown += tally.unknown;
        self.tally.failed += tally.failed;
        self.levels.resize(standing.card.levels.len(), 0);
        self.levels[standing.level] += 1;
    }
}

/// Returns a row for each group and scorecard; what is in no group comes last.
fn groups(
    board: &Board<'_>,
    name: &'static str,
    none: &str,
    of: impl Fn(&Portal, EntityId) -> Vec<String>,
) -> Sheet {
    let mut sums: BTreeMap<(bool, String, usize), Sum> = BTreeMap::new();
    for (at, &card) in board.cards().iter().enumerate() {
        for standing in board.standings_of(card) {
            let names = of(board.portal, standing.entity);
            if names.is_empty() {
                sums.entry((true, none.into(), at)).or_default().add(&standing);
            }
            for name in names {
                sums.entry((false, name, at)).or_default().add(&standing);
            }
        }
    }
    let row = |((_, name, at), sum): ((bool, String, usize), Sum)| {
        let card = board.cards()[at];
        let mut row = vec![name, card.identifier.clone(), sum.entities.to_string()];
        row.push(percent(sum.score / f64::from(u32::try_from(sum.entities).unwrap_or(u32::MAX))));
        row.extend(tally(sum.tally));
        row.push(distribution(card, &sum.levels));
        row
    };
    let header =
        vec![name, "scorecard", "entities", "score", "passed", "failed", "unknown", "waived", "levels"];
    Sheet { header, rows: sums.into_iter().map(row).collect() }
}

/// Returns how many entities have each level, the highest first: `2 Gold, 1 Basic`.
pub(super) fn distribution(card: &Card, counts: &[usize]) -> String {
    let levels = card.levels.iter().zip(counts).rev().filter(|(_, count)| **count > 0);
    levels.map(|(level, count)| format!("{count} {}", level.title)).collect::<Vec<_>>().join(", ")
}

fn rules(board: &Board<'_>) -> Sheet {
    let header =
        vec!["scorecard", "rule", "level", "stage", "passed", "failed", "unknown", "waived", "share"];
    let mut rows = Vec::new();
    for &card in board.cards() {
        let mut tallies = vec![Tally::default(); card.rules.len()];
        for standing in board.standings_of(card) {
            tallies.iter_mut().zip(standing.outcomes).for_each(|(tally, outcome)| tally.add(*outcome));
        }
        for (rule, sum) in card.rules.iter().zip(tallies) {
            let level = rule.level.map_or("", |level| &card.levels[level].title);
            let stage = if rule.stage == Stage::Enforce { "" } else { stage(rule.stage) };
            let mut row = vec![card.identifier.clone(), rule.identifier.clone(), level.into(), stage.into()];
            row.extend(tally(sum));
            row.push(sum.percent().map(|percent| format!("{percent} %")).unwrap_or_default());
            rows.push(row);
        }
    }
    Sheet { header, rows }
}

fn levels(board: &Board<'_>) -> Sheet {
    let mut rows = Vec::new();
    for &card in board.cards() {
        let mut counts = vec![0_usize; card.levels.len()];
        board.standings_of(card).for_each(|standing| counts[standing.level] += 1);
        let total: usize = counts.iter().sum();
        for (level, count) in card.levels.iter().zip(&counts).rev() {
            let share = (count * 100).checked_div(total).map(|share| format!("{share} %"));
            let cells = [card.identifier.clone(), level.title.clone(), count.to_string()];
            rows.push(cells.into_iter().chain([share.unwrap_or_default()]).collect());
        }
    }
    Sheet { header: vec!["scorecard", "level", "entities", "share"], rows }
}
