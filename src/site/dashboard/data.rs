//! The entities that a widget is about, and the way to the list of them.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use super::ROOT;
use super::sheet::{self, Plans};
use crate::catalog::{BlueprintId, Definition, EntityId};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile};
use crate::model::Spanned;
use crate::model::page::{Page, Widget};
use crate::model::query::{Combinator, Condition as Rule, Member, Query};
use crate::site::Site;
use crate::site::board::Board;
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
    /// The entity whose page it is, and what its widgets count there.
    about: Option<(EntityId, &'s Plans<'s>)>,
}

/// Entities of a blueprint.
pub(super) struct Data<'s> {
    pub(super) blueprint: BlueprintId,
    /// In the catalog's order.
    pub(super) entities: Vec<EntityId>,
    /// What chose them.
    pub(super) condition: Condition,
    /// The table of the blueprint narrowed to them; `None` when the blueprint has no page.
    pub(super) list: Option<List<'s>>,
}

impl<'s, 'a> Scene<'s, 'a> {
    pub(super) fn new(
        site: &'s Site<'a>,
        tables: &'s [Arc<Table<'s>>],
        definition: &'s Definition<Page>,
    ) -> Self {
        let document = site.catalog().node(definition.place).document();
        let filters = definition.value.filters.iter().map(|filter| search(document.node(*filter)));
        Self { site, document, root: definition.value.node, filters: filters.collect(), tables, about: None }
    }

    /// Returns the scene of a page on the page of an entity, for which its searches are ready.
    pub(super) fn about(
        site: &'s Site<'a>,
        tables: &'s [Arc<Table<'s>>],
        definition: &'s Definition<Page>,
        entity: EntityId,
        plans: &'s Plans<'s>,
    ) -> Self {
        let document = site.catalog().node(definition.place).document();
        let root = definition.value.node;
        Self { site, document, root, filters: Vec::new(), tables, about: Some((entity, plans)) }
    }

    /// Returns the entity whose page it is.
    pub(super) fn entity(&self) -> Option<EntityId> {
        self.about.map(|(entity, _)| entity)
    }

    /// Returns whether a widget is shown here.
    pub(super) fn shows(&self, widget: &Widget) -> bool {
        self.about.is_none_or(|(_, plans)| plans.shows(widget))
    }

    /// Returns a text of the page, with what it says of the entity put in.
    pub(super) fn text<'t>(&self, text: &'t str, address: bool) -> Cow<'t, str> {
        match self.about {
            Some((entity, _)) => sheet::filled(self.site, entity, text, address),
            None => text.into(),
        }
    }

    /// Returns the entities that a widget is about, or why that cannot be said.
    pub(super) fn of(&self, widget: &Widget) -> Result<Data<'s>, String> {
        match self.about {
            Some((entity, plans)) => plans.data(self.site, entity, widget),
            None => self.data(widget.blueprint.as_ref(), widget.dataset.as_ref()),
        }
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
        let Some((mut conditions, list)) = self.narrowed(blueprint, dataset) else {
            return Err("This depends on who looks, whom a site without a server does not know.".into());
        };
        let entities = self.holding(blueprint, &conditions);
        Ok(Data { blueprint, entities, condition: conditions.swap_remove(0), list })
    }

    /// Returns the list of all entities of a blueprint; `None` when it has no page.
    pub(super) fn list(&self, blueprint: BlueprintId) -> Option<List<'s>> {
        let table = self.tables.iter().find(|table| table.blueprint == blueprint)?;
        Some(List::of(table, self.site.portal.now))
    }

    /// Returns what a search and the filters of the page ask of the entities of a blueprint, and the list of those; `None`
    /// when it depends on who looks.
    pub(super) fn narrowed(
        &self,
        blueprint: BlueprintId,
        dataset: &Query,
    ) -> Option<(Vec<Condition>, Option<List<'s>>)> {
        let condition = self.compile(blueprint, dataset);
        if condition.is_personal() {
            return None;
        }
        let mut list = self.list(blueprint);
        let mut say = |node: NodeId| {
            if let Some(list) = &mut list {
                list.search(self.node(node));
            }
        };
        match dataset.combinator {
            Combinator::And => dataset.members.iter().for_each(|member| say(member.node())),
            Combinator::Or => say(dataset.node),
        }
        let mut conditions = vec![condition];
        for query in &self.filters {
            // A filter of the page is for the widgets whose entities have what it asks for.
            let of = self.site.catalog().blueprint(blueprint);
            let has = |rule: &&Rule| {
                rule.property.as_ref().is_none_or(|name| of.readable(&name.value))
                    && rule.relation.as_ref().is_none_or(|name| of.relation(&name.value).is_some())
            };
            let fits = query.conditions().iter().all(has);
            let condition = self.compile(blueprint, query);
            if fits && !condition.is_personal() {
                conditions.push(condition);
                say(query.node);
            }
        }
        Some((conditions, list))
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

    /// Leaves out what a scorecard does not judge.
    pub(super) fn keep_judged(&mut self, board: &Board<'_>) {
        self.entities.retain(|id| board.card.standing(*id).is_some());
        self.list =
            self.list.take().map(|list| list.having_any(&format!("scorecard#{}", board.card.identifier)));
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
