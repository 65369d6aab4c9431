//! The folder in which the documents of an entity start.

use rustc_hash::FxHashMap;

use super::Warning;
use crate::catalog::{EntityId, EntityRef, OwnFolders};
use crate::condition::Asked;
use crate::jq::Filter;
use crate::known::Known;
use crate::portal::Portal;
use crate::source::SourceId;
use crate::worktree::normalise;

/// Folders of documents beside `docs`: records of decisions.
const DECISIONS: &[&str] = &["adr", "decisions"];

/// What READMEs are called, in small letters.
const READMES: &[&str] = &["readme.md", "readme.markdown"];

/// What says the order of documents, as MkDocs and Backstage read it.
const NAVS: &[&str] = &["mkdocs.yml", "mkdocs.yaml"];

/// The folder of an entity: empty, or ending in `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start(String);

impl Start {
    /// Returns the folder `folder`, which ends in no slash.
    pub(super) fn new(folder: &str) -> Self {
        Self(if folder.is_empty() { String::new() } else { format!("{folder}/") })
    }

    /// Returns the path below the folder of a file that is in it.
    pub(super) fn relative<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.0.as_str())
    }

    /// Returns a folder in it, ending in `/`; itself for `.`.
    pub(super) fn below(&self, folder: &str) -> String {
        let folder = folder.trim_start_matches("./").trim_end_matches('/');
        if matches!(folder, "" | ".") { self.0.clone() } else { format!("{}{folder}/", self.0) }
    }

    /// Returns the README among all files, which are sorted.
    pub(super) fn readme<'f>(&self, listed: &'f [String]) -> Option<&'f str> {
        let own = below(&self.0, listed).filter(|path| !path[self.0.len()..].contains('/'));
        let named = |path: &&str| READMES.contains(&path[self.0.len()..].to_ascii_lowercase().as_str());
        // Files of a folder are not beside each other, but only the names matter.
        let mut found: Vec<&str> = own.filter(named).collect();
        found.sort_unstable();
        found.first().copied()
    }

    /// Returns the file that says the order.
    pub(super) fn nav<'f>(&self, listed: &'f [String]) -> Option<&'f str> {
        NAVS.iter().find_map(|name| {
            let path = format!("{}{name}", self.0);
            let at = listed.binary_search(&path).ok()?;
            Some(listed[at].as_str())
        })
    }

    /// Returns the Markdown files of the folder of documents and of those of decisions, as a reader would leaf through them:
    /// the page that leads a folder first.
    pub(super) fn documents<'f>(
        &self,
        folder: &str,
        listed: &'f [String],
    ) -> impl Iterator<Item = &'f str> + use<'f> {
        let mut folders = vec![folder.to_string()];
        folders.extend(DECISIONS.iter().map(|name| format!("{}{name}/", self.0)));
        // All files of the entity's folder may be meant only when the configuration of the documents says so.
        let mut found = Vec::new();
        for folder in folders {
            let mut here: Vec<&str> = below(&folder, listed).filter(|path| is_markdown(path)).collect();
            here.retain(|path| !path[folder.len()..].split('/').any(|part| part.starts_with('.')));
            here.sort_by_cached_key(|path| order(&path[folder.len()..]));
            found.extend(here);
        }
        found.into_iter()
    }
}

/// Returns whether a file is Markdown by its name.
pub(super) fn is_markdown(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.ends_with(".md") || lower.ends_with(".markdown")
}

/// Returns what puts documents in order: files before folders, and the one that leads a folder first.
fn order(path: &str) -> Vec<(bool, bool, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    let last = parts.len() - 1;
    let part = |(at, part): (usize, &&str)| {
        let lower = part.to_ascii_lowercase();
        let leads = matches!(lower.as_str(), "index.md" | "readme.md");
        (at < last, !leads, lower)
    };
    parts.iter().enumerate().map(part).collect()
}

/// Returns the files below a folder, which is empty or ends in a slash.
fn below<'f>(folder: &str, listed: &'f [String]) -> impl Iterator<Item = &'f str> + use<'f> {
    let start = listed.partition_point(|file| file.as_str() < folder);
    let end = start + listed[start..].partition_point(|file| file.starts_with(folder));
    listed[start..end].iter().map(String::as_str)
}

/// The folders of all entities.
pub(super) struct Folders<'a> {
    known: Known<'a>,
    own: OwnFolders<'a>,
    /// What gives the folder of an entity, when the configuration says.
    filter: Option<Filter>,
    /// The entity that is written first in each file that holds entities.
    first: FxHashMap<SourceId, (u32, EntityId)>,
    warnings: &'a mut Vec<Warning>,
}

impl<'a> Folders<'a> {
    /// Returns the folders of the entities of a catalog.
    pub(super) fn new(portal: &'a Portal, warnings: &'a mut Vec<Warning>) -> Self {
        let catalog = &portal.catalog;
        let mut first: FxHashMap<SourceId, (u32, EntityId)> = FxHashMap::default();
        for entity in catalog.entities() {
            let at = (entity.node().span().start, entity.id());
            first.entry(entity.source()).and_modify(|first| *first = (*first).min(at)).or_insert(at);
        }
        // One that is no jq has been reported with the catalog.
        let filter = catalog.config().documents.as_ref();
        let filter = filter.and_then(|source| Filter::compile(&source.value).ok());
        let own = OwnFolders::new(catalog, &portal.sources);
        Self { known: portal.known(), own, filter, first, warnings }
    }

    /// Returns the folder of an entity, if it has one: as the configuration says, else its own. A folder that several
    /// entities of one file have is that of the first. Asked inside [`on_deep_stack`](crate::jq::on_deep_stack).
    pub(super) fn of(&mut self, entity: EntityRef<'a>) -> Option<Start> {
        if let Some(folder) = self.configured(entity) {
            return Some(Start::new(&folder));
        }
        let first = self.first.get(&entity.source()).is_some_and(|(_, first)| *first == entity.id());
        let own = first && entity.origin().is_none();
        self.own.of(entity).ok().filter(|_| own).map(Start::new)
    }

    fn configured(&mut self, entity: EntityRef<'a>) -> Option<String> {
        let filter = self.filter.as_ref()?;
        let given = filter.first(Asked::new(self.known, entity).input(), self.known.now.seconds());
        let wrong = |why: String| {
            let blueprint = &entity.blueprint().identifier.value;
            format!("the documents of {blueprint} `{}` are not shown: {why}", entity.identifier())
        };
        match given {
            Err(error) => self.warnings.push(wrong(format!("`site.documents` fails: {error}"))),
            Ok(None | Some(serde_json::Value::Null)) => {}
            Ok(Some(serde_json::Value::String(folder))) => match folder.trim_end_matches('/') {
                "" | "." => return Some(String::new()),
                folder => match normalise("", folder) {
                    Some(folder) => return Some(folder),
                    None => self.warnings.push(wrong(format!("`{folder}` is not inside the catalog"))),
                },
            },
            Ok(Some(_)) => self.warnings.push(wrong("`site.documents` gives no text".into())),
        }
        None
    }
}
