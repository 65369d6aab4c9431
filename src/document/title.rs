//! What a document is called.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::name::without_extension;

/// How much of a document is looked at for its title, in bytes.
const HEAD: usize = 16 * 1024;

/// The longest title, in characters.
const LONGEST: usize = 120;

/// Returns what a document is called: as its front matter says, else its first heading, else its file; a README without
/// either is called as its entity, `label`.
pub(super) fn of(text: &str, path: &str, label: &str) -> String {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut title = written(&text[..end]).unwrap_or_else(|| of_file(path, label));
    if let Some((at, _)) = title.char_indices().nth(LONGEST) {
        title.truncate(at);
        title.push('…');
    }
    title
}

/// Returns the title that a text gives itself.
fn written(text: &str) -> Option<String> {
    let (mut title, mut inside, mut heading) = (String::new(), false, false);
    for event in Parser::new_ext(text, Options::ENABLE_YAML_STYLE_METADATA_BLOCKS) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => inside = true,
            Event::Text(front) if inside => {
                if let Some(given) = front_matter(&front, "title") {
                    return Some(given);
                }
            }
            Event::End(TagEnd::MetadataBlock(_)) => inside = false,
            Event::Start(Tag::Heading { .. }) => heading = true,
            Event::End(TagEnd::Heading(_)) => {
                let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
                return (!title.is_empty()).then_some(title);
            }
            Event::Text(part) | Event::Code(part) if heading => title.push_str(&part),
            Event::SoftBreak | Event::HardBreak if heading => title.push(' '),
            _ => {}
        }
    }
    None
}

/// Returns a value of the front matter that is written in one line.
fn front_matter(text: &str, key: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let value = value.trim().trim_matches(['"', '\'']).trim();
    (!value.is_empty() && !matches!(value, "|" | ">" | "|-" | ">-")).then(|| value.to_string())
}

/// Returns the title of a file that gives itself none: `getting-started.md` is `Getting started`.
fn of_file(path: &str, label: &str) -> String {
    let stem = without_extension(path);
    let (folder, stem) = stem.rsplit_once('/').unwrap_or(("", stem));
    let lead = matches!(stem.to_ascii_lowercase().as_str(), "readme" | "index");
    let above = folder.rsplit('/').next().filter(|name| lead && !matches!(*name, "" | "docs"));
    let words = if lead { above } else { Some(stem) };
    let Some(words) = words.filter(|_| !(lead && stem.eq_ignore_ascii_case("readme"))) else {
        return label.to_string();
    };
    let words = words.replace(['-', '_'], " ");
    let mut characters = words.chars();
    let first = characters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_what_it_is_called() {
        for (text, path, expected) in [
            ("# One *two* `three`\n\n# Four", "docs/x.md", "One two three"),
            ("Text first.\n\nOne\n===\n", "docs/x.md", "One"),
            ("---\nid: a\ntitle: \"Given\"\n---\n\n# Heading", "docs/x.md", "Given"),
            ("---\nid: a\n---\n\n# Heading", "docs/x.md", "Heading"),
            ("<h1>Raw</h1>\n\ntext", "docs/getting-started.md", "Getting started"),
            ("text", "services/cart/README.md", "Cart"),
            ("text", "services/cart/docs/index.md", "Cart"),
            ("text", "services/cart/docs/guides/index.md", "Guides"),
            ("#\n\ntext", "docs/a_b.md", "A b"),
        ] {
            assert_eq!(of(text, path, "Cart"), expected, "{text}");
        }
    }
}
