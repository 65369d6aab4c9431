//! Entities that are created, and what is changed of those that are there.

use serde_json::{Map, Value};

use super::called;
use super::draft::{Draft, Refused, Whereabouts};
use crate::catalog::refers_to_file;
use crate::model::blueprint::Blueprint;
use crate::model::phrase::clip;
use crate::runtime::report::Upsert;
use crate::yaml::edit::Place;
use crate::yaml::{Node, write};

/// The keys of an entity in the order in which people write them.
const ORDER: &[&str] =
    &["kind", "identifier", "title", "icon", "blueprint", "team", "properties", "relations"];

impl Draft<'_> {
    /// Creates an entity, or changes what is given of it.
    pub(super) fn upsert(&mut self, upsert: &Upsert) -> Result<(), Refused> {
        let catalog = &self.portal.catalog;
        let Some(blueprint) = catalog.find_blueprint(&upsert.name.blueprint) else {
            let name = clip(&upsert.name.blueprint);
            return Err(vec![format!("there is no blueprint `{name}`")]);
        };
        match self.locate(&upsert.name) {
            Whereabouts::Written(path, place) => self.change(upsert, &path, place),
            Whereabouts::Made | Whereabouts::Absent => self.create(upsert, catalog.blueprint(blueprint)),
        }
    }

    /// Writes a file for an entity that has none.
    fn create(&mut self, upsert: &Upsert, blueprint: &Blueprint) -> Result<(), Refused> {
        refuse_references(upsert, None)?;
        let (path, folder_says) = self.path_for(upsert)?;
        let properties = blueprint.properties.iter().map(|property| property.identifier.value.as_str());
        let relations = blueprint.relations.iter().map(|relation| relation.identifier.value.as_str());
        let mut entity = Map::new();
        let mut put =
            |key: &str, value: Option<Value>| entity.extend(value.map(|value| (key.to_string(), value)));
        put("identifier", Some(upsert.name.identifier.as_str().into()));
        put("title", upsert.title.clone().map(Value::String));
        put("icon", upsert.icon.clone().map(Value::String));
        put("blueprint", (!folder_says).then(|| upsert.name.blueprint.as_str().into()));
        put("team", upsert.team.as_deref().and_then(|teams| team(teams, None)));
        put("properties", stated(&upsert.properties, properties));
        put("relations", stated(&upsert.relations, relations));
        let entity = Value::Object(entity);
        write::check(&entity).map_err(|error| vec![format!("{}: {error}", called(&upsert.name))])?;
        self.add(&upsert.name, path, &write::document(&entity))?;
        self.note_facts(upsert);
        Ok(())
    }

    /// Changes what is given of an entity, where it is written.
    fn change(&mut self, upsert: &Upsert, path: &str, place: Place) -> Result<(), Refused> {
        let file = self.file(path)?;
        let at = file.now(&place);
        let node = file.node(&at);
        refuse_references(upsert, node)?;
        let old_team = node.and_then(|node| node.get("team")).map(Node::to_json);
        let old = |key: &str| node.and_then(|node| node.get(key)).map(Node::to_json);
        let old = [old("properties"), old("relations")];
        let mut changes: Vec<(Place, Option<Value>, &str)> = Vec::new();
        let texts = [("title", &upsert.title), ("icon", &upsert.icon)];
        for (key, text) in texts.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))) {
            changes.push((at.clone().key(key), Some(text.as_str().into()), key));
        }
        if let Some(teams) = &upsert.team {
            let team = team(teams, old_team.as_ref());
            if team.is_some() || old_team.is_some() {
                changes.push((at.clone().key("team"), team, "team"));
            }
        }
        for ((key, given), old) in
            [("properties", &upsert.properties), ("relations", &upsert.relations)].into_iter().zip(old)
        {
            members(&at.clone().key(key), key, given, old.as_ref(), &mut changes);
        }
        let mut reasons = Vec::new();
        for (place, value, key) in changes {
            let before: Vec<&str> = ORDER.iter().copied().take_while(|other| *other != key).collect();
            let before: Vec<&str> = before.into_iter().rev().collect();
            let done = match &value {
                Some(value) => file.edit.set_after(&place, value, &before),
                None => file.edit.remove(&place),
            };
            reasons.extend(done.err().map(|error| format!("{path}: {error}")));
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        self.remember(&upsert.name, path, place);
        self.note_facts(upsert);
        Ok(())
    }

    /// Notes what is to be removed, and stays, because an integration says it.
    fn note_facts(&mut self, upsert: &Upsert) {
        let Some(entity) = self.entity(&upsert.name) else { return };
        for (key, given) in [("properties", &upsert.properties), ("relations", &upsert.relations)] {
            for (name, _) in given.iter().filter(|(_, value)| value.is_null()) {
                if let Some((fact, _)) = entity.said().find(|(_, node)| says(*node, key, name)) {
                    let by = self.said(&fact);
                    self.note(format!("`{}` of {} stays: {by}", clip(name), called(&upsert.name)));
                }
            }
        }
    }
}

