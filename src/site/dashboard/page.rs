//! A page: its head, and its widgets in the rows of its layout.

use std::sync::Arc;

use minijinja::Value;

use super::data::Scene;
use super::{ROOT, Shown, widget};
use crate::model::page::{Content, Page as Document, Row, Widget};
use crate::site::frame::Area;
use crate::site::icon::Used;
use crate::site::markup::Markup;
use crate::site::record::{maybe, none, record};
use crate::site::table::Table;
use crate::site::{Site, words};

/// The columns of a row.
const WIDTH: usize = 12;

record! {
    /// What the template of a page reads; `body`, `audience` and `source` are markup.
    Page { site, frame, title, summary, icons, name, identifier, icon, description, audience, audience_icon, source, body }
}

/// Returns what a page shows.
pub(super) fn page<'s>(site: &'s Site<'_>, tables: &'s [Arc<Table<'s>>], shown: &'s Shown<'_>) -> Value {
    let page = &shown.definition.value;
    let mut icons = Used::new(&site.icons);
    let icon = site.icons.find(page.icon.as_ref().map(|icon| icon.value.as_str()).or(Some("Apps")));
    let icon = Value::from(icons.add(icon));
    let mut audience = Markup::default();
    for (at, name) in page.audience.iter().enumerate() {
        audience.raw(if at > 0 { ", " } else { "" });
        words::person(site, &name.value, ROOT, &mut audience);
    }
    let mut source = Markup::default();
    words::place(site, page.identifier.span, &mut source);
    let scene = Scene::new(site, tables, shown.definition);
    let mut body = Markup::with_capacity(16 * 1024);
    rows(&scene, &page.layout, &page.widgets, 2, &mut icons, &mut body);
    if page.widgets.is_empty() {
        body.raw("<p class=\"empty\">This page has no widgets yet.</p>");
    }
    let label = page.label();
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Dashboards),
        title: Value::from(label),
        summary: Value::from(summary(page)),
        name: Value::from(label),
        identifier: if label == page.identifier.value {
            none()
        } else {
            Value::from(page.identifier.value.as_str())
        },
        icon,
        description: maybe(page.description.as_deref()),
        audience_icon: Value::from(icons.add_drawn("team")),
        audience: audience.finish(),
        source: source.finish(),
        body: body.finish(),
        icons: icons.drawings(),
    }
    .into()
}

fn summary(page: &Document) -> String {
    page.description
        .clone()
        .unwrap_or_else(|| format!("{}: numbers and charts from the catalog", page.label()))
}

/// Writes widgets in the rows that hold them, then those that no row holds; `level` is that of their headings.
pub(super) fn rows(
    scene: &Scene<'_, '_>,
    layout: &[Row],
    widgets: &[Widget],
    level: u8,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    let find = |name: &str| {
        widgets.iter().position(|widget| widget.identifier.as_ref().is_some_and(|own| own.value == name))
    };
    let mut placed = vec![false; widgets.len()];
    for row in layout {
        let mut held: Vec<(&Widget, usize)> = Vec::new();
        for column in &row.columns {
            let free = |at: &usize| !placed[*at] && scene.shows(&widgets[*at]);
            let Some(at) = find(&column.widget.value).filter(free) else { continue };
            placed[at] = true;
            held.push((&widgets[at], span(column.size).unwrap_or(WIDTH / row.columns.len().max(1))));
        }
        deck(scene, &held, level, icons, out);
    }
    let left: Vec<(&Widget, usize)> = widgets
        .iter()
        .zip(&placed)
        .filter(|(widget, placed)| !**placed && scene.shows(widget))
        .map(|(widget, _)| (widget, usual(widget)))
        .collect();
    deck(scene, &left, level, icons, out);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 1 to 12")]
fn span(size: Option<f64>) -> Option<usize> {
    size.filter(|size| size.is_finite()).map(|size| size.round().clamp(1.0, 12.0) as usize)
}

/// Returns how wide a widget is that no layout places.
fn usual(widget: &Widget) -> usize {
    match widget.content {
        Content::Number(_) => 3,
        Content::Pie(_) | Content::Bar(_) | Content::Lines(_) | Content::Trend(_) | Content::Initiatives => 6,
        Content::Standards { .. } | Content::Links(_) | Content::Actions(_) | Content::Frame(_) => 6,
        Content::Heat(ref grid) if grid.scorecard.is_none() => 6,
        _ => WIDTH,
    }
}

/// The classes of widths.
const SPANS: [&str; 13] = ["c12", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11", "c12"];

fn deck(
    scene: &Scene<'_, '_>,
    widgets: &[(&Widget, usize)],
    level: u8,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    // What holds others is no widget to look at, but a place for them.
    if let [(board, _)] = widgets
        && matches!(board.content, Content::Board)
    {
        widget::board(scene, board, level, icons, out);
        return;
    }
    if widgets.is_empty() {
        return;
    }
    out.raw("<div class=\"deck\">\n");
    for (widget, width) in widgets {
        out.raw("<div class=\"").raw(SPANS[(*width).min(12)]).raw("\">");
        widget::write(scene, widget, *width, level, icons, out);
        out.raw("</div>\n");
    }
    out.raw("</div>\n");
}
