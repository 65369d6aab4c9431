//! The templates of a catalog: its scaffolds, and the Backstage templates that are among them.

use std::sync::Arc;

use globset::escape;

use super::Catalog;
use crate::model::Kind;
use crate::source::{SourceId, Sources};
use crate::worktree::{Content, Files, Selection, Unreadable};
use crate::yaml::{self, MAX_BYTES, Node};

/// The name of the document in the folder of a Backstage template.
pub const BACKSTAGE_FILE: &str = "template.yaml";

/// What the `apiVersion` of a Backstage template begins with.
const BACKSTAGE: &str = "scaffolder.backstage.io/";

/// A template of the catalog, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub identifier: String,
    /// What people read.
    pub title: String,
    /// What it makes, in Markdown.
    pub description: Option<String>,
    /// Words by which it is found.
    pub tags: Vec<String>,
    /// Its folder, below the catalog root.
    pub folder: String,
    /// Whether it is a Backstage template.
    pub is_backstage: bool,
}

impl Catalog {
    /// Returns the templates of the catalog by name, of one name the scaffold first. `sources` and `files` are those that
    /// the catalog was read from.
    ///
    /// # Errors
    /// When files cannot be listed or read.
    pub fn templates(&self, sources: &Sources, files: &dyn Files) -> Result<Vec<Template>, Unreadable> {
        let mut templates: Vec<Template> = self
            .scaffolds()
            .iter()
            .map(|definition| {
                let (scaffold, node) = (&definition.value, self.node(definition.place));
                let path = sources.get(node.span().source).path();
                Template {
                    identifier: scaffold.identifier.value.clone(),
                    title: scaffold.label().to_string(),
                    description: scaffold.description.clone(),
                    tags: scaffold.tags.iter().map(|tag| tag.value.clone()).collect(),
                    folder: path.rsplit_once('/').map_or("", |(folder, _)| folder).to_string(),
                    is_backstage: false,
                }
            })
            .collect();
        templates.extend(self.backstage_templates(files)?);
        templates.sort_by(|a, b| {
            let key = |template: &Template| (template.is_backstage, template.folder.clone());
            a.identifier.cmp(&b.identifier).then_with(|| key(a).cmp(&key(b)))
        });
        Ok(templates)
    }

    fn backstage_templates(&self, files: &dyn Files) -> Result<Vec<Template>, Unreadable> {
        let folders = self.config().folders(Kind::Scaffold);
        let include = folders.iter().map(|folder| format!("{}/*/{BACKSTAGE_FILE}", escape(folder)));
        let selection = Selection { include: include.collect(), ..Selection::default() };
        let mut paths = files.list(&selection)?.files;
        // A star crosses folders here.
        paths.retain(|path| {
            let mut inside = folders.iter().filter_map(|folder| path.strip_prefix(folder)?.strip_prefix('/'));
            inside.any(|rest| rest.split_once('/').is_some_and(|(_, file)| file == BACKSTAGE_FILE))
        });
        let contents = files.read(&paths, MAX_BYTES)?;
        Ok(paths.iter().zip(&contents).filter_map(|(path, content)| backstage(path, content)).collect())
    }
}

/// Returns the Backstage template in a file, if it is one. Of one that cannot be read the folder is the name, so that who
/// asks for it learns what is wrong.
fn backstage(path: &str, content: &Content) -> Option<Template> {
    let Content::Text(text) = content else { return None };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let name = folder.rsplit_once('/').map_or(folder, |(_, name)| name);
    let mut template = Template {
        identifier: name.to_string(),
        title: name.to_string(),
        description: None,
        tags: Vec::new(),
        folder: folder.to_string(),
        is_backstage: true,
    };
    let document = yaml::parse(SourceId::new(0), text, &mut Vec::new());
    let Some(root) = document.roots().find(|root| is_backstage(*root)) else {
        let is_lost = document.roots().len() == 0 && text.contains(BACKSTAGE);
        return is_lost.then_some(template);
    };
    let metadata = |key: &str| root.get("metadata").and_then(|metadata| metadata.get(key));
    let said = |key: &str| metadata(key).and_then(Node::as_str).map(String::from);
    if let Some(name) = said("name") {
        template.title.clone_from(&name);
        template.identifier = name;
    }
    template.title = said("title").unwrap_or(template.title);
    template.description = said("description");
    let tags = metadata("tags").into_iter().flat_map(Node::items);
    template.tags = tags.filter_map(Node::as_str).map(String::from).collect();
    Some(template)
}

/// Returns whether a document is a Backstage template.
fn is_backstage(root: Node<'_>) -> bool {
    let version = root.get("apiVersion").and_then(Node::as_str);
    version.is_some_and(|version| version.starts_with(BACKSTAGE))
}

/// Returns whether the text of a file may be a Backstage template: one with mistakes is one, too.
pub fn is_backstage_text(text: &Arc<str>) -> bool {
    let document = yaml::parse(SourceId::new(0), text, &mut Vec::new());
    let found = document.roots().any(is_backstage);
    found || document.roots().len() == 0 && text.contains(BACKSTAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::model::config::Config;
    use crate::model::instant::Instant;
    use crate::worktree::Memory;

    #[test]
    fn scaffolds_and_backstage_templates_are_listed_by_name() {
        let files = Memory::new([
            (
                "scaffolds/z/scaffold.yaml",
                "identifier: api\ntitle: An API\ndescription: Makes one\ntags: [go]\ntarget: services/x\n",
            ),
            (
                "scaffolds/b/template.yaml",
                "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: react, title: React, tags: [web]}\n",
            ),
            ("scaffolds/c/template.yaml", "apiVersion: scaffolder.backstage.io/v1beta3\nkind: [\n"),
            ("scaffolds/d/template.yaml", "apiVersion: v1\nkind: Template\n"),
            (
                "scaffolds/z/template/template.yaml",
                "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\n",
            ),
            ("other/e/template.yaml", "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\n"),
        ]);
        let now = Instant::default();
        let loaded = super::super::load(
            &files,
            Config::default(),
            Sources::default(),
            now,
            &mut Diagnostics::default(),
        );
        let loaded = loaded.unwrap();
        let templates = loaded.catalog.templates(&loaded.sources, &files).unwrap();
        let shown = |template: &Template| {
            format!(
                "{} {} {} {} {}",
                template.identifier,
                template.title,
                template.folder,
                template.tags.join("+"),
                template.is_backstage
            )
        };
        assert_eq!(
            templates.iter().map(shown).collect::<Vec<_>>(),
            ["api An API scaffolds/z go false", "c c scaffolds/c  true", "react React scaffolds/b web true"]
        );
    }
}
