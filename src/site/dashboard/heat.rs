//! Heat maps: how two things meet, or which share of each group passes each rule of a scorecard.

use std::collections::BTreeMap;

use super::data::{Data, Scene, begin_list};
use super::part::{Division, Part};
use super::widget::{Pen, empty};
use crate::catalog::EntityId;
use crate::known::Tally;
use crate::model::page::{Grid, Widget};
use crate::site::board::Board;
use crate::site::heat;
use crate::site::link::clip;
use crate::site::markup::Markup;

/// The most rows and columns.
const MOST_ROWS: usize = 40;
const MOST_COLUMNS: usize = 16;

/// Writes a heat map.
pub(super) fn write(scene: &Scene<'_, '_>, grid: &Grid, widget: &Widget, pen: &mut Pen<'_, '_, '_>) {
    let board = grid.scorecard.as_ref().and_then(|name| {
        let of = widget.blueprint.as_ref().and_then(|name| scene.site.catalog().find_blueprint(&name.value));
        let mut boards = scene.site.boards.iter();
        boards.find(|board| {
            board.card.identifier == name.value && of.is_none_or(|of| board.card.blueprint == of)
        })
    });
    if grid.scorecard.is_some() && board.is_none() {
        pen.out.raw("<p class=\"empty\">There is no such scorecard.</p>");
        return;
    }
    let own = board.map(|board| scene.site.catalog().blueprint(board.card.blueprint).identifier.clone());
    let mut data = match scene.data(widget.blueprint.as_ref().or(own.as_ref()), widget.dataset.as_ref()) {
        Ok(data) => data,
        Err(why) => {
            pen.out.raw("<p class=\"empty\">").text(&why).raw("</p>");
            return;
        }
    };
    let divide = |reference: &Option<crate::model::Spanned<_>>| {
        reference.as_ref().and_then(|by| Division::of(scene.site, data.blueprint, &by.value))
    };
    let Some(rows) = divide(&grid.rows) else {
        pen.out.raw("<p class=\"empty\">Its entities have nothing of that name for rows.</p>");
        return;
    };
    if let Some(board) = board {
        return rules(scene, &mut data, &rows, board, widget, pen);
    }
    match divide(&grid.columns) {
        Some(columns) => meetings(scene, &data, &rows, &columns, widget, pen),
        None => {
            pen.out.raw("<p class=\"empty\">Its entities have nothing of that name for columns.</p>");
        }
    }
}

/// Writes which share of each group passes each rule.
fn rules(
    scene: &Scene<'_, '_>,
    data: &mut Data<'_>,
    rows: &Division<'_>,
    board: &Board<'_>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    data.keep_judged(board);
    let data = &*data;
    let parts = rows.parts(&data.entities);
    if parts.is_empty() {
        return empty(widget, "No entity is judged.", pen.out);
    }
    begin(&rows.heading(), pen.out);
    for (at, rule) in board.rules() {
        pen.out
            .raw("<th><a href=\"")
            .raw(super::ROOT)
            .text(&board.path())
            .raw("#rule-")
            .number(at + 1)
            .raw("\">");
        pen.out.text(&clip(&rule.title, 48)).raw("</a>");
    }
    pen.out.raw("<tbody>\n");
    for part in parts.iter().take(MOST_ROWS) {
        head(rows, part, data, pen.out);
        let mut tallies = vec![Tally::default(); board.card.rules.len()];
        for standing in part.entities.iter().filter_map(|id| board.card.standing(*id)) {
            tallies.iter_mut().zip(standing.outcomes).for_each(|(tally, outcome)| tally.add(*outcome));
        }
        // A table does not know how a rule came out: the list is that of the row.
        let list = data.list().map(|list| {
            let mut list = rows.list(part, list);
            list.leave_out(1);
            list
        });
        for tally in &tallies {
            heat::cell(tally, |out| begin_list(scene.site, data.blueprint, list.as_ref(), out), pen.out);
        }
        pen.out.raw("\n");
    }
    pen.out.raw("</table></div>").append(&heat::key());
    left_out(parts.len(), "rows", MOST_ROWS, pen.out);
}

/// Writes how many entities each row and each column have in common.
fn meetings(
    scene: &Scene<'_, '_>,
    data: &Data<'_>,
    rows: &Division<'_>,
    columns: &Division<'_>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    let (down, across) = (rows.parts(&data.entities), columns.parts(&data.entities));
    if down.is_empty() {
        return empty(widget, "No entity is meant.", pen.out);
    }
    let mut of: BTreeMap<EntityId, Vec<usize>> = BTreeMap::new();
    for (at, part) in across.iter().enumerate().take(MOST_COLUMNS) {
        part.entities.iter().for_each(|id| of.entry(*id).or_default().push(at));
    }
    let wide = across.len().min(MOST_COLUMNS);
    let counted = |part: &Part| {
        let mut counts = vec![0; wide];
        part.entities.iter().filter_map(|id| of.get(id)).flatten().for_each(|&at| counts[at] += 1);
        counts
    };
    let counts: Vec<Vec<usize>> = down.iter().take(MOST_ROWS).map(counted).collect();
    let most = counts.iter().flatten().copied().max().unwrap_or(0);
    begin(&rows.heading(), pen.out);
    for part in across.iter().take(MOST_COLUMNS) {
        pen.out.raw("<th>");
        let linked = columns.begin_link(part, data, pen.out);
        pen.out.text(&clip(&part.label, 48)).raw(if linked { "</a>" } else { "" });
    }
    pen.out.raw("<tbody>\n");
    for (part, counts) in down.iter().zip(&counts) {
        head(rows, part, data, pen.out);
        let list = data.list().map(|list| rows.list(part, list));
        for (&count, other) in counts.iter().zip(&across) {
            let step = match (count * 100).checked_div(most.max(1)).unwrap_or(0) {
                _ if count == 0 => "na",
                100.. => "h5",
                75.. => "h4",
                50.. => "h3",
                25.. => "h2",
                _ => "h1",
            };
            pen.out.raw("<td class=\"").raw(step).raw("\">");
            let list = list.as_ref().filter(|_| count > 0).map(|list| columns.list(other, list));
            let linked = begin_list(scene.site, data.blueprint, list.as_ref(), pen.out);
            pen.out.number(count).raw(if linked { "</a>" } else { "" });
        }
        pen.out.raw("\n");
    }
    pen.out.raw("</table></div>");
    left_out(down.len(), "rows", MOST_ROWS, pen.out);
    left_out(across.len(), "columns", MOST_COLUMNS, pen.out);
}

fn begin(heading: &str, out: &mut Markup) {
    out.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Heat map\"><table class=\"heat\"><thead><tr><th>");
    out.text(heading);
}

fn head(rows: &Division<'_>, part: &Part, data: &Data<'_>, out: &mut Markup) {
    out.raw("<tr><th>");
    let linked = rows.begin_link(part, data, out);
    out.text(&part.label).raw(if linked { "</a> <small>" } else { " <small>" });
    let listed = rows.begin_list(part, data, out);
    out.number(part.entities.len()).raw(if listed { "</a></small>" } else { "</small>" });
}

fn left_out(count: usize, what: &'static str, most: usize, out: &mut Markup) {
    if count > most {
        out.raw("<p class=\"dim lead\">")
            .number(count - most)
            .raw(" smaller ")
            .raw(what)
            .raw(" are left out.</p>");
    }
}
