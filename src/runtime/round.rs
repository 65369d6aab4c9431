//! Rounds: the runs of a plan, one after the other, and what becomes of them.
//!
//! One that fails stops no other. What they change in the catalog comes about by their records, all at once at the end,
//! so each of them sees the catalog as it was at the beginning.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::actor::user_json;
use super::job::Job;
use super::log::Log;
use super::outside::Outside;
use super::perform::{perform, perform_effects};
use super::plan::{Of, Start};
use super::report::{Outcome, Report};
use super::run::{Run, SCHEMA, Status};
use super::secret::Secrets;
use super::setting::{self, Setting, Subject};
use crate::form::Form;
use crate::model::instant::Instant;
use crate::portal::Portal;
use crate::procedure::{Deed, Procedure, Task};
use crate::template::Context;

/// What the runs of a plan are performed in.
#[derive(Clone, Copy)]
pub struct Round<'a> {
    /// The catalog.
    pub portal: &'a Portal,
    /// Its root, where scripts run.
    pub root: &'a Path,
    /// The job.
    pub job: &'a Job,
    /// The world.
    pub outside: &'a dyn Outside,
    /// Where people see what is done.
    pub log: &'a Log,
    /// Whether nothing is changed.
    pub rehearsal: bool,
    /// The commit of the catalog.
    pub commit: &'a str,
    /// Tells the time.
    pub clock: &'a dyn Fn() -> Instant,
}

impl std::fmt::Debug for Round<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Round").field("commit", &self.commit).finish_non_exhaustive()
    }
}

impl Round<'_> {
    /// Performs a run and returns its record.
    pub fn perform(&self, start: &Start<'_>) -> Run {
        self.log.say(&headline(start));
        let procedure = procedure(self.portal, start);
        let secrets = secrets(&procedure, self.job, self.rehearsal);
        let subject = self.subject(start);
        let setting = Setting {
            portal: self.portal,
            root: self.root,
            job: self.job,
            outside: self.outside,
            log: self.log,
            secrets: &secrets,
            rehearsal: self.rehearsal,
            subject: &subject,
        };
        let report = perform(&procedure.tasks, &setting);
        let report = perform_effects(&procedure.effects, report, &setting);
        self.record(start, report)
    }

    /// Returns what the tasks of a run are performed for.
    fn subject(&self, start: &Start<'_>) -> Subject {
        let sight = &start.sight;
        let (blueprint, form) = match start.of {
            Of::Automation(definition) => (definition.value.blueprint.as_ref(), Form::default()),
            Of::Expiry(definition) => {
                let node = self.portal.catalog.node(definition.place);
                (definition.value.blueprint.as_ref(), Form::of_action(node, &definition.value))
            }
        };
        let own = start.entity.as_ref().map(|entity| entity.blueprint.clone());
        let blueprint = blueprint.map(|name| name.value.clone()).or(own);
        let inputs = Value::Object(sight.inputs.clone());
        let user = start.actor.as_ref().map(user_json);
        let trigger = match sight.event.get("trigger") {
            Some(trigger) => trigger.clone(),
            None => json!({"by": {"user": user}, "at": self.portal.now.iso(), "origin": "time"}),
        };
        let about = setting::about(start.of.name(), start.of.label(), blueprint.as_deref());
        let mut context = Context::new(self.portal.now.seconds())
            .with("form", inputs.clone())
            .with("inputs", inputs)
            .with("entity", sight.entity.clone())
            .with("event", sight.event.clone())
            .with("trigger", trigger)
            .with("user", json!(user))
            .with("action", about)
            .with("run", json!({"id": start.run, "link": self.job.link}))
            .with("expiresAt", json!(start.expired_at));
        for (name, entity) in form.entities(&sight.inputs, self.portal.known()) {
            context = context.with_entity(&name, entity);
        }
        Subject {
            run: start.run.clone(),
            link: self.job.link.clone(),
            definition: start.of.name().to_string(),
            actor: String::new(),
            blueprint,
            entity: start.entity.clone(),
            // What is done at the end of something gives it no new one.
            expires_at: None,
            depth: start.depth,
            fields: form.fields.into_iter().map(|field| field.identifier).collect(),
            context,
        }
    }

    fn record(&self, start: &Start<'_>, report: Report) -> Run {
        let failed = report.tasks.iter().filter(|task| task.result == Outcome::Failed);
        let reasons: Vec<String> = failed
            .map(|task| format!("{}: {}", task.label, task.message.as_deref().unwrap_or("it failed")))
            .collect();
        let name = Some(start.of.name().to_string());
        let (action, automation) = match start.of {
            Of::Automation(_) => (None, name),
            Of::Expiry(_) => (name, None),
        };
        Run {
            schema: SCHEMA.into(),
            id: start.run.clone(),
            cause: start.cause,
            action,
            automation,
            status: if reasons.is_empty() { Status::Success } else { Status::Failure },
            reasons,
            actor: None,
            entity: start.entity.clone(),
            inputs: start.sight.inputs.clone(),
            digest: None,
            at: self.portal.now.iso(),
            ended_at: (self.clock)().iso(),
            commit: self.commit.to_string(),
            needed_approval: false,
            approved_by: Vec::new(),
            tasks: report.tasks,
            effects: report.effects,
            expires_at: None,
            parent: start.parent.clone(),
            depth: start.depth,
            link: self.job.link.clone(),
        }
    }
}

/// Returns what starts, and why, on a line.
fn headline(start: &Start<'_>) -> String {
    let of = if start.subject.is_empty() { String::new() } else { format!(" of {}", start.subject) };
    format!("{}: {}{of} ({})", start.of.label(), start.what, start.run)
}

/// Returns what a run does.
pub fn procedure(portal: &Portal, start: &Start<'_>) -> Procedure {
    match start.of {
        Of::Automation(definition) => Procedure::of_automation(&portal.catalog, definition),
        Of::Expiry(definition) => {
            let mut tasks = Procedure::of_action(&portal.catalog, definition).on_expire;
            if tasks.is_empty() {
                tasks.push(Task {
                    deed: Deed::DeleteEntity,
                    name: None,
                    title: None,
                    when: None,
                    needs: Vec::new(),
                    body: json!({}),
                    env: Map::new(),
                    with: Value::Null,
                    span: definition.value.identifier.span,
                });
            }
            Procedure { tasks, ..Procedure::default() }
        }
    }
}

/// Returns the secrets of the job that a procedure reads; in a rehearsal, something in the place of those that are not
/// there.
pub fn secrets(procedure: &Procedure, job: &Job, rehearsal: bool) -> Secrets {
    let names: Vec<String> = procedure.all().flat_map(Task::secrets).collect();
    let names = || names.iter().map(String::as_str);
    let secrets = Secrets::of(names(), job);
    if rehearsal { secrets.pretended(names()) } else { secrets }
}
