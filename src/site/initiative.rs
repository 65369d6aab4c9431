//! The page of an initiative: how far it is, and who still has what to do.

use std::collections::BTreeMap;

use minijinja::Value;

use super::board::Board;
use super::frame::Area;
use super::icon::Used;
use super::link::clip;
use super::listing::ROWS;
use super::markup::Markup;
use super::record::{none, record};
use super::words::{self, counted};
use super::{Site, address, api_score, course, markdown, neighbour, scorecard};
use crate::catalog::{Definition, EntityId};
use crate::model::initiative::{Initiative, Target};
use crate::model::instant::Instant;
use crate::score::{Participant, Progress};

/// Initiatives are one folder below the root.
const ROOT: &str = "../";

/// The most teams of the page.
const MOST_TEAMS: usize = 60;

record! {
    /// What the template of an initiative reads; most of it is markup.
    Page {
        site, frame, title, summary, icons,
        name, identifier, description, owner, owner_icon, due, due_icon, goals, source,
        percent, done, total, open, course, forecast, teams, rows, more, json,
    }
}

/// Returns the document of an initiative.
pub(super) fn definition<'a>(site: &Site<'a>, progress: &Progress) -> &'a Definition<Initiative> {
    &site.catalog().initiatives()[progress.initiative]
}

/// Returns the path of the page of an initiative.
pub(super) fn path(site: &Site<'_>, progress: &Progress) -> String {
    address::initiative(&definition(site, progress).value.identifier.value)
}

/// Returns what the page of an initiative shows.
pub(super) fn page(site: &Site<'_>, progress: &Progress) -> Value {
    let definition = definition(site, progress);
    let initiative = &definition.value;
    let mut icons = Used::new(&site.icons);
    let label = initiative.label();
    let (done, total) = (progress.done(), progress.participants.len());
    let named = label != initiative.identifier.value;
    let mut owner = Markup::default();
    if let Some(name) = &initiative.owner {
        words::person(site, &name.value, ROOT, &mut owner);
    }
    let mut due_words = Markup::default();
    due(site, progress, &mut due_words);
    let mut source = Markup::default();
    words::place(site, initiative.identifier.span, &mut source);
    let (mut course, mut forecast) = (Markup::default(), Markup::default());
    if let Some(outlook) = course::of(site, progress) {
        course::draw(outlook, progress, &mut course);
        course::forecast(outlook, progress.deadline, &mut forecast);
    }
    let description = initiative.description.as_deref().map(|text| markdown::markup(text).finish());
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Scorecards),
        title: Value::from(label),
        summary: Value::from(format!("{label}: {done} of {total} done")),
        name: Value::from(label),
        identifier: if named { Value::from(initiative.identifier.value.as_str()) } else { none() },
        description: description.unwrap_or_else(none),
        owner: owner.finish(),
        owner_icon: Value::from(icons.add_drawn("team")),
        due: due_words.finish(),
        due_icon: Value::from(icons.add_drawn("cron")),
        goals: goals(site, initiative).finish(),
        source: source.finish(),
        percent: Value::from(progress.percent()),
        done: Value::from(done),
        total: Value::from(total),
        open: Value::from(total - done),
        course: course.finish(),
        forecast: forecast.finish(),
        teams: teams(site, progress).finish(),
        rows: participants(site, progress, &mut icons).finish(),
        more: Value::from((total - done).saturating_sub(ROWS)),
        json: Value::from(format!("{ROOT}{}", api_score::INITIATIVES)),
        icons: icons.drawings(),
    }
    .into()
}

/// Returns whether the deadline has passed and something is left to do.
fn is_overdue(site: &Site<'_>, progress: &Progress) -> bool {
    let late = progress.deadline.is_some_and(|deadline| deadline <= site.portal.now);
    late && progress.done() < progress.participants.len()
}

/// Writes when it has to be done.
pub(super) fn due(site: &Site<'_>, progress: &Progress, out: &mut Markup) {
    let written = definition(site, progress).value.deadline.as_ref();
    let Some(day) = written.and_then(|written| Instant::parse(&written.value)) else { return };
    let late = is_overdue(site, progress);
    out.raw(if late { "<b class=\"fail\">overdue</b> since " } else { "due " });
    words::day(day, out);
}

/// Writes what must be reached: a line for each target.
fn goals(site: &Site<'_>, initiative: &Initiative) -> Markup {
    let mut out = Markup::default();
    for target in &initiative.targets {
        for board in site.boards.iter().filter(|board| is_meant(site, board, target)) {
            goal(board, target, &mut out);
        }
    }
    out
}

fn is_meant(site: &Site<'_>, board: &Board<'_>, target: &Target) -> bool {
    let blueprint = &site.catalog().blueprint(board.card.blueprint).identifier.value;
    target.scorecard.as_ref().is_some_and(|name| name.value == board.card.identifier)
        && target.blueprint.as_ref().is_none_or(|name| name.value == *blueprint)
}

