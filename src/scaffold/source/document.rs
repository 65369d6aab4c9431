//! The document of a template, opened.

use std::sync::Arc;

use crate::catalog::{BACKSTAGE_FILE, is_backstage_text};
use crate::diagnostic::{Diagnostic, Rule};
use crate::form::Form;
use crate::model::scaffold::{FILE, SCAFFOLD, Scaffold};
use crate::printable::shown;
use crate::provenance::Origin;
use crate::scaffold::{Recipe, Template, backstage};
use crate::source::{Source, SourceId, Sources, Span};
use crate::worktree::{Content, Tree, Unreadable};
use crate::yaml::{self, Document};

/// Returns the template whose files are `tree`. `place` is its folder as people see it; `folder` is the same below what
/// `whole` gives, the tree that its files may refer to.
pub(super) fn open(
    place: &str,
    folder: &str,
    tree: Tree,
    whole: impl FnOnce() -> Result<Tree, String>,
    origin: Origin,
) -> Result<Template, String> {
    if let Some(text) = text(place, &tree, FILE)? {
        return Ok(scaffold(place, tree, &text, origin));
    }
    match text(place, &tree, BACKSTAGE_FILE)? {
        Some(text) if is_backstage_text(&text) => from_backstage(place, &whole()?, folder, origin),
        _ => Err(format!("`{}` is no template: it has no `{FILE}`", shown(place))),
    }
}

/// Returns the text of a document of the template, if it has one.
fn text(place: &str, tree: &Tree, name: &str) -> Result<Option<Arc<str>>, String> {
    if let Some(refused) = tree.refused.iter().find(|refused| refused.path == name) {
        return Err(format!("`{}/{name}` {}: it must be a regular file", shown(place), refused.reason));
    }
    let Some(file) = tree.file(name) else { return Ok(None) };
    match Content::from(&*file.bytes) {
        Content::Text(text) => Ok(Some(text)),
        _ => Err(format!("`{}/{name}` is no UTF-8 text: save it as UTF-8", shown(place))),
    }
}

fn scaffold(place: &str, tree: Tree, text: &Arc<str>, origin: Origin) -> Template {
    let mut sources = Sources::default();
    let id = sources.add(Source::new(format!("{place}/{FILE}"), Arc::clone(text)));
    let mut findings = Vec::from_iter(yaml::forbidden_character(id, text));
    let document = read(id, text, &mut findings);
    let (scaffold, form) = match document.roots().next() {
        Some(root) => {
            SCAFFOLD.check(root, &mut findings);
            let scaffold = Scaffold::decode(root);
            let form = root.get("userInputs").map(|inputs| Form::decode(inputs, &scaffold.inputs));
            (Some(scaffold), form.unwrap_or_default())
        }
        None => (None, Form::default()),
    };
    // A document that cannot be read still is one: it has findings, and nothing is made of it.
    let (document, scaffold) = match scaffold {
        Some(scaffold) => (document, scaffold),
        None => nothing(id),
    };
    Template {
        origin,
        place: place.to_string(),
        identifier: scaffold.identifier.value.clone(),
        title: scaffold.label().to_string(),
        description: scaffold.description.clone(),
        tags: scaffold.tags.iter().map(|tag| tag.value.clone()).collect(),
        sources,
        findings,
        form,
        tree,
        recipe: Recipe::Portal { document: Arc::new(document), scaffold: Box::new(scaffold) },
    }
}

/// Returns the document, which is to be one.
fn read(id: SourceId, text: &Arc<str>, findings: &mut Vec<Diagnostic>) -> Document {
    let document = yaml::parse(id, text, findings);
    let mut roots = document.roots();
    let (first, second) = (roots.next(), roots.next());
    if first.is_none() && findings.is_empty() {
        let finding = Diagnostic::new(Rule::EmptyDocument, Span::start_of(id), "this file holds no document");
        findings.push(finding.help("write `identifier:` and `target:`"));
    }
    if let Some(second) = second {
        let finding = Diagnostic::new(Rule::TemplateFault, second.span(), "a scaffold is one document");
        findings.push(finding.help("give each scaffold a folder of its own"));
    }
    drop(roots);
    document
}

/// Returns a document that says nothing, and the scaffold that it is.
fn nothing(id: SourceId) -> (Document, Scaffold) {
    let document = yaml::parse(id, &Arc::from("{}"), &mut Vec::new());
    let root = document.roots().next().map(Scaffold::decode);
    match root {
        Some(scaffold) => (document, scaffold),
        None => unreachable!("`{{}}` is a document"),
    }
}

/// Returns the Backstage template in `folder` of `root`. The one place where such templates are opened.
fn from_backstage(place: &str, root: &Tree, folder: &str, origin: Origin) -> Result<Template, String> {
    backstage::open(place, root, folder, Sources::default(), origin)
}

/// Returns what to say when all that a template may refer to is too much to be read.
pub(super) fn too_much(error: &Unreadable) -> String {
    format!("{error}; write ROOT//DIR to say below which folder the files of the template are")
}
