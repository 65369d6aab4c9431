//! The pages of a description.

use minijinja::Value;

use super::operation::method;
use super::schema::Writer;
use super::split::Plan;
use super::{Shown, form};
use crate::interface::{Interface, Place};
use crate::output::{Output, Rank};
use crate::site::frame::Area;
use crate::site::link::{clip, mail, outside};
use crate::site::markdown;
use crate::site::markup::Markup;
use crate::site::record::{none, record};
use crate::site::words;
use crate::site::{Error, Site};

/// The pages are three folders below the root.
const ROOT: &str = "../../../";

/// How many schemas the list at the side names.
const MOST_SCHEMAS: usize = 150;

record! {
    /// What the template of a description reads; everything but texts is markup.
    Page {
        site, frame, title, summary, icons,
        crumbs, name, version, meta, description, side, overview, problems, operations, schemas, pages,
    }
}

/// Writes all pages of a description.
pub(super) fn write(
    site: &Site<'_>,
    shown: &Shown<'_>,
    plan: &Plan,
    original: &str,
    output: &Output,
    buffer: &mut Vec<u8>,
) -> Result<(), Error> {
    for (here, file) in plan.files.iter().enumerate() {
        let page = page(site, shown, plan, original, here);
        site.theme.render("interface.html", page, buffer)?;
        output.write(&format!("{}{file}", shown.folder), Rank::Leaf, buffer)?;
    }
    Ok(())
}

fn page(site: &Site<'_>, shown: &Shown<'_>, plan: &Plan, original: &str, here: usize) -> Value {
    let interface = shown.interface;
    let first = here == 0;
    let entity = site.catalog().entity(shown.found.entity);
    let title = match here {
        0 => interface.title.clone(),
        page => format!("{}, page {}", interface.title, page + 1),
    };
    let only_first = |write: &dyn Fn(&mut Markup)| {
        let mut out = Markup::default();
        if first {
            write(&mut out);
        }
        out.finish()
    };
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Catalog),
        summary: Value::from(format!("The interface of {}, as its description says", entity.label())),
        title: Value::from(title),
        icons: none(),
        crumbs: crumbs(site, shown, plan, here),
        name: Value::from(interface.title.as_str()),
        version: Value::from(interface.version.as_str()),
        meta: meta(site, shown, plan, original),
        description: only_first(&|out| {
            if !interface.description.is_empty() {
                out.append(&markdown::markup(&interface.description));
            }
        }),
        side: side(interface, plan, here),
        overview: only_first(&|out| overview(interface, out)),
        problems: only_first(&|out| problems(site, shown, out)),
        operations: operations(interface, plan, here),
        schemas: schemas(interface, plan, here),
        pages: pages(interface, plan, here),
    }
    .into()
}

fn crumbs(site: &Site<'_>, shown: &Shown<'_>, plan: &Plan, here: usize) -> Value {
    let mut out = Markup::default();
    let entity = site.catalog().entity(shown.found.entity);
    if let Some(page) = &site.outline(entity.blueprint_id()).page {
        out.raw("<a href=\"").raw(ROOT).text(page).raw("\">").text(entity.blueprint().label()).raw("</a>");
    }
    site.face(entity.id()).link(ROOT, &mut out);
    if here > 0 {
        out.raw("<a href=\"").text(&plan.files[0]).raw("\">").text(&shown.interface.title).raw("</a>");
    }
    out.finish()
}

/// Returns what a description is, where it is written, and its original.
fn meta(site: &Site<'_>, shown: &Shown<'_>, plan: &Plan, original: &str) -> Value {
    let interface = shown.interface;
    let mut out = Markup::default();
    out.raw("<span><span class=\"tag silver\">").text(&form(interface)).raw("</span></span><span>");
    counted(interface.operations.len(), " operation", " operations", &mut out);
    if !interface.schemas.is_empty() {
        out.raw(", <a href=\"").text(&plan.files[plan.schemas[0]]).raw("#schemas\">");
        counted(interface.schemas.len(), " schema", " schemas", &mut out);
        out.raw("</a>");
    }
    out.raw("</span>");
    if let Place::File(path) = &shown.found.place {
        out.raw("<span class=\"free\">written in ");
        words::file(site, path, &mut out);
        out.raw("</span>");
    }
    out.raw("<span><a class=\"btn\" href=\"")
        .raw(ROOT)
        .text(original)
        .raw("\" download>Original file</a></span>");
    out.finish()
}

fn counted(count: usize, one: &'static str, many: &'static str, out: &mut Markup) {
    out.number(count).raw(if count == 1 { one } else { many });
}

/// Returns the list of what is on the page.
fn side(interface: &Interface, plan: &Plan, here: usize) -> Value {
    let mut out = Markup::default();
    let mut group = None;
    for (number, operation) in interface.operations.iter().enumerate() {
        if plan.operations[number] != here {
            continue;
        }
        if group != Some(operation.group) {
            out.raw(if group.is_some() { "</ul>" } else { "" }).raw("<p>");
            out.text(group_name(interface, operation.group)).raw("</p><ul>");
            group = Some(operation.group);
        }
        out.raw("<li><a href=\"#").text(&operation.anchor).raw("\">");
        method(&operation.method, &mut out);
        out.raw(" ").text(&clip(&operation.path, 80)).raw("</a>");
    }
    out.raw(if group.is_some() { "</ul>" } else { "" });
    let named: Vec<usize> = (0..interface.schemas.len()).filter(|at| plan.schemas[*at] == here).collect();
    if !named.is_empty() {
        out.raw("<p>Schemas</p><ul>");
        for &number in named.iter().take(MOST_SCHEMAS) {
            let named = &interface.schemas[number];
            out.raw("<li><a href=\"#")
                .text(&named.anchor)
                .raw("\">")
                .text(&clip(&named.name, 80))
                .raw("</a>");
        }
        if named.len() > MOST_SCHEMAS {
            out.raw("<li><a href=\"#schemas\">and ").number(named.len() - MOST_SCHEMAS).raw(" more</a>");
        }
        out.raw("</ul>");
    }
    out.finish()
}

