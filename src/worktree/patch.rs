//! Files as they will be: some changed, some new, some gone.

use std::collections::BTreeMap;

use super::{Content, Files, Held, Listing, Selection, Tree, TreeFile, Unreadable};

/// Files with changes laid over them.
pub struct Patch<'a> {
    files: &'a dyn Files,
    changes: &'a BTreeMap<String, Option<Vec<u8>>>,
}

impl<'a> Patch<'a> {
    /// Returns `files` with what `changes` has at each path, relative to the catalog root: bytes, or no file.
    pub fn new(files: &'a dyn Files, changes: &'a BTreeMap<String, Option<Vec<u8>>>) -> Self {
        Self { files, changes }
    }
}

impl Files for Patch<'_> {
    fn list(&self, selection: &Selection) -> Result<Listing, Unreadable> {
        let mut listing = self.files.list(selection)?;
        let added = || self.changes.iter().filter(|(_, bytes)| bytes.is_some()).map(|(path, _)| path);
        let makes = |folder: &String| added().any(|path| path.starts_with(folder.as_str()));
        let foldered = selection.compile(|_| true);
        let matcher = if selection.folders.iter().any(makes) {
            // With the first of the folders, what is outside of them is no longer part of the catalog.
            listing.files.retain(|path| foldered.takes(path));
            foldered
        } else {
            let whole = listing.files.iter().any(|path| !foldered.takes(path));
            selection.compile(|_| !whole)
        };
        listing.files.retain(|path| !self.changes.contains_key(path));
        listing.links.retain(|link| !self.changes.contains_key(&link.path));
        let hidden = |path: &str| path.split('/').any(|part| part.starts_with('.'));
        let seen = |path: &str| selection.looks_into_hidden() || !hidden(path);
        listing.files.extend(added().filter(|path| matcher.takes(path) && seen(path)).cloned());
        listing.files.sort_unstable();
        Ok(listing)
    }

    fn read(&self, paths: &[String], most: usize) -> Result<Vec<Content>, Unreadable> {
        let kept: Vec<String> =
            paths.iter().filter(|path| !self.changes.contains_key(*path)).cloned().collect();
        let mut kept = self.files.read(&kept, most)?.into_iter();
        let gone = |path: &String| Unreadable { path: path.clone(), reason: "does not exist".into() };
        let content = |path: &String| match self.changes.get(path) {
            Some(Some(bytes)) if bytes.len() > most => Ok(Content::TooLarge(bytes.len() as u64)),
            Some(Some(bytes)) => Ok(Content::from(bytes.as_slice())),
            Some(None) => Err(gone(path)),
            None => kept.next().ok_or_else(|| gone(path)),
        };
        paths.iter().map(content).collect()
    }

    fn reference(&self, path: &str, most: usize) -> Result<Vec<u8>, String> {
        match self.changes.get(path) {
            Some(Some(bytes)) if bytes.len() > most => Err(format!("is larger than {} KiB", most / 1024)),
            Some(Some(bytes)) => Ok(bytes.clone()),
            Some(None) => Err("does not exist".into()),
            None => self.files.reference(path, most),
        }
    }

    fn tree(&self, folder: &str) -> Result<Tree, Unreadable> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let changed: Vec<_> = self.changes.iter().filter(|(path, _)| path.starts_with(&prefix)).collect();
        let mut tree = match self.files.tree(folder) {
            Err(_) if changed.iter().any(|(_, bytes)| bytes.is_some()) => Tree::default(),
            tree => tree?,
        };
        for (path, bytes) in changed {
            let path = &path[prefix.len()..];
            let executable = tree.file(path).is_some_and(|file| file.executable);
            tree.files.retain(|file| file.path != path);
            tree.refused.retain(|refused| refused.path != path);
            if let Some(bytes) = bytes {
                let file = TreeFile { path: path.into(), bytes: bytes.as_slice().into(), executable };
                let full = |reason| Unreadable { path: folder.to_string(), reason };
                tree.add(file).map_err(full)?;
            }
        }
        tree.sort();
        Ok(tree)
    }

    fn held(&self, path: &str, most: usize) -> Result<Held, Unreadable> {
        match self.changes.get(path) {
            Some(Some(bytes)) if bytes.len() > most => Ok(Held::Other),
            Some(Some(bytes)) => Ok(Held::File(bytes.clone())),
            Some(None) => Ok(Held::Nothing),
            None => self.files.held(path, most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worktree::Memory;

    /// Returns what a patched catalog consists of.
    fn listed(files: &[&str], changes: &[(&str, Option<&str>)], include: &[&str]) -> Vec<String> {
        let files = Memory::new(files.iter().map(|path| (*path, "old")));
        let changes =
            changes.iter().map(|(path, text)| (path.to_string(), text.map(|text| text.as_bytes().to_vec())));
        let changes = changes.collect();
        let patch = Patch::new(&files, &changes);
        let selection = Selection {
            folders: vec!["entities/".into(), "blueprints/".into()],
            include: include.iter().map(|pattern| pattern.to_string()).collect(),
            exclude: vec!["**/no.yaml".into()],
            single: Vec::new(),
        };
        patch.list(&selection).unwrap().files
    }

    #[test]
    fn files_are_listed_as_they_will_be() {
        for (files, changes, include, expected) in [
            (
                &["entities/a.yaml", "x.yaml"][..],
                &[("entities/b.yaml", Some("")), ("entities/no.yaml", Some("")), ("y.yaml", Some(""))][..],
                &[][..],
                "entities/a.yaml entities/b.yaml",
            ),
            (&["a.yaml"], &[(".x/b.yaml", Some(""))], &[], "a.yaml"),
            (&["entities/a.yaml", "entities/b.yaml"], &[("entities/a.yaml", None)], &[], "entities/b.yaml"),
            (&["a.yaml", "x/b.yaml"], &[("x/c.yaml", Some("")), ("a.yaml", None)], &[], "x/b.yaml x/c.yaml"),
            (&["a.yaml", "x/b.yaml"], &[("entities/c.yaml", Some(""))], &[], "entities/c.yaml"),
            (
                &["a.yaml", "x/b.yaml"],
                &[("x/c.yaml", Some("")), ("c.yaml", Some(""))],
                &["x/**"],
                "x/b.yaml x/c.yaml",
            ),
        ] {
            assert_eq!(listed(files, changes, include).join(" "), expected, "{files:?} {changes:?}");
        }
    }

    #[test]
    fn files_are_read_as_they_will_be() {
        let files = Memory::new([("a.yaml", "a"), ("b.yaml", "b"), ("c.yaml", "c")]);
        let changes = BTreeMap::from([("a.yaml".into(), Some(b"new".to_vec())), ("b.yaml".into(), None)]);
        let patch = Patch::new(&files, &changes);
        let read = |paths: &[&str], most| {
            patch.read(&paths.iter().map(|path| path.to_string()).collect::<Vec<_>>(), most)
        };
        assert_eq!(
            read(&["c.yaml", "a.yaml"], 9).unwrap(),
            [Content::Text("c".into()), Content::Text("new".into())]
        );
        assert_eq!(read(&["a.yaml"], 2).unwrap(), [Content::TooLarge(3)]);
        assert!(read(&["b.yaml"], 9).is_err());
        assert_eq!(patch.reference("a.yaml", 9), Ok(b"new".to_vec()));
        assert_eq!(patch.reference("b.yaml", 9), Err("does not exist".into()));
        assert_eq!(patch.reference("c.yaml", 9), Ok(b"c".to_vec()));
    }
}
