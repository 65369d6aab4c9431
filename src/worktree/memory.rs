//! A catalog in memory.

use super::{Content, Files, Held, Listing, Selection, Tree, TreeFile, Unreadable};

/// Files that are only in memory: a catalog that is not written yet.
#[derive(Debug)]
pub struct Memory(std::collections::BTreeMap<String, String>);

impl Memory {
    /// Returns files of these texts, by path.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(files.into_iter().map(|(path, text)| (path.to_string(), text.to_string())).collect())
    }
}

impl Files for Memory {
    fn list(&self, selection: &Selection) -> Result<Listing, Unreadable> {
        let matcher = selection.compile(|folder| self.0.keys().any(|path| path.starts_with(folder)));
        let files = self.0.keys().filter(|path| matcher.takes(path)).cloned().collect();
        Ok(Listing { files, ..Listing::default() })
    }

    fn read(&self, paths: &[String], _most: usize) -> Result<Vec<Content>, Unreadable> {
        Ok(paths.iter().map(|path| Content::from(self.0[path].as_bytes())).collect())
    }

    fn reference(&self, path: &str, _most: usize) -> Result<Vec<u8>, String> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| "does not exist".into())
    }

    fn tree(&self, folder: &str) -> Result<Tree, Unreadable> {
        let unreadable = |reason: String| Unreadable { path: folder.to_string(), reason };
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut tree = Tree::default();
        for (path, text) in &self.0 {
            let Some(path) = path.strip_prefix(&prefix) else { continue };
            let file = TreeFile { path: path.into(), bytes: text.as_bytes().into(), executable: false };
            tree.add(file).map_err(unreadable)?;
        }
        if tree.files.is_empty() { Err(unreadable("it is no folder".into())) } else { Ok(tree) }
    }

    fn held(&self, path: &str, most: usize) -> Result<Held, Unreadable> {
        let folder = format!("{path}/");
        Ok(match self.0.get(path) {
            Some(text) if text.len() <= most => Held::File(text.as_bytes().to_vec()),
            Some(_) => Held::Other,
            None if self.0.keys().any(|path| path.starts_with(&folder)) => Held::Other,
            None => Held::Nothing,
        })
    }
}
