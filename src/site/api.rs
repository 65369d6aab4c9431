//! The JSON API: the catalog for programs, as files under `api/v1/`.
//!
//! `index.json` says where everything is. Paths in these files are relative to the root of the site. An entity
//! has a file of its own up to [`MOST_FILES`] entities; above, files hold [`SHARD`] entities each, for hosts
//! limit how many files a site may have.

use std::ops::Range;

use rayon::prelude::*;
use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::xxh3_64;

use super::{Error, Site, action, api_schema, api_score, json};
use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::model::blueprint::{Blueprint, Ownership};
use crate::model::property::Property;
use crate::output::{Output, Rank};

/// Up to how many entities each has a file.
const MOST_FILES: usize = 10_000;

/// How many entities share a file above.
const SHARD: usize = 256;

const ROOT: &str = "api/v1/";

/// Returns whether entities share files.
pub(super) fn is_sharded(site: &Site<'_>) -> bool {
    site.catalog().entity_count() > MOST_FILES
}

/// Returns the path of the file that an entity is in, as a link that starts with `root`.
pub(super) fn file_of(site: &Site<'_>, entity: EntityRef<'_>, root: &str) -> String {
    let folder = format!("{root}{ROOT}entities/");
    if !is_sharded(site) {
        return site.addresses.below(&folder, entity, ".json");
    }
    let first =
        site.catalog().entities_of(entity.blueprint_id()).next().map_or(0, |first| first.id().index());
    let blueprint = site.addresses.folder(entity.blueprint_id()).unwrap_or_default();
    format!("{folder}{blueprint}/shard-{}.json", (entity.id().index() - first) / SHARD)
}

/// Writes every entity and returns the hashes of each, by id: the JSON has all that there is to say of it.
pub(super) fn entities(site: &Site<'_>, output: &Output) -> Result<Vec<Hashes>, Error> {
    let blueprints = site.catalog().blueprints();
    let shards: Vec<_> = blueprints.flat_map(|(id, _)| shards(site, id)).collect();
    let written: Result<Vec<Vec<Hashes>>, Error> = shards
        .into_par_iter()
        .map_init(Vec::new, |buffer, shard| shard.write(site, output, buffer))
        .collect();
    Ok(written?.concat())
}

/// The hashes of an entity's JSON, by which it is known whether anything changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hashes {
    /// What others show of it: its names, owners and values.
    pub(super) face: u64,
    /// All of it, with what points at it.
    pub(super) whole: u64,
}

/// Entities of a blueprint that share a file when there are many.
struct Shard {
    path: String,
    entities: Range<usize>,
}

/// Returns the shards of a blueprint's entities, in their order.
fn shards(site: &Site<'_>, id: BlueprintId) -> Vec<Shard> {
    let Some(folder) = site.addresses.folder(id) else { return Vec::new() };
    let mut entities = site.catalog().entities_of(id);
    let count = entities.len();
    let start = entities.next().map_or(0, |first| first.id().index());
    let shard = |number: usize| Shard {
        path: format!("{ROOT}entities/{folder}/shard-{number}.json"),
        entities: start + number * SHARD..start + ((number + 1) * SHARD).min(count),
    };
    (0..count.div_ceil(SHARD)).map(shard).collect()
}

impl Shard {
    /// Writes the file, or the files of its entities when there are few; returns the hashes of each.
    fn write(&self, site: &Site<'_>, output: &Output, out: &mut Vec<u8>) -> Result<Vec<Hashes>, Error> {
        let shared = is_sharded(site);
        let mut hashes = Vec::with_capacity(self.entities.len());
        out.clear();
        for index in self.entities.clone() {
            let entity = site.catalog().entity(EntityId::new(index));
            if shared {
                out.extend_from_slice(if out.is_empty() { b"[\n" } else { b",\n" });
            }
            let start = out.len();
            let face = append(site, entity, out) - start;
            hashes.push(Hashes { face: xxh3_64(&out[start..start + face]), whole: xxh3_64(&out[start..]) });
            if !shared {
                out.push(b'\n');
                output.write(&file_of(site, entity, ""), Rank::Leaf, out)?;
                out.clear();
            }
        }
        if shared {
            out.extend_from_slice(b"\n]\n");
            output.write(&self.path, Rank::Leaf, out)?;
        }
        Ok(hashes)
    }
}

