//! The catalog: every document by kind and identifier.
//!
//! Ids are positions: a [`BlueprintId`] in path order, an [`EntityId`] in the order of blueprint, then
//! identifier, so that the entities of a blueprint are one sorted range whatever the files were called.
//! What entities point at is `graph`'s; whether all this is right is `check`'s.

mod data;
mod entity;
mod facts;
mod folder;
mod load;
mod lost;
mod made;
mod named;
mod names;
mod new_file;
mod parsed;
mod place;
mod recognise;
mod reference;
mod scaffold;
mod schema;
mod search;
mod system;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::ops::Range;

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::FxHasher;

use crate::diagnostic::Diagnostic;
use crate::model::Kind;
use crate::model::action::Action;
use crate::model::automation::Automation;
use crate::model::blueprint::Blueprint;
use crate::model::config::Config;
use crate::model::entity::Entity;
use crate::model::initiative::Initiative;
use crate::model::instant::Instant;
use crate::model::integration::Integration;
use crate::model::page::Page;
use crate::model::scaffold::Scaffold;
use crate::model::scorecard::Scorecard;
use crate::model::waiver::Waiver;
use crate::yaml::{Document, Node, NodeId};

use facts::Facts;
use names::Names;

pub use data::sources;
pub use entity::EntityRef;
pub use facts::{Fact, Part};
pub use folder::{OwnFolders, folder_of};
pub use load::{Loaded, load};
pub use named::{Named, named, tree};
pub use new_file::NewFiles;
pub use reference::refers_to_file;
pub use scaffold::{BACKSTAGE_FILE, Template, is_backstage_text};
pub use schema::json_schema;
pub use search::{Finder, Search};

/// Index of a blueprint in a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlueprintId(u32);

/// Index of an entity in a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(u32);

macro_rules! index {
    ($id:ident) => {
        impl $id {
            /// Returns the id of this position.
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("a catalog holds fewer than 2^32 documents"))
            }

            /// Returns the position.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
index!(BlueprintId);
index!(EntityId);

/// A document of one of the kinds that are looked up by identifier, decoded.
#[derive(Debug, Clone)]
pub struct Definition<T> {
    /// The document.
    pub value: T,
    /// The tree it was read from, and its place in it.
    pub place: Place,
}

/// A node of one of the catalog's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    document: u32,
    node: NodeId,
}

/// Where an entity is and what it is of.
#[derive(Debug, Clone, Copy)]
struct Record {
    blueprint: BlueprintId,
    document: u32,
    entity: Entity,
}

/// Every document of a catalog.
#[derive(Debug, Default)]
pub struct Catalog {
    config: Config,
    /// The instant of the run, which the expressions of integrations may ask for.
    now: Instant,
    documents: Vec<Document>,
    blueprints: Vec<Blueprint>,
    validators: Vec<schema::Validator>,
    blueprint_index: BTreeMap<String, BlueprintId>,
    /// Where each blueprint of the catalog's own is written.
    blueprint_places: Vec<Place>,
    records: Vec<Record>,
    names: Names,
    /// The entities of each blueprint: a range of ids.
    ranges: Vec<Range<usize>>,
    entity_index: HashTable<EntityId>,
    facts: Facts,
    unplaced: place::Unplaced,
    lost: BTreeSet<String>,
    scorecards: Vec<Definition<Scorecard>>,
    initiatives: Vec<Definition<Initiative>>,
    waivers: Vec<Definition<Waiver>>,
    actions: Vec<Definition<Action>>,
    automations: Vec<Definition<Automation>>,
    pages: Vec<Definition<Page>>,
    integrations: Vec<Definition<Integration>>,
    scaffolds: Vec<Definition<Scaffold>>,
}

impl Catalog {
    /// Returns the configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns every blueprint with its id, in path order; system blueprints come last.
    pub fn blueprints(&self) -> impl ExactSizeIterator<Item = (BlueprintId, &Blueprint)> {
        self.blueprints.iter().enumerate().map(|(index, blueprint)| (BlueprintId::new(index), blueprint))
    }

    /// Returns the blueprint with this id.
    pub fn blueprint(&self, id: BlueprintId) -> &Blueprint {
        &self.blueprints[id.index()]
    }

    /// Returns the id of the blueprint called `identifier`.
    pub fn find_blueprint(&self, identifier: &str) -> Option<BlueprintId> {
        self.blueprint_index.get(identifier).copied()
    }

    /// Returns the identifiers of all blueprints, sorted.
    pub fn blueprint_names(&self) -> impl Iterator<Item = &str> {
        self.blueprint_index.keys().map(String::as_str)
    }

