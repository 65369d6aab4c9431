//! Waivers, compiled: who is excused from what, until when.

use rustc_hash::FxHashSet;

use super::standard::{self, Standard};
use crate::catalog::{Catalog, Definition, EntityId};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile as compile_condition};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::Spanned;
use crate::model::instant::Instant;
use crate::model::phrase::clip;
use crate::model::waiver::Waiver;

/// A waiver in force, for one scorecard.
#[derive(Debug)]
pub struct Excuse {
    /// Its position among the waivers of the catalog.
    pub waiver: usize,
    scorecard: usize,
    rules: Vec<usize>,
    entities: FxHashSet<EntityId>,
    filter: Option<Condition>,
}

impl Excuse {
    /// Returns whether it is for a rule of a scorecard, or for any of them.
    pub(super) fn is_for(&self, scorecard: usize, rule: Option<usize>) -> bool {
        self.scorecard == scorecard && rule.is_none_or(|rule| self.rules.contains(&rule))
    }

    /// Returns whether it excuses the entity from the rule.
    pub(super) fn covers(
        &self,
        scorecard: usize,
        rule: usize,
        asked: &Asked<'_>,
        gathered: &Gathered,
    ) -> bool {
        let holds = |filter: &Condition| filter.evaluate(asked, gathered) == Truth::Holds;
        self.scorecard == scorecard
            && self.rules.contains(&rule)
            && (self.entities.contains(&asked.entity.id()) || self.filter.as_ref().is_some_and(holds))
    }
}

/// Returns the first instant at which a waiver no longer holds: the end of the day that it names.
pub fn expiry(waiver: &Waiver) -> Option<Instant> {
    waiver.expires.as_ref().and_then(|expires| Instant::parse_end(&expires.value))
}

/// Returns the waivers in force; what is wrong with them, expired ones included, goes to `found`.
pub(super) fn compile(
    standards: &[Standard],
    scope: Scope<'_>,
    lookups: &mut Lookups,
    found: &mut Vec<Diagnostic>,
) -> Vec<Excuse> {
    let mut excuses = Vec::new();
    for (number, definition) in scope.catalog.waivers().iter().enumerate() {
        let waiver = &definition.value;
        let meant = standard::named(
            standards,
            scope.catalog,
            waiver.scorecard.as_ref(),
            waiver.blueprint.as_ref(),
            found,
        );
        let rules = standard::rules(&meant, &waiver.rules, found);
        check_target(waiver, found);
        report_unknown_entities(scope.catalog, &meant, waiver, found);
        let in_force = in_force(waiver, scope.now, found);
        for (standard, rules) in meant.into_iter().zip(rules) {
            let filter = filter(definition, standard, scope, lookups, found);
            let find = |name: &Spanned<String>| scope.catalog.find_entity(standard.blueprint, &name.value);
            let entities = waiver.entities.iter().filter_map(find).collect();
            if in_force {
                let scorecard = standard.scorecard;
                excuses.push(Excuse { waiver: number, scorecard, rules, entities, filter });
            }
        }
    }
    excuses
}

fn filter(
    definition: &Definition<Waiver>,
    standard: &Standard,
    scope: Scope<'_>,
    lookups: &mut Lookups,
    found: &mut Vec<Diagnostic>,
) -> Option<Condition> {
    let query = definition.value.filter.as_ref()?;
    let document = scope.catalog.node(definition.place).document();
    let scope = Scope { blueprint: Some(standard.blueprint), ..scope };
    Some(compile_condition(query, document, scope, lookups, found))
}

/// Reports a waiver that is for nobody.
fn check_target(waiver: &Waiver, found: &mut Vec<Diagnostic>) {
    if waiver.entities.is_empty() && waiver.filter.is_none() {
        let message = format!("`{}` does not say for whom it is", waiver.identifier.value);
        let finding = Diagnostic::new(Rule::MissingKey, waiver.identifier.span, message);
        found.push(finding.help("add `entity: …`, or a `filter`"));
    }
}

/// Reports entities that no judged blueprint has.
fn report_unknown_entities(
    catalog: &Catalog,
    standards: &[&Standard],
    waiver: &Waiver,
    found: &mut Vec<Diagnostic>,
) {
    let known =
        |name: &str| standards.iter().any(|standard| catalog.find_entity(standard.blueprint, name).is_some());
    let lost = |name: &str| catalog.is_unplaced(name) || catalog.is_lost(name);
    for name in waiver
        .entities
        .iter()
        .filter(|name| !standards.is_empty() && !known(&name.value) && !lost(&name.value))
    {
        let others = standards.iter().flat_map(|standard| catalog.entities_of(standard.blueprint));
        let help = did_you_mean(&name.value, others.map(|entity| entity.identifier()));
        let message = format!("the scorecard judges no entity `{}`", clip(&name.value));
        let help = help.unwrap_or_else(|| "correct the identifier, or remove the waiver".into());
        found.push(Diagnostic::new(Rule::UnknownStandard, name.span, message).help(help));
    }
}

/// Returns whether a waiver holds at `now`; reports one that no longer does, or has no date.
fn in_force(waiver: &Waiver, now: Instant, found: &mut Vec<Diagnostic>) -> bool {
    let Some(expires) = &waiver.expires else { return false };
    let Some(end) = expiry(waiver) else {
        let message = format!("`{}` is no date", clip(&expires.value));
        let finding = Diagnostic::new(Rule::InvalidValue, expires.span, message);
        found.push(finding.help("write the last day on which it holds: 2027-02-01"));
        return false;
    };
    if end > now {
        return true;
    }
    let age = now.since(end).shown();
    let message = format!("this waiver ended {age} ago: its rules count again");
    let finding = Diagnostic::new(Rule::ExpiredWaiver, expires.span, message);
    found.push(finding.help("fulfil the rule and remove the waiver, or have it approved for longer"));
    false
}
