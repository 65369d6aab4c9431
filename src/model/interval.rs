//! Periods of the calendar: where one begins, which is the next, and what it is called.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::instant::{Instant, MONTHS};

/// A period of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interval {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week from Monday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
}

impl Interval {
    /// Every interval by the name that Port has for it, the shortest first.
    pub const ALL: &[(&str, Self)] = &[
        ("hour", Self::Hour),
        ("day", Self::Day),
        ("isoWeek", Self::Week),
        ("month", Self::Month),
        ("quarter", Self::Quarter),
    ];

    /// Returns the interval of that name; `week` is taken for Port's `isoWeek`.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = if name == "week" { "isoWeek" } else { name };
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, interval)| *interval)
    }

    /// Returns by what a count of it is divided for an average: an hour into 60 minutes, a day into 24 hours,
    /// a week into 7 days, a month into 30 and a quarter into 90 (Port's documentation).
    pub fn parts(self) -> f64 {
        match self {
            Self::Hour => 60.0,
            Self::Day => 24.0,
            Self::Week => 7.0,
            Self::Month => 30.0,
            Self::Quarter => 90.0,
        }
    }

    /// Returns the word for one.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// Returns the beginning of the period that an instant falls into.
    pub fn start(self, at: Instant) -> Instant {
        self.start_of(at).unwrap_or(at)
    }

    fn start_of(self, at: Instant) -> Option<Instant> {
        let datetime = at.datetime()?;
        let date = datetime.date();
        let first = |month: i8| Date::new(date.year(), month, 1).ok();
        let date = match self {
            Self::Hour => return Instant::of(datetime.date().at(datetime.hour(), 0, 0, 0)),
            Self::Day => date,
            Self::Week => date.checked_sub(i32::from(date.weekday().to_monday_zero_offset()).days()).ok()?,
            Self::Month => first(date.month())?,
            Self::Quarter => first((date.month() - 1) / 3 * 3 + 1)?,
        };
        Instant::of(date.at(0, 0, 0, 0))
    }

    /// Returns the beginning of the period after the one that begins at `start`.
    pub fn next(self, start: Instant) -> Instant {
        let span: Span = match self {
            Self::Hour => 1.hours(),
            Self::Day => 1.days(),
            Self::Week => 1.weeks(),
            Self::Month => 1.months(),
            Self::Quarter => 3.months(),
        };
        let next = start.datetime().and_then(|start| start.checked_add(span).ok()).and_then(Instant::of);
        // At the end of time there is none.
        next.unwrap_or_else(|| Instant::from_millis(i64::MAX))
    }

    /// Returns what the period that begins at `start` is called: `14:00`, `2 Mar`, `Mar`, `Q1`; `whole` adds the day or
    /// the year.
    pub fn label(self, start: Instant, whole: bool) -> String {
        let Some(at) = start.datetime() else { return String::new() };
        let month = MONTHS[usize::from(at.month().unsigned_abs()) - 1];
        let (year, day) = (at.year(), at.day());
        match (self, whole) {
            (Self::Hour, false) => format!("{:02}:00", at.hour()),
            (Self::Hour, true) => format!("{day} {month} {year}, {:02}:00", at.hour()),
            (Self::Day | Self::Week, false) => format!("{day} {month}"),
            (Self::Day | Self::Week, true) => format!("{day} {month} {year}"),
            (Self::Month, false) => month.to_string(),
            (Self::Month, true) => format!("{month} {year}"),
            (Self::Quarter, false) => format!("Q{}", (at.month() - 1) / 3 + 1),
            (Self::Quarter, true) => format!("Q{} {year}", (at.month() - 1) / 3 + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_where_the_calendar_says() {
        for (interval, at, start, next, short, whole) in [
            (
                Interval::Hour,
                "2026-03-04T23:59:59Z",
                "2026-03-04T23:00:00Z",
                "2026-03-05T00:00:00Z",
                "23:00",
                "4 Mar 2026, 23:00",
            ),
            (
                Interval::Day,
                "2026-02-28T10:00:00Z",
                "2026-02-28T00:00:00Z",
                "2026-03-01T00:00:00Z",
                "28 Feb",
                "28 Feb 2026",
            ),
            (
                Interval::Week,
                "2026-03-01T10:00:00Z",
                "2026-02-23T00:00:00Z",
                "2026-03-02T00:00:00Z",
                "23 Feb",
                "23 Feb 2026",
            ),
            (
                Interval::Week,
                "2026-03-02T00:00:00Z",
                "2026-03-02T00:00:00Z",
                "2026-03-09T00:00:00Z",
                "2 Mar",
                "2 Mar 2026",
            ),
            (
                Interval::Month,
                "2025-12-31T23:00:00Z",
                "2025-12-01T00:00:00Z",
                "2026-01-01T00:00:00Z",
                "Dec",
                "Dec 2025",
            ),
            (
                Interval::Quarter,
                "2026-06-30T00:00:00Z",
                "2026-04-01T00:00:00Z",
                "2026-07-01T00:00:00Z",
                "Q2",
                "Q2 2026",
            ),
            (
                Interval::Day,
                "1969-12-31T10:00:00Z",
                "1969-12-31T00:00:00Z",
                "1970-01-01T00:00:00Z",
                "31 Dec",
                "31 Dec 1969",
            ),
        ] {
            let found = interval.start(Instant::parse(at).expect("an instant"));
            assert_eq!(found.iso(), start, "{at}");
            assert_eq!(interval.next(found).iso(), next, "{at}");
            assert_eq!(
                (interval.label(found, false).as_str(), interval.label(found, true).as_str()),
                (short, whole)
            );
        }
    }
}
