//! Lines over time: entities by the period that a date of theirs falls into, and values from the history.

use rayon::prelude::*;

use super::data::{Data, Scene};
use super::part::{self, Division};
use super::widget::{Pen, empty};
use crate::catalog::EntityId;
use crate::compute::measure;
use crate::model::Spanned;
use crate::model::aggregation::Function;
use crate::model::instant::{Age, Instant, preset};
use crate::model::interval::Interval;
use crate::model::page::{Chart, Course, Line, Reference, Widget};
use crate::site::chart::plot::{self, Plot, Time};
use crate::site::markup::Markup;

/// The most points of a line, and the most lines.
const MOST_POINTS: usize = 400;
const MOST_LINES: usize = 10;

/// The least and the most days that the time axis of values from the history covers.
const LONGEST: i64 = 365;

/// Writes lines over time.
pub(super) fn write(scene: &Scene<'_, '_>, widget: &Widget, chart: &Chart, pen: &mut Pen<'_, '_, '_>) {
    let history = chart.lines.iter().all(|line| matches!(line.course, Course::History { .. }));
    let (times, lines, complaints) = if history { past(scene, chart) } else { periods(scene, chart) };
    for complaint in complaints {
        pen.out.raw("<p class=\"empty\">").text(&complaint).raw("</p>");
    }
    let valued = lines.iter().any(|line| line.values.iter().flatten().next().is_some());
    if !valued {
        empty(
            widget,
            if history {
                "There is no history to draw this from yet."
            } else {
                "Nothing falls into this time."
            },
            pen.out,
        );
        return;
    }
    let mut lines = lines;
    let others = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    if let [only] = lines.as_mut_slice() {
        // One line needs no name: the title of the widget is it.
        only.label.clear();
    }
    let words = words(widget, &times, &lines);
    Plot { width: Plot::width_of(pen.width), words, times, lines, levels: chart.baselines.clone(), unit: "" }
        .write(pen.out);
    if let Some(axis) = chart.axis.as_deref().filter(|axis| !axis.is_empty()) {
        remark(&format!("{axis}, by {}", chart.interval().word()), pen.out);
    }
    if others > 0 {
        remark(&format!("{others} smaller lines are left out."), pen.out);
    }
}

fn remark(text: &str, out: &mut Markup) {
    out.raw("<p class=\"dim lead\">").text(text).raw("</p>");
}

/// Returns what the lines show, in a sentence.
fn words(widget: &Widget, times: &[Time], lines: &[plot::Line]) -> String {
    let title = widget.title.as_deref().unwrap_or("Numbers over time");
    let ends = times.first().zip(times.last());
    let ends =
        ends.map(|(first, last)| format!(" from {} to {}", first.whole, last.whole)).unwrap_or_default();
    format!("{title}{ends}: {} drawn", crate::site::words::counted(lines.len(), "line", "lines"))
}

type Drawn = (Vec<Time>, Vec<plot::Line>, Vec<String>);

/// Returns lines over periods of the calendar.
fn periods(scene: &Scene<'_, '_>, chart: &Chart) -> Drawn {
    let now = scene.site.portal.now;
    let interval = chart.interval();
    let range = preset(chart.range(), now).unwrap_or_else(|| now.before(Age::days(90))..now);
    let starts = starts(interval, range.start, range.end.min(now.after(Age::days(1))));
    let times = times(&starts, interval);
    let mut lines = Vec::new();
    let mut complaints = Vec::new();
    for line in &chart.lines {
        match scene.data(line.blueprint.as_ref(), line.dataset.as_ref()) {
            Ok(data) => lines.extend(of(scene, line, &data, &starts, interval, range.start, chart.zero)),
            Err(why) => complaints.push(why),
        }
    }
    (times, lines, complaints)
}

/// Returns the beginnings of the periods from one instant to another, the newest when there are too many.
fn starts(interval: Interval, from: Instant, to: Instant) -> Vec<Instant> {
    let mut starts = Vec::new();
    let mut at = interval.start(from);
    while at < to && starts.len() < 100_000 {
        starts.push(at);
        at = interval.next(at);
    }
    starts.split_off(starts.len().saturating_sub(MOST_POINTS))
}

#[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
fn times(starts: &[Instant], interval: Interval) -> Vec<Time> {
    let last = starts.len().saturating_sub(1).max(1) as f64;
    let time = |(at, start): (usize, &Instant)| Time {
        at: if starts.len() == 1 { 0.5 } else { at as f64 / last },
        short: interval.label(*start, false),
        whole: interval.label(*start, true),
    };
    starts.iter().enumerate().map(time).collect()
}

