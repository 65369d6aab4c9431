//! A catalog, opened: every stage from files to findings, in order. The page to read first.

use std::sync::Arc;

use crate::brand::Brand;
use crate::catalog::{self, Catalog, Loaded};
use crate::check;
use crate::compute;
use crate::diagnostic::Diagnostics;
use crate::git::{GitError, History};
use crate::graph::Graph;
use crate::known::{Computed, Known, Scores};
use crate::model::config::Config;
use crate::model::instant::Instant;
use crate::score::{self, Progress, Standards};
use crate::source::{Source, SourceId, Sources};
use crate::worktree::{CONFIG_FILE, Files, Unreadable};
use crate::yaml;

/// A catalog with everything that is known about it.
#[derive(Debug)]
pub struct Portal {
    /// The texts that were read, in path order.
    pub sources: Sources,
    /// Every document by kind and identifier.
    pub catalog: Catalog,
    /// Relations resolved both ways.
    pub graph: Graph,
    /// Computed properties.
    pub computed: Computed,
    /// Scorecards, compiled: what to ask for evidence.
    pub standards: Standards,
    /// How every entity scores.
    pub scores: Scores,
    /// Whose site it is.
    pub brand: Brand,
    /// How far each initiative is.
    pub progress: Vec<Progress>,
    /// What is wrong, in the order of places, at the levels of the configuration.
    pub diagnostics: Diagnostics,
    /// How many files were read.
    pub files: usize,
    /// The instant of the run.
    pub now: Instant,
}

/// Why a catalog could not be opened, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Git could not answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The configuration is wrong; what exactly, are findings in its source.
    #[error("{CONFIG_FILE} has mistakes, so nothing was read")]
    Config {
        /// The configuration's text.
        sources: Sources,
        /// What is wrong with it.
        diagnostics: Diagnostics,
    },
}

impl Error {
    /// Returns what to say after the findings about a configuration.
    pub fn config_message() -> String {
        format!("{CONFIG_FILE} has mistakes, so nothing was read")
    }
}

/// What a catalog is opened from.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// The files, on disk or of a revision.
    pub files: &'a dyn Files,
    /// The history up to that revision, if there is one.
    pub history: Option<&'a History>,
    /// The instant of the run.
    pub now: Instant,
}

impl<'a> Origin<'a> {
    /// Returns files that have no history, as of `now`.
    pub fn new(files: &'a dyn Files, now: Instant) -> Self {
        Self { files, history: None, now }
    }
}

impl std::fmt::Debug for Origin<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Origin")
            .field("history", &self.history)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl Portal {
    /// Returns the catalog of `origin`, read, resolved, computed, judged and checked; `config` is the text of its
    /// `portal.yaml`.
    ///
    /// # Errors
    /// When files cannot be read, or the configuration has mistakes. Mistakes in the catalog are findings.
    pub fn open(origin: Origin<'_>, config: Option<Vec<u8>>) -> Result<Self, Error> {
        let Origin { files, history, now } = origin;
        let mut found = Diagnostics::default();
        let (config, sources) = read_config(config)?;
        let Loaded { mut sources, catalog, files: count } =
            catalog::load(files, config, sources, now, &mut found)?;
        let graph = Graph::resolve(&catalog, &mut found);
        let computed = compute::derive(&catalog, &graph, now, &mut found);
        let mut standards = Standards::compile(&catalog, &graph, now, &mut found);
        let known = Known { catalog: &catalog, graph: &graph, computed: &computed, scores: None, now };
        let scores = standards.judge(known, &sources, files, history, &mut found)?;
        let progress = score::progress(&standards, &scores, known, &sources, files, history, &mut found)?;
        let brand = Brand::read(&catalog.config().site, files, &mut found);
        check::run(&catalog, &graph, now, &mut found);
        check::scaffolds(&catalog, files, &mut sources, &mut found);
        check::interfaces(&catalog, files, &mut sources, &mut found)?;
        check::suppress(&sources, &catalog, &mut found);
        let diagnostics = found;
        Ok(Self {
            sources,
            catalog,
            graph,
            computed,
            standards,
            scores,
            progress,
            brand,
            diagnostics,
            files: count,
            now,
        })
    }

    /// Returns everything that can be asked of its entities.
    pub fn known(&self) -> Known<'_> {
        let Self { catalog, graph, computed, scores, now, .. } = self;
        Known { catalog, graph, computed, scores: Some(scores), now: *now }
    }
}

/// Returns the configuration, and the texts so far: its own, if there is one.
fn read_config(text: Option<Vec<u8>>) -> Result<(Config, Sources), Error> {
    let mut sources = Sources::default();
    let Some(bytes) = text else { return Ok((Config::default(), sources)) };
    let mut found = Vec::new();
    let (text, broken) = yaml::text_of(SourceId::new(0), bytes);
    found.extend(broken);
    let text: Arc<str> = text.into();
    sources.add(Source::new(CONFIG_FILE, Arc::clone(&text)));
    let document = yaml::parse(SourceId::new(0), &text, &mut found);
    let config = document.roots().next().map(|root| Config::decode(root, &mut found)).unwrap_or_default();
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(found);
    diagnostics.sort();
    if diagnostics.has_errors() {
        return Err(Error::Config { sources, diagnostics });
    }
    Ok((config, sources))
}

#[cfg(test)]
mod tests;
