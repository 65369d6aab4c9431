//! Templates in folders, of the disk or of a revision.

use std::path::{Component, Path, PathBuf};

use super::reference::{Address, is_revision, split_revision};
use super::{Library, State, Version, catalog, document, version};
use crate::git::{self, History, Revision};
use crate::printable::shown;
use crate::provenance::{Origin, digest_of_tree};
use crate::scaffold::Template;
use crate::worktree::{self, Files, Worktree, normalise};

/// A folder that a template is in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// The folder that the template's files may refer to.
    root: PathBuf,
    /// The folder of the template below it, with forward slashes; empty for the root itself.
    folder: String,
    /// How it was written, without the revision.
    written: String,
    /// Whether the root was written, too.
    is_rooted: bool,
    revision: Option<String>,
}

impl Place {
    /// Returns the folder written as `text`, read from `from`.
    fn find(from: &Path, text: &str) -> Result<Self, String> {
        // A folder may have an `@` in its name: what is there is what is meant.
        if let Some(place) = Self::at(from, text, None)? {
            return Ok(place);
        }
        let start = text.rfind("//").map_or(0, |at| at + 2);
        let (path, revision) = split_revision(&text[start..]);
        let none = || format!("there is no folder `{}`", shown(text));
        let revision = revision.ok_or_else(none)?;
        if !is_revision(revision) {
            return Err(format!("`{}` is no name of a tag, a branch or a commit", shown(revision)));
        }
        Self::at(from, &format!("{}{path}", &text[..start]), Some(revision))?.ok_or_else(none)
    }

    /// Returns the folder written as `text`, if it is there. That of a revision need not be there now.
    fn at(from: &Path, text: &str, revision: Option<&str>) -> Result<Option<Self>, String> {
        let revision = revision.map(String::from);
        let written = text.to_string();
        if let Some((root, folder)) = text.split_once("//").filter(|(root, _)| !root.is_empty()) {
            let Some(root) = worktree::folder(from, root) else { return Ok(None) };
            let below = normalise("", folder.trim_end_matches('/'));
            let inside = matches!(folder, "" | ".").then(String::new).or(below);
            let folder =
                inside.ok_or_else(|| format!("`{}` leads out of `{}`", shown(folder), root.display()))?;
            let is_there = revision.is_some() || worktree::folder(&root, &folder).is_some();
            return Ok(is_there.then_some(Self { root, folder, written, is_rooted: true, revision }));
        }
        let Some(whole) = worktree::folder(from, text) else {
            return Ok(match &revision {
                Some(_) => Self::gone(from, text, revision),
                None => None,
            });
        };
        let root = git::root(&whole).and_then(|root| worktree::folder(&root, ""));
        let root = root.filter(|root| whole.starts_with(root)).unwrap_or_else(|| whole.clone());
        let folder = relative(&root, &whole)?;
        Ok(Some(Self { root, folder, written, is_rooted: false, revision }))
    }

    /// Returns a folder that is not there now, but may have been: the nearest one above it says in which repository.
    fn gone(from: &Path, text: &str, revision: Option<String>) -> Option<Self> {
        let mut rest = Vec::new();
        let mut path = text.trim_end_matches('/');
        let above = loop {
            let (parent, name) = path.rsplit_once('/')?;
            if matches!(name, "" | "." | "..") {
                return None;
            }
            rest.push(name);
            path = parent;
            if let Some(above) = worktree::folder(from, if parent.is_empty() { "/" } else { parent }) {
                break above;
            }
        };
        let root = worktree::folder(&git::root(&above)?, "")?;
        rest.reverse();
        let inside = relative(&root, &above).ok()?;
        let folder = normalise(&inside, &rest.join("/"))?;
        Some(Self { root, folder, written: text.to_string(), is_rooted: false, revision })
    }

    /// Returns its path on this disk.
    fn path(&self) -> PathBuf {
        if self.folder.is_empty() { self.root.clone() } else { self.root.join(&self.folder) }
    }
}

/// Returns the template in a folder that a person names; `text` is read from `from`.
pub(super) fn open(library: &Library<'_>, from: &Path, text: &str) -> Result<Template, String> {
    let place = Place::find(from, text)?;
    let wanted = place.revision.clone();
    open_place(library, &place, wanted.as_deref())
}

/// Returns the template in a folder that a record names; `text` is read from `from`.
pub(super) fn open_state(
    library: &Library<'_>,
    from: &Path,
    text: &str,
    state: State<'_>,
) -> Result<Template, String> {
    let place = match Place::find(from, text) {
        Ok(place) => place,
        Err(error) => match state {
            State::At(revision) => Place::at(from, text, Some(revision))?.ok_or(error)?,
            _ => return Err(error),
        },
    };
    match state {
        State::Now => open_place(library, &place, None),
        State::At(revision) => open_place(library, &place, Some(revision)),
        State::NewestSince(tag) if version::is_version(tag) => {
            let tags = git::tags(&place.root)?;
            let newest = version::newest(&tags, Some(tag)).map_or(tag, |tag| &tag.name);
            open_place(library, &place, Some(newest))
        }
        State::NewestSince(branch) => open_place(library, &place, Some(branch)),
    }
}

