//! Functions that the library has not for our values, or whose steps it would not charge.

use std::cmp::Ordering;

use jaq_core::box_iter::box_once;
use jaq_core::native::{self, Fun, bome, unary, v};
use jaq_core::{Cv, Error, Exn, RunPtr, ValXs};

use crate::jq::fuel::{Ticking, charge, now};
use crate::jq::value::{Outcome, V};

/// Returns the functions.
pub(super) fn all() -> impl Iterator<Item = Fun<Ticking>> {
    let of_input: [(&str, RunPtr<Ticking>); 11] = [
        ("now", |_| box_once(Ok(V::Float(now())))),
        ("nan", |_| box_once(Ok(V::Float(f64::NAN)))),
        ("infinite", |_| box_once(Ok(V::Float(f64::INFINITY)))),
        ("type", |call| box_once(Ok(V::from(call.1.kind().to_string())))),
        ("length", |call| bome(call.1.length())),
        ("tojson", |call| box_once(Ok(V::text(call.1.json_text())))),
        ("fromjson", |call| bome(on_text(&call.1, V::parse))),
        ("tonumber", |call| bome(number(call.1))),
        ("toboolean", |call| bome(boolean(call.1))),
        ("escape_html", |call| bome(on_text(&call.1, |text| Ok(V::text(html(text)))))),
        ("keys_unsorted", |call| bome(keys(&call.1))),
    ];
    let of_argument: [(&str, RunPtr<Ticking>); 7] = [
        ("contains", |call| unary(call, |value, part| value.contains(&part))),
        ("has", |call| unary(call, |value, key| value.has(&key))),
        ("indices", |call| unary(call, |value, part| value.indices(&part))),
        ("bsearch", |call| unary(call, |value, wanted| value.binary_search(&wanted))),
        ("ltrimstr", |call| {
            unary(call, |value, prefix| Ok(trimmed(value, &prefix, |text, part| text.strip_prefix(part))))
        }),
        ("rtrimstr", |call| {
            unary(call, |value, suffix| Ok(trimmed(value, &suffix, |text, part| text.strip_suffix(part))))
        }),
        ("delpaths", |call| unary(call, without)),
    ];
    let plain = |arguments: usize| move |(name, run)| native::run::<Ticking>((name, v(arguments), run));
    let range: (&str, RunPtr<Ticking>) = ("range", range);
    let none = of_input.into_iter().map(plain(0));
    none.chain(of_argument.into_iter().map(plain(1))).chain([plain(3)(range)])
}

/// Returns what `f` returns for a text.
fn on_text(value: &V, f: impl FnOnce(&str) -> Outcome) -> Outcome {
    match value {
        V::Text(text) => f(text),
        other => Err(Error::typ(other.clone(), "string")),
    }
}

fn number(value: V) -> Outcome {
    match &value {
        V::Int(_) | V::Float(_) => Ok(value),
        V::Text(text) => {
            charge(text.len() / 8);
            V::parse_number(text).ok_or_else(|| Error::typ(value.clone(), "number"))
        }
        _ => Err(Error::typ(value, "number")),
    }
}

fn boolean(value: V) -> Outcome {
    match &value {
        V::Bool(_) => Ok(value),
        V::Text(text) if &**text == "true" => Ok(V::Bool(true)),
        V::Text(text) if &**text == "false" => Ok(V::Bool(false)),
        _ => Err(Error::typ(value, "boolean")),
    }
}

/// Returns a text with what HTML would take for markup escaped.
fn html(text: &str) -> String {
    charge(text.len() / 4);
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

fn keys(value: &V) -> Outcome {
    match value {
        V::List(list) => Ok((0..list.items().len()).map(V::count).collect()),
        V::Object(object) => Ok(object.entries().map(|(key, _)| V::Text(key.clone())).collect()),
        _ => Err(Error::str(format_args!("{value} has no keys"))),
    }
}

/// Returns a text without what it starts or ends with; anything else as it is.
fn trimmed(value: V, part: &V, strip: for<'a> fn(&'a str, &str) -> Option<&'a str>) -> V {
    let (V::Text(text), V::Text(part)) = (&value, part) else { return value };
    charge(part.len() / 32);
    match strip(text, part) {
        Some(rest) => V::text(rest.to_string()),
        None => value,
    }
}

/// Returns a value without what is at some paths. The last goes first, so that the others stay right.
fn without(value: V, paths: V) -> Outcome {
    let V::List(paths) = paths else { return Err(Error::typ(paths, "array")) };
    charge(paths.items().len());
    let mut sorted: Vec<&V> = paths.items().iter().collect();
    sorted.sort();
    sorted.into_iter().rev().try_fold(value, |value, path| match path {
        V::List(path) => value.without(path.items()),
        other => Err(Error::typ(other.clone(), "array")),
    })
}

/// `range($from; $to; $by)`, each step charged: the interpreter's own takes none that we would see.
fn range<'a>(mut call: Cv<'a, Ticking>) -> ValXs<'a, V> {
    let by = call.0.pop_var();
    let to = call.0.pop_var();
    let from = call.0.pop_var();
    let direction = by.cmp(&V::Int(0));
    let inside = move |at: &V| match direction {
        Ordering::Greater => *at < to,
        Ordering::Less => *at > to,
        Ordering::Equal => *at != to,
    };
    let mut next = Some(Ok(from));
    Box::new(std::iter::from_fn(move || {
        charge(1);
        let at = match next.take()? {
            Ok(at) => at,
            Err(error) => return Some(Err(Exn::from(error))),
        };
        if !inside(&at) {
            return None;
        }
        next = Some(at.clone() + by.clone());
        Some(Ok(at))
    }))
}
