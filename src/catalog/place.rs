//! Which blueprint an entity is of: what it says, else its folder, else nothing but a question with candidates.

use std::collections::{BTreeMap, BTreeSet};

use super::Catalog;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::blueprint::Blueprint;
use crate::model::phrase::quoted_first;
use crate::source::Span;
use crate::yaml::Node;

/// The entities that could not be given a blueprint.
#[derive(Debug, Default)]
pub(super) struct Unplaced {
    identifiers: BTreeSet<String>,
    candidates: BTreeSet<String>,
}

impl Unplaced {
    pub(super) fn has(&self, identifier: &str) -> bool {
        self.identifiers.contains(identifier)
    }

    pub(super) fn fits(&self, blueprint: &str) -> bool {
        self.candidates.contains(blueprint)
    }

    pub(super) fn add(&mut self, identifier: String, candidates: Vec<String>) {
        self.identifiers.insert(identifier);
        self.candidates.extend(candidates);
    }
}

/// An entity that no blueprint could be found for.
pub(super) struct Unknown {
    pub(super) identifier: String,
    /// The blueprints it would fit.
    pub(super) candidates: Vec<String>,
    /// What to report, unless that has been reported elsewhere.
    pub(super) finding: Option<Diagnostic>,
}

/// What says which blueprint an entity is of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stated<'a> {
    /// A name in a document: the entity's own `blueprint`, or that of the list around it.
    Name(&'a str, Span),
    /// The folder the file is in.
    Folder(&'a str),
    /// Nothing.
    Nothing,
}

impl Catalog {
    /// Returns what is known of an entity that no blueprint could be found for. `unreadable` says that some
    /// document, perhaps the blueprint looked for, could not be read.
    pub(super) fn unplace(&self, entity: Node<'_>, stated: Stated<'_>, unreadable: bool) -> Unknown {
        let identifier = entity.get("identifier").and_then(Node::as_str).unwrap_or_default();
        if let Stated::Name(name, span) = stated {
            // An empty name is not a string, which has been reported as the document's shape.
            let silent = name.is_empty() || self.is_lost(name) || self.config.is_external(name);
            let finding = (!silent).then(|| self.unknown_blueprint(name, span));
            return Unknown {
                identifier: identifier.to_string(),
                candidates: vec![name.to_string()],
                finding,
            };
        }
        let candidates = self.candidates(entity);
        // Where nothing fits, its blueprint may well be the one that could not be read.
        let silent = candidates.is_empty() && unreadable;
        let finding = (!silent).then(|| question(entity, identifier, stated, &candidates, self));
        let candidates = candidates.into_iter().map(String::from).collect();
        Unknown { identifier: identifier.to_string(), candidates, finding }
    }

    /// Returns the finding that there is no blueprint called `name`.
    pub fn unknown_blueprint(&self, name: &str, span: Span) -> Diagnostic {
        let message = format!("there is no blueprint `{name}`");
        let near = did_you_mean(name, self.blueprint_names());
        let help = near.unwrap_or_else(|| {
            format!("add a blueprint `{name}`, or list it under `external` in portal.yaml when it is published elsewhere")
        });
        Diagnostic::new(Rule::UnknownBlueprint, span, message).help(help)
    }

    /// Returns the identifiers of the blueprints that the entity's properties and relations fit.
    fn candidates(&self, entity: Node<'_>) -> Vec<&str> {
        let fitting = self.blueprints().filter(|(_, blueprint)| !blueprint.system);
        let fitting = fitting.filter(|(id, blueprint)| {
            let properties = entity.get("properties").filter(|properties| !properties.is_null());
            fits_relations(blueprint, entity)
                && self.validators[id.index()]
                    .violations(blueprint, entity, properties, &|_| false)
                    .is_empty()
        });
        fitting.map(|(_, blueprint)| blueprint.identifier.value.as_str()).collect()
    }
}

/// Returns whether the entity's relations are all declared, and all required ones stated.
fn fits_relations(blueprint: &Blueprint, entity: Node<'_>) -> bool {
    let stated: BTreeMap<&str, Node<'_>> = entity
        .get("relations")
        .into_iter()
        .flat_map(Node::entries)
        .filter_map(|(key, value)| Some((key.as_str()?, value)))
        .collect();
    let declared = stated.keys().all(|name| blueprint.relation(name).is_some());
    let holds = |name: &str| stated.get(name).is_some_and(|value| !value.is_null());
    declared
        && blueprint
            .relations
            .iter()
            .filter(|relation| relation.required)
            .all(|relation| holds(&relation.identifier.value))
}

/// Returns the finding that asks for an entity's blueprint.
fn question(
    entity: Node<'_>,
    identifier: &str,
    stated: Stated<'_>,
    candidates: &[&str],
    catalog: &Catalog,
) -> Diagnostic {
    let span = entity.get("identifier").map_or(entity.span(), Node::span);
    let names = || quoted_first(candidates.iter().copied());
    let (rule, message) = match candidates {
        [_, _, ..] => {
            let message = format!("`{identifier}` does not say its blueprint, and fits several: {}", names());
            (Rule::AmbiguousBlueprint, message)
        }
        [_] => (
            Rule::MissingBlueprint,
            format!("`{identifier}` does not say its blueprint; it fits {}", names()),
        ),
        [] => (Rule::MissingBlueprint, format!("`{identifier}` does not say its blueprint, and fits none")),
    };
    let folder = match stated {
        Stated::Folder(folder) => did_you_mean(folder, catalog.blueprint_names())
            .map(|near| format!("its folder `{folder}` is no blueprint; {near}")),
        _ => None,
    };
    let help = folder.unwrap_or_else(|| match candidates {
        [] => "add `blueprint:` with the name of one, or put the file into entities/<blueprint>/".into(),
        [first, ..] => format!("add `blueprint: {first}`, or put the file into entities/{first}/"),
    });
    Diagnostic::new(rule, span, message).help(help)
}
