//! What of a document changed, in the few words that a timeline has for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::history::node::same_or_absent;
use crate::model::Kind;
use crate::yaml::{self, Node};

/// The most parts of a change, and the most values of a part, that are kept.
const MOST_PARTS: usize = 8;
const MOST_VALUES: usize = 6;

/// The longest value that is shown; of a longer one it is said that it changed.
const LONGEST: usize = 80;

/// How deep definitions are looked into.
const DEEPEST: usize = 3;

/// A part of a document that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What kind of part.
    #[serde(rename = "s")]
    pub sort: PartSort,
    /// Its name: a property, a relation, a key; of nested keys, joined with dots.
    #[serde(rename = "n")]
    pub name: String,
    /// The values that are gone.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// The values that have come.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
    /// How many values are left out of both.
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    pub more: usize,
}

/// What kind of part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartSort {
    /// Title, icon or team of an entity.
    #[serde(rename = "m")]
    Meta,
    /// A property of an entity.
    #[serde(rename = "p")]
    Property,
    /// A relation of an entity.
    #[serde(rename = "r")]
    Relation,
    /// A key of a definition.
    #[serde(rename = "k")]
    Key,
}

pub(super) fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Returns what of a document changed, and how many parts are left out.
pub(super) fn compare(kind: Kind, old: Node<'_>, new: Node<'_>) -> (Vec<Part>, usize) {
    let mut parts = Vec::new();
    match kind {
        Kind::Entity => entity(old, new, &mut parts),
        _ => keys(old, new, "", 1, &mut parts),
    }
    let more = parts.len().saturating_sub(MOST_PARTS);
    parts.truncate(MOST_PARTS);
    (parts, more)
}

fn entity<'a>(old: Node<'a>, new: Node<'a>, parts: &mut Vec<Part>) {
    for key in ["title", "icon", "team"] {
        value(PartSort::Meta, key, old.get(key), new.get(key), parts);
    }
    for (key, sort) in [("properties", PartSort::Property), ("relations", PartSort::Relation)] {
        for name in names(old.get(key), new.get(key)) {
            let (was, is) = (old.get(key), new.get(key));
            let of = |node: Option<Node<'a>>| node.and_then(|node| node.get(name));
            value(sort, name, of(was), of(is), parts);
        }
    }
}

/// Adds the keys of definitions that differ.
fn keys(old: Node<'_>, new: Node<'_>, above: &str, depth: usize, parts: &mut Vec<Part>) {
    for key in names(Some(old), Some(new)) {
        let name = if above.is_empty() { key.to_string() } else { format!("{above}.{key}") };
        let (was, is) = (old.get(key), new.get(key));
        if same_or_absent(was, is) {
            continue;
        }
        match (was, is) {
            (Some(was), Some(is)) if depth < DEEPEST && is_map(was) && is_map(is) => {
                keys(was, is, &name, depth + 1, parts);
            }
            (Some(was), Some(is)) if is_named(was) && is_named(is) => named(was, is, &name, parts),
            _ => value(PartSort::Key, &name, was, is, parts),
        }
    }
}

/// Adds the items of lists that have identifiers, as rules have.
fn named(old: Node<'_>, new: Node<'_>, name: &str, parts: &mut Vec<Part>) {
    fn find<'a>(list: Node<'a>, identifier: &str) -> Option<Node<'a>> {
        list.items().find(|item| item_name(*item) == Some(identifier))
    }
    let all = |list: Node<'_>, other: Node<'_>| -> Vec<String> {
        let names = list.items().filter_map(item_name);
        names.filter(|name| find(other, name).is_none()).map(short).collect()
    };
    let (removed, added) = (all(old, new), all(new, old));
    if !removed.is_empty() || !added.is_empty() {
        parts.push(part(PartSort::Key, name, removed, added));
    }
    for item in old.items() {
        let Some(identifier) = item_name(item) else { continue };
        if find(new, identifier).is_some_and(|other| !same_or_absent(Some(item), Some(other))) {
            parts.push(part(PartSort::Key, &format!("{name}.{identifier}"), Vec::new(), Vec::new()));
        }
    }
}

fn value(sort: PartSort, name: &str, old: Option<Node<'_>>, new: Option<Node<'_>>, parts: &mut Vec<Part>) {
    if same_or_absent(old, new) {
        return;
    }
    let (was, is) = (texts(old), texts(new));
    let part = match (was, is) {
        (Some(was), Some(is)) => {
            let without = |all: &[&str], others: &[&str]| -> Vec<String> {
                all.iter().filter(|text| !others.contains(text)).map(|text| (*text).to_string()).collect()
            };
            part(sort, name, without(&was, &is), without(&is, &was))
        }
        _ => part(sort, name, Vec::new(), Vec::new()),
    };
    parts.push(part);
}

fn part(sort: PartSort, name: &str, mut removed: Vec<String>, mut added: Vec<String>) -> Part {
    let more = removed.len().saturating_sub(MOST_VALUES) + added.len().saturating_sub(MOST_VALUES);
    removed.truncate(MOST_VALUES);
    added.truncate(MOST_VALUES);
    Part { sort, name: short(name), removed, added, more }
}

