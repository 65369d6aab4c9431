//! Numbers and lines: functions, periods and dates that fit what they count.

use super::Checker;
use super::subject::{self, wrong};
use crate::catalog::BlueprintId;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::Spanned;
use crate::model::aggregation::{Function, Period};
use crate::model::instant;
use crate::model::interval::Interval;
use crate::model::page::{Amount, Chart, Course, Line, MOST_LINES, Number, Reference, Widget};
use crate::model::phrase::{clip, quoted};
use crate::model::property::PALETTE;
use crate::source::Span;

/// The functions over entities, over properties, and of lines over properties and entities (Port's documentation).
const OF_ENTITIES: &[&str] = &["count", "average"];
const OF_PROPERTY: &[&str] = &["sum", "average", "min", "max", "median", "count"];
const OF_LINE: &[&str] = &["sum", "average", "min", "max", "median", "last"];
const PERIODS: &[&str] = &["hour", "day", "week", "month", "total"];
const OPERATORS: &[&str] = &["=", "!=", ">", ">=", "<", "<="];

/// Returns the finding that a word is not one of those allowed here.
fn outside(word: &Spanned<String>, what: &str, allowed: &[&str]) -> Option<Diagnostic> {
    if allowed.contains(&word.value.as_str()) {
        return None;
    }
    let help = did_you_mean(&word.value, allowed.iter().copied());
    let help = help.unwrap_or_else(|| format!("one of {}", quoted(allowed.iter().copied())));
    Some(wrong(word.span, format!("`{}` is no {what}", clip(&word.value)), help))
}

/// Pushes what is wrong with a number.
pub(super) fn number(
    checker: &Checker<'_>,
    widget: &Widget,
    number: &Number,
    blueprint: Option<BlueprintId>,
    about_one: bool,
    found: &mut Vec<Diagnostic>,
) {
    let place = checker.place(widget);
    let over = number.amount != Amount::Entities;
    if number.amount == Amount::Single {
        if checker.about.is_none() {
            checker.entity(widget, number.entity.as_ref(), blueprint, about_one, found);
        }
    } else if let Some(function) = &number.function {
        let (what, allowed) = match over {
            true => ("function of properties", OF_PROPERTY),
            false => ("function of entities", OF_ENTITIES),
        };
        found.extend(outside(function, what, allowed));
    } else if over {
        let help = format!("add `func:`, one of {}", quoted(OF_PROPERTY.iter().copied()));
        found.push(wrong(place, "it does not say how its property is counted", help));
    }
    match &number.property {
        None if over => found.push(wrong(place, "it does not say which property", "add `property:`")),
        Some(property) if over => {
            if let Some(blueprint) = blueprint {
                let before = found.len();
                subject::reference(checker.catalog, blueprint, property, found);
                if found.len() == before {
                    subject::number(checker.catalog, blueprint, property, found);
                }
            }
        }
        _ => {}
    }
    average(number, place, found);
    dated(checker, number.dated.as_ref(), blueprint, found);
    formats(checker, widget, found);
}

/// Pushes what is wrong with the period of an average.
fn average(number: &Number, place: Span, found: &mut Vec<Diagnostic>) {
    if let Some(period) = &number.average_of {
        found.extend(outside(period, "period of an average", PERIODS));
    }
    let averages = number.function() == Function::Average;
    if averages && number.amount == Amount::Entities && !matches!(number.period(), Some(Period::Hours(_))) {
        let help = "add `averageOf:`, one of `hour`, `day`, `week`, `month`";
        found.push(wrong(place, "an average of entities needs a period", help));
    }
}

/// Pushes that there is no such date.
fn dated(
    checker: &Checker<'_>,
    written: Option<&Spanned<String>>,
    blueprint: Option<BlueprintId>,
    found: &mut Vec<Diagnostic>,
) {
    if let (Some(written), Some(blueprint)) = (written, blueprint) {
        let reference = Spanned::new(Reference::parse(&written.value), written.span);
        subject::reference(checker.catalog, blueprint, &reference, found);
    }
}

