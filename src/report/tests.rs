//! What the tests of all formats share: small catalogs, findings, and text that must stay text.

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{Source, Sources, Span};

use super::{Format, Report, Style, Summary, write};

/// A style without colour.
pub(super) const PLAIN: Style = Style { color: false, links: false, width: 100, quiet: false };

/// Text that a catalog may hold and no report may act on.
pub(super) const HOSTILE: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m\u{1b}]8;;http://example.invalid\u{7}link",
    "]]><![CDATA[<script>alert(1)</script>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "</failure>",
    "::set-output name=x::y",
    "line\n::warning::second line",
    "a\r::error::b\r\n::stop-commands::x",
    "%0A::error::x",
    "a, b: c%2C",
    "##vso[task.setvariable variable=PATH]x",
    "##[command]x",
    "\u{202e}gnp.exe",
    "a\u{200b}b\u{2028}c\u{85}d\u{feff}e\u{fffe}",
    "\0\u{7}\u{8}\u{7f}",
    "\"double\" 'single' \\",
    "| a | b |",
    "`tick` ``two`` ```html\n</code></pre><script>alert(1)</script>\n```",
    "`",
    "``",
    "<details open ontoggle=alert(1)>",
    "[x](javascript:alert(1)) ![x](x\"onerror=alert(1))",
    "@someone #12 http://user:secret@example.invalid/ www.example.invalid",
    "$\\href{javascript:alert(1)}{x}$ **b** _i_ ~~s~~",
    "/approve",
    "\",\"x\":\"y",
    "\u{1d54a}\u{1d554} 👩\u{200d}👩 Z\u{338}\u{356} \u{627}\u{200e}\u{644}",
    "",
];

/// Returns the sources with these paths and texts.
pub(super) fn catalog(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|&(path, text)| Source::new(path, text)).collect()
}

/// Returns the span of the first `needle` in the file at `path`.
pub(super) fn span(sources: &Sources, path: &str, needle: &str) -> Span {
    let id = sources.find(path).unwrap();
    let start = sources.get(id).text().find(needle).unwrap();
    Span::new(id, start, start + needle.len())
}

/// Returns a finding at the first `needle` in the file at `path`.
pub(super) fn finding(sources: &Sources, rule: Rule, path: &str, needle: &str, message: &str) -> Diagnostic {
    Diagnostic::new(rule, span(sources, path, needle), message)
}

/// Returns a report of `diagnostics` about two files and three entities.
pub(super) fn report<'a>(sources: &'a Sources, diagnostics: &'a [Diagnostic]) -> Report<'a> {
    let summary = Summary { files: 2, entities: 3, elapsed: None, hidden: 0 };
    Report { sources, diagnostics, summary, prefix: String::new() }
}

/// Returns what a format writes.
pub(super) fn written(format: Format, report: &Report<'_>, style: &Style) -> String {
    let mut out = Vec::new();
    write(format, report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Returns what a format for programs writes, as JSON.
pub(super) fn parsed(format: Format, report: &Report<'_>) -> serde_json::Value {
    serde_json::from_str(&written(format, report, &PLAIN)).unwrap()
}

/// Calls `check` with a report whose source, messages, labels and help are all hostile.
pub(super) fn hostile(check: impl Fn(&Report<'_>)) {
    let text: String = HOSTILE.iter().map(|text| format!("key: {text}\n")).collect();
    let sources = catalog(&[("a.yaml", &text)]);
    let mut start = 0;
    let mut diagnostics = Vec::new();
    for text in HOSTILE {
        let at = Span::new(sources.find("a.yaml").unwrap(), start + 5, start + 5 + text.len());
        let found = Diagnostic::new(
            Rule::UnknownKey,
            at,
            format!("{text}{}", if text.is_empty() { "m" } else { "" }),
        );
        diagnostics.push(found.label(*text).help(*text).related(at, *text));
        start += text.len() + 6;
    }
    check(&report(&sources, &diagnostics));
}
