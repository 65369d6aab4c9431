//! The page of an entity.

use minijinja::Value;

use super::dashboard::ShownSheets;
use super::frame::Area;
use super::history::Told;
use super::icon::Used;
use super::interface::Interfaces;
use super::markup::Markup;
use super::neighbour::{self, Group};
use super::record::{list, maybe, none, record};
use super::value::{self, Shown};
use super::verdict::Verdict;
use super::work::Work;
use super::{Site, action, api, computed, document, drawing, graph, outline, owned, team, words};
use crate::catalog::{EntityId, EntityRef};
use crate::model::property::{Property, Type};
use crate::yaml::Node;

/// Entities are one folder below the root.
pub(super) const ROOT: &str = "../";

/// The longest text that stands under a title.
const LONGEST_DESCRIPTION: usize = 600;

record! {
    /// What the template of an entity reads; `crumbs`, `tags`, `owners` and the drawings are markup.
    Page {
        site, frame, title, summary, icons,
        name, identifier, kind, icon,
        crumbs, description, tags, owners, owner_icon,
        parts, drawing, used_by, used_by_count, uses, uses_count,
        facts, blocks, unset, documents,
        marks, scorecards, passed, rules,
        interfaces, operations, sheets,
        actions, owned, side, work, story, source, json,
    }
}

record! {
    /// Where an entity is written.
    Source { path, line, href }
}

/// Properties, sorted by how they are shown.
#[derive(Default)]
struct Properties {
    facts: Vec<value::Fact>,
    blocks: Vec<value::Block>,
    tags: Markup,
    description: Option<String>,
    unset: usize,
}

/// What the page of an entity shows that is worked out before it is known whether the page is made anew.
pub(super) struct Parts<'a> {
    pub(super) verdict: Verdict,
    pub(super) told: Told,
    pub(super) work: Work,
    pub(super) lead: Option<document::Lead>,
    pub(super) interfaces: &'a Interfaces,
    pub(super) sheets: ShownSheets<'a>,
    /// What it consists of, if anything.
    pub(super) inside: Option<graph::Parts>,
}

/// Returns what the page of an entity shows.
pub(super) fn page(site: &Site<'_>, entity: EntityRef<'_>, parts: Parts<'_>) -> Value {
    let Parts { mut verdict, told, work, lead, interfaces, sheets, inside } = parts;
    let mut icons = Used::new(&site.icons);
    let is_team = site.team == Some(entity.blueprint_id());
    let parents = site.hierarchy.above(entity.id());
    let (used_by, uses) = (neighbour::used_by(site, entity), neighbour::uses(site, entity));
    let properties = properties(site, entity, interfaces);
    let section = interfaces.section(entity.id());
    let owners = owners(site, entity);
    let fallback = || format!("{}, {}", entity.label(), entity.blueprint().label());
    let named = entity.label() != entity.identifier();
    let tallies = owned::tallies(site, entity.id());
    owned::marks(&tallies, ROOT, &mut verdict.marks);
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, if is_team { Area::Teams } else { Area::Catalog }),
        title: Value::from(entity.label()),
        summary: Value::from(properties.description.clone().unwrap_or_else(fallback)),
        name: Value::from(entity.label()),
        identifier: if named { Value::from(entity.identifier()) } else { none() },
        kind: site.outline(entity.blueprint_id()).label.clone(),
        icon: Value::from(icons.add(site.face(entity.id()).icon)),
        crumbs: crumbs(site, entity, &parents),
        description: maybe(properties.description),
        tags: properties.tags.finish(),
        owner_icon: if owners.is_empty() { none() } else { Value::from(icons.add_drawn("team")) },
        owners: owners.finish(),
        parts: maybe(inside.map(|parts| parts.draw(site, ROOT, &mut icons))),
        drawing: drawing::draw(site, entity, &used_by, &uses, &parents, ROOT, &mut icons),
        used_by_count: Value::from(total(&used_by)),
        used_by: neighbour::links(site, &used_by, ROOT),
        uses_count: Value::from(total(&uses)),
        uses: neighbour::links(site, &uses, ROOT),
        facts: list(properties.facts),
        blocks: list(properties.blocks),
        unset: Value::from(properties.unset),
        documents: document::section(lead),
        marks: verdict.marks.finish(),
        scorecards: verdict.sections.finish(),
        passed: Value::from(verdict.passed),
        rules: Value::from(verdict.rules),
        operations: maybe(section.as_ref().map(|(_, count)| *count)),
        interfaces: maybe(section.map(|(section, _)| section)),
        sheets: sheets.finish(&mut icons),
        actions: action::about(site, entity, &mut icons),
        owned: owned::table(site, entity, &tallies, ROOT, &mut icons),
        side: team::side(site, entity, ROOT, &mut icons),
        work: work.finish(&mut icons),
        story: told.finish(),
        source: source(site, entity),
        json: Value::from(api::file_of(site, entity, ROOT)),
        icons: icons.drawings(),
    }
    .into()
}

