//! Levels: which entities score differently, by which rules, and why.

use rayon::prelude::*;

use super::definition;
use super::entity::{Pair, teams};
use super::node::same_or_absent;
use super::{Cause, EvidenceChange, Level, Name, Place, RuleChange, StandingChange};
use crate::catalog::EntityId;
use crate::condition::{Evidence, Truth};
use crate::jq;
use crate::known::{Card, Outcome, Standing};
use crate::portal::Portal;

/// The keys of a rule that decide how it comes out and what it counts for.
const DECIDING: &[&str] = &["query", "level", "stage", "maxAge"];

/// Two catalogs, and the same scorecard of both.
struct Compared<'a> {
    base: &'a Portal,
    head: &'a Portal,
    old: &'a Card,
    new: &'a Card,
    /// Where each rule of the head was in the base, and whether it is still the same.
    rules: Vec<Option<(usize, bool)>>,
    /// The positions in the base of rules that are gone.
    gone: Vec<usize>,
}

/// Returns how entities that both catalogs have score differently, by scorecard and entity.
pub(super) fn compare(base: &Portal, head: &Portal, pairs: &[Pair]) -> Vec<StandingChange> {
    let mut changes: Vec<StandingChange> = Vec::new();
    for new in &head.scores.cards {
        let blueprint = &head.catalog.blueprint(new.blueprint).identifier.value;
        let known = base.catalog.find_blueprint(blueprint);
        let old = known.and_then(|blueprint| base.scores.find(&new.identifier, Some(blueprint)));
        if let Some(old) = old {
            let compared = Compared::new(base, head, old, new);
            changes.extend(jq::on_deep_stack(|| compared.standings(pairs)));
        }
    }
    changes.sort_by(|a, b| (&a.scorecard, &a.name).cmp(&(&b.scorecard, &b.name)));
    changes
}

impl<'a> Compared<'a> {
    fn new(base: &'a Portal, head: &'a Portal, old: &'a Card, new: &'a Card) -> Self {
        let node = |portal: &'a Portal, card: &Card| {
            portal.catalog.node(portal.catalog.scorecards()[card.scorecard].place)
        };
        let (before, after) = (definition::rules(node(base, old)), definition::rules(node(head, new)));
        let unchanged = |name: &str| match (before.get(name), after.get(name)) {
            (Some(before), Some(after)) => {
                DECIDING.iter().all(|key| same_or_absent(before.get(key), after.get(key)))
            }
            _ => false,
        };
        let place = |rule: &crate::known::CardRule| {
            Some((old.find_rule(&rule.identifier)?, unchanged(&rule.identifier)))
        };
        let gone = |at: &usize| new.find_rule(&old.rules[*at].identifier).is_none();
        Self {
            rules: new.rules.iter().map(place).collect(),
            gone: (0..old.rules.len()).filter(gone).collect(),
            base,
            head,
            old,
            new,
        }
    }

    fn standings(&self, pairs: &[Pair]) -> Vec<StandingChange> {
        let both = pairs.par_iter().filter_map(|pair| Some((pair.0?, pair.1?)));
        both.filter_map(|(old, new)| self.standing(old, new)).collect()
    }

    /// Returns how an entity scores differently, if it does.
    fn standing(&self, old: EntityId, new: EntityId) -> Option<StandingChange> {
        let (before, after) = (self.old.standing(old), self.new.standing(new));
        let old_level = before.map(|standing| self.level_before(standing));
        let new_level =
            after.map(|standing| Level { title: standing.reached().title.clone(), number: standing.level });
        let differs = old_level != new_level;
        let rules = match (before, after) {
            (Some(before), Some(after)) => self.rules(&before, &after, differs),
            (None, None) => return None,
            _ => Vec::new(),
        };
        if !differs && rules.is_empty() {
            return None;
        }
        let entity = self.head.catalog.entity(new);
        Some(StandingChange {
            scorecard: self.new.identifier.clone(),
            name: Name::of(entity),
            entity: new,
            teams: teams(self.head, entity),
            before: old_level,
            after: new_level,
            rules,
        })
    }

    /// Returns the level in the base, numbered as the head numbers the levels.
    fn level_before(&self, standing: Standing<'_>) -> Level {
        let title = standing.reached().title.clone();
        let number = self.new.find_level(&title).unwrap_or(standing.level);
        Level { title, number }
    }

    /// Returns the rules that came out differently; when the level changed, also those that changed themselves.
    fn rules(&self, before: &Standing<'_>, after: &Standing<'_>, level: bool) -> Vec<RuleChange> {
        let mut changes = Vec::new();
        for (at, &outcome) in after.outcomes.iter().enumerate() {
            let was = self.rules[at].map(|(old, _)| before.outcomes[old]);
            let changed = self.rules[at].is_none_or(|(_, unchanged)| !unchanged);
            let stands = !outcome.counts_as_passed();
            let tells = match was {
                Some(was) => was != outcome || changed && level,
                None => level && (stands || after.level >= before.level),
            };
            if tells {
                changes.push(self.rule(at, was, outcome, before.entity, after.entity));
            }
        }
        for &at in self.gone.iter().filter(|_| level) {
            changes.push(RuleChange {
                rule: self.old.rules[at].identifier.clone(),
                before: Some(before.outcomes[at]),
                after: None,
                cause: Cause::RemovedRule,
                evidence: Vec::new(),
            });
        }
        changes
    }

    fn rule(
        &self,
        at: usize,
        before: Option<Outcome>,
        after: Outcome,
        old: EntityId,
        new: EntityId,
    ) -> RuleChange {
        let cause = match (self.rules[at], before) {
            (None, _) => Cause::NewRule,
            (Some((_, false)), _) => Cause::ChangedRule,
            (_, Some(Outcome::Waived)) if after != Outcome::Passed => Cause::WaiverEnded,
            _ if after == Outcome::Waived => Cause::Waived,
            _ => Cause::Facts,
        };
        let rule = self.new.rules[at].identifier.clone();
        RuleChange { rule, before, after: Some(after), cause, evidence: self.evidence(at, old, new) }
    }

    /// Returns the conditions that saw something else than before; when all saw the same, those that do not hold.
    fn evidence(&self, at: usize, old: EntityId, new: EntityId) -> Vec<EvidenceChange> {
        let standards = &self.head.standards;
        let after = standards.evidence(self.head.known(), self.new.scorecard, at, new);
        let standards = &self.base.standards;
        let before = match self.rules[at] {
            Some((was, _)) => standards.evidence(self.base.known(), self.old.scorecard, was, old),
            None => Vec::new(),
        };
        let was = |now: &Evidence<'_>| before.iter().find(|was| was.asked == now.asked);
        let differs =
            |now: &&Evidence<'_>| was(now).is_none_or(|was| (was.truth, &was.seen) != (now.truth, &now.seen));
        let mut told: Vec<&Evidence<'_>> = after.iter().filter(differs).collect();
        if told.is_empty() {
            told = after.iter().filter(|now| now.truth != Truth::Holds).collect();
        }
        let change = |now: &Evidence<'_>| EvidenceChange {
            asked: now.asked.to_string(),
            before: was(now).map(|was| was.seen.clone()),
            after: Some(now.seen.clone()),
            place: now.span.map(|span| Place::of(&self.head.sources, span)),
        };
        told.into_iter().map(change).collect()
    }
}
