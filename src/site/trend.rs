//! How scorecards have come along: the share at the level that most should reach, and at the top.

use super::Site;
use super::board::Board;
use super::chart::plot::{Line, Plot, Time};
use super::markup::Markup;
use crate::history::Sample;
use crate::model::interval::Interval;

/// The days that a change is told of.
pub(super) const DAYS: i64 = 90;

/// Returns the levels of a scorecard's entities at an earlier instant.
fn levels<'s>(site: &Site<'_>, board: &Board<'_>, sample: &'s Sample) -> Option<&'s [usize]> {
    let blueprint = &site.catalog().blueprint(board.card.blueprint).identifier.value;
    let key = (board.card.identifier.clone(), blueprint.clone());
    let levels = sample.levels.get(&key)?;
    // Of nobody there is no share.
    (levels.iter().sum::<usize>() > 0).then_some(levels)
}

/// Returns which share of entities has at least a level, in whole percent.
fn share(levels: &[usize], from: usize) -> usize {
    let reached: usize = levels.iter().skip(from).sum();
    (reached * 100).checked_div(levels.iter().sum()).unwrap_or(0)
}

/// Returns the drawing of a scorecard's shares over time; `None` when there is no history to draw it from.
#[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
pub(super) fn plot(site: &Site<'_>, board: &Board<'_>, width: f64) -> Option<Plot> {
    let samples: Vec<(&Sample, &[usize])> = site
        .trends
        .samples
        .iter()
        .filter_map(|sample| Some((sample, levels(site, board, sample)?)))
        .collect();
    let [(first, begun), .., (last, ended)] = samples.as_slice() else { return None };
    let whole = last.at.since(first.at).millis().max(1) as f64;
    let days = last.at.since(first.at).millis() / (24 * 60 * 60 * 1000);
    let interval = if days > 150 { Interval::Month } else { Interval::Day };
    let times = samples.iter().map(|(sample, _)| Time {
        at: sample.at.since(first.at).millis() as f64 / whole,
        short: interval.label(sample.at, false),
        whole: sample.at.date(),
    });
    let (good, top) = (board.good(), board.card.top());
    let mut lines = vec![(good, board.good_words())];
    if top > good {
        lines.push((top, board.level(top).to_string()));
    }
    let words: Vec<String> = lines
        .iter()
        .map(|(level, name)| {
            format!("{name} from {} to {} percent", share(begun, *level), share(ended, *level))
        })
        .collect();
    let line = |(level, label): (usize, String)| Line {
        label,
        values: samples.iter().map(|(_, levels)| Some(share(levels, level) as f64)).collect(),
        at: None,
    };
    Some(Plot {
        width,
        words: format!("{}: {}, since {}", board.card.title, words.join(", "), first.at.date()),
        times: times.collect(),
        lines: lines.into_iter().map(line).collect(),
        levels: Vec::new(),
        unit: " %",
    })
}

/// Returns by how many points the share has changed in [`DAYS`] days; `None` when that is not known.
#[expect(clippy::cast_possible_wrap, reason = "a share is at most 100")]
pub(super) fn change(site: &Site<'_>, board: &Board<'_>) -> Option<i64> {
    let before = levels(site, board, site.trends.before(DAYS)?)?;
    Some(board.share()? as i64 - share(before, board.good()) as i64)
}

/// Writes a change with its sign, green when it is for the better.
pub(super) fn write_change(change: Option<i64>, out: &mut Markup) {
    match change {
        None => out.raw("<span class=\"dim\">–</span>"),
        Some(0) => out.raw("<span class=\"dim\">0</span>"),
        Some(points) if points > 0 => out.raw("<span class=\"pass\">+").number(points).raw("</span>"),
        Some(points) => out.raw("<span class=\"fail\">\u{2212}").number(-points).raw("</span>"),
    };
}
