//! Port's search objects: entities named by what their properties hold.

use std::collections::BTreeMap;

use super::{BlueprintId, Catalog, EntityId, EntityRef};
use crate::yaml::{Kind, Node};

/// A search for entities.
#[derive(Debug, Clone)]
pub struct Search {
    all: bool,
    conditions: Vec<Condition>,
}

/// One rule of a search.
#[derive(Debug, Clone)]
struct Condition {
    property: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    /// `=` and `in`: the property is one of the values.
    Is,
    /// `contains`: the property's text, or an item of its list, holds the value.
    Contains,
    /// `containsAny`: an item of the property's list is one of the values.
    ContainsAny,
}

impl Search {
    /// Returns the search written as `node`, or `None` when it is not of that shape.
    pub fn decode(node: Node<'_>) -> Option<Self> {
        let all = match node.get("combinator")?.as_str()? {
            "and" => true,
            "or" => false,
            _ => return None,
        };
        let conditions = node.get("rules")?.items().map(Condition::decode).collect::<Option<Vec<_>>>()?;
        (!conditions.is_empty()).then_some(Self { all, conditions })
    }

    /// Returns a condition that an index answers, and that all hits satisfy.
    fn exact(&self) -> Option<&Condition> {
        let exact = self.conditions.iter().find(|condition| condition.operator == Operator::Is);
        exact.filter(|_| self.all || self.conditions.len() == 1)
    }

    fn matches(&self, entity: EntityRef<'_>) -> bool {
        let mut conditions = self.conditions.iter();
        if self.all {
            conditions.all(|condition| condition.holds(entity))
        } else {
            conditions.any(|condition| condition.holds(entity))
        }
    }
}

impl Condition {
    fn decode(node: Node<'_>) -> Option<Self> {
        let operator = match node.get("operator")?.as_str()? {
            "=" | "in" => Operator::Is,
            "contains" => Operator::Contains,
            "containsAny" => Operator::ContainsAny,
            _ => return None,
        };
        let value = node.get("value")?;
        let values = if value.kind() == Kind::List { value.items().collect() } else { vec![value] };
        let values = values.into_iter().filter_map(|value| Some(value.text()?.to_string())).collect();
        Some(Self { property: node.get("property")?.as_str()?.to_string(), operator, values })
    }

    /// Returns whether `entity` satisfies the condition.
    fn holds(&self, entity: EntityRef<'_>) -> bool {
        let texts = texts(entity, &self.property);
        let among = |text: &&str| self.values.iter().any(|value| value == text);
        match self.operator {
            Operator::Is | Operator::ContainsAny => texts.iter().any(among),
            Operator::Contains => {
                texts.iter().any(|text| self.values.iter().any(|value| text.contains(value.as_str())))
            }
        }
    }
}

/// Returns the texts of a property of an entity: one, or the items of a list.
fn texts<'a>(entity: EntityRef<'a>, property: &str) -> Vec<&'a str> {
    match property {
        "$identifier" => vec![entity.identifier()],
        "$title" => entity.title().into_iter().collect(),
        _ => {
            let Some(value) = entity.property(property) else { return Vec::new() };
            value.text().into_iter().chain(value.items().filter_map(Node::text)).collect()
        }
    }
}

/// The entities of a blueprint by the text of one property.
type Index<'a> = BTreeMap<&'a str, Vec<EntityId>>;

/// Finds entities, with indices that are made once, so that many searches stay linear.
#[derive(Debug)]
pub struct Finder<'a> {
    catalog: &'a Catalog,
    indices: BTreeMap<(BlueprintId, String), Index<'a>>,
}

impl<'a> Finder<'a> {
    /// Returns a finder of the entities of `catalog`.
    pub fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, indices: BTreeMap::new() }
    }

    /// Returns the entities of `blueprint` that the search finds, by identifier.
    pub fn find(&mut self, search: &Search, blueprint: BlueprintId) -> Vec<EntityId> {
        let catalog = self.catalog;
        let mut hits: Vec<EntityId> = match search.exact() {
            Some(exact) => {
                let index = self
                    .indices
                    .entry((blueprint, exact.property.clone()))
                    .or_insert_with(|| index(catalog, blueprint, &exact.property));
                exact.values.iter().filter_map(|value| index.get(value.as_str())).flatten().copied().collect()
            }
            None => catalog.entities_of(blueprint).map(EntityRef::id).collect(),
        };
        hits.sort_unstable();
        hits.dedup();
        hits.retain(|&id| search.matches(catalog.entity(id)));
        hits
    }
}

fn index<'a>(catalog: &'a Catalog, blueprint: BlueprintId, property: &str) -> Index<'a> {
    let mut index = Index::new();
    for entity in catalog.entities_of(blueprint) {
        for text in texts(entity, property) {
            index.entry(text).or_default().push(entity.id());
        }
    }
    index
}
