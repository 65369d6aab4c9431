//! What is known of an entity: stored, computed and meta values, and how it scores, read in one way.
//!
//! Plain data and its reading. The values are computed by `compute` and the scores by `score`; conditions, which both
//! of them ask, read through [`Known`] and need not know where a value comes from.

mod computed;
pub mod document;
mod scores;
mod value;

use crate::catalog::{Catalog, EntityId, EntityRef};
use crate::graph::Graph;
use crate::model::blueprint::META;
use crate::model::instant::Instant;
use crate::yaml::Node;

pub use computed::{Column, Computed, Sort};
pub use scores::{Card, CardLevel, CardRule, Outcome, Scores, Standing, Tally};
pub use value::Value;

/// Everything that can be asked of an entity. As cheap to copy as the references it holds.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The documents.
    pub catalog: &'a Catalog,
    /// Relations resolved.
    pub graph: &'a Graph,
    /// Computed values: those of the columns that are done.
    pub computed: &'a Computed,
    /// Scores, once they are known.
    pub scores: Option<&'a Scores>,
    /// The instant of the run.
    pub now: Instant,
}

impl<'a> Known<'a> {
    /// Returns the value that a condition calls `name`: a meta-property (`$team`), a stored property, or a computed
    /// one.
    pub fn value(self, entity: EntityRef<'a>, name: &str) -> Value<'a> {
        if name.starts_with('$') {
            return self.meta(entity, name);
        }
        if let Some(node) = entity.property(name) {
            return Value::Node(node);
        }
        match self.computed.value(entity, name) {
            Some(value) if !value.is_null() => Value::Computed(value),
            _ => Value::Nothing,
        }
    }

    /// Returns a meta-property. Who changed an entity and when is what an export of Port wrote into it.
    fn meta(self, entity: EntityRef<'a>, name: &str) -> Value<'a> {
        match name {
            "$identifier" => Value::Text(entity.identifier()),
            "$title" => entity.title().map_or(Value::Nothing, Value::Text),
            "$blueprint" => Value::Text(&entity.blueprint().identifier.value),
            "$icon" => entity.icon().map_or(Value::Nothing, Value::Text),
            "$team" => {
                let owners = self.owners(entity);
                if owners.is_empty() { Value::Nothing } else { Value::Names(owners) }
            }
            _ if META.contains(&name) => {
                let written = entity.node().get(&name[1..]).filter(|value| !value.is_null());
                written.map_or(Value::Nothing, Value::Node)
            }
            _ => Value::Nothing,
        }
    }

    /// Returns the identifiers of an entity's owners: the teams found, else those it names. Until a catalog declares
    /// its first team, names are all there is.
    pub fn owners(self, entity: EntityRef<'a>) -> Vec<&'a str> {
        let teams = self.graph.owners(entity.id());
        if teams.is_empty() {
            return entity.teams().filter_map(Node::as_str).collect();
        }
        teams.iter().map(|&team| self.catalog.entity(team).identifier()).collect()
    }

    /// Returns what `entity` points at by the relation called `name`, in the order in which it is written.
    pub fn targets(self, entity: EntityId, name: &str) -> impl Iterator<Item = EntityRef<'a>> + use<'a> {
        let catalog = self.catalog;
        let number = catalog.entity(entity).blueprint().relation(name).map(|(number, _)| number);
        let edges = self.graph.outgoing(entity).iter();
        let edges = edges.filter(move |edge| Some(edge.relation as usize) == number);
        edges.map(move |edge| catalog.entity(edge.to))
    }
}
