//! The texts a run has read, and places in them.
//!
//! A [`Source`] is one file at one revision; a [`Span`] is a range of its bytes. Everything above this
//! module points into sources by id, so that a finding can show its line long after decoding. Lines and
//! columns exist only at the edge: they are worked out from a span when a report is written.

use std::sync::{Arc, OnceLock};

/// Index of a [`Source`] in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// Returns the id of the source that is, or will be, number `index` of a [`Sources`].
    pub fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("a run reads fewer than 2^32 files"))
    }

    /// Returns the position of the source in [`Sources`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes in one source; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source the bytes are in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Returns the span of the bytes `start..end` of `source`.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { source, start: byte(start), end: byte(end.max(start)) }
    }

    /// Returns the empty span at the start of `source`: the place of a finding about a whole file.
    pub fn start_of(source: SourceId) -> Self {
        Self { source, start: 0, end: 0 }
    }
}

/// A line and a column, both counted from 1; the column counts characters, as editors show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: usize,
}

/// One file's text, with its path relative to the catalog root, always with forward slashes.
#[derive(Debug, Clone)]
pub struct Source {
    path: String,
    text: Arc<str>,
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// Returns a source of `text` known as `path`.
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// Returns the path, relative to the catalog root, with forward slashes.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text as a shared pointer, for a tree that keeps it.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// Returns the byte offsets at which lines start; found once, on first use.
    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0)
                .chain(breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
                .collect()
        })
    }

    /// Returns the number of lines; an empty text has one.
    pub fn line_count(&self) -> usize {
        self.line_starts().len()
    }

    /// Returns the line, from 1, that holds the byte `offset`.
    pub fn line_at(&self, offset: u32) -> usize {
        self.line_starts().partition_point(|&start| start <= offset)
    }

    /// Returns the bytes of `line` (from 1) without its line break, or `None` past the last line.
    pub fn line_range(&self, line: usize) -> Option<std::ops::Range<usize>> {
        let starts = self.line_starts();
        let start = *starts.get(line.checked_sub(1)?)? as usize;
        let end = starts.get(line).map_or(self.text.len(), |&next| next as usize);
        let text = self.text[start..end].trim_end_matches(['\n', '\r']);
        Some(start..start + text.len())
    }

    /// Returns the text of `line` (from 1), empty past the last line.
    pub fn line_text(&self, line: usize) -> &str {
        self.line_range(line).map_or("", |range| &self.text[range])
    }

    /// Returns the line and column of the byte `offset`; an offset inside a character counts as its start.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_at(offset);
        let range = self.line_range(line).unwrap_or(0..0);
        let mut end = (offset as usize).clamp(range.start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &self.text[range.start..end];
        // A byte-order mark is no column of the line: editors do not show it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Position { line, column: text.chars().count() + 1 }
    }
}

/// All texts of a run, in path order.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds `source` and returns its id.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = SourceId::new(self.files.len());
        self.files.push(source);
        id
    }

    /// Returns the source with this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.index()]
    }

    /// Returns every source with its id, in path order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (SourceId, &Source)> {
        self.files.iter().enumerate().map(|(index, source)| (SourceId::new(index), source))
    }

    /// Returns how many sources there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Returns whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns the source whose path is `path`.
    pub fn find(&self, path: &str) -> Option<SourceId> {
        self.iter().find(|(_, source)| source.path() == path).map(|(id, _)| id)
    }

    /// Returns the text that `span` covers.
    pub fn text(&self, span: Span) -> &str {
        let text = self.get(span.source).text();
        text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

impl FromIterator<Source> for Sources {
    fn from_iter<I: IntoIterator<Item = Source>>(files: I) -> Self {
        Self { files: files.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("a.yaml", "é: 1\r\nb: 2\n");
        for (offset, line, column) in
            [(0, 1, 1), (2, 1, 2), (1, 1, 1), (7, 2, 1), (10, 2, 4), (12, 3, 1), (99, 3, 1)]
        {
            assert_eq!(source.position(offset), Position { line, column }, "offset {offset}");
        }
        assert_eq!(source.line_text(1), "é: 1");
        assert_eq!(source.line_text(9), "");
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let source = Source::new("a.yaml", "\u{feff}a: 1");
        assert_eq!(source.position(3), Position { line: 1, column: 1 });
    }
}
