//! Every file of the site, made in parallel and handed to the output one by one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::Value;
use rayon::prelude::*;

use super::fingerprint::Fingerprints;
use super::frame::Area;
use super::history::Told;
use super::icon::Used;
use super::interface::Interfaces;
use super::record::{none, record};
use super::search::Thing;
use super::work::Work;
use super::{
    Error, Options, Site, action, api, api_score, asset, audit, brand, dashboard, document, entity, feed,
    graph, health, home, initiative, listing, llms, lost_root, owned, scorecard, scorecards, search, sitemap,
    table, team, verdict,
};
use crate::catalog::EntityId;
use crate::jq;
use crate::output::{Output, Rank};

/// How many entities a thread takes at once, and how often progress is shown.
const CHUNK: usize = 64;

record! {
    /// What the page for lost readers reads.
    Lost { site, frame, title, summary, icons }
}

/// What was written.
#[derive(Debug)]
pub(super) struct Pages {
    pub(super) count: usize,
    /// What documents name and no page shows.
    pub(super) left_out: Vec<String>,
}

/// Writes all files and returns what was written.
pub(super) fn write(site: &Site<'_>, output: &Output, options: &Options) -> Result<Pages, Error> {
    let tables = table::tables(site);
    let lists = listing::pages(site, &tables);
    options.progress.set_length((site.catalog().entity_count() + lists.len()) as u64);
    assets(site, output, options)?;
    let fingerprints = Fingerprints::new(site, options, api::entities(site, output)?);
    let (documents, images) = document::write(site, output)?;
    let interfaces = Interfaces::write(site, &options.interfaces, output)?;
    // Evidence asks expressions again.
    let sheets = jq::on_deep_stack(|| dashboard::Sheets::new(site, &tables));
    let making = Making {
        site,
        tables: &tables,
        sheets: &sheets,
        fingerprints: &fingerprints,
        images: &images,
        interfaces: &interfaces,
        output,
        options,
    };
    jq::on_deep_stack(|| making.entities())?;
    let pages = AtomicUsize::new(site.catalog().entity_count() + 2);
    lists.par_iter().try_for_each_init(Vec::new, |buffer, page| {
        let from = page.fingerprint(site, &fingerprints);
        if !output.keep(&page.path, Rank::List, from, buffer)? {
            site.theme.render("blueprint.html", listing::page(site, page), buffer)?;
            output.write_made(&page.path, Rank::List, buffer, from)?;
        }
        pages.fetch_add(1, Ordering::Relaxed);
        options.progress.inc(1);
        Ok::<_, Error>(())
    })?;
    table::write(site, &tables, &fingerprints, output)?;
    api::lists(site, output)?;
    let mut others = standards(site, output)?;
    others.extend(action::write(site, output)?);
    search::write(site, output, &more(site, &interfaces))?;
    others.push(search::PATH.to_string());
    others.extend(graph::write(site, output)?);
    others.extend(team::write(site, output)?);
    others.extend(audit::write(site, output)?);
    others.extend(health(site, output)?);
    feed::write(site, output)?;
    others.extend(dashboard::write(site, &tables, output)?);
    others.extend(documents);
    others.extend_from_slice(interfaces.pages());
    pages.fetch_add(others.len(), Ordering::Relaxed);
    let lists: Vec<String> = lists.into_iter().map(|page| page.path).chain(others).collect();
    sitemap::write(site, output, &lists)?;
    let mut buffer = Vec::new();
    site.theme.render("index.html", home::page(site), &mut buffer)?;
    output.write("index.html", Rank::Home, &buffer)?;
    Ok(Pages { count: pages.into_inner(), left_out: images.warnings().to_vec() })
}

/// Returns what the search finds besides entities and the pages that every site has.
fn more(site: &Site<'_>, interfaces: &Interfaces) -> Vec<Thing> {
    let documents = site.documents.all().iter().map(|document| Thing {
        title: document.title.clone(),
        path: document::path(site, document),
        kind: "Document",
        about: site.face(document.owner).label().to_string(),
    });
    let dashboards = dashboard::all(site.catalog()).into_iter();
    let dashboards =
        dashboards.map(|(title, path)| Thing { title, path, kind: "Dashboard", about: String::new() });
    let entries = interfaces.entries().iter().map(|entry| Thing {
        title: entry.title.clone(),
        path: entry.path.clone(),
        kind: if entry.kind == "operation" { "Operation" } else { "API description" },
        about: String::new(),
    });
    dashboards.chain(documents).chain(entries).collect()
}

/// Writes the pages of scorecards and initiatives, few and made of results alone: each time anew, and compared. Returns
/// their paths.
fn standards(site: &Site<'_>, output: &Output) -> Result<Vec<String>, Error> {
    let scorecards = scorecard::pages(site);
    scorecards.par_iter().try_for_each_init(Vec::new, |buffer, page| {
        site.theme.render("scorecard.html", scorecard::page(site, page), buffer)?;
        output.write(&page.path, Rank::List, buffer)?;
        Ok::<_, Error>(())
    })?;
    let mut paths: Vec<String> = scorecards.into_iter().map(|page| page.path).collect();
    let mut buffer = Vec::new();
    for progress in &site.portal.progress {
        let path = initiative::path(site, progress);
        site.theme.render("initiative.html", initiative::page(site, progress), &mut buffer)?;
        output.write(&path, Rank::List, &buffer)?;
        paths.push(path);
    }
    if !paths.is_empty() {
        site.theme.render("scorecards.html", scorecards::page(site), &mut buffer)?;
        output.write(scorecards::PATH, Rank::List, &buffer)?;
        paths.push(scorecards::PATH.to_string());
    }
    api_score::write(site, output)?;
    Ok(paths)
}

