//! What widgets name: blueprints, entities, properties, scorecards, actions.

use crate::catalog::{BlueprintId, Catalog};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::Spanned;
use crate::model::page::Reference;
use crate::model::phrase::{clip, quoted_first};
use crate::model::property::Type;
use crate::source::Span;

/// Returns the finding that a widget cannot show what it says.
pub(super) fn wrong(span: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Rule::InvalidWidget, span, message).help(help)
}

/// Returns the finding that there is no such thing, with the names that there are.
pub(super) fn missing<'a>(
    what: &str,
    name: &Spanned<String>,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let help = did_you_mean(&name.value, known.clone()).unwrap_or_else(|| match known.clone().next() {
        Some(_) => format!("there are {}", quoted_first(known)),
        None => "there are none".into(),
    });
    wrong(name.span, format!("there is no {what} `{}`", clip(&name.value)), help)
}

/// Returns the blueprint of that name, reporting when there is none; one that is published elsewhere, or could not be
/// read, is not missed.
pub(super) fn blueprint(
    catalog: &Catalog,
    name: &Spanned<String>,
    found: &mut Vec<Diagnostic>,
) -> Option<BlueprintId> {
    let id = catalog.find_blueprint(&name.value);
    let elsewhere = || catalog.config().is_external(&name.value) || catalog.is_lost(&name.value);
    if id.is_none() && !elsewhere() {
        let names: Vec<&str> = catalog.blueprint_names().collect();
        found.push(missing("blueprint", name, names.into_iter()));
    }
    id
}

/// Pushes that there is no such entity.
pub(super) fn entity(
    catalog: &Catalog,
    blueprint: BlueprintId,
    name: &Spanned<String>,
    found: &mut Vec<Diagnostic>,
) {
    if catalog.find_entity(blueprint, &name.value).is_none() {
        let of = &catalog.blueprint(blueprint).identifier.value;
        let names = catalog.entities_of(blueprint).map(|entity| entity.identifier());
        let help = did_you_mean(&name.value, names).unwrap_or_else(|| "write the identifier of one".into());
        found.push(wrong(name.span, format!("no `{of}` is called `{}`", clip(&name.value)), help));
    }
}

/// Pushes that the entities of a blueprint have no such thing.
pub(super) fn reference(
    catalog: &Catalog,
    blueprint: BlueprintId,
    written: &Spanned<Reference>,
    found: &mut Vec<Diagnostic>,
) {
    let of = catalog.blueprint(blueprint);
    let span = written.span;
    let lacks = |what: &str, name: &str, help: Option<String>| {
        let message = format!("`{}` has no {what} `{}`", of.identifier.value, clip(name));
        Diagnostic::new(Rule::InvalidWidget, span, message).maybe_help(help)
    };
    match &written.value {
        Reference::Meta(name) | Reference::Property(name) => {
            if !of.readable(name) {
                let relation =
                    of.relation(name).map(|_| format!("it is a relation: write `relation#{name}`"));
                let help = relation.or_else(|| did_you_mean(name, of.names()));
                let help = help.unwrap_or_else(|| format!("its properties are {}", quoted_first(of.names())));
                found.push(lacks("property", name, Some(help)));
            }
        }
        Reference::Relation(path) => found.extend(relation(catalog, blueprint, path, span)),
        Reference::Scorecard(name) => scorecard(catalog, Some(blueprint), name, None, span, found),
        Reference::Rule(name, rule) => scorecard(catalog, Some(blueprint), name, Some(rule), span, found),
        Reference::Named(name) => {
            let scored = || scorecards(catalog, Some(blueprint)).any(|scorecard| scorecard == name);
            if !of.readable(name) && of.relation(name).is_none() && !scored() {
                let names =
                    of.names().chain(of.relations.iter().map(|relation| relation.identifier.value.as_str()));
                let help = did_you_mean(name, names);
                let help = help.unwrap_or_else(|| format!("its properties are {}", quoted_first(of.names())));
                found.push(lacks("property or relation", name, Some(help)));
            }
        }
    }
}

