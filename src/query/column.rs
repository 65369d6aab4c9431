//! Columns: what of each entity is shown.
//!
//! A column is named as it is found in the entity: a field (`identifier`, `$team`), a property, a relation, or
//! relations to follow and then one of these (`system.domain.$title`); `level.readiness` is the level in a scorecard.
//! Fields go before properties and relations of the same name; `properties.` and `relations.` say which is meant.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::QueryError;
use super::document::targets;
use super::find::some;
use super::walk::{Row, Step};
use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::graph::{Direction, Edge};
use crate::model::blueprint::Blueprint;
use crate::model::phrase::clip;
use crate::model::property::{Property, Type};
use crate::portal::Portal;
use crate::printable::shown;
use crate::yaml::Node;

/// What every entity has, with or without `$` before it.
const FIELDS: &[&str] = &[
    "identifier",
    "title",
    "blueprint",
    "team",
    "owners",
    "icon",
    "file",
    "line",
    "createdAt",
    "createdBy",
    "updatedAt",
    "updatedBy",
];

/// What a row of a walk has besides.
const STEPS: &[&str] = &["distance", "direction", "via"];

/// The most properties that are shown without being asked for.
const MOST_PROPERTIES: usize = 4;

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name as asked for, which is its header and its key.
    pub(super) name: String,
    parts: Vec<Part>,
}

/// One name of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A field of every entity.
    Field(String),
    /// A field of a row of a walk.
    Step(String),
    /// A property, stored or computed.
    Property(String),
    /// The level in a scorecard.
    Level(String),
    /// A relation.
    Relation(String),
    /// A property, or else a relation.
    Either(String),
}

/// What columns can be of: the blueprints of the entities, and whether they were walked to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) portal: &'a Portal,
    pub(super) blueprints: &'a BTreeSet<BlueprintId>,
    pub(super) walk: bool,
}

impl Column {
    /// Returns the column called `name`, which must exist in one of the blueprints at least.
    pub(super) fn parse(name: &str, scope: Scope<'_>) -> Result<Self, QueryError> {
        let name = name.trim();
        let mut parts = Vec::new();
        let mut names = name.split('.').peekable();
        while let Some(part) = names.next() {
            let part = match (part, names.peek()) {
                ("", _) => return Err(unnamed(name)),
                ("properties", Some(_)) => Part::Property(names.next().unwrap_or_default().into()),
                ("relations", Some(_)) => Part::Relation(names.next().unwrap_or_default().into()),
                ("level", Some(_)) if !scope.has_relation("level") => {
                    Part::Level(names.by_ref().collect::<Vec<_>>().join("."))
                }
                (_, Some(_)) => Part::Relation(part.into()),
                (_, None) if scope.walk && parts.is_empty() && STEPS.contains(&part) => {
                    Part::Step(part.into())
                }
                (_, None) if FIELDS.contains(&part.strip_prefix('$').unwrap_or(part)) => {
                    Part::Field(part.trim_start_matches('$').into())
                }
                (_, None) => Part::Either(part.into()),
            };
            parts.push(part);
        }
        check(&parts, scope)?;
        Ok(Self { name: name.into(), parts })
    }

    /// Returns the value in a row.
    pub(super) fn value(&self, portal: &Portal, row: &Row) -> Value {
        match (self.parts.as_slice(), &row.step) {
            ([Part::Step(name)], Some(step)) => step_value(portal, name, step),
            (parts, _) => follow(portal, portal.catalog.entity(row.entity), parts),
        }
    }
}

impl Part {
    fn name(&self) -> &str {
        match self {
            Self::Field(name) | Self::Step(name) => name,
            Self::Property(name) | Self::Relation(name) | Self::Either(name) | Self::Level(name) => name,
        }
    }

    /// Returns whether entities of a blueprint have it.
    fn is_of(&self, portal: &Portal, id: BlueprintId) -> bool {
        let blueprint = portal.catalog.blueprint(id);
        match self {
            Self::Field(_) | Self::Step(_) => true,
            Self::Property(name) => has_property(blueprint, name),
            Self::Relation(name) => blueprint.relation(name).is_some(),
            Self::Either(name) => has_property(blueprint, name) || blueprint.relation(name).is_some(),
            Self::Level(name) => portal.scores.find(name, Some(id)).is_some(),
        }
    }
}

/// Returns whether a blueprint has a property of that name, stored or computed.
fn has_property(blueprint: &Blueprint, name: &str) -> bool {
    blueprint.property(name).is_some() || blueprint.computed(name).is_some()
}

