//! Lines over time: entities by the period that a date of theirs falls into, and values from the history, on one axis.

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
use crate::model::page::{Chart, Course, Line, MOST_LINES, Reference, Widget};
use crate::site::chart::plot::{self, Plot, Time};
use crate::site::markup::Markup;

/// The most points of a line.
const MOST_POINTS: usize = 400;

/// How far back lines go when the range of a chart is none that there is.
const USUAL_DAYS: i64 = 90;
const LONGEST: i64 = 365;

/// A line before it has a place on an axis.
struct Drawn {
    label: String,
    /// Its values, at the points of the grid that it belongs to.
    values: Vec<Option<f64>>,
    past: bool,
}

/// The two grids of points in time: beginnings of periods, and instants of which the history is known.
struct Grids {
    starts: Vec<Instant>,
    samples: Vec<Instant>,
}

/// Writes lines over time.
pub(super) fn write(
    scene: &Scene<'_, '_>,
    widget: &Widget,
    chart: &Chart,
    pen: &mut Pen<'_, '_, '_>,
    more: &mut Markup,
) {
    let is_past = |line: &Line| matches!(line.course, Course::History { .. });
    let (past_only, mixed) = (chart.lines.iter().all(is_past), chart.lines.iter().any(is_past));
    let mut complaints = Vec::new();
    let (grids, mut lines) = drawn(scene, chart, &mut complaints, more);
    for complaint in complaints {
        pen.out.raw("<p class=\"empty\">").text(&complaint).raw("</p>");
    }
    let valued = lines.iter().any(|line| line.values.iter().flatten().next().is_some());
    if !valued {
        empty(
            widget,
            if past_only {
                "There is no history to draw this from yet."
            } else {
                "Nothing falls into this time."
            },
            pen.out,
        );
        return;
    }
    let others = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    let mixed = mixed && !past_only && lines.iter().any(|line| line.past);
    if let [only] = lines.as_mut_slice() {
        // One line needs no name: the title of the widget is it.
        only.label.clear();
    }
    let (times, lines) = placed(&grids, lines, chart.interval());
    let words = words(widget, &times, &lines);
    Plot { width: Plot::width_of(pen.width), words, times, lines, levels: chart.baselines.clone(), unit: "" }
        .write(pen.out);
    if let Some(axis) = chart.axis.as_deref().filter(|axis| !axis.is_empty()) {
        remark(&format!("{axis}, by {}", chart.interval().word()), pen.out);
    }
    if mixed {
        let word = chart.interval().word();
        remark(&format!("What is counted by {word} stands where the {word} begins."), pen.out);
    }
    if others > 0 {
        remark(&format!("{others} smaller lines are left out."), pen.out);
    }
}

/// Returns the lines of a chart, and what cannot be drawn of them in `complaints`; the way to what one line counts goes
/// to `more`.
fn drawn(
    scene: &Scene<'_, '_>,
    chart: &Chart,
    complaints: &mut Vec<String>,
    more: &mut Markup,
) -> (Grids, Vec<Drawn>) {
    let now = scene.site.portal.now;
    let range = preset(chart.range(), now);
    let periods = range.clone().unwrap_or_else(|| now.before(Age::days(USUAL_DAYS))..now);
    let starts = starts(chart.interval(), periods.start, periods.end.min(now.after(Age::days(1))));
    let from = range.map_or_else(|| now.before(Age::days(LONGEST)), |range| range.start);
    let all = scene.site.trends.samples.iter();
    let samples: Vec<Instant> = all.map(|sample| sample.at).filter(|at| *at >= from).collect();
    let mut lines = Vec::new();
    let mut untold = Vec::new();
    for line in &chart.lines {
        if let Course::History { entity, properties } = &line.course {
            let own = past(scene, line, entity.as_ref(), properties, &samples);
            if own.is_empty() {
                complaints.push("A line does not say which property of which entity it follows.".into());
            }
            for line in own {
                match line.values.iter().flatten().next() {
                    Some(_) => lines.push(line),
                    None => untold.push(line.label),
                }
            }
            continue;
        }
        match scene.data(line.blueprint.as_ref(), line.dataset.as_ref()) {
            Ok(data) => {
                let own = of(scene, line, &data, &starts, chart.interval(), periods.start, chart.zero);
                lines.extend(own.into_iter().map(|(label, values)| Drawn { label, values, past: false }));
                if chart.lines.len() == 1 {
                    data.link_all(scene, more);
                }
            }
            Err(why) => complaints.push(why),
        }
    }
    // Where nothing at all is drawn, the widget says so once.
    if !lines.is_empty() && !untold.is_empty() {
        complaints.push(format!("There is no history yet to draw {} from.", untold.join(", ")));
    }
    (Grids { starts, samples }, lines)
}

