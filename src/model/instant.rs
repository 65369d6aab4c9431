//! Instants, ages and periods: time as conditions compare it.
//!
//! Nothing here asks the clock. What depends on today takes `now`, the instant of the run, which is fixed once, so
//! that the same catalog at the same instant always gives the same answer.

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A day, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

pub(super) const MONTHS: &[&str] =
    &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A point in time, in milliseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

impl Instant {
    /// Returns the instant so many milliseconds after 1970.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the instant so many seconds after 1970.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Returns the instant written as ISO 8601: with an offset, without one (UTC), or a date alone (its midnight, UTC).
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        // Asked of many values that are no dates: most are told apart by their first characters.
        if bytes.len() < 8 || !bytes.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-') {
            return None;
        }
        if text.len() <= 10 {
            return text
                .parse::<Date>()
                .ok()
                .and_then(|date| Self::of(date.to_datetime(jiff::civil::Time::midnight())));
        }
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Self(timestamp.as_millisecond()));
        }
        text.parse::<DateTime>().ok().and_then(Self::of)
    }

    /// Returns the first instant after the one written, a date alone being the whole day: the end of what is written.
    pub fn parse_end(text: &str) -> Option<Self> {
        let start = Self::parse(text)?;
        Some(if text.len() <= 10 { Self(start.0.saturating_add(DAY)) } else { start })
    }

    /// Returns the instant of a date and time in UTC.
    pub(super) fn of(datetime: DateTime) -> Option<Self> {
        let zoned = datetime.to_zoned(TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }

    /// Returns the milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Returns the seconds since 1970, as jq counts them.
    #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53 milliseconds")]
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Returns the instant an age earlier.
    #[must_use]
    pub fn before(self, age: Age) -> Self {
        Self(self.0.saturating_sub(age.0))
    }

    /// Returns the instant an age later.
    #[must_use]
    pub fn after(self, age: Age) -> Self {
        Self(self.0.saturating_add(age.0))
    }

    /// Returns how much later this is than `other`; negative when it is earlier.
    pub fn since(self, other: Self) -> Age {
        Age(self.0.saturating_sub(other.0))
    }

    /// Returns the first instant of its day, UTC.
    #[must_use]
    pub fn day(self) -> Self {
        Self(self.0.div_euclid(DAY) * DAY)
    }

    /// Returns it as ISO 8601 in UTC, `2026-03-01T09:30:00Z`; fractions of a second are left out.
    pub fn iso(self) -> String {
        self.datetime().map_or_else(String::new, |at| {
            let (year, month, day) = (at.year(), at.month(), at.day());
            format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", at.hour(), at.minute(), at.second())
        })
    }

    /// Returns its day as people read it: `1 Mar 2026`.
    pub fn date(self) -> String {
        self.datetime().map_or_else(String::new, |at| {
            let month = MONTHS[usize::from(at.month().unsigned_abs()) - 1];
            format!("{} {month} {}", at.day(), at.year())
        })
    }

    /// Returns it as date and time in UTC.
    pub(super) fn datetime(self) -> Option<DateTime> {
        let epoch = Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_millis(self.0)).ok()?;
        Some(epoch.to_zoned(TimeZone::UTC).datetime())
    }
}

/// A length of time, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Age(i64);

/// The units an age is written in, with their milliseconds. A month and a year have the lengths of Port's presets.
const UNITS: &[(&str, i64)] = &[
    ("s", 1000),
    ("m", 60 * 1000),
    ("h", 60 * 60 * 1000),
    ("d", DAY),
    ("w", 7 * DAY),
    ("mo", 30 * DAY),
    ("y", 365 * DAY),
];

impl Age {
    /// Returns an age of so many days.
    pub const fn days(days: i64) -> Self {
        Self(days.saturating_mul(DAY))
    }

    /// Returns the age written as a whole number and a unit: `30m`, `12h`, `7d`, `2w`, `3mo`, `1y`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let count: i64 = text[..end].parse().ok()?;
        let unit = text[end..].trim_start();
        let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
        count.checked_mul(*millis).map(Self)
    }

    /// Returns the milliseconds.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Returns it as people read it, in the largest unit of which there are at least two: `9 days`, `14 months`.
    pub fn shown(self) -> String {
        const SHOWN: &[(&str, i64)] = &[
            ("year", 365 * DAY),
            ("month", 30 * DAY),
            ("day", DAY),
            ("hour", 60 * 60 * 1000),
            ("minute", 60 * 1000),
            ("second", 1000),
        ];
        let millis = self.0.abs();
        // 30 months are not two years.
        let fits = |name: &str, unit: i64| match name {
            "year" => millis >= 2 * unit && (millis >= 10 * unit || millis % unit == 0),
            "day" => millis >= unit,
            _ => millis >= 2 * unit,
        };
        let unit = SHOWN.iter().find(|(name, unit)| fits(name, *unit));
        let (name, unit) = unit.or(SHOWN.last()).copied().unwrap_or(("second", 1000));
        let count = millis / unit;
        format!("{count} {name}{}", if count == 1 { "" } else { "s" })
    }
}

