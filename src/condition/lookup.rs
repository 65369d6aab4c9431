//! Conditions on files and on Git, as they are written.

use std::sync::Arc;

use globset::GlobBuilder;
use regex::RegexBuilder;

use super::compile::{Compiler, Mistake, invalid_jq};
use super::look::{FileAsk, FileTest, GitTest, Pattern, Root};
use super::operator::Operator;
use super::test::Ask;
use crate::diagnostic::{Diagnostic, Rule};
use crate::jq::Filter;
use crate::model::instant::Age;
use crate::model::phrase::clip;
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// The memory that a compiled regular expression may take.
const LARGEST_REGEX: usize = 1 << 20;

/// Returns what a condition on a file asks.
pub(super) fn file(compiler: &mut Compiler<'_, '_>, node: Node<'_>) -> Result<Ask, Mistake> {
    let test = Arc::new(FileTest { root: root(node)?, ask: file_ask(node)?, pattern: pattern(node)? });
    let number = compiler.lookups.add_file(&test, compiler.scope.blueprint);
    Ok(Ask::File { number, test })
}

/// Returns what a condition on the history asks: `lastCommit < 90d`, or `{lastCommit: < 90d, path: src}`.
pub(super) fn git(compiler: &mut Compiler<'_, '_>, node: Node<'_>) -> Result<Ask, Mistake> {
    let (written, text) = match node.kind() {
        Kind::Map => {
            let written = node.get("lastCommit");
            (written.unwrap_or(node), written.and_then(Node::as_str).unwrap_or_default())
        }
        _ => {
            let text = node.as_str().unwrap_or_default().trim();
            let Some(rest) = text.strip_prefix("lastCommit") else {
                return Err(unknown_fact(text, node.span()));
            };
            (node, rest)
        }
    };
    let (operator, age) = comparison(text, written.span())?;
    let path = node.get("path").and_then(Node::as_str).map(String::from);
    let test = Arc::new(GitTest { root: root(node)?, path, operator, age });
    let number = compiler.lookups.add_git(&test, compiler.scope.blueprint);
    Ok(Ask::Git { number, test })
}

fn unknown_fact(text: &str, span: Span) -> Mistake {
    let message = format!("`{}` is no fact of the history", clip(text));
    mistake(span, message, "write lastCommit, an operator and an age: lastCommit < 90d")
}

fn mistake(span: Span, message: String, help: &str) -> Mistake {
    Box::new(Diagnostic::new(Rule::InvalidCondition, span, message).help(help))
}

/// Returns the operator and the age of `< 90d`.
fn comparison(text: &str, span: Span) -> Result<(Operator, Age), Mistake> {
    let text = text.trim();
    let end = text.find(|c: char| !matches!(c, '<' | '>' | '=')).unwrap_or(text.len());
    let operator = Operator::from_name(&text[..end]).filter(|operator| operator.orders());
    let age = Age::parse(&text[end..]);
    operator.zip(age).ok_or_else(|| {
        let message = format!("`{}` compares with no age", clip(text));
        mistake(span, message, "write <, <=, > or >= and an age: lastCommit < 90d")
    })
}

/// Returns the folder in which paths start, when it is not the entity's own.
fn root(node: Node<'_>) -> Result<Option<Root>, Mistake> {
    let Some(source) = node.get("root").filter(|root| root.as_str().is_some()) else { return Ok(None) };
    let text = source.as_str().unwrap_or_default();
    let filter = Filter::compile(text).map_err(|error| Box::new(invalid_jq(text, source.span(), &error)))?;
    Ok(Some(Root { filter: Arc::new(filter), source: text.to_string() }))
}

/// Returns which files are meant.
fn pattern(node: Node<'_>) -> Result<Pattern, Mistake> {
    let keys = ["exists", "absent", "path"];
    let written: Vec<Node<'_>> = keys.iter().filter_map(|key| node.get(key)).collect();
    let [written] = written.as_slice() else {
        let message = "a file condition names one path or pattern".to_string();
        return Err(mistake(node.span(), message, "write `exists: README.md`, or `path:` with `matches:`"));
    };
    let text = written.as_str().unwrap_or_default().trim_start_matches("./");
    let plain = !text.contains(['*', '?', '[', '{']);
    let build = || GlobBuilder::new(text).literal_separator(true).build();
    let glob = (!plain).then(build);
    let glob = glob.transpose().map_err(|error| {
        let help = "`*` stands for part of a name, `**` for any folders, `{a,b}` for either";
        mistake(written.span(), format!("`{}` is no pattern of files: {}", clip(text), error.kind()), help)
    })?;
    let up = text.split('/').any(|part| part == "..");
    if text.is_empty() || text.starts_with('/') || up {
        let help = "paths start in the entity's own folder; to start elsewhere, set `root`";
        return Err(mistake(written.span(), format!("`{}` leaves the folder", clip(text)), help));
    }
    Ok(Pattern { text: text.to_string(), glob: glob.map(|glob| glob.compile_matcher()) })
}

/// Returns what is asked of the files.
fn file_ask(node: Node<'_>) -> Result<FileAsk, Mistake> {
    let regex = |written: Node<'_>| {
        let text = written.as_str().unwrap_or_default();
        // `^` and `$` are lines' ends: whoever writes them means those.
        let built = RegexBuilder::new(text).multi_line(true).size_limit(LARGEST_REGEX).build();
        built.map_err(|_| {
            let message = format!("`{}` is no regular expression", clip(text));
            let help = "look-around and back-references are not supported; escape a dot as `\\.`";
            mistake(written.span(), message, help)
        })
    };
    if let Some(written) = node.get("matches") {
        return Ok(FileAsk::Matches(regex(written)?));
    }
    if let Some(written) = node.get("lacks") {
        return Ok(FileAsk::Lacks(regex(written)?));
    }
    if let Some(written) = node.get("jq") {
        let source = written.as_str().unwrap_or_default();
        let filter =
            Filter::compile(source).map_err(|error| Box::new(invalid_jq(source, written.span(), &error)))?;
        return Ok(FileAsk::Jq(Arc::new(filter), source.to_string()));
    }
    if node.get("path").is_some() {
        let message = "this file condition does not say what to look for".to_string();
        return Err(mistake(node.span(), message, "add `matches:`, `lacks:` or `jq:`, or write `exists:`"));
    }
    Ok(if node.get("absent").is_some() { FileAsk::Absent } else { FileAsk::Exists })
}
