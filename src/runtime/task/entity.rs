//! Changes of the catalog: what they will be, for the record of the run to make.

use serde_json::{Map, Value};

use super::{Done, Scene};
use crate::model::phrase::clip;
use crate::runtime::report::{Effect, Upsert};
use crate::runtime::setting::text;

pub(super) fn upsert(scene: &Scene<'_>) -> Result<Done, String> {
    let body = mapping("the entity", scene.render(&scene.task.body)?)?;
    let given = |key: &str| body.get(key).filter(|value| !value.is_null());
    let named = |key: &str| scene.name(key, body.get(key));
    let name = scene.entity(named("blueprint")?, named("identifier")?)?;
    let at = |key: &str| given(key).map_or(Ok(Map::new()), |value| mapping(key, value.clone()));
    let (mut properties, relations) = (at("properties")?, at("relations")?);
    let catalog = &scene.setting.portal.catalog;
    let blueprint = catalog.find_blueprint(&name.blueprint).map(|id| catalog.blueprint(id));
    // What expires is the action's own entity, or, when that has no timer, what it writes that has one: the lock of a
    // component.
    let own = scene.setting.subject.blueprint.as_ref();
    let own_timer =
        own.and_then(|own| catalog.find_blueprint(own)).and_then(|id| catalog.blueprint(id).timer());
    if let (Some(blueprint), Some(expires)) = (blueprint, &scene.setting.subject.expires_at)
        && (own == Some(&name.blueprint) || own_timer.is_none())
        && let Some(timer) = blueprint.timer()
    {
        properties.entry(timer).or_insert_with(|| expires.as_str().into());
    }
    let message = format!("`{}` of `{}` will be changed", name.identifier, name.blueprint);
    let upsert = Upsert {
        title: given("title").map(text),
        icon: given("icon").map(text),
        team: given("team").map(teams).transpose()?,
        properties,
        relations,
        name: name.clone(),
    };
    let done = Done::changing(Effect::Upsert(upsert), message);
    Ok(done.with("identifier", name.identifier).with("blueprint", name.blueprint))
}

pub(super) fn delete(scene: &Scene<'_>) -> Result<Done, String> {
    let name = scene.entity(scene.name_at("blueprint")?, scene.name_at("identifier")?)?;
    let message = format!("`{}` of `{}` will be deleted", name.identifier, name.blueprint);
    let (identifier, blueprint) = (name.identifier.clone(), name.blueprint.clone());
    let done = Done::changing(Effect::Delete(name), message);
    Ok(done.with("identifier", identifier).with("blueprint", blueprint))
}

fn mapping(what: &str, value: Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Object(entries) => Ok(entries),
        Value::Null => Ok(Map::new()),
        other => Err(format!("`{what}` must be a mapping, and is `{}`", clip(&other.to_string()))),
    }
}

fn teams(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(team) => Ok(vec![team.clone()]),
        Value::Array(teams) if teams.iter().all(Value::is_string) => {
            Ok(teams.iter().filter_map(Value::as_str).map(String::from).collect())
        }
        other => {
            Err(format!("`team` must be a name, or a list of them, and is `{}`", clip(&other.to_string())))
        }
    }
}
