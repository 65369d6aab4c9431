//! Changes of block mappings and lists, whole lines at a time.

use serde_json::Value;

use super::Splices;
use super::intended::position;
use super::layout::Layout;
use super::spot::{Holder, Shape, Spot, after_key, dashes, end, is_block};
use crate::yaml::comment::NONE;
use crate::yaml::node::{Kind, Node};
use crate::yaml::write::{Style, Written};

/// Returns how a value that is not in brackets is replaced.
pub(super) fn replace(layout: Layout<'_>, style: Style, spot: &Spot<'_>, value: &Value) -> Vec<Splices> {
    let inline = || Written { head: style.scalar(value, false), body: Vec::new() };
    let (shape, after, written) = match spot.holder {
        Holder::Root => return replace_root(layout, style, spot, value),
        Holder::Key { key, after } => {
            let shape = spot.shape(layout, after);
            let mut style = style;
            if shape == Shape::Block {
                keep_column(layout, &mut style, spot, value, layout.column(key));
            }
            (shape, after, style.after_key(value, layout.column(key), &NONE))
        }
        Holder::Item { after } => {
            let shape = spot.shape(layout, after);
            let beside = matches!(shape, Shape::Beside | Shape::Compact);
            let column = if beside { layout.column(spot.start()) } else { layout.column(after) + 1 };
            (shape, after, style.after_dash(value, column))
        }
    };
    let ways = [written, inline()].map(|written| replaced(layout, spot, shape, after, &written));
    ways.into_iter().flatten().collect()
}

/// Lets a list or mapping begin in the column of the one whose place it takes.
fn keep_column(layout: Layout<'_>, style: &mut Style, spot: &Spot<'_>, value: &Value, key: usize) {
    let Some(further) = layout.column(spot.start()).checked_sub(key) else { return };
    match (spot.node.kind(), value) {
        (Kind::List, Value::Array(_)) => style.dash = further,
        (Kind::Map, Value::Object(_)) => style.indent = further,
        _ => {}
    }
}

/// Returns how a document is replaced as a whole.
fn replace_root(layout: Layout<'_>, style: Style, spot: &Spot<'_>, value: &Value) -> Vec<Splices> {
    let (start, end) = (spot.start(), spot.end(layout));
    if is_block(layout, spot.node) {
        let column = layout.column(start);
        let lines = style.lines(value, column, &NONE).join(layout.line_break());
        let end = layout.line_end(end);
        return vec![vec![(start..end, lines.split_at(column.min(lines.len())).1.to_string())]];
    }
    vec![vec![(start..end, style.scalar(value, false))]]
}

/// Returns how a value is replaced by what is written; nothing where that would not fit.
fn replaced(
    layout: Layout<'_>,
    spot: &Spot<'_>,
    shape: Shape,
    after: usize,
    written: &Written,
) -> Option<Splices> {
    let line_break = layout.line_break();
    let below: String = written.body.iter().map(|line| format!("{line_break}{line}")).collect();
    let head = if written.head.is_empty() { String::new() } else { format!(" {}", written.head) };
    let (start, end) = (spot.start(), spot.end(layout));
    let column = match spot.holder {
        Holder::Root => 0,
        Holder::Key { key, .. } => layout.column(key),
        Holder::Item { after } => layout.column(after - 1),
    };
    Some(match shape {
        Shape::Missing => vec![(after..after, head), at(layout.line_end(after), below)],
        Shape::Beside if written.head.is_empty() => {
            vec![(after..end, String::new()), at(layout.line_end(end), below)]
        }
        Shape::Beside if has_properties(layout, after, start) => {
            vec![(after..end, head), at(layout.line_end(end), below)]
        }
        Shape::Beside => vec![(start..end, written.head.clone()), at(layout.line_end(end), below)],
        // Below, there is no place for a head and a body that would keep the comments.
        Shape::Below if below.is_empty() => vec![(start..end, written.head.clone())],
        Shape::Below => return None,
        Shape::Text | Shape::Block => {
            let content = layout.content_end(after);
            let last = layout.entry_end(end, column);
            vec![(after..content.max(after), head), (layout.line_end(after)..last, below)]
        }
        Shape::Compact => {
            vec![(start..layout.entry_end(end, column), format!("{}{below}", written.head))]
        }
    })
}

fn at(place: usize, text: String) -> (std::ops::Range<usize>, String) {
    (place..place, text)
}

/// Returns whether an anchor or a tag stands before a value.
fn has_properties(layout: Layout<'_>, after: usize, start: usize) -> bool {
    layout.text[after..start].contains(['&', '!'])
}

/// Returns how an entry is added to a block mapping: after the first of `before` that is there, else at its end.
pub(super) fn insert(
    layout: Layout<'_>,
    style: Style,
    map: Node<'_>,
    key: &str,
    value: &Value,
    before: &[&str],
) -> Vec<Splices> {
    let keys: Vec<&str> = map.entries().map(|(key, _)| key.text().unwrap_or_default()).collect();
    let sibling = position(&keys, before).checked_sub(1).and_then(|at| map.entries().nth(at));
    let Some((first, (sibling, held))) = map.entries().next().zip(sibling) else { return Vec::new() };
    let column = layout.column(first.0.span().start as usize);
    let held = end(layout, held, after_key(layout, sibling));
    let place = layout.entry_end(held, column);
    let line_break = layout.line_break();
    let lines =
        |lines: Vec<String>| -> String { lines.iter().map(|line| format!("{line_break}{line}")).collect() };
    let block = lines(style.entry(key, value, column, &NONE));
    let inline = lines(vec![format!("{}{}", crate::yaml::write::spaces(column), style.pair(key, value))]);
    // A literal that keeps its line breaks takes the blank lines below it for its own.
    let below = layout.below_blank(place);
    vec![
        vec![at(place, block.clone())],
        vec![at(below, block)],
        vec![at(place, inline.clone())],
        vec![at(below, inline)],
    ]
}

/// Returns how an entry or item of a block mapping or list of several is removed.
pub(super) fn remove(layout: Layout<'_>, holder: Node<'_>, number: usize) -> Vec<Splices> {
    let parts = parts(layout, holder);
    let Some(&(start, end)) = parts.get(number) else { return Vec::new() };
    let column = layout.column(start);
    let last = layout.entry_end(end, column);
    if layout.begins_line(start) {
        let ways = layout.without_lines(layout.line_start(start), last);
        return ways.into_iter().map(|(start, end)| vec![(start..end, String::new())]).collect();
    }
    // It begins beside the dash of the item that its mapping or list is: the next one takes its place.
    let Some(&(next, _)) = parts.get(number + 1) else { return Vec::new() };
    // A key after `?` has its value where another entry seems to end.
    let Some(between) = layout.text.get(last..next) else { return Vec::new() };
    if between.trim().is_empty() {
        return vec![vec![(start..next, String::new())]];
    }
    let dash = start - layout.prefix(start).len() + layout.prefix(start).trim_end().len();
    vec![vec![(dash..last, String::new())]]
}

/// Returns where each entry or item begins, at its key or dash, and where its value ends.
fn parts(layout: Layout<'_>, holder: Node<'_>) -> Vec<(usize, usize)> {
    if holder.kind() == Kind::Map {
        let entry = |(key, value): (Node<'_>, Node<'_>)| {
            (key.span().start as usize, end(layout, value, after_key(layout, key)))
        };
        return holder.entries().map(entry).collect();
    }
    let dashes = dashes(layout, holder);
    dashes.into_iter().zip(holder.items()).map(|(dash, item)| (dash, end(layout, item, dash + 1))).collect()
}
