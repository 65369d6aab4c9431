//! Turns of scorecards: which entities rose and fell between two looks at the past, and which commits may have done it.
//!
//! How entities did is known at the samples of the trends alone, so that a change of a level is told with the span that it
//! happened in, and with the commits in between that touched the entity.

use std::ops::Range;

use super::SHORT;
use crate::catalog::EntityId;
use crate::history::timeline::{Commit, Timeline};
use crate::history::{Shift, Trends};
use crate::model::instant::Instant;
use crate::site::Site;
use crate::site::board::Board;
use crate::site::markup::Markup;

/// The most commits that are named with a change of a level.
const MOST_COMMITS: usize = 3;

/// The time between two samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::site) struct Span {
    /// What was so at this instant,
    from: Instant,
    /// was not at this one; none for what has changed since.
    to: Option<Instant>,
    /// When it counts as having happened, in seconds since 1970: just before the end, or with the newest commit since.
    seconds: i64,
}

/// Entities that changed their level in a scorecard in a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::site) struct Turn {
    pub(in crate::site) span: Span,
    /// The number of the scorecard.
    board: usize,
    shifts: Range<usize>,
}

/// All changes of levels.
#[derive(Debug, Default)]
pub(in crate::site) struct Turns {
    spans: Vec<Span>,
    /// In the order of time; those of a turn stand together.
    shifts: Vec<Shift>,
    /// The same by entity, the newest first.
    of_entities: Vec<(EntityId, std::cmp::Reverse<u32>)>,
    all: Vec<Turn>,
}

impl Turns {
    /// Returns the changes of levels, as of `now`; none when the history is left out.
    pub(super) fn new(timeline: &Timeline, trends: &Trends, now: Instant) -> Self {
        if timeline.read == 0 || trends.shifts.is_empty() {
            return Self::default();
        }
        let spans = spans(timeline, trends, now);
        let mut shifts = trends.shifts.clone();
        // Those that fell first: they are what somebody has to look at.
        shifts.sort_by_key(|shift| (shift.since, shift.card, shift.after > shift.before, shift.entity));
        let mut of_entities: Vec<_> = shifts
            .iter()
            .enumerate()
            .map(|(at, shift)| (shift.entity, std::cmp::Reverse(super::index(at))))
            .collect();
        of_entities.sort_unstable();
        let mut all: Vec<Turn> = Vec::new();
        let mut start = 0;
        for same in shifts.chunk_by(|a, b| (a.since, a.card) == (b.since, b.card)) {
            let shifts = start..start + same.len();
            start = shifts.end;
            all.push(Turn { span: spans[same[0].since], board: same[0].card, shifts });
        }
        Self { spans, shifts, of_entities, all }
    }

    /// Returns the turns, in the order of time.
    pub(in crate::site) fn all(&self) -> &[Turn] {
        &self.all
    }

    /// Returns how the levels of an entity changed, the newest first.
    pub(super) fn of(&self, entity: EntityId) -> impl ExactSizeIterator<Item = &Shift> {
        let start = self.of_entities.partition_point(|(of, _)| *of < entity);
        let length = self.of_entities[start..].partition_point(|(of, _)| *of == entity);
        self.of_entities[start..start + length].iter().map(|(_, at)| &self.shifts[at.0 as usize])
    }

    /// Returns the changes of a turn, those that fell first.
    pub(in crate::site) fn shifts(&self, turn: &Turn) -> &[Shift] {
        &self.shifts[turn.shifts.clone()]
    }
}

fn spans(timeline: &Timeline, trends: &Trends, now: Instant) -> Vec<Span> {
    let seconds = |instant: Instant| instant.millis().div_euclid(1000);
    let count = trends.samples.len().saturating_sub(1);
    let span = |(at, pair): (usize, &[crate::history::Sample])| {
        let (from, to) = (pair[0].at, pair[1].at);
        if at + 1 < count {
            // The end of a month is not the next one.
            return Span { from, to: Some(to), seconds: seconds(to) - 1 };
        }
        // The last sample is today's, which moves on without anything having changed.
        // Nor has it with every measurement that a tool writes.
        let commits = timeline.commits.iter().filter(|commit| !timeline.is_data(commit));
        let landed = commits.map(|commit| commit.landed);
        let newest = landed.filter(|at| (seconds(from) + 1..=seconds(now)).contains(at)).max();
        Span { from, to: None, seconds: newest.unwrap_or_else(|| seconds(now.day())) }
    };
    trends.samples.windows(2).enumerate().map(span).collect()
}

impl Span {
    /// Returns the instant that it begins at, for what must have a name that stays.
    pub(in crate::site) fn start(self) -> Instant {
        self.from
    }

    /// Returns it in words: `between 3 and 10 Nov 2026`, `since 3 Nov 2026`.
    pub(in crate::site) fn words(self) -> String {
        let Some(to) = self.to else { return format!("since {}", self.from.date()) };
        let (first, last) = (self.from.date(), to.date());
        let (from, to): (Vec<&str>, Vec<&str>) = (first.split(' ').collect(), last.split(' ').collect());
        // As much of the first day as the last does not say.
        let same = from.iter().rev().zip(to.iter().rev()).take_while(|(from, to)| from == to).count();
        let short = from[..from.len().saturating_sub(same).max(1)].join(" ");
        format!("between {short} and {last}")
    }

