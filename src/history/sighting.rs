//! Sightings: what trends saw of the catalog at earlier commits, remembered. A commit, judged by the same scorecards as of
//! the same instant, never looks otherwise.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::past;
use super::shift::Levels;
use super::trend::{Sample, followed};
use crate::model::instant::Instant;
use crate::portal::Portal;

/// The sources that this binary was made from: another version may judge the same commit differently.
const SOURCES: &str = env!("PORTAL_SOURCES");

/// What was seen of the catalog at an instant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sighting {
    pub(super) sample: Sample,
    pub(super) levels: Levels,
}

/// What was seen, by commit and instant.
#[derive(Debug, Default)]
pub struct Sightings {
    seen: BTreeMap<(String, i64), Sighting>,
    /// Whether something was added since it was read.
    is_new: bool,
}

/// A line of what is written.
#[derive(Serialize, Deserialize)]
struct Line {
    commit: String,
    at: i64,
    /// How many entities had each level, with the scorecard and its blueprint.
    levels: Vec<(String, String, Vec<usize>)>,
    entities: BTreeMap<String, usize>,
    /// The followed values, each with the bits of its number, for not a digit may be lost.
    values: Vec<(String, String, String, u64)>,
    reached: Levels,
}

impl Sightings {
    /// Returns what decides how a commit is judged: this program, the documents that judge today, what is followed, and
    /// where the catalog is in its repository.
    pub fn key(portal: &Portal, prefix: &str) -> String {
        let mut hasher = Xxh3::new();
        let (today, followed) = (past::today(portal), format!("{:?}", followed(portal)));
        let judges = today.iter().flat_map(|(path, text)| [path.as_str(), text.as_str()]);
        for part in [SOURCES, prefix, &followed].into_iter().chain(judges) {
            hasher.update(&part.len().to_le_bytes());
            hasher.update(part.as_bytes());
        }
        format!("{:016x}", hasher.digest())
    }

    /// Returns what was written under the same key; nothing of another, and of what is broken what comes before.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(text: impl BufRead, key: &str) -> io::Result<Self> {
        let mut lines = text.lines();
        let mut sightings = Self::default();
        if lines.next().transpose()?.as_deref() != Some(key) {
            return Ok(sightings);
        }
        for line in lines {
            let Ok(line) = serde_json::from_str::<Line>(&line?) else { break };
            sightings.seen.insert((line.commit.clone(), line.at), line.sighting());
        }
        Ok(sightings)
    }

    /// Writes it, in the order of commits.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, key: &str, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{key}")?;
        for ((commit, _), sighting) in &self.seen {
            serde_json::to_writer(&mut *out, &Line::of(commit, sighting))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Returns whether it knows more than was read.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    pub(super) fn knows(&self, commit: &str, at: Instant) -> bool {
        self.get(commit, at).is_some()
    }

    pub(super) fn get(&self, commit: &str, at: Instant) -> Option<&Sighting> {
        self.seen.get(&(commit.to_string(), at.millis()))
    }

    pub(super) fn add(&mut self, commit: &str, sighting: Sighting) {
        self.is_new = true;
        self.seen.insert((commit.to_string(), sighting.sample.at.millis()), sighting);
    }

    /// Forgets all but these.
    pub(super) fn keep(&mut self, wanted: &[(Instant, String)]) {
        self.seen.retain(|(commit, at), _| {
            wanted.iter().any(|(instant, id)| id == commit && instant.millis() == *at)
        });
    }
}

impl Line {
    fn of(commit: &str, Sighting { sample, levels }: &Sighting) -> Self {
        let counts = sample.levels.iter();
        let values = sample.values.iter();
        Self {
            commit: commit.into(),
            at: sample.at.millis(),
            levels: counts.map(|((card, of), counts)| (card.clone(), of.clone(), counts.clone())).collect(),
            entities: sample.entities.clone(),
            values: values
                .map(|((of, entity, name), value)| {
                    (of.clone(), entity.clone(), name.clone(), value.to_bits())
                })
                .collect(),
            reached: levels.clone(),
        }
    }

    fn sighting(self) -> Sighting {
        let levels = self.levels.into_iter().map(|(card, of, counts)| ((card, of), counts)).collect();
        let value = |(of, entity, name, bits)| ((of, entity, name), f64::from_bits(bits));
        let sample = Sample {
            at: Instant::from_millis(self.at),
            levels,
            entities: self.entities,
            values: self.values.into_iter().map(value).collect(),
        };
        Sighting { sample, levels: self.reached }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_under_the_same_key() {
        let reached: Levels =
            serde_json::from_str(r#"{"s": {"i": ["a", "b"], "c": {"care": [1, 255]}}}"#).expect("levels");
        let key = |name: &str| ("s".to_string(), "a".to_string(), name.to_string());
        let sample = Sample {
            at: Instant::from_millis(1_700_000_000_000),
            levels: BTreeMap::from([(("care".into(), "s".into()), vec![0, 1])]),
            entities: BTreeMap::from([("s".into(), 2)]),
            values: BTreeMap::from([(key("x"), 0.1 + 0.2), (key("y"), -0.0)]),
        };
        let sighting = Sighting { sample, levels: reached };
        let mut sightings = Sightings::default();
        sightings.add("c0ffee", sighting.clone());
        let mut text = Vec::new();
        sightings.write("key", &mut text).expect("written");
        let read = Sightings::read(text.as_slice(), "key").expect("read");
        assert_eq!(read.get("c0ffee", sighting.sample.at), Some(&sighting));
        assert!(!read.is_new() && sightings.is_new());
        assert!(Sightings::read(text.as_slice(), "other").expect("read").seen.is_empty());
        text.truncate(text.len() - 4);
        assert!(Sightings::read(text.as_slice(), "key").expect("read").seen.is_empty());
        let mut forgetful = Sightings::read(&b"key\n"[..], "key").expect("read");
        forgetful.add("c0ffee", sighting);
        forgetful.keep(&[(Instant::default(), "c0ffee".into())]);
        assert!(forgetful.seen.is_empty());
    }
}
