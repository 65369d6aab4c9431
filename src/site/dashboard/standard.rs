//! Scorecards on pages: how they are met, by groups, and how they have come along; and the initiatives.

use super::ROOT;
use super::data::Scene;
use super::part::Division;
use super::widget::{Pen, empty};
use crate::model::Spanned;
use crate::model::page::{Reference, Widget};
use crate::site::board::Board;
use crate::site::chart::figure::percent;
use crate::site::chart::plot::Plot;
use crate::site::{initiative, trend};

/// The most groups of a scorecard.
const MOST_GROUPS: usize = 40;

/// Writes how scorecards are met: a row for each, or for each group of the entities of one.
pub(super) fn levels(
    scene: &Scene<'_, '_>,
    names: &[Spanned<String>],
    by: Option<&Spanned<Reference>>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    let of = widget.blueprint.as_ref().and_then(|name| scene.site.catalog().find_blueprint(&name.value));
    let meant = |board: &&Board<'_>| {
        let named = names.is_empty() || names.iter().any(|name| name.value == board.card.identifier);
        named && of.is_none_or(|of| board.card.blueprint == of)
    };
    let boards: Vec<&Board<'_>> = scene.site.boards.iter().filter(meant).collect();
    if boards.is_empty() {
        return empty(widget, "No scorecard judges these entities.", pen.out);
    }
    for board in &boards {
        let division = by.and_then(|by| Division::of(scene.site, board.card.blueprint, &by.value));
        if let Some(division) = division {
            groups(scene, board, &division, widget, pen);
        } else if by.is_some() {
            pen.out.raw("<p class=\"empty\">Its entities have nothing of that name to divide by.</p>");
        }
    }
    if by.is_none() {
        pen.out.raw("<table class=\"stack\"><thead><tr><th>Scorecard<th class=\"mb\">Levels<th class=\"n\">Share<th class=\"n p2\">Entities<tbody>\n");
        for board in &boards {
            pen.out
                .raw("<tr><th><a href=\"")
                .raw(ROOT)
                .text(&board.path())
                .raw("\"><b>")
                .text(&board.card.title)
                .raw("</b></a><td class=\"mb\">");
            board.write_bar(" class=\"mini\"", "8", pen.out);
            pen.out.raw("<td class=\"n hi\">");
            match board.share() {
                Some(share) => {
                    pen.out.number(share).raw(" % <small>").text(&board.good_words()).raw("</small>")
                }
                None => pen.out.raw("–"),
            };
            pen.out.raw("<td class=\"n p2\"><a href=\"").raw(ROOT).text(&board.path()).raw("#entities\">");
            pen.out.number(board.total()).raw("</a>\n");
        }
        pen.out.raw("</table>");
    }
    // The colours, once, when they stand for the same everywhere.
    if boards.iter().all(|board| board.card.levels == boards[0].card.levels) {
        boards[0].write_key(by.is_some() && boards.len() == 1, pen.out);
    }
}

/// Writes the levels of the groups of a scorecard's entities, the lowest share first: there is most to do.
fn groups(
    scene: &Scene<'_, '_>,
    board: &Board<'_>,
    division: &Division<'_>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    let name = scene.site.catalog().blueprint(board.card.blueprint).identifier.clone();
    let Ok(mut data) = scene.data(Some(&name), widget.dataset.as_ref()) else {
        return empty(widget, "Which entities are meant depends on who looks.", pen.out);
    };
    data.keep_judged(board);
    let parts = division.parts(&data.entities);
    if parts.is_empty() {
        return empty(widget, "No entity is judged.", pen.out);
    }
    pen.out.raw("<table class=\"stack\"><thead><tr><th>").text(&division.heading());
    pen.out
        .raw("<th class=\"mb\">Levels<th class=\"n\">")
        .text(&board.good_words())
        .raw("<th class=\"n\">Entities<tbody>\n");
    let mut rows: Vec<_> = parts
        .iter()
        .map(|part| {
            let mut counts = vec![0; board.card.levels.len()];
            part.entities
                .iter()
                .filter_map(|id| board.card.standing(*id))
                .for_each(|standing| counts[standing.level] += 1);
            let good: usize = counts.iter().skip(board.good()).sum();
            (part, counts, good)
        })
        .collect();
    rows.sort_by_key(|(part, _, good)| (good * 1_000_000) / part.entities.len().max(1));
    for (part, counts, good) in rows.into_iter().take(MOST_GROUPS) {
        pen.out.raw("<tr><th>");
        let linked = division.begin_link(part, &data, pen.out);
        pen.out
            .raw("<b>")
            .text(&part.label)
            .raw("</b>")
            .raw(if linked { "</a>" } else { "" })
            .raw("<td class=\"mb\">");
        board.write_bar_of(&counts, " class=\"mini\"", "8", pen.out);
        pen.out.raw("<td class=\"n hi\">").text(&percent(good, part.entities.len()));
        pen.out.raw("<td class=\"n\" data-l=\"Entities\">");
        let listed = division.begin_list(part, &data, pen.out);
        pen.out.number(part.entities.len()).raw(if listed { "</a>\n" } else { "\n" });
    }
    pen.out.raw("</table>");
    if parts.len() > MOST_GROUPS {
        pen.out
            .raw("<p class=\"dim lead\">")
            .number(parts.len() - MOST_GROUPS)
            .raw(" others are left out.</p>");
    }
}

/// Writes how a scorecard has come along.
pub(super) fn trend(
    scene: &Scene<'_, '_>,
    name: Option<&Spanned<String>>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    let of = widget.blueprint.as_ref().and_then(|name| scene.site.catalog().find_blueprint(&name.value));
    let mut boards = scene.site.boards.iter();
    let board = boards.find(|board| {
        name.is_some_and(|name| name.value == board.card.identifier)
            && of.is_none_or(|of| board.card.blueprint == of)
    });
    match board.map(|board| trend::plot(scene.site, board, Plot::width_of(pen.width))) {
        None => empty(widget, "There is no such scorecard.", pen.out),
        Some(None) => empty(widget, "There is no history to draw this from yet.", pen.out),
        Some(Some(plot)) => plot.write(pen.out),
    }
}

/// Writes the initiatives, and how far they are.
pub(super) fn initiatives(scene: &Scene<'_, '_>, widget: &Widget, pen: &mut Pen<'_, '_, '_>) {
    let rows = initiative::rows(scene.site, ROOT);
    if rows.is_empty() {
        return empty(widget, "There is no initiative.", pen.out);
    }
    pen.out.raw("<ol class=\"list\">").append(&rows).raw("</ol>");
}
