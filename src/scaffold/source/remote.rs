//! Templates of repositories elsewhere.

use super::reference::Address;
use super::{State, Version, document, version};
use crate::diagnostic::did_you_mean;
use crate::git::{Git, References, Tag};
use crate::printable::shown;
use crate::provenance::{Origin, digest_of_tree};
use crate::scaffold::Template;
use crate::worktree::Files;

/// What is fetched.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    /// As Git names it in full.
    reference: String,
    /// As it is recorded.
    tag: Option<String>,
}

/// Returns the template at an address.
pub(super) fn open(git: &Git, address: &Address, state: State<'_>) -> Result<Template, String> {
    let remote = git.remote(&address.repository)?;
    let wanted = match state {
        State::At(commit) if is_hash(commit) => Wanted { reference: commit.to_string(), tag: None },
        _ => choose(address, &remote.references()?, state)?,
    };
    remote.fetch(&wanted.reference)?;
    let fetched = remote.fetched()?;
    let revision =
        wanted.tag.clone().or_else(|| is_hash(&wanted.reference).then(|| wanted.reference.clone()));
    let place = address.place(revision.as_deref());
    let tree = fetched.revision.tree(&address.folder).map_err(|error| match address.folder.as_str() {
        "" => error.to_string(),
        folder => {
            format!("cannot read the folder `{}` of `{}`: {}", shown(folder), shown(&place), error.reason)
        }
    })?;
    let origin = Origin {
        template: address.template(),
        tag: wanted.tag,
        commit: Some(fetched.commit.clone()),
        is_committed: true,
        digest: digest_of_tree(&tree),
    };
    let whole = || fetched.revision.tree("").map_err(|error| document::too_much(&error));
    document::open(&place, &address.folder, tree, whole, origin)
}

/// Returns what of a repository's references is meant.
fn choose(address: &Address, references: &References, state: State<'_>) -> Result<Wanted, String> {
    let tag =
        |tag: &Tag| Wanted { reference: format!("refs/tags/{}", tag.name), tag: Some(tag.name.clone()) };
    let since = match state {
        State::At(name) => return named(address, references, name),
        State::NewestSince(name) if !version::is_version(name) => return named(address, references, name),
        State::NewestSince(name) => Some(name),
        State::Now => None,
    };
    match (version::newest(&references.tags, since), since) {
        (Some(newest), _) => Ok(tag(newest)),
        (None, Some(since)) => named(address, references, since),
        (None, None) => Ok(Wanted { reference: "HEAD".into(), tag: None }),
    }
}

fn named(address: &Address, references: &References, name: &str) -> Result<Wanted, String> {
    let has = |of: &[Tag]| of.iter().any(|tag| tag.name == name);
    let kind = match (has(&references.tags), has(&references.branches)) {
        (true, _) => "tags",
        (false, true) => "heads",
        (false, false) => {
            let names = references.tags.iter().chain(&references.branches).map(|tag| tag.name.as_str());
            let newest = version::newest(&references.tags, None);
            let newest = newest.map(|tag| format!("its newest version is `{}`", shown(&tag.name)));
            let near = did_you_mean(name, names).map(|near| shown(&near));
            let help = near.or(newest);
            let help = help.unwrap_or_else(|| "a commit is written with all 40 digits".into());
            let repository = shown(&address.repository);
            return Err(format!("`{repository}` has no tag and no branch `{}`; {help}", shown(name)));
        }
    };
    Ok(Wanted { reference: format!("refs/{kind}/{name}"), tag: Some(name.to_string()) })
}

fn is_hash(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the versions after the recorded one, newest first.
pub(super) fn versions(git: &Git, address: &Address, origin: &Origin) -> Result<Vec<Version>, String> {
    let references = git.remote(&address.repository).and_then(|remote| remote.references())?;
    let version =
        |tag: &Tag| Version { tag: Some(tag.name.clone()), commit: tag.commit.clone(), title: None };
    match origin.tag.as_deref() {
        Some(tag) if version::is_version(tag) => {
            Ok(version::newer(&references.tags, tag).into_iter().map(version).collect())
        }
        Some(name) => {
            let head = references.branches.iter().find(|branch| branch.name == name);
            let is_same = head.is_some_and(|head| Some(&head.commit) == origin.commit.as_ref());
            let moved = || format!("how many versions `{}` has moved on by is not known", shown(name));
            if is_same { Ok(Vec::new()) } else { Err(moved()) }
        }
        None => Err("what was used is no version, so newer ones cannot be counted".into()),
    }
}
