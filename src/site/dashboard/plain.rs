//! Widgets that are no charts: text, links, actions, runs, an entity, people; and those that a site cannot show.

use std::borrow::Cow;

use super::ROOT;
use super::data::Scene;
use super::table;
use super::widget::{Pen, empty};
use crate::model::Spanned;
use crate::model::page::{Content, Link, Personal, Prose, Widget};
use crate::model::strings;
use crate::site::link::{clip, outside};
use crate::site::markup::Markup;
use crate::site::{action, markdown};

/// The longest description of a link.
const LONGEST: usize = 200;

/// Returns what a widget without a title is called.
pub(super) fn usual_title(content: &Content) -> &'static str {
    match content {
        Content::Board | Content::Tabs(_) => "Group",
        Content::Number(_) => "Number",
        Content::Pie(_) | Content::Bar(_) => "Division",
        Content::Lines(_) => "Over time",
        Content::Table(_) => "Entities",
        Content::People(Personal::Users) => "People",
        Content::People(Personal::Teams) => "Teams",
        Content::Prose(_) => "About",
        Content::Frame(_) => "Elsewhere",
        Content::Links(_) => "Links",
        Content::Actions(_) => "Actions",
        Content::Runs(_) => "Runs",
        Content::Entity(_) => "Entity",
        Content::Heat(_) => "Heat map",
        Content::Standards { .. } => "Scorecards",
        Content::Trend(_) => "Trend",
        Content::Initiatives => "Initiatives",
        Content::Elsewhere(_) | Content::Unknown => "Not here",
    }
}

/// Writes Markdown: a text of the page's own, or a property of an entity.
pub(super) fn prose(scene: &Scene<'_, '_>, prose: &Prose, widget: &Widget, pen: &mut Pen<'_, '_, '_>) {
    let held: Cow<'_, str>;
    let text = match prose {
        Prose::Text(text) => {
            held = scene.text(text, false);
            held.as_ref()
        }
        Prose::Property { blueprint, entity, property } => {
            let known = scene.site.portal.known();
            let of_page = || Some(known.catalog.entity(scene.entity()?));
            let named = || {
                let blueprint = known.catalog.find_blueprint(&blueprint.as_ref()?.value)?;
                let id = known.catalog.find_entity(blueprint, &entity.as_ref()?.value)?;
                Some(known.catalog.entity(id))
            };
            let value = of_page().or_else(named).zip(property.as_ref());
            let value = value.map(|(entity, property)| known.value(entity, &property.value));
            held = value.and_then(|value| value.as_str().map(String::from)).unwrap_or_default().into();
            held.as_ref()
        }
    };
    if text.trim().is_empty() {
        return empty(widget, "There is no text.", pen.out);
    }
    pen.out.raw("<div class=\"prose\">").append(&markdown::markup(text)).raw("</div>");
}

/// Writes the link to a page of another host: it is not loaded here.
pub(super) fn frame(scene: &Scene<'_, '_>, url: Option<&Spanned<String>>, pen: &mut Pen<'_, '_, '_>) {
    match url.and_then(|url| outside(&scene.text(&url.value, true))) {
        Some(link) => {
            pen.out
                .raw("<p class=\"lead\"><a href=\"")
                .text(&link.href)
                .raw("\" rel=\"noopener noreferrer\">");
            pen.out.text(&link.text).raw(
                "</a></p><p class=\"dim\">A page of another host. This site loads nothing from there.</p>",
            );
        }
        None => {
            pen.out.raw("<p class=\"empty\">It has no web address.</p>");
        }
    }
}

/// Writes links.
pub(super) fn links(scene: &Scene<'_, '_>, links: &[Link], widget: &Widget, pen: &mut Pen<'_, '_, '_>) {
    if links.is_empty() {
        return empty(widget, "There is no link.", pen.out);
    }
    pen.out.raw("<ul class=\"list\">");
    for link in links {
        let url = scene.text(link.url.as_ref().map_or("", |url| url.value.as_str()), true);
        let target = outside(&url);
        let title = link.title.as_deref().filter(|title| !title.trim().is_empty());
        let title = title.map(|title| scene.text(title, false));
        let title = title.as_deref();
        pen.out.raw("<li>");
        match &target {
            Some(target) => {
                pen.out.raw("<a href=\"").text(&target.href).raw("\" rel=\"noopener noreferrer\"><b>");
                pen.out.text(title.unwrap_or(&target.text)).raw("</b></a>")
            }
            None => pen.out.raw("<b>").text(title.unwrap_or(&url)).raw("</b>"),
        };
        if let Some(text) = &link.description {
            pen.out.raw("<br><small>").text(&clip(text.trim(), LONGEST)).raw("</small>");
        }
        pen.out.raw("\n");
    }
    pen.out.raw("</ul>");
}

