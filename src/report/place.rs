//! Lines and columns of spans, in the unit that a format counts in.

use std::cell::Cell;

use crate::source::{Position, SourceId, Sources, Span};

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Unicode scalar values.
    Characters,
    /// UTF-16 code units.
    Utf16,
}

/// Where a span begins and ends; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: Position,
    pub(super) end: Position,
}

/// A byte on a line whose column is known.
#[derive(Debug, Clone, Copy)]
struct Known {
    source: SourceId,
    line: usize,
    byte: usize,
    column: usize,
}

/// Finds places, remembering the last one: a generated file can be one line of a megabyte with thousands of
/// findings, and counting each column from the start of that line would take minutes.
#[derive(Debug)]
pub(super) struct Places<'a> {
    sources: &'a Sources,
    unit: Unit,
    last: Cell<Option<Known>>,
}

impl<'a> Places<'a> {
    /// Returns a finder of places in `sources`.
    pub(super) fn new(sources: &'a Sources, unit: Unit) -> Self {
        Self { sources, unit, last: Cell::new(None) }
    }

    /// Returns the place of the finding at `span`; quick when findings come in order.
    pub(super) fn of(&self, span: Span) -> Place {
        let start = self.locate(span.source, span.start);
        self.last.set(Some(start));
        let end = self.locate(span.source, span.end);
        Place { start: position(start), end: position(end) }
    }

    /// Returns the place of a span that is not the next in order, without remembering it.
    pub(super) fn elsewhere(&self, span: Span) -> Place {
        let locate = |offset| position(self.locate(span.source, offset));
        Place { start: locate(span.start), end: locate(span.end) }
    }

    /// Returns the line and column of a byte, counting on from the last one when that is on the same line.
    fn locate(&self, id: SourceId, offset: u32) -> Known {
        let source = self.sources.get(id);
        let line = source.line_at(offset);
        let begin = source.line_range(line).map_or(0, |range| range.start);
        let byte = source.text().floor_char_boundary((offset as usize).max(begin));
        let last = self.last.get().filter(|last| (last.source, last.line) == (id, line) && last.byte <= byte);
        let (from, column) = last.map_or((begin, 1), |last| (last.byte, last.column));
        let passed = &source.text()[from..byte];
        // A byte-order mark is no column of the line: editors do not show it.
        let passed = if from == begin { passed.strip_prefix('\u{feff}').unwrap_or(passed) } else { passed };
        Known { source: id, line, byte, column: column + self.unit.count(passed) }
    }
}

impl Unit {
    /// Returns how many of the unit `text` has.
    fn count(self, text: &str) -> usize {
        let characters = text.chars().count();
        match self {
            Self::Characters => characters,
            // Characters of four bytes are those that UTF-16 writes as two units.
            Self::Utf16 => characters + text.bytes().filter(|&byte| byte >= 0xf0).count(),
        }
    }
}

/// Returns the line and column of a known byte.
fn position(known: Known) -> Position {
    Position { line: known.line, column: known.column }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn places_agree_with_the_source_in_any_order() {
        let text = "\u{feff}é: 𝕊 1\r\nb: 2\n\nlast 𝕊";
        let sources: Sources = [Source::new("a.yaml", text), Source::new("b.yaml", "")].into_iter().collect();
        let places = Places::new(&sources, Unit::Characters);
        let ascending = 0..text.len() + 3;
        for offset in ascending.clone().chain(ascending.rev()) {
            let span = Span::new(SourceId::new(0), offset, offset + 2);
            let source = sources.get(span.source);
            let expected = Place { start: source.position(span.start), end: source.position(span.end) };
            assert_eq!(places.of(span), expected, "offset {offset}");
            assert_eq!(places.elsewhere(span), expected, "offset {offset}");
        }
        assert_eq!(places.of(Span::new(SourceId::new(1), 0, 9)).end, Position { line: 1, column: 1 });
    }

    #[test]
    fn utf16_counts_astral_characters_twice() {
        let sources: Sources = [Source::new("a.yaml", "é𝕊x")].into_iter().collect();
        let place = Places::new(&sources, Unit::Utf16).of(Span::new(SourceId::new(0), 6, 7));
        assert_eq!((place.start.column, place.end.column), (4, 5));
    }
}
