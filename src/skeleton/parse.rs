//! Templates as syntax trees.
//!
//! The tokenizer and the parser are minijinja's, so that the language is the Jinja that people know, white space
//! included. What a parser calls itself for has to be bounded before it runs, for it only bounds some of it: the tokens
//! are looked at first, which also tells which tag is never ended.

use std::ops::Range;

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::{Span, Token, parse as parse_tokens, tokenize};
use minijinja::syntax::SyntaxConfig;

use super::wrong::Wrong;
use crate::diagnostic::did_you_mean;
use crate::model::phrase::clip;
use crate::model::scaffold::Delimiters;

/// The longest text that is rendered, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The most tokens of an expression, without those of lists and arguments beside each other: it nests no deeper.
const MOST_NESTED: usize = 1_000;

/// The most `elif` of all conditions that are open.
const MOST_BRANCHES: usize = 500;

/// The longest delimiter, in bytes.
const LONGEST_DELIMITER: usize = 16;

/// Tags that begin something, with what ends it.
const PAIRS: &[(&str, &str)] = &[
    ("if", "endif"),
    ("for", "endfor"),
    ("with", "endwith"),
    ("filter", "endfilter"),
    ("macro", "endmacro"),
    ("call", "endcall"),
    ("set", "endset"),
    ("block", "endblock"),
    ("autoescape", "endautoescape"),
];

/// Tags that there are, for suggestions.
const TAGS: &[&str] = &[
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "endset",
    "with",
    "endwith",
    "macro",
    "endmacro",
    "call",
    "endcall",
    "filter",
    "endfilter",
    "raw",
    "endraw",
    "do",
];

/// Returns the syntax with these delimiters: a line with nothing but a statement leaves no line, and the last line keeps
/// its end.
///
/// # Errors
/// When no text could be told apart by them, as a phrase.
pub(super) fn syntax(delimiters: &Delimiters) -> Result<SyntaxConfig, String> {
    let Delimiters { variable, block, comment } = delimiters;
    for delimiter in [variable, block, comment].into_iter().flatten() {
        if delimiter.trim().is_empty() {
            return Err("a delimiter is empty".into());
        }
        if delimiter.len() > LONGEST_DELIMITER || delimiter.contains(char::is_whitespace) {
            return Err(format!("the delimiter `{}` has white space, or is too long", clip(delimiter)));
        }
    }
    for (one, other) in [(variable, block), (variable, comment), (block, comment)] {
        if one[0] == other[0] {
            return Err(format!("the delimiter `{}` begins two things", one[0]));
        }
    }
    SyntaxConfig::builder()
        .variable_delimiters(variable[0].clone(), variable[1].clone())
        .block_delimiters(block[0].clone(), block[1].clone())
        .comment_delimiters(comment[0].clone(), comment[1].clone())
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .map_err(|_| "the delimiters cannot be told apart".into())
}

/// Returns the tree of a template.
///
/// # Errors
/// Why it is no template.
pub(super) fn parse<'s>(source: &'s str, syntax: &SyntaxConfig) -> Result<Stmt<'s>, Wrong> {
    if source.len() > LONGEST {
        let wrong = Wrong::new("this is longer than 1 MiB, which is more than is rendered");
        return Err(wrong.help("give the file a name without `.j2`: it is copied then"));
    }
    scan(source, syntax)?;
    parse_tokens(source, "", syntax.clone()).map_err(|error| wrong(source, &error, 0..0))
}

/// Returns the statements of a template.
pub(super) fn statements<'t, 's>(template: &'t Stmt<'s>) -> &'t [Stmt<'s>] {
    match template {
        Stmt::Template(template) => &template.children,
        _ => std::slice::from_ref(template),
    }
}

/// Returns the bytes of an expression: minijinja gives those from its operator, or its last part, on.
pub(super) fn range(expr: &Expr<'_>) -> Range<usize> {
    let end = expr.span().end_offset as usize;
    let mut first = expr;
    loop {
        first = match first {
            Expr::BinOp(it) => &it.left,
            Expr::Compare(it) => &it.expr,
            Expr::IfExpr(it) => &it.true_expr,
            Expr::Test(it) => &it.expr,
            Expr::GetAttr(it) => &it.expr,
            Expr::GetItem(it) => &it.expr,
            Expr::Slice(it) => &it.expr,
            Expr::Call(it) => &it.expr,
            Expr::Filter(it) if it.expr.is_some() => match &it.expr {
                Some(inner) => inner,
                None => break,
            },
            _ => break,
        };
    }
    bytes(first.span()).start..end.max(bytes(first.span()).end)
}

/// Returns the bytes of a span.
pub(super) fn bytes(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

/// Returns the offsets at which expressions begin, their delimiter included.
pub(super) fn openings(source: &str, syntax: &SyntaxConfig) -> Vec<usize> {
    let tokens = tokenize(source, false, syntax.clone()).map_while(Result::ok);
    let opening = |(token, span): (Token<'_>, Span)| {
        matches!(token, Token::VariableStart).then_some(span.start_offset as usize)
    };
    tokens.filter_map(opening).collect()
}

/// Returns why a text is no template, in our words.
fn wrong(source: &str, error: &minijinja::Error, near: Range<usize>) -> Wrong {
    let range = error.range().filter(|range| source.get(range.clone()).is_some_and(|part| !part.is_empty()));
    let range = range.unwrap_or(near);
    let detail = error.detail().unwrap_or("this cannot be read").to_string();
    if let Some(name) = detail.strip_prefix("unknown statement ") {
        let wrong = Wrong::new(format!("there is no tag `{}`", clip(name))).at(range);
        return wrong.maybe_help(did_you_mean(name, TAGS.iter().copied()));
    }
    let mut characters = detail.chars();
    let detail: String =
        characters.next().into_iter().flat_map(char::to_lowercase).chain(characters).collect();
    Wrong::new(format!("this is no template: {detail}")).at(range)
}

/// A tag or expression that is being read.
struct Tag<'s> {
    start: usize,
    /// The first word of a tag; empty in an expression.
    name: Option<&'s str>,
    assigns: bool,
    levels: Vec<Level>,
}

