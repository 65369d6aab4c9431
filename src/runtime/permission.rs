//! Permissions: who may start an action, and who may agree to it.
//!
//! Port's rules: a grant names users, teams, roles and the owners of the entity, one of which is enough; one with a
//! policy is decided by that alone. Without a grant, every member may start the action. Admins may start everything,
//! and agree only where they are named, for an approval is a second pair of eyes.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::actor::{self, ADMIN, MEMBER, user_json};
use super::request::Actor;
use crate::catalog::{Definition, EntityRef};
use crate::condition::{Asked, Gathered, Lookups, Scope, Truth, compile};
use crate::jq::{Filter, Input, on_deep_stack};
use crate::known::document;
use crate::model::Spanned;
use crate::model::action::Action;
use crate::model::action::permission::{Grant, Policy};
use crate::model::query::Query;
use crate::portal::Portal;
use crate::printable::shown;
use crate::source::SourceId;
use crate::template::{self, Context};
use crate::yaml;

/// The most entities that a query of a policy finds, as with Port.
const MOST: usize = 1000;

/// A request, as far as permissions look at it.
#[derive(Clone, Copy)]
pub struct Permit<'a> {
    /// The catalog.
    pub portal: &'a Portal,
    /// The action.
    pub action: &'a Definition<Action>,
    /// Who asks.
    pub actor: &'a Actor,
    /// The entity that it is about.
    pub entity: Option<EntityRef<'a>>,
    /// The inputs, as far as they are known.
    pub inputs: &'a Map<String, Value>,
}

/// What a policy comes to.
#[derive(Debug, Default)]
struct Results {
    values: Vec<Value>,
    /// Why conditions gave nothing.
    failures: Vec<String>,
}