/// Returns a value as words, or the words of a list; `None` when it is more than words.
fn texts(node: Option<Node<'_>>) -> Option<Vec<&str>> {
    let Some(node) = node.filter(|node| !node.is_null()) else { return Some(Vec::new()) };
    match node.kind() {
        yaml::Kind::Map => None,
        // More are compared as sets by nobody who reads a line.
        yaml::Kind::List if node.len() > 1000 => None,
        yaml::Kind::List => node.items().map(plain).collect(),
        _ => Some(vec![plain(node)?]),
    }
}

/// Returns the text of a value that fits in a line.
fn plain(node: Node<'_>) -> Option<&str> {
    node.text().filter(|text| text.chars().count() <= LONGEST && !text.contains(['\n', '\r']))
}

/// Returns the keys of two mappings: of the new one in their order, then those that are gone.
fn names<'a>(old: Option<Node<'a>>, new: Option<Node<'a>>) -> Vec<&'a str> {
    fn of<'a>(node: Option<Node<'a>>) -> impl Iterator<Item = &'a str> {
        node.into_iter().flat_map(Node::entries).filter_map(|(key, _)| key.as_str())
    }
    let known: BTreeSet<&str> = of(new).collect();
    of(new).chain(of(old).filter(|key| !known.contains(key))).collect()
}

fn is_map(node: Node<'_>) -> bool {
    node.kind() == yaml::Kind::Map
}

fn is_named(node: Node<'_>) -> bool {
    node.kind() == yaml::Kind::List && node.items().all(|item| item_name(item).is_some())
}

fn item_name(item: Node<'_>) -> Option<&str> {
    item.get("identifier").and_then(Node::as_str)
}

/// Returns the beginning of a name: names are short, but nothing holds anyone to that.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog;

    fn said(kind: Kind, old: &str, new: &str) -> String {
        let trees = [old, new].map(|text| catalog::tree(&Arc::from(text)).0);
        let node = |tree: &'static yaml::Document| tree.roots().next().expect("a document");
        let [old, new] = trees.map(|tree| node(Box::leak(Box::new(tree))));
        let (parts, more) = compare(kind, old, new);
        let say = |part: &Part| format!("{} -{:?} +{:?}", part.name, part.removed, part.added);
        let said: Vec<String> = parts.iter().map(say).collect();
        format!("{}{}", said.join("; "), if more > 0 { format!("; {more} more") } else { String::new() })
    }

    #[test]
    fn values_of_entities_are_told() {
        for (old, new, expected) in [
            ("{a: 1, properties: {tier: 1}}", "{a: 1, properties: {tier: 2}}", r#"tier -["1"] +["2"]"#),
            ("{properties: {on: true}}", "{properties: {on: false}}", r#"on -["true"] +["false"]"#),
            ("{properties: {}}", "{properties: {x: y}}", r#"x -[] +["y"]"#),
            ("{relations: {needs: [a, b]}}", "{relations: {needs: [b, c]}}", r#"needs -["a"] +["c"]"#),
            ("{relations: {needs: a}}", "{relations: {needs: null}}", r#"needs -["a"] +[]"#),
            ("{title: A, team: x}", "{title: B, team: [x, y]}", r#"title -["A"] +["B"]; team -[] +["y"]"#),
            ("{properties: {m: {a: 1}}}", "{properties: {m: {a: 2}}}", "m -[] +[]"),
            ("{properties: {t: \"a\\nb\"}}", "{properties: {t: c}}", "t -[] +[]"),
            ("{properties: {a: [1, 2]}}", "{properties: {a: [2, 1]}}", "a -[] +[]"),
        ] {
            assert_eq!(said(Kind::Entity, old, new), expected, "{old} to {new}");
        }
    }

    #[test]
    fn definitions_are_looked_into() {
        for (old, new, expected) in [
            (
                "{rules: [{identifier: a}, {identifier: b, level: x}]}",
                "{rules: [{identifier: b, level: y}, {identifier: c}]}",
                r#"rules -["a"] +["c"]; rules.b -[] +[]"#,
            ),
            (
                "{schema: {properties: {a: {type: string}}}}",
                "{schema: {properties: {a: {type: number}, b: {}}}}",
                "schema.properties.a -[] +[]; schema.properties.b -[] +[]",
            ),
            ("{publish: false}", "{publish: true}", r#"publish -["false"] +["true"]"#),
        ] {
            assert_eq!(said(Kind::Blueprint, old, new), expected, "{old} to {new}");
        }
        let many = |value: usize| {
            let keys: Vec<String> = (0..12).map(|key| format!("k{key}: {value}")).collect();
            format!("{{properties: {{{}}}}}", keys.join(", "))
        };
        assert!(said(Kind::Entity, &many(1), &many(2)).ends_with("; 4 more"));
    }
}
