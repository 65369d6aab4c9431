//! Comments: what people wrote beside values, and which value each is about.
//!
//! The tree has no comments, so they are looked for in what is between its keys and scalars. A comment is about the key
//! or item that it stands above or beside; one that nothing follows, about the mapping or list that it ends.

use std::collections::BTreeMap;

use super::edit::Step;
use super::node::{Kind, Node};
use super::tree::Document;
use crate::source::Span;

/// A comment: one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What follows the number sign, without spaces at its end.
    pub text: String,
    /// The place of that.
    pub span: Span,
    /// Whether an empty line stands above it.
    pub apart: bool,
}

/// The comments of a value, and of those that it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comments {
    /// Lines above a whole document, apart from its first key.
    pub top: Vec<Comment>,
    /// Whether an empty line stands above the key or item.
    pub apart: bool,
    /// Lines above its key or item.
    pub above: Vec<Comment>,
    /// What stands at the end of that line.
    pub beside: Option<Comment>,
    /// Lines below the last key or item that it holds.
    pub below: Vec<Comment>,
    inner: BTreeMap<Step, Comments>,
}

/// No comments at all.
pub(super) static NONE: Comments = Comments {
    top: Vec::new(),
    apart: false,
    above: Vec::new(),
    beside: None,
    below: Vec::new(),
    inner: BTreeMap::new(),
};

impl Comments {
    /// Returns the comments of a mapping or list, those between its parts and directly around it, as a document of its own
    /// would have them.
    pub fn of(node: Node<'_>) -> Self {
        if node.span().source != node.document().source || node.is_empty() || node.is_alias() {
            return Self::default();
        }
        let mut reader = Reader::new(node.document());
        reader.collect(node, None);
        let found = reader.scan(node);
        reader.attach(&found)
    }

    /// Returns the comments of a part.
    pub(super) fn part(&self, step: &Step) -> &Self {
        self.inner.get(step).unwrap_or(&NONE)
    }

    /// Removes and returns the comments of a part.
    pub fn take(&mut self, step: &Step) -> Self {
        self.inner.remove(step).unwrap_or_default()
    }

    /// Sets the comments of a part.
    pub fn put(&mut self, step: Step, comments: Self) {
        if comments != NONE {
            self.inner.insert(step, comments);
        }
    }

    /// Returns the comments of the value itself, not those of its parts, to be changed.
    pub fn own_mut(&mut self) -> impl Iterator<Item = &mut Comment> {
        let lines = self.top.iter_mut().chain(&mut self.above);
        lines.chain(&mut self.beside).chain(&mut self.below)
    }

    /// Returns the comments at the end of a way, to be added to.
    fn at(&mut self, way: &[&Step]) -> &mut Self {
        way.iter().fold(self, |comments, &step| comments.inner.entry(step.clone()).or_default())
    }

    /// Moves what is apart from the first key above the whole.
    fn lift(&mut self, first: &[&Step]) {
        let first = self.at(first);
        let end = if std::mem::take(&mut first.apart) {
            first.above.len()
        } else {
            first.above.iter().rposition(|comment| comment.apart).unwrap_or(0)
        };
        let top = first.above.drain(..end).collect();
        first.above.iter_mut().take(1).for_each(|comment| comment.apart = false);
        self.top = top;
    }
}

/// A key or an item.
struct Unit {
    step: Step,
    /// What holds the mapping or list that it is part of; `None` for a part of the whole.
    holder: Option<usize>,
    /// Where it begins; an item of a block list, after its dash.
    start: usize,
    /// How far it is from the left, its dash included.
    column: usize,
}

/// A mapping or list whose comments are looked for.
struct Reader<'a> {
    document: &'a Document,
    text: &'a str,
    /// Where lines begin.
    lines: Vec<usize>,
    /// In the order of the text.
    units: Vec<Unit>,
    /// Where keys and scalars are, in the order of the text.
    words: Vec<(usize, usize)>,
}

impl<'a> Reader<'a> {
    fn new(document: &'a Document) -> Self {
        let text = &*document.text;
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let lines = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(first).chain(lines).collect();
        Self { document, text, lines, units: Vec::new(), words: Vec::new() }
    }

