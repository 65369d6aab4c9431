//! The entities that a widget is about, and the way to the list of them.

use rayon::prelude::*;

use super::ROOT;
use crate::catalog::{BlueprintId, Definition, EntityId};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile};
use crate::model::Spanned;
use crate::model::page::Page;
use crate::model::query::{Combinator, Condition as Rule, Member, Query};
use crate::site::Site;
use crate::site::address::encode;
use crate::site::markup::Markup;
use crate::yaml::{Document, Kind, Node, NodeId};

/// A page while its widgets are written.
pub(super) struct Scene<'s, 'a> {
    pub(super) site: &'s Site<'a>,
    document: &'s Document,
    root: NodeId,
    /// What all of its widgets are held against.
    filters: Vec<Query>,
}

/// Entities of a blueprint.
pub(super) struct Data {
    pub(super) blueprint: BlueprintId,
    /// In the catalog's order.
    pub(super) entities: Vec<EntityId>,
    /// What chose them.
    pub(super) condition: Condition,
    /// The same for a table: `None` when it cannot be said there.
    filter: Option<Filter>,
}

/// What a table of a blueprint is narrowed to: comparisons that must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    terms: Vec<String>,
}

impl Filter {
    /// Returns the filter and one more comparison: `tier=1`.
    pub(super) fn and(&self, name: &str, operator: &str, value: &str) -> Self {
        let mut terms = self.terms.clone();
        terms.push(format!("{}{operator}{}", escape(name), escape(value)));
        Self { terms }
    }
}

/// Returns a part of a comparison with all that separates parts escaped.
fn escape(text: &str) -> String {
    encode(text).replace('/', "%2F").replace("%24", "$")
}

impl<'s, 'a> Scene<'s, 'a> {
    pub(super) fn new(site: &'s Site<'a>, definition: &'s Definition<Page>) -> Self {
        let document = site.catalog().node(definition.place).document();
        let filters = definition.value.filters.iter().map(|filter| search(document.node(*filter)));
        Self { site, document, root: definition.value.node, filters: filters.collect() }
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
    ) -> Result<Data, String> {
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
        let mut filter = self.filter(dataset);
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
                filter = match (filter, self.filter(query)) {
                    (Some(own), Some(other)) => Some(Filter { terms: [own.terms, other.terms].concat() }),
                    _ => None,
                };
            }
        }
        let entities = self.holding(blueprint, &conditions);
        Ok(Data { blueprint, entities, condition: conditions.swap_remove(0), filter })
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

    /// Returns a search as comparisons that must all hold, when it is no more than that.
    fn filter(&self, query: &Query) -> Option<Filter> {
        let mut filter = Filter::default();
        if query.combinator == Combinator::Or && query.members.len() > 1 {
            return None;
        }
        for member in &query.members {
            let Member::Condition(rule) = member else { return None };
            let (property, operator) = (rule.property.as_ref()?, rule.operator.as_ref()?);
            if property.value == "$blueprint" && operator.value == "=" {
                continue;
            }
            let value = self.document.node(rule.value?);
            let text = |node: Node<'_>| match node.kind() {
                Kind::String | Kind::Number => node.as_str().or_else(|| node.text()).map(String::from),
                Kind::Bool => node.as_bool().map(|flag| flag.to_string()),
                _ => None,
            };
            match operator.value.as_str() {
                operator @ ("=" | "!=" | ">" | ">=" | "<" | "<=") => {
                    filter = filter.and(&property.value, operator, &text(value)?);
                }
                "in" => {
                    let values: Option<Vec<String>> =
                        value.items().map(|item| Some(escape(&text(item)?))).collect();
                    filter.terms.push(format!("{}={}", escape(&property.value), values?.join(",")));
                }
                _ => return None,
            }
        }
        Some(filter)
    }
}

/// Returns the search of a filter of a page, which may be a rule by itself.
fn search(node: Node<'_>) -> Query {
    if node.get("rules").is_some() {
        return Query::decode(node);
    }
    Query { combinator: Combinator::And, members: vec![Member::decode(node)], node: node.id() }
}

impl Data {
    /// Returns what chose them, when a table can be narrowed to it.
    pub(super) fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// Writes the link to the list of all of them, with how many they are.
    pub(super) fn link_all(&self, scene: &Scene<'_, '_>, out: &mut Markup) {
        let count = self.entities.len();
        if count > 0 && begin_list(scene.site, self.blueprint, self.filter(), out) {
            out.raw("All ").number(count).raw("</a>");
        }
    }
}

/// Writes the beginning of the link to the list of a blueprint's entities, narrowed as a filter says; `false` when the
/// blueprint has no page. The one place that knows how a list is addressed.
pub(super) fn begin_list(
    site: &Site<'_>,
    blueprint: BlueprintId,
    filter: Option<&Filter>,
    out: &mut Markup,
) -> bool {
    let Some(page) = &site.outline(blueprint).page else { return false };
    out.raw("<a href=\"").raw(ROOT).text(page).raw("\"");
    if let Some(filter) = filter.filter(|filter| !filter.terms.is_empty()) {
        out.raw(" data-filter=\"").text(&filter.terms.join("&")).raw("\"");
    }
    out.raw(">");
    true
}
