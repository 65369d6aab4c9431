//! What is open while a text is written, so that everything is closed, and in its order.

use super::Heading;
use super::element::{self, Element, PARAGRAPH, Role};
use super::writer::Writer;

/// How deep blocks and elements may be in each other; deeper ones are not opened.
pub(super) const DEEPEST: usize = 100;

/// Something that is open.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) close: &'static str,
    pub(super) role: Role,
    /// The name of the HTML element that opened it; none for Markdown, which HTML cannot close.
    pub(super) name: Option<&'static str>,
    /// For a heading, its level and what was written before it.
    pub(super) heading: Option<(usize, String)>,
}

impl Writer<'_> {
    /// Opens a block of Markdown.
    pub(super) fn open(&mut self, markup: &str, close: &'static str, role: Role) {
        self.ready_for_block();
        self.out.push_str(markup);
        self.stack.push(Open { close, role, name: None, heading: None });
    }

    /// Opens a phrase of Markdown.
    pub(super) fn open_phrase(&mut self, markup: &str, close: &'static str) {
        self.out.push_str(markup);
        self.stack.push(Open { close, role: Role::Phrase, name: None, heading: None });
    }

    /// Closes what Markdown has opened last, with the elements that are still open in it.
    pub(super) fn close(&mut self) {
        while let Some(open) = self.stack.pop() {
            let was_html = open.name.is_some();
            self.end(open);
            if !was_html {
                return;
            }
        }
    }

    /// Begins a heading; what is in it is written apart, for its id is known only at its end.
    pub(super) fn open_heading(&mut self, level: usize, name: Option<&'static str>) {
        self.ready_for_block();
        let before = std::mem::take(&mut self.out);
        self.said.clear();
        self.stack.push(Open { close: "", role: Role::Words, name, heading: Some((level, before)) });
    }

    /// Closes everything.
    pub(super) fn close_all(&mut self) {
        while let Some(open) = self.stack.pop() {
            self.end(open);
        }
    }

    /// Closes the innermost element.
    pub(super) fn pop(&mut self) {
        if let Some(open) = self.stack.pop() {
            self.end(open);
        }
    }

    fn end(&mut self, open: Open) {
        match open.heading {
            Some((level, before)) => {
                let inside = std::mem::replace(&mut self.out, before);
                self.heading(level, inside.trim());
            }
            None => self.out.push_str(open.close),
        }
    }

    /// Writes a heading that has just ended.
    fn heading(&mut self, level: usize, inside: &str) {
        let text = self.said.split_whitespace().collect::<Vec<_>>().join(" ");
        let again = self.first && self.style.title.is_some_and(|title| title == text);
        self.first = false;
        if inside.is_empty() || (again && level == 1) {
            return;
        }
        // By what it is inside of, not by its own number: so none is skipped, and equals stay equal.
        self.levels.retain(|above| *above < level);
        self.levels.push(level);
        let level = (self.style.top - 1 + self.levels.len()).min(6);
        if !self.style.whole_page {
            self.out.push_str(&format!("<h{level}>{inside}</h{level}>\n"));
            return;
        }
        let id = self.anchors.next(&text, self.style.places);
        self.out.push_str(&format!("<h{level} id=\""));
        self.text(&id);
        self.out.push_str(&format!("\">{inside} <a class=\"an\" href=\"#"));
        self.text(&id);
        self.out.push_str(&format!("\" aria-label=\"Link to this section\">#</a></h{level}>\n"));
        self.headings.push(Heading { level, id, text });
    }

    /// Closes what holds words, and opens what a frame needs, so that a block can follow.
    pub(super) fn ready_for_block(&mut self) {
        while self
            .stack
            .last()
            .is_some_and(|open| open.name.is_some() && matches!(open.role, Role::Phrase | Role::Words))
        {
            self.pop();
        }
        self.fill_frame();
    }

    /// Makes words possible where the text is: in a paragraph, unless in what holds words itself.
    pub(super) fn ready_for_words(&mut self) {
        self.fill_frame();
        if self.stack.last().is_none_or(|open| open.role == Role::Flow) {
            self.open_element(&PARAGRAPH, "<p>");
        }
    }

    /// Opens what is missing in a list or a table: an item, a cell.
    fn fill_frame(&mut self) {
        while let Some(open) = self.stack.last().filter(|open| open.role == Role::Frame) {
            let inner = match open.name {
                Some("ul" | "ol") => "li",
                Some("tr") => "td",
                Some(_) => "tr",
                None => return,
            };
            let Some(element) = element::find(inner) else { return };
            self.open_element(element, element.open);
        }
    }

    pub(super) fn open_element(&mut self, element: &'static Element, markup: &str) {
        self.out.push_str(markup);
        let Element { close, role, name, .. } = *element;
        self.stack.push(Open { close, role, name: Some(name), heading: None });
    }

    /// Returns where the elements begin that HTML may close here: above the last block of Markdown.
    pub(super) fn barrier(&self) -> usize {
        self.stack.iter().rposition(|open| open.name.is_none()).map_or(0, |at| at + 1)
    }

    /// Returns whether only words can be written here.
    pub(super) fn is_among_words(&self) -> bool {
        let barrier = self.barrier();
        let markdown = barrier.checked_sub(1).map(|at| &self.stack[at]);
        markdown.is_some_and(|open| matches!(open.role, Role::Phrase | Role::Words))
    }

    /// Returns whether the text is inside a link, so that another cannot begin.
    pub(super) fn is_in_link(&self) -> bool {
        self.stack.iter().any(|open| open.close == "</a>")
    }
}
