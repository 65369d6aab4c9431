//! Syntax errors in plain words: what the YAML parser stumbled over, and what was probably meant.

use std::ops::Range;

use granit_parser::{ErrorKind, ScanError};

use super::check;
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{SourceId, Span};

/// YAML's own limit, in characters.
const LONGEST_KEY: usize = 1024;

/// What to say about a syntax error.
struct Words {
    rule: Rule,
    at: Range<usize>,
    message: String,
    label: &'static str,
    help: Option<&'static str>,
}

/// Returns the finding for a syntax error; `last` is where the scalar before it stands.
pub(super) fn explain(source: SourceId, text: &str, error: &ScanError, last: &Range<usize>) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or_default().min(text.len());
    let at = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return check::too_deep(Span::new(source, at, token_end(text, at)));
    }
    let words = template(text, at)
        .or_else(|| tab(text, at))
        .or_else(|| about_text(error.kind(), text, at, last))
        .or_else(|| about_brackets(error.kind(), text, at))
        .or_else(|| about_quotes(error.kind(), text, at))
        .unwrap_or_else(|| otherwise(error.kind(), text, at));
    Diagnostic::new(words.rule, Span::new(source, words.at.start, words.at.end), words.message)
        .label(words.label)
        .maybe_help(words.help.map(String::from))
}

fn words(at: Range<usize>, message: impl Into<String>, label: &'static str) -> Words {
    Words { rule: Rule::Syntax, at, message: message.into(), label, help: None }
}

impl Words {
    fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }
}

/// Explains a value that begins with `{{` on the line of the error.
fn template(text: &str, at: usize) -> Option<Words> {
    let line = line_of(text, at);
    let open = line.start + text[line.clone()].find("{{")?;
    let before = text[line.start..open].trim_end();
    if !(before.is_empty() || before.ends_with([':', '-', ',', '['])) {
        return None;
    }
    let end = text[open..line.end].rfind("}}").map_or(open + 2, |close| open + close + 2);
    Some(
        words(open..end, "a text that starts with `{{` needs quotation marks", "YAML reads `{` as a mapping")
            .help("quote the whole value: \"{{ … }}\""),
    )
}

/// Explains a line that is indented by a tab.
fn tab(text: &str, at: usize) -> Option<Words> {
    let line = line_of(text, at);
    let indent = text[line.clone()].len() - text[line.clone()].trim_start_matches([' ', '\t', '-']).len();
    let tab = line.start + text[line.start..line.start + indent].find('\t')?;
    let tabs = text[tab..].bytes().take_while(|&byte| byte == b'\t').count();
    let found = words(tab..tab + tabs, "a tab is used for indentation", "YAML indents by spaces only");
    Some(Words { rule: Rule::TabIndentation, ..found }.help("replace each tab by spaces"))
}

/// Explains errors in and after texts without quotes.
fn about_text(kind: &ErrorKind, text: &str, at: usize, last: &Range<usize>) -> Option<Words> {
    match kind {
        ErrorKind::MappingValueNotAllowed => Some(stray_colon(text, at, last)),
        ErrorKind::InvalidSimpleKey | ErrorKind::SimpleKeyExpected => Some(no_colon(text, at)),
        ErrorKind::UnexpectedCharacter { character } => Some(
            words(
                at..at + character.len_utf8(),
                match character {
                    '`' => String::from("a text cannot start with a backtick"),
                    _ => format!("a text cannot start with `{character}`"),
                },
                "reserved by YAML",
            )
            .help("put the text into quotation marks"),
        ),
        ErrorKind::CommentInterceptedScalar => Some(
            words(at..at + 1, "a comment inside a text of several lines", "ends the text")
                .help("move the comment, or indent and quote the text if the `#` belongs to it"),
        ),
        ErrorKind::PlainScalarStartsWithDashFlowIndicator => Some(
            words(at..token_end(text, at), "a text cannot start with `-` and a bracket", "")
                .help("put the text into quotation marks"),
        ),
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => Some(
            words(
                at..token_end(text, at),
                "only `-`, `+` or a digit may follow `|` and `>`",
                "does not belong here",
            )
            .help("start the text on the next line, indented"),
        ),
        _ => None,
    }
}

