//! Properties of a blueprint: types, formats, keywords, enums and their colours.

use super::blueprint::unknown_color;
use super::unknown_icon;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::Spanned;
use crate::model::blueprint::Blueprint;
use crate::model::format::{self, FORMATS};
use crate::model::phrase::{quoted, quoted_first};
use crate::model::property::{Keyword, Property, Type};

/// Pushes what is wrong with the properties of a blueprint.
pub(super) fn check(blueprint: &Blueprint, found: &mut Vec<Diagnostic>) {
    for property in &blueprint.properties {
        found.extend(property.icon.as_ref().and_then(unknown_icon));
        check_type(property, found);
        check_format(property, found);
        check_keywords(property, found);
        check_enum(property, found);
        found.extend(property.colors.iter().filter_map(|(_, color)| unknown_color(color)));
        check_default(property, found);
    }
}

/// Pushes a type that does not exist, or an older name of one.
pub(super) fn check_type(property: &Property, found: &mut Vec<Diagnostic>) {
    let Some(name) = &property.type_name else { return };
    let legacy = match name.value.as_str() {
        "integer" => Some("`type: integer` is no type of Port: write `type: number`"),
        "enum" => Some("`type: enum` is no type of Port: write `type: string`, with the values under `enum`"),
        _ => None,
    };
    if let Some(help) = legacy {
        let message = format!("`type: {}` is an older spelling", name.value);
        found.push(Diagnostic::new(Rule::LegacyForm, name.span, message).help(help));
    } else if property.kind.is_none() {
        let names = || Type::ALL.iter().map(|kind| kind.name());
        let help = did_you_mean(&name.value, names())
            .unwrap_or_else(|| format!("the types are {}", quoted(names())));
        let message = format!("there is no type `{}`", name.value);
        found.push(Diagnostic::new(Rule::InvalidValue, name.span, message).help(help));
    }
}

/// Pushes a format that does not exist or belongs to another type.
pub(super) fn check_format(property: &Property, found: &mut Vec<Diagnostic>) {
    let Some(name) = &property.format else { return };
    if name.value == "date" {
        let message = "`format: date` is no format of Port, and dates are not checked by it";
        let finding = Diagnostic::new(Rule::LegacyForm, name.span, message);
        found.push(finding.help("write `format: date-time`, with values such as 2026-03-01T00:00:00Z"));
        return;
    }
    let kind = if property.kind == Some(Type::Array) {
        property.items.or(Some(Type::String))
    } else {
        property.kind
    };
    let fits = |format: &&format::Format| kind.is_none_or(|kind| kind == format.of);
    if FORMATS.iter().filter(fits).any(|format| format.name == name.value) {
        return;
    }
    let message = match format::find(&name.value) {
        Some(other) => format!("`{}` is a format of a {}, not of this type", name.value, other.of.name()),
        None => format!("there is no format `{}`; values are not checked", name.value),
    };
    let names = || FORMATS.iter().filter(fits).map(|format| format.name);
    let help = did_you_mean(&name.value, names()).unwrap_or_else(|| match names().count() {
        0 => "this type has no formats: remove it".to_string(),
        _ => format!("the formats are {}", quoted(names())),
    });
    found.push(Diagnostic::new(Rule::UnknownFormat, name.span, message).help(help));
}

/// Pushes each keyword that the property's type does not have.
fn check_keywords(property: &Property, found: &mut Vec<Diagnostic>) {
    let Some(kind) = property.kind else { return };
    for Keyword { name, span } in
        property.keywords.iter().filter(|keyword| !kind.keywords().contains(&keyword.name))
    {
        let of = Type::ALL.iter().filter(|kind| kind.keywords().contains(name)).map(|kind| kind.name());
        let message = format!("`{name}` has no meaning for a {}", kind.name());
        let help = format!("remove it: it belongs to {}", quoted(of));
        found.push(Diagnostic::new(Rule::KeywordMismatch, *span, message).help(help));
    }
}

/// Pushes enum values of another type, and colours of values that are not in the enum.
pub(super) fn check_enum(property: &Property, found: &mut Vec<Diagnostic>) {
    let name = &property.identifier.value;
    for value in &property.odd_values {
        let message = format!("`{}` is not of the type of `{name}`", value.value);
        let kind = property.items.or(property.kind).map_or("string", Type::name);
        let help = if kind == "string" {
            format!("quote it: \"{}\"", value.value)
        } else {
            format!("write a {kind}")
        };
        found.push(Diagnostic::new(Rule::EnumValueType, value.span, message).help(help));
    }
    for (key, _) in property
        .colors
        .iter()
        .filter(|(key, _)| !property.values.iter().any(|value| value.value == key.value))
    {
        found.push(unused_color(property, key));
    }
}

fn unused_color(property: &Property, key: &Spanned<String>) -> Diagnostic {
    let name = &property.identifier.value;
    let values = || property.values.iter().map(|value| value.value.as_str());
    let message = format!("`{}` has a colour but is not a value of `{name}`", key.value);
    let help = did_you_mean(&key.value, values()).unwrap_or_else(|| match values().count() {
        0 => "add an `enum` with the values, or remove the colours".into(),
        _ => format!("the values are {}", quoted_first(values())),
    });
    Diagnostic::new(Rule::EnumColorUnused, key.span, message).help(help)
}

/// Pushes a default that the property itself would refuse.
fn check_default(property: &Property, found: &mut Vec<Diagnostic>) {
    let Some(default) = &property.default else { return };
    let Some(kind) = property.kind else { return };
    let name = &property.identifier.value;
    let problem = if default.value.kind.is_some_and(|of| !kind.takes(of)) {
        format!("a {} is needed", kind.name())
    } else if !property.values.is_empty()
        && kind != Type::Array
        && !property.values.iter().any(|v| v.value == default.value.text)
    {
        format!("use one of {}", quoted_first(property.values.iter().map(|value| value.value.as_str())))
    } else {
        return;
    };
    let message = format!("`{name}` refuses its own default");
    found.push(Diagnostic::new(Rule::InvalidDefault, default.span, message).help(problem));
}