impl Permit<'_> {
    /// Returns why who asks may not start the action, as a sentence; `None` when they may.
    pub fn refusal(&self) -> Option<String> {
        let actor = self.actor;
        let has = |role: &str| actor.roles.iter().any(|own| own == role);
        if has(ADMIN) {
            return None;
        }
        let Some(grant) = &self.action.value.permissions.execute else {
            return (!has(MEMBER)).then(|| match actor.roles.as_slice() {
                [] => self.stranger(),
                roles => format!(
                    "{} may not start this action: it is for every member, and this is {}",
                    name(actor),
                    shown(&roles.join(", "))
                ),
            });
        };
        let (may, why) = match &grant.policy {
            Some(policy) => {
                let results = self.results(policy);
                (results.values.contains(&Value::Bool(true)), results.failures)
            }
            None => (self.lists(grant, actor), Vec::new()),
        };
        (!may).then(|| match actor.roles.is_empty() && grant.policy.is_none() {
            true => self.stranger(),
            false => format!("{} may not start this action: {}", name(actor), self.allowed(grant, &why)),
        })
    }

    /// Returns why somebody may not agree to the request, as a sentence; `None` when they may. Nobody agrees to their
    /// own. Where nobody is named, every member may.
    pub fn approval_refusal(&self, approver: &Actor) -> Option<String> {
        let same_user = approver.user.is_some() && approver.user == self.actor.user;
        if same_user || approver.login.eq_ignore_ascii_case(&self.actor.login) {
            return Some(format!("{} asked for it, and nobody agrees to their own request", name(approver)));
        }
        let Some(grant) = &self.action.value.permissions.approve else {
            let member = approver.roles.iter().any(|role| role == ADMIN || role == MEMBER);
            return (!member).then(|| format!("{} is not a member, and may not agree to it", name(approver)));
        };
        let (may, why) = match &grant.policy {
            Some(policy) => {
                let results = self.results(policy);
                (results.values.iter().any(|result| self.names(result, approver)), results.failures)
            }
            None => (self.lists(grant, approver), Vec::new()),
        };
        (!may).then(|| format!("{} may not agree to it: {}", name(approver), self.allowed(grant, &why)))
    }

    /// Returns that the catalog does not know who asks.
    fn stranger(&self) -> String {
        format!(
            "{} is not a user of this catalog: add a user with this login by a pull request",
            name(self.actor)
        )
    }

    /// Returns whether a grant lists somebody: a user, a role, a team, or the owners of the entity.
    fn lists(&self, grant: &Grant, actor: &Actor) -> bool {
        let has = |list: &[Spanned<String>], name: &str| list.iter().any(|listed| listed.value == name);
        let owners = self.owners(grant);
        actor.roles.iter().any(|role| has(&grant.roles, role))
            || actor.teams.iter().any(|team| has(&grant.teams, team) || owners.contains(team))
            || grant.users.iter().any(|user| self.is(actor, &user.value))
    }

    /// Returns whether somebody is who a permission calls `name`: by identifier or address of the catalog's user, or by
    /// login, unless there is a user who is called so, and is somebody else.
    fn is(&self, actor: &Actor, name: &str) -> bool {
        if let Some(user) = &actor.user
            && actor::is_called(user, actor.email.as_deref(), name)
        {
            return true;
        }
        // However it is written: who means a user of the catalog must not let in a stranger.
        let same = |own: &str| own.eq_ignore_ascii_case(name);
        let taken = || {
            let mut users = actor::users(&self.portal.catalog);
            users.any(|user| same(user.identifier()) || actor::email(user).is_some_and(same))
        };
        !name.is_empty() && actor.login.eq_ignore_ascii_case(name) && !taken()
    }

    /// Returns whether the result of a policy names somebody, alone or in a list.
    fn names(&self, result: &Value, actor: &Actor) -> bool {
        let is = |value: &Value| value.as_str().is_some_and(|name| self.is(actor, name));
        is(result) || result.as_array().is_some_and(|list| list.iter().any(is))
    }

    /// Returns the teams that own the entity, when the grant is theirs.
    fn owners(&self, grant: &Grant) -> Vec<String> {
        let entity = self.entity.filter(|_| grant.owned_by_team);
        let owners = entity.map(|entity| self.portal.known().owners(entity)).unwrap_or_default();
        owners.into_iter().map(String::from).collect()
    }

    /// Returns what the conditions of a policy give. One that fails gives nothing.
    fn results(&self, policy: &Policy) -> Results {
        on_deep_stack(|| {
            let mut root = self.context();
            let document = self.portal.catalog.node(self.action.place).document();
            let found = policy.queries.iter().map(|(name, node)| {
                (name.clone(), json!({"entities": self.found(&document.node(*node).to_json(), &root)}))
            });
            let found: Map<String, Value> = found.collect();
            root.insert("results".into(), Value::Object(found));
            let input = Input::from_json(&Value::Object(root));
            let mut results = Results::default();
            for condition in &policy.conditions {
                let filter = Filter::compile(&condition.value).map_err(|error| error.message);
                match filter.and_then(|filter| filter.first(&input, self.portal.now.seconds())) {
                    Ok(value) => results.values.extend(value),
                    Err(reason) => {
                        let (source, reason) = (shown(&condition.value), shown(&reason));
                        results.failures.push(format!("`{source}` fails: {reason}"));
                    }
                }
            }
            results
        })
    }

    /// Returns what expressions see.
    fn context(&self) -> Map<String, Value> {
        let user = user_json(self.actor);
        let entity = self.entity.map_or(Value::Null, |entity| document::json(self.portal.known(), entity));
        let action = &self.action.value;
        let blueprint = action.blueprint.as_ref().map(|blueprint| &blueprint.value);
        let operation = action.operation.as_ref().map(|operation| operation.value.name());
        let members = [
            ("inputs", Value::Object(self.inputs.clone())),
            ("form", Value::Object(self.inputs.clone())),
            ("entity", entity),
            (
                "trigger",
                json!({"by": {"user": user}, "user": user, "at": self.portal.now.iso(), "operation": operation}),
            ),
            ("action", json!({"identifier": action.identifier.value, "blueprint": blueprint})),
            ("user", user),
        ];
        members.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
    }

    /// Returns the entities that a query of a policy finds; none when it cannot be asked, as with Port.
    fn found(&self, query: &Value, context: &Map<String, Value>) -> Vec<Value> {
        let sees = Context::new(self.portal.now.seconds());
        let sees = context.iter().fold(sees, |sees, (key, value)| sees.with(key, value.clone()));
        let Ok(query) = template::render(query, &sees) else { return Vec::new() };
        // Conditions are compiled from documents: this is the query, with its values filled in, as one.
        let text: Arc<str> = query.to_string().into();
        let document = yaml::parse(SourceId::new(0), &text, &mut Vec::new());
        let Some(root) = document.roots().next() else { return Vec::new() };
        let known = self.portal.known();
        let scope = Scope {
            catalog: known.catalog,
            graph: known.graph,
            blueprint: None,
            max_age: None,
            now: self.portal.now,
        };
        let mut mistakes = Vec::new();
        let condition =
            compile(&Query::decode(root), &document, scope, &mut Lookups::default(), &mut mistakes);
        let gathered = Gathered::default();
        let holds = |entity: &EntityRef<'_>| {
            condition.evaluate(&Asked::new(known, *entity), &gathered) == Truth::Holds
        };
        known
            .catalog
            .entities()
            .filter(holds)
            .take(MOST)
            .map(|entity| document::json(known, entity))
            .collect()
    }

    /// Returns who may, in words, and why a policy could not say.
    fn allowed(&self, grant: &Grant, failures: &[String]) -> String {
        if grant.policy.is_some() {
            return match failures {
                [] => "the policy of the action does not allow it".into(),
                failures => format!("the policy of the action cannot say so, {}", failures.join("; ")),
            };
        }
        let list = |names: &[Spanned<String>], what: &str| {
            let names: Vec<String> = names.iter().map(|name| format!("`{}`", shown(&name.value))).collect();
            (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
        };
        let owners: Vec<String> =
            self.owners(grant).iter().map(|team| format!("`{}`", shown(team))).collect();
        let owned = grant.owned_by_team.then(|| match owners.as_slice() {
            [] => "the team that owns the entity, which nobody does".to_string(),
            owners => format!("the team that owns the entity: {}", owners.join(", ")),
        });
        let who = [
            list(&grant.roles, "the role"),
            list(&grant.teams, "the team"),
            list(&grant.users, "the user"),
            owned,
        ];
        let who: Vec<String> = who.into_iter().flatten().collect();
        if who.is_empty() { "it is for nobody".into() } else { format!("it is for {}", who.join(", or ")) }
    }
}

/// Returns somebody for a message: the catalog's user, else the login.
pub fn name(actor: &Actor) -> String {
    match &actor.user {
        _ if actor.login.is_empty() && actor.user.is_none() => "nobody".into(),
        Some(user) => format!("`{}`", shown(user)),
        None => format!("`{}`", shown(&actor.login)),
    }
}

#[cfg(test)]
mod tests;
