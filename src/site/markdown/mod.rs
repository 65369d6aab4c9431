//! Markdown as GitHub reads it, safe by construction: of HTML only harmless elements are taken, and written anew; links
//! lead where the page allows; nothing is loaded but what the site itself has.

mod anchor;
mod cut;
mod element;
mod html;
mod inline;
mod stack;
mod tag;
mod writer;

#[cfg(test)]
mod tests;

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use super::link;
use super::markup::{Markup, visible};
pub(super) use anchor::anchor;
use writer::Writer;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// To a page of the site, or a place on this one.
    Inside(String),
    /// To another host, or to a mail program.
    Outside(String),
}

/// What becomes of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Picture {
    /// It is shown from this file of the site.
    Shown(String),
    /// It is not loaded, but can be followed.
    Linked(String),
    /// Its text stands in its place.
    Text,
}

/// What a text can point at.
pub(super) trait Places {
    /// Returns where a link leads, or `None` when it is not followed.
    fn link(&self, target: &str) -> Option<Target>;

    /// Returns what becomes of an image.
    fn image(&self, target: &str) -> Picture;

    /// Returns whether an id means something else on the page.
    fn is_taken(&self, id: &str) -> bool;
}

/// What a text points at that is no file: other hosts.
pub(super) struct Web;

impl Places for Web {
    fn link(&self, target: &str) -> Option<Target> {
        link::outside(target).map(|link| Target::Outside(link.href))
    }

    fn image(&self, target: &str) -> Picture {
        link::outside(target).map_or(Picture::Text, |link| Picture::Linked(link.href))
    }

    fn is_taken(&self, _: &str) -> bool {
        false
    }
}

/// How a text is written.
#[derive(Clone, Copy)]
pub(super) struct Style<'a> {
    pub(super) places: &'a dyn Places,
    /// The level of the highest heading.
    pub(super) top: usize,
    /// Whether headings can be linked to, footnotes are shown, and diagrams drawn: on a page of its own.
    pub(super) whole_page: bool,
    /// A first heading that says this again is left out.
    pub(super) title: Option<&'a str>,
}

/// A heading of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) level: usize,
    pub(super) id: String,
    pub(super) text: String,
}

/// A text, written.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) markup: String,
    pub(super) headings: Vec<Heading>,
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// Returns the markup of a value, `text`. Its highest heading is of the third level, below a section of the page.
pub(super) fn render(text: &str) -> String {
    write(text, Style { places: &Web, top: 3, whole_page: false, title: None }).markup
}

/// Returns the markup of `text` for a page that is written piece by piece.
pub(super) fn markup(text: &str) -> Markup {
    Markup::trusted(render(text))
}

/// Returns `text`, written.
pub(super) fn write(text: &str, style: Style<'_>) -> Written {
    let text = visible(text);
    let mut writer = Writer::new(style, text.len());
    for event in Parser::new_ext(&text, options()) {
        writer.take(event);
    }
    writer.finish()
}

/// Returns the beginning of a long text or the whole of a short one, and whether it is the whole.
pub(super) fn beginning(text: &str, style: Style<'_>) -> (String, bool) {
    let text = visible(text);
    let cut = cut::cut(&text);
    let mut writer = Writer::new(style, cut.unwrap_or(text.len()));
    for (event, range) in Parser::new_ext(&text, options()).into_offset_iter() {
        if cut.is_some_and(|cut| range.start >= cut) {
            break;
        }
        writer.take(event);
    }
    (writer.finish().markup, cut.is_none())
}

/// Returns the addresses of the images of a text, each once.
pub(super) fn images(text: &str) -> Vec<String> {
    struct Listed(std::cell::RefCell<Vec<String>>);
    impl Places for Listed {
        fn link(&self, _: &str) -> Option<Target> {
            None
        }
        fn image(&self, target: &str) -> Picture {
            let mut listed = self.0.borrow_mut();
            if !listed.iter().any(|known| known == target) {
                listed.push(target.to_string());
            }
            Picture::Text
        }
        fn is_taken(&self, _: &str) -> bool {
            false
        }
    }
    if !text.contains("![") && !text.contains("<img") && !text.contains("<IMG") {
        return Vec::new();
    }
    let listed = Listed(std::cell::RefCell::default());
    write(text, Style { places: &listed, top: 3, whole_page: false, title: None });
    listed.0.into_inner()
}

/// Returns the first paragraph or heading of `text`, without its marks.
pub(super) fn first(text: &str) -> String {
    let mut plain = String::new();
    for event in Parser::new(text) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                plain.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::HtmlBlock)
                if !plain.trim().is_empty() =>
            {
                break;
            }
            _ => {}
        }
    }
    plain.trim().to_string()
}
