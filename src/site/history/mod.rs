//! What happened to the catalog, as pages tell it: who changed what, when, and who saw to it.
//!
//! The commits come from [`crate::history::timeline`]. Here they are joined with the catalog of today: which entity a
//! change is of, which of its people wrote it, where the host of the repository shows it.

mod phrase;
mod turn;

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::host::Host;
use super::markup::Markup;
use super::record::{none, record};
use super::{Site, moment, outline};
use crate::catalog::{BlueprintId, Catalog, EntityId};
use crate::git::Person;
use crate::history::timeline::{Change, Commit, Fate, Timeline};
use crate::history::{Shift, Trends};
use crate::model::Kind;
use crate::model::instant::Instant;
use minijinja::Value;

pub(super) use phrase::{sort, thing, told};
pub(super) use turn::{Turn, Turns, causes, levels, names};

/// The most changes on the page of an entity that are seen at once, and the most in all.
const MOST: usize = 10;
const MOST_IN_ALL: usize = 50;

/// As many digits of a commit as people quote.
pub(super) const SHORT: usize = 7;

record! {
    /// The history of an entity; `last`, `rows` and `older` are markup.
    Story {
        last, rows, count, older, older_count,
        /// How many are among neither.
        more,
    }
}

/// The past of the catalog, joined with what it is today.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) timeline: std::sync::Arc<Timeline>,
    /// The changes of each entity: its id, the position of the commit, and that of the change; sorted.
    of_entities: Vec<(EntityId, u32, u32)>,
    /// Of each change, the entity of today that it is of.
    entities: Vec<Option<EntityId>>,
    /// The catalog's people by their mail addresses and names, in small letters.
    people: FxHashMap<String, EntityId>,
    host: Option<Host>,
    /// Which entities changed their level in a scorecard.
    pub(super) turns: Turns,
}

impl Past {
    /// Returns the past of a catalog, as of `now`.
    pub(super) fn new(
        catalog: &Catalog,
        timeline: std::sync::Arc<Timeline>,
        trends: &Trends,
        now: Instant,
    ) -> Self {
        let entities = entities(catalog, &timeline);
        let mut of_entities = Vec::new();
        for (number, commit) in timeline.commits.iter().enumerate() {
            for at in commit.changes.clone().into_iter().flatten() {
                if let Some(entity) = entities[at] {
                    of_entities.push((entity, index(number), index(at)));
                }
            }
        }
        of_entities.sort_unstable();
        let host = catalog.config().source_url.as_deref().and_then(Host::of);
        let turns = Turns::new(&timeline, trends, now);
        Self { people: people(catalog), timeline, of_entities, entities, host, turns }
    }

    /// Returns what happened to an entity, the newest first.
    pub(super) fn of(&self, entity: EntityId) -> impl ExactSizeIterator<Item = (&Commit, &Change)> {
        let start = self.of_entities.partition_point(|(of, ..)| *of < entity);
        let length = self.of_entities[start..].partition_point(|(of, ..)| *of == entity);
        self.of_entities[start..start + length].iter().map(|&(_, commit, change)| {
            (&self.timeline.commits[commit as usize], &self.timeline.changes[change as usize])
        })
    }

    /// Returns the changes of a commit, each with the entity of today that it is of.
    pub(super) fn changes(
        &self,
        commit: &Commit,
    ) -> impl ExactSizeIterator<Item = (&Change, Option<EntityId>)> {
        let range: Range<usize> = commit.changes.clone().unwrap_or(0..0);
        self.timeline.changes[range.clone()].iter().zip(self.entities[range].iter().copied())
    }

    /// Returns the page of a commit at its host.
    pub(super) fn commit_url(&self, id: &str) -> Option<String> {
        Some(self.host.as_ref()?.commit(id))
    }

    /// Writes the short name of a commit, with a link to it where that is known.
    pub(super) fn commit(&self, id: &str, out: &mut Markup) {
        let short = id.get(..SHORT).unwrap_or(id);
        match self.commit_url(id) {
            Some(href) => out
                .raw("<a class=\"id\" href=\"")
                .text(&href)
                .raw("\" rel=\"noopener noreferrer\">")
                .text(short)
                .raw("</a>"),
            None => out.raw("<span class=\"id\">").text(short).raw("</span>"),
        };
    }

    /// Writes the number of a pull request, with a link to it where that is known.
    pub(super) fn pull_request(&self, number: u64, out: &mut Markup) {
        match &self.host {
            Some(host) => out
                .raw("<a href=\"")
                .text(&host.pull_request(number))
                .raw("\" rel=\"noopener noreferrer\">#")
                .number(number)
                .raw("</a>"),
            None => out.raw("#").number(number),
        };
    }

    /// Returns the user of the catalog who a person is: by the mail address, or the login that a host made one of.
    pub(super) fn user(&self, person: &Person) -> Option<EntityId> {
        let email = person.email.to_lowercase();
        let login = email.strip_suffix("@users.noreply.github.com");
        let login = login.map(|login| login.split_once('+').map_or(login, |(_, login)| login).to_string());
        self.people.get(&email).or_else(|| self.people.get(&login?)).copied()
    }
}

/// Returns a position as a number that takes half the room.
fn index(at: usize) -> u32 {
    u32::try_from(at).expect("a timeline has far fewer changes than 2^32")
}

