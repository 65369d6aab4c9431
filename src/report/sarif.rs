//! SARIF 2.1.0, the part that GitHub code scanning shows.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Label, Rule, Severity};
use crate::source::SourceId;

use super::fingerprint::Fingerprints;
use super::place::{Place, Places, Unit};
use super::{REPOSITORY, Report, lines, rule_url};
use crate::printable;
use crate::printable::plural;

/// Code scanning keeps this many results of a run, and this many related places of a result.
const RESULTS: usize = 5_000;
const RELATED: usize = 100;
/// Code scanning shows this many characters of a rule's description.
const DESCRIPTION: usize = 1_000;

/// Writes one run; of more results than code scanning keeps, errors come first and a notification counts
/// the rest.
pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let kept = kept(report);
    let rules: BTreeSet<Rule> = kept.iter().map(|(diagnostic, _)| diagnostic.rule).collect();
    let places = Places::new(report.sources, Unit::Utf16);
    let index: BTreeMap<Rule, usize> = rules.iter().enumerate().map(|(index, &rule)| (rule, index)).collect();
    let result = |(diagnostic, fingerprint): &(&Diagnostic, String)| {
        result(report, &places, diagnostic, index[&diagnostic.rule], fingerprint)
    };
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(&rules) },
            "automationDetails": { "id": "portal/" },
            "columnKind": "utf16CodeUnits",
            "invocations": [invocation(report.diagnostics.len() - kept.len())],
            "results": kept.iter().map(result).collect::<Vec<Value>>()
        }]
    });
    out.write_all(printable::json(&log)?.as_bytes())
}

/// Returns the findings to write with their fingerprints, in order.
fn kept<'a>(report: &Report<'a>) -> Vec<(&'a Diagnostic, String)> {
    let mut fingerprints = Fingerprints::default();
    let named = |diagnostic| (diagnostic, fingerprints.next(report, diagnostic));
    let mut found: Vec<(&Diagnostic, String)> = report.diagnostics.iter().map(named).collect();
    if found.len() > RESULTS {
        found.sort_by_key(|(diagnostic, _)| std::cmp::Reverse(diagnostic.severity));
        found.truncate(RESULTS);
    }
    found
}

/// Returns the description of `portal` and of the rules that were broken.
fn driver(rules: &BTreeSet<Rule>) -> Value {
    let mut driver = json!({
        "name": "portal",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|&rule| rule_entry(rule)).collect::<Vec<Value>>()
    });
    if !REPOSITORY.is_empty() {
        driver["informationUri"] = json!(REPOSITORY);
    }
    driver
}

/// Returns the description of a rule.
fn rule_entry(rule: Rule) -> Value {
    let explanation = rule.explanation();
    let help = format!("{} {}", sentence(rule.summary()), explanation.fix);
    let mut entry = json!({
        "id": rule.name(),
        "shortDescription": { "text": sentence(rule.summary()) },
        "fullDescription": { "text": explanation.why.chars().take(DESCRIPTION).collect::<String>() },
        "help": { "text": help.trim_end(), "markdown": rule.markdown() },
        "defaultConfiguration": { "level": level(rule.severity()) },
        "properties": {
            "tags": ["catalog"],
            "precision": "very-high",
            "problem.severity": problem(rule.severity())
        }
    });
    if let Some(address) = rule_url(REPOSITORY, rule) {
        entry["helpUri"] = json!(address);
    }
    entry
}

/// Returns what happened in the run beside its results.
fn invocation(cut: usize) -> Value {
    let mut invocation = json!({ "executionSuccessful": true });
    if cut > 0 {
        let text = format!(
            "{} left out of this file, which holds {RESULTS}",
            plural(cut, "finding is", "findings are")
        );
        invocation["toolExecutionNotifications"] =
            json!([{ "level": "warning", "message": { "text": text } }]);
    }
    invocation
}

/// Returns a finding as a result.
fn result(
    report: &Report<'_>,
    places: &Places<'_>,
    diagnostic: &Diagnostic,
    index: usize,
    name: &str,
) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.rule.name(),
        "ruleIndex": index,
        "level": level(diagnostic.severity),
        "message": { "text": literal(&lines(diagnostic).join("\n")) },
        "locations": [location(report, diagnostic.source(), places.of(diagnostic.primary.span))],
        "partialFingerprints": { "portalFinding/v1": name }
    });
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().take(RELATED).enumerate();
        result["relatedLocations"] =
            related.map(|(id, label)| related_location(report, places, id, label)).collect();
    }
    result
}