fn group_name(interface: &Interface, group: usize) -> &str {
    let name = interface.groups.get(group).map_or("", |group| group.name.as_str());
    if name.is_empty() { "Operations" } else { name }
}

/// Writes what holds for all operations.
fn overview(interface: &Interface, out: &mut Markup) {
    for (at, server) in interface.servers.iter().enumerate() {
        out.raw(if at == 0 { "<dt>Servers<dd>" } else { "<dd>" })
            .raw("<code>")
            .text(&server.address)
            .raw("</code>");
        if !server.protocol.is_empty() {
            out.raw(" ").text(&server.protocol);
        }
        if !server.description.is_empty() {
            out.raw(" <span class=\"dim\">").text(&server.description).raw("</span>");
        }
        for (name, default, values) in &server.variables {
            out.raw("<br><small>").text(name).raw(" is ").text(default);
            if !values.is_empty() {
                out.raw(", or one of ").text(&values.join(", "));
            }
            out.raw("</small>");
        }
    }
    for (at, scheme) in interface.schemes.iter().enumerate() {
        out.raw(if at == 0 { "<dt>Access<dd>" } else { "<dd>" })
            .text(&scheme.name)
            .raw(": ")
            .text(&scheme.kind);
        if !scheme.description.is_empty() {
            out.raw("<div class=\"prose\">").append(&markdown::markup(&scheme.description)).raw("</div>");
        }
    }
    for (at, (address, text)) in interface.links.iter().enumerate() {
        let link = match address.strip_prefix("mailto:") {
            Some(address) => mail(address),
            None => outside(address),
        };
        out.raw(if at == 0 { "<dt>More<dd>" } else { "<dd>" });
        match link {
            Some(link) => {
                out.raw("<a href=\"").text(&link.href);
                out.raw("\" rel=\"noopener noreferrer\">").text(text).raw("</a>");
            }
            None => {
                out.text(text).raw(" ").text(address);
            }
        }
    }
}

/// Writes what is wrong with a description.
fn problems(site: &Site<'_>, shown: &Shown<'_>, out: &mut Markup) {
    for problem in shown.problems {
        let (path, line) = shown.loaded.place(problem, &site.portal.sources);
        out.raw("<li><span class=\"st warn\">");
        words::coded(&problem.message, out);
        out.raw("</span> <small>");
        match words::source_url(site, &path, line) {
            Some(href) => {
                out.raw("<a href=\"").text(&href).raw("\" rel=\"noopener noreferrer\">");
                out.text(&path).raw(":").number(line).raw("</a>");
            }
            None => {
                out.text(&path).raw(":").number(line);
            }
        }
        out.raw("</small>");
        if let Some(help) = &problem.help {
            out.raw("<br>");
            words::coded(help, out);
        }
    }
}

/// Returns the operations that are on the page, by group.
fn operations(interface: &Interface, plan: &Plan, here: usize) -> Value {
    let writer = Writer { interface, files: &plan.files, schemas: &plan.schemas, here };
    let mut out = Markup::default();
    let mut group = None;
    for (number, operation) in interface.operations.iter().enumerate() {
        if plan.operations[number] != here {
            continue;
        }
        if group != Some(operation.group) {
            out.raw(if group.is_some() { "</section>" } else { "" });
            out.raw("<section><div class=\"bar\"><h2>").text(group_name(interface, operation.group));
            out.raw("</h2></div>");
            let begins = number == 0 || interface.operations[number - 1].group != operation.group;
            let description = interface.groups.get(operation.group).map_or("", |group| &group.description);
            if begins && !description.is_empty() {
                out.raw("<div class=\"prose\">").append(&markdown::markup(description)).raw("</div>");
            }
            group = Some(operation.group);
        }
        let mut part = Markup::default();
        writer.operation(operation, &mut part);
        out.append(&part);
    }
    out.raw(if group.is_some() { "</section>" } else { "" });
    out.finish()
}

/// Returns the named schemas that are on the page.
fn schemas(interface: &Interface, plan: &Plan, here: usize) -> Value {
    let writer = Writer { interface, files: &plan.files, schemas: &plan.schemas, here };
    let mut out = Markup::default();
    for (number, named) in interface.schemas.iter().enumerate() {
        if plan.schemas[number] == here {
            let mut part = Markup::default();
            writer.named(named, &mut part);
            out.append(&part);
        }
    }
    out.finish()
}

/// Returns links to all pages, each with the groups that begin there; nothing for one page.
fn pages(interface: &Interface, plan: &Plan, here: usize) -> Value {
    let mut out = Markup::default();
    if plan.files.len() < 2 {
        return out.finish();
    }
    for (page, file) in plan.files.iter().enumerate() {
        out.raw("<li><a href=\"").text(file).raw(if page == here {
            "\" aria-current=\"page\">"
        } else {
            "\">"
        });
        let mut names: Vec<&str> = Vec::new();
        for (number, operation) in interface.operations.iter().enumerate() {
            let name = group_name(interface, operation.group);
            if plan.operations[number] == page && names.last() != Some(&name) {
                names.push(name);
            }
        }
        if plan.schemas.contains(&page) {
            names.push("Schemas");
        }
        let more = names.len().saturating_sub(6);
        names.truncate(6);
        out.number(page + 1).raw(". ").text(&names.join(", "));
        if more > 0 {
            out.raw(" and ").number(more).raw(" more");
        }
        out.raw("</a>");
    }
    out.finish()
}