    /// Finds the keys, items and scalars.
    fn collect(&mut self, node: Node<'a>, holder: Option<usize>) {
        let start = |node: Node<'_>| node.span().start as usize;
        if node.is_alias() || !matches!(node.kind(), Kind::List | Kind::Map) {
            // The place of an empty literal may be that of its header, which may have a comment.
            let end = if node.text() == Some("") { start(node) } else { node.span().end as usize };
            self.words.push((start(node), end));
            return;
        }
        for (key, value) in node.entries() {
            self.words.push((start(key), key.span().end as usize));
            let column = start(key) - self.line_start(start(key));
            let step = Step::Key(key.text().unwrap_or_default().into());
            let unit = self.unit(Unit { step, holder, start: start(key), column });
            self.collect(value, Some(unit));
        }
        for (number, item) in node.items().enumerate() {
            // In brackets, items are where their lines begin; elsewhere, where the first dash is.
            let brackets = self.text[start(node)..].starts_with('[');
            let column =
                if brackets { self.indent(start(item)) } else { start(node) - self.line_start(start(node)) };
            let unit = self.unit(Unit { step: Step::Item(number), holder, start: start(item), column });
            self.collect(item, Some(unit));
        }
    }

    fn unit(&mut self, unit: Unit) -> usize {
        self.units.push(unit);
        self.units.len() - 1
    }

    /// Returns the comments in the order of the text: where the text of each begins and ends.
    fn scan(&self, node: Node<'a>) -> Vec<(usize, usize)> {
        let (start, end) = self.region(node);
        let mut found = Vec::new();
        let mut at = start;
        for &(word, after) in self.words.iter().chain([&(end, end)]) {
            while let Some(sign) = self.text.get(at..word).and_then(|gap| gap.find('#')) {
                let sign = at + sign;
                at = sign + 1;
                if sign == self.line_start(sign) || self.text[..sign].ends_with([' ', '\t', '\r']) {
                    let rest = &self.text[at..];
                    let line_end = at + rest.find(['\n', '\r']).unwrap_or(rest.len());
                    found.push((at, line_end));
                    at = line_end;
                }
            }
            at = at.max(after);
        }
        found
    }

    /// Returns what belongs to a mapping or list: its own bytes and, unless it is in brackets, the comments above and below
    /// it and at the end of its last line.
    fn region(&self, node: Node<'a>) -> (usize, usize) {
        let (start, end) = (node.span().start as usize, node.span().end as usize);
        if self.text[start..].starts_with(['[', '{']) || !self.begins_line(start) {
            return (start, end);
        }
        let end = self.words.last().map_or(end, |&(_, last)| end.max(last));
        let column = self.units.first().map(|unit| unit.column).unwrap_or_default();
        let mut first = self.line(start);
        while first > 0 && is_remark(self.line_text(first - 1)) {
            first -= 1;
        }
        // What ends in a line break ends on the line before.
        let mut last = self.line(end.saturating_sub(1).max(start));
        while last + 1 < self.lines.len() {
            let line = self.line_text(last + 1);
            let indent = line.len() - line.trim_start_matches(' ').len();
            if !is_remark(line) || (indent < column && !line.trim().is_empty()) {
                break;
            }
            last += 1;
        }
        (self.lines[first], self.lines.get(last + 1).copied().unwrap_or(self.text.len()))
    }

    /// Returns the comments, each at what it is about.
    fn attach(&self, found: &[(usize, usize)]) -> Comments {
        let mut all = Comments::default();
        for (at, unit) in self.units.iter().enumerate() {
            let begins = self.units_before(self.line_start(unit.start)) == at;
            if begins && self.is_apart(unit.start) {
                all.at(&self.way(Some(at))).apart = true;
            }
        }
        // Once a comment is about the key below, those between them are, too.
        let mut bound = None;
        for &(start, end) in found {
            let comment = self.comment(start, end);
            let sign = start - 1;
            let next = self.units_before(start);
            if let Some(unit) = self.beside(sign, next) {
                let held = all.at(&self.way(Some(unit)));
                match held.beside {
                    None => held.beside = Some(comment),
                    Some(_) => held.above.push(comment),
                }
            } else if let Some(holder) = self.ended(sign, next).filter(|_| bound != Some(next)) {
                all.at(&self.way(holder)).below.push(comment);
            } else if next < self.units.len() {
                bound = Some(next);
                all.at(&self.way(Some(next))).above.push(comment);
            } else {
                all.below.push(comment);
            }
        }
        if !self.units.is_empty() {
            all.lift(&self.way(Some(0)));
        }
        all
    }

