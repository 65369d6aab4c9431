//! The home page: what is here, what needs attention, how things are connected, who is here.

use std::collections::BTreeMap;

use minijinja::Value;

use super::frame::Area;
use super::icon::Used;
use super::markup::Markup;
use super::record::{Link, list, maybe, none, record};
use super::{
    Site, action, audit, brand, dashboard, history, initiative, link, moment, scorecards, search, team,
};
use crate::catalog::{BlueprintId, EntityRef};
use crate::diagnostic::{Rule, Severity};
use crate::model::site::SECTIONS;

/// The most changes on the page.
const MOST_CHANGES: usize = 8;

/// The most rules and teams on the page.
const MOST_RULES: usize = 5;
const MOST_TEAMS: usize = 24;

/// The most blueprints without entities that stand among the others.
const MOST_EMPTY: usize = 5;

record! {
    /// What the template of the home page reads.
    Page {
        site, frame, title, summary, icons, most_used,
        /// The text at the top, as markup, and the names of the parts below it.
        text, show,
        scorecards, trend, scorecard_count, scorecard_key, initiatives, initiative_count,
        dashboards, dashboard_count, actions, action_count, entities, attention, unowned,
        /// Blueprints with their numbers, links to those that hold nothing, and how many there are in all.
        blueprints, empty, blueprint_count,
        teams, team_count, team_page, recent, recent_count, built,
    }
}

record! {
    /// A blueprint with its numbers.
    BlueprintRow { link, description, count, owned }
}

record! {
    /// Findings of a rule.
    Finding { severity, class, count, rule, summary }
}

record! {
    /// Entities of a blueprint that nobody owns.
    Unowned { link, count, of }
}

record! {
    /// What the site was made of. Only this page says it: on every page it would make each of them new at each
    /// commit.
    BuiltPart { commit, at, shown, errors, warnings }
}

/// Returns what the home page shows.
pub(super) fn page(site: &Site<'_>) -> Value {
    let mut icons = Used::new(&site.icons);
    let shown: Vec<BlueprintId> =
        site.catalog().blueprints().map(|(id, _)| id).filter(|id| site.outline(*id).page.is_some()).collect();
    let entities = site.catalog().entity_count();
    let title = site.catalog().config().title.as_deref().unwrap_or("Developer portal");
    let summary = format!("Software catalog of {title}: {entities} entities in {} blueprints", shown.len());
    let teams = site.team.map(|team| site.catalog().entities_of(team));
    let (recent, recent_count) = recent(site);
    let (dashboards, dashboard_count) = dashboard::rows(site, &mut icons);
    let (filled, empty) = divided(site, &shown);
    Page {
        site: site.common.clone(),
        frame: site.frame("", Area::Overview),
        title: none(),
        summary: Value::from(summary),
        most_used: search::most_used(site),
        text: brand::text(site),
        show: show(site),
        scorecards: scorecards::rows(site, "", false).finish(),
        trend: Value::from(scorecards::has_trend(site)),
        scorecard_count: Value::from(site.boards.len()),
        scorecard_key: scorecards::key(site),
        initiatives: initiative::rows(site, "").finish(),
        initiative_count: Value::from(site.portal.progress.len()),
        dashboards: dashboards.finish(),
        dashboard_count: Value::from(dashboard_count),
        actions: action::first(site, &mut icons),
        action_count: Value::from(site.offers.all.len()),
        entities: Value::from(entities),
        blueprints: list(filled.iter().map(|&id| blueprint_row(site, id, &mut icons)).collect::<Vec<_>>()),
        empty: list(empty.iter().map(|&id| blueprint_link(site, id, Some(&mut icons))).collect::<Vec<_>>()),
        blueprint_count: Value::from(shown.len()),
        attention: findings(site),
        unowned: list(shown.iter().filter_map(|&id| unowned(site, id)).collect::<Vec<_>>()),
        team_count: Value::from(teams.as_ref().map_or(0, ExactSizeIterator::len)),
        teams: list(team_links(site, &mut icons)),
        team_page: maybe(team::is_any(site.catalog()).then_some(team::PATH)),
        recent: recent.finish(),
        recent_count: Value::from(recent_count),
        built: Value::from(built(site)),
        icons: icons.drawings(),
    }
    .into()
}

/// Returns the blueprints in the order of the page, those with entities first; the others apart when they are many, as in a
/// catalog that takes over the data model of every integration.
fn divided(site: &Site<'_>, shown: &[BlueprintId]) -> (Vec<BlueprintId>, Vec<BlueprintId>) {
    let (mut filled, mut empty): (Vec<_>, Vec<_>) =
        shown.iter().partition(|id| site.catalog().entities_of(**id).len() > 0);
    if filled.is_empty() || empty.len() <= MOST_EMPTY {
        filled.append(&mut empty);
    }
    (filled, empty)
}

/// Returns the names of the parts that the page has.
fn show(site: &Site<'_>) -> Value {
    let settings = &site.catalog().config().site;
    SECTIONS.iter().copied().filter(|section| settings.shows(section)).collect()
}

