//! What stands below an input: what it means, when it is asked, and what is accepted.

use serde_json::Value as Json;

use super::blueprint;
use super::suggestion::Listed;
use super::wording::{self, code};
use crate::condition::Condition;
use crate::form::{Choices, Dynamic, Expression, Fallback, Field, Form};
use crate::model::property::Type;
use crate::site::markup::Markup;
use crate::site::words::coded;
use crate::site::{Site, link};

/// The most names of an object's members that are listed.
const MOST_MEMBERS: usize = 12;

/// What is known about an input besides its definition.
#[derive(Debug, Default)]
pub(super) struct About<'a> {
    /// What is suggested.
    pub(super) listed: Option<Listed>,
    /// Which entities can be picked.
    pub(super) dataset: Option<&'a Condition>,
}

/// Returns what stands below an input, a line each.
pub(super) fn lines(site: &Site<'_>, form: &Form, field: &Field, about: &About<'_>) -> Vec<Markup> {
    let mut lines = Vec::new();
    if let Dynamic::Computed(visible) = &field.visible {
        let mut line = Markup::default();
        when(visible, &mut line);
        lines.push(line);
    }
    if let Some(description) = &field.description {
        let mut line = Markup::default();
        coded(description.trim(), &mut line);
        lines.push(line);
    }
    let mut parts = Vec::new();
    kind(site, field, about, &mut parts);
    bounds(field, &mut parts);
    circumstances(form, field, &mut parts);
    if !parts.is_empty() {
        let mut line = Markup::default();
        line.raw("<span class=\"must\">");
        for (at, part) in parts.iter().enumerate() {
            line.raw(if at > 0 { "; " } else { "" }).append(part);
        }
        line.raw("</span>");
        lines.push(line);
    }
    lines
}

/// Writes when something is asked.
pub(super) fn when(visible: &Expression, out: &mut Markup) {
    out.raw("Asked only when ");
    wording::condition(&visible.source, out);
}

fn part(write: impl FnOnce(&mut Markup)) -> Markup {
    let mut out = Markup::default();
    write(&mut out);
    out
}

/// Adds what sort of thing is entered.
fn kind(site: &Site<'_>, field: &Field, about: &About<'_>, parts: &mut Vec<Markup>) {
    if field.secret {
        parts.push(part(|out| {
            out.raw("the name of a secret of the CI system; never the secret itself");
        }));
        return;
    }
    let list = field.kind == Type::Array;
    match field.format.as_deref() {
        Some("entity") => parts.push(entity(site, field, about, list)),
        Some("team") => {
            parts.push(part(|out| picked(if list { "teams" } else { "a team" }, list, about, out)))
        }
        Some("user") => {
            parts.push(part(|out| picked(if list { "users" } else { "a user" }, list, about, out)))
        }
        Some("date-time" | "timer") => parts.push(part(|out| {
            out.raw("in UTC");
        })),
        Some(format) if words(format).is_some() => parts.push(part(|out| {
            out.raw(words(format).unwrap_or_default());
        })),
        _ if list && field.fixed_choices().is_none() => parts.push(part(|out| {
            out.raw("one a line");
        })),
        _ => {}
    }
    if field.kind == Type::Object || field.items == Type::Object && list {
        parts.push(part(|out| members(field, list, out)));
    }
    match &field.choices {
        Choices::Computed(expression) => parts.push(part(|out| {
            out.raw("one of ");
            wording::expression(&expression.source, out);
        })),
        Choices::Values(values) if about.listed.is_some() => parts.push(part(|out| {
            out.raw("one of ").number(values.len()).raw(" values");
        })),
        _ => {}
    }
}

/// Returns what a format is called.
fn words(format: &str) -> Option<&'static str> {
    Some(match format {
        "url" => "a web address",
        "email" | "idn-email" => "an e-mail address",
        "ipv4" => "an IPv4 address",
        "ipv6" => "an IPv6 address",
        "markdown" => "in Markdown",
        "yaml" => "in YAML",
        "json" => "in JSON",
        "proto" => "in Protocol Buffers",
        _ => return None,
    })
}

fn entity(site: &Site<'_>, field: &Field, about: &About<'_>, list: bool) -> Markup {
    part(|out| {
        out.raw(if list { "identifiers of " } else { "the identifier of " });
        match &field.blueprint {
            Some(name) => blueprint(site, name, out),
            None => {
                out.raw("an entity");
            }
        }
        if let Some(dataset) = about.dataset {
            out.raw(" of which ");
            coded(&dataset.summary(), out);
        }
        rest(list, about, out);
    })
}

