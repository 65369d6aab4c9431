//! Paths over relations: of mirror properties, inherited ownership and aggregations.

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::Spanned;
use crate::model::blueprint::{Blueprint, Ownership};
use crate::model::phrase::quoted_first;
use crate::source::Span;

/// Pushes each path that runs over relations or properties that do not exist.
pub(super) fn check(catalog: &Catalog, blueprint: &Blueprint, found: &mut Vec<Diagnostic>) {
    for mirror in &blueprint.mirrors {
        if let Some(path) = &mirror.path {
            found.extend(check_mirror(catalog, blueprint, path));
        }
    }
    if let Some(ownership) = &blueprint.ownership
        && let Ownership::Inherited(path) = &ownership.value
    {
        found.extend(check_ownership(catalog, blueprint, path.as_ref(), ownership.span));
    }
    for aggregation in &blueprint.aggregations {
        let Some(filter) = &aggregation.path else { continue };
        let start = match &filter.from {
            Some(from) => catalog.find_blueprint(&from.value).map(|id| catalog.blueprint(id)),
            None => Some(blueprint),
        };
        match (start, &filter.from) {
            (Some(start), _) => found.extend(check_filter(catalog, start, &filter.relations)),
            (None, Some(from)) if !is_elsewhere(catalog, &from.value) => {
                found.push(catalog.unknown_blueprint(&from.value, from.span));
            }
            (None, _) => {}
        }
    }
}

/// Returns whether a blueprint that is not in the catalog may well exist.
pub(super) fn is_elsewhere(catalog: &Catalog, name: &str) -> bool {
    catalog.config().is_external(name) || catalog.is_lost(name)
}

/// Where a walk over relations ends.
enum End<'a> {
    /// At these blueprints: several, when a relation has several targets.
    At(Vec<&'a Blueprint>),
    /// At a blueprint that is not in the catalog, where nothing more can be said.
    Unknown,
    /// At a relation that does not exist.
    Broken(Diagnostic),
}

/// Walks over `relations` from `start`; each comes with its place.
fn walk<'a>(catalog: &'a Catalog, start: &'a Blueprint, relations: &[(&str, Span)]) -> End<'a> {
    let mut at = vec![start];
    for &(name, span) in relations {
        let mut next = Vec::new();
        let mut known = false;
        for blueprint in &at {
            let Some((_, relation)) = blueprint.relation(name) else { continue };
            known = true;
            for target in &relation.targets {
                match catalog.find_blueprint(&target.value) {
                    Some(id) => next.push(catalog.blueprint(id)),
                    // The target is external, or its absence has been reported at the relation.
                    None => return End::Unknown,
                }
            }
        }
        if !known {
            return End::Broken(no_relation(&at, name, span));
        }
        at = next;
    }
    End::At(at)
}

fn no_relation(at: &[&Blueprint], name: &str, span: Span) -> Diagnostic {
    let of = at.first().map_or("", |blueprint| blueprint.identifier.value.as_str());
    let names = || {
        at.iter()
            .flat_map(|blueprint| &blueprint.relations)
            .map(|relation| relation.identifier.value.as_str())
    };
    let help = did_you_mean(name, names()).unwrap_or_else(|| match names().count() {
        0 => format!("`{of}` has no relations"),
        _ => format!("its relations are {}", quoted_first(names())),
    });
    Diagnostic::new(Rule::InvalidPath, span, format!("`{of}` has no relation `{name}`")).help(help)
}

/// Returns the parts of a dotted path, each with its place in the text.
fn parts(path: &Spanned<String>) -> Vec<(&str, Span)> {
    let mut parts = Vec::new();
    let quote =
        (path.span.end - path.span.start).saturating_sub(u32::try_from(path.value.len()).unwrap_or(0)) / 2;
    let mut start = path.span.start + quote;
    for part in path.value.split('.') {
        let end = start + u32::try_from(part.len()).unwrap_or(0);
        let whole = end > path.span.end;
        parts.push((part, if whole { path.span } else { Span { source: path.span.source, start, end } }));
        start = end + 1;
    }
    parts
}

/// Returns what is wrong with a mirror's path: relations, then a property.
fn check_mirror(catalog: &Catalog, blueprint: &Blueprint, path: &Spanned<String>) -> Option<Diagnostic> {
    let parts = parts(path);
    let (&(property, span), relations) = parts.split_last()?;
    if relations.is_empty() {
        let message = format!("`{}` names no relation: a mirror reads from a related entity", path.value);
        let help = "write a relation, a dot, and a property of its target: system.$title";
        return Some(Diagnostic::new(Rule::InvalidPath, path.span, message).help(help));
    }
    let at = match walk(catalog, blueprint, relations) {
        End::At(at) => at,
        End::Unknown => return None,
        End::Broken(finding) => return Some(finding),
    };
    if at.iter().any(|blueprint| blueprint.readable(property)) {
        return None;
    }
    let of = at.first().map_or("", |blueprint| blueprint.identifier.value.as_str());
    let names = at.iter().flat_map(|blueprint| blueprint.names());
    let relation = at.iter().any(|blueprint| blueprint.relation(property).is_some());
    let help = if relation {
        Some(format!("`{property}` is a relation: go on to a property, such as {property}.$title"))
    } else {
        did_you_mean(property, names)
    };
    let message = format!("`{of}` has no property `{property}`");
    Some(Diagnostic::new(Rule::InvalidPath, span, message).maybe_help(help))
}

/// Returns what is wrong with the path of an inherited ownership: relations to a blueprint with owners.
fn check_ownership(
    catalog: &Catalog,
    blueprint: &Blueprint,
    path: Option<&Spanned<String>>,
    span: Span,
) -> Option<Diagnostic> {
    let Some(path) = path else {
        let message = "an inherited ownership needs a `path` to the owner";
        return Some(
            Diagnostic::new(Rule::InvalidPath, span, message)
                .help("add `path: system`, or use `type: Direct`"),
        );
    };
    let mut parts = parts(path);
    if parts.last().is_some_and(|(name, _)| *name == "$team") {
        parts.pop();
    }
    let at = match walk(catalog, blueprint, &parts) {
        End::At(at) => at,
        End::Unknown => return None,
        End::Broken(finding) => return Some(finding),
    };
    if at.iter().any(|blueprint| blueprint.ownership.is_some()) {
        return None;
    }
    let of = at.first().map_or("", |blueprint| blueprint.identifier.value.as_str());
    let message = format!("`{of}` has no ownership to inherit");
    Some(
        Diagnostic::new(Rule::InvalidPath, path.span, message)
            .help(format!("give `{of}` `ownership: {{type: Direct}}`")),
    )
}

/// Returns what is wrong with the path of an aggregation.
fn check_filter(catalog: &Catalog, start: &Blueprint, path: &[Spanned<String>]) -> Option<Diagnostic> {
    let relations: Vec<(&str, Span)> = path.iter().map(|name| (name.value.as_str(), name.span)).collect();
    match walk(catalog, start, &relations) {
        End::Broken(finding) => Some(finding),
        End::At(_) | End::Unknown => None,
    }
}
