//! The reader of strict JSON: what starts with `{` or `[` is tried here first, for speed and for messages
//! in JSON's terms. What it refuses may still be YAML in braces, so its verdict is not the last.

use super::build::{Builder, Reading, Words};
use super::scalar::{self, Plain};
use super::tree::Form;
use crate::diagnostic::{Diagnostic, Rule};

/// Why a text is not JSON.
pub(super) struct Mistake {
    /// The first byte that does not fit.
    at: usize,
    len: usize,
    message: String,
    label: &'static str,
    help: Option<&'static str>,
    /// YAML in braces may have this: comments, trailing commas, texts without quotes.
    pub(super) maybe_yaml: bool,
}

impl Mistake {
    fn new(at: usize, message: impl Into<String>, label: &'static str) -> Self {
        Self { at, len: 1, message: message.into(), label, help: None, maybe_yaml: false }
    }

    fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    fn maybe_yaml(self) -> Self {
        Self { maybe_yaml: true, ..self }
    }

    pub(super) fn finding(&self, builder: &Builder<'_>) -> Diagnostic {
        let end = (self.at + self.len).min(builder.text.len());
        Diagnostic::new(Rule::Syntax, builder.span(self.at, end), self.message.as_str())
            .label(self.label)
            .maybe_help(self.help.map(String::from))
    }
}

/// Returns whether the text might be JSON: its first character is a bracket.
pub(super) fn is_likely(text: &str) -> bool {
    text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with(['{', '['])
}

/// Reads the builder's text as one JSON value.
pub(super) fn read(builder: &mut Builder<'_>) -> Result<(), Mistake> {
    let at = if builder.text.starts_with('\u{feff}') { 3 } else { 0 };
    builder.begin_document();
    let mut reader = Reader { text: builder.text, builder, at, brackets: Vec::new() };
    reader.whole()?;
    builder.end_document();
    Ok(())
}

/// Reads the value that lies at `start..end` of the builder's text, and tells the builder what is wrong with it.
pub(super) fn read_line(builder: &mut Builder<'_>, start: usize, end: usize) {
    builder.begin_document();
    let text = &builder.text[..end];
    let mut reader = Reader { text, builder, at: start, brackets: Vec::new() };
    if let Err(mistake) = reader.whole() {
        builder.mistake(mistake.finding(builder));
    }
    builder.end_document();
}

struct Reader<'b, 't> {
    builder: &'b mut Builder<'t>,
    text: &'t str,
    at: usize,
    /// The opening brackets that are not closed yet, and where they are.
    brackets: Vec<(u8, usize)>,
}

impl Reader<'_, '_> {
    /// Reads one value, and that nothing follows it.
    fn whole(&mut self) -> Result<(), Mistake> {
        self.value()?;
        while let (Some(&bracket), Reading::On) = (self.brackets.last(), self.builder.reading) {
            self.after_value(bracket)?;
        }
        if self.builder.reading == Reading::On { self.end() } else { Ok(()) }
    }

    /// Skips white space and returns the next byte; 0 at the end.
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Reads a scalar, or a container up to and with its first value.
    fn value(&mut self) -> Result<(), Mistake> {
        // Brackets are opened in a loop, not by recursion: a hostile text has 200,000 of them.
        loop {
            let bracket = self.peek();
            let start = self.at;
            match bracket {
                b'{' | b'[' => {
                    self.builder.open(start, if bracket == b'{' { Form::Map } else { Form::List });
                    if self.builder.reading != Reading::On {
                        return Ok(());
                    }
                    self.brackets.push((bracket, start));
                    self.at += 1;
                    if self.peek() == closing(bracket) {
                        self.close();
                        return Ok(());
                    }
                    if bracket == b'{' {
                        self.key()?;
                    }
                }
                b'"' => return self.string(),
                b'-' | b'0'..=b'9' => return self.number(),
                _ => return self.word(),
            }
        }
    }

