//! Which findings a run reports: chosen rules, changed files, what a baseline does not know.

use std::fs;
use std::path::PathBuf;

use super::Failure;
use super::open::Opened;
use crate::diagnostic::{Diagnostic, Levels, Rule, did_you_mean};
use crate::git::{self, Revision};
use crate::history;
use crate::portal::{Origin, Portal};
use crate::report::Baseline;
use crate::source::Sources;
use crate::worktree::CONFIG_FILE;

/// Returns the rules named on the command line.
pub(super) fn rules(names: &[String]) -> Result<Vec<Rule>, Failure> {
    let rule = |name: &String| {
        let help = || did_you_mean(name, Rule::ALL.iter().map(|rule| rule.name()));
        let help = || help().unwrap_or_else(|| "`portal explain` lists them".into());
        Rule::from_name(name).ok_or_else(|| Failure::Other(format!("there is no rule `{name}`; {}", help())))
    };
    names.iter().map(rule).collect()
}

/// Keeps the findings of the rules that `--select` and `--ignore` leave.
pub(super) fn by_rule(found: &mut Vec<Diagnostic>, select: &[Rule], ignore: &[Rule], sources: &Sources) {
    let mut levels = Levels::default();
    if !select.is_empty() {
        levels.select(select.iter().copied());
    }
    levels.ignore(ignore.iter().copied());
    found.retain(|finding| levels.severity(finding, sources.get(finding.source()).path()).is_some());
}

/// Keeps the findings that a change since `revision` caused: those that the merge base with it does not have,
/// wherever they are, for a removed entity leaves its mark in files that were not touched. Returns how many are
/// left out.
pub(super) fn by_change(
    found: Vec<Diagnostic>,
    opened: &Opened,
    revision: &str,
    at: Option<&str>,
) -> Result<(Vec<Diagnostic>, usize), Failure> {
    let base = git::merge_base(&opened.root, revision, at)?;
    // A base without the catalog's folder, or with a configuration that could not be read, had no findings.
    let Ok(files) = Revision::open(&opened.root, &base) else { return Ok((found, 0)) };
    let config = files.text(CONFIG_FILE);
    let Ok(old) = Portal::open(Origin::new(&files, opened.portal.now), config) else { return Ok((found, 0)) };
    Ok(history::newer(&old, found, &opened.portal.sources))
}

/// Returns the baseline kept in a file.
pub(super) fn baseline(path: &PathBuf) -> Result<Baseline, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::Other(format!(
            "cannot read the baseline `{}`: {error}; --update-baseline writes it",
            path.display()
        ))
    })?;
    Baseline::parse(&text)
        .map_err(|error| Failure::Other(format!("`{}` is no baseline: {error}", path.display())))
}
