//! Teams and people: who there is, how to reach them, what they own and how that does.

use minijinja::Value;
use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::Xxh3;

use super::address::TEAMS;
use super::frame::Area;
use super::icon::Used;
use super::link::clip;
use super::markup::Markup;
use super::paging::Paging;
use super::record::{list, maybe, none, record};
use super::words::counted;
use super::{Error, Site, neighbour, outline, owned, scorecards};
use crate::catalog::{Catalog, EntityId, EntityRef};
use crate::output::{Output, Rank};

/// The path of the first page.
pub(super) const PATH: &str = "teams/index.html";

const ROOT: &str = "../";

/// The most teams of a page, people of the first page, and names in a cell.
const ROWS: usize = 100;
const MOST_PEOPLE: usize = 200;
const MOST_NAMES: usize = 3;

/// The most people on the page of a team, and teams that it works with.
const MOST_MEMBERS: usize = 40;
const MOST_OTHERS: usize = 12;

/// How deep teams are indented.
const DEEPEST: usize = 4;

record! {
    /// What the template of the teams reads; rows are markup.
    Page {
        site, frame, title, summary, icons,
        count, first, last, rows, boards, key, pages, previous, next,
        people, people_count, people_more, people_page, unowned,
    }
}

record! {
    /// Entities of a blueprint that nobody owns.
    Unowned { label, href, count, of }
}

record! {
    /// What the page of a team says besides what pages of entities say: `people` and the others are markup.
    Side { people, count, more, uses, serves, contact, icon }
}

/// Returns whether a catalog has teams.
pub(super) fn is_any(catalog: &Catalog) -> bool {
    catalog.team_blueprint().is_some_and(|team| catalog.entities_of(team).len() > 0)
}

/// Writes the pages, and returns their paths.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<Vec<String>, Error> {
    if !is_any(site.catalog()) {
        return Ok(Vec::new());
    }
    let teams = tree(site);
    let mut paths = Vec::new();
    let mut buffer = Vec::new();
    for paging in Paging::all(teams.len(), ROWS) {
        site.theme.render("teams.html", page(site, &teams, paging), &mut buffer)?;
        let path = path(paging.number);
        output.write(&path, Rank::List, &buffer)?;
        paths.push(path);
    }
    Ok(paths)
}

fn path(number: usize) -> String {
    if number == 1 { PATH.to_string() } else { format!("{TEAMS}/~page-{number}.html") }
}

/// Returns the teams as a tree, each with its depth: what is a part of a team comes after it.
fn tree(site: &Site<'_>) -> Vec<(EntityId, usize)> {
    let Some(team) = site.team else { return Vec::new() };
    let all: Vec<EntityId> = site.catalog().entities_of(team).map(EntityRef::id).collect();
    let parent = |id: EntityId| {
        let relation = site.outline(team).parent?;
        let mut edges = site.graph().outgoing(id).iter().filter(|edge| edge.relation as usize == relation);
        let up = edges.next()?.to;
        (up != id && site.catalog().entity(up).blueprint_id() == team).then_some(up)
    };
    let mut pairs: Vec<(Option<EntityId>, EntityId)> = all.iter().map(|&id| (parent(id), id)).collect();
    pairs.sort();
    let below = |up: Option<EntityId>| {
        let start = pairs.partition_point(|(of, _)| *of < up);
        pairs[start..].iter().take_while(move |(of, _)| *of == up).map(|(_, id)| *id)
    };
    let mut tree = Vec::with_capacity(all.len());
    let mut seen = FxHashSet::default();
    // Teams that are parts of each other have no top: each is one, then.
    for top in below(None).chain(all.iter().copied()) {
        let mut open = vec![(top, 0)];
        while let Some((id, depth)) = open.pop() {
            if seen.insert(id) {
                tree.push((id, depth));
                let parts: Vec<EntityId> = below(Some(id)).collect();
                open.extend(parts.into_iter().rev().map(|part| (part, depth + 1)));
            }
        }
    }
    tree
}

