//! What an unquoted scalar means: the core schema of YAML 1.2.

/// What a plain scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    Null,
    Bool,
    Number,
    String,
    /// A number that JSON cannot hold, and why.
    Unsupported(&'static str),
}

/// The value of a number: an integer if it is written as one and fits 64 bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "the nearest number is what is asked for")]
    pub(super) fn as_f64(self) -> f64 {
        match self {
            Self::Unsigned(value) => value as f64,
            Self::Signed(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// Returns the number as `serde_json` would read it; a number that JSON cannot hold never gets here.
    pub(super) fn to_json(self) -> serde_json::Number {
        match self {
            Self::Unsigned(value) => value.into(),
            Self::Signed(value) => value.into(),
            Self::Float(value) => serde_json::Number::from_f64(value).unwrap_or_else(|| 0.into()),
        }
    }
}

/// Returns what the plain scalar `text` is.
pub(super) fn resolve(text: &str) -> Plain {
    match text.as_bytes() {
        [] | b"~" | b"null" | b"Null" | b"NULL" => Plain::Null,
        [b't' | b'T' | b'f' | b'F', ..] if is_boolean(text) => Plain::Bool,
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => resolve_number(text),
        _ => Plain::String,
    }
}

fn is_boolean(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

fn resolve_number(text: &str) -> Plain {
    if is_infinite(text) {
        return Plain::Unsupported("JSON has no infinity and no `NaN`");
    }
    if !is_number(text) {
        return Plain::String;
    }
    // No short number without an exponent can be too large.
    let short = text.len() <= 16 && !text.contains(['e', 'E']);
    match number(text) {
        _ if short => Plain::Number,
        Some(number) if number.as_f64().is_finite() => Plain::Number,
        _ => Plain::Unsupported("the number is too large"),
    }
}

fn is_infinite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// Returns whether `text` is an integer or float of the core schema.
fn is_number(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    is_decimal(text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes())
}

/// Returns whether `bytes` are digits with at most one dot and an exponent, and at least one digit.
fn is_decimal(bytes: &[u8]) -> bool {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut at = whole;
    let mut fraction = 0;
    if bytes.get(at) == Some(&b'.') {
        fraction = digits(at + 1);
        at += 1 + fraction;
    }
    if whole + fraction == 0 {
        return false;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        return exponent > 0 && at + exponent == bytes.len();
    }
    at == bytes.len()
}

/// Returns the value of a number of the core schema, or of JSON; `None` for one that has no value.
pub(super) fn number(text: &str) -> Option<Number> {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).ok().map(Number::Unsigned);
        }
    }
    if let Ok(value) = text.parse() {
        return Some(Number::Unsigned(value));
    }
    if let Ok(value) = text.parse() {
        return Some(Number::Signed(value));
    }
    text.parse().ok().map(Number::Float)
}

/// Returns whether two numbers are the same number: `1` and `1.0` are.
pub(super) fn same_number(left: Number, right: Number) -> bool {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => left == right,
        (None, None) => left.as_f64().total_cmp(&right.as_f64()).is_eq(),
        _ => false,
    }
}

/// Returns the integer that a number is, if it is one of less than 128 bits.
fn whole(number: Number) -> Option<i128> {
    match number {
        Number::Unsigned(value) => Some(value.into()),
        Number::Signed(value) => Some(value.into()),
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        Number::Float(value) => (value.fract() == 0.0 && value.abs() < 1e38).then_some(value as i128),
    }
}
