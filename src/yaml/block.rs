//! The quick reader of what catalog files are written in: block mappings and lists, scalars on one line,
//! `|` texts, comments.
//!
//! It reads a subset of YAML, at a tenth of the full reader's cost, and gives up (`None`) on everything
//! else and on everything doubtful: anchors, aliases, tags, folded or escaped texts, tabs, several
//! documents, and every mistake. What it accepts it reads exactly as the full reader does, places included;
//! a differential test and a fuzz target hold it to that. So it never has to explain anything.

use super::build::{Builder, Words};
use super::scalar::{self, Plain};
use super::tree::Form;

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

/// What ends a plain scalar.
#[derive(Clone, Copy, PartialEq)]
enum Stop {
    Colon,
    Line,
}

/// A scalar on one line.
struct Token {
    start: usize,
    end: usize,
    /// Offset and length of its text.
    words: (usize, usize),
    plain: bool,
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
impl<'t> Reader<'_, 't> {
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
            self.scalar(&token);
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
        self.scalar(key);
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

/// Values on one line, and `|` texts.
impl<'t> Reader<'_, 't> {
    fn value(&mut self) -> Option<()> {
        match self.bytes[self.at] {
            b'|' => self.literal(),
            b'[' => self.flow_list(),
            b'{' => self.empty_map(),
            _ => {
                let token = self.token()?;
                self.scalar(&token);
                self.end_line()
            }
        }
    }

    /// Reads a scalar up to what follows it: the colon after a key, or the rest of the line.
    fn token(&mut self) -> Option<Token> {
        match self.bytes[self.at] {
            quote @ (b'"' | b'\'') => {
                let token = self.quoted(quote)?;
                // A colon after a quoted key may stand apart from it.
                let end = self.at;
                self.skip_spaces();
                if self.bytes.get(self.at) != Some(&b':') {
                    self.at = end;
                }
                Some(token)
            }
            _ => self.plain(),
        }
    }