fn page(site: &Site<'_>, teams: &[(EntityId, usize)], paging: Paging) -> Value {
    let mut icons = Used::new(&site.icons);
    let first = (paging.number - 1) * ROWS;
    let shown = &teams[first..teams.len().min(first + ROWS)];
    let boards: Vec<usize> = boards(site);
    let mut rows = Markup::default();
    for &(team, depth) in shown {
        row(site, team, depth, &boards, &mut icons, &mut rows);
    }
    let users = site.user.map_or(0, |user| site.catalog().entities_of(user).len());
    let link = |number| Some(format!("{ROOT}{}", path(number)));
    let is_first = paging.number == 1;
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Teams),
        title: Value::from(if is_first {
            "Teams".to_string()
        } else {
            format!("Teams, page {}", paging.number)
        }),
        summary: Value::from("Teams and people: who they are, how to reach them and what they own"),
        count: Value::from(teams.len()),
        first: Value::from(first + 1),
        last: Value::from(first + shown.len()),
        rows: rows.finish(),
        boards: list(boards.iter().map(|&number| site.boards[number].card.title.as_str())),
        key: if boards.is_empty() { none() } else { scorecards::key(site) },
        pages: paging.links(link),
        previous: maybe(paging.previous().and_then(link)),
        next: maybe(paging.next().and_then(link)),
        people: if is_first { people(site, &mut icons).finish() } else { none() },
        people_count: Value::from(users),
        people_more: Value::from(users.saturating_sub(MOST_PEOPLE)),
        people_page: maybe(
            site.user.and_then(|user| site.outline(user).page.as_deref()).map(|page| format!("{ROOT}{page}")),
        ),
        unowned: if is_first { unowned(site) } else { none() },
        icons: icons.drawings(),
    }
    .into()
}

/// Returns the scorecards that have a column: those that judge most of what teams own.
fn boards(site: &Site<'_>) -> Vec<usize> {
    let mut boards: Vec<usize> =
        (0..site.boards.len()).filter(|&number| site.boards[number].total() > 0).collect();
    boards.sort_by_key(|&number| (std::cmp::Reverse(site.boards[number].total()), number));
    boards.truncate(2);
    boards
}

fn row(
    site: &Site<'_>,
    team: EntityId,
    depth: usize,
    boards: &[usize],
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    const INDENT: [&str; DEEPEST] =
        ["<tr><th>", "<tr><th class=\"d1\">", "<tr><th class=\"d2\">", "<tr><th class=\"d3\">"];
    out.raw(INDENT[depth.min(DEEPEST - 1)]);
    neighbour::rich_link(site, team, ROOT, icons, out);
    out.raw("<td class=\"p2\"><span>");
    contact(site.catalog().entity(team), out);
    out.raw("</span><td><span>");
    let members = members(site, team);
    for (at, &member) in members.iter().take(MOST_NAMES).enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        site.face(member).link(ROOT, out);
    }
    if members.len() > MOST_NAMES {
        out.raw(" <small>and ").number(members.len() - MOST_NAMES).raw(" more</small>");
    }
    out.raw("</span><td class=\"n hi\">");
    let owned = site.owners.of(team).len();
    if owned > 0 {
        out.raw("<a href=\"")
            .raw(ROOT)
            .text(site.face(team).path())
            .raw("#owns\">")
            .number(owned)
            .raw("</a>");
    } else {
        out.raw("<span class=\"dim\">0</span>");
    }
    let tallies = owned::tallies(site, team);
    for &number in boards {
        out.raw("<td class=\"mb\">");
        if let Some(tally) = tallies.iter().find(|tally| tally.board.number == number) {
            tally.board.write_bar_of(&tally.counts, " class=\"mini\"", "8", out);
        }
    }
    out.raw("\n");
}

/// Writes how to reach a team: its addresses, by what they are called.
fn contact(team: EntityRef<'_>, out: &mut Markup) {
    let mut first = true;
    for property in &team.blueprint().properties {
        if !matches!(outline::format(property), Some("url" | "email")) {
            continue;
        }
        let Some(text) = team.property(&property.identifier.value).and_then(|node| node.as_str()) else {
            continue;
        };
        let href = match outline::format(property) {
            Some("email") => super::link::mail(text),
            _ => super::link::outside(text),
        };
        let Some(link) = href else { continue };
        out.raw(if first { "" } else { ", " });
        out.raw("<a href=\"").text(&link.href).raw("\" rel=\"noopener noreferrer\">").text(property.label());
        out.raw("</a>");
        first = false;
    }
}

/// Returns the people who say that they are in a team.
pub(super) fn members(site: &Site<'_>, team: EntityId) -> Vec<EntityId> {
    let Some(user) = site.user else { return Vec::new() };
    let edges = site.graph().incoming(team).map(|edge| edge.from);
    let mut members: Vec<EntityId> =
        edges.filter(|from| site.catalog().entity(*from).blueprint_id() == user).collect();
    members.sort_unstable();
    members.dedup();
    members
}

/// Returns who is in which team.
fn people(site: &Site<'_>, icons: &mut Used<'_>) -> Markup {
    let mut out = Markup::default();
    let (Some(user), Some(team)) = (site.user, site.team) else { return out };
    for person in site.catalog().entities_of(user).take(MOST_PEOPLE) {
        out.raw("<tr><th>");
        neighbour::rich_link(site, person.id(), ROOT, icons, &mut out);
        out.raw("<td class=\"dim\">");
        role(person, &mut out);
        out.raw("<td><span>");
        let mut teams: Vec<EntityId> =
            site.graph().outgoing(person.id()).iter().map(|edge| edge.to).collect();
        teams.retain(|to| site.catalog().entity(*to).blueprint_id() == team);
        teams.dedup();
        for (at, &team) in teams.iter().enumerate() {
            out.raw(if at > 0 { ", " } else { "" });
            site.face(team).link(ROOT, &mut out);
        }
        if teams.is_empty() {
            out.raw("<span class=\"dim\">no team</span>");
        }
        out.raw("</span>");
        out.raw("\n");
    }
    out
}

