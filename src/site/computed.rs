//! Computed values as pages show them: like stored ones, with a quiet word that says how they came about.

use std::borrow::Cow;

use minijinja::Value;
use serde_json::Value as Json;

use super::markup::Markup;
use super::record::none;
use super::value::{self, Atom, Block, Fact, Look, Shown};
use super::{Site, markdown};
use crate::catalog::{BlueprintId, Catalog, EntityId, EntityRef};
use crate::known::{Column, Sort};
use crate::model::property::Type;

/// How many relations after each other are followed to find what a mirror shows.
const MOST_MIRRORS: usize = 8;

/// How a computed property is shown, by the number of its column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Face<'a> {
    pub(super) look: Look<'a>,
    pub(super) sort: Sort,
    pub(super) label: &'a str,
}

impl<'a> Face<'a> {
    /// Returns the faces of the computed properties of a blueprint, in the order of its columns.
    pub(super) fn all(catalog: &'a Catalog, columns: &'a [Column], id: BlueprintId) -> Vec<Self> {
        let label = |column: &'a Column| column.title.as_deref().filter(|title| !title.is_empty());
        let face = |column: &'a Column| Face {
            look: look(catalog, id, &column.identifier, MOST_MIRRORS),
            sort: column.sort,
            label: label(column).unwrap_or(&column.identifier),
        };
        columns.iter().map(face).collect()
    }

    /// Returns whether its values are numbers without colours.
    pub(super) fn is_number(&self) -> bool {
        self.look.kind == Some(Type::Number) && self.look.colors.is_empty()
    }
}

/// Returns how values of the property called `name` are shown: a mirror as what it mirrors.
fn look<'a>(catalog: &'a Catalog, id: BlueprintId, name: &str, depth: usize) -> Look<'a> {
    let blueprint = catalog.blueprint(id);
    if let Some(property) = blueprint.property(name) {
        return Look::of(property);
    }
    if name == "$team" {
        return Look { format: Some("team"), ..Look::default() };
    }
    if let Some(calculation) = blueprint.calculations.iter().find(|own| own.identifier.value == name) {
        return Look {
            kind: calculation.kind,
            format: calculation.format.as_deref(),
            spec: None,
            colors: &calculation.colors,
        };
    }
    if blueprint.aggregations.iter().any(|own| own.identifier.value == name) {
        return Look { kind: Some(Type::Number), ..Look::default() };
    }
    let mirror = blueprint.mirrors.iter().find(|own| own.identifier.value == name);
    let path = mirror.and_then(|mirror| mirror.path.as_ref()).map(|path| path.value.as_str());
    let end = path.filter(|_| depth > 0).and_then(|path| end(catalog, id, path));
    end.map_or_else(Look::default, |(id, name)| look(catalog, id, name, depth - 1))
}

/// Returns the blueprint at the end of a mirror's path, and the property there.
fn end<'p>(catalog: &Catalog, id: BlueprintId, path: &'p str) -> Option<(BlueprintId, &'p str)> {
    let (relations, property) = path.rsplit_once('.')?;
    let mut at = id;
    for name in relations.split('.') {
        let (_, relation) = catalog.blueprint(at).relation(name)?;
        at = catalog.find_blueprint(&relation.targets.first()?.value)?;
    }
    Some((at, property))
}

/// Returns how the computed values of an entity are shown, in the order of its blueprint's columns.
pub(super) fn shown(site: &Site<'_>, entity: EntityRef<'_>, root: &'static str) -> Vec<Shown> {
    values(site, entity).map(|(face, value)| show(site, face, value, root)).collect()
}

