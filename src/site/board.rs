//! What every page asks about a scorecard, answered once.

use xxhash_rust::xxh3::xxh3_64;

use super::address;
use super::markup::Markup;
use crate::catalog::EntityId;
use crate::known::{Card, CardLevel, CardRule, Tally};
use crate::model::property::PALETTE;
use crate::model::scorecard::Scorecard;
use crate::portal::Portal;

/// The colours of a floor that is drawn as an outline: nothing is reached there.
const PALE: &[&str] = &["paleBlue", "lightGray"];

/// A scorecard as pages need it.
#[derive(Debug)]
pub(super) struct Board<'a> {
    pub(super) card: &'a Card,
    /// The document.
    pub(super) scorecard: &'a Scorecard,
    /// The number of the board among all.
    pub(super) number: usize,
    /// What its files are called.
    pub(super) name: String,
    /// How many entities have each level, from the floor up.
    pub(super) counts: Vec<usize>,
    /// How each rule came out.
    pub(super) tallies: Vec<Tally>,
    /// The entities, those of the lowest level first.
    pub(super) order: Vec<EntityId>,
    /// Of each rule, whether it asks nothing but the values of the entity itself.
    pub(super) plain: Vec<bool>,
    /// The hash of the document.
    pub(super) print: u64,
    top: usize,
}

/// Returns the boards of all scorecards that could be judged, in path order.
pub(super) fn boards(portal: &Portal) -> Vec<Board<'_>> {
    let catalog = &portal.catalog;
    let names = address::scorecards(catalog);
    let cards = portal.scores.cards.iter().enumerate();
    let board = |(number, card)| {
        let card: &Card = card;
        let definition = &catalog.scorecards()[card.scorecard];
        let scorecard = &definition.value;
        let mut tallies = vec![Tally::default(); card.rules.len()];
        let mut order: Vec<(usize, EntityId)> = Vec::with_capacity(card.standings().len());
        for standing in card.standings() {
            tallies.iter_mut().zip(standing.outcomes).for_each(|(tally, outcome)| tally.add(*outcome));
            order.push((standing.level, standing.entity));
        }
        order.sort_unstable();
        Board {
            card,
            scorecard,
            number,
            name: names[card.scorecard].clone(),
            counts: card.distribution(),
            tallies,
            order: order.into_iter().map(|(_, entity)| entity).collect(),
            plain: plain(portal, card),
            print: xxh3_64(portal.sources.text(catalog.node(definition.place).span()).as_bytes()),
            top: card.top(),
        }
    };
    cards.map(board).collect()
}

/// Returns of each rule whether it asks nothing but the values of the entity itself.
fn plain(portal: &Portal, card: &Card) -> Vec<bool> {
    let is_fact = |name: &str| portal.catalog.is_fact(card.blueprint, name);
    let conditions = portal.standards.find(card.scorecard).map(|standard| &standard.conditions);
    conditions.into_iter().flatten().map(|condition| condition.is_plain(is_fact)).collect()
}

impl Board<'_> {
    /// Returns the path of its first page.
    pub(super) fn path(&self) -> String {
        address::scorecard(&self.name, 1)
    }

    /// Returns how many entities are judged.
    pub(super) fn total(&self) -> usize {
        self.order.len()
    }

    /// Returns the colour of a level: a class of the stylesheet.
    pub(super) fn color(&self, level: usize) -> &'static str {
        let own = self.card.levels.get(level).map_or("", |level| level.color.as_str());
        if level == 0 && PALE.contains(&own) {
            return "none";
        }
        PALETTE.iter().copied().find(|color| *color == own).unwrap_or("lightGray")
    }

    /// Returns its levels with their colours, and what can be reached: all that decides how a level is drawn.
    pub(super) fn levels(&self) -> (&[CardLevel], usize) {
        (&self.card.levels, self.top)
    }

    /// Returns the name of a level.
    pub(super) fn level(&self, level: usize) -> &str {
        self.card.levels.get(level).map_or("", |level: &CardLevel| &level.title)
    }

    /// Returns the class for the bars of a level, after a space; nothing for the floor, which has none.
    pub(super) fn bars(&self, level: usize) -> &'static str {
        match level {
            0 => "",
            _ if level >= self.top => " q3",
            _ if level * 2 >= self.top => " q2",
            _ => " q1",
        }
    }

    /// Writes a level: its name with bars that rise with it.
    pub(super) fn write_level(&self, level: usize, out: &mut Markup) {
        out.raw("<b class=\"lv ")
            .raw(self.color(level))
            .raw(self.bars(level))
            .raw("\">")
            .text(self.level(level))
            .raw("</b>");
    }

    /// Returns the level that a share is told of: the one below the top, which most should reach.
    pub(super) fn good(&self) -> usize {
        self.top.saturating_sub(1).max(1).min(self.card.levels.len().saturating_sub(1))
    }

    /// Returns how many entities have reached that level, in whole percent; `None` of nobody.
    pub(super) fn share(&self) -> Option<usize> {
        let reached: usize = self.counts.iter().skip(self.good()).sum();
        (reached * 100).checked_div(self.total())
    }

    /// Returns that level in words: `Silver or above`.
    pub(super) fn good_words(&self) -> String {
        let name = self.level(self.good());
        if self.good() < self.top { format!("{name} or above") } else { name.to_string() }
    }

    /// Writes the levels of all entities as a bar, the highest level first, with its numbers in words.
    pub(super) fn write_bar(&self, class: &'static str, height: &'static str, out: &mut Markup) {
        self.write_bar_of(&self.counts, class, height, out);
    }

    /// Writes the same of some entities; `counts` says how many of them have each level.
    pub(super) fn write_bar_of(
        &self,
        counts: &[usize],
        class: &'static str,
        height: &'static str,
        out: &mut Markup,
    ) {
        out.raw("<svg").raw(class).raw(" viewBox=\"0 0 100 ").raw(height);
        out.raw("\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"")
            .text(&self.words(counts))
            .raw("\">");
        let total = counts.iter().sum::<usize>().max(1) as f64;
        let mut x = 0.0;
        for (level, &count) in counts.iter().enumerate().rev().filter(|(_, count)| **count > 0) {
            let width = 100.0 * count as f64 / total;
            // A hair's breadth between two levels, as far as there is room for it.
            let drawn = (width - 0.25).max(width / 2.0);
            out.raw("<rect class=\"").raw(self.color(level)).raw("\" x=\"").text(&format!("{x:.2}"));
            out.raw("\" width=\"").text(&format!("{drawn:.2}")).raw("\" height=\"").raw(height).raw("\"/>");
            x += width;
        }
        out.raw("</svg>");
    }

    /// Returns how many have each level: `66 Gold, 122 Silver`.
    fn words(&self, counts: &[usize]) -> String {
        let levels = counts.iter().enumerate().rev();
        let words: Vec<String> =
            levels.map(|(level, count)| format!("{count} {}", self.level(level))).collect();
        words.join(", ")
    }

    /// Writes what the colours of the bar stand for, with numbers.
    pub(super) fn write_key(&self, numbers: bool, out: &mut Markup) {
        out.raw("<ul class=\"key\">");
        for (level, &count) in self.counts.iter().enumerate().rev() {
            out.raw("<li><i class=\"").raw(self.color(level)).raw("\"></i>");
            if numbers {
                out.raw("<b>").number(count).raw("</b> ");
            }
            out.text(self.level(level));
        }
        out.raw("</ul>");
    }

    /// Returns the rules with their positions.
    pub(super) fn rules(&self) -> impl Iterator<Item = (usize, &CardRule)> {
        self.card.rules.iter().enumerate()
    }
}