fn picked(what: &'static str, list: bool, about: &About<'_>, out: &mut Markup) {
    out.raw(what);
    rest(list, about, out);
}

/// Writes how many are suggested, when that is not all.
fn rest(list: bool, about: &About<'_>, out: &mut Markup) {
    out.raw(if list { ", one a line" } else { "" });
    if let Some(Listed { shown, total, .. }) = about.listed
        && shown < total
    {
        out.raw(", ").number(shown).raw(" of ").number(total).raw(" are suggested");
    }
}

fn members(field: &Field, list: bool, out: &mut Markup) {
    out.raw(if list { "a list in JSON" } else { "JSON" });
    let names = field.members.get("properties").and_then(Json::as_object);
    let Some(names) = names.filter(|names| !names.is_empty()) else { return };
    for (at, name) in names.keys().take(MOST_MEMBERS).enumerate() {
        out.raw(if at == 0 { " with " } else { ", " });
        code(&link::clip(name, 60), out);
    }
    if names.len() > MOST_MEMBERS {
        out.raw(" and ").number(names.len() - MOST_MEMBERS).raw(" more");
    }
}

/// Adds how much, how long and how many.
fn bounds(field: &Field, parts: &mut Vec<Markup>) {
    if field.whole {
        parts.push(part(|out| {
            out.raw("a whole number");
        }));
    }
    for (least, most, unit) in [
        ("minLength", "maxLength", " characters"),
        ("minimum", "maximum", ""),
        ("minItems", "maxItems", " items"),
    ] {
        range(bound(field, least), bound(field, most), unit, parts);
    }
    for (key, words) in [("exclusiveMinimum", "more than "), ("exclusiveMaximum", "less than ")] {
        if let Some(limit) = bound(field, key) {
            parts.push(part(|out| {
                out.raw(words);
                number(limit, out);
            }));
        }
    }
    if field.unique {
        parts.push(part(|out| {
            out.raw("none twice");
        }));
    }
    match &field.pattern {
        Some(Dynamic::Fixed(pattern)) => parts.push(part(|out| {
            out.raw("must match ");
            code(&link::clip(pattern, 160), out);
        })),
        Some(Dynamic::Computed(expression)) => parts.push(part(|out| {
            out.raw("must match what ");
            wording::expression(&expression.source, out);
            out.raw(" gives");
        })),
        None => {}
    }
}

fn bound<'a>(field: &'a Field, key: &str) -> Option<&'a Dynamic<f64>> {
    field.bounds.iter().find(|(name, _)| *name == key).map(|(_, bound)| bound)
}

fn number(bound: &Dynamic<f64>, out: &mut Markup) {
    match bound {
        Dynamic::Fixed(value) => {
            out.text(&value.to_string());
        }
        Dynamic::Computed(expression) => wording::expression(&expression.source, out),
    }
}

fn range(
    least: Option<&Dynamic<f64>>,
    most: Option<&Dynamic<f64>>,
    unit: &'static str,
    parts: &mut Vec<Markup>,
) {
    if least.is_none() && most.is_none() {
        return;
    }
    parts.push(part(|out| {
        match (least, most) {
            (Some(least), Some(most)) => {
                number(least, out);
                out.raw(" to ");
                number(most, out);
            }
            (Some(least), None) => {
                out.raw("at least ");
                number(least, out);
            }
            (None, Some(most)) => {
                out.raw("at most ");
                number(most, out);
            }
            (None, None) => {}
        }
        out.raw(unit);
    }));
}

/// Adds what it depends on: other inputs, expressions.
fn circumstances(form: &Form, field: &Field, parts: &mut Vec<Markup>) {
    if let Fallback::Computed(expression) = &field.fallback {
        parts.push(part(|out| {
            out.raw("when left out: ");
            wording::expression(&expression.source, out);
        }));
    }
    match &field.disabled {
        Dynamic::Fixed(true) => parts.push(part(|out| {
            out.raw("cannot be changed");
        })),
        Dynamic::Computed(expression) => parts.push(part(|out| {
            out.raw("cannot be changed when ");
            wording::condition(&expression.source, out);
        })),
        Dynamic::Fixed(false) => {}
    }
    if !field.depends_on.is_empty() {
        parts.push(part(|out| {
            for (at, name) in field.depends_on.iter().enumerate() {
                let label = form.field(name).map_or(name.as_str(), |other| other.label.as_str());
                out.raw(if at == 0 { "after " } else { " and " }).text(label);
            }
        }));
    }
}
