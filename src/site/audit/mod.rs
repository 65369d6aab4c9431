//! The audit: every change of the catalog, with who made it and who saw to it, every run of an action, and which entities
//! rose and fell in scorecards.
//!
//! The first page has the newest; the others have a month each, so that a new commit changes few of them. A table of
//! each month lies beside it for spreadsheets.

mod table;
mod turn;

use std::collections::BTreeMap;

use minijinja::Value;
use rayon::prelude::*;

use crate::git::End;
use crate::history::timeline::{Change, Commit, Fate};
use crate::model::instant::Instant;
use crate::output::{Output, Rank};
use crate::site::address::AUDIT;
use crate::site::frame::Area;
use crate::site::history::{self, SHORT, Turn};
use crate::site::link::{clip, outside};
use crate::site::markup::Markup;
use crate::site::moment::{self, Moment};
use crate::site::paging::Paging;
use crate::site::record::{list, maybe, none, record};
use crate::site::words::{self, counted};
use crate::site::{Error, Options, Run, Site};

/// The path of the first page.
pub(super) const PATH: &str = "audit/index.html";

const ROOT: &str = "../";

/// The most rows of a page, and the most changes of a row.
const ROWS: usize = 100;
const MOST_CHANGES: usize = 10;

record! {
    /// What the template of the audit reads; `note` and `rows` are markup.
    Page {
        site, frame, title, summary, icons,
        name, count, first, last, note, csv, rows, pages, previous, next, years,
    }
}

