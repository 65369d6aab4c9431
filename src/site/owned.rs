//! What a team owns: the reverse of the owners that the graph knows, with how all of it does in the scorecards.

use minijinja::Value;
use url::form_urlencoded::Serializer;
use xxhash_rust::xxh3::Xxh3;

use super::board::Board;
use super::icon::Used;
use super::link::clip;
use super::markup::Markup;
use super::record::{list, maybe, none, record};
use super::{Site, neighbour, value};
use crate::catalog::{BlueprintId, Catalog, EntityId, EntityRef};
use crate::graph::Graph;

/// The most entities of a blueprint on the page of a team: of what is judged, and of the rest, such as deployments. The
/// table of the blueprint has all.
const MOST_JUDGED: usize = 12;
const MOST_OTHERS: usize = 4;

/// The most tags of an entity there.
const MOST_TAGS: usize = 2;

/// The most scorecards there, and in the list of teams.
const MOST_BOARDS: usize = 3;

record! {
    /// What a team owns; `boards` are the scorecards that have a column.
    Owned { count, groups, boards, width }
}

record! {
    /// What a team owns of a blueprint; `all` leads to the table with nothing else in it.
    OwnedGroup { label, href, count, rows, more, all }
}

record! {
    /// An entity that a team owns; `link`, `tags` and `levels` are markup.
    OwnedRow { link, tags, levels, description }
}

/// The entities that each team owns, in the catalog's order.
#[derive(Debug)]
pub(super) struct Owners {
    pairs: Vec<(EntityId, EntityId)>,
}

impl Owners {
    /// Returns who owns what.
    pub(super) fn new(catalog: &Catalog, graph: &Graph) -> Self {
        let pairs = catalog.entity_ids().flat_map(|id| graph.owners(id).iter().map(move |&team| (team, id)));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_unstable();
        Self { pairs }
    }

    /// Returns the entities that a team owns.
    pub(super) fn of(&self, team: EntityId) -> &[(EntityId, EntityId)] {
        let start = self.pairs.partition_point(|(owner, _)| *owner < team);
        let length = self.pairs[start..].partition_point(|(owner, _)| *owner == team);
        &self.pairs[start..start + length]
    }
}

/// How what a team owns does in a scorecard.
pub(super) struct Tally<'a, 's> {
    pub(super) board: &'a Board<'s>,
    /// How many have each level, from the floor up.
    pub(super) counts: Vec<usize>,
}

impl Tally<'_, '_> {
    /// Returns how many are judged.
    pub(super) fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Returns how many have reached the level that shares are told of.
    pub(super) fn good(&self) -> usize {
        self.counts.iter().skip(self.board.good()).sum()
    }
}

/// Returns how what a team owns does in each scorecard that judges some of it, those that judge most first.
pub(super) fn tallies<'a, 's>(site: &'a Site<'s>, team: EntityId) -> Vec<Tally<'a, 's>> {
    let mut tallies: Vec<Tally<'a, 's>> = Vec::new();
    for &(_, id) in site.owners.of(team) {
        let blueprint = site.catalog().entity(id).blueprint_id();
        for &number in site.boards_of(blueprint) {
            let board = &site.boards[number];
            let Some(standing) = board.card.standing(id) else { continue };
            let at = tallies.iter().position(|tally| tally.board.number == number).unwrap_or_else(|| {
                tallies.push(Tally { board, counts: vec![0; board.counts.len()] });
                tallies.len() - 1
            });
            tallies[at].counts[standing.level] += 1;
        }
    }
    tallies.sort_by_key(|tally| (std::cmp::Reverse(tally.total()), tally.board.number));
    tallies.truncate(MOST_BOARDS);
    tallies
}

/// Writes the key figures of a team: how much of what it owns is good enough.
pub(super) fn marks(tallies: &[Tally<'_, '_>], root: &'static str, out: &mut Markup) {
    for tally in tallies {
        let board = tally.board;
        out.raw("<div><dt>").text(&board.card.title).raw("<dd><a href=\"").raw(root).text(&board.path());
        out.raw("\"><b>").number(tally.good()).raw(" of ").number(tally.total()).raw("</b></a> <small>");
        out.text(&board.good_words()).raw("</small></div>");
    }
}

