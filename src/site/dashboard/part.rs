//! How entities divide: by a value, by what a relation leads to, by owner, by level, by the outcome of a rule.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::data::Data;
use super::{ROOT, data};
use crate::catalog::{BlueprintId, EntityId};
use crate::known::{Outcome, Value};
use crate::model::page::Reference;
use crate::site::Site;
use crate::site::board::Board;
use crate::site::chart::figure::plain;
use crate::site::chart::hue::Hue;
use crate::site::link::clip;
use crate::site::markup::Markup;
use crate::site::moment;
use crate::site::table::List;
use crate::site::value::Look;
use crate::yaml::Kind;

/// The longest label of a part.
const LONGEST: usize = 80;

/// What tells a part from the others. What is not said comes last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// A level, by its number from the top.
    Level(usize),
    Outcome(Outcome),
    Entity(EntityId),
    Text(String),
    Nothing,
}

/// Entities that have something in common.
#[derive(Debug)]
pub(super) struct Part {
    key: Key,
    pub(super) label: String,
    pub(super) hue: Option<Hue>,
    pub(super) entities: Vec<EntityId>,
}

/// What entities divide by.
#[derive(Debug)]
pub(super) struct Division<'s> {
    site: &'s Site<'s>,
    blueprint: BlueprintId,
    by: By<'s>,
}

#[derive(Debug)]
enum By<'s> {
    Value { name: String, look: Look<'s> },
    Team,
    Relation(Vec<String>),
    Level(&'s Board<'s>),
    Rule(&'s Board<'s>, usize),
}

impl<'s> Division<'s> {
    /// Returns how the entities of a blueprint divide by something; `None` when they have no such thing.
    pub(super) fn of(site: &'s Site<'_>, blueprint: BlueprintId, reference: &Reference) -> Option<Self> {
        let of = site.catalog().blueprint(blueprint);
        let board = |name: &str| {
            let mut boards = site.boards_of(blueprint).iter().map(|&number| &site.boards[number]);
            boards.find(|board| board.card.identifier == name)
        };
        let value = |name: &str| {
            let look = || look(site, blueprint, name);
            of.readable(name).then(|| By::Value { name: name.to_string(), look: look() })
        };
        let relation = |path: &[String]| {
            let known = path.first().is_some_and(|name| of.relation(name).is_some());
            known.then(|| By::Relation(path.to_vec()))
        };
        let by = match reference {
            Reference::Meta(name) if name == "$team" => By::Team,
            Reference::Meta(name) | Reference::Property(name) => value(name)?,
            Reference::Relation(path) => relation(path)?,
            Reference::Scorecard(name) => By::Level(board(name)?),
            Reference::Rule(name, rule) => {
                let board = board(name)?;
                By::Rule(board, board.card.find_rule(rule)?)
            }
            Reference::Named(name) => value(name)
                .or_else(|| relation(std::slice::from_ref(name)))
                .or_else(|| board(name).map(By::Level))?,
        };
        Some(Self { site, blueprint, by })
    }

    /// Returns the parts of entities: levels from the top, outcomes from the best, others by size; what is not said
    /// comes last. An entity with several values is in the part of each.
    pub(super) fn parts(&self, entities: &[EntityId]) -> Vec<Part> {
        let keyed: Vec<(EntityId, Vec<Key>)> = entities.par_iter().map(|&id| (id, self.keys(id))).collect();
        let mut parts: BTreeMap<Key, Vec<EntityId>> = BTreeMap::new();
        for (id, keys) in keyed {
            for key in keys {
                let entities = parts.entry(key).or_default();
                if entities.last() != Some(&id) {
                    entities.push(id);
                }
            }
        }
        let part = |(key, entities): (Key, Vec<EntityId>)| Part {
            label: self.label(&key),
            hue: self.hue(&key),
            key,
            entities,
        };
        let mut parts: Vec<Part> = parts.into_iter().map(part).collect();
        let ordered = matches!(self.by, By::Level(_) | By::Rule(..));
        parts.sort_by(|a, b| {
            let nothing = |part: &Part| part.key == Key::Nothing;
            let size = || b.entities.len().cmp(&a.entities.len()).then_with(|| a.label.cmp(&b.label));
            nothing(a).cmp(&nothing(b)).then_with(|| if ordered { a.key.cmp(&b.key) } else { size() })
        });
        parts
    }

