//! Cells as a script reads them.
//!
//! A cell is a list: first its markup, as pages have it, then its values, each `[text, name]` without the name where it is
//! the text. The markup is 0 where the values are plain texts, which are then only texts. An empty list is an empty cell.
//! The name of an entity is its identifier, and that of an instant what machines read.

use super::ROOT;
use super::column::Cell;
use crate::site::json;
use crate::site::link::clip;
use crate::site::markup::{Markup, visible};
use crate::site::value::{self, Atom};

/// The most characters of a text; the entity's page and the file for spreadsheets have all.
const LONGEST: usize = 300;

/// Appends a cell.
pub(super) fn append(cell: &Cell<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    match cell {
        Cell::Atoms(atoms) if atoms.is_empty() => {}
        Cell::Atoms(atoms) if atoms.iter().all(is_plain) => {
            out.push(b'0');
            for atom in atoms {
                out.push(b',');
                string(words(atom).0, out);
            }
        }
        Cell::Atoms(atoms) => {
            let mut markup = Markup::with_capacity(96);
            value::write(atoms, ROOT, &mut markup);
            json::string(out, markup.as_str());
            for atom in atoms {
                let (text, name) = words(atom);
                out.extend_from_slice(b",[");
                string(text, out);
                if name != text {
                    out.push(b',');
                    string(name, out);
                }
                out.push(b']');
            }
        }
        Cell::Long(text) => {
            out.extend_from_slice(b"0,");
            string(&line(text), out);
        }
    }
    out.push(b']');
}

/// Returns whether a value is a text that is shown whole.
fn is_plain(atom: &Atom<'_>) -> bool {
    matches!(atom, Atom::Text(_))
}

/// Returns what is shown of a value, and what it is called.
pub(super) fn words<'a>(atom: &'a Atom<'_>) -> (&'a str, &'a str) {
    match atom {
        Atom::Text(text) | Atom::Tag { text, .. } => (text, text),
        Atom::Away { text, href } => (text, href.strip_prefix("mailto:").unwrap_or(href)),
        Atom::Entity(face) => (face.label, face.identifier),
        Atom::Time(moment) => (&moment.shown, &moment.iso),
        Atom::Level(board, level) => (board.level(*level), board.level(*level)),
    }
}

/// Returns the text on one line.
fn line(text: &str) -> String {
    let mut words = String::new();
    for word in text.split_whitespace() {
        if words.len() > LONGEST * 4 {
            break;
        }
        words.push_str(if words.is_empty() { "" } else { " " });
        words.push_str(word);
    }
    words
}

/// Appends a text as pages show it: cut when it is long, with what would mislead the eye written as its number.
pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    json::string(out, &shown(text));
}

/// Returns a text as pages show it, and as addresses name it.
pub(super) fn shown(text: &str) -> String {
    visible(&clip(text, LONGEST))
}
