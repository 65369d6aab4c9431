//! What every page of a blueprint's entities asks about the blueprint, answered once.

use minijinja::Value;

use super::address::Addresses;
use super::icon::{Icon, Icons};
use super::record::maybe;
use crate::catalog::{BlueprintId, Catalog};
use crate::model::blueprint::Blueprint;
use crate::model::property::{Property, Type};
use crate::model::relation::Relation;

/// What relations to what contains a thing are called.
const CONTAINERS: &[&str] = &["parent", "system", "domain"];

/// The most tags beside a title.
const MOST_TAGS: usize = 3;

/// A blueprint as its pages need it.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) icon: Icon,
    pub(super) label: Value,
    /// The path of its page, if it has one.
    pub(super) page: Option<String>,
    /// Whether its entities can have a description of one paragraph.
    pub(super) described: bool,
    /// What each property is called, and what it means.
    pub(super) properties: Vec<(Value, Value)>,
    /// The numbers of the properties whose values stand beside a title.
    pub(super) tags: Vec<usize>,
    /// The number of the relation that leads up, to what an entity is a part of.
    pub(super) parent: Option<usize>,
}

impl Outline {
    /// Returns the outline of a blueprint.
    pub(super) fn new(catalog: &Catalog, addresses: &Addresses, icons: &Icons, id: BlueprintId) -> Self {
        let blueprint = catalog.blueprint(id);
        let tags = blueprint.properties.iter().enumerate().filter(|(_, property)| is_tag(property));
        Self {
            icon: icons.find(blueprint.icon.as_ref().map(|icon| icon.value.as_str())),
            label: Value::from(blueprint.label()),
            page: addresses.blueprint(id, 1),
            described: blueprint.property("description").is_some_and(is_description),
            properties: blueprint.properties.iter().map(words).collect(),
            tags: tags.map(|(number, _)| number).take(MOST_TAGS).collect(),
            parent: parent(blueprint),
        }
    }
}

fn words(property: &Property) -> (Value, Value) {
    (Value::from(property.label()), maybe(property.description.as_deref()))
}

/// Returns the format of a property.
pub(super) fn format(property: &Property) -> Option<&str> {
    property.format.as_ref().map(|format| format.value.as_str())
}

/// Returns whether the values of a property are shown as tags: few words, with colours.
pub(super) fn is_tag(property: &Property) -> bool {
    !property.colors.is_empty() && matches!(property.kind, Some(Type::String | Type::Number))
}

/// Returns whether a property is the paragraph under a title.
pub(super) fn is_description(property: &Property) -> bool {
    property.identifier.value == "description"
        && property.kind == Some(Type::String)
        && property.values.is_empty()
        && matches!(format(property), None | Some("multi-line"))
}

/// Returns the relation that leads up: one declared as a hierarchy, else one named after what contains things,
/// else the only one that is required.
fn parent(blueprint: &Blueprint) -> Option<usize> {
    let single = || blueprint.relations.iter().enumerate().filter(|(_, relation)| !relation.many);
    let declared = single().find(|(_, relation)| relation.hierarchy);
    let named = || {
        CONTAINERS.iter().find_map(|name| single().find(|(_, relation)| relation.identifier.value == *name))
    };
    let required = || {
        let mut required = single().filter(|(_, relation)| relation.required);
        required.next().filter(|_| required.next().is_none())
    };
    declared.or_else(named).or_else(required).map(|(number, _)| number)
}

/// Returns whether what a relation leads up to consists of what states it: an incident has to name a service, and is no
/// part of it.
pub(super) fn contains(relation: &Relation) -> bool {
    relation.hierarchy || CONTAINERS.contains(&relation.identifier.value.as_str())
}
