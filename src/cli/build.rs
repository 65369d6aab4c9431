//! `portal build`: the catalog as a static site.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use indicatif::ProgressBar;

use super::open::{Opened, Source};
use super::{Failure, Global, Outcome, memory, progress, recorded, templates};
use crate::document::Documents;
use crate::git;
use crate::history;
use crate::interface::Descriptions;
use crate::site::{self, Built, Options};

/// Render the static site
///
/// Writes a folder of files that any host serves, that works under a sub-path and from the disk. What has not
/// changed is not written again; a build that is stopped leaves the last complete site.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Build {
    /// The folder to write [default: site.output of portal.yaml, else site]
    #[arg(short, long, value_name = "DIR", env = "PORTAL_SITE")]
    output: Option<PathBuf>,
    /// The public address of the site, for the sitemap [default: site.url of portal.yaml]
    #[arg(long, value_name = "URL", env = "PORTAL_BASE_URL")]
    base_url: Option<String>,
    /// Write into a folder that portal did not create; files that are not the site's stay
    #[arg(long)]
    force: bool,
    /// Build even when the catalog has errors
    #[arg(long, env = "PORTAL_KEEP_GOING")]
    keep_going: bool,
    #[command(flatten)]
    source: Source,
}

const EXAMPLES: &str = "Examples:
  portal build
  portal build --output public --base-url https://portal.example.com/
  portal build --at v1.4.0 --output old";

impl Build {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let start = Instant::now();
        let opened = self.source.open(global, None)?;
        if !opened.is_sound(global, self.keep_going)? {
            return Ok(Outcome::Findings);
        }
        let folder = self.folder(opened);
        let bar = progress::bar(global, "writing pages", opened.portal.catalog.entity_count() as u64);
        let built = site::build(&opened.portal, &folder, &self.options(global, opened, bar.clone())?);
        bar.finish_and_clear();
        let built = built.map_err(|error| Failure::Other(error.to_string()))?;
        if global.quiet == 0 {
            for warning in &built.left_out {
                writeln!(io::stderr(), "warning: {warning}")?;
            }
            writeln!(io::stderr(), "{} in {} ms", said(&built, &folder), start.elapsed().as_millis())?;
        }
        Ok(if opened.portal.diagnostics.has_errors() { Outcome::Findings } else { Outcome::Done })
    }

    /// Returns the folder to write: as given, from `-C`; as configured, from the catalog root.
    fn folder(&self, opened: &Opened) -> PathBuf {
        let configured =
            || opened.portal.catalog.config().output.as_ref().map(|folder| opened.root.join(folder));
        let from = |folder: &Path| {
            if opened.directory == Path::new(".") { folder.into() } else { opened.directory.join(folder) }
        };
        let given = self.output.as_ref().map(|folder| from(folder));
        given.or_else(configured).unwrap_or_else(|| from(Path::new("site")))
    }

    fn options(&self, global: &Global, opened: &Opened, progress: ProgressBar) -> Result<Options, Failure> {
        let configured = || opened.portal.catalog.config().site_url.clone();
        let base_url = self.base_url.clone().or_else(configured);
        let options = options(global, opened, self.source.at.as_deref())?;
        Ok(Options { base_url, force: self.force, progress, ..options })
    }
}

/// Returns what a site is made of beside the catalog: its commit, its runs, its own templates and files.
pub(super) fn options(global: &Global, opened: &Opened, at: Option<&str>) -> Result<Options, Failure> {
    let revision = at.unwrap_or("HEAD");
    Ok(Options {
        commit: git::commit(&opened.root, revision),
        outlooks: history::outlooks(&opened.portal, &opened.root, revision),
        trends: memory::trends(opened, revision),
        runs: recorded::runs(global, opened, at)?,
        timeline: Arc::new(memory::timeline(opened, revision)?),
        interfaces: Descriptions::find(&opened.portal.catalog, &opened.portal.sources, opened.files(at)?)?,
        documents: documents(global, opened, at)?,
        templates: own_templates(global, &opened.root)?,
        statics: files(&opened.root.join("static"))?,
        ..Options::default()
    })
}

/// Returns the documents of the entities, from where the catalog was read; what is left out is said.
fn documents(global: &Global, opened: &Opened, at: Option<&str>) -> Result<Documents, Failure> {
    let documents = Documents::find(&opened.portal, opened.files(at)?)?;
    if global.quiet == 0 {
        documents.warnings().iter().try_for_each(|warning| writeln!(io::stderr(), "warning: {warning}"))?;
    }
    Ok(documents)
}

/// Returns the catalog's own templates; says which of them were made from originals that have changed since.
fn own_templates(global: &Global, root: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let texts = texts(&root.join(templates::FOLDER))?;
    if global.quiet == 0 {
        templates::warnings(&texts).iter().try_for_each(|said| writeln!(io::stderr(), "warning: {said}"))?;
    }
    Ok(templates::used(texts))
}

/// Returns the last line of a build: what was written, where.
fn said(built: &Built, folder: &Path) -> String {
    let count =
        |count: usize, what: &str| if count == 0 { String::new() } else { format!(", {count} {what}") };
    format!(
        "built {} pages into {}: {} written{}{}",
        built.pages,
        shown(folder).display(),
        built.written,
        count(built.unchanged, "unchanged"),
        count(built.removed, "removed"),
    )
}

/// Returns a folder as people would name it: `a/../site` is `site`.
fn shown(folder: &Path) -> PathBuf {
    let mut shown = PathBuf::new();
    for part in folder.components() {
        match part {
            Component::ParentDir if matches!(shown.components().next_back(), Some(Component::Normal(_))) => {
                shown.pop();
            }
            Component::CurDir => {}
            part => shown.push(part),
        }
    }
    shown
}

/// Returns the files of a folder by their path in it; none when there is no such folder.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| Failure::Other(error.to_string()))?;
        // A link could publish what is not in the catalog.
        if !entry.file_type().is_file() {
            continue;
        }
        let Some(path) = entry.path().strip_prefix(folder).ok().and_then(Path::to_str) else { continue };
        let bytes = fs::read(entry.path());
        let bytes = bytes
            .map_err(|error| Failure::Other(format!("cannot read `{}`: {error}", entry.path().display())))?;
        files.push((path.replace('\\', "/"), bytes));
    }
    Ok(files)
}

/// Returns the templates of a folder by name.
pub(super) fn texts(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let text = |(path, bytes): (String, Vec<u8>)| {
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::Other(format!("templates/{path} is not UTF-8 text")))?;
        Ok((path, text))
    };
    files(folder)?.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_the_short_way() {
        for (folder, expected) in [
            ("examples/catalog/../../site", "site"),
            ("./site", "site"),
            ("../site", "../site"),
            ("a/../../site", "../site"),
            ("/srv/site", "/srv/site"),
        ] {
            assert_eq!(shown(Path::new(folder)), Path::new(expected), "{folder}");
        }
    }
}
