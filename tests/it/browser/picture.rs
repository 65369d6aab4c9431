//! Pictures of every kind of page in `docs/pictures/`, for readers of the documentation and of changes.
//!
//! Browsers draw the same page differently, so pictures are not compared: `pages.txt` beside them says of which pages
//! they are, and the test fails when those have changed since. `UPDATE=1` takes them anew.

use std::collections::BTreeSet;
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

/// Where the pictures are.
const FOLDER: &str = "docs/pictures";

/// A page of the preview, which tells a mistake.
const PREVIEW: (&str, &str) = ("preview", "Component/CartService.html");

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
    let mut hasher = Sha256::new();
    if name == PREVIEW.0 {
        for file in ["live.css", "live.js"] {
            hasher.update(fs::read(repository("templates/serve").join(file)).unwrap());
        }
    }
    let page = path.split(['?', '#']).next().unwrap_or_default();
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

/// Returns the names of all pictures and what they are of.
fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().copied().chain(cfg!(feature = "serve").then_some(PREVIEW))
}

/// Takes the pictures of a page, once a condition holds.
fn take(browser: &mut Browser, home: &str, (name, path): (&str, &str), condition: &str) {
    for (view, width, height, scheme) in VIEWS {
        // What was opened for other pictures is not offered in this one.
        browser.open(home, "404.html");
        browser.value("localStorage.clear()");
        browser.resize(width, height);
        browser.prefer(scheme);
        browser.open(home, path);
        browser.wait(condition);
        let file = repository(FOLDER).join(format!("{name}-{view}.webp"));
        fs::write(file, browser.picture()).unwrap();
    }
}

#[test]
fn pictures_show_the_pages_as_they_are() {
    // Who cannot take pictures is not asked for new ones.
    if installed().is_none() {
        return;
    }
    let folder = repository(FOLDER);
    let listed = fs::read_to_string(folder.join("pages.txt")).unwrap_or_default();
    let taken: BTreeSet<&str> = listed.lines().collect();
    let now: Vec<String> = pages().map(|(name, path)| digest(name, path)).collect();
    let there =
        |name: &str| VIEWS.iter().all(|(view, ..)| folder.join(format!("{name}-{view}.webp")).is_file());
    let stale: Vec<(&str, &str)> = pages()
        .zip(&now)
        .filter(|((name, _), line)| !taken.contains(line.as_str()) || !there(name))
        .map(|(page, _)| page)
        .collect();
    if env::var_os("UPDATE").is_none() {
        assert!(stale.is_empty(), "these pages have changed; UPDATE=1 takes new pictures: {stale:?}");
        return;
    }
    let Some(mut browser) = Browser::start() else { return };
    fs::create_dir_all(&folder).unwrap();
    browser.believe(NOW);
    let home = on_disk(example());
    for (name, path) in stale {
        #[cfg(feature = "serve")]
        if name == PREVIEW.0 {
            let preview = super::preview::Preview::mistaken();
            take(&mut browser, &preview.home, (name, path), super::preview::TOLD);
            // A page that still listens would complain of the end of the preview.
            browser.open(&home, "404.html");
            continue;
        }
        let condition =
            DRAWN.iter().find(|(page, _)| *page == name).map_or("true", |(_, condition)| condition);
        take(&mut browser, &home, (name, path), condition);
    }
    assert_eq!(browser.complaints(), [""; 0]);
    let text: String = now.iter().map(|line| format!("{line}\n")).collect();
    fs::write(folder.join("pages.txt"), text).unwrap();
}
