//! The guard: the job that decides whether an action starts, with what, and whether someone must agree first.
//!
//! It looks at everything that was asked for and says everything that is in the way, at once. What it lets through is a
//! [`Request`]: complete, canonical, with a digest of itself, so that what runs is what was checked. Anyone who may push
//! a branch can change this job there; so the boundary is the environment that the next job runs in, which only the
//! default branch may use, and the guard looks after that too.

mod approval;
mod entity;
mod origin;
mod summary;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::actor::{self, user_json};
use super::ledger::Ledger;
use super::limit;
use super::permission::Permit;
use super::provider::Provider;
use super::request::{Actor, EntityName, Request, SCHEMA};
use super::request_file::RequestFile;
use super::{Job, exec};
use crate::catalog::{Definition, EntityRef};
use crate::diagnostic::{Severity, did_you_mean};
use crate::dialect::{self, ENTITY, ORIGIN, TTL};
use crate::form::{Asker, Form, Problem};
use crate::known::document;
use crate::model::action::{Action, Mode};
use crate::model::instant::Age;
use crate::model::phrase::clip;
use crate::model::target::Target;
use crate::portal::Portal;
use crate::printable::shown;

pub use summary::summary;

/// What a request is held against.
#[derive(Clone, Copy)]
pub struct Guard<'a> {
    /// The catalog.
    pub portal: &'a Portal,
    /// The runs so far.
    pub ledger: &'a Ledger,
    /// The job.
    pub job: &'a Job,
    /// The provider of the repository; `None` outside of CI.
    pub provider: Option<&'a Provider<'a>>,
    /// Whether this only checks what is not merged yet: then it need not be on the default branch, and nobody has agreed.
    pub checks_only: bool,
}

/// How something was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// By starting the workflow: the answers as the CI system passes them on.
    Answers(Map<String, Value>),
    /// By a file.
    File(RequestFile),
}

/// What the guard says.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It may run.
    Through {
        /// What runs.
        request: Box<Request>,
        /// Whether the job that runs it has to wait in the environment where someone agrees.
        waits: bool,
        /// What people should know, a sentence each.
        notes: Vec<String>,
    },
    /// It may not.
    Refused(Box<Refusal>),
}

/// A request that was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The run, by the name that its record has.
    pub run: String,
    /// The action.
    pub action: String,
    /// Who asked.
    pub actor: Actor,
    /// The inputs as they were given, without secrets.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// The entity that the action is about, as it was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entity: Option<EntityName>,
    /// Every reason, a sentence each.
    pub reasons: Vec<String>,
    /// When, as an ISO 8601 instant.
    pub at: String,
    /// The commit whose catalog it was checked against.
    pub commit: String,
    /// How many runs led to this one.
    #[serde(default)]
    pub depth: u32,
    /// The run that started this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<String>,
}

/// What was given, read.
#[derive(Debug, Default)]
struct Given {
    inputs: Map<String, Value>,
    entity: Option<String>,
    ttl: Option<String>,
    depth: u32,
    parent: Option<String>,
}

