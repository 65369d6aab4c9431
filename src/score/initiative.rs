//! Initiatives: who takes part, who has arrived, what is left.

use super::standard::{self, Standard, Standards};
use crate::catalog::{Definition, EntityId};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule};
use crate::git::History;
use crate::jq;
use crate::known::{Card, Known, Scores};
use crate::model::initiative::Initiative;
use crate::model::instant::Instant;
use crate::model::phrase::clip;
use crate::source::Sources;
use crate::worktree::{Files, Unreadable};

/// An entity that takes part in an initiative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The entity.
    pub entity: EntityId,
    /// The rules that it still has to pass: the scorecard's position in the catalog, and the rule's in it. None when it
    /// has arrived.
    pub missing: Vec<(usize, usize)>,
}

/// How far an initiative is.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Its position among the initiatives of the catalog.
    pub initiative: usize,
    /// Who takes part, by id.
    pub participants: Vec<Participant>,
    /// From when progress is counted.
    pub start: Option<Instant>,
    /// The first instant after it has to be done.
    pub deadline: Option<Instant>,
}

impl Progress {
    /// Returns how many have arrived.
    pub fn done(&self) -> usize {
        self.participants.iter().filter(|participant| participant.missing.is_empty()).count()
    }

    /// Returns how many have arrived, in whole percent, rounded down; 100 of nobody.
    pub fn percent(&self) -> usize {
        (self.done() * 100).checked_div(self.participants.len()).unwrap_or(100)
    }
}

/// What an initiative asks of the entities of one scorecard.
struct Goal<'a> {
    standard: &'a Standard,
    filter: Option<Condition>,
    /// The level to reach, and the rules to pass.
    level: usize,
    rules: Vec<usize>,
}

/// Returns how far each initiative of a catalog is; what is wrong with them goes to `findings`.
///
/// # Errors
/// When files that a filter asks about cannot be read.
pub fn progress(
    standards: &Standards,
    scores: &Scores,
    known: Known<'_>,
    sources: &Sources,
    files: &dyn Files,
    history: Option<&History>,
    findings: &mut Diagnostics,
) -> Result<Vec<Progress>, Unreadable> {
    let found = &mut Vec::new();
    let scope =
        Scope { catalog: known.catalog, graph: known.graph, blueprint: None, max_age: None, now: known.now };
    let mut lookups = Lookups::default();
    let goals: Vec<Vec<Goal<'_>>> = jq::on_deep_stack(|| {
        let initiatives = known.catalog.initiatives().iter();
        initiatives.map(|initiative| goals(initiative, standards, scope, &mut lookups, found)).collect()
    });
    let known = Known { scores: Some(scores), ..known };
    let gathered = Gathered::gather(&lookups, known, sources, files, history)?;
    let all = known.catalog.initiatives().iter().zip(goals).enumerate();
    let all = all.map(|(number, (definition, goals))| {
        let initiative = &definition.value;
        let start = initiative.start.as_ref();
        let deadline = initiative.deadline.as_ref();
        found.extend([start, deadline].into_iter().flatten().filter_map(|date| {
            let message = format!("`{}` is no date", clip(&date.value));
            let bad = Instant::parse(&date.value).is_none();
            bad.then(|| {
                Diagnostic::new(Rule::InvalidValue, date.span, message).help("write it as 2027-03-31")
            })
        }));
        Progress {
            initiative: number,
            participants: jq::on_deep_stack(|| participants(&goals, scores, known, &gathered)),
            start: start.and_then(|date| Instant::parse(&date.value)),
            deadline: deadline.and_then(|date| Instant::parse_end(&date.value)),
        }
    });
    let all = all.collect();
    findings.extend(std::mem::take(found));
    Ok(all)
}

fn goals<'s>(
    definition: &Definition<Initiative>,
    standards: &'s Standards,
    scope: Scope<'_>,
    lookups: &mut Lookups,
    found: &mut Vec<Diagnostic>,
) -> Vec<Goal<'s>> {
    let mut goals: Vec<Goal<'_>> = Vec::new();
    let document = scope.catalog.node(definition.place).document();
    for target in &definition.value.targets {
        let meant = standard::named(
            &standards.standards,
            scope.catalog,
            target.scorecard.as_ref(),
            target.blueprint.as_ref(),
            found,
        );
        let rules = standard::rules(&meant, &target.rules, found);
        for (standard, rules) in meant.into_iter().zip(rules) {
            let level = target.level.as_ref().and_then(|level| {
                let at = standard.levels.iter().position(|own| own.title == level.value);
                if at.is_none() {
                    found.push(standard::unknown_level(level, &standard.levels));
                }
                at
            });
            let scope = Scope { blueprint: Some(standard.blueprint), ..scope };
            let filter = definition.value.filter.as_ref();
            let filter = filter.map(|query| compile(query, document, scope, lookups, found));
            goals.push(Goal { standard, filter, level: level.unwrap_or(0), rules });
        }
    }
    goals
}

/// Returns the entities that one of the goals is for, each with what it has to do for all of them.
fn participants(
    goals: &[Goal<'_>],
    scores: &Scores,
    known: Known<'_>,
    gathered: &Gathered,
) -> Vec<Participant> {
    let mut participants: std::collections::BTreeMap<EntityId, Vec<(usize, usize)>> = Default::default();
    for goal in goals {
        let Some(card) = scores.cards.iter().find(|card| card.scorecard == goal.standard.scorecard) else {
            continue;
        };
        for standing in card.standings() {
            let asked = Asked::new(known, known.catalog.entity(standing.entity));
            if goal.filter.as_ref().is_some_and(|filter| filter.evaluate(&asked, gathered) != Truth::Holds) {
                continue;
            }
            let missing = participants.entry(standing.entity).or_default();
            let open = goal.open(card, standing.outcomes).map(|rule| (card.scorecard, rule));
            missing.extend(open);
            missing.sort_unstable();
            missing.dedup();
        }
    }
    participants.into_iter().map(|(entity, missing)| Participant { entity, missing }).collect()
}

impl Goal<'_> {
    /// Returns the rules that are still to be passed: those named, and those up to the level to reach.
    fn open(&self, card: &Card, outcomes: &[crate::known::Outcome]) -> impl Iterator<Item = usize> {
        let asked = |at: usize| {
            let rule = &card.rules[at];
            self.rules.contains(&at) || (rule.counts() && rule.level <= Some(self.level) && self.level > 0)
        };
        (0..outcomes.len()).filter(move |&at| asked(at) && !outcomes[at].counts_as_passed())
    }
}
