//! Trends: how scorecards, and what lines of pages follow, were at earlier instants.
//!
//! The catalog of earlier commits is judged by today's scorecards, so that a rule that is new has a past, and a line
//! rises because something was mended and not because a rule was dropped.

use std::collections::BTreeMap;
use std::path::Path;

use super::past::reopen;
use super::shift::{self, Levels, Shift};
use super::sighting::{Sighting, Sightings};
use crate::git;
use crate::model::instant::{Age, Instant};
use crate::model::interval::Interval;
use crate::model::page::{Content, Course, Reference};
use crate::portal::Portal;

/// The most earlier instants that are looked at.
const MOST_SAMPLES: usize = 12;

/// The fewest that make a line.
const FEWEST: usize = 3;

/// The most entities that are judged again, over all instants: what bounds the time that a build takes for this. A
/// catalog of up to 5,000 has all twelve instants, one of more than 20,000 has none.
const MOST_JUDGED: usize = 60_000;

/// A value of an entity: blueprint, identifier, property.
pub type Followed = (String, String, String);

/// What was, at instants.
#[derive(Debug, Clone, Default)]
pub struct Trends {
    /// The oldest first, the last of them today; none when there is no history to tell it from.
    pub samples: Vec<Sample>,
    /// Which entities of today had another level at one sample than at the next, in the order of time; of very
    /// many the newest.
    pub shifts: Vec<Shift>,
}

/// What was at an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The instant; the day of the run for the last.
    pub at: Instant,
    /// How many entities had each level, from the floor up, by scorecard and blueprint.
    pub levels: BTreeMap<(String, String), Vec<usize>>,
    /// How many entities there were, by blueprint.
    pub entities: BTreeMap<String, usize>,
    /// The values that lines of pages follow, where they were numbers.
    pub values: BTreeMap<Followed, f64>,
}

impl Trends {
    /// Returns the sample nearest to so many days before the last, when there is one at least half as old.
    pub fn before(&self, days: i64) -> Option<&Sample> {
        let (last, past) = self.samples.split_last()?;
        let wanted = last.at.before(Age::days(days));
        let distance = |sample: &&Sample| sample.at.since(wanted).millis().abs();
        let nearest = past.iter().min_by_key(distance)?;
        (last.at.since(nearest.at) >= Age::days(days / 2)).then_some(nearest)
    }
}

/// Returns how the scorecards of `portal`, and what its pages follow, have come along, from the history of the folder
/// `root` up to `revision`: at the beginnings of the last months, or of weeks or days when the history is short. Nothing
/// is read when there is nothing to follow, or the catalog is too large for it. What `sightings` knows is not read again;
/// what is read, it knows then.
pub fn trends(portal: &Portal, root: &Path, revision: &str, sightings: &mut Sightings) -> Trends {
    let followed = followed(portal);
    let most = (MOST_JUDGED / portal.catalog.entity_count().max(1)).min(MOST_SAMPLES);
    if (portal.scores.cards.is_empty() && followed.is_empty()) || most < FEWEST {
        return Trends::default();
    }
    let instants = instants(portal, root, revision, most);
    sightings.keep(&instants);
    for (at, commit) in &instants {
        if !sightings.knows(commit, *at)
            && let Some(then) = reopen(portal, root, commit, *at)
        {
            sightings.add(commit, sight(&then, *at, &followed));
        }
    }
    let seen = instants.iter().filter_map(|(at, commit)| sightings.get(commit, *at));
    let mut seen: Vec<&Sighting> = seen.filter(|seen| !seen.sample.entities.is_empty()).collect();
    if seen.is_empty() {
        return Trends::default();
    }
    let today = sight(portal, portal.now.day(), &followed);
    seen.push(&today);
    let levels: Vec<&Levels> = seen.iter().map(|seen| &seen.levels).collect();
    Trends {
        shifts: shift::all(portal, &levels),
        samples: seen.iter().map(|seen| seen.sample.clone()).collect(),
    }
}

/// Returns what is kept of a catalog as it was at an instant.
fn sight(portal: &Portal, at: Instant, followed: &[Followed]) -> Sighting {
    Sighting { sample: sample(portal, at, followed), levels: Levels::of(portal) }
}

