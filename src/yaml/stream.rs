//! The full reader: every YAML 1.2 stream, through the events of `granit-parser`.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as Place, StrInput, StructureStyle, Tag};

use super::build::{Builder, Reading, Words};
use super::scalar::{self, Plain};
use super::tree::Form;
use super::{clip, mistake, quotes};
use crate::diagnostic::{Diagnostic, Rule};

/// Reads every document of the builder's text.
pub(super) fn read(builder: &mut Builder<'_>) {
    let text = builder.text;
    let mut options = granit_parser::options! { emit_unresolved_aliases: true };
    options.set_emit_comments(false);
    let parser = Parser::new_from_str_with_options(text, options);
    Stream { builder, parser, anchors: Vec::new(), last: 0..0, curly: None }.read();
}

struct Stream<'b, 't> {
    builder: &'b mut Builder<'t>,
    parser: Parser<'t, StrInput<'t>>,
    /// The node of each anchor, by the parser's number for it.
    anchors: Vec<u32>,
    /// Where the last scalar is: a syntax error after it may have begun in it.
    last: std::ops::Range<usize>,
    /// Whether curly quotation marks stand around keys, once that was asked.
    curly: Option<bool>,
}

impl<'t> Stream<'_, 't> {
    fn read(&mut self) {
        while let Some(event) = self.parser.next_event() {
            let go_on = match event {
                Ok((event, place)) => {
                    self.event(event, place);
                    match self.builder.reading {
                        Reading::On => true,
                        Reading::NextDocument => self.next_document(),
                        Reading::Stop => false,
                    }
                }
                Err(error) => {
                    self.syntax_error(&error);
                    self.next_document()
                }
            };
            if !go_on {
                break;
            }
        }
        self.builder.end_document();
    }

    fn syntax_error(&mut self, error: &ScanError) {
        let (source, text) = (self.builder.source, self.builder.text);
        let at = error.marker().byte_offset().unwrap_or_default();
        if *self.curly.get_or_insert_with(|| quotes::begin_a_key(text)) || quotes::begin_a_value(text, at) {
            return self.builder.blame_quotes();
        }
        let finding = mistake::explain(source, text, error, &self.last);
        self.builder.forget_within(finding.primary.span);
        self.builder.mistake(finding);
    }

    /// Leaves the document being read and returns whether another follows.
    fn next_document(&mut self) -> bool {
        self.builder.end_document();
        self.parser.proceed_next_document().unwrap_or(false)
    }

    fn event(&mut self, event: Event<'t>, place: Place) {
        let range = place.byte_range().unwrap_or_default();
        match event {
            Event::DocumentStart(..) => self.builder.begin_document(),
            Event::DocumentEnd => self.builder.end_document(),
            Event::Scalar(value, style, anchor, tag) => {
                self.anchor(anchor);
                self.scalar(&value, style, tag.as_deref(), place);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.anchor(anchor);
                self.check_tag(tag.as_ref(), "seq", place);
                let start =
                    if style == StructureStyle::Block { self.first_dash(range.start) } else { range.start };
                self.builder.open(start, Form::List);
            }
            Event::MappingStart(_, anchor, tag) => {
                self.anchor(anchor);
                self.check_tag(tag.as_ref(), "map", place);
                self.builder.open(range.start, Form::Map);
            }
            // The end of a block collection is reported at the next token, with nothing in it.
            Event::SequenceEnd | Event::MappingEnd => {
                self.builder.close((!range.is_empty()).then_some(range.end));
            }
            Event::Alias(anchor) => match self.anchors.get(anchor) {
                Some(&target) => self.builder.alias(range.start, range.end, target),
                None => self.undefined_alias(range),
            },
            Event::UnresolvedAlias(_) => self.undefined_alias(range),
            _ => {}
        }
    }

    /// Remembers that the next node has this anchor; 0 means none.
    fn anchor(&mut self, anchor: usize) {
        if anchor == 0 {
            return;
        }
        if self.anchors.len() <= anchor {
            self.anchors.resize(anchor + 1, 0);
        }
        self.anchors[anchor] = self.builder.next_index();
    }

    /// Returns where the first `-` of a block list is. The parser reports a list that is not indented
    /// (`key:` and `- item` in one column) after its first dash.
    fn first_dash(&self, reported: usize) -> usize {
        let Some(key_end) = self.builder.key_end() else { return reported };
        let text = self.builder.text.as_bytes();
        let mut at = key_end;
        while at < reported {
            match text[at] {
                b'-' => return at,
                b'#' => at += line_rest(&text[at..]),
                b'&' | b'!' => at += word(&text[at..]),
                _ => at += 1,
            }
        }
        reported
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, tag: Option<&Tag>, place: Place) {
        let range = place.byte_range().unwrap_or_default();
        let (start, end) = self.trimmed(range, style);
        self.last = start..end;
        let missing = style == ScalarStyle::Plain && start == end;
        let value = if missing { "" } else { value };
        let form = match tag {
            Some(tag) => self.tagged(tag, value, place),
            None if style == ScalarStyle::Plain => self.plain(value, start, end),
            None => Form::String,
        };
        let plain = style == ScalarStyle::Plain && tag.is_none();
        let words = self.words(value, start, end);
        self.builder.scalar(start, end, words, form, plain);
    }

    /// Returns the place of a scalar's text: that of a block scalar is reported with the blank lines
    /// around it.
    fn trimmed(&self, range: std::ops::Range<usize>, style: ScalarStyle) -> (usize, usize) {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return (range.start, range.end);
        }
        let text = self.builder.text.get(range.clone()).unwrap_or_default();
        let blank = [' ', '\n', '\r', '\t'];
        let end = range.start + text.trim_end_matches(blank).len();
        let start = end - text.trim_matches(blank).len();
        (start, end)
    }

    /// Returns where `value` stands in the source, if it stands there as it is.
    fn words<'v>(&self, value: &'v str, start: usize, end: usize) -> Words<'v> {
        let written = self.builder.text.get(start..end).unwrap_or_default();
        if written == value {
            return Words::Source(start, value.len());
        }
        match written.get(1..written.len().saturating_sub(1)) {
            Some(quoted) if quoted == value => Words::Source(start + 1, value.len()),
            _ => Words::New(value),
        }
    }

    fn plain(&mut self, value: &str, start: usize, end: usize) -> Form {
        match scalar::resolve(value) {
            Plain::Null => Form::Null,
            Plain::Bool => Form::Bool,
            Plain::Number => Form::Number,
            Plain::String => Form::String,
            Plain::Unsupported(_) if self.builder.expects_key() => Form::String,
            Plain::Unsupported(reason) => {
                self.builder.unsupported_number(start, end, reason);
                Form::Null
            }
        }
    }

    /// Returns what a scalar with a tag is; only tags of the core schema have a meaning.
    fn tagged(&mut self, tag: &Tag, value: &str, place: Place) -> Form {
        let wanted = match tag.core_suffix() {
            Some("str") => return Form::String,
            Some("null") => Form::Null,
            Some("bool") => Form::Bool,
            Some("int" | "float") => Form::Number,
            _ if tag.original() == "!" => return Form::String,
            _ => {
                self.unsupported_tag(place, None);
                return Form::String;
            }
        };
        let range = place.byte_range().unwrap_or_default();
        let form = self.plain(value, range.start, range.end);
        if form != wanted && self.builder.is_clean() {
            self.unsupported_tag(place, Some(&format!("`{}`", clip(value))));
        }
        form
    }

    fn check_tag(&mut self, tag: Option<&Cow<'t, Tag>>, wanted: &str, place: Place) {
        let Some(tag) = tag else { return };
        let kind = if wanted == "seq" { "a list" } else { "a mapping" };
        match tag.core_suffix() {
            Some(suffix) if suffix == wanted => {}
            Some(_) => self.unsupported_tag(place, Some(kind)),
            None if tag.original() == "!" => {}
            None => self.unsupported_tag(place, None),
        }
    }

    fn unsupported_tag(&mut self, place: Place, value: Option<&str>) {
        let range = place.tag_span().and_then(|span| span.byte_range()).unwrap_or_default();
        let tag = clip(self.builder.text.get(range.clone()).unwrap_or_default()).into_owned();
        let span = self.builder.span(range.start, range.end);
        let finding = match value {
            Some(value) => {
                let message = format!("the tag `{tag}` does not fit {value}");
                Diagnostic::new(Rule::UnsupportedTag, span, message)
            }
            None => {
                let message = format!("the tag `{tag}` has no meaning in a catalog");
                Diagnostic::new(Rule::UnsupportedTag, span, message)
            }
        };
        self.builder.mistake(finding.help("remove the tag, or quote the text if the `!` belongs to it"));
    }

    fn undefined_alias(&mut self, range: std::ops::Range<usize>) {
        let name = self.builder.text.get(range.clone()).unwrap_or_default();
        let anchor = name.replacen('*', "&", 1);
        let finding = Diagnostic::new(
            Rule::UndefinedAlias,
            self.builder.span(range.start, range.end),
            format!("the alias `{}` stands for nothing", clip(name)),
        )
        .label(format!("no `{}` before this place in the document", clip(&anchor)))
        .help("quote the text if the `*` belongs to it");
        self.builder.mistake(finding);
        self.builder.scalar(range.start, range.end, Words::Source(range.start, 0), Form::Null, false);
    }
}

fn line_rest(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len())
}

fn word(bytes: &[u8]) -> usize {
    bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len())
}
