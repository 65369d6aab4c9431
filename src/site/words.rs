//! Words that others made for terminals and pages alike: names in backticks become code, people become links,
//! places lead to the source.

use super::markup::Markup;
use super::{Site, address, link};
use crate::model::instant::Instant;
use crate::source::Span;

/// Writes text whose names are in backticks.
pub(super) fn coded(text: &str, out: &mut Markup) {
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without its partner is no mark.
    let whole = parts.len() % 2 == 1;
    if !whole {
        out.text(text);
        return;
    }
    for (at, part) in parts.into_iter().enumerate() {
        match at % 2 {
            0 => out.text(part),
            _ => out.raw("<code>").text(part).raw("</code>"),
        };
    }
}

/// Writes who is meant by the identifier of a user or a team.
pub(super) fn person(site: &Site<'_>, name: &str, root: &'static str, out: &mut Markup) {
    let blueprints = [site.team, site.user].into_iter().flatten();
    let found = blueprints.into_iter().find_map(|blueprint| site.catalog().find_entity(blueprint, name));
    match found {
        Some(id) => site.face(id).link(root, out),
        None => out.text(name),
    };
}

/// Writes an instant, as the day that it belongs to.
pub(super) fn day(instant: Instant, out: &mut Markup) {
    out.raw("<time datetime=\"").text(&instant.iso()).raw("\">").text(&instant.date()).raw("</time>");
}

/// Writes the link to where something is written.
pub(super) fn place(site: &Site<'_>, span: Span, out: &mut Markup) {
    let (path, line) = site.place_at(span);
    match source_url(site, path, line) {
        Some(href) => linked(&href, path, line, out),
        None => {
            out.text(path).raw(":").number(line);
        }
    }
}

/// Writes the same, on a page that says elsewhere which file it is: `line 12`.
pub(super) fn near(site: &Site<'_>, span: Span, out: &mut Markup) {
    let (path, line) = site.place_at(span);
    match source_url(site, path, line) {
        Some(href) => out
            .raw("<a href=\"")
            .text(&href)
            .raw("\" rel=\"noopener noreferrer\">line ")
            .number(line)
            .raw("</a>"),
        None => out.raw("line ").number(line),
    };
}

/// Writes the link to a file of the catalog's.
pub(super) fn file(site: &Site<'_>, path: &str, out: &mut Markup) {
    match source_url(site, path, 1) {
        Some(href) => {
            out.raw("<a href=\"").text(&href).raw("\" rel=\"noopener noreferrer\">").text(path).raw("</a>")
        }
        None => out.text(path),
    };
}

fn linked(href: &str, path: &str, line: usize, out: &mut Markup) {
    out.raw("<a href=\"").text(href).raw("\" rel=\"noopener noreferrer\">").text(name(path));
    out.raw(":").number(line).raw("</a>");
}

/// Returns the name of a file without its folder.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns the address of a line of a file, when the catalog says how to make one.
pub(super) fn source_url(site: &Site<'_>, path: &str, line: usize) -> Option<String> {
    let template = site.catalog().config().source_url.as_deref()?;
    let url = template.replace("{path}", &address::encode(path)).replace("{line}", &line.to_string());
    link::outside(&url).map(|link| link.href)
}

/// Returns a noun after its number: `1 rule`, `2 rules`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_backticks_are_code() {
        for (text, expected) in [
            ("`a` is not empty", "<code>a</code> is not empty"),
            ("is <b> `<i>`", "is &lt;b&gt; <code>&lt;i&gt;</code>"),
            ("one ` only", "one ` only"),
            ("", ""),
        ] {
            let mut out = Markup::default();
            coded(text, &mut out);
            assert_eq!(out.finish().to_string(), expected, "{text}");
        }
    }
}
