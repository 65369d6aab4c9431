//! Values on one line, `|` texts, and the characters that they are made of.

use super::Reader;
use crate::yaml::build::Words;
use crate::yaml::scalar::{self, Plain};
use crate::yaml::tree::Form;

/// What ends a plain scalar.
#[derive(Clone, Copy, PartialEq)]
enum Stop {
    Colon,
    Line,
}

/// Returns where the first byte is that may end a plain scalar: a line break, `:` or `#`. Looks at eight
/// bytes at a time, which is most of what makes this reader quick.
fn position(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let eight = u64::from_le_bytes(*eight);
        let ends = equal(eight, b'\n') | equal(eight, b':') | equal(eight, b'#');
        if ends != 0 {
            return Some(at + ends.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    bytes[at..].iter().position(|byte| matches!(byte, b'\n' | b':' | b'#')).map(|len| at + len)
}

/// Returns `eight` with the top bit set in each byte that is `byte`; the lowest such bit is exact, bits above
/// it may not be.
fn equal(eight: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let zero_where_equal = eight ^ (LOW * u64::from(byte));
    zero_where_equal.wrapping_sub(LOW) & !zero_where_equal & (LOW << 7)
}

/// A scalar on one line.
pub(super) struct Token {
    pub(super) start: usize,
    end: usize,
    /// Offset and length of its text.
    words: (usize, usize),
    plain: bool,
}

/// The lines of a `|` text that have been read.
struct Literal {
    text: String,
    /// Its indentation.
    column: usize,
    start: usize,
    /// End of the last line that is not blank.
    end: usize,
    /// Blank lines since.
    blanks: usize,
}

/// Values on one line, and `|` texts.
impl Reader<'_, '_> {
    pub(super) fn value(&mut self) -> Option<()> {
        match self.bytes[self.at] {
            b'|' => self.literal(),
            b'[' => self.flow_list(),
            b'{' => self.empty_map(),
            _ => {
                let token = self.token()?;
                self.scalar(&token)?;
                self.end_line()
            }
        }
    }

    /// Reads a scalar up to what follows it: the colon after a key, or the rest of the line.
    pub(super) fn token(&mut self) -> Option<Token> {
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
            let rest = &self.bytes[at..];
            let Some(len) = position(rest) else { return (self.bytes.len(), Stop::Line) };
            at += len;
            match (rest[len], rest.get(len + 1)) {
                (b'\n', _) => return (at, Stop::Line),
                (b':', None | Some(b' ' | b'\n')) => return (at, Stop::Colon),
                (b'#', _) if self.bytes[at - 1] == b' ' => return (at, Stop::Line),
                _ => at += 1,
            }
        }
    }

    pub(super) fn scalar(&mut self, token: &Token) -> Option<()> {
        let (at, len) = token.words;
        let form = if token.plain { plain_form(&self.builder.text[at..at + len])? } else { Form::String };
        self.builder.scalar(token.start, token.end, Words::Source(at, len), form, token.plain);
        Some(())
    }

    /// Reads `[a, "b", 3]`: scalars without anything special in them, on one line.
    fn flow_list(&mut self) -> Option<()> {
        self.builder.open(self.at, Form::List);
        self.at += 1;
        self.skip_spaces();
        if self.bytes.get(self.at) != Some(&b']') {
            loop {
                let item = self.flow_item()?;
                self.scalar(&item)?;
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
        let Literal { mut text, start, end, blanks, .. } = self.literal_lines()?;
        match chomping {
            Some(b'-') => text.truncate(text.len() - 1),
            Some(_) => text.extend(std::iter::repeat_n('\n', blanks)),
            None => {}
        }
        let end = start + self.builder.text[start..end].trim_end_matches(' ').len();
        self.builder.scalar(start, end, Words::New(&text), Form::String, false);
        Some(())
    }

    /// Reads the lines of a `|` text and stops before the first that is indented less.
    fn literal_lines(&mut self) -> Option<Literal> {
        let blanks = self.blank_lines(0)?;
        let line = self.at;
        self.skip_spaces();
        let column = self.at - line;
        if self.at == self.bytes.len() || column <= self.frames.last()?.column {
            return None;
        }
        let mut lines = Literal { text: String::new(), column, start: self.at, end: self.at, blanks };
        self.at = line;
        while self.literal_line(&mut lines)? {
            lines.blanks = self.blank_lines(column)?;
        }
        Some(lines)
    }

    /// Reads one line if it belongs to the text; it is not blank.
    fn literal_line(&mut self, lines: &mut Literal) -> Option<bool> {
        let content =
            self.bytes[self.at..].iter().take(lines.column).take_while(|&&byte| byte == b' ').count();
        if content < lines.column {
            return Some(false);
        }
        let from = self.at + lines.column;
        lines.end = self.line_end()?;
        lines.text.extend(std::iter::repeat_n('\n', lines.blanks));
        lines.text.push_str(&self.builder.text[from..lines.end]);
        lines.text.push('\n');
        self.at = lines.end + 1;
        Some(true)
    }

    /// Steps over blank lines and counts them; gives up on one wider than `column`, which may be text.
    fn blank_lines(&mut self, column: usize) -> Option<usize> {
        let mut count = 0;
        loop {
            let line = self.at;
            self.skip_spaces();
            let wide = self.at - line > column;
            match self.bytes.get(self.at) {
                Some(b'\n') if wide => return None,
                Some(b'\n') => self.at += 1,
                None if self.at > line => return None,
                _ => {
                    self.at = line;
                    return Some(count);
                }
            }
            count += 1;
        }
    }
}

/// Characters.
impl Reader<'_, '_> {
    pub(super) fn skip_spaces(&mut self) {
        while self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
    }

    /// Moves behind the next line break.
    pub(super) fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |newline| newline + 1);
    }

    /// Returns where the line ends; gives up on a last line without a line break.
    fn line_end(&self) -> Option<usize> {
        Some(self.at + self.bytes[self.at..].iter().position(|&byte| byte == b'\n')?)
    }

    /// Returns whether a dash that begins a list item is here.
    pub(super) fn is_dash(&self) -> bool {
        self.bytes[self.at] == b'-' && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n'))
    }

    /// Returns whether a colon that ends a key is here.
    pub(super) fn is_colon(&self) -> bool {
        self.bytes.get(self.at) == Some(&b':')
            && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n'))
    }

    /// Skips spaces; if nothing but a comment follows on the line, skips that too and returns `true`.
    pub(super) fn rest_is_empty(&mut self) -> Option<bool> {
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
    pub(super) fn end_line(&mut self) -> Option<()> {
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
