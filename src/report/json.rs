//! The `portal.diagnostics/v1` document, for programs; its shape is a promise.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Severity};

use super::Report;
use super::place::{Places, Unit};
use crate::printable;

/// The name and version of this format.
const SCHEMA: &str = "portal.diagnostics/v1";

/// The whole document.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    diagnostics: Vec<Finding<'a>>,
    summary: Counts,
}

/// One finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    label: Option<&'a str>,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    help: Option<&'a str>,
    related: Vec<Related<'a>>,
}

/// Another place that explains a finding.
#[derive(Serialize)]
struct Related<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
}

/// How much was found in how much.
#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
    files: usize,
    entities: usize,
    hidden: usize,
}

/// Writes the document; paths are relative to the catalog root, columns count characters from 1.
pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let places = Places::new(report.sources, Unit::Characters);
    let document = Document {
        schema: SCHEMA,
        diagnostics: report.diagnostics.iter().map(|found| finding(report, &places, found)).collect(),
        summary: counts(report),
    };
    out.write_all(printable::json(&document)?.as_bytes())
}

/// Returns a finding as the document holds it.
fn finding<'a>(report: &Report<'a>, places: &Places<'_>, diagnostic: &'a Diagnostic) -> Finding<'a> {
    let place = places.of(diagnostic.primary.span);
    Finding {
        rule: diagnostic.rule.name(),
        severity: diagnostic.severity.name(),
        message: &diagnostic.message,
        label: Some(diagnostic.primary.text.as_str()).filter(|text| !text.is_empty()),
        file: report.sources.get(diagnostic.source()).path(),
        line: place.start.line,
        column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
        help: diagnostic.help.as_deref(),
        related: related(report, places, diagnostic),
    }
}

/// Returns the other places of a finding.
fn related<'a>(report: &Report<'a>, places: &Places<'_>, diagnostic: &'a Diagnostic) -> Vec<Related<'a>> {
    let one = |label: &'a crate::diagnostic::Label| {
        let start = places.elsewhere(label.span).start;
        let file = report.sources.get(label.span.source).path();
        Related { file, line: start.line, column: start.column, message: &label.text }
    };
    diagnostic.related.iter().map(one).collect()
}

/// Returns the counts of a report.
fn counts(report: &Report<'_>) -> Counts {
    Counts {
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        notes: report.count(Severity::Info),
        files: report.summary.files,
        entities: report.summary.entities,
        hidden: report.summary.hidden,
    }
}

/// Returns the JSON Schema of the document.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "portal diagnostics",
        "description": "What `portal validate --format json` writes.",
        "type": "object",
        "required": ["schema", "diagnostics", "summary"],
        "additionalProperties": false,
        "properties": {
            "schema": { "description": "The name and version of this format.", "const": SCHEMA },
            "diagnostics": {
                "description": "The findings, in the order of their places.",
                "type": "array",
                "items": { "$ref": "#/$defs/diagnostic" }
            },
            "summary": { "$ref": "#/$defs/summary" }
        },
        "$defs": {
            "diagnostic": diagnostic_schema(),
            "related": related_schema(),
            "summary": summary_schema(),
            "file": { "description": "Path relative to the catalog root, with forward slashes.", "type": "string" },
            "number": { "description": "Counted from 1; columns count characters.", "type": "integer", "minimum": 1 },
            "count": { "type": "integer", "minimum": 0 }
        }
    })
}

/// Returns the schema of one finding.
fn diagnostic_schema() -> Value {
    object(&[
        ("rule", json!({ "description": "The rule; see `portal explain`.", "type": "string" })),
        (
            "severity",
            json!({ "description": "Only errors fail a run.", "enum": ["error", "warning", "info"] }),
        ),
        ("message", json!({ "description": "What is wrong, in one sentence.", "type": "string" })),
        ("label", json!({ "description": "What is at the place.", "type": ["string", "null"] })),
        ("file", json!({ "$ref": "#/$defs/file" })),
        ("line", json!({ "$ref": "#/$defs/number" })),
        ("column", json!({ "$ref": "#/$defs/number" })),
        ("endLine", json!({ "$ref": "#/$defs/number" })),
        ("endColumn", json!({ "description": "One past the last character.", "$ref": "#/$defs/number" })),
        ("help", json!({ "description": "What to do about it.", "type": ["string", "null"] })),
        ("related", json!({ "type": "array", "items": { "$ref": "#/$defs/related" } })),
    ])
}

/// Returns the schema of another place that explains a finding.
fn related_schema() -> Value {
    object(&[
        ("file", json!({ "$ref": "#/$defs/file" })),
        ("line", json!({ "$ref": "#/$defs/number" })),
        ("column", json!({ "$ref": "#/$defs/number" })),
        ("message", json!({ "description": "What is there; may be empty.", "type": "string" })),
    ])
}

/// Returns the schema of the counts.
fn summary_schema() -> Value {
    object(
        &["errors", "warnings", "notes", "files", "entities", "hidden"]
            .map(|name| (name, json!({ "$ref": "#/$defs/count" }))),
    )
}

/// Returns the schema of an object that has all of these properties and no others.
fn object(properties: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_string(), schema.clone())).collect();
    json!({ "type": "object", "required": names, "additionalProperties": false, "properties": properties })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{HOSTILE, catalog, finding, hostile, parsed, report, span};
    use super::super::{Format, Report};
    use super::*;
    use crate::diagnostic::Rule;

    /// Returns the document of a report, which its schema must accept.
    fn document(report: &Report<'_>) -> Value {
        let document = parsed(Format::Json, report);
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let faults: Vec<String> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new());
        document
    }

    #[test]
    fn a_finding_has_all_its_parts() {
        let sources = catalog(&[("a.yaml", "é: Crat\nb: 1\n"), ("b.yaml", "x: y")]);
        let diagnostics = [finding(&sources, Rule::DanglingRelation, "a.yaml", "Crat", "no such entity")
            .label("here")
            .related(span(&sources, "b.yaml", "y"), "declared here")
            .help("did you mean `Cart`?")];
        let mut report = report(&sources, &diagnostics);
        report.prefix = "catalog/".to_string();
        report.summary.elapsed = Some(std::time::Duration::from_millis(7));
        assert_eq!(
            document(&report),
            json!({
                "schema": "portal.diagnostics/v1",
                "diagnostics": [{
                    "rule": "dangling-relation", "severity": "error", "message": "no such entity",
                    "label": "here", "file": "a.yaml", "line": 1, "column": 4, "endLine": 1, "endColumn": 8,
                    "help": "did you mean `Cart`?",
                    "related": [{ "file": "b.yaml", "line": 1, "column": 4, "message": "declared here" }]
                }],
                "summary": { "errors": 1, "warnings": 0, "notes": 0, "files": 2, "entities": 3, "hidden": 0 }
            })
        );
    }

    #[test]
    fn a_clean_run_is_a_document_too() {
        let sources = catalog(&[]);
        assert_eq!(document(&report(&sources, &[]))["diagnostics"], json!([]));
    }

    #[test]
    fn hostile_text_is_kept_as_it_is() {
        hostile(|report| {
            let document = document(report);
            for (index, text) in HOSTILE.iter().enumerate() {
                assert_eq!(document["diagnostics"][index]["help"], json!(text));
            }
        });
    }
}