impl Scope<'_> {
    /// Returns whether one of the blueprints has a relation of that name.
    fn has_relation(self, name: &str) -> bool {
        let catalog = &self.portal.catalog;
        self.blueprints.iter().any(|&id| catalog.blueprint(id).relation(name).is_some())
    }
}

fn unknown_scorecard(name: &str, scope: Scope<'_>) -> QueryError {
    let cards = scope.portal.scores.cards.iter().filter(|card| scope.blueprints.contains(&card.blueprint));
    let names: BTreeSet<&str> = cards.map(|card| card.identifier.as_str()).collect();
    let error = QueryError::new(format!("no scorecard `{}` judges these entities", shown(&clip(name))));
    let listed = match names.len() {
        0 => "none does".into(),
        _ => format!("there are {}", some(names.iter().copied())),
    };
    error.near(name, names.iter().copied(), listed)
}

fn unnamed(name: &str) -> QueryError {
    let error = QueryError::new(format!("`{}` is not a column: a name is missing", shown(&clip(name))));
    error.help("columns are separated by commas, the names of a path by dots: identifier,$team,system.domain")
}

/// Checks that the path exists: from one of the blueprints, through the targets of its relations.
fn check(parts: &[Part], scope: Scope<'_>) -> Result<(), QueryError> {
    let catalog = &scope.portal.catalog;
    let mut blueprints = scope.blueprints.clone();
    for (at, part) in parts.iter().enumerate() {
        let portal = scope.portal;
        let having =
            || blueprints.iter().filter(|&&id| part.is_of(portal, id)).map(|&id| catalog.blueprint(id));
        if having().next().is_none() && !blueprints.is_empty() {
            return Err(unknown(part, at + 1 == parts.len(), Scope { blueprints: &blueprints, ..scope }));
        }
        if at + 1 == parts.len() {
            break;
        }
        if let Part::Property(name) = part {
            let message = format!("`{}` is a property, and nothing comes after it", shown(&clip(name)));
            return Err(QueryError::new(message).help("relations come before it"));
        }
        let targets = having().filter_map(|blueprint| blueprint.relation(part.name()));
        let targets = targets.flat_map(|(_, relation)| &relation.targets);
        blueprints = targets.filter_map(|target| catalog.find_blueprint(&target.value)).collect();
    }
    Ok(())
}

/// Returns the error that none of the blueprints has such a part.
fn unknown(part: &Part, last: bool, scope: Scope<'_>) -> QueryError {
    let blueprints: Vec<&Blueprint> =
        scope.blueprints.iter().map(|&id| scope.portal.catalog.blueprint(id)).collect();
    let name = part.name();
    if let Part::Level(_) = part {
        return unknown_scorecard(name, scope);
    }
    let of = match blueprints.as_slice() {
        [blueprint] => format!("`{}`", blueprint.identifier.value),
        _ => "none of these entities".into(),
    };
    let sort = match (part, last) {
        (Part::Property(_), _) => "property",
        (Part::Relation(_), _) => "relation",
        _ => "property or relation",
    };
    let no = if blueprints.len() == 1 { "no " } else { "a " };
    let properties = scope.blueprints.iter().flat_map(|&id| property_names(scope.portal, id));
    let relations =
        blueprints.iter().flat_map(|blueprint| &blueprint.relations).map(|r| r.identifier.value.as_str());
    let names: BTreeSet<&str> = match part {
        Part::Property(_) => properties.collect(),
        Part::Relation(_) => relations.collect(),
        _ => properties.chain(relations).chain(FIELDS.iter().copied()).collect(),
    };
    let error = QueryError::new(format!("{of} has {no}{sort} `{}`", shown(&clip(name))));
    let listed = match names.len() {
        0 => "there are none".into(),
        _ => format!("there are {}", some(names.iter().copied())),
    };
    error.near(name, names.iter().copied(), listed)
}

/// Returns the names of a blueprint's properties, stored and computed.
fn property_names(portal: &Portal, id: BlueprintId) -> impl Iterator<Item = &str> {
    let stored =
        portal.catalog.blueprint(id).properties.iter().map(|property| property.identifier.value.as_str());
    stored.chain(portal.computed.columns(id).iter().map(|column| column.identifier.as_str()))
}

/// Returns the value at the end of a path.
fn follow(portal: &Portal, entity: EntityRef<'_>, parts: &[Part]) -> Value {
    let [part, rest @ ..] = parts else { return Value::Null };
    let blueprint = entity.blueprint();
    match part {
        _ if !rest.is_empty() => hop(portal, entity, part.name(), |target| follow(portal, target, rest)),
        Part::Field(name) => field(portal, entity, name),
        Part::Property(name) => portal.known().value(entity, name).to_json(),
        Part::Either(name) if has_property(blueprint, name) => portal.known().value(entity, name).to_json(),
        Part::Level(name) => level(portal, entity, name),
        Part::Relation(name) | Part::Either(name) => {
            hop(portal, entity, name, |target| target.identifier().into())
        }
        Part::Step(_) => Value::Null,
    }
}

