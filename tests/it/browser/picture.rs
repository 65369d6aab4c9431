//! Pictures of every kind of page in `docs/pictures/`, for readers of the documentation and of changes.
//!
//! Browsers draw the same page differently, so pictures are not compared: `pages.txt` beside them says of which pages
//! they are, and the test fails when those have changed since. `UPDATE=1` takes them anew.

use std::collections::BTreeMap;
use std::env;
use std::fs;

use regex::Regex;
use sha2::{Digest, Sha256};

use super::chromium::{Browser, installed, on_disk};
use super::{NOW, PAGES, example};
use crate::sandbox::repository;

/// What the scripts of some pages must have drawn before a picture shows them.
const DRAWN: [(&str, &str); 3] = [
    ("catalog", "document.querySelector('section.live thead button')"),
    ("explorer", "document.querySelector('#sheet a.me')"),
    ("search", "document.querySelector('#results .hit')"),
];

/// How wide and high each picture is, and in which colours.
const VIEWS: [(&str, u32, u32, &str); 4] = [
    ("wide-light", 1400, 900, "light"),
    ("wide-dark", 1400, 900, "dark"),
    ("narrow-light", 390, 844, "light"),
    ("narrow-dark", 390, 844, "dark"),
];

/// Returns what the list says of a page: a picture of it is current while this stays.
fn digest(name: &str, path: &str) -> String {
    // Whatever changes in the example gives its commits other identifiers, and the documents that show them.
    let commits = Regex::new(r"\b[0-9a-f]{7,64}\b").unwrap();
    let page = path.split(['?', '#']).next().unwrap_or_default();
    let mut hasher = Sha256::new();
    for file in [
        page,
        "portal.css",
        "portal-views.css",
        "portal.js",
        "portal-form.js",
        "portal-graph.js",
        "portal-table.js",
    ] {
        let text = fs::read_to_string(example().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        hasher.update(commits.replace_all(&text, "").as_bytes());
    }
    let digest: String = hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{name} {path} {digest}")
}

#[test]
fn pictures_show_the_pages_as_they_are() {
    // Who cannot take pictures is not asked for new ones.
    if installed().is_none() {
        return;
    }
    let folder = repository("docs/pictures");
    let now: BTreeMap<&str, String> = PAGES.iter().map(|(name, path)| (*name, digest(name, path))).collect();
    let listed = fs::read_to_string(folder.join("pages.txt")).unwrap_or_default();
    let taken: BTreeMap<&str, &str> =
        listed.lines().filter_map(|line| Some((line.split(' ').next()?, line))).collect();
    let stale: Vec<&str> = PAGES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| taken.get(name) != Some(&now[name].as_str()))
        .collect();
    let missing = PAGES.iter().flat_map(|(name, _)| VIEWS.map(|(view, ..)| format!("{name}-{view}.webp")));
    let missing: Vec<String> = missing.filter(|file| !folder.join(file).is_file()).collect();
    if env::var_os("UPDATE").is_none() {
        assert!(
            stale.is_empty() && missing.is_empty(),
            "take new pictures with UPDATE=1: {stale:?} {missing:?}"
        );
        return;
    }
    let Some(mut browser) = Browser::start() else { return };
    fs::create_dir_all(&folder).unwrap();
    browser.believe(NOW);
    let home = on_disk(example());
    for (name, path) in PAGES.iter().filter(|(name, _)| stale.contains(name) || !missing.is_empty()) {
        for (view, width, height, scheme) in VIEWS {
            browser.resize(width, height);
            browser.prefer(scheme);
            browser.open(&home, path);
            for (_, condition) in DRAWN.iter().filter(|(page, _)| page == name) {
                browser.wait(condition);
            }
            fs::write(folder.join(format!("{name}-{view}.webp")), browser.picture()).unwrap();
        }
    }
    let text: String = PAGES.iter().map(|(name, _)| format!("{}\n", now[name])).collect();
    fs::write(folder.join("pages.txt"), text).unwrap();
    assert_eq!(browser.complaints(), [""; 0]);
}
