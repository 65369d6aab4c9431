//! What is wrong with an expression, in the words of who wrote it.

use std::fmt::Write;

use jaq_core::compile::Undefined;
use jaq_core::load::lex::Expect as Lexed;
use jaq_core::load::parse::Expect as Parsed;
use jaq_core::load::{self, Error as Unreadable};
use jaq_core::{Exn, compile};

use super::function::{WITHHELD, signatures};
use super::value::{Clipped, V};
use crate::diagnostic::did_you_mean;

/// The most bytes of a message of the interpreter, which may hold whole values.
const LONGEST: usize = 200;

/// Why an expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JqError {
    /// What is wrong, without a full stop.
    pub message: String,
    /// The byte of the expression at which it is wrong.
    pub offset: Option<usize>,
    /// What to write instead.
    pub help: Option<String>,
}

impl JqError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), offset: None, help: None }
    }

    fn at(source: &str, part: &str, message: String, help: Option<String>) -> Self {
        Self { message, offset: Some(offset(source, part)), help }
    }
}

/// Returns where `part`, a slice of `source`, starts.
fn offset(source: &str, part: &str) -> usize {
    load::span(source, part).start.min(source.len())
}

/// Returns why `source` is not jq.
pub(super) fn unreadable(source: &str, errors: load::Errors<&str, ()>) -> JqError {
    let first = errors.into_iter().next().map(|(_, error)| error);
    let error = match first {
        Some(Unreadable::Lex(errors)) => {
            errors.into_iter().next().map(|(wanted, at)| lexed(source, &wanted, at))
        }
        Some(Unreadable::Parse(errors)) => {
            errors.into_iter().next().map(|(wanted, at)| parsed(source, &wanted, at))
        }
        Some(Unreadable::Io(_)) => Some(JqError::new("modules cannot be imported here")),
        None => None,
    };
    error.unwrap_or_else(|| JqError::new("this is not jq"))
}

/// Returns the error for text that is no word of jq.
fn lexed(source: &str, wanted: &Lexed<&str>, at: &str) -> JqError {
    let character = at.chars().next();
    let (message, help) = match (wanted, character) {
        (Lexed::Token | Lexed::Ident | Lexed::Digit, Some('\'')) => {
            ("a string is written in double quotes".into(), Some(single_quotes(source, at)))
        }
        (Lexed::Token, Some('&')) => ("jq has no `&&`".into(), Some("write `and`".into())),
        (Lexed::Token, Some('!')) => {
            ("jq has no `!`".into(), Some("write `| not` after what is to be false".into()))
        }
        (Lexed::Token, Some(character)) => {
            (format!("`{}` means nothing in jq", character.escape_debug()), None)
        }
        (Lexed::Escape | Lexed::Unicode, _) => (
            "a string has an escape that jq does not know".into(),
            Some("write a backslash as `\\\\`".into()),
        ),
        (Lexed::Delim(open), _) => return unclosed(source, open, at),
        (other, _) => (format!("a {} is missing here", other.as_str()), None),
    };
    JqError::at(source, at, message, help)
}

/// Returns the error for a bracket or quote that is never closed; `at` starts with it, or is what follows.
fn unclosed(source: &str, open: &str, at: &str) -> JqError {
    let name = if open == "\"" { "quote" } else { "bracket" };
    let message = format!("the {name} `{open}` is not closed");
    let at = if at.starts_with(open) { at } else { source.rfind(open).map_or(at, |start| &source[start..]) };
    JqError::at(source, at, message, None)
}

/// Returns what to write instead of a string in single quotes.
fn single_quotes(source: &str, at: &str) -> String {
    let text = at[1..].split('\'').next().unwrap_or_default();
    let before = source[..offset(source, at)].trim_end_matches('.');
    let path =
        before.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_'))).next().unwrap_or_default();
    let is_path = source[..offset(source, at)].ends_with('.');
    if is_path { format!("write `{path}.\"{text}\"`") } else { format!("write `\"{text}\"`") }
}

