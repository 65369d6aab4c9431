//! The page of all actions: by the blueprint that they are about, and the automations below.

use minijinja::Value;

use super::grant::{self, Detail};
use super::{Offer, ROOT, api, automation, rules};
use crate::catalog::{BlueprintId, EntityRef};
use crate::model::action::trigger::Operation;
use crate::site::address::{ACTIONS, encode};
use crate::site::frame::Area;
use crate::site::icon::{Icon, Used};
use crate::site::link::clip;
use crate::site::markup::Markup;
use crate::site::record::{maybe, none, record};
use crate::site::words::counted;
use crate::site::{Site, markdown};

/// The longest description in a list.
const LONGEST: usize = 140;

/// The most actions of a list on the page of something else.
const MOST: usize = 12;

record! {
    /// What the template of all actions reads; rows are markup.
    Page { site, frame, title, summary, icons, count, drafts, rows, automations, automation_count, automation_drafts, json }
}

/// Returns the path of the page.
pub(in crate::site) fn path() -> String {
    format!("{ACTIONS}/index.html")
}

/// Returns what the page shows.
pub(in crate::site) fn page(site: &Site<'_>) -> Value {
    let mut icons = Used::new(&site.icons);
    let count = site.offers.all.len();
    let automations = automation::published(site).count();
    let rows = rows(site, &mut icons);
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Actions),
        title: Value::from("Actions"),
        summary: Value::from(format!("What can be asked for: {}", counted(count, "action", "actions"))),
        count: Value::from(count),
        drafts: Value::from(site.offers.drafts),
        rows: rows.finish(),
        automations: automation::rows(site).finish(),
        automation_count: Value::from(automations),
        automation_drafts: Value::from(site.catalog().automations().len() - automations),
        json: if count > 0 { Value::from(format!("{ROOT}{}", api::LIST)) } else { none() },
        icons: icons.drawings(),
    }
    .into()
}

/// Returns the rows of all actions, with a heading for each blueprint.
fn rows(site: &Site<'_>, icons: &mut Used<'_>) -> Markup {
    let mut out = Markup::default();
    for (id, _) in site.catalog().blueprints() {
        let offers: Vec<&Offer<'_>> = site.offers.of(id).collect();
        group(site, Some(id), offers, icons, &mut out);
    }
    let free = site.offers.all.iter().filter(|offer| offer.blueprint.is_none()).collect();
    group(site, None, free, icons, &mut out);
    out
}

fn group(
    site: &Site<'_>,
    blueprint: Option<BlueprintId>,
    mut offers: Vec<&Offer<'_>>,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    if offers.is_empty() {
        return;
    }
    out.raw("<tr class=\"grp\"><th colspan=\"5\">");
    match blueprint {
        Some(id) => {
            let blueprint = site.catalog().blueprint(id);
            super::blueprint(site, &blueprint.identifier.value, out);
        }
        None => {
            out.raw("Without a blueprint");
        }
    }
    out.raw(" <small>").number(offers.len()).raw("</small>\n");
    // What begins something, what changes it, what ends it.
    offers.sort_by_key(|offer| rank(offer));
    for offer in offers {
        row(site, offer, icons, out);
    }
}

fn rank(offer: &Offer<'_>) -> u8 {
    match offer.operation() {
        Some(Operation::Create) => 0,
        Some(Operation::Day2) => 1,
        Some(Operation::Delete) => 2,
        None => 3,
    }
}

fn row(site: &Site<'_>, offer: &Offer<'_>, icons: &mut Used<'_>, out: &mut Markup) {
    out.raw("<tr><th>");
    named(site, offer, ROOT, None, icons, out);
    out.raw("<td class=\"dim p2\">");
    if let Some(description) = &offer.action.description {
        out.text(&clip(&markdown::first(description), LONGEST));
    }
    out.raw("<td class=\"p2\"><span>");
    match &offer.action.permissions.execute {
        Some(grant) => grant::write(site, grant, Detail::Short, ROOT, out),
        None => {
            out.raw("every member");
        }
    }
    out.raw("</span><td class=\"dim p3\">");
    rules::marks(offer, out);
    out.raw("<td class=\"hi n\">");
    rules::tag(offer, out);
    out.raw("\n");
}

