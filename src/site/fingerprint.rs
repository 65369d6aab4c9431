//! What each page is made from, as hashes, so that a page whose sources did not change is not rendered again.
//!
//! Cheaper than rendering, and never too small: whatever a page shows must be hashed here. It is better to hash
//! more, which only renders a page in vain.

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::api::{self, Hashes};
use super::{Options, Site, computed, outline};
use crate::catalog::{EntityId, EntityRef};
use crate::worktree::CONFIG_FILE;

/// The sources that this binary was made from: another version may render the same catalog differently.
const SOURCES: &str = env!("PORTAL_SOURCES");

/// The hashes of a site.
#[derive(Debug)]
pub(super) struct Fingerprints {
    /// What every page depends on.
    common: u64,
    entities: Vec<Hashes>,
    pages: Vec<u64>,
}

impl Fingerprints {
    /// Returns the hashes of a site from those of its entities, by id.
    pub(super) fn new(site: &Site<'_>, options: &Options, entities: Vec<Hashes>) -> Self {
        let mut prints = Self { common: common(site, options), entities, pages: Vec::new() };
        prints.pages = site.catalog().par_entities().map(|entity| prints.of_entity(site, entity)).collect();
        prints
    }

    /// Returns the hash of what others show of an entity.
    pub(super) fn face(&self, entity: EntityId) -> u64 {
        self.entities[entity.index()].face
    }

    /// Returns the hash of the values of an entity and of what it names, which is most of what its page shows.
    pub(super) fn page(&self, entity: EntityId) -> u64 {
        self.pages[entity.index()]
    }

    /// Returns the hash of all that a page listing these entities shows; `more` is what else it depends on.
    pub(super) fn list(&self, entities: impl Iterator<Item = EntityId>, more: &str) -> u64 {
        let mut hasher = self.hasher();
        hasher.update(more.as_bytes());
        entities.for_each(|entity| hasher.update(&self.page(entity).to_le_bytes()));
        hasher.digest()
    }

    fn hasher(&self) -> Xxh3 {
        let mut hasher = Xxh3::new();
        hasher.update(&self.common.to_le_bytes());
        hasher
    }

    fn of_entity(&self, site: &Site<'_>, entity: EntityRef<'_>) -> u64 {
        let mut hasher = self.hasher();
        hasher.update(&self.entities[entity.id().index()].whole.to_le_bytes());
        let mut add = |id: EntityId| hasher.update(&self.entities[id.index()].face.to_le_bytes());
        let graph = site.graph();
        graph.outgoing(entity.id()).iter().for_each(|edge| add(edge.to));
        graph.incoming(entity.id()).for_each(|edge| add(edge.from));
        graph.owners(entity.id()).iter().copied().for_each(&mut add);
        site.owners.of(entity.id()).iter().for_each(|(_, owned)| add(*owned));
        site.hierarchy.above(entity.id()).into_iter().for_each(&mut add);
        named(site, entity).for_each(&mut add);
        computed::named(site, entity).for_each(&mut add);
        hasher.digest()
    }
}

/// Returns the users and teams that an entity's values name, and that are therefore shown by their titles.
fn named<'a>(site: &'a Site<'_>, entity: EntityRef<'a>) -> impl Iterator<Item = EntityId> + 'a {
    entity.blueprint().properties.iter().flat_map(move |property| {
        let blueprint = match outline::format(property) {
            Some("user") => site.user,
            Some("team") => site.team,
            _ => None,
        };
        let value = blueprint.and_then(|_| entity.property(&property.identifier.value));
        let names = value.into_iter().flat_map(|value| std::iter::once(value).chain(value.items()));
        names.filter_map(move |name| site.catalog().find_entity(blueprint?, name.as_str()?))
    })
}

/// Returns the hash of what every page depends on: this program, the templates, the configuration, the model.
fn common(site: &Site<'_>, options: &Options) -> u64 {
    let sources = &site.portal.sources;
    let config = sources.find(CONFIG_FILE).map(|id| sources.get(id).text()).unwrap_or_default();
    let mut hasher = Xxh3::new();
    for part in [SOURCES, config, site.base.as_deref().unwrap_or_default()] {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    for (name, text) in &options.templates {
        hasher.update(name.as_bytes());
        hasher.update(text.as_bytes());
    }
    let model: Vec<_> = site.catalog().blueprints().map(|(_, blueprint)| blueprint).collect();
    hasher.update(format!("{model:?}{:?}{}", site.addresses, api::is_sharded(site)).as_bytes());
    hasher.update(site.frames.text().as_bytes());
    hasher.update(site.common.to_string().as_bytes());
    hasher.digest()
}
