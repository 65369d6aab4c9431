//! Where the beginning of a long text ends.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

/// Up to how many bytes a text is shown as a whole.
const SHORT: usize = 1_400;

/// The most bytes of a beginning.
const LONG: usize = 1_000;

/// Returns where the beginning of a text ends: before the second section, or before what would be too much. `None` when
/// all of it is short, and nothing in it needs a page of its own.
pub(super) fn cut(text: &str) -> Option<usize> {
    let (mut depth, mut said, mut sections) = (0, false, 0);
    // The end of the first section, of what fits, and of what must be cut whatever fits.
    let (mut section, mut fit, mut drawn) = (None, 0, None);
    for (event, range) in Parser::new_ext(text, super::options()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if let Tag::CodeBlock(CodeBlockKind::Fenced(language)) = &tag
                    && language.trim().eq_ignore_ascii_case("mermaid")
                {
                    drawn.get_or_insert(range.start);
                }
                if depth == 0 && matches!(tag, Tag::Heading { .. }) {
                    sections += 1;
                    if said && sections > 1 {
                        section.get_or_insert(range.start);
                    }
                }
                said |= depth == 0
                    && matches!(tag, Tag::Paragraph | Tag::List(_) | Tag::Table(_) | Tag::CodeBlock(_));
                depth += 1;
            }
            Event::End(_) => {
                depth -= 1;
                if depth == 0 && range.end <= LONG {
                    fit = range.end;
                }
            }
            _ => {}
        }
    }
    if text.len() <= SHORT && drawn.is_none() {
        return None;
    }
    let first = section.unwrap_or(text.len()).min(drawn.unwrap_or(text.len()));
    // A first block that is too long is not cut into: the reader goes on to the document.
    Some(first.min(fit.max(1)))
}