/// What is inside of one bracket: tokens since the last comma, and the most before it.
#[derive(Default)]
struct Level {
    now: usize,
    most: usize,
}

/// A tag that is to be ended.
struct Open<'s> {
    name: &'s str,
    range: Range<usize>,
    branches: usize,
}

/// Looks at the tokens of a template before it is parsed.
fn scan<'s>(source: &'s str, syntax: &SyntaxConfig) -> Result<(), Wrong> {
    let mut open: Vec<Open<'s>> = Vec::new();
    let mut tag: Option<Tag<'s>> = None;
    let mut last = 0;
    for token in tokenize(source, false, syntax.clone()) {
        let (token, span) = token.map_err(|error| {
            let rest = source.get(last..).unwrap_or_default();
            let start = last + (rest.len() - rest.trim_start().len());
            let line = source.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            let first = line.chars().next().map_or(0, char::len_utf8);
            let quoted = line.starts_with(['\'', '"']);
            let end = start + if quoted { line.len() } else { first };
            wrong(source, &error, start..end)
        })?;
        let Range { start, end } = bytes(span);
        last = end;
        match token {
            Token::TemplateData(_) => {}
            Token::VariableStart | Token::BlockStart => {
                let name = matches!(token, Token::VariableStart).then_some("");
                tag = Some(Tag { start, name, assigns: false, levels: vec![Level::default()] });
            }
            Token::VariableEnd => tag = None,
            Token::BlockEnd => {
                if let Some(tag) = tag.take() {
                    end_of_tag(&mut open, &tag, end)?;
                }
            }
            token => {
                if let Some(tag) = &mut tag {
                    tag.add(&token).map_err(|wrong| wrong.at(tag.start..end))?;
                }
            }
        }
    }
    if let Some(tag) = tag {
        let wrong = Wrong::new("this is never closed").at(tag.start..source.len());
        return Err(wrong.help("close it, or write the text without the delimiter"));
    }
    match open.pop() {
        None => Ok(()),
        Some(Open { name, range, .. }) => {
            let wrong = Wrong::new(format!("`{name}` is never ended")).at(range);
            Err(wrong.help(format!("end it with `{}`", closing(name))))
        }
    }
}

/// Returns what ends a tag.
fn closing(name: &str) -> &'static str {
    PAIRS.iter().find(|(begin, _)| *begin == name).map_or("", |(_, end)| end)
}

/// Keeps track of the tags that are open.
fn end_of_tag<'s>(open: &mut Vec<Open<'s>>, tag: &Tag<'s>, end: usize) -> Result<(), Wrong> {
    let range = tag.start..end;
    let name = tag.name.unwrap_or_default();
    if PAIRS.iter().any(|(begin, _)| *begin == name) {
        if name != "set" || !tag.assigns {
            open.push(Open { name, range, branches: 0 });
        }
        return Ok(());
    }
    if PAIRS.iter().any(|(_, end)| *end == name) {
        let Some(last) = open.pop() else {
            return Err(Wrong::new(format!("`{name}` ends nothing")).at(range));
        };
        if closing(last.name) != name {
            let wrong = Wrong::new(format!("`{name}` does not end the `{}` before it", last.name)).at(range);
            return Err(wrong.help(format!("end that with `{}` first", closing(last.name))));
        }
    }
    if matches!(name, "elif" | "else") {
        match open.last_mut() {
            Some(last) if last.name == "if" || (name == "else" && last.name == "for") => last.branches += 1,
            _ => return Err(Wrong::new(format!("`{name}` belongs to nothing")).at(range)),
        }
        if open.iter().map(|it| it.branches).sum::<usize>() > MOST_BRANCHES {
            return Err(Wrong::new(format!("these are more than {MOST_BRANCHES} branches")).at(range));
        }
    }
    Ok(())
}

impl<'s> Tag<'s> {
    fn add(&mut self, token: &Token<'s>) -> Result<(), Wrong> {
        if self.name.is_none() {
            self.name = Some(if let Token::Ident(name) = token { name } else { "" });
        }
        match token {
            Token::Assign if self.levels.len() == 1 => self.assigns = true,
            Token::BracketOpen | Token::ParenOpen | Token::BraceOpen => {
                self.levels.push(Level { now: 1, most: 0 });
            }
            Token::BracketClose | Token::ParenClose | Token::BraceClose if self.levels.len() > 1 => {
                let inner = self.levels.pop().map_or(0, |level| level.now.max(level.most));
                self.grow(inner);
            }
            Token::Comma | Token::Colon => {
                if let Some(level) = self.levels.last_mut() {
                    level.most = level.most.max(level.now);
                    level.now = 0;
                }
            }
            _ => self.grow(1),
        }
        if self.levels.iter().map(|level| level.now.max(level.most)).sum::<usize>() > MOST_NESTED {
            return Err(Wrong::new("this expression is too long")
                .help("give names to parts of it: `{% set name = … %}`"));
        }
        Ok(())
    }

    fn grow(&mut self, by: usize) {
        if let Some(level) = self.levels.last_mut() {
            level.now += by;
        }
    }
}