/// Writes what somebody does: the first of the properties that are usually called so.
fn role(person: EntityRef<'_>, out: &mut Markup) {
    let text =
        ["role", "jobTitle", "title", "position"].iter().find_map(|name| person.property(name)?.as_str());
    out.text(&clip(text.unwrap_or_default(), 80));
}

fn unowned(site: &Site<'_>) -> Value {
    let all = site.catalog().blueprints().filter(|(_, blueprint)| blueprint.ownership.is_some());
    list(all.filter_map(|(id, _)| {
        let entities = site.catalog().entities_of(id);
        let of = entities.len();
        let count = entities.filter(|entity| site.graph().owners(entity.id()).is_empty()).count();
        let page = site.outline(id).page.as_ref()?;
        (count > 0).then(|| Unowned {
            label: site.outline(id).label.clone(),
            href: Value::from(format!("{ROOT}{page}")),
            count: Value::from(count),
            of: Value::from(of),
        })
    }))
}

/// Returns what the page of a team says of its people and of the teams around it; nothing of what is no team.
pub(super) fn side(site: &Site<'_>, team: EntityRef<'_>, root: &'static str, icons: &mut Used<'_>) -> Value {
    if site.team != Some(team.blueprint_id()) {
        return none();
    }
    let members = members(site, team.id());
    let mut people = Markup::default();
    for &member in members.iter().take(MOST_MEMBERS) {
        people.raw("<li>");
        neighbour::rich_link(site, member, root, icons, &mut people);
        people.raw(" <small>");
        role(site.catalog().entity(member), &mut people);
        people.raw("</small>\n");
    }
    let (uses, serves) = around(site, team.id());
    let mut reach = Markup::default();
    contact(team, &mut reach);
    Side {
        icon: if reach.is_empty() { none() } else { Value::from(icons.add_drawn("link")) },
        contact: reach.finish(),
        people: people.finish(),
        count: Value::from(members.len()),
        more: Value::from(members.len().saturating_sub(MOST_MEMBERS)),
        uses: links(site, &uses, root),
        serves: links(site, &serves, root),
    }
    .into()
}

/// Returns a hash of what [`side`] says of other teams, joined with `others`: its people point at the team, so that they are
/// hashed with what does.
pub(super) fn hash(site: &Site<'_>, team: EntityRef<'_>, others: u64) -> u64 {
    if site.team != Some(team.blueprint_id()) {
        return others;
    }
    let mut hasher = Xxh3::new();
    hasher.update(&others.to_le_bytes());
    let (uses, serves) = around(site, team.id());
    for (sign, teams) in [(b"u", &uses), (b"s", &serves)] {
        for &other in teams {
            let face = site.face(other);
            for part in [sign, face.path().as_bytes(), b"\0", face.label().as_bytes()] {
                hasher.update(part);
            }
        }
    }
    hasher.digest()
}

fn links(site: &Site<'_>, teams: &[EntityId], root: &'static str) -> Value {
    if teams.is_empty() {
        return none();
    }
    let mut out = Markup::default();
    for (at, &team) in teams.iter().take(MOST_OTHERS).enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        site.face(team).link(root, &mut out);
    }
    if teams.len() > MOST_OTHERS {
        out.raw(" <small>and ")
            .text(&counted(teams.len() - MOST_OTHERS, "team more", "teams more"))
            .raw("</small>");
    }
    out.finish()
}

/// Returns the teams that own what this team's things point at, and those that own what points at them.
pub(super) fn around(site: &Site<'_>, team: EntityId) -> (Vec<EntityId>, Vec<EntityId>) {
    let (mut uses, mut serves) = (Vec::new(), Vec::new());
    let owners = |id: EntityId| site.graph().owners(id).iter().copied().filter(|owner| *owner != team);
    for &(_, id) in site.owners.of(team) {
        site.graph().outgoing(id).iter().for_each(|edge| uses.extend(owners(edge.to)));
        site.graph().incoming(id).for_each(|edge| serves.extend(owners(edge.from)));
        // A thing that everything points at must not take the memory of all of it.
        for all in [&mut uses, &mut serves] {
            if all.len() > 4096 {
                all.sort_unstable();
                all.dedup();
            }
        }
    }
    for all in [&mut uses, &mut serves] {
        all.sort_unstable();
        all.dedup();
    }
    (uses, serves)
}