/// Appends an entity in Port's shape, with where it is shown and written, what points at it, and how it scores;
/// returns where that ends which others show of it.
fn append(site: &Site<'_>, entity: EntityRef<'_>, out: &mut Vec<u8>) -> usize {
    out.push(b'{');
    json::key(out, "identifier");
    json::string(out, entity.identifier());
    if let Some(title) = entity.title() {
        json::key(out, "title");
        json::string(out, title);
    }
    if let Some(icon) = entity.icon() {
        json::key(out, "icon");
        json::string(out, icon);
    }
    json::key(out, "blueprint");
    json::string(out, &entity.blueprint().identifier.value);
    let owners = site.graph().owners(entity.id());
    if !owners.is_empty() {
        json::key(out, "team");
        json::strings(out, owners.iter().map(|&team| site.face(team).identifier()));
    }
    json::key(out, "properties");
    out.push(b'{');
    for (name, value) in entity.properties() {
        json::key(out, name);
        json::node(out, value);
    }
    out.push(b'}');
    let face = out.len();
    computed(site, entity, out);
    facts(entity, site, out);
    relations(site, entity, out);
    incoming(site, entity, out);
    api_score::append(site, entity, out);
    json::key(out, "page");
    json::string(out, site.face(entity.id()).path());
    let (path, line) = site.place(entity);
    json::key(out, "source");
    out.extend_from_slice(b"{\"path\":");
    json::string(out, path);
    out.extend_from_slice(format!(",\"line\":{line}}}}}").as_bytes());
    face
}

/// Appends computed values to the properties, which have just been closed, and names them after.
fn computed(site: &Site<'_>, entity: EntityRef<'_>, out: &mut Vec<u8>) {
    let computed = &site.portal.computed;
    let columns = computed.columns(entity.blueprint_id()).iter().enumerate();
    let values = columns.filter_map(|(number, column)| Some((column, computed.value_at(entity, number)?)));
    let values: Vec<_> = values.filter(|(_, value)| !value.is_null()).collect();
    // A stored property of that name has been said, and is what counts.
    let stored = |name: &str| entity.property(name).is_some();
    out.pop();
    for (column, value) in values.iter().filter(|(column, _)| !stored(&column.identifier)) {
        json::key(out, &column.identifier);
        serde_json::to_writer(&mut *out, value).expect("memory takes everything");
    }
    out.push(b'}');
    if values.is_empty() {
        return;
    }
    json::key(out, "computed");
    json::strings(out, values.iter().map(|(column, _)| column.identifier.as_str()));
}

/// Appends where the values of an entity come from that no one has written: each integration with its values, its file,
/// and the time of which they are.
fn facts(entity: EntityRef<'_>, site: &Site<'_>, out: &mut Vec<u8>) {
    let mut said = entity.said().peekable();
    if said.peek().is_none() {
        return;
    }
    json::key(out, "facts");
    for (at, (fact, values)) in said.enumerate() {
        out.extend_from_slice(if at > 0 { b",{" } else { b"[{" });
        let integration = fact.integration.value.identifier.as_ref();
        if let Some(integration) = integration {
            json::key(out, "integration");
            json::string(out, &integration.value);
        }
        if let Some(as_of) = fact.as_of {
            json::key(out, "asOf");
            json::string(out, &as_of.iso());
        }
        let source = site.portal.sources.get(fact.node.span().source);
        json::key(out, "path");
        json::string(out, source.path());
        json::key(out, "line");
        out.extend_from_slice(source.line_at(values.span().start).to_string().as_bytes());
        json::key(out, "properties");
        let names = values.get("properties").into_iter().flat_map(|values| values.entries());
        json::strings(out, names.filter_map(|(name, _)| name.as_str()));
        out.push(b'}');
    }
    out.push(b']');
}

