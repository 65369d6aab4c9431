//! One line for each finding: `path:line:col: error[rule] message`.

use std::io::{self, Write};

use crate::diagnostic::Severity;

use super::place::{Places, Unit};
use super::{Report, Style};
use crate::printable::shown;

/// Writes the findings, a line each, without a summary.
pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let places = Places::new(report.sources, Unit::Characters);
    let wanted = |severity| !style.quiet || severity == Severity::Error;
    for diagnostic in report.diagnostics.iter().filter(|diagnostic| wanted(diagnostic.severity)) {
        let path = shown(&report.path(diagnostic.source()));
        let start = places.of(diagnostic.primary.span).start;
        let (severity, rule) = (diagnostic.severity.name(), diagnostic.rule.name());
        let message = shown(&diagnostic.message);
        writeln!(out, "{path}:{}:{}: {severity}[{rule}] {message}", start.line, start.column)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PLAIN, catalog, finding, hostile, report, written};
    use super::super::{Format, Style};
    use crate::diagnostic::{Rule, Severity};

    #[test]
    fn findings_are_lines() {
        let sources = catalog(&[("a.yaml", "é: 1\nb: 2\n")]);
        let mut diagnostics = vec![
            finding(&sources, Rule::UnknownKey, "a.yaml", "1", "no such key"),
            finding(&sources, Rule::UnknownColor, "a.yaml", "2", "no such colour"),
        ];
        diagnostics[0].severity = Severity::Info;
        diagnostics[1].severity = Severity::Error;
        let mut report = report(&sources, &diagnostics);
        report.prefix = "catalog/".to_string();
        let error = "catalog/a.yaml:2:4: error[unknown-color] no such colour\n";
        let all = format!("catalog/a.yaml:1:4: info[unknown-key] no such key\n{error}");
        assert_eq!(written(Format::Concise, &report, &PLAIN), all);
        assert_eq!(written(Format::Concise, &report, &Style { quiet: true, ..PLAIN }), error);
    }

    #[test]
    fn hostile_text_stays_on_its_line() {
        hostile(|report| {
            let text = written(Format::Concise, report, &PLAIN);
            assert_eq!(text.lines().count(), report.diagnostics.len());
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
            assert!(text.lines().all(|line| line.starts_with("a.yaml:")), "{text:?}");
        });
    }
}