/// Returns the computed values of an entity that are there, with their faces.
fn values<'a>(
    site: &'a Site<'_>,
    entity: EntityRef<'a>,
) -> impl Iterator<Item = (&'a Face<'a>, &'a Json)> + 'a {
    let faces = site.computed[entity.blueprint_id().index()].iter().enumerate();
    faces.filter_map(move |(number, face)| Some((face, site.portal.computed.value_at(entity, number)?)))
}

fn show(site: &Site<'_>, face: &Face<'_>, json: &Json, root: &'static str) -> Shown {
    let label = Value::from(face.label);
    match atoms(site, &face.look, json) {
        Some(atoms) if atoms.is_empty() => Shown::Nothing,
        Some(atoms) => {
            let mut values = Markup::with_capacity(96);
            value::write(&atoms, root, &mut values);
            values.raw(" <small>");
            values.raw(word(face.sort)).raw("</small>");
            Shown::Fact(Fact { label, hint: none(), values: values.finish() })
        }
        None => {
            let (markup, code) = match json.as_str() {
                Some(text) if face.look.format == Some("markdown") => {
                    (Value::from_safe_string(markdown::render(text)), none())
                }
                Some(text) => (none(), Value::from(text)),
                None => (none(), Value::from(format!("{json:#}"))),
            };
            Shown::Block(Block { label, hint: Value::from(word(face.sort)), markup, code })
        }
    }
}

/// Returns the word for how a value came about.
fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Mirror => "mirrored",
        Sort::Aggregation => "aggregated",
        Sort::Calculation => "calculated",
    }
}

/// Returns the value as parts of a line, or `None` when it needs more room; no parts when there is nothing.
pub(super) fn atoms<'a>(site: &'a Site<'_>, look: &Look<'_>, json: &'a Json) -> Option<Vec<Atom<'a>>> {
    match json {
        Json::Null => Some(Vec::new()),
        Json::String(text) if text.is_empty() => Some(Vec::new()),
        Json::Array(items) => items.iter().map(|item| atom(site, look, item)).collect(),
        Json::Object(entries) if entries.is_empty() => Some(Vec::new()),
        _ => atom(site, look, json).map(|atom| vec![atom]),
    }
}

fn atom<'a>(site: &'a Site<'_>, look: &Look<'_>, json: &'a Json) -> Option<Atom<'a>> {
    match json {
        Json::Null => Some(Atom::Text(Cow::Borrowed("\u{2013}"))),
        Json::Bool(flag) => Some(value::boolean(*flag)),
        Json::Number(number) => Some(value::scalar_of(look, Cow::Owned(shown_number(number)))),
        Json::String(text) => value::string(site, look, text),
        Json::Array(_) | Json::Object(_) => None,
    }
}

/// Returns a number as people read it: two digits after the point at most, which averages have in plenty.
fn shown_number(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if !number.is_i64() && !number.is_u64() && float.abs() < 1e15 => {
            let text = format!("{float:.2}");
            let short = text.trim_end_matches('0').trim_end_matches('.');
            // A number that is not 0 must not be read as 0.
            if short.trim_start_matches('-') == "0" && float != 0.0 {
                number.to_string()
            } else {
                short.into()
            }
        }
        _ => number.to_string(),
    }
}

/// Returns whether any entity has a value in a column, and none needs more room than `longest` characters.
pub(super) fn is_short(site: &Site<'_>, id: BlueprintId, number: usize, longest: usize) -> bool {
    let computed = &site.portal.computed;
    let values = || {
        let entities = site.catalog().entities_of(id);
        let values = entities.filter_map(move |entity| computed.value_at(entity, number));
        values.filter(|value| !value.is_null())
    };
    let fits = |value: &Json| match value {
        Json::String(text) => text.len() <= longest,
        Json::Number(_) | Json::Bool(_) => true,
        _ => false,
    };
    values().next().is_some() && values().all(fits)
}

/// Returns the users and teams that computed values name, and that are therefore shown by their titles.
pub(super) fn named<'a>(site: &'a Site<'_>, entity: EntityRef<'a>) -> impl Iterator<Item = EntityId> + 'a {
    values(site, entity).flat_map(move |(face, value)| {
        let blueprint = match face.look.format {
            Some("user") => site.user,
            Some("team") => site.team,
            _ => None,
        };
        let names = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter();
        names.filter_map(move |name| site.catalog().find_entity(blueprint?, name.as_str()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_zero_by_rounding() {
        for (text, expected) in [
            ("3", "3"),
            ("3.0", "3"),
            ("3.3333333333", "3.33"),
            ("-0.5", "-0.5"),
            ("0.0001", "0.0001"),
            ("1e300", "1e+300"),
        ] {
            let number: serde_json::Number = serde_json::from_str(text).expect("a number");
            assert_eq!(shown_number(&number), expected);
        }
    }
}
