use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::git::Person;
use crate::history::timeline::{Commit, Timeline};
use crate::model::instant::Instant;
use crate::site::tests::{HOSTILE, open_judged, page, risen};
use crate::site::{Options, build};

/// A part of a feed: the number of the entry that it is in, 0 for the feed itself; its path there; its text or address.
type Part = (usize, String, String);

#[test]
fn commits_have_identifiers_of_their_own() {
    let urn = super::urn("0123456789abcdef0123456789abcdef01234567", '8');
    assert_eq!(urn, "urn:uuid:01234567-89ab-8def-a123-456789abcdef");
    assert_eq!(super::urn("", '8').len(), urn.len());
}

#[test]
fn readers_of_feeds_find_what_they_ask_for() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open_judged(root.path(), HOSTILE);
    let person = || Person { name: HOSTILE.into(), email: "x".into() };
    let commit = |number: i64, subject: &str| Commit {
        id: format!("{number:02x}{:038x}", 0),
        seconds: number * 86_400,
        landed: number * 86_400,
        subject: subject.into(),
        authors: vec![person(), Person::default()],
        reviewers: Vec::new(),
        merged_by: None,
        number: None,
        files: 1,
        changes: None,
    };
    let commits = vec![commit(40, HOSTILE), commit(39, ""), commit(2, "\u{1}\u{ffff}&amp;]]>")];
    let timeline = Arc::new(Timeline { commits, read: 3, ..Timeline::default() });
    let feed = |base: Option<&str>| {
        let folder = root.path().join("site");
        let (timeline, trends) = (Arc::clone(&timeline), risen(&portal));
        let base_url = base.map(String::from);
        let options = Options { base_url, timeline, trends, ..Options::default() };
        build(&portal, &folder, &options).expect("built");
        page(&folder, "feed.xml")
    };
    let (nowhere, somewhere) = (feed(None), feed(Some("https://example.com/x")));
    let parts = read(&nowhere);
    check(&parts);
    assert!(parts.iter().all(|(_, path, _)| path != "link"), "no address is known");
    let parts = read(&somewhere);
    check(&parts);
    let links: Vec<&str> =
        parts.iter().filter(|(_, path, _)| path == "link").map(|(.., href)| href.as_str()).collect();
    assert!(links.iter().all(|href| href.starts_with("https://example.com/x/")), "{links:?}");
    assert_eq!(links.len(), 2 + 5, "two of the feed, one of each entry");
    assert!(!somewhere.contains("<script>") && somewhere.contains("<title>No message</title>"));
    assert_eq!(
        somewhere,
        feed(Some("https://example.com/x")),
        "who has read an entry is not told of it again"
    );
}

/// Checks what RFC 4287 asks of a feed (4.1.1) and of its entries (4.1.2).
fn check(parts: &[Part]) {
    let last = parts.iter().map(|(entry, ..)| *entry).max().unwrap_or_default();
    assert_eq!(last, 5, "three commits, and two changes of levels");
    let mut ids = Vec::new();
    for entry in 0..=last {
        let all = |wanted: &str| -> Vec<&str> {
            let own = parts.iter().filter(|(of, path, _)| *of == entry && path == wanted);
            own.map(|(.., text)| text.as_str()).collect()
        };
        for wanted in ["id", "title", "updated"] {
            assert_eq!(all(wanted).len(), 1, "{wanted} of entry {entry}");
        }
        let (id, updated) = (all("id")[0], all("updated")[0]);
        assert!(url::Url::parse(id).is_ok() && !id.contains(' '), "{id}");
        assert!(
            updated.len() == 20 && updated.ends_with('Z') && Instant::parse(updated).is_some(),
            "{updated}"
        );
        ids.push(id);
        if entry > 0 {
            let authors = all("author/name");
            assert!(!authors.is_empty() && authors.iter().all(|name| !name.is_empty()), "{authors:?}");
            assert!(all("content").len() == 1 && !all("content")[0].is_empty());
        }
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), last + 1, "each has a name of its own");
}

/// Returns the parts of a feed, which must be well formed.
fn read(feed: &str) -> Vec<Part> {
    assert!(feed.contains("<feed xmlns=\"http://www.w3.org/2005/Atom\">"));
    assert!(!feed.contains(|c: char| c.is_control() && c != '\n' || c == '\u{ffff}'), "no character of XML");
    let mut reader = Reader::from_str(feed);
    let (mut path, mut parts, mut entry): (Vec<String>, Vec<Part>, usize) = (Vec::new(), Vec::new(), 0);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {feed}")) {
            Event::Eof => break,
            Event::Start(start) => {
                path.push(String::from_utf8_lossy(start.name().as_ref()).into_owned());
                entry += usize::from(path == ["feed", "entry"]);
                parts.push(part(&path, entry));
            }
            Event::Empty(empty) => {
                path.push(String::from_utf8_lossy(empty.name().as_ref()).into_owned());
                let href = empty.attributes().flatten().find(|one| one.key.as_ref() == b"href");
                let mut link = part(&path, entry);
                link.2 = String::from_utf8_lossy(&href.expect("a link leads somewhere").value).into_owned();
                parts.push(link);
                path.pop();
            }
            Event::End(_) => drop(path.pop()),
            Event::Text(text) => add(&mut parts, &String::from_utf8_lossy(&text)),
            Event::GeneralRef(name) => add(&mut parts, &format!("&{};", String::from_utf8_lossy(&name))),
            Event::Decl(_) => {}
            other => panic!("{other:?} in a feed"),
        }
    }
    assert!(path.is_empty(), "{path:?}");
    parts
}

fn part(path: &[String], entry: usize) -> Part {
    let is_in_entry = path.get(1).is_some_and(|name| name == "entry");
    let above = if is_in_entry { 2 } else { 1 };
    (if is_in_entry { entry } else { 0 }, path.get(above..).unwrap_or_default().join("/"), String::new())
}

/// Adds text to the last part, unless it stands between parts.
fn add(parts: &mut [Part], text: &str) {
    if let Some((.., own)) = parts.last_mut()
        && !(text.trim().is_empty())
    {
        own.push_str(text);
    }
}