/// Returns another place of a result.
fn related_location(report: &Report<'_>, places: &Places<'_>, id: usize, label: &Label) -> Value {
    let mut location = location(report, label.span.source, places.elsewhere(label.span));
    location["id"] = json!(id);
    if !label.text.is_empty() {
        location["message"] = json!({ "text": literal(&printable::shown(&label.text)) });
    }
    location
}

/// Returns a place in a file, relative to the root of the repository.
fn location(report: &Report<'_>, source: SourceId, place: Place) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&report.path(source)), "uriBaseId": "%SRCROOT%" },
            "region": {
                "startLine": place.start.line,
                "startColumn": place.start.column,
                "endLine": place.end.line,
                "endColumn": place.end.column
            }
        }
    })
}

/// Returns a relative path as a URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for &byte in path.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Returns a message in which nothing is a link: SARIF reads `[text](target)` as one.
fn literal(text: &str) -> String {
    text.replace("](", "] (")
}

/// Returns a summary as a sentence.
fn sentence(summary: &str) -> String {
    let mut letters = summary.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// Returns SARIF's word for a severity.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// Returns code scanning's word for a severity.
fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::tests::{catalog, finding, hostile, parsed, report, span};
    use super::*;

    #[test]
    fn a_finding_is_a_result_of_its_rule() {
        let sources = catalog(&[("a b#%.yaml", "𝕊: Crat\n"), ("b.yaml", "x: 𝕊y")]);
        let diagnostics = [
            finding(&sources, Rule::UnknownKey, "a b#%.yaml", "𝕊", "no such key"),
            finding(&sources, Rule::DanglingRelation, "a b#%.yaml", "Crat", "see [x](y)")
                .label("here")
                .related(span(&sources, "b.yaml", "y"), "declared here")
                .help("did you mean `Cart`?"),
        ];
        let mut report = report(&sources, &diagnostics);
        report.prefix = "catalog/".to_string();
        let run = &parsed(Format::Sarif, &report)["runs"][0];
        let rules: Vec<&Value> =
            run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
        assert_eq!(rules, ["unknown-key", "dangling-relation"]);
        let result = &run["results"][1];
        assert_eq!((&result["ruleId"], &result["ruleIndex"]), (&json!("dangling-relation"), &json!(1)));
        assert_eq!(result["message"]["text"], "see [x] (y)\nhere\nhelp: did you mean `Cart`?");
        assert_eq!(
            result["locations"],
            json!([{ "physicalLocation": {
                "artifactLocation": { "uri": "catalog/a%20b%23%25.yaml", "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 9 }
            } }])
        );
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "declared here");
        assert_eq!(result["relatedLocations"][0]["physicalLocation"]["region"]["startColumn"], 6);
    }

    #[test]
    fn errors_come_first_when_there_are_too_many_results() {
        let sources = catalog(&[("a.yaml", "a: 1\n")]);
        let mut diagnostics = vec![finding(&sources, Rule::UnknownColor, "a.yaml", "a", "m"); RESULTS + 1];
        diagnostics.push(finding(&sources, Rule::UnknownKey, "a.yaml", "a", "m"));
        let run = &parsed(Format::Sarif, &report(&sources, &diagnostics))["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), RESULTS);
        assert_eq!(run["results"][0]["level"], "error");
        assert_eq!(
            run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"],
            "2 findings are left out of this file, which holds 5000"
        );
    }

    #[test]
    fn hostile_text_is_a_message_without_links() {
        hostile(|report| {
            let run = &parsed(Format::Sarif, report)["runs"][0];
            for result in run["results"].as_array().unwrap() {
                let text = result["message"]["text"].as_str().unwrap();
                assert!(!text.contains("](") && !text.contains('\u{1b}') && !text.is_empty(), "{text}");
            }
        });
    }

    #[test]
    fn rules_have_addresses_when_the_package_has_one() {
        let url = rule_url("https://example.com/portal/", Rule::UnknownKey);
        assert_eq!(url.as_deref(), Some("https://example.com/portal/blob/main/docs/rules.md#unknown-key"));
        assert_eq!(rule_url("", Rule::UnknownKey), None);
    }
}
