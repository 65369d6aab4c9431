//! The work area of a template's steps: files in memory, which no step can leave.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::phrase::clip;
use crate::skeleton::refusal;
use crate::worktree::{MOST_BYTES, MOST_FILES, normalise};

/// A file of the work area.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub bytes: Arc<[u8]>,
    pub executable: bool,
}

/// The files so far, by path.
#[derive(Debug, Default)]
pub(super) struct Work {
    files: BTreeMap<String, File>,
    size: usize,
}

impl Work {
    /// Returns the files, by path.
    pub(super) fn files(&self) -> &BTreeMap<String, File> {
        &self.files
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Puts a file at `path`, in place of one that is there.
    ///
    /// # Errors
    /// Why it cannot be there, as a sentence.
    pub(super) fn put(&mut self, path: &str, file: File) -> Result<(), String> {
        if let Some(reason) = refusal(path) {
            return Err(format!("the path `{}` {reason}", clip(path)));
        }
        let parents = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        if let Some(parent) = parents.into_iter().find(|parent| self.files.contains_key(*parent)) {
            return Err(format!("`{}` cannot be below `{}`, which is a file", clip(path), clip(parent)));
        }
        if self.is_folder(path) {
            return Err(format!("`{}` is a folder already, not a file", clip(path)));
        }
        let before = self.files.get(path).map_or(0, |file| file.bytes.len());
        let size = self.size - before + file.bytes.len();
        if size > MOST_BYTES {
            return Err(format!("the steps make more than {} MiB", MOST_BYTES / 1024 / 1024));
        }
        if !self.has(path) && self.files.len() == MOST_FILES {
            return Err(format!("the steps make more than {MOST_FILES} files"));
        }
        self.size = size;
        self.files.insert(path.to_string(), file);
        Ok(())
    }

    /// Returns the paths at and below `path`, which may be empty for all.
    pub(super) fn below(&self, path: &str) -> Vec<String> {
        let inside = |file: &&String| {
            path.is_empty()
                || file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.files.keys().filter(inside).cloned().collect()
    }

    /// Takes a file out.
    pub(super) fn take(&mut self, path: &str) -> Option<File> {
        let file = self.files.remove(path)?;
        self.size -= file.bytes.len();
        Some(file)
    }

    fn is_folder(&self, path: &str) -> bool {
        let prefix = format!("{path}/");
        self.files.range(prefix.clone()..).next().is_some_and(|(file, _)| file.starts_with(&prefix))
    }
}

/// Returns `path`, read from `folder`, without `.` and `..`, empty for the root; `None` when it leaves it.
pub(super) fn inside(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    // A name at the end, so that the root itself has one, too.
    let whole = normalise(folder, &format!("./{path}/_"))?;
    let whole = whole.strip_suffix('_')?;
    Some(whole.trim_end_matches('/').to_string())
}

/// Returns a path below a folder, which may be empty.
pub(super) fn join(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_string(),
        (folder, "") => folder.to_string(),
        (folder, path) => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { bytes: text.as_bytes().into(), executable: false }
    }

    #[test]
    fn a_work_area_holds_files_and_nothing_outside() {
        let mut work = Work::default();
        work.put("a/b", file("1")).unwrap();
        work.put("a/b", file("22")).unwrap();
        work.put("ab", file("3")).unwrap();
        assert_eq!(work.size, 3);
        assert!(work.put("a", file("")).unwrap_err().contains("folder"));
        assert!(work.put("a/b/c", file("")).unwrap_err().contains("which is a file"));
        for path in ["../x", "/x", "a/../b", ""] {
            assert!(work.put(path, file("")).is_err(), "{path}");
        }
        assert_eq!(work.below("a"), ["a/b"]);
        assert!(work.take("a/b").is_some());
        assert_eq!(work.size, 1);
    }

    #[test]
    fn folders_are_read_from_one_another() {
        for (folder, path, expected) in [
            ("a/b", "./c", Some("a/b/c")),
            ("a/b", "../../", Some("")),
            ("a/b", "../../../", None),
            ("", "./", Some("")),
            ("", "", Some("")),
            ("a", "_", Some("a/_")),
            ("a", "/etc", None),
        ] {
            assert_eq!(inside(folder, path).as_deref(), expected, "{folder} {path}");
        }
    }
}
