//! Numbers as people read them: `1,284`, `99.95`, `0.3`.

/// Returns a number with at most `places` decimals, without zeros at its end unless `fixed`, and with commas between
/// thousands.
pub(in crate::site) fn figure(value: f64, places: usize, fixed: bool) -> String {
    let mut text = format!("{value:.places$}");
    if !fixed && text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    // What rounds to nothing has no sign.
    if text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.')) {
        text = text.trim_start_matches('-').to_string();
    }
    let (sign, rest) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("\u{2212}", rest));
    let (whole, decimals) =
        rest.split_once('.').map_or((rest, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && whole.bytes().all(|byte| byte.is_ascii_digit()) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(decimals) = decimals {
        out.push('.');
        out.push_str(decimals);
    }
    out
}

/// Returns a number with two decimals at most.
pub(in crate::site) fn plain(value: f64) -> String {
    figure(value, 2, false)
}

/// Returns a share in percent, so that only all are 100 and only nothing is 0.
pub(in crate::site) fn percent(count: usize, total: usize) -> String {
    match (count * 100).checked_div(total) {
        None => "–".into(),
        Some(0) if count > 0 => "below 1 %".into(),
        Some(share) => format!("{share} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_people() {
        for (value, places, fixed, expected) in [
            (0.0, 2, false, "0"),
            (-0.001, 2, false, "0"),
            (-0.001, 1, true, "0.0"),
            (12.0, 2, false, "12"),
            (1284.0, 0, false, "1,284"),
            (1_234_567.891, 2, false, "1,234,567.89"),
            (99.95, 2, false, "99.95"),
            (99.5, 2, false, "99.5"),
            (99.5, 3, true, "99.500"),
            (-1234.5, 1, false, "\u{2212}1,234.5"),
            (100.0, 2, false, "100"),
            (f64::NAN, 2, false, "NaN"),
        ] {
            assert_eq!(figure(value, places, fixed), expected);
        }
    }

    #[test]
    fn only_all_are_a_hundred_percent() {
        for (count, total, expected) in [
            (0, 0, "–"),
            (0, 3, "0 %"),
            (3, 3, "100 %"),
            (999, 1000, "99 %"),
            (1, 1000, "below 1 %"),
            (1, 3, "33 %"),
        ] {
            assert_eq!(percent(count, total), expected);
        }
    }
}
