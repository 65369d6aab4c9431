//! Relations given as a search over the target's properties (Port's search object).

use std::collections::BTreeMap;

use super::Edge;
use crate::catalog::{BlueprintId, Catalog, EntityId, EntityRef};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule};
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// A relation whose targets are looked for.
#[derive(Debug, Clone)]
pub(super) struct Search {
    from: EntityId,
    relation: u32,
    all: bool,
    conditions: Vec<Condition>,
    span: Span,
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
    pub(super) fn decode(from: EntityId, relation: u32, node: Node<'_>) -> Option<Self> {
        let all = match node.get("combinator")?.as_str()? {
            "and" => true,
            "or" => false,
            _ => return None,
        };
        let conditions = node.get("rules")?.items().map(Condition::decode).collect::<Option<Vec<_>>>()?;
        (!conditions.is_empty()).then(|| Self { from, relation, all, conditions, span: node.span() })
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

/// The entities of a blueprint by the text of one property: made once, so that many searches stay linear.
type Index<'a> = BTreeMap<&'a str, Vec<EntityId>>;

/// Returns the relations that the searches find; one that finds nothing, or several for a single relation, is
/// reported.
pub(super) fn evaluate(catalog: &Catalog, searches: &[Search], found: &mut Diagnostics) -> Vec<Edge> {
    let mut indices: BTreeMap<(BlueprintId, &str), Index<'_>> = BTreeMap::new();
    let mut edges = Vec::new();
    for search in searches {
        let relation = &catalog.entity(search.from).blueprint().relations[search.relation as usize];
        let targets = relation.targets.iter().filter_map(|target| catalog.find_blueprint(&target.value));
        let mut hits = Vec::new();
        for target in targets {
            let exact = search.conditions.iter().find(|condition| condition.operator == Operator::Is);
            let candidates: Vec<EntityId> = match exact.filter(|_| search.all || search.conditions.len() == 1)
            {
                Some(exact) => {
                    let index = indices
                        .entry((target, &exact.property))
                        .or_insert_with(|| index(catalog, target, &exact.property));
                    let mut hits: Vec<EntityId> = exact
                        .values
                        .iter()
                        .filter_map(|value| index.get(value.as_str()))
                        .flatten()
                        .copied()
                        .collect();
                    hits.sort_unstable();
                    hits.dedup();
                    hits
                }
                None => catalog.entities_of(target).map(EntityRef::id).collect(),
            };
            hits.extend(candidates.into_iter().filter(|&id| matches(search, catalog.entity(id))));
        }
        let name = &relation.identifier.value;
        if let Some(finding) = verdict(search, name, relation.many, hits.len()) {
            found.push(finding);
        }
        let kept = if relation.many { hits.len() } else { hits.len().min(1) };
        edges.extend(hits[..kept].iter().map(|&to| Edge {
            from: search.from,
            relation: search.relation,
            to,
        }));
    }
    edges
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

fn matches(search: &Search, entity: EntityRef<'_>) -> bool {
    let mut conditions = search.conditions.iter();
    if search.all {
        conditions.all(|condition| condition.holds(entity))
    } else {
        conditions.any(|condition| condition.holds(entity))
    }
}

/// Returns the finding that a search has the wrong number of hits.
fn verdict(search: &Search, name: &str, many: bool, hits: usize) -> Option<Diagnostic> {
    let message = match hits {
        0 => format!("the search of `{name}` finds no entity"),
        1 => return None,
        _ if many => return None,
        _ => format!("the search of `{name}` finds {hits} entities, and the relation holds one"),
    };
    let rule = if hits == 0 { Rule::DanglingRelation } else { Rule::ListOnSingle };
    Some(
        Diagnostic::new(rule, search.span, message)
            .help("change the search's rules so that they name what is meant"),
    )
}