record! {
    /// The months of a year; `months` is markup.
    Year { year, months }
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event<'a> {
    /// A commit changed the catalog.
    Commit(&'a Commit),
    /// An action ran.
    Run(&'a Run, i64),
    /// Entities changed their level in a scorecard.
    Turn(&'a Turn),
}

impl Event<'_> {
    /// Returns when, in seconds since 1970.
    pub(super) fn seconds(self) -> i64 {
        match self {
            Self::Commit(commit) => commit.seconds,
            Self::Run(_, seconds) => seconds,
            Self::Turn(turn) => turn.seconds(),
        }
    }

    /// Returns whether data of integrations changed and nothing else: a tool writes it, maybe every hour, so that it is
    /// told in the audit alone.
    pub(super) fn is_data(self, site: &Site<'_>) -> bool {
        matches!(self, Self::Commit(commit) if site.past.timeline.is_data(commit))
    }

    fn moment(self) -> Option<Moment> {
        moment::from_seconds(self.seconds())
    }

    /// Writes what happened in a line, for a page in the root: of a commit that changed one thing what it did to that,
    /// else its subject.
    pub(super) fn headline(self, site: &Site<'_>, out: &mut Markup) {
        let commit = match self {
            Self::Run(run, _) => {
                out.raw("<b>");
                action(site, run, "", out);
                out.raw("</b> ").raw(run.state.name());
                if let Some((_, identifier)) = &run.entity {
                    out.raw(" for ").text(&clip(identifier, 60));
                }
                return;
            }
            Self::Turn(turn) => return turn::headline(site, turn, out),
            Self::Commit(commit) => commit,
        };
        let mut changes = site.past.changes(commit);
        match (changes.next(), changes.len()) {
            (Some((change, entity)), 0) => {
                history::thing(site, change, entity, "", out);
                let mut said = Markup::default();
                history::told(site, change, &mut said);
                if said.is_empty() {
                    said.text(&commit.subject);
                }
                out.raw(" ").append(&said);
            }
            (first, others) => {
                out.raw("<a href=\"").raw(PATH).raw("#c-").text(anchor(commit)).raw("\"><b>");
                out.text(subject(commit)).raw("</b></a>");
                let count = others + usize::from(first.is_some());
                if count > 1 {
                    out.raw(" <small>").text(&counted(count, "change", "changes")).raw("</small>");
                }
            }
        }
    }
}

/// Returns what a commit says that it does.
fn subject(commit: &Commit) -> &str {
    if commit.subject.is_empty() { "No message" } else { &commit.subject }
}

/// Returns what the row of a commit is called on its page.
pub(super) fn anchor(commit: &Commit) -> &str {
    commit.id.get(..SHORT * 2).unwrap_or(&commit.id)
}

/// Returns whether the site has an audit.
pub(super) fn is_any(options: &Options) -> bool {
    !options.timeline.commits.is_empty() || !options.runs.is_empty()
}

/// Returns all that happened, the newest first.
pub(super) fn events<'a>(site: &'a Site<'_>) -> Vec<Event<'a>> {
    let commits = site.past.timeline.commits.iter().map(Event::Commit);
    let instant = |run: &Run| Some(Instant::parse(&run.at)?.millis().div_euclid(1000));
    let runs = site.runs.iter().filter_map(|run| Some(Event::Run(run, instant(run)?)));
    // The newest first, and what commits led to above them.
    let turns = site.past.turns.all().iter().rev().map(Event::Turn);
    let mut events: Vec<Event<'_>> = turns.chain(commits).chain(runs).collect();
    // Stable: commits of one second stay in the order of the log.
    events.sort_by_key(|event| std::cmp::Reverse(event.seconds()));
    events
}

/// Writes the pages and the tables, and returns the paths of the pages.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<Vec<String>, Error> {
    let events = events(site);
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut months: BTreeMap<String, Vec<Event<'_>>> = BTreeMap::new();
    for &event in &events {
        if let Some(moment) = event.moment() {
            months.entry(moment.month().to_string()).or_default().push(event);
        }
    }
    let mut sheets = vec![Sheet { month: None, paging: Paging { number: 1, last: 1 }, events: &events }];
    for (month, events) in &months {
        let pages = Paging::all(events.len(), ROWS);
        sheets.extend(pages.map(|paging| Sheet { month: Some(month), paging, events }));
    }
    sheets.par_iter().try_for_each_init(Vec::new, |buffer, sheet| {
        site.theme.render("audit.html", sheet.page(site, &months), buffer)?;
        output.write(&sheet.path(), Rank::List, buffer)?;
        Ok::<_, Error>(())
    })?;
    months.par_iter().try_for_each(|(month, events)| {
        output.write(&format!("{AUDIT}/{month}.csv"), Rank::List, table::of(site, events).as_bytes())?;
        Ok::<_, Error>(())
    })?;
    Ok(sheets.iter().map(Sheet::path).collect())
}

/// A page: of the newest events, or of a part of a month.
struct Sheet<'a> {
    month: Option<&'a str>,
    paging: Paging,
    events: &'a [Event<'a>],
}

fn path(month: &str, number: usize) -> String {
    let page = if number > 1 { format!("~page-{number}") } else { String::new() };
    format!("{AUDIT}/{month}{page}.html")
}

impl Sheet<'_> {
    fn path(&self) -> String {
        self.month.map_or_else(|| PATH.to_string(), |month| path(month, self.paging.number))
    }

    fn page(&self, site: &Site<'_>, months: &BTreeMap<String, Vec<Event<'_>>>) -> Value {
        let first = (self.paging.number - 1) * ROWS;
        let shown = &self.events[first..self.events.len().min(first + ROWS)];
        let name = self.month.map_or_else(|| "Audit".to_string(), moment::month_name);
        let link = |number| Some(format!("{ROOT}{}", path(self.month?, number)));
        Page {
            site: site.common.clone(),
            frame: site.frame(ROOT, Area::Audit),
            title: Value::from(if self.month.is_some() { format!("Audit, {name}") } else { name.clone() }),
            summary: Value::from("Who changed what in the catalog, and who reviewed it"),
            icons: none(),
            name: Value::from(name),
            count: Value::from(self.events.len()),
            first: Value::from(first + 1),
            last: Value::from(first + shown.len()),
            note: if self.month.is_none() { note(site).finish() } else { none() },
            csv: maybe(self.month.map(|month| format!("{month}.csv"))),
            rows: rows(site, shown).finish(),
            pages: self.paging.links(link),
            previous: maybe(self.paging.previous().and_then(link)),
            next: maybe(self.paging.next().and_then(link)),
            years: if self.month.is_none() { years(months) } else { none() },
        }
        .into()
    }
}