/// Returns, for each change, the entity of today that it is of. What was renamed since is found by its later name.
fn entities(catalog: &Catalog, timeline: &Timeline) -> Vec<Option<EntityId>> {
    let mut former: FxHashMap<(BlueprintId, &str), EntityId> = FxHashMap::default();
    let find = |change: &Change| -> Option<BlueprintId> {
        (change.kind == Some(Kind::Entity)).then(|| catalog.find_blueprint(change.blueprint.as_deref()?))?
    };
    let mut entities = Vec::with_capacity(timeline.changes.len());
    for change in &timeline.changes {
        let entity = find(change).and_then(|blueprint| {
            let known = former.get(&(blueprint, change.identifier.as_str())).copied();
            let entity = known.or_else(|| catalog.find_entity(blueprint, &change.identifier))?;
            if let Fate::Renamed(was) = &change.fate {
                former.insert((blueprint, was), entity);
            }
            Some(entity)
        });
        entities.push(entity);
    }
    entities
}

/// Returns the users by what Git may call them: identifiers and mail addresses.
fn people(catalog: &Catalog) -> FxHashMap<String, EntityId> {
    let mut people = FxHashMap::default();
    let Some(user) = catalog.find_blueprint(catalog.config().user()) else { return people };
    let mails: Vec<&str> = catalog
        .blueprint(user)
        .properties
        .iter()
        .filter(|property| {
            outline::format(property) == Some("email") || property.identifier.value == "github"
        })
        .map(|property| property.identifier.value.as_str())
        .collect();
    for entity in catalog.entities_of(user) {
        let values = mails.iter().filter_map(|name| entity.property(name)?.as_str());
        for name in std::iter::once(entity.identifier()).chain(values) {
            people.entry(name.to_lowercase()).or_insert(entity.id());
        }
    }
    people
}

/// Writes a person: a link to who it is in the catalog, else the name.
pub(super) fn person(site: &Site<'_>, person: &Person, root: &'static str, out: &mut Markup) {
    match site.past.user(person) {
        Some(user) => site.face(user).link(root, out),
        None if person.name.is_empty() => out.raw("somebody"),
        None => out.text(&person.name),
    };
}

/// Writes people, with commas between them.
pub(super) fn persons<'p>(
    site: &Site<'_>,
    people: impl IntoIterator<Item = &'p Person>,
    root: &'static str,
    out: &mut Markup,
) {
    for (at, one) in people.into_iter().enumerate() {
        out.raw(if at > 0 { ", " } else { "" });
        person(site, one, root, out);
    }
}

/// Writes the day of an instant: `3 Nov 2026`.
pub(super) fn day(seconds: i64, out: &mut Markup) {
    if let Some(moment) = moment::from_seconds(seconds) {
        out.raw("<time datetime=\"").text(&moment.iso).raw("\">").text(&moment.day).raw("</time>");
    }
}

/// Something that happened to an entity.
enum Step<'a> {
    Change(&'a Commit, &'a Change),
    Shift(&'a Shift),
}

/// What the page of an entity says of its history.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// When and by whom it was changed last.
    last: Markup,
    /// The newest changes, and those before them.
    rows: Markup,
    older: Markup,
    /// How many there are.
    count: usize,
}

impl Told {
    /// Returns what there is to say of an entity, for a page whose links start with `root`.
    pub(super) fn of(site: &Site<'_>, entity: EntityId, root: &'static str) -> Self {
        let mut told = Self::default();
        let (all, shifts) = (site.past.of(entity), site.past.turns.of(entity));
        told.count = all.len() + shifts.len();
        // Only the newest are told, so that no more of them are looked at.
        let shifts = shifts.take(MOST_IN_ALL).map(|shift| (turn::seconds(site, shift), Step::Shift(shift)));
        let changes =
            all.take(MOST_IN_ALL).map(|(commit, change)| (commit.seconds, Step::Change(commit, change)));
        // Stable: what a commit led to stands above it.
        let mut steps: Vec<(i64, Step<'_>)> = shifts.chain(changes).collect();
        steps.sort_by_key(|(seconds, _)| std::cmp::Reverse(*seconds));
        for (at, (_, step)) in steps.iter().take(MOST_IN_ALL).enumerate() {
            let rows = if at < MOST { &mut told.rows } else { &mut told.older };
            match step {
                Step::Shift(shift) => turn::row(site, shift, root, rows),
                Step::Change(commit, change) => row(site, commit, change, root, rows),
            }
        }
        if let Some((commit, _)) = site.past.of(entity).next() {
            told.last.raw("Changed ");
            day(commit.seconds, &mut told.last);
            told.last.raw(" by ");
            persons(site, commit.authors.first(), root, &mut told.last);
        }
        told
    }

    /// Returns a hash of it, joined with `others`.
    pub(super) fn hash(&self, others: u64) -> u64 {
        if self.count == 0 {
            return others;
        }
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        hasher.update(&others.to_le_bytes());
        hasher.update(&self.count.to_le_bytes());
        self.last.hash(&mut hasher);
        self.rows.hash(&mut hasher);
        self.older.hash(&mut hasher);
        hasher.digest()
    }

    /// Returns it for the template; nothing of what has no history, as what integrations made.
    pub(super) fn finish(self) -> Value {
        if self.count == 0 {
            return none();
        }
        Story {
            last: self.last.finish(),
            rows: self.rows.finish(),
            count: Value::from(self.count),
            older: self.older.finish(),
            older_count: Value::from(self.count.min(MOST_IN_ALL).saturating_sub(MOST)),
            more: Value::from(self.count.saturating_sub(MOST_IN_ALL)),
        }
        .into()
    }
}

fn row(site: &Site<'_>, commit: &Commit, change: &Change, root: &'static str, out: &mut Markup) {
    out.raw("<li>").text(&commit.subject);
    let mut said = Markup::default();
    phrase::told(site, change, &mut said);
    if !said.is_empty() {
        out.raw("<br><small>").append(&said).raw("</small>");
    }
    out.raw("<br><small>");
    day(commit.seconds, out);
    out.raw(", ");
    persons(site, commit.authors.first(), root, out);
    out.raw(", ");
    site.past.commit(&commit.id, out);
    out.raw("</small>\n");
}
