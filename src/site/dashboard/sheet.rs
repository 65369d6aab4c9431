//! Sheets: pages of type `entity`, whose widgets stand on the page of each entity of their blueprint.
//!
//! What a widget counts is found from the entity, by its relations, and never by looking at all entities; what does not
//! change from entity to entity is worked out once. How widgets are chosen is said in `crate::model::page::about`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::Xxh3;

use super::data::{Data, Scene};
use super::page;
use crate::catalog::{BlueprintId, Definition, EntityId};
use crate::condition::{Asked, Condition, Gathered, Truth};
use crate::model::page::about::{self, Place, Way};
use crate::model::page::{Content, Page, Sort, Widget};
use crate::site::Site;
use crate::site::address::encode;
use crate::site::icon::Used;
use crate::site::markup::Markup;
use crate::site::record::{list, maybe, record};
use crate::site::table::{List, Table};
use crate::yaml::NodeId;
use minijinja::Value;

/// The most entities that a widget follows relations to from one.
const MOST_RELATED: usize = 500;

record! {
    /// A sheet for a template; `body` is markup.
    Part { name, description, body }
}

/// The sheets of all blueprints.
pub(in crate::site) struct Sheets<'s> {
    of: Vec<Vec<Sheet<'s>>>,
}

/// A page about the entities of a blueprint.
struct Sheet<'s> {
    definition: &'s Definition<Page>,
    plans: Plans<'s>,
}

/// What becomes of the widgets that are shown, by where they are written: those that hold others and those that count
/// nothing have no plan.
pub(super) struct Plans<'s> {
    of: BTreeMap<NodeId, Option<Plan<'s>>>,
}

/// How a widget finds what it counts.
struct Plan<'s> {
    way: Way,
    blueprint: BlueprintId,
    conditions: Vec<Condition>,
    list: Option<List<'s>>,
}

/// What the page of an entity shows of its sheets, worked out before it is known whether the page is made anew.
pub(in crate::site) struct Shown<'i> {
    parts: Vec<(String, Option<String>, Markup)>,
    icons: Used<'i>,
}

impl<'s> Sheets<'s> {
    /// Returns the sheets of a site with these tables. Call it where expressions can be asked.
    pub(in crate::site) fn new(site: &'s Site<'_>, tables: &'s [Arc<Table<'s>>]) -> Self {
        let catalog = site.catalog();
        let mut of: Vec<Vec<Sheet<'s>>> = Vec::new();
        of.resize_with(catalog.blueprints().len(), Vec::new);
        for definition in catalog.pages() {
            let page = &definition.value;
            let blueprint = page.blueprint.as_ref().and_then(|name| catalog.find_blueprint(&name.value));
            let Some(blueprint) = blueprint.filter(|_| page.sort == Sort::Entity && !page.private) else {
                continue;
            };
            let scene = Scene::new(site, tables, definition);
            let mut plans = Plans { of: BTreeMap::new() };
            page.widgets.iter().for_each(|widget| plans.add(&scene, blueprint, widget));
            if !plans.of.is_empty() {
                of[blueprint.index()].push(Sheet { definition, plans });
            }
        }
        Self { of }
    }

    /// Returns what the page of an entity shows of its sheets.
    pub(in crate::site) fn shown<'i>(
        &self,
        site: &'s Site<'_>,
        tables: &'s [Arc<Table<'s>>],
        id: EntityId,
        icons: Used<'i>,
    ) -> Shown<'i> {
        let mut shown = Shown { parts: Vec::new(), icons };
        for sheet in &self.of[site.catalog().entity(id).blueprint_id().index()] {
            let page = &sheet.definition.value;
            let scene = Scene::about(site, tables, sheet.definition, id, &sheet.plans);
            let mut body = Markup::with_capacity(2048);
            page::rows(&scene, &page.layout, &page.widgets, 3, &mut shown.icons, &mut body);
            shown.parts.push((page.label().to_string(), page.description.clone(), body));
        }
        shown
    }
}

impl Shown<'_> {
    /// Returns a hash of what is shown and of `others`.
    pub(in crate::site) fn hash(&self, others: u64) -> u64 {
        if self.parts.is_empty() {
            return others;
        }
        let mut hasher = Xxh3::new();
        hasher.update(&others.to_le_bytes());
        for (name, description, body) in &self.parts {
            hasher.update(format!("{name:?}{description:?}").as_bytes());
            body.hash(&mut hasher);
        }
        hasher.digest()
    }

    /// Returns the sheets for a template, and adds their icons to those of the page.
    pub(in crate::site) fn finish(self, icons: &mut Used<'_>) -> Value {
        icons.append(&self.icons);
        list(self.parts.into_iter().map(|(name, description, body)| Part {
            name: Value::from(name),
            description: maybe(description),
            body: body.finish(),
        }))
    }
}

impl<'s> Plans<'s> {
    /// Adds a widget if it, or one inside it, is shown.
    fn add(&mut self, scene: &Scene<'s, '_>, blueprint: BlueprintId, widget: &Widget) {
        let name = scene.site.catalog().blueprint(blueprint).identifier.value.as_str();
        if matches!(widget.content, Content::Board | Content::Tabs(_)) {
            let before = self.of.len();
            widget.inside().for_each(|inside| self.add(scene, blueprint, inside));
            if self.of.len() > before {
                self.of.insert(widget.node, None);
            }
            return;
        }
        if matches!(widget.content, Content::Elsewhere(_) | Content::Unknown) {
            return;
        }
        let Place::Shown(about) = about::place(widget, name, scene.node(widget.node).document()) else {
            return;
        };
        let plan = about.map(|about| {
            let named = widget.blueprint.as_ref().filter(|name| !about::is_blueprint(&name.value));
            let of = match named {
                Some(name) => scene.site.catalog().find_blueprint(&name.value)?,
                None => blueprint,
            };
            let (conditions, list) = scene.narrowed(of, &about.rest)?;
            Some(Plan { way: about.way, blueprint: of, conditions, list })
        });
        match plan {
            None => _ = self.of.insert(widget.node, None),
            Some(Some(plan)) => _ = self.of.insert(widget.node, Some(plan)),
            // There is no such blueprint, or it depends on who looks: that has been reported.
            Some(None) => {}
        }
    }

