//! The health of the catalog: what `portal validate` finds, facts that are stale, what is connected to nothing or owned by
//! nobody, what ends soon, and what this site was made from.

use std::collections::BTreeMap;

use minijinja::Value;

use super::audit;
use super::frame::Area;
use super::history::{self, SHORT};
use super::markup::Markup;
use super::record::{Link, list, maybe, none, record};
use super::words;
use super::{Site, moment, verdict, waived};
use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::model::instant::Instant;
use crate::score;

/// The path of the page.
pub(super) const PATH: &str = "health.html";

/// The most places of a rule, entities of a blueprint, and rows of a table.
const MOST_PLACES: usize = 5;
const MOST_ENTITIES: usize = 8;
const MOST_ROWS: usize = 50;

record! {
    /// What the template of the page reads; `findings`, `facts`, `waivers`, `overdue` and `note` are markup.
    Page {
        site, frame, title, summary, icons,
        errors, warnings, notes, findings, rules, facts, stale, orphans, orphan_count, unowned, unowned_count,
        waivers, waiver_count, overdue, overdue_count,
        commit, changed, note, entities, files, read, sweep,
    }
}

record! {
    /// Entities of a blueprint: how many of how many, and the first of them as markup.
    Group { link, count, of, entities, more }
}

/// Returns what the page shows.
pub(super) fn page(site: &Site<'_>) -> Value {
    let found = &site.portal.diagnostics;
    let count = |severity| Value::from(found.count(severity));
    let (facts, stale) = facts(site);
    let (waivers, waiver_count) = waivers(site);
    let (overdue, overdue_count) = overdue(site);
    let by_rule = by_rule(site);
    let is_orphan = |entity: &EntityRef<'_>| {
        let id = entity.id();
        site.graph().outgoing(id).is_empty()
            && site.graph().incoming(id).len() == 0
            && site.owners.of(id).is_empty()
            && site.graph().owners(id).is_empty()
    };
    let (orphans, orphan_count) = groups(site, |_| true, is_orphan);
    let has_owners = |id: BlueprintId| site.catalog().blueprint(id).ownership.is_some();
    let (unowned, unowned_count) =
        groups(site, has_owners, |entity| site.graph().owners(entity.id()).is_empty());
    let timeline = &site.past.timeline;
    Page {
        site: site.common.clone(),
        frame: site.frame("", Area::Nowhere),
        title: Value::from("Health"),
        summary: Value::from("What is wrong, stale, unowned or about to end in the catalog"),
        icons: none(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Info),
        rules: Value::from(by_rule.len()),
        findings: findings(site, &by_rule).finish(),
        facts: facts.finish(),
        stale: Value::from(stale),
        orphans,
        orphan_count: Value::from(orphan_count),
        unowned,
        unowned_count: Value::from(unowned_count),
        waivers: waivers.finish(),
        waiver_count: Value::from(waiver_count),
        overdue: overdue.finish(),
        overdue_count: Value::from(overdue_count),
        commit: built(site),
        changed: last_change(site),
        note: audit::note(site).finish(),
        entities: Value::from(site.catalog().entity_count()),
        files: Value::from(site.portal.files),
        read: Value::from(timeline.read),
        sweep: sweep(site),
    }
    .into()
}

/// Returns the findings by rule: errors first, then those of which there are most.
fn by_rule<'a>(site: &'a Site<'_>) -> Vec<((Severity, Rule), Vec<&'a Diagnostic>)> {
    let mut rules: BTreeMap<(Severity, Rule), Vec<&Diagnostic>> = BTreeMap::new();
    for finding in site.portal.diagnostics.as_slice() {
        rules.entry((finding.severity, finding.rule)).or_default().push(finding);
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|((severity, rule), found)| {
        (std::cmp::Reverse(*severity), std::cmp::Reverse(found.len()), *rule)
    });
    rules
}

