//! What is asked and answered before an action is started.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::Run;
use crate::catalog::{BlueprintId, Definition, EntityRef};
use crate::cli::answers::{Asking, stopped};
use crate::cli::open::Opened;
use crate::cli::prompt::{Terminal, can_ask};
use crate::cli::{Failure, Global};
use crate::diagnostic::did_you_mean;
use crate::form::{Asker, Choice, Form};
use crate::known::document;
use crate::model::action::Action;
use crate::model::action::trigger::Operation;
use crate::model::instant::Age;
use crate::model::phrase::an;
use crate::printable::shown;
use crate::prompt::{Control, Manner, Prompter, Question, Reply, Secrets, Stop};
use crate::runtime::actor;
use crate::runtime::ledger::Ledger;
use crate::runtime::limit;
use crate::runtime::permission::Permit;
use crate::runtime::request::{Actor, EntityName};
use crate::runtime::start;

/// What is asked and answered.
pub(super) struct Conversation<'a> {
    run: &'a Run,
    global: &'a Global,
    pub(super) opened: &'a Opened,
    definition: &'a Definition<Action>,
    pub(super) form: &'a Form,
    actor: Actor,
    user: Value,
    given: Map<String, Value>,
    pub(super) entity: Option<String>,
    entity_json: Option<Value>,
    pub(super) warnings: Vec<String>,
    pub(super) asked: bool,
}

impl<'a> Conversation<'a> {
    pub(super) fn new(
        run: &'a Run,
        global: &'a Global,
        opened: &'a Opened,
        definition: &'a Definition<Action>,
        form: &'a Form,
        actor: Actor,
    ) -> Result<Self, Failure> {
        let given = run.answers.given(form, &opened.directory, Secrets::Names)?;
        if let Some(ttl) = &run.ttl {
            check_ttl(&definition.value, ttl)?;
        }
        let user = actor::user_json(&actor);
        let (entity, entity_json, warnings) = (run.entity.clone(), None, Vec::new());
        Ok(Self {
            run,
            global,
            opened,
            definition,
            form,
            actor,
            user,
            given,
            entity,
            entity_json,
            warnings,
            asked: false,
        })
    }

    pub(super) fn action(&self) -> &'a Action {
        &self.definition.value
    }

    fn can_ask(&self) -> bool {
        !self.run.no_input && can_ask() && !self.run.answers.reads_stdin()
    }

    fn asker(&self) -> Asker<'_> {
        let (known, now) = (self.opened.portal.known(), self.opened.portal.now);
        Asker { known, user: &self.user, entity: self.entity_json.as_ref(), now }
    }

    /// Finds the entity that the action is about, asking for it when it was not named.
    pub(super) fn entity(&mut self) -> Result<(), Failure> {
        let action = self.action();
        let creates = action.operation.as_ref().is_none_or(|operation| operation.value == Operation::Create);
        let catalog = &self.opened.portal.catalog;
        let blueprint = action.blueprint.as_ref().and_then(|name| catalog.find_blueprint(&name.value));
        let (false, Some(blueprint)) = (creates, blueprint) else {
            return match &self.entity {
                Some(_) => {
                    Err(Failure::Other("this action is not about an entity: leave --entity out".into()))
                }
                None => Ok(()),
            };
        };
        if self.entity.is_none() && self.can_ask() {
            self.entity = Some(self.ask_entity(blueprint)?);
        }
        let kind = catalog.blueprint(blueprint).label();
        let Some(name) = &self.entity else {
            return Err(Failure::Other(format!(
                "this action is about {}: pass --entity IDENTIFIER",
                an(kind)
            )));
        };
        let Some(id) = catalog.find_entity(blueprint, name) else {
            let names = catalog.entities_of(blueprint).map(|entity| entity.identifier());
            let help =
                did_you_mean(name, names).unwrap_or_else(|| format!("`portal query {kind}` lists them"));
            return Err(Failure::Other(format!("there is no {kind} `{}` ({help})", shown(name))));
        };
        self.entity_json = Some(document::json(self.opened.portal.known(), catalog.entity(id)));
        Ok(())
    }

    fn ask_entity(&mut self, blueprint: BlueprintId) -> Result<String, Failure> {
        let catalog = &self.opened.portal.catalog;
        let choice = |entity: EntityRef<'_>| Choice {
            value: Value::from(entity.identifier()),
            label: entity.label().to_string(),
        };
        let question = Question {
            label: catalog.blueprint(blueprint).label(),
            help: None,
            control: Control::One(catalog.entities_of(blueprint).map(choice).collect()),
            initial: None,
            required: true,
        };
        self.asked = true;
        match Terminal::new(self.global).ask(&question, None).map_err(stopped)? {
            Reply::Answer(Value::String(name)) => Ok(name),
            _ => Err(stopped(Stop::Interrupted)),
        }
    }

    /// Returns the values of the form; `None` when answers are refused, which has been said.
    pub(super) fn values(&mut self) -> Result<Option<Map<String, Value>>, Failure> {
        let asking = Asking {
            global: self.global,
            form: self.form,
            asker: self.asker(),
            manner: Manner::default(),
            can_ask: self.can_ask(),
        };
        let answered = asking.complete(&self.given, |answers| {
            let action = &self.action().identifier.value;
            start::again(action, self.entity.as_deref(), self.run.ttl.as_deref(), answers)
        })?;
        Ok(answered.map(|answered| {
            self.asked |= answered.asked;
            answered.filled.values
        }))
    }

    /// Says when the guard is going to refuse it: it decides by who the CI system says that asks, so this only warns.
    pub(super) fn warn(&mut self, values: &Map<String, Value>) -> Result<(), Failure> {
        let portal = &self.opened.portal;
        let blueprint =
            self.action().blueprint.as_ref().and_then(|it| portal.catalog.find_blueprint(&it.value));
        let id =
            blueprint.zip(self.entity.as_ref()).and_then(|(it, name)| portal.catalog.find_entity(it, name));
        let entity = id.map(|id| portal.catalog.entity(id));
        let permit = Permit { portal, action: self.definition, actor: &self.actor, entity, inputs: values };
        let name = entity.map(|entity| EntityName {
            blueprint: entity.blueprint().identifier.value.clone(),
            identifier: entity.identifier().to_string(),
        });
        let ledger = Ledger::read(&self.opened.root);
        let reached = limit::reached(self.action(), &self.actor, name.as_ref(), &ledger, portal.now);
        for reason in permit.refusal().into_iter().chain(reached) {
            writeln!(io::stderr(), "warning: the guard will refuse this: {}", shown(&reason))?;
            self.warnings.push(reason);
        }
        Ok(())
    }
}

/// Says when a time to live is none, or longer than the action allows.
fn check_ttl(action: &Action, text: &str) -> Result<(), Failure> {
    let Some(ttl) = &action.ttl else {
        return Err(Failure::Other("what this action creates has no time to live: leave --ttl out".into()));
    };
    let Some(asked) = Age::parse(text) else {
        return Err(Failure::Other(format!("`{}` is no length of time: write 12h or 5d", shown(text))));
    };
    match ttl.longest() {
        Some(longest) if asked > longest => {
            Err(Failure::Other(format!("{} is too long: at most {}", asked.shown(), longest.shown())))
        }
        _ => Ok(()),
    }
}