    /// Returns whether a widget is shown.
    pub(super) fn shows(&self, widget: &Widget) -> bool {
        self.of.contains_key(&widget.node)
    }

    /// Returns what a widget counts on the page of an entity, or why that cannot be said.
    pub(super) fn data(&self, site: &'s Site<'_>, id: EntityId, widget: &Widget) -> Result<Data<'s>, String> {
        let Some(Some(plan)) = self.of.get(&widget.node) else { return Err("It counts nothing.".into()) };
        let Some(mut entities) = plan.candidates(site, id) else {
            return Err(format!(
                "More than {MOST_RELATED} entities are related to it: too many to follow here."
            ));
        };
        let (known, nothing) = (site.portal.known(), Gathered::default());
        entities.retain(|&id| {
            let entity = site.catalog().entity(id);
            let asked = Asked::new(known, entity);
            entity.blueprint_id() == plan.blueprint
                && plan
                    .conditions
                    .iter()
                    .all(|condition| condition.evaluate(&asked, &nothing) == Truth::Holds)
        });
        entities.sort_unstable();
        entities.dedup();
        let condition = plan.conditions.first().cloned().unwrap_or_else(Condition::always);
        Ok(Data { blueprint: plan.blueprint, entities, condition, list: plan.listed(site, id) })
    }
}

impl<'s> Plan<'s> {
    /// Returns the entities that the way leads to from one, of any blueprint; `None` when there are too many.
    fn candidates(&self, site: &Site<'_>, id: EntityId) -> Option<Vec<EntityId>> {
        let (catalog, graph) = (site.catalog(), site.graph());
        Some(match &self.way {
            Way::Itself => vec![id],
            Way::Owned => site.owners.of(id).iter().map(|(_, owned)| *owned).collect(),
            Way::Pointing(relation) => {
                let by =
                    graph.incoming(id).filter(|edge| edge.definition(catalog).identifier.value == *relation);
                by.map(|edge| edge.from).collect()
            }
            Way::Related { upstream, required } => {
                let mut all = Vec::new();
                for up in [true, false].into_iter().filter(|up| upstream.is_none_or(|only| only == *up)) {
                    all.extend(related(site, id, up, *required)?);
                }
                all
            }
        })
    }

    /// Returns the list of what is counted for an entity.
    fn listed(&self, site: &Site<'_>, id: EntityId) -> Option<List<'s>> {
        let list = self.list.as_ref()?;
        let identifier = site.face(id).identifier();
        Some(match &self.way {
            Way::Itself => list.having("$title", Some(identifier)),
            Way::Owned => list.having("$team", Some(identifier)),
            Way::Pointing(relation) => list.having(&list.relation(relation), Some(identifier)),
            Way::Related { .. } => {
                let mut list = list.clone();
                list.leave_out(1);
                list
            }
        })
    }
}

/// Returns what is upstream, or downstream, of an entity: a way does not turn around. `None` when it is too much.
fn related(site: &Site<'_>, id: EntityId, up: bool, required: bool) -> Option<Vec<EntityId>> {
    let (catalog, graph) = (site.catalog(), site.graph());
    let mut seen: FxHashSet<EntityId> = [id].into_iter().collect();
    let (mut open, mut found) = (vec![id], Vec::new());
    while let Some(at) = open.pop() {
        let next: Vec<EntityId> = if up {
            let edges =
                graph.outgoing(at).iter().filter(|edge| !required || edge.definition(catalog).required);
            edges.map(|edge| edge.to).collect()
        } else {
            let edges = graph.incoming(at).filter(|edge| !required || edge.definition(catalog).required);
            // One that everything points at is too much before it is listed.
            edges.map(|edge| edge.from).take(MOST_RELATED + 2).collect()
        };
        for id in next {
            if seen.insert(id) {
                open.push(id);
                found.push(id);
            }
        }
        if found.len() > MOST_RELATED {
            return None;
        }
    }
    Some(found)
}

/// Returns a text with what it says of an entity put in; parts of addresses are written so that they stay parts.
pub(super) fn filled<'t>(site: &Site<'_>, id: EntityId, text: &'t str, address: bool) -> Cow<'t, str> {
    let known = site.portal.known();
    let entity = site.catalog().entity(id);
    let alone =
        text.trim().starts_with("{{") && text.matches("{{").count() == 1 && text.trim().ends_with("}}");
    about::fill(text, |name| {
        let value = match name {
            "url.identifier" => entity.identifier().to_string(),
            "blueprint" => entity.blueprint().identifier.value.clone(),
            _ => match name.strip_prefix("entity.")? {
                "identifier" => entity.identifier().to_string(),
                "title" => entity.label().to_string(),
                "blueprint" => entity.blueprint().identifier.value.clone(),
                path => {
                    let value = known.value(entity, path.strip_prefix("properties.")?);
                    let text = value.as_str().map(String::from);
                    text.or_else(|| value.as_f64().map(crate::site::chart::figure::plain)).unwrap_or_default()
                }
            },
        };
        Some(if address && !alone { encode(&value).replace('/', "%2F") } else { value })
    })
}