    fn comment(&self, start: usize, end: usize) -> Comment {
        let text = self.text[start..end].trim_end();
        let span = Span::new(self.document.source, start, start + text.len());
        let apart = self.begins_line(start - 1) && self.is_apart(start);
        Comment { text: text.to_string(), span, apart }
    }

    /// Returns the way to a key or item.
    fn way(&self, unit: Option<usize>) -> Vec<&Step> {
        let mut way: Vec<&Step> = self.up(unit).map(|at| &self.units[at].step).collect();
        way.reverse();
        way
    }

    /// Returns a key or item and what holds it, the whole left out.
    fn up(&self, unit: Option<usize>) -> impl Iterator<Item = usize> {
        std::iter::successors(unit, |&at| self.units[at].holder)
    }

    /// Returns what a comment at the end of a line is about: of what begins on that line the first, else what began
    /// before. `None` for a comment on a line of its own.
    fn beside(&self, sign: usize, next: usize) -> Option<usize> {
        if self.begins_line(sign) {
            return None;
        }
        if self.is_header(sign) {
            return Some(next).filter(|&next| next < self.units.len());
        }
        let first = self.units_before(self.line_start(sign));
        if first == next {
            return next.checked_sub(1);
        }
        // An item that is a mapping or a list has no line of its own.
        let start = self.units[first].start;
        let dashes =
            |at: &usize| self.text[start..self.units[*at].start].bytes().all(|byte| b"- ".contains(&byte));
        (first..next).take_while(dashes).last()
    }

    /// Returns whether a comment stands behind the header of a literal or folded text that is an item: the text itself, whose
    /// place is the item's, is below.
    fn is_header(&self, sign: usize) -> bool {
        let line = self.line_start(sign);
        let words = self.words.partition_point(|&(start, _)| start < sign);
        let inside = words.checked_sub(1).is_some_and(|last| self.words[last].1 > line);
        let before = self.text[line..sign].trim_start_matches([' ', '\t', '-']);
        !inside && before.starts_with(['|', '>'])
    }

    /// Returns which mapping or list a comment on a line of its own ends, as what holds that, when `next` is not in it.
    fn ended(&self, sign: usize, next: usize) -> Option<Option<usize>> {
        let column = sign - self.line_start(sign);
        let outside = self.units.get(next).map(|unit| unit.column);
        let ends = |&at: &usize| {
            let own = self.units[at].column;
            own <= column && outside.is_none_or(|outside| outside < own)
        };
        self.up(next.checked_sub(1)).find(ends).map(|at| self.units[at].holder)
    }

    /// Returns how many keys and items begin before a byte.
    fn units_before(&self, at: usize) -> usize {
        self.units.partition_point(|unit| unit.start < at)
    }

    /// Returns whether an empty line is above that of a byte.
    fn is_apart(&self, at: usize) -> bool {
        self.line(at).checked_sub(1).is_some_and(|above| self.line_text(above).trim().is_empty())
    }

    /// Returns whether nothing but spaces, and dashes of lists, is before a byte on its line.
    fn begins_line(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at].bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'-'))
    }

    /// Returns the number of the line of a byte, from 0.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|&start| start <= at).saturating_sub(1)
    }

    fn line_start(&self, at: usize) -> usize {
        self.lines[self.line(at)].min(at)
    }

    /// Returns how far the line of a byte is indented, up to that byte. Many items may be on one line, so not all is counted.
    fn indent(&self, at: usize) -> usize {
        const MOST: usize = 1000;
        let before = self.text[self.line_start(at)..at].bytes().take(MOST);
        before.take_while(|&byte| byte == b' ').count()
    }

    fn line_text(&self, line: usize) -> &'a str {
        let end = self.lines.get(line + 1).copied().unwrap_or(self.text.len());
        &self.text[self.lines[line]..end]
    }
}

/// Returns whether a line is blank or nothing but a comment.
fn is_remark(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

#[cfg(test)]
mod tests;
