//! The entities that a widget is about, and the way to the list of them.

use std::sync::Arc;

use rayon::prelude::*;

use super::ROOT;
use crate::catalog::{BlueprintId, Definition, EntityId};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile};
use crate::model::Spanned;
use crate::model::page::Page;
use crate::model::query::{Combinator, Condition as Rule, Member, Query};
use crate::site::Site;
use crate::site::markup::Markup;
use crate::site::table::{List, Table};
use crate::yaml::{Document, Node, NodeId};

/// A page while its widgets are written.
pub(super) struct Scene<'s, 'a> {
    pub(super) site: &'s Site<'a>,
    document: &'s Document,
    root: NodeId,
    /// What all of its widgets are held against.
    filters: Vec<Query>,
    tables: &'s [Arc<Table<'s>>],
}

/// Entities of a blueprint.
pub(super) struct Data<'s> {
    pub(super) blueprint: BlueprintId,
    /// In the catalog's order.
    pub(super) entities: Vec<EntityId>,
    /// What chose them.
    pub(super) condition: Condition,
    /// The table of the blueprint narrowed to them; `None` when the blueprint has no page.
    list: Option<List<'s>>,
}

impl<'s, 'a> Scene<'s, 'a> {
    pub(super) fn new(
        site: &'s Site<'a>,
        tables: &'s [Arc<Table<'s>>],
        definition: &'s Definition<Page>,
    ) -> Self {
        let document = site.catalog().node(definition.place).document();
        let filters = definition.value.filters.iter().map(|filter| search(document.node(*filter)));
        Self { site, document, root: definition.value.node, filters: filters.collect(), tables }
    }

    /// Returns the node of something on the page.
    pub(super) fn node(&self, id: NodeId) -> Node<'s> {
        self.document.node(id)
    }

    /// Returns the entities of a blueprint that a search chooses, or why that cannot be said.
    pub(super) fn data(
        &self,
        blueprint: Option<&Spanned<String>>,
        dataset: Option<&Query>,
    ) -> Result<Data<'s>, String> {
        let Some(name) = blueprint else { return Err("It does not say whose entities it shows.".into()) };
        let catalog = self.site.catalog();
        let Some(blueprint) = catalog.find_blueprint(&name.value) else {
            return Err(format!("There is no blueprint `{}` in this catalog.", name.value));
        };
        let empty = Query { combinator: Combinator::And, members: Vec::new(), node: self.root };
        let dataset = dataset.unwrap_or(&empty);
        let condition = self.compile(blueprint, dataset);
        if condition.is_personal() {
            return Err("This depends on who looks, whom a site without a server does not know.".into());
        }
        let mut list = self.list(blueprint);
        let mut say = |query: &Query| {
            if let Some(list) = &mut list {
                list.search(self.node(query.node));
            }
        };
        if !dataset.members.is_empty() {
            say(dataset);
        }
        let mut conditions = vec![condition];
        for query in &self.filters {
            // A filter of the page is for the widgets whose entities have what it asks for.
            let of = catalog.blueprint(blueprint);
            let has = |rule: &&Rule| {
                rule.property.as_ref().is_none_or(|name| of.readable(&name.value))
                    && rule.relation.as_ref().is_none_or(|name| of.relation(&name.value).is_some())
            };
            let fits = query.conditions().iter().all(has);
            let condition = self.compile(blueprint, query);
            if fits && !condition.is_personal() {
                conditions.push(condition);
                say(query);
            }
        }
        let entities = self.holding(blueprint, &conditions);
        Ok(Data { blueprint, entities, condition: conditions.swap_remove(0), list })
    }

    /// Returns the list of all entities of a blueprint; `None` when it has no page.
    pub(super) fn list(&self, blueprint: BlueprintId) -> Option<List<'s>> {
        let table = self.tables.iter().find(|table| table.blueprint == blueprint)?;
        Some(List::of(table, self.site.portal.now))
    }

    fn compile(&self, blueprint: BlueprintId, query: &Query) -> Condition {
        let portal = self.site.portal;
        let (catalog, graph) = (&portal.catalog, &portal.graph);
        let scope = Scope { catalog, graph, blueprint: Some(blueprint), max_age: None, now: portal.now };
        // What is wrong with it has been reported by the check.
        compile(query, self.document, scope, &mut Lookups::default(), &mut Vec::new())
    }

    fn holding(&self, blueprint: BlueprintId, conditions: &[Condition]) -> Vec<EntityId> {
        let portal = self.site.portal;
        let (known, nothing) = (portal.known(), Gathered::default());
        let entities: Vec<EntityId> =
            portal.catalog.entities_of(blueprint).map(|entity| entity.id()).collect();
        let holds = |id: &EntityId| {
            let asked = Asked::new(known, portal.catalog.entity(*id));
            conditions.iter().all(|condition| condition.evaluate(&asked, &nothing) == Truth::Holds)
        };
        entities.into_par_iter().filter(holds).collect()
    }
}

/// Returns the search of a filter of a page, which may be a rule by itself.
fn search(node: Node<'_>) -> Query {
    if node.get("rules").is_some() {
        return Query::decode(node);
    }
    Query { combinator: Combinator::And, members: vec![Member::decode(node)], node: node.id() }
}

impl<'s> Data<'s> {
    /// Returns the list of all of them; `None` when the blueprint has no page.
    pub(super) fn list(&self) -> Option<&List<'s>> {
        self.list.as_ref()
    }

    /// Writes the link to the list of all of them, with how many they are.
    pub(super) fn link_all(&self, scene: &Scene<'_, '_>, out: &mut Markup) {
        let count = self.entities.len();
        if count > 0 && begin_list(scene.site, self.blueprint, self.list(), out) {
            out.raw("All ").number(count);
            match self.list().map_or(0, List::left_out) {
                0 => {}
                without => {
                    out.raw(" <small>without ").number(without).raw(" of its filters</small>");
                }
            }
            out.raw("</a>");
        }
    }
}

/// Writes the beginning of the link to a list of a blueprint's entities; `false` when the blueprint has no page.
pub(super) fn begin_list(
    site: &Site<'_>,
    blueprint: BlueprintId,
    list: Option<&List<'_>>,
    out: &mut Markup,
) -> bool {
    let (Some(page), Some(list)) = (&site.outline(blueprint).page, list) else { return false };
    out.raw("<a href=\"").raw(ROOT).text(page);
    let query = list.query();
    if !query.is_empty() {
        out.raw("?").text(&query);
    }
    if list.left_out() > 0 {
        out.raw("\" title=\"This list is without ").number(list.left_out()).raw(" of its filters");
    }
    out.raw("\">");
    true
}