fn open_place(library: &Library<'_>, place: &Place, wanted: Option<&str>) -> Result<Template, String> {
    let template = recorded(library, place)?;
    let prefix = git::prefix(&place.root);
    let at = |revision: &str| Revision::of(&place.root, revision, &prefix).map_err(String::from);
    let Some(wanted) = wanted else {
        let files = Worktree::new(&place.root);
        let tree = files.tree(&place.folder).map_err(|error| error.to_string())?;
        let digest = digest_of_tree(&tree);
        let head = git::commit(&place.root, "HEAD").map(|commit| commit.id);
        let committed = head.as_ref().and_then(|_| at("HEAD").ok()?.tree(&place.folder).ok());
        let is_committed = committed.is_some_and(|tree| digest_of_tree(&tree) == digest);
        let origin = Origin { template, tag: None, commit: head, is_committed, digest };
        let whole = || files.tree("").map_err(|error| document::too_much(&error));
        return document::open(&place.written, &place.folder, tree, whole, origin);
    };
    let revision = at(wanted)?;
    let commit =
        git::commit(&place.root, wanted).ok_or_else(|| format!("`{}` is no commit", shown(wanted)))?;
    let tree = revision.tree(&place.folder);
    let shown_place = format!("{}@{wanted}", place.written);
    let tree =
        tree.map_err(|_| format!("`{}` has no such folder at `{}`", shown(&place.written), shown(wanted)))?;
    let origin = Origin {
        template,
        tag: (wanted != commit.id).then(|| wanted.to_string()),
        commit: Some(commit.id),
        is_committed: true,
        digest: digest_of_tree(&tree),
    };
    let whole = || revision.tree("").map_err(|error| document::too_much(&error));
    document::open(&shown_place, &place.folder, tree, whole, origin)
}

/// Returns the states after the recorded one: newer tags of one that was taken by a tag, else commits.
pub(super) fn versions(from: &Path, text: &str, origin: &Origin) -> Result<Vec<Version>, String> {
    let place = Place::find(from, text)?;
    match origin.tag.as_deref().filter(|tag| version::is_version(tag)) {
        Some(tag) => {
            let tags = git::tags(&place.root)?;
            let newer = version::newer(&tags, tag);
            let version = |tag: &git::Tag| Version {
                tag: Some(tag.name.clone()),
                commit: tag.commit.clone(),
                title: None,
            };
            Ok(newer.into_iter().map(version).collect())
        }
        None => {
            let tree = Worktree::new(&place.root).tree(&place.folder).map_err(|error| error.to_string())?;
            let head = origin.tag.as_deref().unwrap_or("HEAD");
            let history = History::open(&place.root, head, None);
            catalog::since(history.as_ref(), origin, &place.folder, &tree)
        }
    }
}

/// Returns how a folder is recorded: from the catalog root when it is in the catalog, or in the same repository; else by the
/// address of its repository; else as it was written.
fn recorded(library: &Library<'_>, place: &Place) -> Result<String, String> {
    let catalog = worktree::folder(library.root, "").unwrap_or_else(|| library.root.to_path_buf());
    let whole = place.path();
    let repository = git::root(&catalog).and_then(|root| worktree::folder(&root, ""));
    let shares = repository.is_some_and(|repository| whole.starts_with(repository));
    if whole.starts_with(&catalog) || shares {
        return from_catalog(&catalog, place);
    }
    let inside = format!("{}{}", git::prefix(&place.root), place.folder);
    let address =
        git::remote(&place.root).and_then(|remote| Address::of_remote(&remote, inside.trim_end_matches('/')));
    match address {
        Some(address) => Ok(address.template()),
        None if Path::new(&place.written).is_absolute() => Ok(place.written.clone()),
        None => from_catalog(&catalog, place),
    }
}

/// Returns a folder as it is written from the catalog root: `./templates/api`, `../shared//api`.
fn from_catalog(catalog: &Path, place: &Place) -> Result<String, String> {
    if !place.is_rooted {
        return way(catalog, &place.path());
    }
    Ok(format!("{}//{}", way(catalog, &place.root)?, place.folder))
}

/// Returns the way from one folder to another; the folder itself when there is none, as from drive to drive.
fn way(from: &Path, to: &Path) -> Result<String, String> {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let ups = from.components().count() - shared;
    let rest: PathBuf = to.components().skip(shared).collect();
    if shared == 0 {
        return text(to);
    }
    let rest = text(&rest)?;
    let ups = if ups == 0 { ".".to_string() } else { vec![".."; ups].join("/") };
    Ok(if rest.is_empty() { ups } else { format!("{ups}/{rest}") })
}

/// Returns the path of `path` below `root`, with forward slashes.
fn relative(root: &Path, path: &Path) -> Result<String, String> {
    text(path.strip_prefix(root).unwrap_or(path))
}

fn text(path: &Path) -> Result<String, String> {
    let is_plain = |part: &Component<'_>| part.as_os_str().to_str().is_some();
    if !path.components().all(|part| is_plain(&part)) {
        return Err(format!("`{}` is no Unicode, so it cannot be recorded", path.display()));
    }
    let text = path.to_str().unwrap_or_default();
    Ok(if cfg!(windows) { text.replace('\\', "/") } else { text.to_string() })
}
