//! Which files hold the data of integrations, and what is in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::{Glob, GlobSetBuilder};
use rayon::prelude::*;

use super::Definition;
use super::parsed::text;
use crate::diagnostic::{Diagnostic, Rule};
use crate::fact::{Data, Format};
use crate::model::Spanned;
use crate::model::integration::{FORMATS, Integration, Resource};
use crate::model::phrase::quoted;
use crate::source::{Source, SourceId, Sources};
use crate::worktree::{Files, Link, Selection, Unreadable, normalise};
use crate::yaml::MAX_BYTES;

/// The data of all integrations.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) data: Vec<Data>,
    /// Which resource is made of which data.
    pub(super) uses: Vec<Use>,
    /// Files of the catalog that turned out to be data.
    pub(super) taken: Vec<SourceId>,
    pub(super) links: Vec<Link>,
}

/// A resource of an integration and the numbers of its data.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) integration: usize,
    pub(super) resource: usize,
    pub(super) data: Vec<usize>,
}

/// The files that are documents of the catalog, in path order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed<'a> {
    pub(super) files: &'a [String],
    /// The number of the first one's source.
    pub(super) first: usize,
}

impl Listed<'_> {
    fn source(&self, path: &str) -> Option<SourceId> {
        let at = self.files.binary_search_by(|file| file.as_str().cmp(path)).ok()?;
        Some(SourceId::new(self.first + at))
    }
}

/// Reads the files that the integrations name as their sources.
///
/// # Errors
/// When files cannot be listed or read.
pub(super) fn gather(
    files: &dyn Files,
    integrations: &[Definition<Integration>],
    own: &dyn Fn(SourceId) -> bool,
    listed: Listed<'_>,
    sources: &mut Sources,
    found: &mut Vec<Diagnostic>,
) -> Result<Gathered, Unreadable> {
    let mut gathered = Gathered::default();
    let patterns = Patterns::find(files, integrations, found, &mut gathered.links)?;
    let is_data = |path: &str| !listed.source(path).is_some_and(own);
    let mut wanted: BTreeMap<(String, Format), usize> = BTreeMap::new();
    let mut order = Vec::new();
    for (integration, definition) in integrations.iter().enumerate() {
        for (resource, described) in definition.value.resources.iter().enumerate() {
            let mut data = Vec::new();
            let named = sources_of(&definition.value, described);
            if named.is_empty() {
                // Port's own integrations fetch their data.
                continue;
            }
            for source in named {
                let mut strange = None;
                for path in patterns.files(source).filter(|path| is_data(path)) {
                    let Some(format) = format(&definition.value, described, path) else {
                        strange = strange.or(Some(path));
                        continue;
                    };
                    let next = wanted.len();
                    let number = *wanted.entry((path.clone(), format)).or_insert_with(|| {
                        order.push((path.clone(), format));
                        next
                    });
                    if !data.contains(&number) {
                        data.push(number);
                    }
                }
                found.extend(strange.map(|path| unknown_format(source, path)));
            }
            gathered.uses.push(Use { integration, resource, data });
        }
    }
    read(files, &order, listed, sources, found, &mut gathered)?;
    Ok(gathered)
}

/// Returns the patterns of a resource: its own, else its integration's.
fn sources_of<'a>(integration: &'a Integration, resource: &'a Resource) -> &'a [Spanned<String>] {
    if resource.source.is_empty() { &integration.source } else { &resource.source }
}

/// Returns the patterns of the files that hold an integration's data, relative to the catalog root; what is none is left
/// out.
pub fn sources(integration: &Integration) -> Vec<Glob> {
    let mut all: Vec<&Spanned<String>> =
        integration.resources.iter().flat_map(|resource| sources_of(integration, resource)).collect();
    all.sort_by_key(|source| &source.value);
    all.dedup_by_key(|source| &source.value);
    all.into_iter().filter_map(|source| pattern(source).ok()).collect()
}

/// Returns the format of a file; `None` when nothing says it.
fn format(integration: &Integration, resource: &Resource, path: &str) -> Option<Format> {
    match resource.format.as_ref().or(integration.format.as_ref()) {
        Some(name) => Format::from_name(&name.value),
        None => Format::of_path(path),
    }
}

