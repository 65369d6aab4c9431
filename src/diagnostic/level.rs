//! Which findings count, and how much: the configuration's levels and the command line's selection.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobSet;

use super::{Diagnostic, Rule, Severity};

/// The severity of each rule in this run; `None` for a rule means that it is off.
#[derive(Debug, Default, Clone)]
pub struct Levels {
    rules: BTreeMap<Rule, Option<Severity>>,
    paths: Vec<(GlobSet, BTreeMap<Rule, Option<Severity>>)>,
    selected: Option<BTreeSet<Rule>>,
    ignored: BTreeSet<Rule>,
}

impl Levels {
    /// Sets the level of `rule` everywhere.
    pub fn set(&mut self, rule: Rule, level: Option<Severity>) {
        self.rules.insert(rule, level);
    }

    /// Sets levels for the files that `paths` matches; later ones win over earlier ones.
    pub fn set_for(&mut self, paths: GlobSet, rules: BTreeMap<Rule, Option<Severity>>) {
        self.paths.push((paths, rules));
    }

    /// Reports only these rules, as `--select` asks.
    pub fn select(&mut self, rules: impl IntoIterator<Item = Rule>) {
        self.selected.get_or_insert_default().extend(rules);
    }

    /// Leaves these rules out, as `--ignore` asks.
    pub fn ignore(&mut self, rules: impl IntoIterator<Item = Rule>) {
        self.ignored.extend(rules);
    }

    /// Returns the severity of a finding in the file at `path`, or `None` when it is not to be reported.
    pub fn severity(&self, diagnostic: &Diagnostic, path: &str) -> Option<Severity> {
        let rule = diagnostic.rule;
        let unselected = self.selected.as_ref().is_some_and(|selected| !selected.contains(&rule));
        if unselected || self.ignored.contains(&rule) {
            return None;
        }
        let here = self.paths.iter().rev().filter(|(paths, _)| paths.is_match(path));
        let by_path = here.filter_map(|(_, rules)| rules.get(&rule)).next();
        by_path.or_else(|| self.rules.get(&rule)).copied().unwrap_or(Some(diagnostic.severity))
    }
}