    /// Returns the documents of the catalog's own blueprints, in path order.
    pub fn blueprint_nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.blueprint_places.iter().map(|&place| self.node(place))
    }

    /// Returns the document in which a blueprint of the catalog's own is written.
    pub fn blueprint_node(&self, id: BlueprintId) -> Option<Node<'_>> {
        let name = &self.blueprint(id).identifier.value;
        // Of several of one name, the first is the blueprint.
        self.blueprint_nodes().find(|node| node.get("identifier").and_then(Node::as_str) == Some(name))
    }

    /// Returns the id of the blueprint whose entities are teams.
    pub fn team_blueprint(&self) -> Option<BlueprintId> {
        self.find_blueprint(self.config.team())
    }

    /// Returns how many entities there are.
    pub fn entity_count(&self) -> usize {
        self.records.len()
    }

    /// Returns the ids of all entities, by blueprint, then identifier.
    pub fn entity_ids(&self) -> impl ExactSizeIterator<Item = EntityId> + use<> {
        (0..self.records.len()).map(EntityId::new)
    }

    /// Returns every entity to as many threads as there are, in the same order.
    pub fn par_entities(&self) -> impl IndexedParallelIterator<Item = EntityRef<'_>> {
        (0..self.records.len()).into_par_iter().map(|index| self.entity(EntityId::new(index)))
    }

    /// Returns every entity, by blueprint, then identifier.
    pub fn entities(&self) -> impl ExactSizeIterator<Item = EntityRef<'_>> {
        self.entity_ids().map(|id| self.entity(id))
    }

    /// Returns the entities of a blueprint, by identifier.
    pub fn entities_of(&self, blueprint: BlueprintId) -> impl ExactSizeIterator<Item = EntityRef<'_>> {
        self.ranges[blueprint.index()].clone().map(|index| self.entity(EntityId::new(index)))
    }

    /// Returns the entity with this id.
    pub fn entity(&self, id: EntityId) -> EntityRef<'_> {
        let record = &self.records[id.index()];
        EntityRef::new(self, id, record)
    }

    /// Returns the entity of `blueprint` called `identifier`.
    pub fn find_entity(&self, blueprint: BlueprintId, identifier: &str) -> Option<EntityId> {
        let range = &self.ranges[blueprint.index()];
        let same = |id: &EntityId| range.contains(&id.index()) && self.names.get(*id) == identifier;
        self.entity_index.find(entity_hash(blueprint, identifier), same).copied()
    }

    /// Returns the entities called `identifier`, of whichever blueprints.
    pub fn find_entities(&self, identifier: &str) -> Vec<EntityId> {
        self.blueprints().filter_map(|(blueprint, _)| self.find_entity(blueprint, identifier)).collect()
    }

    /// Returns the node at a place.
    pub fn node(&self, place: Place) -> Node<'_> {
        self.documents[place.document as usize].node(place.node)
    }

    /// Returns whether an entity called `identifier` exists but could not be given a blueprint, so that who
    /// points at it is not to blame.
    pub fn is_unplaced(&self, identifier: &str) -> bool {
        self.unplaced.has(identifier)
    }

    /// Returns whether an entity without a blueprint would fit `blueprint`.
    pub fn has_candidate(&self, blueprint: &str) -> bool {
        self.unplaced.fits(blueprint)
    }

    /// Returns whether a document that could not be read seems to define `identifier`.
    pub fn is_lost(&self, identifier: &str) -> bool {
        self.lost.contains(identifier)
    }

    /// Returns what is wrong with the properties of an entity.
    pub fn violations(&self, entity: EntityRef<'_>) -> Vec<Diagnostic> {
        let validator = &self.validators[entity.blueprint_id().index()];
        let (blueprint, mut more) = (entity.blueprint(), entity.overlays());
        if more.is_empty() {
            return validator.violations(blueprint, entity.node(), entity.properties_node(), &|_| false);
        }
        let supplied = |name: &str| entity.property(name).is_some();
        let mut found = validator.violations(blueprint, entity.node(), entity.properties_node(), &supplied);
        while let Some((part, rest)) = more.split_first() {
            let node = self.documents[part.document as usize].node(part.entity.node);
            found.extend(validator.violations(blueprint, node, node.get("properties"), &|_| true));
            more = rest;
        }
        found
    }

    /// Returns every scorecard, in path order.
    pub fn scorecards(&self) -> &[Definition<Scorecard>] {
        &self.scorecards
    }

    /// Returns every initiative, in path order.
    pub fn initiatives(&self) -> &[Definition<Initiative>] {
        &self.initiatives
    }

    /// Returns every waiver, in path order.
    pub fn waivers(&self) -> &[Definition<Waiver>] {
        &self.waivers
    }

    /// Returns every action, in path order.
    pub fn actions(&self) -> &[Definition<Action>] {
        &self.actions
    }

    /// Returns every automation, in path order.
    pub fn automations(&self) -> &[Definition<Automation>] {
        &self.automations
    }

    /// Returns every page, in path order.
    pub fn pages(&self) -> &[Definition<Page>] {
        &self.pages
    }

    /// Returns every integration, in path order.
    pub fn integrations(&self) -> &[Definition<Integration>] {
        &self.integrations
    }

    /// Returns every scaffold, in path order.
    pub fn scaffolds(&self) -> &[Definition<Scaffold>] {
        &self.scaffolds
    }

    /// Returns how many documents of `kind` there are.
    pub fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Blueprint => self.blueprints.iter().filter(|blueprint| !blueprint.system).count(),
            Kind::Entity => self.records.len(),
            Kind::Scorecard => self.scorecards.len(),
            Kind::Initiative => self.initiatives.len(),
            Kind::Waiver => self.waivers.len(),
            Kind::Action => self.actions.len(),
            Kind::Automation => self.automations.len(),
            Kind::Page => self.pages.len(),
            Kind::Integration => self.integrations.len(),
            Kind::Scaffold => self.scaffolds.len(),
        }
    }
}

/// Returns the hash by which an entity is found. Not seeded: the table is only asked, never walked.
fn entity_hash(blueprint: BlueprintId, identifier: &str) -> u64 {
    let mut hasher = FxHasher::default();
    blueprint.hash(&mut hasher);
    identifier.hash(&mut hasher);
    hasher.finish()
}
