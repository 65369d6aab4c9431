//! Rings and bars: how entities divide, with the numbers beside.

use super::data::{Data, Scene, begin_list};
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
    /// The parts beside what is put together.
    beside: &'p [Part],
    label: String,
    count: usize,
    hue: Hue,
}

/// Writes how entities divide as a ring, with a legend that has the numbers.
pub(super) fn ring(
    scene: &Scene<'_, '_>,
    widget: &Widget,
    levels: &Levels,
    data: &Data<'_>,
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
        linked(scene, &division, part, data, false, pen.out);
        pen.out.raw("<td class=\"n\">");
        linked(scene, &division, part, data, true, pen.out);
        pen.out.raw("<td class=\"n dim\">").text(&percent(part.count, total)).raw("\n");
    }
    pen.out.raw("</table></div>");
    overlap(&parts, data, pen.out);
    wider(&division, &parts, data, pen.out);
}

/// Writes how entities divide as bars.
pub(super) fn bars(
    scene: &Scene<'_, '_>,
    widget: &Widget,
    levels: &Levels,
    data: &Data<'_>,
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
        linked(scene, &division, part, data, false, pen.out);
        pen.out.raw("<td>");
        if part.part.is_some() {
            bars::draw(part.count, most, hue, pen.out);
        }
        pen.out.raw("<td class=\"n\">");
        linked(scene, &division, part, data, true, pen.out);
        pen.out.raw("\n");
    }
    pen.out.raw("</table>");
    overlap(&parts, data, pen.out);
    wider(&division, &parts, data, pen.out);
}

/// Returns how the entities of a widget divide, or writes why they do not.
fn divide<'s>(
    scene: &Scene<'s, '_>,
    widget: &Widget,
    levels: &Levels,
    data: &Data<'_>,
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
            beside: &[],
            label: part.label.clone(),
            count: part.entities.len(),
            hue: part.hue.unwrap_or(Hue::Rank(rank)),
        }
    };
    let mut shown: Vec<Shown<'_>> = parts.iter().take(keep).enumerate().map(part).collect();
    let rest = &parts[keep..];
    if !rest.is_empty() {
        let count = rest.iter().map(|part| part.entities.len()).sum();
        let label = format!("{} others", rest.len());
        shown.push(Shown { part: None, beside: &parts[..keep], label, count, hue: Hue::Rest });
    }
    shown
}

/// Writes the name, or the number, of a part with the way to its list.
fn linked(
    scene: &Scene<'_, '_>,
    division: &Division<'_>,
    part: &Shown<'_>,
    data: &Data<'_>,
    number: bool,
    out: &mut Markup,
) {
    let linked = match part.part {
        Some(part) if number => division.begin_list(part, data, out),
        Some(part) => division.begin_link(part, data, out),
        None if number => {
            let list = data.list().map(|list| division.others(part.beside, list));
            begin_list(scene.site, data.blueprint, list.as_ref(), out)
        }
        None => false,
    };
    if number {
        out.number(part.count);
    } else {
        out.text(&part.label);
    }
    out.raw(if linked { "</a>" } else { "" });
}

/// Writes that the lists of parts are wider than the parts, where a table cannot be asked for them.
fn wider(division: &Division<'_>, parts: &[Part], data: &Data<'_>, out: &mut Markup) {
    let Some(list) = data.list() else { return };
    let without = parts.iter().map(|part| division.list(part, list).left_out()).max().unwrap_or(0);
    if without > list.left_out() {
        out.raw("<p class=\"dim lead\">The lists behind the numbers are without ").number(without);
        out.raw(if without == 1 { " filter.</p>" } else { " filters.</p>" });
    }
}

/// Writes that parts overlap, where the numbers do not add up to the entities.
fn overlap(parts: &[Part], data: &Data<'_>, out: &mut Markup) {
    let sum: usize = parts.iter().map(|part| part.entities.len()).sum();
    if sum > data.entities.len() {
        out.raw("<p class=\"dim lead\">").number(data.entities.len());
        out.raw(" entities; those with several values count for each.</p>");
    }
}
