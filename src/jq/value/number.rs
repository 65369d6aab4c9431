//! Arithmetic, and numbers as text.

use super::V;

/// Beyond this, a float does not stand for one integer.
const EXACT: i64 = 1 << 53;

/// Two numbers of one kind.
pub(super) enum Pair {
    Ints(i64, i64),
    Floats(f64, f64),
}

impl Pair {
    /// Returns two values as numbers, if they are.
    pub(super) fn of(a: &V, b: &V) -> Option<Self> {
        match (a, b) {
            (V::Int(a), V::Int(b)) => Some(Self::Ints(*a, *b)),
            _ => Some(Self::Floats(a.float()?, b.float()?)),
        }
    }

    /// Returns the result of an operation on integers, or of the one on floats when it does not fit.
    pub(super) fn compute(
        self,
        integers: impl Fn(i64, i64) -> Option<i64>,
        floats: impl Fn(f64, f64) -> f64,
    ) -> V {
        match self {
            Self::Ints(a, b) => integers(a, b).map_or_else(|| V::Float(floats(a as f64, b as f64)), V::Int),
            Self::Floats(a, b) => V::Float(floats(a, b)),
        }
    }

    /// Returns the quotient; `None` for a divisor of zero.
    pub(super) fn quotient(self) -> Option<V> {
        let exact = |a: i64, b: i64| if a.checked_rem(b)? == 0 { a.checked_div(b) } else { None };
        let zero = matches!(self, Self::Ints(_, 0)) || matches!(self, Self::Floats(_, 0.0));
        (!zero).then(|| self.compute(exact, |a, b| a / b))
    }

    /// Returns the remainder of the numbers without their fractions; `None` for a divisor of zero.
    pub(super) fn remainder(self) -> Option<V> {
        let (a, b) = match self {
            Self::Ints(a, b) => (a, b),
            Self::Floats(a, b) if a.is_nan() || b.is_nan() => return Some(V::Float(f64::NAN)),
            Self::Floats(a, b) => (a as i64, b as i64),
        };
        (b != 0).then(|| V::Int(a.checked_rem(b).unwrap_or(0)))
    }
}

impl V {
    /// Returns the number as a float.
    pub(in crate::jq) fn float(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the number as an integer that a float could hold, too, if it has no fraction.
    pub(in crate::jq) fn integer(&self) -> Option<i64> {
        let integer = match self {
            Self::Int(number) => *number,
            Self::Float(number) if number.fract() == 0.0 => *number as i64,
            _ => return None,
        };
        (-EXACT..=EXACT).contains(&integer).then_some(integer)
    }

    /// Returns the number that `text` is, written as in JSON.
    pub(in crate::jq) fn parse_number(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        if let Ok(integer) = text.parse::<i64>() {
            return (!text.starts_with('+')).then_some(Self::Int(integer));
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        is_number.then(|| text.parse().ok().map(Self::Float)).flatten()
    }
}

/// Returns a float as jq writes it: what JSON has no number for is `null`, or the largest one.
pub(super) fn float_text(number: f64) -> String {
    if number.is_nan() {
        return "null".into();
    }
    let number = number.clamp(f64::MIN, f64::MAX);
    let size = number.abs();
    if size == 0.0 || (1e-5..1e17).contains(&size) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}
