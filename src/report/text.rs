//! Findings for people: what is wrong, the lines it is in, what to do, and where to read more.

use std::io::{self, Write};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::SourceId;

use super::place::{Places, Unit};
use super::snippet::{Mark, draw};
use super::{REPOSITORY, Report, Style, rule_url, summary_line};
use crate::printable::shown;

/// Writes the findings and, unless quiet, the summary line.
pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let places = Places::new(report.sources, Unit::Characters);
    for diagnostic in report.diagnostics {
        if style.quiet && diagnostic.severity != Severity::Error {
            continue;
        }
        writeln!(out, "{}", heading(diagnostic, style))?;
        for snippet in snippets(report, &places, diagnostic, style) {
            out.write_all(snippet.as_bytes())?;
        }
        if let Some(help) = &diagnostic.help {
            writeln!(out, "  {} {}", paint("help:", HINT, style), shown(help))?;
        }
        writeln!(out, "  {} portal explain {}\n", paint("more:", HINT, style), diagnostic.rule.name())?;
    }
    if style.quiet { Ok(()) } else { writeln!(out, "{}", summary_line(report)) }
}

/// Colour of the words that introduce a hint: cyan.
const HINT: &str = "36";

/// Returns `error[dangling-relation]: the message`.
fn heading(diagnostic: &Diagnostic, style: &Style) -> String {
    let colour = match diagnostic.severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Info => "1;36",
    };
    let rule = diagnostic.rule;
    let title = paint(&format!("{}[{}]", diagnostic.severity.name(), rule.name()), colour, style);
    let address = rule_url(REPOSITORY, rule).filter(|_| style.links);
    let title = address.map_or(title.clone(), |address| link(&title, &address));
    format!("{title}: {}", shown(&diagnostic.message))
}

/// Returns `text` in a colour, given by its number in ANSI escapes.
fn paint(text: &str, colour: &str, style: &Style) -> String {
    if style.color { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_string() }
}

/// Returns `text` as a hyperlink for terminals.
fn link(text: &str, address: &str) -> String {
    format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
}

/// Returns the snippets of a finding: the primary place with what is near it, then each place elsewhere.
fn snippets(report: &Report<'_>, places: &Places<'_>, diagnostic: &Diagnostic, style: &Style) -> Vec<String> {
    let primary = &diagnostic.primary;
    let draw = |source: SourceId, (line, column): (usize, usize), marks: &[Mark]| {
        let title = format!("{}:{line}:{column}", shown(&report.path(source)));
        draw(report.sources.get(source), &title, marks, diagnostic.severity, style)
    };
    let mut near = vec![mark(report, primary, true)];
    let mut elsewhere = Vec::new();
    for label in &diagnostic.related {
        let mark = mark(report, label, false);
        if label.span.source == primary.span.source && mark.is_near(&near[0], style) {
            near.push(mark);
        } else {
            let start = places.elsewhere(label.span).start;
            elsewhere.push(draw(label.span.source, (start.line, start.column), &[mark]));
        }
    }
    let start = places.of(primary.span).start;
    elsewhere.insert(0, draw(primary.span.source, (start.line, start.column), &near));
    elsewhere
}