fn findings(site: &Site<'_>, rules: &[((Severity, Rule), Vec<&Diagnostic>)]) -> Markup {
    let mut out = Markup::default();
    for ((severity, rule), found) in rules {
        let class = match severity {
            Severity::Error => "fail",
            Severity::Warning => "warn",
            Severity::Info => "dim",
        };
        out.raw("<tr id=\"")
            .raw(rule.name())
            .raw("\"><th><b class=\"")
            .raw(class)
            .raw("\">")
            .number(found.len());
        out.raw(" ").raw(severity.name()).raw(if found.len() == 1 { "" } else { "s" });
        out.raw("</b> <span class=\"id\">").raw(rule.name()).raw("</span><br>");
        words::coded(rule.summary(), &mut out);
        out.raw("<td><ul class=\"did\">");
        for finding in found.iter().take(MOST_PLACES) {
            out.raw("<li>");
            words::coded(&finding.message, &mut out);
            out.raw(" <small>");
            words::place(site, finding.primary.span, &mut out);
            out.raw("</small>");
        }
        out.raw("</ul>");
        if found.len() > MOST_PLACES {
            out.raw("<small>and ")
                .number(found.len() - MOST_PLACES)
                .raw(" more: <code>portal validate --select ");
            out.raw(rule.name()).raw("</code></small>");
        }
        out.raw("\n");
    }
    out
}

/// What integrations say, and how old it is.
#[derive(Default)]
struct Said {
    facts: usize,
    stale: usize,
    newest: Option<Instant>,
    oldest: Option<Instant>,
    max_age: Option<String>,
}

/// Returns the integrations as rows, and how many facts are stale.
fn facts(site: &Site<'_>) -> (Markup, usize) {
    let catalog = site.catalog();
    let mut said: Vec<Said> = catalog.integrations().iter().map(|_| Said::default()).collect();
    for entity in catalog.entities() {
        for property in &entity.blueprint().properties {
            let name = &property.identifier.value;
            if !catalog.is_fact(entity.blueprint_id(), name) {
                continue;
            }
            let Some(fact) = entity.fact(name) else { continue };
            let number =
                catalog.integrations().iter().position(|known| std::ptr::eq(known, fact.integration));
            let Some(said) = number.and_then(|number| said.get_mut(number)) else { continue };
            said.facts += 1;
            said.max_age = fact.max_age.map(crate::model::instant::Age::shown).or(said.max_age.take());
            if let Some(as_of) = fact.as_of {
                said.newest = said.newest.max(Some(as_of));
                said.oldest = Some(said.oldest.map_or(as_of, |oldest| oldest.min(as_of)));
                let is_stale = fact.max_age.is_some_and(|age| as_of.after(age) < site.portal.now);
                said.stale += usize::from(is_stale);
            }
        }
    }
    let mut out = Markup::default();
    for (definition, said) in catalog.integrations().iter().zip(&said) {
        let value = &definition.value;
        let place = catalog.node(definition.place).span();
        out.raw("<tr><th><b>");
        let title = value.title.as_deref().or(value.identifier.as_ref().map(|name| name.value.as_str()));
        match title {
            Some(title) => out.text(title),
            None => out.text(site.place_at(place).0),
        };
        out.raw("</b><td class=\"n\">").number(said.facts).raw("<td class=\"nw\">");
        if let Some(newest) = said.newest {
            words::day(newest, &mut out);
        }
        out.raw("<td class=\"p2 nw\">");
        if let Some(oldest) = said.oldest {
            words::day(oldest, &mut out);
        }
        out.raw("<td class=\"p2\">")
            .text(said.max_age.as_deref().unwrap_or_default())
            .raw("<td class=\"hi\">");
        match (said.stale, said.facts) {
            (0, 0) => out.raw("<span class=\"dim\">says nothing</span>"),
            (0, _) if said.max_age.is_none() => out.raw("<span class=\"dim\">no limit</span>"),
            (0, _) => out.raw("<span class=\"st pass\">fresh</span>"),
            (stale, _) => out.raw("<span class=\"st warn\">").number(stale).raw(" stale</span>"),
        };
        out.raw("<td class=\"p3\">");
        words::place(site, place, &mut out);
        out.raw("\n");
    }
    (out, said.iter().map(|said| said.stale).sum())
}

