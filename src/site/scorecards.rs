//! The page of all scorecards and initiatives, and the table of scorecards that it shares with the home page.

use minijinja::Value;

use super::frame::Area;
use super::markup::Markup;
use super::record::{none, record};
use super::{Site, initiative, trend, waived};

/// The path of the page.
pub(super) const PATH: &str = "scorecards/index.html";

const ROOT: &str = "../";

record! {
    /// What the template of all scorecards reads; rows and lists are markup.
    Page { site, frame, title, summary, icons, count, rows, trend, key, initiatives, initiative_count, json }
}

/// Returns what the page shows.
pub(super) fn page(site: &Site<'_>) -> Value {
    let count = site.boards.len();
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Scorecards),
        title: Value::from("Scorecards"),
        summary: Value::from("Standards for the entities of the catalog, and how far they are met"),
        icons: none(),
        count: Value::from(count),
        rows: rows(site, ROOT, true).finish(),
        trend: Value::from(has_trend(site)),
        key: key(site),
        initiatives: initiative::rows(site, ROOT).finish(),
        initiative_count: Value::from(site.portal.progress.len()),
        json: Value::from(format!("{ROOT}{}", super::api_score::LIST)),
    }
    .into()
}

/// Returns whether it is known how scorecards were some time ago, so that rows say it.
pub(super) fn has_trend(site: &Site<'_>) -> bool {
    site.trends.before(trend::DAYS).is_some()
}

/// Returns rows of all scorecards for a page whose links start with `root`; `full` ones say more.
pub(super) fn rows(site: &Site<'_>, root: &'static str, full: bool) -> Markup {
    let mut out = Markup::default();
    for board in &site.boards {
        out.raw("<tr><th><a href=\"").raw(root).text(&board.path()).raw("\"><b>");
        out.text(&board.card.title).raw("</b></a>");
        let label = site.catalog().blueprint(board.card.blueprint).label();
        if full {
            out.raw("<td class=\"p2\">").text(label);
        }
        out.raw("<td class=\"mb\">");
        board.write_bar(" class=\"mini\"", "8", &mut out);
        out.raw("<td class=\"n hi\">");
        match board.share() {
            Some(share) => {
                out.number(share).raw(" % ").raw("<small>").text(&board.good_words()).raw("</small>")
            }
            None => out.raw("–"),
        };
        if has_trend(site) {
            out.raw("<td class=\"n p2\">");
            trend::write_change(trend::change(site, board), &mut out);
        }
        out.raw("<td class=\"n p2\">").number(board.total());
        if full {
            out.raw("<td class=\"n p2\">").number(board.card.rules.len());
            out.raw("<td class=\"n p3\">").number(waived::of(site, board).len());
        }
        out.raw("\n");
    }
    out
}

/// Returns what the colours of the bars stand for, when they stand for the same everywhere.
pub(super) fn key(site: &Site<'_>) -> Value {
    let Some((first, others)) = site.boards.split_first() else { return none() };
    if others.iter().any(|other| other.card.levels != first.card.levels) {
        return none();
    }
    let mut out = Markup::default();
    first.write_key(false, &mut out);
    out.finish()
}
