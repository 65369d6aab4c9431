//! Known findings of an old catalog: a run with a baseline reports only what is new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::source::Sources;

use super::Report;
use crate::printable;

/// The name and version of the file's format.
const SCHEMA: &str = "portal.baseline/v1";

/// How often each finding is known. A finding is known by rule, file and message, so that lines may move.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<Known, usize>,
}

/// What findings are compared by; ordered as the file lists them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    file: String,
    rule: String,
    message: String,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    findings: Vec<Entry>,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    file: String,
    message: String,
    count: usize,
}

impl Baseline {
    /// Returns the baseline under which nothing in `report` would be new.
    pub fn of(report: &Report<'_>) -> Self {
        let mut known = BTreeMap::new();
        for diagnostic in report.diagnostics {
            *known.entry(Known::of(diagnostic, report.sources)).or_insert(0) += 1;
        }
        Self { known }
    }

    /// Returns the baseline in the text of a file, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document: Document = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| format!("not a baseline: {error}"))?;
        if document.schema != SCHEMA {
            return Err(format!("not a baseline: `schema` is `{}`, expected `{SCHEMA}`", document.schema));
        }
        let mut known = BTreeMap::new();
        for Entry { rule, file, message, count } in document.findings {
            *known.entry(Known { file, rule, message }).or_insert(0) += count;
        }
        Ok(Self { known })
    }

    /// Returns the text of the file, sorted by file.
    pub fn to_json(&self) -> String {
        let entry = |(known, &count): (&Known, &usize)| {
            let Known { file, rule, message } = known.clone();
            Entry { rule, file, message, count }
        };
        let document =
            Document { schema: SCHEMA.to_string(), findings: self.known.iter().map(entry).collect() };
        printable::json(&document).expect("strings and numbers are JSON")
    }

    /// Returns the findings that are new, and how many were known. Each is known as often as the baseline
    /// says, the first ones first.
    pub fn filter(&self, diagnostics: Vec<Diagnostic>, sources: &Sources) -> (Vec<Diagnostic>, usize) {
        let mut left = self.known.clone();
        let before = diagnostics.len();
        let mut new = diagnostics;
        new.retain(|diagnostic| match left.get_mut(&Known::of(diagnostic, sources)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        let hidden = before - new.len();
        (new, hidden)
    }
}

impl Known {
    /// Returns what `diagnostic` is compared by.
    fn of(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        Self {
            file: sources.get(diagnostic.source()).path().to_string(),
            rule: diagnostic.rule.name().to_string(),
            message: diagnostic.message.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{catalog, finding, hostile, report};
    use super::*;
    use crate::diagnostic::Rule;

    #[test]
    fn known_findings_are_left_out_as_often_as_they_were_known() {
        let old = catalog(&[("a.yaml", "a: 1\nb: 2\n")]);
        let known = ["a", "b"].map(|at| finding(&old, Rule::UnknownKey, "a.yaml", at, "m"));
        let baseline = Baseline::of(&report(&old, &known));
        assert_eq!(baseline.filter(known.to_vec(), &old), (vec![], 2));

        let new = catalog(&[("a.yaml", "# moved\na: 1\nb: 2\nc: 3\n")]);
        let found: Vec<_> =
            ["a:", "b:", "c:"].iter().map(|at| finding(&new, Rule::UnknownKey, "a.yaml", at, "m")).collect();
        assert_eq!(baseline.filter(found.clone(), &new), (vec![found[2].clone()], 2));
        let other = vec![finding(&new, Rule::IgnoredKey, "a.yaml", "a:", "m")];
        assert_eq!(baseline.filter(other.clone(), &new), (other, 0));
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        hostile(|report| {
            let baseline = Baseline::of(report);
            assert_eq!(Baseline::parse(&baseline.to_json()), Ok(baseline));
        });
    }

    #[test]
    fn a_baseline_is_json_in_the_order_of_files() {
        let sources = catalog(&[("a.yaml", "a: 1\n")]);
        let found = vec![finding(&sources, Rule::UnknownKey, "a.yaml", "a", "m"); 2];
        let text = Baseline::of(&report(&sources, &found)).to_json();
        let expected = serde_json::json!({
            "schema": "portal.baseline/v1",
            "findings": [{ "rule": "unknown-key", "file": "a.yaml", "message": "m", "count": 2 }]
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), expected);
    }

    #[test]
    fn other_files_are_refused_with_the_reason() {
        for (text, reason) in [
            ("", "not a baseline: EOF while parsing a value at line 1 column 0"),
            ("{\"findings\": []}", "not a baseline: missing field `schema` at line 1 column 16"),
            (
                "{\"schema\": \"x\", \"findings\": []}",
                "not a baseline: `schema` is `x`, expected `portal.baseline/v1`",
            ),
        ] {
            assert_eq!(Baseline::parse(text), Err(reason.to_string()));
        }
    }
}
