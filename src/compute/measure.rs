//! Numbers over entities: what aggregation properties and the numbers of pages are made of.

use std::ops::Range;

use crate::catalog::EntityId;
use crate::known::Known;
use crate::model::aggregation::{Function, Period};
use crate::model::instant::Instant;

/// What is computed over entities.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The function.
    pub function: Function,
    /// The property that it is computed over; the entities themselves when `None`.
    pub over: Option<String>,
    /// The period of an average.
    pub period: Option<Period>,
    /// The date that says in which period an entity falls.
    pub dated: String,
}

impl Measure {
    /// Returns the number that the entities come to: a count or sum of nothing is 0, anything else of nothing is
    /// `None`. `asked` is the time that the entities were asked for in, when they were.
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 entities")]
    pub fn value(
        &self,
        known: Known<'_>,
        entities: &[EntityId],
        asked: Option<Range<Instant>>,
    ) -> Option<f64> {
        let Some(property) = &self.over else {
            let count = entities.len() as f64;
            return match self.function {
                Function::Average => self.average(known, count, entities, asked),
                _ => Some(count),
            };
        };
        let value = |&id: &EntityId| known.value(known.catalog.entity(id), property).as_f64();
        let values: Vec<f64> = entities.iter().filter_map(value).collect();
        match self.function {
            Function::Average if !matches!(self.period, None | Some(Period::Total)) => {
                self.average(known, values.iter().sum(), entities, asked)
            }
            function => of(function, values),
        }
    }

    /// Returns how much of `total` falls into a period: divided by the periods that have begun since the first of the
    /// entities, or in the time that they were asked for in.
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 entities and periods")]
    fn average(
        &self,
        known: Known<'_>,
        total: f64,
        entities: &[EntityId],
        asked: Option<Range<Instant>>,
    ) -> Option<f64> {
        let Some(Period::Hours(hours)) = self.period else {
            return (!entities.is_empty()).then(|| total / entities.len() as f64);
        };
        let start = asked.as_ref().map(|period| period.start).or_else(|| self.earliest(known, entities))?;
        let end = asked.map_or(known.now, |period| period.end.min(known.now));
        let millis = end.since(start).millis().max(1);
        let length = hours * 60 * 60 * 1000;
        // A period that has begun counts as a whole one: 2 hours and 20 minutes are 3 hours.
        let periods = millis.div_euclid(length) + i64::from(millis.rem_euclid(length) > 0);
        Some(total / periods.max(1) as f64)
    }

    fn earliest(&self, known: Known<'_>, entities: &[EntityId]) -> Option<Instant> {
        let date = |&id: &EntityId| {
            let value = known.value(known.catalog.entity(id), &self.dated);
            value.as_str().and_then(Instant::parse)
        };
        entities.iter().filter_map(date).min()
    }
}

/// Returns what a function makes of values: a count or sum of nothing is 0, anything else of nothing is `None`.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 values")]
pub fn of(function: Function, mut values: Vec<f64>) -> Option<f64> {
    let count = values.len() as f64;
    match function {
        Function::Count => Some(count),
        // The sum of nothing is negative zero, which nobody wants to read.
        Function::Sum => Some(0.0 + values.iter().sum::<f64>()),
        Function::Average => (!values.is_empty()).then(|| values.iter().sum::<f64>() / count),
        Function::Min => values.into_iter().reduce(f64::min),
        Function::Max => values.into_iter().reduce(f64::max),
        Function::Median => {
            values.sort_by(f64::total_cmp);
            median(&values)
        }
    }
}

/// Returns the middle of sorted values, or the mean of the two in the middle.
fn median(values: &[f64]) -> Option<f64> {
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}