/// Appends what an entity points at, as far as it exists: a list for a relation to many, else one identifier.
fn relations(site: &Site<'_>, entity: EntityRef<'_>, out: &mut Vec<u8>) {
    json::key(out, "relations");
    out.push(b'{');
    for edges in site.graph().outgoing(entity.id()).chunk_by(|a, b| a.relation == b.relation) {
        let relation = edges[0].definition(site.catalog());
        json::key(out, &relation.identifier.value);
        let mut targets = edges.iter().map(|edge| site.face(edge.to).identifier());
        match targets.next().filter(|_| !relation.many) {
            Some(target) => json::string(out, target),
            None => json::strings(out, edges.iter().map(|edge| site.face(edge.to).identifier())),
        }
    }
    out.push(b'}');
}

/// Appends what points at an entity, as `blueprint.relation` with identifiers.
fn incoming(site: &Site<'_>, entity: EntityRef<'_>, out: &mut Vec<u8>) {
    let catalog = site.catalog();
    let mut edges: Vec<_> = site.graph().incoming(entity.id()).collect();
    let key = |from, relation| (catalog.entity(from).blueprint_id(), relation);
    // Stable, so that identifiers stay in order.
    edges.sort_by_key(|edge| key(edge.from, edge.relation));
    if edges.is_empty() {
        return;
    }
    json::key(out, "relatedBy");
    out.push(b'{');
    for group in edges.chunk_by(|a, b| key(a.from, a.relation) == key(b.from, b.relation)) {
        let blueprint = catalog.entity(group[0].from).blueprint();
        let relation = group[0].definition(catalog);
        json::key(out, &format!("{}.{}", blueprint.identifier.value, relation.identifier.value));
        json::strings(out, group.iter().map(|edge| site.face(edge.from).identifier()));
    }
    out.push(b'}');
}

/// Writes the index, the blueprints, and what holds many entities.
pub(super) fn lists(site: &Site<'_>, output: &Output) -> Result<(), Error> {
    let mut blueprints = Vec::new();
    for (id, blueprint) in site.catalog().blueprints() {
        let (Some(folder), Some(page)) = (site.addresses.folder(id), site.addresses.blueprint(id, 1)) else {
            continue;
        };
        let path = format!("{ROOT}blueprints/{folder}.json");
        output.write(&path, Rank::List, pretty(&definition(blueprint)).as_bytes())?;
        let (list, files) = index(site, id, folder, output)?;
        blueprints.push(json!({
            "identifier": blueprint.identifier.value,
            "title": blueprint.label(),
            "entities": site.catalog().entities_of(id).len(),
            "page": page,
            "definition": path,
            "list": list,
            "shards": files,
        }));
    }
    let (actions, automations) = action::api::lists(site);
    let index = json!({
        "version": 1,
        "title": site.catalog().config().title,
        "about": "Paths are relative to the root of the site. `list` names a blueprint's entities, each with the \
                  file that holds it; when there are `shards`, a file holds a list of entities.",
        "openapi": api_schema::OPENAPI,
        "entities": site.catalog().entity_count(),
        "blueprints": blueprints,
        "scorecards": (!site.boards.is_empty()).then_some(api_score::LIST),
        "initiatives": (!site.portal.progress.is_empty()).then_some(api_score::INITIATIVES),
        "actions": actions,
        "automations": automations,
    });
    api_schema::write(site, output)?;
    output.write(&format!("{ROOT}index.json"), Rank::Home, pretty(&index).as_bytes())?;
    Ok(())
}

