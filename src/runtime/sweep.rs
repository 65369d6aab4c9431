//! Sweep: what is due, because time has passed.
//!
//! A CI system starts it late, or twice, or not for a week. So nothing is counted in it: what is due follows from the
//! catalog, the clock and the record, and what is on record is not done again. A record that waits on a branch counts as
//! one that is merged, and so does what it changes: an environment whose time was extended lives on, whether somebody
//! has merged that yet or not.

mod expiry;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::event::{About, Event, Scene, What};
use super::ledger::Ledger;
use super::plan::{Plan, Planner, Start};
use super::report::Effect;
use super::request::EntityName;
use super::run::{Cause, Status};
use super::trigger::Trigger;
use crate::catalog::EntityRef;
use crate::model::instant::{Age, Instant};
use crate::model::schedule::Schedule;
use crate::portal::Portal;
use crate::printable::plural;

/// How long ago a schedule may have been due that has never run: one that was just written does not start for what lies
/// before it.
const FIRST_SIGHT: Age = Age::days(1);

/// What is done, when something is due.
#[derive(Debug, Clone, Copy)]
pub struct Sweep<'a, 's> {
    /// The catalog.
    pub portal: &'a Portal,
    /// Its automations.
    pub triggers: &'s [Trigger<'a>],
    /// The runs that are on record.
    pub ledger: &'s Ledger,
}

/// Something that is due, and since when.
type Due<'a> = (Instant, Start<'a>);

impl<'a> Sweep<'a, '_> {
    /// Returns what is due: schedules and initiatives, then what has expired, in the order in which it did. Of more than
    /// `most`, the rest is left for the next time.
    pub fn plan(&self, most: usize) -> Plan<'a> {
        let mut plan = Plan::default();
        self.schedules(&mut plan);
        self.initiatives(&mut plan);
        let waiting = Waiting::of(self.ledger);
        let mut expired = self.timers(&waiting, &mut plan);
        expired.extend(self.ends(&waiting, &mut plan));
        // Stable: who is told that something has expired is told before it is taken away.
        expired.sort_by_key(|(since, _)| *since);
        plan.starts.extend(expired.into_iter().map(|(_, start)| start));
        let left = plan.starts.len().saturating_sub(most);
        if left > 0 {
            plan.warnings.push(format!("{} left for the next sweep", plural(left, "run is", "runs are")));
            plan.starts.truncate(most);
        }
        plan
    }

    fn planner(&self) -> Planner<'a, '_> {
        let now = self.portal.now;
        let scene = Scene { before: None, after: self.portal, actor: None, at: now, origin: "time" };
        let (triggers, ledger) = (self.triggers, self.ledger);
        Planner { triggers, ledger, scene, point: "", cause: Cause::Due, now }
    }

    /// Adds the automations whose schedule was due since they ran last.
    fn schedules(&self, plan: &mut Plan<'a>) {
        let planner = self.planner();
        for trigger in self.triggers {
            let automation = &trigger.definition.value;
            if automation.event.as_ref().is_none_or(|event| event.value != What::Schedule.name()) {
                continue;
            }
            let Some(expression) = &automation.schedule else { continue };
            let schedule = match Schedule::parse(&expression.value) {
                Ok(schedule) => schedule,
                Err(error) => {
                    plan.fault(format!("the schedule of `{}` is wrong: {error}", trigger.name()));
                    continue;
                }
            };
            let Some(due) = schedule.last_before(self.portal.now) else { continue };
            let about = About::Schedule { expression: expression.value.clone(), due };
            let event = Event { what: What::Schedule, entity: None, about, parent: None };
            match self.untimely(trigger.name(), due) {
                Some(reason) => plan.pass(trigger.name(), What::Schedule.name(), event.subject(), reason),
                None => planner.consider(trigger, &event, plan),
            }
        }
    }

    /// Returns why an automation does not run for the instant at which it was due last.
    fn untimely(&self, automation: &str, due: Instant) -> Option<String> {
        let own = |run: &&super::ledger::Recorded| {
            run.run.automation.as_deref() == Some(automation) && run.run.cause == Cause::Due
        };
        match self.ledger.iter().rev().find(own) {
            Some(last) if last.at >= due => Some(format!("it has run since it was due at {}", due.iso())),
            None if self.portal.now.since(due) > FIRST_SIGHT => {
                Some(format!("it has never run, and was due at {}, more than a day ago", due.iso()))
            }
            _ => None,
        }
    }

    /// Adds the automations that wait for an initiative whose last day is over, with something left.
    fn initiatives(&self, plan: &mut Plan<'a>) {
        let planner = self.planner();
        for progress in &self.portal.progress {
            let number = progress.initiative;
            let open = progress.done() < progress.participants.len();
            let Some(deadline) = progress.deadline.filter(|deadline| *deadline <= self.portal.now && open)
            else {
                continue;
            };
            let identifier = self.portal.catalog.initiatives()[number].value.identifier.value.clone();
            let about = About::Initiative { number, identifier, deadline };
            planner.offer(&Event { what: What::InitiativeOverdue, entity: None, about, parent: None }, plan);
        }
    }

    /// Returns the automations that wait for a timer which has expired.
    fn timers(&self, waiting: &Waiting, plan: &mut Plan<'a>) -> Vec<Due<'a>> {
        let planner = self.planner();
        let mut expired = Vec::new();
        for (blueprint, property) in self.watched() {
            let Some(id) = self.portal.catalog.find_blueprint(blueprint) else { continue };
            for entity in self.portal.catalog.entities_of(id) {
                let Some(deadline) = waiting.deadline(entity, property).filter(|at| *at <= self.portal.now)
                else {
                    continue;
                };
                let entity = Some(named(entity));
                let about = About::Timer { property: property.to_string(), deadline };
                let mut own = Plan::default();
                planner.offer(&Event { what: What::TimerExpired, entity, about, parent: None }, &mut own);
                expired.extend(own.starts.into_iter().map(|start| (deadline, start)));
                own.faults.into_iter().for_each(|fault| plan.fault(fault));
                own.passed.into_iter().for_each(|passed| {
                    plan.pass(&passed.name, passed.what, passed.subject, passed.reason);
                });
            }
        }
        expired
    }

    /// Returns the timers that automations wait for: the blueprint and the property of each.
    fn watched(&self) -> BTreeSet<(&'a str, &'a str)> {
        let automations = self.triggers.iter().map(|trigger| &trigger.definition.value);
        let timers = automations.filter(|automation| {
            automation.event.as_ref().is_some_and(|event| event.value == What::TimerExpired.name())
        });
        let named = timers
            .filter_map(|automation| Some((automation.blueprint.as_ref()?, automation.property.as_ref()?)));
        named.map(|(blueprint, property)| (blueprint.value.as_str(), property.value.as_str())).collect()
    }
}