    /// Returns whether a commit came within it.
    fn has(self, commit: &Commit) -> bool {
        let seconds = |instant: Instant| instant.millis().div_euclid(1000);
        commit.landed > seconds(self.from) && self.to.is_none_or(|to| commit.landed <= seconds(to))
    }
}

impl Turn {
    /// Returns when it counts as having happened, in seconds since 1970.
    pub(in crate::site) fn seconds(&self) -> i64 {
        self.span.seconds
    }

    /// Returns the scorecard.
    pub(in crate::site) fn board<'s, 'a>(&self, site: &'s Site<'a>) -> &'s Board<'a> {
        &site.boards[self.board]
    }

    /// Returns what its row is called on its page.
    pub(in crate::site) fn anchor(&self) -> String {
        let day = self.span.from.iso();
        format!("l-{}-{}", self.board + 1, day.get(..10).unwrap_or(&day))
    }

    /// Returns how many rose and fell: `3 rose, 1 fell`.
    pub(in crate::site) fn words(&self, site: &Site<'_>) -> String {
        let shifts = site.past.turns.shifts(self);
        let rose = shifts.iter().filter(|shift| shift.after > shift.before).count();
        let said = [(rose, "rose"), (shifts.len() - rose, "fell")];
        let said = said.into_iter().filter(|(count, _)| *count > 0);
        said.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    }
}

/// Returns when a change of a level counts as having happened: with the newest commit that may have done it.
pub(super) fn seconds(site: &Site<'_>, shift: &Shift) -> i64 {
    let newest = commits(site, shift).map(|commit| commit.seconds).next();
    newest.unwrap_or(site.past.turns.spans[shift.since].seconds)
}

/// Returns the commits in the span of a change that touched the entity, the newest first.
fn commits<'a>(site: &'a Site<'_>, shift: &Shift) -> impl Iterator<Item = &'a Commit> {
    let span = site.past.turns.spans[shift.since];
    let mut last = None;
    let all = site.past.of(shift.entity).map(|(commit, _)| commit);
    // A commit that changed an entity in several files is one.
    all.filter(move |commit| span.has(commit) && last.replace(commit.id.as_str()) != Some(commit.id.as_str()))
}

/// Writes the level before and the level after.
pub(in crate::site) fn levels(board: &Board<'_>, shift: &Shift, out: &mut Markup) {
    board.write_level(shift.before, out);
    out.raw(" → ");
    board.write_level(shift.after, out);
}

/// Writes the commits that may have done it, after `comma`: nothing when none touched the entity.
pub(in crate::site) fn causes(site: &Site<'_>, shift: &Shift, comma: &'static str, out: &mut Markup) {
    let commits: Vec<&Commit> = commits(site, shift).collect();
    for (at, commit) in commits.iter().take(MOST_COMMITS).enumerate() {
        match at {
            0 => out.raw(comma).raw("with "),
            _ => out.raw(", "),
        };
        site.past.commit(&commit.id, out);
    }
    let more = commits.len().saturating_sub(MOST_COMMITS);
    if more > 0 {
        out.raw(" and ").number(more).raw(" more");
    }
}

/// Returns the short names of the commits that may have done it.
pub(in crate::site) fn names(site: &Site<'_>, shift: &Shift) -> Vec<String> {
    commits(site, shift).map(|commit| commit.id.get(..SHORT).unwrap_or(&commit.id).to_string()).collect()
}

/// Writes a change of a level as an item of an entity's history.
pub(super) fn row(site: &Site<'_>, shift: &Shift, root: &'static str, out: &mut Markup) {
    let board = &site.boards[shift.card];
    out.raw("<li><a href=\"").raw(root).text(&board.path()).raw("\">").text(&board.card.title).raw("</a> ");
    levels(board, shift, out);
    out.raw("<br><small>").text(&site.past.turns.spans[shift.since].words());
    causes(site, shift, ", ", out);
    out.raw("</small>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_say_no_more_than_needed() {
        let day = |text: &str| Instant::parse(text).expect("a day");
        for (from, to, expected) in [
            ("2026-11-03", "2026-11-10", "between 3 and 10 Nov 2026"),
            ("2026-10-27", "2026-11-03", "between 27 Oct and 3 Nov 2026"),
            ("2025-12-01", "2026-01-01", "between 1 Dec 2025 and 1 Jan 2026"),
            ("2026-11-01", "2026-12-01", "between 1 Nov and 1 Dec 2026"),
            ("2026-11-03", "", "since 3 Nov 2026"),
        ] {
            let to = (!to.is_empty()).then(|| day(to));
            assert_eq!(Span { from: day(from), to, seconds: 0 }.words(), expected);
        }
    }
}
