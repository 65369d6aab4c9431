//! Schemas as readable trees.

use crate::interface::{Interface, Member, Parameter, Schema};
use crate::site::link::outside;
use crate::site::markdown;
use crate::site::markup::Markup;
use crate::site::words;

/// The most bytes of an operation or a named schema: what follows is in the original.
pub(super) const MOST: usize = 100 * 1024;

/// How many allowed values stand in a line, and how many there are at most.
const INLINE: usize = 12;
const MOST_VALUES: usize = 300;

/// From which depth on parts are folded.
const FOLDED: usize = 2;

/// What writes the parts of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) interface: &'a Interface,
    /// The names of the pages, and on which of them each named schema is.
    pub(super) files: &'a [String],
    pub(super) schemas: &'a [usize],
    /// The page that is written.
    pub(super) here: usize,
}

impl Writer<'_> {
    /// Writes the address of a named schema.
    fn address(&self, number: usize, out: &mut Markup) {
        let page = self.schemas[number];
        if page != self.here {
            out.text(&self.files[page]);
        }
        out.raw("#").text(&self.interface.schemas[number].anchor);
    }

    /// Writes what a value is, in a few words: `array of Item, nullable`.
    pub(super) fn signature(&self, schema: &Schema, out: &mut Markup) {
        out.raw("<span class=\"opty\">");
        self.kind(schema, out);
        out.raw("</span>");
        for flag in &schema.flags {
            out.raw(if *flag == "deprecated" { " <em class=\"warn\">" } else { " <em>" });
            out.raw(flag).raw("</em>");
        }
    }

    fn kind(&self, schema: &Schema, out: &mut Markup) {
        match (&schema.items, schema.target) {
            (_, Some(target)) => {
                out.raw("<a href=\"");
                self.address(target, out);
                out.raw("\">").text(&schema.kind).raw("</a>");
            }
            (Some(items), _) => {
                out.text(&schema.kind).raw(if schema.kind == "array" { " of " } else { " " });
                self.kind(items, out);
            }
            _ => match outside(&schema.address) {
                Some(link) => {
                    out.raw("<a href=\"").text(&link.href).raw("\" rel=\"noopener noreferrer\">");
                    out.text(&schema.kind).raw("</a>");
                }
                None => self.plain(schema, out),
            },
        }
        if !schema.format.is_empty() {
            out.raw(" (").text(&schema.format).raw(")");
        }
    }

    fn plain(&self, schema: &Schema, out: &mut Markup) {
        match (schema.kind.as_str(), schema.composed.first()) {
            ("", Some((words, parts))) => {
                out.raw(words).raw(" ").number(parts.len());
            }
            ("", None) => {
                out.raw(if schema.values.is_empty() { "any" } else { "value" });
            }
            (kind, _) => {
                out.text(kind);
                if let Some(others) = schema.others.as_ref().filter(|_| schema.members.is_empty()) {
                    out.raw(" of ");
                    self.kind(others, out);
                }
            }
        }
    }

    /// Writes what is to be said of a value below its name: description, limits, parts.
    pub(super) fn body(&self, schema: &Schema, depth: usize, out: &mut Markup) {
        if !schema.description.is_empty() {
            out.raw("<div class=\"prose\">").append(&markdown::markup(&schema.description)).raw("</div>");
        }
        limits(schema, out);
        self.parts(schema, depth, out);
    }

    fn parts(&self, schema: &Schema, depth: usize, out: &mut Markup) {
        for (words, parts) in &schema.composed {
            if out.len() > MOST {
                return;
            }
            out.raw("<p class=\"oplim\">").raw(words).raw("</p><ul class=\"parts\">");
            for part in parts {
                out.raw("<li>");
                if !part.title.is_empty() {
                    out.raw("<b>").text(&part.title).raw("</b> ");
                }
                self.signature(part, out);
                self.body(part, depth + 1, out);
            }
            out.raw("</ul>");
        }
        self.members(&schema.members, depth, out);
        for inner in [&schema.items, &schema.others].into_iter().flatten() {
            // A named schema is described where its name leads.
            if inner.target.is_none() {
                self.body(inner, depth, out);
            }
        }
    }

    fn members(&self, members: &[Member], depth: usize, out: &mut Markup) {
        if members.is_empty() {
            return;
        }
        let folded = depth >= FOLDED;
        if folded {
            out.raw("<details><summary>").number(members.len());
            out.raw(if members.len() == 1 { " member</summary>" } else { " members</summary>" });
        }
        out.raw("<ul class=\"parts\">");
        for (at, member) in members.iter().enumerate() {
            if out.len() > MOST {
                out.raw("<li>and ").number(members.len() - at).raw(" more, in the original");
                break;
            }
            self.member(member, depth, out);
        }
        out.raw("</ul>");
        if folded {
            out.raw("</details>");
        }
    }

    fn member(&self, member: &Member, depth: usize, out: &mut Markup) {
        out.raw("<li><code>").text(&member.name).raw("</code> ");
        self.signature(&member.schema, out);
        if member.required {
            out.raw(" <em class=\"opreq\">required</em>");
        }
        self.body(&member.schema, depth + 1, out);
        if !member.arguments.is_empty() {
            out.raw("<ul class=\"parts\">");
            member.arguments.iter().for_each(|argument| self.parameter(argument, out));
            out.raw("</ul>");
        }
    }

    /// Writes a parameter as a line of a list.
    pub(super) fn parameter(&self, parameter: &Parameter, out: &mut Markup) {
        out.raw("<li><code>").text(&parameter.name).raw("</code> ");
        self.signature(&parameter.schema, out);
        if parameter.required {
            out.raw(" <em class=\"opreq\">required</em>");
        }
        if parameter.deprecated {
            out.raw(" <em class=\"warn\">deprecated</em>");
        }
        if !parameter.description.is_empty() {
            out.raw("<div class=\"prose\">").append(&markdown::markup(&parameter.description)).raw("</div>");
        }
        let example = parameter.examples.iter().find(|example| !example.text.is_empty());
        if let Some(example) = example.filter(|example| !example.text.contains('\n')) {
            out.raw("<p class=\"oplim\">for example <code>").text(&example.text).raw("</code></p>");
        }
        self.body(&parameter.schema, 1, out);
    }
}