/// Writes the list of a blueprint's entities and returns its path; the paths of shards when they share files.
fn index(
    site: &Site<'_>,
    id: BlueprintId,
    folder: &str,
    output: &Output,
) -> Result<(Value, Vec<String>), Error> {
    if is_sharded(site) {
        return Ok((Value::Null, shards(site, id).into_iter().map(|shard| shard.path).collect()));
    }
    let mut out = b"[".to_vec();
    for entity in site.catalog().entities_of(id) {
        out.extend_from_slice(if out.len() > 1 { b",\n{" } else { b"\n{" });
        json::key(&mut out, "identifier");
        json::string(&mut out, entity.identifier());
        json::key(&mut out, "title");
        json::string(&mut out, entity.label());
        json::key(&mut out, "file");
        json::string(&mut out, &file_of(site, entity, ""));
        out.push(b'}');
    }
    out.extend_from_slice(b"\n]\n");
    // No entity's file is called so: `index` is escaped there.
    let path = format!("{ROOT}entities/{folder}/index.json");
    output.write(&path, Rank::List, &out)?;
    Ok((Value::from(path), Vec::new()))
}

/// Returns a blueprint in Port's shape.
fn definition(blueprint: &Blueprint) -> Value {
    let properties: Map<String, Value> = blueprint
        .properties
        .iter()
        .map(|property| (property.identifier.value.clone(), schema(property)))
        .collect();
    let required: Vec<&str> = blueprint.required.iter().map(|name| name.value.as_str()).collect();
    let relations = blueprint.relations.iter().map(|relation| {
        let targets: Vec<&str> = relation.targets.iter().map(|target| target.value.as_str()).collect();
        let target = if let [target] = targets[..] { json!(target) } else { json!(targets) };
        let relation_ = json!({
            "title": relation.label(), "description": relation.description, "target": target,
            "required": relation.required, "many": relation.many,
        });
        (relation.identifier.value.clone(), relation_)
    });
    let mirrors = blueprint.mirrors.iter().map(|mirror| {
        let path = mirror.path.as_ref().map(|path| &path.value);
        (mirror.identifier.value.clone(), json!({"title": mirror.title, "path": path}))
    });
    let calculations = blueprint.calculations.iter().map(|calculation| {
        let expression = calculation.expression.as_ref().map(|expression| &expression.value);
        let kind = calculation.kind.map(|kind| kind.name());
        let value = json!({
            "title": calculation.title, "calculation": expression, "type": kind, "format": calculation.format,
        });
        (calculation.identifier.value.clone(), value)
    });
    let aggregations = blueprint.aggregations.iter().map(|aggregation| {
        let target = aggregation.target.as_ref().map(|target| &target.value);
        (aggregation.identifier.value.clone(), json!({"title": aggregation.title, "target": target}))
    });
    json!({
        "identifier": blueprint.identifier.value,
        "title": blueprint.label(),
        "icon": blueprint.icon.as_ref().map(|icon| &icon.value),
        "description": blueprint.description,
        "schema": {"properties": properties, "required": required},
        "relations": relations.collect::<Map<_, _>>(),
        "mirrorProperties": mirrors.collect::<Map<_, _>>(),
        "calculationProperties": calculations.collect::<Map<_, _>>(),
        "aggregationProperties": aggregations.collect::<Map<_, _>>(),
        "ownership": blueprint.ownership.as_ref().map(|ownership| match &ownership.value {
            Ownership::Direct => json!({"type": "Direct"}),
            Ownership::Inherited(path) => json!({"type": "Inherited", "path": path.as_ref().map(|path| &path.value)}),
        }),
    })
}

/// Returns a property in Port's shape.
fn schema(property: &Property) -> Value {
    let mut schema = Map::from_iter([("title".to_string(), Value::from(property.label()))]);
    if let Some(description) = &property.description {
        schema.insert("description".into(), Value::from(description.as_str()));
    }
    if let Value::Object(keywords) = &property.schema {
        schema.extend(keywords.clone());
    }
    if !property.colors.is_empty() {
        let colors = property.colors.iter().map(|(value, color)| (value.value.clone(), json!(color.value)));
        schema.insert("enumColors".into(), Value::Object(colors.collect()));
    }
    Value::Object(schema)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
