//! Interfaces: the pages of descriptions, and what the pages of their entities say of them.

mod command;
mod operation;
mod page;
mod schema;
mod section;
mod split;
#[cfg(test)]
mod tests;

use minijinja::Value;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

use super::address::DOCUMENTS;
use super::{Error, Site};
use crate::catalog::EntityId;
use crate::interface::{Descriptions, Found, Interface, Loaded, Place, Problem};
use crate::jq;
use crate::output::{Output, Rank};

/// How many descriptions are in memory at once.
const AT_ONCE: usize = 64;

/// How many operations the page of an entity names.
const FIRST: usize = 5;

/// About how many operations of all descriptions an index has, and at least and at most how many of each.
const MOST_ENTRIES: usize = 20_000;
const ENTRIES_EACH: (usize, usize) = (3, 500);

/// What the site says of the interfaces of a catalog.
#[derive(Debug, Default)]
pub(super) struct Interfaces {
    of: FxHashMap<EntityId, Vec<Summary>>,
    /// The paths of all pages.
    pages: Vec<String>,
    entries: Vec<Entry>,
}

/// Something that an index of the site may lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it is called: `GET /baskets/{basketId}: Read a basket`.
    pub(super) title: String,
    /// Where it is, with the part of the page.
    pub(super) path: String,
    /// What it is: `API`, `operation`.
    pub(super) kind: &'static str,
}

/// A description in a few words.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Summary {
    /// What it is written in: `OpenAPI 3.1.0`.
    form: String,
    title: String,
    version: String,
    /// How many operations it has, and the first of them.
    operations: usize,
    first: Vec<Line>,
    /// How many problems it has; what is wrong when nothing could be read.
    problems: usize,
    trouble: String,
    /// The paths of its page and of its original.
    page: String,
    original: String,
    /// Where it is, when that is outside the catalog.
    address: String,
    /// The property that says it.
    property: Option<usize>,
}

/// An operation in a line.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Line {
    method: String,
    path: String,
    summary: String,
    deprecated: bool,
    /// The path of the page with the part of it.
    href: String,
}

/// What was made of a description.
struct Made {
    summary: Summary,
    pages: Vec<String>,
    entries: Vec<Entry>,
}

impl Interfaces {
    /// Writes the pages of all descriptions, and returns what is to be said of them elsewhere.
    pub(super) fn write(
        site: &Site<'_>,
        descriptions: &Descriptions,
        output: &Output,
    ) -> Result<Self, Error> {
        let all = descriptions.found();
        let each = (MOST_ENTRIES / all.len().max(1)).clamp(ENTRIES_EACH.0, ENTRIES_EACH.1);
        let mut interfaces = Self::default();
        let mut summaries = Vec::with_capacity(all.len());
        for start in (0..all.len()).step_by(AT_ONCE) {
            let end = (start + AT_ONCE).min(all.len());
            let loaded = descriptions.load(site.catalog(), &site.portal.sources, start..end);
            let some: Vec<(&Found, _)> = all[start..end].iter().zip(loaded).collect();
            let make = |buffer: &mut Vec<u8>, (found, loaded): (&Found, Result<Loaded<'_>, String>)| {
                make(site, found, loaded, each, output, buffer)
            };
            let made: Result<Vec<Made>, Error> =
                jq::on_deep_stack(|| some.into_par_iter().map_init(Vec::new, make).collect());
            for made in made? {
                summaries.push(made.summary);
                interfaces.pages.extend(made.pages);
                interfaces.entries.extend(made.entries);
            }
        }
        for (at, found) in all.iter().enumerate() {
            let summary = summaries[found.same.unwrap_or(at)].clone();
            let summary = Summary { property: found.property, ..summary };
            interfaces.of.entry(found.entity).or_default().push(summary);
        }
        Ok(interfaces)
    }

    /// Returns the paths of all pages.
    pub(super) fn pages(&self) -> &[String] {
        &self.pages
    }

    /// Returns the descriptions and operations that an index of the site may have: some of each description.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns what the page of an entity depends on: `others`, and what is said of its interfaces.
    pub(super) fn hash(&self, entity: EntityId, others: u64) -> u64 {
        let Some(summaries) = self.of.get(&entity) else { return others };
        let mut hasher = Xxh3::new();
        hasher.update(&others.to_le_bytes());
        hasher.update(format!("{summaries:?}").as_bytes());
        hasher.digest()
    }

