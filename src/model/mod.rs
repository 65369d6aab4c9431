//! The data model: what each kind of document holds, and its decoding from a tree.
//!
//! Plain data only. A file is a noun of the field: its table of keys (a [`shape::Shape`]), its struct, and how
//! the struct is read from a [`Node`]. Whether the things named exist is asked later.

pub mod action;
pub mod aggregation;
pub mod automation;
pub mod blueprint;
pub mod ci;
pub mod color;
pub mod config;
pub mod entity;
pub mod format;
pub mod icon;
pub mod identifier;
pub mod initiative;
pub mod instant;
pub mod integration;
pub mod interval;
pub mod keyword;
pub mod page;
pub mod phrase;
pub mod property;
pub mod query;
pub mod relation;
pub mod scaffold;
pub mod schedule;
pub mod scorecard;
pub mod shape;
pub mod site;
pub mod target;
pub mod waiver;

use crate::source::Span;
use crate::yaml::Node;
use shape::Object;

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The model of one type of thing.
    Blueprint,
    /// A thing.
    Entity,
    /// A standard, with levels and rules.
    Scorecard,
    /// A goal over scorecards with a deadline.
    Initiative,
    /// An exception from a rule, with an end.
    Waiver,
    /// A self-service action.
    Action,
    /// What happens when something changes.
    Automation,
    /// A dashboard.
    Page,
    /// A mapping from other tools' data to entities.
    Integration,
    /// A template of new services.
    Scaffold,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: &[Kind] = &[
        Self::Blueprint,
        Self::Entity,
        Self::Scorecard,
        Self::Initiative,
        Self::Waiver,
        Self::Action,
        Self::Automation,
        Self::Page,
        Self::Integration,
        Self::Scaffold,
    ];

    /// Returns the word for one: `blueprint`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blueprint => "blueprint",
            Self::Entity => "entity",
            Self::Scorecard => "scorecard",
            Self::Initiative => "initiative",
            Self::Waiver => "waiver",
            Self::Action => "action",
            Self::Automation => "automation",
            Self::Page => "page",
            Self::Integration => "integration",
            Self::Scaffold => "scaffold",
        }
    }

    /// Returns the word for several, which is also the name of the kind's folder: `blueprints`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Blueprint => "blueprints",
            Self::Entity => "entities",
            Self::Scorecard => "scorecards",
            Self::Initiative => "initiatives",
            Self::Waiver => "waivers",
            Self::Action => "actions",
            Self::Automation => "automations",
            Self::Page => "pages",
            Self::Integration => "integrations",
            Self::Scaffold => "scaffolds",
        }
    }

    /// Returns the kind of that name, singular.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Returns the table of the kind's keys.
    pub fn object(self) -> &'static Object {
        match self {
            Self::Blueprint => &blueprint::BLUEPRINT,
            Self::Entity => &entity::ENTITY,
            Self::Scorecard => &scorecard::SCORECARD,
            Self::Initiative => &initiative::INITIATIVE,
            Self::Waiver => &waiver::WAIVER,
            Self::Action => &action::ACTION,
            Self::Automation => &automation::AUTOMATION,
            Self::Page => &page::PAGE,
            Self::Integration => &integration::INTEGRATION,
            Self::Scaffold => &scaffold::SCAFFOLD,
        }
    }
}

/// A value and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Returns a value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Returns the string at `key`, with its place.
pub fn string(node: Node<'_>, key: &str) -> Option<Spanned<String>> {
    let node = node.get(key)?;
    Some(Spanned::new(node.as_str()?.to_string(), node.span()))
}

/// Returns the strings of the list at `key`, each with its place.
pub fn strings(node: Node<'_>, key: &str) -> Vec<Spanned<String>> {
    let items = node.get(key).into_iter().flat_map(Node::items);
    items.filter_map(|item| Some(Spanned::new(item.as_str()?.to_string(), item.span()))).collect()
}

/// Returns the string at `key`, or those of the list there.
pub fn one_or_many(node: Node<'_>, key: &str) -> Vec<Spanned<String>> {
    string(node, key).map_or_else(|| strings(node, key), |single| vec![single])
}

/// Returns the boolean at `key`, false when there is none.
pub fn flag(node: Node<'_>, key: &str) -> bool {
    node.get(key).and_then(Node::as_bool).unwrap_or(false)
}
