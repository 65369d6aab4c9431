//! Numbers: what operators make of them, ranges and slices.

use minijinja::machinery::ast::BinOpKind;

use super::value::{Value, number};
use super::wrong::Wrong;

/// The most items of a range.
const LONGEST_RANGE: i128 = 10_000;

/// Returns the numbers of a range.
pub(super) fn numbers(start: i128, stop: i128, step: i128) -> Result<Vec<i128>, Wrong> {
    if step == 0 {
        return Err(Wrong::new("the step of a range cannot be 0"));
    }
    let span =
        stop.checked_sub(start).and_then(|span| if step > 0 { Some(span) } else { span.checked_neg() });
    let length = match span {
        Some(span) if span <= 0 => 0,
        Some(span) => (span - 1) / step.checked_abs().unwrap_or(i128::MAX) + 1,
        None => i128::MAX,
    };
    if length > LONGEST_RANGE {
        return Err(Wrong::new(format!("a range has at most {LONGEST_RANGE} items")));
    }
    Ok((0..length).map(|at| start + at * step).collect())
}

/// Returns the positions that a slice picks, as Python does.
pub(super) fn picked(
    length: usize,
    start: Option<i128>,
    stop: Option<i128>,
    step: i128,
) -> Result<Vec<usize>, Wrong> {
    if step == 0 {
        return Err(Wrong::new("the step of a slice cannot be 0"));
    }
    let length = length as i128;
    let (least, most) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |bound: Option<i128>, usual: i128| match bound {
        None => usual,
        Some(at) if at < 0 => at.saturating_add(length).clamp(least, most),
        Some(at) => at.clamp(least, most),
    };
    let (first, end) = if step > 0 { (0, length) } else { (length - 1, -1) };
    let (mut at, end) = (bound(start, first), bound(stop, end));
    let mut picked = Vec::new();
    while if step > 0 { at < end } else { at > end } {
        picked.extend(usize::try_from(at).ok());
        at = at.saturating_add(step);
    }
    Ok(picked)
}

/// Returns a number, unless it was too large to work out.
pub(super) fn checked(number: Option<i128>) -> Result<Value, Wrong> {
    number.map(Value::Int).ok_or_else(|| Wrong::new("the result is too large"))
}

/// Returns the result of an operation on numbers.
pub(super) fn arithmetic(op: BinOpKind, left: &Value, right: &Value) -> Result<Value, Wrong> {
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        let zero = || Wrong::new("a number cannot be divided by 0");
        let floor = |a: i128, b: i128| {
            let quotient = a.checked_div(b)?;
            if a % b != 0 && (a < 0) != (b < 0) { quotient.checked_sub(1) } else { Some(quotient) }
        };
        match op {
            BinOpKind::Add => return checked(a.checked_add(*b)),
            BinOpKind::Sub => return checked(a.checked_sub(*b)),
            BinOpKind::Mul => return checked(a.checked_mul(*b)),
            BinOpKind::FloorDiv if *b == 0 => return Err(zero()),
            BinOpKind::FloorDiv => return checked(floor(*a, *b)),
            BinOpKind::Rem if *b == 0 => return Err(zero()),
            BinOpKind::Rem => {
                let quotient = floor(*a, *b);
                return checked(quotient.and_then(|quotient| a.checked_sub(quotient.checked_mul(*b)?)));
            }
            BinOpKind::Pow => {
                if let Ok(exponent) = u32::try_from(*b) {
                    return checked(a.checked_pow(exponent));
                }
            }
            _ => {}
        }
    }
    let (Some(a), Some(b)) = (number(left), number(right)) else {
        let verb = match op {
            BinOpKind::Add => "added",
            BinOpKind::Sub => "subtracted",
            BinOpKind::Mul => "multiplied",
            BinOpKind::Pow => "raised",
            _ => "divided",
        };
        return Err(Wrong::new(format!("{} and {} cannot be {verb}", left.kind(), right.kind())));
    };
    match op {
        BinOpKind::Add => Value::float(a + b),
        BinOpKind::Sub => Value::float(a - b),
        BinOpKind::Mul => Value::float(a * b),
        BinOpKind::Pow => Value::float(a.powf(b)),
        _ if b == 0.0 => Err(Wrong::new("a number cannot be divided by 0")),
        BinOpKind::FloorDiv => Value::float((a / b).floor()),
        BinOpKind::Rem => Value::float(a - b * (a / b).floor()),
        _ => Value::float(a / b),
    }
}
