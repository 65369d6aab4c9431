//! The definition of a blueprint, as its page lists it.

use minijinja::Value;

use super::Site;
use super::markup::Markup;
use super::record::{Link, list, maybe, none, record};
use super::{outline, value};
use crate::catalog::BlueprintId;
use crate::model::blueprint::Blueprint;
use crate::model::property::{Property, Type};
use crate::model::relation::Relation;

record! {
    /// What a blueprint's entities have.
    Definition { properties, relations }
}

record! {
    /// A property, stored or computed; `values` is markup.
    Row { label, id, kind, code, values, required, description }
}

record! {
    /// A relation.
    RelationRow { label, id, targets, many, required, description }
}

/// Returns the definition of a blueprint for a page whose links start with `root`.
pub(super) fn of(site: &Site<'_>, id: BlueprintId, root: &str) -> Value {
    let blueprint = site.catalog().blueprint(id);
    let stored = blueprint.properties.iter().map(|property| stored(blueprint, property));
    let relations = blueprint.relations.iter().map(|relation| RelationRow {
        label: Value::from(relation.label()),
        id: name(relation.label(), &relation.identifier.value),
        targets: targets(site, relation, root),
        many: Value::from(relation.many),
        required: Value::from(relation.required),
        description: maybe(relation.description.as_deref()),
    });
    Definition { properties: list(stored.chain(computed(blueprint))), relations: list(relations) }.into()
}

/// Returns links to the blueprints that a relation leads to.
pub(super) fn targets(site: &Site<'_>, relation: &Relation, root: &str) -> Value {
    list(relation.targets.iter().map(|target| {
        let outline = site.catalog().find_blueprint(&target.value).map(|id| site.outline(id));
        let page = outline.and_then(|outline| outline.page.as_ref());
        Link {
            text: outline.map_or_else(|| Value::from(target.value.as_str()), |outline| outline.label.clone()),
            id: none(),
            href: maybe(page.map(|page| format!("{root}{page}"))),
            icon: none(),
            note: none(),
        }
    }))
}

/// Returns the identifier when it is not what people read anyway.
fn name(label: &str, identifier: &str) -> Value {
    if label == identifier { none() } else { Value::from(identifier) }
}

fn stored(blueprint: &Blueprint, property: &Property) -> Row {
    let identifier = &property.identifier.value;
    let values: Vec<_> = property.values.iter().map(|value| value::scalar(property, &value.value)).collect();
    let mut shown = Markup::default();
    value::write(&values, "", &mut shown);
    Row {
        label: Value::from(property.label()),
        id: name(property.label(), identifier),
        kind: Value::from(kind(property)),
        code: none(),
        values: shown.finish(),
        required: Value::from(blueprint.required.iter().any(|name| name.value == *identifier)),
        description: maybe(property.description.as_deref()),
    }
}

/// Returns the type in words: `string, url`, `list of numbers`.
fn kind(property: &Property) -> String {
    let format = outline::format(property).map(|format| format!(", {format}")).unwrap_or_default();
    match (property.kind, property.items) {
        (Some(Type::Array), Some(items)) => format!("list of {}s{format}", items.name()),
        (Some(Type::Array), None) => format!("list{format}"),
        (Some(kind), _) => format!("{}{format}", kind.name()),
        (None, _) => "unknown".into(),
    }
}

/// Returns the properties whose values are worked out.
fn computed(blueprint: &Blueprint) -> impl Iterator<Item = Row> {
    let mirrors = blueprint.mirrors.iter().map(|mirror| {
        let path = mirror.path.as_ref().map(|path| path.value.as_str());
        row(&mirror.identifier.value, mirror.title.as_deref(), "mirror", path)
    });
    let calculations = blueprint.calculations.iter().map(|calculation| {
        let expression = calculation.expression.as_ref().map(|expression| expression.value.as_str());
        row(&calculation.identifier.value, calculation.title.as_deref(), "calculation", expression)
    });
    let aggregations = blueprint.aggregations.iter().map(|aggregation| {
        let target = aggregation.target.as_ref().map(|target| target.value.as_str());
        row(&aggregation.identifier.value, aggregation.title.as_deref(), "aggregation over", target)
    });
    mirrors.chain(calculations).chain(aggregations)
}

fn row(identifier: &str, title: Option<&str>, kind: &str, code: Option<&str>) -> Row {
    let label = title.filter(|title| !title.is_empty()).unwrap_or(identifier);
    Row {
        label: Value::from(label),
        id: name(label, identifier),
        kind: Value::from(kind),
        code: maybe(code),
        values: none(),
        required: Value::from(false),
        description: none(),
    }
}
