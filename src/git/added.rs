//! What a push has brought.

use std::path::Path;

use git2::{Delta, DiffOptions, Repository, Tree};

use super::{GitError, discover, inside};

/// The files below a folder that a push has brought, relative to the catalog root, in path order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// Those that are new.
    pub added: Vec<String>,
    /// Those that were there, and are otherwise now, or gone.
    pub changed: Vec<String>,
}

/// Returns what the commit `after` has of the files below `folder`, relative to the catalog root, that `before` has not.
/// A `before` that is not there, as of a branch that is new or was set elsewhere by force, is the commit's parent.
///
/// # Errors
/// When there is no repository or no such commit.
pub fn brought(root: &Path, before: &str, after: &str, folder: &str) -> Result<Brought, GitError> {
    let repository = discover(root)?;
    let prefix = inside(&repository, root);
    let cannot = |error: git2::Error| GitError::new("cannot compare the commits of the push", &error);
    let name = |name: &str| repository.revparse_single(name).and_then(|object| object.peel_to_commit());
    let after =
        name(after).map_err(|error| GitError::new(format!("there is no commit `{after}`"), &error))?;
    let parent = || after.parent(0).ok();
    let before = name(before).ok().or_else(parent).and_then(|commit| commit.tree().ok());
    let tree = after.tree().map_err(cannot)?;
    compare(&repository, before.as_ref(), &tree, &prefix, folder).map_err(cannot)
}

fn compare(
    repository: &Repository,
    before: Option<&Tree<'_>>,
    after: &Tree<'_>,
    prefix: &str,
    folder: &str,
) -> Result<Brought, git2::Error> {
    let whole = format!("{prefix}{}/", folder.trim_end_matches('/'));
    let mut options = DiffOptions::new();
    options.pathspec(&whole).disable_pathspec_match(true);
    let diff = repository.diff_tree_to_tree(before, Some(after), Some(&mut options))?;
    let mut brought = Brought::default();
    for delta in diff.deltas() {
        let file = if delta.status() == Delta::Deleted { delta.old_file() } else { delta.new_file() };
        let path = file.path().and_then(Path::to_str).and_then(|path| path.strip_prefix(prefix));
        let of = if delta.status() == Delta::Added { &mut brought.added } else { &mut brought.changed };
        of.extend(path.map(String::from));
    }
    Ok(brought)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    fn git(at: &Path, arguments: &[&str]) -> String {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        let done = Command::new("git").current_dir(at).args(identity).args(arguments).output().expect("git");
        assert!(done.status.success(), "git {arguments:?}");
        String::from_utf8_lossy(&done.stdout).trim().to_string()
    }

    #[test]
    fn a_push_brings_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let catalog = root.join("catalog");
        let commit = |files: &[(&str, &str)]| {
            for (path, text) in files {
                let path = catalog.join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                fs::write(path, text).expect("written");
            }
            git(root, &["add", "-A"]);
            git(root, &["commit", "-q", "-m", "x"]);
            git(root, &["rev-parse", "HEAD"])
        };
        git(root, &["init", "-q", "-b", "main"]);
        let one = commit(&[
            ("requests/up/a.yaml", "1"),
            ("requests/upper/a.yaml", "1"),
            ("requests/up/gone.yaml", "1"),
        ]);
        fs::remove_file(catalog.join("requests/up/gone.yaml")).expect("removed");
        let two = commit(&[
            ("requests/up/b.yaml", "1"),
            ("requests/up/a.yaml", "2"),
            ("requests/upper/b.yaml", "1"),
        ]);
        let both = Brought {
            added: vec!["requests/up/b.yaml".into()],
            changed: vec!["requests/up/a.yaml".into(), "requests/up/gone.yaml".into()],
        };
        let zero = "0000000000000000000000000000000000000000";
        for before in [one.as_str(), zero, "nothing"] {
            assert_eq!(brought(&catalog, before, &two, "requests/up").expect("compared"), both, "{before}");
        }
        let first = brought(&catalog, zero, &one, "requests/up").expect("compared");
        assert_eq!((first.added.len(), first.changed.len()), (2, 0));
        assert_eq!(brought(&catalog, &two, &two, "requests/up").expect("compared"), Brought::default());
        assert!(brought(&catalog, &one, "nothing", "requests/up").is_err());
    }
}
