//! What encloses the expressions of a scaffold, so that they can be told from all else.

use crate::diagnostic::{Diagnostic, Rule};
use crate::model::scaffold::Scaffold;
use crate::skeleton::{Engine, Undefined};
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// Returns the language with the delimiters of a scaffold.
///
/// # Errors
/// What is wrong with them.
pub(super) fn engine(
    node: Node<'_>,
    scaffold: &Scaffold,
    undefined: Undefined,
) -> Result<Engine, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let written = node.get("delimiters").filter(|written| written.kind() == Kind::Map);
    if let Some(written) = written {
        check(written, &mut found);
    }
    if !found.is_empty() {
        return Err(found);
    }
    let place = written.map_or(scaffold.identifier.span, Node::span);
    Engine::new(&scaffold.delimiters, undefined).map_err(|why| vec![fault(place, why)])
}

/// Pushes pairs that are none, and openings that are the same.
fn check(written: Node<'_>, found: &mut Vec<Diagnostic>) {
    let mut openings: Vec<(&str, Span)> = Vec::new();
    for (key, pair) in written.entries() {
        if pair.kind() != Kind::List {
            continue;
        }
        let (name, parts) = (key.as_str().unwrap_or_default(), texts(pair));
        let [(open, at), (close, end)] = parts.as_slice() else {
            let message = format!("`{name}` takes two texts, an opening and a closing");
            found.push(fault(pair.span(), message).help("write them as a list: [\"[[\", \"]]\"]"));
            continue;
        };
        for (_, place) in parts.iter().filter(|(text, _)| text.trim().is_empty()) {
            found.push(fault(*place, "a delimiter is empty, and would be everywhere".into()));
        }
        if open == close && !open.trim().is_empty() {
            let message = format!("`{open}` both opens and closes, so that neither can be told");
            found.push(fault(*end, message).help("give the closing one another form: [\"[[\", \"]]\"]"));
        }
        if let Some((_, first)) = openings.iter().find(|(known, _)| known == open) {
            let finding = fault(*at, format!("`{open}` opens two things, which cannot be told apart"));
            found.push(finding.related(*first, "the other").help("give one of them another form"));
        }
        openings.push((open, *at));
    }
}

fn texts(pair: Node<'_>) -> Vec<(&str, Span)> {
    pair.items().filter_map(|item| Some((item.as_str()?, item.span()))).collect()
}

fn fault(place: Span, message: String) -> Diagnostic {
    Diagnostic::new(Rule::TemplateFault, place, message)
}
