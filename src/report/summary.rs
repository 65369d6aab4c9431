//! The last line of a report, and the counts for each rule.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use crate::diagnostic::{Rule, Severity};

use super::Report;
use crate::printable::{plural, thousands};

/// Returns what was found, in one line: `2 errors, 1 warning in 214 files (1,842 entities) in 61 ms`.
pub fn summary_line(report: &Report<'_>) -> String {
    let summary = &report.summary;
    let files = plural(summary.files, "file", "files");
    let entities = plural(summary.entities, "entity", "entities");
    let elapsed = summary.elapsed.map(|elapsed| format!(" in {}", duration(elapsed))).unwrap_or_default();
    format!("{} in {files} ({entities}){elapsed}", counts(report))
}

/// Returns `2 errors, 1 warning`, or `no findings`, with the number of those not shown.
pub(super) fn counts(report: &Report<'_>) -> String {
    let mut parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (severity, report.count(severity)))
        .filter(|&(_, count)| count > 0)
        .map(|(severity, count)| of_severity(count, severity))
        .collect();
    if parts.is_empty() {
        parts.push("no findings".to_string());
    }
    if report.summary.hidden > 0 {
        parts.push(format!("{} not shown", thousands(report.summary.hidden)));
    }
    parts.join(", ")
}

/// Writes how often each rule was broken, most often first, and the total.
pub fn statistics(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rows = per_rule(report);
    let total = thousands(report.diagnostics.len());
    let width = total.len();
    let longest = rows.iter().map(|(rule, ..)| rule.name().len()).max().unwrap_or(0);
    for (rule, severity, count) in &rows {
        let (count, severity, name) = (thousands(*count), severity.name(), rule.name());
        writeln!(out, "{count:>width$}  {severity:<7}  {name:<longest$}  {}", rule.summary())?;
    }
    writeln!(out, "{total}  {}", if report.diagnostics.len() == 1 { "finding" } else { "findings" })
}

/// Returns each rule that was broken, its worst severity here and how often, most often first.
fn per_rule(report: &Report<'_>) -> Vec<(Rule, Severity, usize)> {
    let mut rules: BTreeMap<Rule, (Severity, usize)> = BTreeMap::new();
    for diagnostic in report.diagnostics {
        let (severity, count) = rules.entry(diagnostic.rule).or_insert((diagnostic.severity, 0));
        *severity = diagnostic.severity.max(*severity);
        *count += 1;
    }
    let mut rows: Vec<_> =
        rules.into_iter().map(|(rule, (severity, count))| (rule, severity, count)).collect();
    rows.sort_by_key(|&(_, _, count)| std::cmp::Reverse(count));
    rows
}

/// Returns `1 error`, `2 warnings` or `3 notes`.
pub(super) fn of_severity(count: usize, severity: Severity) -> String {
    match severity {
        Severity::Error => plural(count, "error", "errors"),
        Severity::Warning => plural(count, "warning", "warnings"),
        Severity::Info => plural(count, "note", "notes"),
    }
}

/// Returns a time as people say it: `61 ms`, `1.4 s`, `2 min 5 s`.
fn duration(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        millis @ 0..1_000 => format!("{} ms", millis.max(1)),
        millis @ 1_000..59_950 => format!("{}.{} s", (millis + 50) / 1_000, (millis + 50) % 1_000 / 100),
        millis => format!("{} min {} s", (millis + 500) / 60_000, (millis + 500) % 60_000 / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{catalog, finding, report};
    use super::*;

    #[test]
    fn the_summary_line_counts_in_words() {
        let sources = catalog(&[("a.yaml", "a: 1\n")]);
        let of = |rule, severity| {
            let mut found = finding(&sources, rule, "a.yaml", "a", "m");
            found.severity = severity;
            found
        };
        let error = of(Rule::UnknownKey, Severity::Error);
        let warning = of(Rule::UnknownKey, Severity::Warning);
        let note = of(Rule::UnknownKey, Severity::Info);
        for (diagnostics, files, entities, hidden, millis, expected) in [
            (vec![], 214, 1_842, 0, 61, "no findings in 214 files (1,842 entities) in 61 ms"),
            (vec![], 1, 1, 3, 1_449, "no findings, 3 not shown in 1 file (1 entity) in 1.4 s"),
            (
                vec![error.clone(), error, warning, note],
                2,
                1_234_567,
                1_000,
                125_000,
                "2 errors, 1 warning, 1 note, 1,000 not shown in 2 files (1,234,567 entities) in 2 min 5 s",
            ),
        ] {
            let mut report = report(&sources, &diagnostics);
            let elapsed = Some(Duration::from_millis(millis));
            report.summary = super::super::Summary { files, entities, elapsed, hidden };
            assert_eq!(summary_line(&report), expected);
        }
    }

    #[test]
    fn statistics_are_a_table_most_frequent_first() {
        let sources = catalog(&[("a.yaml", "a: 1\n")]);
        let mut diagnostics = vec![finding(&sources, Rule::UnknownKey, "a.yaml", "a", "m")];
        diagnostics.extend((0..12).map(|_| finding(&sources, Rule::UnknownColor, "a.yaml", "a", "m")));
        let mut out = Vec::new();
        statistics(&report(&sources, &diagnostics), &mut out).unwrap();
        let expected = "12  warning  unknown-color  a colour outside the palette\n \
                        1  error    unknown-key    a key that this place does not have\n13  findings\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
