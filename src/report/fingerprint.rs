//! A name for each finding that stays the same while lines move, so that a service can tell new from known.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_128;

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::SourceId;

use super::Report;

/// Gives out fingerprints: rule, path and message, and a number for those that agree in all three.
#[derive(Debug, Default)]
pub(super) struct Fingerprints<'a> {
    seen: FxHashMap<(Rule, SourceId, &'a str), usize>,
}

impl<'a> Fingerprints<'a> {
    /// Returns the fingerprint of the next finding; ask in the order of the report.
    pub(super) fn next(&mut self, report: &Report<'_>, diagnostic: &'a Diagnostic) -> String {
        let occurrence = self.occurrence(diagnostic);
        let path = report.path(diagnostic.source());
        let identity = format!("{}\0{path}\0{}\0{occurrence}", diagnostic.rule.name(), diagnostic.message);
        format!("{:032x}", xxh3_128(identity.as_bytes()))
    }

    /// Returns how many findings before this one had the same rule, file and message.
    pub(super) fn occurrence(&mut self, diagnostic: &'a Diagnostic) -> usize {
        let key = (diagnostic.rule, diagnostic.source(), diagnostic.message.as_str());
        let count = self.seen.entry(key).or_insert(0);
        *count += 1;
        *count - 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{catalog, finding, report};
    use super::*;

    /// Returns the fingerprints of two findings alike in a file that starts with `text`.
    fn fingerprints(text: &str) -> Vec<String> {
        let sources = catalog(&[("a.yaml", &format!("{text}a: 1\nb: 1\n"))]);
        let diagnostics = ["a", "b"].map(|at| finding(&sources, Rule::UnknownKey, "a.yaml", at, "m"));
        let report = report(&sources, &diagnostics);
        let mut fingerprints = Fingerprints::default();
        diagnostics.iter().map(|diagnostic| fingerprints.next(&report, diagnostic)).collect()
    }

    #[test]
    fn fingerprints_differ_from_each_other_and_survive_a_move() {
        let before = fingerprints("");
        assert_ne!(before[0], before[1]);
        assert_eq!(before, fingerprints("# moved\n\n"));
    }
}