/// Pushes what is wrong with the colours and words for values.
fn formats(checker: &Checker<'_>, widget: &Widget, found: &mut Vec<Diagnostic>) {
    let node = checker.document.node(widget.node);
    for format in node.get("conditionalFormatting").into_iter().flat_map(crate::yaml::Node::items) {
        let word = |key| crate::model::string(format, key);
        match word("operator") {
            Some(operator) => found.extend(outside(&operator, "operator of a format", OPERATORS)),
            None => found.push(wrong(format.span(), "this format has no `operator`", "add one, such as `<`")),
        }
        if format.get("value").and_then(crate::yaml::Node::as_f64).is_none() {
            found.push(wrong(format.span(), "this format compares with no number", "add `value:`"));
        }
        if let Some(color) = word("color") {
            found.extend(outside(&color, "colour of the palette", PALETTE));
        }
    }
}

/// Pushes what is wrong with lines over time.
pub(super) fn lines(
    checker: &Checker<'_>,
    widget: &Widget,
    chart: &Chart,
    about_one: bool,
    found: &mut Vec<Diagnostic>,
) {
    let intervals: Vec<&str> = Interval::ALL.iter().map(|(name, _)| *name).chain(["week"]).collect();
    if let Some(interval) = &chart.interval {
        found.extend(outside(interval, "interval", &intervals));
    }
    if let Some(range) = &chart.range {
        let past: Vec<&str> =
            instant::presets().filter(|name| !name.starts_with("next") && *name != "tomorrow").collect();
        found.extend(outside(range, "range of time", &past));
    }
    if chart.lines.is_empty() {
        found.push(wrong(checker.place(widget), "it has no line", "add one under `lines`"));
    }
    if let Some(first) = chart.lines.get(MOST_LINES) {
        let message = format!("this is line {} of the chart, and {MOST_LINES} are drawn", MOST_LINES + 1);
        let help = "draw the others in a widget of their own";
        let span = checker.document.node(first.node).span();
        found.push(Diagnostic::new(Rule::UnshownWidget, span, message).help(help));
    }
    chart.lines.iter().for_each(|of| line(checker, widget, of, about_one, found));
}

fn line(checker: &Checker<'_>, widget: &Widget, line: &Line, about_one: bool, found: &mut Vec<Diagnostic>) {
    // The widget's own blueprint and search have been checked with it.
    let own = line.node == widget.node;
    let mut reported = Vec::new();
    let blueprint =
        line.blueprint.as_ref().and_then(|name| subject::blueprint(checker.catalog, name, &mut reported));
    if !own {
        found.append(&mut reported);
        checker.dataset(line.dataset.as_ref(), blueprint, found);
    }
    let place = if own { checker.place(widget) } else { checker.document.node(line.node).span() };
    if line.blueprint.is_none() {
        found.push(wrong(place, "it does not say whose entities it shows", "add `blueprint:`"));
    }
    match &line.course {
        Course::Unknown(kind) => {
            let names = ["countEntities", "aggregatePropertiesValues", "propertiesValueHistory"];
            match kind {
                Some(kind) => found.extend(outside(kind, "type of line", &names)),
                None => found.push(wrong(
                    place,
                    "it does not say what it counts",
                    format!("add `chartType:`, one of {}", quoted(names)),
                )),
            }
        }
        Course::History { entity, properties } => {
            checker.entity(widget, entity.as_ref(), blueprint, about_one, found);
            measured(checker, properties, blueprint, place, found);
        }
        Course::Aggregate { function, properties, dated: date } => {
            if let Some(function) = function {
                found.extend(outside(function, "function of lines", OF_LINE));
            }
            measured(checker, properties, blueprint, place, found);
            dated(checker, date.as_ref(), blueprint, found);
        }
        Course::Count { function, breakdown, dated: date } => {
            if let Some(function) = function {
                found.extend(outside(function, "function of entities", OF_ENTITIES));
            }
            if let (Some(breakdown), Some(blueprint)) = (breakdown, blueprint) {
                subject::reference(checker.catalog, blueprint, breakdown, found);
            }
            dated(checker, date.as_ref(), blueprint, found);
        }
    }
}

/// Pushes what is wrong with the properties of a line.
fn measured(
    checker: &Checker<'_>,
    properties: &[Spanned<Reference>],
    blueprint: Option<BlueprintId>,
    place: Span,
    found: &mut Vec<Diagnostic>,
) {
    if properties.is_empty() {
        found.push(wrong(place, "it does not say which property", "add `properties: [properties.…]`"));
    }
    for (property, blueprint) in properties.iter().filter_map(|property| Some((property, blueprint?))) {
        let before = found.len();
        subject::reference(checker.catalog, blueprint, property, found);
        if found.len() == before {
            subject::number(checker.catalog, blueprint, property, found);
        }
    }
}