    /// Returns whether the page of an entity shows the value of a property as an interface.
    pub(super) fn shows(&self, entity: EntityId, property: usize) -> bool {
        let summaries = self.of.get(&entity);
        summaries.is_some_and(|all| all.iter().any(|summary| summary.property == Some(property)))
    }

    /// Returns what the page of an entity says of its interfaces, and how many operations they have in all.
    pub(super) fn section(&self, entity: EntityId) -> Option<(Value, usize)> {
        let summaries = self.of.get(&entity)?;
        let count = summaries.iter().map(|summary| summary.operations).sum();
        Some((section::section(summaries, super::entity::ROOT).finish(), count))
    }
}

/// A description that is being shown.
struct Shown<'a> {
    found: &'a Found,
    loaded: &'a Loaded<'a>,
    interface: &'a Interface,
    problems: &'a [Problem],
    /// The folder of its pages, with a slash at its end.
    folder: String,
}

fn make(
    site: &Site<'_>,
    found: &Found,
    loaded: Result<Loaded<'_>, String>,
    entries: usize,
    output: &Output,
    buffer: &mut Vec<u8>,
) -> Result<Made, Error> {
    let mut made = Made { summary: Summary::default(), pages: Vec::new(), entries: Vec::new() };
    if found.same.is_some() {
        return Ok(made);
    }
    if let Place::Address(address) = &found.place {
        made.summary.address.clone_from(address);
        return Ok(made);
    }
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(reason) => {
            let path = if let Place::File(path) = &found.place { path.as_str() } else { "the value" };
            made.summary.trouble = format!("`{path}` {reason}");
            return Ok(made);
        }
    };
    let entity = site.catalog().entity(found.entity);
    let folder = format!("{}/", site.addresses.below(&format!("{DOCUMENTS}/"), entity, ""));
    made.summary.original = format!("{folder}api~{}.{}", found.name, loaded.extension());
    output.write(&made.summary.original, Rank::Leaf, loaded.original().as_bytes())?;
    let (interface, problems) = loaded.read();
    made.summary.problems = problems.len();
    let Some(mut interface) = interface else {
        let problem = problems.first();
        made.summary.trouble = problem.map_or_else(String::new, |problem| {
            let (path, line) = loaded.place(problem, &site.portal.sources);
            format!("`{path}:{line}`: {}", problem.message)
        });
        return Ok(made);
    };
    if interface.title.is_empty() {
        interface.title = entity.label().to_string();
    }
    let shown = Shown { found, loaded: &loaded, interface: &interface, problems: &problems, folder };
    let plan = split::plan(&shown);
    page::write(site, &shown, &plan, &made.summary.original, output, buffer)?;
    summarise(&shown, &plan, entries, &mut made);
    Ok(made)
}

/// Says in a few words what a description is.
fn summarise(shown: &Shown<'_>, plan: &split::Plan, entries: usize, made: &mut Made) {
    let interface = shown.interface;
    made.pages = plan.files.iter().map(|file| format!("{}{file}", shown.folder)).collect();
    let page = made.pages[0].clone();
    made.entries.push(Entry { title: interface.title.clone(), path: page.clone(), kind: "API" });
    let lines = interface.operations.iter().enumerate().map(|(number, operation)| Line {
        method: operation.method.clone(),
        path: operation.path.clone(),
        summary: operation.summary.clone(),
        deprecated: operation.deprecated,
        href: format!("{}#{}", made.pages[plan.operations[number]], operation.anchor),
    });
    let lines: Vec<Line> = lines.take(entries.max(FIRST)).collect();
    made.entries.extend(lines.iter().take(entries).map(|line| Entry {
        title: match line.summary.as_str() {
            "" => format!("{} {}", line.method, line.path),
            summary => format!("{} {}: {summary}", line.method, line.path),
        },
        path: line.href.clone(),
        kind: "operation",
    }));
    made.summary = Summary {
        form: form(interface),
        title: interface.title.clone(),
        version: interface.version.clone(),
        operations: interface.operations.len(),
        first: lines.into_iter().take(FIRST).collect(),
        page,
        ..std::mem::take(&mut made.summary)
    };
}

/// Returns what a description is written in.
fn form(interface: &Interface) -> String {
    match interface.edition.as_str() {
        "" => interface.form.name().to_string(),
        edition => format!("{} {edition}", interface.form.name()),
    }
}
