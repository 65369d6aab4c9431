//! Whether anything below a folder has changed, without reading a file.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use xxhash_rust::xxh3::xxh3_64;

/// Returns a number that changes with the files below `root`: when one comes, goes, grows or is written. What Git ignores,
/// `.git` itself, and folders that hold a file called `made` (what a build wrote) are left out; hidden files are not.
///
/// A folder that cannot be read counts as empty: it may be gone the next time.
pub fn stamp(root: &Path, made: &str) -> u64 {
    let mut walk = ignore::WalkBuilder::new(root);
    walk.follow_links(false)
        .require_git(false)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .hidden(false);
    let made = made.to_string();
    walk.filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let is_build = || {
            let name = entry.file_name().to_string_lossy();
            name.ends_with(".portal-build") || entry.path().join(&made).is_file()
        };
        entry.file_name() != ".git" && !(is_folder && entry.depth() > 0 && is_build())
    });
    let mut sum = 0_u64;
    for entry in walk.build().flatten() {
        if entry.file_type().is_none_or(|kind| kind.is_dir()) {
            continue;
        }
        let Ok(metadata) = entry.metadata() else { continue };
        let mut key = entry.path().as_os_str().as_encoded_bytes().to_vec();
        key.extend_from_slice(&metadata.len().to_le_bytes());
        key.extend_from_slice(&written(&metadata).to_le_bytes());
        // A sum does not depend on the order in which a folder is listed.
        sum = sum.wrapping_add(xxh3_64(&key));
    }
    sum
}

/// Returns when a file was last written, in nanoseconds since 1970.
fn written(metadata: &Metadata) -> u128 {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    modified.map_or(0, |since| since.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_belongs_to_the_folder_changes_its_stamp() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(".gitignore", "/ignored\n");
        write("site/.made", "");
        let stamp = || stamp(root.path(), ".made");
        let mut last = stamp();
        for (path, text, counts) in [
            ("a.yaml", "1", true),
            ("a.yaml", "12", true),
            (".github/b.yml", "1", true),
            ("ignored/c.yaml", "1", false),
            ("site/index.html", "1", false),
            (".site.portal-build/staging/index.html", "1", false),
            (".git/index", "1", false),
        ] {
            write(path, text);
            let now = stamp();
            assert_eq!(now != last, counts, "{path}");
            last = now;
        }
        fs::rename(root.path().join("a.yaml"), root.path().join("b.yaml")).unwrap();
        assert_ne!(stamp(), last, "a file of another name");
        fs::remove_file(root.path().join("b.yaml")).unwrap();
        assert_ne!(stamp(), last);
    }
}