/// Writes the link to an action with its icon, for a page whose links start with `root`; `entity` is what it is asked
/// for.
fn named(
    site: &Site<'_>,
    offer: &Offer<'_>,
    root: &'static str,
    entity: Option<&str>,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    out.raw("<a class=\"k\" href=\"").raw(root).text(&offer.path());
    if let Some(entity) = entity {
        out.raw("?entity=").text(&encode(entity));
    }
    let icon = icons.add(icon(site, offer));
    out.raw("\"><svg aria-hidden=\"true\"><use href=\"#").raw(icon).raw("\"/></svg><b>");
    out.text(offer.action.label()).raw("</b></a>");
}

/// Writes the link to the action of that identifier, with what it does; `false` when it is not offered.
pub(in crate::site) fn item(
    site: &Site<'_>,
    identifier: &str,
    root: &'static str,
    icons: &mut Used<'_>,
    out: &mut Markup,
) -> bool {
    let Some(offer) = site.offers.all.iter().find(|offer| offer.identifier() == identifier) else {
        return false;
    };
    named(site, offer, root, None, icons, out);
    if let Some(text) = &offer.action.description {
        out.raw("<small>").text(&clip(&markdown::first(text), LONGEST)).raw("</small>");
    }
    true
}

/// Returns the icon of an action: its own, else the one of all actions.
fn icon(site: &Site<'_>, offer: &Offer<'_>) -> Icon {
    match &offer.action.icon {
        Some(name) => site.icons.find(Some(&name.value)),
        None => site.icons.drawn("action"),
    }
}

record! {
    /// The actions that a page about something else offers: items of a list as markup, and how many there are besides.
    Offered { items, more, href }
}

/// Returns the actions that can be asked for about an entity, for its page; nothing when there are none. Call it inside
/// [`on_deep_stack`](crate::jq::on_deep_stack).
pub(in crate::site) fn about(site: &Site<'_>, entity: EntityRef<'_>, icons: &mut Used<'_>) -> Value {
    let offers: Vec<(&Offer<'_>, bool)> = site.offers.about(site.portal, entity).collect();
    if offers.is_empty() {
        return none();
    }
    let mut out = Markup::default();
    for &(offer, personal) in offers.iter().take(MOST) {
        out.raw("<li>");
        named(site, offer, ROOT, Some(entity.identifier()), icons, &mut out);
        note(offer, personal, &mut out);
        out.raw("\n");
    }
    Offered {
        items: out.finish(),
        more: Value::from(offers.len().saturating_sub(MOST)),
        href: Value::from(format!("{ROOT}{}", path())),
    }
    .into()
}

/// Writes what one should know before one opens the page of an action.
fn note(offer: &Offer<'_>, personal: bool, out: &mut Markup) {
    let approval = &offer.action.approval;
    let parts = [
        (offer.operation() == Some(Operation::Delete), "deletes it"),
        (approval.quorum.is_some() && approval.when.is_none(), "needs approval"),
        (approval.quorum.is_some() && approval.when.is_some(), "may need approval"),
        (personal, "depends on who asks"),
    ];
    let mut first = true;
    for (_, words) in parts.iter().filter(|(holds, _)| *holds) {
        out.raw(if first { "<small>" } else { ", " }).raw(words);
        first = false;
    }
    out.raw(if first { "" } else { "</small>" });
}

/// Returns the actions that create an entity of a blueprint, as buttons for its page.
pub(in crate::site) fn creating(site: &Site<'_>, id: BlueprintId, icons: &mut Used<'_>) -> Value {
    let mut out = Markup::default();
    for offer in site.offers.creating(id).take(MOST) {
        let icon = icons.add(icon(site, offer));
        out.raw("<a class=\"btn\" href=\"").raw(ROOT).text(&offer.path());
        out.raw("\"><svg aria-hidden=\"true\"><use href=\"#").raw(icon).raw("\"/></svg>");
        out.text(offer.action.label()).raw("</a>");
    }
    out.finish()
}

/// Returns the first actions as items of a list for the home page: those that begin something first.
pub(in crate::site) fn first(site: &Site<'_>, icons: &mut Used<'_>) -> Value {
    let mut offers: Vec<&Offer<'_>> = site.offers.all.iter().collect();
    offers.sort_by_key(|offer| rank(offer));
    let mut out = Markup::default();
    for offer in offers.into_iter().take(MOST) {
        out.raw("<li class=\"row\">");
        named(site, offer, "", None, icons, &mut out);
        out.raw("\n");
    }
    maybe((!out.is_empty()).then(|| out.finish()))
}
