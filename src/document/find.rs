//! Finding the documents of all entities.

use rustc_hash::{FxHashMap, FxHashSet};

use super::folder::{Folders, Start};
use super::name::Names;
use super::nav::Nav;
use super::{AT_ONCE, Document, Documents, LARGEST, MOST, Warning, reference, text_of, title};
use crate::catalog::EntityId;
use crate::jq;
use crate::portal::Portal;
use crate::worktree::{Content, Files, Selection, Unreadable};
use crate::yaml;

/// The largest `mkdocs.yml` that is read, in bytes.
const LARGEST_NAV: usize = 256 * 1024;

/// What belongs to an entity before it has been read.
struct Claim {
    entity: EntityId,
    /// The folder in which its documents are, if it has one.
    start: Option<Start>,
    /// The files that its properties are read from.
    named: Vec<String>,
}

/// A file that an entity has, and what `mkdocs.yml` calls it.
struct Found {
    path: String,
    title: Option<String>,
}

impl Documents {
    /// Returns the documents of a catalog whose files are `files`.
    ///
    /// # Errors
    /// When files cannot be listed or read.
    pub fn find(portal: &Portal, files: Box<dyn Files + Send>) -> Result<Self, Unreadable> {
        let mut documents = Self::default();
        let claims = jq::on_deep_stack(|| claims(portal, &mut documents.warnings));
        if claims.is_empty() {
            return Ok(documents);
        }
        let include = vec!["**".to_string(), ".*/**".to_string()];
        documents.listed = files.list(&Selection { include, ..Selection::default() })?.files;
        let navs = navs(&claims, &documents, &*files)?;
        for claim in &claims {
            let found = documents.found(portal, claim, &navs);
            documents.add(portal, claim, found);
        }
        documents.read_titles(portal, &*files)?;
        documents.files = Some(files.into());
        Ok(documents)
    }

    /// Returns the files of an entity in reading order.
    fn found(&mut self, portal: &Portal, claim: &Claim, navs: &FxHashMap<String, Nav>) -> Vec<Found> {
        let mut found = Vec::new();
        let mut known = FxHashSet::default();
        let mut add = |path: &str, title: Option<String>| {
            if known.insert(path.to_string()) {
                found.push(Found { path: path.to_string(), title });
            }
        };
        let plain = Nav::default();
        if let Some(start) = &claim.start {
            start.readme(&self.listed).into_iter().for_each(|path| add(path, None));
            let nav = start.nav(&self.listed).and_then(|path| navs.get(path)).unwrap_or(&plain);
            let folder = start.below(nav.folder());
            for (path, title) in nav.pages(&folder) {
                if self.is_file(&path) {
                    add(&path, title);
                }
            }
            start.documents(&folder, &self.listed).for_each(|path| add(path, None));
        }
        for path in &claim.named {
            if self.is_file(path) {
                add(path, None);
            }
        }
        if found.len() > MOST {
            let entity = portal.catalog.entity(claim.entity);
            self.warnings.push(format!(
                "{} `{}` has {} documents: the site shows the first {MOST}",
                entity.blueprint().identifier.value,
                entity.identifier(),
                found.len()
            ));
            found.truncate(MOST);
        }
        found
    }

    /// Adds the files of an entity; one that another has already keeps its page.
    fn add(&mut self, portal: &Portal, claim: &Claim, found: Vec<Found>) {
        let entity = portal.catalog.entity(claim.entity);
        let mut names = Names::new(claim.start.as_ref());
        for Found { path, title } in found {
            let number = *self.by_path.entry(path.clone()).or_insert_with(|| {
                let name = names.name(&path);
                let title = title.unwrap_or_default();
                self.all.push(Document { path, owner: entity.id(), name, title });
                self.all.len() - 1
            });
            self.of.entry(entity.id()).or_default().push(number);
        }
    }

    /// Reads what each document is called, and leaves out those that cannot be shown.
    fn read_titles(&mut self, portal: &Portal, files: &dyn Files) -> Result<(), Unreadable> {
        let mut kept = vec![true; self.all.len()];
        for (chunk, documents) in self.all.chunks_mut(AT_ONCE).enumerate() {
            let paths: Vec<String> = documents.iter().map(|document| document.path.clone()).collect();
            let contents = files.read(&paths, LARGEST)?;
            for (at, (document, content)) in documents.iter_mut().zip(&contents).enumerate() {
                match text_of(content) {
                    Some(text) if !text.trim().is_empty() => {
                        if document.title.is_empty() {
                            let label = portal.catalog.entity(document.owner).label();
                            document.title = title::of(text, &document.path, label);
                        }
                    }
                    Some(_) => kept[chunk * AT_ONCE + at] = false,
                    None => {
                        kept[chunk * AT_ONCE + at] = false;
                        self.warnings.push(left_out(&document.path, content));
                    }
                }
            }
        }
        self.keep(&kept);
        Ok(())
    }

    /// Leaves out the documents that are not kept.
    fn keep(&mut self, kept: &[bool]) {
        if kept.iter().all(|&kept| kept) {
            return;
        }
        let mut next = 0;
        let numbers: Vec<Option<usize>> = kept
            .iter()
            .map(|&kept| {
                next += usize::from(kept);
                kept.then(|| next - 1)
            })
            .collect();
        let mut kept = kept.iter();
        self.all.retain(|_| kept.next() == Some(&true));
        self.by_path =
            self.all.iter().enumerate().map(|(at, document)| (document.path.clone(), at)).collect();
        for of in self.of.values_mut() {
            *of = of.iter().filter_map(|&number| numbers[number]).collect();
        }
    }
}

/// Returns the sentence about a document that is not shown.
fn left_out(path: &str, content: &Content) -> Warning {
    match content {
        Content::TooLarge(bytes) => {
            format!("`{path}` is not shown: it has {} KiB, and {} is the most", bytes / 1024, LARGEST / 1024)
        }
        Content::Bytes(_) | Content::Text(_) => format!("`{path}` is not shown: it is not UTF-8 text"),
    }
}

/// Returns the entities that may have documents.
fn claims(portal: &Portal, warnings: &mut Vec<Warning>) -> Vec<Claim> {
    let mut folders = Folders::new(portal, warnings);
    let claim = |entity| {
        let start = folders.of(entity);
        let named = reference::markdown(portal, entity);
        (start.is_some() || !named.is_empty()).then(|| Claim { entity: entity.id(), start, named })
    };
    portal.catalog.entities().filter_map(claim).collect()
}

/// Returns what each `mkdocs.yml` beside documents says, by path.
fn navs(
    claims: &[Claim],
    documents: &Documents,
    files: &dyn Files,
) -> Result<FxHashMap<String, Nav>, Unreadable> {
    let starts = claims.iter().filter_map(|claim| claim.start.as_ref());
    let paths: Vec<String> =
        starts.filter_map(|start| start.nav(&documents.listed).map(String::from)).collect();
    let mut navs = FxHashMap::default();
    for paths in paths.chunks(AT_ONCE) {
        for (path, content) in paths.iter().zip(files.read(paths, LARGEST_NAV)?) {
            // One that cannot be read says nothing about the order; the documents are shown all the same.
            if let Content::Text(text) = content {
                let source = crate::source::SourceId::new(0);
                let document = yaml::parse(source, &text, &mut Vec::new());
                navs.insert(path.clone(), document.roots().next().map(Nav::read).unwrap_or_default());
            }
        }
    }
    Ok(navs)
}
