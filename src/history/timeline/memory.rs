//! What commits did, remembered: a commit never changes.

use std::io::{self, BufRead, Write};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::{DataFiles, Deed};
use crate::git::Log;
use crate::model::config::Config;

/// The sources that this binary was made from: another version may read the same commit differently.
const SOURCES: &str = env!("PORTAL_SOURCES");

/// What commits did, by their hashes.
#[derive(Debug, Default)]
pub struct Memory {
    deeds: FxHashMap<String, Deed>,
    /// Whether something was added since it was read.
    is_new: bool,
}

/// A line of a memory.
#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    #[serde(flatten)]
    deed: Deed,
}

impl Memory {
    /// Returns what decides how commits are read: this program, where the documents and the data of a
    /// catalog are, and where the
    /// catalog is in its repository.
    pub fn key(config: &Config, data: &DataFiles, prefix: &str) -> String {
        let mut hasher = Xxh3::new();
        for part in [SOURCES, prefix, data.print(), &format!("{:?}", config.selection())] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        format!("{:016x}", hasher.digest())
    }

    /// Returns what was written under the same key; nothing of another, and of what is broken what comes before.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(text: impl BufRead, key: &str) -> io::Result<Self> {
        let mut lines = text.lines();
        let mut memory = Self::default();
        if lines.next().transpose()?.as_deref() != Some(key) {
            return Ok(memory);
        }
        for line in lines {
            let Ok(Line { id, deed }) = serde_json::from_str(&line?) else { break };
            memory.deeds.insert(id, deed);
        }
        Ok(memory)
    }

    /// Writes it, in the order of hashes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, key: &str, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{key}")?;
        let mut all: Vec<(&String, &Deed)> = self.deeds.iter().collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        for (id, deed) in all {
            serde_json::to_writer(&mut *out, &Line { id: id.clone(), deed: deed.clone() })?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Returns whether it knows more than was read.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    pub(super) fn get(&self, id: &str) -> Option<&Deed> {
        self.deeds.get(id)
    }

    pub(super) fn add(&mut self, id: String, deed: Deed) {
        self.is_new = true;
        self.deeds.insert(id, deed);
    }

    /// Forgets the commits that are not of this log.
    pub(super) fn keep(&mut self, log: &Log) {
        let ids: FxHashSet<&str> = log.commits.iter().map(|commit| commit.id.as_str()).collect();
        self.deeds.retain(|id, _| ids.contains(id.as_str()));
    }
}

/// Kinds by their names; the configuration has none.
pub(super) mod kind {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::Kind;

    pub(in crate::history::timeline) fn serialize<S: Serializer>(
        kind: &Option<Kind>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        kind.map(Kind::name).serialize(serializer)
    }

    pub(in crate::history::timeline) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Kind>, D::Error> {
        let name: Option<String> = Option::deserialize(deserializer)?;
        name.map(|name| Kind::from_name(&name).ok_or_else(|| D::Error::custom("no kind"))).transpose()
    }
}
