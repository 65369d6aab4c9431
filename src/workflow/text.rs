//! YAML for a reader: mappings in order, comments, scripts as blocks, and quotes only where they are needed.
//!
//! A text is written plain only if every reader, of YAML 1.1 or 1.2, takes it for that text; else in double quotes
//! with escapes. What is written reads back as what was given: a property test holds that.

use std::fmt::Write;

use serde_json::Number;

/// A value to write.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A text.
    Text(String),
    /// A text that people expect in quotes.
    Quoted(String),
    /// A text of several lines, such as a script, as a block.
    Block(String),
    /// A number.
    Number(Number),
    /// True or false.
    Flag(bool),
    /// A mapping on lines of its own; `{}` when empty.
    Map(Map),
    /// A list on lines of its own; `[]` when empty.
    List(Vec<Item>),
    /// Short texts as a list on one line.
    Row(Vec<String>),
}

/// A mapping in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    /// Lines above it, each a comment.
    above: Vec<String>,
    /// Whether an empty line comes first.
    apart: bool,
    key: String,
    value: Item,
    /// A comment on its line.
    note: Option<String>,
}

impl Map {
    /// Returns an empty mapping.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Item>) -> &mut Self {
        let (above, apart, note) = (Vec::new(), false, None);
        self.entries.push(Entry { above, apart, key: key.into(), value: value.into(), note });
        self
    }

    /// Adds an entry, if there is a value.
    pub fn maybe(&mut self, key: &str, value: Option<impl Into<Item>>) -> &mut Self {
        if let Some(value) = value {
            self.set(key, value);
        }
        self
    }

    /// Adds an entry and returns the mapping: for one written in place.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Item>) -> Self {
        self.set(key, value);
        self
    }

    /// Puts an empty line before the last entry.
    pub fn apart(&mut self) -> &mut Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.apart = true;
        }
        self
    }

    /// Puts a comment above the last entry.
    pub fn above(&mut self, comment: impl AsRef<str>) -> &mut Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.above.extend(comment.as_ref().lines().map(comment_line));
        }
        self
    }

    /// Puts a comment on the line of the last entry.
    pub fn note(&mut self, comment: impl AsRef<str>) -> &mut Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.note = Some(comment_line(comment.as_ref()));
        }
        self
    }

    /// Gives an entry another value, or adds it.
    pub fn replace(&mut self, key: &str, value: impl Into<Item>) -> &mut Self {
        match self.entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => {
                entry.value = value.into();
                self
            }
            None => self.set(key, value),
        }
    }

    /// Returns whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the value at a key.
    pub fn get(&self, key: &str) -> Option<&Item> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }
}

impl From<&str> for Item {
    fn from(text: &str) -> Self {
        Self::Text(text.to_string())
    }
}

