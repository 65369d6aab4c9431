//! What conditions and templates see of an event.

use serde_json::{Map, Value, json};

use super::{About, Event, What};
use crate::catalog::EntityId;
use crate::model::instant::Instant;
use crate::portal::Portal;
use crate::runtime::actor::user_json;
use crate::runtime::request::{Actor, EntityName};
use crate::runtime::run::{Run, Status};
use crate::runtime::setting;

/// Where events happened: the catalog before and after, who did it and when.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The catalog before; `None` when only time has passed.
    pub before: Option<&'a Portal>,
    /// The catalog now.
    pub after: &'a Portal,
    /// Who did it, as far as it is known.
    pub actor: Option<&'a Actor>,
    /// When.
    pub at: Instant,
    /// By what it came about: `git`, `time`.
    pub origin: &'a str,
}

impl Scene<'_> {
    /// Returns an event as Port has it: `.diff` with what was before and what is after, `.action`, `.context`,
    /// `.trigger`, and what portal adds: `.type`, `.scorecard`, `.rule`, `.level`, `.initiative`, `.schedule`. Conditions
    /// see it as a whole, templates as `.event`.
    pub fn json(&self, event: &Event) -> Value {
        let (before, after) = self.diff(event);
        let mut json = Map::new();
        let mut set = |name: &str, value: Value| json.insert(name.to_string(), value);
        set("type", event.what.name().into());
        if let Some(action) = event.what.action() {
            set("action", action.into());
        }
        set("resourceType", event.what.resource().into());
        set("context", context(event));
        set("trigger", self.trigger(event));
        set("diff", json!({"before": before, "after": after}));
        match &event.about {
            About::Score { scorecard, rule, before, after } => {
                set("scorecard", scorecard.as_str().into());
                rule.as_ref().map(|rule| set("rule", rule.as_str().into()));
                set("level", json!({"before": before, "after": after}));
            }
            About::Initiative { number, .. } => {
                set("initiative", self.initiative(*number));
            }
            About::Schedule { expression, due } => {
                set("schedule", json!({"expression": expression, "due": due.iso()}));
            }
            About::Entity(_) | About::Timer { .. } | About::Run(_) => {}
        }
        Value::Object(json)
    }

    /// Returns the entity that an event is about, as templates see it at `.entity`: as it is, or last was; null when
    /// there is none.
    pub fn entity(&self, event: &Event) -> Value {
        let Some(name) = &event.entity else { return Value::Null };
        let before = || self.before.map_or(Value::Null, |portal| setting::entity(portal, Some(name)));
        let after = setting::entity(self.after, Some(name));
        if after.is_null() { before() } else { after }
    }

    fn diff(&self, event: &Event) -> (Value, Value) {
        if let About::Run(run) = &event.about {
            let begun = self.run(run, None);
            return match event.what {
                What::RunCreated => (Value::Null, begun),
                _ => (begun, self.run(run, Some(run.status))),
            };
        }
        let Some(name) = &event.entity else { return (Value::Null, Value::Null) };
        let before = self.before.map_or(Value::Null, |portal| setting::entity(portal, Some(name)));
        (before, setting::entity(self.after, Some(name)))
    }

    /// Returns a run as Port has it: at its beginning, or as it ended.
    fn run(&self, run: &Run, status: Option<Status>) -> Value {
        let catalog = &self.after.catalog;
        let action = run.action.as_deref().unwrap_or_default();
        let known = catalog.actions().iter().find(|known| known.value.identifier.value == action);
        let blueprint = match &run.entity {
            Some(entity) => Some(entity.blueprint.clone()),
            None => known.and_then(|known| Some(known.value.blueprint.as_ref()?.value.clone())),
        };
        let titled =
            |identifier: &str, title: Option<&str>| json!({"identifier": identifier, "title": title});
        let blueprint = blueprint.map(|name| {
            let found = catalog.find_blueprint(&name);
            titled(&name, found.and_then(|id| catalog.blueprint(id).title.as_deref()))
        });
        let entity = run.entity.as_ref().map(|name| {
            let found = find(self.after, name).map(|id| catalog.entity(id));
            titled(&name.identifier, found.and_then(crate::catalog::EntityRef::title))
        });
        let actor = run.actor.as_ref();
        let creator = actor
            .map(|actor| [&actor.email, &actor.user].into_iter().flatten().next().unwrap_or(&actor.login));
        json!({
            "id": run.id,
            "status": status_word(status),
            "action": titled(action, known.and_then(|known| known.value.title.as_deref())),
            "properties": run.inputs,
            "blueprint": blueprint,
            "entity": entity,
            "createdAt": run.at,
            "createdBy": creator,
            "endedAt": status.map(|_| run.ended_at.as_str()),
            "link": run.link,
            "summary": status.filter(|_| !run.reasons.is_empty()).map(|_| run.reasons.join("\n")),
        })
    }

    /// Returns who did it, when and from where.
    fn trigger(&self, event: &Event) -> Value {
        let (actor, at, origin) = match &event.about {
            About::Run(run) => {
                let at = if event.what == What::RunCreated { &run.at } else { &run.ended_at };
                (run.actor.as_ref(), at.clone(), "run")
            }
            About::Timer { deadline, .. } | About::Initiative { deadline, .. } => {
                (None, deadline.iso(), self.origin)
            }
            About::Schedule { due, .. } => (None, due.iso(), self.origin),
            About::Entity(_) | About::Score { .. } => (self.actor, self.at.iso(), self.origin),
        };
        let by = actor.map(|actor| json!({"userId": actor.login, "user": user_json(actor)}));
        json!({"by": by, "at": at, "origin": origin})
    }

    /// Returns an initiative, how far it is, and the entities that are left.
    fn initiative(&self, number: usize) -> Value {
        let catalog = &self.after.catalog;
        let initiative = &catalog.initiatives()[number].value;
        let progress = &self.after.progress[number];
        let missing = progress.participants.iter().filter(|participant| !participant.missing.is_empty());
        let left: Vec<Value> = missing
            .map(|participant| {
                let entity = catalog.entity(participant.entity);
                json!({
                    "blueprint": entity.blueprint().identifier.value,
                    "identifier": entity.identifier(),
                    "title": entity.title(),
                    "team": self.after.known().owners(entity),
                })
            })
            .collect();
        json!({
            "identifier": initiative.identifier.value,
            "title": initiative.title,
            "owner": initiative.owner.as_ref().map(|owner| owner.value.as_str()),
            "deadline": initiative.deadline.as_ref().map(|deadline| deadline.value.as_str()),
            "done": progress.done(),
            "total": progress.participants.len(),
            "percent": progress.percent(),
            "left": left,
        })
    }
}