fn goal(board: &Board<'_>, target: &Target, out: &mut Markup) {
    out.raw("<li><a href=\"").raw(ROOT).text(&board.path()).raw("\">").text(&board.card.title).raw("</a>: ");
    let level = target.level.as_ref().and_then(|level| board.card.find_level(&level.value));
    if let Some(level) = level {
        board.write_level(level, out);
    }
    let rules = target.rules.iter().filter_map(|name| board.card.find_rule(&name.value));
    for (at, rule) in rules.enumerate() {
        out.raw(if at > 0 || level.is_some() { ", " } else { "" });
        out.text(&clip(&board.card.rules[rule].title, 80));
    }
    out.raw("\n");
}

/// Writes what remains, by team, most first.
fn teams(site: &Site<'_>, progress: &Progress) -> Markup {
    let mut teams: BTreeMap<Option<EntityId>, (usize, usize)> = BTreeMap::new();
    for participant in &progress.participants {
        let owners = site.graph().owners(participant.entity);
        let nobody = owners.is_empty().then_some(None);
        for team in owners.iter().copied().map(Some).chain(nobody) {
            let (open, all) = teams.entry(team).or_default();
            *open += usize::from(!participant.missing.is_empty());
            *all += 1;
        }
    }
    let mut teams: Vec<_> = teams.into_iter().collect();
    teams.sort_by_key(|(team, (open, _))| (std::cmp::Reverse(*open), team.is_none(), *team));
    let mut out = Markup::default();
    for (team, (open, all)) in teams.into_iter().take(MOST_TEAMS) {
        out.raw("<tr><th>");
        match team {
            Some(team) => site.face(team).link(ROOT, &mut out),
            None => out.raw("nobody"),
        };
        out.raw("<td class=\"n\" data-l=\"done\">").number(all - open).raw(" of ").number(all);
        out.raw("<td class=\"n hi\">").number(open).raw(" left\n");
    }
    out
}

/// Writes who still has something to do.
fn participants(site: &Site<'_>, progress: &Progress, icons: &mut Used<'_>) -> Markup {
    let mut out = Markup::default();
    let open = progress.participants.iter().filter(|participant| !participant.missing.is_empty());
    for participant in open.take(ROWS) {
        out.raw("<tr><th>");
        neighbour::rich_link(site, participant.entity, ROOT, icons, &mut out);
        out.raw("<td>");
        let titles: Vec<&str> = missing(site, participant).collect();
        scorecard::missing_rules(titles.into_iter(), &mut out);
        out.raw("<td class=\"p2\">");
        for (at, &team) in site.graph().owners(participant.entity).iter().enumerate() {
            out.raw(if at > 0 { ", " } else { "" });
            site.face(team).link(ROOT, &mut out);
        }
        out.raw("\n");
    }
    out
}

/// Returns the titles of the rules that a participant still has to pass.
fn missing<'a>(site: &'a Site<'_>, participant: &'a Participant) -> impl Iterator<Item = &'a str> {
    participant.missing.iter().filter_map(|&(scorecard, rule)| {
        let board = site.boards.iter().find(|board| board.card.scorecard == scorecard)?;
        Some(board.card.rules.get(rule)?.title.as_str())
    })
}

/// Returns all initiatives as items of a list, for a page whose links start with `root`.
pub(super) fn rows(site: &Site<'_>, root: &'static str) -> Markup {
    let mut out = Markup::default();
    for progress in &site.portal.progress {
        let label = definition(site, progress).value.label();
        let (done, total) = (progress.done(), progress.participants.len());
        out.raw("<li><div class=\"row\"><a href=\"").raw(root).text(&path(site, progress)).raw("\"><b>");
        out.text(label).raw("</b></a><small>");
        due(site, progress, &mut out);
        out.raw("</small></div>");
        bar(label, progress.percent(), &mut out);
        out.raw("<div class=\"row\"><small>").number(done).raw(" of ");
        out.text(&counted(total, "entity", "entities")).raw("</small>");
        if done == total {
            out.raw("<small class=\"pass\">done</small>");
        } else if let Some(outlook) = course::of(site, progress) {
            out.raw("<small>");
            course::forecast(outlook, progress.deadline, &mut out);
            out.raw("</small>");
        }
        out.raw("</div>\n");
    }
    out
}

/// Writes a bar that says how far something is.
pub(super) fn bar(label: &str, percent: usize, out: &mut Markup) {
    out.raw("<progress max=\"100\" value=\"").number(percent).raw("\" aria-label=\"").text(label).raw("\">");
    out.number(percent).raw(" %</progress>");
}
