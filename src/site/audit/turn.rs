//! Entities that rose and fell in a scorecard, as the audit and the home page tell them.

use super::{MOST_CHANGES, PATH, ROOT};
use crate::site::Site;
use crate::site::history::{self, Turn};
use crate::site::markup::Markup;
use crate::site::words::counted;

/// Writes it in a line, for a page in the root: of a single entity from what to what, else how many.
pub(super) fn headline(site: &Site<'_>, turn: &Turn, out: &mut Markup) {
    let board = turn.board(site);
    if let [shift] = site.past.turns.shifts(turn) {
        site.face(shift.entity).begin("", out).raw("\"><b>").text(site.face(shift.entity).label());
        out.raw("</b></a> ").text(&board.card.title).raw(" ");
        history::levels(board, shift, out);
        out.raw(" <small>").text(&turn.span.words()).raw("</small>");
        return;
    }
    out.raw("<a href=\"").raw(PATH).raw("#").text(&turn.anchor()).raw("\"><b>").text(&board.card.title);
    out.raw("</b></a> <small>").text(&turn.words(site)).raw(" ").text(&turn.span.words()).raw("</small>");
}

/// Writes it as a row of a table.
pub(super) fn row(site: &Site<'_>, turn: &Turn, out: &mut Markup) {
    let board = turn.board(site);
    let shifts = site.past.turns.shifts(turn);
    out.raw("<tr id=\"").text(&turn.anchor()).raw("\"><th><b>").text(&board.card.title).raw("</b> <small>");
    out.text(&turn.words(site)).raw("</small><ul class=\"did\">");
    for shift in shifts.iter().take(MOST_CHANGES) {
        out.raw(if shift.after > shift.before {
            "<li><span class=\"pass\">rose</span> "
        } else {
            "<li><span class=\"fail\">fell</span> "
        });
        site.face(shift.entity).begin(ROOT, out).raw("\"><b>").text(site.face(shift.entity).label());
        out.raw("</b></a> <small>").text(site.face(shift.entity).kind).raw("</small> ");
        history::levels(board, shift, out);
        out.raw(" <small class=\"p3\">");
        history::causes(site, shift, "", out);
        out.raw("</small>");
    }
    out.raw("</ul>");
    let more = shifts.len().saturating_sub(MOST_CHANGES);
    if more > 0 {
        out.raw("<small>and ").text(&counted(more, "entity more", "entities more")).raw("</small>");
    }
    // It has no author: rules were counted again.
    out.raw("<td><span class=\"dim\">by today’s rules</span><td class=\"p2\"><td>");
    out.raw("<small>").text(&turn.span.words()).raw("</small>");
    out.raw("<td class=\"hi\"><a href=\"").raw(ROOT).text(&board.path()).raw("\">scorecard</a>\n");
}