/// Returns a hash of the levels of all that a team owns, joined with `others`.
pub(super) fn hash(site: &Site<'_>, team: EntityId, others: u64) -> u64 {
    let owned = site.owners.of(team);
    if owned.is_empty() {
        return others;
    }
    let mut hasher = Xxh3::new();
    hasher.update(&others.to_le_bytes());
    for &(_, id) in owned {
        for &number in site.boards_of(site.catalog().entity(id).blueprint_id()) {
            let board = &site.boards[number];
            let Some(standing) = board.card.standing(id) else { continue };
            hasher.update(&number.to_le_bytes());
            hasher.update(&standing.level.to_le_bytes());
            hasher.update(&board.print.to_le_bytes());
            hasher.update(board.name.as_bytes());
        }
    }
    hasher.digest()
}

/// Returns what a team owns, by blueprint; nothing for what owns nothing.
pub(super) fn table(
    site: &Site<'_>,
    team: EntityRef<'_>,
    tallies: &[Tally<'_, '_>],
    root: &'static str,
    icons: &mut Used<'_>,
) -> Value {
    let owned = site.owners.of(team.id());
    if owned.is_empty() {
        return none();
    }
    let blueprint = |pair: &(EntityId, EntityId)| site.catalog().entity(pair.1).blueprint_id();
    let mut all: Vec<&[(EntityId, EntityId)]> = owned.chunk_by(|a, b| blueprint(a) == blueprint(b)).collect();
    // What is judged first: there is something to do.
    let is_judged = |group: &[(EntityId, EntityId)]| !site.boards_of(blueprint(&group[0])).is_empty();
    all.sort_by_key(|group| !is_judged(group));
    let mut groups = Vec::new();
    for group in all {
        let outline = site.outline(blueprint(&group[0]));
        let most = if is_judged(group) { MOST_JUDGED } else { MOST_OTHERS };
        let rows = group.iter().take(most).map(|&(_, id)| row(site, id, tallies, root, icons));
        groups.push(OwnedGroup {
            label: outline.label.clone(),
            href: Value::from(format!("{root}{}", outline.page.as_deref().unwrap_or_default())),
            count: Value::from(group.len()),
            rows: list(rows.collect::<Vec<_>>()),
            more: Value::from(group.len().saturating_sub(most)),
            all: maybe(list_of(site, team, blueprint(&group[0]), &[], root)),
        });
    }
    Owned {
        count: Value::from(owned.len()),
        groups: list(groups),
        boards: list(tallies.iter().map(|tally| Value::from(tally.board.card.title.as_str()))),
        width: Value::from(3 + tallies.len()),
    }
    .into()
}

/// Returns the address of a blueprint's table with nothing in it but what a team owns; `more` are further words of the
/// address. `None` when the blueprint has no page.
pub(super) fn list_of(
    site: &Site<'_>,
    team: EntityRef<'_>,
    blueprint: BlueprintId,
    more: &[(&str, String)],
    root: &'static str,
) -> Option<String> {
    let page = site.outline(blueprint).page.as_deref()?;
    let mut query = Serializer::new(String::new());
    query.append_pair("$team.is", team.identifier());
    query.extend_pairs(more);
    Some(format!("{root}{page}?{}", query.finish()))
}

fn row(
    site: &Site<'_>,
    id: EntityId,
    tallies: &[Tally<'_, '_>],
    root: &'static str,
    icons: &mut Used<'_>,
) -> OwnedRow {
    let entity = site.catalog().entity(id);
    let outline = site.outline(entity.blueprint_id());
    let mut link = Markup::default();
    neighbour::rich_link(site, id, root, icons, &mut link);
    let mut tags = Markup::default();
    for &number in outline.tags.iter().take(MOST_TAGS) {
        let property = &entity.blueprint().properties[number];
        if let Some(text) = entity.property(&property.identifier.value).and_then(|node| node.text()) {
            value::scalar(property, text).write(root, &mut tags);
            tags.raw(" ");
        }
    }
    let mut levels = Markup::default();
    for (at, tally) in tallies.iter().enumerate() {
        levels.raw(if at == 0 { "<td class=\"hi\">" } else { "<td class=\"p2\">" });
        if let Some(standing) = tally.board.card.standing(id) {
            tally.board.write_level(standing.level, &mut levels);
        }
    }
    let description =
        entity.property("description").filter(|_| outline.described).and_then(|node| node.as_str());
    OwnedRow {
        link: link.finish(),
        tags: tags.finish(),
        levels: levels.finish(),
        description: description.map_or_else(none, |text| Value::from(&*clip(text, 120))),
    }
}
