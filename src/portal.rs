//! A catalog, opened: every stage from files to findings, in order. The page to read first.

use std::sync::Arc;

use crate::catalog::{self, Catalog};
use crate::check;
use crate::diagnostic::Diagnostics;
use crate::git::GitError;
use crate::graph::Graph;
use crate::model::config::Config;
use crate::model::instant::Instant;
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

impl Portal {
    /// Returns the catalog in `files`, read, resolved and checked; `config` is the text of its `portal.yaml`, `now`
    /// the instant of the run.
    ///
    /// # Errors
    /// When files cannot be read, or the configuration has mistakes. Mistakes in the catalog are findings.
    pub fn open(files: &dyn Files, config: Option<Vec<u8>>, now: Instant) -> Result<Self, Error> {
        let mut found = Diagnostics::default();
        let (config, sources) = read_config(config)?;
        let loaded = catalog::load(files, config, sources, now, &mut found)?;
        let catalog = loaded.catalog;
        let graph = Graph::resolve(&catalog, &mut found);
        check::run(&catalog, &graph, &mut found);
        check::suppress(&loaded.sources, &catalog, &mut found);
        Ok(Self { sources: loaded.sources, catalog, graph, diagnostics: found, files: loaded.files, now })
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