impl From<String> for Item {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Item {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for Item {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Map> for Item {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<Vec<Item>> for Item {
    fn from(items: Vec<Item>) -> Self {
        Self::List(items)
    }
}

/// Returns a document: its mapping, without a marker.
pub fn document(map: &Map) -> String {
    let mut out = String::new();
    write_map(&mut out, map, 0);
    out
}

/// Returns comment lines, each of `text`.
pub fn comment(text: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        let line = comment_line(line);
        let _ = writeln!(out, "#{}{line}", if line.is_empty() { "" } else { " " });
        out
    })
}

/// Returns a document of ours without the comments at its top.
pub fn without_comments(text: &str) -> String {
    text.lines().skip_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

/// Returns text that a comment can hold: on one line, without characters that YAML does not allow.
fn comment_line(text: &str) -> String {
    let harmless = |c: char| if needs_escape(c) || c == '\t' { ' ' } else { c };
    text.chars().map(harmless).collect::<String>().trim_end().to_string()
}

fn write_map(out: &mut String, map: &Map, depth: usize) {
    for (number, entry) in map.entries.iter().enumerate() {
        if entry.apart && number > 0 {
            out.push('\n');
        }
        // The first entry of a list's item follows its dash.
        let first = number == 0 && out.ends_with("- ");
        for (at, line) in entry.above.iter().enumerate() {
            if !(first && at == 0) {
                indent(out, depth);
            }
            let _ = writeln!(out, "# {line}");
        }
        if !first || !entry.above.is_empty() {
            indent(out, depth);
        }
        write_key(out, &entry.key);
        write_value(out, &entry.value, depth, entry.note.as_deref());
    }
}

fn write_key(out: &mut String, key: &str) {
    // GitHub's own key, which only YAML 1.1 takes for a boolean.
    if key == "on" || is_plain(key, true) {
        out.push_str(key);
    } else {
        quote(out, key);
    }
    out.push(':');
}

/// Writes the value after a key's colon, and the comment on that line.
fn write_value(out: &mut String, value: &Item, depth: usize, note: Option<&str>) {
    match value {
        Item::Map(map) if !map.is_empty() => {
            end_line(out, note);
            write_map(out, map, depth + 1);
        }
        Item::List(items) if !items.is_empty() => {
            end_line(out, note);
            write_list(out, items, depth + 1);
        }
        Item::Block(text) if is_block(text) => {
            out.push_str(" |");
            end_line(out, note);
            write_block(out, text, depth + 1);
        }
        value => {
            out.push(' ');
            write_scalar(out, value);
            end_line(out, note);
        }
    }
}

fn write_list(out: &mut String, items: &[Item], depth: usize) {
    for item in items {
        indent(out, depth);
        out.push_str("- ");
        match item {
            Item::Map(map) if !map.is_empty() => write_map(out, map, depth + 1),
            Item::Block(text) if is_block(text) => {
                out.push_str("|\n");
                write_block(out, text, depth + 1);
            }
            Item::List(items) if !items.is_empty() => {
                let row = items.iter().map(flow).collect::<Vec<_>>().join(", ");
                let _ = writeln!(out, "[{row}]");
            }
            item => {
                write_scalar(out, item);
                out.push('\n');
            }
        }
    }
}

fn flow(item: &Item) -> String {
    let mut out = String::new();
    match item {
        Item::Text(text) | Item::Block(text) => write_text(&mut out, text, true),
        item => write_scalar(&mut out, item),
    }
    out
}

/// Writes what fits on a line.
fn write_scalar(out: &mut String, item: &Item) {
    match item {
        Item::Text(text) | Item::Block(text) => write_text(out, text, false),
        Item::Quoted(text) => quote(out, text),
        Item::Number(number) => drop(write!(out, "{number}")),
        Item::Flag(flag) => drop(write!(out, "{flag}")),
        Item::Row(texts) => {
            out.push('[');
            for (number, text) in texts.iter().enumerate() {
                out.push_str(if number > 0 { ", " } else { "" });
                write_text(out, text, true);
            }
            out.push(']');
        }
        Item::Map(_) => out.push_str("{}"),
        Item::List(_) => out.push_str("[]"),
    }
}

fn write_text(out: &mut String, text: &str, flow: bool) {
    if is_plain(text, flow) { out.push_str(text) } else { quote(out, text) }
}

fn write_block(out: &mut String, text: &str, depth: usize) {
    for line in text.lines() {
        if !line.is_empty() {
            indent(out, depth);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Returns whether a text can be written as a block: it ends with one line break, does not begin with a space, and has
/// nothing that would need an escape.
fn is_block(text: &str) -> bool {
    let clean = text.chars().all(|c| c == '\n' || !needs_escape(c));
    let ends = text.ends_with('\n') && !text.ends_with("\n\n") && text != "\n";
    let trailing = text.lines().any(|line| line.ends_with(' ') || line.ends_with('\t'));
    clean && ends && !trailing && !text.starts_with([' ', '\n', '\t'])
}

/// Returns whether a text is a plain scalar that every reader takes for itself; in `flow`, inside of `[ ]` or as a key.
fn is_plain(text: &str, flow: bool) -> bool {
    let word =
        |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$' | '/'));
    // A dot may begin a number, or the words for what is none.
    let first = word(text) || text.strip_prefix('.').is_some_and(|rest| word(rest) && !is_reserved(rest));
    let allowed = |c: char| {
        let block = !flow && ",{}[]()'\"&|=!?*;<>^%~\\".contains(c);
        c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '$' | '@' | '+' | ':') || block
    };
    first
        && text.chars().all(allowed)
        && !text.ends_with([' ', ':'])
        && !text.contains(if flow { ":" } else { ": " })
        && !is_reserved(text)
}

/// Returns whether a reader of YAML 1.1 or 1.2 takes a text that begins with a letter for something else.
fn is_reserved(text: &str) -> bool {
    const WORDS: &[&str] = &["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => match u32::from(c) {
                code @ ..=0xff => drop(write!(out, "\\x{code:02x}")),
                code @ ..=0xffff => drop(write!(out, "\\u{code:04x}")),
                code => drop(write!(out, "\\U{code:08x}")),
            },
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Returns whether a character is one that YAML does not allow, that it takes for a line break, or that hides text.
fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn end_line(out: &mut String, note: Option<&str>) {
    if let Some(note) = note {
        let _ = write!(out, " # {note}");
    }
    out.push('\n');
}

#[cfg(test)]
mod tests;