/// Returns links to all months, the newest year first.
fn years(months: &BTreeMap<String, Vec<Event<'_>>>) -> Value {
    let mut years: BTreeMap<&str, Markup> = BTreeMap::new();
    for (month, events) in months {
        let out = years.entry(month.get(..4).unwrap_or_default()).or_default();
        out.raw("<a href=\"").text(month).raw(".html\">");
        let name = moment::month_name(month);
        out.text(name.split(' ').next().unwrap_or_default()).raw("</a> <small>");
        out.number(events.len()).raw("</small> ");
    }
    list(
        years
            .into_iter()
            .rev()
            .map(|(year, months)| Year { year: Value::from(year), months: months.finish() }),
    )
}

/// Returns what is to be known of the history: where it ends, and why.
pub(super) fn note(site: &Site<'_>) -> Markup {
    let timeline = &site.past.timeline;
    let mut out = Markup::default();
    let since = |out: &mut Markup| {
        if let Some(seconds) = timeline.since {
            history::day(seconds, out);
        }
    };
    match timeline.end {
        _ if timeline.read == 0 => {
            out.raw("No commits were read: the catalog is in no Git repository, or <code>site.history</code> is 0. Only runs of actions are known.");
        }
        End::First => {}
        End::Bound => {
            out.raw("The newest ")
                .number(timeline.read)
                .raw(" commits were read, so that the history begins at ");
            since(&mut out);
            out.raw("; <code>site.history</code> in portal.yaml says how many.");
        }
        End::Shallow => {
            out.raw("The history begins at ");
            since(&mut out);
            out.raw(", because the clone is shallow: fetch all of it, in GitHub Actions with <code>fetch-depth: 0</code>.");
        }
    }
    if timeline.commits.iter().any(|commit| commit.changes.is_none()) {
        out.raw(" Of large commits long ago it is only said how many files they changed.");
    }
    out
}

/// Returns the rows of a table, by day.
fn rows(site: &Site<'_>, events: &[Event<'_>]) -> Markup {
    let mut out = Markup::default();
    let mut last = String::new();
    for &event in events {
        let Some(moment) = event.moment() else { continue };
        if moment.day != last {
            out.raw("<tr class=\"grp\"><th colspan=\"5\">").text(&moment.day).raw("\n");
            last.clone_from(&moment.day);
        }
        match event {
            Event::Commit(commit) => self::commit(site, commit, &moment, &mut out),
            Event::Run(run, _) => self::run(site, run, &moment, &mut out),
            Event::Turn(turn) => turn::row(site, turn, &mut out),
        }
    }
    out
}

fn time(moment: &Moment, out: &mut Markup) {
    out.raw("<td><time datetime=\"").text(&moment.iso).raw("\">").text(moment.time()).raw("</time>");
}

fn commit(site: &Site<'_>, commit: &Commit, moment: &Moment, out: &mut Markup) {
    out.raw("<tr id=\"c-").text(anchor(commit)).raw("\"><th><b>").text(subject(commit)).raw("</b>");
    if let Some(number) = commit.number {
        out.raw(" <small>");
        site.past.pull_request(number, out);
        out.raw("</small>");
    }
    changes(site, commit, out);
    out.raw("<td><span>");
    history::persons(site, &commit.authors, ROOT, out);
    out.raw("</span><td class=\"p2\"><span>");
    seen(site, commit, out);
    out.raw("</span>");
    time(moment, out);
    out.raw("<td class=\"hi\">");
    site.past.commit(&commit.id, out);
    out.raw("\n");
}

/// Writes who reviewed a commit, else who let it in.
fn seen(site: &Site<'_>, commit: &Commit, out: &mut Markup) {
    if commit.reviewers.is_empty() {
        if let Some(person) = &commit.merged_by {
            history::person(site, person, ROOT, out);
            out.raw(" <small>merged</small>");
        }
        return;
    }
    history::persons(site, &commit.reviewers, ROOT, out);
}

