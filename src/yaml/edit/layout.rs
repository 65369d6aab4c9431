//! The lines of a text: where they begin and end, and how far things are indented.

use crate::yaml::node::{Kind, Node};
use crate::yaml::tree::Document;
use crate::yaml::write::Style;

/// A text, seen as lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout<'a> {
    pub(super) text: &'a str,
}

impl<'a> Layout<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// Returns how the text breaks lines.
    pub(super) fn line_break(self) -> &'static str {
        let first = self.text.find('\n');
        if first.is_some_and(|at| self.text[..at].ends_with('\r')) { "\r\n" } else { "\n" }
    }

    /// Returns where the first line begins: after a byte-order mark.
    pub(super) fn first(self) -> usize {
        if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
    }

    /// Returns where the line of a byte begins.
    pub(super) fn line_start(self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(self.first().min(at), |newline| newline + 1)
    }

    /// Returns where the line of a byte ends, before its break.
    pub(super) fn line_end(self, at: usize) -> usize {
        let rest = &self.text[at..];
        let line = rest.find('\n').map_or(rest, |newline| &rest[..newline]);
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Returns where the line after that of a byte begins, or the end.
    pub(super) fn next_line(self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline + 1)
    }

    /// Returns how many bytes of its line are before a byte.
    pub(super) fn column(self, at: usize) -> usize {
        at - self.line_start(at)
    }

    /// Returns what is before a byte on its line.
    pub(super) fn prefix(self, at: usize) -> &'a str {
        &self.text[self.line_start(at)..at]
    }

    /// Returns whether nothing but spaces is before a byte on its line.
    pub(super) fn begins_line(self, at: usize) -> bool {
        is_blank(self.prefix(at))
    }

    /// Returns whether nothing but a comment follows a byte on its line.
    pub(super) fn ends_line(self, at: usize) -> bool {
        let rest = self.text[at..self.line_end(at)].trim_start_matches([' ', '\t']);
        rest.is_empty() || rest.starts_with('#')
    }

    /// Returns where an entry in this column ends whose value ends at `end`: with its last line or, below that, with
    /// the last comment that is further right than the entry.
    pub(super) fn entry_end(self, end: usize, column: usize) -> usize {
        let mut last = self.line_end(end);
        let mut at = self.next_line(end);
        while at < self.text.len() {
            let line = &self.text[at..self.line_end(at)];
            let content = line.trim_start_matches(' ');
            if content.starts_with('#') && line.len() - content.len() > column {
                last = at + line.len();
            } else if !is_blank(content) {
                break;
            }
            at = self.next_line(at);
        }
        last
    }

    /// Returns where the last blank line ends that follows the line of a byte, or that line when there is none.
    pub(super) fn below_blank(self, at: usize) -> usize {
        let mut last = self.line_end(at);
        let mut next = self.next_line(at);
        while next < self.text.len() && is_blank(&self.text[next..self.line_end(next)]) {
            last = self.line_end(next);
            next = self.next_line(next);
        }
        last
    }

    /// Returns the ways to remove whole lines, best first: with a blank line that would stand beside another, exactly,
    /// with all blank lines below, which a literal above would take for its own, and so that the break of the line
    /// above stays, which it needs.
    pub(super) fn without_lines(self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let after = self.next_line(end);
        let mut below = after;
        while below < self.text.len() && is_blank(&self.text[below..self.line_end(below)]) {
            below = self.next_line(below);
        }
        let mut above = start;
        while above > self.first() {
            let line = self.line_start(above - 1);
            if !is_blank(self.text[line..above].trim_end_matches(['\r', '\n'])) {
                break;
            }
            above = line;
        }
        let first = above == self.first();
        let nice = match (below == self.text.len(), above < start || first) {
            (true, _) => (above, below),
            (false, true) => (start, below),
            (false, false) => (start, after),
        };
        let mut ways = [nice, (start, after), (start, below)]
            .map(|(start, end)| (self.unfinished(start, end), end))
            .to_vec();
        ways.push((start, after));
        ways
    }

    /// Returns where the removal of the lines from `start` to `end` begins, so that a text that does not end in a line
    /// break still does not.
    fn unfinished(self, start: usize, end: usize) -> usize {
        let open = end == self.text.len() && !self.text.ends_with('\n');
        if !open || start <= self.first() {
            return start;
        }
        self.line_end(self.line_start(start - 1))
    }

    /// Returns where the first byte is that is neither space, line break nor part of a comment.
    pub(super) fn skip_blank(self, from: usize) -> usize {
        let mut at = from;
        while let Some(byte) = self.text.as_bytes().get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'#' => at = self.line_end(at).max(at + 1),
                _ => break,
            }
        }
        at
    }

    /// Returns where what follows a byte on its line ends, without the comment there may be and the spaces before it.
    pub(super) fn content_end(self, from: usize) -> usize {
        let line = &self.text[from..self.line_end(from)];
        let mut space = true;
        let comment = line.bytes().position(|byte| {
            let starts = byte == b'#' && space;
            space = matches!(byte, b' ' | b'\t');
            starts
        });
        from + line[..comment.unwrap_or(line.len())].trim_end_matches([' ', '\t']).len()
    }

    /// Returns whether a list or mapping is written in brackets.
    pub(super) fn begins_with_bracket(self, node: Node<'_>) -> bool {
        self.text[node.span().start as usize..].starts_with(['[', '{'])
    }

    /// Returns whether a JSON text has no space after its first colon.
    pub(super) fn is_tight(self, document: &Document) -> bool {
        let mut nodes = document.roots();
        let pair = nodes
            .next()
            .and_then(|root| root.entries().next().or_else(|| root.items().next()?.entries().next()));
        pair.is_some_and(|(key, value)| value.span().start == key.span().end + 1)
    }

    /// Sets how far the mappings and lists of a document are indented, as the first of each are.
    pub(super) fn measure(self, document: &Document, style: &mut Style) {
        let (mut indent, mut dash) = (None, None);
        let mut open: Vec<Node<'_>> = document.roots().collect();
        open.reverse();
        while let Some(node) = open.pop().filter(|_| indent.is_none() || dash.is_none()) {
            if node.is_alias() {
                continue;
            }
            for (key, value) in node.entries().filter(|(_, value)| !value.is_alias() && !value.is_empty()) {
                let (at, start) = (key.span().start as usize, value.span().start as usize);
                let further = self.column(start).checked_sub(self.column(at));
                let flow = self.begins_with_bracket(value);
                match (value.kind(), further) {
                    (Kind::Map, Some(further)) if !flow && self.begins_line(start) && further > 0 => {
                        indent = indent.or(Some(further));
                    }
                    // In braces, what is inside begins the next line.
                    (Kind::Map, _) if flow && style.json => {
                        let inner = value.entries().next().map(|(inner, _)| inner.span().start as usize);
                        let inner = inner.filter(|inner| self.begins_line(*inner) && self.begins_line(at));
                        indent = indent
                            .or(inner.and_then(|inner| self.column(inner).checked_sub(self.column(at))));
                    }
                    (Kind::List, Some(further)) if !flow && self.begins_line(start) => {
                        dash = dash.or(Some(further));
                    }
                    _ => {}
                }
            }
            let inner: Vec<Node<'_>> = node.entries().map(|(_, value)| value).chain(node.items()).collect();
            open.extend(inner.into_iter().rev());
        }
        style.indent = indent.filter(|indent| (1..=8).contains(indent)).unwrap_or(style.indent);
        style.dash = dash.filter(|dash| *dash <= 8).unwrap_or(style.dash);
    }
}

/// Returns whether a line is blank.
fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}
