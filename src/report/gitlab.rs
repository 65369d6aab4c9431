//! A GitLab code quality report.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Severity};

use super::fingerprint::Fingerprints;
use super::place::{Places, Unit};
use super::{Report, lines};
use crate::printable;

/// Writes an array of findings; GitLab keeps one of those that share a fingerprint.
pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let places = Places::new(report.sources, Unit::Characters);
    let mut fingerprints = Fingerprints::default();
    let finding = |diagnostic| finding(report, &places, diagnostic, &fingerprints.next(report, diagnostic));
    let findings: Vec<Value> = report.diagnostics.iter().map(finding).collect();
    out.write_all(printable::json(&findings)?.as_bytes())
}

/// Returns a finding as GitLab reads it.
fn finding(report: &Report<'_>, places: &Places<'_>, diagnostic: &Diagnostic, fingerprint: &str) -> Value {
    let place = places.of(diagnostic.primary.span);
    json!({
        "description": lines(diagnostic).join("; "),
        "check_name": diagnostic.rule.name(),
        "fingerprint": fingerprint,
        "severity": severity(diagnostic.severity),
        "location": {
            "path": report.path(diagnostic.source()),
            "lines": { "begin": place.start.line, "end": place.end.line }
        }
    })
}

/// Returns GitLab's word for a severity.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Format;
    use super::super::tests::{catalog, finding, hostile, parsed, report};
    use super::*;
    use crate::diagnostic::Rule;

    #[test]
    fn a_finding_has_all_its_parts() {
        let sources = catalog(&[("a.yaml", "a: 1\nb: 2\n")]);
        let mut diagnostics =
            vec![finding(&sources, Rule::UnknownKey, "a.yaml", "1\nb", "wrong").help("fix it"); 3];
        diagnostics[1].severity = Severity::Warning;
        diagnostics[2].severity = Severity::Info;
        let mut report = report(&sources, &diagnostics);
        report.prefix = "catalog/".to_string();
        let found = parsed(Format::Gitlab, &report);
        assert_eq!(found[0]["description"], "wrong; help: fix it");
        assert_eq!(found[0]["check_name"], "unknown-key");
        assert_eq!(
            found[0]["location"],
            json!({ "path": "catalog/a.yaml", "lines": { "begin": 1, "end": 2 } })
        );
        let severities: Vec<&Value> = (0..3).map(|index| &found[index]["severity"]).collect();
        assert_eq!(severities, ["major", "minor", "info"]);
    }

    #[test]
    fn hostile_findings_have_fingerprints_of_their_own() {
        hostile(|report| {
            let found = parsed(Format::Gitlab, report);
            let found = found.as_array().unwrap();
            let unique: BTreeSet<_> =
                found.iter().map(|finding| finding["fingerprint"].as_str().unwrap()).collect();
            assert_eq!(unique.len(), report.diagnostics.len());
        });
    }

    #[test]
    fn a_clean_run_is_an_empty_array() {
        let sources = catalog(&[]);
        assert_eq!(parsed(Format::Gitlab, &report(&sources, &[])), json!([]));
    }
}