fn changes(site: &Site<'_>, commit: &Commit, out: &mut Markup) {
    let changes = site.past.changes(commit);
    let count = changes.len();
    if count == 0 {
        let files = counted(commit.files, "file", "files");
        let said = if commit.changes.is_some() { ", no values" } else { ", not read one by one" };
        out.raw("<br><small>").text(&files).raw(said).raw("</small>");
        return;
    }
    out.raw("<ul class=\"did\">");
    for (change, entity) in changes.take(MOST_CHANGES) {
        out.raw("<li><span class=\"")
            .raw(class(&change.fate))
            .raw("\">")
            .raw(change.fate.name())
            .raw("</span> ");
        history::thing(site, change, entity, ROOT, out);
        out.raw(" <small>").text(history::sort(site, change)).raw("</small> ");
        let mut said = Markup::default();
        match change.fate {
            Fate::Created | Fate::Removed => {}
            _ => history::told(site, change, &mut said),
        }
        out.append(&said).raw(" <small class=\"p3\">");
        file(site, change, out);
        out.raw("</small>");
    }
    out.raw("</ul>");
    let more = count.saturating_sub(MOST_CHANGES);
    if more > 0 {
        out.raw("<small>and ").text(&counted(more, "change more", "changes more")).raw("</small>");
    }
}

/// Writes the file of a change: with a link as long as it is there.
fn file(site: &Site<'_>, change: &Change, out: &mut Markup) {
    match site.portal.sources.find(&change.path) {
        Some(_) => words::file(site, &change.path, out),
        None => {
            out.text(&change.path);
        }
    }
}

fn class(fate: &Fate) -> &'static str {
    match fate {
        Fate::Created => "pass",
        Fate::Removed => "fail",
        _ => "dim",
    }
}

fn run(site: &Site<'_>, run: &Run, moment: &Moment, out: &mut Markup) {
    out.raw("<tr><th><b>Ran ");
    action(site, run, ROOT, out);
    out.raw("</b>");
    let found = run.entity.as_ref().and_then(|(blueprint, identifier)| {
        let blueprint = site.catalog().find_blueprint(blueprint)?;
        site.catalog().find_entity(blueprint, identifier)
    });
    match (found, &run.entity) {
        (Some(entity), _) => {
            out.raw(" for ");
            site.face(entity).link(ROOT, out);
        }
        (None, Some((_, identifier))) => {
            out.raw(" for ").text(&clip(identifier, 80));
        }
        (None, None) => {}
    }
    out.raw("<ul class=\"did\"><li><span class=\"")
        .raw(run.state.class())
        .raw("\">")
        .raw(run.state.name())
        .raw("</span>");
    if let Some(reason) = run.reasons.first() {
        out.raw(" ").text(&clip(reason, 160));
    }
    out.raw("</ul><td><span>");
    match &run.by {
        Some(by) => words::person(site, by, ROOT, out),
        None => {
            out.raw("portal");
        }
    }
    out.raw("</span><td class=\"p2\"><span>");
    for (at, approver) in run.approved_by.iter().enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        words::person(site, approver, ROOT, out);
    }
    out.raw("</span>");
    time(moment, out);
    out.raw("<td class=\"hi\">");
    match run.link.as_deref().and_then(outside) {
        Some(link) => out.raw("<a href=\"").text(&link.href).raw("\" rel=\"noopener noreferrer\">run</a>"),
        None => out.raw("run"),
    };
    out.raw("\n");
}

/// Writes the action of a run.
fn action(site: &Site<'_>, run: &Run, root: &'static str, out: &mut Markup) {
    match site.offers.path(&run.action) {
        Some(path) => out.raw("<a href=\"").raw(root).text(&path).raw("\">").text(&run.action).raw("</a>"),
        None => out.text(&run.action),
    };
}
