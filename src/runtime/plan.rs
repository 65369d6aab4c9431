//! Plans: the runs that start, and those that do not and why.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::event::{Event, Scene};
use super::ledger::Ledger;
use super::request::{Actor, DEEPEST, EntityName};
use super::run::Cause;
use super::trigger::Trigger;
use crate::catalog::{Definition, Place};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::action::Action;
use crate::model::automation::Automation;
use crate::model::instant::Instant;
use crate::portal::Portal;
use crate::printable::plural;

/// What is done by a run that nobody asked for.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// What an automation does.
    Automation(&'a Definition<Automation>),
    /// What an action does when the time of what it created is over.
    Expiry(&'a Definition<Action>),
}

impl Of<'_> {
    /// Returns the name of the automation or action.
    pub fn name(&self) -> &str {
        match self {
            Self::Automation(definition) => &definition.value.identifier.value,
            Self::Expiry(definition) => &definition.value.identifier.value,
        }
    }

    /// Returns what people call it.
    pub fn label(&self) -> &str {
        match self {
            Self::Automation(definition) => definition.value.label(),
            Self::Expiry(definition) => definition.value.label(),
        }
    }
}

/// A run that is to start.
#[derive(Debug, Clone)]
pub struct Start<'a> {
    /// The name of the run.
    pub run: String,
    /// What it does.
    pub of: Of<'a>,
    /// Why it starts.
    pub cause: Cause,
    /// The event's name; `expired` of an expiry.
    pub what: &'static str,
    /// What people call what it is about.
    pub subject: String,
    /// The entity that it is about.
    pub entity: Option<EntityName>,
    /// What expressions see besides: `.event`, `.entity`, `.inputs`.
    pub sight: Sight,
    /// Who asked for what has expired.
    pub actor: Option<Actor>,
    /// When what has expired did, as an ISO 8601 instant.
    pub expired_at: Option<String>,
    /// The run that led to it.
    pub parent: Option<String>,
    /// How many runs led to it.
    pub depth: u32,
}

/// What the expressions of a run see of why it starts.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// The event; null of an expiry.
    pub event: Value,
    /// The entity that it is about.
    pub entity: Value,
    /// The inputs of the request that created what has expired.
    pub inputs: Map<String, Value>,
}

/// Runs that do not start, of one automation and for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The automation or action.
    pub name: String,
    /// The event's name.
    pub what: &'static str,
    /// What the first one is about.
    pub subject: String,
    /// How many others there are.
    pub others: usize,
    /// Why, as a phrase.
    pub reason: String,
}

/// The runs that start, in order, and those that do not.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    /// What starts.
    pub starts: Vec<Start<'a>>,
    /// What does not.
    pub passed: Vec<Passed>,
    /// What is wrong, a sentence each: a condition that fails.
    pub faults: Vec<String>,
    /// What people should know, a sentence each.
    pub warnings: Vec<String>,
}

impl Plan<'_> {
    /// Notes that something is wrong, once.
    pub fn fault(&mut self, fault: String) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Notes that a run does not start.
    pub fn pass(&mut self, name: &str, what: &'static str, subject: String, reason: String) {
        let same =
            |passed: &&mut Passed| passed.name == name && passed.what == what && passed.reason == reason;
        match self.passed.iter_mut().find(same) {
            Some(passed) => passed.others += 1,
            None => {
                self.passed.push(Passed { name: name.to_string(), what, subject, others: 0, reason });
            }
        }
    }

    /// Returns how many runs of each automation start, in words: `12 of notify, 3 of page`.
    pub fn counts(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for start in &self.starts {
            *counts.entry(start.of.name()).or_default() += 1;
        }
        let words: Vec<String> =
            counts.into_iter().map(|(name, count)| format!("{count} of `{name}`")).collect();
        words.join(", ")
    }
}

/// What makes a plan of events.
#[derive(Debug)]
pub struct Planner<'a, 's> {
    /// The automations of the catalog, in its order.
    pub triggers: &'s [Trigger<'a>],
    /// The runs that are on record.
    pub ledger: &'s Ledger,
    /// Where the events happened.
    pub scene: Scene<'s>,
    /// The commit of a change; empty of what is due, whose instant tells it apart.
    pub point: &'s str,
    /// Why the runs start.
    pub cause: Cause,
    /// The instant of the run.
    pub now: Instant,
}

