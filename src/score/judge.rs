//! Judging: every rule of every scorecard asked about every entity.

use rayon::prelude::*;

use super::level::level;
use super::standard::{Standard, Standards};
use crate::catalog::{EntityId, EntityRef};
use crate::condition::{Asked, Gathered, Truth};
use crate::diagnostic::Diagnostics;
use crate::git::History;
use crate::jq;
use crate::known::{Card, Known, Outcome, Scores};
use crate::source::Sources;
use crate::worktree::{Files, Unreadable};

/// How many entities a thread judges at once.
const CHUNK: usize = 256;

/// The entities of a chunk that are judged, their levels, and their outcomes one after another.
type Part = (Vec<EntityId>, Vec<u8>, Vec<Outcome>);

impl Standards {
    /// Returns how every entity comes out. Files and the history are looked into first, once for all conditions. Expressions
    /// that fail for an entity go to `found`.
    ///
    /// # Errors
    /// When files cannot be listed or read.
    pub fn judge(
        &mut self,
        known: Known<'_>,
        sources: &Sources,
        files: &dyn Files,
        history: Option<&History>,
        found: &mut Diagnostics,
    ) -> Result<Scores, Unreadable> {
        self.gathered = Gathered::gather(&self.lookups, known, sources, files, history)?;
        let scores = jq::on_deep_stack(|| self.scores(known));
        found.extend(self.gathered.failures().report(known.catalog));
        Ok(scores)
    }

    fn scores(&self, known: Known<'_>) -> Scores {
        let mut scores = Scores::default();
        for standard in self.ordered(known) {
            let known = Known { scores: Some(&scores), ..known };
            let mut card = self.card(standard, known);
            // An expression that took too much has answered some entities and not others: ask again, so that it answers
            // none.
            if standard.is_spent() {
                card = self.card(standard, known);
            }
            scores.cards.push(card);
        }
        scores.cards.sort_by_key(|card| card.scorecard);
        scores
    }

    /// Returns the standards so that those whose levels others ask for come first. Of those that ask for each other,
    /// the first in path order comes first, and finds the others unknown.
    fn ordered<'s>(&'s self, known: Known<'_>) -> Vec<&'s Standard> {
        let identifier = |standard: &Standard| {
            known.catalog.scorecards()[standard.scorecard].value.identifier.value.as_str()
        };
        let mut done: Vec<&Standard> = Vec::new();
        let mut open: Vec<&Standard> = self.standards.iter().collect();
        while !open.is_empty() {
            let waits = |standard: &Standard| {
                let asked = standard.asks();
                open.iter().any(|other| {
                    other.scorecard != standard.scorecard
                        && asked.iter().any(|name| name == identifier(other))
                })
            };
            let next = open.iter().position(|standard| !waits(standard)).unwrap_or(0);
            done.push(open.remove(next));
        }
        done
    }

    /// Judges all entities of a scorecard.
    fn card(&self, standard: &Standard, known: Known<'_>) -> Card {
        let entities: Vec<EntityRef<'_>> = known.catalog.entities_of(standard.blueprint).collect();
        let parts: Vec<Part> =
            entities.par_chunks(CHUNK).map(|some| self.part(standard, known, some)).collect();
        let scorecard = &known.catalog.scorecards()[standard.scorecard].value;
        let mut card = Card {
            scorecard: standard.scorecard,
            identifier: scorecard.identifier.value.clone(),
            title: scorecard.label().to_string(),
            blueprint: standard.blueprint,
            levels: standard.levels.clone(),
            rules: standard.rules.clone(),
            entities: Vec::new(),
            reached: Vec::new(),
            outcomes: Vec::new(),
        };
        for (entities, reached, outcomes) in parts {
            card.entities.extend(entities);
            card.reached.extend(reached);
            card.outcomes.extend(outcomes);
        }
        card
    }

    fn part(&self, standard: &Standard, known: Known<'_>, entities: &[EntityRef<'_>]) -> Part {
        let mut part: Part = (Vec::with_capacity(entities.len()), Vec::new(), Vec::new());
        for &entity in entities {
            let asked = Asked::new(known, entity);
            if standard.filter.evaluate(&asked, &self.gathered) != Truth::Holds {
                continue;
            }
            let start = part.2.len();
            let outcomes = (0..standard.rules.len()).map(|rule| self.outcome(standard, rule, &asked));
            part.2.extend(outcomes);
            let reached = level(&standard.rules, &part.2[start..]);
            part.0.push(entity.id());
            part.1.push(u8::try_from(reached).unwrap_or(u8::MAX));
        }
        part
    }

    /// Returns how a rule comes out for an entity.
    fn outcome(&self, standard: &Standard, rule: usize, asked: &Asked<'_>) -> Outcome {
        let waived = || {
            let mut excuses = self.excuses.iter();
            excuses.any(|excuse| excuse.covers(standard.scorecard, rule, asked, &self.gathered))
        };
        match standard.conditions[rule].evaluate(asked, &self.gathered) {
            Truth::Holds => Outcome::Passed,
            _ if waived() => Outcome::Waived,
            Truth::Unknown => Outcome::Unknown,
            Truth::Fails => Outcome::Failed,
        }
    }
}

impl Standard {
    /// Returns whether one of its expressions took too much.
    fn is_spent(&self) -> bool {
        let all = self.conditions.iter().chain([&self.filter]);
        all.flat_map(|condition| condition.filters()).any(|(_, filter)| filter.is_spent())
    }

    /// Returns the scorecards whose results its conditions ask for.
    fn asks(&self) -> Vec<String> {
        self.conditions.iter().chain([&self.filter]).flat_map(|condition| condition.scorecards()).collect()
    }
}