/// Returns the entities for which `is_one` holds, by blueprint, and how many there are.
fn groups(
    site: &Site<'_>,
    is_asked: impl Fn(BlueprintId) -> bool,
    is_one: impl Fn(&EntityRef<'_>) -> bool,
) -> (Value, usize) {
    let mut total = 0;
    let mut groups = Vec::new();
    for (id, blueprint) in site.catalog().blueprints().filter(|(id, _)| is_asked(*id)) {
        let all = site.catalog().entities_of(id);
        let of = all.len();
        let found: Vec<EntityId> = all.filter(|entity| is_one(entity)).map(EntityRef::id).collect();
        if found.is_empty() {
            continue;
        }
        total += found.len();
        let mut out = Markup::default();
        for (at, &entity) in found.iter().take(MOST_ENTITIES).enumerate() {
            out.raw(if at > 0 { ", " } else { "" });
            site.face(entity).link("", &mut out);
        }
        groups.push(Group {
            link: Value::from(Link {
                text: Value::from(blueprint.label()),
                id: none(),
                href: maybe(site.outline(id).page.as_deref()),
                icon: none(),
                note: none(),
            }),
            count: Value::from(found.len()),
            of: Value::from(of),
            entities: out.finish(),
            more: Value::from(found.len().saturating_sub(MOST_ENTITIES)),
        });
    }
    (list(groups), total)
}

/// Returns the waivers that have ended or end within a month, the first to end first, and how many there are.
fn waivers(site: &Site<'_>) -> (Markup, usize) {
    let catalog = site.catalog();
    let all = catalog.waivers().iter();
    let ends = all.filter_map(|definition| Some((score::expiry(&definition.value)?, definition)));
    let mut soon: Vec<_> = ends.filter(|(end, _)| waived::is_soon(site, *end)).collect();
    soon.sort_by_key(|(end, _)| *end);
    let mut out = Markup::default();
    for (end, definition) in soon.iter().take(MOST_ROWS) {
        let waiver = &definition.value;
        out.raw("<tr><th><b>").text(waiver.label()).raw("</b><td>");
        out.text(waiver.reason.as_deref().unwrap_or_default().trim()).raw("<td class=\"p2\">");
        if let Some(approver) = &waiver.approver {
            words::person(site, &approver.value, "", &mut out);
        }
        out.raw("<td class=\"hi nw ").raw(if *end > site.portal.now {
            "warn\">ends "
        } else {
            "fail\">ended "
        });
        if let Some(day) = verdict::last_day(waiver) {
            words::day(day, &mut out);
        }
        out.raw("<td class=\"p3\">");
        words::place(site, catalog.node(definition.place).span(), &mut out);
        out.raw("\n");
    }
    (out, soon.len())
}

/// Returns the entities whose time is over, as the runs that created them say, and how many there are.
fn overdue(site: &Site<'_>) -> (Markup, usize) {
    let mut late: Vec<(Instant, EntityId)> =
        site.lifetimes.all().map(|(entity, expiry)| (expiry, entity)).collect();
    late.retain(|(expiry, _)| *expiry <= site.portal.now);
    late.sort_unstable();
    let mut out = Markup::default();
    for (expiry, entity) in late.iter().take(MOST_ROWS) {
        out.raw("<li class=\"row\"><span>");
        site.face(*entity).link("", &mut out);
        out.raw(" <small>")
            .text(site.face(*entity).kind)
            .raw("</small></span><small class=\"fail\">expired ");
        words::day(*expiry, &mut out);
        out.raw("</small>\n");
    }
    (out, late.len())
}

/// Returns the commit that the site was made from.
fn built(site: &Site<'_>) -> Value {
    let Some(commit) = &site.commit else { return none() };
    let mut out = Markup::default();
    site.past.commit(&commit.id, &mut out);
    if let Some(moment) = moment::from_seconds(commit.seconds) {
        out.raw(" of <time datetime=\"").text(&moment.iso).raw("\">").text(&moment.shown).raw("</time>");
    }
    out.finish()
}

/// Returns the newest change of the catalog.
fn last_change(site: &Site<'_>) -> Value {
    let timeline = &site.past.timeline;
    let Some(commit) = timeline.commits.iter().find(|commit| !timeline.is_data(commit)) else {
        return none();
    };
    let mut out = Markup::default();
    out.raw("<a href=\"").raw(audit::PATH).raw("#c-").text(commit.id.get(..SHORT * 2).unwrap_or_default());
    out.raw("\">").text(&commit.subject).raw("</a> <small>");
    history::day(commit.seconds, &mut out);
    out.raw(", ");
    history::persons(site, commit.authors.first(), "", &mut out);
    out.raw("</small>");
    out.finish()
}

/// Returns when portal itself ran last to remove what had expired: the newest run that nobody asked for.
fn sweep(site: &Site<'_>) -> Value {
    let own = site.runs.iter().filter(|run| run.by.is_none());
    let Some(run) = own.max_by(|a, b| a.at.cmp(&b.at)) else { return none() };
    let Some(moment) = moment::read(&run.at) else { return none() };
    let mut out = Markup::default();
    out.raw("<time datetime=\"").text(&moment.iso).raw("\">").text(&moment.shown).raw("</time>");
    out.raw(" <small>").text(&run.action).raw("</small>");
    out.finish()
}
