//! Markdown, safe by construction: HTML in it is text, links lead to the web or nowhere, nothing is loaded.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use super::link;
use super::markup::{Markup, escape, visible};

/// Returns the markup of `text`. Its highest heading is of the third level, below a section of the page.
pub(super) fn render(text: &str) -> String {
    let text = visible(text);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer { events: Vec::new(), links: Vec::new(), level: 2, start: 0, images: 0 };
    for event in Parser::new_ext(&text, options) {
        writer.take(event);
    }
    let mut markup = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut markup, writer.events.into_iter());
    markup
}

/// Returns the markup of `text` for a page that is written piece by piece.
pub(super) fn markup(text: &str) -> Markup {
    Markup::trusted(render(text))
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

/// Events on their way from the parser to the markup.
struct Writer<'a> {
    events: Vec<Event<'a>>,
    /// The target of each link that is open; `None` when it is not followed.
    links: Vec<(Option<String>, usize)>,
    /// The level of the last heading, so that none is skipped.
    level: usize,
    /// Where the last block that must not be empty began.
    start: usize,
    /// How many images are open: their text is shown instead of them.
    images: usize,
}

impl<'a> Writer<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => self.events.push(Event::Text(text)),
            Event::Start(Tag::HtmlBlock) => self.events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => self.events.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Heading { level, .. }) => self.open_heading(level),
            Event::End(TagEnd::Heading(_)) => self.close_heading(),
            Event::Start(Tag::Link { dest_url, link_type, .. }) => self.open_link(&dest_url, link_type),
            Event::End(TagEnd::Link) => self.close_link(),
            Event::Start(Tag::Image { .. }) => self.images += 1,
            Event::End(TagEnd::Image) => self.images = self.images.saturating_sub(1),
            Event::Start(Tag::TableCell) => {
                self.events.push(Event::Start(Tag::TableCell));
                self.start = self.events.len();
            }
            Event::End(TagEnd::TableCell) => {
                // A column without a name is nothing that a screen reader could say.
                if self.events.len() == self.start {
                    self.events.push(Event::Text("\u{2013}".into()));
                }
                self.events.push(Event::End(TagEnd::TableCell));
            }
            other => self.events.push(other),
        }
    }

    fn open_heading(&mut self, level: HeadingLevel) {
        self.level = (level as usize + 2).min(self.level + 1).clamp(3, 6);
        let level = HeadingLevel::try_from(self.level).unwrap_or(HeadingLevel::H6);
        self.events.push(Event::Start(Tag::Heading {
            level,
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }));
        self.start = self.events.len();
    }

    fn close_heading(&mut self) {
        if self.events.len() == self.start {
            self.events.pop();
            return;
        }
        let level = HeadingLevel::try_from(self.level).unwrap_or(HeadingLevel::H6);
        self.events.push(Event::End(TagEnd::Heading(level)));
    }

    fn open_link(&mut self, target: &str, kind: LinkType) {
        let target = if kind == LinkType::Email { link::mail(target) } else { link::outside(target) };
        let href = target.map(|target| target.href);
        if let Some(href) = &href {
            // The one tag made here: the writer of the Markdown library cannot add `rel`.
            let mut tag = String::from("<a rel=\"noopener noreferrer\" href=\"");
            escape(href, &mut tag).ok();
            tag.push_str("\">");
            self.events.push(Event::InlineHtml(CowStr::from(tag)));
        }
        self.links.push((href, self.events.len()));
    }

    fn close_link(&mut self) {
        let Some((Some(href), start)) = self.links.pop() else { return };
        if self.events.len() == start {
            self.events.push(Event::Text(CowStr::from(href)));
        }
        self.events.push(Event::InlineHtml("</a>".into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_safe_markup() {
        for (text, expected) in [
            ("# A\n\n## B", "<h3>A</h3>\n<h4>B</h4>\n"),
            ("### A\n\n# B", "<h3>A</h3>\n<h3>B</h3>\n"),
            ("#\n\ntext", "<p>text</p>\n"),
            ("**a** `b`", "<p><strong>a</strong> <code>b</code></p>\n"),
            ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
            ("<script>\nalert(1)\n</script>", "<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n"),
            ("[a](https://e.com)", "<p><a rel=\"noopener noreferrer\" href=\"https://e.com/\">a</a></p>\n"),
            (
                "[](https://e.com)",
                "<p><a rel=\"noopener noreferrer\" href=\"https://e.com/\">https://e.com/</a></p>\n",
            ),
            ("[a](javascript:alert(1))", "<p>a</p>\n"),
            ("[a](<javascript:alert(1)>)", "<p>a</p>\n"),
            ("[x]: javascript:alert(1)\n\n[x]", "<p>x</p>\n"),
            ("[a](docs/b.md)", "<p>a</p>\n"),
            ("![alt](https://e.com/x.png)", "<p>alt</p>\n"),
            ("![x](x\"onerror=alert(1))", "<p>x</p>\n"),
            ("a\u{202e}b", "<p>a\u{2039}U+202E\u{203a}b</p>\n"),
        ] {
            assert_eq!(render(text), expected, "{text}");
        }
    }

    #[test]
    fn the_first_paragraph_is_said_without_marks() {
        for (text, expected) in [
            ("Rolls out **a** `b`,\nthen [c](https://e.com).\n\nMore.", "Rolls out a b, then c."),
            ("# Title\n\ntext", "Title"),
            ("- one\n- two", "one"),
            ("<b>x</b> y", "<b>x</b> y"),
            ("<div>\nx\n</div>\n\ny", "<div>\nx\n</div>"),
            ("", ""),
        ] {
            assert_eq!(first(text), expected, "{text}");
        }
    }

    #[test]
    fn tables_name_every_column() {
        let table = render("| | a |\n|-|-|\n| 1 | 2 |");
        assert!(table.contains("<th>\u{2013}</th><th>a</th>"), "{table}");
    }
}
