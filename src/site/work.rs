//! What a team has to do, as its page says it: the rules that what it owns fails, its share of initiatives, what ends
//! soon; and whom to call.
//!
//! It rests on results of much else, so that it is made before it is known whether the page is, and hashed as it is shown.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;
use xxhash_rust::xxh3::Xxh3;

use super::board::Board;
use super::graph::is_on_call;
use super::icon::Used;
use super::link;
use super::markup::Markup;
use super::record::{none, record};
use super::words::{self, counted};
use super::{Site, initiative, markdown, outline, owned, verdict, waived};
use crate::catalog::{EntityId, EntityRef};
use crate::known::Outcome;
use crate::model::instant::Instant;
use crate::score;

/// The most rules, entities named of a rule, and things that end.
const MOST_RULES: usize = 8;
const MOST_ENTITIES: usize = 3;
const MOST_ENDS: usize = 8;

record! {
    /// What the template reads; all but the counts and the icon is markup.
    ToDo { rules, rule_count, rule_more, initiatives, ends, ends_more, on_call, icon }
}

/// What there is to do for a team.
#[derive(Debug, Default)]
pub(super) struct Work {
    is_team: bool,
    rules: Markup,
    rule_count: usize,
    initiatives: Markup,
    ends: Markup,
    end_count: usize,
    on_call: Markup,
}

/// A rule that something of a team's fails.
struct Open<'a, 's> {
    board: &'a Board<'s>,
    rule: usize,
    /// Of how many it is asked.
    of: usize,
    /// Those that fail it, or of which it cannot be said.
    entities: Vec<EntityId>,
}

impl Work {
    /// Returns what a team has to do, for a page whose links start with `root`; nothing for what is no team.
    pub(super) fn of(site: &Site<'_>, team: EntityRef<'_>, root: &'static str) -> Self {
        let mut work = Self { is_team: site.team == Some(team.blueprint_id()), ..Self::default() };
        if work.is_team {
            let open = open(site, team.id());
            work.rule_count = open.len();
            for rule in open.iter().take(MOST_RULES) {
                self::rule(site, team, rule, root, &mut work.rules);
            }
            initiatives(site, team.id(), root, &mut work.initiatives);
            let ends = ends(site, team.id(), root);
            work.end_count = ends.len();
            for (.., item) in ends.iter().take(MOST_ENDS) {
                work.ends.append(item);
            }
            on_call(site, team, root, &mut work.on_call);
        }
        work
    }

    /// Returns a hash of it, joined with `others`.
    pub(super) fn hash(&self, others: u64) -> u64 {
        if !self.is_team {
            return others;
        }
        let mut hasher = Xxh3::new();
        for number in [others, self.rule_count as u64, self.end_count as u64] {
            hasher.update(&number.to_le_bytes());
        }
        for part in [&self.rules, &self.initiatives, &self.ends, &self.on_call] {
            part.hash(&mut hasher);
        }
        hasher.digest()
    }

    /// Returns it for the template.
    pub(super) fn finish(self, icons: &mut Used<'_>) -> Value {
        if !self.is_team {
            return none();
        }
        ToDo {
            rules: self.rules.finish(),
            rule_count: Value::from(counted(self.rule_count, "rule", "rules")),
            rule_more: Value::from(self.rule_count.saturating_sub(MOST_RULES)),
            initiatives: self.initiatives.finish(),
            ends: self.ends.finish(),
            ends_more: Value::from(self.end_count.saturating_sub(MOST_ENDS)),
            icon: if self.on_call.is_empty() { none() } else { Value::from(icons.add_drawn("user")) },
            on_call: self.on_call.finish(),
        }
        .into()
    }
}

/// Returns the rules in force that something of a team's fails, those that most of it fails first.
fn open<'a, 's>(site: &'a Site<'s>, team: EntityId) -> Vec<Open<'a, 's>> {
    let mut open: BTreeMap<(usize, usize), Open<'a, 's>> = BTreeMap::new();
    for &(_, id) in site.owners.of(team) {
        for &number in site.boards_of(site.catalog().entity(id).blueprint_id()) {
            let board = &site.boards[number];
            let Some(standing) = board.card.standing(id) else { continue };
            for (rule, _) in board.rules().filter(|(_, rule)| rule.counts()) {
                let new = || Open { board, rule, of: 0, entities: Vec::new() };
                let open = open.entry((number, rule)).or_insert_with(new);
                open.of += 1;
                if matches!(standing.outcomes[rule], Outcome::Failed | Outcome::Unknown) {
                    open.entities.push(id);
                }
            }
        }
    }
    let mut open: Vec<Open<'a, 's>> = open.into_values().filter(|open| !open.entities.is_empty()).collect();
    // Of equals, those of lower levels, which hold back more.
    let level = |open: &Open<'_, '_>| open.board.card.rules[open.rule].level;
    open.sort_by_key(|open| (std::cmp::Reverse(open.entities.len()), level(open)));
    open
}