    /// Reads what follows a value inside `bracket`: its end, or a comma and the next value.
    fn after_value(&mut self, bracket: (u8, usize)) -> Result<(), Mistake> {
        let next = self.peek();
        if next == closing(bracket.0) {
            self.close();
            return Ok(());
        }
        if next != b',' {
            return Err(self.no_comma(bracket));
        }
        let comma = self.at;
        self.at += 1;
        if self.peek() == closing(bracket.0) {
            let message = "a comma after the last value";
            return Err(Mistake::new(comma, message, "nothing follows it")
                .help("remove the comma")
                .maybe_yaml());
        }
        if bracket.0 == b'{' {
            self.key()?;
        }
        self.value()
    }

    fn close(&mut self) {
        self.at += 1;
        self.brackets.pop();
        self.builder.close(Some(self.at));
    }

    fn key(&mut self) -> Result<(), Mistake> {
        match self.peek() {
            b'"' => self.string()?,
            0 => return Err(self.unclosed()),
            _ => {
                let mistake =
                    Mistake::new(self.at, "a key without quotation marks", "a key starts with `\"`");
                return Err(mistake.maybe_yaml());
            }
        }
        if self.peek() == b':' {
            self.at += 1;
            return Ok(());
        }
        Err(Mistake::new(self.at, "a key without a `:`", "a `:` and the value belong here"))
    }

