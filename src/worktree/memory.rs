//! A catalog in memory.

use super::{Content, Files, Listing, Selection, Unreadable};

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
}
