//! Expiries: what an action created for a time, when that is over.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Due, Sweep, Waiting, named};
use crate::catalog::{Definition, EntityRef};
use crate::model::Spanned;
use crate::model::action::Action;
use crate::model::instant::Instant;
use crate::procedure::{Deed, Procedure};
use crate::runtime::event::{About, Event, What};
use crate::runtime::plan::{Of, Plan, Sight, Start, mistake};
use crate::runtime::report::Effect;
use crate::runtime::request::EntityName;
use crate::runtime::run::{Cause, Run, Status};
use crate::runtime::setting;
use crate::runtime::trigger::digest;

/// How often an end that fails is tried.
const MOST_TRIES: usize = 5;

/// The name of an expiry among events.
const EXPIRED: &str = "expired";

/// The end of an entity.
struct End<'a, 'l> {
    entity: EntityName,
    /// Its timer.
    property: &'a str,
    deadline: Instant,
    /// The run that created it; `None` when that is not on record.
    creator: Option<&'l Run>,
}

/// How to go on with ending something.
enum Try {
    /// By a run of this name.
    Next(String),
    /// It has been ended.
    Ended,
    /// It has failed too often, last in this run.
    Spent(String),
}

impl<'a> Sweep<'a, '_> {
    /// Returns the ends of what actions created whose time is over.
    pub(super) fn ends(&self, waiting: &Waiting, plan: &mut Plan<'a>) -> Vec<Due<'a>> {
        let creators = self.creators();
        let catalog = &self.portal.catalog;
        let mut ends = Vec::new();
        for (id, blueprint) in catalog.blueprints() {
            let Some(property) = blueprint.timer() else { continue };
            for entity in catalog.entities_of(id) {
                let Some(deadline) = waiting.deadline(entity, property).filter(|at| *at <= self.portal.now)
                else {
                    continue;
                };
                let name = named(entity);
                let creator = creators.get(&name).copied();
                let end = End { entity: name, property, deadline, creator };
                let start = self.end(&end, entity, plan);
                ends.extend(start.map(|start| (deadline, start)));
            }
        }
        ends
    }

    /// Returns the last run on record that gave each entity its time: what is of the action's own blueprint gets one, or,
    /// when that has no timer, whatever it writes that has one.
    fn creators(&self) -> BTreeMap<EntityName, &Run> {
        let actions = self.portal.catalog.actions().iter();
        let blueprint = |action: &'a Definition<Action>| {
            (action.value.identifier.value.as_str(), action.value.blueprint.as_ref())
        };
        let catalog = &self.portal.catalog;
        let is_timed = |name: &str| {
            catalog.find_blueprint(name).is_some_and(|id| catalog.blueprint(id).timer().is_some())
        };
        let gives = |own: &Spanned<String>, other: &str| own.value == other || !is_timed(&own.value);
        let blueprints: BTreeMap<&str, Option<&Spanned<String>>> = actions.map(blueprint).collect();
        let mut creators = BTreeMap::new();
        let requests = self.ledger.iter().map(|recorded| &recorded.run);
        for run in requests.filter(|run| run.cause == Cause::Request && run.expires_at.is_some()) {
            let known = run.action.as_deref().and_then(|action| blueprints.get(action));
            for effect in &run.effects {
                if let Effect::Upsert(upsert) = effect
                    && known.is_none_or(|own| own.is_some_and(|own| gives(own, &upsert.name.blueprint)))
                {
                    creators.insert(upsert.name.clone(), run);
                }
            }
        }
        creators
    }

    /// Returns the end of an entity; `None` when nobody ends it, or it has been ended.
    fn end(&self, end: &End<'a, '_>, entity: EntityRef<'a>, plan: &mut Plan<'a>) -> Option<Start<'a>> {
        let subject = format!("{}/{}", end.entity.blueprint, end.entity.identifier);
        let action = match self.action(end) {
            Ok(action) => action?,
            Err(reason) => {
                plan.pass("", EXPIRED, subject, reason);
                return None;
            }
        };
        let name = action.value.identifier.value.as_str();
        if let Some(mistake) = mistake(self.portal, action.place) {
            plan.fault(format!("`{name}` ends nothing, for its definition has mistakes: {mistake}"));
            return None;
        }
        let run = match self.next_try(&id(end, name)) {
            Try::Next(run) => run,
            Try::Ended => {
                plan.pass(name, EXPIRED, subject, "it has been ended before".into());
                return None;
            }
            Try::Spent(last) => {
                let why = format!("its end has failed {MOST_TRIES} times, last in the run `{last}`");
                plan.warnings.push(format!("`{subject}` has expired, and {why}: end it by hand"));
                plan.pass(name, EXPIRED, subject, why);
                return None;
            }
        };
        let creator = end.creator;
        Some(Start {
            run,
            of: Of::Expiry(action),
            cause: Cause::Expiry,
            what: EXPIRED,
            subject,
            entity: Some(end.entity.clone()),
            sight: Sight {
                event: Value::Null,
                entity: setting::entity(self.portal, Some(&named(entity))),
                inputs: creator.map(|run| run.inputs.clone()).unwrap_or_default(),
            },
            actor: creator.and_then(|run| run.actor.clone()),
            expired_at: Some(end.deadline.iso()),
            parent: creator.map(|run| run.id.clone()),
            depth: creator.map_or(0, |run| run.depth + 1),
        })
    }

    /// Returns the action that ends an entity: the one that created it, as far as that is on record and still there,
    /// else the only one with a time to live whose entities are of its blueprint.
    ///
    /// # Errors
    /// Why it is left to somebody else, or nobody.
    fn action(&self, end: &End<'_, '_>) -> Result<Option<&'a Definition<Action>>, String> {
        let actions = self.portal.catalog.actions();
        let mortal = |action: &&Definition<Action>| action.value.ttl.is_some();
        if let Some(own) = end.creator.and_then(|run| run.action.as_deref())
            && let Some(found) = actions.iter().filter(mortal).find(|it| it.value.identifier.value == own)
        {
            return Ok(Some(found));
        }
        let blueprint = Some(&end.entity.blueprint);
        let fits = |action: &&Definition<Action>| {
            mortal(action)
                && action.value.published
                && action.value.blueprint.as_ref().map(|name| &name.value) == blueprint
        };
        let found: Vec<&Definition<Action>> = actions.iter().filter(fits).collect();
        match found.as_slice() {
            [] => Ok(None),
            [only] => match self.remover(end) {
                Some(automation) => Err(format!("the automation `{automation}` deletes it")),
                None => Ok(Some(only)),
            },
            several => {
                let names: Vec<String> =
                    several.iter().map(|it| format!("`{}`", it.value.identifier.value)).collect();
                Err(format!("any of {} may have created it, and no record says which", names.join(", ")))
            }
        }
    }

    /// Returns the automation that deletes an entity whose timer has expired.
    fn remover(&self, end: &End<'_, '_>) -> Option<&'a str> {
        let about = About::Timer { property: end.property.to_string(), deadline: end.deadline };
        let entity = Some(end.entity.clone());
        let event = Event { what: What::TimerExpired, entity, about, parent: None };
        let planner = self.planner();
        let removes = |trigger: &&super::Trigger<'a>| {
            let procedure = Procedure::of_automation(&self.portal.catalog, trigger.definition);
            trigger.definition.value.published
                && trigger.waits_for(&event)
                && procedure.all().any(|task| task.deed == Deed::DeleteEntity)
                && trigger.holds(&planner.scene.json(&event), self.portal.now) == Ok(true)
        };
        self.triggers.iter().find(removes).map(super::Trigger::name)
    }

    /// Returns how to go on with ending something, whose first try is called `first`.
    fn next_try(&self, first: &str) -> Try {
        let name = |number: usize| match number {
            1 => first.to_string(),
            number => format!("{first}-{number}"),
        };
        for number in 1..=MOST_TRIES {
            match self.ledger.get(&name(number)) {
                None => return Try::Next(name(number)),
                Some(recorded) if recorded.run.status == Status::Success => return Try::Ended,
                Some(_) => {}
            }
        }
        Try::Spent(name(MOST_TRIES))
    }
}

/// Returns the name of the first run that ends something.
fn id(end: &End<'_, '_>, action: &str) -> String {
    let by = end.creator.map_or(action, |run| run.id.as_str());
    let (entity, deadline) = (&end.entity, end.deadline.millis().to_string());
    let parts = [by.to_string(), entity.blueprint.clone(), entity.identifier.clone(), deadline];
    format!("end-{}", digest(&parts))
}
