//! What must be seen before a native function of the library runs.
//!
//! Some take long in one step, or do not expect what they may get. Each is hidden under a name that no one can
//! write, and a definition of its old name calls a guard with the same input and arguments first.

use jaq_core::load::parse::{BinaryOp, Def, Term};
use jaq_core::native::{self, Fun, v};
use jaq_core::{Cv, Error, Exn, RunPtr, ValXs};

use crate::jq::fuel::{Ticking, charge};
use crate::jq::value::{Outcome, V};

/// A function, the name it is hidden under, its guard, and their parameters.
struct Guarded {
    name: &'static str,
    hidden: &'static str,
    guard: &'static str,
    parameters: &'static [&'static str],
}

const GUARDED: &[Guarded] = &[
    Guarded { name: "matches", hidden: "!matches", guard: "!regex", parameters: &["$re", "$flags"] },
    Guarded {
        name: "split_matches",
        hidden: "!split_matches",
        guard: "!regex",
        parameters: &["$re", "$flags"],
    },
    Guarded { name: "split_", hidden: "!split_", guard: "!regex", parameters: &["$re", "$flags"] },
    Guarded { name: "strftime", hidden: "!strftime", guard: "!format", parameters: &["$format"] },
    Guarded { name: "strptime", hidden: "!strptime", guard: "!format", parameters: &["$format"] },
    Guarded { name: "gmtime", hidden: "!gmtime", guard: "!time", parameters: &[] },
    Guarded { name: "mktime", hidden: "!mktime", guard: "!time", parameters: &[] },
    Guarded { name: "jn", hidden: "!jn", guard: "!order", parameters: &["$order", "$x"] },
    Guarded { name: "yn", hidden: "!yn", guard: "!order", parameters: &["$order", "$x"] },
];

/// Returns a native function under the name it is hidden under, if it is.
pub(super) fn hidden((name, arguments, run): Fun<Ticking>) -> Fun<Ticking> {
    let guarded = GUARDED.iter().find(|guarded| guarded.name == name);
    (guarded.map_or(name, |guarded| guarded.hidden), arguments, run)
}

/// Returns the definitions that call a guard and then what it guards.
pub(super) fn definitions() -> impl Iterator<Item = Def<&'static str>> {
    GUARDED.iter().map(|guarded| {
        let arguments = || guarded.parameters.iter().map(|name| Term::Var(*name)).collect();
        let [guard, call] =
            [guarded.guard, guarded.hidden].map(|name| Box::new(Term::Call(name, arguments())));
        let body = Term::BinOp(guard, BinaryOp::Pipe(None), call);
        Def { name: guarded.name, args: guarded.parameters.to_vec(), body }
    })
}

/// Returns the guards.
pub(super) fn natives() -> impl Iterator<Item = Fun<Ticking>> {
    let guards: [(&str, usize, RunPtr<Ticking>); 4] = [
        ("!regex", 2, |mut call| {
            let (flags, expression) = (call.0.pop_var(), call.0.pop_var());
            charge(regex_cost(&call.1, &expression, &flags));
            passed(call, Ok(()))
        }),
        ("!format", 1, |mut call| {
            let format = call.0.pop_var();
            let checked = format_ok(&format).and_then(|()| time_ok(&call.1));
            passed(call, checked)
        }),
        ("!time", 0, |call| {
            let checked = time_ok(&call.1);
            passed(call, checked)
        }),
        ("!order", 2, |mut call| {
            let order = (call.0.pop_var(), call.0.pop_var()).1;
            // The library takes so many steps.
            charge(order.float().map_or(0, |order| order.abs() as usize / 8));
            passed(call, Ok(()))
        }),
    ];
    guards.into_iter().map(|(name, arguments, run)| native::run::<Ticking>((name, v(arguments), run)))
}

/// Returns the input, or why it was refused.
fn passed<'a>(call: Cv<'a, Ticking>, checked: Outcome<()>) -> ValXs<'a, V> {
    jaq_core::box_iter::box_once(checked.map(|()| call.1).map_err(Exn::from))
}

/// Charges for a format of times, each directive of which may be padded to some length.
fn format_ok(format: &V) -> Outcome<()> {
    let V::Text(format) = format else { return Ok(()) };
    charge(16 + 2 * format.len());
    // A zone by name would be looked up in the system's database.
    if format.contains("%Q") || format.contains("%:Q") {
        return Err(Error::str("a time zone is not read by its name"));
    }
    Ok(())
}

/// Refuses times that the library cannot compute with.
fn time_ok(time: &V) -> Outcome<()> {
    /// Some 30,000 years, in seconds.
    const FURTHEST: f64 = 1e12;
    let fits = match time {
        V::List(parts) => {
            parts.items().iter().take(6).all(|part| part.float().is_none_or(|part| part.abs() < 1e5))
                && parts.items().get(1).and_then(V::float).is_none_or(|month| month.abs() < 100.0)
        }
        number => number.float().is_none_or(|number| number.abs() < FURTHEST),
    };
    if fits { Ok(()) } else { Err(Error::str(format_args!("{time} is no time"))) }
}

/// Returns about what it costs to compile a regular expression and run it over a text.
fn regex_cost(text: &V, expression: &V, flags: &V) -> usize {
    let (V::Text(text), V::Text(expression)) = (text, expression) else { return 0 };
    let groups = 1 + expression.matches('(').count();
    let mut size = regex_size(expression);
    let mut cost = 0;
    if let V::Text(flags) = flags {
        if flags.contains('i') || expression.contains("(?") {
            size *= 2;
        }
        // All matches are collected before the first is charged.
        if flags.contains('g') {
            cost = text.len().saturating_mul(4 * groups);
        }
    }
    let run = size.saturating_mul(1 + groups).saturating_mul(text.len() + 1) / 16;
    cost.saturating_add(64 + size / 4).saturating_add(run)
}

/// Returns about how many states a regular expression has, repetitions written out.
fn regex_size(expression: &str) -> usize {
    /// More are refused by the library.
    const MOST: usize = 1 << 20;
    let mut groups: Vec<usize> = Vec::new();
    let (mut total, mut last) = (0_usize, 0_usize);
    let mut rest = expression.chars();
    while let Some(character) = rest.next() {
        if character == '{' {
            let times = repetitions(rest.as_str());
            rest = rest.as_str().split_once('}').map_or("", |(_, after)| after).chars();
            total = (total + last.saturating_mul(times.saturating_sub(1))).min(MOST);
            last = last.saturating_mul(times).min(MOST);
            continue;
        }
        if matches!(character, '*' | '+' | '?' | '|') {
            total += 1;
            continue;
        }
        if character == '(' {
            groups.push(total);
            (total, last) = (0, 0);
            continue;
        }
        last = match character {
            // What is inside has been counted; the group as a whole may be repeated.
            ')' => {
                let inside = total + 2;
                total = groups.pop().unwrap_or(0) + inside;
                total = total.min(MOST);
                last = inside;
                continue;
            }
            '\\' => rest.next().map_or(1, |class| if class.is_alphanumeric() { 16 } else { 1 }),
            '.' => 16,
            '[' => 24,
            other if other.is_ascii() => 1,
            _ => 8,
        };
        total = (total + last).min(MOST);
    }
    groups.into_iter().fold(total, usize::saturating_add).min(MOST)
}

/// Returns the larger number of `{from,to}`, given what follows the brace.
fn repetitions(text: &str) -> usize {
    let inside = text.split('}').next().unwrap_or_default();
    inside.split(',').filter_map(|number| number.trim().parse().ok()).max().unwrap_or(1)
}