/// Explains a `: ` where no key can be: two on a line, or a line that continues the text above it.
fn stray_colon(text: &str, at: usize, last: &Range<usize>) -> Words {
    let line = line_of(text, at);
    if last.len() > LONGEST_KEY {
        let message = format!("a key of more than {LONGEST_KEY} characters");
        return words(last.start..token_end(text, last.start), message, "starts here")
            .help("shorten the key");
    }
    let continued = last.end == at && last.start < line.start;
    let key_start = line.start + text[line.clone()].len() - text[line.clone()].trim_start().len();
    if !continued {
        return words(at..at + 1, "a `: ` inside a text without quotation marks", "not allowed here")
            .help("put the text into quotation marks");
    }
    let above = text[..line.start].trim_end_matches(['\r', '\n']);
    let above = &above[above.rfind('\n').map_or(0, |at| at + 1)..];
    let glued = above.find(':').is_some_and(|colon| !above[colon..].contains(": "));
    let found = words(
        key_start..at.max(key_start),
        "this key stands where the text above still goes on",
        "read as part of the line above",
    );
    found.help(if glued {
        "write a space after the `:` in the line above"
    } else {
        "give the key the same indentation as the keys beside it, or add the `:` that the line above lacks"
    })
}

/// Explains a text that stands where a key must be.
fn no_colon(text: &str, at: usize) -> Words {
    words(at..token_end(text, at), "a key without a `:`", "a `:` and the value belong after this")
        .help("add the `:`, or indent the line if it belongs to the text above")
}

/// Explains errors with brackets and commas.
fn about_brackets(kind: &ErrorKind, text: &str, at: usize) -> Option<Words> {
    let one = at..token_end(text, at).min(at + 1).max(at);
    Some(match kind {
        ErrorKind::UnclosedFlowCollection { open } => {
            words(one, format!("`{open}` is never closed"), "opened here")
                .help("close the bracket, or quote the text if the bracket belongs to it")
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            words(one, format!("`{open}` is closed by `{close}`"), "opened here")
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            words(one, "a closing bracket without an opening one", "closes nothing")
                .help("remove the bracket, or quote the text if the bracket belongs to it")
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::UnexpectedEofFlowMapping => {
            words(one, "a `,` or `}` is missing", "expected before this")
        }
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::UnexpectedEofFlowSequence => {
            words(one, "a `,` or `]` is missing", "expected before this")
        }
        ErrorKind::UnexpectedEofImplicitFlowMapping => {
            words(one, "a value is missing between brackets", "a value belongs before this")
        }
        ErrorKind::BlockEntryInFlowCollection => {
            words(one, "a `- ` inside brackets", "lists in brackets have no dashes")
                .help("separate the items by commas, or quote the `-`")
        }
        ErrorKind::InvalidFlowScalarIndent => words(one, "a line inside brackets is indented too little", "")
            .help("indent the lines up to the closing bracket"),
        _ => return None,
    })
}

/// Explains errors in and after quoted texts.
fn about_quotes(kind: &ErrorKind, text: &str, at: usize) -> Option<Words> {
    let here = at..token_end(text, at);
    Some(match kind {
        ErrorKind::UnclosedQuotedScalar => {
            words(at..(at + 1).min(text.len()), "a quotation mark is never closed", "opened here")
                .help("add the closing quotation mark")
        }
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::DocumentIndicatorInQuotedScalar => words(
            here,
            "a quoted text goes on in a line that is not indented",
            "still inside the quoted text",
        )
        .help("close the quotation mark above, or indent the lines of the text"),
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            words(here, "something follows a quoted text", "the text has ended before this")
                .help("write `''` for an apostrophe inside single quotation marks")
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            words(here, "something follows a quoted text", "the text has ended before this")
                .help("write `\\\"` for a quotation mark inside double ones, or quote the whole value")
        }
        ErrorKind::UnknownQuotedScalarEscape => bad_escape(text, at),
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => words(
            at..(at + 1).min(text.len()),
            "a `\\x` or `\\u` escape that is no character",
            "in this text",
        ),
        _ => return None,
    })
}

/// Finds the escape that does not exist in the quoted text that starts at `at`.
fn bad_escape(text: &str, at: usize) -> Words {
    let bytes = text.as_bytes();
    let mut place = at;
    while let Some(backslash) = bytes[place..].iter().position(|&byte| byte == b'\\') {
        place += backslash;
        match bytes.get(place + 1) {
            Some(next) if b"0abt\tnvfre \"/\\N_LPxuU\r\n".contains(next) => place += 2,
            _ => break,
        }
    }
    let end = token_end(text, (place + 1).min(text.len())).min(place + 2);
    let end = if text.is_char_boundary(end) { end.max(place) } else { token_end(text, place) };
    words(place..end, "a backslash escape that does not exist", "unknown escape")
        .help("write `\\\\` for a backslash, or use single quotation marks")
}