/// Returns the name of an entity.
fn named(entity: EntityRef<'_>) -> EntityName {
    EntityName {
        blueprint: entity.blueprint().identifier.value.clone(),
        identifier: entity.identifier().to_string(),
    }
}

/// What runs have changed that waits to be merged.
#[derive(Debug, Default)]
struct Waiting {
    properties: BTreeMap<EntityName, BTreeMap<String, Value>>,
    deleted: BTreeSet<EntityName>,
}

impl Waiting {
    /// Returns what the records change that are on branches.
    fn of(ledger: &Ledger) -> Self {
        let mut waiting = Self::default();
        let unmerged = ledger.iter().filter(|recorded| recorded.branch.is_some());
        for recorded in unmerged.filter(|recorded| recorded.run.status == Status::Success) {
            for effect in &recorded.run.effects {
                match effect {
                    Effect::Upsert(upsert) => {
                        waiting.deleted.remove(&upsert.name);
                        let own = waiting.properties.entry(upsert.name.clone()).or_default();
                        let values = upsert.properties.iter();
                        own.extend(values.map(|(name, value)| (name.clone(), value.clone())));
                    }
                    Effect::Delete(name) => {
                        waiting.properties.remove(name);
                        waiting.deleted.insert(name.clone());
                    }
                }
            }
        }
        waiting
    }

    /// Returns until when an entity lives, as its property says; `None` when it says nothing, or the entity is about to
    /// be gone.
    fn deadline(&self, entity: EntityRef<'_>, property: &str) -> Option<Instant> {
        let name = named(entity);
        if self.deleted.contains(&name) {
            return None;
        }
        let changed = self.properties.get(&name).and_then(|own| own.get(property));
        match changed {
            Some(value) => Instant::parse(value.as_str()?),
            None => Instant::parse(entity.property(property)?.as_str()?),
        }
    }
}