fn rule(site: &Site<'_>, team: EntityRef<'_>, open: &Open<'_, '_>, root: &'static str, out: &mut Markup) {
    let (board, rule) = (open.board, &open.board.scorecard.rules[open.rule]);
    out.raw("<tr><th><a href=\"").raw(root).text(&board.path()).raw("#rule-").number(open.rule + 1);
    out.raw("\"><b>").text(rule.label()).raw("</b></a> <small>").text(&board.card.title).raw("</small>");
    let help = rule.how_to_fix.as_ref().or(rule.description.as_ref());
    if let Some(help) = help.filter(|text| !text.trim().is_empty()) {
        out.raw("<details><summary>What to do</summary><div class=\"prose\">");
        out.append(&markdown::markup(help)).raw("</div></details>");
    }
    out.raw("<td class=\"hi\">");
    if let Some(level) = board.card.rules[open.rule].level {
        board.write_level(level, out);
    }
    let (passed, all) = ((open.of - open.entities.len()) * 100 / open.of, board.tallies[open.rule].percent());
    let is_behind = all.is_some_and(|all| all > passed);
    out.raw(if is_behind { "<td class=\"n p2 fail\">" } else { "<td class=\"n p2\">" }).number(passed);
    out.raw(" %<td class=\"n p2 dim\">").number(all.unwrap_or_default()).raw(" %");
    // The table groups by level, the lowest first: it has no column for a rule.
    let blueprint = board.card.blueprint;
    let column = format!("scorecard#{}", board.scorecard.identifier.value);
    let more = [("sort", column.clone()), ("group", column)];
    out.raw("<td class=\"n hi\">");
    match owned::list_of(site, team, blueprint, &more, root) {
        Some(href) => out.raw("<a href=\"").text(&href).raw("\">").number(open.entities.len()).raw("</a>"),
        None => out.number(open.entities.len()),
    };
    out.raw(" <small>of ").number(open.of).raw("</small><td><span>");
    for (at, &entity) in open.entities.iter().take(MOST_ENTITIES).enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        site.face(entity).begin(root, out).raw("#score\">").text(site.face(entity).label()).raw("</a>");
    }
    let more = open.entities.len().saturating_sub(MOST_ENTITIES);
    if more > 0 {
        out.raw(" <small>and ").number(more).raw(" more</small>");
    }
    out.raw("</span>\n");
}

/// Writes the team's share of each initiative that something of its takes part in, those with most left first.
fn initiatives(site: &Site<'_>, team: EntityId, root: &'static str, out: &mut Markup) {
    let owned = site.owners.of(team);
    let is_own = |entity: EntityId| owned.binary_search(&(team, entity)).is_ok();
    let mut shares = Vec::new();
    for progress in &site.portal.progress {
        let own = || progress.participants.iter().filter(|participant| is_own(participant.entity));
        let (total, open) = (own().count(), own().filter(|one| !one.missing.is_empty()).count());
        if total > 0 {
            shares.push((open, total, progress));
        }
    }
    shares.sort_by_key(|(open, ..)| std::cmp::Reverse(*open));
    for (open, total, progress) in shares {
        let label = initiative::definition(site, progress).value.label();
        out.raw("<li><div class=\"row\"><a href=\"").raw(root).text(&initiative::path(site, progress));
        out.raw("\"><b>").text(label).raw("</b></a>");
        match open {
            0 => out.raw("<small class=\"pass\">done</small>"),
            _ => out.raw("<small class=\"fail\">").number(open).raw(" left</small>"),
        };
        out.raw("</div>");
        initiative::bar(label, (total - open) * 100 / total, out);
        out.raw("<div class=\"row\"><small>").number(total - open).raw(" of ");
        out.text(&counted(total, "entity", "entities")).raw("</small><small>");
        if open > 0 {
            initiative::due(site, progress, out);
        }
        out.raw("</small></div>\n");
    }
}