impl Guard<'_> {
    /// Returns whether the action called `name` may start with what was asked for.
    pub fn judge(&self, name: &str, asked: &Asked) -> Verdict {
        let mut reasons = Vec::new();
        let action = match self.action(name) {
            Ok(action) => action,
            Err(reason) => return self.refuse(name, &[reason]),
        };
        let form = Form::of_action(self.portal.catalog.node(action.place), &action.value);
        reasons.extend(self.place(&action.value, asked));
        let mut given = self.given(action, &form, asked, &mut reasons);
        let found = self.actor(asked);
        let is_known = found.is_ok();
        let actor = found.unwrap_or_else(|reason| {
            reasons.push(reason);
            Actor { login: self.job.actor.clone(), ..Actor::default() }
        });
        let entity = self.entity(action, given.entity.as_deref(), &mut reasons);
        let (known, now) = (self.portal.known(), self.portal.now);
        let seen = entity.map(|entity| document::json(known, entity));
        let user = user_json(&actor);
        let asker = Asker { known, user: &user, entity: seen.as_ref(), now };
        let values = form.fill(&given.inputs, &asker).map(|filled| filled.values);
        let values = values.unwrap_or_else(|problems| {
            reasons.extend(problems.into_iter().map(sentence));
            given.inputs.clone()
        });
        let expires_at = self.expiry(&action.value, given.ttl.as_deref(), &mut reasons);
        let permit = Permit { portal: self.portal, action, actor: &actor, entity, inputs: &values };
        // What somebody may of whom nobody knows who it is, says nothing more.
        reasons.extend(permit.refusal().filter(|_| is_known));
        let name_of = entity.map(name_of);
        reasons.extend(limit::reached(&action.value, &actor, name_of.as_ref(), self.ledger, now));
        let sees = approval::sees(&form, &values, &asker);
        let (needs_approval, mut notes) = approval::decide(&action.value, &sees, now);
        let request = Request {
            schema: SCHEMA.into(),
            run: self.job.run.clone(),
            action: action.value.identifier.value.clone(),
            inputs: values,
            entity: name_of,
            actor: actor.clone(),
            at: now.iso(),
            commit: self.job.commit.clone(),
            expires_at,
            needs_approval,
            depth: given.depth,
            parent: given.parent.clone(),
            digest: String::new(),
        }
        .sealed();
        if needs_approval && reasons.is_empty() {
            reasons.extend(self.approval(action, &request, &mut notes));
        }
        if !reasons.is_empty() {
            given.inputs.retain(|name, _| form.field(name).is_none_or(|field| !field.secret));
            return self.refused(&action.value.identifier.value, actor, given, request.entity, &reasons);
        }
        let waits = needs_approval && action.value.mode == Mode::Dispatch;
        Verdict::Through { request: Box::new(request), waits, notes }
    }

    /// Returns the refusal of what cannot even be read, for these reasons.
    pub fn refuse(&self, name: &str, reasons: &[String]) -> Verdict {
        let actor = Actor { login: self.job.actor.clone(), ..Actor::default() };
        self.refused(name, actor, Given::default(), None, reasons)
    }

    fn refused(
        &self,
        action: &str,
        actor: Actor,
        given: Given,
        entity: Option<EntityName>,
        reasons: &[String],
    ) -> Verdict {
        Verdict::Refused(Box::new(Refusal {
            run: self.job.run.clone(),
            action: action.to_string(),
            actor,
            inputs: given.inputs,
            entity,
            reasons: reasons.iter().map(|reason| shown(reason)).collect(),
            at: self.portal.now.iso(),
            commit: self.job.commit.clone(),
            depth: given.depth,
            parent: given.parent,
        }))
    }

    /// Returns the action, which must be in force and without mistakes: a part of it that cannot be read may be the one
    /// that would refuse.
    fn action(&self, name: &str) -> Result<&Definition<Action>, String> {
        let actions = self.portal.catalog.actions();
        let found = actions.iter().find(|action| action.value.identifier.value == name);
        let found = found.ok_or_else(|| {
            let names = actions.iter().map(|action| action.value.identifier.value.as_str());
            let near = did_you_mean(name, names).map(|near| format!(": {near}")).unwrap_or_default();
            format!("there is no action `{}`{near}", shown(&clip(name)))
        })?;
        if !found.value.published {
            return Err(format!("`{name}` is a draft: its definition says `publish: false`"));
        }
        let source = self.portal.catalog.node(found.place).span().source;
        let errors = self.portal.diagnostics.as_slice().iter();
        let mut errors = errors.filter(|finding| finding.severity == Severity::Error);
        match errors.find(|finding| finding.primary.span.source == source) {
            Some(finding) => Err(format!("the definition has mistakes: {}", finding.message)),
            None => Ok(found),
        }
    }

    /// Returns why it cannot be asked for here, or in this way.
    fn place(&self, action: &Action, asked: &Asked) -> Vec<String> {
        let mut reasons = Vec::new();
        let branch = &self.portal.catalog.config().ci.branch;
        if self.job.target.is_some() && !self.checks_only && self.job.branch != *branch {
            let here = match self.job.branch.as_str() {
                "" => "no branch".to_string(),
                here => format!("`{}`", shown(here)),
            };
            reasons.push(format!(
                "actions run on the branch `{branch}` only, and this is {here}: start it there"
            ));
        }
        match (action.mode, asked) {
            (Mode::PullRequest, Asked::Answers(_)) => reasons.push(format!(
                "this action is asked for by a file that is merged: `portal run {}` writes it",
                action.identifier.value
            )),
            (Mode::Dispatch, Asked::File(_)) => {
                reasons.push("this action is not asked for by a file: start its workflow".into());
            }
            _ => {}
        }
        reasons
    }

    /// Returns what was given.
    fn given(
        &self,
        action: &Definition<Action>,
        form: &Form,
        asked: &Asked,
        reasons: &mut Vec<String>,
    ) -> Given {
        let raw = match asked {
            Asked::File(file) => {
                let (wanted, named) = (&action.value.identifier.value, &file.action);
                if wanted != named {
                    reasons.push(format!("the file asks for `{}`, not for `{wanted}`", shown(&clip(named))));
                }
                let (entity, ttl) = (file.entity.clone(), file.ttl.clone());
                return Given { inputs: file.inputs.clone(), entity, ttl, ..Given::default() };
            }
            Asked::Answers(raw) => raw,
        };
        let asking = dialect::ask(form, &action.value, &self.portal.catalog, self.target());
        let mut inputs = dialect::read(&asking, raw);
        let mut reserved = |name: &str| {
            let value = inputs.shift_remove(name).filter(|value| !value.is_null())?;
            Some(value.as_str().map_or_else(|| value.to_string(), String::from))
        };
        let (entity, ttl, origin) = (reserved(ENTITY), reserved(TTL), reserved(ORIGIN));
        let origin = origin::read(origin.as_deref()).unwrap_or_else(|reason| {
            reasons.push(reason);
            origin::Origin::default()
        });
        Given { inputs, entity, ttl, depth: origin.depth, parent: origin.parent }
    }

    /// Returns the CI system whose questions were answered.
    fn target(&self) -> Target {
        let configured = || self.portal.catalog.config().ci.targets.first().copied();
        self.job.target.or_else(configured).unwrap_or(Target::GitHub)
    }

    /// Returns who asks: of a file, who opened the pull request that brought it.
    fn actor(&self, asked: &Asked) -> Result<Actor, String> {
        let merged = matches!(asked, Asked::File(_)) && !self.checks_only;
        let login = match self.provider.filter(|_| merged) {
            Some(provider) => {
                let merge = provider.merge_of(&self.job.commit);
                let merge = merge.map_err(|why| format!("who asked cannot be said: {why}"))?;
                let author = merge.map(|merge| merge.author).filter(|author| !author.is_empty());
                author.ok_or("the request was not merged by a pull request, so who asked cannot be said")?
            }
            None => self.job.actor.clone(),
        };
        actor::find(self.portal.known(), self.job.target, &login)
    }

    /// Returns when what is created expires.
    fn expiry(&self, action: &Action, given: Option<&str>, reasons: &mut Vec<String>) -> Option<String> {
        let now = self.portal.now;
        let Some(ttl) = &action.ttl else {
            if given.is_some() {
                reasons.push("what this action creates has no time to live: leave it out".into());
            }
            return None;
        };
        let age = match given {
            None => ttl.usual(),
            Some(text) => {
                let age = Age::parse(text).filter(|age| age.millis() > 0);
                if age.is_none() {
                    let text = shown(&clip(text));
                    reasons.push(format!("`{text}` is no time to live: write it as 12h, 5d or 2w"));
                }
                age
            }
        };
        if let (Some(age), Some(longest)) = (age, ttl.longest())
            && age > longest
        {
            let (age, longest) = (age.shown(), longest.shown());
            reasons.push(format!("{age} is too long a time to live: the longest is {longest}"));
        }
        age.map(|age| now.after(age).iso())
    }

    /// Returns why nobody could agree to a request, or why those who have may not.
    fn approval(
        &self,
        action: &Definition<Action>,
        request: &Request,
        notes: &mut Vec<String>,
    ) -> Vec<String> {
        let Some(provider) = self.provider.filter(|_| !self.checks_only) else { return Vec::new() };
        match action.value.mode {
            Mode::PullRequest => {
                exec::approvers(self.portal, action, request, provider).err().into_iter().collect()
            }
            Mode::Dispatch => {
                let branch = &self.portal.catalog.config().ci.branch;
                approval::obstacles(&action.value, provider, branch, notes)
            }
        }
    }
}

/// Returns the name of an entity.
fn name_of(entity: EntityRef<'_>) -> EntityName {
    EntityName {
        blueprint: entity.blueprint().identifier.value.clone(),
        identifier: entity.identifier().to_string(),
    }
}

/// Returns a problem as one sentence.
fn sentence(problem: Problem) -> String {
    match problem.help {
        Some(help) => format!("{}: {help}", problem.message),
        None => problem.message,
    }
}