impl<'a> Planner<'a, '_> {
    /// Adds to `plan` what an event starts.
    pub fn offer(&self, event: &Event, plan: &mut Plan<'a>) {
        for trigger in self.triggers.iter().filter(|trigger| trigger.waits_for(event)) {
            self.consider(trigger, event, plan);
        }
    }

    /// Adds to `plan` the run of an automation that waits for an event, or why there is none.
    pub fn consider(&self, trigger: &Trigger<'a>, event: &Event, plan: &mut Plan<'a>) {
        let (name, what) = (trigger.name(), event.what.name());
        let run = trigger.run(event, self.point);
        if let Some(mistake) = mistake(self.scene.after, trigger.definition.place) {
            plan.fault(format!(
                "the automation `{name}` does not start, for its definition has mistakes: {mistake}"
            ));
            plan.pass(name, what, event.subject(), "its definition has mistakes".into());
            return;
        }
        if let Some(reason) = self.obstacle(trigger, event, &run) {
            plan.pass(name, what, event.subject(), reason);
            return;
        }
        let json = self.scene.json(event);
        match trigger.holds(&json, self.now) {
            Ok(true) => plan.starts.push(self.start(trigger, event, run, json)),
            Ok(false) => plan.pass(name, what, event.subject(), "its condition does not hold".into()),
            Err(why) => {
                plan.faults.push(format!(
                    "the condition of `{name}` cannot be asked about {what} of `{}`: {why}",
                    event.subject()
                ));
                plan.pass(name, what, event.subject(), "its condition fails".into());
            }
        }
    }

    /// Returns why an automation does not start, whatever its condition says.
    fn obstacle(&self, trigger: &Trigger<'_>, event: &Event, run: &str) -> Option<String> {
        let depth = event.parent.as_ref().map_or(0, |parent| parent.depth);
        if !trigger.definition.value.published {
            Some("it is a draft: `publish: true` puts it in force".into())
        } else if self.ledger.contains(run) {
            Some("it has been started before".into())
        } else if depth >= DEEPEST {
            let count = usize::try_from(depth).unwrap_or(usize::MAX);
            Some(format!("{} led to it, so it may be a loop", plural(count + 1, "run", "runs")))
        } else {
            None
        }
    }

    fn start(&self, trigger: &Trigger<'a>, event: &Event, run: String, json: Value) -> Start<'a> {
        let parent = event.parent.as_ref();
        let depth = parent.map_or(0, |parent| parent.depth + 1);
        Start {
            run,
            of: Of::Automation(trigger.definition),
            cause: self.cause,
            what: event.what.name(),
            subject: event.subject(),
            entity: event.entity.clone(),
            sight: Sight { entity: self.scene.entity(event), event: json, inputs: Map::new() },
            actor: None,
            expired_at: None,
            parent: parent.map(|parent| parent.run.clone()),
            depth,
        }
    }
}

