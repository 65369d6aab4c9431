//! The page of a document.

use minijinja::Value;

use super::around::Around;
use super::{Images, ROOT, path};
use crate::catalog::EntityRef;
use crate::document::Document;
use crate::site::frame::Area;
use crate::site::icon::Used;
use crate::site::markdown::{self, Heading, Style, Written};
use crate::site::markup::Markup;
use crate::site::record::{maybe, none, record};
use crate::site::{Site, words};

/// The most documents beside a text; of more, those around it.
const MOST_BESIDE: usize = 60;

/// The most headings beside a text, and how deep they may be.
const MOST_HEADINGS: usize = 60;
const DEEPEST_HEADING: usize = 3;

record! {
    /// What the template of a document reads; `crumbs`, `owners`, `documents`, `contents` and `text` are markup.
    Page {
        site, frame, title, summary, icons,
        name, icon, entity, entity_href, crumbs, owners, owner_icon,
        text, documents, contents, before, after, file, edit,
    }
}

record! {
    /// The document before or after.
    Beside { href, text }
}

/// Returns what the page of a document shows.
pub(super) fn page(site: &Site<'_>, images: &Images, number: usize, text: &str) -> Value {
    let documents = site.documents;
    let document = &documents.all()[number];
    let entity = site.catalog().entity(document.owner);
    let around = Around { site, images, path: &document.path, root: ROOT, elsewhere: None };
    let style = Style { places: &around, top: 2, whole_page: true, title: Some(&document.title) };
    let Written { markup, headings } = markdown::write(text, style);
    let mut icons = Used::new(&site.icons);
    let face = site.face(entity.id());
    let owners = owners(site, entity);
    let numbers = documents.of(entity.id());
    let at = numbers.iter().position(|&other| other == number).unwrap_or(0);
    let beside = |at: Option<usize>| {
        let other = &documents.all()[*numbers.get(at?)?];
        Some(Beside { href: Value::from(format!("{ROOT}{}", path(site, other))), text: title(other) })
    };
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Catalog),
        title: Value::from(format!("{}, {}", document.title, entity.label())),
        summary: Value::from(format!("{}, a document of {}", document.title, entity.label())),
        name: title(document),
        icon: Value::from(icons.add(face.icon)),
        entity: Value::from(entity.label()),
        entity_href: Value::from(format!("{ROOT}{}", face.path())),
        crumbs: crumbs(site, entity),
        owner_icon: if owners.is_empty() { none() } else { Value::from(icons.add_drawn("team")) },
        owners: owners.finish(),
        text: Value::from_safe_string(markup),
        documents: navigation(site, numbers, at).finish(),
        contents: contents(&headings).finish(),
        before: maybe(beside(at.checked_sub(1))),
        after: maybe(beside(Some(at + 1))),
        file: Value::from(document.path.as_str()),
        edit: maybe(words::source_url(site, &document.path, 1)),
        icons: icons.drawings(),
    }
    .into()
}

fn title(document: &Document) -> Value {
    Value::from(document.title.as_str())
}

fn crumbs(site: &Site<'_>, entity: EntityRef<'_>) -> Value {
    let mut out = Markup::default();
    if let Some(page) = &site.outline(entity.blueprint_id()).page {
        out.raw("<a href=\"").raw(ROOT).text(page).raw("\">").text(entity.blueprint().label()).raw("</a>");
    }
    site.face(entity.id()).link(ROOT, &mut out);
    site.face(entity.id()).begin(ROOT, &mut out).raw("#documents\">Documents</a>");
    out.finish()
}

fn owners(site: &Site<'_>, entity: EntityRef<'_>) -> Markup {
    let mut out = Markup::default();
    for (at, &team) in site.graph().owners(entity.id()).iter().enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        site.face(team).link(ROOT, &mut out);
    }
    out
}

/// Writes the documents of the entity, by folder; the one at `at` is the page itself.
fn navigation(site: &Site<'_>, numbers: &[usize], at: usize) -> Markup {
    let mut out = Markup::default();
    if numbers.len() < 2 {
        return out;
    }
    let first = at.saturating_sub(MOST_BESIDE / 2).min(numbers.len().saturating_sub(MOST_BESIDE));
    let end = (first + MOST_BESIDE).min(numbers.len());
    if first > 0 {
        out.raw("<li class=\"dim\">").number(first).raw(" before these");
    }
    let mut folder = "";
    for (number, &which) in numbers[first..end].iter().enumerate() {
        let document = &site.documents.all()[which];
        let own = super::lead::folder(&document.name);
        if own != folder {
            folder = own;
            if !folder.is_empty() {
                out.raw("<li class=\"dir\">").text(&folder.replace("~2F", "/"));
            }
        }
        out.raw(if folder.is_empty() { "<li>" } else { "<li class=\"in\">" });
        out.raw("<a href=\"").raw(ROOT).text(&path(site, document));
        out.raw(if first + number == at { "\" aria-current=\"page\">" } else { "\">" });
        out.text(&document.title).raw("</a>\n");
    }
    if end < numbers.len() {
        out.raw("<li class=\"dim\">").number(numbers.len() - end).raw(" after these");
    }
    out
}

/// Writes the headings of the text.
fn contents(headings: &[Heading]) -> Markup {
    let mut out = Markup::default();
    let shown = headings.iter().filter(|heading| heading.level <= DEEPEST_HEADING);
    let shown: Vec<&Heading> = shown.take(MOST_HEADINGS).collect();
    if shown.len() < 2 {
        return out;
    }
    for heading in shown {
        out.raw(if heading.level > 2 { "<li class=\"in\">" } else { "<li>" });
        out.raw("<a href=\"#").text(&heading.id).raw("\">").text(&heading.text).raw("</a>\n");
    }
    out
}
