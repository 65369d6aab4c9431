//! The quick reader of what catalog files are written in: block mappings and lists, scalars on one line,
//! `|` texts, comments.
//!
//! It reads a subset of YAML, at a tenth of the full reader's cost, and gives up (`None`) on everything
//! else and on everything doubtful: anchors, aliases, tags, folded or escaped texts, tabs, several
//! documents, and every mistake. What it accepts it reads exactly as the full reader does, places included;
//! a differential test and a fuzz target hold it to that. So it never has to explain anything.

mod value;

use super::build::{Builder, Words};
use super::tree::Form;
use value::Token;

/// Longer keys are left to the full reader, which has a limit of 1024 characters.
const LONGEST_KEY: usize = 1000;

/// Reads the builder's text, or gives up; then the builder must be thrown away.
pub(super) fn read(builder: &mut Builder<'_>) -> Option<()> {
    if !is_ordinary(builder.text) {
        return None;
    }
    builder.begin_document();
    let bytes = builder.text.as_bytes();
    let frames = Vec::with_capacity(8);
    let mut reader = Reader {
        builder,
        bytes,
        at: 0,
        line: 0,
        frames,
        pending: Pending::Nothing,
        marked: false,
        started: false,
    };
    reader.lines()?;
    builder.end_document();
    Some(())
}

/// Returns whether the text has only characters that mean the same in every reader: no tab, no carriage
/// return, no control character, no byte-order mark, no line separator of Unicode.
fn is_ordinary(text: &str) -> bool {
    let bytes = text.as_bytes();
    let doubtful = |byte: u8| (byte < b' ') & (byte != b'\n') | (byte >= 0x7f);
    // Without a branch in it, the loop is compiled to vector instructions.
    if !bytes.iter().fold(false, |any, &byte| any | doubtful(byte)) {
        return true;
    }
    bytes.iter().enumerate().all(|(at, &byte)| match byte {
        b'\n' | b' '..=0x7e => true,
        0..=0x1f | 0x7f | 0xef => false,
        0xc2 => bytes[at + 1] >= 0xa0,
        0xe2 => !(bytes[at + 1] == 0x80 && matches!(bytes[at + 2], 0xa8 | 0xa9)),
        _ => true,
    })
}

/// An open block mapping or list and the column in which its keys or dashes stand.
#[derive(Clone, Copy)]
struct Frame {
    column: usize,
    list: bool,
}

/// What the lines so far still lack.
#[derive(Clone, Copy, PartialEq)]
enum Pending {
    Nothing,
    /// The value of the key whose colon is here.
    Value(usize),
    /// The item after a dash.
    Item,
}

struct Reader<'b, 't> {
    builder: &'b mut Builder<'t>,
    bytes: &'t [u8],
    at: usize,
    /// Start of the line that is being read.
    line: usize,
    frames: Vec<Frame>,
    pending: Pending,
    /// The `---` has been read.
    marked: bool,
    /// The first key or item has been read.
    started: bool,
}

/// Lines, and the containers they belong to.
impl Reader<'_, '_> {
    fn lines(&mut self) -> Option<()> {
        while let Some(column) = self.next_line() {
            if column == 0 && self.is_marker()? {
                continue;
            }
            self.content_line(column)?;
            if !self.builder.is_clean() {
                return None;
            }
        }
        self.settle()?;
        while self.frames.pop().is_some() {
            self.builder.close(None);
        }
        (self.started && self.builder.is_clean()).then_some(())
    }

    /// Moves to the first character of the next line that has content and returns its column.
    fn next_line(&mut self) -> Option<usize> {
        loop {
            self.line = self.at;
            self.skip_spaces();
            match self.bytes.get(self.at)? {
                b'\n' => self.at += 1,
                b'#' => self.skip_line(),
                _ => return Some(self.at - self.line),
            }
        }
    }

    /// Steps over the `---` that may begin the document; gives up on any other marker or directive.
    fn is_marker(&mut self) -> Option<bool> {
        let rest = &self.bytes[self.at..];
        if rest[0] == b'%' || rest.starts_with(b"...") {
            return None;
        }
        if !rest.starts_with(b"---") {
            return Some(false);
        }
        if self.started || self.marked || !matches!(rest.get(3), None | Some(b'\n')) {
            return None;
        }
        self.at += 3;
        self.marked = true;
        Some(true)
    }

    fn content_line(&mut self, column: usize) -> Option<()> {
        let dash = self.is_dash();
        if let (false, Some(&top)) = (self.pending == Pending::Nothing, self.frames.last()) {
            let indented = column > top.column;
            if indented || (dash && column == top.column && !top.list) {
                self.pending = Pending::Nothing;
                return self.container(column);
            }
            self.settle()?;
        }
        if !self.started {
            self.started = true;
            return self.container(column);
        }
        self.close_until(column, dash);
        let top = *self.frames.last()?;
        if top.column != column || top.list != dash {
            return None;
        }
        if dash { self.item() } else { self.entry() }
    }

    /// Gives a key without a value its null; gives up on a dash without an item.
    fn settle(&mut self) -> Option<()> {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            Pending::Item => return None,
            Pending::Value(colon) => {
                self.builder.scalar(colon, colon, Words::Source(colon, 0), Form::Null, true);
            }
        }
        Some(())
    }

    /// Closes what a line in this column no longer belongs to: what is further right, and a list in the
    /// column of its mapping's keys when the next key comes.
    fn close_until(&mut self, column: usize, dash: bool) {
        while let Some(&top) = self.frames.last() {
            if top.column < column || (top.column == column && (dash || !top.list)) {
                return;
            }
            self.frames.pop();
            self.builder.close(None);
        }
    }

    /// Reads the first line of a mapping or list that begins here.
    fn container(&mut self, column: usize) -> Option<()> {
        if self.is_dash() {
            self.push(column, true);
            return self.item();
        }
        self.push(column, false);
        self.entry()
    }

    fn push(&mut self, column: usize, list: bool) {
        self.builder.open(self.at, if list { Form::List } else { Form::Map });
        self.frames.push(Frame { column, list });
    }

    /// Reads a dash and what follows it on the line: a scalar, or the first line of a container.
    fn item(&mut self) -> Option<()> {
        loop {
            self.at += 1;
            if self.rest_is_empty()? {
                self.pending = Pending::Item;
                return Some(());
            }
            let column = self.at - self.line;
            if self.is_dash() {
                self.push(column, true);
                continue;
            }
            if matches!(self.bytes[self.at], b'[' | b'{' | b'|') {
                return self.value();
            }
            let start = self.at;
            let token = self.token()?;
            if self.is_colon() {
                let after_key = std::mem::replace(&mut self.at, start);
                self.push(column, false);
                self.at = after_key;
                return self.entry_of(&token);
            }
            self.scalar(&token)?;
            return self.end_line();
        }
    }

    /// Reads a key and what follows it on the line.
    fn entry(&mut self) -> Option<()> {
        let key = self.token()?;
        self.is_colon().then_some(())?;
        self.entry_of(&key)
    }

    fn entry_of(&mut self, key: &Token) -> Option<()> {
        if self.at - key.start > LONGEST_KEY {
            return None;
        }
        self.scalar(key)?;
        let colon = self.at;
        self.at += 1;
        if self.rest_is_empty()? {
            self.pending = Pending::Value(colon);
            return Some(());
        }
        if self.is_dash() {
            return None;
        }
        self.value()
    }
}
