//! Keys of objects, as far as an expression says them.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::Term;
use jaq_core::load::span;

/// Returns the name that a key always is, and where it stands.
pub(super) fn key_name(source: &str, key: &Term<&str>) -> Option<(String, usize)> {
    let Term::Str(None, parts) = key else { return None };
    let mut name = String::new();
    let mut offset = None;
    for part in parts {
        match part {
            StrPart::Str(text) => {
                offset = offset.or_else(|| Some(span(source, text).start - name.len()));
                name.push_str(text);
            }
            // An escape is longer than what it stands for: the offset is about right.
            StrPart::Char(character) => name.push(*character),
            StrPart::Term(_) => return None,
        }
    }
    offset.map(|offset| (name, offset))
}
