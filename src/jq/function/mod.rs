//! The functions an expression may call.

mod guard;
mod native;

use jaq_core::load::parse::Def;
use jaq_core::native::Fun;

use super::fuel::Ticking;

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
    "localtime",
    "strflocaltime",
];

/// Definitions of the library whose place a function of ours takes.
const REPLACED: &[&str] =
    &["nan", "infinite", "type", "tonumber", "totype", "toboolean", "@htmld", "delpaths", "tobytes"];

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
    "escape_sh",
    "escape_html",
    "encode_uri",
    "decode_uri",
    "encode_base64",
    "decode_base64",
];

/// Returns the functions that are written in jq.
pub(super) fn definitions() -> impl Iterator<Item = Def<&'static str>> {
    let ours = jaq_core::load::parse(include_str!("definitions.jq"), |parser| parser.defs());
    let library = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let left_out = |name: &str| WITHHELD.contains(&name) || REPLACED.contains(&name);
    let library = library.filter(move |definition| !left_out(definition.name));
    // A name means what is defined before it: the guards come first, so that the library calls them, too.
    guard::definitions().chain(library).chain(ours.expect("our definitions are jq"))
}

/// Returns the functions that are written in Rust.
pub(super) fn natives() -> impl Iterator<Item = Fun<Ticking>> {
    let ours: Vec<Fun<Ticking>> = native::all().chain(guard::natives()).collect();
    let replaced: Vec<&str> = ours.iter().map(|(name, ..)| *name).collect();
    let library = jaq_core::funs::<Ticking>().chain(jaq_std::funs());
    let library = library.filter(move |(name, ..)| !WITHHELD.contains(name) && !replaced.contains(name));
    library.filter(|(name, ..)| *name != "unescape_html").map(guard::hidden).chain(ours)
}

/// Returns the name of every function that can be called, with how many arguments it takes.
pub(super) fn signatures() -> Vec<(&'static str, usize)> {
    let defined = definitions().map(|definition| (definition.name, definition.args.len()));
    let natives = natives().map(|(name, arguments, _)| (name, arguments.len()));
    let callable = |name: &str| !INTERNAL.contains(&name) && !name.starts_with('!');
    let mut all: Vec<_> = defined.chain(natives).filter(|(name, _)| callable(name)).collect();
    all.sort_unstable();
    all.dedup();
    all
}