/// Returns whether what an integration says of an entity has a value for a property or relation.
fn says(node: Node<'_>, key: &str, name: &str) -> bool {
    node.get(key).and_then(|members| members.get(name)).is_some_and(|value| !value.is_null())
}

/// Adds what changes of the properties or relations of an entity, at `place`: all of them at once when there are none.
fn members<'k>(
    place: &Place,
    key: &'k str,
    given: &Map<String, Value>,
    old: Option<&Value>,
    changes: &mut Vec<(Place, Option<Value>, &'k str)>,
) {
    let old = old.filter(|old| !old.is_null());
    if old.is_none() {
        let stated = stated(given, std::iter::empty());
        changes.extend(stated.map(|stated| (place.clone(), Some(stated), key)));
        return;
    }
    for (name, value) in given {
        let held = old.and_then(|old| old.get(name));
        match (held, value) {
            (None, Value::Null) => {}
            (Some(_), Value::Null) => changes.push((place.clone().key(name), None, "")),
            (_, value) => changes.push((place.clone().key(name), Some(value.clone()), "")),
        }
    }
}

/// Returns the members that have a value, those of `order` first; `None` when there are none.
fn stated<'n>(given: &Map<String, Value>, order: impl Iterator<Item = &'n str>) -> Option<Value> {
    let mut stated = Map::new();
    let known = order.filter_map(|name| Some((name, given.get(name)?)));
    for (name, value) in known.chain(given.iter().map(|(name, value)| (name.as_str(), value))) {
        if !value.is_null() && !stated.contains_key(name) {
            stated.insert(name.to_string(), value.clone());
        }
    }
    (!stated.is_empty()).then_some(Value::Object(stated))
}

/// Returns teams as they are written: one as a text, unless there was a list before; `None` for none.
fn team(teams: &[String], old: Option<&Value>) -> Option<Value> {
    match teams {
        [] => None,
        [team] if !old.is_some_and(Value::is_array) => Some(team.as_str().into()),
        teams => Some(teams.into()),
    }
}

/// Refuses values that would be read as the content of a file: what is given is data, wherever it comes from, and must
/// not reach for files. A value that is there already may stay.
fn refuse_references(upsert: &Upsert, old: Option<Node<'_>>) -> Result<(), Refused> {
    let old = old.and_then(|old| old.get("properties"));
    let stays = |name: &str, value: &Value| {
        old.and_then(|old| old.get(name)).is_some_and(|old| old.to_json() == *value)
    };
    let refers = |(name, value): &(&String, &Value)| refers_to_file(value) && !stays(name, value);
    let refused = upsert.properties.iter().filter(refers);
    let reasons: Vec<String> = refused
        .map(|(name, _)| {
            format!("`{}` of {} would be read as the content of a file", clip(name), called(&upsert.name))
        })
        .collect();
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}
