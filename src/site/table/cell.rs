//! Cells as a script reads them.
//!
//! A cell is a list: first its markup, as pages have it, then its values, each `[text, name]` without the name where it is
//! the text. The name of an entity is its identifier, and that of an instant what machines read. An empty list is an empty
//! cell. Most of what a column of many different values has is said by a number in place of the markup, which the script
//! then writes itself ([`Brief`]).

use std::borrow::Cow;

use super::ROOT;
use super::column::Cell;
use crate::site::face::Face;
use crate::site::json;
use crate::site::link::clip;
use crate::site::markup::{Markup, visible};
use crate::site::value::{self, Atom};

/// The most characters of a value that needs more room than a line, of which a table shows the beginning.
const LONG: usize = 100;

/// The most characters of a text; the entity's page and the file for spreadsheets have all.
const LONGEST: usize = 300;

/// What a script writes as pages have it, by the number in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brief {
    /// Plain texts, which are then only texts.
    Texts = 0,
    /// Entities whose pages are in the column's folder and are called as they are, as above.
    Entities = 1,
    /// Addresses that are shown without their `https://`, whole.
    Addresses = 2,
    /// Instants, by what machines read.
    Times = 3,
}

impl Brief {
    /// Returns how all values of a cell are said, in a column of entities whose pages are in `folder`.
    fn of(atoms: &[Atom<'_>], folder: Option<&str>) -> Option<Self> {
        let all = |test: &dyn Fn(&Atom<'_>) -> bool| atoms.iter().all(test);
        if all(&|atom| matches!(atom, Atom::Text(_))) {
            return Some(Self::Texts);
        }
        if all(&|atom| matches!(atom, Atom::Time(_))) {
            return Some(Self::Times);
        }
        if all(
            &|atom| matches!(atom, Atom::Away { text, href } if href.strip_prefix("https://") == Some(&**text)),
        ) {
            return Some(Self::Addresses);
        }
        let page = |face: &Face<'_>| {
            let own = face.path().strip_prefix(folder?)?.strip_prefix('/')?.strip_suffix(".html")?;
            Some(own == face.identifier())
        };
        all(&|atom| matches!(atom, Atom::Entity(face) if page(face) == Some(true))).then_some(Self::Entities)
    }
}

/// Appends a cell of a column whose entities have their pages in `folder`, when they are of one blueprint.
pub(super) fn append(cell: &Cell<'_>, folder: Option<&str>, out: &mut Vec<u8>) {
    out.push(b'[');
    match cell {
        Cell::Atoms(atoms) if atoms.is_empty() => {}
        Cell::Atoms(atoms) => match Brief::of(atoms, folder) {
            Some(brief) => {
                out.push(b'0' + brief as u8);
                for atom in atoms {
                    out.push(b',');
                    match brief {
                        Brief::Entities => pair(atom, out),
                        Brief::Texts => string(words(atom).0, out),
                        Brief::Addresses | Brief::Times => json::string(out, words(atom).1),
                    }
                }
            }
            None => {
                let mut markup = Markup::with_capacity(96);
                value::write(atoms, ROOT, &mut markup);
                json::string(out, markup.as_str());
                for atom in atoms {
                    out.push(b',');
                    pair(atom, out);
                }
            }
        },
        Cell::Long(text) => {
            out.extend_from_slice(b"0,");
            string(&clip(&line(text), LONG), out);
        }
    }
    out.push(b']');
}

/// Appends a value with what it is called.
fn pair(atom: &Atom<'_>, out: &mut Vec<u8>) {
    let (text, name) = words(atom);
    out.push(b'[');
    string(text, out);
    if name != text {
        out.push(b',');
        string(name, out);
    }
    out.push(b']');
}

/// Returns what is shown of a value, and what it is called.
pub(super) fn words<'a>(atom: &'a Atom<'_>) -> (&'a str, &'a str) {
    match atom {
        Atom::Text(text) | Atom::Tag { text, .. } => (text, text),
        Atom::Away { text, href } => (text, href.strip_prefix("mailto:").unwrap_or(href)),
        Atom::Entity(face) => (face.label(), face.identifier()),
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
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    match clip(text, LONGEST) {
        Cow::Borrowed(text) => visible(text),
        Cow::Owned(text) => Cow::Owned(visible(&text).into_owned()),
    }
}