/// Writes actions to ask for.
pub(super) fn actions(
    scene: &Scene<'_, '_>,
    names: &[Spanned<String>],
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    let mut items = Markup::default();
    for name in names {
        items.raw("<li>");
        if !action::item(scene.site, &name.value, ROOT, pen.icons, &mut items) {
            items.text(&name.value).raw(" <small>is not offered</small>");
        }
        items.raw("\n");
    }
    if items.is_empty() {
        return empty(widget, "There is no action.", pen.out);
    }
    pen.out.raw("<ul class=\"list\">").append(&items).raw("</ul>");
}

/// Writes the newest runs of an action, or of all.
pub(super) fn runs(
    scene: &Scene<'_, '_>,
    name: Option<&Spanned<String>>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    let rows = action::newest(scene.site, name.map(|name| name.value.as_str()));
    if rows.is_empty() {
        return empty(widget, "No run is on record.", pen.out);
    }
    pen.out.raw("<table class=\"stack\"><thead><tr><th>For<th>Asked by<th class=\"p2\">When<th>Result<th class=\"p2\">Remark<tbody>\n");
    pen.out.append(&rows).raw("</table>");
}

/// Writes what an entity has.
pub(super) fn entity(
    scene: &Scene<'_, '_>,
    name: Option<&Spanned<String>>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    let catalog = scene.site.catalog();
    let blueprint = widget.blueprint.as_ref().and_then(|name| catalog.find_blueprint(&name.value));
    let found = blueprint.zip(name).and_then(|(blueprint, name)| catalog.find_entity(blueprint, &name.value));
    let Some(id) = found else {
        return empty(widget, "There is no such entity.", pen.out);
    };
    let node = scene.node(widget.node);
    let hidden: Vec<String> = strings(node, "hiddenQuery").into_iter().map(|name| name.value).collect();
    pen.out.raw("<p class=\"lead\">");
    scene
        .site
        .face(id)
        .begin(ROOT, pen.out)
        .raw("\"><b>")
        .text(scene.site.face(id).label())
        .raw("</b></a></p>");
    table::facts(scene.site, id, &hidden, pen.out);
}

/// Writes all users or teams.
pub(super) fn people(scene: &Scene<'_, '_>, whose: Personal, pen: &mut Pen<'_, '_, '_>, more: &mut Markup) {
    let id = match whose {
        Personal::Users => scene.site.user,
        Personal::Teams => scene.site.team,
    };
    let name = id.map(|id| scene.site.catalog().blueprint(id).identifier.clone());
    match scene.data(name.as_ref(), None) {
        Ok(data) if !data.entities.is_empty() => {
            table::plain(scene, &data, pen);
            data.link_all(scene, more);
        }
        _ => {
            pen.out.raw("<p class=\"empty\">There are none in this catalog.</p>");
        }
    }
}

/// Writes what a widget is and why it is not here.
pub(super) fn elsewhere(widget: &Widget, why: &'static str, pen: &mut Pen<'_, '_, '_>) {
    let kind = widget.kind.as_ref().map_or("", |kind| kind.value.as_str());
    pen.out.raw("<p class=\"empty\"><code>").text(kind).raw("</code> ").raw(why).raw(".</p>");
}

/// Writes that there is no such type of widget.
pub(super) fn unknown(widget: &Widget, pen: &mut Pen<'_, '_, '_>) {
    let kind = widget.kind.as_ref().map_or("", |kind| kind.value.as_str());
    pen.out
        .raw("<p class=\"empty\">There is no widget of the type <code>")
        .text(&clip(kind, 80))
        .raw("</code>.</p>");
}
