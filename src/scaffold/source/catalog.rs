//! Templates of the catalog.

use super::{Library, Listed, Version, document};
use crate::git::{self, History, Revision};
use crate::model::scaffold::FILE;
use crate::printable::shown;
use crate::provenance::{Origin, digest_of_tree, parts};
use crate::scaffold::Template;
use crate::source::SourceId;
use crate::worktree::{Content, Files, Selection, Tree};
use crate::yaml::{self, MAX_BYTES, Node};

/// Returns the template called `name` as it is in the catalog now.
pub(super) fn open(library: &Library<'_>, name: &str) -> Result<Template, String> {
    let listed = find(library, name)?;
    let tree = library.files.tree(&listed.folder).map_err(|error| error.to_string())?;
    let digest = digest_of_tree(&tree);
    let head = git::commit(library.root, "HEAD").map(|commit| commit.id);
    let is_committed = head.is_some() && head_digest(library, &listed.folder).as_ref() == Some(&digest);
    let origin = Origin { template: name.to_string(), tag: None, commit: head, is_committed, digest };
    let whole = || library.files.tree("").map_err(|error| document::too_much(&error));
    document::open(&listed.folder, &listed.folder, tree, whole, origin)
}

/// Returns the digest of the folder as the last commit has it.
fn head_digest(library: &Library<'_>, folder: &str) -> Option<String> {
    let revision = Revision::of(library.root, "HEAD", &git::prefix(library.root)).ok()?;
    Some(digest_of_tree(&revision.tree(folder).ok()?))
}

/// Returns the template called `name` as it was at a revision of the catalog's repository, wherever its folder was then.
pub(super) fn open_at(library: &Library<'_>, name: &str, wanted: &str) -> Result<Template, String> {
    let revision = Revision::of(library.root, wanted, &git::prefix(library.root))?;
    let commit = git::commit(library.root, wanted)
        .ok_or_else(|| format!("`{}` is no commit of the catalog", shown(wanted)))?;
    let now = find(library, name).ok().map(|listed| listed.folder);
    let folder = now
        .filter(|folder| is_called(&revision, folder, name))
        .map_or_else(|| search(&revision, name), |folder| Ok(Some(folder)))?;
    let folder = folder
        .ok_or_else(|| format!("the catalog has no template `{}` at `{}`", shown(name), shown(wanted)))?;
    let tree = revision.tree(&folder).map_err(|error| error.to_string())?;
    let tag = (wanted != commit.id).then(|| wanted.to_string());
    let place = format!("{folder}@{wanted}");
    let origin = Origin {
        template: name.to_string(),
        tag,
        commit: Some(commit.id),
        is_committed: true,
        digest: digest_of_tree(&tree),
    };
    let whole = || revision.tree("").map_err(|error| document::too_much(&error));
    document::open(&place, &folder, tree, whole, origin)
}

/// Returns the commits after the recorded one that changed what the template is made of, newest first.
pub(super) fn versions(library: &Library<'_>, origin: &Origin) -> Result<Vec<Version>, String> {
    let listed = find(library, &origin.template)?;
    let tree = library.files.tree(&listed.folder).map_err(|error| error.to_string())?;
    let history = History::open(library.root, "HEAD", None);
    since(history.as_ref(), origin, &listed.folder, &tree)
}

/// Returns the commits of a history that changed the template in `folder` after the recorded one, newest first.
pub(super) fn since(
    history: Option<&History>,
    origin: &Origin,
    folder: &str,
    tree: &Tree,
) -> Result<Vec<Version>, String> {
    let history = history.ok_or("there is no Git history")?;
    let commit = origin.commit.as_deref().filter(|_| origin.is_committed);
    let commit = commit.ok_or("the state of the template that was used was never committed")?;
    let steps = history.since(commit, &parts(folder, tree))?;
    let steps =
        steps.ok_or("the history does not reach back to the commit that was used: fetch more of it")?;
    let version = |step: git::Step| Version { tag: None, commit: step.commit, title: Some(step.title) };
    Ok(steps.into_iter().map(version).collect())
}

fn find(library: &Library<'_>, name: &str) -> Result<Listed, String> {
    let listed = library.list().map_err(|error| error.to_string())?;
    match listed.into_iter().find(|listed| listed.identifier == name) {
        Some(listed) => Ok(listed),
        None => Err(library.unknown(name)?),
    }
}

/// Returns whether `folder` has a template called `name` at a revision.
fn is_called(revision: &Revision, folder: &str, name: &str) -> bool {
    [FILE, crate::catalog::BACKSTAGE_FILE].iter().any(|file| {
        let bytes = revision.reference(&format!("{folder}/{file}"), MAX_BYTES);
        bytes.is_ok_and(|bytes| names(&Content::from(bytes.as_slice())).contains(&name.to_string()))
    })
}

/// Returns the folder that had the template called `name` at a revision.
fn search(revision: &Revision, name: &str) -> Result<Option<String>, String> {
    let include = [FILE, crate::catalog::BACKSTAGE_FILE].map(|file| format!("**/{file}")).to_vec();
    let listed = revision.list(&Selection { include, ..Selection::default() });
    let paths = listed.map_err(|error| error.to_string())?.files;
    let contents = revision.read(&paths, MAX_BYTES).map_err(|error| error.to_string())?;
    let found = paths.iter().zip(&contents).find(|(_, content)| names(content).iter().any(|own| own == name));
    Ok(found.map(|(path, _)| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_string()))
}

/// Returns the names that a document of templates gives itself.
fn names(content: &Content) -> Vec<String> {
    let Content::Text(text) = content else { return Vec::new() };
    let document = yaml::parse(SourceId::new(0), text, &mut Vec::new());
    let own = |root: Node<'_>| {
        let name = root.get("identifier").or_else(|| root.get("metadata")?.get("name"));
        name.and_then(Node::as_str).map(String::from)
    };
    document.roots().filter_map(own).collect()
}