/// Writes what limits a value.
fn limits(schema: &Schema, out: &mut Markup) {
    if !schema.limits.is_empty() || schema.default.is_some() {
        out.raw("<p class=\"oplim\">");
        for (at, limit) in schema.limits.iter().enumerate() {
            out.raw(if at > 0 { ", " } else { "" });
            words::coded(limit, out);
        }
        if let Some(default) = &schema.default {
            out.raw(if schema.limits.is_empty() { "" } else { ", " });
            out.raw("by default <code>").text(default).raw("</code>");
        }
        out.raw("</p>");
    }
    let described = schema.values.iter().any(|value| !value.description.is_empty() || value.deprecated);
    if schema.values.is_empty() {
        return;
    }
    if !described {
        out.raw("<p class=\"oplim\">");
        out.raw(if schema.values.len() == 1 { "always " } else { "one of " });
        let most = if schema.values.len() <= INLINE { INLINE } else { MOST_VALUES };
        for (at, value) in schema.values.iter().take(most).enumerate() {
            out.raw(if at > 0 { " " } else { "" }).raw("<code>").text(&value.text).raw("</code>");
        }
        more(schema.values.len(), most, out);
        out.raw("</p>");
        return;
    }
    out.raw("<ul class=\"parts\">");
    for value in schema.values.iter().take(MOST_VALUES) {
        out.raw("<li><code>").text(&value.text).raw("</code>");
        if value.deprecated {
            out.raw(" <em class=\"warn\">deprecated</em>");
        }
        if !value.description.is_empty() {
            out.raw("<div class=\"prose\">").append(&markdown::markup(&value.description)).raw("</div>");
        }
    }
    out.raw("</ul>");
    more(schema.values.len(), MOST_VALUES, out);
}

fn more(count: usize, most: usize, out: &mut Markup) {
    if count > most {
        out.raw(" and ").number(count - most).raw(" more");
    }
}
