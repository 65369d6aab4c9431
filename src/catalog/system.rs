//! Port's system blueprints: there without being declared, and extended by a blueprint of the same identifier.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Rule};
use crate::model::blueprint::Blueprint;
use crate::model::property::Property;
use crate::source::{Source, SourceId};
use crate::yaml;

/// Where the built-in definitions appear to be, should anything point at them.
pub(super) const PATH: &str = "portal:system-blueprints.yaml";

/// Teams and users, in the catalog's own language.
const DEFINITIONS: &str = r"identifier: _team
title: Team
icon: Team
description: People who own things together
schema:
  properties:
    description: {type: string, title: Description}
    email: {type: string, title: E-mail, format: email}
    slack: {type: string, title: Chat, format: url}
    oncall: {type: string, title: On call, format: url}
relations:
  parent: {title: Part of, target: _team, hierarchy: true, inverse: {title: Teams}}
---
identifier: _user
title: User
icon: User
description: A person, known by e-mail address
schema:
  properties:
    email: {type: string, title: E-mail, format: email}
    role: {type: string, title: Role}
    avatar: {type: string, title: Picture, format: url}
relations:
  teams: {title: Teams, target: _team, many: true, inverse: {title: Members}}
";

/// Returns the source of the built-in definitions.
pub(super) fn source() -> Source {
    Source::new(PATH, DEFINITIONS)
}

/// Returns the built-in blueprints; `source` is the id that [`source`] has been given.
pub(super) fn blueprints(source: SourceId) -> Vec<Blueprint> {
    let document = yaml::parse(source, &Arc::from(DEFINITIONS), &mut Vec::new());
    let blueprints = document.roots().map(Blueprint::decode);
    blueprints.map(|blueprint| Blueprint { system: true, ..blueprint }).collect()
}

/// Returns `own`, a catalog's blueprint with the identifier of the built-in `system`, extended by all that the
/// built-in one has; what changes that is reported.
pub(super) fn extend(own: Blueprint, system: Blueprint, found: &mut Vec<Diagnostic>) -> Blueprint {
    check(&own, &system, found);
    let mut merged = system;
    let new_property = |name: &str| merged.property(name).is_none();
    let properties: Vec<_> =
        own.properties.into_iter().filter(|p| new_property(&p.identifier.value)).collect();
    let relations: Vec<_> =
        own.relations.into_iter().filter(|r| merged.relation(&r.identifier.value).is_none()).collect();
    merged.properties.extend(properties);
    merged.relations.extend(relations);
    merged.mirrors.extend(own.mirrors);
    merged.calculations.extend(own.calculations);
    merged.aggregations.extend(own.aggregations);
    merged.identifier = own.identifier;
    merged.title = own.title.or(merged.title);
    merged.description = own.description.or(merged.description);
    merged.icon = own.icon.or(merged.icon);
    merged.ownership = own.ownership;
    merged
}

/// Reports what a catalog may not change of a system blueprint (Port: extend, never redefine).
fn check(own: &Blueprint, system: &Blueprint, found: &mut Vec<Diagnostic>) {
    let name = &own.identifier.value;
    let mut report = |span, message: String| {
        let help = format!("`{name}` may get new properties and new relations that are not required");
        found.push(Diagnostic::new(Rule::SystemBlueprint, span, message).help(help));
    };
    let format = |property: &Property| property.format.as_ref().map(|format| format.value.clone());
    for property in &own.properties {
        let built_in = system.property(&property.identifier.value);
        if built_in
            .is_some_and(|built_in| built_in.kind != property.kind || format(built_in) != format(property))
        {
            report(
                property.identifier.span,
                format!("`{}` of `{name}` is built in with another type", property.identifier.value),
            );
        }
    }
    for relation in &own.relations {
        let built_in = system.relation(&relation.identifier.value).map(|(_, relation)| relation);
        if built_in.is_some_and(|built_in| {
            built_in.many != relation.many || built_in.targets() != relation.targets()
        }) {
            report(
                relation.identifier.span,
                format!("`{}` of `{name}` is built in as another relation", relation.identifier.value),
            );
        } else if relation.required {
            report(
                relation.identifier.span,
                format!("`{}` makes a relation of `{name}` required", relation.identifier.value),
            );
        }
    }
    for required in &own.required {
        report(required.span, format!("`{}` makes a property of `{name}` required", required.value));
    }
}
