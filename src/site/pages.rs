//! Every file of the site, made in parallel and handed to the output one by one.

use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::Value;
use rayon::prelude::*;

use super::fingerprint::Fingerprints;
use super::frame::Area;
use super::record::{none, record};
use super::{
    Error, Options, Site, action, api, api_score, asset, entity, home, initiative, listing, lost_root,
    scorecard, scorecards, sitemap, verdict,
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

/// Writes all files and returns how many of them are pages.
pub(super) fn write(site: &Site<'_>, output: &Output, options: &Options) -> Result<usize, Error> {
    let lists = listing::pages(site);
    options.progress.set_length((site.catalog().entity_count() + lists.len()) as u64);
    assets(site, output, options)?;
    let fingerprints = Fingerprints::new(site, options, api::entities(site, output)?);
    // Evidence asks expressions again.
    jq::on_deep_stack(|| entities(site, &fingerprints, output, options))?;
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
    api::lists(site, output)?;
    let mut others = standards(site, output)?;
    others.extend(action::write(site, output)?);
    pages.fetch_add(others.len(), Ordering::Relaxed);
    let lists: Vec<String> = lists.into_iter().map(|page| page.path).chain(others).collect();
    sitemap::write(site, output, &lists)?;
    let mut buffer = Vec::new();
    site.theme.render("index.html", home::page(site), &mut buffer)?;
    output.write("index.html", Rank::Home, &buffer)?;
    Ok(pages.into_inner())
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

/// Writes the page of each entity.
fn entities(
    site: &Site<'_>,
    fingerprints: &Fingerprints,
    output: &Output,
    options: &Options,
) -> Result<(), Error> {
    let chunks = site.catalog().entity_count().div_ceil(CHUNK);
    (0..chunks).into_par_iter().try_for_each_init(Vec::new, |buffer, chunk| {
        let end = ((chunk + 1) * CHUNK).min(site.catalog().entity_count());
        for id in (chunk * CHUNK..end).map(EntityId::new) {
            let (path, entity) = (&site.face(id).path, site.catalog().entity(id));
            let from = verdict::hash(site, entity, entity::ROOT, fingerprints.page(id));
            let from = site.offers.hash(site.portal, entity, from);
            if !output.keep(path, Rank::Leaf, from, buffer)? {
                let verdict = verdict::of(site, entity, entity::ROOT);
                site.theme.render("entity.html", entity::page(site, entity, verdict), buffer)?;
                output.write_made(path, Rank::Leaf, buffer, from)?;
            }
        }
        options.progress.inc((end - chunk * CHUNK) as u64);
        Ok(())
    })
}

/// Writes the files that are the same for every catalog, and the catalog's own.
fn assets(site: &Site<'_>, output: &Output, options: &Options) -> Result<(), Error> {
    let own = |path: &str| asset::is_replaced(options, path);
    asset::write(site, output, options)?;
    if !own("robots.txt") {
        output.write("robots.txt", Rank::Leaf, sitemap::robots(site).as_bytes())?;
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
