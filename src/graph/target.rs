//! What one entity points at, and what is wrong with it.

use super::search::Search;
use super::{Edge, Found};
use crate::catalog::{BlueprintId, Catalog, EntityId, EntityRef};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::phrase::{an, article, clip, quoted_first};
use crate::model::relation::Relation;
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// An entity's relations, resolved.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) edges: Vec<Edge>,
    pub(super) searches: Vec<Search>,
    pub(super) found: Found,
}

/// A relation of one entity, being resolved.
struct Resolver<'a> {
    catalog: &'a Catalog,
    entity: EntityRef<'a>,
    number: u32,
    relation: &'a Relation,
    to: &'a mut Resolved,
}

/// Returns what `entity` points at.
pub(super) fn resolve(catalog: &Catalog, entity: EntityRef<'_>) -> Resolved {
    let mut resolved = Resolved::default();
    let blueprint = entity.blueprint();
    let mut stated = 0;
    for (key, value) in entity.relations() {
        match blueprint.relation(key.as_str().unwrap_or_default()) {
            Some((number, relation)) => {
                stated += u32::from(relation.required && !is_empty(value));
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                Resolver { catalog, entity, number, relation, to: &mut resolved }.value(value);
            }
            None => resolved.found.push(unknown(entity, key)),
        }
    }
    let required = blueprint.relations.iter().filter(|relation| relation.required);
    if required.clone().count() != stated as usize {
        resolved.found.extend(required.filter_map(|relation| missing(entity, relation)));
    }
    resolved.edges.sort_by_key(|edge| edge.relation);
    resolved
}

/// Returns whether a relation's value names nothing.
fn is_empty(value: Node<'_>) -> bool {
    value.is_null() || (value.kind() == Kind::List && value.is_empty()) || value.as_str() == Some("")
}

impl Resolver<'_> {
    /// Resolves the value of the relation: a name, a list of names, or a search.
    fn value(&mut self, value: Node<'_>) {
        match (value.kind(), self.relation.many) {
            (Kind::Null, _) => {}
            (Kind::String, false) if value.as_str() == Some("") => {}
            (Kind::String, many) => {
                if many {
                    self.to.found.push(self.scalar_on_many(value));
                }
                self.target(value);
            }
            (Kind::List, many) => {
                if !many {
                    self.to.found.push(self.list_on_single(value));
                }
                value.items().for_each(|item| self.item(item));
            }
            (Kind::Map, _) => self.search(value),
            (Kind::Number | Kind::Bool, _) => self.to.found.push(self.not_a_name(value)),
        }
    }

    fn item(&mut self, item: Node<'_>) {
        match item.kind() {
            Kind::String => self.target(item),
            Kind::Null => {}
            _ => self.to.found.push(self.not_a_name(item)),
        }
    }

    fn search(&mut self, value: Node<'_>) {
        match Search::decode(self.entity.id(), self.number, value) {
            Some(search) => self.to.searches.push(search),
            None => self.to.found.push(self.not_a_name(value)),
        }
    }

    /// Resolves one name.
    fn target(&mut self, node: Node<'_>) {
        let name = node.as_str().unwrap_or_default();
        let Some(to) = self.lookup(name) else {
            self.to.found.extend(self.dangling(node, name));
            return;
        };
        if to == self.entity.id() {
            self.to.found.push(self.self_reference(node));
        }
        let edge = Edge { from: self.entity.id(), relation: self.number, to };
        // A name given twice is one relation.
        if !self.to.edges.contains(&edge) {
            self.to.edges.push(edge);
        }
    }

    /// Returns the entity of the target blueprints called `name`.
    fn lookup(&self, name: &str) -> Option<EntityId> {
        self.targets().find_map(|blueprint| self.catalog.find_entity(blueprint, name))
    }

    fn targets(&self) -> impl Iterator<Item = BlueprintId> {
        self.relation.targets.iter().filter_map(|target| self.catalog.find_blueprint(&target.value))
    }

    /// Returns the finding that nothing is called `name`, unless the cause has been reported elsewhere.
    fn dangling(&self, node: Node<'_>, name: &str) -> Option<Diagnostic> {
        let unknown =
            self.relation.targets.iter().any(|target| self.catalog.find_blueprint(&target.value).is_none());
        if unknown || self.catalog.is_unplaced(name) || self.catalog.is_lost(name) {
            return None;
        }
        let id = &self.relation.identifier.value;
        if let Some(&other) = self.catalog.find_entities(name).first() {
            return Some(self.wrong_target(node, name, self.catalog.entity(other)));
        }
        let targets = self.relation.targets();
        let message = format!("`{id}` names an entity that does not exist");
        let finding = Diagnostic::new(Rule::DanglingRelation, node.span(), message);
        let names = self
            .targets()
            .flat_map(|blueprint| self.catalog.entities_of(blueprint))
            .map(EntityRef::identifier);
        let near = did_you_mean(name, names);
        let help =
            near.unwrap_or_else(|| format!("add an entity `{}` of {targets}, or name another", clip(name)));
        Some(finding.label(format!("no {targets} has the identifier `{}`", clip(name))).help(help))
    }

    fn wrong_target(&self, node: Node<'_>, name: &str, other: EntityRef<'_>) -> Diagnostic {
        let (id, targets) = (&self.relation.identifier.value, self.relation.targets());
        let actual = &other.blueprint().identifier.value;
        let message = format!("`{id}` needs {targets}, but `{name}` is {}", an(&format!("`{actual}`")));
        Diagnostic::new(Rule::WrongTarget, node.span(), message)
            .related(other.span(), format!("the `{actual}` is here"))
            .related(self.relation.identifier.span, "the relation is declared here")
            .help(format!("name {}, or change the relation's target", an(&targets)))
    }

    fn self_reference(&self, node: Node<'_>) -> Diagnostic {
        let message = format!(
            "`{}` of `{}` names the entity itself",
            self.relation.identifier.value,
            self.entity.identifier()
        );
        Diagnostic::new(Rule::SelfReference, node.span(), message)
            .help("name another entity, or leave it out")
    }

    fn list_on_single(&self, node: Node<'_>) -> Diagnostic {
        let id = &self.relation.identifier.value;
        let message = format!("`{id}` holds one entity, not a list");
        let names: Vec<&str> = node.items().filter_map(Node::as_str).collect();
        let help = match names.as_slice() {
            [name] => format!("write `{id}: {name}`"),
            _ => format!("write one identifier, or declare `many: true` for `{id}` in the blueprint"),
        };
        self.declared(Diagnostic::new(Rule::ListOnSingle, node.span(), message)).help(help)
    }

    fn scalar_on_many(&self, node: Node<'_>) -> Diagnostic {
        let id = &self.relation.identifier.value;
        let name = node.as_str().unwrap_or_default();
        let message = format!("`{id}` holds a list of entities, not one");
        self.declared(Diagnostic::new(Rule::ScalarOnMany, node.span(), message))
            .help(format!("write `{id}: [{}]`", clip(name)))
    }

    fn not_a_name(&self, node: Node<'_>) -> Diagnostic {
        let id = &self.relation.identifier.value;
        let message = format!("`{id}` holds identifiers, not {}", article(node.kind()));
        let text = node.text().map(|text| format!("quote it: \"{}\"", clip(text)));
        let help = text.unwrap_or_else(|| {
            "write an identifier, a list of them, or a search with `combinator` and `rules`".into()
        });
        Diagnostic::new(Rule::WrongType, node.span(), message).help(help)
    }

    fn declared(&self, finding: Diagnostic) -> Diagnostic {
        finding.related(self.relation.identifier.span, "the relation is declared here")
    }
}

