//! Bars: a level that no entity may be under.

use super::{Board, BoardError};
use crate::catalog::EntityId;
use crate::diagnostic::did_you_mean;
use crate::known::Standing;
use crate::model::phrase::{clip, quoted_first};
use crate::printable::shown;

/// The most results that are named.
const NAMED: usize = 5;

/// A level by name, which some of the scorecards have.
#[derive(Debug)]
pub struct Bar<'a> {
    level: &'a str,
}

/// The results under a bar, the worst first.
#[derive(Debug)]
pub struct Under<'a> {
    level: &'a str,
    /// How they stand.
    pub standings: Vec<Standing<'a>>,
    /// How many results there are in scorecards that have the level.
    total: usize,
}

impl<'a> Bar<'a> {
    /// Returns the bar at `level`.
    ///
    /// # Errors
    /// When no scorecard of the board has such a level.
    pub fn new(board: &Board<'_>, level: &'a str) -> Result<Self, BoardError> {
        // What an entity is not judged by has levels all the same.
        let cards = || board.portal.scores.cards.iter();
        let listed = board.cards().iter().copied();
        if listed
            .chain(cards().filter(|_| board.cards().is_empty()))
            .any(|card| card.find_level(level).is_some())
        {
            return Ok(Self { level });
        }
        let mut titles: Vec<&str> = Vec::new();
        for title in cards().flat_map(|card| &card.levels).map(|level| level.title.as_str()) {
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
        let all = || match titles.as_slice() {
            [] => "the catalog has no scorecards".into(),
            titles => format!("the levels are {}", quoted_first(titles.iter().copied())),
        };
        let help = did_you_mean(level, titles.iter().copied()).unwrap_or_else(all);
        let message = format!("no scorecard has a level `{}`", shown(&clip(level)));
        Err(BoardError(format!("{message}\n  help: {}", shown(&help))))
    }

    /// Returns the results of `board` under the bar, in the scorecards that have its level.
    pub fn under<'b>(&'b self, board: &Board<'b>) -> Under<'b> {
        let (mut standings, mut total) = (Vec::new(), 0);
        for &card in board.cards() {
            let Some(bar) = card.find_level(self.level) else { continue };
            for standing in board.standings_of(card) {
                total += 1;
                if standing.level < bar {
                    standings.push(standing);
                }
            }
        }
        standings.sort_by(|a, b| (a.level).cmp(&b.level).then(a.score().total_cmp(&b.score())));
        Under { level: self.level, standings, total }
    }
}

impl Under<'_> {
    /// Keeps those that `keep` says, by scorecard and entity.
    pub fn retain(&mut self, keep: impl Fn(&str, EntityId) -> bool) {
        self.standings.retain(|standing| keep(&standing.card.identifier, standing.entity));
    }

    /// Returns how many are under the bar, and the worst of them.
    pub fn message(&self, board: &Board<'_>) -> String {
        let count = self.standings.len();
        let verb = if count == 1 { "is" } else { "are" };
        let mut message = format!("{count} of {} results {verb} under {}", self.total, shown(self.level));
        for standing in self.standings.iter().take(NAMED) {
            let label = shown(&board.label(standing.entity));
            let (card, level) = (shown(&standing.card.identifier), shown(&standing.reached().title));
            message.push_str(&format!("\n  {label} in {card}: {level}"));
        }
        if count > NAMED {
            message.push_str(&format!("\n  and {} more", count - NAMED));
        }
        message
    }
}