    fn string(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        let mut escaped = false;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    end += 2;
                }
                Some(b'\n' | b'\r') | None => return Err(unclosed_text(start)),
                Some(0..=31) => {
                    let message = "a control character in a quoted text";
                    return Err(Mistake::new(end, message, "write it as an escape").maybe_yaml());
                }
                Some(_) => end += 1,
            }
        }
        self.at = end + 1;
        if escaped {
            let text = self.unescape(start + 1, end)?;
            self.builder.scalar(start, self.at, Words::New(&text), Form::String, false);
        } else {
            let words = Words::Source(start + 1, end - start - 1);
            self.builder.scalar(start, self.at, words, Form::String, false);
        }
        Ok(())
    }

    /// Returns the text between `from` and `to` with its escapes undone.
    fn unescape(&self, from: usize, to: usize) -> Result<String, Mistake> {
        let mut text = String::with_capacity(to - from);
        let mut at = from;
        while let Some(found) = self.text[at..to].find('\\') {
            text.push_str(&self.text[at..at + found]);
            at += found;
            let (character, len) = self.escape(at)?;
            text.push(character);
            at += len;
        }
        text.push_str(&self.text[at..to]);
        Ok(text)
    }

    /// Returns the character that the escape at `at` stands for, and the escape's length.
    fn escape(&self, at: usize) -> Result<(char, usize), Mistake> {
        let bytes = self.text.as_bytes();
        let character = match bytes[at + 1] {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(at),
            _ => {
                let mistake = Mistake::new(at, "an escape that JSON does not have", "no escape starts so");
                return Err(Mistake { len: 2, ..mistake }.help("write `\\\\` for a backslash").maybe_yaml());
            }
        };
        Ok((character, 2))
    }

    fn unicode_escape(&self, at: usize) -> Result<(char, usize), Mistake> {
        let unit = |at: usize| {
            let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
            let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if all_hex { u16::from_str_radix(digits, 16).ok() } else { None }
        };
        let bad = || {
            let mistake = Mistake::new(
                at,
                "a `\\u` escape that is no character",
                "four hexadecimal digits follow `\\u`",
            );
            Mistake { len: 2, ..mistake }
        };
        let first = unit(at).ok_or_else(bad)?;
        if let Some(character) = char::from_u32(first.into()) {
            return Ok((character, 6));
        }
        let second = unit(at + 6).ok_or_else(bad)?;
        let pair = char::decode_utf16([first, second]).next();
        pair.and_then(Result::ok).map(|character| (character, 12)).ok_or_else(bad)
    }

    fn number(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        let rest = &self.text[start..];
        let len = rest
            .bytes()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            .unwrap_or(rest.len());
        let written = &rest[..len];
        if !is_json_number(written) || !self.ends_word(start + len) {
            return Err(not_quoted(start));
        }
        if let Plain::Unsupported(reason) = scalar::resolve(written) {
            self.builder.unsupported_number(start, start + len, reason);
        }
        self.at += len;
        self.builder.scalar(start, self.at, Words::Source(start, len), Form::Number, true);
        Ok(())
    }

    /// Reads `true`, `false` or `null`.
    fn word(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        let rest = &self.text[start..];
        for (word, form) in [("true", Form::Bool), ("false", Form::Bool), ("null", Form::Null)] {
            if rest.starts_with(word) && self.ends_word(start + word.len()) {
                self.at += word.len();
                self.builder.scalar(start, self.at, Words::Source(start, word.len()), form, true);
                return Ok(());
            }
        }
        match rest.bytes().next() {
            None => Err(self.unclosed()),
            Some(b']' | b'}' | b',' | b':') => {
                Err(Mistake::new(start, "a value is missing", "a value belongs here").maybe_yaml())
            }
            Some(_) => Err(not_quoted(start)),
        }
    }

    /// Returns whether what is written without quotes ends before `at`.
    fn ends_word(&self, at: usize) -> bool {
        matches!(self.text.as_bytes().get(at), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}'))
    }

    fn no_comma(&mut self, bracket: (u8, usize)) -> Mistake {
        match self.peek() {
            0 => self.unclosed(),
            close @ (b'}' | b']') => {
                let open = char::from(bracket.0);
                let message = format!("`{open}` is closed by `{}`", char::from(close));
                Mistake::new(self.at, message, "the wrong bracket")
            }
            b'#' | b'/' => Mistake::new(self.at, "a comment in JSON", "JSON has no comments").maybe_yaml(),
            b':' => Mistake::new(self.at, "a `:` where a value has ended", "a `,` belongs here").maybe_yaml(),
            _ => Mistake::new(self.at, "a `,` is missing between two values", "a `,` belongs before this"),
        }
    }

    /// Returns the finding that the text ends inside brackets; it is about the innermost one.
    fn unclosed(&self) -> Mistake {
        let (bracket, at) = self.brackets.last().copied().unwrap_or((b'{', 0));
        let (open, close) = (char::from(bracket), char::from(closing(bracket)));
        Mistake::new(at, format!("`{open}` is never closed"), "opened here").help(if close == '}' {
            "add the missing `}`"
        } else {
            "add the missing `]`"
        })
    }

    /// Checks that nothing follows the value.
    fn end(&mut self) -> Result<(), Mistake> {
        match self.peek() {
            0 if self.at == self.text.len() => Ok(()),
            b'#' | b'-' | b'.' | b':' => {
                Err(Mistake::new(self.at, "text after the end of the JSON value", "").maybe_yaml())
            }
            _ => Err(Mistake::new(
                self.at,
                "text after the end of the JSON value",
                "the value before is complete",
            )
            .help("a file holds one JSON value; put several into a list, or between `---` lines")),
        }
    }
}

fn closing(bracket: u8) -> u8 {
    if bracket == b'{' { b'}' } else { b']' }
}

fn not_quoted(at: usize) -> Mistake {
    Mistake::new(
        at,
        "a text without quotation marks",
        "neither a quoted text nor a number, `true`, `false` or `null`",
    )
    .maybe_yaml()
}

fn unclosed_text(at: usize) -> Mistake {
    Mistake::new(at, "a quoted text that does not end on its line", "opened here")
        .help("add the closing quotation mark; a line break inside a text is written `\\n`")
        .maybe_yaml()
}

/// Returns whether `text`, which has only characters of numbers, is a number of JSON.
fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let leading_zero = matches!(unsigned, [b'0', b'0'..=b'9', ..]);
    let dot_without_digits = unsigned
        .iter()
        .position(|&byte| byte == b'.')
        .is_some_and(|dot| !unsigned.get(dot + 1).is_some_and(u8::is_ascii_digit));
    let starts_with_digit = unsigned.first().is_some_and(u8::is_ascii_digit);
    let is_decimal = !matches!(scalar::resolve(text), Plain::String);
    starts_with_digit && !leading_zero && !dot_without_digits && is_decimal
}
