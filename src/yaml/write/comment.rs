//! Comments around keys and items.

use super::scalar::needs_escape;
use super::spaces;
use crate::yaml::comment::{Comment, Comments};

/// Returns what stands above a document.
pub(super) fn top(comments: &Comments) -> Vec<String> {
    let mut lines = from_first(several(&comments.top, 0));
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// Returns what stands above a key or item in this column.
pub(super) fn above(comments: &Comments, column: usize) -> Vec<String> {
    let mut lines: Vec<String> = several(&comments.above, column).collect();
    lines.extend(comments.apart.then(String::new));
    lines
}

/// Returns what stands behind a key or item, with a space before it.
pub(super) fn beside(comments: &Comments) -> String {
    comments.beside.as_ref().map(|comment| format!(" {}", line(comment))).unwrap_or_default()
}

/// Returns what stands below the last part of something whose parts are in this column.
pub(super) fn below(comments: &Comments, column: usize) -> impl Iterator<Item = String> {
    several(&comments.below, column)
}

/// Returns lines without the empty ones at their beginning.
pub(super) fn from_first(lines: impl Iterator<Item = String>) -> Vec<String> {
    lines.skip_while(String::is_empty).collect()
}

/// Removes the comments that lines begin with, and returns them as they stand in this column.
pub(super) fn remarks(lines: &mut Vec<String>, column: usize) -> Vec<String> {
    let is_remark = |line: &&String| line.is_empty() || line.trim_start().starts_with('#');
    let count = lines.iter().take_while(is_remark).count();
    let moved = |line: String| match line.trim_start() {
        "" => line,
        remark => format!("{}{remark}", spaces(column)),
    };
    lines.drain(..count).map(moved).collect()
}

fn several(comments: &[Comment], column: usize) -> impl Iterator<Item = String> {
    comments.iter().flat_map(move |comment| {
        let gap = comment.apart.then(String::new);
        gap.into_iter().chain([format!("{}{}", spaces(column), line(comment))])
    })
}

fn line(comment: &Comment) -> String {
    format!("#{}", one_line(&comment.text))
}

/// Returns a text as a comment can hold it: on one line, without what cannot be seen.
pub fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if needs_escape(c) { ' ' } else { c }).collect();
    text.trim_end().to_string()
}
