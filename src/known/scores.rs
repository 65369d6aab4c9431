//! Scores: for each scorecard the entities it judges, their levels, and the outcome of each rule.

use crate::catalog::{BlueprintId, EntityId};
use crate::model::scorecard::Stage;

/// How a rule came out for an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold, which a waiver excuses for now.
    Waived,
    /// It cannot be said: a fact is missing, or too old.
    Unknown,
    /// It does not hold.
    Failed,
}

impl Outcome {
    /// Every outcome, the best first.
    pub const ALL: &[Outcome] = &[Self::Passed, Self::Waived, Self::Unknown, Self::Failed];

    /// Returns the word for it: `passed`, `waived`, `unknown` or `failed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Waived => "waived",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }

    /// Returns whether the rule stands in the way of no level.
    pub fn counts_as_passed(self) -> bool {
        matches!(self, Self::Passed | Self::Waived)
    }
}

/// A level of a scorecard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLevel {
    /// Its name.
    pub title: String,
    /// A palette colour.
    pub color: String,
}

/// What is needed of a rule to count its outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct CardRule {
    /// Its name, unique in the scorecard.
    pub identifier: String,
    /// What people read.
    pub title: String,
    /// The number of its level; `None` when the scorecard has no such level, so that the rule counts nowhere.
    pub level: Option<usize>,
    /// Its share of the score.
    pub weight: f64,
    /// How far it is in force.
    pub stage: Stage,
}

impl CardRule {
    /// Returns whether its outcomes count for levels and scores.
    pub fn counts(&self) -> bool {
        self.stage != Stage::Preview && self.level.is_some()
    }
}

/// A scorecard with its results.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its position among the scorecards of the catalog.
    pub scorecard: usize,
    /// Its identifier.
    pub identifier: String,
    /// What people read.
    pub title: String,
    /// The blueprint whose entities it judges.
    pub blueprint: BlueprintId,
    /// The levels, from the floor up.
    pub levels: Vec<CardLevel>,
    /// The rules, in the order of the document.
    pub rules: Vec<CardRule>,
    /// The entities that are judged, sorted.
    pub(crate) entities: Vec<EntityId>,
    /// The number of the level of each.
    pub(crate) reached: Vec<u8>,
    /// The outcomes, those of one entity after those of another, in the order of the rules.
    pub(crate) outcomes: Vec<Outcome>,
}

/// How an entity stands in a scorecard.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The scorecard.
    pub card: &'a Card,
    /// The entity.
    pub entity: EntityId,
    /// The number of the level that it has reached; 0 is the floor.
    pub level: usize,
    /// How each rule came out, in the order of the scorecard's rules.
    pub outcomes: &'a [Outcome],
}

/// How many rules, or entities, came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: usize,
    /// Excused by a waiver.
    pub waived: usize,
    /// Not to be said.
    pub unknown: usize,
    /// Failed.
    pub failed: usize,
}

impl Tally {
    /// Counts an outcome.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Waived => self.waived += 1,
            Outcome::Unknown => self.unknown += 1,
            Outcome::Failed => self.failed += 1,
        }
    }

    /// Returns how many there are.
    pub fn total(&self) -> usize {
        self.passed + self.waived + self.unknown + self.failed
    }

    /// Returns the share that passed or is waived, in whole percent, rounded down so that only all are 100;
    /// `None` of nothing.
    pub fn percent(&self) -> Option<usize> {
        ((self.passed + self.waived) * 100).checked_div(self.total())
    }
}