/// The periods that a query can name, with how many days they reach back, or forward. Port's own; a month is always 30
/// days and a year 365 (Port's documentation).
const PRESETS: &[(&str, i64)] = &[
    ("lastDay", -1),
    ("lastWeek", -7),
    ("last2Weeks", -14),
    ("lastMonth", -30),
    ("last3Months", -90),
    ("last6Months", -180),
    ("last12Months", -365),
    ("last2Years", -730),
    ("last3Years", -1095),
    ("nextDay", 1),
    ("nextWeek", 7),
    ("next2Weeks", 14),
    ("nextMonth", 30),
    ("next3Months", 90),
    ("next6Months", 180),
    ("next12Months", 365),
    ("next2Years", 730),
    ("next3Years", 1095),
];

/// The periods that are calendar days, UTC, with how many days they are from today.
const CALENDAR_DAYS: &[(&str, i64)] = &[("yesterday", -1), ("today", 0), ("tomorrow", 1)];

/// Returns the period that a preset names at `now`: from its first instant to the first after it.
pub fn preset(name: &str, now: Instant) -> Option<Range<Instant>> {
    if let Some((_, days)) = CALENDAR_DAYS.iter().find(|(known, _)| *known == name) {
        let start = now.day().after(Age::days(*days));
        return Some(start..start.after(Age::days(1)));
    }
    let (_, days) = PRESETS.iter().find(|(known, _)| *known == name)?;
    let other = now.after(Age::days(*days));
    // `now` itself belongs to what has been, and to what is to come.
    let after = |instant: Instant| Instant(instant.0.saturating_add(1));
    Some(if *days < 0 { other..after(now) } else { now..after(other) })
}

/// Returns a preset in words: `last2Weeks` is `the last 2 weeks`.
pub fn preset_words(name: &str) -> String {
    let mut words = String::new();
    let mut before = 'a';
    for c in name.chars() {
        if c.is_ascii_uppercase() || (c.is_ascii_digit() && !before.is_ascii_digit()) {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
        before = c;
    }
    if CALENDAR_DAYS.iter().any(|(known, _)| *known == name) { words } else { format!("the {words}") }
}

/// Returns the names of all presets.
pub fn presets() -> impl Iterator<Item = &'static str> {
    CALENDAR_DAYS.iter().chain(PRESETS).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_with_and_without_an_offset() {
        for (text, iso) in [
            ("2026-03-01T09:30:00Z", Some("2026-03-01T09:30:00Z")),
            ("2026-03-01T09:30:00+02:00", Some("2026-03-01T07:30:00Z")),
            ("2026-03-01T09:30:00.345Z", Some("2026-03-01T09:30:00Z")),
            ("2026-03-01T09:30:00", Some("2026-03-01T09:30:00Z")),
            ("2026-03-01", Some("2026-03-01T00:00:00Z")),
            ("1969-12-31", Some("1969-12-31T00:00:00Z")),
            ("yesterday", None),
            ("20260301abc", None),
            ("2026-13-01", None),
            ("", None),
        ] {
            assert_eq!(Instant::parse(text).map(Instant::iso).as_deref(), iso, "{text}");
        }
        assert_eq!(
            Instant::parse_end("2026-03-01").map(Instant::iso).as_deref(),
            Some("2026-03-02T00:00:00Z")
        );
        assert_eq!(Instant::parse("2026-03-01").map(Instant::date).as_deref(), Some("1 Mar 2026"));
    }

    #[test]
    fn ages_have_a_unit() {
        for (text, shown) in [
            ("7d", Some("7 days")),
            ("12h", Some("12 hours")),
            ("30m", Some("30 minutes")),
            ("2w", Some("14 days")),
            ("3mo", Some("3 months")),
            ("2y", Some("2 years")),
            ("30mo", Some("30 months")),
            ("9d", Some("9 days")),
            ("1d", Some("1 day")),
            ("45s", Some("45 seconds")),
            ("7", None),
            ("d", None),
            ("7 weeks", None),
            ("-7d", None),
            ("99999999999999999999d", None),
            ("9999999999999y", None),
        ] {
            assert_eq!(Age::parse(text).map(Age::shown).as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn presets_are_periods_around_now() {
        let now = Instant::parse("2026-11-21T17:00:00Z").unwrap();
        for (name, from, to) in [
            ("today", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
            ("yesterday", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
            ("tomorrow", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
            ("lastWeek", "2026-11-14T17:00:00Z", "2026-11-21T17:00:00Z"),
            ("lastMonth", "2026-10-22T17:00:00Z", "2026-11-21T17:00:00Z"),
            ("last12Months", "2025-11-21T17:00:00Z", "2026-11-21T17:00:00Z"),
            ("nextWeek", "2026-11-21T17:00:00Z", "2026-11-28T17:00:00Z"),
        ] {
            let period = preset(name, now).unwrap();
            assert_eq!((period.start.iso(), period.end.iso()), (from.into(), to.into()), "{name}");
        }
        assert!(preset("lastWeek", now).unwrap().contains(&now), "now is in the last week");
        for (name, words) in [
            ("today", "today"),
            ("lastWeek", "the last week"),
            ("last2Weeks", "the last 2 weeks"),
            ("next12Months", "the next 12 months"),
        ] {
            assert_eq!(preset_words(name), words);
        }
        assert_eq!(preset("lastCentury", now), None);
        assert!(presets().all(|name| preset(name, now).is_some()));
    }
}
