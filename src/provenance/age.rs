//! Whether a template has moved on since something was made from it.

use super::Origin;
use crate::git::History;

/// Whether a template has moved on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Age {
    /// It is what the service was made from.
    Current,
    /// It has changed: in so many versions, tags of a repository or commits of the catalog, when that can be counted.
    Behind(Option<usize>),
    /// It cannot be said, as a phrase.
    Unknown(String),
}

impl Age {
    /// Returns how a template of the catalog, which has `digest` now and is made of the files and folders `parts`, has moved
    /// on since `origin`. A state that nobody has committed counts as one version.
    pub fn of(origin: &Origin, digest: &str, parts: &[String], history: Option<&History>) -> Self {
        if origin.digest == digest {
            return Self::Current;
        }
        let commit = origin.commit.as_deref().filter(|_| origin.is_committed);
        let steps = history.zip(commit).map(|(history, commit)| history.since(commit, parts));
        // A history that cannot be read, or does not reach back so far, counts nothing.
        let count = steps.and_then(Result::ok).flatten().map(|steps| steps.len().max(1));
        Self::Behind(count)
    }

    /// Returns how many versions behind that is, when it is known.
    pub fn versions(&self) -> Option<usize> {
        match self {
            Self::Current => Some(0),
            Self::Behind(count) => *count,
            Self::Unknown(_) => None,
        }
    }
}
