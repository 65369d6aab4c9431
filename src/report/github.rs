//! GitHub workflow commands: lines in the log of a job that become annotations in a pull request.

use std::io::{self, Write};

use crate::diagnostic::{Diagnostic, Severity};

use super::place::{Places, Unit};
use super::summary::of_severity;
use super::{Report, lines};

/// GitHub drops annotations beyond this many of one level in a step, without a word.
const PER_LEVEL: usize = 10;

/// Writes at most ten commands for each level, errors first; the last one of a level counts the rest.
pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let places = Places::new(report.sources, Unit::Characters);
    for (severity, command) in
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "notice")]
    {
        let count = report.count(severity);
        let annotated = if count > PER_LEVEL { PER_LEVEL - 1 } else { count };
        let found = report.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity);
        for diagnostic in found.take(annotated) {
            writeln!(out, "::{command} {}", annotation(report, &places, diagnostic))?;
        }
        if count > annotated {
            let rest = of_severity(count - annotated, severity);
            writeln!(out, "::{command} title=portal::{rest} not annotated, see the summary of the job")?;
        }
    }
    Ok(())
}

/// Returns the properties and the message of a command.
fn annotation(report: &Report<'_>, places: &Places<'_>, diagnostic: &Diagnostic) -> String {
    let place = places.of(diagnostic.primary.span);
    let (start, end) = (place.start, place.end);
    // GitHub refuses columns of a range over several lines.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    let file = property(&report.path(diagnostic.source()));
    let (rule, message) = (diagnostic.rule.name(), data(&lines(diagnostic).join("\n")));
    format!("file={file},line={},endLine={}{columns},title={rule}::{message}", start.line, end.line)
}

/// Returns the message of a command, escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns the value of a property, escaped.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::tests::{PLAIN, catalog, finding, hostile, report, written};
    use crate::diagnostic::{Rule, Severity};

    #[test]
    fn a_finding_is_a_command() {
        let sources = catalog(&[("a: b,c%.yaml", "é: 1\nb: 2\n")]);
        let at = |needle, message| finding(&sources, Rule::UnknownKey, "a: b,c%.yaml", needle, message);
        let mut diagnostics =
            vec![at("é", "100% a: b, c").label("label").help("do\nit"), at("1\nb", "two lines")];
        diagnostics[0].severity = Severity::Info;
        let mut report = report(&sources, &diagnostics);
        report.prefix = "services/catalog/".to_string();
        let file = "file=services/catalog/a%3A b%2Cc%25.yaml";
        assert_eq!(
            written(Format::Github, &report, &PLAIN),
            format!(
                "::error {file},line=1,endLine=2,title=unknown-key::two lines\n\
                 ::notice {file},line=1,endLine=1,col=1,endColumn=2,title=unknown-key::\
                 100%25 a: b, c%0Alabel%0Ahelp: do\\nit\n"
            )
        );
    }

    #[test]
    fn ten_commands_are_written_for_each_level() {
        let sources = catalog(&[("a.yaml", "a: 1\n")]);
        for (count, expected) in [(10, 10), (11, 10), (1_200, 10)] {
            let diagnostics = vec![finding(&sources, Rule::UnknownColor, "a.yaml", "a", "m"); count];
            let text = written(Format::Github, &report(&sources, &diagnostics), &PLAIN);
            assert_eq!(text.lines().count(), expected);
        }
        let diagnostics = vec![finding(&sources, Rule::UnknownColor, "a.yaml", "a", "m"); 1_200];
        let text = written(Format::Github, &report(&sources, &diagnostics), &PLAIN);
        let last = "::warning title=portal::1,191 warnings not annotated, see the summary of the job";
        assert_eq!(text.lines().last(), Some(last));
    }

    #[test]
    fn hostile_text_gives_no_command_of_its_own() {
        hostile(|report| {
            let text = written(Format::Github, report, &PLAIN);
            assert!(text.lines().all(|line| line.starts_with("::error ")), "{text}");
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        });
    }
}