/// Returns what is wrong with a definition, if anything is. A step that is mistaken is none, and what is left must not
/// run without it.
pub(super) fn mistake(portal: &Portal, place: Place) -> Option<&str> {
    let whole = portal.catalog.node(place).span();
    let inside = |finding: &&Diagnostic| {
        let span = finding.primary.span;
        span.source == whole.source && whole.start <= span.start && span.end <= whole.end
    };
    let mut findings = portal.diagnostics.as_slice().iter();
    findings
        .find(|finding| finding.severity == Severity::Error && inside(finding))
        .map(|finding| finding.message.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::event::{About, Parent, What};
    use super::super::run::testing::run as record;
    use super::*;
    use crate::portal::Origin;
    use crate::worktree::Memory;

    const BLUEPRINT: &str = "identifier: Service\ntitle: Service\nschema: {properties: {}}\n";

    /// Automations that wait for any change of a service, with these members.
    fn open(automations: &[(&str, &str)]) -> Portal {
        let event = "{type: ANY_ENTITY_CHANGE, blueprintIdentifier: Service}";
        let texts: Vec<(String, String)> = automations
            .iter()
            .map(|(name, more)| {
                let trigger =
                    format!("{{type: automation, event: {event}{}}}", more.split('§').nth(1).unwrap_or(""));
                let rest = more.split('§').next().unwrap_or_default();
                (
                    format!("automations/{name}.yaml"),
                    format!("{{identifier: {name}, trigger: {trigger}, {rest}}}"),
                )
            })
            .collect();
        let texts = texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let files = Memory::new([("blueprints/s.yaml", BLUEPRINT)].into_iter().chain(texts));
        Portal::open(Origin::new(&files, Instant::default()), None).unwrap_or_else(|error| panic!("{error}"))
    }

    fn changed(identifier: &str, depth: Option<u32>) -> Event {
        Event {
            what: What::EntityUpdated,
            entity: Some(EntityName { blueprint: "Service".into(), identifier: identifier.into() }),
            about: About::Entity(Vec::new()),
            parent: depth.map(|depth| Parent { run: "gh-1-1".into(), depth }),
        }
    }

    const ON: &str = "publish: true, steps: [{run: x}]";

    /// Returns the plan of these events, with these runs on record.
    fn plan<'p>(portal: &'p Portal, events: &[Event], on_record: &[&str]) -> Plan<'p> {
        let triggers: Vec<Trigger<'_>> = portal.catalog.automations().iter().map(Trigger::of).collect();
        let ledger = Ledger::of(on_record.iter().map(|id| record(id, "2026-11-21T11:00:00Z")));
        let scene = Scene { before: None, after: portal, actor: None, at: portal.now, origin: "git" };
        let (triggers, ledger) = (triggers.as_slice(), &ledger);
        let planner =
            Planner { triggers, ledger, scene, point: "c0ffee", cause: Cause::Change, now: portal.now };
        let mut plan = Plan::default();
        events.iter().for_each(|event| planner.offer(event, &mut plan));
        plan
    }

    #[test]
    fn runs_start_in_the_order_of_events_then_of_automations() {
        let portal = open(&[("b", ON), ("a", ON)]);
        let plan = plan(&portal, &[changed("two", None), changed("one", Some(1))], &[]);
        let starts: Vec<String> = plan
            .starts
            .iter()
            .map(|start| format!("{} {} {}", start.of.name(), start.subject, start.depth))
            .collect();
        assert_eq!(starts, ["a Service/two 0", "b Service/two 0", "a Service/one 2", "b Service/one 2"]);
        assert_eq!(plan.starts[2].parent.as_deref(), Some("gh-1-1"));
        assert_eq!(plan.counts(), "2 of `a`, 2 of `b`");
    }

    #[test]
    fn what_does_not_start_says_why_once() {
        let asks = |jq: &str| format!("{ON}§, condition: {{type: JQ, expressions: ['{jq}']}}");
        for (more, events, reason, faults) in [
            ("publish: false, steps: [{run: x}]", 3, "it is a draft", 0),
            ("steps: [{run: x}]", 2, "it is a draft", 0),
            (&asks(".diff.before != null"), 2, "its condition does not hold", 0),
            // Each event is told of when its condition fails: they may fail for different reasons.
            (&asks(".diff | error"), 2, "its condition fails", 2),
            ("publish: true, steps: [{rnu: x}]", 2, "its definition has mistakes", 1),
        ] {
            let portal = open(&[("a", more)]);
            let events: Vec<Event> = (0..events).map(|number| changed(&number.to_string(), None)).collect();
            let plan = plan(&portal, &events, &[]);
            let [passed] = plan.passed.as_slice() else { panic!("{more}: {:?}", plan.passed) };
            assert!(plan.starts.is_empty() && passed.reason.starts_with(reason), "{more}: {passed:?}");
            assert_eq!((passed.subject.as_str(), passed.others), ("Service/0", events.len() - 1), "{more}");
            assert_eq!(plan.faults.len(), faults, "{more}: {:?}", plan.faults);
        }
    }

    #[test]
    fn what_is_on_record_does_not_start_again_and_circles_end() {
        let portal = open(&[("a", ON)]);
        let first = plan(&portal, &[changed("x", None)], &[]).starts[0].run.clone();
        let again = plan(&portal, &[changed("x", None), changed("y", None)], &[&first]);
        assert_eq!((again.starts.len(), again.passed[0].reason.as_str()), (1, "it has been started before"));
        for (depth, starts) in [(0, 1), (2, 1), (3, 0), (u32::MAX, 0)] {
            let plan = plan(&portal, &[changed("x", Some(depth))], &[]);
            assert_eq!(plan.starts.len(), starts, "{depth}: {:?}", plan.passed);
        }
    }
}
