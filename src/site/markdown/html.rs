//! HTML in a text: harmless elements are written anew, everything else is text.

use super::element::{self, Role};
use super::stack::{DEEPEST, Open};
use super::tag::{Piece, decoded, pieces};
use super::writer::Writer;

impl Writer<'_> {
    /// Writes the HTML between two blocks of Markdown.
    pub(super) fn html_block(&mut self, text: &str) {
        self.html(text);
        // What holds words ends with the block; a `details` goes on around the Markdown that follows.
        while self
            .stack
            .last()
            .is_some_and(|open| open.name.is_some() && matches!(open.role, Role::Phrase | Role::Words))
        {
            self.pop();
        }
        self.out.push('\n');
    }

    /// Writes pieces of HTML.
    pub(super) fn html(&mut self, text: &str) {
        for piece in pieces(text) {
            match piece {
                Piece::Comment => {}
                Piece::Text(text) => self.html_text(&decoded(text)),
                Piece::Start(written, name, attributes) => self.start_tag(written, &name, &attributes),
                Piece::End(written, name) => self.end_tag(written, &name),
            }
        }
    }

    fn html_text(&mut self, text: &str) {
        if text.trim().is_empty() {
            self.out.push_str(if text.contains('\n') { "\n" } else { " " });
            return;
        }
        self.ready_for_words();
        self.say(text);
    }

    fn start_tag(&mut self, written: &str, name: &str, attributes: &[(String, &str)]) {
        let attribute = |wanted: &str| {
            attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| decoded(value))
        };
        let centred = attribute("align").is_some_and(|align| align.eq_ignore_ascii_case("center"));
        match name {
            "br" => {
                self.ready_for_words();
                self.out.push_str("<br>\n");
            }
            "hr" if self.is_among_words() => {}
            "hr" => {
                self.ready_for_block();
                self.out.push_str("<hr>\n");
            }
            "img" => {
                let (source, alt) =
                    (attribute("src").unwrap_or_default(), attribute("alt").unwrap_or_default());
                let size = |name| attribute(name).and_then(|size| size.trim_end_matches("px").parse().ok());
                self.ready_for_words();
                self.picture(&source, &alt, (size("width"), size("height")));
            }
            "a" => {
                self.ready_for_words();
                self.open_link(&attribute("href").unwrap_or_default(), Some("a"));
            }
            name if element::is_ignored(name) => {}
            name => match (element::heading(name), element::find(name)) {
                (Some(level), _) if !self.is_among_words() => {
                    self.open_heading(level, Some(HEADINGS[level - 1]))
                }
                (Some(_), _) => {}
                (None, Some(element)) => self.start_element(element, centred),
                (None, None) => self.html_text(written),
            },
        }
    }

    fn start_element(&mut self, element: &'static element::Element, centred: bool) {
        if self.stack.len() >= DEEPEST {
            return;
        }
        if element.role == Role::Phrase {
            self.ready_for_words();
        } else {
            // A block among words would tear the paragraph apart.
            if self.is_among_words() {
                return;
            }
            if element.within.is_empty() {
                self.ready_for_block();
            } else if !self.close_to(element.within) {
                return;
            }
        }
        let mut open = element.open.to_string();
        if centred && !open.contains("class") && element.role != Role::Phrase {
            open.insert_str(open.len() - 1, " class=\"mid\"");
        }
        self.open_element(element, &open);
    }

    /// Closes elements until one of `names` is the innermost; returns `false`, and closes nothing, when there is none.
    fn close_to(&mut self, names: &[&str]) -> bool {
        let barrier = self.barrier();
        let is_meant = |open: &Open| open.name.is_some_and(|name| names.contains(&name));
        let Some(at) = self.stack[barrier..].iter().rposition(is_meant) else { return false };
        while self.stack.len() > barrier + at + 1 {
            self.pop();
        }
        true
    }

    fn end_tag(&mut self, written: &str, name: &str) {
        let known = element::find(name).is_some()
            || element::heading(name).is_some()
            || element::is_ignored(name)
            || matches!(name, "a" | "br" | "hr" | "img");
        if !known {
            self.html_text(written);
            return;
        }
        if self.close_to(&[name]) {
            self.pop();
        }
    }
}

/// The names of headings, for the stack.
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