/// Returns the points in time that lines have, and the lines on them. Periods alone are equally far from each other;
/// beside the history, every point is where it is in time.
#[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
fn placed(grids: &Grids, lines: Vec<Drawn>, interval: Interval) -> (Vec<Time>, Vec<plot::Line>) {
    let plain = |line: Drawn| plot::Line { label: line.label, values: line.values, at: None };
    if lines.iter().all(|line| !line.past) {
        return (times(&grids.starts, interval), lines.into_iter().map(plain).collect());
    }
    let counted = lines.iter().any(|line| !line.past);
    let mut axis = grids.samples.clone();
    axis.extend(grids.starts.iter().copied().filter(|_| counted));
    axis.sort_unstable();
    axis.dedup();
    let (first, last) = (axis[0], axis[axis.len() - 1]);
    let whole = last.since(first).millis().max(1) as f64;
    let time = |at: &Instant| Time {
        at: at.since(first).millis() as f64 / whole,
        short: Interval::Day.label(*at, false),
        whole: Interval::Day.min(interval).label(*at, true),
    };
    let times = axis.iter().map(time).collect();
    let place = |line: Drawn| {
        let grid = if line.past { &grids.samples } else { &grids.starts };
        let at: Vec<usize> = grid.iter().map(|at| axis.partition_point(|known| known < at)).collect();
        let mut values = vec![None; axis.len()];
        at.iter().zip(line.values).for_each(|(&at, value)| values[at] = value);
        plot::Line { label: line.label, values, at: Some(at) }
    };
    (times, lines.into_iter().map(place).collect())
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

/// Returns the lines that a line of a widget comes to, each with what it is called and its values.
fn of(
    scene: &Scene<'_, '_>,
    line: &Line,
    data: &Data<'_>,
    starts: &[Instant],
    interval: Interval,
    from: Instant,
    zero: bool,
) -> Vec<(String, Vec<Option<f64>>)> {
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
                return vec![(label(), count(&data.entities))];
            };
            let parts = division.parts(&data.entities);
            parts.iter().map(|part| (part.label.clone(), count(&part.entities))).collect()
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
                Some((label, slots.iter().map(value).collect()))
            };
            properties.iter().filter_map(line).collect()
        }
        // What the history says is drawn from other points in time.
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

/// Returns lines from the history of the catalog: what properties of an entity were.
fn past(
    scene: &Scene<'_, '_>,
    line: &Line,
    entity: Option<&Spanned<String>>,
    properties: &[Spanned<Reference>],
    grid: &[Instant],
) -> Vec<Drawn> {
    let Some((blueprint, entity)) = line.blueprint.as_ref().zip(entity) else { return Vec::new() };
    let id = scene.site.catalog().find_blueprint(&blueprint.value);
    let drawn = |property: &Spanned<Reference>| {
        let (Reference::Property(name) | Reference::Named(name)) = &property.value else { return None };
        let key = (blueprint.value.clone(), entity.value.clone(), name.clone());
        let samples = scene.site.trends.samples.iter().filter(|sample| grid.contains(&sample.at));
        let values = samples.map(|sample| sample.values.get(&key).copied()).collect();
        let own = id.map_or(name.as_str(), |id| part::label(scene.site, id, name));
        let label = line.title.clone().filter(|_| properties.len() == 1).unwrap_or_else(|| own.to_string());
        Some(Drawn { label, values, past: true })
    };
    properties.iter().filter_map(drawn).collect()
}
