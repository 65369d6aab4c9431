//! The functions an expression may call.

use std::cmp::Ordering;

use jaq_core::load::parse::Def;
use jaq_core::native::{self, Fun};
use jaq_core::{Cv, DataT, Exn, ValXs};
use jaq_json::Val;

use super::fuel::{Ticking, charge};

/// What would let an expression ask more than its input, or do more than answer.
pub(super) const WITHHELD: &[&str] = &[
    "input",
    "inputs",
    "env",
    "halt",
    "halt_error",
    "debug",
    "debug_empty",
    "stderr",
    "stderr_empty",
    "now",
    "localtime",
    "strflocaltime",
];

/// Functions that jq has and the interpreter has not.
const OURS: &str = r"
def IN(values): any(values == .; .);
def IN(source; values): any(source == values; .);
def INDEX(rows; key): reduce rows as $row ({}; .[$row | key | tostring] |= $row);
def INDEX(key): INDEX(.[]; key);
def toarray: if isarray then . else [.] end;
def trimstr($text): ltrimstr($text) | rtrimstr($text);
def leaf_paths: paths(scalars);
";

/// Parts of the library that no one calls by name.
const INTERNAL: &[&str] = &[
    "error_empty",
    "path_value",
    "key_values",
    "min_by_or_empty",
    "max_by_or_empty",
    "matches",
    "split_matches",
    "split_",
    "scan_",
    "capture_of_match",
    "totype",
    "escape_sh",
    "escape_html",
    "unescape_html",
    "encode_uri",
    "decode_uri",
    "encode_base64",
    "decode_base64",
];

/// Returns the functions that are written in jq.
pub(super) fn definitions() -> impl Iterator<Item = Def<&'static str>> {
    let ours = jaq_core::load::parse(OURS, |parser| parser.defs()).expect("our definitions are jq");
    let library = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    library.filter(|definition| !WITHHELD.contains(&definition.name)).chain(ours)
}

/// Returns the functions that are written in Rust.
pub(super) fn natives() -> impl Iterator<Item = Fun<Ticking>> {
    let library = jaq_core::funs::<Ticking>().chain(jaq_std::funs()).chain(jaq_json::funs());
    let allowed = library.filter(|(name, ..)| !WITHHELD.contains(name) && *name != "range");
    allowed.chain([native::run::<Ticking>(("range", native::v(3), range))])
}

/// Returns the name of every function that can be called, with how many arguments it takes.
pub(super) fn signatures() -> Vec<(&'static str, usize)> {
    let defined = definitions().map(|definition| (definition.name, definition.args.len()));
    let natives = natives().map(|(name, arguments, _)| (name, arguments.len()));
    let mut all: Vec<_> = defined.chain(natives).filter(|(name, _)| !INTERNAL.contains(name)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// `range($from; $to; $by)`, each step charged: the interpreter's own takes none that we would see.
fn range<'a>(mut call: Cv<'a, Ticking>) -> ValXs<'a, <Ticking as DataT>::V<'a>> {
    let by = call.0.pop_var();
    let to = call.0.pop_var();
    let from = call.0.pop_var();
    let direction = by.cmp(&Val::from(0_isize));
    let inside = move |at: &Val| match direction {
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
