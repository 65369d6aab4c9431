//! Changes of mappings and lists in brackets, and of JSON.

use serde_json::Value;

use super::Splices;
use super::intended::position;
use super::layout::Layout;
use super::spot::{Holder, Spot, after_key};
use crate::yaml::node::{Kind, Node};
use crate::yaml::write::Style;

/// Returns how a value in brackets is replaced.
pub(super) fn replace(layout: Layout<'_>, style: Style, spot: &Spot<'_>, value: &Value) -> Vec<Splices> {
    let (start, end) = (spot.start(), spot.end(layout));
    let short = style.scalar(value, true);
    match spot.holder {
        Holder::Key { after, .. } if spot.node.span().start == spot.node.span().end => {
            let colon = if layout.text[..after].ends_with(':') { "" } else { ":" };
            vec![vec![(after..after, format!("{colon} {short}"))]]
        }
        Holder::Key { key, .. } if layout.begins_line(key) => {
            let spread = !spot.node.is_alias() && is_spread(layout, spot.node);
            let tall = style.tall(value, layout.column(key), spread).replace('\n', layout.line_break());
            vec![vec![(start..end, tall)], vec![(start..end, short)]]
        }
        Holder::Root if layout.text[start..end].contains('\n') => {
            let tall = style.tall(value, layout.column(start), false).replace('\n', layout.line_break());
            vec![vec![(start..end, tall)], vec![(start..end, short)]]
        }
        _ => vec![vec![(start..end, short)]],
    }
}

/// Returns whether a list has its items on lines of their own.
fn is_spread(layout: Layout<'_>, node: Node<'_>) -> bool {
    let span = node.span();
    node.kind() == Kind::List && layout.text[span.start as usize..span.end as usize].contains('\n')
}

/// Returns how an entry is added to a mapping in braces that has some: after the first of `before` that is there, else
/// at its end.
pub(super) fn insert(
    layout: Layout<'_>,
    style: Style,
    spot: &Spot<'_>,
    key: &str,
    value: &Value,
    before: &[&str],
) -> Vec<Splices> {
    let map = spot.node;
    let keys: Vec<&str> = map.entries().map(|(key, _)| key.text().unwrap_or_default()).collect();
    let sibling = position(&keys, before).checked_sub(1).and_then(|at| map.entries().nth(at));
    let Some((sibling, held)) = sibling.filter(|_| layout.begins_with_bracket(map)) else {
        return Vec::new();
    };
    let start = sibling.span().start as usize;
    let end = end(held, after_key(layout, sibling));
    let (pair, comma) = (style.pair(key, value), style.comma());
    let beside = vec![(end..end, format!("{comma}{pair}"))];
    if !layout.begins_line(start) {
        return vec![beside];
    }
    let (prefix, line_break) = (layout.prefix(start), layout.line_break());
    let spread = map.entries().any(|(_, value)| !value.is_alias() && is_spread(layout, value));
    let tall = style.tall(value, prefix.len(), spread).replace('\n', line_break);
    let line = format!("{line_break}{prefix}{}{}{tall}", style.key(key), style.colon());
    let below = match comma_after(layout, end) {
        Some(after) if layout.ends_line(after) => {
            let place = layout.line_end(after);
            vec![(place..place, format!("{line},"))]
        }
        Some(after) => vec![(after..after, format!("{line},"))],
        None if layout.ends_line(end) && layout.line_end(end) > end => {
            let place = layout.line_end(end);
            vec![(end..end, ",".to_string()), (place..place, line)]
        }
        None => vec![(end..end, format!(",{line}"))],
    };
    vec![below, beside]
}

/// Returns how an entry or item of a mapping or list of several in brackets is removed.
pub(super) fn remove(layout: Layout<'_>, spot: &Spot<'_>, number: usize) -> Vec<Splices> {
    let parts = parts(layout, spot.node);
    let Some(&(start, end)) = parts.get(number) else { return Vec::new() };
    let before = number.checked_sub(1).and_then(|number| parts.get(number)).map(|(_, end)| *end);
    let comma = comma_after(layout, end);
    let whole = comma.unwrap_or(end);
    let mut splices = Vec::new();
    if layout.begins_line(start) && layout.ends_line(whole) {
        splices.push((layout.line_start(start)..layout.next_line(whole), String::new()));
        let separator = before.filter(|_| comma.is_none()).and_then(|end| comma_after(layout, end));
        splices.extend(separator.map(|after| (after - 1..after, String::new())));
    } else if let Some(after) = comma {
        let spaces = layout.text[after..].len() - layout.text[after..].trim_start_matches([' ', '\t']).len();
        splices.push((start..after + spaces, String::new()));
    } else {
        splices.push((before.unwrap_or(start)..end, String::new()));
    }
    vec![splices]
}

/// Returns where a value ends whose colon ends at `after`.
fn end(node: Node<'_>, after: usize) -> usize {
    (node.span().end as usize).max(after)
}

/// Returns where the comma after a value ends, if there is one.
fn comma_after(layout: Layout<'_>, end: usize) -> Option<usize> {
    let at = layout.skip_blank(end);
    layout.text[at..].starts_with(',').then_some(at + 1)
}

/// Returns where each entry or item begins and ends.
fn parts(layout: Layout<'_>, holder: Node<'_>) -> Vec<(usize, usize)> {
    let entry =
        |(key, value): (Node<'_>, Node<'_>)| (key.span().start as usize, end(value, after_key(layout, key)));
    let item = |item: Node<'_>| (item.span().start as usize, item.span().end as usize);
    holder.entries().map(entry).chain(holder.items().map(item)).collect()
}