    fn keys(&self, id: EntityId) -> Vec<Key> {
        let site = self.site;
        let entity = site.catalog().entity(id);
        let mut keys = match &self.by {
            By::Value { name, .. } => values(&site.portal.known().value(entity, name)),
            By::Team => {
                let owners: Vec<Key> = site.graph().owners(id).iter().copied().map(Key::Entity).collect();
                if owners.is_empty() {
                    site.portal
                        .known()
                        .owners(entity)
                        .into_iter()
                        .map(|name| Key::Text(name.to_string()))
                        .collect()
                } else {
                    owners
                }
            }
            By::Relation(path) => self.ends(id, path).into_iter().map(Key::Entity).collect(),
            By::Level(board) => {
                let standing = board.card.standing(id);
                standing
                    .map(|standing| Key::Level(board.card.levels.len() - standing.level))
                    .into_iter()
                    .collect()
            }
            By::Rule(board, rule) => {
                let standing = board.card.standing(id);
                standing
                    .and_then(|standing| standing.outcomes.get(*rule).copied())
                    .map(Key::Outcome)
                    .into_iter()
                    .collect()
            }
        };
        if keys.is_empty() {
            keys.push(Key::Nothing);
        }
        keys
    }

    /// Returns the entities at the end of a path of relations.
    fn ends(&self, start: EntityId, path: &[String]) -> Vec<EntityId> {
        let known = self.site.portal.known();
        let mut at = vec![start];
        for name in path {
            at = at.into_iter().flat_map(|id| known.targets(id, name)).map(|entity| entity.id()).collect();
            at.sort_unstable();
            at.dedup();
        }
        at
    }

    fn label(&self, key: &Key) -> String {
        match (key, &self.by) {
            (Key::Level(down), By::Level(board)) => board.level(board.card.levels.len() - down).to_string(),
            (Key::Outcome(outcome), _) => outcome.name().to_string(),
            (Key::Entity(id), _) => clip(self.site.face(*id).label(), LONGEST).into_owned(),
            (Key::Text(text), By::Value { look, .. }) => clip(&shown(look, text), LONGEST).into_owned(),
            (Key::Text(text), _) => clip(text, LONGEST).into_owned(),
            (Key::Nothing, By::Team) => "nobody".into(),
            (Key::Nothing, By::Level(_) | By::Rule(..)) => "not judged".into(),
            _ => "not set".into(),
        }
    }

    fn hue(&self, key: &Key) -> Option<Hue> {
        match (key, &self.by) {
            (Key::Nothing, _) => Some(Hue::Rest),
            (Key::Level(down), By::Level(board)) => {
                // A floor that is drawn as an outline elsewhere is quiet here.
                Some(Hue::named(board.color(board.card.levels.len() - down)).unwrap_or(Hue::Rest))
            }
            (Key::Outcome(outcome), _) => Hue::named(match outcome {
                Outcome::Passed => "green",
                Outcome::Waived => "paleBlue",
                Outcome::Unknown => "yellow",
                Outcome::Failed => "red",
            }),
            (Key::Text(text), By::Value { look, .. }) => look.color(text).and_then(Hue::named),
            _ => None,
        }
    }

    /// Returns the list of a part of a list.
    pub(super) fn list<'t>(&self, part: &Part, list: &List<'t>) -> List<'t> {
        match (self.column(list), &part.key) {
            (Some(name), Key::Nothing) => list.having(&name, None),
            (Some(name), Key::Text(text)) => list.having(&name, Some(text)),
            (Some(name), Key::Entity(id)) => list.having(&name, Some(self.site.face(*id).identifier())),
            (Some(name), Key::Level(_)) => list.having(&name, Some(&part.label)),
            _ => without_one(list),
        }
    }

    /// Returns the list of what is in none of some parts.
    pub(super) fn others<'t>(&self, parts: &[Part], list: &List<'t>) -> List<'t> {
        let value = |part: &Part| match &part.key {
            Key::Nothing => None,
            Key::Text(text) => Some(text.clone()),
            Key::Entity(id) => Some(self.site.face(*id).identifier().to_string()),
            Key::Level(_) | Key::Outcome(_) => Some(part.label.clone()),
        };
        let Some(name) = self.column(list) else { return without_one(list) };
        let values: Vec<Option<String>> = parts.iter().map(value).collect();
        list.without(&name, &values.iter().map(Option::as_deref).collect::<Vec<_>>())
    }

    /// Returns the column of a table that has what the entities divide by; there is none of rules, and none of what
    /// several relations lead to.
    fn column(&self, list: &List<'_>) -> Option<String> {
        match &self.by {
            By::Value { name, .. } => Some(name.clone()),
            By::Team => Some("$team".into()),
            By::Relation(path) => path.first().filter(|_| path.len() == 1).map(|name| list.relation(name)),
            By::Level(board) => Some(format!("scorecard#{}", board.card.identifier)),
            By::Rule(..) => None,
        }
    }

    /// Writes the beginning of the link from the number of a part to the list of it; `false` when there is none.
    pub(super) fn begin_list(&self, part: &Part, data: &Data<'_>, out: &mut Markup) -> bool {
        let list = data.list().map(|list| self.list(part, list));
        data::begin_list(self.site, self.blueprint, list.as_ref(), out)
    }

    /// Writes the beginning of the link from the name of a part: to the entity that it is, else to the list of it;
    /// `false` when there is none.
    pub(super) fn begin_link(&self, part: &Part, data: &Data<'_>, out: &mut Markup) -> bool {
        match (&part.key, &self.by) {
            (Key::Entity(id), By::Relation(_) | By::Team) => {
                self.site.face(*id).begin(ROOT, out).raw("\">");
                true
            }
            (_, By::Rule(board, rule)) if part.key != Key::Nothing => {
                out.raw("<a href=\"").raw(ROOT).text(&board.path()).raw("#rule-").number(rule + 1).raw("\">");
                true
            }
            _ => self.begin_list(part, data, out),
        }
    }

    /// Returns what the entities divide by, as a heading.
    pub(super) fn heading(&self) -> Cow<'_, str> {
        let of = self.site.catalog().blueprint(self.blueprint);
        match &self.by {
            By::Team => "Owner".into(),
            By::Level(board) => board.card.title.as_str().into(),
            By::Rule(board, rule) => board.card.rules[*rule].title.as_str().into(),
            By::Relation(path) => {
                let mut at = of;
                let mut label = Cow::Borrowed("");
                for name in path {
                    let Some((_, relation)) = at.relation(name) else { break };
                    label = relation.label().to_string().into();
                    let target = relation
                        .targets
                        .first()
                        .and_then(|target| self.site.catalog().find_blueprint(&target.value));
                    let Some(target) = target else { break };
                    at = self.site.catalog().blueprint(target);
                }
                label
            }
            By::Value { name, .. } => label(self.site, self.blueprint, name).to_string().into(),
        }
    }
}

