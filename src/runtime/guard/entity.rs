//! The entity that an action is about.

use super::Guard;
use crate::catalog::{Definition, EntityRef};
use crate::condition::{self, Gathered, Lookups, Scope, Truth};
use crate::diagnostic::did_you_mean;
use crate::jq::on_deep_stack;
use crate::model::action::Action;
use crate::model::action::trigger::Operation;
use crate::model::phrase::{an, clip};
use crate::model::query::Query;
use crate::printable::shown;
use crate::yaml::Kind;

impl<'a> Guard<'a> {
    /// Returns the entity that an action is about; pushes why it cannot be.
    pub(super) fn entity(
        &self,
        action: &Definition<Action>,
        given: Option<&str>,
        reasons: &mut Vec<String>,
    ) -> Option<EntityRef<'a>> {
        let catalog = &self.portal.catalog;
        let creates = action.value.operation.as_ref().is_none_or(|it| it.value == Operation::Create);
        let blueprint = action.value.blueprint.as_ref().filter(|_| !creates);
        let Some(blueprint) = blueprint else {
            if given.is_some() {
                reasons.push("this action is not about an entity: leave it out".into());
            }
            return None;
        };
        let kind = &blueprint.value;
        let Some(id) = catalog.find_blueprint(kind) else {
            reasons.push(format!("there is no blueprint `{}`", shown(kind)));
            return None;
        };
        let Some(name) = given else {
            reasons.push(format!("this action is about {}: say which", an(&format!("`{}`", shown(kind)))));
            return None;
        };
        let Some(found) = catalog.find_entity(id, name) else {
            let near = did_you_mean(name, catalog.entities_of(id).map(|entity| entity.identifier()));
            let near = near.map(|near| format!(": {near}")).unwrap_or_default();
            reasons.push(format!("there is no `{}` called `{}`{near}", shown(kind), shown(&clip(name))));
            return None;
        };
        let entity = catalog.entity(found);
        if !self.is_offered(action, entity) {
            let name = shown(&clip(name));
            reasons.push(format!(
                "the action is not offered for `{name}`: its `trigger.condition` does not hold"
            ));
        }
        Some(entity)
    }

    /// Returns whether the action is offered for an entity. What cannot be said does not hold.
    fn is_offered(&self, action: &Definition<Action>, entity: EntityRef<'_>) -> bool {
        let node = self.portal.catalog.node(action.place);
        let condition =
            node.get("trigger").filter(|it| it.kind() == Kind::Map).and_then(|it| it.get("condition"));
        let Some(condition) = condition.filter(|condition| condition.kind() == Kind::Map) else {
            return true;
        };
        let known = self.portal.known();
        let scope = Scope {
            catalog: known.catalog,
            graph: known.graph,
            blueprint: Some(entity.blueprint_id()),
            max_age: None,
            now: known.now,
        };
        on_deep_stack(|| {
            let (query, mut mistakes) = (Query::decode(condition), Vec::new());
            let mut lookups = Lookups::default();
            let compiled =
                condition::compile(&query, condition.document(), scope, &mut lookups, &mut mistakes);
            compiled.evaluate(&condition::Asked::new(known, entity), &Gathered::default()) == Truth::Holds
        })
    }
}
