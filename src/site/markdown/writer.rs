//! Events of the parser on their way to the markup.

use std::fmt::Write;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};
use rustc_hash::FxHashMap;

use super::anchor::Anchors;
use super::element::Role;
use super::stack::Open;
use super::{Heading, Style, Written};
use crate::site::mermaid;

/// What is gathered before it is written.
#[derive(Debug)]
enum Gathered {
    /// The lines of a block of code in a language.
    Code(String, String),
    /// The HTML between two blocks.
    Html(String),
    /// The text of an image, and where it is.
    Image(String, String, usize),
    /// Front matter, of which nothing is shown.
    Nothing,
}

/// A footnote.
#[derive(Debug, Default)]
struct Note {
    /// How often it is referred to.
    uses: usize,
    markup: Option<String>,
}

/// A writer of markup.
pub(super) struct Writer<'a> {
    pub(super) style: Style<'a>,
    pub(super) out: String,
    pub(super) stack: Vec<Open>,
    pub(super) anchors: Anchors,
    pub(super) headings: Vec<Heading>,
    /// The levels, as they are written, of the headings that the text is below.
    pub(super) levels: Vec<usize>,
    /// Whether no heading has been written.
    pub(super) first: bool,
    /// The words since the last heading began.
    pub(super) said: String,
    /// Where what a link shows begins.
    pub(super) link_start: usize,
    gathered: Option<Gathered>,
    notes: Vec<Note>,
    note_numbers: FxHashMap<CowStr<'a>, usize>,
    /// The markup before the footnote that is written.
    before_note: Vec<(CowStr<'a>, String)>,
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(style: Style<'a>, length: usize) -> Self {
        Self {
            style,
            out: String::with_capacity(length + length / 2),
            stack: Vec::new(),
            anchors: Anchors::default(),
            headings: Vec::new(),
            levels: Vec::new(),
            first: true,
            said: String::new(),
            link_start: 0,
            gathered: None,
            notes: Vec::new(),
            note_numbers: FxHashMap::default(),
            before_note: Vec::new(),
            columns: Vec::new(),
            column: 0,
            in_head: false,
        }
    }

    pub(super) fn take(&mut self, event: Event<'a>) {
        if self.gathered.is_some() {
            self.gather(event);
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end_of(tag),
            Event::Text(text) => {
                self.ready_for_words();
                self.say(&text);
            }
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.ready_for_words();
                self.said.push_str(&text);
                self.out.push_str("<code>");
                self.text(&text);
                self.out.push_str("</code>");
            }
            Event::Html(text) | Event::InlineHtml(text) => self.html(&text),
            Event::FootnoteReference(label) => self.note(label),
            Event::SoftBreak => {
                self.said.push(' ');
                self.out.push('\n');
            }
            Event::HardBreak => {
                self.said.push(' ');
                self.out.push_str("<br>\n");
            }
            Event::Rule => {
                self.ready_for_block();
                self.out.push_str("<hr>\n");
            }
            Event::TaskListMarker(done) => self.out.push_str(if done {
                "<span class=\"task\" role=\"img\" aria-label=\"done\">\u{2611}</span> "
            } else {
                "<span class=\"task\" role=\"img\" aria-label=\"to do\">\u{2610}</span> "
            }),
        }
    }

    /// Takes what belongs to something that is written at its end.
    fn gather(&mut self, event: Event<'a>) {
        let Some(gathered) = &mut self.gathered else { return };
        match (gathered, event) {
            (Gathered::Image(..), Event::Start(Tag::Image { .. })) => {
                if let Some(Gathered::Image(_, _, depth)) = &mut self.gathered {
                    *depth += 1;
                }
            }
            (Gathered::Image(_, _, depth), Event::End(TagEnd::Image)) if *depth > 0 => *depth -= 1,
            (
                Gathered::Code(_, text) | Gathered::Html(text) | Gathered::Image(_, text, _),
                Event::Text(part) | Event::Code(part) | Event::Html(part),
            ) => text.push_str(&part),
            (Gathered::Image(_, text, _), Event::SoftBreak | Event::HardBreak) => text.push(' '),
            (
                _,
                Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Image | TagEnd::MetadataBlock(_)),
            ) => match self.gathered.take() {
                Some(Gathered::Code(language, text)) => self.code(&language, &text),
                Some(Gathered::Html(text)) => self.html_block(&text),
                Some(Gathered::Image(source, alt, _)) => {
                    self.ready_for_words();
                    self.picture(&source, &alt, (None, None));
                }
                Some(Gathered::Nothing) | None => {}
            },
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::Paragraph => self.open("<p>", "</p>\n", Role::Words),
            Tag::Heading { level, .. } => self.open_heading(level as usize, None),
            Tag::BlockQuote(kind) => self.quote(kind),
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(words) => first_word(&words),
                    CodeBlockKind::Indented => String::new(),
                };
                self.gathered = Some(Gathered::Code(language, String::new()));
            }
            Tag::HtmlBlock => self.gathered = Some(Gathered::Html(String::new())),
            Tag::MetadataBlock(_) => self.gathered = Some(Gathered::Nothing),
            Tag::List(None) => self.open("<ul>\n", "</ul>\n", Role::Frame),
            Tag::List(Some(1)) => self.open("<ol>\n", "</ol>\n", Role::Frame),
            Tag::List(Some(start)) => {
                self.open(&format!("<ol start=\"{start}\">\n"), "</ol>\n", Role::Frame);
            }
            Tag::Item => self.open("<li>", "</li>\n", Role::Mixed),
            Tag::FootnoteDefinition(label) => {
                self.close_html();
                self.before_note.push((label, std::mem::take(&mut self.out)));
                self.stack.push(Open { close: "", role: Role::Flow, name: None, heading: None });
            }
            Tag::Table(columns) => {
                self.columns = columns;
                let region =
                    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>";
                self.open(region, "</table></div>\n", Role::Frame);
            }
            Tag::TableHead => {
                (self.in_head, self.column) = (true, 0);
                self.open("<thead><tr>", "</tr></thead>\n", Role::Frame);
            }
            Tag::TableRow => {
                (self.in_head, self.column) = (false, 0);
                self.open("<tr>", "</tr>\n", Role::Frame);
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.phrase("<em>", "</em>"),
            Tag::Strong => self.phrase("<strong>", "</strong>"),
            Tag::Strikethrough => self.phrase("<del>", "</del>"),
            Tag::Superscript => self.phrase("<sup>", "</sup>"),
            Tag::Subscript => self.phrase("<sub>", "</sub>"),
            Tag::Link { dest_url, link_type, .. } => {
                self.ready_for_words();
                match link_type {
                    LinkType::Email => self.open_link(&format!("mailto:{dest_url}"), None),
                    _ => self.open_link(&dest_url, None),
                }
            }
            Tag::Image { dest_url, .. } => {
                self.gathered = Some(Gathered::Image(dest_url.to_string(), String::new(), 0));
            }
            // Not asked for: they only hold text.
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {
                self.open("", "", Role::Flow);
            }
        }
    }

    fn end_of(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => {
                let empty = self.out.len() == self.link_start;
                let followed = self.stack.last().is_some_and(|open| open.close == "</a>");
                if empty && followed {
                    // A link without a text would be one that nobody can see.
                    self.out.push_str("link");
                }
                self.close();
            }
            TagEnd::TableCell => {
                // A column without a name is nothing that a screen reader could say.
                if self.in_head && self.out.ends_with('>') && self.out.len() == self.link_start {
                    self.out.push('\u{2013}');
                }
                self.close();
            }
            TagEnd::FootnoteDefinition => {
                self.close();
                if let Some((label, before)) = self.before_note.pop() {
                    let markup = std::mem::replace(&mut self.out, before);
                    let at = self.number(label);
                    self.notes[at].markup.get_or_insert(markup);
                }
            }
            TagEnd::HtmlBlock | TagEnd::CodeBlock | TagEnd::Image | TagEnd::MetadataBlock(_) => {}
            _ => self.close(),
        }
    }

    fn phrase(&mut self, open: &str, close: &'static str) {
        self.ready_for_words();
        self.open_phrase(open, close);
    }

    /// Closes the elements of HTML that are open here.
    fn close_html(&mut self) {
        while self.stack.last().is_some_and(|open| open.name.is_some()) {
            self.pop();
        }
    }

    fn quote(&mut self, kind: Option<BlockQuoteKind>) {
        let (class, name) = match kind {
            None => return self.open("<blockquote>\n", "</blockquote>\n", Role::Flow),
            Some(BlockQuoteKind::Note) => ("note", "Note"),
            Some(BlockQuoteKind::Tip) => ("tip", "Tip"),
            Some(BlockQuoteKind::Important) => ("important", "Important"),
            Some(BlockQuoteKind::Warning) => ("warning", "Warning"),
            Some(BlockQuoteKind::Caution) => ("caution", "Caution"),
        };
        let open = format!("<blockquote class=\"alert {class}\"><p><b>{name}</b></p>\n");
        self.open(&open, "</blockquote>\n", Role::Flow);
    }

    fn cell(&mut self) {
        let class = match self.columns.get(self.column) {
            Some(Alignment::Right) => " class=\"n\"",
            Some(Alignment::Center) => " class=\"mid\"",
            _ => "",
        };
        self.column += 1;
        let (name, close) = if self.in_head { ("th", "</th>") } else { ("td", "</td>") };
        self.open(&format!("<{name}{class}>"), close, Role::Mixed);
        self.link_start = self.out.len();
    }

    fn code(&mut self, language: &str, text: &str) {
        self.ready_for_block();
        if language == "mermaid" {
            let drawn = mermaid::draw(text).filter(|_| self.style.whole_page);
            if let Some(drawn) = drawn {
                self.out.push_str(&drawn);
                return;
            }
            self.out.push_str(
                "<p class=\"dim\">A diagram in the language of Mermaid, which is not drawn here:</p>\n",
            );
        }
        self.out.push_str("<pre><code>");
        self.text(text);
        self.out.push_str("</code></pre>\n");
    }

    /// Returns the place of a footnote among all of them.
    fn number(&mut self, label: CowStr<'a>) -> usize {
        let notes = &mut self.notes;
        *self.note_numbers.entry(label).or_insert_with(|| {
            notes.push(Note::default());
            notes.len() - 1
        })
    }

    /// Writes a reference to a footnote.
    fn note(&mut self, label: CowStr<'a>) {
        self.ready_for_words();
        let at = self.number(label);
        self.notes[at].uses += 1;
        let (number, uses) = (at + 1, self.notes[at].uses);
        let again = if uses > 1 { format!("-{uses}") } else { String::new() };
        let written = if self.style.whole_page && !self.is_in_link() {
            format!(
                "<sup><a id=\"fnref-{number}{again}\" href=\"#fn-{number}\" aria-label=\"Footnote {number}\">{number}</a></sup>"
            )
        } else {
            format!("<sup>{number}</sup>")
        };
        self.out.push_str(&written);
    }

    /// Returns the markup, with the footnotes at its end.
    pub(super) fn finish(mut self) -> Written {
        self.close_all();
        let notes = std::mem::take(&mut self.notes);
        let is_used = |note: &Note| note.uses > 0 && note.markup.is_some();
        if self.style.whole_page && notes.iter().any(is_used) {
            self.out.push_str("<ol class=\"notes\">\n");
            for (at, note) in notes.iter().enumerate().filter(|(_, note)| is_used(note)) {
                let (number, markup) = (at + 1, note.markup.as_deref().unwrap_or_default());
                writeln!(
                    self.out,
                    "<li id=\"fn-{number}\" value=\"{number}\">{markup}<a href=\"#fnref-{number}\" aria-label=\"Back to the text\">\u{21a9}</a></li>"
                )
                .expect("a string takes everything");
            }
            self.out.push_str("</ol>\n");
        }
        Written { markup: self.out, headings: self.headings }
    }
}

/// Returns the language of a block of code.
fn first_word(words: &str) -> String {
    let word = words.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | ':')).next();
    word.unwrap_or_default().to_ascii_lowercase()
}