impl Card {
    /// Returns how every judged entity stands, by id.
    pub fn standings(&self) -> impl ExactSizeIterator<Item = Standing<'_>> {
        (0..self.entities.len()).map(|at| self.at(at))
    }

    /// Returns how an entity stands; `None` when it is not judged.
    pub fn standing(&self, entity: EntityId) -> Option<Standing<'_>> {
        self.entities.binary_search(&entity).ok().map(|at| self.at(at))
    }

    fn at(&self, at: usize) -> Standing<'_> {
        let outcomes = &self.outcomes[at * self.rules.len()..(at + 1) * self.rules.len()];
        Standing { card: self, entity: self.entities[at], level: self.reached[at].into(), outcomes }
    }

    /// Returns the number of the level called `title`.
    pub fn find_level(&self, title: &str) -> Option<usize> {
        self.levels.iter().position(|level| level.title == title)
    }

    /// Returns the position of the rule called `identifier`.
    pub fn find_rule(&self, identifier: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.identifier == identifier)
    }

    /// Returns the highest level that a rule in force belongs to: what can be reached.
    pub fn top(&self) -> usize {
        self.rules.iter().filter(|rule| rule.counts()).filter_map(|rule| rule.level).max().unwrap_or(0)
    }

    /// Returns how many entities have each level, from the floor up.
    pub fn distribution(&self) -> Vec<usize> {
        let mut counts = vec![0; self.levels.len()];
        for &level in &self.reached {
            counts[usize::from(level)] += 1;
        }
        counts
    }

    /// Returns how a rule came out over all judged entities.
    pub fn tally(&self, rule: usize) -> Tally {
        let mut tally = Tally::default();
        self.standings().for_each(|standing| tally.add(standing.outcomes[rule]));
        tally
    }
}

impl<'a> Standing<'a> {
    /// Returns the level that it has reached.
    pub fn reached(&self) -> &'a CardLevel {
        &self.card.levels[self.level]
    }

    /// Returns the next level that can be reached, and the rules that stand in its way: those up to that level that
    /// neither pass nor are waived. `None` at the top.
    pub fn next(&self) -> Option<(usize, Vec<usize>)> {
        let above = |rule: &&CardRule| rule.counts() && rule.level > Some(self.level);
        let next = self.card.rules.iter().filter(above).filter_map(|rule| rule.level).min()?;
        let missing = |&at: &usize| {
            let rule = &self.card.rules[at];
            rule.counts() && rule.level <= Some(next) && !self.outcomes[at].counts_as_passed()
        };
        Some((next, (0..self.outcomes.len()).filter(missing).collect()))
    }

    /// Returns the score in percent: the share of the weights of the rules in force that pass or are waived. 100
    /// without any weight.
    pub fn score(&self) -> f64 {
        let counted = || self.card.rules.iter().zip(self.outcomes).filter(|(rule, _)| rule.counts());
        let total: f64 = counted().map(|(rule, _)| rule.weight).sum();
        let passed = counted().filter(|(_, outcome)| outcome.counts_as_passed());
        // The sum of nothing is negative zero, which nobody wants to read.
        let sum = 0.0 + passed.map(|(rule, _)| rule.weight).sum::<f64>();
        if total > 0.0 { sum / total * 100.0 } else { 100.0 }
    }

    /// Returns how the rules came out, those in preview left out.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        let counted = self.card.rules.iter().zip(self.outcomes).filter(|(rule, _)| rule.counts());
        counted.for_each(|(_, outcome)| tally.add(*outcome));
        tally
    }
}

/// Every scorecard of a catalog with its results.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// In path order; those that cannot be judged (an unknown blueprint) are left out.
    pub cards: Vec<Card>,
}

impl Scores {
    /// Returns the scorecard called `identifier`; with several of that name, the one of `blueprint` when it is given.
    pub fn find(&self, identifier: &str, blueprint: Option<BlueprintId>) -> Option<&Card> {
        let same = |card: &&Card| {
            card.identifier == identifier && blueprint.is_none_or(|blueprint| card.blueprint == blueprint)
        };
        self.cards.iter().find(same)
    }

    /// Returns how an entity stands in every scorecard that judges it.
    pub fn of(&self, entity: EntityId) -> impl Iterator<Item = Standing<'_>> {
        self.cards.iter().filter_map(move |card| card.standing(entity))
    }
}
