//! When what actions created expires, as their runs say.

use std::collections::BTreeMap;

use super::Run;
use crate::catalog::{Catalog, EntityId};
use crate::model::instant::Instant;

/// When entities expire.
#[derive(Debug, Default)]
pub(super) struct Lifetimes(BTreeMap<EntityId, Instant>);

impl Lifetimes {
    /// Returns what the latest run about each entity says of its end.
    pub(super) fn new(catalog: &Catalog, runs: &[Run]) -> Self {
        let mut lives: BTreeMap<EntityId, (&str, Instant)> = BTreeMap::new();
        for run in runs {
            let entity = run.entity.as_ref().and_then(|(blueprint, identifier)| {
                catalog.find_entity(catalog.find_blueprint(blueprint)?, identifier)
            });
            let expiry = run.expires_at.as_deref().and_then(Instant::parse);
            if let (Some(entity), Some(expiry)) = (entity, expiry)
                && lives.get(&entity).is_none_or(|known| *known < (run.at.as_str(), expiry))
            {
                lives.insert(entity, (&run.at, expiry));
            }
        }
        Self(lives.into_iter().map(|(entity, (_, expiry))| (entity, expiry)).collect())
    }

    /// Returns all that expire, by entity.
    pub(super) fn all(&self) -> impl Iterator<Item = (EntityId, Instant)> {
        self.0.iter().map(|(entity, expiry)| (*entity, *expiry))
    }

    /// Returns when an entity expires.
    pub(super) fn of(&self, entity: EntityId) -> Option<Instant> {
        self.0.get(&entity).copied()
    }
}
