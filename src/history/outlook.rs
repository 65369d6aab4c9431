//! Outlooks: how far initiatives have been, and when they will be done at that pace.
//!
//! The catalog of earlier commits is judged by today's scorecards and initiatives, so that an initiative has a past on
//! the day on which it is written.

use std::collections::BTreeMap;
use std::path::Path;

use super::past::reopen;
use crate::git;
use crate::model::instant::{Age, Instant};
use crate::portal::Portal;
use crate::score::Progress;

/// How many earlier instants are looked at.
const SAMPLES: i64 = 5;

/// How far back progress is counted for an initiative without a start.
const USUAL: Age = Age::days(90);

/// A forecast beyond this is none.
const FARTHEST: Age = Age::days(10 * 365);

/// How far an initiative was at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The instant: of a commit or, last, of the run.
    pub at: Instant,
    /// How many had arrived.
    pub done: usize,
    /// How many took part.
    pub total: usize,
}

impl Point {
    /// Returns the share that had arrived, from 0 to 1; all of nobody.
    #[expect(clippy::cast_precision_loss, reason = "a share of far fewer than 2^52 entities")]
    pub fn share(&self) -> f64 {
        if self.total == 0 { 1.0 } else { self.done as f64 / self.total as f64 }
    }
}

/// When an initiative will be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// It is.
    Done,
    /// At about this instant, at the pace so far.
    At(Instant),
    /// Never, at the pace so far: fewer arrive than leave, or none.
    Never,
    /// There is no history to tell the pace from.
    Unknown,
}

/// How an initiative has come along, and where that leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Its position among the initiatives of the catalog.
    pub initiative: usize,
    /// How far it was, the oldest first; the last is now.
    pub points: Vec<Point>,
    /// When it will be done.
    pub forecast: Forecast,
}

/// Returns the outlook of each initiative of `portal`, from the history of the folder `root` up to `revision`. Without
/// initiatives, nothing is read.
pub fn outlooks(portal: &Portal, root: &Path, revision: &str) -> Vec<Outlook> {
    let Some(first) = portal.progress.iter().map(|progress| start(progress, portal.now)).min() else {
        return Vec::new();
    };
    let instants = instants(first, portal.now);
    let seconds: Vec<i64> = instants.iter().map(|instant| instant.millis().div_euclid(1000)).collect();
    // Without a repository there is no past, which each outlook says.
    let commits = git::commits_at(root, revision, &seconds).unwrap_or_default();
    let mut past: BTreeMap<(i64, String), Portal> = BTreeMap::new();
    for (commit, seconds) in commits.into_iter().flatten() {
        let key = (seconds, commit);
        if !past.contains_key(&key)
            && let Some(portal) = reopen(portal, root, &key.1, Instant::from_seconds(seconds))
        {
            past.insert(key, portal);
        }
    }
    portal.progress.iter().map(|progress| outlook(portal, progress, &past)).collect()
}

fn start(progress: &Progress, now: Instant) -> Instant {
    progress.start.filter(|start| *start < now).unwrap_or_else(|| now.before(USUAL))
}

/// Returns the instants to look at: from the first on, evenly up to now.
fn instants(first: Instant, now: Instant) -> Vec<Instant> {
    let step = now.since(first).millis() / SAMPLES;
    (0..SAMPLES).map(|number| Instant::from_millis(first.millis() + number * step)).collect()
}

fn outlook(portal: &Portal, progress: &Progress, past: &BTreeMap<(i64, String), Portal>) -> Outlook {
    let from = start(progress, portal.now);
    let name = |portal: &Portal, progress: &Progress| {
        portal.catalog.initiatives()[progress.initiative].value.identifier.value.clone()
    };
    let own = name(portal, progress);
    let mut points: Vec<Point> = Vec::new();
    for (at, then) in past.iter().map(|((seconds, _), then)| (Instant::from_seconds(*seconds), then)) {
        let earlier = then.progress.iter().find(|progress| name(then, progress) == own);
        let Some(earlier) = earlier.filter(|earlier| !earlier.participants.is_empty()) else { continue };
        // What was so before the start is how it stood at the start.
        let at = at.max(from);
        points.retain(|point| point.at != at);
        points.push(point(at, earlier));
    }
    // Today is a day: a page that shows it is the same until tomorrow.
    let today = points.last().map_or(portal.now.day(), |last| last.at.max(portal.now.day()));
    points.push(point(today, progress));
    let forecast = forecast(&points);
    Outlook { initiative: progress.initiative, points, forecast }
}

fn point(at: Instant, progress: &Progress) -> Point {
    Point { at, done: progress.done(), total: progress.participants.len() }
}

/// Returns where the line through the first point and the last leads.
fn forecast(points: &[Point]) -> Forecast {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Forecast::Unknown };
    if last.done == last.total {
        return Forecast::Done;
    }
    let taken = last.at.since(first.at).millis();
    if taken <= 0 {
        return Forecast::Unknown;
    }
    let gained = last.share() - first.share();
    if gained <= 0.0 {
        return Forecast::Never;
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a forecast is no date to the second"
    )]
    let left = (taken as f64 * (1.0 - last.share()) / gained) as i64;
    if left > FARTHEST.millis() {
        Forecast::Never
    } else {
        Forecast::At(Instant::from_millis(last.at.millis() + left).day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_goes_on_at_the_pace_so_far() {
        let day = |number: i64| Instant::default().after(Age::days(number));
        let point = |at: i64, done: usize, total: usize| Point { at: day(at), done, total };
        for (points, expected) in [
            (vec![], Forecast::Unknown),
            (vec![point(10, 3, 3)], Forecast::Done),
            (vec![point(10, 0, 0)], Forecast::Done),
            (vec![point(10, 1, 2)], Forecast::Unknown),
            (vec![point(0, 0, 4), point(10, 2, 4)], Forecast::At(day(20))),
            (vec![point(0, 1, 4), point(5, 0, 4), point(10, 2, 4)], Forecast::At(day(30))),
            // Others have joined: the share is what counts.
            (vec![point(0, 1, 4), point(10, 4, 8)], Forecast::At(day(30))),
            (vec![point(0, 2, 4), point(10, 2, 4)], Forecast::Never),
            (vec![point(0, 3, 4), point(10, 2, 4)], Forecast::Never),
            (vec![point(0, 0, 4000), point(10, 1, 4000)], Forecast::Never),
        ] {
            assert_eq!(forecast(&points), expected, "{points:?}");
        }
    }
}
