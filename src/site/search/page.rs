//! The page of results, which leads on without a script, too; and what browsers and programs read to search here.

use minijinja::Value;

use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::output::{Output, Rank};
use crate::site::frame::Area;
use crate::site::icon::Used;
use crate::site::link::clip;
use crate::site::markup::Markup;
use crate::site::record::{maybe, none, record};
use crate::site::{Error, Site, action};

/// The path of the page.
pub(in crate::site) const PATH: &str = "search.html";

/// Where browsers read how to search here.
const DESCRIPTION: &str = "opensearch.xml";

/// The longest name that the format allows.
const LONGEST_NAME: usize = 16;

/// The most teams that the page leads to.
const MOST_TEAMS: usize = 48;

/// How many things the home page leads to.
const MOST_USED: usize = 5;

record! {
    /// What the template of the page reads; its lists are markup.
    Page { site, frame, title, summary, icons, blueprints, blueprint_count, teams, team_count, team_page, actions, action_count }
}

record! {
    /// What the description for browsers reads.
    Description { site, short, base }
}

/// Writes the page, and where it is for browsers when the address of the site is known.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<(), Error> {
    let mut buffer = Vec::new();
    site.theme.render("search.html", page(site), &mut buffer)?;
    output.write(PATH, Rank::List, &buffer)?;
    if let Some(base) = &site.base {
        let title = site.catalog().config().title.as_deref().unwrap_or("Developer portal");
        let description = Description {
            site: site.common.clone(),
            short: Value::from(&*clip(title, LONGEST_NAME)),
            base: Value::from(base.as_str()),
        };
        site.theme.render("opensearch.xml", description.into(), &mut buffer)?;
        output.write(DESCRIPTION, Rank::List, &buffer)?;
    }
    Ok(())
}

fn page(site: &Site<'_>) -> Value {
    let mut icons = Used::new(&site.icons);
    let shown: Vec<BlueprintId> =
        site.catalog().blueprints().map(|(id, _)| id).filter(|id| site.outline(*id).page.is_some()).collect();
    let mut blueprints = Markup::default();
    for &id in &shown {
        blueprint(site, id, &mut icons, &mut blueprints);
    }
    let all: Vec<EntityRef<'_>> =
        site.team.into_iter().flat_map(|team| site.catalog().entities_of(team)).collect();
    let mut teams = Markup::default();
    for team in all.iter().take(MOST_TEAMS) {
        teams.raw("<li>");
        site.face(team.id()).link("", &mut teams).raw("\n");
    }
    Page {
        site: site.common.clone(),
        frame: site.frame("", Area::Nowhere),
        title: Value::from("Search"),
        summary: Value::from(
            "Find entities, blueprints, teams, scorecards and actions by name, owner or tag",
        ),
        blueprints: blueprints.finish(),
        blueprint_count: Value::from(shown.len()),
        teams: teams.finish(),
        team_count: Value::from(all.len()),
        team_page: maybe(site.team.and_then(|team| site.outline(team).page.as_deref())),
        actions: action::first(site, &mut icons),
        action_count: Value::from(site.offers.all.len()),
        icons: icons.drawings(),
    }
    .into()
}

/// Writes the link to a blueprint, with how many entities it has.
fn blueprint(site: &Site<'_>, id: BlueprintId, icons: &mut Used<'_>, out: &mut Markup) {
    let outline = site.outline(id);
    out.raw("<li class=\"row\"><a class=\"k\" href=\"").text(outline.page.as_deref().unwrap_or_default());
    out.raw("\"><svg aria-hidden=\"true\"><use href=\"#").raw(icons.add(outline.icon)).raw("\"/></svg><b>");
    out.text(site.catalog().blueprint(id).label()).raw("</b></a><small>");
    out.number(site.catalog().entities_of(id).len()).raw("</small>\n");
}

/// Returns links to what most others point at, besides teams and people: where to begin for who has not been here.
pub(in crate::site) fn most_used(site: &Site<'_>) -> Value {
    let is_owner = |entity: EntityRef<'_>| {
        [site.team, site.user].into_iter().flatten().any(|owner| owner == entity.blueprint_id())
    };
    let count = |id: EntityId| site.graph().incoming(id).len();
    let mut most: Vec<(usize, EntityId)> = Vec::new();
    for id in site.catalog().entity_ids().filter(|id| !is_owner(site.catalog().entity(*id))) {
        let pointing = count(id);
        let at = most.partition_point(|(other, _)| *other >= pointing);
        if pointing > 0 && at < MOST_USED {
            most.insert(at, (pointing, id));
            most.truncate(MOST_USED);
        }
    }
    if most.is_empty() {
        return none();
    }
    let mut out = Markup::default();
    for (_, id) in most {
        site.face(id).link("", &mut out).raw(" ");
    }
    out.finish()
}
