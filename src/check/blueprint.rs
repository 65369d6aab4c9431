//! Blueprints: names, relations and computed properties as a whole.

use std::collections::BTreeMap;

use super::unknown_icon;
use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::Spanned;
use crate::model::blueprint::Blueprint;
use crate::model::property::PALETTE;
use crate::source::Span;

/// Pushes what is wrong with a blueprint apart from its properties' keywords.
pub(super) fn check(catalog: &Catalog, blueprint: &Blueprint, found: &mut Vec<Diagnostic>) {
    found.extend(blueprint.icon.as_ref().and_then(unknown_icon));
    check_required(blueprint, found);
    check_names(blueprint, found);
    for relation in &blueprint.relations {
        for target in &relation.targets {
            found.extend(unknown_target(catalog, target));
        }
        if relation.required && relation.many {
            let name = &relation.identifier.value;
            let message = format!("`{name}` is both required and many, which Port forbids");
            let finding = Diagnostic::new(Rule::RequiredMany, relation.identifier.span, message);
            found.push(finding.help("drop one: a list may be empty, so it cannot be required"));
        }
    }
    for aggregation in &blueprint.aggregations {
        found.extend(aggregation.target.as_ref().and_then(|target| unknown_target(catalog, target)));
    }
    for calculation in &blueprint.calculations {
        found.extend(calculation.colors.iter().filter_map(|(_, color)| unknown_color(color)));
    }
}

/// Returns the finding that a target blueprint does not exist, unless it is published elsewhere or could not be
/// read.
fn unknown_target(catalog: &Catalog, target: &Spanned<String>) -> Option<Diagnostic> {
    let name = &target.value;
    let known =
        catalog.find_blueprint(name).is_some() || catalog.config().is_external(name) || catalog.is_lost(name);
    if known {
        return None;
    }
    let near = did_you_mean(name, catalog.blueprint_names());
    let help = near.unwrap_or_else(|| {
        format!("add a blueprint `{name}`, or list it under `external` in portal.yaml when it is published elsewhere")
    });
    let message = format!("the target blueprint `{name}` does not exist");
    Some(Diagnostic::new(Rule::UnknownTarget, target.span, message).help(help))
}

/// Returns the finding that a colour is not in Port's palette.
pub(super) fn unknown_color(color: &Spanned<String>) -> Option<Diagnostic> {
    if PALETTE.contains(&color.value.as_str()) {
        return None;
    }
    let help = match color.value.as_str() {
        "gray" | "grey" => Some("did you mean `lightGray` or `darkGray`?".into()),
        "cyan" | "teal" => Some("did you mean `turquoise`?".into()),
        name => did_you_mean(name, PALETTE.iter().copied()),
    };
    let help = help.unwrap_or_else(|| format!("the palette is {}", PALETTE.join(", ")));
    let message = format!("`{}` is not in the palette; the value is shown without a colour", color.value);
    Some(Diagnostic::new(Rule::UnknownColor, color.span, message).help(help))
}

/// Pushes each required property that is not declared.
fn check_required(blueprint: &Blueprint, found: &mut Vec<Diagnostic>) {
    for required in blueprint.required.iter().filter(|required| blueprint.property(&required.value).is_none())
    {
        let name = &required.value;
        let names = blueprint.properties.iter().map(|property| property.identifier.value.as_str());
        let computed = blueprint
            .computed(name)
            .map(|(kind, _)| format!("`{name}` is a {kind} property, which is never missing"));
        let relation = || {
            blueprint.relation(name).map(|_| format!("`{name}` is a relation: set `required: true` on it"))
        };
        let help = computed.or_else(relation).or_else(|| did_you_mean(name, names));
        let help = help.unwrap_or_else(|| format!("declare `{name}` under `properties`, or remove it here"));
        let message = format!("`{name}` is required but not declared");
        found.push(Diagnostic::new(Rule::UndeclaredRequired, required.span, message).help(help));
    }
}

/// Pushes identifiers that two properties share: all sorts are read as `.properties.<identifier>`.
fn check_names(blueprint: &Blueprint, found: &mut Vec<Diagnostic>) {
    let stored = blueprint.properties.iter().map(|property| ("property", &property.identifier));
    let mirrors = blueprint.mirrors.iter().map(|mirror| ("mirror property", &mirror.identifier));
    let calculations =
        blueprint.calculations.iter().map(|calculation| ("calculation property", &calculation.identifier));
    let aggregations =
        blueprint.aggregations.iter().map(|aggregation| ("aggregation property", &aggregation.identifier));
    let mut seen: BTreeMap<&str, (&str, Span)> = BTreeMap::new();
    for (sort, name) in stored.chain(mirrors).chain(calculations).chain(aggregations) {
        let Some((first, span)) = seen.get(name.value.as_str()) else {
            seen.insert(&name.value, (sort, name.span));
            continue;
        };
        let message = format!(
            "`{}` is already a {first}; both would be read as `.properties.{}`",
            name.value, name.value
        );
        let finding =
            Diagnostic::new(Rule::NameClash, name.span, message).related(*span, format!("the {first}"));
        found.push(finding.help("rename one of them"));
    }
}
