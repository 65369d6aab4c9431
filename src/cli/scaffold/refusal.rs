//! Why there is no plan, said.

use std::io::{self, Write};

use crate::cli::answers::say_problems;
use crate::cli::{Failure, Global, Outcome, terminal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::printable::{plural, shown};
use crate::report::{self, Report, Style, Summary};
use crate::scaffold::Refusal;
use crate::source::Sources;

/// Says why there is no plan: what is wrong ends with findings, what cannot be done with a failure.
pub(super) fn say(refusal: Refusal, global: &Global) -> Result<Outcome, Failure> {
    match refusal {
        Refusal::Findings(sources, findings) => {
            say_findings(&sources, &findings, "nothing was written:", global)?;
            Ok(Outcome::Findings)
        }
        Refusal::Problems(problems) => {
            say_problems(&problems)?;
            Ok(Outcome::Findings)
        }
        Refusal::Other(message) => {
            let lines: Vec<String> = message.lines().map(shown).collect();
            Err(Failure::Other(lines.join("\n")))
        }
    }
}

/// Says findings, and after `lead` how many errors they are.
pub(super) fn say_findings(
    sources: &Sources,
    findings: &[Diagnostic],
    lead: &str,
    global: &Global,
) -> io::Result<()> {
    if global.is_silent() {
        return Ok(());
    }
    let mut stderr = io::stderr().lock();
    terminal::write_findings(sources, findings, global, &mut stderr)?;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    writeln!(stderr, "error: {lead} {}", plural(errors, "error", "errors"))
}

/// Returns a refusal in a line or several, for lists of them.
pub(super) fn lines(refusal: &Refusal) -> Vec<String> {
    match refusal {
        Refusal::Findings(sources, findings) => {
            let report =
                Report { sources, diagnostics: findings, summary: Summary::default(), prefix: String::new() };
            let style = Style { color: false, links: false, width: 0, quiet: true };
            let mut text = Vec::new();
            // Nothing can go wrong in memory.
            let _ = report::write(report::Format::Concise, &report, &style, &mut text);
            String::from_utf8_lossy(&text).lines().map(String::from).collect()
        }
        Refusal::Problems(problems) => problems
            .iter()
            .map(|problem| match &problem.help {
                Some(help) => shown(&format!("{} ({help})", problem.message)),
                None => shown(&problem.message),
            })
            .collect(),
        Refusal::Other(message) => message.lines().map(shown).collect(),
    }
}
