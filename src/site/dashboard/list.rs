//! The page of all dashboards, by whom they are for, and the list that it shares with the home page.

use std::collections::BTreeMap;

use minijinja::Value;

use super::{ROOT, Shown, shown};
use crate::portal::Portal;
use crate::site::Site;
use crate::site::address::PAGES;
use crate::site::frame::Area;
use crate::site::icon::Used;
use crate::site::link::clip;
use crate::site::markup::Markup;
use crate::site::record::record;
use crate::site::words::counted;

/// The longest description in a list.
const LONGEST: usize = 240;

record! {
    /// What the template of all dashboards reads; `rows` is markup.
    Page { site, frame, title, summary, icons, count, rows }
}

/// Returns whether the site shows any.
pub(in crate::site) fn is_any(portal: &Portal) -> bool {
    portal.catalog.pages().iter().any(|definition| definition.value.is_shown())
}

/// Returns the path of the page.
pub(in crate::site) fn path() -> String {
    format!("{PAGES}/index.html")
}

/// Returns what the page shows.
pub(super) fn page(site: &Site<'_>, pages: &[Shown<'_>]) -> Value {
    let mut icons = Used::new(&site.icons);
    let mut audiences: BTreeMap<Option<&str>, Vec<&Shown<'_>>> = BTreeMap::new();
    for page in pages {
        let audience = &page.definition.value.audience;
        if audience.is_empty() {
            audiences.entry(None).or_default().push(page);
        }
        for name in audience {
            audiences.entry(Some(&name.value)).or_default().push(page);
        }
    }
    let mut rows = Markup::default();
    let alone = audiences.len() == 1 && audiences.contains_key(&None);
    for (audience, pages) in audiences {
        if !alone {
            rows.raw("<tr class=\"grp\"><th colspan=\"3\">");
            match audience {
                Some(name) => crate::site::words::person(site, name, ROOT, &mut rows),
                None => {
                    rows.raw("Everyone");
                }
            }
            rows.raw(" <small>").number(pages.len()).raw("</small>\n");
        }
        for shown in pages {
            rows.raw("<tr><th>");
            link(site, shown, ROOT, &mut icons, &mut rows);
            rows.raw("<td class=\"dim\">")
                .text(&about(shown))
                .raw("<td class=\"n hi\">")
                .number(widgets(shown))
                .raw("\n");
        }
    }
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Dashboards),
        title: Value::from("Dashboards"),
        summary: Value::from(format!(
            "Numbers and charts from the catalog: {}",
            counted(pages.len(), "page", "pages")
        )),
        count: Value::from(pages.len()),
        rows: rows.finish(),
        icons: icons.drawings(),
    }
    .into()
}

/// Returns all dashboards as items of a list for the home page, with how many there are.
pub(in crate::site) fn rows(site: &Site<'_>, icons: &mut Used<'_>) -> (Markup, usize) {
    let pages = shown(site.catalog());
    let mut out = Markup::default();
    for shown in &pages {
        out.raw("<li class=\"row\">");
        link(site, shown, "", icons, &mut out);
        out.raw("<small>").text(&clip(&about(shown), 72)).raw("</small>\n");
    }
    (out, pages.len())
}

fn link(site: &Site<'_>, shown: &Shown<'_>, root: &'static str, icons: &mut Used<'_>, out: &mut Markup) {
    let page = &shown.definition.value;
    let icon =
        icons.add(site.icons.find(page.icon.as_ref().map(|icon| icon.value.as_str()).or(Some("Apps"))));
    out.raw("<a class=\"k\" href=\"")
        .raw(root)
        .text(&shown.path)
        .raw("\"><svg aria-hidden=\"true\"><use href=\"#");
    out.raw(icon).raw("\"/></svg><b>").text(page.label()).raw("</b></a>");
}

fn about(shown: &Shown<'_>) -> String {
    clip(shown.definition.value.description.as_deref().unwrap_or_default().trim(), LONGEST).into_owned()
}

/// Returns how many widgets a page has that show something themselves.
fn widgets(shown: &Shown<'_>) -> usize {
    let mut count = 0;
    shown.definition.value.each(&mut |widget| count += usize::from(widget.inside().next().is_none()));
    count
}
