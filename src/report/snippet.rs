//! Source lines with marks under them, drawn by miette.
//!
//! miette reads a source from its start for every snippet and shows it as it is. So it never gets a file:
//! it gets the few lines it is to draw, with their number, after harmful characters have become escapes and
//! long lines a window around the mark.

use std::fmt;
use std::ops::Range;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceSpan,
};

use crate::diagnostic::{Label, Severity};
use crate::source::Source;

use super::Style;
use crate::printable::{Shown, show, shown};

/// Marks at most this many lines apart share a snippet.
const NEAR: usize = 5;

/// A range of bytes on one line of a source, and what to say about it.
#[derive(Debug)]
pub(super) struct Mark {
    line: usize,
    bytes: Range<usize>,
    text: String,
    primary: bool,
}

impl Mark {
    /// Returns the mark of `label`; of several lines, the first is marked.
    pub(super) fn new(source: &Source, label: &Label, primary: bool) -> Self {
        let line = source.line_at(label.span.start);
        let range = source.line_range(line).unwrap_or(0..0);
        let byte = |at: u32| source.text().floor_char_boundary((at as usize).clamp(range.start, range.end));
        Self { line, bytes: byte(label.span.start)..byte(label.span.end), text: shown(&label.text), primary }
    }

    /// Returns whether the mark can share a snippet with `other` of the same source.
    pub(super) fn is_near(&self, other: &Self, style: &Style) -> bool {
        let apart = self.bytes.start.abs_diff(other.bytes.start);
        self.line.abs_diff(other.line) <= NEAR && (self.line != other.line || apart <= columns(style) / 2)
    }
}

/// Returns the lines of `source` that `marks` are on and one before, in a frame titled `title`.
pub(super) fn draw(
    source: &Source,
    title: &str,
    marks: &[Mark],
    severity: Severity,
    style: &Style,
) -> String {
    let excerpt = Excerpt::new(source, title, marks, columns(style));
    let handler = GraphicalReportHandler::new_themed(theme(&excerpt, severity, style))
        .without_primary_span_start()
        .without_syntax_highlighting()
        .with_links(false);
    let mut drawn = String::new();
    handler.render_report(&mut drawn, &excerpt).expect("a string takes all that is written to it");
    // The first line would be miette's own heading; the report has written its own.
    let lines = drawn.lines().skip(1).map(str::trim_end).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Returns how many characters of a source line are shown.
fn columns(style: &Style) -> usize {
    // The frame, the line number and two signs for what was cut take the rest.
    style.width.clamp(60, 240) - 12
}

/// Returns miette's look, with the primary mark in the colour of the severity.
fn theme(excerpt: &Excerpt, severity: Severity, style: &Style) -> GraphicalTheme {
    let mut theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let primary = match severity {
        Severity::Error => theme.styles.error,
        Severity::Warning => theme.styles.warning,
        Severity::Info => theme.styles.advice,
    };
    let related = theme.styles.help;
    theme.styles.highlights =
        excerpt.labels.iter().map(|label| if label.primary() { primary } else { related }).collect();
    theme
}

/// The lines of one snippet, as miette reads them.
#[derive(Debug)]
struct Excerpt {
    title: String,
    first: usize,
    text: String,
    labels: Vec<LabeledSpan>,
}

impl Excerpt {
    /// Returns the excerpt of `source` that shows `marks`.
    fn new(source: &Source, title: &str, marks: &[Mark], columns: usize) -> Self {
        let first = marks.iter().map(|mark| mark.line).min().unwrap_or(1).saturating_sub(1).max(1);
        let last = marks.iter().map(|mark| mark.line).max().unwrap_or(first);
        let mut excerpt = Self { title: title.to_string(), first, text: String::new(), labels: Vec::new() };
        for line in first..=last {
            let mut here: Vec<&Mark> = marks.iter().filter(|mark| mark.line == line).collect();
            here.sort_by_key(|mark| (mark.bytes.start, !mark.primary));
            excerpt.add_line(source, line, &here, columns);
        }
        excerpt
    }

    /// Adds a line, or the part of it around its marks, and the marks.
    fn add_line(&mut self, source: &Source, line: usize, marks: &[&Mark], columns: usize) {
        let range = source.line_range(line).unwrap_or(0..0);
        let text = &source.text()[range.clone()];
        let leading = marks.iter().find(|mark| mark.primary).or(marks.first());
        let window = window(text, leading.map_or(0, |mark| mark.bytes.start - range.start), columns);
        if window.start > 0 {
            self.text.push('…');
        }
        let offsets = self.add_text(text, &window);
        for mark in marks {
            let place =
                |byte: usize| offsets[(byte - range.start).clamp(window.start, window.end) - window.start];
            self.add_label(mark, place(mark.bytes.start)..place(mark.bytes.end));
        }
        if window.end < text.len() {
            self.text.push('…');
        }
        self.text.push('\n');
    }

    /// Adds the `window` of a line; returns where each of its bytes, and the one past it, has gone.
    fn add_text(&mut self, line: &str, window: &Range<usize>) -> Vec<usize> {
        let mut offsets = Vec::with_capacity(window.len() + 1);
        for (at, character) in line[window.clone()].char_indices() {
            offsets.extend(std::iter::repeat_n(self.text.len(), character.len_utf8()));
            match show(line, window.start + at, character) {
                // Editors do not show a byte-order mark.
                _ if window.start + at == 0 && character == '\u{feff}' => {}
                Shown::Plain(character) => self.text.push(character),
                Shown::Escaped(escape) => self.text.push_str(&escape),
            }
        }
        offsets.push(self.text.len());
        offsets
    }

    /// Adds a mark at these bytes of the excerpt.
    fn add_label(&mut self, mark: &Mark, at: Range<usize>) {
        let text = Some(mark.text.clone()).filter(|text| !text.is_empty());
        let span = SourceSpan::from((at.start, at.len()));
        let label =
            if mark.primary { LabeledSpan::new_primary_with_span } else { LabeledSpan::new_with_span };
        self.labels.push(label(text, span));
    }
}

/// Returns the bytes of `line` to show: all of it when it has at most `columns` characters, else as many
/// around `mark`. Looks at no more than that much of the line.
fn window(line: &str, mark: usize, columns: usize) -> Range<usize> {
    if line.char_indices().nth(columns).is_none() {
        return 0..line.len();
    }
    let before =
        |count: usize| line[..mark].char_indices().rev().take(count).last().map_or(mark, |(at, _)| at);
    let from =
        |start: usize| line[start..].char_indices().nth(columns).map_or(line.len(), |(at, _)| start + at);
    let start = before(columns / 3);
    match from(start) {
        end if end < line.len() => start..end,
        end => line.char_indices().rev().take(columns).last().map_or(0, |(at, _)| at)..end,
    }
}

impl miette::SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, MietteError> {
        let all = SourceSpan::from((0, self.text.len()));
        let count = self.text.matches('\n').count();
        let (name, text) = (self.title.clone(), self.text.as_bytes());
        Ok(Box::new(MietteSpanContents::new_named(name, text, all, self.first - 1, 0, count)))
    }
}

impl miette::Diagnostic for Excerpt {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl std::error::Error for Excerpt {}

impl fmt::Display for Excerpt {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_the_mark_and_as_many_characters_as_there_is_room_for() {
        let line = "é".repeat(100);
        for (mark, expected) in [(0, 0..60), (20, 0..60), (100, 80..140), (198, 140..200), (200, 140..200)] {
            assert_eq!(window(&line, mark, 30), expected, "mark at {mark}");
        }
        assert_eq!(window("short", 5, 30), 0..5);
    }
}
