//! Values of properties, by type, as pages show them.

use std::borrow::Cow;

use minijinja::Value;

use super::board::Board;
use super::face::Face;
use super::link::{self, Outside};
use super::markup::Markup;
use super::record::{none, record};
use super::{Site, markdown, moment, outline};
use crate::catalog::BlueprintId;
use crate::model::Spanned;
use crate::model::property::{PALETTE, Property, Type};
use crate::yaml::{Kind, Node};

/// One value in a line.
#[derive(Debug)]
pub(super) enum Atom<'a> {
    Text(Cow<'a, str>),
    /// An address outside the site, and what is shown of it.
    Away {
        text: Cow<'a, str>,
        href: String,
    },
    /// An entity of the catalog.
    Entity(&'a Face<'a>),
    /// A value with a palette colour.
    Tag {
        text: Cow<'a, str>,
        color: &'static str,
    },
    /// An instant, for machines and for people.
    Time(moment::Moment),
    /// A level of a scorecard.
    Level(&'a Board<'a>, usize),
}

record! {
    /// A property in a line; `values` is markup.
    Fact { label, hint, values }
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

/// What says how the values of a property, stored or computed, are shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look<'a> {
    pub(super) kind: Option<Type>,
    pub(super) format: Option<&'a str>,
    pub(super) spec: Option<&'a str>,
    pub(super) colors: &'a [(Spanned<String>, Spanned<String>)],
}

impl<'a> Look<'a> {
    /// Returns how a stored property is shown.
    pub(super) fn of(property: &'a Property) -> Self {
        Self {
            kind: property.kind,
            format: outline::format(property),
            spec: property.spec.as_deref(),
            colors: &property.colors,
        }
    }

    /// Returns the colour of a value when the values of the property have colours.
    pub(super) fn color(&self, value: &str) -> Option<&'static str> {
        let colored =
            !self.colors.is_empty() && matches!(self.kind, Some(Type::String | Type::Number | Type::Array));
        let color = || {
            let own =
                self.colors.iter().find(|(of, _)| of.value == value).map(|(_, color)| color.value.as_str());
            PALETTE.iter().copied().find(|color| Some(*color) == own).unwrap_or(PLAIN)
        };
        colored.then(color)
    }
}

/// Colour of an enum's value that has none.
const PLAIN: &str = "lightGray";

impl Atom<'_> {
    /// Writes the value, on a page whose links start with `root`.
    pub(super) fn write(&self, root: &'static str, out: &mut Markup) {
        match self {
            Self::Text(text) => out.text(text),
            Self::Away { text, href } => {
                out.raw("<a href=\"").text(href);
                let mail = href.starts_with("mailto:");
                out.raw(if mail { "\">" } else { "\" rel=\"noopener noreferrer\">" }).text(text).raw("</a>")
            }
            Self::Entity(face) => face.link(root, out),
            Self::Tag { text, color } => {
                out.raw("<span class=\"tag ").raw(color).raw("\">").text(text).raw("</span>")
            }
            Self::Time(moment) => {
                out.raw("<time datetime=\"").text(&moment.iso).raw("\">").text(&moment.shown).raw("</time>")
            }
            Self::Level(board, level) => {
                board.write_level(*level, out);
                out
            }
        };
    }
}

/// Writes values with what stands between them: tags are set apart by their grounds, others by commas.
pub(super) fn write(atoms: &[Atom<'_>], root: &'static str, out: &mut Markup) {
    let between = if matches!(atoms.first(), Some(Atom::Tag { .. })) { " " } else { ", " };
    for (at, atom) in atoms.iter().enumerate() {
        if at > 0 {
            out.raw(between);
        }
        atom.write(root, out);
    }
}

/// Returns how the value `node` of `property`, which `words` name and explain, is shown on a page whose links start
/// with `root`.
pub(super) fn show(
    site: &Site<'_>,
    property: &Property,
    words: &(Value, Value),
    node: Node<'_>,
    root: &'static str,
) -> Shown {
    let (label, hint) = words.clone();
    if let Some(atoms) = atoms(site, property, node) {
        if atoms.is_empty() {
            return Shown::Nothing;
        }
        let mut values = Markup::with_capacity(64);
        write(&atoms, root, &mut values);
        return Shown::Fact(Fact { label, hint, values: values.finish() });
    }
    let (markup, code) = match node.as_str() {
        Some(text) if outline::format(property) == Some("markdown") => {
            (Value::from_safe_string(markdown::render(text)), none())
        }
        Some(text) => (none(), Value::from(text)),
        None => (none(), Value::from(format!("{:#}", node.to_json()))),
    };
    Shown::Block(Block { label, hint, markup, code })
}

/// Returns the value as parts of a line, or `None` when it needs more room; no parts when there is nothing.
pub(super) fn atoms<'a>(site: &'a Site<'_>, property: &Property, node: Node<'a>) -> Option<Vec<Atom<'a>>> {
    match node.kind() {
        Kind::Null => Some(Vec::new()),
        Kind::List => node.items().map(|item| atom(site, property, item)).collect(),
        Kind::Map if node.is_empty() => Some(Vec::new()),
        Kind::String if node.as_str() == Some("") => Some(Vec::new()),
        _ => atom(site, property, node).map(|atom| vec![atom]),
    }
}

