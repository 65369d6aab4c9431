//! Scoreboards: how entities score, for people, programs and pipelines.
//!
//! A [`Board`] is the scorecards and entities that are looked at. [`View`]s of it are tables: each entity, groups of
//! them, or what to fix next; one entity is shown with its evidence. What a rule asks, and how it comes out over all,
//! is [`rule`]'s. Judging itself is `score`'s.

mod bar;
mod detail;
mod group;
mod json;
mod junit;
mod markdown;
mod next;
mod result;
pub mod rule;
mod sheet;

use std::io::{self, Write};

use crate::catalog::EntityId;
use crate::diagnostic::did_you_mean;
use crate::jq;
use crate::known::{Card, Standing};
use crate::model::phrase::{clip, quoted_first};
use crate::portal::Portal;
use crate::printable::{plural, shown};

pub use bar::{Bar, Under};
pub use group::Group;

/// The results that are looked at.
#[derive(Debug)]
pub struct Board<'a> {
    /// The catalog.
    pub portal: &'a Portal,
    /// The scorecards, by identifier.
    cards: Vec<&'a Card>,
    /// The only entity that is looked at.
    entity: Option<EntityId>,
}

/// Why there is no such board, with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BoardError(String);

impl<'a> Board<'a> {
    /// Returns the results in `scorecards`, or in all when none is named, of one entity or of all.
    ///
    /// # Errors
    /// When there is no scorecard of such a name, or none that judges the entity.
    pub fn new(
        portal: &'a Portal,
        scorecards: &[String],
        entity: Option<EntityId>,
    ) -> Result<Self, BoardError> {
        for name in scorecards {
            if portal.scores.find(name, None).is_none() {
                return Err(unknown(portal, name));
            }
        }
        let named = |card: &&Card| scorecards.is_empty() || scorecards.contains(&card.identifier);
        let judges = |card: &&Card| entity.is_none_or(|entity| card.standing(entity).is_some());
        let mut cards: Vec<&Card> = portal.scores.cards.iter().filter(named).filter(judges).collect();
        // Stable: scorecards of one name stay in path order.
        cards.sort_by(|a, b| a.identifier.cmp(&b.identifier));
        Ok(Self { portal, cards, entity })
    }

    /// Returns the scorecards, by identifier.
    pub fn cards(&self) -> &[&'a Card] {
        &self.cards
    }

    /// Returns how each entity stands, by scorecard, then entity.
    pub fn standings(&self) -> impl Iterator<Item = Standing<'a>> {
        self.cards.iter().flat_map(|&card| self.standings_of(card))
    }

    /// Returns how each entity stands in one of the scorecards.
    fn standings_of(&self, card: &'a Card) -> Box<dyn Iterator<Item = Standing<'a>> + 'a> {
        match self.entity {
            Some(entity) => Box::new(card.standing(entity).into_iter()),
            None => Box::new(card.standings()),
        }
    }

    /// Returns what was looked at, in one line: `298 entities in 5 scorecards`.
    pub fn summary(&self) -> String {
        let mut entities: Vec<EntityId> = self.standings().map(|standing| standing.entity).collect();
        entities.sort_unstable();
        entities.dedup();
        let entities = plural(entities.len(), "entity", "entities");
        format!("{entities} in {}", plural(self.cards.len(), "scorecard", "scorecards"))
    }

    /// Returns a line for each rule that counts and whose failures are warnings so far.
    pub fn warnings(&self) -> Vec<String> {
        use crate::known::Outcome::Failed;
        use crate::model::scorecard::Stage::Warn;
        let mut lines = Vec::new();
        for &card in &self.cards {
            for (at, rule) in card.rules.iter().enumerate().filter(|(_, rule)| rule.stage == Warn) {
                let failed = self.standings_of(card).filter(|standing| standing.outcomes[at] == Failed);
                let count = failed.count();
                if count > 0 {
                    let entities = plural(count, "entity fails", "entities fail");
                    let name = shown(&format!("{}/{}", card.identifier, rule.identifier));
                    lines.push(format!("{entities} `{name}`, whose stage is warn"));
                }
            }
        }
        lines
    }

    /// Returns what tells an entity from all others: `Component/CartService`.
    fn label(&self, entity: EntityId) -> String {
        let entity = self.portal.catalog.entity(entity);
        format!("{}/{}", entity.blueprint().identifier.value, entity.identifier())
    }
}

fn unknown(portal: &Portal, name: &str) -> BoardError {
    let names = || portal.scores.cards.iter().map(|card| card.identifier.as_str());
    let listed = || match names().next() {
        Some(_) => format!("the scorecards are {}", quoted_first(names())),
        None => "the catalog has no scorecards".into(),
    };
    let help = did_you_mean(name, names()).unwrap_or_else(listed);
    BoardError(format!("there is no scorecard `{}`\n  help: {}", shown(&clip(name)), shown(&help)))
}

/// What of the results is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Each entity; of one entity, each rule with its evidence.
    Standings,
    /// Groups of entities.
    By(Group),
    /// What to fix for the next level.
    Next,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Table,
    /// The `portal.score/v1` document.
    Json,
    /// Comma-separated values: a row for each rule and entity, or the table that is viewed.
    Csv,
    /// For a comment or a wiki.
    Markdown,
    /// JUnit XML: a suite for each scorecard.
    Junit,
}

/// What the reader sees it on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// The columns of the terminal, to which tables are cut; `None` when it is none.
    pub width: Option<usize>,
    /// Whether colours may be used.
    pub color: bool,
}

impl Style {
    /// Returns `text` in bold, if colours may be used.
    fn bold(self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// Writes a view of `board`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(
    board: &Board<'_>,
    view: View,
    format: Format,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    jq::on_deep_stack(|| match format {
        Format::Table if board.entity.is_some() && !matches!(view, View::By(_)) => {
            detail::write(board, view == View::Next, style, &mut bytes)
        }
        Format::Table => sheet::of(board, view).write(style, &mut bytes),
        Format::Csv if view == View::Standings => sheet::rules(board).csv(&mut bytes),
        Format::Csv => sheet::of(board, view).csv(&mut bytes),
        Format::Json => json::write(board, &mut bytes),
        Format::Markdown => markdown::write(board, view, &mut bytes),
        Format::Junit => junit::write(board, &mut bytes),
    })?;
    out.write_all(&bytes)
}
