//! Results as JUnit XML: a scorecard is a suite, a rule of an entity a case.
//!
//! What failed is a failure. What cannot be said, or does not count yet, is skipped; a rule in stage warn and a waived
//! one pass and say so.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use super::Board;
use super::result::Verdict;
use crate::known::Outcome;
use crate::model::scorecard::Stage;
use crate::printable::junit::Case;
use crate::printable::shown;

/// Writes the document.
pub(super) fn write(board: &Board<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    let suites: Vec<Suite> = board.cards().iter().map(|card| suite(board, card)).collect();
    let sum = |outcome| suites.iter().map(|suite| suite.count(outcome)).sum::<usize>();
    let cases: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (tests, failures) = (cases.to_string(), sum("failure").to_string());
    let attributes =
        [("name", "portal"), ("tests", tests.as_str()), ("failures", failures.as_str()), ("errors", "0")];
    let element = writer.create_element("testsuites").with_attributes(attributes);
    element.write_inner_content(|writer| suites.iter().try_for_each(|suite| suite.write(writer)))?;
    out.write_all(b"\n")
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

fn suite(board: &Board<'_>, card: &crate::known::Card) -> Suite {
    let mut cases = Vec::new();
    let same = board.cards().iter().filter(|other| other.identifier == card.identifier).count();
    for &own in board.cards().iter().filter(|own| std::ptr::eq(**own, card)) {
        for standing in board.standings_of(own) {
            let label = board.label(standing.entity);
            let verdicts = board.verdicts(&standing);
            cases.extend(verdicts.iter().map(|verdict| case(board, &label, verdict)));
        }
    }
    let blueprint = &board.portal.catalog.blueprint(card.blueprint).identifier.value;
    let name = if same > 1 { format!("{blueprint}/{}", card.identifier) } else { card.identifier.clone() };
    Suite { name: shown(&name), cases }
}

fn case(board: &Board<'_>, label: &str, verdict: &Verdict<'_>) -> Case {
    let seen: Vec<String> =
        verdict.evidence.iter().map(|evidence| shown(&board.sentence(evidence))).collect();
    let mut body = seen.clone();
    body.extend(verdict.waived().map(|waived| shown(&waived)));
    let fix = verdict.how_to_fix().into_iter().flat_map(|fix| fix.trim().lines()).map(shown).enumerate();
    body.extend(fix.map(|(at, line)| if at == 0 { format!("fix: {line}") } else { line }));
    let (element, lead) = match (verdict.outcome, verdict.rule.stage) {
        (Outcome::Passed, _) => (None, ""),
        (Outcome::Waived, _) => (Some("system-out"), ""),
        (_, Stage::Preview) => (Some("skipped"), "in preview: "),
        (Outcome::Unknown, _) => (Some("skipped"), "unknown: "),
        (Outcome::Failed, Stage::Warn) => (Some("system-out"), ""),
        (Outcome::Failed, Stage::Enforce) => (Some("failure"), ""),
    };
    if element == Some("system-out") && verdict.outcome == Outcome::Failed {
        body.insert(0, "warning: the rule fails, in stage warn".into());
    }
    let message = ("message", format!("{lead}{}", seen.join("; ")));
    Case {
        name: shown(&format!("{label}: {}", verdict.rule.identifier)),
        element,
        about: if element == Some("system-out") { Vec::new() } else { vec![message] },
        body: body.join("\n"),
    }
}

impl Suite {
    fn count(&self, element: &str) -> usize {
        self.cases.iter().filter(|case| case.element == Some(element)).count()
    }

    fn write<W: Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        let counts = [self.cases.len(), self.count("failure"), self.count("skipped")].map(|n| n.to_string());
        let attributes = [
            ("name", self.name.as_str()),
            ("tests", &counts[0]),
            ("failures", &counts[1]),
            ("errors", "0"),
            ("skipped", &counts[2]),
        ];
        let element = writer.create_element("testsuite").with_attributes(attributes);
        element.write_inner_content(|writer| {
            self.cases.iter().try_for_each(|case| case.write(writer, &self.name))
        })?;
        Ok(())
    }
}