/// Returns the lines that a line of a widget comes to.
fn of(
    scene: &Scene<'_, '_>,
    line: &Line,
    data: &Data,
    starts: &[Instant],
    interval: Interval,
    from: Instant,
    zero: bool,
) -> Vec<plot::Line> {
    let label = || line.title.clone().unwrap_or_default();
    let dated = |dated: &Option<Spanned<String>>| {
        dated.as_ref().map_or("$createdAt", |dated| &dated.value).to_string()
    };
    match &line.course {
        Course::Count { function, breakdown, dated: date } => {
            let divisor = match function.as_ref().map(|function| function.value.as_str()) {
                Some("average") => interval.parts(),
                _ => 1.0,
            };
            let slots = |entities: &[EntityId]| slots(scene, entities, &dated(date), starts, from);
            let count = |entities: &[EntityId]| -> Vec<Option<f64>> {
                #[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
                slots(entities).into_iter().map(|slot| Some(slot.len() as f64 / divisor)).collect()
            };
            let division =
                breakdown.as_ref().and_then(|by| Division::of(scene.site, data.blueprint, &by.value));
            let Some(division) = division else {
                return vec![plot::Line { label: label(), values: count(&data.entities) }];
            };
            let parts = division.parts(&data.entities);
            parts
                .iter()
                .map(|part| plot::Line { label: part.label.clone(), values: count(&part.entities) })
                .collect()
        }
        Course::Aggregate { function, properties, dated: date } => {
            let slots = slots(scene, &data.entities, &dated(date), starts, from);
            let many = properties.len() > 1;
            let line = |property: &Spanned<Reference>| {
                let (Reference::Property(name) | Reference::Named(name)) = &property.value else {
                    return None;
                };
                let own = part::label(scene.site, data.blueprint, name);
                let label = if many || line.title.is_none() { own.to_string() } else { label() };
                let function = function.as_ref().map_or("average", |function| &function.value);
                let value = |slot: &Vec<(Instant, EntityId)>| {
                    aggregated(scene, function, name, slot).or(zero.then_some(0.0))
                };
                Some(plot::Line { label, values: slots.iter().map(value).collect() })
            };
            properties.iter().filter_map(line).collect()
        }
        // What the history says has other points in time: a widget of its own has it.
        Course::History { .. } | Course::Unknown(_) => Vec::new(),
    }
}

/// Returns the entities by the period that a date of theirs falls into, with the date, the earliest first.
fn slots(
    scene: &Scene<'_, '_>,
    entities: &[EntityId],
    dated: &str,
    starts: &[Instant],
    from: Instant,
) -> Vec<Vec<(Instant, EntityId)>> {
    let known = scene.site.portal.known();
    let date = |&id: &EntityId| {
        let value = known.value(known.catalog.entity(id), dated);
        let at = value.as_str().and_then(Instant::parse).filter(|at| *at >= from && *at <= known.now)?;
        Some((at, id))
    };
    let dates: Vec<(Instant, EntityId)> = entities.par_iter().filter_map(date).collect();
    let mut slots = vec![Vec::new(); starts.len()];
    for (at, id) in dates {
        let after = starts.partition_point(|start| *start <= at);
        if let Some(slot) = after.checked_sub(1).and_then(|slot| slots.get_mut(slot)) {
            slot.push((at, id));
        }
    }
    slots.iter_mut().for_each(|slot| slot.sort_unstable());
    slots
}

/// Returns what a property of entities comes to; `last` is the value of the latest.
fn aggregated(
    scene: &Scene<'_, '_>,
    function: &str,
    name: &str,
    slot: &[(Instant, EntityId)],
) -> Option<f64> {
    let known = scene.site.portal.known();
    let mut values: Vec<f64> =
        slot.iter().filter_map(|(_, id)| known.value(known.catalog.entity(*id), name).as_f64()).collect();
    if function == "last" {
        return values.pop();
    }
    // Nothing in a period is a gap, not a sum of 0.
    if values.is_empty() {
        None
    } else {
        measure::of(Function::from_name(function).unwrap_or(Function::Average), values)
    }
}

/// Returns lines from the history of the catalog.
#[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
fn past(scene: &Scene<'_, '_>, chart: &Chart) -> Drawn {
    let samples = &scene.site.trends.samples;
    let now = scene.site.portal.now;
    let from = preset(chart.range(), now).map_or_else(|| now.before(Age::days(LONGEST)), |range| range.start);
    let samples: Vec<_> = samples.iter().filter(|sample| sample.at >= from).collect();
    let Some((first, last)) = samples.first().zip(samples.last()) else {
        return (Vec::new(), Vec::new(), Vec::new());
    };
    let whole = last.at.since(first.at).millis().max(1) as f64;
    let time = |at: Instant| Time {
        at: at.since(first.at).millis() as f64 / whole,
        short: Interval::Day.label(at, false),
        whole: at.date(),
    };
    let times = samples.iter().map(|sample| time(sample.at)).collect();
    let mut lines = Vec::new();
    for line in &chart.lines {
        let Course::History { entity: Some(entity), properties } = &line.course else { continue };
        let Some(blueprint) = &line.blueprint else { continue };
        let id = scene.site.catalog().find_blueprint(&blueprint.value);
        for property in properties {
            let (Reference::Property(name) | Reference::Named(name)) = &property.value else { continue };
            let key = (blueprint.value.clone(), entity.value.clone(), name.clone());
            let values = samples.iter().map(|sample| sample.values.get(&key).copied()).collect();
            let own = id.map_or(name.as_str(), |id| part::label(scene.site, id, name));
            let label =
                line.title.clone().filter(|_| properties.len() == 1).unwrap_or_else(|| own.to_string());
            lines.push(plot::Line { label, values });
        }
    }
    (times, lines, Vec::new())
}
