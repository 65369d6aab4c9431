//! Instants as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An instant, for machines and for people.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// `2026-03-01T09:30:00Z`
    pub(super) iso: String,
    /// `1 Mar 2026, 09:30 UTC`
    pub(super) shown: String,
    /// `1 Mar 2026`
    pub(super) day: String,
}

impl Moment {
    /// Returns the time of day: `09:30`.
    pub(super) fn time(&self) -> &str {
        self.iso.get(11..16).unwrap_or_default()
    }

    /// Returns the month, in the order of time: `2026-03`.
    pub(super) fn month(&self) -> &str {
        self.iso.get(..7).unwrap_or_default()
    }
}

/// Returns a month as people read it: `March 2026` of `2026-03`.
pub(super) fn month_name(month: &str) -> String {
    const NAMES: &[&str] = &[
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, number) = month.split_once('-').unwrap_or((month, ""));
    let name = number.parse::<usize>().ok().and_then(|number| NAMES.get(number.checked_sub(1)?));
    name.map_or_else(|| month.to_string(), |name| format!("{name} {year}"))
}

/// Returns the instant written as `text`, when HTML can say it.
pub(super) fn read(text: &str) -> Option<Moment> {
    show(text.parse().ok()?)
}

/// Returns the instant so many seconds after 1970.
pub(super) fn from_seconds(seconds: i64) -> Option<Moment> {
    show(Timestamp::from_second(seconds).ok()?)
}

fn show(timestamp: Timestamp) -> Option<Moment> {
    let at = timestamp.to_zoned(TimeZone::UTC).datetime();
    if at.year() < 1 {
        return None;
    }
    // Written by hand, for a large site has a million of them.
    let mut iso = String::with_capacity(20);
    let [high, low] = [at.year() / 100, at.year() % 100].map(|part| i8::try_from(part).unwrap_or(0));
    for (part, after) in [
        (high, ""),
        (low, "-"),
        (at.month(), "-"),
        (at.day(), "T"),
        (at.hour(), ":"),
        (at.minute(), ":"),
        (at.second(), "Z"),
    ] {
        two_digits(part, &mut iso);
        iso.push_str(after);
    }
    let mut buffer = itoa::Buffer::new();
    let mut day = String::with_capacity(12);
    day.push_str(buffer.format(at.day()));
    day.push(' ');
    day.push_str(MONTHS[usize::from(at.month().unsigned_abs()) - 1]);
    day.push(' ');
    day.push_str(buffer.format(at.year()));
    let mut shown = String::with_capacity(24);
    shown.push_str(&day);
    shown.push_str(", ");
    two_digits(at.hour(), &mut shown);
    shown.push(':');
    two_digits(at.minute(), &mut shown);
    shown.push_str(" UTC");
    Some(Moment { iso, shown, day })
}

/// Appends a number below 100 with two digits.
fn two_digits(number: i8, out: &mut String) {
    let number = number.unsigned_abs();
    out.push(char::from(b'0' + number / 10));
    out.push(char::from(b'0' + number % 10));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_shown_in_one_zone() {
        for (text, shown) in [
            ("2026-03-01T09:30:00Z", Some("1 Mar 2026, 09:30 UTC")),
            ("2026-03-01T00:30:00+02:00", Some("28 Feb 2026, 22:30 UTC")),
            ("2022-04-18T11:44:15.345Z", Some("18 Apr 2022, 11:44 UTC")),
            ("0987-11-09T23:05:59Z", Some("9 Nov 987, 23:05 UTC")),
            ("yesterday", None),
            ("-000100-01-01T00:00:00Z", None),
        ] {
            assert_eq!(read(text).map(|moment| moment.shown).as_deref(), shown, "{text}");
        }
        assert_eq!(read("0987-11-09T23:05:59Z").map(|at| at.iso).as_deref(), Some("0987-11-09T23:05:59Z"));
        assert_eq!(from_seconds(0).map(|moment| moment.iso).as_deref(), Some("1970-01-01T00:00:00Z"));
    }
}