/// Returns the error for words in an order that jq does not know.
fn parsed(source: &str, wanted: &Parsed<&str>, at: &str) -> JqError {
    let needed = match wanted {
        Parsed::Just(word) => format!("`{word}`"),
        Parsed::Term => "a value".into(),
        Parsed::Nothing => "the end".into(),
        Parsed::Ident => "an identifier".into(),
        Parsed::Arg => "an argument".into(),
        Parsed::ElseOrEnd => "`else` or `end`".into(),
        other => format!("a {}", other.as_str()),
    };
    let help = match at {
        "||" => Some("write `or`".into()),
        "===" => Some("write `==`".into()),
        _ => None,
    };
    let message = if source.trim().is_empty() {
        "the expression is empty".into()
    } else if at.is_empty() {
        format!("the expression ends where {needed} is needed")
    } else {
        let word = at.chars().take_while(|c| !c.is_whitespace()).take(20).collect::<String>();
        format!("`{}` cannot stand here: {needed} is needed", word.escape_debug())
    };
    JqError::at(source, at, message, help)
}

/// Returns which name of `source` does not exist.
pub(super) fn undefined(source: &str, errors: compile::Errors<&str, ()>) -> JqError {
    let first = errors.into_iter().flat_map(|(_, errors)| errors).next();
    let Some((name, kind)) = first else { return JqError::new("this is not jq") };
    let (message, help) = match kind {
        Undefined::Filter(count) => no_function(source, name, count),
        Undefined::Var if name == "$ENV" => withheld(name),
        Undefined::Var => (format!("there is no variable `{name}`"), None),
        Undefined::Label => (format!("there is no label `{name}`"), None),
        _ => (format!("there is no module `{name}`"), None),
    };
    JqError::at(source, name, message, help)
}

fn withheld(name: &str) -> (String, Option<String>) {
    let help = "an expression sees its input only, so that the same catalog always gives the same answer";
    (format!("`{name}` is not available here"), Some(help.into()))
}

/// Returns the message and help for a function that does not exist.
fn no_function(source: &str, name: &str, count: usize) -> (String, Option<String>) {
    if WITHHELD.contains(&name) {
        return withheld(name);
    }
    let signatures = signatures();
    let counts: Vec<String> =
        signatures.iter().filter(|(known, _)| *known == name).map(|(_, count)| count.to_string()).collect();
    if !counts.is_empty() {
        let message = format!("`{name}` takes {} arguments, not {count}", counts.join(" or "));
        return (message, (counts.len() > 1 || count > 1).then(|| "arguments are separated by `;`".into()));
    }
    let near = did_you_mean(name, signatures.iter().map(|(known, _)| *known));
    (format!("there is no function `{name}`"), field_hint(source, name).or(near))
}

/// Returns what to write when a word was meant as a field: `properties.tier`, or `.properties.lead-time`.
fn field_hint(source: &str, name: &str) -> Option<String> {
    const FIELDS: &[&str] = &["identifier", "title", "icon", "team", "blueprint", "properties", "relations"];
    let at = offset(source, name);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let before = source[..at].trim_end_matches(is_word);
    let after = source[at + name.len()..].trim_start_matches(is_word);
    let word = &source[before.len()..source.len() - after.len()];
    if word.contains('-') && before.ends_with('.') {
        return Some(format!("`-` subtracts; to read one name, write `.\"{word}\"`"));
    }
    FIELDS.contains(&name).then(|| format!("write `.{name}`"))
}

/// Returns what an evaluation has thrown.
pub(super) fn thrown(exception: Exn<'_, V>) -> String {
    let Ok(error) = exception.get_err() else { return "ends without an answer".into() };
    let mut text = Clipped::new(LONGEST);
    // What does not fit is cut off, which is what the error says.
    let whole = write!(text, "{error}").is_ok();
    let shown = text.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&text.text);
    if whole { shown.to_string() } else { format!("{shown}…") }
}