/// Returns the mark of a label of this report.
fn mark(report: &Report<'_>, label: &Label, primary: bool) -> Mark {
    Mark::new(report.sources.get(label.span.source), label, primary)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PLAIN, catalog, finding, hostile, report, span, written};
    use super::super::{Format, Style};
    use super::*;
    use crate::diagnostic::Rule;
    use crate::source::{Sources, Span};

    /// Asserts what is written about one finding, without the last line.
    fn assert_text(sources: &Sources, diagnostic: Diagnostic, expected: &str) {
        let text = written(Format::Text, &report(sources, &[diagnostic]), &PLAIN);
        let (findings, summary) = text.trim_end().rsplit_once("\n\n").unwrap();
        assert!(summary.ends_with("in 2 files (3 entities)"), "{summary}");
        assert_eq!(findings, expected.trim_end(), "\n{findings}\n");
    }

    /// The start of a catalog file.
    const CART: &str =
        "identifier: CartService\nblueprint: Component\nteam: shop\n\n\nrelations:\n  system: Crat\n";

    #[test]
    fn a_finding_is_shown_with_its_line_and_the_one_before() {
        let sources = catalog(&[("entities/cart.yaml", CART)]);
        let found = finding(
            &sources,
            Rule::DanglingRelation,
            "entities/cart.yaml",
            "Crat",
            "`system` names an entity that does not exist",
        );
        assert_text(
            &sources,
            found.label("no `System` has the identifier `Crat`").help("did you mean `Cart`?"),
            "\
error[dangling-relation]: `system` names an entity that does not exist
   ╭─[entities/cart.yaml:7:11]
 6 │ relations:
 7 │   system: Crat
   ·           ──┬─
   ·             ╰── no `System` has the identifier `Crat`
   ╰────
  help: did you mean `Cart`?
  more: portal explain dangling-relation
",
        );
    }

    #[test]
    fn near_places_share_a_snippet_and_far_ones_do_not() {
        let far = "#\n".repeat(20);
        let sources = catalog(&[("a.yaml", &format!("one: 1\ntwo: 2\nthree: 3\n{far}four: 4"))]);
        let found = finding(&sources, Rule::DuplicateKey, "a.yaml", "three", "twice").label("again");
        assert_text(
            &sources,
            found
                .related(span(&sources, "a.yaml", "one"), "first")
                .related(span(&sources, "a.yaml", "four"), ""),
            "\
error[duplicate-key]: twice
   ╭─[a.yaml:3:1]
 1 │ one: 1
   · ─┬─
   ·  ╰── first
 2 │ two: 2
 3 │ three: 3
   · ──┬──
   ·   ╰── again
   ╰────
    ╭─[a.yaml:24:1]
 23 │ #
 24 │ four: 4
    · ────
    ╰────
  more: portal explain duplicate-key
",
        );
    }

    #[test]
    fn a_place_in_another_file_has_its_own_snippet() {
        let sources = catalog(&[("a.yaml", "a: x\n"), ("b.yaml", "# b\nb: y\n")]);
        let found = finding(&sources, Rule::DuplicateIdentifier, "b.yaml", "y", "`y` is taken").label("here");
        assert_text(
            &sources,
            found.related(span(&sources, "a.yaml", "x"), "first declared here"),
            "\
error[duplicate-identifier]: `y` is taken
   ╭─[b.yaml:2:4]
 1 │ # b
 2 │ b: y
   ·    ┬
   ·    ╰── here
   ╰────
   ╭─[a.yaml:1:4]
 1 │ a: x
   ·    ┬
   ·    ╰── first declared here
   ╰────
  more: portal explain duplicate-identifier
",
        );
    }

    #[test]
    fn a_long_line_is_clipped_around_the_mark() {
        let long = format!("{{{}\"bad\": 1, {}}}", "\"k\": 1, ".repeat(50_000), "\"k\": 1, ".repeat(50_000));
        let sources = catalog(&[("a.json", &long)]);
        let found = finding(&sources, Rule::UnknownKey, "a.json", "\"bad\"", "no such key").label("here");
        assert_text(&sources, found, "\
error[unknown-key]: no such key
   ╭─[a.json:1:400002]
 1 │ …: 1, \"k\": 1, \"k\": 1, \"k\": 1, \"bad\": 1, \"k\": 1, \"k\": 1, \"k\": 1, \"k\": 1, \"k\": 1, \"k\": 1, \"…
   ·                               ──┬──
   ·                                 ╰── here
   ╰────
  more: portal explain unknown-key
");
    }

    #[test]
    fn ends_and_empty_files_and_several_lines_are_shown() {
        let sources = catalog(&[("a.yaml", "\u{feff}key:\n\tmany\nend"), ("empty.yaml", "")]);
        let many = finding(&sources, Rule::WrongType, "a.yaml", "many\nend", "several lines");
        assert_text(
            &sources,
            many,
            "\
error[wrong-type]: several lines
   ╭─[a.yaml:2:2]
 1 │ key:
 2 │     many
   ·     ────
   ╰────
  more: portal explain wrong-type
",
        );
        let end = Diagnostic::new(Rule::Syntax, Span::new(SourceId::new(0), 17, 99), "unexpected end");
        assert_text(
            &sources,
            end.label("here"),
            "\
error[syntax]: unexpected end
   ╭─[a.yaml:3:4]
 2 │     many
 3 │ end
   ·    ▲
   ·    ╰── here
   ╰────
  more: portal explain syntax
",
        );
        let empty = Diagnostic::new(Rule::EmptyDocument, Span::start_of(SourceId::new(1)), "nothing here");
        assert_text(
            &sources,
            empty,
            "\
warning[empty-document]: nothing here
   ╭─[empty.yaml:1:1]
 1 │
   · ▲
   ╰────
  more: portal explain empty-document
",
        );
    }

    #[test]
    fn a_clean_run_says_so() {
        let sources = catalog(&[]);
        let text = written(Format::Text, &report(&sources, &[]), &PLAIN);
        assert_eq!(text, "no findings in 2 files (3 entities)\n");
        assert_eq!(written(Format::Text, &report(&sources, &[]), &Style { quiet: true, ..PLAIN }), "");
    }

    #[test]
    fn hostile_text_is_shown_escaped() {
        hostile(|report| {
            let text = written(Format::Text, report, &PLAIN);
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text}");
            assert!(!text.contains(['\u{202e}', '\u{200b}', '\u{2028}', '\u{feff}']), "{text}");
            assert!(!text.contains("##vso[") && !text.contains("##["), "{text}");
            assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        });
    }

    #[test]
    fn colours_and_links_only_when_asked_for() {
        let sources = catalog(&[("a.yaml", "a: 1\n")]);
        let diagnostics = [finding(&sources, Rule::UnknownKey, "a.yaml", "a", "m").label("l")];
        let report = report(&sources, &diagnostics);
        let text = written(Format::Text, &report, &Style { color: true, ..PLAIN });
        assert!(text.starts_with("\u{1b}[1;31merror[unknown-key]\u{1b}[0m: m\n"), "{text}");
        assert!(text.contains("\u{1b}[31m╰── "), "{text:?}");
        assert_eq!(link("text", "url"), "\u{1b}]8;;url\u{1b}\\text\u{1b}]8;;\u{1b}\\");
    }
}
