//! The catalog, its files and its templates, open.

use std::path::{Path, PathBuf};

use super::refusal;
use crate::cli::open::{Opened, Source};
use crate::cli::{Failure, Global, progress};
use crate::diagnostic::{Diagnostic, Severity};
use crate::git;
use crate::output::batch::{There, look};
use crate::provenance::{self, Origin, RECORD, Record};
use crate::runtime::actor;
use crate::runtime::request::Actor;
use crate::scaffold::source::Listed;
use crate::scaffold::{Library, Template};
use crate::source::Sources;
use crate::worktree::Worktree;

/// The catalog, its files and its templates, open.
pub(super) struct Workshop<'a> {
    pub(super) global: &'a Global,
    pub(super) opened: &'static Opened,
    pub(super) files: Worktree,
    /// The folder that paths on the command line are read from, whole.
    pub(super) directory: PathBuf,
}

/// A state of a template.
#[derive(Debug, Clone, Copy)]
pub(super) enum State<'a> {
    /// As the record has it.
    Recorded,
    /// As it is now.
    Newest,
    /// At a tag, a branch or a commit.
    At(&'a str),
}

impl<'a> Workshop<'a> {
    pub(super) fn open(global: &'a Global) -> Result<Self, Failure> {
        // Files are written into a work tree, so it is read from one.
        let opened = Source::default().open(global, None)?;
        let directory = opened.directory.canonicalize().unwrap_or_else(|_| opened.directory.clone());
        Ok(Self { global, opened, files: Worktree::new(&opened.root), directory })
    }

    /// Returns the catalog root.
    pub(super) fn root(&self) -> &'static Path {
        &self.opened.root
    }

    pub(super) fn library(&self) -> Library<'_> {
        let Opened { portal, root, .. } = self.opened;
        Library { portal, files: &self.files, root, directory: &self.directory }
    }

    /// Returns the templates of the catalog, by name.
    pub(super) fn list(&self) -> Result<Vec<Listed>, Failure> {
        self.library().list().map_err(|error| Failure::Other(error.to_string()))
    }

    /// Returns the template that `reference` names; `None` when it has mistakes, which have been said.
    pub(super) fn template(&self, reference: &str) -> Result<Option<Template>, Failure> {
        let message = match is_address(reference) {
            true => "fetching the template",
            false => "reading the template",
        };
        let spinner = progress::spinner(self.global, message);
        let template = self.library().open(reference);
        spinner.finish_and_clear();
        self.sound(template.map_err(Failure::Other)?)
    }

    /// Returns the template of a record as it is now or at `revision`, or as it was when the record was written.
    pub(super) fn reopen(&self, origin: &Origin, state: State<'_>) -> Result<Template, String> {
        let spinner = progress::spinner(self.global, "reading the template");
        let library = self.library();
        let template = match state {
            State::Recorded => library.reopen(origin, true),
            State::Newest => library.reopen(origin, false),
            State::At(revision) => library.reopen_at(origin, revision),
        };
        spinner.finish_and_clear();
        template
    }

    /// Returns the template unless it has mistakes, which are said.
    pub(super) fn sound(&self, template: Template) -> Result<Option<Template>, Failure> {
        let errors: Vec<Diagnostic> =
            template.findings.iter().filter(|it| it.severity == Severity::Error).cloned().collect();
        if errors.is_empty() {
            return Ok(Some(template));
        }
        refusal::say_findings(&template.sources, &errors, "the template has", self.global)?;
        Ok(None)
    }

    /// Returns who asks. Nobody needs to be known to make files on their own machine.
    pub(super) fn actor(&self, named: Option<&str>) -> Actor {
        let login = named.map(String::from).or_else(|| git::user_email(&self.directory)).unwrap_or_default();
        let known = actor::find(self.opened.portal.known(), None, &login);
        known.ok().filter(|actor| actor.user.is_some()).unwrap_or_else(|| {
            let name = Some(login.clone()).filter(|login| !login.is_empty());
            Actor { login, user: name.clone(), email: name, ..Actor::default() }
        })
    }

    /// Returns the record of the service in `folder` of `root`; `None` when it has mistakes, which have been said.
    pub(super) fn record(&self, root: &Path, folder: &str) -> Result<Option<Record>, Failure> {
        let path = joined(folder, RECORD);
        let shown = if folder.is_empty() { "." } else { folder };
        let there = look(root, &path).map_err(|error| Failure::Other(error.to_string()))?;
        let There::File { bytes, .. } = there else {
            let help = "it has no .portal/scaffold.yaml, which `portal scaffold new` writes";
            return Err(Failure::Other(format!("`{shown}` was not made from a template: {help}")));
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::Other(format!("`{path}` is no UTF-8: restore it from Git")))?;
        let mut sources = Sources::default();
        match provenance::read(&path, &text, &mut sources) {
            Ok(record) => Ok(Some(record)),
            Err(findings) => {
                refusal::say_findings(&sources, &findings, "the record has", self.global)?;
                Ok(None)
            }
        }
    }
}

/// Returns whether a template is somewhere else, so that it has to be fetched.
pub(super) fn is_address(reference: &str) -> bool {
    reference.contains("://") || (reference.contains('@') && reference.contains(':'))
}

/// Returns a path below a folder; the folder may be empty, for the root.
pub(super) fn joined(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_string() } else { format!("{folder}/{path}") }
}
