//! Schedules: cron expressions, in UTC.
//!
//! What a CI system starts by them comes late, or not at all: whoever uses a schedule asks when it was due last, and
//! whether that has been done.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::instant::Instant;
use super::phrase::clip;

/// How many years back a due instant is looked for: 29 February on a given weekday is rarer than anything else.
const YEARS: i32 = 40;

const MINUTE: i64 = 60 * 1000;

/// A cron expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    minutes: Set,
    hours: Set,
    days: Set,
    months: Set,
    weekdays: Set,
}

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// It does not have five fields.
    #[error("a schedule has five fields, not {0}")]
    Fields(usize),
    /// A field is none.
    #[error("`{text}` is no {field} ({range})")]
    Field {
        /// The field.
        text: String,
        /// What it should be: `minute`.
        field: &'static str,
        /// What they are: `0 to 59`.
        range: &'static str,
    },
    /// No such day exists.
    #[error("no such day exists")]
    Never,
}

/// The values of a field, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    bits: u64,
    /// Whether it begins with a star: of the two fields for days, one that does restricts nothing by itself.
    any: bool,
}

/// A field of a schedule.
struct Field {
    name: &'static str,
    range: &'static str,
    first: u32,
    last: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", range: "0 to 59", first: 0, last: 59, names: &[] },
    Field { name: "hour", range: "0 to 23", first: 0, last: 23, names: &[] },
    Field { name: "day of the month", range: "1 to 31", first: 1, last: 31, names: &[] },
    Field {
        name: "month",
        range: "1 to 12, or JAN to DEC",
        first: 1,
        last: 12,
        names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    },
    Field {
        name: "weekday",
        range: "0 to 7, where both are Sunday, or SUN to SAT",
        first: 0,
        last: 7,
        names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    },
];

impl Schedule {
    /// Returns the schedule of five fields: minute, hour, day of the month, month and weekday, each `*`, a value, a
    /// range, a step (`*/15`, `10-20/5`) or a list of these. When neither field for days is `*`, one of them is enough,
    /// as POSIX has it.
    ///
    /// # Errors
    /// When it is none, or no day is as it says.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(ScheduleError::Fields(fields.len()));
        };
        let set = |at: usize, text: &str| {
            let field = &FIELDS[at];
            set(text, field).ok_or_else(|| ScheduleError::Field {
                text: clip(text),
                field: field.name,
                range: field.range,
            })
        };
        let mut schedule = Self {
            minutes: set(0, minutes)?,
            hours: set(1, hours)?,
            days: set(2, days)?,
            months: set(3, months)?,
            weekdays: set(4, weekdays)?,
        };
        if schedule.weekdays.has(7) {
            schedule.weekdays.bits |= 1;
        }
        let leap = |month: u32| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let exists = (1..=12)
            .any(|month| schedule.months.has(month) && (1..=leap(month)).any(|day| schedule.days.has(day)));
        let by_weekday = !schedule.days.any && !schedule.weekdays.any;
        if exists || by_weekday { Ok(schedule) } else { Err(ScheduleError::Never) }
    }

    /// Returns the last instant, at or before `now`, at which it was due; `None` when there is none for 40 years.
    pub fn last_before(&self, now: Instant) -> Option<Instant> {
        let timestamp = Timestamp::from_millisecond(now.millis()).ok()?;
        let today = timestamp.to_zoned(TimeZone::UTC).date();
        let earliest = today.checked_sub(YEARS.years()).ok()?;
        let mut day = today;
        let minute_of_today = u32::try_from(now.millis().rem_euclid(24 * 60 * MINUTE) / MINUTE).ok()?;
        let mut latest = minute_of_today;
        while day >= earliest {
            if self.is_on(day)
                && let Some(minute) = self.last_of_day(latest)
            {
                let midnight = day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
                return Some(Instant::from_millis(midnight + i64::from(minute) * MINUTE));
            }
            latest = 24 * 60 - 1;
            day = day.yesterday().ok()?;
        }
        None
    }

    /// Returns whether it is due at some time of a day.
    fn is_on(&self, day: Date) -> bool {
        let of_month = self.days.has(u32::from(day.day().unsigned_abs()));
        let of_week = self.weekdays.has(u32::from(day.weekday().to_sunday_zero_offset().unsigned_abs()));
        let either = !self.days.any && !self.weekdays.any;
        let fits = if either { of_month || of_week } else { of_month && of_week };
        fits && self.months.has(u32::from(day.month().unsigned_abs()))
    }

    /// Returns the last minute of a day, counted from midnight and at most `latest`, at which it is due.
    fn last_of_day(&self, latest: u32) -> Option<u32> {
        let due = |minute: &u32| self.hours.has(minute / 60) && self.minutes.has(minute % 60);
        (0..=latest).rev().find(due)
    }
}

impl Set {
    fn has(self, value: u32) -> bool {
        self.bits >> value & 1 == 1
    }
}