/// Returns a list that is without what it was to be narrowed to.
fn without_one<'t>(list: &List<'t>) -> List<'t> {
    let mut list = list.clone();
    list.leave_out(1);
    list
}

/// Returns how values of a property are shown.
pub(super) fn look<'s>(site: &'s Site<'_>, blueprint: BlueprintId, name: &str) -> Look<'s> {
    if let Some(property) = site.catalog().blueprint(blueprint).property(name) {
        return Look::of(property);
    }
    column(site, blueprint, name)
        .map(|number| site.computed[blueprint.index()][number].look)
        .unwrap_or_default()
}

/// Returns the number of a computed property.
pub(super) fn column(site: &Site<'_>, blueprint: BlueprintId, name: &str) -> Option<usize> {
    site.portal.computed.columns(blueprint).iter().position(|column| column.identifier == name)
}

/// Returns what people call a property.
pub(super) fn label<'s>(site: &'s Site<'_>, blueprint: BlueprintId, name: &'s str) -> &'s str {
    match name {
        "$title" => return "Title",
        "$identifier" => return "Identifier",
        "$blueprint" => return "Blueprint",
        "$team" => return "Owner",
        "$icon" => return "Icon",
        "$createdAt" => return "Created",
        "$updatedAt" => return "Updated",
        "$createdBy" => return "Created by",
        "$updatedBy" => return "Updated by",
        _ => {}
    }
    if let Some(property) = site.catalog().blueprint(blueprint).property(name) {
        return property.label();
    }
    column(site, blueprint, name).map_or(name, |number| site.computed[blueprint.index()][number].label)
}

/// Returns the keys of a value: each item of a list is one.
fn values(value: &Value<'_>) -> Vec<Key> {
    match value.kind() {
        Kind::Null => Vec::new(),
        Kind::String if value.is_empty() => Vec::new(),
        Kind::List => value.items().iter().flat_map(values).collect(),
        Kind::Number => {
            // As it is written, where a number has no exact form: `1` and `1.0` are one value.
            vec![Key::Text(value.as_f64().map(|number| number.to_string()).unwrap_or_default())]
        }
        Kind::Bool => vec![Key::Text((value.as_bool() == Some(true)).to_string())],
        Kind::String => vec![Key::Text(value.as_str().unwrap_or_default().to_string())],
        Kind::Map => vec![Key::Text(value.to_json().to_string())],
    }
}

/// Returns a value as people read it.
fn shown<'t>(look: &Look<'_>, text: &'t str) -> Cow<'t, str> {
    use crate::model::property::Type;
    match (look.kind, look.format) {
        (Some(Type::Boolean), _) if text == "true" => "yes".into(),
        (Some(Type::Boolean), _) if text == "false" => "no".into(),
        (Some(Type::Number), _) if look.colors.is_empty() => {
            text.parse().map_or(Cow::Borrowed(text), |number| plain(number).into())
        }
        (_, Some("date-time" | "timer")) => {
            moment::read(text).map_or(Cow::Borrowed(text), |moment| moment.shown.into())
        }
        _ => Cow::Borrowed(text),
    }
}