/// Returns the finding that the blueprint has no such relation.
fn unknown(entity: EntityRef<'_>, key: Node<'_>) -> Diagnostic {
    let blueprint = entity.blueprint();
    let (name, of) = (key.as_str().unwrap_or_default(), &blueprint.identifier.value);
    let names = || blueprint.relations.iter().map(|relation| relation.identifier.value.as_str());
    let property =
        blueprint.property(name).map(|_| format!("`{name}` is a property: move it under `properties`"));
    let help = property.or_else(|| did_you_mean(name, names())).unwrap_or_else(|| match names().count() {
        0 => format!("`{of}` has no relations: declare `{}` in its blueprint, or remove it", clip(name)),
        _ => format!("its relations are {}", quoted_first(names())),
    });
    let message = format!("`{of}` declares no relation `{}`", clip(name));
    Diagnostic::new(Rule::UnknownRelation, key.span(), message).help(help)
}

/// Returns the finding that an entity lacks a required relation, if it does.
fn missing(entity: EntityRef<'_>, relation: &Relation) -> Option<Diagnostic> {
    let name = &relation.identifier.value;
    let value = entity.relations().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value);
    if value.is_some_and(|value| !is_empty(value)) {
        return None;
    }
    let message = format!("`{}` needs the relation `{name}`", entity.blueprint().identifier.value);
    let finding =
        Diagnostic::new(Rule::MissingRelation, place(entity, value), message).label(format!("no `{name}`"));
    let finding = finding.related(relation.identifier.span, "required here");
    Some(
        finding.help(format!(
            "add `{name}` under `relations`, with the identifier of {}",
            an(&relation.targets())
        )),
    )
}

/// Returns where to say that a relation is missing: at its empty value, at `relations`, or at the identifier.
fn place(entity: EntityRef<'_>, value: Option<Node<'_>>) -> Span {
    let relations = || entity.node().entry("relations").map(|(key, _)| key.span());
    value
        .map(Node::span)
        .filter(|span| span.end > span.start)
        .or_else(relations)
        .unwrap_or_else(|| entity.span())
}
