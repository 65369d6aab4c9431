//! What stands in a line: words, links, images, addresses that are written out.

use std::fmt::Write;

use super::element::Role;
use super::stack::Open;
use super::writer::Writer;
use super::{Picture, Target};
use crate::site::link;
use crate::site::markup::escape;

/// The longest address that is written out and linked, in bytes.
const LONGEST: usize = 2_000;

impl Writer<'_> {
    /// Writes text, escaped.
    pub(super) fn text(&mut self, text: &str) {
        escape(text, &mut self.out).expect("a string takes everything");
    }

    /// Writes words; addresses in them become links.
    pub(super) fn say(&mut self, text: &str) {
        self.said.push_str(text);
        if self.is_in_link() {
            self.text(text);
            return;
        }
        let mut rest = text;
        while let Some((before, address, after)) = address(rest) {
            self.text(before);
            match link::outside(address) {
                Some(link) => {
                    self.away(&link.href);
                    self.text(address);
                    self.out.push_str("</a>");
                }
                None => self.text(address),
            }
            rest = after;
        }
        self.text(rest);
    }

    /// Writes the start of a link to another host.
    fn away(&mut self, href: &str) {
        self.out.push_str("<a rel=\"noopener noreferrer\" href=\"");
        self.text(href);
        self.out.push_str("\">");
    }

    /// Opens a link, of Markdown or of HTML; one that is not followed is only its text.
    pub(super) fn open_link(&mut self, target: &str, name: Option<&'static str>) {
        let inside = self.is_in_link();
        let target = self.style.places.link(target).filter(|_| !inside);
        let close = if target.is_some() { "</a>" } else { "" };
        match target {
            Some(Target::Inside(href)) => {
                self.out.push_str("<a href=\"");
                self.text(&href);
                self.out.push_str("\">");
            }
            Some(Target::Outside(href)) => self.away(&href),
            None => {}
        }
        self.link_start = self.out.len();
        self.stack.push(Open { close, role: Role::Phrase, name, heading: None });
    }

    /// Writes an image, or what stands in its place.
    pub(super) fn picture(&mut self, source: &str, alt: &str, (width, height): (Option<u16>, Option<u16>)) {
        let alt = alt.trim();
        match self.style.places.image(source) {
            Picture::Shown(file) => {
                self.out.push_str("<img loading=\"lazy\" src=\"");
                self.text(&file);
                self.out.push_str("\" alt=\"");
                self.text(alt);
                self.out.push('"');
                for (name, size) in [("width", width), ("height", height)] {
                    if let Some(size) = size {
                        write!(self.out, " {name}=\"{size}\"").expect("a string takes everything");
                    }
                }
                self.out.push('>');
            }
            Picture::Linked(href) if !self.is_in_link() => {
                self.away(&href);
                let shown = link::outside(&href).map(|link| link.text).unwrap_or_default();
                self.text(if alt.is_empty() { &shown } else { alt });
                self.out.push_str("</a>");
            }
            Picture::Linked(_) | Picture::Text => self.text(if alt.is_empty() { "image" } else { alt }),
        }
    }
}

/// Returns what is before the first address that is written out in a text, the address, and what is after it.
fn address(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find("http")?;
        let rest = &text[at..];
        let scheme = ["https://", "http://"].iter().find(|scheme| rest.starts_with(**scheme));
        let apart = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let Some(scheme) = scheme.filter(|_| apart) else {
            from = at + "http".len();
            continue;
        };
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`'))
            .unwrap_or(rest.len());
        // Nobody writes out one as long, and its brackets would be counted again and again.
        if end > LONGEST {
            from = at + "http".len();
            continue;
        }
        let mut address = rest[..end].trim_end_matches(['?', '!', '.', ',', ':', ';', '*', '_', '~', '\'']);
        // A bracket that was opened outside belongs to the sentence.
        while address.ends_with(')') && address.matches(')').count() > address.matches('(').count() {
            address = address[..address.len() - 1].trim_end_matches(['?', '!', '.', ',', ':', ';']);
        }
        if address.len() <= scheme.len() {
            from = at + "http".len();
            continue;
        }
        return Some((&text[..at], address, &text[at + address.len()..]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_where_a_reader_ends_them() {
        for (text, expected) in [
            ("see https://e.com/a.", Some("https://e.com/a")),
            ("(https://e.com/a_(b))", Some("https://e.com/a_(b)")),
            ("(see http://e.com)", Some("http://e.com")),
            ("xhttps://e.com", None),
            ("https://", None),
            ("http and https", None),
            ("https://e.com/a,https", Some("https://e.com/a,https")),
        ] {
            assert_eq!(address(text).map(|found| found.1), expected, "{text}");
        }
    }
}
