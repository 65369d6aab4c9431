//! Waivers of a scorecard that are in force, the first to end first.

use super::board::Board;
use super::markup::Markup;
use super::{Site, link, verdict, words};
use crate::catalog::Definition;
use crate::model::instant::{Age, Instant};
use crate::model::waiver::Waiver;
use crate::score;

/// The most entities of a waiver that are named.
const MOST_ENTITIES: usize = 8;

/// How many days before its end a waiver is marked.
const SOON: i64 = 30;

/// A waiver in force, and when it no longer is.
pub(super) struct InForce<'a> {
    pub(super) definition: &'a Definition<Waiver>,
    pub(super) end: Instant,
}

impl InForce<'_> {
    /// Returns whether it ends within a month.
    pub(super) fn ends_soon(&self, site: &Site<'_>) -> bool {
        is_soon(site, self.end)
    }
}

/// Returns whether something ends within a month, or has ended.
pub(super) fn is_soon(site: &Site<'_>, end: Instant) -> bool {
    end <= site.portal.now.after(Age::days(SOON))
}

/// Returns the waivers of a scorecard that are in force.
pub(super) fn of<'a>(site: &Site<'a>, board: &Board<'_>) -> Vec<InForce<'a>> {
    let catalog = site.catalog();
    let blueprint = &catalog.blueprint(board.card.blueprint).identifier.value;
    let meant = |waiver: &Waiver| {
        let scorecard = waiver.scorecard.as_ref().is_some_and(|name| name.value == board.card.identifier);
        scorecard && waiver.blueprint.as_ref().is_none_or(|name| name.value == *blueprint)
    };
    let mut all: Vec<InForce<'a>> = catalog
        .waivers()
        .iter()
        .filter(|definition| meant(&definition.value))
        .filter_map(|definition| Some(InForce { definition, end: score::expiry(&definition.value)? }))
        .filter(|waiver| waiver.end > site.portal.now)
        .collect();
    all.sort_by_key(|waiver| waiver.end);
    all
}

/// Returns rows for a table.
pub(super) fn rows(
    site: &Site<'_>,
    board: &Board<'_>,
    waivers: &[InForce<'_>],
    root: &'static str,
) -> Markup {
    let mut out = Markup::default();
    for waiver in waivers {
        row(site, board, waiver, root, &mut out);
    }
    out
}

fn row(site: &Site<'_>, board: &Board<'_>, in_force: &InForce<'_>, root: &'static str, out: &mut Markup) {
    let waiver = &in_force.definition.value;
    out.raw("<tr><th>");
    let rules: Vec<&str> = waiver
        .rules
        .iter()
        .map(|name| {
            let at = board.card.find_rule(&name.value);
            at.map_or(name.value.as_str(), |at| board.card.rules[at].title.as_str())
        })
        .collect();
    out.text(&rules.join(", ")).raw("<td>");
    entities(site, board, waiver, root, out);
    out.raw("<td>").text(waiver.reason.as_deref().unwrap_or_default().trim()).raw("<td class=\"p2\">");
    if let Some(approver) = &waiver.approver {
        words::person(site, &approver.value, root, out);
    }
    out.raw("<td class=\"hi nw");
    out.raw(if in_force.ends_soon(site) { " warn\">" } else { "\">" });
    if let Some(day) = verdict::last_day(waiver) {
        out.raw("until ");
        words::day(day, out);
    }
    out.raw("<td class=\"p3\">");
    words::place(site, site.catalog().node(in_force.definition.place).span(), out);
    out.raw("\n");
}

/// Writes whom a waiver is for.
fn entities(site: &Site<'_>, board: &Board<'_>, waiver: &Waiver, root: &'static str, out: &mut Markup) {
    for (at, name) in waiver.entities.iter().take(MOST_ENTITIES).enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        match site.catalog().find_entity(board.card.blueprint, &name.value) {
            Some(id) => site.face(id).link(root, out),
            None => out.text(&link::clip(&name.value, 60)),
        };
    }
    let more = waiver.entities.len().saturating_sub(MOST_ENTITIES);
    if more > 0 {
        out.raw(" and ").number(more).raw(" more");
    }
    if waiver.filter.is_some() {
        out.raw(if waiver.entities.is_empty() {
            "those that its filter finds"
        } else {
            ", and others by a filter"
        });
    }
}
