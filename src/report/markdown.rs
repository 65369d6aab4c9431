//! Markdown for a pull-request comment and for the summary of a job.
//!
//! What comes from the catalog stays text: `printable` sees to that.

use std::io::{self, Write};

use crate::diagnostic::{Diagnostic, Severity};

use super::place::{Places, Unit};
use super::summary::{counts, of_severity};
use super::{Report, lines};
use crate::printable::markdown::{code, inline};
use crate::printable::{plural, shown};

/// A comment on GitHub holds 65,536 characters.
const COMMENT: usize = 60_000;
/// The summary of a step holds 1 MiB.
const SUMMARY: usize = 1_000_000;
/// Findings beyond these are folded.
const OPEN: usize = 20;
/// Room for what comes after the last finding.
const END: usize = 200;

/// Writes a comment, folded beyond twenty findings.
pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    out.write_all(document(report, COMMENT, OPEN).as_bytes())
}

/// Returns the list of all findings for `$GITHUB_STEP_SUMMARY`, which holds 1 MiB.
pub fn step_summary(report: &Report<'_>) -> String {
    document(report, SUMMARY, usize::MAX)
}

/// Returns a heading and the findings, worst first; those beyond `open` folded, those beyond `limit` bytes
/// only counted.
fn document(report: &Report<'_>, limit: usize, open: usize) -> String {
    let files = plural(report.summary.files, "file", "files");
    let entities = plural(report.summary.entities, "entity", "entities");
    let mut text = format!("## portal: {}\n\n{files}, {entities}\n", counts(report));
    let found = report.errors_first();
    let places = Places::new(report.sources, Unit::Characters);
    let mut severity = None;
    let mut written = 0;
    for diagnostic in &found {
        let mut piece = String::new();
        if written == open {
            let rest = found.len() - open;
            piece.push_str(&format!(
                "\n<details><summary>{} more</summary>\n",
                plural(rest, "finding", "findings")
            ));
        }
        if severity.replace(diagnostic.severity) != Some(diagnostic.severity) || written == open {
            piece.push_str(&section(report, diagnostic.severity));
        }
        piece.push_str(&item(report, &places, diagnostic));
        if text.len() + piece.len() + END > limit {
            break;
        }
        text.push_str(&piece);
        written += 1;
    }
    text.push_str(&end(found.len(), written, open));
    text
}

/// Returns the heading over the findings of a severity.
fn section(report: &Report<'_>, severity: Severity) -> String {
    format!("\n### {}\n\n", of_severity(report.count(severity), severity))
}

/// Returns what follows the last finding.
fn end(found: usize, written: usize, open: usize) -> String {
    let mut text = String::new();
    if written > open {
        text.push_str("\n</details>\n");
    }
    if written < found {
        let cut = plural(found - written, "finding is", "findings are");
        text.push_str(&format!("\n{cut} not listed here: run `portal validate` to see all.\n"));
    }
    text
}

/// Returns a finding as an item of a list, on one line.
fn item(report: &Report<'_>, places: &Places<'_>, diagnostic: &Diagnostic) -> String {
    let start = places.of(diagnostic.primary.span).start;
    let path = shown(&report.path(diagnostic.source()));
    let place = code(&format!("{path}:{}:{}", start.line, start.column));
    let parts: Vec<String> = lines(diagnostic).iter().map(|line| inline(line)).collect();
    format!("- {place} **{}**: {}\n", diagnostic.rule.name(), parts.join("<br>"))
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::super::Format;
    use super::super::tests::{HOSTILE, PLAIN, catalog, finding, hostile, report, written};
    use super::*;
    use crate::diagnostic::Rule;

    #[test]
    fn findings_are_listed_worst_first() {
        let sources = catalog(&[("a.yaml", "a: 1\n"), ("b`.yaml", "b: 1\n")]);
        let diagnostics = [
            finding(&sources, Rule::UnknownColor, "a.yaml", "a", "`x_y` is no *colour*"),
            finding(&sources, Rule::UnknownKey, "b`.yaml", "b", "no such key")
                .label("here")
                .help("did you mean `c`?"),
            finding(&sources, Rule::UnknownIcon, "b`.yaml", "b", "no such icon"),
        ];
        let mut report = report(&sources, &diagnostics);
        report.prefix = "catalog/".to_string();
        assert_eq!(
            written(Format::Markdown, &report, &PLAIN),
            "## portal: 1 error, 1 warning, 1 note\n\n2 files, 3 entities\n\n\
             ### 1 error\n\n- ``catalog/b`.yaml:1:1`` **unknown-key**: no such key<br>here<br>help: did you mean `c`?\n\n\
             ### 1 warning\n\n- `catalog/a.yaml:1:1` **unknown-color**: `x_y` is no \\*colour\\*\n\n\
             ### 1 note\n\n- ``catalog/b`.yaml:1:1`` **unknown-icon**: no such icon\n"
        );
    }

    #[test]
    fn many_findings_are_folded_and_very_many_cut() {
        let sources = catalog(&[("a.yaml", "a: 1\n")]);
        for (count, folded, cut) in [(20, false, false), (21, true, false), (30_000, true, true)] {
            let diagnostics = vec![finding(&sources, Rule::UnknownKey, "a.yaml", "a", "é"); count];
            let report = report(&sources, &diagnostics);
            let text = written(Format::Markdown, &report, &PLAIN);
            assert_eq!(text.contains("<details>"), folded, "{count}");
            assert_eq!(text.contains("</details>"), folded, "{count}");
            assert_eq!(text.contains("not listed here"), cut, "{count}");
            assert!(text.len() <= COMMENT);
            let listed = text.lines().filter(|line| line.starts_with("- ")).count();
            let rest =
                format!("{},{:03} findings are not", (count - listed) / 1_000, (count - listed) % 1_000);
            assert_eq!(text.contains(&rest), cut, "{rest}");
            let summary = step_summary(&report);
            assert!(summary.len() < 1_048_576 && !summary.contains("<details>"));
        }
    }

    #[test]
    fn hostile_text_has_no_markup() {
        hostile(|report| {
            let text = step_summary(report);
            let mut items = 0;
            for event in Parser::new_ext(&text, Options::all()) {
                match event {
                    Event::Start(Tag::Item) => items += 1,
                    Event::Start(Tag::Heading { .. } | Tag::List(_) | Tag::Paragraph | Tag::Strong) => {}
                    Event::Start(tag) => panic!("{tag:?} in {text}"),
                    Event::InlineHtml(html) => assert_eq!(&*html, "<br>"),
                    Event::Html(html) => panic!("{html} in {text}"),
                    Event::Text(text) => assert!(!text.contains("@s") && !text.contains("#1"), "{text}"),
                    Event::InlineMath(math) | Event::DisplayMath(math) => panic!("{math}"),
                    _ => {}
                }
            }
            assert_eq!(items, HOSTILE.len());
        });
    }
}
