//! What is to be done, and everything that speaks against it, before anything is done.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::path::Path;

use super::Change;
use super::folder::{self, Entry, Folder, Mode};
use crate::output::Error;
use crate::printable::shown;

/// A file that is not yet as it is to be.
#[derive(Debug)]
pub(super) struct Task<'a> {
    pub(super) path: &'a str,
    /// What it is to hold, and its mode; `None` when it is to go.
    pub(super) wanted: Option<(&'a [u8], Mode)>,
    /// What is there.
    pub(super) before: Option<Before>,
}

/// What a file held, and its mode.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) bytes: Vec<u8>,
    pub(super) permissions: Permissions,
}

/// What is at a path.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    File(Vec<u8>, Permissions),
    Folder,
    Link,
    Other,
}

/// Returns what there is to do, in the order of `changes`.
///
/// # Errors
/// Everything that speaks against it.
pub(super) fn survey<'a, F: Folder>(root: &Path, changes: &[Change<'a>]) -> Result<Vec<Task<'a>>, Error> {
    let folder = folder::open::<F>(root).map_err(Error::at(root))?;
    let mut reasons = overlaps(changes);
    let mut tasks = Vec::new();
    for change in changes {
        match task(folder.as_ref(), change) {
            Ok(task) => tasks.extend(task),
            // What is wrong with a folder is wrong with every file in it, and said once.
            Err(reason) if reasons.contains(&reason) => {}
            Err(reason) => reasons.push(reason),
        }
    }
    if reasons.is_empty() { Ok(tasks) } else { Err(Error::Refused { root: root.to_path_buf(), reasons }) }
}

/// Returns what there is to do for a change, `None` when the file is as it is to be.
fn task<'a, F: Folder>(root: Option<&F>, change: &Change<'a>) -> Result<Option<Task<'a>>, String> {
    let path = change.path;
    if let Some(reason) = refusal(path) {
        return Err(reason);
    }
    let named = shown(path);
    let before = match root.map_or(Ok(Found::Nothing), |root| find(root, path))? {
        Found::Nothing => None,
        Found::File(bytes, permissions) => Some(Before { bytes, permissions }),
        Found::Folder => return Err(format!("`{named}` is a folder, not a file")),
        Found::Link => return Err(format!("`{named}` is a link, not a file: remove it first")),
        Found::Other => return Err(no_file(path)),
    };
    let Some(bytes) = change.bytes else {
        return Ok(before.map(|before| Task { path, wanted: None, before: Some(before) }));
    };
    let mode = match &before {
        None => Mode::New { executable: change.executable },
        Some(before) => {
            let permissions = folder::with_executable(&before.permissions, change.executable);
            if before.bytes == bytes && before.permissions == permissions {
                return Ok(None);
            }
            Mode::Exactly(permissions)
        }
    };
    Ok(Some(Task { path, wanted: Some((bytes, mode)), before }))
}

/// Returns what is at `path`, whose parts are sound, in an open folder.
///
/// # Errors
/// Why it cannot be known, as a sentence: a part of the way is a link, or is no folder.
pub(super) fn find<F: Folder>(root: &F, path: &str) -> Result<Found, String> {
    let unreadable = |error| format!("`{}` cannot be read: {error}", shown(path));
    let (way, name) = split(path);
    let mut at: Option<F> = None;
    let mut length = 0;
    for part in way {
        let folder = at.as_ref().unwrap_or(root);
        length += part.len() + 1;
        let named = || shown(path.get(..length - 1).unwrap_or(path));
        match folder.entry(part).map_err(unreadable)? {
            Entry::Nothing => return Ok(Found::Nothing),
            Entry::Folder => at = Some(folder.enter(part).map_err(unreadable)?),
            Entry::Link => return Err(format!("`{}` is a link, and links are not followed", named())),
            Entry::File | Entry::Other => {
                return Err(format!("`{}` is a file, and a folder is needed there", named()));
            }
        }
    }
    let folder = at.as_ref().unwrap_or(root);
    Ok(match folder.entry(name).map_err(unreadable)? {
        Entry::Nothing => Found::Nothing,
        Entry::Folder => Found::Folder,
        Entry::Link => Found::Link,
        Entry::Other => Found::Other,
        Entry::File => {
            let (bytes, permissions) = folder.read(name).map_err(unreadable)?;
            Found::File(bytes, permissions)
        }
    })
}

