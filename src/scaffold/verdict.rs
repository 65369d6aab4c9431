//! What a catalog says about a new entity, before it is there.

use std::collections::BTreeMap;

use super::Refusal;
use crate::diagnostic::Diagnostic;
use crate::history::Prospect;
use crate::known;
use crate::model::Kind;
use crate::model::phrase::clip;
use crate::portal::{self, Portal};
use crate::source::Sources;
use crate::worktree::{CONFIG_FILE, Files};

/// What a catalog says about a new entity.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Whether there is a catalog that could say anything.
    pub is_known: bool,
    /// The texts of the catalog as it would be.
    pub sources: Sources,
    /// What would be wrong with the catalog and is not now, but for errors, with which there is no plan.
    pub warnings: Vec<Diagnostic>,
    /// How the entity would score, in the order of the catalog.
    pub standings: Vec<Standing>,
}

/// How an entity would score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The scorecard's identifier.
    pub scorecard: String,
    /// What people read.
    pub title: String,
    /// The level that it would reach.
    pub level: String,
    /// How many of its rules would hold.
    pub passed: usize,
    /// How many rules count.
    pub total: usize,
    /// The titles of those that would not hold, in the order of the scorecard.
    pub failing: Vec<String>,
}

/// Returns what the catalog `portal`, read from `files`, says about an entity once `changes` are made: bytes by path below
/// the catalog root, `None` for a file that goes. Without any blueprint, there is no catalog, and nothing is said.
///
/// # Errors
/// The errors that the catalog would have and has not now; that there would be no such entity.
pub fn judge(
    portal: &Portal,
    files: &dyn Files,
    changes: &BTreeMap<String, Option<Vec<u8>>>,
    blueprint: &str,
    identifier: &str,
) -> Result<Verdict, Refusal> {
    let prospect = Prospect::of(portal, files, changes).map_err(refusal)?;
    if prospect.portal.catalog.count(Kind::Blueprint) == 0 {
        return Ok(Verdict::default());
    }
    if prospect.errors().next().is_some() {
        let errors = prospect.errors().cloned().collect();
        return Err(Refusal::Findings(prospect.portal.sources, errors));
    }
    let catalog = &prospect.portal.catalog;
    let found = catalog.find_blueprint(blueprint).and_then(|found| catalog.find_entity(found, identifier));
    let entity = found.ok_or_else(|| absent(blueprint, identifier))?;
    let standings = prospect.portal.scores.of(entity).map(standing).collect();
    Ok(Verdict { is_known: true, standings, sources: prospect.portal.sources, warnings: prospect.new })
}

/// Returns why there is no verdict when the catalog could not be opened.
fn refusal(error: portal::Error) -> Refusal {
    match error {
        portal::Error::Config { sources, diagnostics } => {
            Refusal::Findings(sources, diagnostics.into_iter().collect())
        }
        error => Refusal::Other(error.to_string()),
    }
}

/// Returns the refusal of an entity that nobody would find.
fn absent(blueprint: &str, identifier: &str) -> Refusal {
    Refusal::Other(format!(
        "the `{}` `{}` would not be part of the catalog: its file is in none of the folders that {CONFIG_FILE} names, \
         or is excluded there; see `folders`, `include` and `exclude`",
        clip(blueprint),
        clip(identifier)
    ))
}

/// Returns how an entity stands, in the words of its scorecard.
fn standing(standing: known::Standing<'_>) -> Standing {
    let rules = standing.card.rules.iter().zip(standing.outcomes).filter(|(rule, _)| rule.counts());
    let (passed, failing): (Vec<_>, Vec<_>) = rules.partition(|(_, outcome)| outcome.counts_as_passed());
    Standing {
        scorecard: standing.card.identifier.clone(),
        title: standing.card.title.clone(),
        level: standing.reached().title.clone(),
        passed: passed.len(),
        total: passed.len() + failing.len(),
        failing: failing.iter().map(|(rule, _)| rule.title.clone()).collect(),
    }
}

#[cfg(test)]
mod tests;
