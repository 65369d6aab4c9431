//! Where templates are: in the catalog, in a folder, in a repository somewhere.

mod catalog;
mod document;
mod folder;
mod reference;
mod remote;
#[cfg(test)]
mod tests;
mod version;

use std::path::Path;

use super::Template;
use crate::git::Git;
use crate::portal::Portal;
use crate::printable::shown;
use crate::provenance::Origin;
use crate::worktree::{Files, Unreadable};
use reference::{Address, Reference};

pub use crate::catalog::Template as Listed;

/// What templates are looked for in.
#[derive(Clone, Copy)]
pub struct Library<'a> {
    /// The catalog.
    pub portal: &'a Portal,
    /// Its files.
    pub files: &'a dyn Files,
    /// Its root.
    pub root: &'a Path,
    /// The folder that paths on the command line are read from.
    pub directory: &'a Path,
}

/// A state of a template after the one that is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its tag; `None` when it is a commit of the catalog.
    pub tag: Option<String>,
    /// The full hash.
    pub commit: String,
    /// The first line of the commit's message, when it is at hand.
    pub title: Option<String>,
}

/// Which state of a template is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State<'a> {
    /// As it is now.
    Now,
    /// The newest version after a tag, or what a branch has become.
    NewestSince(&'a str),
    /// That of a tag, a branch or a commit.
    At(&'a str),
}

impl Library<'_> {
    /// Returns the templates of the catalog, by name.
    ///
    /// # Errors
    /// When files of the catalog cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, Unreadable> {
        self.portal.catalog.templates(&self.portal.sources, self.files)
    }

    /// Returns the template that `reference` names: an identifier of the catalog; a folder, `DIR` or `ROOT//DIR`, with
    /// `@REVISION` for one of a repository's; an address, `https://host/org/repo//dir@tag`. Of an address without a tag
    /// it is the newest version, or, without versions, the default branch.
    ///
    /// # Errors
    /// Why there is none, with what to do.
    pub fn open(&self, reference: &str) -> Result<Template, String> {
        self.open_with(&Git::default(), reference)
    }

    /// Returns the template of a record: as it is now, or, `at_origin`, as it was when the record was written. As it is now is
    /// the newest version for one that was taken by its tag, and the head for one that was taken by a branch.
    ///
    /// # Errors
    /// Why it cannot be had, with what to do.
    pub fn reopen(&self, origin: &Origin, at_origin: bool) -> Result<Template, String> {
        match at_origin {
            true => self.original_with(&Git::default(), origin),
            false => self.newest_with(&Git::default(), origin),
        }
    }

    /// Returns the template of a record as it is at a tag, a branch or a commit.
    ///
    /// # Errors
    /// Why it cannot be had, with what to do.
    pub fn reopen_at(&self, origin: &Origin, revision: &str) -> Result<Template, String> {
        self.state_with(&Git::default(), origin, State::At(revision))
    }

    /// Returns the states of a template after the recorded one, newest first: the tags of a repository, or the commits of
    /// the catalog that changed what the template is made of.
    ///
    /// # Errors
    /// Why they cannot be told, as a phrase.
    pub fn versions(&self, origin: &Origin) -> Result<Vec<Version>, String> {
        self.versions_with(&Git::default(), origin)
    }

    /// Returns whether the template of a record is in a repository elsewhere, so that the network is needed to ask for it.
    pub fn is_elsewhere(&self, origin: &Origin) -> bool {
        let is_own = self.has(&origin.template).unwrap_or_default();
        !is_own && matches!(Reference::parse(&origin.template), Ok(Reference::Address(_)))
    }

    fn open_with(&self, git: &Git, text: &str) -> Result<Template, String> {
        if self.has(text)? {
            return catalog::open(self, text);
        }
        match Reference::parse(text)? {
            Reference::Name(name) => Err(self.unknown(&name)?),
            Reference::Folder(path) => folder::open(self, self.directory, &path),
            Reference::Address(address) => {
                let state = address.revision.clone();
                remote::open(git, &address, state.as_deref().map_or(State::Now, State::At))
            }
        }
    }

    fn newest_with(&self, git: &Git, origin: &Origin) -> Result<Template, String> {
        let state = origin.tag.as_deref().map_or(State::Now, State::NewestSince);
        self.state_with(git, origin, state)
    }

    fn state_with(&self, git: &Git, origin: &Origin, state: State<'_>) -> Result<Template, String> {
        let name = &origin.template;
        if self.has(name)? {
            return match state {
                // The catalog has one state of its templates: what is in the work tree.
                State::Now | State::NewestSince(_) => catalog::open(self, name),
                State::At(revision) => catalog::open_at(self, name, revision),
            };
        }
        match Reference::parse(name)? {
            // What is gone from the catalog may still be in its history.
            Reference::Name(name) => match state {
                State::At(revision) => catalog::open_at(self, &name, revision),
                _ => Err(self.unknown(&name)?),
            },
            Reference::Folder(path) => folder::open_state(self, self.root, &path, state),
            Reference::Address(address) => remote::open(git, &address, state),
        }
    }

    fn original_with(&self, git: &Git, origin: &Origin) -> Result<Template, String> {
        let Origin { template, commit, is_committed, digest, .. } = origin;
        let is_address = !self.has(template)? && matches!(Reference::parse(template)?, Reference::Address(_));
        if !is_address
            && let Ok(now) = self.state_with(git, origin, State::Now)
            && now.origin.digest == *digest
        {
            // Nothing has changed: as it is now is as it was.
            let origin = origin.clone();
            return Ok(Template { origin, ..now });
        }
        let commit = commit.as_deref().filter(|_| *is_committed).ok_or_else(|| {
            format!(
                "the state of `{}` that this was made from was never committed, so nobody can tell what has been changed \
                 since; make the service again elsewhere with the answers of its record, and compare",
                shown(template)
            )
        })?;
        let opened = match is_address {
            true => self.fetched_original(git, origin, commit),
            false => self.state_with(git, origin, State::At(commit)),
        }?;
        if opened.origin.digest != *digest {
            return Err(format!(
                "the commit {} does not hold `{}` as the record says: bring back the record as it is in Git",
                shown(commit),
                shown(template)
            ));
        }
        let origin = origin.clone();
        Ok(Template { origin, ..opened })
    }

    /// Returns the recorded state of a template elsewhere. Not every server gives out a commit by its hash, so the tag is
    /// tried, too, if it still marks that commit.
    fn fetched_original(&self, git: &Git, origin: &Origin, commit: &str) -> Result<Template, String> {
        self.state_with(git, origin, State::At(commit)).or_else(|error| {
            let tag = origin.tag.as_deref().ok_or_else(|| error.clone())?;
            let opened = self.state_with(git, origin, State::At(tag)).map_err(|_| error.clone())?;
            let is_same = opened.origin.commit.as_deref() == Some(commit);
            is_same.then_some(opened).ok_or(error)
        })
    }

    fn versions_with(&self, git: &Git, origin: &Origin) -> Result<Vec<Version>, String> {
        if self.has(&origin.template)? {
            return catalog::versions(self, origin);
        }
        match Reference::parse(&origin.template)? {
            Reference::Name(name) => Err(self.unknown(&name)?),
            Reference::Folder(path) => folder::versions(self.root, &path, origin),
            Reference::Address(address) => remote::versions(git, &address, origin),
        }
    }

    /// Returns whether the catalog has a template of this name.
    fn has(&self, name: &str) -> Result<bool, String> {
        let templates = self.list().map_err(|error| error.to_string())?;
        Ok(templates.iter().any(|template| template.identifier == name))
    }

    /// Returns what to say about a name that no template has.
    fn unknown(&self, name: &str) -> Result<String, String> {
        let templates = self.list().map_err(|error| error.to_string())?;
        let names = || templates.iter().map(|template| template.identifier.as_str());
        let actions = self.portal.catalog.actions().iter();
        let shown_name = shown(name);
        let is_action = actions.into_iter().any(|action| action.value.identifier.value == name);
        let help = if is_action {
            format!("`{shown_name}` is an action: start it with `portal run {shown_name}`")
        } else if crate::worktree::folder(self.directory, name).is_some() {
            format!("for the folder, write `./{shown_name}`")
        } else if let Some(near) = crate::diagnostic::did_you_mean(name, names()) {
            near
        } else if templates.is_empty() {
            "the catalog has no templates: one is a folder of `scaffolds/` with a `scaffold.yaml`".into()
        } else {
            "`portal scaffold list` shows those that there are".into()
        };
        Ok(format!("there is no template `{shown_name}`; {help}"))
    }
}

impl Address {
    /// Returns the place of a template, as people see it.
    fn place(&self, revision: Option<&str>) -> String {
        revision.map_or_else(|| self.template(), |revision| format!("{}@{revision}", self.template()))
    }
}