/// Returns a single value, or `None` when it needs more room than a line.
fn atom<'a>(site: &'a Site<'_>, property: &Property, node: Node<'a>) -> Option<Atom<'a>> {
    match node.kind() {
        Kind::Null => Some(text("\u{2013}")),
        Kind::Bool => Some(boolean(node.as_bool() == Some(true))),
        Kind::Number => Some(scalar(property, node.text().unwrap_or_default())),
        Kind::String => string(site, &Look::of(property), node.as_str().unwrap_or_default()),
        Kind::Map if outline::format(property) == Some("labeled-url") => labelled(node),
        Kind::Map | Kind::List => None,
    }
}

/// Returns a text by the format of its property.
pub(super) fn string<'a>(site: &'a Site<'_>, look: &Look<'_>, value: &'a str) -> Option<Atom<'a>> {
    let linked = |link: Option<Outside>| Some(link.map_or_else(|| text(value), away));
    match look.format {
        Some("markdown" | "yaml" | "proto" | "multi-line" | "json") => None,
        Some("url") => linked(link::outside(value)),
        Some("email" | "idn-email") => linked(link::mail(value)),
        Some("user") => Some(
            entity(site, site.user, value)
                .unwrap_or_else(|| link::mail(value).map_or_else(|| text(value), away)),
        ),
        Some("team") => Some(entity(site, site.team, value).unwrap_or_else(|| text(value))),
        Some("date-time" | "timer") => Some(moment::read(value).map_or_else(|| text(value), Atom::Time)),
        _ if value.contains('\n') => None,
        _ if look.spec == Some("embedded-url") => linked(link::outside(value)),
        _ => Some(scalar_of(look, Cow::Borrowed(value))),
    }
}

/// Returns a truth value in words.
pub(super) fn boolean<'a>(flag: bool) -> Atom<'a> {
    text(if flag { "yes" } else { "no" })
}

/// Returns a scalar, as a tag when the values of the property have colours.
pub(super) fn scalar<'a>(property: &Property, value: &'a str) -> Atom<'a> {
    scalar_of(&Look::of(property), Cow::Borrowed(value))
}

/// Returns a scalar, as a tag when values that look so have colours.
pub(super) fn scalar_of<'a>(look: &Look<'_>, value: Cow<'a, str>) -> Atom<'a> {
    match look.color(&value) {
        Some(color) => Atom::Tag { text: value, color },
        None => Atom::Text(value),
    }
}

/// Returns the colour of a value when the values of the property have colours.
pub(super) fn color(property: &Property, value: &str) -> Option<&'static str> {
    Look::of(property).color(value)
}

/// Returns the value of a `labeled-url`: an address with a name.
fn labelled(node: Node<'_>) -> Option<Atom<'_>> {
    let outside = link::outside(node.get("url")?.as_str()?)?;
    let name = node.get("displayText").and_then(Node::as_str).filter(|name| !name.trim().is_empty());
    match name {
        Some(name) => Some(Atom::Away { text: Cow::Borrowed(name), href: outside.href }),
        None => Some(away(outside)),
    }
}

/// Returns the link to the entity of `blueprint` called `identifier`, if there is one.
fn entity<'a>(site: &'a Site<'_>, blueprint: Option<BlueprintId>, identifier: &str) -> Option<Atom<'a>> {
    site.catalog().find_entity(blueprint?, identifier).map(|id| Atom::Entity(site.face(id)))
}

/// Returns the link to an address outside the site.
fn away<'a>(link: Outside) -> Atom<'a> {
    Atom::Away { text: Cow::Owned(link.text), href: link.href }
}

/// Returns a plain text.
fn text(value: &str) -> Atom<'_> {
    Atom::Text(Cow::Borrowed(value))
}