/// Returns what of a team's ends within a month, or has ended, as items of a list: what an action created, what has a timer,
/// waivers. The first to end comes first.
fn ends(site: &Site<'_>, team: EntityId, root: &'static str) -> Vec<(Instant, usize, Markup)> {
    let mut ends = Vec::new();
    let mut waivers: BTreeMap<usize, BTreeSet<EntityId>> = BTreeMap::new();
    for &(_, id) in site.owners.of(team) {
        let entity = site.catalog().entity(id);
        if let Some(end) = end(site, entity).filter(|end| waived::is_soon(site, *end)) {
            let mut out = Markup::default();
            out.raw("<li class=\"row\"><span>");
            site.face(id)
                .link(root, &mut out)
                .raw(" <small>")
                .text(site.face(id).kind)
                .raw("</small></span>");
            self::when(site, end, end, &mut out);
            ends.push((end, ends.len(), out));
        }
        for &number in site.boards_of(entity.blueprint_id()) {
            for waiver in waived(site, &site.boards[number], id) {
                waivers.entry(waiver).or_default().insert(id);
            }
        }
    }
    for (number, entities) in waivers {
        let waiver = &site.catalog().waivers()[number].value;
        let (Some(end), Some(day)) = (score::expiry(waiver), verdict::last_day(waiver)) else { continue };
        if waived::is_soon(site, end) {
            let mut out = Markup::default();
            out.raw("<li class=\"row\"><span>").text(waiver.label()).raw(" <small>waiver for ");
            match entities.first().filter(|_| entities.len() == 1) {
                Some(&one) => site.face(one).link(root, &mut out),
                None => out.text(&counted(entities.len(), "entity", "entities")),
            };
            out.raw("</small></span>");
            self::when(site, end, day, &mut out);
            ends.push((end, ends.len(), out));
        }
    }
    ends.sort_by_key(|(end, at, _)| (*end, *at));
    ends
}

fn when(site: &Site<'_>, end: Instant, day: Instant, out: &mut Markup) {
    out.raw(if end <= site.portal.now {
        "<small class=\"fail\">ended "
    } else {
        "<small class=\"warn\">ends "
    });
    words::day(day, out);
    out.raw("</small>\n");
}

/// Returns when an entity ends: as a timer of its says, else as the run says that created it.
fn end(site: &Site<'_>, entity: EntityRef<'_>) -> Option<Instant> {
    let properties = entity.blueprint().properties.iter();
    let timers = properties.filter(|property| outline::format(property) == Some("timer"));
    let timer = |name: &str| Instant::parse(entity.property(name)?.as_str()?);
    let timer = timers.filter_map(|property| timer(&property.identifier.value)).min();
    timer.or_else(|| site.lifetimes.of(entity.id()))
}

/// Returns the numbers of the waivers that excuse an entity in a scorecard.
fn waived(site: &Site<'_>, board: &Board<'_>, id: EntityId) -> Vec<usize> {
    let Some(standing) = board.card.standing(id) else { return Vec::new() };
    let portal = site.portal;
    let rules = standing.outcomes.iter().enumerate().filter(|(_, outcome)| **outcome == Outcome::Waived);
    let waiver = |(rule, _)| portal.standards.waiver(portal.known(), board.card.scorecard, rule, id);
    rules.filter_map(waiver).collect()
}

/// Writes whom to call: what a relation called so leads to, else a text; addresses are among the team's others already.
fn on_call(site: &Site<'_>, team: EntityRef<'_>, root: &'static str, out: &mut Markup) {
    let blueprint = team.blueprint();
    let relation = blueprint.relations.iter().position(|relation| is_on_call(&relation.identifier.value));
    let edges = site.graph().outgoing(team.id()).iter();
    for edge in edges.filter(|edge| relation == Some(edge.relation as usize)) {
        out.raw(if out.is_empty() { "" } else { ", " });
        site.face(edge.to).link(root, out);
    }
    let names = blueprint.properties.iter().map(|property| &property.identifier.value);
    let mut texts = names.filter(|name| is_on_call(name)).filter_map(|name| team.property(name)?.as_str());
    if let (true, Some(text)) = (out.is_empty(), texts.next())
        && link::outside(text).or_else(|| link::mail(text)).is_none()
    {
        out.text(&link::clip(text, 80));
    }
}

#[cfg(test)]
mod tests;
