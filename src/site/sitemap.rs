//! `sitemap.xml` and `robots.txt`: what crawlers read. A sitemap needs the public address of the site.

use minijinja::Value;
use rayon::prelude::*;

use super::record::{list, record};
use super::{Error, Site};
use crate::catalog::EntityId;
use crate::output::{Output, Rank};

/// The most addresses that a sitemap may hold.
const MOST: usize = 50_000;

record! {
    /// What the templates of sitemaps read.
    Sitemap { addresses }
}

/// Returns `robots.txt`: everything may be read.
pub(super) fn robots(site: &Site<'_>) -> String {
    let sitemap = site.base.as_ref().map(|base| format!("Sitemap: {base}sitemap.xml\n")).unwrap_or_default();
    format!("User-agent: *\nAllow: /\n{sitemap}")
}

/// Writes the sitemap, or several and an index of them.
pub(super) fn write(site: &Site<'_>, output: &Output, lists: &[String]) -> Result<(), Error> {
    let Some(base) = &site.base else { return Ok(()) };
    let first = std::iter::once("index.html".to_string()).chain(lists.iter().cloned());
    let first: Vec<String> = first.collect();
    let count = first.len() + site.catalog().entity_count();
    let address = |at: usize| match first.get(at) {
        Some(path) => format!("{base}{path}"),
        None => format!("{base}{}", site.face(EntityId::new(at - first.len())).path()),
    };
    let render = |name: &str, addresses: Value, path: &str| {
        let mut page = Vec::new();
        site.theme.render(name, Sitemap { addresses }.into(), &mut page)?;
        output.write(path, Rank::Home, &page)?;
        Ok::<_, Error>(())
    };
    if count <= MOST {
        return render("sitemap.xml", list((0..count).map(address)), "sitemap.xml");
    }
    let parts: Vec<usize> = (0..count.div_ceil(MOST)).collect();
    parts.par_iter().try_for_each(|part| {
        let range = part * MOST..((part + 1) * MOST).min(count);
        render("sitemap.xml", list(range.map(address)), &format!("sitemap-{}.xml", part + 1))
    })?;
    let parts = parts.iter().map(|part| format!("{base}sitemap-{}.xml", part + 1));
    render("sitemap-index.xml", list(parts), "sitemap.xml")
}
