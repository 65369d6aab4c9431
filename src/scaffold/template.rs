//! A template, opened: its document, its form and its files.

use std::sync::Arc;

use super::backstage;
use crate::diagnostic::Diagnostic;
use crate::form::Form;
use crate::model::scaffold::Scaffold;
use crate::provenance::Origin;
use crate::source::Sources;
use crate::worktree::Tree;
use crate::yaml::{Document, Node};

/// A template, opened.
#[derive(Debug)]
pub struct Template {
    /// Where it is from, and which state of it this is.
    pub origin: Origin,
    /// Its folder, as people see it: `scaffolds/http-service`, `https://host/org/repo//sub@v1`.
    pub place: String,
    /// Its name.
    pub identifier: String,
    /// What people read.
    pub title: String,
    /// What it makes and for whom.
    pub description: Option<String>,
    /// Words by which it is found.
    pub tags: Vec<String>,
    /// The text of its document, which is the first, and those of its files that findings are about.
    pub sources: Sources,
    /// What is wrong with its document. With an error among it, nothing can be made.
    pub findings: Vec<Diagnostic>,
    /// What is asked.
    pub form: Form,
    /// All files of its folder.
    pub tree: Tree,
    /// What is made of them.
    pub recipe: Recipe,
}

/// How files are made.
#[derive(Debug)]
pub enum Recipe {
    /// As `scaffold.yaml` says.
    Portal {
        /// The document.
        document: Arc<Document>,
        /// The document, decoded.
        scaffold: Box<Scaffold>,
    },
    /// As the steps of a Backstage template say.
    Backstage(Box<backstage::Template>),
}

impl Template {
    /// Returns the entity of its document, if it makes one.
    pub fn entity(&self) -> Option<Node<'_>> {
        match &self.recipe {
            Recipe::Portal { document, scaffold } => scaffold.entity.map(|id| document.node(id)),
            Recipe::Backstage(_) => None,
        }
    }
}