    fn quoted(&mut self, quote: u8) -> Option<Token> {
        let start = self.at;
        let mut at = start + 1;
        loop {
            match *self.bytes.get(at)? {
                b'\n' | b'\\' if quote == b'"' => return None,
                b'\n' => return None,
                byte if byte == quote => break,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        if self.bytes.get(self.at) == Some(&quote) {
            return None;
        }
        Some(Token { start, end: self.at, words: (start + 1, at - start - 1), plain: false })
    }

    fn plain(&mut self) -> Option<Token> {
        let start = self.at;
        if !starts_plain(&self.bytes[start..]) {
            return None;
        }
        let (end, stop) = self.plain_end();
        self.at = end;
        let spaces = self.bytes[start..end].iter().rev().take_while(|&&byte| byte == b' ').count();
        let end = end - spaces;
        if stop == Stop::Line {
            self.at = end;
        }
        Some(Token { start, end, words: (start, end - start), plain: true })
    }

    /// Returns where a plain scalar's characters end, trailing spaces included.
    fn plain_end(&self) -> (usize, Stop) {
        let mut at = self.at;
        loop {
            match self.bytes.get(at) {
                None | Some(b'\n') => return (at, Stop::Line),
                Some(b':') if matches!(self.bytes.get(at + 1), None | Some(b' ' | b'\n')) => {
                    return (at, Stop::Colon);
                }
                Some(b'#') if self.bytes[at - 1] == b' ' => return (at, Stop::Line),
                Some(_) => at += 1,
            }
        }
    }

    fn scalar(&mut self, token: &Token) {
        let (at, len) = token.words;
        let form =
            if token.plain { plain_form(&self.builder.text[at..at + len]) } else { Some(Form::String) };
        match form {
            Some(form) => {
                self.builder.scalar(token.start, token.end, Words::Source(at, len), form, token.plain);
            }
            None => self.builder.blame_quotes(),
        }
    }

    /// Reads `[a, "b", 3]`: scalars without anything special in them, on one line.
    fn flow_list(&mut self) -> Option<()> {
        self.builder.open(self.at, Form::List);
        self.at += 1;
        self.skip_spaces();
        if self.bytes.get(self.at) != Some(&b']') {
            loop {
                let item = self.flow_item()?;
                self.scalar(&item);
                self.skip_spaces();
                match self.bytes.get(self.at)? {
                    b',' => self.at += 1,
                    b']' => break,
                    _ => return None,
                }
                self.skip_spaces();
            }
        }
        self.at += 1;
        self.builder.close(Some(self.at));
        self.end_line()
    }

    fn flow_item(&mut self) -> Option<Token> {
        let start = self.at;
        let first = *self.bytes.get(start)?;
        if matches!(first, b'"' | b'\'') {
            return self.quoted(first);
        }
        if !starts_plain(&self.bytes[start..])
            || (first == b'-' && !self.bytes.get(start + 1)?.is_ascii_alphanumeric())
        {
            return None;
        }
        let special =
            |byte: &u8| matches!(byte, b',' | b']' | b'[' | b'{' | b'}' | b':' | b'#' | b'\n' | b'"' | b'\'');
        let len = self.bytes[start..].iter().position(special)?;
        self.at = start + len;
        let spaces = self.bytes[start..self.at].iter().rev().take_while(|&&byte| byte == b' ').count();
        let end = self.at - spaces;
        Some(Token { start, end, words: (start, end - start), plain: true })
    }

    fn empty_map(&mut self) -> Option<()> {
        let start = self.at;
        if self.bytes.get(start + 1) != Some(&b'}') {
            return None;
        }
        self.at += 2;
        self.builder.open(start, Form::Map);
        self.builder.close(Some(self.at));
        self.end_line()
    }

    /// Reads a `|` text whose indentation is that of its first line.
    fn literal(&mut self) -> Option<()> {
        self.at += 1;
        let chomping = self.bytes.get(self.at).copied().filter(|byte| matches!(byte, b'-' | b'+'));
        self.at += usize::from(chomping.is_some());
        if self.bytes.get(self.at) != Some(&b'\n') {
            return None;
        }
        self.at += 1;
        let mut text = String::new();
        let mut place = None;
        let mut blanks = 0;
        loop {
            let line = self.at;
            self.skip_spaces();
            let indent = self.at - line;
            match (self.bytes.get(self.at), place) {
                (None, _) => {
                    if indent > 0 {
                        return None;
                    }
                    break;
                }
                (Some(b'\n'), _) => {
                    // A blank line wider than the text may be part of it.
                    if place.map_or(indent > 0, |(column, _, _)| indent > column) {
                        return None;
                    }
                    blanks += 1;
                    self.at += 1;
                }
                (Some(_), Some((column, _, _))) if indent < column => {
                    self.at = line;
                    break;
                }
                (Some(_), None) if indent <= self.frames.last()?.column => return None,
                (Some(_), _) => {
                    let (column, start, _) = place.unwrap_or((indent, self.at, 0));
                    let end = self.line_end()?;
                    text.extend(std::iter::repeat_n('\n', blanks));
                    blanks = 0;
                    text.push_str(&self.builder.text[line + column..end]);
                    text.push('\n');
                    place = Some((column, start, end));
                    self.at = end + 1;
                }
            }
        }
        let (_, start, end) = place?;
        match chomping {
            Some(b'-') => text.truncate(text.len() - 1),
            Some(_) => text.extend(std::iter::repeat_n('\n', blanks)),
            None => {}
        }
        let end = start + self.builder.text[start..end].trim_end_matches(' ').len();
        self.builder.scalar(start, end, Words::New(&text), Form::String, false);
        Some(())
    }
}

/// Characters.
impl Reader<'_, '_> {
    fn skip_spaces(&mut self) {
        while self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
    }

    /// Moves behind the next line break.
    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |newline| newline + 1);
    }

    /// Returns where the line ends; gives up on a last line without a line break.
    fn line_end(&self) -> Option<usize> {
        Some(self.at + self.bytes[self.at..].iter().position(|&byte| byte == b'\n')?)
    }

    /// Returns whether a dash that begins a list item is here.
    fn is_dash(&self) -> bool {
        self.bytes[self.at] == b'-' && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n'))
    }

    /// Returns whether a colon that ends a key is here.
    fn is_colon(&self) -> bool {
        self.bytes.get(self.at) == Some(&b':')
            && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n'))
    }

    /// Skips spaces; if nothing but a comment follows on the line, skips that too and returns `true`.
    fn rest_is_empty(&mut self) -> Option<bool> {
        let from = self.at;
        self.skip_spaces();
        match self.bytes.get(self.at) {
            None | Some(b'\n') => {}
            Some(b'#') if self.at > from => {}
            Some(b'#') => return None,
            Some(_) => return Some(false),
        }
        self.skip_line();
        Some(true)
    }

    /// Steps over the end of a line after a value; gives up if something else follows.
    fn end_line(&mut self) -> Option<()> {
        self.rest_is_empty()?.then_some(())
    }
}

/// Returns whether a plain scalar can begin here without any doubt.
fn starts_plain(bytes: &[u8]) -> bool {
    match bytes[0] {
        b'-' => !matches!(bytes.get(1), None | Some(b' ' | b'\n')),
        b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\''
        | b'"' | b'%' | b'@' | b'`' | b'\n' | b' ' => false,
        _ => true,
    }
}

fn plain_form(text: &str) -> Option<Form> {
    match scalar::resolve(text) {
        Plain::Null => Some(Form::Null),
        Plain::Bool => Some(Form::Bool),
        Plain::Number => Some(Form::Number),
        Plain::String => Some(Form::String),
        Plain::Unsupported(_) => None,
    }
}
