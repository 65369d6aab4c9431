//! What happened to entities from one catalog to another.

use std::collections::{BTreeMap, BTreeSet};

use super::{About, Event, Parent, What};
use crate::history::{Change, EntityChange, Fate, Name, Sort, StandingChange};
use crate::known::Outcome;
use crate::portal::Portal;
use crate::runtime::report::Effect;
use crate::runtime::request::EntityName;
use crate::runtime::run::Run;

/// Which runs changed which entities.
#[derive(Debug, Clone, Default)]
pub struct Parents {
    by_entity: BTreeMap<EntityName, Parent>,
    /// The one that most runs led to.
    deepest: Option<Parent>,
}

impl Parents {
    /// Returns what the effects of these runs changed.
    pub fn of<'r>(runs: impl IntoIterator<Item = &'r Run>) -> Self {
        let mut parents = Self::default();
        for run in runs.into_iter().filter(|run| !run.effects.is_empty()) {
            let parent = Parent { run: run.id.clone(), depth: run.depth };
            for effect in &run.effects {
                let name = match effect {
                    Effect::Upsert(upsert) => &upsert.name,
                    Effect::Delete(name) => name,
                };
                let known = parents.by_entity.get(name);
                if known.is_none_or(|known| known.depth < parent.depth) {
                    parents.by_entity.insert(name.clone(), parent.clone());
                }
            }
            if parents.deepest.as_ref().is_none_or(|known| known.depth < parent.depth) {
                parents.deepest = Some(parent);
            }
        }
        parents
    }

    /// Returns the run that changed an entity. What nobody wrote (`written` is false), such as a level that fell because
    /// of another entity, may be due to any of the runs, so the one counts that most runs led to.
    fn of_entity(&self, name: &EntityName, written: bool) -> Option<Parent> {
        let own = self.by_entity.get(name);
        own.or(self.deepest.as_ref().filter(|_| !written)).cloned()
    }
}

/// Returns what happened to entities between two catalogs: those that are new, changed or gone, by blueprint and
/// identifier, then those that score differently, by scorecard. Only what is written counts as a change, as with Port:
/// neither mirrored nor calculated values do.
pub fn between(before: &Portal, after: &Portal, parents: &Parents) -> Vec<Event> {
    let change = Change::between(before, after);
    let mut events: Vec<Event> =
        change.entities.iter().filter_map(|change| entity(change, parents)).collect();
    let written: BTreeSet<EntityName> = events.iter().filter_map(|event| event.entity.clone()).collect();
    for standing in &change.standings {
        let name = named(&standing.name);
        let parent = parents.of_entity(&name, written.contains(&name));
        standings(after, standing, &name, parent.as_ref(), &mut events);
    }
    events
}

fn named(name: &Name) -> EntityName {
    EntityName { blueprint: name.blueprint.clone(), identifier: name.identifier.clone() }
}

fn entity(change: &EntityChange, parents: &Parents) -> Option<Event> {
    let written = change.values.iter().filter(|value| value.sort != Sort::Computed);
    let changed: Vec<String> = written.map(|value| value.name.clone()).collect();
    let what = match change.fate {
        Fate::Added => What::EntityCreated,
        Fate::Removed => What::EntityDeleted,
        Fate::Changed if changed.is_empty() => return None,
        Fate::Changed => What::EntityUpdated,
    };
    let name = named(&change.name);
    let parent = parents.of_entity(&name, true);
    Some(Event { what, entity: Some(name), about: About::Entity(changed), parent })
}

/// Adds what a different standing means: a level that fell or rose, then the rules that failed.
fn standings(
    after: &Portal,
    change: &StandingChange,
    name: &EntityName,
    parent: Option<&Parent>,
    events: &mut Vec<Event>,
) {
    let title = |level: &Option<crate::history::Level>| level.as_ref().map(|level| level.title.clone());
    let mut add = |what, rule: Option<String>| {
        let (scorecard, before, after) =
            (change.scorecard.clone(), title(&change.before), title(&change.after));
        let about = About::Score { scorecard, rule, before, after };
        events.push(Event { what, entity: Some(name.clone()), about, parent: parent.cloned() });
    };
    if change.falls() {
        add(What::ScorecardDegraded, None);
    } else if change.rises() {
        add(What::ScorecardImproved, None);
    }
    let blueprint = after.catalog.entity(change.entity).blueprint_id();
    let Some(card) = after.scores.find(&change.scorecard, Some(blueprint)) else { return };
    for rule in &change.rules {
        let passed = rule.before.is_some_and(Outcome::counts_as_passed);
        let counts = card.find_rule(&rule.rule).is_some_and(|at| card.rules[at].counts());
        if passed && counts && rule.after == Some(Outcome::Failed) {
            add(What::RuleFailed, Some(rule.rule.clone()));
        }
    }
}
