//! The list of components is complete: whoever adds a class says what it is for.

use std::collections::BTreeSet;
use std::fs;

use portal::model::site::{AREAS, SECTIONS};

use crate::sandbox::repository;

/// The classes that the list speaks of in one word: the colours of Port's palette.
const COLOURS: &str = "blue turquoise orange purple pink yellow green red gold silver paleBlue darkGray lightGray bronze lime \
                       olive brown";

/// Returns the classes of a stylesheet, without the numbers at their ends.
fn classes(stylesheet: &str) -> BTreeSet<String> {
    let outside = stylesheet.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, after)| after));
    let text: String = outside.collect();
    // What stands before a brace, back to the rule or declaration before, is a selector.
    let selectors = text.split('{').filter_map(|part| part.rsplit(['}', ';']).next());
    let mut found = BTreeSet::new();
    for selector in selectors.filter(|selector| !selector.starts_with('@')) {
        for part in selector.split('.').skip(1) {
            let name = part.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
            found.insert(name.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_string());
        }
    }
    found
}

#[test]
fn every_component_is_described() {
    let read = |path: &str| fs::read_to_string(repository(path)).unwrap();
    let text = read("docs/design.md");
    let (_, list) = text.split_once("## Components").unwrap();
    let (list, _) = list.split_once("\n## ").unwrap();
    let named: BTreeSet<String> = list
        .split("`.")
        .skip(1)
        .filter_map(|part| part.split_once('`'))
        .map(|(name, _)| name.to_string())
        .collect();
    let mut used = classes(&read("templates/portal.css"));
    used.append(&mut classes(&read("templates/portal-views.css")));
    for colour in COLOURS.split_whitespace() {
        used.remove(colour);
    }
    let untold: Vec<&String> = used.difference(&named).collect();
    let gone: Vec<&String> = named.difference(&used).collect();
    assert!(untold.is_empty() && gone.is_empty(), "not described: {untold:?}, described and gone: {gone:?}");
}

#[test]
fn the_parts_that_can_be_chosen_are_named() {
    let text = fs::read_to_string(repository("docs/site.md")).unwrap();
    for (key, parts) in [("site.home.show", SECTIONS), ("site.navigation.areas", AREAS)] {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{key}` |"))).unwrap();
        let names: Vec<String> = parts.iter().map(|part| format!("`{part}`")).collect();
        assert!(row.contains(&names.join(", ")), "{key}: {names:?}\n{row}");
    }
}