/// Returns the values of a field.
fn set(text: &str, field: &Field) -> Option<Set> {
    let mut bits = 0;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => {
                (range, Some(number(step).filter(|step| (1..=field.last).contains(step))?))
            }
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (field.first, field.last),
            Some((first, last)) => (value(first, field)?, value(last, field)?),
            // `10/5` begins at 10 and goes on to the end.
            None => (value(range, field)?, if step.is_some() { field.last } else { value(range, field)? }),
        };
        if first > last {
            return None;
        }
        let step = usize::try_from(step.unwrap_or(1)).ok()?;
        bits |= (first..=last).step_by(step).fold(0_u64, |bits, value| bits | 1 << value);
    }
    Some(Set { bits, any: text.starts_with('*') })
}

fn value(text: &str, field: &Field) -> Option<u32> {
    let named = field.names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let value = match named {
        Some(at) => u32::try_from(at).ok()? + field.first,
        None => number(text)?,
    };
    (field.first..=field.last).contains(&value).then_some(value)
}

/// Returns a number of one or two digits, without a sign.
fn number(text: &str) -> Option<u32> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_due_when_cron_says_so() {
        // 21 November 2026 is a Saturday.
        let now = Instant::parse("2026-11-21T17:30:59Z").unwrap();
        for (text, expected) in [
            ("* * * * *", Some("2026-11-21T17:30:00Z")),
            ("30 17 * * *", Some("2026-11-21T17:30:00Z")),
            ("31 17 * * *", Some("2026-11-20T17:31:00Z")),
            ("*/20 * * * *", Some("2026-11-21T17:20:00Z")),
            ("17,47 * * * *", Some("2026-11-21T17:17:00Z")),
            ("20/15 * * * *", Some("2026-11-21T17:20:00Z")),
            ("10-25/5 9-16 * * *", Some("2026-11-21T16:25:00Z")),
            ("0 6 * * MON", Some("2026-11-16T06:00:00Z")),
            ("0 6 * * mon-fri", Some("2026-11-20T06:00:00Z")),
            ("0 6 * * 0", Some("2026-11-15T06:00:00Z")),
            ("0 6 * * 7", Some("2026-11-15T06:00:00Z")),
            ("0 6 * * 5-7", Some("2026-11-21T06:00:00Z")),
            ("0 0 1 * *", Some("2026-11-01T00:00:00Z")),
            ("0 0 31 * *", Some("2026-10-31T00:00:00Z")),
            ("0 0 1 JAN,jul *", Some("2026-07-01T00:00:00Z")),
            ("0 0 29 2 *", Some("2024-02-29T00:00:00Z")),
            // Both fields for days: one is enough, unless one of them is any.
            ("0 0 1 * WED", Some("2026-11-18T00:00:00Z")),
            ("0 0 */2 * WED", Some("2026-11-11T00:00:00Z")),
            ("0 0 30 2 WED", Some("2026-02-25T00:00:00Z")),
            ("0 0 29 2 */7", Some("2004-02-29T00:00:00Z")),
        ] {
            let due = Schedule::parse(text).unwrap().last_before(now);
            assert_eq!(due.map(Instant::iso).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_due_now_is_due() {
        let now = Instant::parse("2026-11-21T00:00:00Z").unwrap();
        let daily = Schedule::parse("0 0 * * *").unwrap();
        assert_eq!(daily.last_before(now), Some(now));
        let before = Instant::from_millis(now.millis() - 1);
        assert_eq!(daily.last_before(before).map(Instant::iso).as_deref(), Some("2026-11-20T00:00:00Z"));
        let early = Instant::parse("1969-12-31T23:59:00Z").unwrap();
        assert_eq!(daily.last_before(early).map(Instant::iso).as_deref(), Some("1969-12-31T00:00:00Z"));
    }

    #[test]
    fn what_is_no_schedule_says_why() {
        for (text, expected) in [
            ("", "a schedule has five fields, not 0"),
            ("0 0 * *", "a schedule has five fields, not 4"),
            ("0 0 * * * *", "a schedule has five fields, not 6"),
            ("@daily", "a schedule has five fields, not 1"),
            ("60 0 * * *", "`60` is no minute (0 to 59)"),
            ("-1 0 * * *", "`-1` is no minute (0 to 59)"),
            ("+1 0 * * *", "`+1` is no minute (0 to 59)"),
            ("a 0 * * *", "`a` is no minute (0 to 59)"),
            ("*/0 0 * * *", "`*/0` is no minute (0 to 59)"),
            ("30-10 0 * * *", "`30-10` is no minute (0 to 59)"),
            ("1,, 0 * * *", "`1,,` is no minute (0 to 59)"),
            ("0 24 * * *", "`24` is no hour (0 to 23)"),
            ("0 0 0 * *", "`0` is no day of the month (1 to 31)"),
            ("0 0 * JANUARY *", "`JANUARY` is no month (1 to 12, or JAN to DEC)"),
            ("0 0 * * 8", "`8` is no weekday (0 to 7, where both are Sunday, or SUN to SAT)"),
            ("0 0 30 2 *", "no such day exists"),
            ("0 0 31 4,6 *", "no such day exists"),
        ] {
            assert_eq!(Schedule::parse(text).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
