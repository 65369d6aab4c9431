//! Entities and blueprints by what a person calls them.

use super::QueryError;
use crate::catalog::{BlueprintId, Catalog, EntityId, EntityRef};
use crate::model::phrase::clip;
use crate::portal::Portal;
use crate::printable::shown;

/// Returns the blueprint called `name`.
pub(super) fn blueprint(portal: &Portal, name: &str) -> Result<BlueprintId, QueryError> {
    let catalog = &portal.catalog;
    catalog.find_blueprint(name).ok_or_else(|| {
        let error = QueryError::new(format!("there is no blueprint `{}`", shown(&clip(name))));
        error.near(
            name,
            catalog.blueprint_names(),
            format!("the blueprints are {}", some(catalog.blueprint_names())),
        )
    })
}

/// Returns the entity of `blueprint` called `identifier`.
pub(super) fn entity_of(
    portal: &Portal,
    blueprint: BlueprintId,
    identifier: &str,
) -> Result<EntityId, QueryError> {
    let catalog = &portal.catalog;
    catalog.find_entity(blueprint, identifier).ok_or_else(|| {
        let of = &catalog.blueprint(blueprint).identifier.value;
        let error =
            QueryError::new(format!("there is no `{of}` with the identifier `{}`", shown(&clip(identifier))));
        let names = catalog.entities_of(blueprint).map(EntityRef::identifier);
        error.near(identifier, names, format!("`portal query {of}` lists what there is"))
    })
}

/// Returns the one entity called `name`: its identifier, or `blueprint/identifier`, or `blueprint:identifier`.
/// Identifiers may hold slashes and colons, so a whole name goes before its parts.
///
/// # Errors
/// When nothing is called that, or several entities are.
pub fn entity(portal: &Portal, name: &str) -> Result<EntityId, QueryError> {
    match lookup(&portal.catalog, name)? {
        Some(entity) => Ok(entity),
        None => Err(unknown(portal, name, "entity", portal.catalog.entities().map(EntityRef::identifier))),
    }
}

/// Returns the entity called `name`; when there is none, the error says that no blueprint is called that either.
pub(super) fn named(portal: &Portal, name: &str) -> Result<EntityId, QueryError> {
    let catalog = &portal.catalog;
    match lookup(catalog, name)? {
        Some(entity) => Ok(entity),
        None => {
            let names = catalog.blueprint_names().chain(catalog.entities().map(EntityRef::identifier));
            Err(unknown(portal, name, "blueprint or entity", names))
        }
    }
}

fn lookup(catalog: &Catalog, name: &str) -> Result<Option<EntityId>, QueryError> {
    match catalog.find_entities(name).as_slice() {
        [] => Ok(qualified(catalog, name)),
        [entity] => Ok(Some(*entity)),
        several => Err(ambiguous(catalog, name, several)),
    }
}

/// Returns the entity written as `blueprint/identifier` or `blueprint:identifier`.
fn qualified(catalog: &Catalog, name: &str) -> Option<EntityId> {
    name.match_indices(['/', ':']).find_map(|(at, _)| {
        let blueprint = catalog.find_blueprint(&name[..at])?;
        catalog.find_entity(blueprint, &name[at + 1..])
    })
}

fn ambiguous(catalog: &Catalog, name: &str, several: &[EntityId]) -> QueryError {
    let names: Vec<String> = several.iter().map(|&id| label(catalog.entity(id))).collect();
    let error = QueryError::new(format!("`{}` names {} entities", shown(&clip(name)), several.len()));
    error.help(format!("name one of {}", some(names.iter().map(String::as_str))))
}

fn unknown<'a>(portal: &Portal, name: &str, what: &str, names: impl Iterator<Item = &'a str>) -> QueryError {
    let error = QueryError::new(format!("there is no {what} called `{}`", shown(&clip(name))));
    // `Component/crat` is a misspelt component, not a misspelt blueprint.
    if let Some((blueprint, rest)) = name.split_once(['/', ':'])
        && let Some(blueprint) = portal.catalog.find_blueprint(blueprint)
        && let Err(error) = entity_of(portal, blueprint, rest)
    {
        return error;
    }
    let listed = format!("the blueprints are {}", some(portal.catalog.blueprint_names()));
    error.near(name, names, listed)
}

/// Returns what tells an entity from all others: `Component/CartService`.
pub(super) fn label(entity: EntityRef<'_>) -> String {
    format!("{}/{}", entity.blueprint().identifier.value, entity.identifier())
}

/// Returns the first of some names, in backticks.
pub(super) fn some<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let mut names = names.map(|name| format!("`{}`", shown(&clip(name))));
    let mut listed: Vec<String> = names.by_ref().take(MOST).collect();
    match names.count() {
        0 => {}
        more => listed.push(format!("{more} more")),
    }
    listed.join(", ")
}