/// Returns the folders on the way to a path, and its last part.
pub(super) fn split(path: &str) -> (Vec<&str>, &str) {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or(path);
    (parts, name)
}

/// Says of something at a path that it cannot be written.
pub(super) fn no_file(path: &str) -> String {
    format!("`{}` is no regular file", shown(path))
}

/// Returns why nothing can be at a path below a folder, as a sentence.
pub(super) fn refusal(path: &str) -> Option<String> {
    let windows = |part: &str| cfg!(windows) && (part.contains(':') || part.ends_with(['.', ' ']));
    let wrong = |part: &str| matches!(part, "" | "." | "..") || part.contains(['\\', '\0']) || windows(part);
    if path.split('/').any(wrong) {
        return Some(format!("`{}` is no path of a file below the folder", shown(path)));
    }
    if path.split('/').any(is_git) {
        return Some(format!("`{}` would belong to Git itself", shown(path)));
    }
    None
}

/// Returns whether a name is that of the folder that Git keeps a repository in, on any system: some drop dots, spaces and
/// what follows a colon, some ignore characters without a width, and all have a short form.
fn is_git(part: &str) -> bool {
    let seen = part.split(':').next().unwrap_or(part);
    let seen: String = seen.chars().filter(|character| !is_ignored(*character)).collect();
    let seen = seen.trim_end_matches(['.', ' ']);
    seen.eq_ignore_ascii_case(".git") || seen.eq_ignore_ascii_case("git~1")
}

/// Returns whether HFS+ ignores a character in names.
fn is_ignored(character: char) -> bool {
    matches!(character,
        '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

/// Returns what cannot be among the changes themselves: two of one path, a file in another.
fn overlaps(changes: &[Change<'_>]) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut seen = BTreeSet::new();
    for change in changes {
        if !seen.insert(change.path) {
            reasons.push(format!("`{}` is to be written twice", shown(change.path)));
        }
    }
    let written: BTreeSet<&str> =
        changes.iter().filter(|change| change.bytes.is_some()).map(|change| change.path).collect();
    for path in &written {
        let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        for above in above.filter(|above| written.contains(above)) {
            reasons.push(format!("`{}` is to be a file, and `{}` a file in it", shown(above), shown(path)));
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_folder_and_out_of_git() {
        for path in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "a/../x",
            "a/..",
            "./a",
            "a/.",
            "a//b",
            "a/",
            "a\\b",
            "..\\x",
            "a\0b",
            ".git/hooks/pre-commit",
            "a/.GIT/config",
            ".git./x",
            ".git /x",
            "GIT~1/x",
            ".g\u{200c}it/x",
            ".git::$INDEX_ALLOCATION/x",
            ".git",
        ] {
            assert!(refusal(path).is_some(), "{path:?}");
        }
        for path in ["a", "a/b.c", ".github/x", ".gitignore", ".git-x/a", "...", "a b", "é", ".portal-x"] {
            assert_eq!(refusal(path), None, "{path:?}");
        }
    }

    #[test]
    fn changes_do_not_get_in_the_way_of_each_other() {
        let change = |path, bytes| Change { path, bytes, executable: false };
        let some = Some(b"".as_slice());
        for (changes, expected) in [
            (vec![change("a", some), change("a", None)], vec!["`a` is to be written twice"]),
            (
                vec![change("a/b/c", some), change("a", some), change("a/b", some)],
                vec![
                    "`a` is to be a file, and `a/b` a file in it",
                    "`a` is to be a file, and `a/b/c` a file in it",
                    "`a/b` is to be a file, and `a/b/c` a file in it",
                ],
            ),
            (vec![change("a/b", some), change("ab", some), change("a-b", some)], vec![]),
        ] {
            assert_eq!(overlaps(&changes), expected);
        }
    }
}