/// Writes the page of the catalog's health, and returns its path.
fn health(site: &Site<'_>, output: &Output) -> Result<Option<String>, Error> {
    let mut page = Vec::new();
    site.theme.render("health.html", health::page(site), &mut page)?;
    output.write(health::PATH, Rank::List, &page)?;
    Ok(Some(health::PATH.to_string()))
}

/// What the pages of entities are made with, and where they go.
struct Making<'a, 's> {
    site: &'a Site<'s>,
    tables: &'a [Arc<table::Table<'a>>],
    sheets: &'a dashboard::Sheets<'a>,
    fingerprints: &'a Fingerprints,
    images: &'a document::Images,
    interfaces: &'a Interfaces,
    output: &'a Output,
    options: &'a Options,
}

impl Making<'_, '_> {
    /// Writes the page of each entity.
    fn entities(&self) -> Result<(), Error> {
        let (documents, count) = (self.site.documents, self.site.catalog().entity_count());
        // Documents are read for some entities at a time.
        let step = if documents.is_empty() { count.max(1) } else { document::ENTITIES_AT_ONCE };
        for first in (0..count).step_by(step) {
            let range = first..(first + step).min(count);
            let leads = document::Leads::read(documents, range.clone())?;
            let chunks = range.len().div_ceil(CHUNK);
            (0..chunks).into_par_iter().try_for_each_init(Vec::new, |buffer, chunk| {
                let start = range.start + chunk * CHUNK;
                let end = (start + CHUNK).min(range.end);
                (start..end).map(EntityId::new).try_for_each(|id| self.entity(id, &leads, buffer))?;
                self.options.progress.inc((end - start) as u64);
                Ok::<_, Error>(())
            })?;
        }
        Ok(())
    }

    /// Writes the page of an entity, unless nothing that it shows has changed.
    fn entity(&self, id: EntityId, leads: &document::Leads, buffer: &mut Vec<u8>) -> Result<(), Error> {
        let Self { site, fingerprints, images, interfaces, output, .. } = *self;
        let (path, entity) = (site.face(id).path(), site.catalog().entity(id));
        let told = Told::of(site, id, entity::ROOT);
        let work = Work::of(site, entity, entity::ROOT);
        let lead = leads.of(id).and_then(|text| document::Lead::new(site, images, entity, text));
        let (from, proofs) = verdict::hash(site, entity, entity::ROOT, fingerprints.page(id));
        let from = site.offers.hash(site.portal, entity, from);
        let from = team::hash(site, entity, owned::hash(site, id, from));
        let from = interfaces.hash(id, document::hash(lead.as_ref(), work.hash(told.hash(from))));
        let sheets = self.sheets.shown(site, self.tables, id, Used::new(&site.icons));
        let inside = graph::Parts::of(site, id);
        let from = sheets.hash(from);
        let from = inside.as_ref().map_or(from, |parts| parts.hash(fingerprints, from));
        if !output.keep(path, Rank::Leaf, from, buffer)? {
            let verdict = verdict::of(site, entity, entity::ROOT, &proofs);
            let parts = entity::Parts { verdict, told, work, lead, interfaces, sheets, inside };
            site.theme.render("entity.html", entity::page(site, entity, parts), buffer)?;
            output.write_made(path, Rank::Leaf, buffer, from)?;
        }
        Ok(())
    }
}

/// Writes the files that are the same for every catalog, and the catalog's own.
fn assets(site: &Site<'_>, output: &Output, options: &Options) -> Result<(), Error> {
    let own = |path: &str| asset::is_replaced(options, path);
    asset::write(site, output, options)?;
    brand::write(site, output, options)?;
    if !own("robots.txt") {
        output.write("robots.txt", Rank::Leaf, sitemap::robots(site).as_bytes())?;
    }
    if !own("llms.txt") {
        output.write("llms.txt", Rank::Leaf, llms::text(site).as_bytes())?;
    }
    if !own("404.html") {
        let mut page = Vec::new();
        site.theme.render("404.html", lost(site), &mut page)?;
        output.write("404.html", Rank::Leaf, &page)?;
    }
    for (path, bytes) in &options.statics {
        output.write(path, Rank::Leaf, bytes)?;
    }
    Ok(())
}

fn lost(site: &Site<'_>) -> Value {
    Lost {
        site: site.common.clone(),
        frame: site.frame(&lost_root(site.base.as_deref()), Area::Nowhere),
        title: Value::from("Page not found"),
        summary: Value::from("There is no page at this address"),
        icons: none(),
    }
    .into()
}