/// Returns links to the first teams, each with how much it owns.
fn team_links(site: &Site<'_>, icons: &mut Used<'_>) -> Vec<Link> {
    let teams = site.team.into_iter().flat_map(|team| site.catalog().entities_of(team));
    let link = |team: EntityRef<'_>| {
        let face = site.face(team.id());
        Link {
            text: Value::from(face.label()),
            id: none(),
            href: Value::from(face.path()),
            icon: Value::from(icons.add(face.icon)),
            note: Value::from(site.owners.of(team.id()).len()),
        }
    };
    teams.take(MOST_TEAMS).map(link).collect()
}

/// Returns the newest changes by day, and how many there were in the last week.
fn recent(site: &Site<'_>) -> (Markup, usize) {
    const WEEK: i64 = 7 * 24 * 60 * 60;
    let mut events = audit::events(site);
    events.retain(|event| !event.is_data(site));
    let now = site.portal.now.millis().div_euclid(1000);
    let week = events.iter().filter(|event| (now - WEEK..=now).contains(&event.seconds())).count();
    let mut out = Markup::default();
    let mut last = String::new();
    for event in events.iter().take(MOST_CHANGES) {
        let Some(moment) = moment::from_seconds(event.seconds()) else { continue };
        if moment.day != last {
            out.raw("<li class=\"day\">").text(&moment.day).raw("\n");
            last.clone_from(&moment.day);
        }
        out.raw("<li class=\"ev\">");
        match event {
            // It was at no time of the day.
            audit::Event::Turn(_) => out.raw("<span></span>"),
            _ => out.raw("<time datetime=\"").text(&moment.iso).raw("\">").text(moment.time()).raw("</time>"),
        };
        out.raw("<p>");
        event.headline(site, &mut out);
        out.raw("</p>");
        if let audit::Event::Commit(commit) = event {
            site.past.commit(&commit.id, &mut out);
        }
        out.raw("\n");
    }
    (out, week)
}

fn built(site: &Site<'_>) -> BuiltPart {
    let commit = site.commit.as_ref();
    let moment = commit.and_then(|commit| moment::from_seconds(commit.seconds));
    let found = site.portal.diagnostics.as_slice();
    let count = |severity| Value::from(found.iter().filter(|found| found.severity == severity).count());
    BuiltPart {
        commit: maybe(commit.and_then(|commit| commit.id.get(..history::SHORT))),
        at: maybe(moment.as_ref().map(|moment| moment.iso.as_str())),
        shown: maybe(moment.as_ref().map(|moment| moment.shown.as_str())),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
    }
}

/// Returns the link to the page of a blueprint.
fn blueprint_link(site: &Site<'_>, id: BlueprintId, icons: Option<&mut Used<'_>>) -> Link {
    let blueprint = site.catalog().blueprint(id);
    let outline = site.outline(id);
    let named = blueprint.label() != blueprint.identifier.value;
    Link {
        text: outline.label.clone(),
        id: if named { Value::from(blueprint.identifier.value.as_str()) } else { none() },
        href: maybe(outline.page.as_deref()),
        icon: icons.map_or_else(none, |icons| Value::from(icons.add(outline.icon))),
        note: none(),
    }
}

fn blueprint_row(site: &Site<'_>, id: BlueprintId, icons: &mut Used<'_>) -> BlueprintRow {
    let blueprint = site.catalog().blueprint(id);
    let count = site.catalog().entities_of(id).len();
    let owned = count - ownerless(site, id);
    let share = (blueprint.ownership.is_some() && count > 0).then(|| format!("{} %", owned * 100 / count));
    BlueprintRow {
        link: Value::from(blueprint_link(site, id, Some(icons))),
        description: maybe(blueprint.description.as_deref().map(|text| link::clip(text, 120).into_owned())),
        count: Value::from(count),
        owned: maybe(share),
    }
}

/// Returns how many entities of a blueprint nobody owns.
fn ownerless(site: &Site<'_>, id: BlueprintId) -> usize {
    site.catalog().entities_of(id).filter(|entity| site.graph().owners(entity.id()).is_empty()).count()
}

fn unowned(site: &Site<'_>, id: BlueprintId) -> Option<Unowned> {
    site.catalog().blueprint(id).ownership.as_ref()?;
    let count = ownerless(site, id);
    (count > 0).then(|| Unowned {
        link: Value::from(blueprint_link(site, id, None)),
        count: Value::from(count),
        of: Value::from(site.catalog().entities_of(id).len()),
    })
}

/// Returns the rules that are broken most, errors first.
fn findings(site: &Site<'_>) -> Value {
    let mut counts: BTreeMap<(Severity, Rule), usize> = BTreeMap::new();
    for diagnostic in
        site.portal.diagnostics.as_slice().iter().filter(|found| found.severity > Severity::Info)
    {
        *counts.entry((diagnostic.severity, diagnostic.rule)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|((severity, rule), count)| {
        (std::cmp::Reverse(*severity), std::cmp::Reverse(*count), *rule)
    });
    list(counts.iter().take(MOST_RULES).map(|((severity, rule), count)| Finding {
        severity: Value::from(if *count == 1 {
            severity.name().to_string()
        } else {
            format!("{}s", severity.name())
        }),
        class: Value::from(if *severity == Severity::Error { "fail" } else { "warn" }),
        count: Value::from(*count),
        rule: Value::from(rule.name()),
        summary: Value::from(rule.summary()),
    }))
}
