//! The catalog of earlier commits, judged by today's scorecards and initiatives.

use std::collections::BTreeMap;
use std::path::Path;

use crate::git::{History, Revision};
use crate::model::Kind;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::worktree::{CONFIG_FILE, Content, Files, Held, Listing, Selection, Tree, Unreadable};

/// Returns the catalog at a commit, judged by today's scorecards and initiatives.
pub(super) fn reopen(portal: &Portal, root: &Path, commit: &str, at: Instant) -> Option<Portal> {
    let revision = Revision::open(root, commit).ok()?;
    let history = History::open(root, commit, Some(revision.prefix()));
    let config = revision.text(CONFIG_FILE);
    let files = Past { revision: &revision, today: today(portal), folders: folders(portal) };
    Portal::open(Origin { files: &files, history: history.as_ref(), now: at }, config).ok()
}

/// Returns the folders whose documents judge.
fn folders(portal: &Portal) -> Vec<String> {
    let config = portal.catalog.config();
    let kinds = [Kind::Scorecard, Kind::Initiative];
    kinds.iter().flat_map(|&kind| config.folders(kind)).map(|folder| format!("{folder}/")).collect()
}

/// Returns today's documents in those folders.
pub(super) fn today(portal: &Portal) -> BTreeMap<String, String> {
    let folders = folders(portal);
    let judges = |path: &str| folders.iter().any(|folder| path.starts_with(folder.as_str()));
    let sources = portal.sources.iter().filter(|(_, source)| judges(source.path()));
    sources.map(|(_, source)| (source.path().to_string(), source.text().to_string())).collect()
}

/// A revision with today's scorecards and initiatives in place of its own.
struct Past<'a> {
    revision: &'a Revision,
    today: BTreeMap<String, String>,
    folders: Vec<String>,
}

impl Files for Past<'_> {
    fn list(&self, selection: &Selection) -> Result<Listing, Unreadable> {
        let mut listing = self.revision.list(selection)?;
        let judges = |path: &str| self.folders.iter().any(|folder| path.starts_with(folder.as_str()));
        listing.files.retain(|path| !judges(path));
        let matcher = selection.compile(|_| true);
        listing.files.extend(self.today.keys().filter(|path| matcher.takes(path)).cloned());
        listing.files.sort_unstable();
        Ok(listing)
    }

    fn read(&self, paths: &[String], most: usize) -> Result<Vec<Content>, Unreadable> {
        let past: Vec<String> =
            paths.iter().filter(|path| !self.today.contains_key(*path)).cloned().collect();
        let mut past = self.revision.read(&past, most)?.into_iter();
        let content = |path: &String| match self.today.get(path) {
            Some(text) => Some(Content::from(text.as_bytes())),
            None => past.next(),
        };
        Ok(paths.iter().filter_map(content).collect())
    }

    fn reference(&self, path: &str, most: usize) -> Result<Vec<u8>, String> {
        self.revision.reference(path, most)
    }

    fn tree(&self, folder: &str) -> Result<Tree, Unreadable> {
        self.revision.tree(folder)
    }

    fn held(&self, path: &str, most: usize) -> Result<Held, Unreadable> {
        self.revision.held(path, most)
    }
}
