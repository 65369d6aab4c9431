//! What the page of an entity says of its interfaces.

use super::operation::method;
use super::{Line, Summary};
use crate::site::link::{clip, outside};
use crate::site::markup::Markup;
use crate::site::words;

/// The longest path of an operation that stands there whole.
const LONGEST: usize = 80;

/// Returns the section of an entity with these descriptions, on a page whose links start with `root`.
pub(super) fn section(summaries: &[Summary], root: &'static str) -> Markup {
    let mut out = Markup::with_capacity(1024);
    for (at, summary) in summaries.iter().enumerate() {
        out.raw(if at == 0 { "<section id=\"api\">" } else { "<section>" });
        heading(summary, root, &mut out);
        if !summary.trouble.is_empty() {
            out.raw("<p class=\"empty\">It cannot be read: ");
            words::coded(&summary.trouble, &mut out);
            out.raw("</p>");
        }
        if !summary.first.is_empty() {
            out.raw("<ul class=\"list ops\">");
            summary.first.iter().for_each(|line| operation(line, root, &mut out));
            out.raw("</ul>");
        }
        footer(summary, root, &mut out);
        out.raw("</section>\n");
    }
    out
}

fn heading(summary: &Summary, root: &'static str, out: &mut Markup) {
    out.raw("<div class=\"bar\"><h2>API</h2><span class=\"dim\">");
    match (summary.title.as_str(), summary.form.as_str()) {
        ("", _) => {}
        (title, form) => {
            out.text(&clip(title, LONGEST));
            if !summary.version.is_empty() {
                out.raw(" ").text(&clip(&summary.version, 40));
            }
            out.raw(", ").text(form);
        }
    }
    out.raw("</span>");
    if !summary.page.is_empty() {
        out.raw("<a href=\"").raw(root).text(&summary.page).raw("\">Open reference</a>");
    }
    out.raw("</div>");
}

fn operation(line: &Line, root: &'static str, out: &mut Markup) {
    out.raw("<li>");
    method(&line.method, out);
    out.raw(" <a href=\"").raw(root).text(&line.href).raw("\"><code>");
    out.text(&clip(&line.path, LONGEST)).raw("</code></a>");
    if line.deprecated {
        out.raw(" <small class=\"warn\">deprecated</small>");
    }
    if !line.summary.is_empty() {
        out.raw(" <small>").text(&clip(&line.summary, LONGEST)).raw("</small>");
    }
}

fn footer(summary: &Summary, root: &'static str, out: &mut Markup) {
    out.raw("<p class=\"or\">");
    let more = summary.operations.saturating_sub(summary.first.len());
    if more > 0 {
        out.raw("<span>and <a href=\"").raw(root).text(&summary.page).raw("\">");
        out.number(more).raw(" more operations</a></span>");
    }
    if !summary.original.is_empty() {
        out.raw("<a href=\"").raw(root).text(&summary.original).raw("\" download>Original file</a>");
    }
    if summary.problems > 0 && summary.trouble.is_empty() {
        out.raw("<a class=\"warn\" href=\"").raw(root).text(&summary.page).raw("#problems\">");
        out.number(summary.problems).raw(" to mend</a>");
    }
    if !summary.address.is_empty() {
        out.raw("<span>Described at ");
        match outside(&summary.address) {
            Some(link) => {
                out.raw("<a href=\"").text(&link.href).raw("\" rel=\"noopener noreferrer\">");
                out.text(&link.text).raw("</a>");
            }
            None => {
                out.text(&summary.address);
            }
        }
        out.raw("</span>");
    }
    out.raw("</p>");
}