/// Reads files in this order.
fn read(
    files: &dyn Files,
    order: &[(String, Format)],
    listed: Listed<'_>,
    sources: &mut Sources,
    found: &mut Vec<Diagnostic>,
    gathered: &mut Gathered,
) -> Result<(), Unreadable> {
    let mut paths: Vec<String> = order.iter().map(|(path, _)| path.clone()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut texts: BTreeMap<&str, (SourceId, Option<Arc<str>>)> = BTreeMap::new();
    for (path, content) in paths.iter().zip(files.read(&paths, MAX_BYTES)?) {
        let known = listed.source(path);
        let id = known.unwrap_or_else(|| SourceId::new(sources.len()));
        let (text, broken) = text(id, content);
        match known {
            Some(id) => gathered.taken.push(id),
            None => drop(sources.add(Source::new(path.clone(), Arc::clone(&text)))),
        }
        texts.insert(path, (id, broken.is_none().then_some(text)));
        found.extend(broken);
    }
    let read: Vec<(Data, Vec<Diagnostic>)> = order
        .par_iter()
        .map(|(path, format)| {
            let mut found = Vec::new();
            let (id, text) = &texts[path.as_str()];
            let text = text.clone().unwrap_or_else(|| Arc::from(""));
            (Data::read(*format, *id, &text, &mut found), found)
        })
        .collect();
    for (data, problems) in read {
        gathered.data.push(data);
        found.extend(problems);
    }
    Ok(())
}

fn unknown_format(source: &Spanned<String>, path: &str) -> Diagnostic {
    let message = format!("nothing says the format of `{path}`");
    let help = format!("add `format:` with one of {}", quoted(FORMATS.iter().copied()));
    Diagnostic::new(Rule::InvalidValue, source.span, message).help(help)
}

/// The files that each pattern of an integration matches.
struct Patterns {
    files: BTreeMap<String, Vec<String>>,
}

impl Patterns {
    /// Looks for the files of all patterns; a pattern that is none, or matches no file, is reported.
    fn find(
        files: &dyn Files,
        integrations: &[Definition<Integration>],
        found: &mut Vec<Diagnostic>,
        links: &mut Vec<Link>,
    ) -> Result<Self, Unreadable> {
        let resources = integrations.iter().flat_map(|integration| {
            integration.value.resources.iter().map(|resource| sources_of(&integration.value, resource))
        });
        let sources: Vec<&Spanned<String>> = resources.flatten().collect();
        let mut wanted: Vec<(String, Glob)> = Vec::new();
        for source in &sources {
            match pattern(source) {
                Ok(glob) => wanted.push((source.value.clone(), glob)),
                Err(finding) => found.push(finding),
            }
        }
        wanted.sort_by(|(a, _), (b, _)| a.cmp(b));
        wanted.dedup_by(|(a, _), (b, _)| a == b);
        let mut patterns = Self { files: BTreeMap::new() };
        // Hidden folders are looked into for those patterns only that name one.
        let (hidden, open): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|(_, glob)| selection(glob.glob()).looks_into_hidden());
        patterns.list(files, &hidden, links)?;
        patterns.list(files, &open, links)?;
        for source in sources {
            if patterns.files.get(&source.value).is_some_and(Vec::is_empty) {
                found.push(missing(source));
            }
        }
        Ok(patterns)
    }

    /// Lists the files of some patterns.
    fn list(
        &mut self,
        files: &dyn Files,
        wanted: &[(String, Glob)],
        links: &mut Vec<Link>,
    ) -> Result<(), Unreadable> {
        if wanted.is_empty() {
            return Ok(());
        }
        let include = wanted.iter().map(|(_, glob)| glob.glob().to_string()).collect();
        let listing = files.list(&Selection { include, ..Selection::default() })?;
        links.extend(listing.links);
        let mut set = GlobSetBuilder::new();
        for (_, glob) in wanted {
            set.add(glob.clone());
        }
        let set = set.build().unwrap_or_default();
        self.files.extend(wanted.iter().map(|(name, _)| (name.clone(), Vec::new())));
        for path in listing.files {
            for number in set.matches(&path) {
                self.files.entry(wanted[number].0.clone()).or_default().push(path.clone());
            }
        }
        Ok(())
    }

    fn files(&self, source: &Spanned<String>) -> impl Iterator<Item = &String> {
        self.files.get(&source.value).into_iter().flatten()
    }
}

fn selection(pattern: &str) -> Selection {
    Selection { include: vec![pattern.to_string()], ..Selection::default() }
}

/// Returns the pattern of a source, relative to the catalog root.
fn pattern(source: &Spanned<String>) -> Result<Glob, Diagnostic> {
    let Some(path) = normalise("", &source.value) else {
        let message = format!("`{}` lies outside the catalog", source.value);
        let help = "name files below the catalog root, with forward slashes";
        return Err(Diagnostic::new(Rule::MissingSource, source.span, message).help(help));
    };
    Glob::new(&path).map_err(|error| {
        let message = format!("`{}` is no pattern of files: {}", source.value, error.kind());
        let help = "`*` stands for part of a name, `**` for any folders, `{a,b}` for either";
        Diagnostic::new(Rule::InvalidValue, source.span, message).help(help)
    })
}

fn missing(source: &Spanned<String>) -> Diagnostic {
    let message = format!("no file is called `{}`", source.value);
    let help = "paths start at the catalog root; what .gitignore names, and hidden folders that are not named, are not read";
    Diagnostic::new(Rule::MissingSource, source.span, message).help(help)
}
