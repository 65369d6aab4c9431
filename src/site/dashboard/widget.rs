//! A widget: its heading, and what it shows by its type.

use super::data::{Data, Scene};
use super::{course, heat, number, page, plain, split, standard, table};
use crate::model::page::{Content, Group, Widget};
use crate::site::icon::Used;
use crate::site::markdown;
use crate::site::markup::Markup;

/// A remark up to here stands beside the title, a longer one below it.
const BESIDE: usize = 64;

/// What a widget is written with.
pub(super) struct Pen<'o, 'u, 'i> {
    /// How wide it is, in twelfths.
    pub(super) width: usize,
    pub(super) icons: &'u mut Used<'i>,
    pub(super) out: &'o mut Markup,
}

/// Writes a board of widgets.
pub(super) fn board(
    scene: &Scene<'_, '_>,
    widget: &Widget,
    level: u8,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    let titled = widget.title.as_deref().is_some_and(|title| !title.is_empty());
    if titled {
        heading(widget, level, "", out);
        out.raw("</div>");
    }
    let level = if titled { level + 1 } else { level };
    page::rows(scene, &widget.layout, &widget.widgets, level, icons, out);
}

/// Writes a widget; `level` is that of its heading.
pub(super) fn write(
    scene: &Scene<'_, '_>,
    widget: &Widget,
    width: usize,
    level: u8,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    match &widget.content {
        Content::Board => return board(scene, widget, level, icons, out),
        Content::Tabs(groups) => {
            // Without a script there are no tabs: what they would show stands below each other, under their names.
            out.raw("<section>");
            // What stands on the page of an entity has a heading already.
            if scene.entity().is_none() || widget.title.is_some() {
                heading(widget, level, "Groups", out);
                out.raw("</div>");
            }
            remark(widget, out);
            let is_shown =
                |group: &&Group| scene.entity().is_none() || group.widgets.iter().any(|own| scene.shows(own));
            for group in groups.iter().filter(is_shown) {
                out.raw("<h").number(level + 1).raw(" class=\"tab\">");
                out.text(group.title.as_deref().unwrap_or("Group")).raw("</h").number(level + 1).raw(">");
                page::rows(scene, &[], &group.widgets, level + 2, icons, out);
            }
            out.raw("</section>");
            return;
        }
        _ => {}
    }
    out.raw("<section>");
    heading(widget, level, plain::usual_title(&widget.content), out);
    let mut more = Markup::default();
    let mut body = Markup::default();
    let mut pen = Pen { width, icons, out: &mut body };
    content(scene, widget, &mut pen, &mut more);
    out.append(&more).raw("</div>");
    remark(widget, out);
    out.append(&body).raw("</section>");
}

/// Writes the heading of a widget up to where its link follows.
fn heading(widget: &Widget, level: u8, usual: &'static str, out: &mut Markup) {
    let title = widget.title.as_deref().filter(|title| !title.trim().is_empty());
    out.raw("<div class=\"bar\"><h")
        .number(level.min(6))
        .raw(">")
        .text(title.unwrap_or(usual))
        .raw("</h")
        .number(level.min(6))
        .raw(">");
    if let Some(text) = widget.description.as_deref().filter(|text| is_beside(widget, text)) {
        out.raw("<span class=\"dim\">").text(text.trim()).raw("</span>");
    }
}

/// Writes the description of a widget that is too long to stand beside its title.
fn remark(widget: &Widget, out: &mut Markup) {
    if let Some(text) =
        widget.description.as_deref().filter(|text| !is_beside(widget, text) && !is_number(widget))
    {
        out.raw("<p class=\"dim lead\">").text(text.trim()).raw("</p>");
    }
}

fn is_beside(widget: &Widget, text: &str) -> bool {
    !is_number(widget) && text.trim().chars().count() <= BESIDE
}

/// A number has its remark below itself, so that numbers stand in a line.
fn is_number(widget: &Widget) -> bool {
    matches!(widget.content, Content::Number(_))
}

/// Writes what a widget shows; what leads to all of it goes to `more`.
fn content(scene: &Scene<'_, '_>, widget: &Widget, pen: &mut Pen<'_, '_, '_>, more: &mut Markup) {
    match &widget.content {
        Content::Board | Content::Tabs(_) => {}
        Content::Number(number) => {
            with_data(scene, widget, pen, |data, pen| number::write(scene, number, data, widget, pen))
        }
        Content::Pie(levels) => with_data(scene, widget, pen, |data, pen| {
            split::ring(scene, widget, levels, data, pen);
            data.link_all(scene, more);
        }),
        Content::Bar(levels) => with_data(scene, widget, pen, |data, pen| {
            split::bars(scene, widget, levels, data, pen);
            data.link_all(scene, more);
        }),
        Content::Lines(chart) => course::write(scene, widget, chart, pen, more),
        Content::Table(shown) => with_data(scene, widget, pen, |data, pen| {
            table::write(scene, shown, data, widget, pen);
            data.link_all(scene, more);
        }),
        Content::People(whose) => plain::people(scene, *whose, pen, more),
        Content::Prose(prose) => plain::prose(scene, prose, widget, pen),
        Content::Frame(url) => plain::frame(scene, url.as_ref(), pen),
        Content::Links(links) => plain::links(scene, links, widget, pen),
        Content::Actions(actions) => plain::actions(scene, actions, widget, pen),
        Content::Runs(action) => plain::runs(scene, action.as_ref(), widget, pen),
        Content::Entity(entity) => plain::entity(scene, entity.as_ref(), widget, pen),
        Content::Heat(grid) => heat::write(scene, grid, widget, pen),
        Content::Standards { scorecards, by } => {
            standard::levels(scene, scorecards, by.as_ref(), widget, pen)
        }
        Content::Trend(scorecard) => standard::trend(scene, scorecard.as_ref(), widget, pen),
        Content::Initiatives => standard::initiatives(scene, widget, pen),
        Content::Elsewhere(why) => plain::elsewhere(widget, why, pen),
        Content::Unknown => plain::unknown(widget, pen),
    }
}

/// Calls `write` with the entities of a widget, or says why there are none.
fn with_data(
    scene: &Scene<'_, '_>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
    write: impl FnOnce(&Data<'_>, &mut Pen<'_, '_, '_>),
) {
    match scene.of(widget) {
        Ok(data) => write(&data, pen),
        Err(why) => {
            pen.out.raw("<p class=\"empty\">").text(&why).raw("</p>");
        }
    }
}

/// Writes that there is nothing to show, as the widget words it.
pub(super) fn empty(widget: &Widget, usual: &'static str, out: &mut Markup) {
    match widget.empty.as_deref().filter(|text| !text.trim().is_empty()) {
        Some(text) => out.raw("<div class=\"prose dim\">").append(&markdown::markup(text)).raw("</div>"),
        None => out.raw("<p class=\"empty\">").raw(usual).raw("</p>"),
    };
}
