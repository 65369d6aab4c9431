//! The pages of a scorecard: its results and rules on the first, and the entities by level, in pages of [`ROWS`].

use minijinja::Value;

use super::board::Board;
use super::frame::Area;
use super::icon::Used;
use super::link::clip;
use super::listing::{MANY, ROWS};
use super::markup::Markup;
use super::paging::Paging;
use super::record::{maybe, none, record};
use super::words::{self, coded, counted};
use super::{Site, address, fixes, heat, neighbour, trend, verdict, waived};
use crate::catalog::EntityId;
use crate::known::{CardRule, Standing};
use crate::model::scorecard::Rule;

/// Scorecards are one folder below the root.
pub(super) const ROOT: &str = "../";

/// The most missing rules of an entity that are named.
const MOST_MISSING: usize = 4;

/// The longest condition in words.
const LONGEST_CONDITION: usize = 240;

record! {
    /// What the template of a scorecard reads; most of it is markup.
    Page {
        site, frame, title, summary, icons,
        name, identifier, icon, description, scope, sizes, source,
        count, bar, key, share, good, change, trend,
        fixes, heat, heat_key, rules, waivers, waiver_count, waiver_link, waivers_ending,
        rows, first, last, unlisted, table, pages, previous, next, json,
    }
}

/// One page of a scorecard.
#[derive(Debug)]
pub(super) struct ScorePage {
    pub(super) path: String,
    board: usize,
    paging: Paging,
}

/// Returns the pages of all scorecards.
pub(super) fn pages(site: &Site<'_>) -> Vec<ScorePage> {
    let of = |board: &Board<'_>| {
        let (number, name) = (board.number, board.name.clone());
        Paging::all(board.total().min(MANY), ROWS).map(move |paging| ScorePage {
            path: address::scorecard(&name, paging.number),
            board: number,
            paging,
        })
    };
    site.boards.iter().flat_map(of).collect()
}

/// Returns what a page of a scorecard shows.
pub(super) fn page(site: &Site<'_>, page: &ScorePage) -> Value {
    let board = &site.boards[page.board];
    let paging = page.paging;
    let mut icons = Used::new(&site.icons);
    let start = (paging.number - 1) * ROWS;
    let listed = board.total().min(MANY);
    let end = (start + ROWS).min(listed);
    let rows = rows(site, board, start, &board.order[start..end]);
    let title = match paging.number {
        1 => board.card.title.clone(),
        number => format!("{}, page {number}", board.card.title),
    };
    let href = |number| Some(format!("{ROOT}{}", address::scorecard(&board.name, number)));
    let first = paging.number == 1;
    let part = |make: &dyn Fn() -> Markup| if first { make().finish() } else { none() };
    let waivers = waived::of(site, board);
    let soon = waivers.iter().filter(|waiver| waiver.ends_soon(site)).count();
    let named = board.card.title != board.card.identifier;
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Scorecards),
        summary: Value::from(format!(
            "{title}: levels, rules and next best fixes of {} entities",
            board.total()
        )),
        title: Value::from(title),
        name: Value::from(board.card.title.as_str()),
        identifier: if named { Value::from(board.card.identifier.as_str()) } else { none() },
        icon: Value::from(icons.add_drawn("cron")),
        description: maybe(board.scorecard.description.as_deref()),
        scope: scope(site, board).finish(),
        sizes: Value::from(sizes(board)),
        source: source(site, board).finish(),
        count: Value::from(board.total()),
        bar: part(&|| {
            let mut bar = Markup::default();
            board.write_bar("", "28", &mut bar);
            bar
        }),
        key: part(&|| {
            let mut key = Markup::default();
            board.write_key(true, &mut key);
            key
        }),
        share: maybe(board.share()),
        good: Value::from(board.good_words()),
        change: trend::change(site, board).map_or_else(none, |change| {
            let mut out = Markup::default();
            trend::write_change(Some(change), &mut out);
            out.finish()
        }),
        trend: part(&|| {
            let mut out = Markup::default();
            if let Some(plot) = trend::plot(site, board, 640.0) {
                plot.write(&mut out);
            }
            out
        }),
        fixes: part(&|| fixes::rows(site, board, ROOT)),
        heat: part(&|| heat::table(site, board, ROOT)),
        heat_key: part(&heat::key),
        rules: part(&|| rules(site, board)),
        waivers: part(&|| waived::rows(site, board, &waivers, ROOT)),
        waiver_count: Value::from(waivers.len()),
        waiver_link: Value::from(format!("{ROOT}{}#waivers", board.path())),
        waivers_ending: Value::from(soon),
        rows: rows.finish(),
        unlisted: if paging.number == paging.last { Value::from(board.total() - listed) } else { none() },
        table: maybe(site.addresses.blueprint(board.card.blueprint, 1).map(|path| format!("{ROOT}{path}"))),
        first: Value::from(start + 1),
        last: Value::from(end),
        pages: paging.links(href),
        previous: maybe(paging.previous().and_then(href)),
        next: maybe(paging.next().and_then(href)),
        json: Value::from(format!("{ROOT}{}", super::api_score::path(&board.name))),
        icons: icons.drawings(),
    }
    .into()
}

