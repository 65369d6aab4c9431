//! What the terminal can do, and findings shown on it.

use std::io::{self, IsTerminal, Write};

use super::{ColorChoice, Global};
use crate::diagnostic::Diagnostic;
use crate::report::{Format, Report, Style, Summary};
use crate::source::Sources;

impl Global {
    /// Returns whether to write colours to a stream, after the flag, `NO_COLOR`, `CLICOLOR_FORCE` and the terminal.
    pub(super) fn color(&self, stream: &impl IsTerminal) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set("NO_COLOR") => false,
            ColorChoice::Auto if set("CLICOLOR_FORCE") || set("FORCE_COLOR") => true,
            ColorChoice::Auto => {
                stream.is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }

    /// Returns how a report for people looks on a stream.
    pub(super) fn style(&self, stream: &impl IsTerminal) -> Style {
        let color = self.color(stream);
        Style { color, links: color && stream.is_terminal(), width: width(stream), quiet: self.quiet > 0 }
    }

    /// Returns whether nothing is to be said at all.
    pub(super) fn is_silent(&self) -> bool {
        self.quiet > 1
    }
}

/// Returns the columns of the terminal; 100 without one.
pub(super) fn width(stream: &impl IsTerminal) -> usize {
    const USUAL: usize = 100;
    if !stream.is_terminal() {
        return USUAL;
    }
    let stated = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    stated.or_else(measured).unwrap_or(USUAL)
}

/// Writes findings with the lines they are in, for a person on stderr.
pub(super) fn write_findings(
    sources: &Sources,
    diagnostics: &[Diagnostic],
    global: &Global,
    stderr: &mut dyn Write,
) -> io::Result<()> {
    let report = Report { sources, diagnostics, summary: Summary::default(), prefix: String::new() };
    let style = Style { quiet: true, ..global.style(&io::stderr()) };
    crate::report::write(Format::Text, &report, &style, stderr)
}

/// Writes findings, also warnings, a line each.
pub(super) fn write_warnings(
    sources: &Sources,
    diagnostics: &[Diagnostic],
    global: &Global,
    stderr: &mut dyn Write,
) -> io::Result<()> {
    let report = Report { sources, diagnostics, summary: Summary::default(), prefix: String::new() };
    let style = Style { quiet: false, ..global.style(&io::stderr()) };
    crate::report::write(Format::Concise, &report, &style, stderr)
}