fn total(groups: &[Group<'_>]) -> usize {
    groups.iter().map(|group| group.entities.len()).sum()
}

/// Returns the stored values in the order of the blueprint, then the computed ones.
fn properties(site: &Site<'_>, entity: EntityRef<'_>, interfaces: &Interfaces) -> Properties {
    let mut properties = Properties::default();
    let outline = site.outline(entity.blueprint_id());
    for (number, property) in entity.blueprint().properties.iter().enumerate() {
        let node = entity.property(&property.identifier.value);
        let Some(node) = node else {
            properties.unset += 1;
            continue;
        };
        if document::is_behind(site, node) || interfaces.shows(entity.id(), number) {
            continue;
        }
        if outline.described
            && outline::is_description(property)
            && let Some(text) = description(node)
        {
            properties.description = Some(text.to_string());
            continue;
        }
        match value::show(site, property, &outline.properties[number], node, ROOT) {
            Shown::Fact(mut fact) => {
                stamp(entity, property, &mut fact);
                if outline.tags.contains(&number)
                    && let Some(text) = node.text()
                {
                    tag(property, text, &mut properties.tags);
                }
                properties.facts.push(fact);
            }
            Shown::Block(block) => properties.blocks.push(block),
            Shown::Nothing => properties.unset += 1,
        }
    }
    for shown in computed::shown(site, entity, ROOT) {
        match shown {
            Shown::Fact(fact) => properties.facts.push(fact),
            Shown::Block(block) => properties.blocks.push(block),
            Shown::Nothing => {}
        }
    }
    properties
}

/// Adds of what time a value is that an integration says.
fn stamp(entity: EntityRef<'_>, property: &Property, fact: &mut value::Fact) {
    let said = entity.fact(&property.identifier.value);
    let Some(as_of) = said.and_then(|said| said.as_of) else { return };
    let mut out = Markup::trusted(fact.values.as_str().unwrap_or_default().to_string());
    out.raw(" <small>as of ");
    words::day(as_of, &mut out);
    out.raw("</small>");
    fact.values = out.finish();
}

/// Returns a text that is short enough to stand under a title.
fn description(node: Node<'_>) -> Option<&str> {
    let text = node.as_str()?.trim();
    (!text.is_empty() && text.len() <= LONGEST_DESCRIPTION).then_some(text)
}

/// Writes the tag beside the title; a number says what it counts.
fn tag(property: &Property, text: &str, out: &mut Markup) {
    let Some(color) = value::color(property, text) else { return };
    out.raw("<span class=\"tag ").raw(color).raw("\">");
    if property.kind == Some(Type::Number) {
        out.text(&property.label().to_lowercase()).raw(" ");
    }
    out.text(text).raw("</span> ");
}

/// Returns links to the owners.
fn owners(site: &Site<'_>, entity: EntityRef<'_>) -> Markup {
    let mut out = Markup::default();
    for (at, &team) in site.graph().owners(entity.id()).iter().enumerate() {
        let face = site.face(team);
        out.raw(if at > 0 { ", " } else { "" });
        face.begin(ROOT, &mut out);
        out.raw("\"><b>").text(face.label()).raw("</b></a>");
    }
    out
}

/// Returns the way to the page: its blueprint, then what it is a part of, the widest first.
fn crumbs(site: &Site<'_>, entity: EntityRef<'_>, parents: &[EntityId]) -> Value {
    let mut out = Markup::default();
    if site.team == Some(entity.blueprint_id()) {
        out.raw("<a href=\"").raw(ROOT).raw(team::PATH).raw("\">Teams</a>");
    } else if let Some(page) = &site.outline(entity.blueprint_id()).page {
        let label = entity.blueprint().label();
        // It is in the folder of the entity.
        let name = page.rsplit('/').next().unwrap_or_default();
        out.raw("<a href=\"").text(name).raw("\">").text(label).raw("</a>");
    }
    for &parent in parents.iter().rev() {
        site.face(parent).link(ROOT, &mut out);
    }
    out.finish()
}

/// Returns where an entity is written, with a link when the catalog says how to make one.
fn source(site: &Site<'_>, entity: EntityRef<'_>) -> Value {
    let (path, line) = site.place(entity);
    let href = words::source_url(site, path, line);
    Source { path: Value::from(path), line: Value::from(line), href: maybe(href) }.into()
}