/// Returns the entity of that name.
fn find(portal: &Portal, name: &EntityName) -> Option<EntityId> {
    let blueprint = portal.catalog.find_blueprint(&name.blueprint)?;
    portal.catalog.find_entity(blueprint, &name.identifier)
}

/// Returns the names of what an event is about.
fn context(event: &Event) -> Value {
    let entity = event.entity.as_ref();
    let mut context = json!({
        "blueprint": entity.map(|entity| entity.blueprint.as_str()),
        "entity": entity.map(|entity| entity.identifier.as_str()),
    });
    let own = match &event.about {
        About::Run(run) => Some(("runId", run.id.as_str())),
        About::Timer { property, .. } => Some(("property", property.as_str())),
        About::Score { scorecard, .. } => Some(("scorecard", scorecard.as_str())),
        About::Initiative { identifier, .. } => Some(("initiative", identifier.as_str())),
        About::Entity(_) | About::Schedule { .. } => None,
    };
    if let Some((name, value)) = own {
        context[name] = value.into();
    }
    context
}

/// Returns Port's word for how a run is doing; `None` is one that has not ended.
fn status_word(status: Option<Status>) -> &'static str {
    match status {
        None => "IN_PROGRESS",
        Some(Status::Success) => "SUCCESS",
        Some(Status::Failure) => "FAILURE",
        Some(Status::Refused | Status::Cancelled) => "DECLINED",
    }
}
