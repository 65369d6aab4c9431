//! Rings and bars: how entities divide, with the numbers beside.

use super::data::{Data, Filter, Scene};
use super::part::{Division, Part};
use super::widget::{Pen, empty};
use crate::model::page::{Levels, Widget};
use crate::site::chart::figure::percent;
use crate::site::chart::hue::Hue;
use crate::site::chart::{bars, ring};
use crate::site::markup::Markup;

/// The most parts of a ring, and of one whose small parts stay apart (Port's limit).
const MOST_SLICES: usize = 8;
const MOST_APART: usize = 14;

/// The most bars.
const MOST_BARS: usize = 16;

/// A part as it is drawn: one of the division, or several put together.
struct Shown<'p> {
    part: Option<&'p Part>,
    label: String,
    count: usize,
    hue: Hue,
}

/// Writes how entities divide as a ring, with a legend that has the numbers.
pub(super) fn ring(
    scene: &Scene<'_, '_>,
    widget: &Widget,
    levels: &Levels,
    data: &Data,
    pen: &mut Pen<'_, '_, '_>,
) {
    let Some((division, parts)) = divide(scene, widget, levels, data, pen) else { return };
    let most = if levels.apart { MOST_APART } else { MOST_SLICES };
    let shown = shown(&parts, most);
    let total: usize = shown.iter().map(|part| part.count).sum();
    let slices: Vec<(usize, Hue)> = shown.iter().map(|part| (part.count, part.hue)).collect();
    let words: Vec<String> = shown.iter().map(|part| format!("{} {}", part.count, part.label)).collect();
    pen.out.raw(if pen.width <= 4 { "<div class=\"ring tall\">" } else { "<div class=\"ring\">" });
    ring::draw(&slices, &words.join(", "), pen.out);
    pen.out
        .raw("<table><thead class=\"vh\"><tr><th>")
        .text(&division.heading())
        .raw("<th>Entities<th>Share<tbody>\n");
    for part in &shown {
        pen.out.raw("<tr><th><i class=\"x ").raw(part.hue.class()).raw("\"></i>");
        linked(&division, part, data.filter(), false, pen.out);
        pen.out.raw("<td class=\"n\">");
        linked(&division, part, data.filter(), true, pen.out);
        pen.out.raw("<td class=\"n dim\">").text(&percent(part.count, total)).raw("\n");
    }
    pen.out.raw("</table></div>");
    overlap(&parts, data, pen.out);
}

/// Writes how entities divide as bars.
pub(super) fn bars(
    scene: &Scene<'_, '_>,
    widget: &Widget,
    levels: &Levels,
    data: &Data,
    pen: &mut Pen<'_, '_, '_>,
) {
    let Some((division, parts)) = divide(scene, widget, levels, data, pen) else { return };
    let shown = shown(&parts, MOST_BARS);
    // What is put together has a number and no bar, which would dwarf the others.
    let most = shown.iter().filter(|part| part.part.is_some()).map(|part| part.count).max().unwrap_or(0);
    // Without colours of their own, bars need none: their lengths and names say all.
    let plain = shown.iter().all(|part| !matches!(part.hue, Hue::Palette(_)));
    pen.out
        .raw("<table class=\"bars\"><thead class=\"vh\"><tr><th>")
        .text(&division.heading())
        .raw("<th>Bar<th>Entities<tbody>\n");
    for part in &shown {
        let hue = if plain && part.hue != Hue::Rest { Hue::Rank(1) } else { part.hue };
        pen.out.raw("<tr><th>");
        linked(&division, part, data.filter(), false, pen.out);
        pen.out.raw("<td>");
        if part.part.is_some() {
            bars::draw(part.count, most, hue, pen.out);
        }
        pen.out.raw("<td class=\"n\">");
        linked(&division, part, data.filter(), true, pen.out);
        pen.out.raw("\n");
    }
    pen.out.raw("</table>");
    overlap(&parts, data, pen.out);
}

/// Returns how the entities of a widget divide, or writes why they do not.
fn divide<'s>(
    scene: &Scene<'s, '_>,
    widget: &Widget,
    levels: &Levels,
    data: &Data,
    pen: &mut Pen<'_, '_, '_>,
) -> Option<(Division<'s>, Vec<Part>)> {
    let division = levels.by.as_ref().and_then(|by| Division::of(scene.site, data.blueprint, &by.value));
    let Some(division) = division else {
        pen.out.raw("<p class=\"empty\">Its entities have nothing of that name to divide by.</p>");
        return None;
    };
    let parts = division.parts(&data.entities);
    if parts.is_empty() {
        empty(widget, "No entity is meant.", pen.out);
        return None;
    }
    Some((division, parts))
}

/// Returns the parts that are drawn: as many as there is room for, the others put together.
fn shown(parts: &[Part], most: usize) -> Vec<Shown<'_>> {
    let keep = if parts.len() > most { most - 1 } else { parts.len() };
    let part = |(rank, part)| {
        let part: &Part = part;
        Shown {
            part: Some(part),
            label: part.label.clone(),
            count: part.entities.len(),
            hue: part.hue.unwrap_or(Hue::Rank(rank)),
        }
    };
    let mut shown: Vec<Shown<'_>> = parts.iter().take(keep).enumerate().map(part).collect();
    let rest = &parts[keep..];
    if !rest.is_empty() {
        let count = rest.iter().map(|part| part.entities.len()).sum();
        shown.push(Shown { part: None, label: format!("{} others", rest.len()), count, hue: Hue::Rest });
    }
    shown
}

/// Writes the name, or the number, of a part with the way to its list.
fn linked(
    division: &Division<'_>,
    part: &Shown<'_>,
    filter: Option<&Filter>,
    number: bool,
    out: &mut Markup,
) {
    let linked = part.part.is_some_and(|part| division.begin_link(part, filter, out));
    if number {
        out.number(part.count);
    } else {
        out.text(&part.label);
    }
    out.raw(if linked { "</a>" } else { "" });
}

/// Writes that parts overlap, where the numbers do not add up to the entities.
fn overlap(parts: &[Part], data: &Data, out: &mut Markup) {
    let sum: usize = parts.iter().map(|part| part.entities.len()).sum();
    if sum > data.entities.len() {
        out.raw("<p class=\"dim lead\">").number(data.entities.len());
        out.raw(" entities; those with several values count for each.</p>");
    }
}
