//! Mirror properties: values read from related entities.

use rayon::prelude::*;
use serde_json::Value;

use super::Formula;
use crate::catalog::{BlueprintId, EntityRef};
use crate::known::Known;
use crate::model::blueprint::Mirror;

/// A path of relations, and the property at its end.
#[derive(Debug)]
pub(super) struct Mirrored {
    pub(super) relations: Vec<String>,
    pub(super) property: String,
}

/// Returns how a mirror is read; a path that leads nowhere is reported by `check`.
pub(super) fn compile(mirror: &Mirror) -> Formula {
    let parts = mirror.path.as_ref().and_then(|path| path.value.rsplit_once('.'));
    parts.map_or(Formula::Broken, |(relations, property)| {
        let relations = relations.split('.').map(String::from).collect();
        Formula::Mirror(Mirrored { relations, property: property.to_string() })
    })
}

impl Mirrored {
    /// Returns the value for each entity of a blueprint.
    pub(super) fn values(&self, known: Known<'_>, blueprint: BlueprintId) -> Vec<Value> {
        let entities: Vec<EntityRef<'_>> = known.catalog.entities_of(blueprint).collect();
        entities.par_iter().map(|entity| self.value(known, *entity)).collect()
    }

    /// Returns the value for one entity: null where the path ends early; through a relation that holds many, a list
    /// of all there are, lists in it laid side by side.
    pub(super) fn value(&self, known: Known<'_>, entity: EntityRef<'_>) -> Value {
        let (ends, many) = self.ends(known, entity);
        let mut values = ends.into_iter().map(|end| known.value(end, &self.property).to_json());
        if !many {
            return values.next().unwrap_or(Value::Null);
        }
        let mut all = Vec::new();
        for value in values {
            match value {
                Value::Null => {}
                Value::Array(items) => all.extend(items),
                value => all.push(value),
            }
        }
        Value::Array(all)
    }

    /// Returns the entities at the end of the path, and whether there may be many.
    pub(super) fn ends<'a>(&self, known: Known<'a>, entity: EntityRef<'a>) -> (Vec<EntityRef<'a>>, bool) {
        let mut many = false;
        let mut at = vec![entity];
        for name in &self.relations {
            let holds_many = |entity: &EntityRef<'_>| {
                entity.blueprint().relation(name).is_some_and(|(_, relation)| relation.many)
            };
            many |= at.iter().any(holds_many);
            at = at.iter().flat_map(|entity| known.targets(entity.id(), name)).collect();
        }
        (at, many)
    }
}
