//! One rule and one entity: how it came out, and why.

use super::Board;
use crate::condition::{Evidence, Truth};
use crate::history::Place;
use crate::known::{CardRule, Outcome, Standing};
use crate::model::scorecard::{Rule, Stage};
use crate::model::waiver::Waiver;

/// How a rule came out for an entity, and why.
#[derive(Debug)]
pub(super) struct Verdict<'a> {
    pub(super) rule: &'a CardRule,
    pub(super) definition: Option<&'a Rule>,
    pub(super) level: Option<&'a str>,
    pub(super) outcome: Outcome,
    pub(super) evidence: Vec<Evidence<'a>>,
    pub(super) waiver: Option<&'a Waiver>,
}

impl<'a> Board<'a> {
    /// Returns how the rule at `at` came out for an entity. Call it inside
    /// [`on_deep_stack`](crate::jq::on_deep_stack).
    pub(super) fn verdict(&self, standing: &Standing<'a>, at: usize) -> Verdict<'a> {
        let (portal, card) = (self.portal, standing.card);
        let outcome = standing.outcomes[at];
        let known = portal.known();
        let waiver = (outcome == Outcome::Waived)
            .then(|| portal.standards.waiver(known, card.scorecard, at, standing.entity))
            .flatten();
        Verdict {
            rule: &card.rules[at],
            definition: portal.catalog.scorecards()[card.scorecard].value.rules.get(at),
            level: card.rules[at].level.map(|level| card.levels[level].title.as_str()),
            outcome,
            evidence: portal.standards.evidence(known, card.scorecard, at, standing.entity),
            waiver: waiver.map(|number| &portal.catalog.waivers()[number].value),
        }
    }

    /// Returns how all rules came out for an entity.
    pub(super) fn verdicts(&self, standing: &Standing<'a>) -> Vec<Verdict<'a>> {
        (0..standing.outcomes.len()).map(|at| self.verdict(standing, at)).collect()
    }

    /// Returns where the fact is that a condition saw.
    pub(super) fn place(&self, evidence: &Evidence<'_>) -> Option<Place> {
        evidence.span.map(|span| Place::of(&self.portal.sources, span))
    }

    /// Returns what a condition asked and saw, and where: `` `slo` is not empty: nothing (a.yaml:3) ``.
    pub(super) fn sentence(&self, evidence: &Evidence<'_>) -> String {
        let place = match &evidence.file {
            Some(file) => Some(file.clone()),
            None => self.place(evidence).map(|place| place.to_string()),
        };
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        format!("{}: {}{place}", evidence.asked, evidence.seen)
    }
}

impl Verdict<'_> {
    /// Returns whether something is to be done.
    pub(super) fn is_open(&self) -> bool {
        !self.outcome.counts_as_passed()
    }

    /// Returns what to do, when something is.
    pub(super) fn how_to_fix(&self) -> Option<&str> {
        self.definition.filter(|_| self.is_open()).and_then(|rule| rule.how_to_fix.as_deref())
    }

    /// Returns the waiver in words: `waived until 2027-02-01: one region until the move`.
    pub(super) fn waived(&self) -> Option<String> {
        let waiver = self.waiver?;
        let until = waiver.expires.as_ref().map(|day| format!(" until {}", day.value)).unwrap_or_default();
        let reason = waiver.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        Some(format!("waived{until}{reason}"))
    }
}

/// Returns the sign of an outcome.
pub(super) fn sign(outcome: Outcome) -> char {
    match outcome {
        Outcome::Passed => '✓',
        Outcome::Failed => '✗',
        Outcome::Unknown => '?',
        Outcome::Waived => '~',
    }
}

/// Returns the word for a truth.
pub(super) fn truth(truth: Truth) -> &'static str {
    match truth {
        Truth::Holds => "holds",
        Truth::Fails => "fails",
        Truth::Unknown => "unknown",
    }
}

/// Returns the word for a stage.
pub(super) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Preview => "preview",
        Stage::Warn => "warn",
        Stage::Enforce => "enforce",
    }
}
