//! `feed.xml`: the newest changes, and who rose and fell in scorecards, as Atom (RFC 4287), for readers of feeds and for bots of chats.

use super::audit::{self, Event};
use super::history;
use super::history::Turn;
use super::markup::Markup;
use super::{Error, Site, moment};
use crate::history::timeline::{Commit, Timeline};
use crate::output::{Output, Rank};
use xxhash_rust::xxh3::xxh3_128;

/// The most entries, and the most changes of one.
const MOST: usize = 50;
const MOST_CHANGES: usize = 10;

const PATH: &str = "feed.xml";

/// Returns whether the site has a feed.
pub(super) fn is_any(timeline: &Timeline) -> bool {
    !timeline.commits.is_empty()
}

/// Writes the feed, when something has changed ever.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<(), Error> {
    if is_any(&site.past.timeline) {
        output.write(PATH, Rank::Home, feed(site).to_string().as_bytes())?;
    }
    Ok(())
}

fn feed(site: &Site<'_>) -> minijinja::Value {
    let mut out = Markup::default();
    let title = site.catalog().config().title.as_deref().unwrap_or("Developer portal");
    out.raw(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>",
    );
    out.text(title).raw("</title>\n<id>");
    match &site.base {
        Some(base) => {
            out.text(base).raw(PATH).raw("</id>\n<link rel=\"self\" href=\"").text(base).raw(PATH);
            out.raw("\"/>\n<link rel=\"alternate\" href=\"").text(base).raw(audit::PATH).raw("\"/>\n");
        }
        // Without an address the oldest commit that is known tells catalogs apart, as far as they are of different history.
        None => {
            let first = site.past.timeline.commits.last().map_or("", |commit| commit.id.as_str());
            out.text(&urn(first, '0')).raw("</id>\n");
        }
    }
    let events: Vec<Event<'_>> = audit::events(site)
        .into_iter()
        .filter(|event| !matches!(event, Event::Run(..)) && !event.is_data(site))
        .take(MOST)
        .collect();
    let newest = events.iter().map(|event| event.seconds()).max();
    // Every feed says when it was changed, also one whose commits are of no time that can be said.
    let at = newest.and_then(moment::from_seconds).or_else(|| moment::from_seconds(0));
    out.raw("<updated>").text(at.as_ref().map_or("", |at| &at.iso)).raw("</updated>\n");
    for event in events {
        match event {
            Event::Commit(commit) => entry(site, commit, &mut out),
            Event::Turn(turn) => self::turn(site, turn, &mut out),
            Event::Run(..) => {}
        }
    }
    out.raw("</feed>\n");
    out.finish()
}

/// Writes the entry for the entities that rose and fell in a scorecard.
fn turn(site: &Site<'_>, turn: &Turn, out: &mut Markup) {
    let Some(at) = moment::from_seconds(turn.seconds()) else { return };
    let board = turn.board(site);
    let blueprint = &site.catalog().blueprint(board.card.blueprint).identifier.value;
    // What begins at the same instant in the same scorecard is the same, also when its end is another.
    let first = || site.past.timeline.commits.last().map_or("", |commit| commit.id.as_str());
    let place = site.base.as_deref().unwrap_or_else(first);
    let name = format!("{place} {blueprint} {} {}", board.card.identifier, turn.span.start().iso());
    let hash = format!("{:032x}", xxh3_128(name.as_bytes()));
    out.raw("<entry>\n<title>").text(&board.card.title).raw(": ").text(&turn.words(site)).raw(" ");
    out.text(&turn.span.words()).raw("</title>\n<id>").text(&urn(&hash, '8'));
    out.raw("</id>\n<updated>").text(&at.iso);
    // Nobody wrote it: the scorecards were counted.
    out.raw("</updated>\n<author><name>Scorecards</name></author>\n");
    if let Some(base) = &site.base {
        out.raw("<link rel=\"alternate\" href=\"").text(base).text(&board.path()).raw("\"/>\n");
    }
    let shifts = site.past.turns.shifts(turn);
    let mut lines: Vec<String> = Vec::new();
    for shift in shifts.iter().take(MOST_CHANGES) {
        let (before, after) = (board.level(shift.before), board.level(shift.after));
        lines.push(format!("{}: {before} → {after}", site.face(shift.entity).label()));
    }
    if shifts.len() > MOST_CHANGES {
        lines.push(format!("and {} more", shifts.len() - MOST_CHANGES));
    }
    out.raw("<content type=\"text\">").text(&lines.join("\n")).raw("</content>\n</entry>\n");
}

fn entry(site: &Site<'_>, commit: &Commit, out: &mut Markup) {
    let Some(at) = moment::from_seconds(commit.seconds) else { return };
    let subject = if commit.subject.is_empty() { "No message" } else { &commit.subject };
    out.raw("<entry>\n<title>").text(subject).raw("</title>\n<id>").text(&urn(&commit.id, '8'));
    out.raw("</id>\n<updated>").text(&at.iso).raw("</updated>\n");
    for author in &commit.authors {
        let name = if author.name.is_empty() { "somebody" } else { &author.name };
        out.raw("<author><name>").text(name).raw("</name></author>\n");
    }
    let page = || {
        let id = commit.id.get(..history::SHORT * 2).unwrap_or(&commit.id);
        Some(format!("{}{}#c-{id}", site.base.as_ref()?, audit::PATH))
    };
    if let Some(href) = site.past.commit_url(&commit.id).or_else(page) {
        out.raw("<link rel=\"alternate\" href=\"").text(&href).raw("\"/>\n");
    }
    out.raw("<content type=\"text\">").text(&content(site, commit)).raw("</content>\n</entry>\n");
}

/// Returns what a commit changed, a line each.
fn content(site: &Site<'_>, commit: &Commit) -> String {
    let changes = site.past.changes(commit);
    let more = changes.len().saturating_sub(MOST_CHANGES);
    let mut lines: Vec<String> = changes
        .take(MOST_CHANGES)
        .map(|(change, _)| {
            let title = change.title.as_deref().unwrap_or(&change.identifier);
            format!("{}: {} {title}", change.fate.name(), history::sort(site, change))
        })
        .collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    if lines.is_empty() {
        lines.push(super::words::counted(commit.files, "file", "files"));
    }
    lines.join("\n")
}

/// Returns an identifier that is the same wherever the site is: a UUID of the version for own use, of a commit's hash.
fn urn(hash: &str, version: char) -> String {
    let digits: String =
        hash.chars().filter(char::is_ascii_hexdigit).chain(std::iter::repeat('0')).take(32).collect();
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
    format!(
        "urn:uuid:{}-{}-{version}{}-a{}-{}",
        part(0..8),
        part(8..12),
        part(13..16),
        part(17..20),
        part(20..32)
    )
}

#[cfg(test)]
mod tests;
