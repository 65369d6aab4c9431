//! How long what an action creates may live: the choices, as people type and as they read them.

use crate::model::action::limit::Ttl;
use crate::model::instant::Age;

/// The most choices.
const MOST: i64 = 4;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Returns what is chosen already, as people type it: `5d`.
pub(super) fn usual(ttl: &Ttl) -> Option<String> {
    ttl.usual().map(typed)
}

/// Returns the choices, each as people type and as they read it: the usual time, multiples of it, and the longest.
pub(super) fn choices(ttl: &Ttl) -> Vec<(String, String)> {
    let (Some(usual), Some(longest)) = (ttl.usual(), ttl.longest()) else { return Vec::new() };
    let multiples = (1..MOST).map(|times| usual.millis().saturating_mul(times));
    let mut choices: Vec<i64> = multiples.filter(|millis| *millis < longest.millis()).collect();
    choices.push(longest.millis());
    choices.dedup();
    let pair = |millis: i64| {
        let typed = typed_millis(millis);
        let shown = Age::parse(&typed).map_or_else(|| typed.clone(), Age::shown);
        (typed, shown)
    };
    choices.into_iter().map(pair).collect()
}

fn typed(age: Age) -> String {
    typed_millis(age.millis())
}

/// Returns a length of time in the largest unit that says it exactly.
fn typed_millis(millis: i64) -> String {
    for (unit, letter) in [(DAY, 'd'), (HOUR, 'h')] {
        if millis % unit == 0 {
            return format!("{}{letter}", millis / unit);
        }
    }
    format!("{}m", millis / MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Spanned;
    use crate::source::{SourceId, Span};

    #[test]
    fn choices_are_multiples_up_to_the_longest() {
        let spanned = |text: &str| {
            let span = Span { source: SourceId::new(0), start: 0, end: 0 };
            (!text.is_empty()).then(|| Spanned::new(text.to_string(), span))
        };
        for (default, max, expected) in [
            ("5d", "14d", vec!["5d", "10d", "14d"]),
            ("1d", "30d", vec!["1d", "2d", "3d", "30d"]),
            ("5d", "", vec!["5d"]),
            ("", "2w", vec!["14d"]),
            ("90m", "1d", vec!["90m", "3h", "270m", "1d"]),
            ("soon", "1d", vec![]),
        ] {
            let ttl = Ttl { default: spanned(default), max: spanned(max) };
            let typed: Vec<String> = choices(&ttl).into_iter().map(|(typed, _)| typed).collect();
            assert_eq!(typed, expected, "{default} {max}");
        }
    }
}