fn sizes(board: &Board<'_>) -> String {
    let rules = counted(board.card.rules.len(), "rule", "rules");
    format!("{rules}, {}", counted(board.card.levels.len(), "level", "levels"))
}

/// Writes who is judged.
fn scope(site: &Site<'_>, board: &Board<'_>) -> Markup {
    let mut out = Markup::default();
    let outline = site.outline(board.card.blueprint);
    let label = site.catalog().blueprint(board.card.blueprint).label();
    match &outline.page {
        Some(page) => out.raw("<a href=\"").raw(ROOT).text(page).raw("\">").text(label).raw("</a>"),
        None => out.text(label),
    };
    let standard = site.portal.standards.find(board.card.scorecard);
    if let Some(standard) = standard.filter(|_| board.scorecard.filter.is_some()) {
        out.raw(" where ");
        coded(&clip(&standard.filter.summary(), LONGEST_CONDITION), &mut out);
    }
    out
}

fn source(site: &Site<'_>, board: &Board<'_>) -> Markup {
    let mut out = Markup::default();
    words::place(site, board.scorecard.identifier.span, &mut out);
    out
}

/// Writes the rows of rules.
fn rules(site: &Site<'_>, board: &Board<'_>) -> Markup {
    let mut out = Markup::default();
    for (at, counted) in board.rules() {
        rule(site, board, at, counted, &board.scorecard.rules[at], &mut out);
    }
    out
}

fn rule(site: &Site<'_>, board: &Board<'_>, at: usize, counted: &CardRule, rule: &Rule, out: &mut Markup) {
    out.raw("<tr id=\"rule-").number(at + 1).raw("\"><th><b>").text(rule.label()).raw("</b>");
    if rule.label() != counted.identifier {
        out.raw(" <span class=\"id\">").text(&counted.identifier).raw("</span>");
    }
    verdict::stage(counted.stage, out);
    if let Some(description) = &rule.description {
        out.raw("<br><small>").text(&clip(description.trim(), LONGEST_CONDITION)).raw("</small>");
    }
    out.raw("<td class=\"hi\">");
    if let Some(level) = counted.level {
        board.write_level(level, out);
    }
    let tally = &board.tallies[at];
    for (count, label) in [
        (tally.passed, "passed"),
        (tally.failed, "failed"),
        (tally.unknown, "unknown"),
        (tally.waived, "waived"),
    ] {
        out.raw("<td class=\"n\" data-l=\"").raw(label).raw("\">").number(count);
    }
    out.raw("<td class=\"n p2\">").text(&weight(counted.weight)).raw("<td class=\"p2\">");
    let standard = site.portal.standards.find(board.card.scorecard);
    if let Some(condition) = standard.and_then(|standard| standard.conditions.get(at)) {
        coded(&clip(&condition.summary(), LONGEST_CONDITION), out);
    }
    out.raw("<td class=\"p3\">");
    words::place(site, rule.identifier.span, out);
    out.raw("\n");
}

/// Returns a weight without a point that says nothing.
fn weight(weight: f64) -> String {
    format!("{weight}")
}

/// Writes the rows of entities, with a heading where a level begins.
fn rows(site: &Site<'_>, board: &Board<'_>, start: usize, entities: &[EntityId]) -> Markup {
    let mut out = Markup::with_capacity(entities.len() * 384);
    let mut level = None;
    for (at, &entity) in entities.iter().enumerate() {
        let Some(standing) = board.card.standing(entity) else { continue };
        if level != Some(standing.level) {
            level = Some(standing.level);
            let before: usize = board.counts[..standing.level].iter().sum();
            out.raw("<tr class=\"grp\"><th colspan=\"4\">");
            board.write_level(standing.level, &mut out);
            out.raw(" <small>").number(board.counts[standing.level]);
            out.raw(if start + at > before { ", continued</small>\n" } else { "</small>\n" });
        }
        row(site, board, standing, &mut out);
    }
    out
}

fn row(site: &Site<'_>, board: &Board<'_>, standing: Standing<'_>, out: &mut Markup) {
    out.raw("<tr><th>");
    neighbour::named_link(site, standing.entity, ROOT, out);
    out.raw("<td>");
    if let Some((_, missing)) = standing.next() {
        missing_rules(missing.iter().map(|&at| board.card.rules[at].title.as_str()), out);
    }
    out.raw("<td class=\"p2\">");
    for (at, &team) in site.graph().owners(standing.entity).iter().enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        site.face(team).link(ROOT, out);
    }
    out.raw("<td class=\"n hi\">").text(&format!("{:.0} %", standing.score().floor())).raw("\n");
}

/// Writes the names of rules, the first few of them.
pub(super) fn missing_rules<'a>(titles: impl ExactSizeIterator<Item = &'a str>, out: &mut Markup) {
    let more = titles.len().saturating_sub(MOST_MISSING);
    for (at, title) in titles.take(MOST_MISSING).enumerate() {
        out.raw(if at > 0 { ", " } else { "" }).text(&clip(title, 60));
    }
    if more > 0 {
        out.raw(" and ").number(more).raw(" more");
    }
}
