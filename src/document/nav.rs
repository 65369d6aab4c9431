//! The order of documents in `mkdocs.yml`, as MkDocs and Backstage's TechDocs read it.

use crate::worktree::normalise;
use crate::yaml::{Kind, Node};

/// The most pages that are taken from it, and how deep its sections may be.
const MOST: usize = 2_000;
const DEEPEST: usize = 8;

/// What `mkdocs.yml` says of documents.
#[derive(Debug, Default)]
pub(super) struct Nav {
    folder: Option<String>,
    /// Paths below the folder, with their titles.
    pages: Vec<(String, Option<String>)>,
}

impl Nav {
    /// Returns what the document says.
    pub(super) fn read(root: Node<'_>) -> Self {
        let folder = root.get("docs_dir").and_then(Node::as_str).map(String::from);
        let mut nav = Self { folder, pages: Vec::new() };
        if let Some(items) = root.get("nav") {
            nav.take(items, None, 0);
        }
        nav
    }

    /// Adds the pages of an item: a path, a path with a title, or a section of items.
    fn take(&mut self, node: Node<'_>, title: Option<&str>, depth: usize) {
        if depth > DEEPEST || self.pages.len() >= MOST {
            return;
        }
        match node.kind() {
            Kind::List => node.items().for_each(|item| self.take(item, None, depth + 1)),
            Kind::Map => node.entries().for_each(|(key, item)| self.take(item, key.as_str(), depth + 1)),
            _ => {
                let path = node.as_str().filter(|path| !path.contains("://"));
                if let Some(path) = path.and_then(|path| normalise("", path)) {
                    self.pages.push((path, title.map(String::from)));
                }
            }
        }
    }

    /// Returns the folder of the documents, below that of the file.
    pub(super) fn folder(&self) -> &str {
        self.folder.as_deref().unwrap_or("docs")
    }

    /// Returns the paths of the pages in their order, with their titles; `folder` is that of the documents, ending in `/`.
    pub(super) fn pages(&self, folder: &str) -> Vec<(String, Option<String>)> {
        let markdown = self.pages.iter().filter(|(path, _)| super::folder::is_markdown(path));
        markdown.map(|(path, title)| (format!("{folder}{path}"), title.clone())).collect()
    }
}
