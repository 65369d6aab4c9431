//! JUnit XML, in the strict form that Jenkins, GitLab and Azure Pipelines all read.
//!
//! A file with findings is a suite, a finding a case. Only errors are failures, as only they fail a run; a
//! warning is a case that passes and says so in its output.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceId;

use super::fingerprint::Fingerprints;
use super::place::{Places, Unit};
use super::{Report, lines};
use crate::printable::junit::Case;
use crate::printable::shown;

/// Writes the document.
pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let suites = suites(report);
    let cases = suites.iter().map(|suite| suite.cases.len()).sum();
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let attributes = counts("portal", cases, report.count(Severity::Error));
    let element = writer.create_element("testsuites").with_attributes(borrowed(&attributes));
    element.write_inner_content(|writer| suites.iter().try_for_each(|suite| suite.write(writer)))?;
    out.write_all(b"\n")
}

/// The cases of one file.
struct Suite {
    name: String,
    cases: Vec<Case>,
}

/// Returns a suite for each file with findings; without any, one with a case that passes.
fn suites(report: &Report<'_>) -> Vec<Suite> {
    let places = Places::new(report.sources, Unit::Characters);
    let mut names = Fingerprints::default();
    let by_file = report.diagnostics.chunk_by(|a, b| a.source() == b.source());
    let suites: Vec<Suite> = by_file
        .map(|found| Suite {
            name: shown(&report.path(found[0].source())),
            cases: found.iter().map(|diagnostic| case(report, &places, &mut names, diagnostic)).collect(),
        })
        .collect();
    if suites.is_empty() { vec![clean()] } else { suites }
}

/// Returns the suite of a run without findings.
fn clean() -> Suite {
    let (name, body) = ("no findings".to_string(), String::new());
    let case = Case { name, element: None, about: Vec::new(), body };
    Suite { name: "portal".to_string(), cases: vec![case] }
}

/// Returns the case of a finding. Its name holds no line, so that it stays the same from run to run.
fn case<'a>(
    report: &Report<'_>,
    places: &Places<'_>,
    names: &mut Fingerprints<'a>,
    diagnostic: &'a Diagnostic,
) -> Case {
    let (rule, message) = (diagnostic.rule.name(), shown(&diagnostic.message));
    let repeated = match names.occurrence(diagnostic) {
        0 => String::new(),
        times => format!(" ({})", times + 1),
    };
    let failure = diagnostic.severity == Severity::Error;
    let name = format!("{rule}: {message}{repeated}");
    Case {
        name,
        element: Some(if failure { "failure" } else { "system-out" }),
        about: if failure { vec![("message", message), ("type", rule.to_string())] } else { Vec::new() },
        body: format!("{}: {}", location(report, places, diagnostic), lines(diagnostic).join("\n")),
    }
}

/// Returns `path:line:column`.
fn location(report: &Report<'_>, places: &Places<'_>, diagnostic: &Diagnostic) -> String {
    let source: SourceId = diagnostic.source();
    let start = places.of(diagnostic.primary.span).start;
    format!("{}:{}:{}", shown(&report.path(source)), start.line, start.column)
}

impl Suite {
    /// Writes the suite.
    fn write<W: Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        let failures = self.cases.iter().filter(|case| case.element == Some("failure")).count();
        let attributes = counts(&self.name, self.cases.len(), failures);
        let element = writer.create_element("testsuite").with_attributes(borrowed(&attributes));
        element.write_inner_content(|writer| {
            self.cases.iter().try_for_each(|case| case.write(writer, &self.name))
        })?;
        Ok(())
    }
}

/// Returns the attributes of a suite or of all suites.
fn counts(name: &str, tests: usize, failures: usize) -> [(&'static str, String); 4] {
    [
        ("name", name.to_string()),
        ("tests", tests.to_string()),
        ("failures", failures.to_string()),
        ("errors", "0".to_string()),
    ]
}

/// Returns attributes as the writer takes them.
fn borrowed<'a>(attributes: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes.iter().map(|(name, value)| (*name, value.as_str()))
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;

    use super::super::Format;
    use super::super::tests::{PLAIN, catalog, finding, hostile, report, written};
    use super::*;
    use crate::diagnostic::Rule;

    #[test]
    fn errors_fail_and_warnings_pass() {
        let sources = catalog(&[("a.yaml", "a: 1\n"), ("b.yaml", "b: <&>\n")]);
        let diagnostics = [
            finding(&sources, Rule::UnknownKey, "a.yaml", "a", "`a` is no key").help("remove it"),
            finding(&sources, Rule::UnknownKey, "a.yaml", "a", "`a` is no key"),
            finding(&sources, Rule::UnknownColor, "b.yaml", "<", "`<&>` is \"no\" colour"),
        ];
        assert_eq!(
            written(Format::Junit, &report(&sources, &diagnostics), &PLAIN),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="portal" tests="3" failures="2" errors="0">
  <testsuite name="a.yaml" tests="2" failures="2" errors="0">
    <testcase name="unknown-key: `a` is no key" classname="a.yaml">
      <failure message="`a` is no key" type="unknown-key">a.yaml:1:1: `a` is no key
help: remove it</failure>
    </testcase>
    <testcase name="unknown-key: `a` is no key (2)" classname="a.yaml">
      <failure message="`a` is no key" type="unknown-key">a.yaml:1:1: `a` is no key</failure>
    </testcase>
  </testsuite>
  <testsuite name="b.yaml" tests="1" failures="0" errors="0">
    <testcase name="unknown-color: `&lt;&amp;&gt;` is &quot;no&quot; colour" classname="b.yaml">
      <system-out>b.yaml:1:4: `&lt;&amp;&gt;` is &quot;no&quot; colour</system-out>
    </testcase>
  </testsuite>
</testsuites>
"#
        );
    }

    #[test]
    fn a_clean_run_has_a_case_that_passes() {
        let sources = catalog(&[]);
        assert_eq!(
            written(Format::Junit, &report(&sources, &[]), &PLAIN),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="portal" tests="1" failures="0" errors="0">
  <testsuite name="portal" tests="1" failures="0" errors="0">
    <testcase name="no findings" classname="portal"/>
  </testsuite>
</testsuites>
"#
        );
    }

    #[test]
    fn hostile_text_is_well_formed() {
        hostile(|report| {
            let text = written(Format::Junit, report, &PLAIN);
            let mut reader = Reader::from_str(&text);
            let mut failures = 0;
            loop {
                match reader.read_event().unwrap() {
                    Event::Start(start) if start.name().as_ref() == b"failure" => failures += 1,
                    Event::CData(_) | Event::DocType(_) | Event::Comment(_) => panic!("{text}"),
                    Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(failures, report.diagnostics.len());
            assert!(!text.contains(|c: char| c.is_control() && c != '\n' || c == '\u{fffe}'), "{text:?}");
        });
    }
}
