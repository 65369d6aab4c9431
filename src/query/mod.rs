//! Questions to a catalog: which entities, what of them, and how they hang together.
//!
//! [`run`] answers a [`Selection`] with entities and columns; [`write()`] writes the [`Answer`] in a [`Format`].
//! Entities come by blueprint, then identifier, unless sorted otherwise, so that the same catalog gives the
//! same bytes. Programs get the data as it is; what a person reads on a terminal is made harmless first.

mod card;
mod cell;
mod column;
mod data;
mod document;
mod dot;
mod drawing;
mod error;
mod find;
mod mermaid;
mod rules;
mod select;
mod table;
mod walk;

use std::io::{self, Write};

use rustc_hash::FxHashSet;

use crate::catalog::EntityId;
use crate::portal::Portal;
use column::Column;
use walk::Row;

pub use error::QueryError;
pub use find::entity;
pub use rules::{Chosen, choose};
pub use select::run;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The entities of this blueprint.
    pub blueprint: Option<String>,
    /// This entity: `CartService`, or `Component/CartService` when others are called the same.
    pub entity: Option<String>,
    /// Those for which this jq expression over the [document](crate::known::document) holds.
    pub condition: Option<String>,
    /// Of these alone.
    pub among: Option<FxHashSet<EntityId>>,
    /// What the entity depends on.
    pub upstream: bool,
    /// What depends on the entity.
    pub downstream: bool,
    /// How many relations to follow, for `upstream`, `downstream`, `depends_on` and `used_by`; all when `None`.
    pub depth: Option<usize>,
    /// Those that depend on each of these entities, directly or not.
    pub depends_on: Vec<String>,
    /// Those on which each of these entities depends, directly or not.
    pub used_by: Vec<String>,
    /// No more than this many.
    pub limit: Option<usize>,
    /// The column to sort by; with `-` before it, the greatest first.
    pub sort: Option<String>,
}

impl Selection {
    /// Returns the selection about what a person calls `name`: a blueprint, else an entity.
    ///
    /// # Errors
    /// When nothing is called that, or several entities are.
    pub fn about(self, portal: &Portal, name: &str) -> Result<Self, QueryError> {
        if portal.catalog.find_blueprint(name).is_some() {
            return Ok(Self { blueprint: Some(name.into()), ..self });
        }
        let entity = portal.catalog.entity(find::named(portal, name)?);
        let (blueprint, identifier) = (&entity.blueprint().identifier.value, entity.identifier());
        Ok(Self { blueprint: Some(blueprint.clone()), entity: Some(identifier.into()), ..self })
    }
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns, for people; one entity as a list of facts.
    Table,
    /// One JSON document: a list of objects, or one entity.
    Json,
    /// The same as YAML.
    Yaml,
    /// Comma-separated values with a header. Values are written as they are: a spreadsheet that opens text
    /// starting with `=` as a formula is to be told not to.
    Csv,
    /// Tab-separated values with a header, quoted only where a value holds a tab, a quote or a line break.
    Tsv,
    /// One JSON object a line.
    Ndjson,
    /// A Graphviz graph of the entities and the relations among them.
    Dot,
    /// The same as a Mermaid flowchart. Mermaid draws 500 relations unless configured to draw more.
    Mermaid,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: &[Format] =
        &[Self::Table, Self::Json, Self::Yaml, Self::Csv, Self::Tsv, Self::Ndjson, Self::Dot, Self::Mermaid];

    /// Returns the word that users write.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Ndjson => "ndjson",
            Self::Dot => "dot",
            Self::Mermaid => "mermaid",
        }
    }

    /// Returns the format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}

/// What the reader sees it on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// How many columns the terminal has.
    pub width: usize,
    /// Whether colours may be used.
    pub color: bool,
    /// Whether it is a terminal at all: only there is text cut to fit.
    pub terminal: bool,
}

impl Style {
    /// Returns the columns that text is cut to, if it is.
    fn limit(self) -> Option<usize> {
        (self.terminal && self.width > 0).then_some(self.width)
    }

    /// Returns `text` in bold, if colours may be used.
    fn bold(self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// The answer to a [`Selection`].
#[derive(Debug)]
pub struct Answer {
    rows: Vec<Row>,
    columns: Vec<Column>,
    /// What the selection is about, when it is about one entity.
    root: Option<EntityId>,
    /// All that was walked over from the root, for drawings: a route may pass what was not selected.
    walked: Vec<Row>,
    /// Whether the root itself was asked for, with all there is to say about it.
    single: bool,
}

impl Answer {
    /// Returns how many entities there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns whether it is one entity that was asked for by itself, with all there is to say about it.
    pub fn is_single(&self) -> bool {
        self.single
    }

    /// Returns the entities, in order.
    pub fn entities(&self) -> impl ExactSizeIterator<Item = EntityId> {
        self.rows.iter().map(|row| row.entity)
    }
}

/// Writes `answer`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(
    answer: &Answer,
    portal: &Portal,
    format: Format,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match (format, answer.root) {
        (Format::Table, Some(root)) if answer.single => card::write(portal, root, style, out),
        (Format::Table, _) => table::write(answer, portal, style, out),
        (Format::Json, _) => data::json(answer, portal, out),
        (Format::Yaml, _) => data::yaml(answer, portal, out),
        (Format::Ndjson, _) => data::ndjson(answer, portal, out),
        (Format::Csv, _) => data::separated(answer, portal, b',', out),
        (Format::Tsv, _) => data::separated(answer, portal, b'\t', out),
        (Format::Dot, _) => dot::write(&drawing::Drawing::of(answer, portal), portal, out),
        (Format::Mermaid, _) => mermaid::write(&drawing::Drawing::of(answer, portal), portal, out),
    }
}

#[cfg(test)]
mod tests;
