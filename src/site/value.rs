//! Values of properties, by type, as templates show them.

use minijinja::Value;

use super::link::{self, Outside};
use super::record::{list, maybe, none, record};
use super::{Site, markdown, moment, outline};
use crate::catalog::BlueprintId;
use crate::model::property::{Property, Type};
use crate::yaml::{Kind, Node};

record! {
    /// One value in a line: at most one of `href`, `tag` and `time` says what it is.
    Atom {
        text,
        href,
        /// Whether the link leaves the site.
        outside,
        /// The palette colour of an enum's value.
        tag,
        /// The instant, for machines.
        time,
    }
}

record! {
    /// A property in a line.
    Fact {
        label,
        hint,
        values,
        /// What is between two values.
        separator,
    }
}

record! {
    /// A property that needs room: `markup` or `code`.
    Block { label, hint, markup, code }
}

/// How a property is shown.
pub(super) enum Shown {
    /// In a line.
    Fact(Fact),
    /// In a section.
    Block(Block),
    /// Not at all: it has no value.
    Nothing,
}

/// Colour of an enum's value that has none.
const PLAIN: &str = "lightGray";

/// Returns how the value `node` of `property` is shown on a page whose links start with `root`.
pub(super) fn show(site: &Site<'_>, property: &Property, node: Node<'_>, root: &str) -> Shown {
    let values = atoms(site, property, node, root);
    let hint = || maybe(property.description.as_deref());
    if let Some(values) = values {
        if values.is_empty() {
            return Shown::Nothing;
        }
        let spaced = values[0].tag.is_true();
        let separator = Value::from(if spaced { " " } else { ", " });
        let fact =
            Fact { label: Value::from(property.label()), hint: hint(), values: list(values), separator };
        return Shown::Fact(fact);
    }
    let text = node.as_str();
    let (markup, code) = match text {
        Some(text) if outline::format(property) == Some("markdown") => {
            (Value::from_safe_string(markdown::render(text)), none())
        }
        Some(text) => (none(), Value::from(text)),
        None => (none(), Value::from(format!("{:#}", node.to_json()))),
    };
    Shown::Block(Block { label: Value::from(property.label()), hint: hint(), markup, code })
}

/// Returns the value as parts of a line, or `None` when it needs more room; no parts when there is nothing.
pub(super) fn atoms(site: &Site<'_>, property: &Property, node: Node<'_>, root: &str) -> Option<Vec<Atom>> {
    match node.kind() {
        Kind::Null => Some(Vec::new()),
        Kind::List => node.items().map(|item| atom(site, property, item, root)).collect(),
        Kind::Map if node.is_empty() => Some(Vec::new()),
        Kind::String if node.as_str() == Some("") => Some(Vec::new()),
        _ => atom(site, property, node, root).map(|atom| vec![atom]),
    }
}

/// Returns a single value, or `None` when it needs more room than a line.
fn atom(site: &Site<'_>, property: &Property, node: Node<'_>, root: &str) -> Option<Atom> {
    match node.kind() {
        Kind::Null => Some(text("\u{2013}")),
        Kind::Bool => Some(text(if node.as_bool() == Some(true) { "yes" } else { "no" })),
        Kind::Number => Some(scalar(property, node.text().unwrap_or_default())),
        Kind::String => string(site, property, node.as_str().unwrap_or_default(), root),
        Kind::Map if outline::format(property) == Some("labeled-url") => labelled(node),
        Kind::Map | Kind::List => None,
    }
}

/// Returns a text by the format of its property.
fn string(site: &Site<'_>, property: &Property, value: &str, root: &str) -> Option<Atom> {
    let linked = |link: Option<Outside>| Some(link.map_or_else(|| text(value), away));
    match outline::format(property) {
        Some("markdown" | "yaml" | "proto" | "multi-line" | "json") => None,
        Some("url") => linked(link::outside(value)),
        Some("email" | "idn-email") => linked(link::mail(value)),
        Some("user") => Some(
            entity(site, site.user, value, root)
                .unwrap_or_else(|| link::mail(value).map_or_else(|| text(value), away)),
        ),
        Some("team") => Some(entity(site, site.team, value, root).unwrap_or_else(|| text(value))),
        Some("date-time" | "timer") => Some(instant(value)),
        _ if value.contains('\n') => None,
        _ if property.spec.as_deref() == Some("embedded-url") => linked(link::outside(value)),
        _ => Some(scalar(property, value)),
    }
}

/// Returns a scalar, as a tag when the values of the property have colours.
pub(super) fn scalar(property: &Property, value: &str) -> Atom {
    let mut atom = text(value);
    if !property.colors.is_empty() && matches!(property.kind, Some(Type::String | Type::Number | Type::Array))
    {
        let color = property.color(value).filter(|color| crate::model::property::PALETTE.contains(color));
        atom.tag = Value::from(color.unwrap_or(PLAIN));
    }
    atom
}

/// Returns the value of a `labeled-url`: an address with a name.
fn labelled(node: Node<'_>) -> Option<Atom> {
    let outside = link::outside(node.get("url")?.as_str()?)?;
    let name = node.get("displayText").and_then(Node::as_str).filter(|name| !name.trim().is_empty());
    let mut atom = away(outside);
    if let Some(name) = name {
        atom.text = Value::from(name);
    }
    Some(atom)
}

/// Returns the link to the entity of `blueprint` called `identifier`, if there is one.
fn entity(site: &Site<'_>, blueprint: Option<BlueprintId>, identifier: &str, root: &str) -> Option<Atom> {
    let id = site.catalog().find_entity(blueprint?, identifier)?;
    let entity = site.catalog().entity(id);
    let mut atom = text(entity.label());
    atom.href = Value::from(site.addresses.below(root, entity, ".html"));
    Some(atom)
}

fn instant(value: &str) -> Atom {
    let Some(moment) = moment::read(value) else { return text(value) };
    let mut atom = text(&moment.shown);
    atom.time = Value::from(moment.iso);
    atom
}

/// Returns the link to an address outside the site.
fn away(link: Outside) -> Atom {
    let mut atom = text(&link.text);
    atom.outside = Value::from(!link.href.starts_with("mailto:"));
    atom.href = Value::from(link.href);
    atom
}

/// Returns a plain text.
pub(super) fn text(value: &str) -> Atom {
    Atom { text: Value::from(value), href: none(), outside: none(), tag: none(), time: none() }
}