/// Explains everything else: mostly indentation and lists.
fn otherwise(kind: &ErrorKind, text: &str, at: usize) -> Words {
    let here = at..token_end(text, at);
    match kind {
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::InvalidIndentation => not_a_key(text, at),
        ErrorKind::ExpectedBlockSequenceEntry => {
            words(here, "a list item is expected here", "does not start with `- `")
                .help("start the line with `- `, or correct its indentation")
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            words(at..(at + 1).min(text.len()), "a list cannot start here", "")
                .help("start the list on the next line, or put the text into quotation marks")
        }
        ErrorKind::InvalidBlockScalarIndent => words(here, "a line of the text is indented wrongly", "")
            .help("indent all lines of the text alike"),
        ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInPlainScalar => {
            let tab = text[at..].find('\t').map_or(at, |tab| at + tab);
            let found = words(tab..(tab + 1).min(text.len()), "a tab where YAML allows only spaces", "");
            Words { rule: Rule::TabIndentation, ..found }.help("replace the tab by spaces")
        }
        ErrorKind::ExpectedDocumentStart | ErrorKind::MissingDocumentEndBeforeDirective
            if directive(text, at).is_some() =>
        {
            let place = directive(text, at).unwrap_or(at);
            words(place..place + 1, "a text cannot start with `%`", "starts a YAML directive")
                .help("put the text into quotation marks")
        }
        ErrorKind::ExpectedDocumentStart => {
            words(here, "text after the end of the document", "the document before is complete")
                .help("separate documents by a line `---`")
        }
        ErrorKind::InvalidDocumentEnd => {
            words(here, "text after the end marker `...`", "").help("start the next document on a new line")
        }
        ErrorKind::MissingAnchorOrAliasName => words(here, "`*` and `&` need a name", "")
            .help("put the text into quotation marks if the character belongs to it"),
        ErrorKind::UndeclaredTagHandle | ErrorKind::MissingTagUri | ErrorKind::InvalidTagTerminator => {
            words(here, "a tag that cannot be read", "")
                .help("put the text into quotation marks if the `!` belongs to it")
        }
        other => words(here, plainer(other), ""),
    }
}

/// Explains a line that should be a key but is not.
fn not_a_key(text: &str, at: usize) -> Words {
    let line = line_of(text, at);
    let content = text[line.clone()].trim_start();
    let start = line.end - content.len();
    if content.starts_with("- ") {
        return words(start..start + 1, "a list item among the keys of a mapping", "")
            .help("indent the list under its key, or remove the `- `");
    }
    let here = at..token_end(text, at);
    if text[at..].starts_with(',') {
        return words(here, "a text cannot start with `,`", "reserved by YAML")
            .help("put the text into quotation marks");
    }
    if start < at {
        return words(
            here,
            "something follows a value that is complete",
            "a new line is expected before this",
        )
        .help("put the whole value into quotation marks");
    }
    words(here, "a key is expected here", "does not fit the keys above")
        .help("give the line the indentation of the lines it belongs with")
}

/// Returns the last line up to `at` that YAML takes for a directive.
fn directive(text: &str, at: usize) -> Option<usize> {
    let line_starts = text[..at].rmatch_indices('\n').map(|(newline, _)| newline + 1).chain([0]);
    [at].into_iter().chain(line_starts).find(|&place| text[place..].starts_with('%'))
}

/// Returns the parser's own words, for what is too rare for better ones.
fn plainer(kind: &ErrorKind) -> String {
    let words = kind.to_string();
    let after = words.split_once(", ").map_or(words.as_str(), |(_, after)| after);
    after.replace('\'', "`").replace("did not find expected", "no").trim_end_matches('.').to_string()
}

/// Returns the line that holds `at`, without its line break.
fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find(['\n', '\r']).map_or(text.len(), |newline| at + newline);
    start..end
}

/// Returns the end of the word, or else of the character, at `at`.
fn token_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    match rest.chars().next() {
        Some('\n' | '\r') | None => at,
        Some(first) => at + word.max(first.len_utf8()).min(60),
    }
}