/// Returns the finding that a path of relations cannot be followed.
fn relation(catalog: &Catalog, start: BlueprintId, path: &[String], span: Span) -> Option<Diagnostic> {
    let mut at = vec![start];
    for name in path {
        let having: Vec<_> = at.iter().filter_map(|&id| catalog.blueprint(id).relation(name)).collect();
        if having.is_empty() {
            let of = catalog.blueprint(*at.first()?);
            let names = of.relations.iter().map(|relation| relation.identifier.value.as_str());
            let message = format!("`{}` has no relation `{}`", of.identifier.value, clip(name));
            let help = did_you_mean(name, names.clone()).or_else(|| {
                let any = names.clone().next().is_some();
                any.then(|| format!("its relations are {}", quoted_first(names)))
            });
            let help = help.unwrap_or_else(|| "it has no relations".into());
            return Some(wrong(span, message, help));
        }
        let targets = having.iter().flat_map(|(_, relation)| &relation.targets);
        let targets: Option<Vec<BlueprintId>> =
            targets.map(|target| catalog.find_blueprint(&target.value)).collect();
        // Published elsewhere: nothing more can be said.
        at = targets?;
    }
    None
}

/// Returns the names of the scorecards of a blueprint, or of all.
fn scorecards(catalog: &Catalog, blueprint: Option<BlueprintId>) -> impl Iterator<Item = &str> + Clone {
    let of = blueprint.map(|id| catalog.blueprint(id).identifier.value.as_str());
    let definitions = catalog.scorecards().iter().map(|definition| &definition.value);
    let judging = definitions.filter(move |scorecard| {
        let own = scorecard.blueprint.as_ref().map(|own| own.value.as_str());
        of.is_none() || own.is_none() || own == of
    });
    judging.map(|scorecard| scorecard.identifier.value.as_str())
}

/// Pushes that there is no such scorecard, or no such rule of it.
pub(super) fn scorecard(
    catalog: &Catalog,
    blueprint: Option<BlueprintId>,
    name: &str,
    rule: Option<&str>,
    span: Span,
    found: &mut Vec<Diagnostic>,
) {
    let names = scorecards(catalog, blueprint);
    if !names.clone().any(|known| known == name) {
        found.push(missing("scorecard", &Spanned::new(name.to_string(), span), names));
        return;
    }
    let Some(rule) = rule else { return };
    let mut definitions = catalog.scorecards().iter().map(|definition| &definition.value);
    let Some(scorecard) = definitions.find(|scorecard| scorecard.identifier.value == name) else { return };
    let rules = || scorecard.rules.iter().map(|rule| rule.identifier.value.as_str());
    if !rules().any(|known| known == rule) {
        let help =
            did_you_mean(rule, rules()).unwrap_or_else(|| format!("its rules are {}", quoted_first(rules())));
        found.push(wrong(span, format!("the scorecard `{name}` has no rule `{}`", clip(rule)), help));
    }
}

/// Pushes that a property is computed over that is no number; a reference that is none at all is reported elsewhere.
pub(super) fn number(
    catalog: &Catalog,
    blueprint: BlueprintId,
    written: &Spanned<Reference>,
    found: &mut Vec<Diagnostic>,
) {
    let (Reference::Property(name) | Reference::Named(name)) = &written.value else {
        let help = "name a property that is a number";
        found.push(wrong(written.span, "this is no number", help));
        return;
    };
    let kind = catalog.blueprint(blueprint).property(name).and_then(|property| property.kind);
    if let Some(kind) = kind.filter(|kind| *kind != Type::Number) {
        let message = format!("`{}` is {} {}, not a number", clip(name), article(kind), kind.name());
        found.push(wrong(written.span, message, "name a property that is a number, or count entities"));
    }
}

fn article(kind: Type) -> &'static str {
    if matches!(kind, Type::Array | Type::Object) { "an" } else { "a" }
}