/// Returns what `read` finds at the targets of a relation: one value, or a list of all there are.
fn hop(portal: &Portal, entity: EntityRef<'_>, name: &str, read: impl Fn(EntityRef<'_>) -> Value) -> Value {
    let Some((_, relation)) = entity.blueprint().relation(name) else { return Value::Null };
    let targets = targets(&portal.catalog, &portal.graph, entity.id(), name);
    let mut found = targets.map(|id| read(portal.catalog.entity(id)));
    if !relation.many {
        return found.next().unwrap_or(Value::Null);
    }
    let mut values = Vec::new();
    for value in found {
        match value {
            Value::Array(items) => values.extend(items),
            Value::Null => {}
            value => values.push(value),
        }
    }
    Value::Array(values)
}

/// Returns the title of the level that an entity has in a scorecard.
fn level(portal: &Portal, entity: EntityRef<'_>, scorecard: &str) -> Value {
    let card = portal.scores.find(scorecard, Some(entity.blueprint_id()));
    let standing = card.and_then(|card| card.standing(entity.id()));
    standing.map_or(Value::Null, |standing| standing.reached().title.as_str().into())
}

fn field(portal: &Portal, entity: EntityRef<'_>, name: &str) -> Value {
    let source = || portal.sources.get(entity.source());
    match name {
        "identifier" => entity.identifier().into(),
        "title" => entity.title().into(),
        "blueprint" => entity.blueprint().identifier.value.as_str().into(),
        "team" | "owners" => portal.known().owners(entity).into(),
        "icon" => entity.icon().into(),
        "file" => source().path().into(),
        "line" => source().line_at(entity.span().start).into(),
        stored => entity.field(stored).map_or(Value::Null, Node::to_json),
    }
}

fn step_value(portal: &Portal, name: &str, step: &Step) -> Value {
    match (name, step.direction) {
        ("distance", _) => step.distance.into(),
        ("direction", Direction::Upstream) => "upstream".into(),
        ("direction", Direction::Downstream) => "downstream".into(),
        _ => step.via.iter().map(|edge| via(portal, edge)).collect(),
    }
}

/// Returns a relation as the end it starts from, its name, and the end it leads to.
fn via(portal: &Portal, edge: &Edge) -> Value {
    let name = |id: EntityId| portal.catalog.entity(id).identifier();
    json!({"from": name(edge.from), "relation": edge.definition(&portal.catalog).identifier.value, "to": name(edge.to)})
}

/// Returns the columns to show when none are named.
pub(super) fn defaults(scope: Scope<'_>, both_ways: bool) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    if scope.walk {
        names.extend(both_ways.then_some("direction"));
        names.push("distance");
    }
    match scope.blueprints.first() {
        Some(&only) if scope.blueprints.len() == 1 && !scope.walk => {
            names.extend(["identifier", "title"]);
            let properties = telling(scope.portal.catalog.blueprint(only));
            return names.into_iter().map(String::from).chain(properties).chain(["owners".into()]).collect();
        }
        _ => names.extend(["blueprint", "identifier", "title"]),
    }
    names.extend(scope.walk.then_some("via"));
    names.push("owners");
    names.into_iter().map(String::from).collect()
}

/// Returns the properties that say most in least space: those with an enum first, in the blueprint's order.
fn telling(blueprint: &Blueprint) -> Vec<String> {
    let short = || blueprint.properties.iter().filter(|property| is_short(property));
    let listed = short().filter(|property| !property.values.is_empty());
    let others = short().filter(|property| property.values.is_empty());
    let chosen: Vec<&Property> = listed.chain(others).take(MOST_PROPERTIES).collect();
    let chosen = short().filter(|property| chosen.iter().any(|other| std::ptr::eq(*other, *property)));
    chosen.map(|property| column_of(&property.identifier.value)).collect()
}

/// Returns the column that a property is read by.
fn column_of(property: &str) -> String {
    let taken = FIELDS.contains(&property) || property == "properties" || property == "relations";
    if taken { format!("properties.{property}") } else { property.to_string() }
}

/// Returns whether the values of a property are likely to be a word or two.
fn is_short(property: &Property) -> bool {
    match property.kind {
        Some(Type::Number | Type::Boolean) => true,
        Some(Type::String) if !property.values.is_empty() => true,
        Some(Type::String) => property.format.is_none() && property.identifier.value != "description",
        _ => false,
    }
}