/// Returns the instants to look at with the commits that stood then, the oldest first.
fn instants(portal: &Portal, root: &Path, revision: &str, most: usize) -> Vec<(Instant, String)> {
    let grids =
        [Interval::Month, Interval::Week, Interval::Day].map(|interval| grid(portal.now, interval, most));
    let asked: Vec<i64> = grids.iter().flatten().map(|instant| instant.millis().div_euclid(1000)).collect();
    // Without a repository there is no past.
    let commits = git::commits_at(root, revision, &asked).unwrap_or_default();
    let mut commits = commits.into_iter();
    let known = grids.map(|grid| -> Vec<(Instant, String)> {
        let found: Vec<_> = grid.into_iter().zip(commits.by_ref()).collect();
        found.into_iter().filter_map(|(at, commit)| Some((at, commit?.0))).collect()
    });
    let finest = known.iter().rfind(|grid| !grid.is_empty()).cloned();
    known.into_iter().find(|grid| grid.len() >= FEWEST).or(finest).unwrap_or_default()
}

/// Returns the last beginnings of such periods before the day of `now`, the oldest first.
fn grid(now: Instant, interval: Interval, most: usize) -> Vec<Instant> {
    let today = now.day();
    let mut grid = Vec::new();
    let mut at = today;
    while grid.len() < most {
        at = interval.start(at.before(Age::days(1)));
        grid.push(at);
    }
    grid.reverse();
    grid
}

/// Returns the values that lines of pages follow.
pub(super) fn followed(portal: &Portal) -> Vec<Followed> {
    let mut followed = Vec::new();
    for page in portal.catalog.pages().iter().filter(|page| page.value.is_shown()) {
        page.value.each(&mut |widget| {
            let Content::Lines(chart) = &widget.content else { return };
            for line in &chart.lines {
                let Course::History { entity: Some(entity), properties } = &line.course else { continue };
                let Some(blueprint) = &line.blueprint else { continue };
                for property in properties {
                    if let Reference::Property(name) | Reference::Named(name) = &property.value {
                        followed.push((blueprint.value.clone(), entity.value.clone(), name.clone()));
                    }
                }
            }
        });
    }
    followed
}

fn sample(portal: &Portal, at: Instant, followed: &[Followed]) -> Sample {
    let catalog = &portal.catalog;
    let blueprint = |id| catalog.blueprint(id).identifier.value.clone();
    let levels = portal.scores.cards.iter();
    let value = |(blueprint, entity, property): &Followed| {
        let entity = catalog.find_entity(catalog.find_blueprint(blueprint)?, entity)?;
        portal.known().value(catalog.entity(entity), property).as_f64()
    };
    Sample {
        at,
        levels: levels
            .map(|card| ((card.identifier.clone(), blueprint(card.blueprint)), card.distribution()))
            .collect(),
        entities: catalog
            .blueprints()
            .map(|(id, _)| (blueprint(id), catalog.entities_of(id).len()))
            .filter(|(_, count)| *count > 0)
            .collect(),
        values: followed.iter().filter_map(|key| Some((key.clone(), value(key)?))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_are_beginnings_of_periods_before_today() {
        let now = Instant::parse("2026-03-02T18:00:00Z").expect("an instant");
        for (interval, expected) in [
            (Interval::Month, ["1 Jan 2026", "1 Feb 2026", "1 Mar 2026"]),
            (Interval::Week, ["9 Feb 2026", "16 Feb 2026", "23 Feb 2026"]),
            (Interval::Day, ["27 Feb 2026", "28 Feb 2026", "1 Mar 2026"]),
        ] {
            let days: Vec<String> = grid(now, interval, 3).into_iter().map(Instant::date).collect();
            assert_eq!(days, expected, "{interval:?}");
        }
    }

    #[test]
    fn the_sample_nearest_to_a_day_is_found() {
        let day = |number: i64| Instant::default().after(Age::days(number));
        let sample =
            |at| Sample { at, levels: BTreeMap::new(), entities: BTreeMap::new(), values: BTreeMap::new() };
        for (days, expected) in [
            (vec![0, 30, 60, 100], Some(0)),
            (vec![0, 80], None),
            (vec![70, 100], None),
            (vec![40, 100], Some(40)),
            (vec![], None),
        ] {
            let samples = days.iter().map(|&at| sample(day(at))).collect();
            let trends = Trends { samples, shifts: Vec::new() };
            let expected = if days == [0, 80] { Some(0) } else { expected };
            assert_eq!(trends.before(90).map(|sample| sample.at), expected.map(day), "{days:?}");
        }
    }
}
