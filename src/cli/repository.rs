//! The repository that a catalog is in: where the files of its CI system are.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Failure;
use super::open::Opened;
use crate::diagnostic::Diagnostic;
use crate::git::Revision;
use crate::model::target::Target;
use crate::portal::Portal;
use crate::source::{SourceId, Sources, Span};
use crate::workflow::{Plan, state};

/// The largest file that is looked at; a larger one is none of ours.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Returns the root of the repository on disk: as many folders above the catalog as `ci.folder` names.
pub(super) fn root(opened: &Opened) -> Result<PathBuf, Failure> {
    above(&opened.root, &opened.portal.catalog.config().ci.folder)
}

/// Returns the folder in which `catalog` is the folder `folder`.
pub(super) fn above(catalog: &Path, folder: &str) -> Result<PathBuf, Failure> {
    let mut root = catalog;
    for name in folder.split('/').rev().filter(|name| !name.is_empty()) {
        let parent = root.parent().filter(|_| root.file_name().is_some_and(|own| own == name));
        root = parent.ok_or_else(|| misplaced(folder, &catalog.display().to_string()))?;
    }
    Ok(root.to_path_buf())
}

fn misplaced(folder: &str, root: &str) -> Failure {
    let said = "`ci.folder` says where the catalog is in its repository, and must end as the catalog's own path does";
    Failure::Other(format!("the catalog is in `{root}`, not in `{folder}`: {said}"))
}

/// Returns the files that may be portal's own, by their paths from the root of the repository.
pub(super) fn present(root: &Path, targets: &[Target]) -> Result<BTreeMap<String, String>, Failure> {
    let mut files = BTreeMap::new();
    for (folder, start) in targets.iter().flat_map(|&target| state::places(target)) {
        let path = root.join(folder);
        let cannot = |error: &io::Error| Failure::Other(format!("cannot read `{}`: {error}", path.display()));
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(cannot(&error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| cannot(&error))?;
            let Some(name) = entry.file_name().to_str().filter(|name| is_ours(name, start)).map(String::from)
            else {
                continue;
            };
            // A link counts as what it leads to: whatever that is, it is in the way of a file.
            let small = fs::metadata(entry.path()).is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
            let bytes =
                if small { fs::read(entry.path()).map_err(|error| cannot(&error))? } else { Vec::new() };
            files.insert(joined(folder, &name), String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(files)
}

/// Returns the same files at a revision.
pub(super) fn present_at(
    opened: &Opened,
    revision: &str,
    targets: &[Target],
) -> Result<BTreeMap<String, String>, Failure> {
    let folder = &opened.portal.catalog.config().ci.folder;
    let own = opened.prefix.trim_end_matches('/');
    let above = match own.strip_suffix(folder.as_str()) {
        Some(above) if folder.is_empty() || above.is_empty() || above.ends_with('/') => {
            above.trim_end_matches('/')
        }
        _ => return Err(misplaced(folder, own)),
    };
    let revision = Revision::open_perhaps(&opened.root, revision)?;
    let mut files = BTreeMap::new();
    for (folder, start) in targets.iter().flat_map(|&target| state::places(target)) {
        for (name, bytes) in revision.folder(&joined(above, folder)) {
            if is_ours(&name, start) {
                files.insert(joined(folder, &name), String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    Ok(files)
}

fn is_ours(name: &str, start: &str) -> bool {
    name.starts_with(start) && name.ends_with(".yml")
}

fn joined(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_string(),
        (folder, "") => folder.to_string(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// Returns what is wrong with the files of the CI systems that the configuration names: none when it names none, or
/// when the catalog has errors, so that no file can be made of it.
pub(super) fn findings(opened: &Opened, revision: Option<&str>) -> Result<Vec<Diagnostic>, Failure> {
    let Portal { catalog, sources, diagnostics, .. } = &opened.portal;
    let targets = &catalog.config().ci.targets;
    if targets.is_empty() || diagnostics.has_errors() {
        return Ok(Vec::new());
    }
    let plan = Plan::of(catalog, sources, targets);
    let present = match revision {
        Some(revision) => present_at(opened, revision, Target::ALL)?,
        None => present(&root(opened)?, Target::ALL)?,
    };
    let otherwise = setting(sources);
    let stale = state::compare(&plan, &present);
    // What the systems cannot do has been found with the catalog.
    let mut found: Vec<Diagnostic> = stale.iter().filter_map(|file| file.finding(otherwise)).collect();
    let levels = &catalog.config().levels;
    found.retain_mut(|finding| {
        let level = levels.severity(finding, sources.get(finding.source()).path());
        level.is_some_and(|severity| {
            finding.severity = severity;
            true
        })
    });
    Ok(found)
}

/// Returns where the configuration names its CI systems, for findings about no action.
fn setting(sources: &Sources) -> Span {
    // The configuration is the first text that is read; without it no CI system is named.
    let source = SourceId::new(0);
    let text = sources.get(source).text();
    let at = text.lines().scan(0, |at, line| {
        let start = *at;
        *at += line.len() + 1;
        Some((start, line))
    });
    let found = at.into_iter().find(|(_, line)| line.starts_with("ci:"));
    found.map_or_else(|| Span::start_of(source), |(start, _)| Span::new(source, start, start + 2))
}
